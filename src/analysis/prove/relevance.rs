//! Where answers still matter: they do where a guard may ask for them before they are forgotten.
//!
//! Where they do not, situations that differ in them alone are one.

use super::chances::begins;
use crate::definitions::Workflow;
use crate::definitions::vocabulary::{Condition, Effect, Guard};
use crate::definitions::workflow::{Action, Arm, Invariant, Occasion};
use crate::model::Status;

/// Returns the states in which what was answered may still be asked for.
pub(super) fn where_answers_matter(workflow: &Workflow) -> Vec<&Status> {
    let names = || workflow.states.iter().map(|state| &state.name);
    let mut live: Vec<&Status> = Vec::new();
    loop {
        let new = names().find(|status| !live.contains(status) && matters(workflow, status, &live));
        match new {
            Some(status) => live.push(status),
            None => return live,
        }
    }
}

/// Tells whether answers matter in a state, if they do in those that are known.
fn matters(workflow: &Workflow, status: &Status, live: &[&Status]) -> bool {
    let at_rest =
        |occasion: &Occasion| matches!(occasion, Occasion::In(states) if states.contains(status));
    asks_on(workflow, at_rest)
        || workflow
            .bodies()
            .any(|body| in_body(workflow, body, status, live))
        || workflow
            .automatic
            .iter()
            .any(|arm| in_arm(workflow, None, arm, status, live))
}

fn in_body(workflow: &Workflow, body: &Action, status: &Status, live: &[&Status]) -> bool {
    // What is done first is asked about here, even where the action itself begins only after it.
    let mut firsts = body.firsts.iter().flat_map(|first| &first.conditions);
    if begins(workflow, body, status) && firsts.any(asks) {
        return true;
    }
    if !body.begins_in(status, workflow) {
        return false;
    }
    let verb = &body.name.verb;
    let done =
        |occasion: &Occasion| matches!(occasion, Occasion::Doing(verbs) if verbs.contains(verb));
    body.requires.iter().any(asks)
        || asks_on(workflow, done)
        || body
            .arms
            .iter()
            .any(|arm| in_arm(workflow, Some(body), arm, status, live))
}

fn in_arm(
    workflow: &Workflow,
    body: Option<&Action>,
    arm: &Arm,
    status: &Status,
    live: &[&Status],
) -> bool {
    if !arm.begins_in(status, workflow) {
        return false;
    }
    let around = body
        .iter()
        .flat_map(|body| body.before.iter().chain(&body.after));
    let mut lines = arm.effects.iter().chain(around);
    let forgets = lines.any(|line| line.effect == Effect::ClearOutcomes);
    let to = arm.to.as_ref().unwrap_or(status);
    let entered = |occasion: &Occasion| matches!(occasion, Occasion::Entering(states) if arm.to.is_some() && states.contains(to));
    arm.conditions.iter().any(asks)
        || asks_on(workflow, entered)
        || (!forgets && to != status && live.contains(&to))
}

fn asks_on(workflow: &Workflow, is_met: impl Fn(&Occasion) -> bool) -> bool {
    let met = |invariant: &&Invariant| invariant.occasions.iter().any(&is_met);
    let mut held = workflow.invariants.iter().filter(met);
    held.any(|invariant| invariant.holds.iter().any(asks))
}

/// Tells whether a condition asks for what was answered.
fn asks(condition: &Condition) -> bool {
    matches!(
        condition.guard,
        Guard::Unanimous(_) | Guard::OutcomeFrom(_) | Guard::OutcomesCurrent
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::Rulebook;

    /// Answers matter from the moment they are asked for until the document is approved, and no longer.
    #[test]
    fn answers_matter_until_they_are_counted() {
        let rules = Rulebook::shipped().unwrap();
        for workflow in &rules.workflows {
            let live = where_answers_matter(workflow);
            for state in &workflow.states {
                let awaits = state.awaits.is_some();
                let ends = state.terminal;
                assert!(!awaits || live.contains(&&state.name), "{}", state.name);
                assert!(!ends || !live.contains(&&state.name), "{}", state.name);
            }
            for entry in &workflow.entries {
                assert!(!live.contains(&&entry.to), "{}", entry.to);
            }
        }
    }
}
