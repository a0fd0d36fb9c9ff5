//! Reads YAML within a budget, with the place of each value.
//!
//! The one door to the YAML reader for text that people wrote: frontmatter and
//! prompt files. Depth, nodes and aliases are bounded, so no input can take the
//! process down. It is not a general YAML value: tags are not kept.

use serde::de::DeserializeOwned;

mod node;

use node::whole;
pub use node::{Node, Value};

/// A fault of a text, with the place where it was found.
///
/// Lines and columns begin at 1 and count within the text that was given.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct TextFault {
    /// What is wrong, in one line.
    pub message: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column, counted from 1.
    pub column: usize,
}

impl TextFault {
    /// Returns a fault at a place.
    #[must_use]
    pub fn at(line: usize, column: usize, message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            line: line.max(1),
            column: column.max(1),
        }
    }
}

/// Reads a YAML text into nodes with their places.
///
/// # Errors
///
/// A text that is no YAML, holds a key twice, is nested more than 32 deep or
/// unfolds beyond the budget is a [`TextFault`].
pub fn nodes(text: &str) -> Result<Node, TextFault> {
    read::<Node>(text)
}

/// Reads a YAML text into a typed value, within the same budget.
///
/// # Errors
///
/// As [`nodes`], and a text of another shape than the type has.
pub fn read<T: DeserializeOwned>(text: &str) -> Result<T, TextFault> {
    serde_yaml::from_str_with_options(text, options()).map_err(|error| fault(&error))
}

/// Writes a mapping of texts, one entry a line.
///
/// Readers of YAML 1.1 and 1.2 read the same texts from it, whatever they look
/// like: what a reader would take for a number, a date or a mark is quoted.
///
/// # Panics
///
/// Never: a flat mapping of texts always has a YAML form.
#[must_use]
pub fn mapping(entries: &[(&str, Option<&str>)]) -> String {
    let options = serde_yaml::ser_options! {
        prefer_block_scalars: false,
    };
    #[expect(
        clippy::expect_used,
        reason = "a flat mapping of texts has a YAML form, and writing to memory does not fail"
    )]
    serde_yaml::to_string_with_options(&Entries(entries), options)
        .expect("a mapping of texts has a YAML form")
}

struct Entries<'a>(&'a [(&'a str, Option<&'a str>)]);

impl serde::Serialize for Entries<'_> {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

fn options() -> serde_yaml::Options {
    let mut options = serde_yaml::Options::default();
    options.budget = Some(budget());
    options.alias_limits.max_total_replayed_events = 10_000;
    options.alias_limits.max_replay_stack_depth = 8;
    options.strict_booleans = true;
    options.merge_keys = serde_yaml::MergeKeyPolicy::AsOrdinary;
    options.non_finite_float_policy = serde_yaml::NonFiniteFloatPolicy::AsString;
    options.ignore_binary_tag_for_string = true;
    options.with_snippet = false;
    options
}

fn budget() -> serde_yaml::Budget {
    let mut budget = serde_yaml::Budget::default();
    budget.flow_nesting_limit = 32;
    budget.max_depth = 32;
    budget.max_events = 100_000;
    budget.max_nodes = 50_000;
    budget.max_aliases = 100;
    budget.max_anchors = 100;
    budget.max_recorded_anchor_events = 10_000;
    budget.max_recorded_anchor_bytes = 1024 * 1024;
    budget.max_total_scalar_bytes = 1024 * 1024;
    budget.max_documents = 1;
    budget
}

fn fault(error: &serde_yaml::Error) -> TextFault {
    let (line, column) = error.location().map_or((1, 1), |location| {
        (whole(location.line()), whole(location.column()))
    });

    TextFault::at(line, column, sentence(error))
}

fn sentence(error: &serde_yaml::Error) -> String {
    let whole = error
        .without_snippet()
        .render_with_formatter(&serde_yaml::UserMessageFormatter);
    if whole.contains("limits breached") || whole.contains("recursion limit") {
        return "nested too deep, or unfolding too far".to_owned();
    }

    // The reader repeats the place in its sentence; the fault has its own.
    let first = whole.lines().next().unwrap_or_default();
    let said = first.split(" at line ").next().unwrap_or(first);
    let said = said.trim_end_matches(['.', ':', ' ']);
    said.replacen("Recursive", "recursive", 1)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_value_has_its_place() {
        let root = nodes("title: One\nlist:\n  - a\n  - 2\n").unwrap();
        let Value::Map(entries) = root.value else {
            panic!()
        };
        assert_eq!((entries[1].0.line, entries[1].0.column), (2, 1));
        let Value::List(list) = &entries[1].1.value else {
            panic!()
        };
        assert_eq!((list[1].line, list[1].column), (4, 5));
        assert_eq!(list[1].kind(), "a number");
    }

    #[test]
    fn hostile_texts_are_faults() {
        let mut bomb = String::from("a0: &a0 [x, x, x, x, x, x, x, x, x]\n");
        for n in 1..12 {
            let alias = format!("*a{}", n - 1);
            bomb.extend([format!("a{n}: &a{n} [{}]\n", vec![alias; 9].join(", "))]);
        }
        for text in [
            "[".repeat(100_000),
            "- ".repeat(100_000),
            "{a: ".repeat(100_000),
            "? ".repeat(100_000),
            "!x ".repeat(100_000),
            bomb,
            "a: 1\na: 2\n".to_owned(),
            "a: &a [*a]\n".to_owned(),
            "a: 1\n---\nb: 2\n".to_owned(),
            "'".to_owned(),
            "a: \"\\q\"".to_owned(),
        ] {
            let begun = std::time::Instant::now();
            let fault = nodes(&text).unwrap_err();
            assert!(begun.elapsed().as_secs() < 1, "{fault}");
            assert!(!fault.message.contains('\n'), "{fault}");
        }
    }

    #[test]
    fn scalars_read_as_text_keep_their_spelling() {
        assert_eq!(read::<String>("1.10").unwrap(), "1.10");
        assert_eq!(read::<Option<String>>("~").unwrap(), None);
    }
}
