//! The ways through a workflow: every state is reached, can be left where it must, and leads to an end.

use std::collections::BTreeSet;

use super::walk;
use super::{overlap, place};
use crate::definitions::codes;
use crate::definitions::report::Finding;
use crate::definitions::rulebook::Rulebook;
use crate::definitions::source::Origin;
use crate::definitions::vocabulary::{Effect, Line};
use crate::definitions::workflow::{Arm, State, Workflow};
use crate::model::Status;

/// Looks at all workflows.
pub(super) fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    for workflow in &rules.workflows {
        unreachable(workflow, findings);
        let before = findings.len();
        dead_ends(workflow, findings);
        if findings.len() == before {
            endless(workflow, findings);
        }
        terminal(rules, workflow, findings);
        passing(rules, workflow, findings);
        overlap::check(rules, workflow, findings);
        automatic_cycle(workflow, findings);
    }
}

fn unreachable(workflow: &Workflow, findings: &mut Vec<Finding>) {
    let mut reached: BTreeSet<&Status> = workflow.entries.iter().map(|entry| &entry.to).collect();
    loop {
        let before = reached.len();
        for (_, arm) in walk::arms(workflow) {
            let is_taken = walk::begins(workflow, arm).any(|state| reached.contains(&state.name));
            if let Some(to) = arm.to.as_ref().filter(|_| is_taken) {
                reached.insert(to);
            }
        }
        if reached.len() == before {
            break;
        }
    }
    for state in workflow
        .states
        .iter()
        .filter(|state| !reached.contains(&state.name))
    {
        findings.push(
            Finding::new(
                codes::UNREACHABLE_STATE,
                state.origin,
                format!("no document ever comes to `{}`", state.name),
            )
            .label("no entry and no arm leads here")
            .help(format!("lead an arm to it: `from … to={}`", state.name)),
        );
    }
}

/// Tells whether an arm leads out of a state.
fn leaves(workflow: &Workflow, arm: &Arm, state: &State) -> bool {
    arm.begins_in(&state.name, workflow) && arm.to.as_ref().is_some_and(|to| *to != state.name)
}

fn dead_ends(workflow: &Workflow, findings: &mut Vec<Finding>) {
    for state in workflow.states.iter().filter(|state| !state.terminal) {
        if !walk::arms(workflow).any(|(_, arm)| leaves(workflow, arm, state)) {
            findings.push(
                Finding::new(
                    codes::DEAD_END,
                    state.origin,
                    format!("a document in `{}` can never leave it", state.name),
                )
                .label("no arm leads out")
                .help(format!(
                    "lead an arm out of it, or end the life there: `state {} … terminal=#true`",
                    state.name
                )),
            );
        }
    }
}

/// Where some lives can end, every life can: no state leads into a part of the workflow without an end.
fn endless(workflow: &Workflow, findings: &mut Vec<Finding>) {
    let ends = |state: &&State| state.terminal || is_erased(workflow, state);
    let mut ending: BTreeSet<&Status> = workflow
        .states
        .iter()
        .filter(ends)
        .map(|state| &state.name)
        .collect();
    if ending.is_empty() {
        // Such documents live for ever, and are meant to.
        return;
    }
    loop {
        let before = ending.len();
        for (_, arm) in walk::arms(workflow) {
            if arm.to.as_ref().is_some_and(|to| ending.contains(to)) {
                ending.extend(walk::begins(workflow, arm).map(|state| &state.name));
            }
        }
        if ending.len() == before {
            break;
        }
    }
    let states = workflow.states.iter();
    for state in states.filter(|state| !ending.contains(&state.name)) {
        let message = format!("a document in `{}` can never come to an end", state.name);
        findings.push(
            Finding::new(codes::NO_END, state.origin, message)
                .label("no way leads from here to a terminal state"),
        );
    }
}

/// Tells whether a document can be erased in a state.
fn is_erased(workflow: &Workflow, state: &State) -> bool {
    let erases = |lines: &[Line]| lines.iter().any(|line| line.effect == Effect::Erase);
    let mut bodies = walk::bodies(workflow);
    bodies.any(|(_, body)| {
        let around = erases(&body.before) || erases(&body.after);
        let mut arms = body.arms.iter();
        arms.any(|arm| arm.begins_in(&state.name, workflow) && (around || erases(&arm.effects)))
    })
}

fn terminal(rules: &Rulebook, workflow: &Workflow, findings: &mut Vec<Finding>) {
    for state in workflow.states.iter().filter(|state| state.terminal) {
        for (doer, arm) in walk::arms(workflow) {
            if leaves(workflow, arm, state) {
                let place = place::of_word(rules, arm.origin, state.name.as_str());
                findings.push(
                    Finding::new(
                        codes::TERMINAL_LEFT,
                        place,
                        format!("{doer} leads out of `{}`, where the life ends", state.name),
                    )
                    .label("this state is terminal")
                    .help(format!(
                        "take `terminal=#true` from `{}`, or this arm away",
                        state.name
                    )),
                );
            }
        }
    }
}

/// No document rests in a passing state: one way on always fits, and nothing is expected there.
fn passing(rules: &Rulebook, workflow: &Workflow, findings: &mut Vec<Finding>) {
    for state in workflow.states.iter().filter(|state| state.passing) {
        let name = &state.name;
        let always = workflow
            .automatic
            .iter()
            .any(|arm| arm.conditions.is_empty() && leaves(workflow, arm, state));
        if !always {
            findings.push(
                Finding::new(
                    codes::PASSING_REST,
                    state.origin,
                    format!("a document may come to rest in `{name}`, which is passing"),
                )
                .label("no automatic arm from here always fits")
                .help(format!(
                    "write one without `if` in `automatic`: `from {name} to=…`"
                )),
            );
        }
        findings.extend(
            rests(rules, workflow, state)
                .into_iter()
                .map(|(place, message)| {
                    Finding::new(codes::NEVER_AT_REST, place, message)
                        .label("no document rests here")
                }),
        );
    }
}

/// Returns where a passing state is taken for one to rest in, and how.
fn rests(rules: &Rulebook, workflow: &Workflow, state: &State) -> Vec<(Origin, String)> {
    let name = &state.name;
    let mut rests = Vec::new();
    if state.terminal || state.awaits.is_some() {
        let message = format!("`{name}` is passing, and can neither await anybody nor end a life");
        rests.push((state.origin, message));
    }
    for entry in workflow.entries.iter().filter(|entry| entry.to == *name) {
        let place = place::of_property(rules, entry.origin, "to");
        let message = format!("entry `{}` leads to `{name}`, which is passing", entry.name);
        rests.push((place, message));
    }
    let bodies = walk::bodies(workflow)
        .flat_map(|(doer, body)| body.arms.iter().map(move |arm| (doer, arm)));
    for (doer, arm) in bodies {
        if arm.from.iter().flatten().any(|from| from == name) {
            let place = place::of_word(rules, arm.origin, name.as_str());
            rests.push((
                place,
                format!("{doer} begins in `{name}`, which is passing"),
            ));
        }
    }
    rests
}

/// Automatic arms are taken until none fits; in a circle that would be never.
fn automatic_cycle(workflow: &Workflow, findings: &mut Vec<Finding>) {
    for arm in &workflow.automatic {
        let circle = walk::begins(workflow, arm).find(|state| {
            let target = walk::reached(workflow, arm, state);
            target.is_some_and(|target| leads_back(workflow, &target.name, &state.name))
        });
        if let Some(state) = circle {
            findings.push(
                Finding::new(
                    codes::AUTOMATIC_CYCLE,
                    arm.origin,
                    format!("`automatic` leads from `{0}` back to `{0}`", state.name),
                )
                .label("part of a circle")
                .help(
                    "what follows by itself must come to rest: leave one of the arms to an action",
                ),
            );
        }
    }
}

fn leads_back(workflow: &Workflow, from: &Status, wanted: &Status) -> bool {
    let mut seen = BTreeSet::from([from]);
    let mut open = vec![from];
    while let Some(status) = open.pop() {
        if status == wanted {
            return true;
        }
        for arm in workflow
            .automatic
            .iter()
            .filter(|arm| arm.begins_in(status, workflow))
        {
            let next = arm.to.as_ref().unwrap_or(status);
            if seen.insert(next) {
                open.push(next);
            }
        }
    }
    false
}
