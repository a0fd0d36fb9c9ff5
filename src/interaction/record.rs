//! What was answered, by whom and when: the session and the source of a document (compatibility B.8).
//!
//! A record is the JSON object that lies on disk, checked when it is read, so that keys which are
//! unknown here keep their place and value. Answers are only ever added to it: what `growth` does
//! not offer cannot be done to one (REQ-INT-008).

use serde_json::{Map, Value};

use super::template::Template;
use crate::model::DocId;

mod context;
mod growth;
mod shape;
mod summary;
mod unique;

pub(super) use context::Context;
pub use shape::RecordFault;
pub(super) use summary::AUTOMATIC;

/// Where the cursor stands when everything is answered.
pub(super) const COMPLETE: &str = "__end__";

/// What was answered in a document, and where its interview stands.
///
/// Serves REQ-INT-006.
#[derive(Clone, Debug, PartialEq)]
pub struct Record(Map<String, Value>);

/// An answer, or an amendment of one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Entry<'r> {
    pub(super) value: &'r str,
    pub(super) author: &'r str,
    pub(super) timestamp: &'r str,
    pub(super) reason: Option<&'r str>,
    pub(super) commit: Option<&'r str>,
}

impl Record {
    /// Begins a record: the first question is to be asked.
    #[must_use]
    pub fn begin(template: &Template, doc_id: &DocId, metadata: &[(&str, &str)]) -> Self {
        let metadata: Map<String, Value> = metadata
            .iter()
            .map(|(key, value)| ((*key).to_owned(), (*value).into()))
            .collect();
        let empty = || Value::Object(Map::new());
        let keys = [
            ("doc_id", doc_id.as_str().into()),
            ("template", template.name().into()),
            ("template_version", template.version().into()),
            ("cursor", COMPLETE.into()),
            ("cursor_context", empty()),
            ("metadata", Value::Object(metadata)),
            ("responses", empty()),
            ("loops", empty()),
            ("gates", empty()),
        ];
        let keys = keys.into_iter().map(|(key, value)| (key.to_owned(), value));
        let mut record = Self(keys.collect());
        record.arrive(template, template.start, None);
        record
    }

    /// Reads a record.
    ///
    /// # Errors
    /// A text that is no JSON object of the shape of a record; it is damaged, and nothing is guessed.
    pub fn read(text: &str) -> Result<Self, RecordFault> {
        shape::read(text).map(Self)
    }

    /// Returns the record as it lies on disk: indented by two, without a last newline.
    #[must_use]
    pub fn to_text(&self) -> String {
        // INVARIANT: a JSON object whose keys are texts can be written to memory.
        serde_json::to_string_pretty(&self.0).unwrap_or_default()
    }

    /// Returns the id of the document.
    #[must_use]
    pub fn doc_id(&self) -> &str {
        self.text("doc_id")
    }

    /// Returns the name of the template that the record was begun with.
    #[must_use]
    pub fn template_name(&self) -> &str {
        self.text("template")
    }

    /// Returns the version of that template.
    #[must_use]
    pub fn template_version(&self) -> u64 {
        let version = self.0.get("template_version");
        version.and_then(Value::as_u64).unwrap_or_default()
    }

    /// Returns what the record knows of itself under a key.
    #[must_use]
    pub fn metadata(&self, key: &str) -> Option<String> {
        Some(match self.object("metadata")?.get(key)? {
            Value::String(text) => text.clone(),
            Value::Null => String::new(),
            Value::Bool(flag) => flag.to_string(),
            Value::Number(number) => number.to_string(),
            Value::Array(_) | Value::Object(_) => return None,
        })
    }

    /// Tells whether nothing that an earlier record holds is missing or changed here, however much was added.
    #[must_use]
    pub fn continues(&self, earlier: &Self) -> bool {
        let answers = earlier.answered().all(|key| {
            let (now, before) = (self.entries(key), earlier.entries(key));
            now.starts_with(&before)
        });
        let names = |key: &str| earlier.object(key).into_iter().flatten();
        let gates = names("gates").all(|(key, _)| self.is_decided(key));
        let loops = names("loops").all(|(name, _)| {
            let reopenings = |record: &Self| {
                let state = record.loop_state(name)?.get("reopenings")?;
                state.as_array().cloned()
            };
            let (now, before) = (reopenings(self), reopenings(earlier));
            self.iterations(name) >= earlier.iterations(name)
                && now
                    .unwrap_or_default()
                    .starts_with(&before.unwrap_or_default())
        });
        answers && gates && loops
    }

    /// Tells whether an answer is pinned to a commit.
    #[must_use]
    pub fn names_commit(&self, hash: &str) -> bool {
        let mut entries = self.answered().flat_map(|key| self.entries(key));
        entries.any(|entry| entry.commit == Some(hash))
    }

    fn text(&self, key: &str) -> &str {
        self.0.get(key).and_then(Value::as_str).unwrap_or_default()
    }

    fn object(&self, key: &str) -> Option<&Map<String, Value>> {
        self.0.get(key)?.as_object()
    }

    /// Returns the question under the cursor, or [`COMPLETE`].
    pub(super) fn cursor(&self) -> &str {
        self.text("cursor")
    }

    /// Returns the place of the cursor.
    pub(super) fn context(&self) -> Context {
        Context(self.object("cursor_context").cloned().unwrap_or_default())
    }

    /// Returns what was answered under a key, the first answer first.
    pub(super) fn entries(&self, key: &str) -> Vec<Entry<'_>> {
        let found = self.object("responses").and_then(|all| all.get(key));
        let list = found.and_then(Value::as_array).into_iter().flatten();
        list.map(Entry::of).collect()
    }

    /// Returns the keys under which something was answered, in their order.
    pub(super) fn answered(&self) -> impl Iterator<Item = &str> {
        let all = self.object("responses").into_iter().flatten();
        let filled = all.filter(|(_, list)| list.as_array().is_some_and(|list| !list.is_empty()));
        filled.map(|(key, _)| key.as_str())
    }

    /// Tells whether anything was answered under a key.
    pub(super) fn is_answered(&self, key: &str) -> bool {
        !self.entries(key).is_empty()
    }

    /// Tells whether a gate was decided.
    pub(super) fn is_decided(&self, key: &str) -> bool {
        let gates = self.object("gates");
        gates.is_some_and(|gates| gates.contains_key(key))
    }

    /// Returns how often a loop was entered.
    pub(super) fn iterations(&self, name: &str) -> u64 {
        let found = self
            .loop_state(name)
            .and_then(|found| found.get("iterations"));
        found.and_then(Value::as_u64).unwrap_or_default()
    }

    /// Tells whether a loop was entered and left.
    pub(super) fn is_closed(&self, name: &str) -> bool {
        let found = self.loop_state(name).and_then(|found| found.get("closed"));
        found.and_then(Value::as_bool).unwrap_or_default()
    }

    fn loop_state(&self, name: &str) -> Option<&Map<String, Value>> {
        self.object("loops")?.get(name)?.as_object()
    }
}

impl<'r> Entry<'r> {
    fn of(value: &'r Value) -> Self {
        let text = |key: &str| value.get(key).and_then(Value::as_str);
        Self {
            value: text("value").unwrap_or_default(),
            author: text("author").unwrap_or_default(),
            timestamp: text("timestamp").unwrap_or_default(),
            reason: text("reason"),
            commit: text("commit"),
        }
    }
}
