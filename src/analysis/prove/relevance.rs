//! Where answers still matter: they do where a guard may ask for them before they are forgotten, and those of
//! people who are asked anew where one may ask before they answer again.
//!
//! Where they do not, situations that differ in them alone are one.

use super::chances::begins;
use crate::definitions::Workflow;
use crate::definitions::vocabulary::{Condition, Effect, Guard, Line, Whom};
use crate::definitions::workflow::{Action, Arm, Invariant, Occasion};
use crate::model::Status;

/// Returns the states in which what was answered may still be asked for.
pub(super) fn where_answers_matter(workflow: &Workflow) -> Vec<&Status> {
    let names = || workflow.states.iter().map(|state| &state.name);
    let mut live: Vec<&Status> = Vec::new();
    loop {
        let new = names().find(|status| !live.contains(status) && matters(workflow, status, &live));
        match new {
            Some(status) => live.push(status),
            None => return live,
        }
    }
}

/// Tells whether answers matter in a state, if they do in those that are known.
fn matters(workflow: &Workflow, status: &Status, live: &[&Status]) -> bool {
    let on = |body: Option<&Action>, arm: &Arm| on_arm(workflow, body, arm, status, live);
    let in_body = |body: &Action| {
        asks_in_body(workflow, body, status) || body.arms.iter().any(|arm| on(Some(body), arm))
    };
    asks_at_rest(workflow, status)
        || workflow.bodies().any(in_body)
        || workflow.automatic.iter().any(|arm| on(None, arm))
}

fn on_arm(
    workflow: &Workflow,
    body: Option<&Action>,
    arm: &Arm,
    status: &Status,
    live: &[&Status],
) -> bool {
    if !arm.begins_in(status, workflow) {
        return false;
    }
    let forgets = lines_on(body, arm).any(|line| line.effect == Effect::ClearOutcomes);
    let to = arm.to.as_ref().unwrap_or(status);
    arm.conditions.iter().any(asks)
        || asks_entering(workflow, arm)
        || (!forgets && to != status && live.contains(&to))
}

/// Returns the states in which those who are asked count as silent, whatever they answered before: nothing asks for
/// that until they answer again, or all answers are forgotten. `live` are the states in which answers matter.
pub(super) fn where_the_asked_are_silent<'w>(
    workflow: &'w Workflow,
    live: &[&Status],
) -> Vec<&'w Status> {
    let states = workflow.states.iter();
    let mut silent: Vec<&Status> = states.map(|state| &state.name).collect();
    loop {
        let silence = Silence {
            workflow,
            live,
            silent: &silent,
        };
        let still: Vec<_> = silent
            .iter()
            .copied()
            .filter(|status| silence.is_kept_in(status))
            .collect();
        if still.len() == silent.len() {
            return silent;
        }
        silent = still;
    }
}

/// The states in which those who are asked may count as silent, as far as is known.
struct Silence<'a, 'w> {
    workflow: &'w Workflow,
    live: &'a [&'a Status],
    silent: &'a [&'w Status],
}

impl Silence<'_, '_> {
    /// Tells whether nothing in a state asks for what those who are asked answered before, and whatever leads out of
    /// it leads to where nothing does.
    fn is_kept_in(&self, status: &Status) -> bool {
        let workflow = self.workflow;
        let on = |body: Option<&Action>, arm: &Arm| self.is_kept_on(body, arm, status);
        let by = |body: &Action| {
            !asks_in_body(workflow, body, status) && body.arms.iter().all(|arm| on(Some(body), arm))
        };
        !asks_at_rest(workflow, status)
            && workflow.bodies().all(by)
            && workflow.automatic.iter().all(|arm| on(None, arm))
    }

    fn is_kept_on(&self, body: Option<&Action>, arm: &Arm, status: &Status) -> bool {
        if !arm.begins_in(status, self.workflow) {
            return true;
        }
        let demands = body.into_iter().flat_map(|body| &body.requires);
        let nobody_is_asked =
            |condition: &Condition| condition.wanted && condition.guard == Guard::AllAnswered;
        if arm.conditions.iter().chain(demands).any(nobody_is_asked) {
            return true;
        }
        if arm.conditions.iter().any(asks) {
            return false;
        }
        let does = |effect: &Effect| lines_on(body, arm).any(|line| line.effect == *effect);
        if does(&Effect::ClearOutcomes) {
            return true;
        }
        if asks_entering(self.workflow, arm) {
            return false;
        }
        // Who is no longer asked is heard again, unless they have just answered.
        let is_heard_again = does(&Effect::Dismiss(Whom::Everyone))
            || does(&Effect::Dismiss(Whom::Actor)) && !does(&Effect::RecordOutcome);
        let to = arm.to.as_ref().unwrap_or(status);
        !self.live.contains(&to) || !is_heard_again && self.silent.contains(&to)
    }
}

/// Returns every line that is done on an arm: of an action or a reaction, or taken by itself.
fn lines_on<'w>(body: Option<&'w Action>, arm: &'w Arm) -> impl Iterator<Item = &'w Line> {
    let around = body
        .into_iter()
        .flat_map(|body| body.before.iter().chain(&body.after));
    arm.effects.iter().chain(around)
}

fn asks_at_rest(workflow: &Workflow, status: &Status) -> bool {
    asks_on(
        workflow,
        |occasion| matches!(occasion, Occasion::In(states) if states.contains(status)),
    )
}

/// Tells whether an action or a reaction that begins in a state asks for answers, whichever of its arms is gone.
fn asks_in_body(workflow: &Workflow, body: &Action, status: &Status) -> bool {
    // What is done first is asked about here, even where the action itself begins only after it.
    let mut firsts = body.firsts.iter().flat_map(|first| &first.conditions);
    let verb = &body.name.verb;
    let done =
        |occasion: &Occasion| matches!(occasion, Occasion::Doing(verbs) if verbs.contains(verb));
    (begins(workflow, body, status) && firsts.any(asks))
        || (body.begins_in(status, workflow)
            && (body.requires.iter().any(asks) || asks_on(workflow, done)))
}

fn asks_entering(workflow: &Workflow, arm: &Arm) -> bool {
    let enters = |occasion: &Occasion| {
        let to = arm.to.as_ref();
        matches!(occasion, Occasion::Entering(states) if to.is_some_and(|to| states.contains(to)))
    };
    asks_on(workflow, enters)
}

fn asks_on(workflow: &Workflow, is_met: impl Fn(&Occasion) -> bool) -> bool {
    let met = |invariant: &&Invariant| invariant.occasions.iter().any(&is_met);
    let mut held = workflow.invariants.iter().filter(met);
    held.any(|invariant| invariant.holds.iter().any(asks))
}

/// Tells whether a condition asks for what was answered.
fn asks(condition: &Condition) -> bool {
    matches!(
        condition.guard,
        Guard::Unanimous(_) | Guard::OutcomeFrom(_) | Guard::OutcomesCurrent
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::Rulebook;
    use crate::model::Verb;

    /// Answers matter from the moment they are asked for until the document is approved, and no longer.
    #[test]
    fn answers_matter_until_they_are_counted() {
        let rules = Rulebook::shipped().unwrap();
        for workflow in &rules.workflows {
            let live = where_answers_matter(workflow);
            for state in &workflow.states {
                let awaits = state.awaits.is_some();
                let ends = state.terminal;
                assert!(!awaits || live.contains(&&state.name), "{}", state.name);
                assert!(!ends || !live.contains(&&state.name), "{}", state.name);
            }
            for entry in &workflow.entries {
                assert!(!live.contains(&&entry.to), "{}", entry.to);
            }
        }
    }

    /// Returns the states of each workflow that await somebody who counts as silent there.
    fn silent(rules: &Rulebook) -> Vec<String> {
        let of = |workflow| {
            let live = where_answers_matter(workflow);
            let silent = where_the_asked_are_silent(workflow, &live);
            let states = workflow.states.iter();
            let awaiting = states.filter(|state| state.awaits.is_some());
            let names = awaiting.map(|state| &state.name);
            let names = names.filter(|name| silent.contains(name));
            names.map(Status::to_string).collect::<Vec<_>>()
        };
        rules.workflows.iter().flat_map(of).collect()
    }

    /// Who is asked for an answer anew gives one before anything looks at the old one. Who is asked for something
    /// else still stands by theirs.
    #[test]
    fn who_is_asked_for_an_answer_is_silent_until_they_give_it() {
        let rules = Rulebook::shipped().unwrap();
        let records = |verb: &Verb| {
            let actions = rules.workflows.iter().flat_map(|life| &life.actions);
            let mut of_verb = actions.filter(|action| action.name.verb == *verb);
            of_verb.any(Action::records_outcome)
        };
        let states = rules.workflows.iter().flat_map(|life| &life.states);
        let expected = states.filter_map(|state| {
            let awaits = state.awaits.as_ref()?;
            records(&awaits.verb).then(|| state.name.to_string())
        });
        let expected: Vec<_> = expected.collect();
        assert!(!expected.is_empty());
        assert_eq!(silent(&rules), expected);
    }

    /// Returns the shipped rules, changed where a document leaves a state in which those who are asked are silent.
    fn leaving(change: impl Fn(&mut Arm, &Status)) -> Rulebook {
        let mut rules = Rulebook::shipped().unwrap();
        for workflow in &mut rules.workflows {
            let known = workflow.clone();
            let live = where_answers_matter(&known);
            let silent = where_the_asked_are_silent(&known, &live);
            let awaits = |status: &Status| {
                known
                    .state(status)
                    .is_some_and(|state| state.awaits.is_some())
            };
            let Some(heard) = live.iter().find(|status| !awaits(status)) else {
                continue;
            };
            let is_silent = |status: &Status| awaits(status) && silent.contains(&status);
            for arm in workflow
                .actions
                .iter_mut()
                .flat_map(|action| &mut action.arms)
            {
                if arm.from.iter().flatten().any(is_silent) {
                    change(arm, heard);
                }
            }
        }
        rules
    }

    /// Where what was asked may be taken back, old answers count again: they are not forgotten meanwhile.
    #[test]
    fn who_is_dismissed_without_an_answer_is_heard_again() {
        let taken_back = leaving(|arm, heard| {
            let cleared = arm.effects.len();
            arm.effects
                .retain(|line| line.effect != Effect::ClearOutcomes);
            if arm.effects.len() < cleared {
                arm.to = Some(heard.clone());
            }
        });
        assert!(silent(&taken_back).is_empty());
    }

    /// Where something asks what was answered while people are asked anew, their old answers are not forgotten.
    #[test]
    fn who_is_asked_about_is_not_silent() {
        let asked_about = leaving(|arm, _| {
            arm.conditions.push(Condition {
                guard: Guard::OutcomesCurrent,
                wanted: true,
                otherwise: None,
                origin: arm.origin,
            });
        });
        assert!(silent(&asked_about).is_empty());
    }
}
