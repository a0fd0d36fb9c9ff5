//! Guards are asked only where what they ask about can be known.

use super::walk::{self, Doer, Seat};
use crate::definitions::codes;
use crate::definitions::report::Finding;
use crate::definitions::rulebook::Rulebook;
use crate::definitions::vocabulary::{Condition, Evidence, Guard};
use crate::definitions::workflow::{Invariant, Occasion, Subject};

/// What to do with a question about who acts where nobody does.
const NOBODY_ACTS: &str =
    "at rest nobody acts: ask about who acts with `doing VERB` or `entering STATE`";

/// Looks at all conditions.
pub(super) fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    for workflow in &rules.workflows {
        for (doer, seat, condition) in walk::conditions(workflow) {
            let help = match workflow.subject {
                Subject::Document => misplaced(doer, seat, &condition.guard),
                Subject::Code => misplaced_about_code(doer, seat, &condition.guard),
            };
            if let Some(help) = help {
                complain(condition, &doer.to_string(), help, findings);
            }
        }
    }
    for doctype in &rules.doctypes {
        let requires = doctype
            .child_of
            .iter()
            .flat_map(|child_of| &child_of.requires);
        for condition in requires.filter(|condition| !matches!(condition.guard, Guard::Parent(_))) {
            complain(
                condition,
                "`child-of`",
                "the child is not born yet: only `parent STATE` can be asked",
                findings,
            );
        }
    }
}

fn complain(condition: &Condition, whose: &str, help: &str, findings: &mut Vec<Finding>) {
    findings.push(
        Finding::new(
            codes::MISPLACED_GUARD,
            condition.origin,
            format!("{whose} asks what cannot be known there"),
        )
        .label("cannot be asked here")
        .help(help),
    );
}

/// Returns where the guard belongs, if it is not here.
fn misplaced(doer: Doer<'_>, seat: Seat, guard: &Guard) -> Option<&'static str> {
    let is_action = matches!(doer, Doer::Action(_));
    match guard {
        Guard::Parent(_) => Some("only `child-of` in a doctype's file asks about the parent"),
        Guard::Given(_) if !is_action || seat != Seat::Require => {
            Some("only an action is given anything, and says so with `require given …`")
        }
        Guard::UnaskedNamed if !is_action => Some("only an action names people"),
        Guard::Group(_) if is_at_rest(doer) => Some(NOBODY_ACTS),
        guard if is_at_rest(doer) && guard.relates_the_actor() => Some(NOBODY_ACTS),
        Guard::Childless | Guard::Flawed(_) if !is_action && !is_only_of_deeds(doer) => Some(
            "children and texts come without the document's doing: an action asks, or an invariant with `doing VERB`",
        ),
        Guard::Shown(Evidence::ReferencesResolve) if is_action || is_only_of_deeds(doer) => None,
        Guard::Shown(Evidence::ReferencesResolve) => Some(
            "a text refers to other code without the document's doing: an action asks, or an invariant with `doing VERB`",
        ),
        Guard::Shown(_) => Some("only a workflow with `subject code` asks about code"),
        Guard::In(_)
        | Guard::Owner
        | Guard::Author
        | Guard::Group(_)
        | Guard::CheckedOut(_)
        | Guard::AllAnswered
        | Guard::Unanimous(_)
        | Guard::OutcomeFrom(_)
        | Guard::OutcomesCurrent
        | Guard::VersionAtLeast(_)
        | Guard::VersionBelow(_)
        | Guard::Phase(_)
        | Guard::Mark(_)
        | Guard::Given(_)
        | Guard::Childless
        | Guard::UnaskedNamed
        | Guard::Flawed(_) => None,
    }
}

/// Returns what is wrong with a guard in a workflow of what is no document.
fn misplaced_about_code(doer: Doer<'_>, seat: Seat, guard: &Guard) -> Option<&'static str> {
    let is_action = matches!(doer, Doer::Action(_));
    match guard {
        Guard::Given(_) if !is_action || seat != Seat::Require => {
            Some("only an action is given anything, and says so with `require given …`")
        }
        Guard::Group(_) if is_at_rest(doer) => Some(NOBODY_ACTS),
        Guard::Shown(Evidence::ReferencesResolve) => Some("code is no text under control"),
        Guard::Shown(_)
            if is_at_rest(doer) || !is_action && !matches!(doer, Doer::Invariant(_)) =>
        {
            Some(
                "code changes without anybody acting here: an action asks, or an invariant with `entering STATE`",
            )
        }
        Guard::In(_)
        | Guard::Group(_)
        | Guard::VersionAtLeast(_)
        | Guard::VersionBelow(_)
        | Guard::Given(_)
        | Guard::Shown(_) => None,
        Guard::Owner
        | Guard::Author
        | Guard::CheckedOut(_)
        | Guard::AllAnswered
        | Guard::Unanimous(_)
        | Guard::OutcomeFrom(_)
        | Guard::OutcomesCurrent
        | Guard::Phase(_)
        | Guard::Mark(_)
        | Guard::Childless
        | Guard::UnaskedNamed
        | Guard::Flawed(_)
        | Guard::Parent(_) => {
            Some("code has no record: nobody owns it or holds it, and nobody is asked")
        }
    }
}

/// Tells whether an invariant is looked at where nobody need act.
fn is_at_rest(doer: Doer<'_>) -> bool {
    has_occasion(doer, |occasion| matches!(occasion, Occasion::In(_)))
}

/// Tells whether an invariant is looked at only when somebody does something.
fn is_only_of_deeds(doer: Doer<'_>) -> bool {
    let is_of_a_deed = |occasion: &Occasion| matches!(occasion, Occasion::Doing(_));
    matches!(doer, Doer::Invariant(_)) && !has_occasion(doer, |occasion| !is_of_a_deed(occasion))
}

fn has_occasion(doer: Doer<'_>, is_so: impl Fn(&Occasion) -> bool) -> bool {
    let Doer::Invariant(Invariant { occasions, .. }) = doer else {
        return false;
    };
    occasions.iter().any(is_so)
}
