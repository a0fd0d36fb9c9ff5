//! Finds the very word a finding is about.
//!
//! What has been read keeps the place of each line, not of each word in it. Only where something is
//! wrong the file's tree is asked again.

use crate::definitions::rulebook::Rulebook;
use crate::definitions::source::Origin;
use crate::definitions::tree::{Entry, Node, Scalar};

/// Returns the place of a word in the line at a place; the line's, where the word is not in it.
pub(super) fn of_word(rules: &Rulebook, near: Origin, word: &str) -> Origin {
    let found = line_at(rules, near).and_then(|line| {
        let mut entries = line.entries.iter();
        entries
            .find(|entry| says(entry, word))
            .map(|entry| entry.span)
    });
    found.map_or(near, |span| Origin { span, ..near })
}

/// Returns the place of a word the last time it stands in a line.
pub(super) fn of_last_word(rules: &Rulebook, near: Origin, word: &str) -> Origin {
    let found = line_at(rules, near).and_then(|line| {
        let mut entries = line.entries.iter().rev();
        entries
            .find(|entry| says(entry, word))
            .map(|entry| entry.span)
    });
    found.map_or(near, |span| Origin { span, ..near })
}

/// Returns the place of a property of the line at a place.
pub(super) fn of_property(rules: &Rulebook, near: Origin, name: &str) -> Origin {
    let found = line_at(rules, near).and_then(|line| {
        let mut entries = line.entries.iter();
        entries
            .find(|entry| entry.name.as_deref() == Some(name))
            .map(|entry| entry.span)
    });
    found.map_or(near, |span| Origin { span, ..near })
}

/// Returns the place of what a line in the braces of another says: of its word or property, else of
/// itself.
pub(super) fn of_child(rules: &Rulebook, near: Origin, child: &str, word: &str) -> Origin {
    let found = line_at(rules, near).and_then(|line| {
        let lines = line.children.iter().filter(|line| line.name == child);
        let mut entries = lines.clone().flat_map(|line| line.entries.iter());
        let entry = entries.find(|entry| says(entry, word));
        entry
            .map(|entry| entry.span)
            .or_else(|| lines.map(|line| line.span).next())
    });
    found.map_or(near, |span| Origin { span, ..near })
}

/// Returns the place of the last word or key of this name in the lines in the braces of another.
pub(super) fn of_last_key(rules: &Rulebook, near: Origin, child: &str, key: &str) -> Origin {
    let found = line_at(rules, near).and_then(|line| {
        let lines = line.children.iter().filter(|line| line.name == child);
        let mut entries = lines.flat_map(|line| line.entries.iter()).rev();
        let entry = entries.find(|entry| match &entry.name {
            Some(name) => name == key,
            None => says(entry, key),
        });
        entry.map(|entry| entry.span)
    });
    found.map_or(near, |span| Origin { span, ..near })
}

fn says(entry: &Entry, word: &str) -> bool {
    matches!(&entry.value, Scalar::Text(text) if text == word)
}

/// Returns the line that stands, or one of whose words stands, at a place.
fn line_at(rules: &Rulebook, near: Origin) -> Option<Node> {
    search(rules.tree(near.file)?, near)
}

fn search(nodes: &[Node], near: Origin) -> Option<Node> {
    nodes.iter().find_map(|node| {
        let is_here =
            node.span == near.span || node.entries.iter().any(|entry| entry.span == near.span);
        if is_here {
            return Some(node.clone());
        }
        search(&node.children, near)
    })
}
