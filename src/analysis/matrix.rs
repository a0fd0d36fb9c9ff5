//! Who may do what, where: every action of a workflow, every group, every state a document rests in.
//!
//! It is read from the permits and from what actions ask of a person; what else a rule requires of the document
//! comes on top, and only `decide` knows of it.

use crate::definitions::doctype::Doctype;
use crate::definitions::permission::{GroupRule, Only, Permit};
use crate::definitions::vocabulary::{Guard, Holder};
use crate::definitions::workflow::Action;
use crate::definitions::{Rulebook, Workflow};
use crate::interpreter::authorize::is_permitted;
use crate::model::{ActionName, DoctypeName, Group, Status, WorkflowName};

/// Who may do what in a workflow.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Matrix {
    /// The workflow.
    pub workflow: WorkflowName,
    /// The types that have this life.
    pub types: Vec<DoctypeName>,
    /// The states a document rests in, in the order of the file.
    pub states: Vec<Status>,
    /// Who may do what; what is not here nobody may.
    pub rights: Vec<Right>,
}

/// What a group may do in a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Right {
    /// The action.
    pub action: ActionName,
    /// The group.
    pub group: Group,
    /// The state.
    pub state: Status,
    /// Under which terms.
    pub terms: Terms,
    /// The action that is done before, where this one begins only after it.
    pub first: Option<ActionName>,
}

/// What a member of a group must be besides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// All of these.
    pub only: Vec<Only>,
    /// Not the owner.
    pub except_owner: bool,
}

impl Terms {
    fn require(&mut self, only: Only) {
        if !self.only.contains(&only) {
            self.only.push(only);
        }
    }

    fn and(mut self, other: &Self) -> Self {
        for only in &other.only {
            self.require(*only);
        }
        self.except_owner |= other.except_owner;
        self
    }
}

/// Returns who may do what in a workflow.
#[must_use]
pub fn matrix(rules: &Rulebook, workflow: &Workflow) -> Matrix {
    let has_life = |doctype: &&Doctype| doctype.workflow == workflow.name;
    let resting = workflow.states.iter().filter(|state| !state.passing);
    let states: Vec<Status> = resting.map(|state| state.name.clone()).collect();
    let mut rights = Vec::new();
    for action in &workflow.actions {
        for group in &rules.groups {
            let states = states.iter();
            rights.extend(states.filter_map(|state| right(rules, workflow, action, group, state)));
        }
    }
    Matrix {
        workflow: workflow.name.clone(),
        types: rules
            .doctypes
            .iter()
            .filter(has_life)
            .map(|doctype| doctype.name.clone())
            .collect(),
        states,
        rights,
    }
}

/// Returns the groups to which something is permitted, inheritance counted.
#[must_use]
pub fn permitted<'r>(rules: &'r Rulebook, permit: &Permit) -> Vec<&'r Group> {
    let groups = rules.groups.iter().map(|rule| &rule.name);
    groups
        .filter(|group| is_permitted(rules, group, permit))
        .collect()
}

fn right(
    rules: &Rulebook,
    workflow: &Workflow,
    action: &Action,
    group: &GroupRule,
    state: &Status,
) -> Option<Right> {
    let terms = terms(rules, action, group)?;
    let right = |terms, first| Right {
        action: action.name.clone(),
        group: group.name.clone(),
        state: state.clone(),
        terms,
        first,
    };
    if action.begins_in(state, workflow) {
        return Some(right(terms, None));
    }
    // What is done first is done by the same person, under its own terms.
    action.firsts.iter().find_map(|first| {
        let before = workflow.action(&first.action)?;
        let mut arms = before.arms.iter();
        let leads_there = arms.any(|arm| {
            let to = arm.to.as_ref().unwrap_or(state);
            arm.begins_in(state, workflow) && action.begins_in(to, workflow)
        });
        let before = self::terms(rules, before, group).filter(|_| leads_there)?;
        Some(right(
            terms.clone().and(&before),
            Some(first.action.clone()),
        ))
    })
}

/// Returns under which terms a member of a group may do an action, if any may.
fn terms(rules: &Rulebook, action: &Action, group: &GroupRule) -> Option<Terms> {
    let permit = rules.permit(&action.name)?;
    let mut terms = Terms {
        only: permit.only.clone(),
        except_owner: permit.except_owner,
    };
    let mut may = is_permitted(rules, &group.name, permit);
    for condition in &action.requires {
        // All else is asked of the document.
        if condition.guard == Guard::Owner {
            if condition.wanted {
                terms.require(Only::Owner);
            } else {
                terms.except_owner = true;
            }
        } else if condition.guard == Guard::CheckedOut(Holder::Actor) && condition.wanted {
            terms.require(Only::Holder);
        } else if let Guard::Group(groups) = &condition.guard {
            let mut groups = groups.iter();
            let belongs = groups.any(|wanted| rules.counts_as(&group.name, wanted));
            may &= belongs == condition.wanted;
        }
    }
    may.then_some(terms)
}
