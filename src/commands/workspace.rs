//! `workspace`.

use std::fmt::Write as _;

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::Command;
use super::context::Context;
use crate::error::Failure;
use crate::services::Outcome;
use crate::store::layout;
use crate::store::tree::{Entry, Kind};

/// Show what you have checked out
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Example: qms --user claude workspace")]
pub struct Workspace {}

impl Command for Workspace {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        context.look("workspace", |look| {
            let folder = layout::workspace(&look.actor.name)?;
            let mut documents = Vec::new();
            let mut warnings = Vec::new();
            let mut text = String::new();
            let entries = look.facts.view.list(&folder)?;
            for entry in &entries {
                let Some(stem) = copied(entry, &entries) else {
                    continue;
                };
                let shown = format!("{folder}/{}", entry.name.escape_debug());
                if entry.kind != Kind::File {
                    warnings.push(format!("{shown} is not a regular file; it is left alone"));
                    continue;
                }
                match look.facts.document(stem) {
                    Ok((_, standing))
                        if standing.document.checked_out.is_some()
                            && standing.document.owner.as_ref() == Some(&look.actor.name) =>
                    {
                        let document = &standing.document;
                        let _ = writeln!(
                            text,
                            "{}  {}\n  Version: {}   Status: {}\n  Copy: {shown}",
                            document.id, standing.title, document.version, document.status
                        );
                        documents.push(json!({
                            "doc_id": document.id,
                            "title": standing.title,
                            "version": document.version,
                            "status": document.status,
                            "path": shown,
                        }));
                    }
                    Ok(_) => warnings.push(format!(
                        "{shown} is a copy of a document you have not checked out"
                    )),
                    Err(failure) => warnings.push(format!("{shown}: {}", failure.message)),
                }
            }
            if documents.is_empty() {
                text.push_str("Workspace is empty\n");
            }
            let data = json!({ "user": look.actor.name, "documents": documents });
            Ok(Outcome {
                warnings,
                ..Outcome::new(data, text)
            })
        })
    }
}

/// Returns the id of the document that a file is the copy of; a session counts where nothing stands in place
/// of the copy.
fn copied<'e>(entry: &'e Entry, entries: &[Entry]) -> Option<&'e str> {
    entry.name.strip_suffix(".md").or_else(|| {
        let stem = entry.name.strip_suffix(".interact")?;
        let copy = format!("{stem}.md");
        let stands = entries.iter().any(|other| other.name == copy);
        (!stands).then_some(stem)
    })
}
