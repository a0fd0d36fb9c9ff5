//! Which refusals no story draws: every demand of an action, every limit of who may do it.

use super::Untaken;
use crate::definitions::permission::{Only, Permit};
use crate::definitions::vocabulary::Guard;
use crate::definitions::workflow::Action;
use crate::definitions::{Origin, Rulebook};
use crate::interpreter::Refusal;
use crate::interpreter::authorize::is_permitted;
use crate::model::Code;

/// The rules that refused something, each with the code it did so by.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Refused(Vec<(Origin, Code)>);

impl Refused {
    /// Takes in the reasons of a refusal.
    pub(super) fn note(&mut self, refusal: &Refusal) {
        for reason in refusal.reasons() {
            if let Some(rule) = reason.rule
                && !self.by(rule, reason.code)
            {
                self.0.push((rule, reason.code));
            }
        }
    }

    fn by(&self, rule: Origin, code: Code) -> bool {
        self.0.contains(&(rule, code))
    }

    fn at(&self, rule: Origin) -> bool {
        self.0.iter().any(|(known, _)| *known == rule)
    }
}

/// Returns the demands and limits that refused nothing, in the order of the files.
pub(super) fn undrawn(rules: &Rulebook, refused: &Refused) -> Vec<Untaken> {
    let actions = rules.workflows.iter().flat_map(|life| &life.actions);
    let mut missing: Vec<_> = actions
        .clone()
        .flat_map(|action| undrawn_demands(rules, action, refused))
        .collect();
    let concerns = |permit: &&Permit| {
        actions.clone().any(|action| {
            rules
                .permit(&action.name)
                .is_some_and(|known| known.origin == permit.origin)
        })
    };
    let permits = rules.permits.iter().filter(concerns);
    missing.extend(permits.flat_map(|permit| undrawn_limits(rules, permit, refused)));
    missing.sort_by_key(|way| (way.origin.file, way.origin.span.offset));
    missing
}

/// What must be given is left out: nobody could mean to be without it.
fn undrawn_demands<'a>(
    rules: &'a Rulebook,
    action: &'a Action,
    refused: &'a Refused,
) -> impl Iterator<Item = Untaken> + 'a {
    let demands = action.requires.iter();
    let demands = demands.filter(|condition| !matches!(condition.guard, Guard::Given(_)));
    let undrawn = demands.filter(|condition| !refused.at(condition.origin));
    undrawn.map(|condition| Untaken {
        origin: condition.origin,
        description: format!(
            "`{}` of `{}`",
            rules.sources.line(condition.origin),
            action.name
        ),
    })
}

fn undrawn_limits<'a>(
    rules: &Rulebook,
    permit: &'a Permit,
    refused: &'a Refused,
) -> impl Iterator<Item = Untaken> + 'a {
    let only = permit.only.iter().filter_map(|only| match only {
        Only::Owner => Some(("who is not its owner", Code::NotOwner)),
        Only::Assignee => Some(("who was not asked", Code::NotAssigned)),
        Only::Holder => None,
    });
    // Where every group may, nobody can be refused for theirs.
    let mut groups = rules.groups.iter();
    let group = groups.any(|rule| !is_permitted(rules, &rule.name, permit));
    let group = group.then_some(("whose group may not", Code::PermissionDenied));
    let undrawn = group.into_iter().chain(only);
    undrawn
        .filter(|(_, code)| !refused.by(permit.origin, *code))
        .map(|(whom, _)| Untaken {
            origin: permit.origin,
            description: format!("`{}`: somebody {whom}", permit.action),
        })
}
