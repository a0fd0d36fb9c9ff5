//! `cancel`.

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, json};

use super::context::{Arguments, Context, plain};
use super::{Command, telling};
use crate::error::Failure;
use crate::services::Outcome;
use crate::store::TreePath;

/// Delete a document that was never approved
///
/// Its text, record, trail, copies and tasks are deleted for good; one line in the
/// ledger of cancellations remains. With --dry-run it shows what would go.
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Examples:
  qms --user claude cancel CR-001 --dry-run
  qms --user claude cancel CR-001 --confirm")]
pub struct Cancel {
    /// The document's id, in any letter case
    #[serde(rename = "doc_id")]
    pub id: String,
    /// Confirm that it is to be deleted
    #[arg(long)]
    #[serde(default)]
    pub confirm: bool,
}

impl Command for Cancel {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let arguments = Arguments::default().confirm(self.confirm);
        let done = context.act(&self.id, plain("cancel"), arguments)?;
        let removed: Vec<_> = done.journal.removed().map(TreePath::as_str).collect();
        let mut data = Map::new();
        data.insert("doc_id".to_owned(), json!(done.location.id));
        data.insert("deleted".to_owned(), json!(removed));
        let gone: Vec<_> = removed.iter().map(|path| format!("  {path}\n")).collect();
        let word = if context.terms.dry_run {
            "Would cancel"
        } else {
            "Canceled"
        };
        let text = format!("{word}: {}\n{}", done.location.id, gone.concat());
        Ok(telling::outcome(&done, &context.terms, data, text))
    }
}
