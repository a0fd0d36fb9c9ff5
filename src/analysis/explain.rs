//! What one person may do with a document now, what not and why, and the way to what comes later.
//!
//! Every answer comes from `decide`, asked in principle; there is no second opinion.
//! A little long because the map of a workflow is drawn here too.

use std::collections::BTreeMap;

use crate::definitions::vocabulary::{Condition, Effect, Guard, Line};
use crate::definitions::workflow::{Action, Arm};
use crate::definitions::{Rulebook, Workflow};
use crate::interpreter::authorize::may_be_asked;
use crate::interpreter::{Plan, Refusal, Snapshot, decide};
use crate::model::{
    ActionName, ArgumentName, Code, Moment, Phase, Request, Status, User, UserName,
};

/// One action, as far as one person is concerned.
#[derive(Clone, Debug)]
pub struct Prospect {
    /// The action.
    pub action: ActionName,
    /// Whether it may be done.
    pub verdict: Verdict,
}

/// Whether an action may be done now.
#[derive(Clone, Debug)]
pub enum Verdict {
    /// It may.
    Allowed(Allowed),
    /// It may not.
    Blocked(Blocked),
}

/// An action that may be done.
#[derive(Clone, Debug)]
pub struct Allowed {
    /// What it requires to be given.
    pub needs: Vec<(ArgumentName, Choice)>,
    /// What may be given besides.
    pub options: Vec<(ArgumentName, Choice)>,
    /// Where the document stands then; none where it is gone.
    pub to: Option<Status>,
    /// What it voids.
    pub undoes: Option<String>,
}

/// An action that may not be done.
#[derive(Clone, Debug)]
pub struct Blocked {
    /// Why.
    pub refusal: Refusal,
    /// The shortest way to a state it may be done in, or to the copy it needs.
    pub way: Vec<ActionName>,
    /// Whether the person could do it, if the document stood elsewhere.
    pub is_conceivable: bool,
}

/// What may be given for an argument.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Choice {
    /// Any text.
    Text,
    /// One of these.
    OneOf(Vec<String>),
    /// Some of these people.
    People(Vec<String>),
    /// A flag, to be set.
    Flag,
}

/// The argument that names people.
pub const PEOPLE: &str = "assignees";
/// The argument that gives an outcome.
pub const OUTCOME: &str = "outcome";
/// The argument that is a flag.
pub const CONFIRM: &str = "confirm";

/// Asks about every action of the document's workflow.
#[must_use]
pub fn explain(rules: &Rulebook, seen: &Snapshot, actor: &User, at: Moment) -> Vec<Prospect> {
    let life = rules
        .doctype(&seen.target.doctype)
        .and_then(|doctype| rules.life_of(doctype));
    let Some(workflow) = life else {
        return Vec::new();
    };
    let map = Map::around(workflow, seen);
    let actions = workflow.actions.iter();
    actions
        .map(|action| Prospect {
            action: action.name.clone(),
            verdict: judge(rules, &map, seen, actor, action, at),
        })
        .collect()
}

/// Returns a request for an action in principle.
#[must_use]
pub fn in_principle(seen: &Snapshot, actor: &User, action: &ActionName, at: Moment) -> Request {
    Request {
        actor: actor.clone(),
        action: action.clone(),
        target: seen.target.document.id.clone(),
        arguments: BTreeMap::new(),
        at,
        in_principle: true,
    }
}

fn judge(
    rules: &Rulebook,
    map: &Map<'_>,
    seen: &Snapshot,
    actor: &User,
    action: &Action,
    at: Moment,
) -> Verdict {
    let request = in_principle(seen, actor, &action.name, at);
    match decide(rules, seen, &request) {
        Ok(plan) => Verdict::Allowed(allowed(rules, map.workflow, seen, actor, action, &plan)),
        Err(refusal) => {
            let code = refusal.code();
            let is_conceivable = code != Code::PermissionDenied;
            let mut way = map.way_to(action);
            if code == Code::NotCheckedOut && way.is_empty() {
                way.extend(taking(rules, map.workflow, seen, actor, at));
            }
            Verdict::Blocked(Blocked {
                refusal,
                way,
                is_conceivable,
            })
        }
    }
}

/// Returns what gives somebody the copy they lack, where they may do it now.
fn taking(
    rules: &Rulebook,
    workflow: &Workflow,
    seen: &Snapshot,
    actor: &User,
    at: Moment,
) -> Option<ActionName> {
    if seen.target.document.checked_out.is_some() {
        return None;
    }
    let takes = |action: &&Action| {
        let plan = decide(rules, seen, &in_principle(seen, actor, &action.name, at));
        plan.is_ok_and(|plan| plan.target.after.document.checked_out.is_some())
    };
    let action = workflow.actions.iter().find(takes)?;
    Some(action.name.clone())
}

fn allowed(
    rules: &Rulebook,
    workflow: &Workflow,
    seen: &Snapshot,
    actor: &User,
    action: &Action,
    plan: &Plan,
) -> Allowed {
    let erased = plan.target.steps.contains(&crate::interpreter::Step::Erase);
    let reached = &plan.target.after.document.status;
    let choice = |name: &ArgumentName| match name.as_str() {
        PEOPLE => Choice::People(who_may_be_named(rules, workflow, seen, reached)),
        OUTCOME => {
            let names = workflow.outcomes.iter().map(|rule| rule.name.to_string());
            Choice::OneOf(names.collect())
        }
        CONFIRM => Choice::Flag,
        _ => Choice::Text,
    };
    let demanded: Vec<_> = action.demands().cloned().collect();
    let mut options = Vec::new();
    let people = ArgumentName::new(PEOPLE);
    if action.names_people() && !demanded.contains(&people) {
        options.push((people.clone(), choice(&people)));
    }
    Allowed {
        needs: demanded
            .into_iter()
            .map(|name| (name.clone(), choice(&name)))
            .collect(),
        options,
        to: (!erased).then(|| reached.clone()),
        undoes: undone(seen, actor, plan),
    }
}

fn who_may_be_named(
    rules: &Rulebook,
    workflow: &Workflow,
    seen: &Snapshot,
    status: &Status,
) -> Vec<String> {
    let people = seen.roster.iter();
    people
        .filter(|(_, membership)| may_be_asked(rules, workflow, status, &membership.group))
        .map(|(name, _)| name.to_string())
        .collect()
}

/// Says what a plan voids: answers that count no longer, and questions taken back.
fn undone(seen: &Snapshot, actor: &User, plan: &Plan) -> Option<String> {
    let after = &plan.target.after;
    let mut voided = Vec::new();
    let answers = seen.target.outcomes();
    if !answers.is_empty() && after.outcomes().is_empty() {
        let names: Vec<_> = answers.iter().map(|(user, _)| user.as_str()).collect();
        voided.push(format!("what {} answered", names.join(", ")));
    }
    let dismissed: Vec<_> = seen
        .target
        .document
        .pending
        .iter()
        .filter(|name| **name != actor.name && !after.document.pending.contains(name))
        .map(UserName::as_str)
        .collect();
    if !dismissed.is_empty() {
        voided.push(format!("what {} is asked", dismissed.join(", ")));
    }
    (!voided.is_empty()).then(|| voided.join(", and "))
}

/// Everywhere a document can come to, by the shortest ways; one walk serves all actions.
struct Map<'w> {
    workflow: &'w Workflow,
    /// Places in the order of their distance, each with the place and the action before it.
    places: Vec<(Stand, Option<(usize, &'w ActionName)>)>,
}

impl<'w> Map<'w> {
    fn around(workflow: &'w Workflow, seen: &Snapshot) -> Self {
        let document = &seen.target.document;
        let start = (document.status.clone(), document.phase.clone());
        let mut places: Vec<(Stand, Option<(usize, &ActionName)>)> = vec![(start, None)];
        let mut next = 0;
        while let Some((place, _)) = places.get(next) {
            let place = place.clone();
            for action in &workflow.actions {
                for reached in reach(workflow, action, &place) {
                    if !places.iter().any(|(known, _)| *known == reached) {
                        places.push((reached, Some((next, &action.name))));
                    }
                }
            }
            next += 1;
        }
        Self { workflow, places }
    }

    /// Returns the shortest way, in actions, to a place where an action begins; none from where it does
    /// already.
    fn way_to(&self, goal: &Action) -> Vec<ActionName> {
        let begins = |place: &Stand| {
            let arms = goal.arms.iter();
            !self.workflow.is_terminal(&place.0)
                && arms.into_iter().any(|arm| fits(arm, place, self.workflow))
        };
        let reached = self.places.iter().find(|(place, _)| begins(place));
        let mut way = Vec::new();
        let mut step = reached.and_then(|(_, before)| *before);
        while let Some((before, action)) = step {
            way.push(action.clone());
            step = self.places.get(before).and_then(|(_, earlier)| *earlier);
        }
        way.reverse();
        way
    }
}

/// A state and a phase: as much as the shape of a workflow depends on.
pub(super) type Stand = (Status, Option<Phase>);

/// Returns every place an action may lead to from a place, automatic arms followed.
fn reach(workflow: &Workflow, action: &Action, place: &Stand) -> Vec<Stand> {
    let mut reached = Vec::new();
    for arm in action.arms.iter().filter(|arm| fits(arm, place, workflow)) {
        let lines = action
            .before
            .iter()
            .chain(&arm.effects)
            .chain(&action.after);
        if lines.clone().any(|line| line.effect == Effect::Erase) {
            continue; // what is gone comes nowhere
        }
        let mut next = (
            arm.to.clone().unwrap_or_else(|| place.0.clone()),
            phase_after(lines, place.1.as_ref()),
        );
        reached.push(next.clone());
        // INVARIANT: checked rules have no cycle of automatic arms; the bound is for unchecked ones.
        for _ in 0..workflow.states.len() {
            let follow = workflow
                .automatic
                .iter()
                .find(|arm| fits(arm, &next, workflow) && !arm.conditions.iter().any(is_mark));
            let Some(arm) = follow else { break };
            let status = arm.to.clone().unwrap_or_else(|| next.0.clone());
            next = (status, phase_after(arm.effects.iter(), next.1.as_ref()));
            reached.push(next.clone());
        }
    }
    reached.retain(|(status, _)| workflow.state(status).is_some_and(|state| !state.passing));
    reached
}

fn is_mark(condition: &Condition) -> bool {
    matches!(condition.guard, Guard::Mark(_)) && condition.wanted
}

/// Returns the phase that some lines leave a document in.
pub(super) fn phase_after<'l>(
    lines: impl Iterator<Item = &'l Line>,
    before: Option<&Phase>,
) -> Option<Phase> {
    let set = lines.filter_map(|line| {
        let Effect::SetPhase(phase) = &line.effect else {
            return None;
        };
        Some(phase)
    });
    set.last().or(before).cloned()
}

/// Tells whether an arm begins at a place, as far as state and phase say.
pub(super) fn fits(arm: &Arm, place: &Stand, workflow: &Workflow) -> bool {
    arm.begins_in(&place.0, workflow)
        && arm.conditions.iter().all(|condition| {
            let Guard::Phase(phase) = &condition.guard else {
                return true;
            };
            (place.1.as_ref() == Some(phase)) == condition.wanted
        })
}
