//! What changed between two texts, as people read it.

use similar::TextDiff;

const CONTEXT_LINES: usize = 3;

/// Returns the unified difference of two texts, empty if they are equal.
///
/// Three lines around each change are shown; a text that does not end with a
/// newline is marked so.
#[must_use]
pub fn unified(old: &str, new: &str, old_label: &str, new_label: &str) -> String {
    if old == new {
        return String::new();
    }
    TextDiff::from_lines(old, new)
        .unified_diff()
        .context_radius(CONTEXT_LINES)
        .header(old_label, new_label)
        .missing_newline_hint(true)
        .to_string()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_texts_differ_in_nothing() {
        assert_eq!(unified("a\n", "a\n", "old", "new"), "");
    }

    #[test]
    fn changes_stand_among_three_lines_of_their_surroundings() {
        let old = "1\n2\n3\n4\n5\n6\n7\n8\n9\n";
        let new = "1\n2\n3\n4\nfive\n6\n7\n8\n9\n";
        assert_eq!(
            unified(old, new, "BOOK-001 1.0", "BOOK-001 1.1"),
            "--- BOOK-001 1.0\n+++ BOOK-001 1.1\n@@ -2,7 +2,7 @@\n 2\n 3\n 4\n-5\n+five\n 6\n 7\n 8\n"
        );
    }

    #[test]
    fn a_missing_final_newline_is_marked() {
        let text = unified("a\n", "a", "old", "new");
        assert!(
            text.ends_with("-a\n+a\n\\ No newline at end of file\n"),
            "{text}"
        );
        let text = unified("", "a\n", "old", "new");
        assert!(text.ends_with("@@ -0,0 +1 @@\n+a\n"), "{text}");
    }

    #[test]
    fn line_endings_are_part_of_the_text() {
        assert!(unified("a\n", "a\r\n", "old", "new").contains("+a\r\n"));
    }

    #[test]
    fn large_texts_without_a_common_line_are_compared_in_time() {
        let lines = |word: &str| {
            let lines = (0..60_000).map(|n| format!("{word} {}\n", n * 7919 % 60_013));
            lines.collect::<Vec<_>>().concat()
        };
        let begun = std::time::Instant::now();
        assert!(!unified(&lines("a"), &lines("b"), "old", "new").is_empty());
        assert!(begun.elapsed().as_secs() < 5, "{:?}", begun.elapsed());
    }
}
