//! Placeholders: `{{name}}` in a text.
//!
//! A text is cut at its placeholders once, and what is put in their place is never looked at again:
//! a value that looks like a placeholder stays what it is.

use super::fault::Word;

/// The placeholder that is the number of the iteration.
pub(super) const NUMBER: &str = "_n";

const OPENS: &str = "{{";
const CLOSES: &str = "}}";

/// A stretch of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Stretch<'t> {
    /// Text as it stands.
    Text(&'t str),
    /// The name in a placeholder, with its place in the text, and the placeholder as it is written.
    Placeholder(Word, &'t str),
}

/// Cuts a text at its placeholders.
///
/// Braces around anything but a name are text.
pub(super) fn cut(text: &str) -> Vec<Stretch<'_>> {
    let mut stretches = Vec::new();
    let (mut begun, mut looked) = (0, 0);
    while let Some(found) = text.get(looked..).and_then(|rest| rest.find(OPENS)) {
        let at = looked + found;
        let Some((name, whole)) = name_at(text, at) else {
            looked = at + 1;
            continue;
        };
        stretches.extend(
            text.get(begun..at)
                .filter(|text| !text.is_empty())
                .map(Stretch::Text),
        );
        looked = at + whole.len();
        stretches.push(Stretch::Placeholder(name, whole));
        begun = looked;
    }
    stretches.extend(
        text.get(begun..)
            .filter(|text| !text.is_empty())
            .map(Stretch::Text),
    );
    stretches
}

/// Returns the placeholders of a text.
pub(super) fn names(text: &str) -> impl Iterator<Item = Word> {
    cut(text).into_iter().filter_map(|stretch| match stretch {
        Stretch::Placeholder(name, _) => Some(name),
        Stretch::Text(_) => None,
    })
}

/// Reads the placeholder that begins at these braces.
fn name_at(text: &str, at: usize) -> Option<(Word, &str)> {
    let inner = text.get(at + OPENS.len()..)?;
    let blank = |rest: &str| rest.len() - rest.trim_start_matches([' ', '\t']).len();
    let before = blank(inner);
    let from_name = inner.get(before..)?;
    let length = from_name
        .find(|letter: char| !is_of_a_name(letter))
        .unwrap_or(from_name.len());
    let name = from_name.get(..length).filter(|name| !name.is_empty())?;
    let after = from_name.get(length..)?;
    let end = before + length + blank(after);
    inner.get(end..)?.strip_prefix(CLOSES)?;

    let name = Word {
        text: name.to_owned(),
        at: at + OPENS.len() + before,
    };
    let whole = text.get(at..at + OPENS.len() + end + CLOSES.len())?;
    Some((name, whole))
}

fn is_of_a_name(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '_' | '-' | '.')
}

/// Tells whether a line is nothing but one placeholder, emphasised perhaps (D.2).
pub(super) fn stands_alone(line: &str) -> bool {
    alone(line).is_some()
}

/// Returns the placeholder that a line is nothing but, without the emphasis around it.
pub(super) fn alone(line: &str) -> Option<&str> {
    let bare = line.trim();
    let bare = bare
        .strip_prefix("**")
        .and_then(|bare| bare.strip_suffix("**"))
        .unwrap_or(bare);
    let stretches = cut(bare);
    matches!(stretches.as_slice(), [Stretch::Placeholder(..)]).then_some(bare)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Vec<String> {
        names(text).map(|name| name.text).collect()
    }

    #[test]
    fn braces_around_a_name_are_a_placeholder() {
        for (text, found) in [
            ("{{a}}", vec!["a"]),
            ("x{{ a }}y{{b-c}}", vec!["a", "b-c"]),
            ("{{{a}}}", vec!["a"]),
            ("{{_n}}.{{a.1}}", vec!["_n", "a.1"]),
            ("{{}} {{ }} {{a b}} {{a} {a}} {{a\n}} {{", vec![]),
            ("{{é}}", vec!["é"]),
        ] {
            assert_eq!(read(text), found, "{text}");
        }
    }

    #[test]
    fn a_text_is_the_sum_of_its_stretches() {
        for text in ["", "a{{b}}c", "{{{{a}}}}", "{{a}}{{b}}", "{{", "é{{é}}{{é"] {
            let sum: String = cut(text)
                .iter()
                .map(|stretch| match stretch {
                    Stretch::Text(text) | Stretch::Placeholder(_, text) => *text,
                })
                .collect();
            assert_eq!(sum, text);
        }
    }

    #[test]
    fn braces_without_end_are_read_in_one_pass() {
        assert!(read(&"{{".repeat(1_000_000)).is_empty());
        assert!(read(&"{{ ".repeat(300_000)).is_empty());
    }
}
