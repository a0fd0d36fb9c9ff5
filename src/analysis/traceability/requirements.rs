//! The requirements of a specification, as rows of its tables.
//!
//! It is no reader of Markdown in full: it knows tables, headings, and what hides text (frontmatter, comments, fences).

use std::collections::BTreeSet;

use serde::Serialize;

use super::hidden::{Comment, Fence, frontmatter};

/// How many letters of a requirement make its title, where nothing in it is bold.
const LONGEST_TITLE: usize = 100;

/// A requirement, as it stands in a specification.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Requirement {
    /// Its id.
    pub id: String,
    /// What it is about, in a few words.
    pub title: String,
    /// Where it stands, from 1.
    pub line: usize,
}

/// What a specification requires.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Specification {
    /// The requirements, in the order of the text.
    pub requirements: Vec<Requirement>,
    /// Those that were requirements once: they stand under a heading that says "removed".
    pub removed: Vec<Requirement>,
    /// Later rows of an id that stands in another row already; the first counts.
    pub twice: Vec<Requirement>,
}

/// A row of a table.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Row {
    /// Where it stands, from 1.
    pub(super) line: usize,
    /// Its cells, trimmed.
    pub(super) cells: Vec<String>,
    /// The nearest heading above.
    pub(super) heading: String,
}

/// Reads a specification.
#[must_use]
pub fn read(text: &str) -> Specification {
    let mut specification = Specification::default();
    let mut seen = BTreeSet::new();
    for row in rows(text) {
        let Some(id) = row.requirement() else {
            continue;
        };
        let requirement = Requirement {
            id: id.to_owned(),
            title: row.cells.get(1).map(|cell| title(cell)).unwrap_or_default(),
            line: row.line,
        };
        if !seen.insert(id.to_owned()) {
            specification.twice.push(requirement);
        } else if row.is_removed() {
            specification.removed.push(requirement);
        } else {
            specification.requirements.push(requirement);
        }
    }
    specification
}

/// Returns the requirements of a specification, without those that are removed.
#[must_use]
pub fn requirements(text: &str) -> Vec<Requirement> {
    read(text).requirements
}

/// Tells whether a word is the id of a requirement: uppercase parts joined by `-`, of which the last is a number that
/// may bear one lowercase letter.
#[must_use]
pub fn is_requirement_id(word: &str) -> bool {
    let Some((first, last)) = word.rsplit_once('-') else {
        return false;
    };
    let number = last
        .strip_suffix(|letter: char| letter.is_ascii_lowercase())
        .unwrap_or(last);
    let is_part = |part: &str| {
        let mut letters = part.chars();
        !part.is_empty()
            && letters.all(|letter| letter.is_ascii_uppercase() || letter.is_ascii_digit())
    };
    word.starts_with(|letter: char| letter.is_ascii_uppercase())
        && first.split('-').all(is_part)
        && !number.is_empty()
        && number.chars().all(|letter| letter.is_ascii_digit())
}

/// Returns the rows of the tables of a text, in order, their headings and rules included.
pub(super) fn rows(text: &str) -> Vec<Row> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    let (mut fence, mut comment) = (Fence::default(), Comment::default());
    let (mut heading, mut before) = (String::new(), String::new());
    let mut found = Vec::new();
    for (index, line) in text.lines().enumerate().skip(frontmatter(text)) {
        if !comment.is_open && fence.hides(line) {
            before.clear();
            continue;
        }
        let visible = comment.removed_from(line);
        let visible = visible.trim();
        if visible.starts_with('|') {
            found.push(Row {
                line: index + 1,
                cells: cells(visible),
                heading: heading.clone(),
            });
        } else if let Some(words) = heading_of(visible) {
            words.clone_into(&mut heading);
        } else if is_underline(visible) && !before.is_empty() && !before.starts_with('|') {
            heading.clone_from(&before);
        }
        visible.clone_into(&mut before);
    }
    found
}

impl Row {
    /// Returns the requirement that the row is about. A section that is called "References" has none.
    pub(super) fn requirement(&self) -> Option<&str> {
        let numbering = |letter: char| !letter.is_alphabetic();
        let section = self.heading.trim_start_matches(numbering);
        if section.eq_ignore_ascii_case("references") {
            return None;
        }
        let marks =
            |letter: char| matches!(letter, '*' | '_' | '`' | ':') || letter.is_whitespace();
        let id = self.cells.first()?.trim_matches(marks);
        is_requirement_id(id).then_some(id)
    }

    fn is_removed(&self) -> bool {
        let words = self.heading.split(|letter: char| !letter.is_alphanumeric());
        let has = |wanted: &str| words.clone().any(|word| word.eq_ignore_ascii_case(wanted));
        has("removed") && !has("not")
    }
}

/// Returns the words of a line that is a heading.
pub(super) fn heading_of(line: &str) -> Option<&str> {
    let words = line.trim_start_matches('#');
    let depth = line.len() - words.len();
    let is_heading = (1..=6).contains(&depth)
        && (words.is_empty() || words.starts_with(|letter: char| letter.is_whitespace()));
    is_heading.then(|| words.trim().trim_end_matches('#').trim_end())
}

/// Tells whether a line makes a heading of the line above.
fn is_underline(line: &str) -> bool {
    let is_of = |mark: char| !line.is_empty() && line.chars().all(|letter| letter == mark);
    is_of('=') || is_of('-')
}

/// Returns the cells of a row. `\|` is a pipe within a cell, in code too.
fn cells(row: &str) -> Vec<String> {
    let mut cells = vec![String::new()];
    let mut letters = row.strip_prefix('|').unwrap_or(row).chars();
    let mut push = |letter: Option<char>| match (letter, cells.last_mut()) {
        (Some(letter), Some(cell)) => cell.push(letter),
        _ => cells.push(String::new()),
    };
    while let Some(letter) = letters.next() {
        match letter {
            '|' => push(None),
            '\\' => match letters.next() {
                Some('|') => push(Some('|')),
                Some(next) => {
                    push(Some('\\'));
                    push(Some(next));
                }
                None => push(Some('\\')),
            },
            letter => push(Some(letter)),
        }
    }
    if cells.last().is_some_and(|cell| cell.trim().is_empty()) {
        cells.pop();
    }
    cells.iter().map(|cell| cell.trim().to_owned()).collect()
}

/// Returns a few words that tell what a requirement is about.
fn title(cell: &str) -> String {
    let bold = cell
        .strip_prefix("**")
        .and_then(|rest| rest.split_once("**"));
    if let Some((words, _)) = bold {
        let words = words.trim();
        return words.strip_suffix('.').unwrap_or(words).to_owned();
    }
    let sentence = cell.split_once(". ").map_or(cell, |(sentence, _)| sentence);
    shortened(sentence.strip_suffix('.').unwrap_or(sentence))
}

/// Cuts a text that is too long, between two words where it can.
fn shortened(text: &str) -> String {
    let Some((end, _)) = text.char_indices().nth(LONGEST_TITLE) else {
        return text.to_owned();
    };
    let kept = text.get(..end).unwrap_or(text);
    let goes_on = text
        .get(end..)
        .is_some_and(|rest| !rest.starts_with(char::is_whitespace));
    let whole = if goes_on {
        kept.rsplit_once(char::is_whitespace)
            .map_or(kept, |(words, _)| words)
    } else {
        kept
    };
    format!("{}…", whole.trim_end())
}
