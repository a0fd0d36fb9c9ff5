//! People are asked for something, they may do it, and what only they may do is asked of somebody.

use super::place;
use super::walk::{self, Doer};
use crate::definitions::codes;
use crate::definitions::permission::Only;
use crate::definitions::report::Finding;
use crate::definitions::rulebook::Rulebook;
use crate::definitions::vocabulary::{Effect, Line};
use crate::definitions::workflow::{Action, Awaits, Reaction, State, Workflow};
use crate::model::Group;

/// Looks at all workflows.
pub(super) fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    for workflow in &rules.workflows {
        for asking in askings(workflow) {
            findings.extend(asking.for_nothing());
            findings.extend(asking.in_vain(rules, workflow));
        }
        for action in &workflow.actions {
            findings.extend(asked_of_nobody(rules, workflow, action));
        }
    }
}

/// People are asked, and the document stands then in one of these states.
struct Asking<'w> {
    doer: Doer<'w>,
    line: &'w Line,
    reached: Vec<&'w State>,
}

fn askings(workflow: &Workflow) -> Vec<Asking<'_>> {
    let mut askings: Vec<Asking<'_>> = Vec::new();
    for entry in &workflow.entries {
        let reached = workflow.state(&entry.to);
        askings.extend(asks(&entry.effects).map(|line| Asking {
            doer: Doer::Entry(entry),
            line,
            reached: reached.into_iter().collect(),
        }));
    }
    for (doer, arm) in walk::arms(workflow) {
        let around = match doer {
            Doer::Action(action) => asks(&action.before).or_else(|| asks(&action.after)),
            Doer::Reaction(Reaction { body, .. }) => {
                asks(&body.before).or_else(|| asks(&body.after))
            }
            Doer::Entry(_) | Doer::Automatic | Doer::Invariant(_) => None,
        };
        let begins = walk::begins(workflow, arm);
        askings.extend(asks(&arm.effects).or(around).map(|line| {
            Asking {
                doer,
                line,
                reached: begins
                    .filter_map(|from| walk::reached(workflow, arm, from))
                    .collect(),
            }
        }));
    }
    askings
}

/// Returns the line in which people are asked.
fn asks(lines: &[Line]) -> Option<&Line> {
    let mut lines = lines.iter();
    lines.find(|line| matches!(line.effect, Effect::AskNamed(_)))
}

impl Asking<'_> {
    /// People are asked only where the state they are asked in awaits something.
    fn for_nothing(&self) -> Option<Finding> {
        let mut reached = self.reached.iter();
        let silent = reached.find(|state| state.awaits.is_none())?;
        let name = &silent.name;
        let message = format!(
            "{} asks people in `{name}`, which awaits nothing",
            self.doer
        );
        Some(
            Finding::new(codes::NOTHING_AWAITED, self.line.origin, message)
                .label("asked for what?")
                .help(format!(
                    "say what they answer with: `state {name} \"…\" {{ awaits VERB task=… stage=… }}`"
                )),
        )
    }

    /// Those who are asked where nobody is named may answer.
    fn in_vain(&self, rules: &Rulebook, workflow: &Workflow) -> Option<Finding> {
        let Effect::AskNamed(Some(group)) = &self.line.effect else {
            return None;
        };
        rules.group(group)?;
        let mut awaited = self
            .reached
            .iter()
            .filter_map(|state| state.awaits.as_ref());
        let awaits = awaited.find(|awaits| !may_answer(rules, workflow, group, awaits))?;
        let place = place::of_property(rules, self.line.origin, "else");
        let message = format!(
            "{} asks `{group}`, who may not `{}`",
            self.doer, awaits.verb
        );
        Some(
            Finding::new(codes::CANNOT_ANSWER, place, message)
                .label("can never answer")
                .help(format!(
                    "permit `{}` to this group, or ask another",
                    awaits.verb
                )),
        )
    }
}

/// Tells whether members of a group may do what is awaited, in one of its variants at least.
fn may_answer(rules: &Rulebook, workflow: &Workflow, group: &Group, awaits: &Awaits) -> bool {
    let mut answers = workflow
        .actions
        .iter()
        .filter(|action| action.name.verb == awaits.verb)
        .peekable();
    // An action that there is not, or nobody may do, is told of by itself.
    answers.peek().is_none()
        || answers.any(|action| {
            let Some(permit) = rules.permit(&action.name) else {
                return true;
            };
            let Some(to) = &permit.to else {
                return true;
            };
            to.iter().any(|(wanted, _)| rules.counts_as(group, wanted))
        })
}

/// What only those who are asked may do begins where somebody can be.
fn asked_of_nobody(rules: &Rulebook, workflow: &Workflow, action: &Action) -> Option<Finding> {
    let permit = rules.permit(&action.name)?;
    let mut begins = action
        .arms
        .iter()
        .flat_map(|arm| walk::begins(workflow, arm))
        .peekable();
    begins.peek()?;
    let is_for_assignees = permit.only.contains(&Only::Assignee);
    // Where it is awaited, and cannot be done there, that is said of the state.
    let is_awaited = workflow
        .awaits()
        .any(|awaits| awaits.verb == action.name.verb);
    if !is_for_assignees || is_awaited || begins.any(|state| state.awaits.is_some()) {
        return None;
    }
    let name = &action.name;
    let place = place::of_word(rules, action.origin, name.verb.as_str());
    let message =
        format!("`{name}` is for those who are asked, and nobody is asked where it begins");
    Some(
        Finding::new(codes::NOBODY_ASKED, place, message)
            .label("begins only in states that await nothing")
            .help(format!(
                "take `only assignee` away at {}, or let a state it begins in await something",
                rules.sources.place(permit.origin)
            )),
    )
}
