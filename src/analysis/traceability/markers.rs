//! The markers by which the source of a test says what it verifies, and the test that each belongs to.

use std::collections::BTreeSet;

use serde::Serialize;

use super::declarations::{Attributes, after_letter, attributes, declaration, is_comment};
use super::hidden::Fence;
use super::requirements::{heading_of, is_requirement_id};

const MARK: &str = "Verifies:";
/// How far a marker may stand from its test, in lines.
const REACH: usize = 60;
/// What may follow an id and does not belong to it.
const ENDINGS: [&str; 10] = [".", ",", ";", ")", "*/", "\"\"\"", "'''", "-->", "\"", "'"];

/// A word of a source that it verifies a requirement.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Marker {
    /// The id of the requirement.
    pub requirement: String,
    /// The test that it stands at, where there is one.
    pub test: Option<String>,
    /// The file that it stands in.
    pub file: String,
    /// Its line, from 1.
    pub line: usize,
}

/// Returns the markers of a file, in its order.
#[must_use]
pub fn markers(file: &str, text: &str) -> Vec<Marker> {
    let lines: Vec<&str> = text.lines().collect();
    let headings = is_prose(file).then(|| headings(&lines));
    let mut found = Vec::new();
    for (index, line) in lines.iter().enumerate() {
        let ids = ids(line);
        if ids.is_empty() {
            continue;
        }
        let test = match &headings {
            Some(headings) => match headings.get(index) {
                Some(Place::Below(heading)) => heading.map(str::to_owned),
                // What a block of code shows is an example.
                Some(Place::InCode) | None => continue,
            },
            None => test_near(&lines, index),
        };
        found.extend(ids.into_iter().map(|id| Marker {
            requirement: id.to_owned(),
            test: test.clone(),
            file: file.to_owned(),
            line: index + 1,
        }));
    }
    found
}

/// Returns every name that a file declares: of functions and titled tests, or the headings of a text.
#[must_use]
pub fn declared(file: &str, text: &str) -> Vec<String> {
    if !is_prose(file) {
        return text.lines().filter_map(declaration).collect();
    }
    let mut fence = Fence::default();
    let visible = text.lines().filter(|line| !fence.hides(line));
    let headings = visible.filter_map(heading_of).map(str::to_owned);
    headings.filter(|heading| !heading.is_empty()).collect()
}

fn is_prose(file: &str) -> bool {
    file.ends_with(".md") || file.ends_with(".markdown")
}

/// Where a line of a text for people stands.
#[derive(Clone, Copy)]
enum Place<'t> {
    /// Below this heading, or none.
    Below(Option<&'t str>),
    /// In a block of code.
    InCode,
}

fn headings<'t>(lines: &[&'t str]) -> Vec<Place<'t>> {
    let (mut fence, mut heading) = (Fence::default(), None);
    let places = lines.iter().map(|line| {
        if fence.hides(line) {
            return Place::InCode;
        }
        if let Some(words) = heading_of(line).filter(|words| !words.is_empty()) {
            heading = Some(words);
        }
        Place::Below(heading)
    });
    places.collect()
}

/// Returns the ids that the markers of a line name, each once.
fn ids(line: &str) -> Vec<&str> {
    let mut seen = BTreeSet::new();
    let mut found = Vec::new();
    for (at, mark) in line.match_indices(MARK) {
        let before = line.get(..at).and_then(|before| before.chars().next_back());
        if before.is_some_and(char::is_alphanumeric) {
            continue;
        }
        let rest = line.get(at + mark.len()..).unwrap_or_default();
        let words = rest.split(|letter: char| letter == ',' || letter.is_whitespace());
        let words = words.filter(|word| !word.is_empty()).map(bare);
        let named = words.take_while(|word| is_requirement_id(word));
        found.extend(named.filter(|id| seen.insert(*id)));
    }
    found
}

/// Returns a word without what surrounds it.
fn bare(word: &str) -> &str {
    let mut word = word.trim_matches('`');
    while let Some(shorter) = ENDINGS.iter().find_map(|ending| word.strip_suffix(ending)) {
        word = shorter.trim_matches('`');
    }
    word
}

/// Returns the test that a marker belongs to: that of its own line, the one that follows, or the one it stands in.
fn test_near(lines: &[&str], index: usize) -> Option<String> {
    let own = lines.get(index).and_then(|line| declaration(line));
    own.or_else(|| test_below(lines, index))
        .or_else(|| test_above(lines, index))
}

/// Looks past blank lines, comments and attributes at what follows; not past the end of what the marker stands in.
fn test_below(lines: &[&str], index: usize) -> Option<String> {
    let mut open = 0;
    for line in lines.iter().skip(index + 1).take(REACH) {
        if open > 0 {
            open = line.chars().fold(open, after_letter);
            continue;
        }
        match attributes(line) {
            Attributes::Open(brackets) => open = brackets,
            Attributes::Before(rest) if rest.is_empty() || is_comment(rest) => {}
            Attributes::Before(rest) => {
                let below = declaration(rest)?;
                return (!is_within_another(lines, index, line)).then_some(below);
            }
        }
    }
    None
}

/// Tells whether a marker stands within the test above it, because it is indented deeper than that, and what follows
/// is not: a comment that opens a body, as Python has them.
fn is_within_another(lines: &[&str], index: usize, below: &str) -> bool {
    let Some(own) = lines.get(index) else {
        return false;
    };
    let between = lines.iter().skip(index).take_while(|line| **line != below);
    if own.trim_start().starts_with('*') || between.clone().any(|line| line.contains("*/")) {
        return false;
    }
    let mut above = lines.iter().take(index).rev().take(REACH);
    let above = above.find(|line| declaration(line).is_some());
    above.is_some_and(|above| indent(above) < indent(own) && indent(below) <= indent(above))
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

fn test_above(lines: &[&str], index: usize) -> Option<String> {
    let above = lines.iter().take(index).rev().take(REACH);
    above.copied().find_map(declaration)
}
