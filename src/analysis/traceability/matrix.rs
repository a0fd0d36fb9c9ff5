//! The matrix: each requirement with the tests that verify it, what is missing, and what belongs to nothing.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;

use serde::Serialize;

use super::evidence;
use super::gathered::Gathered;
use super::markers::Marker;
use super::orphans::orphans;
use super::requirements::{self, Requirement};
use super::results::{Results, Verdict};

/// What a matrix is made from.
#[derive(Clone, Copy, Debug)]
pub struct Sources<'s> {
    /// The text of the specification.
    pub specification: &'s str,
    /// The text of the matrix document, where there is one.
    pub matrix: Option<&'s str>,
    /// The markers in the sources of the tests.
    pub markers: &'s [Marker],
    /// Every name of a test that those sources declare.
    pub declared: &'s BTreeSet<String>,
    /// The results of a run, where there is one.
    pub results: Option<&'s Results>,
}

/// Requirements and what verifies them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Matrix {
    /// The requirements, in the order of the specification.
    pub rows: Vec<Row>,
    /// What belongs to no requirement, or to no test.
    pub orphans: Vec<Orphan>,
    /// Rows of the specification whose id another row has already.
    pub twice: Vec<Requirement>,
    /// How many there are of each.
    pub totals: Totals,
}

/// A requirement and what verifies it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Row {
    /// The id of the requirement.
    pub id: String,
    /// What it is about.
    pub title: String,
    /// What verifies it, by name.
    pub tests: Vec<Test>,
    /// What that comes to.
    pub state: State,
}

/// What verifies a requirement: a test, or an inspection.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Test {
    /// Its name, or the words of the matrix document about an inspection.
    pub name: String,
    /// The files that markers name it in.
    pub files: Vec<String>,
    /// Who says that it verifies the requirement.
    pub named_by: NamedBy,
    /// How it ended, where that is known.
    pub verdict: Option<Verdict>,
    /// Whether people look instead of a test.
    pub is_inspection: bool,
}

/// Who says that a test verifies a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum NamedBy {
    /// The matrix document.
    Matrix,
    /// A marker in the source.
    Marker,
    /// Both.
    Both,
}

/// What is known of a requirement.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum State {
    /// A test of it passed, and none failed.
    Verified,
    /// Tests are named; no results say how they ended.
    Named,
    /// A test of it failed.
    Failed,
    /// Tests are named, and the results have none that passed.
    NotRun,
    /// Nothing verifies it.
    Gap,
}

/// What belongs to no requirement, or to no test.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Orphan {
    /// What is missing.
    pub kind: OrphanKind,
    /// The id that is named.
    pub id: String,
    /// The test that is named, if any.
    pub test: Option<String>,
    /// Where: a file and a line.
    pub place: String,
    /// What is wrong, in words.
    pub message: String,
}

/// What an orphan is missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum OrphanKind {
    /// The specification does not have the requirement.
    UnknownRequirement,
    /// The specification had the requirement once.
    RemovedRequirement,
    /// Neither sources nor results have the test that the matrix document names.
    UnknownTest,
    /// No test stands near a marker.
    MarkerWithoutTest,
}

/// How many there are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Totals {
    /// Requirements.
    pub requirements: usize,
    /// Those that are verified.
    pub verified: usize,
    /// Those that tests are named for, without results.
    pub named: usize,
    /// Those of which a test failed.
    pub failed: usize,
    /// Those whose tests were not run.
    pub not_run: usize,
    /// Those that nothing verifies.
    pub gaps: usize,
    /// What belongs to nothing.
    pub orphans: usize,
    /// Different tests that are named.
    pub tests: usize,
}

impl fmt::Display for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Verified => "verified",
            Self::Named => "named",
            Self::Failed => "failed",
            Self::NotRun => "not run",
            Self::Gap => "gap",
        })
    }
}

impl fmt::Display for NamedBy {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Matrix => "matrix",
            Self::Marker => "marker",
            Self::Both => "both",
        })
    }
}

impl Matrix {
    /// Tells whether nothing is missing: no gap, no failure, nothing left out, no orphan, no id twice, and something
    /// is required at all.
    #[must_use]
    pub fn is_whole(&self) -> bool {
        let Totals {
            failed,
            not_run,
            gaps,
            ..
        } = self.totals;
        let is_complete = failed + not_run + gaps == 0 && !self.rows.is_empty();
        is_complete && self.orphans.is_empty() && self.twice.is_empty()
    }
}

/// Makes the matrix.
#[must_use]
pub fn matrix(sources: &Sources<'_>) -> Matrix {
    let specification = requirements::read(sources.specification);
    let evidence = sources.matrix.map(evidence::read).unwrap_or_default();
    let orphans = orphans(&specification, &evidence, sources);

    let mut gathered: BTreeMap<&str, Gathered> = BTreeMap::new();
    for row in &evidence {
        let tests = gathered.entry(&row.requirement).or_default();
        row.tests.iter().for_each(|name| tests.name(name));
        if let Some(words) = &row.otherwise {
            tests.otherwise(words);
        }
    }
    for marker in sources.markers {
        if let Some(test) = &marker.test {
            let tests = gathered.entry(&marker.requirement).or_default();
            tests.mark(test, &marker.file);
        }
    }

    let rows = specification.requirements.into_iter().map(|requirement| {
        let tests = gathered.remove(requirement.id.as_str()).unwrap_or_default();
        let tests = tests.into_tests(sources.results);
        let state = state(&tests, sources.results.is_some());
        Row {
            id: requirement.id,
            title: requirement.title,
            tests,
            state,
        }
    });
    let rows: Vec<Row> = rows.collect();
    let totals = totals(&rows, orphans.len());
    Matrix {
        rows,
        orphans,
        twice: specification.twice,
        totals,
    }
}

fn state(tests: &[Test], has_results: bool) -> State {
    let has = |verdict: Verdict| tests.iter().any(|test| test.verdict == Some(verdict));
    if tests.is_empty() {
        State::Gap
    } else if !has_results {
        State::Named
    } else if has(Verdict::Failed) {
        State::Failed
    } else if has(Verdict::Passed) || tests.iter().any(|test| test.is_inspection) {
        State::Verified
    } else {
        State::NotRun
    }
}

fn totals(rows: &[Row], orphans: usize) -> Totals {
    let count = |state: State| rows.iter().filter(|row| row.state == state).count();
    let tests = rows.iter().flat_map(|row| &row.tests);
    let tests = tests.filter(|test| !test.is_inspection);
    let tests: BTreeSet<&str> = tests.map(|test| test.name.as_str()).collect();
    Totals {
        requirements: rows.len(),
        verified: count(State::Verified),
        named: count(State::Named),
        failed: count(State::Failed),
        not_run: count(State::NotRun),
        gaps: count(State::Gap),
        orphans,
        tests: tests.len(),
    }
}
