//! What an explored life as a whole shows: whether an end can be reached from everywhere.

use super::explore::Explorer;
use super::{Fault, FaultKind};
use crate::definitions::vocabulary::Guard;
use crate::definitions::workflow::{Action, Occasion};
use crate::model::UserName;

/// Returns the nearest situation of each state from which no end can be reached; where there is no end, from
/// which nothing can be. Where an end fails only because everybody has written who could judge, it does not: somebody
/// new could. Among people who are all there are, that is told of what the only one who could judge it wrote.
pub(super) fn stranded(explorer: &Explorer<'_>) -> Vec<Fault> {
    let mut ways: Vec<Vec<usize>> = explorer
        .found
        .iter()
        .map(|found| found.leads_to.clone())
        .collect();
    let mut ends = reaching(explorer, &ways);
    let mut faults = Vec::new();
    if ends.contains(&false) {
        let is_everybody = explorer.life.company.is_everybody;
        let among_them = is_everybody.then(|| among_them(explorer, &ways));
        for (index, ways) in ways.iter_mut().enumerate() {
            ways.extend(with_somebody_new(explorer, index));
        }
        ends = reaching(explorer, &ways);
        if let Some(among_them) = among_them {
            let pairs = among_them.iter().zip(&ends);
            let alone = pairs.map(|(among_them, end)| *among_them || !end);
            tell(explorer, FaultKind::Unjudged, alone, &mut faults);
        }
    }
    tell(explorer, FaultKind::Stranded, ends.into_iter(), &mut faults);
    faults
}

/// Tells of the nearest situation of each state that is not well.
fn tell(
    explorer: &Explorer<'_>,
    kind: FaultKind,
    well: impl Iterator<Item = bool>,
    faults: &mut Vec<Fault>,
) {
    let states = &explorer.life.workflow.states;
    for (index, _) in well.enumerate().filter(|(_, well)| !well) {
        let found = explorer.found.get(index);
        let status = found.map(|found| &found.node.standing.document.status);
        let state = states.iter().find(|state| Some(&state.name) == status);
        let Some(state) = state else { continue };
        let is_known = |fault: &Fault| fault.kind == kind && fault.origin == state.origin;
        if faults.iter().any(is_known) {
            continue;
        }
        faults.push(Fault {
            kind,
            origin: state.origin,
            message: format!(
                "a document can come to stand in {} with no way to an end",
                state.name
            ),
            story: explorer.story_to(index),
        });
    }
}

/// Tells of each situation whether an end can be reached, if somebody new comes only where several of those who could
/// judge have written.
fn among_them(explorer: &Explorer<'_>, ways: &[Vec<usize>]) -> Vec<bool> {
    let judges = judges(explorer);
    let mut ways = ways.to_vec();
    for (index, ways) in ways.iter_mut().enumerate() {
        if authors(explorer, index, &judges) > 1 {
            ways.extend(with_somebody_new(explorer, index));
        }
    }
    reaching(explorer, &ways)
}

/// Returns those who do what authors may not.
fn judges(explorer: &Explorer<'_>) -> Vec<UserName> {
    let life = &explorer.life;
    let is_done = |occasion: &Occasion, action: &Action| match occasion {
        Occasion::Doing(verbs) => verbs.contains(&action.name.verb),
        Occasion::In(_) | Occasion::Entering(_) => false,
    };
    let minds_authors = |action: &&Action| {
        let held = life.workflow.invariants.iter();
        let held = held.filter(|held| {
            held.occasions
                .iter()
                .any(|occasion| is_done(occasion, action))
        });
        let held = held.flat_map(|invariant| &invariant.holds);
        let mut asked = action.requires.iter().chain(held);
        asked.any(|condition| condition.guard == Guard::Author)
    };
    let judging = life.workflow.actions.iter().filter(minds_authors);
    let able = judging.flat_map(|action| life.company.who_may(life.rules, &action.name));
    let mut judges: Vec<UserName> = able.map(|user| user.name.clone()).collect();
    judges.sort();
    judges.dedup();
    judges
}

/// Tells how many of some people wrote what there is in a situation.
fn authors(explorer: &Explorer<'_>, index: usize, people: &[UserName]) -> usize {
    let Some(found) = explorer.found.get(index) else {
        return 0;
    };
    let authorship = &found.node.standing.authorship;
    people.iter().filter(|name| authorship.wrote(name)).count()
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
