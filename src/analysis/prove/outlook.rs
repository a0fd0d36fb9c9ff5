//! What an explored life as a whole shows: whether an end can be reached from everywhere.

use super::explore::Explorer;
use super::{Fault, FaultKind};

/// Returns the nearest situation of each state from which no end can be reached; where there is no end, from
/// which nothing can be.
pub(super) fn stranded(explorer: &Explorer<'_>) -> Vec<Fault> {
    let life = &explorer.life;
    let states = &life.workflow.states;
    let status = |index: usize| {
        let found = explorer.found.get(index);
        found.map(|found| &found.node.standing.document.status)
    };
    let mut ends = vec![false; explorer.found.len()];
    let has_ends = states.iter().any(|state| state.terminal);
    let mut reached: Vec<usize> = Vec::new();
    let mut back: Vec<Vec<usize>> = vec![Vec::new(); explorer.found.len()];
    for (index, found) in explorer.found.iter().enumerate() {
        for next in &found.leads_to {
            if let Some(back) = back.get_mut(*next) {
                back.push(index);
            }
        }
        let is_end = if has_ends {
            life.is_terminal(&found.node.standing.document.status)
        } else {
            found.leads_to.iter().any(|next| *next != index)
        };
        if is_end {
            reached.push(index);
        }
    }
    while let Some(index) = reached.pop() {
        if let Some(end) = ends.get_mut(index).filter(|end| !**end) {
            *end = true;
            reached.extend(back.get(index).into_iter().flatten());
        }
    }
    let mut faults: Vec<Fault> = Vec::new();
    for (index, _) in ends.iter().enumerate().filter(|(_, end)| !**end) {
        let Some(state) = status(index).and_then(|status| life.workflow.state(status)) else {
            continue;
        };
        if faults.iter().any(|fault| fault.origin == state.origin) {
            continue;
        }
        faults.push(Fault {
            kind: FaultKind::Stranded,
            origin: state.origin,
            message: format!(
                "a document can come to stand in {} with no way to an end",
                state.name
            ),
            story: explorer.story_to(index),
        });
    }
    faults
}
