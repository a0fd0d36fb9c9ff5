//! Old rules told in the state names of new ones, where those say what a state was called.

use super::{Change, Kind};
use crate::definitions::vocabulary::{Condition, Guard};
use crate::definitions::workflow::{Arm, Occasion, Workflow};
use crate::definitions::{Doctype, Rulebook};
use crate::model::Status;

/// Returns the states that were renamed.
pub(super) fn renamed(old: &Rulebook, new: &Rulebook) -> Vec<Change> {
    let mut changes = Vec::new();
    for workflow in &new.workflows {
        let Some(before) = old.workflow(&workflow.name) else {
            continue;
        };
        for state in &workflow.states {
            let former = state.former.iter();
            let former = former.filter_map(|(earlier, _)| before.state(earlier));
            changes.extend(former.map(|earlier| Change {
                of: format!("workflow {}", workflow.name),
                what: format!("state {}", state.name),
                kind: Kind::Renamed(earlier.name.to_string()),
                lost: Vec::new(),
                gained: Vec::new(),
                old: Some(earlier.origin),
                new: Some(state.origin),
            }));
        }
    }
    changes
}

/// Returns the old rules, each renamed state under the name that the new ones give it.
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
    let reactions = workflow
        .reactions
        .iter_mut()
        .map(|reaction| &mut reaction.body);
    for body in workflow.actions.iter_mut().chain(reactions) {
        let firsts = body
            .firsts
            .iter_mut()
            .flat_map(|first| &mut first.conditions);
        for condition in firsts.chain(&mut body.requires) {
            carry_condition(condition, names);
        }
        for arm in &mut body.arms {
            carry_arm(arm, names);
        }
    }
    for arm in &mut workflow.automatic {
        carry_arm(arm, names);
    }
    for invariant in &mut workflow.invariants {
        for occasion in &mut invariant.occasions {
            match occasion {
                Occasion::In(states) | Occasion::Entering(states) => carry_all(states, names),
                Occasion::Doing(_) => {}
            }
        }
        for condition in &mut invariant.holds {
            carry_condition(condition, names);
        }
    }
}

fn carry_arm(arm: &mut Arm, names: &Workflow) {
    if let Some(from) = &mut arm.from {
        carry_all(from, names);
    }
    if let Some(to) = &mut arm.to {
        *to = names.present_name(to);
    }
    for condition in &mut arm.conditions {
        carry_condition(condition, names);
    }
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
