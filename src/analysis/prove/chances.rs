//! What is worth trying: where an action begins, what refuses it whatever it is given, what it asks of texts.

use crate::definitions::Workflow;
use crate::definitions::vocabulary::{Condition, Evidence, Guard};
use crate::definitions::workflow::{Action, FlawShape, Invariant, Occasion};
use crate::interpreter::Refusal;
use crate::interpreter::snapshot::{CodeSeen, Shown};
use crate::model::{ActionName, Code, Place, Request, Status};

/// Returns a text with every flaw that a workflow knows.
pub(super) fn text_with_flaws(workflow: &Workflow) -> String {
    let mut front = String::new();
    let mut body = String::new();
    for flaw in &workflow.flaws {
        match &flaw.shape {
            FlawShape::Line(begins, _) => {
                body.push_str(begins);
                body.push_str(" ?\n");
            }
            FlawShape::FrontmatterKey(key) => {
                front.push_str(key);
                front.push_str(": true\n");
            }
        }
    }
    format!("---\n{front}---\n\n{body}")
}

/// Returns what is asked when an action is done: by itself, by its arms, and by what is done before it.
pub(super) fn conditions<'w>(workflow: &'w Workflow, action: &'w Action) -> Vec<&'w Condition> {
    let asked = workflow.with_firsts(action).into_iter().flat_map(|action| {
        let arms = action.arms.iter().flat_map(|arm| &arm.conditions);
        let firsts = action.firsts.iter().flat_map(|first| &first.conditions);
        action.requires.iter().chain(arms).chain(firsts)
    });
    asked.collect()
}

/// Returns what may be asked of somebody who does an action: by it and what is done before it, by what follows by
/// itself, and by what is always true where it is done or leads. At rest nobody acts.
pub(super) fn conditions_around<'w>(
    workflow: &'w Workflow,
    action: &'w Action,
) -> impl Iterator<Item = &'w Condition> {
    let is_met = |occasion: &Occasion| match occasion {
        Occasion::Doing(verbs) => verbs.contains(&action.name.verb),
        Occasion::Entering(_) => true,
        Occasion::In(_) => false,
    };
    let met = move |invariant: &&Invariant| invariant.occasions.iter().any(is_met);
    let held = workflow.invariants.iter().filter(met);
    let alone = workflow.automatic.iter().flat_map(|arm| &arm.conditions);
    let asked = conditions(workflow, action).into_iter().chain(alone);
    asked.chain(held.flat_map(|invariant| &invariant.holds))
}

/// Tells whether an action, or one done before it, begins in a state at all.
pub(super) fn begins(workflow: &Workflow, action: &Action, status: &Status) -> bool {
    let first = |name: &ActionName| workflow.action(name);
    action.begins_in(status, workflow)
        || action
            .firsts
            .iter()
            .filter_map(|inner| first(&inner.action))
            .any(|inner| begins(workflow, inner, status))
}

/// What is refused so is refused whatever is given.
const WHATEVER_IS_GIVEN: &[Code] = &[
    Code::PermissionDenied,
    Code::NotOwner,
    Code::NotAssigned,
    Code::CheckedOut,
    Code::NotCheckedOut,
    Code::TerminalState,
];

/// What may make a difference to an action, beside how the document stands.
#[derive(Clone, Debug)]
pub(super) struct Chances {
    /// Whether the document has children.
    pub(super) children: bool,
    /// Whether the texts at these places have flaws.
    pub(super) flaws: Vec<Place>,
    /// All that governance of code may find.
    pub(super) findings: Vec<CodeSeen>,
    /// Whether what is done before it depends on what it is given: on whom it names, or which outcome.
    given_before: bool,
    /// Whom it names, as its own arms ask.
    names: bool,
}

impl Chances {
    /// Returns what may make a difference to an action: what it asks itself, and what invariants ask of it.
    pub(super) fn of(workflow: &Workflow, action: &Action) -> Self {
        let done = workflow.with_firsts(action);
        let is_done = |occasion: &Occasion| {
            let verbs = match occasion {
                Occasion::Doing(verbs) => verbs.as_slice(),
                Occasion::In(_) | Occasion::Entering(_) => &[],
            };
            done.iter().any(|action| verbs.contains(&action.name.verb))
        };
        let met = |invariant: &&Invariant| invariant.occasions.iter().any(is_done);
        let held: Vec<_> = workflow.invariants.iter().filter(met).collect();
        let asked = conditions(workflow, action).into_iter();
        let asked = asked.chain(held.iter().flat_map(|invariant| &invariant.holds));
        let guards: Vec<_> = asked.map(|condition| &condition.guard).collect();
        let flawed = guards.iter().filter_map(|guard| {
            let Guard::Flawed(place) = guard else {
                return None;
            };
            Some(*place)
        });
        let mut flaws: Vec<Place> = flawed.collect();
        flaws.sort();
        flaws.dedup();
        let entering = workflow.invariants.iter();
        let entering = entering.flat_map(|invariant| &invariant.holds);
        let may_find = entering.map(|condition| &condition.guard);
        let may_find = may_find.chain(guards.iter().copied());
        let evidence = may_find.filter_map(Guard::evidence);
        let mut evidence: Vec<Evidence> = evidence.cloned().collect();
        evidence.sort();
        evidence.dedup();
        let mut before = done.iter().filter(|inner| inner.name != action.name);
        let records_before = before.any(|inner| inner.records_outcome());
        let own = action.arms.iter().flat_map(|arm| &arm.conditions);
        let asks_whom = |condition: &&Condition| condition.guard == Guard::UnaskedNamed;
        let names = own.filter(asks_whom).count();
        let asks_whom = |guard: &&&Guard| **guard == &Guard::UnaskedNamed;
        Self {
            children: children_count(&done, &held),
            flaws,
            findings: findings(&evidence),
            given_before: records_before || guards.iter().filter(asks_whom).count() > names,
            names: names > 0,
        }
    }

    /// Tells whether something that is refused would be refused with other arguments too.
    pub(super) fn are_gone(&self, asked: &Request, refusal: &Refusal) -> bool {
        if self.given_before {
            // What is done first depends on what is given, and the rest on what was done.
            return false;
        }
        let code = refusal.code();
        // Where nobody is named, a gate may be closed for want of somebody to ask.
        let is_gate = code == Code::GateBlocked && !asked.named().is_empty();
        let leads_nowhere = code == Code::InvalidTransition;
        WHATEVER_IS_GIVEN.contains(&code) || (!self.names && (is_gate || leads_nowhere))
    }
}

/// Tells whether it may make a difference that a document has children. What is done only where there are none, and
/// is the same wherever it is done, is not tried where there are some.
fn children_count(done: &[&Action], held: &[&Invariant]) -> bool {
    let asks = |condition: &Condition| condition.guard == Guard::Childless;
    let decides = |action: &&Action| {
        let arms = action.arms.iter().flat_map(|arm| &arm.conditions);
        let firsts = action.firsts.iter().flat_map(|first| &first.conditions);
        let unwanted = action.requires.iter().filter(|condition| !condition.wanted);
        arms.chain(firsts).chain(unwanted).any(asks)
    };
    done.iter().any(decides)
        || held
            .iter()
            .any(|invariant| invariant.holds.iter().any(asks))
}

/// Returns all that governance of code may find, where this is asked of it.
fn findings(asked: &[Evidence]) -> Vec<CodeSeen> {
    let mut all = vec![CodeSeen::default()];
    for evidence in asked {
        let with = all.iter().map(|seen| {
            let mut seen = seen.clone();
            let shown = Shown {
                holds: true,
                why: String::new(),
            };
            seen.evidence.insert(evidence.clone(), shown);
            seen
        });
        let with: Vec<_> = with.collect();
        all.extend(with);
    }
    all
}
