//! Groups and permits, in words.

use super::Item;
use crate::analysis::difference::ability::limits;
use crate::definitions::permission::{GroupRule, Permit};

/// Returns what a group is.
pub(super) fn group(rule: &GroupRule) -> Item {
    let mut says = vec![format!("means {:?}", rule.meaning)];
    says.extend(
        rule.inherits
            .iter()
            .map(|group| format!("inherits {group}")),
    );
    says.extend(
        rule.members
            .iter()
            .map(|(name, _)| format!("member {name}")),
    );
    Item::new(
        "permissions",
        format!("group {}", rule.name),
        rule.origin,
        says,
    )
}

/// Returns what a permit says.
pub(super) fn permit(permit: &Permit) -> Item {
    let mut says = match &permit.to {
        None => vec!["to everyone".to_owned()],
        Some(groups) => groups
            .iter()
            .map(|(group, _)| format!("to {group}"))
            .collect(),
    };
    says.extend(limits(permit));
    Item::new(
        "permissions",
        format!("permit `{}`", permit.action),
        permit.origin,
        says,
    )
}
