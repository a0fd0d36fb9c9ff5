//! Who answers when a document asks: which people give the same answers, and how many of those make a difference.

use super::chances::conditions_around;
use super::company::{counts, create};
use crate::definitions::permission::Only;
use crate::definitions::vocabulary::Effect;
use crate::definitions::workflow::{Action, Awaits};
use crate::definitions::{Rulebook, Workflow};
use crate::interpreter::authorize::may;
use crate::model::{ActionName, Group, User, UserName};

/// The answers that the documents of a workflow ask for.
#[derive(Clone, Debug)]
pub(super) struct Voting<'r> {
    rules: &'r Rulebook,
    workflow: &'r Workflow,
    /// The actions that only those who were asked do, and whether [it makes a difference](minds_whose) to each what
    /// they wrote or own.
    answers: Vec<(&'r ActionName, bool)>,
}

/// What a group may answer, and for whom it counts.
#[derive(Clone, Debug)]
struct Kind {
    rights: Vec<bool>,
    minds_whose: bool,
    /// Whether nobody of another kind may give some answer that is awaited.
    is_alone: bool,
}

impl Kind {
    /// Returns how many of the kind make a difference: a second one where somebody is to be left who has not answered
    /// yet, or did not write; a third where both.
    fn most(&self) -> usize {
        1 + usize::from(self.minds_whose) + usize::from(self.is_alone)
    }
}

impl<'r> Voting<'r> {
    /// Returns what the documents of a workflow ask for.
    pub(super) fn of(rules: &'r Rulebook, workflow: &'r Workflow) -> Self {
        let actions = workflow.actions.iter();
        let answers = actions.filter(|action| is_answer(rules, workflow, action));
        Self {
            rules,
            workflow,
            answers: answers
                .map(|action| (&action.name, minds_whose(rules, workflow, action)))
                .collect(),
        }
    }

    /// Returns the kind of voter that those of a group are; none where they may answer nothing.
    fn kind(&self, group: &Group) -> Option<Kind> {
        let may = |(name, _): &(&ActionName, bool)| self.may(group, name);
        let mut rights: Vec<bool> = self.answers.iter().map(may).collect();
        if !rights.contains(&true) {
            return None;
        }
        let mut answered = self.answers.iter().zip(&rights);
        let minds_whose = answered.any(|((_, minds_whose), may)| *may && *minds_whose);
        rights.extend(counts(self.rules, self.workflow, group));
        Some(Kind {
            is_alone: self.is_alone(group, &rights),
            rights,
            minds_whose,
        })
    }

    /// Tells whether some answer that is awaited comes from those of a group only, and of others with the same
    /// rights.
    fn is_alone(&self, group: &Group, rights: &[bool]) -> bool {
        let is_like = |other: &Group| {
            let answers = self.answers.iter().map(|(name, _)| self.may(other, name));
            let counted = counts(self.rules, self.workflow, other);
            answers.chain(counted).eq(rights.iter().copied())
        };
        let groups = || self.rules.groups.iter().map(|rule| &rule.name);
        self.workflow.awaits().any(|awaits| {
            let verb = ActionName::plain(awaits.verb.clone());
            let mut able = groups().filter(|other| self.may(other, &verb));
            self.may(group, &verb) && able.all(is_like)
        })
    }

    fn may(&self, group: &Group, action: &ActionName) -> bool {
        may(self.rules, group, action)
    }

    /// Returns those of some people who are named: of each kind as many as make a difference.
    pub(super) fn named(&self, people: &[User]) -> Vec<UserName> {
        let mut known: Vec<Kind> = Vec::new();
        let mut named = Vec::new();
        for user in people {
            let Some(kind) = user.group.as_ref().and_then(|group| self.kind(group)) else {
                continue;
            };
            let of_kind = known.iter().filter(|other| other.rights == kind.rights);
            if of_kind.count() < kind.most() {
                known.push(kind);
                named.push(user.name.clone());
            }
        }
        named
    }

    /// Returns how many of a group there must be: of each kind as many as make a difference, of whichever groups they
    /// are. What somebody wrote or owns makes one only where those of the group may come to.
    pub(super) fn wanted(&self, group: &Group) -> usize {
        let Some(kind) = self.kind(group) else {
            return 1;
        };
        let groups = self.rules.groups.iter().map(|rule| &rule.name);
        let others = groups.filter(|other| *other != group);
        let likes = others.filter_map(|other| self.kind(other));
        let likes = likes.filter(|other| other.rights == kind.rights).count();
        let minds_whose = kind.minds_whose && self.takes_hold(group);
        let kind = Kind {
            minds_whose,
            ..kind
        };
        kind.most().saturating_sub(likes).max(1)
    }

    /// Tells whether those of a group may come to own or write a document.
    fn takes_hold(&self, group: &Group) -> bool {
        let takes = |action: &Action| {
            let mut effects = action.lines().map(|line| &line.effect);
            effects.any(|effect| effect.writes() || *effect == Effect::SetOwner)
        };
        let mut actions = self.workflow.actions.iter();
        self.may(group, &create())
            || actions.any(|action| takes(action) && self.may(group, &action.name))
    }
}

/// Tells whether only those who were asked do something.
fn is_answer(rules: &Rulebook, workflow: &Workflow, action: &Action) -> bool {
    let is_awaited = |awaits: &Awaits| awaits.verb == action.name.verb;
    rules.is_for_assignees(&action.name) || workflow.awaits().any(is_awaited)
}

/// Tells whether it makes a difference to an action whether who does it wrote, owns or holds what it is about.
fn minds_whose(rules: &Rulebook, workflow: &Workflow, action: &Action) -> bool {
    let permit = rules.permit(&action.name);
    let is_bound = permit.is_some_and(|permit| {
        let owns = |only: &Only| matches!(only, Only::Owner | Only::Holder);
        permit.except_owner || permit.only.iter().any(owns)
    });
    let mut asked = conditions_around(workflow, action);
    let takes = action.lines().any(|line| line.effect == Effect::SetOwner);
    is_bound || takes || asked.any(|condition| condition.guard.relates_the_actor())
}
