//! Proofs, on as many processors as there are.

use std::panic::resume_unwind;
use std::thread::ScopedJoinHandle;

use crate::analysis::prove::stance::Stances;
use crate::analysis::prove::{Explored, MOST, Proof, Task, conclude, tasks, tasks_for};
use crate::definitions::Rulebook;
use crate::model::Roster;

/// Proves what can be proved of every workflow.
#[must_use]
pub fn prove(rules: &Rulebook) -> Vec<Proof<'_>> {
    prove_within(rules, MOST)
}

/// Proves what can be proved if nobody acts but the people there are.
#[must_use]
pub fn prove_with<'r>(rules: &'r Rulebook, roster: &Roster) -> Vec<Proof<'r>> {
    let tasks = tasks_for(rules, roster);
    conclude(rules, &explore(tasks, MOST))
}

/// Proves what can be proved without looking at more situations than this of any life.
#[must_use]
pub fn prove_within(rules: &Rulebook, most: usize) -> Vec<Proof<'_>> {
    conclude(rules, &explore(tasks(rules), most))
}

/// Returns every way in which documents may stand by the rules; none where there are too many situations.
#[must_use]
pub fn stances(rules: &Rulebook) -> Option<Stances> {
    Stances::of(&explore(tasks(rules), MOST))
}

fn explore(tasks: Vec<Task<'_>>, most: usize) -> Vec<Explored<'_>> {
    std::thread::scope(|scope| {
        let tasks = tasks.into_iter();
        let running: Vec<_> = tasks
            .map(|task| scope.spawn(move || task.explore(most)))
            .collect();
        let done = running.into_iter().map(ScopedJoinHandle::join);
        done.map(|done| done.unwrap_or_else(|panic| resume_unwind(panic)))
            .collect()
    })
}
