//! Groups and permits, in words.

use super::Item;
use crate::definitions::permission::{GroupRule, Only, Permit};

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
    says.extend(permit.only.iter().map(|only| only_word(*only).to_owned()));
    says.extend(permit.except_owner.then(|| "except owner".to_owned()));
    Item::new(
        "permissions",
        format!("permit `{}`", permit.action),
        permit.origin,
        says,
    )
}

/// Says what a person must be besides belonging to a group.
pub(in crate::analysis::difference) fn only_word(only: Only) -> &'static str {
    match only {
        Only::Owner => "only owner",
        Only::Assignee => "only assignee",
        Only::Holder => "only holder",
    }
}
