//! Code between fences.

use super::Line;

/// Code between fences, as a template has it.
#[derive(Clone, Debug)]
pub(in crate::interaction) struct Fence {
    /// The blanks before its marks.
    pub(in crate::interaction) indent: String,
    /// The kind of its marks.
    pub(in crate::interaction) mark: char,
    /// How many they are.
    pub(in crate::interaction) length: usize,
    /// What follows the marks that open it.
    pub(in crate::interaction) info: String,
    /// The lines between.
    pub(in crate::interaction) lines: Vec<Line>,
}

impl Fence {
    /// Reads a fence that is closed and begins at an offset of the template.
    pub(super) fn read(code: &str, at: usize) -> Self {
        let mut inner: Vec<(usize, &str)> = Vec::new();
        let mut begins = at;
        for line in code.split_inclusive('\n') {
            inner.push((begins, line.trim_end_matches(['\r', '\n'])));
            begins += line.len();
        }
        inner.pop();
        let mut inner = inner.into_iter();
        let opening = inner.next().map_or("", |(_, line)| line);

        let flush = opening.trim_start_matches(' ');
        let mark = flush.chars().next().unwrap_or('`');
        let info = flush.trim_start_matches(mark);
        let lines = inner.map(|(at, text)| {
            let mut line = Line::default();
            line.push(text, at);
            line
        });
        Self {
            indent: " ".repeat(opening.len() - flush.len()),
            mark,
            length: flush.len() - info.len(),
            info: info.to_owned(),
            lines: lines.collect(),
        }
    }
}
