//! What is wrong with a template, each fault at its place.
//!
//! Faults are gathered by their offset, and given a line and a column all at once at the end, so
//! that the text is walked a single time however many there are.

use std::fmt;
use std::ops::Range;

/// So many faults are told of one template; whoever has more mends these first.
const LIMIT: usize = 100;

/// One thing that is wrong with a template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What is wrong, in one line.
    pub message: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column, counted from 1, in characters.
    pub column: usize,
    /// The first byte of what is wrong.
    pub offset: usize,
    /// How many bytes it is long.
    pub length: usize,
    /// What to do.
    pub help: Option<String>,
}

impl fmt::Display for Fault {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            line,
            column,
            message,
            ..
        } = self;
        write!(out, "line {line}, column {column}: {message}")
    }
}

impl std::error::Error for Fault {}

/// A text of the template, with its place in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Word {
    pub(super) text: String,
    pub(super) at: usize,
}

impl Word {
    /// Returns where the word stands.
    pub(super) fn span(&self) -> Range<usize> {
        self.at..self.at + self.text.len()
    }
}

/// The faults found so far.
#[derive(Debug, Default)]
pub(super) struct Faults(Vec<(Range<usize>, String, Option<String>)>);

impl Faults {
    /// Notes a fault.
    pub(super) fn add(&mut self, span: Range<usize>, message: impl Into<String>) {
        self.add_with_help(span, message, None);
    }

    /// Notes a fault, and what to do, where that is known.
    pub(super) fn add_with_help(
        &mut self,
        span: Range<usize>,
        message: impl Into<String>,
        help: Option<String>,
    ) {
        if !self.is_full() {
            self.0.push((span, message.into(), help));
        }
    }

    /// Tells whether no more are noted: then nothing needs to be found out about them.
    pub(super) fn is_full(&self) -> bool {
        self.0.len() >= LIMIT
    }

    /// Tells whether nothing was found.
    pub(super) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Gives the value where nothing is wrong, and all faults in the order of the text otherwise.
    pub(super) fn or<T>(self, value: T, text: &str) -> Result<T, Vec<Fault>> {
        if self.is_empty() {
            Ok(value)
        } else {
            Err(self.located(text))
        }
    }

    /// Returns the faults with lines and columns, in the order of the text.
    pub(super) fn located(mut self, text: &str) -> Vec<Fault> {
        self.0.sort_by_key(|(span, ..)| span.start);
        let (mut offset, mut line, mut column) = (0, 1, 1);
        let mut located = Vec::with_capacity(self.0.len());
        for (span, message, help) in self.0 {
            for letter in text.get(offset..span.start).unwrap_or_default().chars() {
                (line, column) = match letter {
                    '\n' => (line + 1, 1),
                    _ => (line, column + 1),
                };
            }
            offset = span.start;
            located.push(Fault {
                message,
                line,
                column,
                offset,
                length: span.len(),
                help,
            });
        }
        located
    }
}
