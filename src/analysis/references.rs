//! References to code in a text: `path @ commit`, and what stands where one belongs but is none.
//!
//! In an inline code span the path may have blanks. In plain words it has none, and looks like a path or
//! is followed by a commit of at least seven digits, as git shortens it. What is in a comment or in the
//! frontmatter is not read.

use crate::model::Reference;
use crate::model::frontmatter;
use crate::model::reference::{BETWEEN, is_hash};

/// As many digits as git shortens a commit to: fewer may be a number.
const SHORTENED: usize = 7;

/// Words that people put where something is still to be filled in.
const OPEN_WORDS: &[&str] = &[
    "TBD", "TBA", "TBC", "TODO", "FIXME", "XXX", "???", "N/A", "HEAD", "PENDING",
];

/// Something in a text that is a reference to code, or stands where one belongs.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mention {
    /// The line, counted from 1.
    pub line: usize,
    /// What it is.
    pub what: Mentioned,
}

/// What stands in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Mentioned {
    /// A file at a commit.
    Reference(Reference),
    /// What is still to become one, or names what moves: a branch, say.
    Placeholder(String),
}

/// Returns every reference of a text, in its order.
#[must_use]
pub fn mentions(text: &str) -> Vec<Mention> {
    let body = frontmatter::split(text).map_or(text, |parts| parts.body);
    let skipped = text.len() - body.len();
    let first = text
        .get(..skipped)
        .map_or(0, |front| front.matches('\n').count());
    let mut mentions = Vec::new();
    let mut comment = Comment::Outside;
    for (index, line) in body.lines().enumerate() {
        let line = comment.without(line);
        for (piece, kind) in pieces(&line) {
            let found = match kind {
                Kind::Code => in_code(piece).into_iter().collect(),
                Kind::Words => in_words(piece),
            };
            mentions.extend(found.into_iter().map(|what| Mention {
                line: first + index + 1,
                what,
            }));
        }
    }
    mentions
}

/// Whether a line begins within a comment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comment {
    Outside,
    Inside,
}

impl Comment {
    /// Returns what of a line is outside of comments.
    fn without(&mut self, line: &str) -> String {
        let (mut outside, mut rest) = (String::new(), line);
        loop {
            let mark = match self {
                Self::Outside => "<!--",
                Self::Inside => "-->",
            };
            let (before, after) = match rest.split_once(mark) {
                Some((before, after)) => (before, Some(after)),
                None => (rest, None),
            };
            if *self == Self::Outside {
                outside.push_str(before);
            }
            let Some(after) = after else { return outside };
            *self = match self {
                Self::Outside => Self::Inside,
                Self::Inside => Self::Outside,
            };
            rest = after;
        }
    }
}

#[derive(Clone, Copy)]
enum Kind {
    Code,
    Words,
}

/// Returns the code spans of a line, and the words between them.
fn pieces(line: &str) -> Vec<(&str, Kind)> {
    let mut pieces = Vec::new();
    let mut rest = line;
    while let Some(start) = rest.find('`') {
        let (words, from) = rest.split_at(start);
        let fence: String = from.chars().take_while(|letter| *letter == '`').collect();
        let inner = from.get(fence.len()..).unwrap_or_default();
        pieces.push((words, Kind::Words));
        match inner.split_once(fence.as_str()) {
            Some((code, after)) => {
                pieces.push((code, Kind::Code));
                rest = after;
            }
            // An opening that nothing closes is no span.
            None => rest = inner,
        }
    }
    pieces.push((rest, Kind::Words));
    pieces
}

fn in_code(code: &str) -> Option<Mentioned> {
    let (path, commit) = code.trim().rsplit_once(BETWEEN)?;
    judged(path.trim(), commit.trim(), 0)
}

fn in_words(words: &str) -> Vec<Mentioned> {
    let mut found = Vec::new();
    for (at, _) in words.match_indices(BETWEEN) {
        let (before, after) = (words.get(..at), words.get(at + BETWEEN.len()..));
        let (Some(before), Some(after)) = (before, after) else {
            continue;
        };
        found.extend(judged(last_word(before), first_word(after), SHORTENED));
    }
    found
}

/// Says what a path and a commit are; none where the `@` between them means something else.
fn judged(path: &str, commit: &str, fewest: usize) -> Option<Mentioned> {
    let looks_like_path = path.contains(['/', '.']) && !path.ends_with('.');
    let whole = format!("{path}{BETWEEN}{commit}");
    if is_hash(commit) {
        if !looks_like_path && commit.len() < fewest {
            return None;
        }
        let open = is_open(path);
        return Some(match whole.parse() {
            Ok(reference) if !open => Mentioned::Reference(reference),
            _ => Mentioned::Placeholder(whole),
        });
    }
    let branch = path.contains('/') && !path.contains(' ') && !commit.is_empty();
    let is_placeholder = !path.is_empty()
        && !commit.contains(' ')
        && (is_open(commit) && (looks_like_path || is_open(path)) || branch)
        || is_bracketed(commit) && (looks_like_path || is_bracketed(path));
    is_placeholder.then_some(Mentioned::Placeholder(whole))
}

/// Tells whether a word says that something is still to be filled in, or names what moves.
fn is_open(word: &str) -> bool {
    let is_word = OPEN_WORDS
        .iter()
        .any(|open| open.eq_ignore_ascii_case(word));
    is_word || is_bracketed(word)
}

fn is_bracketed(word: &str) -> bool {
    [('[', ']'), ('{', '}'), ('<', '>')]
        .iter()
        .any(|(open, close)| word.starts_with(*open) && word.ends_with(*close) && word.len() > 2)
}

/// Returns the last word of a text, or the last thing in brackets.
fn last_word(text: &str) -> &str {
    for (open, close) in [('[', ']'), ('{', '}'), ('<', '>')] {
        if text.ends_with(close)
            && let Some(start) = text.rfind(open)
        {
            return text.get(start..).unwrap_or_default();
        }
    }
    let word = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    word.trim_start_matches(['(', '[', '"', '\'', '*', '_', '|', '<', '„', '“'])
}

/// Returns the first word of a text, or the first thing in brackets.
fn first_word(text: &str) -> &str {
    for (open, close) in [('[', ']'), ('{', '}'), ('<', '>')] {
        if text.starts_with(open)
            && let Some(end) = text.find(close)
        {
            return text.get(..=end).unwrap_or_default();
        }
    }
    let word = text.split(char::is_whitespace).next().unwrap_or_default();
    word.trim_end_matches([
        '.', ',', ';', ':', ')', ']', '"', '\'', '*', '_', '|', '>', '!', '“', '”',
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> Vec<String> {
        let shown = |mention: Mention| match mention.what {
            Mentioned::Reference(reference) => format!("{} {reference}", mention.line),
            Mentioned::Placeholder(words) => format!("{} open: {words}", mention.line),
        };
        mentions(text).into_iter().map(shown).collect()
    }

    #[test]
    fn references_are_found_wherever_people_write_them() {
        for (text, expected) in [
            ("See src/a.py @ a1b2c3d.", vec!["1 src/a.py @ a1b2c3d"]),
            ("(src/a.py @ a1b2c3d)", vec!["1 src/a.py @ a1b2c3d"]),
            ("`my file.py @ a1b2`", vec!["1 my file.py @ a1b2"]),
            ("| Makefile @ 0a1b2c3 |", vec!["1 Makefile @ 0a1b2c3"]),
            (
                "a/b @ a1b2c3d and **c/d @ ABCDEF0**",
                vec!["1 a/b @ a1b2c3d", "1 c/d @ abcdef0"],
            ),
            ("```\na/b @ a1b2c3d\n```", vec!["2 a/b @ a1b2c3d"]),
            (
                "---\ntitle: a/b @ a1b2c3d\n---\n\nc/d @ a1b2c3d",
                vec!["5 c/d @ a1b2c3d"],
            ),
            (
                "<!-- a/b @ a1b2c3d\nc/d @ a1b2c3d --> e/f @ a1b2c3d",
                vec!["2 e/f @ a1b2c3d"],
            ),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }

    #[test]
    fn what_is_still_open_is_told() {
        for (text, expected) in [
            ("src/a.py @ TBD", vec!["1 open: src/a.py @ TBD"]),
            ("`TBD @ TBD`", vec!["1 open: TBD @ TBD"]),
            ("TBD @ a1b2c3d", vec!["1 open: TBD @ a1b2c3d"]),
            (
                "| src/a.py @ [full commit id] |",
                vec!["1 open: src/a.py @ [full commit id]"],
            ),
            (
                "`{file_path} @ {commit_hash}`",
                vec!["1 open: {file_path} @ {commit_hash}"],
            ),
            ("src/a.py @ main", vec!["1 open: src/a.py @ main"]),
            ("../a.py @ a1b2c3d", vec!["1 open: ../a.py @ a1b2c3d"]),
        ] {
            assert_eq!(of(text), expected, "{text}");
        }
    }

    #[test]
    fn other_things_with_an_at_are_left_alone() {
        for text in [
            "we meet @ noon",
            "12 pieces @ 1000 each",
            "`x @ y` is a product",
            "qa@example.org",
            "an unclosed ` span @ nothing",
            "Sold. @ 5000",
        ] {
            assert_eq!(of(text), Vec::<String>::new(), "{text}");
        }
    }
}
