//! Old rules told in the names of new ones, where those say what a state or a mark was called.

use super::{Change, Kind};
use crate::definitions::vocabulary::{Condition, Effect, Guard};
use crate::definitions::workflow::{Occasion, Workflow};
use crate::definitions::{Doctype, Origin, Rulebook};
use crate::model::Status;

/// Returns the states and marks that were renamed.
pub(super) fn renamed(old: &Rulebook, new: &Rulebook) -> Vec<Change> {
    let mut changes = Vec::new();
    for workflow in &new.workflows {
        let Some(before) = old.workflow(&workflow.name) else {
            continue;
        };
        for state in &workflow.states {
            let former = state.former.iter();
            let former = former.filter_map(|(earlier, _)| before.state(earlier));
            changes.extend(former.map(|earlier| {
                let (was, is) = (earlier.name.as_str(), state.name.as_str());
                let places = (earlier.origin, state.origin);
                change(workflow, ("state", was, is), places)
            }));
        }
        for mark in &workflow.marks {
            let was_called = |name: &str| mark.former.iter().any(|(earlier, _)| *earlier == *name);
            let mut known = before.marks.iter();
            let former = known.find(|earlier| was_called(earlier.name.as_str()));
            changes.extend(former.map(|earlier| {
                let (was, is) = (earlier.name.as_str(), mark.name.as_str());
                change(workflow, ("mark", was, is), (earlier.origin, mark.origin))
            }));
        }
    }
    changes
}

fn change(
    workflow: &Workflow,
    (kind, was, is): (&str, &str, &str),
    (old, new): (Origin, Origin),
) -> Change {
    Change {
        of: format!("workflow {}", workflow.name),
        what: format!("{kind} {is}"),
        kind: Kind::Renamed(was.to_owned()),
        lost: Vec::new(),
        gained: Vec::new(),
        old: Some(old),
        new: Some(new),
    }
}

/// Returns the old rules, each renamed state and mark under the name that the new ones give it.
#[must_use]
pub fn carried(old: &Rulebook, new: &Rulebook) -> Rulebook {
    let mut carried = old.clone();
    for workflow in &mut carried.workflows {
        if let Some(names) = new.workflow(&workflow.name) {
            carry(workflow, names);
        }
    }
    for doctype in &mut carried.doctypes {
        let parents: Vec<_> = parents_lives(doctype, old, new);
        let requires = doctype.child_of.iter_mut();
        for condition in requires.flat_map(|rule| &mut rule.requires) {
            for names in &parents {
                carry_condition(condition, names);
            }
        }
    }
    carried
}

/// Returns the lives of a type's parents, as the new rules tell them.
fn parents_lives<'n>(doctype: &Doctype, old: &Rulebook, new: &'n Rulebook) -> Vec<&'n Workflow> {
    let parents = doctype.child_of.iter().flat_map(|rule| &rule.parents);
    let parents = parents.filter_map(|(parent, _)| old.doctype(parent));
    parents
        .filter_map(|parent| new.workflow(&parent.workflow))
        .collect()
}

fn carry(workflow: &mut Workflow, names: &Workflow) {
    carry_marks(workflow, names);
    let is_renamed = workflow
        .states
        .iter()
        .any(|state| names.renamed(&state.name).is_some());
    if !is_renamed {
        return;
    }
    for state in &mut workflow.states {
        state.name = names.present_name(&state.name);
    }
    // Two states that have become one are one.
    let mut seen: Vec<Status> = Vec::new();
    workflow.states.retain(|state| {
        let is_new = !seen.contains(&state.name);
        seen.push(state.name.clone());
        is_new
    });
    for phase in &mut workflow.phases {
        carry_all(&mut phase.presumed_in, names);
    }
    for entry in &mut workflow.entries {
        entry.to = names.present_name(&entry.to);
    }
    workflow.rewrite(|condition| carry_condition(condition, names), |_| {});
    let reactions = workflow
        .reactions
        .iter_mut()
        .map(|reaction| &mut reaction.body);
    let bodies = workflow.actions.iter_mut().chain(reactions);
    let arms = bodies.flat_map(|body| &mut body.arms);
    for arm in arms.chain(&mut workflow.automatic) {
        if let Some(from) = &mut arm.from {
            carry_all(from, names);
        }
        if let Some(to) = &mut arm.to {
            *to = names.present_name(to);
        }
    }
    for invariant in &mut workflow.invariants {
        for occasion in &mut invariant.occasions {
            match occasion {
                Occasion::In(states) | Occasion::Entering(states) => carry_all(states, names),
                Occasion::Doing(_) => {}
            }
        }
    }
}

/// Gives the marks of a workflow, wherever they stand in it, the names of today.
fn carry_marks(workflow: &mut Workflow, names: &Workflow) {
    if names.marks.iter().all(|mark| mark.former.is_empty()) {
        return;
    }
    for mark in &mut workflow.marks {
        mark.name = names.present_mark(&mark.name);
    }
    workflow.rewrite(
        |condition| {
            if let Guard::Mark(mark) = &mut condition.guard {
                *mark = names.present_mark(mark);
            }
        },
        |line| {
            if let Effect::SetMark(mark) | Effect::ClearMark(mark) = &mut line.effect {
                *mark = names.present_mark(mark);
            }
        },
    );
}

fn carry_condition(condition: &mut Condition, names: &Workflow) {
    if let Guard::In(states) | Guard::Parent(states) = &mut condition.guard {
        carry_all(states, names);
    }
}

fn carry_all(states: &mut [Status], names: &Workflow) {
    for state in states {
        *state = names.present_name(state);
    }
}
