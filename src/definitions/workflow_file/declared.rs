//! What a workflow declares: states, phases, outcomes, marks and events.

use crate::definitions::reader::{Reader, Word};
use crate::definitions::tree::Node;
use crate::definitions::vocabulary::{Fact, fact};
use crate::definitions::workflow::{Awaits, EventRule, MarkRule, OutcomeRule, PhaseRule, State};
use crate::model::{
    Answer, EventName, Ledger, Mark, Outcome, Phase, Stage, Status, TaskKind, Verb,
};

/// Reads a name and the sentence that says what it means.
fn named(reader: &mut Reader<'_>, node: &Node) -> Option<(Word, String)> {
    let mut words = reader.several(node, "a name").into_iter();
    let name = words.next()?;
    let Some(meaning) = words.next() else {
        reader.missing(node, "a sentence that says what it means");
        return None;
    };
    for word in words {
        reader.superfluous(&word);
    }
    Some((name, meaning.text.into_owned()))
}

pub(super) fn read_state(reader: &mut Reader<'_>, node: &Node) -> Option<State> {
    let (name, meaning) = named(reader, node)?;
    reader.only_properties(node, &["terminal", "passing", "authorises"]);
    reader.once(node, &["awaits"]);
    let mut awaits = None;
    let mut former = Vec::new();
    for child in node.children.iter() {
        match child.name.as_ref() {
            "awaits" => awaits = read_awaits(reader, child),
            "renamed" => {
                let word = read_renamed(reader, child);
                former.extend(word.map(|word| (Status::new(word.text), word.origin)));
            }
            _ => reader.unknown_word(child, "a state", &["awaits", "renamed"]),
        }
    }
    Some(State {
        name: Status::new(name.text),
        meaning,
        terminal: reader.flag(node, "terminal"),
        passing: reader.flag(node, "passing"),
        authorises: reader.flag(node, "authorises"),
        awaits,
        former,
        origin: name.origin,
    })
}

/// Reads an earlier name of a state or a mark, which `migrate` carries documents from.
fn read_renamed(reader: &mut Reader<'_>, node: &Node) -> Option<Word> {
    for word in reader.arguments(node) {
        reader.superfluous(&word);
    }
    reader.only_properties(node, &["from"]);
    reader.no_children(node);
    reader.required(node, "from")
}

fn read_awaits(reader: &mut Reader<'_>, node: &Node) -> Option<Awaits> {
    reader.only_properties(node, &["task", "stage"]);
    reader.no_children(node);
    let verb = reader.single(node, "a verb")?;
    let task = reader.required(node, "task")?;
    let stage = reader.required(node, "stage")?;
    Some(Awaits {
        origin: verb.origin,
        verb: Verb::new(verb.text),
        task: TaskKind::new(task.text),
        stage: Stage::new(stage.text),
    })
}

pub(super) fn read_phase(reader: &mut Reader<'_>, node: &Node) -> Option<PhaseRule> {
    let (name, _) = named(reader, node)?;
    reader.only_properties(node, &[]);
    let mut presumed_in = Vec::new();
    for child in node.children.iter() {
        match child.name.as_ref() {
            "presumed-in" => {
                reader.only_properties(child, &[]);
                reader.no_children(child);
                presumed_in.extend(statuses(reader, child));
            }
            _ => reader.unknown_word(child, "a phase", &["presumed-in"]),
        }
    }
    Some(PhaseRule {
        name: Phase::new(name.text),
        presumed_in,
        origin: name.origin,
    })
}

pub(super) fn statuses(reader: &mut Reader<'_>, node: &Node) -> Vec<Status> {
    let words = reader.several(node, "a state");
    words
        .into_iter()
        .map(|word| Status::new(word.text))
        .collect()
}

pub(super) fn read_outcome(reader: &mut Reader<'_>, node: &Node) -> Option<OutcomeRule> {
    let (name, meaning) = named(reader, node)?;
    reader.only_properties(node, &["stored-as"]);
    reader.no_children(node);
    let stored_as = Answer::new(reader.required(node, "stored-as")?.text.into_owned());
    Some(OutcomeRule {
        origin: name.origin,
        name: Outcome::new(name.text),
        meaning,
        stored_as,
    })
}

pub(super) fn read_mark(reader: &mut Reader<'_>, node: &Node) -> Option<MarkRule> {
    let (name, meaning) = named(reader, node)?;
    reader.only_properties(node, &[]);
    let mut former = Vec::new();
    for child in node.children.iter() {
        match child.name.as_ref() {
            "renamed" => {
                let word = read_renamed(reader, child);
                former.extend(word.map(|word| (Mark::new(word.text), word.origin)));
            }
            _ => reader.unknown_word(child, "a mark", &["renamed"]),
        }
    }
    Some(MarkRule {
        origin: name.origin,
        name: Mark::new(name.text),
        meaning,
        former,
    })
}

pub(super) fn read_event(reader: &mut Reader<'_>, node: &Node) -> Option<EventRule> {
    let (name, meaning) = named(reader, node)?;
    reader.only_properties(node, &["ledger", "by"]);
    let mut records = Vec::new();
    for child in node.children.iter() {
        match child.name.as_ref() {
            "records" => records.extend(read_records(reader, child)),
            _ => reader.unknown_word(child, "an event", &["records"]),
        }
    }
    let ledger = reader.property(node, "ledger");
    let by = reader.property(node, "by");
    Some(EventRule {
        origin: name.origin,
        name: EventName::new(name.text),
        meaning,
        ledger: ledger.map(|word| Ledger::new(word.text)),
        by: by.map(|word| Verb::new(word.text)),
        records,
        writes: false,
    })
}

/// Facts under their own names stand as words, those under another key as `key=fact`.
fn read_records(reader: &mut Reader<'_>, node: &Node) -> Vec<(String, Fact)> {
    reader.no_children(node);
    let own = reader
        .arguments(node)
        .into_iter()
        .map(|word| (word.text.to_string(), fact(&word.text)));
    let own: Vec<_> = own.collect();
    let keyed = reader.properties(node);
    own.into_iter()
        .chain(
            keyed
                .into_iter()
                .map(|(key, word)| (key.into_owned(), fact(&word.text))),
        )
        .collect()
}
