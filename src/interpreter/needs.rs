//! What a decision needs to know: the facts that the rules ask for, and no more.

use std::collections::BTreeSet;

use super::snapshot::Standing;
use crate::definitions::vocabulary::{Condition, Effect, Evidence, Fact, Guard};
use crate::definitions::workflow::{Action, Arm, Occasion};
use crate::definitions::{Rulebook, Workflow};
use crate::model::{ActionName, DoctypeName, Place, Status};

/// A fact that is not in the record itself.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Need {
    /// Which documents name this one as their parent.
    Children,
    /// How its open children of this type stand.
    StandingOfChildren(DoctypeName),
    /// The text at a place.
    Text(Place),
    /// Who wrote its text, and whose answers are about an earlier one.
    Authorship,
    /// The digest of its trail.
    TrailDigest,
    /// What governance of code finds.
    Evidence(Evidence),
}

/// Returns what must be known to decide on actions. What cannot be reached from how the document stands
/// needs nothing.
#[must_use]
pub fn needs_of<'n>(
    rules: &Rulebook,
    standing: &Standing,
    actions: impl Iterator<Item = &'n ActionName>,
) -> BTreeSet<Need> {
    let mut needs = BTreeSet::new();
    let life = rules
        .doctype(&standing.doctype)
        .and_then(|doctype| rules.life_of(doctype));
    let Some(workflow) = life else { return needs };
    for name in actions {
        let Some(action) = workflow.action(name) else {
            continue;
        };
        if is_within_reach(action, workflow, standing) {
            let done = workflow.with_firsts(action);
            for action in &done {
                collect(rules, workflow, action, standing, &mut needs);
            }
            collect_what_follows(workflow, standing, &done, &mut needs);
        }
    }
    needs
}

/// Tells whether an action could be done from here at all, by what the record alone says.
fn is_within_reach(action: &Action, workflow: &Workflow, standing: &Standing) -> bool {
    let status = &standing.document.status;
    let begins = action.begins_in(status, workflow);
    let excluded = action.requires.iter().any(|condition| {
        let version = standing.document.version;
        let holds = if let Guard::VersionAtLeast(bound) = &condition.guard {
            version >= *bound
        } else if let Guard::VersionBelow(bound) = &condition.guard {
            version < *bound
        } else {
            return false;
        };
        holds != condition.wanted
    });
    // What is done first may lead to where this begins, at another version.
    (begins && !excluded) || !action.firsts.is_empty()
}

/// Adds what automatic arms and invariants look at, as far as what is done can lead to them.
fn collect_what_follows(
    workflow: &Workflow,
    standing: &Standing,
    done: &[&Action],
    needs: &mut BTreeSet<Need>,
) {
    let reached = reached(workflow, &standing.document.status, done);
    let begins = |arm: &&Arm| reached.iter().any(|status| arm.begins_in(status, workflow));
    for arm in workflow.automatic.iter().filter(begins) {
        needs.extend(arm.conditions.iter().filter_map(need_of));
        let lines = arm.effects.iter();
        needs.extend(lines.filter_map(|line| need_of_line(workflow, &line.effect)));
    }
    let concerns = |occasion: &Occasion| match occasion {
        Occasion::In(states) | Occasion::Entering(states) => {
            states.iter().any(|status| reached.contains(&status))
        }
        Occasion::Doing(verbs) => done.iter().any(|action| verbs.contains(&action.name.verb)),
    };
    for invariant in &workflow.invariants {
        if invariant.occasions.iter().any(concerns) {
            needs.extend(invariant.holds.iter().filter_map(need_of));
        }
    }
}

/// Returns the states that a document may pass through, or come to rest in, while actions are done.
fn reached<'w>(workflow: &'w Workflow, status: &'w Status, done: &[&'w Action]) -> Vec<&'w Status> {
    let arms = done.iter().flat_map(|action| &action.arms);
    let arms: Vec<&Arm> = arms.chain(&workflow.automatic).collect();
    let mut reached = vec![status];
    let mut next = 0;
    while let Some(status) = reached.get(next).copied() {
        next += 1;
        let leading = arms.iter().filter(|arm| arm.begins_in(status, workflow));
        for to in leading.filter_map(|arm| arm.to.as_ref()) {
            if !reached.contains(&to) {
                reached.push(to);
            }
        }
    }
    reached
}

fn need_of_line(workflow: &Workflow, effect: &Effect) -> Option<Need> {
    if let Effect::Repair(place) = effect {
        return Some(Need::Text(*place));
    }
    let records = &workflow.event(effect.logs()?)?.records;
    let digest = records.iter().any(|(_, fact)| *fact == Fact::TrailDigest);
    digest.then_some(Need::TrailDigest)
}

fn collect(
    rules: &Rulebook,
    workflow: &Workflow,
    action: &Action,
    standing: &Standing,
    needs: &mut BTreeSet<Need>,
) {
    let arms = action.arms.iter().flat_map(|arm| &arm.conditions);
    for condition in action.requires.iter().chain(arms) {
        needs.extend(need_of(condition));
    }
    for line in action.lines() {
        needs.extend(need_of_line(workflow, &line.effect));
    }
    let verb = &action.name.verb;
    for doctype in &rules.doctypes {
        let concerned = doctype.reactions.iter().any(|rule| rule.verb == *verb)
            || doctype.blocks.iter().any(|rule| rule.verb == *verb);
        let is_child = doctype.child_of.as_ref().is_some_and(|rule| {
            rule.parents
                .iter()
                .any(|(name, _)| *name == standing.doctype)
        });
        if concerned && is_child {
            needs.insert(Need::StandingOfChildren(doctype.name.clone()));
        }
    }
}

fn need_of(condition: &Condition) -> Option<Need> {
    match &condition.guard {
        Guard::Childless => Some(Need::Children),
        Guard::Flawed(place) => Some(Need::Text(*place)),
        Guard::Author | Guard::OutcomesCurrent => Some(Need::Authorship),
        Guard::Shown(evidence) => Some(Need::Evidence(evidence.clone())),
        Guard::In(_)
        | Guard::Owner
        | Guard::Group(_)
        | Guard::CheckedOut(_)
        | Guard::AllAnswered
        | Guard::Unanimous(_)
        | Guard::OutcomeFrom(_)
        | Guard::VersionAtLeast(_)
        | Guard::VersionBelow(_)
        | Guard::Phase(_)
        | Guard::Mark(_)
        | Guard::Given(_)
        | Guard::UnaskedNamed
        | Guard::Parent(_) => None,
    }
}
