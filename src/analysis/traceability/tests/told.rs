//! Results of runs, and which test each is of.

use crate::analysis::traceability::results::{Case, Counts, Results, Verdict, read};

fn run(cases: &[(&str, &str, Verdict)]) -> Results {
    let cases = cases.iter().map(|(suite, name, verdict)| Case {
        suite: (*suite).to_owned(),
        name: (*name).to_owned(),
        verdict: *verdict,
    });
    Results::from_cases(cases.collect())
}

#[test]
fn every_shape_of_a_file_of_results_is_read() {
    let xml = r#"<?xml version="1.0"?>
        <testsuites><testsuite name="outer">
            <testcase name="passes"/>
            <testcase name="fails" classname="A"><failure message="no"/></testcase>
            <testsuite name="inner"><testcase name="breaks"><error/></testcase></testsuite>
            <testcase name="waits" classname=""><skipped/></testcase>
            <testcase name="is_off" status="notrun"/>
            <testcase name="talks"><system-out><failure/></system-out></testcase>
        </testsuite></testsuites>"#;
    let results = read(xml).unwrap();
    let found: Vec<_> = results
        .cases
        .iter()
        .map(|it| (it.suite.as_str(), it.name.as_str(), it.verdict))
        .collect();
    let expected = [
        ("outer", "passes", Verdict::Passed),
        ("A", "fails", Verdict::Failed),
        ("inner", "breaks", Verdict::Failed),
        ("outer", "waits", Verdict::Skipped),
        ("outer", "is_off", Verdict::Skipped),
        ("outer", "talks", Verdict::Passed),
    ];
    assert_eq!(found, expected);
    let counts = Counts {
        passed: 2,
        failed: 2,
        skipped: 2,
    };
    assert_eq!(results.counts(), counts);
    let alone = read("<testsuite><testcase name='a'/></testsuite>").unwrap();
    assert_eq!(alone.of("a"), Some(Verdict::Passed));
}

#[test]
fn what_is_no_file_of_results_is_refused_with_a_place() {
    for (xml, told) in [
        (
            "<report/>",
            "its root is <report>, not <testsuites> or <testsuite>",
        ),
        ("<testsuite>\n<testcase name='a'>\n</testsuite>", "3:1"),
        (
            "<testsuite>\n  <testcase/></testsuite>",
            "a <testcase> has no name at 2:3",
        ),
        ("", "it is not well-formed"),
        (
            "<!DOCTYPE a [<!ENTITY b 'c'>]><testsuite/>",
            "it is not well-formed",
        ),
    ] {
        let message = read(xml).unwrap_err().to_string();
        assert!(message.contains(told), "{message}");
    }
}

#[test]
fn a_test_is_found_by_the_end_of_its_full_name() {
    for (suite, name, test) in [
        ("", "adds", "adds"),
        ("qms", "sums::adds", "adds"),
        ("qms", "sums::adds", "sums::adds"),
        (
            "tests.test_sums.TestSums",
            "test_adds",
            "TestSums::test_adds",
        ),
        ("Suite", "Name", "Suite.Name"),
        ("com.Sums$Inner", "adds", "Inner.adds"),
        ("sums", "sums adds two numbers", "adds two numbers"),
        ("sums", "adds (twice)", "adds (twice)"),
        ("sums", "test_adds[1.5-a b]", "test_adds"),
        ("sums", "adds(int, int)[1]", "adds"),
        ("pkg", "TestAdds/two", "TestAdds/two"),
    ] {
        let results = run(&[(suite, name, Verdict::Failed)]);
        assert_eq!(
            results.of(test),
            Some(Verdict::Failed),
            "{suite} {name} {test}"
        );
    }
    for (suite, name, test) in [
        ("sums", "subadds", "adds"),
        ("sums", "adds", "add"),
        ("sums", "adds", "other.adds"),
        ("sums", "adds", "ums.adds"),
        ("sums", "adds.", ""),
        ("sums", "adds (twice)", "adds"),
        ("sums", "adds", ""),
        ("sums", "adds", "sums"),
    ] {
        let results = run(&[(suite, name, Verdict::Passed)]);
        assert_eq!(results.of(test), None, "{suite} {name} {test}");
    }
}

#[test]
fn of_several_runs_a_failure_counts_first() {
    use Verdict::{Failed, Passed, Skipped};
    for (verdicts, verdict) in [
        (&[Passed, Failed, Skipped][..], Failed),
        (&[Failed, Passed], Failed),
        (&[Skipped, Passed], Passed),
        (&[Passed, Skipped], Passed),
        (&[Skipped, Skipped], Skipped),
    ] {
        let cases: Vec<_> = verdicts.iter().map(|it| ("s", "a[1]", *it)).collect();
        assert_eq!(run(&cases).of("a"), Some(verdict), "{verdicts:?}");
    }
}
