//! The matrix that comes of it all.

use std::collections::BTreeSet;

use crate::analysis::traceability::markers::Marker;
use crate::analysis::traceability::matrix::{Matrix, NamedBy, OrphanKind, Sources, State, matrix};
use crate::analysis::traceability::results::{Case, Results, Verdict};

const SPECIFICATION: &str = "| R-1 | One |\n| R-2 | Two |\n# Removed\n| R-9 | Nine |\n";

pub(super) fn marker(requirement: &str, test: Option<&str>, file: &str) -> Marker {
    Marker {
        requirement: requirement.to_owned(),
        test: test.map(str::to_owned),
        file: file.to_owned(),
        line: 7,
    }
}

pub(super) fn results(cases: &[(&str, Verdict)]) -> Results {
    let cases = cases.iter().map(|(name, verdict)| Case {
        suite: "all".to_owned(),
        name: (*name).to_owned(),
        verdict: *verdict,
    });
    Results::from_cases(cases.collect())
}

/// Makes a matrix of [`SPECIFICATION`].
pub(super) fn traced(
    document: Option<&str>,
    markers: &[Marker],
    declared: &[&str],
    results: Option<&Results>,
) -> Matrix {
    let declared: BTreeSet<String> = declared.iter().map(|&name| name.to_owned()).collect();
    matrix(&Sources {
        specification: SPECIFICATION,
        matrix: document,
        markers,
        declared: &declared,
        results,
    })
}

fn states(matrix: &Matrix) -> Vec<State> {
    matrix.rows.iter().map(|row| row.state).collect()
}

/// Returns the names of the tests of the first requirement.
pub(super) fn names(matrix: &Matrix) -> Vec<&str> {
    let tests = matrix.rows[0].tests.iter();
    tests.map(|test| test.name.as_str()).collect()
}

fn orphans(matrix: &Matrix) -> Vec<(OrphanKind, &str, &str)> {
    let found = matrix.orphans.iter();
    found
        .map(|it| (it.kind, it.id.as_str(), it.place.as_str()))
        .collect()
}

#[test]
fn a_state_follows_from_tests_and_results() {
    use Verdict::{Failed, Passed, Skipped};
    let markers = [
        marker("R-1", Some("a"), "x.rs"),
        marker("R-1", Some("b"), "x.rs"),
    ];
    for (cases, state) in [
        (&[("a", Passed), ("b", Passed)][..], State::Verified),
        (&[("a", Passed)], State::Verified),
        (&[("a", Passed), ("b", Failed)], State::Failed),
        (&[("a", Skipped)], State::NotRun),
        (&[("c", Passed)], State::NotRun),
    ] {
        let results = results(cases);
        let made = traced(None, &markers, &[], Some(&results));
        assert_eq!(states(&made), [state, State::Gap], "{cases:?}");
    }
    let made = traced(None, &markers, &[], None);
    assert_eq!(states(&made), [State::Named, State::Gap]);
    assert_eq!((made.totals.requirements, made.totals.named), (2, 1));
    assert_eq!((made.totals.gaps, made.totals.tests), (1, 2));
}

#[test]
fn a_matrix_is_whole_when_nothing_is_missing() {
    let both = [
        marker("R-1", Some("a"), "x.rs"),
        marker("R-2", Some("a"), "x.rs"),
    ];
    assert!(traced(None, &both, &[], None).is_whole());
    assert!(!traced(None, &both[..1], &[], None).is_whole());
    let failed = results(&[("a", Verdict::Failed)]);
    assert!(!traced(None, &both, &[], Some(&failed)).is_whole());
    assert!(!traced(None, &both, &[], Some(&results(&[]))).is_whole());
    let lost = [both.to_vec(), vec![marker("R-3", Some("a"), "x.rs")]].concat();
    assert!(!traced(None, &lost, &[], None).is_whole());
    let declared = BTreeSet::new();
    let twice = matrix(&Sources {
        specification: "| R-1 | One |\n| R-2 | Two |\n| R-1 | One |\n",
        matrix: None,
        markers: &both,
        declared: &declared,
        results: None,
    });
    assert!(!twice.is_whole());
}

#[test]
fn the_matrix_document_names_tests_as_code() {
    for (cells, tests) in [
        ("Short | `a_test` | seen | Pass", &["a_test"][..]),
        (
            "Short | `tests/a.rs::b`, `m::c`, `K.d`, `e()`",
            &["K.d", "e", "m::c", "tests/a.rs::b"],
        ),
        (
            "Short | `\"adds two\"` and `it('adds')`",
            &["adds", "adds two"],
        ),
        ("Short | ``a`` `b`<br>`b`", &["a", "b"]),
        (
            "Short | `src/a.rs`, `a.rs`, `src/bin/tool`, `src/a.rs @ 1234abc`",
            &[],
        ),
        (
            "Short | `R-2`, `123`, `two words`, `--flag`, `{a}`, ` `",
            &[],
        ),
        ("Short | a_test, open ` tick", &[]),
    ] {
        let document = format!("| R-1 | {cells} |");
        assert_eq!(
            names(&traced(Some(&document), &[], &[], None)),
            tests,
            "{cells}"
        );
    }
}

#[test]
fn an_inspection_counts_where_no_test_is_named() {
    let passed = results(&[]);
    for (cell, state) in [
        ("Inspection of the file", State::Verified),
        ("**analysis**: why", State::Verified),
        ("DEMONSTRATION", State::Verified),
        ("seen by somebody", State::Gap),
        ("Inspection by `a`", State::NotRun),
    ] {
        let document = format!("| R-1 | Short | {cell} |");
        let made = traced(Some(&document), &[], &[], Some(&passed));
        assert_eq!(states(&made)[0], state, "{cell}");
    }
    let made = traced(Some("| R-1 | Short | inspection |"), &[], &[], None);
    assert!(made.rows[0].tests[0].is_inspection);
    assert_eq!((made.rows[0].state, made.totals.tests), (State::Named, 0));
}

#[test]
fn names_of_one_test_are_one_test() {
    use NamedBy::{Both, Marker, Matrix};

    let markers = [
        marker("R-1", Some("a"), "y.rs"),
        marker("R-1", Some("a"), "x.rs"),
        marker("R-1", Some("b"), "x.rs"),
        marker("R-1", Some("ba"), "x.rs"),
    ];
    let document = "| R-1 | One | `tests/x.rs::a` `m::c` `n::c` |";
    let made = traced(Some(document), &markers, &[], None);
    assert_eq!(names(&made), ["b", "ba", "m::c", "n::c", "tests/x.rs::a"]);
    let tests = &made.rows[0].tests;
    assert_eq!(tests[4].files, ["x.rs", "y.rs"]);
    let named_by: Vec<_> = tests.iter().map(|test| test.named_by).collect();
    assert_eq!(named_by, [Marker, Marker, Matrix, Matrix, Both]);
}

#[test]
fn a_file_before_a_name_does_not_hide_its_result() {
    let run = results(&[("m::a", Verdict::Passed)]);
    let made = traced(
        Some("| R-1 | One | `tests/x.rs::m::a` |"),
        &[],
        &[],
        Some(&run),
    );
    assert_eq!(made.rows[0].tests[0].verdict, Some(Verdict::Passed));
    assert_eq!(orphans(&made), []);
    let made = traced(Some("| R-1 | One | `other::a` |"), &[], &["a"], Some(&run));
    assert_eq!(states(&made)[0], State::NotRun);
}

#[test]
fn what_belongs_to_nothing_is_an_orphan() {
    let markers = [
        marker("R-8", Some("a"), "x.rs"),
        marker("R-9", None, "x.rs"),
        marker("R-1", None, "x.rs"),
        marker("R-2", Some("a"), "x.rs"),
    ];
    let document = "| R-9 | Nine | `a` |\n| R-7 | Seven | |\n| R-1 | One | `a` `m::a` `gone` `gone` |\n\
                    ## 7. References\n| R-6 | why |\n";
    let made = traced(Some(document), &markers, &["a"], None);
    let expected = [
        (OrphanKind::RemovedRequirement, "R-9", "matrix:1"),
        (OrphanKind::UnknownRequirement, "R-7", "matrix:2"),
        (OrphanKind::UnknownTest, "R-1", "matrix:3"),
        (OrphanKind::UnknownRequirement, "R-8", "x.rs:7"),
        (OrphanKind::RemovedRequirement, "R-9", "x.rs:7"),
        (OrphanKind::MarkerWithoutTest, "R-1", "x.rs:7"),
    ];
    assert_eq!(orphans(&made), expected);
    assert_eq!(made.orphans[2].test.as_deref(), Some("gone"));
    assert_eq!(made.totals.orphans, 6);
}

#[test]
fn a_test_is_unknown_only_where_sources_or_results_are_given() {
    let document = Some("| R-1 | One | `gone` |");
    assert_eq!(orphans(&traced(document, &[], &[], None)), []);
    let unknown = [(OrphanKind::UnknownTest, "R-1", "matrix:1")];
    assert_eq!(orphans(&traced(document, &[], &["a"], None)), unknown);
    assert_eq!(
        orphans(&traced(document, &[], &[], Some(&results(&[])))),
        unknown
    );
    let run = results(&[("gone", Verdict::Skipped)]);
    assert_eq!(orphans(&traced(document, &[], &["a"], Some(&run))), []);
}
