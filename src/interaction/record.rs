//! What was answered, by whom and when: the session and the source of a document (compatibility B.8).
//!
//! A record is the JSON object that lies on disk, checked when it is read, so that keys which are
//! unknown here keep their place and value. Answers are only ever added to it: nothing in this file
//! removes or replaces one (REQ-INT-008).

use serde_json::{Map, Value, json};

use super::template::{Target, Template};
use crate::model::DocId;

mod shape;
mod summary;

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

/// The place of the cursor besides the question: the iteration, and where it returns to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Context(pub(super) Map<String, Value>);

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
            other => other.to_string(),
        })
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

    // ── How a record grows ───────────────────────────────────────────────

    fn grow(&mut self, key: &str) -> Option<&mut Map<String, Value>> {
        let value = self.0.entry(key).or_insert_with(|| json!({}));
        value.as_object_mut()
    }

    /// Adds an answer.
    pub(super) fn add(&mut self, key: &str, entry: Entry<'_>) {
        let list = self
            .grow("responses")
            .map(|all| all.entry(key).or_insert_with(|| json!([])));
        if let Some(Value::Array(list)) = list {
            list.push(entry.to_value());
        }
    }

    /// Adds the decision of a gate. One that was made before is kept beside the new one.
    pub(super) fn decide(&mut self, key: &str, value: &str, timestamp: &str) {
        let Some(gates) = self.grow("gates") else {
            return;
        };
        let decision = json!({"value": value, "timestamp": timestamp});
        let before = gates.insert(key.to_owned(), decision);
        let Some(Value::Object(mut before)) = before else {
            return;
        };
        let mut earlier = match before.shift_remove("earlier") {
            Some(Value::Array(list)) => list,
            _ => Vec::new(),
        };
        earlier.push(Value::Object(before));
        if let Some(Value::Object(now)) = gates.get_mut(key) {
            now.insert("earlier".to_owned(), Value::Array(earlier));
        }
    }

    /// Adds an iteration to a loop, and returns its number.
    pub(super) fn iterate(&mut self, name: &str) -> u64 {
        let number = self.iterations(name) + 1;
        self.set_in_loop(name, "iterations", number.into());
        self.set_in_loop(name, "closed", false.into());
        self.set_in_loop_once(name, "reopenings", json!([]));
        number
    }

    /// Marks a loop as left.
    pub(super) fn close(&mut self, name: &str) {
        self.set_in_loop(name, "closed", true.into());
    }

    /// Adds to a loop why it is opened again.
    pub(super) fn add_reopening(
        &mut self,
        name: &str,
        reason: &str,
        author: &str,
        timestamp: &str,
    ) {
        self.set_in_loop_once(name, "reopenings", json!([]));
        let state = self.grow("loops").and_then(|loops| loops.get_mut(name));
        if let Some(Value::Array(list)) = state.and_then(|state| state.get_mut("reopenings")) {
            list.push(json!({"reason": reason, "author": author, "timestamp": timestamp}));
        }
    }

    fn set_in_loop(&mut self, name: &str, key: &str, value: Value) {
        let state = self
            .grow("loops")
            .map(|loops| loops.entry(name).or_insert_with(|| json!({})));
        if let Some(Value::Object(state)) = state {
            state.insert(key.to_owned(), value);
        }
    }

    fn set_in_loop_once(&mut self, name: &str, key: &str, value: Value) {
        if self
            .loop_state(name)
            .is_none_or(|state| !state.contains_key(key))
        {
            self.set_in_loop(name, key, value);
        }
    }

    /// Adds to what the record knows of itself, unless it knows that already.
    pub(super) fn remember(&mut self, key: &str, value: String) {
        if let Some(metadata) = self.grow("metadata") {
            metadata.entry(key).or_insert(Value::String(value));
        }
    }

    /// Moves the cursor to a question.
    pub(super) fn move_to(&mut self, cursor: &str, context: Context) {
        self.0.insert("cursor".to_owned(), cursor.into());
        self.0
            .insert("cursor_context".to_owned(), Value::Object(context.0));
    }

    /// Moves the cursor where a question, or the start, leads (compatibility D.4).
    ///
    /// A loop begins a new iteration whenever its first question is reached, and is closed when it is
    /// left. One that was opened again returns to where that was done.
    pub(super) fn arrive(&mut self, template: &Template, target: Target, from: Option<usize>) {
        let before = self.context();
        let node = target.node().and_then(|index| template.nodes.get(index));
        let left = from.filter(|from| node.is_none_or(|node| node.within != Some(*from)));
        if let Some(left) = left.and_then(|left| template.loops.get(left)) {
            self.close(&left.name);
        }
        if let Some((cursor, context)) = before.reopen_return()
            && (left.is_some() || node.is_none())
        {
            self.move_to(&cursor, context);
            return;
        }
        let Some(node) = node else {
            self.move_to(COMPLETE, Context::default());
            return;
        };

        let mut context = before;
        match template.loop_of(node) {
            Some(entered) if target == Target::Node(entered.entry) => {
                let number = self.iterate(&entered.name);
                context.enter(&entered.name, number);
            }
            // Within its iteration.
            Some(_) => {}
            None => context.leave_loops(),
        }
        self.move_to(&node.id, context);
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

    fn to_value(self) -> Value {
        let mut entry = Map::new();
        let needed = [
            ("value", self.value),
            ("author", self.author),
            ("timestamp", self.timestamp),
        ];
        let optional = [("reason", self.reason), ("commit", self.commit)];
        let optional = optional
            .into_iter()
            .filter_map(|(key, value)| Some((key, value?)));
        for (key, value) in needed.into_iter().chain(optional) {
            entry.insert(key.to_owned(), value.into());
        }
        Value::Object(entry)
    }
}

impl Context {
    /// Returns the loop and the iteration.
    pub(super) fn iteration(&self) -> Option<(&str, u64)> {
        let name = self.0.get("loop")?.as_str()?;
        Some((name, self.0.get("iteration")?.as_u64()?))
    }

    /// Enters an iteration of a loop.
    pub(super) fn enter(&mut self, name: &str, iteration: u64) {
        self.0.insert("loop".to_owned(), name.into());
        self.0.insert("iteration".to_owned(), iteration.into());
    }

    /// Leaves whatever loop there is.
    fn leave_loops(&mut self) {
        self.0.shift_remove("loop");
        self.0.shift_remove("iteration");
    }

    /// Returns where an amendment leads back to.
    pub(super) fn goto_return(&self) -> Option<(String, Self)> {
        self.back("goto_return", "goto_return_ctx")
    }

    /// Returns where a loop that was opened again leads back to.
    pub(super) fn reopen_return(&self) -> Option<(String, Self)> {
        self.back("reopen_return", "reopen_return_ctx")
    }

    /// Returns the reason that an amendment was begun with.
    pub(super) fn goto_reason(&self) -> Option<&str> {
        self.0.get("goto_reason")?.as_str()
    }

    fn back(&self, cursor: &str, context: &str) -> Option<(String, Self)> {
        let cursor = self.0.get(cursor)?.as_str()?.to_owned();
        let context = self.0.get(context).and_then(Value::as_object);
        Some((cursor, Self(context.cloned().unwrap_or_default())))
    }
}
