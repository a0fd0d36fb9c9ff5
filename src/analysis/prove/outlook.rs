//! What an explored life as a whole shows: whether an end can be reached from everywhere.

use super::explore::Explorer;
use super::{Fault, FaultKind};

/// Returns the nearest situation of each state from which no end can be reached; where there is no end, from
/// which nothing can be. Where an end fails only because everybody has written who could judge, it does not: somebody
/// new could.
pub(super) fn stranded(explorer: &Explorer<'_>) -> Vec<Fault> {
    let mut ways: Vec<Vec<usize>> = explorer
        .found
        .iter()
        .map(|found| found.leads_to.clone())
        .collect();
    let mut ends = reaching(explorer, &ways);
    if ends.contains(&false) {
        for (index, ways) in ways.iter_mut().enumerate() {
            ways.extend(with_somebody_new(explorer, index));
        }
        ends = reaching(explorer, &ways);
    }
    let states = &explorer.life.workflow.states;
    let mut faults: Vec<Fault> = Vec::new();
    for (index, _) in ends.iter().enumerate().filter(|(_, end)| !**end) {
        let found = explorer.found.get(index);
        let status = found.map(|found| &found.node.standing.document.status);
        let state = states.iter().find(|state| Some(&state.name) == status);
        let Some(state) = state else { continue };
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

/// Returns the situations that would be the same to somebody who wrote nothing, were they one of those who did.
fn with_somebody_new(explorer: &Explorer<'_>, index: usize) -> Vec<usize> {
    let Some(found) = explorer.found.get(index) else {
        return Vec::new();
    };
    let mut node = found.node.clone();
    let fewer: Vec<_> = node.standing.authorship.without_each().collect();
    let known = fewer.into_iter().filter_map(|authorship| {
        node.standing.authorship = authorship;
        explorer.known(&node)
    });
    known.collect()
}

/// Tells of each situation whether an end can be reached by these ways.
fn reaching(explorer: &Explorer<'_>, ways: &[Vec<usize>]) -> Vec<bool> {
    let life = &explorer.life;
    let has_ends = life.workflow.states.iter().any(|state| state.terminal);
    let mut ends = vec![false; explorer.found.len()];
    let mut reached: Vec<usize> = Vec::new();
    let mut back: Vec<Vec<usize>> = vec![Vec::new(); explorer.found.len()];
    for (index, (found, ways)) in explorer.found.iter().zip(ways).enumerate() {
        for next in ways {
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
    ends
}
