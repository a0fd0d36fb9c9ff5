//! How a record grows: answers, decisions, iterations and reopenings are added, the cursor moves on.

use serde_json::{Map, Value, json};

use super::{COMPLETE, Context, Entry, Record};
use crate::interaction::template::{Target, Template};

impl Record {
    fn grow(&mut self, key: &str) -> Option<&mut Map<String, Value>> {
        let value = self.0.entry(key).or_insert_with(|| json!({}));
        value.as_object_mut()
    }

    /// Adds an answer.
    pub(in crate::interaction) fn add(&mut self, key: &str, entry: Entry<'_>) {
        let list = self
            .grow("responses")
            .map(|all| all.entry(key).or_insert_with(|| json!([])));
        if let Some(Value::Array(list)) = list {
            list.push(entry.to_value());
        }
    }

    /// Adds the decision of a gate. One that was made before is kept beside the new one.
    pub(in crate::interaction) fn decide(&mut self, key: &str, value: &str, timestamp: &str) {
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
    pub(in crate::interaction) fn iterate(&mut self, name: &str) -> u64 {
        let number = self.iterations(name) + 1;
        self.set_in_loop(name, "iterations", number.into());
        self.set_in_loop(name, "closed", false.into());
        self.set_in_loop_once(name, "reopenings", json!([]));
        number
    }

    /// Marks a loop as left.
    pub(in crate::interaction) fn close(&mut self, name: &str) {
        self.set_in_loop(name, "closed", true.into());
    }

    /// Adds to a loop why it is opened again.
    pub(in crate::interaction) fn add_reopening(
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
    pub(in crate::interaction) fn remember(&mut self, key: &str, value: String) {
        if let Some(metadata) = self.grow("metadata") {
            metadata.entry(key).or_insert(Value::String(value));
        }
    }

    /// Moves the cursor to a question.
    pub(in crate::interaction) fn move_to(&mut self, cursor: &str, context: Context) {
        self.0.insert("cursor".to_owned(), cursor.into());
        self.0
            .insert("cursor_context".to_owned(), Value::Object(context.0));
    }

    /// Moves the cursor where a question, or the start, leads (compatibility D.4).
    ///
    /// A loop begins a new iteration whenever its first question is reached, and is closed when it is
    /// left. One that was opened again returns to where that was done.
    pub(in crate::interaction) fn arrive(
        &mut self,
        template: &Template,
        target: Target,
        from: Option<usize>,
    ) {
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

impl Entry<'_> {
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
