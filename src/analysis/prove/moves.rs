//! Everything the people of a company could ask for, with everything it could be given.

use std::collections::BTreeMap;

use super::chances::{Chances, begins};
use super::company::{Company, request};
use super::voters::Voting;
use crate::definitions::permission::Permit;
use crate::definitions::workflow::Action;
use crate::definitions::{Rulebook, Workflow};
use crate::interpreter::authorize::lack;
use crate::model::{Argument, ArgumentName, DocId, Document, Request, UserName};

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
    /// What may make a difference to it.
    pub(super) chances: Chances,
    /// Whether it begins in each state of the workflow, in their order.
    pub(super) begins: Vec<bool>,
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
            let chances = Chances::of(workflow, action);
            let states = workflow.states.iter();
            let states = states.map(|state| begins(workflow, action, &state.name));
            let begins: Vec<bool> = states.collect();
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
                    chances: chances.clone(),
                    begins: begins.clone(),
                }));
            }
        }
        moves
    }

    /// Returns every way to give an action what it can be given: each outcome; nobody, or any of those who could
    /// be asked; for the rest, something.
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
            let given = choices(&Voting::of(rules, workflow).named(&self.people));
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

/// Returns every choice of some people, the smallest first.
fn choices(people: &[UserName]) -> Vec<Vec<UserName>> {
    let mut choices: Vec<Vec<UserName>> = vec![Vec::new()];
    for name in people {
        let with = choices.iter().map(|choice| {
            let mut with = choice.clone();
            with.push(name.clone());
            with
        });
        let with: Vec<_> = with.collect();
        choices.extend(with);
    }
    choices.retain(|choice| !choice.is_empty());
    choices.sort_by_key(Vec::len);
    choices
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
