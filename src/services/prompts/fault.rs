//! What keeps a prompt file or a layout from being written out, and where it stands.

use std::ops::Range;

use minijinja::value::Value;

use super::bounds::Stop;
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
    /// Returns what stops a layout, where these names are known.
    pub(super) fn in_layout(file: &str, layout: &str, stop: &Stop, known: &Value) -> Self {
        let before = stop.range.as_ref().map(|range| layout.get(..range.start));
        let line = before.map(|before| before.unwrap_or_default().matches('\n').count() + 1);
        Self {
            file: file.to_owned(),
            message: sentence(stop, layout),
            line,
            help: help(stop, layout, known),
            place: Box::new(Place::Layout(stop.range.clone())),
        }
    }

    /// Returns what stops a text of a prompt file, where these names are known.
    pub(super) fn in_prompt(file: &str, text: &str, stop: &Stop, known: &Value) -> Self {
        Self {
            file: file.to_owned(),
            message: format!("in `{}`: {}", beginning(text), sentence(stop, text)),
            line: None,
            help: help(stop, text, known),
            place: Box::new(Place::Prompt(beginning(text), at(stop, text))),
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

/// Says what stops a template, in one line.
fn sentence(stop: &Stop, template: &str) -> String {
    match at(stop, template) {
        Some(place) => format!("{} at `{place}`", stop.message),
        None => stop.message.clone(),
    }
}

/// Returns the words at which it stops.
fn at(stop: &Stop, template: &str) -> Option<String> {
    let words = template.get(stop.range.clone()?)?;
    Some(beginning(words)).filter(|words| !words.is_empty())
}

/// Says what to do, or what could be meant, or named, where a name is not known.
fn help(stop: &Stop, template: &str, known: &Value) -> Option<String> {
    if !stop.is_unknown_name {
        return stop.help.map(str::to_owned);
    }
    let names: Vec<String> = known
        .try_iter()
        .ok()?
        .map(|name| name.to_string())
        .collect();
    let is_of_name = |letter: char| letter.is_alphanumeric() || letter == '_';
    let words = at(stop, template)?;
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
