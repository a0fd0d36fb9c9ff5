//! What children do when their parent acts.

use super::plan::Change;
use super::refusal::{Reason, Refusal};
use super::situation::Situation;
use super::snapshot::Standing;
use crate::definitions::Doctype;
use crate::definitions::doctype::WhenParent;
use crate::model::{Code, Verb};

/// Lets every open child do what its type says; returns the changes, with what is to be told of each.
///
/// # Errors
/// A child that is still open blocks the action, or its own reaction is refused.
pub fn let_children_react(parent: &Situation<'_>) -> Result<Vec<(Change, Vec<String>)>, Refusal> {
    let verb = &parent.request.action.verb;
    let mut changes = Vec::new();
    let mut blocking = Vec::new();
    for standing in parent
        .children
        .iter()
        .filter_map(|child| child.standing.as_ref())
    {
        let Some(doctype) = parent.rules.doctype(&standing.doctype) else {
            continue;
        };
        if !is_open(parent, doctype, standing) {
            continue;
        }
        blocking.extend(blocks(doctype, standing, verb));
        let rule = doctype.reactions.iter().find(|rule| rule.verb == *verb);
        if let Some(rule) = rule {
            changes.push(react(parent, standing, rule)?);
        }
    }
    Refusal::from_reasons(blocking).map_or(Ok(changes), Err)
}

fn is_open(parent: &Situation<'_>, doctype: &Doctype, child: &Standing) -> bool {
    let life = parent.rules.life_of(doctype);
    life.is_some_and(|workflow| !workflow.is_terminal(&child.document.status))
}

fn blocks(doctype: &Doctype, child: &Standing, verb: &Verb) -> Option<Reason> {
    let rule = doctype.blocks.iter().find(|rule| rule.verb == *verb)?;
    let document = &child.document;
    Some(
        Reason::new(
            Code::GateBlocked,
            format!("`{}` is still {}", document.id, document.status),
        )
        .at(rule.origin)
        .fact("child", document.id.as_str())
        .remedy(format!("`{}` comes to its end first", document.id)),
    )
}

fn react(
    parent: &Situation<'_>,
    standing: &Standing,
    rule: &WhenParent,
) -> Result<(Change, Vec<String>), Refusal> {
    let mut standing = standing.clone();
    let mut told = Vec::new();
    if standing.copy_lost {
        // what cannot be taken in is not waited for; the stored text counts.
        standing.copy_lost = false;
        standing.holdings.workspace = None;
        told.push(format!(
            "The copy of {} was lost from its workspace: it keeps its stored text.",
            standing.document.id
        ));
    }
    let lost = !told.is_empty();
    let mut child = Situation::around(parent.rules, &standing, &[], parent.roster, parent.request)?;
    if lost {
        child.now.document.checked_out = None;
    }
    let reaction = child
        .workflow
        .reactions
        .iter()
        .find(|reaction| reaction.name == rule.reaction);
    if let Some(reaction) = reaction {
        let status = &child.now.document.status;
        let arm =
            reaction.body.arms.iter().find(|arm| {
                arm.begins_in(status, child.workflow) && child.holds_all(&arm.conditions)
            });
        if let Some(arm) = arm {
            child.go(arm, &reaction.body.before, &reaction.body.after)?;
            child.follow()?;
            child.uphold()?;
        }
    }
    told.append(&mut child.told);
    Ok((child.into_change(), told))
}
