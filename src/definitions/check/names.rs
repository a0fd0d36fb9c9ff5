//! Every name that a workflow uses is declared.

use super::place;
use super::undeclared::{Names, group};
use super::walk::{self, Doer};
use crate::definitions::report::Finding;
use crate::definitions::rulebook::Rulebook;
use crate::definitions::source::Origin;
use crate::definitions::vocabulary::{Condition, Effect, Guard, Line};
use crate::definitions::workflow::Occasion;
use crate::model::Status;

/// Looks at all workflows.
pub(super) fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    for workflow in &rules.workflows {
        let mut names = Names {
            rules,
            workflow,
            findings,
        };
        names.in_states_and_phases();
        names.in_arms();
        names.in_invariants();
        for (doer, _, condition) in walk::conditions(workflow) {
            names.in_condition(doer, condition);
        }
        for (doer, line) in walk::lines(workflow) {
            names.in_line(doer, line);
        }
    }
}

impl Names<'_> {
    fn in_states_and_phases(&mut self) {
        let rules = self.rules;
        for state in &self.workflow.states {
            if let Some(awaits) = &state.awaits {
                let says = format!("`{}` awaits", state.name);
                self.verb(&says, &awaits.verb, || awaits.origin);
            }
        }
        for phase in &self.workflow.phases {
            for status in &phase.presumed_in {
                let says = format!("phase `{}` is presumed in", phase.name);
                let place = || place::of_child(rules, phase.origin, "presumed-in", status.as_str());
                self.state(&says, status, place);
            }
        }
    }

    fn in_arms(&mut self) {
        let rules = self.rules;
        for entry in &self.workflow.entries {
            let place = || place::of_property(rules, entry.origin, "to");
            self.state(
                &format!("entry `{}` leads to", entry.name),
                &entry.to,
                place,
            );
        }
        for (doer, arm) in walk::arms(self.workflow) {
            for status in arm.from.iter().flatten() {
                let place = || place::of_word(rules, arm.origin, status.as_str());
                self.state(&format!("{doer} begins in"), status, place);
            }
            if let Some(to) = &arm.to {
                let place = || place::of_property(rules, arm.origin, "to");
                self.state(&format!("{doer} leads to"), to, place);
            }
        }
        for (doer, body) in walk::bodies(self.workflow) {
            for first in &body.firsts {
                self.action(doer, &first.action, first.origin);
            }
        }
    }

    fn in_invariants(&mut self) {
        let rules = self.rules;
        for invariant in &self.workflow.invariants {
            let near = invariant.origin;
            for occasion in &invariant.occasions {
                match occasion {
                    Occasion::In(states) => self.occasion_states("in", states, near),
                    Occasion::Entering(states) => self.occasion_states("entering", states, near),
                    Occasion::Doing(verbs) => {
                        for verb in verbs {
                            let place = || place::of_child(rules, near, "doing", verb.as_str());
                            self.verb("an invariant is about", verb, place);
                        }
                    }
                }
            }
        }
    }

    fn occasion_states(&mut self, word: &str, states: &[Status], near: Origin) {
        let rules = self.rules;
        for status in states {
            let place = || place::of_child(rules, near, word, status.as_str());
            self.state("an invariant is about", status, place);
        }
    }

    fn in_condition(&mut self, doer: Doer<'_>, condition: &Condition) {
        let rules = self.rules;
        let near = condition.origin;
        let says = format!("{doer} asks for");
        match &condition.guard {
            Guard::In(states) => {
                for status in states {
                    let place = || place::of_word(rules, near, status.as_str());
                    self.state(&says, status, place);
                }
            }
            guard @ (Guard::Group(_) | Guard::OutcomeFrom(_)) => {
                for name in guard.groups() {
                    let place = || place::of_word(rules, near, name.as_str());
                    group(rules, &says, name, place, self.findings);
                }
            }
            Guard::Unanimous(outcome) => self.outcome(&says, outcome, near),
            Guard::Phase(phase) => self.phase(&says, phase, near),
            Guard::Mark(mark) => self.mark(&says, mark, near),
            Guard::Owner
            | Guard::Author
            | Guard::OutcomesCurrent
            | Guard::CheckedOut(_)
            | Guard::AllAnswered
            | Guard::VersionAtLeast(_)
            | Guard::VersionBelow(_)
            | Guard::Given(_)
            | Guard::Childless
            | Guard::UnaskedNamed
            | Guard::Flawed(_)
            // Whose states these are is asked where a doctype says who its parents are.
            | Guard::Parent(_)
            // Whose states these are is asked where the code is looked at.
            | Guard::Shown(_) => {}
        }
    }

    fn in_line(&mut self, doer: Doer<'_>, line: &Line) {
        let rules = self.rules;
        let near = line.origin;
        match &line.effect {
            Effect::SetPhase(phase) => self.phase(&format!("{doer} sets"), phase, near),
            Effect::SetMark(mark) => self.mark(&format!("{doer} sets"), mark, near),
            Effect::ClearMark(mark) => self.mark(&format!("{doer} clears"), mark, near),
            Effect::AskNamed(Some(name)) => {
                let place = || place::of_property(rules, near, "else");
                group(rules, &format!("{doer} asks"), name, place, self.findings);
            }
            Effect::Log(event, _) => self.event(doer, event, near),
            Effect::Copy(..)
            | Effect::Move(..)
            | Effect::Remove(_)
            | Effect::Archive(_)
            | Effect::Bump(_)
            | Effect::SetOwner
            | Effect::SetEffectiveVersion
            | Effect::ClearOwner
            | Effect::ClearOutcomes
            | Effect::AskNamed(None)
            | Effect::Dismiss(_)
            | Effect::RecordOutcome
            | Effect::Repair(_)
            | Effect::Tell(_)
            | Effect::Erase => {}
        }
    }
}
