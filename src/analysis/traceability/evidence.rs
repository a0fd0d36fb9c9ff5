//! What the matrix document says of each requirement: the tests that verify it, or how else it is verified.

use super::declarations::{declaration, quoted};
use super::hidden::{code_span, ticks};
use super::requirements::{is_requirement_id, rows};

/// Where a row says what verifies its requirement, where that is no test.
const EVIDENCE: usize = 2;
/// How that begins.
const OTHERWISE: [&str; 3] = ["inspection", "analysis", "demonstration"];
/// What the names of files end with, so that they are not taken for tests.
const FILES: &[&str] = &[
    "c", "cc", "cpp", "cs", "csv", "feature", "go", "h", "hpp", "html", "java", "js", "json",
    "jsx", "kdl", "kt", "md", "php", "py", "rb", "rs", "sh", "swift", "toml", "ts", "tsx", "txt",
    "xml", "yaml", "yml",
];

/// What a row of the matrix document says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Evidence {
    /// The id of the requirement.
    pub(super) requirement: String,
    /// Its line, from 1.
    pub(super) line: usize,
    /// The names of tests.
    pub(super) tests: Vec<String>,
    /// How else it is verified, where it names no test.
    pub(super) otherwise: Option<String>,
}

/// Reads the matrix document.
pub(super) fn read(text: &str) -> Vec<Evidence> {
    let mut found = Vec::new();
    for row in rows(text) {
        let Some(id) = row.requirement() else {
            continue;
        };
        let cells = row.cells.iter().skip(1);
        let tests: Vec<String> = cells
            .flat_map(|cell| spans(cell))
            .filter_map(test)
            .collect();
        let otherwise = row.cells.get(EVIDENCE).filter(|_| tests.is_empty());
        let otherwise = otherwise.filter(|words| is_otherwise(words)).cloned();
        found.push(Evidence {
            requirement: id.to_owned(),
            line: row.line,
            tests,
            otherwise,
        });
    }
    found
}

fn is_otherwise(words: &str) -> bool {
    let words = words.to_lowercase();
    let words = words.trim_start_matches(['*', '_']);
    OTHERWISE.iter().any(|begins| words.starts_with(begins))
}

/// Returns what stands in a cell as code.
fn spans(cell: &str) -> Vec<&str> {
    let mut found = Vec::new();
    let mut rest = cell;
    while let Some(from) = rest.find('`').and_then(|at| rest.get(at..)) {
        let length = match code_span(from) {
            Some((code, length)) => {
                found.push(code.trim());
                length
            }
            None => ticks(from),
        };
        rest = from.get(length..).unwrap_or_default();
    }
    found
}

/// Returns the test that a piece of code names, if it looks like a name.
fn test(code: &str) -> Option<String> {
    if let Some(title) = quoted(code).or_else(|| declaration(code)) {
        return Some(title);
    }
    let name = code.strip_suffix("()").unwrap_or(code);
    let is_path = name.contains('/') && !name.contains("::");
    let is_file = !name.contains("::") && is_file(name);
    let is_inside = |letter: char| letter.is_alphanumeric() || "_:./#$-[]".contains(letter);
    let is_test = !is_path
        && !is_file
        && !is_requirement_id(name)
        && name.starts_with(|letter: char| letter.is_alphanumeric() || "_.".contains(letter))
        && name.contains(char::is_alphabetic)
        && name.chars().all(is_inside);
    is_test.then(|| name.to_owned())
}

fn is_file(name: &str) -> bool {
    let ending = name.rsplit_once('.').map(|(_, ending)| ending);
    ending.is_some_and(|ending| FILES.contains(&ending))
}

/// Returns a name without the file that it begins with: `tests/a.rs::module::name` is `module::name`.
pub(super) fn without_file(name: &str) -> &str {
    match name.split_once("::") {
        Some((file, rest)) if file.contains('/') || is_file(file) => rest,
        _ => name,
    }
}

/// Returns what follows the last separator of a name. A title of several words has none.
pub(super) fn last_segment(name: &str) -> &str {
    if is_title(name) {
        return name;
    }
    let last = name.rsplit([':', '.', '/', '#']).next();
    last.unwrap_or(name)
}

/// Tells whether two names are of one test: they are equal, or one is the end of the other, which is qualified.
pub(super) fn is_same(one: &str, other: &str) -> bool {
    let (short, long) = if one.len() < other.len() {
        (one, other)
    } else {
        (other, one)
    };
    let before = long.strip_suffix(short);
    let is_end = |before: &str| before.ends_with([':', '.', '/', '#']) && !is_title(long);
    before.is_some_and(|before| before.is_empty() || is_end(before))
}

fn is_title(name: &str) -> bool {
    name.contains(char::is_whitespace)
}
