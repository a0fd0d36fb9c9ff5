//! The rules of frontmatter, against documents of a library.

use std::time::Instant;

use super::*;

fn strip(text: &str) -> Result<Cow<'_, str>, TextFault> {
    without_keys(text, &|key| key == "shelf" || key == "readers")
}

#[test]
fn the_closing_mark_stands_on_a_line_of_its_own() {
    let parts = split("---\ntitle: a --- b\nx: |\n  ---\n---\nbody\n---\n").unwrap();
    assert_eq!(parts.block, "title: a --- b\nx: |\n  ---\n");
    assert_eq!(parts.body, "body\n---\n");
    assert_eq!(parts.block_start_line, 2);
}

#[test]
fn line_endings_of_both_kinds_are_read() {
    let parts = split("---\r\ntitle: a\r\n---\r\nbody\r\n").unwrap();
    assert_eq!((parts.block, parts.body), ("title: a\r\n", "body\r\n"));
    assert_eq!(title_of("---\r\ntitle: a\r\n---").as_deref(), Some("a"));
}

#[test]
fn what_is_no_frontmatter_is_a_fault_with_its_place() {
    for (text, word, line) in [
        ("", "does not begin", 1),
        ("# Book\n", "does not begin", 1),
        ("\u{feff}---\n---\n", "byte order mark", 1),
        ("---\ntitle: a\n", "not closed", 1),
        ("--- \ntitle: [\n---\n", "", 2),
        ("---\n- a\n---\n", "is a list", 2),
        ("---\njust text\n---\n", "is text", 2),
        ("---\na: 1\nb: 2\na: 3\n---\n", "duplicate", 4),
        ("---\ntitle: Dogs: and cats\n---\n", "", 2),
    ] {
        let fault = read(text).unwrap_err();
        assert!(fault.message.contains(word), "{text:?}: {fault}");
        assert_eq!(fault.line, line, "{text:?}: {fault}");
        assert_eq!(title_of(text), None);
    }
}

#[test]
fn an_empty_block_is_an_empty_mapping() {
    for text in ["---\n---\n", "---\n{}\n---\n", "---\n# note\n\n---\n"] {
        assert_eq!(read(text).unwrap(), Frontmatter::default(), "{text:?}");
    }
}

#[test]
fn single_values_are_read_as_they_are_spelt() {
    let read = read("---\ntitle: 1.10\nrevision_summary: 2026-01-01\nx: [1]\n---\n").unwrap();
    assert_eq!(read.title.as_deref(), Some("1.10"));
    assert_eq!(read.revision_summary.as_deref(), Some("2026-01-01"));
    assert_eq!(read.keys, ["title", "revision_summary", "x"]);
    assert_eq!(title_of("---\ntitle: [a]\n---\n"), None);
    assert_eq!(title_of("---\ntitle: yes\n---\n").as_deref(), Some("yes"));
    assert_eq!(title_of("---\ntitle: true\n---\n").as_deref(), Some("true"));
    assert_eq!(title_of("---\ntitle:\n---\n"), None);
}

#[test]
fn state_keys_go_and_every_other_byte_stays() {
    for (block, left) in [
        ("shelf: A\ntitle:   'x'  # why\n", "title:   'x'  # why\n"),
        (
            "title: x\nshelf:\n  row: 1\n  deep:\n    - a\n\n# end\n",
            "title: x\n\n# end\n",
        ),
        (
            "readers:\n- a\n- b\n# on the title\ntitle: x\n",
            "# on the title\ntitle: x\n",
        ),
        (
            "# head\nshelf: |\n  # text\n  more\n\nz: >\n  a\n  b\n",
            "# head\n\nz: >\n  a\n  b\n",
        ),
        (
            "a: 1\nshelf: \"one\n  two: three\"\nb: [1,\n  2]\n",
            "a: 1\nb: [1,\n  2]\n",
        ),
        ("'shelf': A\n? readers\n: - a\nb: 1\n", "b: 1\n"),
        ("  shelf: A\n  title: x\n", "  title: x\n"),
        ("shelf: A\r\ntitle: x\r\n", "title: x\r\n"),
        ("notes:\n  shelf: A\nshelf: B\n", "notes:\n  shelf: A\n"),
        ("{shelf: A}\n", ""),
        ("shelf: A", ""),
    ] {
        let text = format!("---\n{block}\n---\n\nbody shelf: A\n").replace("\n\n---", "\n---");
        let expected = format!("---\n{left}---\n\nbody shelf: A\n");
        assert_eq!(strip(&text).unwrap(), expected, "{block:?}");
        assert!(matches!(strip(&expected).unwrap(), Cow::Borrowed(_)));
    }
}

#[test]
fn a_key_that_cannot_go_alone_is_left_to_a_person() {
    for block in [
        "{title: x, shelf: A}\n",
        "shelf: &s A\ntitle: *s\n",
        "title: x\rshelf: A\n",
        "{title: x,\n shelf: A}\n",
    ] {
        let text = format!("---\n{block}---\nbody\n");
        let fault = strip(&text).unwrap_err();
        assert!(fault.message.contains("`shelf`"), "{fault}");
        assert!(fault.message.contains("by hand"), "{fault}");
    }
}

#[test]
fn written_frontmatter_is_read_as_it_was_said() {
    let long = "a long title with words ".repeat(60);
    for title in TITLES.iter().copied().chain([long.as_str(), long.trim()]) {
        let text = compose(title, "Initial draft");
        let read = read(&text).unwrap_or_else(|fault| panic!("{title:?}: {fault}\n{text}"));
        assert_eq!(read.title.as_deref(), Some(title), "{text}");
        assert_eq!(read.revision_summary.as_deref(), Some("Initial draft"));
        assert_eq!(split(&text).unwrap().body, "");
    }
}

/// What looks like another type is quoted, for readers of YAML 1.1 too.
#[test]
fn ambiguous_titles_are_quoted() {
    for title in [
        "yes",
        "on",
        "1.0",
        "2026-01-01",
        "null",
        "~",
        "0o7",
        "1_000",
        "1:30",
        "",
    ] {
        let text = compose(title, "");
        let value = text.lines().nth(1).unwrap().trim_start_matches("title: ");
        assert!(value.starts_with(['\'', '"']), "{text}");
    }
}

const TITLES: &[&str] = &[
    "",
    " ",
    "yes",
    "NO",
    "y",
    "1.0",
    "0.10",
    "2026-01-01",
    "a: b",
    "# x",
    "x # y",
    "'quoted'",
    "\"double\"",
    "null",
    "~",
    "0o7",
    "0x1F",
    "1_000",
    "1:30",
    "1e3",
    ".inf",
    "😀 books",
    "---",
    "--- x",
    "trailing  ",
    "  leading",
    "a\tb",
    "- x",
    "? x",
    "! x",
    "&a",
    "*a",
    "{a}",
    "[a]",
    "|",
    ">",
    "%x",
    "@x",
    "`x`",
    "back\\slash",
    "=",
    "<<",
    "x:",
    ":x",
    "\u{7}",
    "\u{feff}x",
    "\u{85}",
    "\u{2028}",
    "<!-- x",
    "{{TITLE}}",
    "...",
];

#[test]
fn hostile_frontmatter_is_a_fault_within_a_second() {
    let nested = "[".repeat(60_000);
    let huge = "x: y\n".repeat(2 * 1024 * 1024);
    let long_line = "x".repeat(10 * 1024 * 1024);
    for text in [
        format!("---\n{nested}\n---\n"),
        format!("---\na: {}\n---\n", "- ".repeat(30_000)),
        format!("---\n{huge}---\n"),
        format!("---\n{long_line}"),
        long_line,
    ] {
        let begun = Instant::now();
        assert!(read(&text).is_err());
        assert!(strip(&text).is_err());
        assert!(begun.elapsed().as_secs() < 1);
    }

    // A large body is no matter: only the block is read.
    let large = format!(
        "---\ntitle: x\nshelf: A\n---\n{}",
        "line\n".repeat(2 * 1024 * 1024)
    );
    let begun = Instant::now();
    assert_eq!(
        strip(&large).unwrap().len(),
        large.len() - "shelf: A\n".len()
    );
    assert!(begun.elapsed().as_secs() < 1);
}

proptest::proptest! {
    #[test]
    fn any_title_is_read_back(title in "[^\r\n]{0,80}", summary in "\\PC{0,40}") {
        let read = read(&compose(&title, &summary)).unwrap();
        proptest::prop_assert_eq!(read.title, Some(title));
        proptest::prop_assert_eq!(read.revision_summary, Some(summary));
    }

    #[test]
    fn no_text_is_a_crash(text in "\\PC{0,60}", rest in "(---\n|[a-z#'\"{}:|> \n-]){0,60}") {
        let text = format!("---\n{rest}{text}\n---\n");
        let _ = read(&text);
        if let Ok(left) = without_keys(&text, &|key| key < "m") {
            proptest::prop_assert!(read(&left).is_ok());
        }
    }
}
