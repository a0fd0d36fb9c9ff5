//! Takes top-level keys out of a frontmatter block by whole lines.
//!
//! The reader says on which line each key begins; a key owns the lines up to
//! the next one. The result is read again and compared, so a form in which
//! that is not so ends in a fault, never in a changed document.

use std::ops::Range;

use super::{Parts, TextFault, cut_line, entries as entries_of, split};
use crate::model::yaml::Node;

type Entry = (Node, Node);

/// Returns the document without the entries that go.
///
/// # Errors
///
/// A form in which the lines of these keys are not theirs alone.
pub(super) fn mended(
    text: &str,
    parts: &Parts<'_>,
    entries: &[Entry],
    goes: &dyn Fn(&Entry) -> bool,
) -> Result<String, TextFault> {
    let opening = cut_line(text).0;
    let after = text
        .get(opening.len() + parts.block.len()..)
        .unwrap_or_default();
    let block = without(parts.block, &gaps(parts.block, entries, goes));
    let mended = [opening, &block, after].concat();

    let found = split(&mended).and_then(|parts| entries_of(&parts));
    let same =
        found.is_ok_and(|found| found.iter().eq(entries.iter().filter(|entry| !goes(entry))));
    // A lone carriage return ends a line for the reader, but not for us.
    let plain = !parts.block.replace("\r\n", "\n").contains('\r');
    if same && plain {
        return Ok(mended);
    }
    Err(by_hand(parts, entries, goes))
}

fn without(block: &str, gaps: &[Range<usize>]) -> String {
    let mut kept = String::with_capacity(block.len());
    let mut from = 0;
    for gap in gaps {
        kept.push_str(block.get(from..gap.start).unwrap_or_default());
        from = gap.end;
    }
    kept.push_str(block.get(from..).unwrap_or_default());
    kept
}

/// Returns the bytes of the block that the going entries own.
fn gaps(block: &str, entries: &[Entry], goes: &dyn Fn(&Entry) -> bool) -> Vec<Range<usize>> {
    let starts = line_starts(block);
    let start_of = |entry: &Entry| starts.get(entry.0.line - 1).copied().unwrap_or(block.len());

    let mut gaps = Vec::new();
    for (index, entry) in entries.iter().enumerate() {
        if !goes(entry) {
            continue;
        }
        let start = start_of(entry);
        let end = entries.get(index + 1).map_or(block.len(), start_of);
        let owned = block.get(start..end).unwrap_or_default();
        gaps.push(start..start + own_length(owned, entry.0.column - 1));
    }
    gaps
}

/// Returns the length without blank lines and margin comments at the end.
fn own_length(owned: &str, margin: usize) -> usize {
    let mut length = owned.len();
    for line in owned.split_inclusive('\n').rev() {
        let indent = line.len() - line.trim_start().len();
        let comment = line.trim_start().starts_with('#') && indent <= margin;
        if !comment && !line.trim().is_empty() {
            break;
        }
        length -= line.len();
    }
    length
}

fn line_starts(block: &str) -> Vec<usize> {
    let mut starts = Vec::new();
    let mut at = 0;
    for line in block.split_inclusive('\n') {
        starts.push(at);
        at += line.len();
    }
    starts
}

fn by_hand(parts: &Parts<'_>, entries: &[Entry], goes: &dyn Fn(&Entry) -> bool) -> TextFault {
    let gone: Vec<_> = entries.iter().filter(|entry| goes(entry)).collect();
    let names: Vec<_> = gone
        .iter()
        .filter_map(|(key, _)| key.text())
        .map(|name| format!("`{name}`"))
        .collect();
    let message = format!(
        "{} cannot be taken out of this frontmatter without touching other keys: remove by hand",
        names.join(", ")
    );
    let (line, column) = gone
        .first()
        .map_or((1, 1), |(key, _)| (key.line, key.column));
    TextFault::at(line + parts.block_start_line - 1, column, message)
}
