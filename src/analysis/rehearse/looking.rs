//! A look at a document: is it as the story says?

use serde_json::Value;

use super::Failure;
use super::desk::Desk;
use super::memory::Record;
use crate::definitions::Rulebook;
use crate::definitions::scenario::{Aspect, Description};
use crate::definitions::vocabulary::Fact;
use crate::model::{Answer, Event, Place, UserName, Version};

const NOBODY: &str = "nobody";
const NOTHING: &str = "nothing";

impl Desk<'_> {
    /// Compares a document with what is said of it; what is not said may be anyhow.
    ///
    /// # Errors
    /// The first difference, at its place.
    pub(super) fn look(&mut self, description: &Description) -> Result<(), Failure> {
        let reading = self.rules.read_id(&description.id, &self.namespaces);
        let home = reading.as_ref();
        let home = home.map(|reading| self.rules.home_of(reading, &self.namespaces));
        let home = home.unwrap_or_default();
        let id = reading.map(|reading| reading.id);
        let Some(record) = id.and_then(|id| self.memory.records.get_mut(&id)) else {
            let message = format!("there is no `{}`", description.id);
            return Err(Failure::new(description.origin, message));
        };
        for look in &description.looks {
            let (what, expected) = expected(&look.aspect);
            let found = found(self.rules, record, &home, &look.aspect);
            if expected != found {
                let id = &record.document.id;
                let message = format!("{what} of `{id}`: expected {expected}, found {found}");
                return Err(Failure::new(look.origin, message));
            }
        }
        record.seen = record.trail.len();
        Ok(())
    }
}

/// Returns what is looked at, and how it is expected to be.
fn expected(aspect: &Aspect) -> (&'static str, String) {
    match aspect {
        Aspect::Status(status) => ("status", status.to_string()),
        Aspect::Version(version) => ("version", version.to_string()),
        Aspect::Owner(owner) => ("owner", or(owner.as_ref(), NOBODY)),
        Aspect::Phase(phase) => ("phase", phase.to_string()),
        Aspect::Effective(version) => ("effective version", or(version.as_ref(), NOTHING)),
        Aspect::CheckedOut(holder) => ("holder", or(holder.as_ref(), NOBODY)),
        Aspect::Awaits(people) => ("awaited", sorted(people, NOBODY)),
        Aspect::Answered(answers) => ("answers", told(answers)),
        Aspect::Holds(places) => ("files", files(places.iter().copied())),
        Aspect::Archived(versions) => ("archive", in_order(versions)),
        Aspect::Home(folder) => ("home", folder.clone()),
        Aspect::Marks(marks) => ("marks", sorted(marks, NOTHING)),
        Aspect::Trail(lines) => ("trail since the last look", joined(lines)),
        Aspect::Recorded(event, facts) => {
            ("last line", line(event.as_str(), facts.iter().cloned()))
        }
    }
}

/// Returns how it is.
fn found(rules: &Rulebook, record: &Record, home: &str, aspect: &Aspect) -> String {
    let document = &record.document;
    match aspect {
        Aspect::Status(_) => document.status.to_string(),
        Aspect::Version(_) => document.version.to_string(),
        Aspect::Owner(_) => or(document.owner.as_ref(), NOBODY),
        Aspect::Phase(_) => or(document.phase.as_ref(), NOTHING),
        Aspect::Effective(_) => or(document.effective_version.as_ref(), NOTHING),
        Aspect::CheckedOut(_) => {
            let owner = document.owner.as_ref();
            or(owner.filter(|_| document.checked_out.is_some()), NOBODY)
        }
        Aspect::Awaits(_) => sorted(&document.pending, NOBODY),
        Aspect::Answered(_) => told(record.standing().outcomes()),
        Aspect::Holds(_) => {
            let places = [Place::Draft, Place::Issued].into_iter();
            files(places.filter(|place| record.texts.contains_key(place)))
        }
        Aspect::Archived(_) => {
            let versions: Vec<_> = record.archive.keys().copied().collect();
            in_order(&versions)
        }
        Aspect::Home(_) => home.to_owned(),
        Aspect::Marks(_) => sorted(&document.marks, NOTHING),
        Aspect::Recorded(event, _) => {
            let mut lines = record.trail.iter().rev().map(|(_, line)| line);
            lines
                .find(|line| line.name == *event)
                .map_or_else(|| NOTHING.to_owned(), whole_line)
        }
        Aspect::Trail(_) => {
            let fresh = record.trail.iter().skip(record.seen);
            let lines: Vec<_> = fresh
                .map(|(_, event)| line_of(rules, record, event))
                .collect();
            joined(&lines)
        }
    }
}

fn or<T: ToString>(word: Option<&T>, none: &str) -> String {
    word.map_or_else(|| none.to_owned(), ToString::to_string)
}

fn files(places: impl Iterator<Item = Place>) -> String {
    let words: Vec<_> = places.map(Place::word).collect();
    sorted(&words, NOTHING)
}

fn sorted<T: ToString>(words: &[T], none: &str) -> String {
    let mut words: Vec<_> = words.iter().map(ToString::to_string).collect();
    words.sort();
    if words.is_empty() {
        none.to_owned()
    } else {
        words.join(" ")
    }
}

fn told(answers: &[(UserName, Answer)]) -> String {
    let words = answers
        .iter()
        .map(|(user, answer)| format!("{user}={answer}"));
    sorted(&words.collect::<Vec<_>>(), NOBODY)
}

fn in_order(versions: &[Version]) -> String {
    let mut versions = versions.to_vec();
    versions.sort();
    let words: Vec<_> = versions.iter().map(ToString::to_string).collect();
    if words.is_empty() {
        NOTHING.to_owned()
    } else {
        words.join(" ")
    }
}

fn joined(lines: &[String]) -> String {
    let quoted: Vec<_> = lines.iter().map(|line| format!("\"{line}\"")).collect();
    if quoted.is_empty() {
        NOTHING.to_owned()
    } else {
        quoted.join(" ")
    }
}

/// Returns an event with all that it records.
fn whole_line(event: &Event) -> String {
    let facts = event
        .facts
        .iter()
        .map(|(key, value)| (key.clone(), fact(value)));
    line(event.name.as_str(), facts)
}

/// Returns a fact as a story tells it; a list is its words.
fn fact(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(values) => values.iter().map(fact).collect::<Vec<_>>().join(" "),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}

/// Returns an event with facts, which may stand in any order.
fn line(event: &str, facts: impl Iterator<Item = (String, String)>) -> String {
    let mut facts: Vec<_> = facts
        .map(|(key, fact)| format!("{key}=\"{fact}\""))
        .collect();
    facts.sort();
    let words = std::iter::once(event.to_owned()).chain(facts);
    words.collect::<Vec<_>>().join(" ")
}

/// Returns a line of the trail as a story tells it: `EVENT V`, or `EVENT V from V`.
fn line_of(rules: &Rulebook, record: &Record, event: &Event) -> String {
    let doctype = rules.doctype(&record.doctype);
    let rule = doctype
        .and_then(|doctype| rules.life_of(doctype))
        .and_then(|life| life.event(&event.name));
    let mut keys = rule.iter().flat_map(|rule| &rule.records);
    let from = keys
        .find(|(_, fact)| *fact == Fact::FromVersion)
        .and_then(|(key, _)| event.facts.get(key))
        .and_then(Value::as_str);
    match from {
        Some(from) => format!("{} {} from {from}", event.name, event.version),
        None => format!("{} {}", event.name, event.version),
    }
}
