//! What children do when their parent acts.

use super::plan::Change;
use super::refusal::{Reason, Refusal};
use super::situation::Situation;
use super::snapshot::Standing;
use super::uphold::{Noted, Watch};
use crate::definitions::doctype::WhenParent;
use crate::definitions::{Doctype, Rulebook};
use crate::model::{Code, ReactionName, Request, Roster, Verb};

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
    child.react(&rule.reaction)?;
    told.append(&mut child.told);
    Ok((child.into_change(), told))
}

/// Lets a document do a reaction by itself, as [`let_children_react`] does, and notes how the invariants
/// that were looked at stood instead of refusing what breaks one.
///
/// # Errors
/// A line cannot be done.
pub fn react_noting<'r>(
    rules: &'r Rulebook,
    standing: &'r Standing,
    roster: &'r Roster,
    request: &'r Request,
    reaction: &ReactionName,
) -> Result<(Change, Vec<Noted<'r>>), Refusal> {
    let mut child = Situation::around(rules, standing, &[], roster, request)?;
    child.watch = Watch::Noted(Vec::new());
    child.react(reaction)?;
    let noted = child.watch.take();
    Ok((child.into_change(), noted))
}

impl Situation<'_> {
    /// Goes the way of a reaction, where one of its arms fits, and comes to rest.
    fn react(&mut self, name: &ReactionName) -> Result<(), Refusal> {
        let mut reactions = self.workflow.reactions.iter();
        let Some(reaction) = reactions.find(|reaction| reaction.name == *name) else {
            return Ok(());
        };
        let status = &self.now.document.status;
        let mut arms = reaction.body.arms.iter();
        let fitting = arms
            .find(|arm| arm.begins_in(status, self.workflow) && self.holds_all(&arm.conditions));
        if let Some(arm) = fitting {
            self.go(arm, &reaction.body.before, &reaction.body.after)?;
            self.follow()?;
            self.uphold()?;
        }
        Ok(())
    }
}
