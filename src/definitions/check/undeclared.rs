//! Complaints about names that nothing declares, each with the nearest that is declared.

use super::place;
use super::walk::Doer;
use crate::definitions::codes;
use crate::definitions::report::{Finding, did_you_mean};
use crate::definitions::rulebook::Rulebook;
use crate::definitions::source::Origin;
use crate::definitions::workflow::Workflow;
use crate::model::{ActionName, EventName, Group, Mark, Outcome, Phase, Status, Verb};

/// Complains that a group is not declared; permissions ask this too.
pub(super) fn group(
    rules: &Rulebook,
    says: &str,
    name: &Group,
    place: impl FnOnce() -> Origin,
    findings: &mut Vec<Finding>,
) {
    if rules.group(name).is_some() {
        return;
    }
    let known = rules.groups.iter().map(|rule| rule.name.as_str());
    findings.push(
        Finding::new(
            codes::UNKNOWN_GROUP,
            place(),
            format!("{says} `{name}`, which is not a group"),
        )
        .label("no such group")
        .maybe_help(did_you_mean(name.as_str(), known)),
    );
}

/// The names of one workflow.
pub(super) struct Names<'r> {
    /// All rules.
    pub(super) rules: &'r Rulebook,
    /// The workflow.
    pub(super) workflow: &'r Workflow,
    /// Where complaints go.
    pub(super) findings: &'r mut Vec<Finding>,
}

impl Names<'_> {
    /// Complains where a name is none of the states.
    pub(super) fn state(&mut self, says: &str, name: &Status, place: impl FnOnce() -> Origin) {
        if self.workflow.state(name).is_some() {
            return;
        }
        let known = self.workflow.states.iter().map(|state| state.name.as_str());
        let message = format!(
            "{says} `{name}`, which is not a state of `{}`",
            self.workflow.name
        );
        self.findings.push(
            Finding::new(codes::UNKNOWN_STATE, place(), message)
                .label("no such state")
                .maybe_help(did_you_mean(name.as_str(), known)),
        );
    }

    /// Complains where a name is none of the verbs.
    pub(super) fn verb(&mut self, says: &str, verb: &Verb, place: impl FnOnce() -> Origin) {
        let verbs = || self.workflow.actions.iter().map(|action| &action.name.verb);
        if verbs().any(|known| known == verb) {
            return;
        }
        let message = format!(
            "{says} `{verb}`, which is not an action of `{}`",
            self.workflow.name
        );
        self.findings.push(
            Finding::new(codes::UNKNOWN_VERB, place(), message)
                .label("no such action")
                .maybe_help(did_you_mean(verb.as_str(), verbs().map(Verb::as_str))),
        );
    }

    /// Complains where a name is none of the actions.
    pub(super) fn action(&mut self, doer: Doer<'_>, name: &ActionName, near: Origin) {
        if self.workflow.action(name).is_some() {
            return;
        }
        let known: Vec<String> = self
            .workflow
            .actions
            .iter()
            .map(|action| action.name.to_string())
            .collect();
        let message = format!(
            "{doer} does `{name}` first, which is not an action of `{}`",
            self.workflow.name
        );
        let place = place::of_word(self.rules, near, name.verb.as_str());
        self.findings.push(
            Finding::new(codes::UNKNOWN_ACTION, place, message)
                .label("no such action")
                .maybe_help(did_you_mean(
                    &name.to_string(),
                    known.iter().map(String::as_str),
                )),
        );
    }

    /// Complains where a name is none of the events.
    pub(super) fn event(&mut self, doer: Doer<'_>, name: &EventName, near: Origin) {
        if self.workflow.event(name).is_some() {
            return;
        }
        let known = self.workflow.events.iter().map(|event| event.name.as_str());
        let message = format!(
            "{doer} logs `{name}`, which is not an event of `{}`",
            self.workflow.name
        );
        self.findings.push(
            Finding::new(
                codes::UNKNOWN_EVENT,
                place::of_word(self.rules, near, name.as_str()),
                message,
            )
            .label("no such event")
            .maybe_help(did_you_mean(name.as_str(), known)),
        );
    }

    /// Complains where a name is none of the outcomes.
    pub(super) fn outcome(&mut self, says: &str, name: &Outcome, near: Origin) {
        let known = || self.workflow.outcomes.iter().map(|rule| rule.name.as_str());
        if known().any(|outcome| *name == outcome) {
            return;
        }
        let message = format!(
            "{says} `{name}`, which is not an outcome of `{}`",
            self.workflow.name
        );
        self.findings.push(
            Finding::new(
                codes::UNKNOWN_OUTCOME,
                place::of_word(self.rules, near, name.as_str()),
                message,
            )
            .label("no such outcome")
            .maybe_help(did_you_mean(name.as_str(), known())),
        );
    }

    /// Complains where a name is none of the marks.
    pub(super) fn mark(&mut self, says: &str, name: &Mark, near: Origin) {
        let known = || self.workflow.marks.iter().map(|rule| rule.name.as_str());
        if known().any(|mark| *name == mark) {
            return;
        }
        let message = format!(
            "{says} `{name}`, which is not a mark of `{}`",
            self.workflow.name
        );
        let place = place::of_last_word(self.rules, near, name.as_str());
        self.findings.push(
            Finding::new(codes::UNKNOWN_MARK, place, message)
                .label("no such mark")
                .maybe_help(did_you_mean(name.as_str(), known())),
        );
    }

    /// Complains where a name is none of the phases.
    pub(super) fn phase(&mut self, says: &str, name: &Phase, near: Origin) {
        let known = || self.workflow.phases.iter().map(|rule| rule.name.as_str());
        if known().any(|phase| *name == phase) {
            return;
        }
        let message = format!(
            "{says} `{name}`, which is not a phase of `{}`",
            self.workflow.name
        );
        let place = place::of_last_word(self.rules, near, name.as_str());
        self.findings.push(
            Finding::new(codes::UNKNOWN_PHASE, place, message)
                .label("no such phase")
                .maybe_help(did_you_mean(name.as_str(), known())),
        );
    }
}
