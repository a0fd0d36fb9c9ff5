//! `status`.

use std::fmt::Write as _;

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Command;
use super::context::Context;
use crate::error::Failure;
use crate::interpreter::Standing;
use crate::model::UserName;
use crate::services::Outcome;
use crate::store::layout::Location;

/// Show where a document stands
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Example: qms --user claude status CR-001")]
pub struct StatusCommand {
    /// The document's id, in any letter case
    #[serde(rename = "doc_id")]
    pub id: String,
}

impl Command for StatusCommand {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        context.look("status", |look| {
            let (location, standing) = look.facts.document(&self.id)?;
            let awaits = look.facts.awaits(&standing);
            let stage = awaits.map(|awaits| awaits.stage.to_string());
            let data = data(&location, &standing, stage.as_deref())?;
            let text = text(&location, &standing)?;
            let next = look.next(&location, standing)?;
            Ok(Outcome {
                next: Some(next),
                ..Outcome::new(Value::Object(data), text)
            })
        })
    }
}

/// Returns the file a reader would be shown, where there is one.
fn path_of(location: &Location, standing: &Standing) -> Result<Option<String>, Failure> {
    Ok(if standing.holdings.draft.is_some() {
        Some(location.draft()?.to_string())
    } else if standing.holdings.issued.is_some() {
        Some(location.issued()?.to_string())
    } else {
        None
    })
}

fn data(
    location: &Location,
    standing: &Standing,
    stage: Option<&str>,
) -> Result<Map<String, Value>, Failure> {
    let document = &standing.document;
    let outcomes = standing.outcomes().iter();
    let outcomes: Map<String, Value> = outcomes
        .map(|(user, word)| (user.to_string(), word.as_str().into()))
        .collect();
    let pending: Vec<_> = document.pending.iter().map(UserName::as_str).collect();
    let value = json!({
        "doc_id": document.id,
        "title": standing.title,
        "doc_type": document.doc_type,
        "version": document.version,
        "status": document.status,
        "executable": document.executable,
        "execution_phase": if document.executable { json!(document.phase) } else { Value::Null },
        "responsible_user": document.owner,
        "checked_out": document.checked_out.is_some(),
        "checked_out_date": document.checked_out.clone().flatten(),
        "effective_version": document.effective_version,
        "pending_assignees": pending,
        "review_outcomes": outcomes,
        "workflow_type": stage,
        "path": path_of(location, standing)?,
        "marks": document.marks,
    });
    let Value::Object(map) = value else {
        return Ok(Map::new());
    };
    Ok(map)
}

fn text(location: &Location, standing: &Standing) -> Result<String, Failure> {
    let document = &standing.document;
    let mut text = String::new();
    let mut line = |name: &str, value: &str| {
        let _ = writeln!(text, "{:<18} {value}", format!("{name}:"));
    };
    let yes = |flag: bool| if flag { "True" } else { "False" };
    line("Document", document.id.as_str());
    line("Title", &standing.title);
    line("Version", &document.version.to_string());
    line("Status", document.status.as_str());
    line("Type", document.doc_type.as_str());
    line("Executable", yes(document.executable));
    let path = path_of(location, standing)?;
    line(
        "Location",
        path.as_deref().unwrap_or("no text is kept in its folder"),
    );
    line(
        "Responsible User",
        document.owner.as_ref().map_or("N/A", UserName::as_str),
    );
    line("Checked Out", yes(document.checked_out.is_some()));
    if let Some(version) = document.effective_version {
        line("Effective Version", &version.to_string());
    }
    if !document.pending.is_empty() {
        let names: Vec<_> = document.pending.iter().map(UserName::as_str).collect();
        line("Awaiting", &names.join(", "));
    }
    for mark in &document.marks {
        line("Marked", mark.as_str());
    }
    Ok(text)
}
