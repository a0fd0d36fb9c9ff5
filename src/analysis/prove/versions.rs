//! Which versions the rules can tell apart: their order, and on which side of a bound they lie.
//!
//! A version that begins is higher than any before it, so how high the present ones are does not matter
//! otherwise. Each is replaced by the lowest that stands in the same order to the rest and to the bounds.

use std::collections::BTreeMap;

use super::ghost::Ghost;
use crate::definitions::Workflow;
use crate::definitions::vocabulary::Guard;
use crate::interpreter::Standing;
use crate::model::Version;

/// The highest numbers that a guard of a workflow, or one of its births, names.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    major: u32,
    minor: u32,
}

impl Bounds {
    /// Returns the bounds that a workflow names.
    pub(super) fn of(workflow: &Workflow) -> Self {
        let mut bounds = Self { major: 1, minor: 1 };
        for condition in workflow.conditions() {
            if let Guard::VersionAtLeast(version) | Guard::VersionBelow(version) = &condition.guard
            {
                // Below a bound such as 1.1 lies 1.0, and above it 2.0: they cannot stand for each other.
                let first_above = version.major + u32::from(version.minor > 0);
                bounds.major = bounds.major.max(first_above);
                bounds.minor = bounds.minor.max(version.minor);
            }
        }
        bounds
    }

    /// Replaces every version of a situation by the lowest that nothing could tell from it.
    pub(super) fn lower(self, standing: &mut Standing, ghost: &mut Ghost) {
        let mut present: Vec<Version> = Vec::new();
        each(standing, ghost, |version| present.push(*version));
        let stands_for_itself =
            |version: &Version| version.major <= self.major && version.minor <= self.minor;
        if present.iter().all(stands_for_itself) {
            return;
        }
        present.sort();
        present.dedup();
        if present.last() != Some(&standing.document.version) {
            // A version that is not the highest could be reached again.
            return;
        }
        let lowered = self.lowered(&present);
        each(standing, ghost, |version| {
            if let Some(low) = lowered.get(version) {
                *version = *low;
            }
        });
    }

    fn lowered(self, present: &[Version]) -> BTreeMap<Version, Version> {
        let mut lowered = BTreeMap::new();
        let mut above: Option<(Version, Version)> = None;
        for version in present {
            let (major, minor) = match above {
                Some((from, to)) if from.major == version.major => {
                    (to.major, next(Some(to.minor), version.minor, self.minor))
                }
                Some((_, to)) => (
                    next(Some(to.major), version.major, self.major),
                    next(None, version.minor, self.minor),
                ),
                None => (
                    next(None, version.major, self.major),
                    next(None, version.minor, self.minor),
                ),
            };
            let low = Version { major, minor };
            lowered.insert(*version, low);
            above = Some((*version, low));
        }
        lowered
    }
}

/// Returns the lowest number that stands for this one, above the one before: up to the bound every number
/// stands for itself.
fn next(before: Option<u32>, number: u32, bound: u32) -> u32 {
    if number <= bound {
        return number;
    }
    bound.max(before.map_or(0, |before| before.saturating_add(1)))
}

/// Visits every version of a situation.
fn each(standing: &mut Standing, ghost: &mut Ghost, mut visit: impl FnMut(&mut Version)) {
    visit(&mut standing.document.version);
    let holdings = &mut standing.holdings;
    let held = [
        &mut standing.document.effective_version,
        &mut holdings.workspace,
        &mut holdings.draft,
        &mut holdings.issued,
        &mut ghost.last,
    ];
    held.into_iter().flatten().for_each(&mut visit);
    let kept = ghost.archive.iter_mut().chain(&mut ghost.approved);
    kept.for_each(|(version, _)| visit(version));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::{Rulebook, shipped};

    /// A version above a bound with a minor part does not come to lie below it.
    #[test]
    fn lowering_does_not_cross_a_bound_with_a_minor_part() {
        let bound = |text: &str| {
            let files = shipped::files("workflows").map(|mut file| {
                file.text = file.text.replace("version below=\"1.0\"", text).into();
                file
            });
            let (rules, _) = Rulebook::examine("bounded", files.collect());
            Bounds::of(&rules.workflows[0])
        };
        let lowered = |bounds: Bounds, text: &str| {
            let version: Version = text.parse().unwrap();
            bounds.lowered(&[version])[&version].to_string()
        };
        assert_eq!(lowered(bound("version below=\"1.0\""), "2.0"), "1.0");
        assert_eq!(lowered(bound("version below=\"1.1\""), "2.0"), "2.0");
        assert_eq!(lowered(bound("version below=\"1.1\""), "5.0"), "2.0");
    }

    /// What is lowered keeps its order, and stays on its side of the bound.
    #[test]
    fn lowering_keeps_the_order() {
        let bounds = Bounds { major: 1, minor: 1 };
        let lowered = |texts: &[&str]| {
            let present: Vec<Version> = texts.iter().map(|text| text.parse().unwrap()).collect();
            let lowered = bounds.lowered(&present);
            let low = present.iter().map(|version| lowered[version].to_string());
            low.collect::<Vec<_>>()
        };
        assert_eq!(lowered(&["0.1"]), ["0.1"]);
        assert_eq!(lowered(&["0.7"]), ["0.1"]);
        assert_eq!(lowered(&["0.7", "0.8"]), ["0.1", "0.2"]);
        assert_eq!(lowered(&["0.1", "0.8"]), ["0.1", "0.2"]);
        assert_eq!(lowered(&["3.0"]), ["1.0"]);
        assert_eq!(lowered(&["3.0", "3.6"]), ["1.0", "1.1"]);
        assert_eq!(lowered(&["0.4", "3.0", "5.2"]), ["0.1", "1.0", "2.1"]);
        assert_eq!(lowered(&["1.0", "2.0"]), ["1.0", "2.0"]);
    }
}
