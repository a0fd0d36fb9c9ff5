//! Everything the people of a company could ask for, with everything it could be given.

use std::collections::BTreeMap;

use super::company::{Company, counts, request};
use crate::definitions::permission::Permit;
use crate::definitions::workflow::Action;
use crate::definitions::{Rulebook, Workflow};
use crate::interpreter::authorize::{is_permitted, lack};
use crate::model::{ActionName, Argument, ArgumentName, DocId, Document, Request, UserName};

/// Something a person could ask for.
#[derive(Clone, Debug)]
pub(super) struct Move<'w> {
    /// The action.
    pub(super) action: &'w Action,
    /// What permits it.
    permit: Option<&'w Permit>,
    /// The whole request.
    pub(super) request: Request,
    /// Which person asks, and for which action: what is refused for reasons that lie in neither argument is
    /// not asked again with other arguments.
    pub(super) family: usize,
}

impl Company {
    /// Returns everything anybody could ask for about a document.
    pub(super) fn moves<'w>(
        &self,
        rules: &'w Rulebook,
        workflow: &'w Workflow,
        target: &DocId,
    ) -> Vec<Move<'w>> {
        let mut moves = Vec::new();
        let mut family = 0;
        for action in &workflow.actions {
            let arguments = self.arguments(rules, workflow, action);
            for user in self.who_may(rules, &action.name) {
                family += 1;
                moves.extend(arguments.iter().map(|arguments| Move {
                    action,
                    permit: rules.permit(&action.name),
                    request: Request {
                        arguments: arguments.clone(),
                        ..request(user, action.name.clone(), target)
                    },
                    family,
                }));
            }
        }
        moves
    }

    /// Returns those who are named: one of each kind of voter. Two are of one kind if they may give the same
    /// answers, and count for the same groups.
    fn voters(&self, rules: &Rulebook, workflow: &Workflow) -> Vec<UserName> {
        let mut kinds: Vec<Vec<bool>> = Vec::new();
        let mut voters = Vec::new();
        for user in &self.people {
            let Some(group) = &user.group else { continue };
            let may = workflow.awaits().map(|awaits| {
                let permit = rules.permit(&ActionName::plain(awaits.verb.clone()));
                permit.is_some_and(|permit| is_permitted(rules, group, permit))
            });
            let mut kind: Vec<bool> = may.collect();
            if !kind.contains(&true) {
                continue;
            }
            kind.extend(counts(rules, workflow, group));
            if !kinds.contains(&kind) {
                kinds.push(kind);
                voters.push(user.name.clone());
            }
        }
        voters
    }

    /// Returns every way to give an action what it can be given: each outcome; nobody, anybody or everybody
    /// who could be asked; for the rest, something.
    fn arguments(
        &self,
        rules: &Rulebook,
        workflow: &Workflow,
        action: &Action,
    ) -> Vec<BTreeMap<ArgumentName, Argument>> {
        let demanded: Vec<_> = action.demands().collect();
        let mut ways = vec![BTreeMap::new()];
        if action.records_outcome() {
            let outcomes = workflow.outcomes.iter();
            let given = outcomes.map(|rule| Argument::Outcome(rule.name.clone()));
            ways = each(&ways, "outcome", given.collect(), true);
        }
        if action.names_people() {
            let askable = self.voters(rules, workflow);
            let mut given: Vec<_> = askable.iter().map(|name| vec![name.clone()]).collect();
            if askable.len() > 1 {
                given.push(askable);
            }
            let is_demanded = demanded.iter().any(|name| **name == *"assignees");
            let given = given.into_iter().map(Argument::People);
            ways = each(&ways, "assignees", given.collect(), is_demanded);
        }
        for name in demanded {
            for way in &mut ways {
                let given = if *name == *"confirm" {
                    Argument::Flag
                } else {
                    Argument::Text("something".to_owned())
                };
                way.entry(name.clone()).or_insert(given);
            }
        }
        ways
    }
}

/// Returns each way with each value, and the bare way too where the value is not demanded.
fn each(
    ways: &[BTreeMap<ArgumentName, Argument>],
    name: &'static str,
    values: Vec<Argument>,
    is_demanded: bool,
) -> Vec<BTreeMap<ArgumentName, Argument>> {
    let mut all = if is_demanded {
        Vec::new()
    } else {
        ways.to_vec()
    };
    for value in values {
        all.extend(ways.iter().cloned().map(|mut way| {
            way.insert(ArgumentName::new(name), value.clone());
            way
        }));
    }
    all
}

impl Move<'_> {
    /// Tells whether the person cannot do it, being who they are to the document.
    pub(super) fn is_lacking(&self, document: &Document) -> bool {
        let actor = &self.request.actor.name;
        self.permit
            .is_some_and(|permit| lack(permit, actor, document).is_some())
    }

    /// Returns what is asked, as it would be typed.
    pub(super) fn words(&self) -> String {
        let mut words = self.action.name.verb.to_string();
        if let Some(variant) = &self.action.name.variant {
            words.push_str(" --");
            words.push_str(variant.as_str());
        }
        for (name, argument) in &self.request.arguments {
            words.push_str(" --");
            words.push_str(name.as_str());
            match argument {
                Argument::Flag => {}
                Argument::Text(_) => words.push_str(" …"),
                Argument::Outcome(outcome) => {
                    words.push(' ');
                    words.push_str(outcome.as_str());
                }
                Argument::People(people) => {
                    for name in people {
                        words.push(' ');
                        words.push_str(name.as_str());
                    }
                }
            }
        }
        words
    }
}
