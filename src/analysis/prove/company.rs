//! A small company: those people without whom something could happen that does not happen with them.

use std::collections::BTreeMap;

use chrono::DateTime;

use super::voters::Voting;
use crate::definitions::{Rulebook, Workflow};
use crate::interpreter::authorize::{is_permitted, may};
use crate::model::{
    ActionName, DocId, Group, Membership, Moment, ReactionName, Request, Roster, Source, User,
    UserName, Verb,
};

/// The second at which everything happens: the first of 2026.
const BEGINNING: i64 = 1_767_225_600;

/// More people of equal rights than this bring nothing new.
const PEERS: usize = 2;

/// Those who act.
#[derive(Clone, Debug)]
pub(super) struct Company {
    /// Who there is.
    pub(super) roster: Roster,
    /// The same, in order.
    pub(super) people: Vec<User>,
    /// Which of them could trade places without anybody noticing, each as a position in `people`.
    pub(super) peers: Vec<Vec<usize>>,
    /// Whether these are all there are, and nobody else could come.
    pub(super) is_everybody: bool,
}

impl Company {
    /// Returns the people whom a workflow concerns: one of each group, more of those [who answer](Voting::wanted), and
    /// two who may create.
    pub(super) fn of(rules: &Rulebook, workflow: &Workflow) -> Self {
        let voting = Voting::of(rules, workflow);
        let groups = rules.groups.iter().map(|rule| &rule.name);
        let people = groups.flat_map(|group| {
            let first = UserName::new(group.as_str().to_owned());
            let others = (2..=voting.wanted(group)).map(|number| another(group, number));
            let names = std::iter::once(first).chain(others);
            names.map(move |name| (name, group))
        });
        let mut company = Self::gather(rules, workflow, people);
        company.hire_a_second_author(rules);
        company
    }

    /// Returns those of a roster whom a workflow concerns.
    pub(super) fn from(rules: &Rulebook, workflow: &Workflow, roster: &Roster) -> Self {
        let people = roster.iter();
        let people = people.map(|(name, membership)| (name.clone(), &membership.group));
        Self {
            is_everybody: true,
            ..Self::gather(rules, workflow, people)
        }
    }

    /// Takes those who have rights here; of many with equal rights, the first two, and a third where one is wanted.
    fn gather<'g>(
        rules: &Rulebook,
        workflow: &Workflow,
        people: impl Iterator<Item = (UserName, &'g Group)>,
    ) -> Self {
        let voting = Voting::of(rules, workflow);
        let mut classes: Vec<(Vec<bool>, Vec<usize>)> = Vec::new();
        let mut company = Self {
            roster: Roster::default(),
            people: Vec::new(),
            peers: Vec::new(),
            is_everybody: false,
        };
        for (name, group) in people {
            let rights = rights(rules, workflow, group);
            if !rights.contains(&true) {
                continue;
            }
            let position = classes.iter().position(|(known, _)| *known == rights);
            let position = position.unwrap_or_else(|| {
                classes.push((rights, Vec::new()));
                classes.len() - 1
            });
            if let Some((_, members)) = classes.get_mut(position)
                && members.len() < PEERS.max(voting.wanted(group))
            {
                members.push(company.people.len());
                company.hire(name, group);
            }
        }
        let peers = classes.into_iter().map(|(_, members)| members);
        company.peers = peers.filter(|members| members.len() > 1).collect();
        company
    }

    fn hire(&mut self, name: UserName, group: &Group) {
        let membership = Membership {
            group: group.clone(),
            source: Source::AgentFile,
        };
        self.roster.admit(name.clone(), membership);
        self.people.push(User {
            name,
            group: Some(group.clone()),
        });
    }

    /// Makes sure that a document can pass from one author to another.
    fn hire_a_second_author(&mut self, rules: &Rulebook) {
        let authors: Vec<_> = self.who_may(rules, &create()).cloned().collect();
        if let [
            User {
                group: Some(group), ..
            },
        ] = authors.as_slice()
        {
            self.hire(another(group, 2), group);
        }
    }

    /// Returns those who may do something, by their group.
    pub(super) fn who_may<'c>(
        &'c self,
        rules: &'c Rulebook,
        action: &ActionName,
    ) -> impl Iterator<Item = &'c User> + use<'c> {
        let permit = rules.permit(action);
        self.people.iter().filter(move |user| {
            let group = user.group.as_ref();
            group
                .zip(permit)
                .is_some_and(|(group, permit)| is_permitted(rules, group, permit))
        })
    }
}

/// Returns the name of a further one of a group.
fn another(group: &Group, number: usize) -> UserName {
    UserName::new(format!("{group}-{number}"))
}

/// Tells whether a roster has everybody whom proofs take for granted: somebody of each group, as many as are wanted,
/// and two who may create, if anybody may. What is proved of those is true of it.
#[must_use]
pub fn is_staffed(rules: &Rulebook, roster: &Roster) -> bool {
    let workflows = rules.workflows.iter();
    let votings: Vec<_> = workflows
        .map(|workflow| Voting::of(rules, workflow))
        .collect();
    let is_there = |group: &Group| {
        let wanted = votings.iter().map(|voting| voting.wanted(group));
        let wanted = wanted.max().unwrap_or(1);
        let members = roster.iter().filter(|(_, known)| known.group == *group);
        members.count() >= wanted
    };
    let may_create = |group: &Group| may(rules, group, &create());
    let anybody = rules.groups.iter().any(|rule| may_create(&rule.name));
    let creators = roster.iter().filter(|(_, known)| may_create(&known.group));
    rules.groups.iter().all(|rule| is_there(&rule.name)) && (!anybody || creators.count() > 1)
}

/// Returns what a group may do here, and for which groups it counts: two groups of equal rights cannot be told
/// apart.
fn rights(rules: &Rulebook, workflow: &Workflow, group: &Group) -> Vec<bool> {
    let may = |action: &ActionName| may(rules, group, action);
    let names = workflow.actions.iter().map(|action| &action.name);
    let mut rights: Vec<_> = names.map(may).collect();
    rights.extend(causes(rules, workflow, None).map(may));
    rights.push(may(&create()));
    if rights.contains(&true) {
        rights.extend(counts(rules, workflow, group));
    }
    rights
}

/// Returns what done to a parent makes documents of a workflow react: so, or somehow.
pub(super) fn causes<'r>(
    rules: &'r Rulebook,
    workflow: &Workflow,
    reaction: Option<&ReactionName>,
) -> impl Iterator<Item = &'r ActionName> + use<'r> {
    let doctypes = rules.doctypes.iter();
    let doctypes = doctypes.filter(|doctype| doctype.workflow == workflow.name);
    let reactions = doctypes.flat_map(|doctype| &doctype.reactions);
    let meant = reactions.filter(|rule| reaction.is_none_or(|name| rule.reaction == *name));
    let verbs: Vec<&Verb> = meant.map(|rule| &rule.verb).collect();
    let actions = rules.workflows.iter().flat_map(|life| &life.actions);
    let names = actions.map(|action| &action.name);
    names.filter(move |name| verbs.contains(&&name.verb))
}

/// Returns for which of the groups that a workflow names a group counts.
pub(super) fn counts(rules: &Rulebook, workflow: &Workflow, group: &Group) -> Vec<bool> {
    let counts = |wanted: &Group| rules.counts_as(group, wanted);
    let mut found: Vec<_> = workflow.groups_asked().map(counts).collect();
    let asked = workflow
        .conditions()
        .flat_map(|condition| condition.guard.groups());
    found.extend(asked.map(counts));
    found
}

/// Returns the command by which documents are born.
pub(super) fn create() -> ActionName {
    ActionName::plain(Verb::new("create"))
}

/// Returns a request without arguments.
pub(super) fn request(user: &User, action: ActionName, target: &DocId) -> Request {
    let utc = DateTime::from_timestamp(BEGINNING, 0).unwrap_or_default();
    Request {
        actor: user.clone(),
        action,
        target: target.clone(),
        arguments: BTreeMap::new(),
        at: Moment {
            utc,
            local_date: utc.date_naive(),
        },
        in_principle: false,
    }
}
