//! Walks through a workflow: every arm, line and condition, with who does it.

use std::fmt;

use crate::definitions::vocabulary::{Condition, Line};
use crate::definitions::workflow::{Action, Arm, Entry, Invariant, Reaction, State, Workflow};

/// Who does a line or asks a question; what can be known there depends on it.
#[derive(Clone, Copy, Debug)]
pub(super) enum Doer<'w> {
    /// A way to be born.
    Entry(&'w Entry),
    /// A person.
    Action(&'w Action),
    /// A parent's deed.
    Reaction(&'w Reaction),
    /// Nobody: it follows by itself.
    Automatic,
    /// A sentence that is always true.
    Invariant(&'w Invariant),
}

impl fmt::Display for Doer<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Entry(entry) => write!(out, "entry `{}`", entry.name),
            Self::Action(action) => write!(out, "`{}`", action.name),
            Self::Reaction(reaction) => write!(out, "reaction `{}`", reaction.name),
            Self::Automatic => out.write_str("`automatic`"),
            Self::Invariant(invariant) => write!(out, "invariant `{}`", invariant.sentence),
        }
    }
}

/// How a condition is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Seat {
    /// After `require`.
    Require,
    /// After `if`, of an arm or of a `first`.
    If,
    /// After `hold`.
    Hold,
}

/// Returns the actions, and the reactions, which are written alike.
pub(super) fn bodies(workflow: &Workflow) -> impl Iterator<Item = (Doer<'_>, &Action)> {
    let actions = workflow
        .actions
        .iter()
        .map(|action| (Doer::Action(action), action));
    let reactions = workflow
        .reactions
        .iter()
        .map(|reaction| (Doer::Reaction(reaction), &reaction.body));
    actions.chain(reactions)
}

/// Returns every arm.
pub(super) fn arms(workflow: &Workflow) -> impl Iterator<Item = (Doer<'_>, &Arm)> {
    let asked =
        bodies(workflow).flat_map(|(doer, body)| body.arms.iter().map(move |arm| (doer, arm)));
    let automatic = workflow.automatic.iter().map(|arm| (Doer::Automatic, arm));
    asked.chain(automatic)
}

/// Returns every effect.
pub(super) fn lines(workflow: &Workflow) -> impl Iterator<Item = (Doer<'_>, &Line)> {
    let born = workflow.entries.iter().flat_map(|entry| {
        let lines = entry.effects.iter();
        lines.map(move |line| (Doer::Entry(entry), line))
    });
    let asked =
        bodies(workflow).flat_map(|(doer, body)| body.lines().map(move |line| (doer, line)));
    let automatic = workflow.automatic.iter().flat_map(|arm| &arm.effects);
    born.chain(asked)
        .chain(automatic.map(|line| (Doer::Automatic, line)))
}

/// Returns every condition.
pub(super) fn conditions(workflow: &Workflow) -> Vec<(Doer<'_>, Seat, &Condition)> {
    let mut found = Vec::new();
    for (doer, body) in bodies(workflow) {
        let requires = body.requires.iter();
        found.extend(requires.map(|condition| (doer, Seat::Require, condition)));
        let firsts = body.firsts.iter().flat_map(|first| &first.conditions);
        found.extend(firsts.map(|condition| (doer, Seat::If, condition)));
    }
    for (doer, arm) in arms(workflow) {
        let conditions = arm.conditions.iter();
        found.extend(conditions.map(|condition| (doer, Seat::If, condition)));
    }
    for invariant in &workflow.invariants {
        let holds = invariant.holds.iter();
        found.extend(holds.map(|condition| (Doer::Invariant(invariant), Seat::Hold, condition)));
    }
    found
}

/// Returns the states an arm begins in.
pub(super) fn begins<'w>(workflow: &'w Workflow, arm: &'w Arm) -> impl Iterator<Item = &'w State> {
    workflow
        .states
        .iter()
        .filter(|state| arm.begins_in(&state.name, workflow))
}

/// Returns the state an arm leads to from one it begins in.
pub(super) fn reached<'w>(workflow: &'w Workflow, arm: &Arm, from: &'w State) -> Option<&'w State> {
    match &arm.to {
        Some(to) => workflow.state(to),
        None => Some(from),
    }
}
