//! The frontmatter of what is compiled (compatibility D.8, D-34).
//!
//! A template has its own frontmatter, and may have a second one, the example of what is made from it.
//! A placeholder stands within the value of one line, in any quotes or none; the line is written anew
//! as YAML, so that no value can be anything but text.

use std::ops::Range;

use super::Line;
use crate::interaction::fault::Word;
use crate::interaction::placeholder::{self, Stretch};
use crate::model::frontmatter;
use crate::model::yaml::{self, Value};

const COMMENT_BEGINS: &str = "<!--";
const COMMENT_ENDS: &str = "-->";
/// Stands for a placeholder while YAML is read: a character that is kept for private use.
const STAND_IN: &str = "\u{e000}";

/// Where the frontmatter of a template lies.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in crate::interaction) struct Front {
    /// The lines between the marks.
    block: Range<usize>,
    /// Where the body begins.
    pub(in crate::interaction) body: usize,
}

/// A line of the frontmatter.
#[derive(Clone, Debug)]
pub(in crate::interaction) enum FrontLine {
    /// A line as it stands, and the placeholders in it that cannot be filled in.
    Verbatim(String, Vec<Word>),
    /// A line whose value holds placeholders.
    Field(Field),
}

/// A line whose value holds placeholders.
#[derive(Clone, Debug)]
pub(in crate::interaction) struct Field {
    /// Everything before the value.
    pub(in crate::interaction) before: String,
    /// The value, as text.
    pub(in crate::interaction) value: Line,
}

impl Front {
    /// Finds the frontmatter that a compiled document begins with.
    ///
    /// It is the second one where there are two and nothing is filled into the first.
    pub(in crate::interaction) fn find(text: &str) -> Option<Self> {
        let own = Self::at(text, 0)?;
        let block = text.get(own.block.clone())?;
        if placeholder::names(block).next().is_some() {
            return Some(own);
        }
        let example = after_comments(text, own.body).and_then(|at| Self::at(text, at));
        Some(
            example
                .filter(|front| front.is_mapping(text))
                .unwrap_or(own),
        )
    }

    fn at(text: &str, at: usize) -> Option<Self> {
        let rest = text.get(at..)?;
        let parts = frontmatter::split(rest).ok()?;
        let begins = at + rest.find('\n')? + 1;
        Some(Self {
            block: begins..begins + parts.block.len(),
            body: text.len() - parts.body.len(),
        })
    }

    /// Tells frontmatter from a text between two rules.
    fn is_mapping(&self, text: &str) -> bool {
        let block = text.get(self.block.clone()).unwrap_or_default();
        let root = yaml::nodes(&without_placeholders(block));
        root.is_ok_and(|root| match root.value {
            Value::Map(_) | Value::Null => true,
            Value::Bool(_) | Value::Number(_) | Value::Text(_) | Value::List(_) => false,
        })
    }

    /// Reads the lines of the frontmatter.
    pub(in crate::interaction) fn lines(&self, text: &str) -> Vec<FrontLine> {
        let mut at = self.block.start;
        let block = text.get(self.block.clone()).unwrap_or_default();
        let mut lines = Vec::new();
        for line in block.split_inclusive('\n') {
            lines.push(read(line.trim_end_matches(['\r', '\n']), at));
            at += line.len();
        }
        lines
    }
}

/// Returns where the text goes on after blank lines and comments.
fn after_comments(text: &str, from: usize) -> Option<usize> {
    let mut at = from;
    loop {
        let rest = text.get(at..)?;
        at += rest.len() - rest.trim_start().len();
        let rest = text.get(at..)?;
        if !rest.starts_with(COMMENT_BEGINS) {
            return Some(at);
        }
        at += rest.find(COMMENT_ENDS)? + COMMENT_ENDS.len();
    }
}

fn read(line: &str, at: usize) -> FrontLine {
    let names = || {
        placeholder::names(line).map(|name| Word {
            at: at + name.at,
            ..name
        })
    };
    if names().next().is_none() {
        return FrontLine::Verbatim(line.to_owned(), Vec::new());
    }
    field(line, at).map_or_else(
        || FrontLine::Verbatim(line.to_owned(), names().collect()),
        FrontLine::Field,
    )
}

/// Reads `key: value` or `- value` where the value is a text of its own.
fn field(line: &str, at: usize) -> Option<Field> {
    let value_at = [": ", "- "]
        .iter()
        .filter_map(|mark| Some(line.find(mark)? + mark.len()))
        .min()?;
    let (before, value) = line.split_at_checked(value_at)?;
    if line.contains(STAND_IN) || placeholder::names(before).next().is_some() {
        return None;
    }

    let read: String = yaml::read(&without_placeholders(value)).ok()?;
    let mut found = placeholder::cut(value)
        .into_iter()
        .filter_map(|part| match part {
            Stretch::Placeholder(name, whole) => Some((name, whole)),
            Stretch::Text(_) => None,
        });
    let mut line = Line::default();
    for (count, text) in read.split(STAND_IN).enumerate() {
        if count > 0 {
            let (name, whole) = found.next()?;
            let at = at + value_at + name.at;
            line.0.push(super::Part::Placeholder(
                Word { at, ..name },
                whole.to_owned(),
            ));
        }
        line.0.push(super::Part::Text(text.to_owned()));
    }
    // A placeholder in a comment of the line is none of its value.
    found.next().is_none().then(|| Field {
        before: before.to_owned(),
        value: line,
    })
}

fn without_placeholders(text: &str) -> String {
    let parts = placeholder::cut(text).into_iter().map(|part| match part {
        Stretch::Text(text) => text,
        Stretch::Placeholder(..) => STAND_IN,
    });
    parts.collect()
}
