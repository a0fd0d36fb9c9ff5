//! The first text of a new document, made from a template.
//!
//! A template is a controlled document: its own frontmatter, a notice to those
//! who edit it, the example frontmatter of what is made from it, then the body
//! (compatibility C.1a, R-21, R-39). What a person names is put in once, as
//! data, and never read for placeholders again.

use crate::model::frontmatter;

/// The words in the heading of a comment that is for the template alone.
const NOTICE: &str = "DOCUMENT NOTICE";
const FIRST_SUMMARY: &str = "Initial draft";
const COMMENT_BEGINS: &str = "<!--";
const COMMENT_ENDS: &str = "-->";

/// Renders the first text of a document from its template.
///
/// `{{TITLE}}` becomes the title and `{type_word}-XXX` the id, in one pass;
/// other placeholders stay for the author. The notice of the template is left
/// out, all other comments are kept. Without an own and an example frontmatter
/// this is no template, and there is no text: see [`fallback`].
///
/// Serves REQ-TEMPLATE-001, REQ-TEMPLATE-003 and REQ-TEMPLATE-004.
#[must_use]
pub fn render(template: &str, type_word: &str, id: &str, title: &str) -> Option<String> {
    let own = frontmatter::split(template).ok()?;
    let example = after_comments(own.body)?;
    frontmatter::read(example).ok()?;

    let body = frontmatter::split(example).ok()?.body;
    let body = without_notices(body);
    let type_mark = format!("{type_word}-XXX");
    let values = [("{{TITLE}}", title), (type_mark.as_str(), id)];
    Some(document(title, &substitute(body.trim(), &values)))
}

/// Returns the first text of a document that has no template.
///
/// Serves REQ-TEMPLATE-005.
#[must_use]
pub fn fallback(id: &str, title: &str) -> String {
    let values = [("{ID}", id), ("{TITLE}", title)];
    document(
        title,
        &substitute(include_str!("fallback.md").trim(), &values),
    )
}

fn document(title: &str, body: &str) -> String {
    let head = frontmatter::compose(title, FIRST_SUMMARY);
    format!("{head}\n{body}\n")
}

/// Skips blank lines and comments; what follows begins a line of its own.
fn after_comments(text: &str) -> Option<&str> {
    let mut rest = text.trim_start();
    while let Some(comment) = rest.strip_prefix(COMMENT_BEGINS) {
        let end = comment.find(COMMENT_ENDS)? + COMMENT_ENDS.len();
        rest = comment.get(end..)?.trim_start();
    }
    Some(rest)
}

/// Takes out the comments whose heading is that of a notice.
fn without_notices(body: &str) -> String {
    let mut kept = String::with_capacity(body.len());
    let mut rest = body;
    while let Some((before, comment)) = rest.split_once(COMMENT_BEGINS) {
        let Some((text, after)) = comment.split_once(COMMENT_ENDS) else {
            break;
        };
        kept.push_str(before);
        if !heading(text).contains(NOTICE) {
            kept.extend([COMMENT_BEGINS, text, COMMENT_ENDS]);
        }
        rest = after;
    }
    kept + rest
}

/// Returns the first line of a comment that says something.
fn heading(comment: &str) -> &str {
    comment
        .lines()
        .find(|line| line.chars().any(char::is_alphanumeric))
        .unwrap_or_default()
}

/// Puts values in for marks, from left to right and once.
///
/// A mark that begins with a letter is a word: it does not count within another.
fn substitute(text: &str, values: &[(&str, &str)]) -> String {
    let mut done = String::with_capacity(text.len());
    let mut rest = text;
    let mut before = None;
    while let Some(next) = rest.chars().next() {
        if let Some((mark, value)) = mark_at(before, rest, values) {
            done.push_str(value);
            rest = rest.strip_prefix(mark).unwrap_or_default();
            before = mark.chars().next_back();
        } else {
            done.push(next);
            rest = rest.strip_prefix(next).unwrap_or_default();
            before = Some(next);
        }
    }
    done
}

fn mark_at<'a>(
    before: Option<char>,
    rest: &str,
    values: &[(&'a str, &'a str)],
) -> Option<(&'a str, &'a str)> {
    let joins = |side: Option<char>| side.is_some_and(char::is_alphanumeric);
    values.iter().copied().find(|(mark, _)| {
        let after = rest.strip_prefix(mark);
        let is_word = mark.starts_with(char::is_alphanumeric);
        after.is_some_and(|after| !is_word || !(joins(before) || joins(after.chars().next())))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEMPLATE: &str = "\
---
title: Book Template
revision_summary: 'LOAN-001: first'
---

<!--
========
TEMPLATE DOCUMENT NOTICE
========
Not for books. ---
---
-->

---
title: '{{TITLE}}'
revision_summary: 'Initial creation'
---

<!--
========
TEMPLATE USAGE GUIDE
========
A BOOK-XXX is read.
-->

# BOOK-XXX: {{TITLE}}

---

{{AUTHOR}} writes BOOK-XXX, no SCRAPBOOK-XXX, BOOK-XXXL or [RETURNED].

";

    /// Verifies: REQ-TEMPLATE-001, REQ-TEMPLATE-003
    #[test]
    fn a_document_begins_with_its_template() {
        let text = render(TEMPLATE, "BOOK", "BOOK-007", "On Cats").unwrap();
        assert_eq!(
            text,
            "---\ntitle: On Cats\nrevision_summary: Initial draft\n---\n\n<!--\n========\n\
             TEMPLATE USAGE GUIDE\n========\nA BOOK-007 is read.\n-->\n\n# BOOK-007: On Cats\n\n\
             ---\n\n{{AUTHOR}} writes BOOK-007, no SCRAPBOOK-XXX, BOOK-XXXL or [RETURNED].\n"
        );
    }

    #[test]
    fn a_title_is_data_and_put_in_once() {
        for title in [
            "{{TITLE}} BOOK-XXX",
            "BOOK-XXX",
            "<!-- x",
            "{{TITLE}",
            "a: 'b' # c",
        ] {
            let text = render(TEMPLATE, "BOOK", "BOOK-007", title).unwrap();
            assert!(text.contains(&format!("\n# BOOK-007: {title}\n")), "{text}");
            assert_eq!(frontmatter::title_of(&text).as_deref(), Some(title));
            let text = fallback("BOOK-007", title);
            assert!(text.contains(&format!("\n# BOOK-007: {title}\n")), "{text}");
        }
        let id_in_braces = fallback("{TITLE}", "{ID}");
        assert!(id_in_braces.contains("\n# {TITLE}: {ID}\n"));
    }

    /// Verifies: REQ-TEMPLATE-004
    #[test]
    fn the_frontmatter_of_a_new_document_says_title_and_first_summary() {
        for text in [
            render(TEMPLATE, "BOOK", "BOOK-007", "2026-01-01").unwrap(),
            fallback("BOOK-007", "2026-01-01"),
        ] {
            let read = frontmatter::read(&text).unwrap();
            assert_eq!(read.title.as_deref(), Some("2026-01-01"));
            assert_eq!(read.revision_summary.as_deref(), Some("Initial draft"));
            assert_eq!(read.keys, ["title", "revision_summary"]);
        }
    }

    #[test]
    fn a_notice_in_the_body_is_taken_out_too() {
        let template = "---\n---\n---\n---\n\n<!-- BOOK DOCUMENT NOTICE -->\nA<!-- b\nDOCUMENT NOTICE -->\n<!-- open";
        let text = render(template, "BOOK", "BOOK-007", "x").unwrap();
        assert!(
            text.ends_with("---\n\nA<!-- b\nDOCUMENT NOTICE -->\n<!-- open\n"),
            "{text}"
        );
    }

    #[test]
    fn a_text_without_two_frontmatters_is_no_template() {
        for text in [
            "",
            "# BOOK-XXX\n",
            "---\ntitle: x\n---\n\n# BOOK-XXX\n",
            "---\ntitle: x\n---\n\n# BOOK-XXX\n\n---\n\n## Scope\n\n---\n\nmore\n",
            "---\ntitle: x\n---\n\n<!-- open\n---\n---\n",
            "---\ntitle: x\n---\n---\n- a\n---\nbody\n",
        ] {
            assert_eq!(render(text, "BOOK", "BOOK-007", "x"), None, "{text:?}");
        }
    }

    /// Verifies: REQ-TEMPLATE-005
    #[test]
    fn a_document_without_a_template_has_frontmatter_and_a_heading() {
        let text = fallback("BOOK-007", "On Cats");
        let head =
            "---\ntitle: On Cats\nrevision_summary: Initial draft\n---\n\n# BOOK-007: On Cats\n";
        assert!(text.starts_with(head), "{text}");
        for heading in ["## 1. Purpose", "## 2. Scope", "## 3. Content"] {
            assert!(text.contains(heading));
        }
        assert!(text.ends_with("---\n\n**END OF DOCUMENT**\n"));
    }

    #[test]
    fn large_templates_are_rendered_within_a_second() {
        let body = "BOOK-XXX {{TITLE}} <!-- x -->\n".repeat(100_000);
        let begun = std::time::Instant::now();
        let text = render(
            &format!("---\n---\n---\n---\n{body}"),
            "BOOK",
            "BOOK-007",
            "x",
        )
        .unwrap();
        assert!(begun.elapsed().as_secs() < 2);
        assert!(text.ends_with("BOOK-007 x <!-- x -->\n"));
    }
}
