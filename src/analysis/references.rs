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
    "TBD", "TBA", "TBC", "TODO", "FIXME", "XXX", "N/A", "HEAD", "PENDING", "LATEST", "MAIN",
    "MASTER", "TRUNK",
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
///
/// The time grows with the text alone, whatever it holds.
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
        // A line that is longer than any prose has no spans and no comments.
        let pieces = if line.len() > LONGEST_LINE {
            vec![Piece::Words(line.to_owned())]
        } else {
            comment.pieces(line)
        };
        for what in found_in(&pieces) {
            mentions.push(Mention {
                line: first + index + 1,
                what,
            });
        }
    }
    mentions
}

/// A line is taken apart up to this length.
const LONGEST_LINE: usize = 16 * 1024;

/// A path, or what stands for a commit, is no longer than this.
const LONGEST_WORD: usize = 1024;

/// A part of a line.
enum Piece {
    /// What stands between backticks.
    Code(String),
    /// Anything else.
    Words(String),
}

/// Whether a line begins within a comment.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comment {
    Outside,
    Inside,
}

impl Comment {
    /// Returns the code spans of a line and the words between them, without what is in comments. What stands in a
    /// code span begins no comment.
    fn pieces(&mut self, line: &str) -> Vec<Piece> {
        let mut pieces = Vec::new();
        let mut words = String::new();
        let mut rest = line;
        loop {
            if *self == Self::Inside {
                let Some((_, after)) = rest.split_once("-->") else {
                    break;
                };
                (*self, rest) = (Self::Outside, after);
            }
            let Some(at) = [rest.find('`'), rest.find("<!--")]
                .into_iter()
                .flatten()
                .min()
            else {
                words.push_str(rest);
                break;
            };
            let (before, from) = rest.split_at(at);
            words.push_str(before);
            if let Some(after) = from.strip_prefix("<!--") {
                (*self, rest) = (Self::Inside, after);
                continue;
            }
            let inner = from.trim_start_matches('`');
            let fence = from.get(..from.len() - inner.len()).unwrap_or_default();
            match inner.split_once(fence) {
                Some((code, after)) => {
                    pieces.push(Piece::Words(std::mem::take(&mut words)));
                    pieces.push(Piece::Code(code.to_owned()));
                    rest = after;
                }
                // An opening that nothing closes is no span.
                None => rest = inner,
            }
        }
        pieces.push(Piece::Words(words));
        pieces
    }
}

/// Returns what the pieces of a line say: a span that holds a whole reference by itself, all else as it reads without
/// backticks.
fn found_in(pieces: &[Piece]) -> Vec<Mentioned> {
    let mut found = Vec::new();
    let mut words = String::new();
    for piece in pieces {
        match piece {
            Piece::Words(text) => words.push_str(text),
            Piece::Code(code) => match in_code(code) {
                Some(what) => {
                    // The order of a line is kept, and nothing is read across.
                    found.extend(in_words(&std::mem::take(&mut words)));
                    found.push(what);
                }
                None if code.contains('@') => words.push(' '),
                None => words.push_str(code),
            },
        }
    }
    found.extend(in_words(&words));
    found
}

fn in_code(code: &str) -> Option<Mentioned> {
    let code = evened(code.trim());
    let (path, commit) = code.rsplit_once(BETWEEN)?;
    judged(path.trim(), commit.trim(), 0)
}

fn in_words(words: &str) -> Vec<Mentioned> {
    let words = evened(words);
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

/// Returns a text in which one blank stands on each side of an `@` that has a blank beside it, or a commit behind it.
fn evened(text: &str) -> String {
    if !text.contains('@') {
        return text.to_owned();
    }
    let is_blank = |letter: char| letter.is_whitespace() || letter == '\u{a0}';
    let mut even = String::with_capacity(text.len());
    let mut parts = text.split('@');
    even.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let after = part.trim_start_matches(is_blank);
        let before = even.trim_end_matches(is_blank).len();
        let is_apart = before < even.len() || after.len() < part.len();
        let digits = after.bytes().take_while(u8::is_ascii_hexdigit).count();
        if is_apart && before > 0 && !after.is_empty() || digits >= SHORTENED && before > 0 {
            even.truncate(before);
            even.push_str(BETWEEN);
            even.push_str(after);
        } else {
            even.push('@');
            even.push_str(part);
        }
    }
    even
}

/// Says what a path and a commit are; none where the `@` between them means something else.
fn judged(path: &str, commit: &str, fewest: usize) -> Option<Mentioned> {
    if path.len() > LONGEST_WORD || commit.len() > LONGEST_WORD {
        return None;
    }
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
    let is_line = !word.is_empty() && word.bytes().all(|byte| matches!(byte, b'_' | b'?' | b'.'));
    is_word || is_line || is_bracketed(word)
}

fn is_bracketed(word: &str) -> bool {
    BRACKETS
        .iter()
        .any(|(open, close)| word.starts_with(*open) && word.ends_with(*close) && word.len() > 2)
}

const BRACKETS: [(char, char); 3] = [('[', ']'), ('{', '}'), ('<', '>')];

/// What stands around words and is none of them.
const AROUND: [char; 14] = [
    '(', ')', '[', ']', '"', '\'', '*', '|', '<', '>', '„', '“', '”', '`',
];

/// Returns the last word of a text, or the last thing in brackets.
fn last_word(text: &str) -> &str {
    let text = tail(text);
    for (open, close) in BRACKETS {
        if text.ends_with(close)
            && let Some(start) = text.rfind(open)
        {
            return text.get(start..).unwrap_or_default();
        }
    }
    let word = text.rsplit(char::is_whitespace).next().unwrap_or_default();
    // A link's words end where its target begins, and a cell where the next one does.
    let word = word.rsplit_once("](").map_or(word, |(_, target)| target);
    let word = word.rsplit('|').next().unwrap_or_default();
    word.trim_matches(AROUND).trim_start_matches('_')
}

/// Returns the first word of a text, or the first thing in brackets.
fn first_word(text: &str) -> &str {
    let text = head(text);
    for (open, close) in BRACKETS {
        if text.starts_with(open)
            && let Some(end) = text.find(close)
        {
            return text.get(..=end).unwrap_or_default();
        }
    }
    let text = text.trim_start_matches(['*', '"', '\'', '`']);
    let digits = text.bytes().take_while(u8::is_ascii_hexdigit).count();
    let (hash, rest) = text.split_at(digits);
    if is_hash(hash) && !rest.starts_with(|letter: char| letter.is_alphanumeric() || letter == '-')
    {
        return hash;
    }
    let word = text.split(char::is_whitespace).next().unwrap_or_default();
    let word = word.split('|').next().unwrap_or_default();
    word.trim_end_matches(['.', ',', ';', ':', '!'])
        .trim_end_matches(AROUND)
}

/// Returns the end of a text, as far as a word may reach.
fn tail(text: &str) -> &str {
    let mut from = text.len().saturating_sub(LONGEST_WORD + 1);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    text.get(from..).unwrap_or_default()
}

/// Returns the beginning of a text, as far as a word may reach.
fn head(text: &str) -> &str {
    let mut to = text.len().min(LONGEST_WORD + 1);
    while !text.is_char_boundary(to) {
        to -= 1;
    }
    text.get(..to).unwrap_or_default()
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

    /// What an attack wrote, and people write.
    #[test]
    fn marks_around_a_reference_are_none_of_it() {
        for text in [
            "[code](src/a.py @ a1b2c3d)",
            "**src/a.py** @ a1b2c3d",
            "\"src/a.py\" @ a1b2c3d",
            "|a|src/a.py @ a1b2c3d|b|",
            "src/a.py @ a1b2c3d's",
            "src/a.py @ a1b2c3d?",
            "`src/a.py` @ `a1b2c3d`",
            "src/a.py @ `a1b2c3d`",
            "src/a.py\t@\u{a0}a1b2c3d",
            "src/a.py  @  a1b2c3d",
            "src/a.py@a1b2c3d",
            "Use `<!--` here. src/a.py @ a1b2c3d",
        ] {
            assert_eq!(of(text), ["1 src/a.py @ a1b2c3d"], "{text}");
        }
        for text in [
            "`src/a.py` @ `TBD`",
            "src/a.py @ latest",
            "src/a.py @TBD",
            "a.py @ main",
            "src/a.py @ ___",
        ] {
            assert!(
                of(text).iter().any(|found| found.contains("open: ")),
                "{text}"
            );
        }
    }

    /// The time grows with the text, whatever it holds.
    #[test]
    fn hostile_lines_are_read_to_their_end() {
        for text in [
            format!("[a/b] @ TBD{}", " ] @ TBD".repeat(20_000)),
            format!("x{}", " ] @ a".repeat(200_000)),
            "a/b @ [ ".repeat(200_000),
            (1..1000)
                .rev()
                .map(|length| "`".repeat(length) + "x")
                .collect(),
        ] {
            let found = mentions(&text);
            assert!(found.len() <= text.len());
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
