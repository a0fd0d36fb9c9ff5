//! `read`.

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::context::Context;
use super::{Command, Manner};
use crate::definitions::report::did_you_mean;
use crate::error::Failure;
use crate::interpreter::Standing;
use crate::model::digest::sha256;
use crate::model::{Code, DocId, Version};
use crate::services::reading::Text;
use crate::services::sections::{Section, headings, section};
use crate::services::{Look, Outcome};
use crate::store::layout::Location;

/// Read a document's text
///
/// Without a flag the text in force; where none is in force, the draft. Whoever is asked about the
/// document reads the text they are asked about. The answer says which it is, and what else there is.
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Examples:
  qms --user qa read SOP-001
  qms --user qa read SOP-001 --draft
  qms --user qa read SOP-001 --version 1.0
  qms --user qa read SOP-001 --section \"Purpose and scope\"")]
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
    /// Read what stands under this heading, and all beneath it; name it without its marks
    #[arg(long, value_name = "HEADING", allow_hyphen_values = true)]
    pub section: Option<String>,
}

/// As many headings are told to a program that asked for one that is not there.
const TOLD: usize = 1000;

/// As many headings are named to a person who asked for one that is not there.
const SHOWN: usize = 12;

impl Command for Read {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        self.check()?;
        let version = self.version.as_deref().map(parse_version).transpose()?;
        context.look("read", |look| {
            let (location, standing) = look.facts.document(&self.id)?;
            let found = self.text(look, &location, &standing, version)?;
            let other = look.other_texts(&location, &standing, &found)?;
            let digest = sha256(&found.bytes);
            let (shown, place) = (found.version, found.place);
            let content = found.into_content(&location.id)?;
            let wanted = self.section.as_deref();
            let section = wanted
                .map(|heading| find(&location.id, &content, heading))
                .transpose()?;
            let text = section.as_ref().map_or(&*content, |found| found.text);
            let mut data = json!({
                "doc_id": location.id,
                "version": shown,
                "place": place,
                "content": text,
                "content_sha256": digest,
                "other": other,
            });
            if let (Some(found), Some(data)) = (&section, data.as_object_mut()) {
                data.insert("section".to_owned(), json!(found.heading));
            }
            let what = format!("text of {} v{shown} ({place})", location.id);
            let next = look.next(&location, standing)?;
            Ok(Outcome {
                next: Some(next),
                ..Outcome::new(data, "").quoting(what, text)
            })
        })
    }

    fn manner(&self) -> Manner {
        Manner::Verbatim
    }
}

impl Read {
    fn check(&self) -> Result<(), Failure> {
        if self.draft && self.version.is_some() {
            let message = "a draft and a version cannot be asked for at once";
            return Err(Failure::new(Code::Usage, message));
        }
        let heading = self.section.as_deref().unwrap_or("-");
        if heading.trim().is_empty() || heading.chars().any(char::is_control) {
            let message = "a section is named by its heading, which is one line";
            return Err(Failure::new(Code::InvalidArgument, message).fact("argument", "section"));
        }
        Ok(())
    }

    fn text(
        &self,
        look: &Look<'_>,
        location: &Location,
        standing: &Standing,
        version: Option<Version>,
    ) -> Result<Text, Failure> {
        let is_asked = standing.document.pending.contains(&look.actor.name);
        match version {
            Some(version) => look.version(location, standing, version),
            None if is_asked && !self.draft => look.present(location, standing),
            None => look.text(location, standing, self.draft),
        }
    }
}

fn find<'a>(id: &DocId, content: &'a str, heading: &str) -> Result<Section<'a>, Failure> {
    section(content, heading).ok_or_else(|| {
        let mut there = headings(content);
        there.truncate(TOLD);
        let message = format!("`{id}` has no section `{}`", heading.escape_debug());
        let named = || match there.get(..SHOWN) {
            _ if there.is_empty() => "it has no headings".to_owned(),
            Some(first) => format!("it begins with: {}", first.join(", ")),
            None => format!("it has: {}", there.join(", ")),
        };
        let near = did_you_mean(heading, there.iter().map(AsRef::as_ref));
        let hint = near.unwrap_or_else(named);
        Failure::new(Code::NotFound, message)
            .fact("sections", json!(there))
            .hint(hint)
    })
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
