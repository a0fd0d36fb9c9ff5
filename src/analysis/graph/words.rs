//! The rules of a transition in a few words: what must hold, who may do it.

use crate::definitions::permission::Permit;
use crate::definitions::vocabulary::{Condition, Evidence, Guard, Holder};
use crate::definitions::workflow::First;
use crate::model::Group;

use super::Actors;

/// Says what a condition demands, in a few words.
pub(in crate::analysis) fn condition(condition: &Condition) -> String {
    let is = |yes: &str, no: &str| if condition.wanted { yes } else { no }.to_owned();
    let not = if condition.wanted { "" } else { "not " };
    match &condition.guard {
        Guard::In(states) => format!("{not}in {}", either(states)),
        Guard::Owner => is("by the owner", "not by the owner"),
        Guard::Author => is("by an author", "not by an author"),
        Guard::OutcomesCurrent => is(
            "every outcome is about the present text",
            "an outcome is about an earlier text",
        ),
        Guard::Group(groups) => format!("{not}by somebody in {}", either(groups)),
        Guard::CheckedOut(Holder::Anyone) => format!("{not}checked out"),
        Guard::CheckedOut(Holder::Actor) => format!("{not}checked out by the actor"),
        Guard::AllAnswered => is("nobody is still awaited", "somebody is still awaited"),
        Guard::Unanimous(outcome) if condition.wanted => format!("every outcome is {outcome}"),
        Guard::Unanimous(outcome) => format!("not every outcome is {outcome}"),
        Guard::OutcomeFrom(group) if condition.wanted => format!("an outcome from {group}"),
        Guard::OutcomeFrom(group) => format!("no outcome from {group}"),
        Guard::VersionAtLeast(version) => format!("version {not}at least {version}"),
        Guard::VersionBelow(version) => format!("version {not}below {version}"),
        Guard::Phase(phase) => format!("{not}in phase {phase}"),
        Guard::Mark(mark) => format!("{not}marked {mark}"),
        Guard::Given(names) => format!("{} {not}given", every(names)),
        Guard::Childless => is("no children", "has children"),
        Guard::UnaskedNamed => is(
            "somebody named is not asked yet",
            "everybody named is asked already",
        ),
        Guard::Flawed(place) => format!("the {} text is {not}flawed", place.word()),
        Guard::Parent(states) => format!("parent {not}in {}", either(states)),
        Guard::Shown(evidence) => shown(evidence, condition.wanted),
    }
}

pub(super) fn shown(evidence: &Evidence, wanted: bool) -> String {
    let is = |yes: &str, no: &str| if wanted { yes } else { no }.to_owned();
    let not = if wanted { "" } else { "not " };
    match evidence {
        Evidence::ReferencesResolve => is(
            "every reference to code resolves",
            "a reference to code does not resolve",
        ),
        Evidence::InTest => format!("{not}in a test environment"),
        Evidence::Documents(types, state) => format!("{not}{} in {state}", every(types)),
        Evidence::Authorised(name) => format!("{name} {not}authorises changes now"),
        Evidence::Passed(name) => is(
            &format!("{name}: none failed"),
            &format!("{name}: some failed"),
        ),
        Evidence::Merged => is("on the branch in use", "not on the branch in use"),
        Evidence::Identical => is(
            "in use is what was tested",
            "in use is something else than what was tested",
        ),
    }
}

/// Says what is done before an action, and when.
pub(in crate::analysis) fn first(first: &First) -> String {
    let conditions: Vec<_> = first.conditions.iter().map(condition).collect();
    if conditions.is_empty() {
        return first.action.to_string();
    }
    format!("{}, if {}", first.action, conditions.join(" and "))
}

/// Returns who a permit lets; nobody where there is none.
pub(in crate::analysis) fn actors(permit: Option<&Permit>) -> Actors {
    let Some(permit) = permit else {
        return Actors {
            groups: Some(Vec::new()),
            only: Vec::new(),
            except: Vec::new(),
        };
    };
    let groups = permit.to.as_ref().map(|to| {
        let groups = to.iter().map(|(group, _)| group.clone());
        groups.collect()
    });
    Actors {
        groups,
        only: permit.only.iter().map(|only| only.as_str()).collect(),
        except: permit.except_owner.then_some("owner").into_iter().collect(),
    }
}

impl Actors {
    /// Says who may, in a few words.
    #[must_use]
    pub fn text(&self) -> String {
        let groups = match self.groups.as_deref() {
            None => "everyone".to_owned(),
            Some([]) => "nobody".to_owned(),
            Some(groups) => {
                let names: Vec<_> = groups.iter().map(Group::as_str).collect();
                names.join(", ")
            }
        };
        let mut besides = Vec::new();
        if !self.only.is_empty() {
            besides.push(format!("only {}", self.only.join(" and ")));
        }
        if !self.except.is_empty() {
            besides.push(format!("not the {}", self.except.join(" and ")));
        }
        if besides.is_empty() {
            groups
        } else {
            format!("{groups} ({})", besides.join(", "))
        }
    }
}

/// Joins names of which one will do.
pub(super) fn either<T: AsRef<str>>(names: &[T]) -> String {
    joined(names, " or ")
}

/// Joins names of which each is meant.
pub(in crate::analysis) fn every<T: AsRef<str>>(names: &[T]) -> String {
    joined(names, " and ")
}

fn joined<T: AsRef<str>>(names: &[T], last: &str) -> String {
    let names: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
    match names.split_last() {
        Some((end, rest)) if !rest.is_empty() => format!("{}{last}{end}", rest.join(", ")),
        _ => names.concat(),
    }
}
