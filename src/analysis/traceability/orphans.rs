//! What is named and is not there: requirements that the specification does not have, tests that nobody declares.

use std::collections::BTreeSet;

use super::evidence::{Evidence, last_segment, without_file};
use super::markers::Marker;
use super::matrix::{Orphan, OrphanKind, Sources};
use super::requirements::{Requirement, Specification};
use super::results::Results;

/// What is known to be there.
struct Known<'s> {
    requirements: BTreeSet<&'s str>,
    removed: BTreeSet<&'s str>,
    declared: &'s BTreeSet<String>,
    /// The last segments of what is declared.
    endings: BTreeSet<&'s str>,
    results: Option<&'s Results>,
}

/// Returns what the matrix document and the markers name that is not there, in their order.
pub(super) fn orphans(
    specification: &Specification,
    evidence: &[Evidence],
    sources: &Sources<'_>,
) -> Vec<Orphan> {
    let known = Known::of(specification, sources);
    let mut found: Vec<Orphan> = Vec::new();
    for row in evidence {
        let place = format!("matrix:{}", row.line);
        let first = row.tests.first().map(String::as_str);
        found.extend(known.requirement(&row.requirement, first, &place));
        let tests: BTreeSet<&String> = row.tests.iter().collect();
        let tests = tests.into_iter();
        found.extend(tests.filter_map(|test| known.test(&row.requirement, test, &place)));
    }
    found.extend(sources.markers.iter().filter_map(|it| known.marker(it)));
    found
}

impl<'s> Known<'s> {
    fn of(specification: &'s Specification, sources: &Sources<'s>) -> Self {
        let ids = |requirements: &'s [Requirement]| {
            let ids = requirements.iter().map(|it| it.id.as_str());
            ids.collect::<BTreeSet<&'s str>>()
        };
        let declared = sources.declared;
        Self {
            requirements: ids(&specification.requirements),
            removed: ids(&specification.removed),
            declared,
            endings: declared.iter().map(|name| last_segment(name)).collect(),
            results: sources.results,
        }
    }

    /// Returns what is wrong with naming a requirement.
    fn requirement(&self, id: &str, test: Option<&str>, place: &str) -> Option<Orphan> {
        let (kind, message) = if self.requirements.contains(id) {
            return None;
        } else if self.removed.contains(id) {
            let message = format!("the specification has removed `{id}`");
            (OrphanKind::RemovedRequirement, message)
        } else {
            let message = format!("the specification has no requirement `{id}`");
            (OrphanKind::UnknownRequirement, message)
        };
        Some(Orphan {
            kind,
            id: id.to_owned(),
            test: test.map(str::to_owned),
            place: place.to_owned(),
            message,
        })
    }

    /// Returns what is wrong with naming a test in the matrix document.
    fn test(&self, id: &str, test: &str, place: &str) -> Option<Orphan> {
        let has_sources = !self.declared.is_empty() || self.results.is_some();
        let name = without_file(test);
        let is_declared = self.declared.contains(name) || self.endings.contains(last_segment(name));
        let was_run = || {
            self.results
                .is_some_and(|results| results.of(name).is_some())
        };
        if !has_sources || is_declared || was_run() {
            return None;
        }
        Some(Orphan {
            kind: OrphanKind::UnknownTest,
            id: id.to_owned(),
            test: Some(test.to_owned()),
            place: place.to_owned(),
            message: format!("neither the sources nor the results have a test `{test}`"),
        })
    }

    fn marker(&self, marker: &Marker) -> Option<Orphan> {
        let place = format!("{}:{}", marker.file, marker.line);
        let id = marker.requirement.as_str();
        let unknown = self.requirement(id, marker.test.as_deref(), &place);
        if unknown.is_some() || marker.test.is_some() {
            return unknown;
        }
        Some(Orphan {
            kind: OrphanKind::MarkerWithoutTest,
            id: id.to_owned(),
            test: None,
            place,
            message: format!("a marker names `{id}`, and no test stands near it"),
        })
    }
}
