//! Whether what is refused was done already, by the same person: then the trail says so, and nothing is to be
//! tried again.

use serde_json::{Map, Value};

use super::look::Look;
use crate::definitions::Workflow;
use crate::definitions::vocabulary::{Effect, Fact};
use crate::definitions::workflow::Action;
use crate::error::Failure;
use crate::interpreter::Standing;
use crate::model::{ActionName, Code, Document, Verb};
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
    action: &ActionName,
) {
    if !CODES.contains(&failure.code) {
        return;
    }
    // It only helps: a trail that cannot be read is complained about by whoever needs it.
    let Some(done) = look.already(location, standing, action) else {
        return;
    };
    let word = |key: &str| done.get(key).and_then(Value::as_str).unwrap_or("?");
    failure.hint = Some(format!(
        "you did this on {} (v{}); nothing more is needed",
        word("ts"),
        word("version")
    ));
    failure.facts.insert("already".to_owned(), done.into());
}

impl Look<'_> {
    /// Returns the actor's own last act, if it was this action, and what it did still stands.
    fn already(
        &self,
        location: &Location,
        standing: &Standing,
        action: &ActionName,
    ) -> Option<Map<String, Value>> {
        let rules = self.facts.rules;
        let life = rules.life_of(rules.doctype(&standing.doctype)?)?;
        let action = life.action(action)?;
        let lines = trail::read(self.facts.view, &location.trail().ok()?).ok()??;
        let own = |line: &TrailLine| {
            line.user() == self.actor.name.as_str() && verb_of(life, line).is_some()
        };
        let last = lines.iter().rposition(own)?;
        let (before, since) = lines.split_at_checked(last + 1)?;
        let line = before.last()?;
        let still_stands = if is_answer(life, action) {
            !since.iter().any(|line| asks_for(life, line, action))
        } else {
            is_where_it_led(life, action, &standing.document)
        };
        (logs(action, line) && still_stands).then(|| told(life, line))
    }
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

/// Tells whether some state awaits the action: it answers those who asked.
fn is_answer(life: &Workflow, action: &Action) -> bool {
    life.awaits().any(|awaits| awaits.verb == action.name.verb)
}

/// Tells whether a line asked for such an answer, anew.
fn asks_for(life: &Workflow, line: &TrailLine, action: &Action) -> bool {
    let rule = life.events.iter().find(|rule| rule.name == *line.event());
    let records = rule.into_iter().flat_map(|rule| &rule.records);
    let mut stages = records
        .filter(|(_, fact)| *fact == Fact::Stage)
        .filter_map(|(key, _)| line.text(key));
    stages.any(|stage| {
        life.awaits()
            .any(|awaits| awaits.verb == action.name.verb && awaits.stage == *stage)
    })
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
    let rule = life.events.iter().find(|rule| rule.name == *line.event());
    for (key, _) in rule.into_iter().flat_map(|rule| &rule.records) {
        let recorded = line.object.get(key).cloned();
        told.extend(recorded.map(|value| (key.clone(), value)));
    }
    told
}
