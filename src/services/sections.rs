//! The sections of a Markdown text, by their headings.
//!
//! Knows headings that begin with `#`, and where a `#` is none: in fenced code,
//! in comments, in frontmatter. It is no Markdown parser.

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

/// Returns the section under a heading, its heading and all beneath it.
///
/// The heading is named by its text, without the marks before and after; the
/// first of that text counts.
#[must_use]
pub fn section<'a>(markdown: &'a str, heading: &str) -> Option<&'a str> {
    let all = scan(markdown);
    let index = all.iter().position(|found| found.text == heading.trim())?;
    let (begins, beneath) = all.get(index..)?.split_first()?;
    let end = beneath
        .iter()
        .find(|next| next.level <= begins.level)
        .map_or(markdown.len(), |next| next.at);
    markdown.get(begins.at..end)
}

/// Returns the texts of all headings, in their order and without their marks.
#[must_use]
pub fn headings(markdown: &str) -> Vec<&str> {
    scan(markdown).iter().map(|found| found.text).collect()
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
        let chapter = section(BOOK, "Chapter 1").unwrap();
        assert!(
            chapter.starts_with("## Chapter 1 ##\n") && chapter.ends_with("````\n"),
            "{chapter}"
        );
        assert!(chapter.contains("### Part"));
        assert!(section(BOOK, "Book").unwrap().ends_with("again\n"));
        assert_eq!(section(BOOK, " End #5 "), Some("# End #5\n"));
        assert_eq!(section(BOOK, "C#"), Some("   ## C#\n"));
    }

    #[test]
    fn the_first_of_two_equal_headings_counts() {
        assert!(section(BOOK, "Chapter 2").unwrap().contains("#hash"));
    }

    #[test]
    fn a_heading_that_is_not_there_has_no_section() {
        for name in [
            "no heading",
            "none",
            "code",
            "a note",
            "chapter 1",
            "## Book",
        ] {
            assert_eq!(section(BOOK, name), None, "{name}");
        }
        assert_eq!(section("", ""), None);
        assert_eq!(headings("#\n####### x\n"), [""]);
    }
}
