//! What a command ends with when it succeeds: one value for both faces.

use serde_json::{Map, Value};

/// What happened, as data and as text.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Outcome {
    /// The command's own keys.
    pub data: Value,
    /// Sentences for the person.
    pub messages: Vec<String>,
    /// What may be done next, where it is about one document.
    pub next: Option<Value>,
    /// What a person reads.
    pub text: String,
    /// What went not quite right.
    pub warnings: Vec<String>,
    /// The exit status, where success is not all there is to say: unsound records or definitions.
    pub exit_status: u8,
}

impl Outcome {
    /// Returns an outcome of some data and a text.
    #[must_use]
    pub fn new(data: Value, text: impl Into<String>) -> Self {
        Self {
            data,
            text: text.into(),
            ..Self::default()
        }
    }

    /// Returns the object that programs read (interface section 2).
    #[must_use]
    pub fn into_json(self) -> Value {
        let mut messages = self.messages;
        let warnings = self.warnings.iter();
        messages.extend(warnings.map(|warning| format!("warning: {warning}")));
        // Moved, not copied: what lists ten thousand documents is large.
        let mut object = Map::new();
        object.insert("success".to_owned(), true.into());
        object.insert("data".to_owned(), self.data);
        object.insert("messages".to_owned(), messages.into());
        if let Some(next) = self.next {
            object.insert("next".to_owned(), next);
        }
        Value::Object(object)
    }
}
