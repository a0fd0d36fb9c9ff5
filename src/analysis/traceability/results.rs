//! The results of a run of tests, as a file in the manner of `JUnit` tells them.

use std::collections::BTreeMap;
use std::fmt;

use roxmltree::{Document, Node};
use serde::Serialize;

/// How a test ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Verdict {
    /// It passed.
    Passed,
    /// It failed, or could not be run to its end.
    Failed,
    /// It was not run.
    Skipped,
}

/// A test that was run, or left out.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Case {
    /// Its name.
    pub name: String,
    /// What it belongs to; perhaps nothing.
    pub suite: String,
    /// How it ended.
    pub verdict: Verdict,
}

/// How many tests ended how.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Counts {
    /// Those that passed.
    pub passed: usize,
    /// Those that failed.
    pub failed: usize,
    /// Those that were not run.
    pub skipped: usize,
}

/// The results of a run.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Results {
    /// Its tests, in the order of the file.
    pub cases: Vec<Case>,
    /// Full names, in which every separator is a dot, and verdicts, by what follows the last separator.
    by_ending: BTreeMap<String, Vec<(String, Verdict)>>,
}

/// A file of results that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct Unreadable(String);

impl fmt::Display for Verdict {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Passed => "passed",
            Self::Failed => "failed",
            Self::Skipped => "skipped",
        })
    }
}

/// Reads a file of results.
///
/// # Errors
/// Where it is no XML, or not of this kind.
pub fn read(xml: &str) -> Result<Results, Unreadable> {
    let document = Document::parse(xml)
        .map_err(|error| Unreadable(format!("it is not well-formed: {error}")))?;
    let root = document.root_element();
    let kind = root.tag_name().name();
    if !matches!(kind, "testsuites" | "testsuite") {
        let told = format!("its root is <{kind}>, not <testsuites> or <testsuite>");
        return Err(Unreadable(told));
    }
    let cases = root.descendants().filter(|node| is(node, "testcase"));
    let cases: Result<Vec<Case>, Unreadable> = cases.map(case).collect();
    let mut cases = cases?;
    let suites = document.descendants().filter(|node| is(node, "testsuite"));
    for suite in suites {
        cases.extend(broken(suite));
        consistent(suite)?;
    }
    Ok(Results::from_cases(cases))
}

/// Returns a suite that broke before or after its tests, as a test that failed.
fn broken(suite: Node<'_, '_>) -> Option<Case> {
    let mut children = suite.children();
    children
        .any(|child| is(&child, "error") || is(&child, "failure"))
        .then(|| Case {
            name: suite.attribute("name").unwrap_or("suite").to_owned(),
            suite: String::new(),
            verdict: Verdict::Failed,
        })
}

/// Refuses a suite that says of more tests that they failed than it shows.
fn consistent(suite: Node<'_, '_>) -> Result<(), Unreadable> {
    let said = |name: &str| {
        let said = suite
            .attribute(name)
            .and_then(|said| said.trim().parse::<usize>().ok());
        said.unwrap_or_default()
    };
    let shown = suite
        .descendants()
        .filter(|node| is(node, "failure") || is(node, "error"));
    let marked = suite
        .descendants()
        .filter(|node| is(node, "testcase") && is_marked_failed(*node));
    let (said, shown) = (
        said("failures") + said("errors"),
        shown.count() + marked.count(),
    );
    if said > shown {
        let name = suite.attribute("name").unwrap_or("suite");
        let told = format!("`{name}` says that {said} tests failed, and shows {shown}");
        return Err(Unreadable(told));
    }
    Ok(())
}

/// Tells whether a test is marked as failed by an attribute alone, as some runners do.
fn is_marked_failed(case: Node<'_, '_>) -> bool {
    let marks = ["status", "result"].into_iter();
    marks.filter_map(|name| case.attribute(name)).any(|mark| {
        let mark = mark.trim().to_ascii_lowercase();
        ["fail", "error", "broken"]
            .iter()
            .any(|word| mark.starts_with(word))
    })
}

fn is(node: &Node<'_, '_>, kind: &str) -> bool {
    node.is_element() && node.tag_name().name() == kind
}

fn case(node: Node<'_, '_>) -> Result<Case, Unreadable> {
    let given = |name: &str| node.attribute(name).filter(|text| !text.trim().is_empty());
    let Some(name) = given("name") else {
        let place = node.document().text_pos_at(node.range().start);
        let told = format!("a <testcase> has no name at {place}");
        return Err(Unreadable(told));
    };
    let parent = node
        .parent_element()
        .and_then(|parent| parent.attribute("name"));
    let has = |kind: &str| node.children().any(|child| is(&child, kind));
    // Some runners mark a test that was left out by an attribute alone.
    let is_left_out = matches!(given("status"), Some("notrun" | "disabled" | "skipped"));
    let verdict = if has("failure") || has("error") || is_marked_failed(node) {
        Verdict::Failed
    } else if has("skipped") || is_left_out {
        Verdict::Skipped
    } else {
        Verdict::Passed
    };
    Ok(Case {
        name: name.trim().to_owned(),
        suite: given("classname")
            .or(parent)
            .unwrap_or_default()
            .trim()
            .to_owned(),
        verdict,
    })
}

impl Results {
    /// Returns results that hold these tests.
    #[must_use]
    pub fn from_cases(cases: Vec<Case>) -> Self {
        let mut by_ending: BTreeMap<String, Vec<(String, Verdict)>> = BTreeMap::new();
        for case in &cases {
            let (whole, plain) = (case.name.as_str(), without_parameters(&case.name));
            let names = if whole == plain {
                vec![whole]
            } else {
                vec![whole, plain]
            };
            for name in names {
                let full = format!("{}.{}", normal(&case.suite), normal(name));
                let known = by_ending.entry(ending(&full).to_owned()).or_default();
                known.push((full, case.verdict));
            }
        }
        Self { cases, by_ending }
    }

    /// Returns how a test ended, which may be named by the end of its full name. Where several have that name, one
    /// that failed counts before one that passed, and that before one that was not run.
    #[must_use]
    pub fn of(&self, test: &str) -> Option<Verdict> {
        let test = normal(test.trim());
        let ended = self.by_ending.get(ending(&test))?.iter();
        let verdicts = ended.filter(|(full, _)| ends_with(full, &test));
        verdicts.map(|(_, verdict)| *verdict).reduce(worse)
    }

    /// Returns how many tests ended how.
    #[must_use]
    pub fn counts(&self) -> Counts {
        let mut counts = Counts::default();
        for case in &self.cases {
            match case.verdict {
                Verdict::Passed => counts.passed += 1,
                Verdict::Failed => counts.failed += 1,
                Verdict::Skipped => counts.skipped += 1,
            }
        }
        counts
    }
}

/// Returns which of two verdicts counts for both.
fn worse(one: Verdict, other: Verdict) -> Verdict {
    match (one, other) {
        (Verdict::Failed, _) | (_, Verdict::Failed) => Verdict::Failed,
        (Verdict::Passed, _) | (_, Verdict::Passed) => Verdict::Passed,
        (Verdict::Skipped, Verdict::Skipped) => Verdict::Skipped,
    }
}

/// Returns a name in which every separator is a dot.
fn normal(name: &str) -> String {
    name.replace("::", ".").replace(['/', '#', '$'], ".")
}

/// Returns what follows the last separator.
fn ending(name: &str) -> &str {
    let last = name.rsplit(['.', ' ']).next();
    last.unwrap_or(name)
}

/// Tells whether a full name is a name, or ends with it after a separator.
fn ends_with(full: &str, name: &str) -> bool {
    let before = full.strip_suffix(name).filter(|_| !name.is_empty());
    before.is_some_and(|before| before.is_empty() || before.ends_with(['.', ' ']))
}

/// Returns a name without the parameters that follow it: `adds[1-2]`, `adds(int)[1]`.
fn without_parameters(name: &str) -> &str {
    let mut plain = name;
    while let Some(shorter) = without_brackets(plain) {
        plain = shorter;
    }
    plain
}

fn without_brackets(name: &str) -> Option<&str> {
    let (begins, ends) = match name.chars().next_back()? {
        ']' => ('[', ']'),
        ')' => ('(', ')'),
        _ => return None,
    };
    let mut open = 0_usize;
    for (at, letter) in name.char_indices().rev() {
        if letter == ends {
            open += 1;
        } else if letter == begins {
            open = open.saturating_sub(1);
        }
        if open == 0 {
            let before = name.get(..at)?;
            let is_name = !before.is_empty() && !before.ends_with(char::is_whitespace);
            return is_name.then_some(before);
        }
    }
    None
}
