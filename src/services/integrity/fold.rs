//! Where a document must stand by what its trail says: recorded moves, and those that leave no status.
//!
//! The trail does not record every move (D-52). What a move logs, and whether that says whereto, stands
//! in the workflow; so a status is possible where unrecorded moves lead to it, all of whose events are there.

use std::collections::BTreeSet;

use super::chain::{Chain, Line};
use crate::definitions::Workflow;
use crate::definitions::vocabulary::{Fact, Line as Lines};
use crate::definitions::workflow::{Arm, EventRule};
use crate::model::Status;

/// A way from state to state, and what it leaves in the trail.
struct Move<'w> {
    arm: &'w Arm,
    to: &'w Status,
    logs: Vec<&'w EventRule>,
}

/// What the recorded moves come to.
pub(super) struct Folded<'c> {
    /// Lines that begin where the line before cannot have led, with both.
    pub leaps: Vec<(&'c Line<'c>, Status)>,
    /// Where the document can stand.
    pub possible: BTreeSet<Status>,
}

/// Folds the moves of a trail.
pub(super) fn fold<'c>(workflow: &Workflow, chain: &'c Chain<'c>) -> Folded<'c> {
    let moves = moves_of(workflow);
    let mut leaps = Vec::new();
    let mut at: Option<Status> = None;
    let mut since: Vec<&str> = Vec::new();
    for line in &chain.lines {
        let Some(told) = &line.told else { continue };
        since.push(told.event());
        let Some(rule) = rule_of(workflow, told.event()) else {
            continue;
        };
        let says = |fact: Fact| {
            let key = rule.records.iter().find(|(_, known)| *known == fact);
            // What a state was called when the line was written is what it is called now.
            key.and_then(|(key, _)| told.text(key))
                .map(|word| workflow.present_name(&Status::new(word.to_owned())))
        };
        if let (Some(at), Some(from)) = (&at, says(Fact::FromStatus))
            && !reached(workflow, &moves, [at.clone()], &since, Silence::Kept).contains(&from)
        {
            leaps.push((line, at.clone()));
        }
        if let Some(to) = says(Fact::ToStatus) {
            at = Some(to);
            since.clear();
        }
    }
    let possible = if let Some(at) = at {
        reached(workflow, &moves, [at], &since, Silence::Kept)
    } else {
        let born = workflow.entries.iter().map(|entry| entry.to.clone());
        reached(workflow, &moves, born, &since, Silence::Everywhere)
    };
    Folded { leaps, possible }
}

/// Tells whether the workflow knows an event.
pub(super) fn knows(workflow: &Workflow, event: &str) -> bool {
    rule_of(workflow, event).is_some()
}

/// Which moves may have left no status.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Silence {
    /// Those that never do.
    Kept,
    /// All: the earliest trails say no status at all (A.9).
    Everywhere,
}

fn rule_of<'w>(workflow: &'w Workflow, event: &str) -> Option<&'w EventRule> {
    workflow.event(event)
}

fn moves_of(workflow: &Workflow) -> Vec<Move<'_>> {
    let reactions = workflow.reactions.iter().map(|reaction| &reaction.body);
    let bodies = workflow.actions.iter().chain(reactions);
    let done = bodies.flat_map(|body| {
        let around: Vec<_> = body.before.iter().chain(&body.after).collect();
        let arms = body.arms.iter();
        arms.map(move |arm| (arm, around.clone()))
    });
    let alone = workflow.automatic.iter().map(|arm| (arm, Vec::new()));
    done.chain(alone)
        .filter_map(|(arm, around)| {
            let lines = around.into_iter().chain(&arm.effects);
            let logs = lines.filter_map(|line| logged(workflow, line)).collect();
            let to = arm.to.as_ref()?;
            Some(Move { arm, to, logs })
        })
        .collect()
}

fn logged<'w>(workflow: &'w Workflow, line: &Lines) -> Option<&'w EventRule> {
    workflow.event(line.effect.logs()?)
}

fn reached(
    workflow: &Workflow,
    moves: &[Move<'_>],
    from: impl IntoIterator<Item = Status>,
    since: &[&str],
    silence: Silence,
) -> BTreeSet<Status> {
    let says_where = |rule: &EventRule| {
        let mut facts = rule.records.iter();
        facts.any(|(_, fact)| *fact == Fact::ToStatus)
    };
    let silent: Vec<_> = moves
        .iter()
        .filter(|step| {
            silence == Silence::Everywhere || !step.logs.iter().any(|rule| says_where(rule))
        })
        .filter(|step| {
            let mut left = step.logs.iter().filter(|rule| !says_where(rule));
            left.all(|rule| since.contains(&rule.name.as_str()))
        })
        .collect();
    let mut reached: BTreeSet<Status> = from.into_iter().collect();
    loop {
        let more: Vec<_> = silent
            .iter()
            .filter(|step| !reached.contains(step.to))
            .filter(|step| reached.iter().any(|at| step.arm.begins_in(at, workflow)))
            .map(|step| step.to.clone())
            .collect();
        if more.is_empty() {
            return reached;
        }
        reached.extend(more);
    }
}
