//! The tags of a template, each with what it needs (compatibility D.1).
//!
//! Where a tag lacks something, or says something that it cannot, the fault is noted at its place,
//! and reading goes on with what there is.

use std::ops::Range;

use super::fault::{Faults, Word};
use super::grammar::RawTag;
use crate::definitions::report::did_you_mean;

mod attributes;

use attributes::Attributes;

/// The words that begin a tag.
const WORDS: [&str; 7] = [
    "template",
    "prompt",
    "gate",
    "loop",
    "end-loop",
    "end-prompt",
    "end",
];

/// A tag of a template.
#[derive(Debug)]
pub(super) enum Tag {
    /// The header.
    Template {
        name: Word,
        version: u64,
        start: Option<Word>,
    },
    /// A question that is answered with text.
    Prompt {
        id: Option<Word>,
        next: Option<Word>,
        commit: bool,
        yes_or_no: bool,
    },
    /// A question that leads one way or the other.
    Gate {
        id: Option<Word>,
        yes: Option<Word>,
        no: Option<Word>,
    },
    /// Here begins what is repeated.
    Loop { name: Option<Word> },
    /// Here it ends.
    EndLoop { name: Option<Word> },
    /// Here the guidance of a question ends.
    EndPrompt,
    /// The interview is over.
    End,
}

/// Reads a tag that stands at a place. A word that begins no tag makes an ordinary comment.
pub(super) fn read(raw: RawTag, span: &Range<usize>, faults: &mut Faults) -> Option<Tag> {
    let word = raw.word.text.as_str();
    if !WORDS.contains(&word) {
        return None;
    }
    let mut list = raw.list.unwrap_or_default();
    if let Some(stray) = raw.stray {
        let message = format!("a colon is missing after `@{word}`");
        let help = format!("write `@{word}: …`, or nothing else in this line");
        faults.add_with_help(stray.span(), message, Some(help));
        list = segments(&stray);
    }

    let mut given = Attributes::read(&raw.word, list, span.clone(), faults);
    let tag = match word {
        "template" => template(&mut given),
        "prompt" => Tag::Prompt {
            id: given.id(),
            next: given.needed("next", "missing next"),
            commit: given.flag("commit"),
            yes_or_no: given.is_yes_or_no(),
        },
        "gate" => gate(&mut given),
        "loop" => Tag::Loop { name: given.name() },
        "end-loop" => Tag::EndLoop { name: given.name() },
        "end-prompt" => return Some(Tag::EndPrompt),
        _ => return Some(Tag::End),
    };
    // REQ-INT-011: what an author did not say is not said for them.
    given.ignore("default");
    given.refuse_the_rest();
    Some(tag)
}

/// Parts what follows a word as if the colon were there, so that no more is told than the one fault.
fn segments(stray: &Word) -> Vec<Word> {
    let mut at = stray.at;
    let parts = stray.text.split('|').map(|part| {
        let start = part.len() - part.trim_start().len();
        let word = Word {
            text: part.trim().to_owned(),
            at: at + start,
        };
        at += part.len() + 1;
        word
    });
    parts.collect()
}

/// Returns the tag that a word which begins none was perhaps meant to be.
pub(super) fn nearest(word: &str) -> Option<String> {
    did_you_mean(word, WORDS).map(|help| help.replace('`', "`@").replace("@?", "?"))
}

fn template(given: &mut Attributes<'_>) -> Tag {
    let name = given.name().unwrap_or_else(|| given.nameless());
    Tag::Template {
        name,
        version: given.whole_number("version").unwrap_or(1),
        start: given.needed("start", "missing start"),
    }
}

fn gate(given: &mut Attributes<'_>) -> Tag {
    let id = given.id();
    given.is_yes_or_no();
    let (yes, no) = given.both("yes", "no", "missing yes/no");
    Tag::Gate { id, yes, no }
}
