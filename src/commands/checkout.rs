//! `checkout`.

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, json};

use super::context::{Arguments, Context, plain};
use super::{Command, telling};
use crate::error::Failure;
use crate::model::UserName;
use crate::services::Outcome;
use crate::store::layout;

/// Take a document for writing
///
/// A copy goes to your workspace, and the document is yours until you check it in.
/// What is in force stays in force while you write the next version.
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Example: qms --user claude checkout SOP-001")]
pub struct Checkout {
    /// The document's id, in any letter case
    #[serde(rename = "doc_id")]
    pub id: String,
}

impl Command for Checkout {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let done = context.act(&self.id, plain("checkout"), Arguments::default())?;
        let change = &done.plan.target;
        let document = &change.after.document;
        let owner = document.owner.clone().unwrap_or_else(|| UserName::new(""));
        let copy = layout::workspace_copy(&owner, &document.id)?;
        let before = change.before.as_ref().map(|before| before.version);
        let from_version = before.filter(|version| *version != document.version);
        let mut data = Map::new();
        data.insert("doc_id".to_owned(), json!(document.id));
        data.insert("version".to_owned(), json!(document.version));
        data.insert("status".to_owned(), json!(document.status));
        data.insert("workspace_path".to_owned(), json!(copy.as_str()));
        data.insert("from_version".to_owned(), json!(from_version));
        data.insert("withdrawn_from".to_owned(), json!(done.plan.first_left));
        let text = format!(
            "Checked out: {}\nWorkspace: {copy}\n{}",
            document.id,
            telling::movement(&done)
        );
        let outcome = telling::outcome(&done, &context.terms, data, text);
        Ok(telling::with_copy(outcome, context, &done))
    }
}
