//! Workflows of code: it has no record and no text, so where it stands is what its trail says.

use super::{place, walk};
use crate::definitions::codes;
use crate::definitions::report::{Finding, did_you_mean};
use crate::definitions::rulebook::Rulebook;
use crate::definitions::vocabulary::{Condition, Effect, Evidence, Fact};
use crate::definitions::workflow::{Action, Subject, Workflow};
use crate::model::{DoctypeName, Status};

/// As many things governance of code may be asked to find for one workflow: each may be so or not, whatever the
/// others are.
const EVIDENCE: usize = 8;

/// Looks at all that is asked and done about code.
pub(super) fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    for workflow in &rules.workflows {
        let mut asked: Vec<&Evidence> = Vec::new();
        for condition in workflow.conditions() {
            let Some(evidence) = condition.guard.evidence() else {
                continue;
            };
            if !asked.contains(&evidence) {
                asked.push(evidence);
            }
            if let Evidence::Documents(types, state) = evidence {
                documents(rules, condition, types, state, findings);
            }
            ungiven(workflow, condition, evidence, findings);
        }
        if asked.len() > EVIDENCE {
            let message = format!(
                "`{}` asks {} different things of code, and {EVIDENCE} at most can be overseen",
                workflow.name,
                asked.len()
            );
            let finding = Finding::new(codes::TOO_MANY, workflow.origin, message);
            findings.push(finding.label("too many here"));
        }
        if workflow.subject == Subject::Code {
            effects(workflow, findings);
            moves(workflow, findings);
        }
    }
}

/// The types exist, have a namespace, and know the state.
fn documents(
    rules: &Rulebook,
    condition: &Condition,
    types: &[DoctypeName],
    state: &Status,
    findings: &mut Vec<Finding>,
) {
    let near = condition.origin;
    for name in types {
        let place = place::of_word(rules, near, name.as_str());
        let Some(doctype) = rules
            .doctype(name)
            .filter(|doctype| doctype.is_namespaced())
        else {
            let known = rules
                .doctypes
                .iter()
                .filter(|doctype| doctype.is_namespaced());
            let known = known.map(|doctype| doctype.name.as_str());
            let message = format!("`{name}` is no type that has a namespace");
            findings.push(
                Finding::new(codes::UNKNOWN_DOCTYPE, place, message)
                    .label("no such type")
                    .maybe_help(did_you_mean(name.as_str(), known)),
            );
            continue;
        };
        let Some(life) = rules.life_of(doctype) else {
            continue;
        };
        if life.state(state).is_none() {
            let known = life.states.iter().map(|state| state.name.as_str());
            let message = format!("`{state}` is not a state of `{name}`");
            findings.push(
                Finding::new(
                    codes::UNKNOWN_STATE,
                    place::of_property(rules, near, "in"),
                    message,
                )
                .label("no such state")
                .maybe_help(did_you_mean(state.as_str(), known)),
            );
        }
    }
}

/// What is looked at is given to every action that asks for it.
fn ungiven(
    workflow: &Workflow,
    condition: &Condition,
    evidence: &Evidence,
    findings: &mut Vec<Finding>,
) {
    let Some(name) = evidence.argument() else {
        return;
    };
    let asks = |action: &&Action| {
        let mut own = action.requires.iter();
        own.any(|own| own.origin == condition.origin)
    };
    let lacking = workflow.actions.iter().filter(asks);
    let lacking = lacking.filter(|action| !action.demands().any(|given| given == name));
    for action in lacking {
        let message = format!(
            "`{}` looks at `{name}`, and need not be given it",
            action.name
        );
        findings.push(
            Finding::new(codes::NOT_DEMANDED, condition.origin, message)
                .label("not demanded")
                .help(format!("write `require given {name}` before it")),
        );
    }
}

fn effects(workflow: &Workflow, findings: &mut Vec<Finding>) {
    for (doer, line) in walk::lines(workflow) {
        if !matches!(
            line.effect,
            Effect::Log(..) | Effect::Tell(_) | Effect::Bump(_)
        ) {
            let message = format!("{doer} does something to a document, and there is none");
            findings.push(
                Finding::new(codes::MISPLACED_EFFECT, line.origin, message)
                    .label("cannot be done here"),
            );
        }
    }
}

fn moves(workflow: &Workflow, findings: &mut Vec<Finding>) {
    for way in workflow.ways() {
        let mut events = way.lines.iter().filter_map(|line| line.effect.logs());
        let is_told = events.any(|name| {
            let event = workflow.event(name);
            event.is_some_and(|event| {
                event
                    .records
                    .iter()
                    .any(|(_, fact)| *fact == Fact::ToStatus)
            })
        });
        if let Some(to) = way.to.filter(|_| !is_told) {
            let origin = way
                .lines
                .first()
                .map_or(workflow.origin, |line| line.origin);
            let message = format!("a way leads to `{to}`, and no event on it records `to_status`");
            findings.push(
                Finding::new(codes::UNTOLD_MOVE, origin, message)
                    .label("the trail does not say so"),
            );
        }
    }
}
