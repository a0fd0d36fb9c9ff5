//! `diff`.

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::context::Context;
use super::read::parse_version;
use super::{Command, Manner};
use crate::error::Failure;
use crate::interpreter::Standing;
use crate::model::Version;
use crate::services::difference::unified;
use crate::services::taking::as_text;
use crate::services::{Look, Outcome};
use crate::store::layout::Location;

/// Show how a document's text changed
///
/// Without flags: the last approved version against the current text.
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Examples:
  qms --user qa diff SOP-001
  qms --user qa diff SOP-001 --from 1.0 --to 2.0")]
pub struct Diff {
    /// The document's id, in any letter case
    #[serde(rename = "doc_id")]
    pub id: String,
    /// The older version
    #[arg(long, value_name = "N.X")]
    pub from: Option<String>,
    /// The newer version
    #[arg(long, value_name = "N.X")]
    pub to: Option<String>,
}

impl Command for Diff {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let from = self.from.as_deref().map(parse_version).transpose()?;
        let to = self.to.as_deref().map(parse_version).transpose()?;
        context.look("diff", |look| {
            let (location, standing) = look.facts.document(&self.id)?;
            let new = if let Some(version) = to {
                look.version(&location, &standing, version)?
            } else {
                look.present(&location, &standing)?
            };
            let old = match from {
                Some(version) => Some(version),
                None => last_approved(look, &location, &standing, new.version)?,
            };
            let old_text = match old {
                Some(version) => {
                    let text = look.version(&location, &standing, version)?;
                    as_text(location.id.as_str(), text.bytes)?
                }
                None => String::new(),
            };
            let shown = old.map_or_else(|| "nothing".to_owned(), |version| format!("v{version}"));
            let new_text = as_text(location.id.as_str(), new.bytes)?;
            let difference = unified(
                &old_text,
                &new_text,
                &format!("{} {shown}", location.id),
                &format!("{} v{}", location.id, new.version),
            );
            let data = json!({
                "doc_id": location.id,
                "from": old,
                "to": new.version,
                "diff": difference,
            });
            let next = look.next(&location, standing)?;
            let outcome = if difference.is_empty() {
                Outcome::new(data, "No differences.\n")
            } else {
                let what = format!(
                    "what changed in {} from {shown} to v{}",
                    location.id, new.version
                );
                Outcome::new(data, "").quoting(what, difference)
            };
            Ok(Outcome {
                next: Some(next),
                ..outcome
            })
        })
    }

    fn manner(&self) -> Manner {
        Manner::Plain
    }
}

/// Returns the last version that an approval gave, other than the one it is compared with.
fn last_approved(
    look: &Look<'_>,
    location: &Location,
    standing: &Standing,
    than: Version,
) -> Result<Option<Version>, Failure> {
    let texts = look.texts(location, standing)?;
    let approved = texts
        .into_iter()
        .map(|(version, _)| version)
        .filter(|version| version.minor == 0 && version.major > 0 && *version < than);
    Ok(approved.max())
}
