//! The sections of a Markdown text, by their headings.
//!
//! Knows headings that begin with `#`, and where a `#` is none: in fenced code,
//! in comments, in frontmatter. It is no Markdown parser.

use std::borrow::Cow;

use crate::model::frontmatter;

/// A heading and where its line begins.
struct Heading<'a> {
    at: usize,
    level: usize,
    text: &'a str,
}

/// Where a line stands.
enum Surroundings<'a> {
    Text,
    /// Between fences; the marks that opened it.
    Code(&'a str),
    Comment,
}

/// A heading longer than this is no heading to a person: its marks are left alone, for to pair them takes time.
const LONGEST: usize = 1024;

/// A part of a text, under its heading.
#[derive(Debug, PartialEq, Eq)]
pub struct Section<'a> {
    /// The text of the heading, without marks.
    pub heading: Cow<'a, str>,
    /// The heading and all beneath it.
    pub text: &'a str,
}

/// Returns the section under a heading, its heading and all beneath it.
///
/// The heading is named by its text, with or without the marks within it but without those before and after;
/// the first that is spelt so counts, else the first that differs in letter case alone.
#[must_use]
pub fn section<'a>(markdown: &'a str, wanted: &str) -> Option<Section<'a>> {
    let all = scan(markdown);
    let wanted = wanted.trim();
    let bare = without_marks(wanted);
    let spelt = |found: &Heading<'_>| {
        let text = without_marks(found.text);
        found.text == wanted || text == wanted || text == bare
    };
    let lower = bare.to_lowercase();
    let alike = |found: &Heading<'_>| without_marks(found.text).to_lowercase() == lower;
    let index = all
        .iter()
        .position(spelt)
        .or_else(|| all.iter().position(alike))?;
    let (begins, beneath) = all.get(index..)?.split_first()?;
    let end = beneath
        .iter()
        .find(|next| next.level <= begins.level)
        .map_or(markdown.len(), |next| next.at);
    Some(Section {
        heading: without_marks(begins.text),
        text: markdown.get(begins.at..end)?,
    })
}

/// Returns the texts of all headings, in their order and without their marks.
#[must_use]
pub fn headings(markdown: &str) -> Vec<Cow<'_, str>> {
    let found = scan(markdown).into_iter();
    found.map(|found| without_marks(found.text)).collect()
}

fn scan(markdown: &str) -> Vec<Heading<'_>> {
    let body = frontmatter::split(markdown).map_or(markdown, |parts| parts.body);
    let mut at = markdown.len() - body.len();
    let mut around = Surroundings::Text;
    let mut found = Vec::new();

    for line in body.split_inclusive('\n') {
        around = match around {
            Surroundings::Comment if line.contains("-->") => Surroundings::Text,
            Surroundings::Comment => Surroundings::Comment,
            Surroundings::Code(opened) if closes(line, opened) => Surroundings::Text,
            Surroundings::Code(opened) => Surroundings::Code(opened),
            Surroundings::Text => {
                found.extend(heading(line).map(|(level, text)| Heading { at, level, text }));
                after(line)
            }
        };
        at += line.len();
    }
    found
}

/// Says where the line after a line of text stands.
fn after(line: &str) -> Surroundings<'_> {
    let Some(flush) = flush(line) else {
        return Surroundings::Text;
    };
    if let Some(marks) = fence(flush) {
        return Surroundings::Code(marks);
    }
    if flush.starts_with("<!--") && !flush.contains("-->") {
        return Surroundings::Comment;
    }
    Surroundings::Text
}

fn heading(line: &str) -> Option<(usize, &str)> {
    let flush = flush(line)?;
    let text = flush.trim_start_matches('#');
    let level = flush.len() - text.len();
    let apart = text.is_empty() || text.starts_with([' ', '\t']);
    if !(1..=6).contains(&level) || !apart {
        return None;
    }

    // Marks at the end count only if they stand apart from the text.
    let text = text.trim();
    let bare = text.trim_end_matches('#');
    let closed = bare.is_empty() || bare.ends_with([' ', '\t']);
    Some((level, if closed { bare.trim_end() } else { text }))
}

/// Returns a text without the marks of emphasis and code; what stands between the marks of code stays as it is.
fn without_marks(text: &str) -> Cow<'_, str> {
    if text.len() > LONGEST || !text.contains(['*', '_', '`']) {
        return Cow::Borrowed(text);
    }
    let mut plain = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(['*', '_', '`']) {
        let (before, found) = rest.split_at(at);
        plain.push_str(before);
        let mark = found.chars().next().unwrap_or_default();
        let after = found.trim_start_matches(mark);
        let marks = found.get(..found.len() - after.len()).unwrap_or_default();
        rest = after;
        if mark == '`' {
            match code(after, marks) {
                Some((code, beyond)) => {
                    plain.push_str(code);
                    rest = beyond;
                }
                None => plain.push_str(marks),
            }
        } else if is_text(mark, plain.chars().next_back(), after.chars().next()) {
            plain.push_str(marks);
        }
    }
    plain.push_str(rest);
    Cow::Owned(plain.trim().to_owned())
}

/// Returns what stands before the marks that close code, and what stands after them.
fn code<'a>(text: &'a str, marks: &str) -> Option<(&'a str, &'a str)> {
    let mut from = 0;
    loop {
        let at = from + text.get(from..)?.find('`')?;
        let beyond = text.get(at..)?.trim_start_matches('`');
        let end = text.len() - beyond.len();
        if end - at == marks.len() {
            return Some((text.get(..at)?, beyond));
        }
        from = end;
    }
}

/// Tells whether a mark of emphasis is none: it stands apart from every word, or, a `_`, within one.
fn is_text(mark: char, before: Option<char>, after: Option<char>) -> bool {
    let is_blank = |letter: Option<char>| letter.is_none_or(char::is_whitespace);
    let is_word = |letter: Option<char>| letter.is_some_and(char::is_alphanumeric);
    let is_apart = is_blank(before) && is_blank(after);
    is_apart || mark == '_' && is_word(before) && is_word(after)
}

/// Returns the marks that open fenced code.
fn fence(flush: &str) -> Option<&str> {
    let mark = flush
        .chars()
        .next()
        .filter(|mark| matches!(mark, '`' | '~'))?;
    let info = flush.trim_start_matches(mark);
    let marks = flush.get(..flush.len() - info.len())?;
    let inline = mark == '`' && info.contains('`');
    (marks.len() >= 3 && !inline).then_some(marks)
}

fn closes(line: &str, opened: &str) -> bool {
    let Some(flush) = flush(line) else {
        return false;
    };
    let rest = flush
        .strip_prefix(opened)
        .map(|rest| rest.trim_start_matches(['`', '~']));
    fence(flush).is_some() && rest == Some("")
}

/// Returns a line without its indent and end, unless it is indented as code.
fn flush(line: &str) -> Option<&str> {
    let flush = line.trim_start_matches(' ');
    (line.len() - flush.len() < 4).then(|| flush.trim_end())
}

#[cfg(test)]
mod tests {
    use super::*;

    const BOOK: &str = "\
---
# a note
title: x
---
# Book

## Chapter 1 ##
text
### Part
```sh
## no heading
~~~
# none
````
## Chapter 2
#hash
~~~
## none
```
~~~
<!-- ## none
## none -->
    ## code
   ## C#
## Chapter 2
again
# End #5
";

    #[test]
    fn headings_are_named_without_their_marks() {
        assert_eq!(
            headings(BOOK),
            [
                "Book",
                "Chapter 1",
                "Part",
                "Chapter 2",
                "C#",
                "Chapter 2",
                "End #5"
            ]
        );
    }

    #[test]
    fn a_section_holds_all_beneath_its_heading() {
        let section = |name: &str| super::section(BOOK, name).map(|found| found.text);
        let chapter = section("Chapter 1").unwrap();
        assert!(
            chapter.starts_with("## Chapter 1 ##\n") && chapter.ends_with("````\n"),
            "{chapter}"
        );
        assert!(chapter.contains("### Part"));
        assert!(section("Book").unwrap().ends_with("again\n"));
        assert_eq!(section(" End #5 "), Some("# End #5\n"));
        assert_eq!(section("C#"), Some("   ## C#\n"));
    }

    #[test]
    fn the_first_of_two_equal_headings_counts() {
        assert!(section(BOOK, "Chapter 2").unwrap().text.contains("#hash"));
    }

    #[test]
    fn a_heading_that_is_not_there_has_no_section() {
        for name in ["no heading", "none", "code", "a note", "## Book"] {
            assert_eq!(section(BOOK, name), None, "{name}");
        }
        assert_eq!(section("", ""), None);
        assert_eq!(headings("#\n####### x\n"), [""]);
    }

    /// Emphasis and code are marks, not words; what is no mark is kept.
    #[test]
    fn headings_lose_the_marks_within_them() {
        for (marked, plain) in [
            ("**Bold** and _soft_", "Bold and soft"),
            ("***Both*** of *them*", "Both of them"),
            ("Run `qms_read` with `**`", "Run qms_read with **"),
            ("A ``b`c`` d", "A b`c d"),
            ("an `open mark", "an `open mark"),
            ("snake_case stays", "snake_case stays"),
            ("2 * 3 _ 4", "2 * 3 _ 4"),
            ("`_`", "_"),
            ("Höhe **Ä**", "Höhe Ä"),
            ("plain", "plain"),
        ] {
            assert_eq!(without_marks(marked), plain);
            let text = format!("# {marked}\nbelow\n");
            for name in [marked, plain, &plain.to_uppercase()] {
                let found = section(&text, name).expect(name);
                assert_eq!((found.heading.as_ref(), found.text), (plain, text.as_str()));
            }
        }
    }

    /// However many marks there are, they are paired in time.
    #[test]
    fn marks_without_end_are_left_alone() {
        let runs = (1..3000).map(|count| format!("{} ", "`".repeat(count)));
        let text = format!("# {}\n# Goal\n", runs.collect::<String>());
        let begun = std::time::Instant::now();
        assert_eq!(
            section(&text, "goal").map(|found| found.text),
            Some("# Goal\n")
        );
        assert!(begun.elapsed().as_secs() < 2, "{:?}", begun.elapsed());
    }

    /// The letter case as written counts first.
    #[test]
    fn a_heading_that_is_spelt_so_comes_before_one_that_is_alike() {
        let text = "# GOAL\na\n# Goal\nb\n# `Goal`\nc\n";
        let found = |name: &str| section(text, name).map(|found| found.text);
        assert_eq!(found("Goal"), Some("# Goal\nb\n"));
        assert_eq!(found("`Goal`"), Some("# Goal\nb\n"));
        assert_eq!(found("goal"), Some("# GOAL\na\n"));
    }
}
