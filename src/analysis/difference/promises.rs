//! What the old rules call always true, asked of the new ones.

use crate::definitions::Rulebook;
use crate::definitions::workflow::{Occasion, Workflow};

/// Returns the new rules, with the invariants of the old ones in place of their own: what is proved of them is
/// what the new rules still keep of the old promises. The old rules must be told in the new names
/// ([`super::carried`]). What was promised of the documents of a type is asked of the workflow by which they live
/// now, whatever its name.
#[must_use]
pub fn promised(carried: &Rulebook, new: &Rulebook) -> Rulebook {
    let mut rules = new.clone();
    for workflow in &mut rules.workflows {
        let lives = carried.workflows.iter();
        let lives = lives
            .filter(|old| old.name == workflow.name || is_left_for(carried, old, new, workflow));
        workflow.invariants = lives.flat_map(|old| old.invariants.clone()).collect();
        forget_what_is_gone(workflow);
    }
    rules
}

/// Tells whether documents of some type lived by one workflow, and live by another now.
fn is_left_for(old: &Rulebook, was: &Workflow, new: &Rulebook, is: &Workflow) -> bool {
    let types = new.doctypes.iter();
    let mut types = types.filter(|doctype| doctype.workflow == is.name);
    types.any(|doctype| {
        let before = old.doctype(&doctype.name);
        before.is_some_and(|before| before.workflow == was.name)
    })
}

/// No document stands in a state that is gone: nothing can be asked of it there.
fn forget_what_is_gone(workflow: &mut Workflow) {
    let known: Vec<_> = workflow
        .states
        .iter()
        .map(|state| state.name.clone())
        .collect();
    let occasions = workflow.invariants.iter_mut();
    for occasion in occasions.flat_map(|invariant| &mut invariant.occasions) {
        match occasion {
            Occasion::In(states) | Occasion::Entering(states) => {
                states.retain(|state| known.contains(state));
            }
            Occasion::Doing(_) => {}
        }
    }
}
