//! What is logged: by commands, as one event, with everything they know; by actions, so that the trail tells who
//! wrote, where the rules ask for it.

use super::place;
use crate::definitions::codes;
use crate::definitions::parts::Way;
use crate::definitions::permission::Only;
use crate::definitions::report::{Finding, did_you_mean};
use crate::definitions::rulebook::Rulebook;
use crate::definitions::vocabulary::{Effect, Fact, Guard, Holder, Line, word_of};
use crate::definitions::workflow::{Action, EventRule, Workflow};

/// The commands that log, each with what its lines must tell.
const LOGGING: &[(&str, &[Fact])] = &[
    ("doctor", &[Fact::Fixes]),
    ("migrate", &[Fact::FromStatus, Fact::ToStatus]),
];

/// Looks at the events of all workflows.
pub(super) fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    for workflow in &rules.workflows {
        for event in &workflow.events {
            findings.extend(unknown_command(rules, event));
            findings.extend(logged_twice(rules, workflow, event));
            findings.extend(unrecorded(event));
        }
        if workflow.asks_authorship() {
            findings.extend(workflow.ways().filter_map(|way| untold(workflow, &way)));
            findings.extend(
                workflow
                    .ways()
                    .filter_map(|way| unrecorded_answer(workflow, &way)),
            );
            findings.extend(written_by_another(rules, workflow));
        }
    }
}

/// Tells of a way on which a text is written and no event says so. What ends there is asked nothing any more.
fn untold(workflow: &Workflow, way: &Way<'_>) -> Option<Finding> {
    let ends = way.to.is_some_and(|to| workflow.is_terminal(to));
    let line = way.lines.iter().find(|line| line.effect.writes())?;
    let mut events = way.lines.iter().filter_map(|line| line.effect.logs());
    let is_told = events.any(|name| workflow.event(name).is_some_and(|event| event.writes));
    if ends || is_told {
        return None;
    }
    let message = "a text is written here, and no event says that it was";
    Some(Finding::new(codes::UNTOLD_WRITING, line.origin, message).label("written, and not told"))
}

/// Tells of a way on which an answer is kept and no event records it: it would never be about an earlier text.
fn unrecorded_answer(workflow: &Workflow, way: &Way<'_>) -> Option<Finding> {
    let mut lines = way.lines.iter();
    let line = lines.find(|line| line.effect == Effect::RecordOutcome)?;
    let mut events = way.lines.iter().filter_map(|line| line.effect.logs());
    let tells = |event: &EventRule| event.records.iter().any(|(_, fact)| *fact == Fact::Outcome);
    if events.any(|name| workflow.event(name).is_some_and(tells)) {
        return None;
    }
    let message = "an answer is kept here, and no event records it";
    Some(Finding::new(codes::UNTOLD_ANSWER, line.origin, message).label("answered, and not told"))
}

/// Tells of what takes in a copy that somebody else may hold than who acts: the trail would name the wrong author.
/// What ends there is asked nothing any more.
fn written_by_another(rules: &Rulebook, workflow: &Workflow) -> Vec<Finding> {
    let holds = |action: &Action| {
        let mut asked = action.requires.iter();
        let is_asked = asked.any(|condition| {
            condition.wanted && condition.guard == Guard::CheckedOut(Holder::Actor)
        });
        let permit = rules.permit(&action.name);
        is_asked || permit.is_some_and(|permit| permit.only.contains(&Only::Holder))
    };
    let actions = workflow.actions.iter().filter(|action| !holds(action));
    let bodies = actions.chain(workflow.reactions.iter().map(|reaction| &reaction.body));
    let bound = bodies.flat_map(|body| {
        body.arms
            .iter()
            .map(|arm| (arm, body.lines_of(arm).collect()))
    });
    let alone = workflow.automatic.iter();
    let alone = alone.map(|arm| (arm, arm.effects.iter().collect()));
    let mut findings: Vec<Finding> = Vec::new();
    for (arm, lines) in bound.chain(alone) {
        let lines: Vec<&Line> = lines;
        let ends = arm.to.as_ref().is_some_and(|to| workflow.is_terminal(to));
        let Some(line) = lines.iter().find(|line| line.effect.takes_in()) else {
            continue;
        };
        let is_told = findings.iter().any(|known| known.origin == line.origin);
        if !ends && !is_told {
            let message = "a copy is taken in here that somebody else may have written";
            findings.push(
                Finding::new(codes::WRITTEN_BY_ANOTHER, line.origin, message)
                    .label("the trail tells who acts, not who wrote"),
            );
        }
    }
    findings
}

fn unknown_command(rules: &Rulebook, event: &EventRule) -> Option<Finding> {
    let command = event.by.as_ref()?;
    let known = LOGGING.iter().map(|(name, _)| *name);
    if known.clone().any(|name| *command == name) {
        return None;
    }
    let message = format!(
        "`{}` is said to be logged by `{command}`, which is no command that logs",
        event.name
    );
    let place = place::of_property(rules, event.origin, "by");
    let finding = Finding::new(codes::UNKNOWN_COMMAND, place, message).label("logs nothing");
    Some(finding.maybe_help(did_you_mean(command.as_str(), known)))
}

fn logged_twice(rules: &Rulebook, workflow: &Workflow, event: &EventRule) -> Option<Finding> {
    let command = event.by.as_ref()?;
    let mut same = workflow.events.iter().filter(|other| other.by == event.by);
    let first = same.next()?;
    if first.name == event.name {
        return None;
    }
    let message = format!("`{command}` logs `{}` already", first.name);
    let place = place::of_property(rules, event.origin, "by");
    Some(Finding::new(codes::LOGGED_TWICE, place, message).label("never logged"))
}

fn unrecorded(event: &EventRule) -> Option<Finding> {
    let command = event.by.as_ref()?;
    let (_, demanded) = LOGGING.iter().find(|(name, _)| *command == *name)?;
    let is_recorded = |fact: &&Fact| event.records.iter().any(|(_, known)| known == *fact);
    let missing = demanded.iter().filter(|fact| !is_recorded(fact));
    let words: Vec<_> = missing.map(word_of).collect();
    if words.is_empty() {
        return None;
    }
    let message = format!(
        "`{}` does not say what `{command}` did: {} is not recorded",
        event.name,
        words.join(", ")
    );
    Some(Finding::new(codes::UNRECORDED, event.origin, message).label("says too little"))
}
