//! What the server says of itself, on standard error alone: one line a call, in fields.

use std::io::stderr;
use std::time::Instant;

use rmcp::model::JsonObject;
use serde_json::Value;
use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

use super::call::Answered;

/// So much of what a client says is told again.
const SHOWN: usize = 64;

/// Begins to log, unless something does so already.
pub fn begin() {
    let own = Targets::new()
        .with_target(env!("CARGO_CRATE_NAME"), LevelFilter::INFO)
        .with_default(LevelFilter::WARN);
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_target(false)
        .with_writer(stderr);
    let _ = tracing_subscriber::registry()
        .with(lines)
        .with(own)
        .try_init();
}

/// A call, to be logged when it is answered. Of its arguments only who acts and on what is told: texts belong
/// to the records.
#[derive(Debug)]
pub struct Entry {
    tool: String,
    user: String,
    id: String,
    begun: Instant,
}

impl Entry {
    /// Returns the entry of a call that begins.
    #[must_use]
    pub fn of(tool: &str, given: &JsonObject) -> Self {
        let word = |key: &str| shown(given.get(key).and_then(Value::as_str).unwrap_or("-"));
        Self {
            tool: shown(tool),
            user: word("user"),
            id: word("doc_id"),
            begun: Instant::now(),
        }
    }

    /// Logs it with what came of it.
    pub fn log(&self, answered: &Answered) {
        let code = answered.structured.pointer("/error/code");
        let code = code.and_then(Value::as_str).unwrap_or("ok");
        let Self { tool, user, id, .. } = self;
        let us = self.begun.elapsed().as_micros();
        tracing::info!(%tool, %user, doc_id = %id, %code, us, "call");
    }
}

/// Returns a text as it may stand in a line of fields.
fn shown(text: &str) -> String {
    let escaped = text.escape_default().take(SHOWN);
    escaped
        .map(|letter| if letter == ' ' { '_' } else { letter })
        .collect()
}
