//! Proofs, on as many processors as there are.

use std::panic::resume_unwind;
use std::thread::ScopedJoinHandle;

use crate::analysis::prove::{MOST, Proof, conclude, tasks};
use crate::definitions::Rulebook;

/// Proves what can be proved of every workflow.
#[must_use]
pub fn prove(rules: &Rulebook) -> Vec<Proof<'_>> {
    prove_within(rules, MOST)
}

/// Proves what can be proved without looking at more situations than this of any life.
#[must_use]
pub fn prove_within(rules: &Rulebook, most: usize) -> Vec<Proof<'_>> {
    let explored = std::thread::scope(|scope| {
        let tasks = tasks(rules).into_iter();
        let running: Vec<_> = tasks
            .map(|task| scope.spawn(move || task.explore(most)))
            .collect();
        let done = running.into_iter().map(ScopedJoinHandle::join);
        done.map(|done| done.unwrap_or_else(|panic| resume_unwind(panic)))
            .collect::<Vec<_>>()
    });
    conclude(rules, &explored)
}
