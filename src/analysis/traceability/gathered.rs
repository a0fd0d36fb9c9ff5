//! What is gathered of the tests of one requirement, each once, from the matrix document and from markers.

use std::collections::{BTreeMap, BTreeSet};

use super::evidence::{is_same, last_segment, without_file};
use super::matrix::{NamedBy, Test};
use super::results::Results;

/// The tests of a requirement.
#[derive(Default)]
pub(super) struct Gathered {
    /// By the last segment of their names: two names of one test have it in common.
    tests: BTreeMap<String, Vec<Found>>,
    otherwise: BTreeSet<String>,
}

struct Found {
    name: String,
    files: BTreeSet<String>,
    named_by: NamedBy,
}

impl Gathered {
    /// Takes up a test that the matrix document names.
    pub(super) fn name(&mut self, name: &str) {
        let alike = self.alike(name);
        if !alike.iter().any(|test| is_same(&test.name, name)) {
            alike.push(Found {
                name: name.to_owned(),
                files: BTreeSet::new(),
                named_by: NamedBy::Matrix,
            });
        }
    }

    /// Takes up a test that a marker stands at.
    pub(super) fn mark(&mut self, name: &str, file: &str) {
        let alike = self.alike(name);
        let mut is_known = false;
        for test in alike.iter_mut().filter(|test| is_same(&test.name, name)) {
            is_known = true;
            test.files.insert(file.to_owned());
            test.named_by = match test.named_by {
                NamedBy::Matrix | NamedBy::Both => NamedBy::Both,
                NamedBy::Marker => NamedBy::Marker,
            };
        }
        if !is_known {
            alike.push(Found {
                name: name.to_owned(),
                files: BTreeSet::from([file.to_owned()]),
                named_by: NamedBy::Marker,
            });
        }
    }

    /// Takes up how else the requirement is verified.
    pub(super) fn otherwise(&mut self, words: &str) {
        self.otherwise.insert(words.to_owned());
    }

    fn alike(&mut self, name: &str) -> &mut Vec<Found> {
        let ending = last_segment(name).to_owned();
        self.tests.entry(ending).or_default()
    }

    /// Returns the tests by name, with how they ended.
    pub(super) fn into_tests(self, results: Option<&Results>) -> Vec<Test> {
        let found = self.tests.into_values().flatten().map(|found| Test {
            verdict: results.and_then(|results| results.of(without_file(&found.name))),
            name: found.name,
            files: found.files.into_iter().collect(),
            named_by: found.named_by,
            is_inspection: false,
        });
        let otherwise = self.otherwise.into_iter().map(|words| Test {
            name: words,
            files: Vec::new(),
            named_by: NamedBy::Matrix,
            verdict: None,
            is_inspection: true,
        });
        let mut tests: Vec<Test> = found.chain(otherwise).collect();
        tests.sort_by(|one, other| one.name.cmp(&other.name));
        tests
    }
}
