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
    /// What people wrote, and the tool only carries; a person reads it after the text.
    pub quotes: Vec<Quote>,
    /// What went not quite right.
    pub warnings: Vec<String>,
    /// The exit status, where success is not all there is to say: unsound records or definitions.
    pub exit_status: u8,
}

/// Words that people wrote, and that the tool only carries.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Quote {
    /// What it is, in a few words.
    pub what: String,
    /// The words, as they were written.
    pub text: String,
    /// Who reads it.
    pub reader: Reader,
}

/// Who reads a quote.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reader {
    /// Everybody who reads the answer.
    Everybody,
    /// Only a client of the tools: a person has the words at hand.
    Client,
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

    /// Adds what people wrote: the text of a document, a comment, what changed in a text.
    #[must_use]
    pub fn quoting(self, what: impl Into<String>, text: impl Into<String>) -> Self {
        self.with_quote(what.into(), text.into(), Reader::Everybody)
    }

    /// Adds what people wrote, for a client of the tools alone.
    #[must_use]
    pub fn quoting_aside(self, what: impl Into<String>, text: impl Into<String>) -> Self {
        self.with_quote(what.into(), text.into(), Reader::Client)
    }

    fn with_quote(mut self, what: String, text: String, reader: Reader) -> Self {
        self.quotes.push(Quote { what, text, reader });
        self
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
