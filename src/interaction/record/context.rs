//! The place of the cursor besides the question (compatibility D.4).

use serde_json::{Map, Value};

/// The place of the cursor besides the question: the iteration, and where it returns to.
#[derive(Clone, Debug, Default, PartialEq)]
pub(in crate::interaction) struct Context(pub(in crate::interaction) Map<String, Value>);

impl Context {
    /// Returns the loop and the iteration.
    pub(in crate::interaction) fn iteration(&self) -> Option<(&str, u64)> {
        let name = self.0.get("loop")?.as_str()?;
        Some((name, self.0.get("iteration")?.as_u64()?))
    }

    /// Enters an iteration of a loop.
    pub(in crate::interaction) fn enter(&mut self, name: &str, iteration: u64) {
        self.0.insert("loop".to_owned(), name.into());
        self.0.insert("iteration".to_owned(), iteration.into());
    }

    /// Leaves whatever loop there is.
    pub(in crate::interaction) fn leave_loops(&mut self) {
        self.0.shift_remove("loop");
        self.0.shift_remove("iteration");
    }

    /// Returns where an amendment leads back to.
    pub(in crate::interaction) fn goto_return(&self) -> Option<(String, Self)> {
        self.back("goto_return", "goto_return_ctx")
    }

    /// Returns where a loop that was opened again leads back to.
    pub(in crate::interaction) fn reopen_return(&self) -> Option<(String, Self)> {
        self.back("reopen_return", "reopen_return_ctx")
    }

    /// Returns the reason that an amendment was begun with.
    pub(in crate::interaction) fn goto_reason(&self) -> Option<&str> {
        self.0.get("goto_reason")?.as_str()
    }

    fn back(&self, cursor: &str, context: &str) -> Option<(String, Self)> {
        let cursor = self.0.get(cursor)?.as_str()?.to_owned();
        let context = self.0.get(context).and_then(Value::as_object);
        Some((cursor, Self(context.cloned().unwrap_or_default())))
    }
}
