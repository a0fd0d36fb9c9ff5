//! `checkin`.

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, json};

use super::context::{Arguments, Context, plain};
use super::{Command, telling};
use crate::error::Failure;
use crate::model::digest::sha256;
use crate::services::Outcome;
use crate::services::editing::{Edit, Handed};

/// Give back a document you have checked out
///
/// Your copy becomes the document's text, byte for byte; only workflow keys are taken
/// out of its frontmatter.
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Example: qms --user claude checkin SOP-001")]
pub struct Checkin {
    /// The document's id, in any letter case
    #[serde(rename = "doc_id")]
    pub id: String,
    /// The whole new text; without it your copy in the workspace is taken
    #[arg(skip)]
    pub content: Option<String>,
    /// Edits to your copy, made one after the other, instead of the whole text; with `base_sha256`
    #[arg(skip)]
    pub edits: Option<Vec<Edit>>,
    /// The `content_sha256` of the copy that the edits are made to
    #[arg(skip)]
    pub base_sha256: Option<String>,
}

impl Command for Checkin {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let handed = Handed::from_call(
            self.content.clone(),
            self.edits.clone(),
            self.base_sha256.clone(),
        )?;
        let arguments = Arguments::default().copy(handed);
        let done = context.act(&self.id, plain("checkin"), arguments)?;
        let document = &done.plan.target.after.document;
        let archived = done.plan.target.archived().last();
        let mut data = Map::new();
        data.insert("doc_id".to_owned(), json!(document.id));
        data.insert("version".to_owned(), json!(document.version));
        data.insert("status".to_owned(), json!(document.status));
        data.insert("archived_version".to_owned(), json!(archived));
        let stored = telling::desk_for_data(context).and_then(|desk| desk.draft_after(&done));
        if let Some(stored) = stored {
            data.insert("content_sha256".to_owned(), json!(sha256(&stored)));
        }
        let kept = archived.map(|version| format!("Archived: v{version}\n"));
        let (saved, manner) = if telling::gave_answers(&done) {
            let source = done.location.source()?;
            (format!("Source saved: {source}\n"), ", interactive")
        } else {
            (String::new(), "")
        };
        let text = format!(
            "{saved}Checked in: {} (v{}{manner})\n{}{}",
            document.id,
            document.version,
            kept.unwrap_or_default(),
            telling::movement(&done)
        );
        Ok(telling::outcome(&done, &context.terms, data, text))
    }
}
