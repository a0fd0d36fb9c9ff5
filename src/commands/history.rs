//! `history`.

use std::fmt::Write as _;

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::context::Context;
use super::{Command, Manner};
use crate::error::Failure;
use crate::model::Code;
use crate::services::Outcome;
use crate::store::trail::{self, TrailLine};

/// Show everything that ever happened to a document
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Example: qms --user qa history CR-001")]
pub struct History {
    /// The document's id, in any letter case
    #[serde(rename = "doc_id")]
    pub id: String,
}

impl Command for History {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        context.look("history", |look| {
            let (location, standing) = look.facts.document(&self.id)?;
            let Some(lines) = trail::read(look.facts.view, &location.trail()?)? else {
                let message = format!("`{}` has no audit trail", location.id);
                return Err(Failure::new(Code::NotFound, message));
            };
            let mut happened = String::new();
            for line in &lines {
                tell(&mut happened, line);
            }
            let events: Vec<_> = lines
                .into_iter()
                .map(|line| Value::Object(line.object))
                .collect();
            let data = json!({ "doc_id": location.id, "events": events });
            let text = format!("Audit history of {}\n", location.id);
            let what = format!("audit trail of {}", location.id);
            let next = look.next(&location, standing)?;
            Ok(Outcome {
                next: Some(next),
                ..Outcome::new(data, text).quoting(what, happened)
            })
        })
    }

    fn manner(&self) -> Manner {
        Manner::Plain
    }
}

/// Writes a line as a person reads it: what happened, then the facts it bears.
fn tell(text: &mut String, line: &TrailLine) {
    let _ = write!(
        text,
        "[{}] {} by {} - v{}",
        line.timestamp(),
        line.event(),
        line.user(),
        line.version().unwrap_or("?")
    );
    if let (Some(from), Some(to)) = (line.text("from_status"), line.text("to_status")) {
        let _ = write!(text, "  {from} -> {to}");
    }
    let mut below = String::new();
    for (key, value) in &line.object {
        match key.as_str() {
            "ts" | "event" | "user" | "version" | "seal" | "from_status" | "to_status" => {}
            "timestamp" | "action" if line.text("event").is_none() => {}
            "comment" | "reason" => {
                let words = value.as_str().unwrap_or_default().replace('\n', "\n      ");
                let _ = writeln!(below, "      {words}");
            }
            "title" => {
                let _ = write!(text, "  \"{}\"", value.as_str().unwrap_or_default());
            }
            _ => {
                let _ = write!(text, "  {key}: {}", plain(value));
            }
        }
    }
    text.push('\n');
    text.push_str(&below);
}

fn plain(value: &Value) -> String {
    match value {
        Value::String(text) => text.clone(),
        Value::Array(items) => {
            let items: Vec<_> = items.iter().map(plain).collect();
            items.join(", ")
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::Object(_) => value.to_string(),
    }
}
