//! What keeps a prompt file or a layout from being written out, and where it stands.

use std::ops::Range;

use minijinja::ErrorKind;
use minijinja::value::Value;

use crate::definitions::report::did_you_mean;

/// A prompt file or layout that cannot be rendered.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{file}: {message}")]
pub struct PromptError {
    /// The file that is wrong.
    pub file: String,
    /// What is wrong, in one line.
    pub message: String,
    /// The line of a layout; within a prompt file, the message quotes the text.
    pub line: Option<usize>,
    /// What to do, where that is known.
    pub help: Option<String>,
    place: Box<Place>,
}

/// Where a template is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Place {
    /// At these bytes of the layout.
    Layout(Option<Range<usize>>),
    /// In a prompt file, in the text that begins so; and what is wrong in it.
    Prompt(String, Option<String>),
}

impl PromptError {
    /// Returns what the template engine found in a layout, where these names are known.
    pub(super) fn in_layout(file: &str, error: &minijinja::Error, known: &Value) -> Self {
        Self {
            file: file.to_owned(),
            message: sentence(error),
            line: error.line(),
            help: help(error, known),
            place: Box::new(Place::Layout(error.range())),
        }
    }

    /// Returns what the template engine found in a text of a prompt file, where these names are known.
    pub(super) fn in_prompt(
        file: &str,
        text: &str,
        error: &minijinja::Error,
        known: &Value,
    ) -> Self {
        Self {
            file: file.to_owned(),
            message: format!("in `{}`: {}", beginning(text), sentence(error)),
            line: None,
            help: help(error, known),
            place: Box::new(Place::Prompt(beginning(text), at(error))),
        }
    }

    /// Returns the bytes of the file that are wrong, as near as can be said.
    #[must_use]
    pub fn range_in(&self, file: &str) -> Range<usize> {
        match self.place.as_ref() {
            Place::Layout(range) => {
                let range = range.clone().unwrap_or_default();
                let text = file.get(range.clone()).unwrap_or_default();
                // A place that goes over several lines is shown by its first.
                let shown = text.lines().next().unwrap_or_default();
                range.start..range.start + shown.len()
            }
            Place::Prompt(text, wrong) => {
                let text = text.trim_end_matches('…');
                let start = file.find(text).unwrap_or_default();
                let rest = file.get(start..).unwrap_or_default();
                let found = wrong.as_deref().and_then(|wrong| {
                    let offset = start + rest.find(wrong)?;
                    Some(offset..offset + wrong.len())
                });
                found.unwrap_or(start..start + text.len())
            }
        }
    }
}

/// Says what the template engine found, in one line.
fn sentence(error: &minijinja::Error) -> String {
    if error.kind() == ErrorKind::OutOfFuel {
        return "the template takes too long".to_owned();
    }
    let said = error
        .detail()
        .map_or_else(|| error.kind().to_string(), str::to_owned);
    let said = said.lines().next().unwrap_or_default();
    match at(error) {
        Some(place) => format!("{said} at `{place}`"),
        None => said.to_owned(),
    }
}

/// Returns the words the template engine points at.
fn at(error: &minijinja::Error) -> Option<String> {
    let words = error.template_source()?.get(error.range()?)?;
    Some(beginning(words)).filter(|words| !words.is_empty())
}

/// Says what could be meant, or named, where a name is not known.
fn help(error: &minijinja::Error, known: &Value) -> Option<String> {
    if error.kind() != ErrorKind::UndefinedError {
        return None;
    }
    let names: Vec<String> = known
        .try_iter()
        .ok()?
        .map(|name| name.to_string())
        .collect();
    let is_of_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let words = at(error)?;
    let name = words.split(|letter| !is_of_name(letter)).next()?;
    did_you_mean(name, names.iter().map(String::as_str))
        .or_else(|| Some(format!("here may be named: {}", names.join(", "))))
}

/// Returns the first words of a text, on one line.
fn beginning(text: &str) -> String {
    let line = text.trim().lines().next().unwrap_or_default();
    match line.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", line.get(..end).unwrap_or_default()),
        None => line.to_owned(),
    }
}
