//! Conditions side by side: no arm hides another, and none can never be taken.
//!
//! A guard holds or does not; every way in which the guards of some arms can hold together is tried.

use std::cell::Cell;

use super::place;
use super::walk::{self, Doer};
use crate::definitions::codes;
use crate::definitions::report::Finding;
use crate::definitions::rulebook::Rulebook;
use crate::definitions::source::Origin;
use crate::definitions::vocabulary::{Condition, Guard, Holder};
use crate::definitions::workflow::{Arm, State, Workflow};

/// As many guards are looked at together; each more doubles the time.
const MOST: usize = 8;

/// As many cases are tried in a workflow; after that nothing more is known.
const CASES: usize = 100_000;

/// Looks at a workflow.
pub(super) fn check(rules: &Rulebook, workflow: &Workflow, findings: &mut Vec<Finding>) {
    let left = &Cell::new(CASES);
    for (doer, body) in walk::bodies(workflow) {
        let states: Vec<&State> = body
            .arms
            .iter()
            .flat_map(|arm| walk::begins(workflow, arm))
            .collect();
        contradiction(doer, &body.requires, &states, left, findings);
        for first in &body.firsts {
            contradiction(doer, &first.conditions, &[], left, findings);
        }
        arms((rules, workflow), doer, &body.arms, left, findings);
    }
    let automatic = &workflow.automatic;
    arms(
        (rules, workflow),
        Doer::Automatic,
        automatic,
        left,
        findings,
    );
    for invariant in &workflow.invariants {
        let doer = Doer::Invariant(invariant);
        contradiction(doer, &invariant.holds, &[], left, findings);
    }
}

fn arms(
    (rules, workflow): (&Rulebook, &Workflow),
    doer: Doer<'_>,
    arms: &[Arm],
    left: &Cell<usize>,
    findings: &mut Vec<Finding>,
) {
    for (index, later) in arms.iter().enumerate() {
        let begins: Vec<&State> = walk::begins(workflow, later).collect();
        if contradiction(doer, &later.conditions, &begins, left, findings) {
            continue;
        }
        let earlier: Vec<&Arm> = arms.iter().take(index).collect();
        let mut covered: Vec<(&State, Vec<&Arm>)> = begins
            .iter()
            .filter_map(|state| Some((*state, hiding(workflow, state, &earlier, later, left)?)))
            .collect();
        if later.from.is_none() {
            // `any` after the arms of some states is for the rest.
            covered.truncate(usize::from(covered.len() == begins.len()));
        }
        for (state, hiding) in covered {
            findings.push(hides(rules, doer, state, &hiding, later));
        }
    }
}

fn hides(
    rules: &Rulebook,
    doer: Doer<'_>,
    state: &State,
    earlier: &[&Arm],
    later: &Arm,
) -> Finding {
    let name = &state.name;
    let places: Vec<String> = earlier
        .iter()
        .map(|arm| rules.sources.place(arm.origin))
        .collect();
    let (message, help) = match places.as_slice() {
        [only] => (
            "an earlier one always fits",
            format!("the earlier one is at {only}; put this before it, or give that an `if`"),
        ),
        several => (
            "one of the earlier ones always fits",
            format!(
                "the earlier ones are at {}; put this before them, or take it away",
                several.join(", ")
            ),
        ),
    };
    Finding::new(
        codes::HIDDEN_ARM,
        place::of_word(rules, later.origin, name.as_str()),
        format!("{doer} never goes this way from `{name}`: {message}"),
    )
    .label("hidden")
    .help(help)
}

/// Complains where conditions hold together in none of some states, and tells whether it did.
fn contradiction(
    doer: Doer<'_>,
    conditions: &[Condition],
    states: &[&State],
    left: &Cell<usize>,
    findings: &mut Vec<Finding>,
) -> bool {
    let holds = |count: usize| {
        let Some(some) = conditions.get(..count) else {
            return true;
        };
        let holds_in = |state| {
            let guards = guards(some.iter(), state);
            let mut cases = Case::all(&guards, left);
            cases.any(|case| case.holds(some, state)) || guards.len() > MOST || left.get() == 0
        };
        let mut states = states.iter();
        if states.len() == 0 {
            holds_in(None)
        } else {
            states.any(|state| holds_in(Some(*state)))
        }
    };
    let Some(count) = (1..=conditions.len()).find(|count| !holds(*count)) else {
        return false;
    };
    let origin = conditions
        .get(count - 1)
        .map_or_else(Origin::default, |last| last.origin);
    findings.push(
        Finding::new(
            codes::CONTRADICTION,
            origin,
            format!("{doer} asks for what can never be so"),
        )
        .label(if count == 1 {
            "does not hold in any state this begins in"
        } else {
            "does not hold together with what is asked before"
        }),
    );
    true
}

/// Returns those of the earlier arms of which one fits in a state whenever a later one does, if that is so.
fn hiding<'w>(
    workflow: &Workflow,
    state: &State,
    earlier: &[&'w Arm],
    later: &Arm,
    left: &Cell<usize>,
) -> Option<Vec<&'w Arm>> {
    let earlier: Vec<&Arm> = earlier
        .iter()
        .copied()
        .filter(|arm| arm.begins_in(&state.name, workflow))
        .collect();
    let alone = earlier
        .iter()
        .find(|arm| covering(&[arm], later, state, left).is_some());
    match alone {
        Some(arm) => Some(vec![arm]),
        None => covering(&earlier, later, state, left),
    }
}

/// Returns those of some arms that fit in a state where another does, if one of them always does.
fn covering<'w>(
    arms: &[&'w Arm],
    later: &Arm,
    state: &State,
    left: &Cell<usize>,
) -> Option<Vec<&'w Arm>> {
    let conditions = arms.iter().flat_map(|arm| &arm.conditions);
    let guards = guards(conditions.chain(&later.conditions), Some(state));
    let mut cases = Case::all(&guards, left)
        .filter(|case| case.holds(&later.conditions, Some(state)))
        .peekable();
    // Of too many guards nothing is known.
    cases.peek()?;
    let mut fitting: Vec<&Arm> = Vec::new();
    for case in cases {
        let mut arms = arms.iter();
        let arm = arms.find(|arm| case.holds(&arm.conditions, Some(state)))?;
        if !fitting.iter().any(|known| std::ptr::eq(*known, *arm)) {
            fitting.push(arm);
        }
    }
    if left.get() == 0 {
        return None;
    }
    fitting.sort_by_key(|arm| arm.origin.span.offset);
    Some(fitting)
}

/// Returns what some conditions ask for in a state, each guard once.
fn guards<'c>(
    conditions: impl Iterator<Item = &'c Condition>,
    state: Option<&State>,
) -> Vec<&'c Guard> {
    let mut guards: Vec<&Guard> = Vec::new();
    for condition in conditions {
        let guard = &condition.guard;
        let is_known = state.is_some() && matches!(guard, Guard::In(_));
        if !is_known && !guards.contains(&guard) {
            guards.push(guard);
        }
    }
    guards
}

/// One way in which guards can hold together.
struct Case<'g> {
    guards: &'g [&'g Guard],
    holding: usize,
}

impl<'g> Case<'g> {
    /// Returns every way, and none where there are too many.
    fn all(guards: &'g [&'g Guard], left: &Cell<usize>) -> impl Iterator<Item = Self> {
        let count = if guards.len() > MOST {
            0
        } else {
            1_usize << guards.len()
        };
        (0..count)
            .take_while(|_| {
                left.set(left.get().saturating_sub(1));
                left.get() > 0
            })
            .map(move |holding| Self { guards, holding })
            .filter(Self::can_be)
    }

    fn holding(&self) -> impl Iterator<Item = &'g Guard> {
        let guards = self.guards.iter().enumerate();
        guards.filter_map(|(index, guard)| (self.holding >> index & 1 == 1).then_some(*guard))
    }

    /// Tells whether the guards do not contradict one another by what they mean.
    fn can_be(&self) -> bool {
        let phases = self
            .holding()
            .filter(|guard| matches!(guard, Guard::Phase(_)));
        if phases.count() > 1 {
            return false;
        }
        let is_held = |wanted: Guard| self.holding().any(|guard| *guard == wanted);
        self.guards.iter().all(|guard| match guard {
            Guard::VersionAtLeast(version) => {
                let below = Guard::VersionBelow(*version);
                !self.guards.contains(&&below)
                    || is_held(Guard::VersionAtLeast(*version)) != is_held(below)
            }
            Guard::CheckedOut(Holder::Actor) => {
                let anyone = Guard::CheckedOut(Holder::Anyone);
                !is_held(Guard::CheckedOut(Holder::Actor))
                    || !self.guards.contains(&&anyone)
                    || is_held(anyone)
            }
            Guard::In(_)
            | Guard::Owner
            | Guard::Author
            | Guard::Group(_)
            | Guard::CheckedOut(Holder::Anyone)
            | Guard::AllAnswered
            | Guard::Unanimous(_)
            | Guard::OutcomeFrom(_)
            | Guard::OutcomesCurrent
            | Guard::VersionBelow(_)
            | Guard::Phase(_)
            | Guard::Mark(_)
            | Guard::Given(_)
            | Guard::Childless
            | Guard::UnaskedNamed
            | Guard::Flawed(_)
            | Guard::Parent(_)
            | Guard::Shown(_) => true,
        })
    }

    /// Tells whether conditions hold in a state.
    fn holds(&self, conditions: &[Condition], state: Option<&State>) -> bool {
        conditions.iter().all(|condition| {
            let holds = match (&condition.guard, state) {
                (Guard::In(states), Some(state)) => states.contains(&state.name),
                (guard, _) => self.holding().any(|held| held == guard),
            };
            holds == condition.wanted
        })
    }
}
