//! Which ways no story takes: every arm from each state it names, every entry.

use super::Untaken;
use crate::definitions::Rulebook;
use crate::definitions::workflow::{Arm, Workflow};
use crate::interpreter::Taken;

/// Returns what is not among the ways that were gone, in the order of the files.
pub(super) fn untaken(rules: &Rulebook, taken: &[Taken]) -> Vec<Untaken> {
    let lives = rules.workflows.iter();
    let mut missing: Vec<_> = lives.flat_map(|life| untaken_of(life, taken)).collect();
    missing.sort_by_key(|way| (way.origin.file, way.origin.span.offset));
    missing
}

fn untaken_of(life: &Workflow, taken: &[Taken]) -> Vec<Untaken> {
    let mut missing = Vec::new();
    for entry in &life.entries {
        if !taken.iter().any(|way| way.rule == entry.origin) {
            missing.push(Untaken {
                origin: entry.origin,
                description: format!("entry `{}` of `{}`", entry.name, life.name),
            });
        }
    }
    for action in &life.actions {
        let name = format!("`{}`", action.name);
        missing.extend(
            action
                .arms
                .iter()
                .flat_map(|arm| untaken_from(arm, &name, taken)),
        );
    }
    for reaction in &life.reactions {
        let name = format!("reaction `{}`", reaction.name);
        let arms = reaction.body.arms.iter();
        missing.extend(arms.flat_map(|arm| untaken_from(arm, &name, taken)));
    }
    let arms = life.automatic.iter();
    missing.extend(arms.flat_map(|arm| untaken_from(arm, "automatic", taken)));
    missing
}

/// Returns each state from which an arm was not gone; of `any`, whether it was not gone at all.
fn untaken_from(arm: &Arm, of: &str, taken: &[Taken]) -> Vec<Untaken> {
    let gone: Vec<_> = taken.iter().filter(|way| way.rule == arm.origin).collect();
    let whereto = arm
        .to
        .as_ref()
        .map(|to| format!(" to {to}"))
        .unwrap_or_default();
    let miss = |from: &str| Untaken {
        origin: arm.origin,
        description: format!("{of} from {from}{whereto}"),
    };
    let Some(states) = &arm.from else {
        return if gone.is_empty() {
            vec![miss("any")]
        } else {
            Vec::new()
        };
    };
    let unseen = states
        .iter()
        .filter(|state| gone.iter().all(|way| way.from.as_ref() != Some(*state)));
    unseen.map(|state| miss(state.as_str())).collect()
}
