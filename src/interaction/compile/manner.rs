//! In what manner a line is filled in: what is right for a cell is wrong for a quote.

use super::escape::{self, Run};
use super::value::Value;
use crate::interaction::page::{Line, Part};
use crate::interaction::record::Entry;

/// In what manner a line is filled in.
pub(super) struct Manner {
    /// How metadata is written.
    known: fn(&str) -> String,
    /// How an answer is written, with its amendments.
    answer: fn(&[Entry<'_>]) -> String,
    /// Whether a value could begin a comment here.
    may_comment: bool,
}

/// As the value of a key, in quotes that follow.
pub(super) const FRONTMATTER: Manner = Manner {
    known: str::to_owned,
    answer: |entries| active(entries).to_owned(),
    may_comment: false,
};

/// As a line of a table: the active value alone, since a trail would break the row (D-36).
pub(super) const CELL: Manner = Manner {
    known: escape::cell,
    answer: |entries| escape::cell(active(entries)),
    may_comment: true,
};

/// As text on one line.
pub(super) const PLAIN: Manner = Manner {
    known: escape::inline,
    answer: |entries| escape::inline(active(entries)),
    may_comment: true,
};

/// As a quote, superseded values struck out.
pub(super) const QUOTE: Manner = Manner {
    known: escape::inline,
    answer: trail,
    may_comment: true,
};

/// As code, superseded values marked likewise.
pub(super) const CODE: Manner = Manner {
    known: str::to_owned,
    answer: |entries| trail_with(entries, escape::struck_raw, str::to_owned),
    may_comment: false,
};

impl Manner {
    /// Fills a line in; what is put in is not looked at again.
    pub(super) fn fill<'r>(&self, line: &Line, value: impl Fn(&str) -> Value<'r>) -> String {
        let mut run = Run::new(self.may_comment);
        for part in &line.0 {
            match part {
                Part::Text(text) => run.push(text),
                Part::Comment(comment) => run.comment(comment),
                Part::Placeholder(name, whole) => match value(&name.text) {
                    Value::Known(value) => run.push(&(self.known)(&value)),
                    Value::Answer(_, entries) => run.push(&(self.answer)(&entries)),
                    Value::Nothing => {}
                    Value::Unknown => run.push(whole),
                },
            }
        }
        run.finish()
    }
}

fn active<'r>(entries: &[Entry<'r>]) -> &'r str {
    entries.last().map_or("", |entry| entry.value)
}

/// Returns superseded values, struck out line by line, and the active one beneath them.
pub(super) fn trail(entries: &[Entry<'_>]) -> String {
    trail_with(entries, escape::struck, |value| {
        escape::lines(value).collect::<Vec<_>>().join("\n")
    })
}

fn trail_with(
    entries: &[Entry<'_>],
    strike: fn(&str) -> String,
    write: fn(&str) -> String,
) -> String {
    let mut lines: Vec<String> = Vec::new();
    if let Some((active, superseded)) = entries.split_last() {
        for entry in superseded {
            lines.extend(escape::lines(entry.value).map(strike));
        }
        lines.push(write(active.value));
    }
    lines.join("\n")
}
