//! Permissions: every action is somebody's, every permit is for something, inheritance ends.

use super::{place, undeclared};
use crate::definitions::codes;
use crate::definitions::permission::COMMANDS;
use crate::definitions::report::{Finding, did_you_mean};
use crate::definitions::rulebook::Rulebook;
use crate::model::{ActionName, Group};

/// Looks at all groups and permits.
pub(super) fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    for rule in &rules.groups {
        let Some(inherited) = &rule.inherits else {
            continue;
        };
        let place = || place::of_property(rules, rule.origin, "inherits");
        if rules.group(inherited).is_none() {
            undeclared::group(
                rules,
                &format!("`{}` inherits from", rule.name),
                inherited,
                place,
                findings,
            );
        } else if comes_back(rules, inherited, &rule.name) {
            findings.push(
                Finding::new(
                    codes::INHERITANCE_CYCLE,
                    place(),
                    format!("`{}` inherits from itself", rule.name),
                )
                .label("leads back to this group")
                .help("take one `inherits=` of the circle away"),
            );
        }
    }
    for permit in &rules.permits {
        for (name, origin) in permit.to.iter().flatten() {
            undeclared::group(
                rules,
                &format!("`{}` is permitted to", permit.action),
                name,
                || *origin,
                findings,
            );
        }
    }
    unpermitted(rules, findings);
    idle(rules, findings);
}

fn comes_back(rules: &Rulebook, from: &Group, wanted: &Group) -> bool {
    let mut current = Some(from);
    for _ in 0..rules.groups.len() {
        match current {
            None => return false,
            Some(name) if name == wanted => return true,
            Some(name) => current = rules.group(name).and_then(|rule| rule.inherits.as_ref()),
        }
    }
    false
}

fn unpermitted(rules: &Rulebook, findings: &mut Vec<Finding>) {
    for action in rules
        .workflows
        .iter()
        .flat_map(|workflow| &workflow.actions)
    {
        if rules.permit(&action.name).is_some() {
            continue;
        }
        let name = &action.name;
        findings.push(
            Finding::new(
                codes::UNPERMITTED_ACTION,
                place::of_word(rules, action.origin, name.verb.as_str()),
                format!("nobody may `{name}`"),
            )
            .label("no permit is for this action")
            .help(format!(
                "write in permissions/: `permit {} {{ to GROUP }}`",
                name.verb
            )),
        );
    }
}

/// Complains of permits for what nobody could ask for.
fn idle(rules: &Rulebook, findings: &mut Vec<Finding>) {
    for permit in &rules.permits {
        if is_something(rules, &permit.action) {
            continue;
        }
        let name = permit.action.to_string();
        let actions = rules
            .workflows
            .iter()
            .flat_map(|workflow| &workflow.actions);
        let known: Vec<String> = actions.map(|action| action.name.to_string()).collect();
        let known = known
            .iter()
            .map(String::as_str)
            .chain(COMMANDS.iter().copied());
        findings.push(
            Finding::new(
                codes::UNUSED_PERMIT,
                place::of_word(rules, permit.origin, permit.action.verb.as_str()),
                format!("`{name}` is permitted, and is neither an action nor a command"),
            )
            .label("nothing of this name can be done")
            .maybe_help(did_you_mean(&name, known)),
        );
    }
}

fn is_something(rules: &Rulebook, name: &ActionName) -> bool {
    let mut actions = rules
        .workflows
        .iter()
        .flat_map(|workflow| &workflow.actions);
    let is_action = actions.any(|action| match &name.variant {
        Some(_) => action.name == *name,
        None => action.name.verb == name.verb,
    });
    is_action || COMMANDS.contains(&name.to_string().as_str())
}
