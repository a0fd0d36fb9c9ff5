//! What is worth trying: where an action begins, what refuses it whatever it is given, what it asks of texts.

use crate::definitions::Workflow;
use crate::definitions::vocabulary::{Condition, Guard};
use crate::definitions::workflow::{Action, FlawShape};
use crate::interpreter::Refusal;
use crate::model::{ActionName, Code, Status};

/// Returns a text with every flaw that a workflow knows.
pub(super) fn text_with_flaws(workflow: &Workflow) -> String {
    let mut front = String::new();
    let mut body = String::new();
    for flaw in &workflow.flaws {
        match &flaw.shape {
            FlawShape::Line(begins, _) => {
                body.push_str(begins);
                body.push_str(" ?\n");
            }
            FlawShape::FrontmatterKey(key) => {
                front.push_str(key);
                front.push_str(": true\n");
            }
        }
    }
    format!("---\n{front}---\n\n{body}")
}

/// Returns what an action and its arms ask.
pub(super) fn conditions(action: &Action) -> impl Iterator<Item = &Condition> {
    let arms = action.arms.iter().flat_map(|arm| &arm.conditions);
    action.requires.iter().chain(arms)
}

/// Tells whether an action, or one done before it, begins in a state at all.
pub(super) fn begins(workflow: &Workflow, action: &Action, status: &Status) -> bool {
    let first = |name: &ActionName| workflow.action(name);
    action.begins_in(status, workflow)
        || action
            .firsts
            .iter()
            .filter_map(|inner| first(&inner.action))
            .any(|inner| begins(workflow, inner, status))
}

/// Tells whether something is refused whatever it is given.
pub(super) fn is_for_any_argument(refusal: &Refusal, action: &Action) -> bool {
    let mut conditions = action.arms.iter().flat_map(|arm| &arm.conditions);
    let asks_whom = |condition: &Condition| matches!(condition.guard, Guard::UnaskedNamed);
    let leads_nowhere = refusal.code() == Code::InvalidTransition;
    leads_nowhere && !conditions.any(asks_whom)
        || matches!(
            refusal.code(),
            Code::PermissionDenied
                | Code::NotOwner
                | Code::NotAssigned
                | Code::CheckedOut
                | Code::NotCheckedOut
                | Code::TerminalState
        )
}
