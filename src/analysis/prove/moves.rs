//! Everything the people of a company could ask for, with everything it could be given.

use std::collections::BTreeMap;

use super::chances::{Chances, begins, conditions_around};
use super::company::{Company, request};
use super::voters::Voting;
use crate::definitions::permission::Permit;
use crate::definitions::vocabulary::{Condition, Effect, Fact, Guard, Line, Whom};
use crate::definitions::workflow::{Action, EventRule};
use crate::definitions::{Rulebook, Workflow};
use crate::interpreter::authorize::lack;
use crate::model::{Argument, ArgumentName, DocId, Document, Place, Request, UserName};

/// What one person could ask for with one action.
#[derive(Clone, Debug)]
pub(super) struct Move<'w> {
    /// The action.
    pub(super) action: &'w Action,
    /// Who asks.
    pub(super) actor: UserName,
    /// What permits it.
    permit: Option<&'w Permit>,
    /// The requests, one for each way to give it arguments.
    pub(super) requests: Vec<Request>,
    /// What may make a difference to it.
    pub(super) chances: Chances,
    /// Whether those named who are asked already are passed over.
    passes_over: bool,
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
        for action in &workflow.actions {
            let arguments = self.arguments(rules, workflow, action);
            let states = workflow.states.iter();
            let states = states.map(|state| begins(workflow, action, &state.name));
            let begins: Vec<bool> = states.collect();
            let chances = Chances::of(workflow, action);
            let passes_over = passes_over_the_asked(workflow, action);
            let enough = if is_the_same_by_all(rules, workflow, action) {
                1
            } else {
                self.people.len()
            };
            for user in self.who_may(rules, &action.name).take(enough) {
                let requests = arguments.iter().map(|arguments| Request {
                    arguments: arguments.clone(),
                    ..request(user, action.name.clone(), target)
                });
                moves.push(Move {
                    action,
                    actor: user.name.clone(),
                    permit: rules.permit(&action.name),
                    requests: requests.collect(),
                    chances: chances.clone(),
                    passes_over,
                    begins: begins.clone(),
                });
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
        let done = workflow.with_firsts(action);
        let mut ways = vec![BTreeMap::new()];
        if done.iter().any(|action| action.records_outcome()) {
            let outcomes = workflow.outcomes.iter();
            let given = outcomes.map(|rule| Argument::Outcome(rule.name.clone()));
            ways = each(&ways, "outcome", given.collect(), true);
        }
        if done.iter().any(|action| action.names_people()) {
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

/// Tells whether an action comes to the same whoever does it, of those whose group may.
fn is_the_same_by_all(rules: &Rulebook, workflow: &Workflow, action: &Action) -> bool {
    let is_free = |permit: &Permit| permit.only.is_empty() && !permit.except_owner;
    let minds = |condition: &Condition| {
        let guard = &condition.guard;
        guard.relates_the_actor() || matches!(guard, Guard::Group(_))
    };
    let says_who = |event: &EventRule| {
        let mut recorded = event.records.iter();
        event.writes || recorded.any(|(_, fact)| *fact == Fact::Outcome)
    };
    let names = |line: &Line| {
        let logged = line.effect.logs().and_then(|name| workflow.event(name));
        matches!(
            line.effect,
            Effect::SetOwner
                | Effect::RecordOutcome
                | Effect::Dismiss(Whom::Actor)
                | Effect::Copy(_, Place::Workspace)
                | Effect::Move(_, Place::Workspace)
        ) || logged.is_some_and(says_who)
    };
    let alone = workflow.automatic.iter().flat_map(|arm| &arm.effects);
    let mut lines = action.lines().chain(alone);
    rules.permit(&action.name).is_some_and(is_free)
        && action.firsts.is_empty()
        && !conditions_around(workflow, action).any(minds)
        && !lines.any(names)
}

/// Tells whether those named who are asked already when an action begins still are when it comes to ask: then it
/// passes them over.
fn passes_over_the_asked(workflow: &Workflow, action: &Action) -> bool {
    let mut done = workflow.with_firsts(action).into_iter();
    !done.any(|action| {
        let mut effects = action.lines().map(|line| &line.effect);
        effects.any(|effect| matches!(effect, Effect::Dismiss(_)))
    })
}

impl Move<'_> {
    /// Tells whether the person cannot do it, being who they are to the document.
    pub(super) fn is_lacking(&self, document: &Document) -> bool {
        self.permit
            .is_some_and(|permit| lack(permit, &self.actor, document).is_some())
    }

    /// Tells whether the same is asked for by a request with fewer names: those who are asked already make no
    /// difference, unless nobody else is named.
    pub(super) fn is_said_shorter(&self, request: &Request, document: &Document) -> bool {
        let named = request.named();
        let is_asked = |name: &UserName| document.pending.contains(name);
        self.passes_over && named.len() > 1 && named.iter().any(is_asked)
    }

    /// Returns one of its requests, as it would be typed.
    pub(super) fn words_of(&self, request: usize) -> String {
        let mut words = self.action.name.verb.to_string();
        if let Some(variant) = &self.action.name.variant {
            words.push_str(" --");
            words.push_str(variant.as_str());
        }
        let arguments = self.requests.get(request).map(|request| &request.arguments);
        for (name, argument) in arguments.into_iter().flatten() {
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
