//! The files of a commit, as git has them.

use git2::{ObjectType, Oid, Repository};

use super::codebase::{Codebase, fail, in_tree};
use crate::error::Failure;
use crate::store::scribe::LARGEST_TEXT;

/// A file with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// Its path.
    pub path: String,
    /// What it holds.
    pub bytes: Vec<u8>,
}

impl SourceFile {
    /// Returns a file, unless what it holds is no text.
    #[must_use]
    pub fn of_text(path: String, bytes: Vec<u8>) -> Option<Self> {
        (!bytes.contains(&0)).then_some(Self { path, bytes })
    }
}

/// What a file holds.
pub(super) enum Content {
    Text(Vec<u8>),
    Binary,
    TooLarge,
}

impl Codebase {
    /// Returns every file with a text that lies at some paths of a commit, or below them.
    ///
    /// # Errors
    /// `io`.
    pub fn files(&self, commit: Oid, paths: &[String]) -> Result<Vec<SourceFile>, Failure> {
        let mut files = Vec::new();
        for (path, id) in listed(self, paths, commit)? {
            if let Content::Text(bytes) = content(self, id)? {
                files.push(SourceFile { path, bytes });
            }
        }
        Ok(files)
    }
}

/// Returns what a file holds.
pub(super) fn content(codebase: &Codebase, id: Oid) -> Result<Content, Failure> {
    let repository = &codebase.repository;
    let database = repository.odb().map_err(fail)?;
    let (length, _) = database.read_header(id).map_err(fail)?;
    if length as u64 > LARGEST_TEXT {
        return Ok(Content::TooLarge);
    }
    let blob = repository.find_blob(id).map_err(fail)?;
    if blob.content().contains(&0) {
        return Ok(Content::Binary);
    }
    Ok(Content::Text(blob.content().to_vec()))
}

/// Returns the files that lie at some paths of a commit, or below them, each with its content's id.
pub(super) fn listed(
    codebase: &Codebase,
    paths: &[String],
    commit: Oid,
) -> Result<Vec<(String, Oid)>, Failure> {
    let tree = codebase.commit(commit)?.tree().map_err(fail)?;
    let mut files = Vec::new();
    for path in paths {
        match in_tree(&tree, path)? {
            Some((id, ObjectType::Blob)) => files.push((path.clone(), id)),
            Some((id, ObjectType::Tree)) => {
                files.extend(below(&codebase.repository, path, id)?);
            }
            // What is not there, and what another repository holds, is not read.
            Some(_) | None => {}
        }
    }
    Ok(files)
}

/// Returns the files below a folder, in git's order; a name that is no text is shown as well as it can be.
fn below(repository: &Repository, above: &str, tree: Oid) -> Result<Vec<(String, Oid)>, Failure> {
    let mut files = Vec::new();
    let mut open = vec![(
        above.trim_end_matches('/').to_owned(),
        ObjectType::Tree,
        tree,
    )];
    while let Some((path, kind, id)) = open.pop() {
        match kind {
            ObjectType::Blob => files.push((path, id)),
            ObjectType::Tree => {
                let tree = repository.find_tree(id).map_err(fail)?;
                // The last in is the first out.
                for entry in tree.iter().rev() {
                    let name = String::from_utf8_lossy(entry.name_bytes());
                    let kind = entry.kind().unwrap_or(ObjectType::Any);
                    open.push((format!("{path}/{name}"), kind, entry.id()));
                }
            }
            ObjectType::Any | ObjectType::Commit | ObjectType::Tag => {}
        }
    }
    Ok(files)
}
