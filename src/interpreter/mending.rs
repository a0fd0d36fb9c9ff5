//! What is wrong with the text of a document, and the text with it mended.
//!
//! The pure part of a repair (D-13, R-23): a labelled line says what the
//! records say, a key of the frontmatter is absent. Which lines and keys, the
//! rules decide; what the records say, the caller.

use crate::model::frontmatter;

/// A rule on what a text may not be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FlawRule {
    /// The first line that begins so keeps its label and says what it should.
    Line {
        /// How the line begins: the label, perhaps with a wrong value.
        begins: String,
        /// What is to follow the label.
        should_be: String,
    },
    /// The frontmatter does not have this key.
    FrontmatterKey {
        /// The key, at the top level.
        key: String,
    },
}

/// A text after its repair.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Mended {
    /// The text; the one given, byte for byte, if nothing was wrong.
    pub text: String,
    /// What was mended, a short sentence each.
    pub fixes: Vec<String>,
}

/// Mends the flaws of a text, and keeps all other bytes.
///
/// Mending what is mended changes nothing. A line or frontmatter that is not
/// there has no flaw.
#[must_use]
pub fn mend(text: &str, rules: &[FlawRule]) -> Mended {
    let mut mended = Mended {
        text: text.to_owned(),
        fixes: Vec::new(),
    };
    for rule in rules {
        let fixed = match rule {
            FlawRule::Line { begins, should_be } => with_line(&mended.text, begins, should_be),
            FlawRule::FrontmatterKey { key } => without_key(&mended.text, key),
        };
        if let Some((text, fix)) = fixed {
            mended.text = text;
            mended.fixes.push(fix);
        }
    }
    mended
}

fn with_line(text: &str, begins: &str, should_be: &str) -> Option<(String, String)> {
    let label = label(begins);
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        // A hard line break at the end is the author's, and so is the line ending.
        let said = line.trim_end();
        let value = said.strip_prefix(label);
        if value.and_then(|value| value.strip_prefix(' ')) == Some(should_be) {
            return None;
        }
        if line.starts_with(begins) {
            let before = text.get(..at + label.len())?;
            let after = text.get(at + said.len().max(label.len())..)?;
            let fix = format!("`{label}` is now `{should_be}`");
            return Some((format!("{before} {should_be}{after}"), fix));
        }
        at += line.len();
    }
    None
}

/// Returns the part of a beginning that stays: up to its colon, mark included.
fn label(begins: &str) -> &str {
    let end = begins
        .find(":**")
        .map(|at| at + ":**".len())
        .or_else(|| begins.find(':').map(|at| at + 1))
        .unwrap_or(begins.len());
    begins.get(..end).unwrap_or(begins)
}

fn without_key(text: &str, key: &str) -> Option<(String, String)> {
    let left = frontmatter::without_keys(text, &|found| found == key).ok()?;
    if left == text {
        return None;
    }
    let fix = format!("`{key}` is taken out of the frontmatter");
    Some((left.into_owned(), fix))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(begins: &str, should_be: &str) -> FlawRule {
        FlawRule::Line {
            begins: begins.to_owned(),
            should_be: should_be.to_owned(),
        }
    }

    fn key(key: &str) -> FlawRule {
        FlawRule::FrontmatterKey {
            key: key.to_owned(),
        }
    }

    #[test]
    fn a_flaw_is_mended_once_and_nothing_else_is_touched() {
        for (rule, text, left) in [
            (
                line("**Edition:**", "2.0"),
                "a\n**Edition:** 1.0\n**Edition:** 1.0\n",
                "a\n**Edition:** 2.0\n**Edition:** 1.0\n",
            ),
            (
                line("**Edition:**", "2.0"),
                "**Edition:**",
                "**Edition:** 2.0",
            ),
            (
                line("**Edition:**", "2.0"),
                "**Edition:**   \n",
                "**Edition:** 2.0   \n",
            ),
            (
                line("**Edition:**", "2.0"),
                "**Edition:** 1.0  \r\nx\r\n",
                "**Edition:** 2.0  \r\nx\r\n",
            ),
            (
                line("**Lent On:** TBD", "2026-01-01"),
                "**Lent On:** TBD (soon)\n",
                "**Lent On:** 2026-01-01\n",
            ),
            (
                line("**Lent On:** TBD", "today"),
                "**Lent On:** TBD\n**Lent On:** TBD\n",
                "**Lent On:** today\n**Lent On:** TBD\n",
            ),
            (
                line("Edition: old", "é"),
                "é\nEdition: old",
                "é\nEdition: é",
            ),
            (line("Edition", "2"), "Editions\n", "Edition 2\n"),
            (
                key("borrowed"),
                "---\ntitle: x\nborrowed: true\n---\nb\n",
                "---\ntitle: x\n---\nb\n",
            ),
        ] {
            let rules = [rule];
            let once = mend(text, &rules);
            assert_eq!(once.text, left);
            assert_eq!(once.fixes.len(), 1);
            let twice = mend(&once.text, &rules);
            assert_eq!((twice.text.as_str(), twice.fixes.len()), (left, 0));
        }
    }

    #[test]
    fn a_text_without_the_line_or_key_has_no_flaw() {
        for (rule, text) in [
            (line("**Edition:**", "2.0"), "no **Edition:** 1.0 here\n"),
            (line("**Edition:**", "2.0"), "**Edition:** 2.0  \n"),
            (
                line("**Lent On:** TBD", "today"),
                "**Lent On:** yesterday\n",
            ),
            (key("borrowed"), "---\ntitle: x\n---\nborrowed: true\n"),
            (key("borrowed"), "no frontmatter\nborrowed: true\n"),
            (key("borrowed"), "---\n{title: x, borrowed: true}\n---\n"),
        ] {
            let mended = mend(text, &[rule]);
            assert_eq!((mended.text.as_str(), mended.fixes.len()), (text, 0));
        }
    }

    #[test]
    fn fixes_are_told_in_sentences() {
        let text = "---\nborrowed: true\n---\n**Edition:** 1.0\n";
        let mended = mend(text, &[line("**Edition:**", "2.0"), key("borrowed")]);
        assert_eq!(mended.text, "---\n---\n**Edition:** 2.0\n");
        assert_eq!(
            mended.fixes,
            [
                "`**Edition:**` is now `2.0`",
                "`borrowed` is taken out of the frontmatter"
            ]
        );
    }
}
