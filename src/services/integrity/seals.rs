//! What the seals bind: the record, the texts, the archive, as they lie now.

use super::chain::{Chain, Line};
use super::document::Subject;
use super::finding::{REMOVE, RESTORE};
use crate::model::digest::sha256;
use crate::model::{Document, Version};
use crate::store::TreePath;

/// Compares everything that is bound with what lies there.
pub(super) fn check(
    subject: &mut Subject<'_>,
    chain: &Chain<'_>,
    record: Option<(&Document, &[u8])>,
    is_over: bool,
) {
    if let Some((_, bytes)) = record {
        check_record(subject, chain, bytes);
    }
    check_text(
        subject,
        chain,
        record.map(|(document, _)| document),
        is_over,
    );
    check_source(subject, chain);
    check_archive(subject, chain, record.map(|(document, _)| document));
}

fn last_sealed<'c>(chain: &'c Chain<'_>) -> Option<&'c Line<'c>> {
    chain.lines.iter().rev().find(|line| line.is_sealed())
}

fn check_record(subject: &mut Subject<'_>, chain: &Chain<'_>, bytes: &[u8]) {
    let bound = chain.lines.iter().rev().find_map(|line| {
        let digest = line.sealed("meta")?;
        Some((line.number, digest))
    });
    if let Some((number, digest)) = bound
        && digest != sha256(bytes)
    {
        let message = format!(
            "its record is not as the tool left it (seal of line {number}): it, or the end of the trail, was changed outside the tool"
        );
        subject.error("record_changed", message, RESTORE);
    }
}

fn check_text(
    subject: &mut Subject<'_>,
    chain: &Chain<'_>,
    record: Option<&Document>,
    is_over: bool,
) {
    let (draft, issued) = (subject.draft(), subject.issued());
    let bound = last_sealed(chain).and_then(|line| line.sealed("content"));
    match (&draft, &issued) {
        (None, None) => {
            let kept = record
                .is_some_and(|record| is_over && is_kept(subject, chain, record.version, bound));
            if !kept && !subject.is_blind && (record.is_some() || bound.is_some()) {
                subject.error("text_missing", "its text is gone", RESTORE);
            }
        }
        (Some((path, bytes)), _) | (None, Some((path, bytes))) => {
            if let Some(bound) = bound
                && bound != sha256(bytes)
                && !subject.is_blind
            {
                let message = format!(
                    "`{path}` is not the text that was sealed: it was changed outside the tool"
                );
                subject.error("text_changed", message, RESTORE);
            }
        }
    }
    if let (Some(_), Some((path, bytes)), Some(record)) = (draft, issued, record) {
        check_issued(subject, chain, record, &path, &bytes);
    }
}

/// Tells whether a document without texts is kept as its last version.
fn is_kept(
    subject: &mut Subject<'_>,
    chain: &Chain<'_>,
    version: Version,
    bound: Option<&str>,
) -> bool {
    match bound {
        None => subject.archived(version).is_some(),
        Some(bound) => {
            archived_by(chain).any(|(_, known, digest)| known == version && digest == bound)
        }
    }
}

/// Compares the text in force, while another is being worked on, with what was sealed at its version.
fn check_issued(
    subject: &mut Subject<'_>,
    chain: &Chain<'_>,
    record: &Document,
    path: &TreePath,
    bytes: &[u8],
) {
    let digest = sha256(bytes);
    let at_version = chain.lines.iter().rev().find_map(|line| {
        let is_it = line.version().is_some() && line.version() == record.effective_version;
        line.sealed("content").filter(|_| is_it)
    });
    let is_right = if let Some(bound) = at_version {
        bound == digest
    } else {
        let mut bound = chain.lines.iter().filter_map(|line| line.sealed("content"));
        !chain.was_always_sealed() || bound.any(|bound| bound == digest)
    };
    if !is_right {
        let message =
            format!("`{path}` is not the text that was sealed: it was changed outside the tool");
        subject.error("text_changed", message, RESTORE);
    }
}

fn check_source(subject: &mut Subject<'_>, chain: &Chain<'_>) {
    let Some(last) = last_sealed(chain) else {
        return;
    };
    let Ok(path) = subject.location.source() else {
        return;
    };
    let found = subject.read(&path).map(|bytes| sha256(&bytes));
    match (last.sealed("source"), found) {
        (Some(bound), found) if found.as_deref() != Some(bound) => {
            let message = format!(
                "`{path}` is not what was sealed: it was changed or taken away outside the tool"
            );
            subject.error("source_changed", message, RESTORE);
        }
        (None, Some(_)) => {
            let message = format!("`{path}` is bound by no seal");
            subject.warning("source_unsealed", message, REMOVE);
        }
        _ => {}
    }
}

/// Returns what the seals say was archived: the line, the version, the digest.
fn archived_by<'c>(chain: &'c Chain<'_>) -> impl Iterator<Item = (usize, Version, &'c str)> {
    chain.lines.iter().flat_map(|line| {
        let archived = line
            .seal()
            .and_then(|seal| seal.get("archived")?.as_object());
        let entries = archived.into_iter().flatten();
        entries.filter_map(|(version, digest)| {
            Some((line.number, version.parse().ok()?, digest.as_str()?))
        })
    })
}

fn check_archive(subject: &mut Subject<'_>, chain: &Chain<'_>, record: Option<&Document>) {
    let mut bound = Vec::new();
    for (number, version, digest) in archived_by(chain) {
        bound.push(version);
        match subject.archived(version) {
            None => {
                let message = format!("the archived v{version} is gone (seal of line {number})");
                subject.error("archive_missing", message, RESTORE);
            }
            Some((path, bytes)) if sha256(&bytes) != digest => {
                let message = format!(
                    "`{path}` is not the text that was archived: it was changed outside the tool"
                );
                subject.error("archive_changed", message, RESTORE);
            }
            Some(_) => {}
        }
    }
    for (version, path) in subject.archive() {
        if chain.was_always_sealed() && !bound.contains(&version) {
            let message = format!("`{path}` was archived by nobody: no seal speaks of it");
            subject.warning("archive_unknown", message, REMOVE);
        } else if record.is_some_and(|record| version > record.version) {
            let message = format!("`{path}` is newer than the document itself");
            subject.warning("archive_unknown", message, REMOVE);
        }
    }
}
