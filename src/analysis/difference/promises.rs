//! What the old rules call always true, asked of the new ones.

use crate::definitions::Rulebook;
use crate::definitions::workflow::{Occasion, Workflow};

/// Returns the new rules, with the invariants of the old ones in place of their own: what is proved of them is
/// what the new rules still keep of the old promises. The old rules must be told in the new names
/// ([`super::carried`]). A workflow that is gone keeps none.
#[must_use]
pub fn promised(carried: &Rulebook, new: &Rulebook) -> Rulebook {
    let mut rules = new.clone();
    for workflow in &mut rules.workflows {
        let old = carried.workflow(&workflow.name);
        workflow.invariants = old.map_or_else(Vec::new, |old| old.invariants.clone());
        forget_what_is_gone(workflow);
    }
    rules
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
