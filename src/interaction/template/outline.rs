//! A template as it is written: its questions and loops in the order of the text, names unresolved.

use std::ops::Range;

use crate::interaction::fault::{Faults, Word};
use crate::interaction::grammar;
use crate::interaction::guidance::Guidance;
use crate::interaction::page::{Front, Page};
use walk::Walk;

mod walk;

/// A template as it is written.
#[derive(Debug, Default)]
pub(super) struct Outline {
    pub(super) header: Option<Header>,
    pub(super) questions: Vec<Question>,
    pub(super) loops: Vec<Repeated>,
    /// Where `@end` stands.
    pub(super) end: Option<Range<usize>>,
    pub(super) page: Option<Page>,
}

/// The header of a template.
#[derive(Debug)]
pub(super) struct Header {
    pub(super) name: Word,
    pub(super) version: u64,
    pub(super) start: Option<Word>,
}

/// A question, and where it says that it leads.
#[derive(Debug)]
pub(super) struct Question {
    pub(super) id: Option<Word>,
    pub(super) at: Range<usize>,
    pub(super) leads: Leads,
    pub(super) within: Option<usize>,
    pub(super) guidance: Guidance,
}

/// Where a question says that it leads.
#[derive(Debug)]
pub(super) enum Leads {
    Prompt {
        next: Option<Word>,
        commit: bool,
        yes_or_no: bool,
    },
    Gate {
        yes: Option<Word>,
        no: Option<Word>,
    },
}

/// What is repeated.
#[derive(Debug)]
pub(super) struct Repeated {
    pub(super) name: Option<Word>,
    pub(super) at: Range<usize>,
    /// Its first question.
    pub(super) entry: Option<usize>,
}

impl Outline {
    /// Reads the tags of a text, and the page around them.
    pub(super) fn read(text: &str, faults: &mut Faults) -> Self {
        let front = Front::find(text);
        let body = front.as_ref().map_or(0, |front| front.body);
        let mut walk = Walk::new(body, faults);
        for piece in grammar::pieces(text) {
            walk.step(piece);
        }
        walk.finish(front.map(|front| front.lines(text)))
    }
}
