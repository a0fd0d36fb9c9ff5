//! What a placeholder stands for, in its place.

use crate::interaction::placeholder::NUMBER;
use crate::interaction::record::{AUTOMATIC, Entry, Record};
use crate::interaction::standing::key_of;
use crate::interaction::template::Template;

/// Where a placeholder stands.
#[derive(Clone, Copy)]
pub(super) enum Scope {
    /// Outside of all loops.
    Once,
    /// In an iteration of a loop.
    Iteration(Option<usize>, u64),
}

/// What a placeholder stands for.
pub(super) enum Value<'r> {
    /// What the record knows of itself; it has no author.
    Known(String),
    /// An answer with its amendments, and its key.
    Answer(String, Vec<Entry<'r>>),
    /// Something that is not yet answered.
    Nothing,
    /// The template alone knows: it stays as it is written.
    Unknown,
}

/// Finds what a placeholder stands for. Metadata comes before answers (D.7).
pub(super) fn find<'r>(
    template: &Template,
    record: &'r Record,
    name: &str,
    scope: Scope,
) -> Value<'r> {
    let (within, iteration) = match scope {
        Scope::Once => (None, None),
        Scope::Iteration(within, number) => (within, Some(number)),
    };
    if name == NUMBER {
        return iteration.map_or(Value::Unknown, |number| Value::Known(number.to_string()));
    }
    if let Some(known) = record.metadata(name) {
        return Value::Known(known);
    }
    let node = template.find(name).map(|(_, node)| node);
    let is_repeated = node.is_some_and(|node| node.within.is_some() && node.within == within);
    let key = key_of(name, iteration.filter(|_| is_repeated));
    let entries = record.entries(&key);
    if !entries.is_empty() {
        Value::Answer(key, entries)
    } else if node.is_some() || AUTOMATIC.contains(&name) {
        Value::Nothing
    } else {
        Value::Unknown
    }
}
