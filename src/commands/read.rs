//! `read`.

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::context::Context;
use super::{Command, Manner};
use crate::error::Failure;
use crate::model::digest::sha256;
use crate::model::{Code, Version};
use crate::services::Outcome;
use crate::services::taking::as_text;

/// Read a document's text
///
/// Without a flag the text in force; where none is in force, the draft.
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Examples:
  qms --user qa read SOP-001
  qms --user qa read SOP-001 --draft
  qms --user qa read SOP-001 --version 1.0")]
pub struct Read {
    /// The document's id, in any letter case
    #[serde(rename = "doc_id")]
    pub id: String,
    /// Read the draft
    #[arg(long, conflicts_with = "version")]
    #[serde(default)]
    pub draft: bool,
    /// Read this version, archived or not
    #[arg(long, value_name = "N.X")]
    pub version: Option<String>,
}

impl Command for Read {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        if self.draft && self.version.is_some() {
            let message = "a draft and a version cannot be asked for at once";
            return Err(Failure::new(Code::Usage, message));
        }
        let version = self.version.as_deref().map(parse_version).transpose()?;
        context.look("read", |look| {
            let (location, standing) = look.facts.document(&self.id)?;
            let found = match version {
                Some(version) => look.version(&location, &standing, version)?,
                None => look.text(&location, &standing, self.draft)?,
            };
            let other = look.other_texts(&location, &standing, &found)?;
            let digest = sha256(&found.bytes);
            let (shown, place) = (found.version, found.place);
            let content = as_text(location.id.as_str(), found.bytes).map_err(|mut failure| {
                failure.code = Code::Integrity;
                failure
            })?;
            let data = json!({
                "doc_id": location.id,
                "version": shown,
                "place": place,
                "content": content,
                "content_sha256": digest,
                "other": other,
            });
            let what = format!("text of {} v{shown} ({place})", location.id);
            let next = look.next(&location, standing)?;
            Ok(Outcome {
                next: Some(next),
                ..Outcome::new(data, "").quoting(what, content)
            })
        })
    }

    fn manner(&self) -> Manner {
        Manner::Verbatim
    }
}

/// Reads a version that a person gave.
///
/// # Errors
/// `invalid_argument`.
pub fn parse_version(text: &str) -> Result<Version, Failure> {
    text.parse()
        .map_err(|error: crate::model::version::NotAVersion| {
            Failure::new(Code::InvalidArgument, error.to_string())
        })
}
