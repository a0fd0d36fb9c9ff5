//! Actions can be done: there is a way, a circle of `first` ends, and what is awaited can be answered.

use super::place;
use super::walk::{self, Doer};
use crate::definitions::codes;
use crate::definitions::report::Finding;
use crate::definitions::rulebook::Rulebook;
use crate::definitions::source::Origin;
use crate::definitions::vocabulary::{Effect, Guard, Line};
use crate::definitions::workflow::{Action, Workflow};
use crate::model::{ActionName, Place, Version};

/// Looks at all workflows.
pub(super) fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    for workflow in &rules.workflows {
        awaited(workflow, findings);
        for (doer, body) in walk::bodies(workflow) {
            body_is_whole(rules, workflow, doer, body, findings);
        }
        for (doer, line) in walk::lines(workflow) {
            template_is_fixed(rules, doer, line, findings);
            erase_is_guarded(doer, line, findings);
            outcome_is_given(doer, line, findings);
        }
    }
}

/// Those asked in a state can answer there.
fn awaited(workflow: &Workflow, findings: &mut Vec<Finding>) {
    for state in &workflow.states {
        let Some(awaits) = &state.awaits else {
            continue;
        };
        let mut answers = workflow
            .actions
            .iter()
            .filter(|action| action.name.verb == awaits.verb)
            .peekable();
        if answers.peek().is_none() {
            continue;
        }
        if !answers.any(|action| action.begins_in(&state.name, workflow)) {
            findings.push(
                Finding::new(
                    codes::UNANSWERABLE,
                    awaits.origin,
                    format!(
                        "`{}` awaits `{}`, which cannot be done there",
                        state.name, awaits.verb
                    ),
                )
                .label("no arm of this action begins in this state")
                .help(format!(
                    "write in `action {}`: `from {}`",
                    awaits.verb, state.name
                )),
            );
        }
    }
}

fn body_is_whole(
    rules: &Rulebook,
    workflow: &Workflow,
    doer: Doer<'_>,
    body: &Action,
    findings: &mut Vec<Finding>,
) {
    if body.arms.is_empty() {
        let place = place::of_word(rules, body.origin, body.name.verb.as_str());
        findings.push(
            Finding::new(
                codes::NO_ARM,
                place,
                format!("{doer} can never be done: it begins nowhere"),
            )
            .label("no `from` in its braces")
            .help("say where it begins: `from STATE`, or `from any`"),
        );
    }
    for first in &body.firsts {
        let place = || place::of_word(rules, first.origin, first.action.verb.as_str());
        if comes_back(workflow, &first.action, &body.name) {
            findings.push(
                Finding::new(
                    codes::FIRST_CYCLE,
                    place(),
                    format!("{doer} would have to be done before itself"),
                )
                .label("leads back here")
                .help("take one `first` of the circle away"),
            );
        } else if let Some(action) = workflow.action(&first.action) {
            findings.extend(not_demanded(doer, body, action, place));
        }
    }
}

/// What is done first is given what the action is given, and nothing else.
fn not_demanded(
    doer: Doer<'_>,
    body: &Action,
    first: &Action,
    place: impl FnOnce() -> Origin,
) -> Option<Finding> {
    let mut demands = first.demands();
    let name = demands.find(|name| !body.demands().any(|given| given == *name))?;
    let message = format!("`{}` needs `{name}`, which {doer} is not given", first.name);
    Some(
        Finding::new(codes::NOT_DEMANDED, place(), message)
            .label("can never be done first")
            .help(format!("write `require given {name}` in {doer} too")),
    )
}

/// Tells whether the `first` lines of an action lead to another.
fn comes_back(workflow: &Workflow, from: &ActionName, wanted: &ActionName) -> bool {
    let mut seen = vec![from];
    let mut next = 0;
    while let Some(name) = seen.get(next).copied() {
        if name == wanted {
            return true;
        }
        let firsts = workflow
            .action(name)
            .into_iter()
            .flat_map(|action| &action.firsts);
        for first in firsts {
            if !seen.contains(&&first.action) {
                seen.push(&first.action);
            }
        }
        next += 1;
    }
    false
}

/// The template is not the document's to change.
fn template_is_fixed(rules: &Rulebook, doer: Doer<'_>, line: &Line, findings: &mut Vec<Finding>) {
    let changed = match &line.effect {
        Effect::Copy(_, to) => *to,
        Effect::Move(from, to) if *to != Place::Template => *from,
        Effect::Move(..) => Place::Template,
        Effect::Remove(place) | Effect::Archive(place) | Effect::Repair(place) => *place,
        Effect::Bump(_)
        | Effect::SetOwner
        | Effect::SetPhase(_)
        | Effect::SetMark(_)
        | Effect::SetEffectiveVersion
        | Effect::ClearOwner
        | Effect::ClearMark(_)
        | Effect::ClearOutcomes
        | Effect::AskNamed(_)
        | Effect::Dismiss(_)
        | Effect::RecordOutcome
        | Effect::Log(..)
        | Effect::Tell(_)
        | Effect::Erase => return,
    };
    if changed == Place::Template {
        let place = place::of_word(rules, line.origin, Place::Template.word());
        findings.push(
            Finding::new(
                codes::TEMPLATE_CHANGED,
                place,
                format!("{doer} would change the template, which is not the document's"),
            )
            .label("may only be copied from")
            .help("`copy template to=…` takes its text"),
        );
    }
}

/// What was ever approved bears this version at least.
const FIRST_APPROVED: Version = Version { major: 1, minor: 0 };

fn erase_is_guarded(doer: Doer<'_>, line: &Line, findings: &mut Vec<Finding>) {
    if line.effect != Effect::Erase {
        return;
    }
    let guarded = match doer {
        Doer::Action(action) => action.requires.iter().any(|condition| {
            condition.wanted
                && matches!(condition.guard, Guard::VersionBelow(bound) if bound <= FIRST_APPROVED)
        }),
        Doer::Entry(_) | Doer::Reaction(_) | Doer::Automatic | Doer::Invariant(_) => false,
    };
    if !guarded {
        findings.push(
            Finding::new(
                codes::UNGUARDED_ERASE,
                line.origin,
                format!("{doer} could erase what has been in force"),
            )
            .label("only what was never in force may be erased")
            .help("only an action may erase, and it must say: `require version below=\"1.0\"`"),
        );
    }
}

fn outcome_is_given(doer: Doer<'_>, line: &Line, findings: &mut Vec<Finding>) {
    if line.effect != Effect::RecordOutcome {
        return;
    }
    let is_given = match doer {
        Doer::Action(action) => action.demands().any(|name| *name == "outcome"),
        Doer::Entry(_) | Doer::Reaction(_) | Doer::Automatic | Doer::Invariant(_) => false,
    };
    if !is_given {
        findings.push(
            Finding::new(
                codes::OUTCOME_NOT_GIVEN,
                line.origin,
                format!("{doer} records an outcome that nobody gives"),
            )
            .label("no outcome is known here")
            .help("only an action can record one, and it must say: `require given outcome`"),
        );
    }
}
