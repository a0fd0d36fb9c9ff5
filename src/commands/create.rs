//! `create`.

use std::fmt::Write as _;

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, json};

use super::context::Context;
use super::{Command, telling};
use crate::error::Failure;
use crate::model::{Place, Verb};
use crate::services::Outcome;
use crate::services::creation::Creation;

/// Begin a new document
///
/// It gets the next id of its type, the text of its approved template, and a copy in
/// your workspace.
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Examples:
  qms --user claude create SOP --title \"Cleaning of vessels\"
  qms --user claude create VAR --parent CR-001 --title \"One test was skipped\"
  qms --user claude create TEMPLATE --name FORM --title \"Template for forms\"")]
pub struct Create {
    /// The type of document, in any letter case
    #[arg(value_name = "TYPE")]
    pub doc_type: String,
    /// Its title
    #[arg(long, allow_hyphen_values = true)]
    #[schemars(required)]
    pub title: Option<String>,
    /// The document it belongs to
    #[arg(long, value_name = "ID")]
    pub parent: Option<String>,
    /// Its name, for types that are named instead of numbered
    #[arg(long)]
    pub name: Option<String>,
}

impl Command for Create {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        context.no_conditions("create")?;
        let desk = context.desk_for_change()?;
        let wanted = Creation {
            type_word: self.doc_type.clone(),
            title: self.title.clone(),
            parent: self.parent.clone(),
            name: self.name.clone(),
            dry_run: context.terms.dry_run,
        };
        let user = context.user.as_deref().unwrap_or_default();
        let done = desk.create(user, Verb::new("create"), &wanted)?;
        let born = &done.plan.target.after;
        let document = &born.document;
        let path = match (born.holdings.draft, born.holdings.issued) {
            (None, Some(_)) => done.location.issued()?,
            (Some(_), _) | (None, None) => done.location.draft()?,
        };
        // What is born in force, or for nobody, has no copy and no owner.
        let owner = document.owner.as_ref();
        let copy = match born.holdings.workspace {
            Some(_) => done.location.at(Place::Workspace, owner)?,
            None => None,
        };
        let copy = copy.map(|copy| copy.to_string());
        let mut data = Map::new();
        data.insert("doc_id".to_owned(), json!(document.id));
        data.insert("doc_type".to_owned(), json!(document.doc_type));
        data.insert("title".to_owned(), json!(born.title));
        data.insert("version".to_owned(), json!(document.version));
        data.insert("status".to_owned(), json!(document.status));
        data.insert("path".to_owned(), json!(path.as_str()));
        data.insert("workspace_path".to_owned(), json!(copy));
        let mut text = format!(
            "Created: {} (v{}, {})\nLocation: {path}\n",
            document.id, document.version, document.status
        );
        if let Some(copy) = &copy {
            let _ = writeln!(text, "Workspace: {copy}");
        }
        if let Some(owner) = owner {
            let _ = writeln!(text, "Responsible User: {owner}");
        }
        let outcome = telling::outcome(&done, &context.terms, data, text);
        Ok(telling::with_copy(outcome, context, &done))
    }
}
