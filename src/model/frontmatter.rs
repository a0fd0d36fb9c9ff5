//! The frontmatter of a Markdown document, byte for byte.
//!
//! Splits a text into its YAML block and its body, reads the few keys that the
//! tool uses, takes keys away without touching any other byte (D-50), and
//! writes the frontmatter of a new document. It never re-serialises what a
//! person wrote.

use std::borrow::Cow;

use serde::Deserialize;

mod removal;

pub use super::yaml::TextFault;
use super::yaml::{self, Node, Value};

/// The largest frontmatter block that is read, in bytes.
pub const BLOCK_LIMIT: usize = 64 * 1024;

/// The keys that are state of the workflow and no part of a document.
///
/// Marks are not among them: they come from the rules in force.
pub const STATE_KEYS: &[&str] = &[
    "doc_id",
    "doc_type",
    "document_type",
    "version",
    "status",
    "executable",
    "execution_phase",
    "responsible_user",
    "checked_out",
    "checked_out_date",
    "effective_version",
    "effective_date",
    "approval_date",
    "supersedes",
    "pending_assignees",
    "pending_reviewers",
    "completed_reviewers",
    "review_outcomes",
    "review_history",
    "approval_history",
];

const FENCE: &str = "---";

/// The parts of a document: its frontmatter block and what follows.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Parts<'a> {
    /// The lines between the two marks, each with its line ending.
    pub block: &'a str,
    /// All after the line of the closing mark.
    pub body: &'a str,
    /// The line of the document on which the block begins, counted from 1.
    pub block_start_line: usize,
}

/// What the tool reads from a document's frontmatter.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Frontmatter {
    /// The title as it is spelt, if the key holds a single value.
    pub title: Option<String>,
    /// The summary of the revision as it is spelt, likewise.
    pub revision_summary: Option<String>,
    /// The keys of the block, in their order.
    pub keys: Vec<String>,
}

/// Splits a document into its frontmatter block and its body.
///
/// The block begins with a line `---` at the very start and ends with the next
/// line `---`; marks within a line do not count.
///
/// # Errors
///
/// A byte order mark, a missing opening or closing mark, and a block larger
/// than [`BLOCK_LIMIT`] are faults.
pub fn split(text: &str) -> Result<Parts<'_>, TextFault> {
    if text.starts_with('\u{feff}') {
        let message = "the text begins with a byte order mark: save it as UTF-8 without one";
        return Err(TextFault::at(1, 1, message));
    }
    let (first, rest) = cut_line(text);
    if !is_fence(first) {
        let message = "the document does not begin with frontmatter: its first line is to be `---`";
        return Err(TextFault::at(1, 1, message));
    }

    let mut length = 0;
    let mut remaining = rest;
    while !remaining.is_empty() {
        let (line, after) = cut_line(remaining);
        if is_fence(line) {
            let block = rest.get(..length).unwrap_or_default();
            return Ok(Parts {
                block,
                body: after,
                block_start_line: 2,
            });
        }
        length += line.len();
        if length > BLOCK_LIMIT {
            let message =
                "the frontmatter is larger than 64 KiB, or its closing line `---` is missing";
            return Err(TextFault::at(1, 1, message));
        }
        remaining = after;
    }
    let message = "the frontmatter is not closed: a line `---` is missing after it";
    Err(TextFault::at(1, 1, message))
}

/// Reads a document's frontmatter.
///
/// An empty block is an empty mapping. Values that are no single value, a list
/// say, are left out.
///
/// # Errors
///
/// All of [`split`], and a block that is no YAML mapping, holds a key twice or
/// is nested beyond measure. Line and column count within the document.
pub fn read(text: &str) -> Result<Frontmatter, TextFault> {
    let parts = split(text)?;
    let entries = entries(&parts)?;

    // Read a second time as text, so that `1.0` stays `1.0`.
    let title = yaml::read::<Title>(parts.block).ok();
    let summary = yaml::read::<Summary>(parts.block).ok();
    Ok(Frontmatter {
        title: title.and_then(|found| found.title),
        revision_summary: summary.and_then(|found| found.revision_summary),
        keys: entries
            .iter()
            .filter_map(|(key, _)| key.text())
            .map(str::to_owned)
            .collect(),
    })
}

/// Returns the title of a document, if it can be read at all.
#[must_use]
pub fn title_of(text: &str) -> Option<String> {
    read(text).ok()?.title
}

/// Takes the keys that are state away, and keeps every other byte.
///
/// A key goes with all its lines; comments at the margin stay. Where there is
/// nothing to take away, the text itself is given back.
///
/// # Errors
///
/// All of [`read`], and a form in which the keys cannot be taken away without
/// touching others: a mapping in braces on one line, say.
pub fn without_keys<'a>(
    text: &'a str,
    is_state_key: &dyn Fn(&str) -> bool,
) -> Result<Cow<'a, str>, TextFault> {
    let parts = split(text)?;
    let entries = entries(&parts)?;
    let goes = |entry: &(Node, Node)| entry.0.text().is_some_and(is_state_key);
    if !entries.iter().any(goes) {
        return Ok(Cow::Borrowed(text));
    }

    removal::mended(text, &parts, &entries, &goes).map(Cow::Owned)
}

/// Writes the frontmatter of a new document.
///
/// Readers of YAML 1.1 and 1.2 read the same texts from it.
#[must_use]
pub fn compose(title: &str, revision_summary: &str) -> String {
    let entries = [
        ("title", Some(title)),
        ("revision_summary", Some(revision_summary)),
    ];
    format!("{FENCE}\n{}{FENCE}\n", yaml::mapping(&entries))
}

#[derive(Deserialize)]
struct Title {
    title: Option<String>,
}

#[derive(Deserialize)]
struct Summary {
    revision_summary: Option<String>,
}

/// Reads the entries of the block, in their order.
fn entries(parts: &Parts<'_>) -> Result<Vec<(Node, Node)>, TextFault> {
    let above = parts.block_start_line - 1;
    let root = yaml::nodes(parts.block).map_err(|fault| TextFault {
        line: fault.line + above,
        ..fault
    })?;

    let kind = root.kind();
    match root.value {
        Value::Null => Ok(Vec::new()),
        Value::Map(entries) => Ok(entries),
        Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => {
            let message = format!("the frontmatter is to be a mapping, and is {kind}");
            Err(TextFault::at(root.line + above, root.column, message))
        }
    }
}

/// Cuts off the first line, its line ending included.
fn cut_line(text: &str) -> (&str, &str) {
    let end = text.find('\n').map_or(text.len(), |at| at + 1);
    text.split_at(end)
}

fn is_fence(line: &str) -> bool {
    line.trim_end() == FENCE
}

#[cfg(test)]
mod tests;
