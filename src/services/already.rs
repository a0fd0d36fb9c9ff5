//! Whether what is refused was done already, by the same person: then the trail says so, and nothing is to be
//! tried again.

use serde_json::{Map, Value, json};

use super::desk::Act;
use super::look::Look;
use crate::definitions::Workflow;
use crate::definitions::vocabulary::{Effect, Fact};
use crate::definitions::workflow::Action;
use crate::error::Failure;
use crate::interpreter::Standing;
use crate::model::{Argument, Code, Document, UserName, Verb};
use crate::store::layout::Location;
use crate::store::trail::{self, TrailLine};

/// What an action is refused with that was done already: it begins elsewhere than where it led.
const CODES: [Code; 5] = [
    Code::InvalidTransition,
    Code::TerminalState,
    Code::NotAssigned,
    Code::CheckedOut,
    Code::NotCheckedOut,
];

/// Adds to a refusal what the actor did already, where that is what is in the way.
pub fn tell(
    failure: &mut Failure,
    look: &Look<'_>,
    (location, standing): (&Location, &Standing),
    act: &Act,
) {
    if !CODES.contains(&failure.code) {
        return;
    }
    // It only helps: a trail that cannot be read is complained about by whoever needs it.
    let Some((done, in_these_words)) = look.already(location, standing, act) else {
        return;
    };
    let word = |key: &str| done.get(key).and_then(Value::as_str).unwrap_or("?");
    let then = if in_these_words {
        "nothing more is needed"
    } else {
        "that stands as it was recorded, and what you say now is not recorded"
    };
    let (at, version) = (word("ts"), word("version"));
    failure.hint = Some(format!("you did this on {at} (v{version}); {then}"));
    failure.facts.insert("already".to_owned(), done.into());
}

impl Look<'_> {
    /// Returns the actor's own last act, if it was this action and what it did still stands, and whether it was
    /// done in the same words.
    fn already(
        &self,
        location: &Location,
        standing: &Standing,
        act: &Act,
    ) -> Option<(Map<String, Value>, bool)> {
        let life = self.facts.life_of(standing)?;
        let action = life.action(&act.action)?;
        let lines = trail::read(self.facts.view, &location.trail().ok()?).ok()??;
        let own = |line: &TrailLine| {
            line.user() == self.actor.name.as_str() && verb_of(life, line).is_some()
        };
        let last = lines.iter().rposition(own)?;
        let (before, since) = lines.split_at_checked(last + 1)?;
        let line = before.last()?;
        let still_stands = if is_answer(life, &action.name.verb) {
            since.iter().all(|line| leaves_answers(life, line))
        } else {
            is_where_it_led(life, action, &standing.document)
        };
        let is_this = logs(action, line) && still_stands;
        is_this.then(|| (told(life, line), says(life, line, act)))
    }
}

/// Tells whether a line records what an act would say: the same comment, answer and people. Of a text that is
/// handed in nobody knows.
fn says(life: &Workflow, line: &TrailLine, act: &Act) -> bool {
    if act.copy.is_some() {
        return false;
    }
    act.arguments.iter().all(|(name, argument)| match argument {
        Argument::Flag => true,
        Argument::Text(text) => {
            let fact = Fact::Argument(name.clone());
            line.recorded(life, &fact) == Some(text)
        }
        Argument::Outcome(outcome) => {
            let rule = life.outcomes.iter().find(|rule| rule.name == *outcome);
            rule.is_some_and(|rule| {
                line.recorded(life, &Fact::Outcome) == Some(rule.stored_as.as_str())
            })
        }
        Argument::People(people) => {
            let named = json!(people.iter().map(UserName::as_str).collect::<Vec<_>>());
            let rule = life.event(line.event());
            let mut records = rule.into_iter().flat_map(|rule| &rule.records);
            records
                .any(|(key, fact)| *fact == Fact::Assignees && line.object.get(key) == Some(&named))
        }
    })
}

/// Tells whether a line leaves the answers that were given as they are: it is one itself, or what follows by
/// itself when the last is given.
fn leaves_answers(life: &Workflow, line: &TrailLine) -> bool {
    verb_of(life, line).is_none_or(|verb| is_answer(life, verb))
}

/// Returns the verb that a line tells of; none where several log such lines, or none does.
fn verb_of<'w>(life: &'w Workflow, line: &TrailLine) -> Option<&'w Verb> {
    let mut logging = life.actions.iter().filter(|action| logs(action, line));
    let verb = &logging.next()?.name.verb;
    logging
        .all(|other| other.name.verb == *verb)
        .then_some(verb)
}

fn logs(action: &Action, line: &TrailLine) -> bool {
    let mut logged = action.lines().filter_map(|line| line.effect.logs());
    logged.any(|event| *event == *line.event())
}

/// Tells whether some state awaits the verb: it answers those who asked.
fn is_answer(life: &Workflow, verb: &Verb) -> bool {
    life.awaits().any(|awaits| awaits.verb == *verb)
}

/// Tells whether a document stands where an action leaves it, with the marks it leaves.
fn is_where_it_led(life: &Workflow, action: &Action, document: &Document) -> bool {
    let stands = action.arms.iter().any(|arm| match &arm.to {
        Some(to) => *to == document.status,
        None => arm.begins_in(&document.status, life),
    });
    let mut effects = action.lines().map(|line| &line.effect);
    stands
        && effects.all(|effect| {
            if let Effect::SetMark(mark) = effect {
                document.marks.contains(mark)
            } else if let Effect::ClearMark(mark) = effect {
                !document.marks.contains(mark)
            } else {
                true
            }
        })
}

/// Returns what happened, when, at which version, and what was recorded of it.
fn told(life: &Workflow, line: &TrailLine) -> Map<String, Value> {
    let mut told = Map::new();
    told.insert("event".to_owned(), line.event().into());
    told.insert("ts".to_owned(), line.timestamp().into());
    told.insert("version".to_owned(), line.version().into());
    let rule = life.event(line.event());
    for (key, _) in rule.into_iter().flat_map(|rule| &rule.records) {
        let recorded = line.object.get(key).cloned();
        told.extend(recorded.map(|value| (key.clone(), value)));
    }
    told
}
