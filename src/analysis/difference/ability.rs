//! Who may do what and where, as far as groups decide: and what of it other rules do not allow.

use std::collections::BTreeMap;

use crate::definitions::Rulebook;
use crate::definitions::permission::Permit;
use crate::interpreter::authorize::is_permitted;
use crate::model::{ActionName, Group, WorkflowName};

/// What some groups may do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ability {
    /// Who.
    pub groups: Vec<Group>,
    /// What.
    pub action: ActionName,
    /// In which workflow; none where it is no action of one.
    pub workflow: Option<WorkflowName>,
    /// Where; empty where it is no action of a workflow.
    pub states: Vec<String>,
    /// Under which conditions the other rules allow it, where they do.
    pub under: Vec<String>,
}

/// Where a group may do something: in which workflow and state, or as a command of its own.
type Place = (Group, ActionName, Option<(WorkflowName, String)>);

/// Returns what groups may do by these rules and not, or not so freely, by others.
pub(super) fn beyond(rules: &Rulebook, others: &Rulebook) -> Vec<Ability> {
    // A permit of one way of a command is no line about the others: each is asked for by name.
    let mut commands: Vec<&ActionName> = Vec::new();
    for permit in rules.permits.iter().chain(&others.permits) {
        if !commands.contains(&&permit.action) {
            commands.push(&permit.action);
        }
    }
    let here = places(rules, &commands);
    let there: BTreeMap<Place, _> = places(others, &commands).into_iter().collect();
    // By action, place and limits: the states of each group, then the groups of each list of states.
    let mut states: BTreeMap<_, Vec<String>> = BTreeMap::new();
    let mut order = Vec::new();
    for (place, limits) in &here {
        let under: Vec<&str> = match there.get(place) {
            None => Vec::new(),
            Some(others) => {
                let more = others.iter().filter(|limit| !limits.contains(limit));
                let more: Vec<_> = more.map(String::as_str).collect();
                if more.is_empty() {
                    continue;
                }
                more
            }
        };
        let (group, action, at) = place;
        let workflow = at.as_ref().map(|(workflow, _)| workflow);
        let key = (group, action, workflow, under);
        if !order.contains(&key) {
            order.push(key.clone());
        }
        let state = at.as_ref().map(|(_, state)| state.clone());
        states.entry(key).or_default().extend(state);
    }
    let mut found: Vec<Ability> = Vec::new();
    for key in order {
        let at = states.get(&key).cloned().unwrap_or_default();
        let (group, action, workflow, under) = key;
        let ability = Ability {
            groups: Vec::new(),
            action: action.clone(),
            workflow: workflow.cloned(),
            states: at,
            under: under.into_iter().map(str::to_owned).collect(),
        };
        let same = |known: &&mut Ability| {
            let groups = Vec::new();
            Ability {
                groups,
                ..Ability::clone(known)
            } == ability
        };
        match found.iter_mut().find(same) {
            Some(known) => known.groups.push(group.clone()),
            None => found.push(Ability {
                groups: vec![group.clone()],
                ..ability
            }),
        }
    }
    found
}

fn places(rules: &Rulebook, commands: &[&ActionName]) -> Vec<(Place, Vec<String>)> {
    let mut found = Vec::new();
    for group in &rules.groups {
        for workflow in &rules.workflows {
            for action in &workflow.actions {
                let permit = rules.permit(&action.name);
                let Some(permit) = permit.filter(|permit| is_permitted(rules, &group.name, permit))
                else {
                    continue;
                };
                for state in &workflow.states {
                    if action.begins_in(&state.name, workflow) {
                        let at = Some((workflow.name.clone(), state.name.to_string()));
                        let place = (group.name.clone(), action.name.clone(), at);
                        found.push((place, limits(permit)));
                    }
                }
            }
        }
        let verbs = rules.verbs();
        for command in commands.iter().filter(|name| !verbs.contains(&&name.verb)) {
            let permit = rules.permit(command);
            if let Some(permit) = permit.filter(|permit| is_permitted(rules, &group.name, permit)) {
                let place = (group.name.clone(), (*command).clone(), None);
                found.push((place, limits(permit)));
            }
        }
    }
    found
}

/// Returns what a person must be besides belonging to a group.
pub(super) fn limits(permit: &Permit) -> Vec<String> {
    let only = permit.only.iter();
    only.map(|only| format!("only {}", only.as_str()))
        .chain(permit.except_owner.then(|| "except owner".to_owned()))
        .collect()
}
