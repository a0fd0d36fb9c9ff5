//! `assign`.

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::context::{Arguments, Context, plain};
use super::{Command, telling};
use crate::error::Failure;
use crate::model::UserName;
use crate::services::Outcome;

/// Ask more people to review or approve
///
/// Who is asked already stays asked once.
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Example: qms --user qa assign CR-001 --assignees tu_ui tu_scene")]
pub struct Assign {
    /// The document's id, in any letter case
    #[serde(rename = "doc_id")]
    pub id: String,
    /// Who is to be asked; `qms users` says who may be named
    #[arg(long, value_name = "USER", num_args = 1..)]
    #[serde(default)]
    pub assignees: Vec<String>,
}

impl Command for Assign {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let arguments = Arguments::default().people(&self.assignees);
        let done = context.act(&self.id, plain("assign"), arguments)?;
        let added: Vec<_> = done.plan.asked.iter().map(UserName::as_str).collect();
        let mut already: Vec<_> = self.assignees.iter().map(String::as_str).collect();
        already.retain(|name| !added.contains(name));
        already.dedup();
        let mut data = telling::common(&done);
        data.insert("added".to_owned(), json!(added));
        data.insert("already_assigned".to_owned(), json!(already));
        let who = if added.is_empty() {
            "nobody new".to_owned()
        } else {
            added.join(", ")
        };
        let text = format!(
            "Assigned to {}: {who}\n{}",
            done.location.id,
            telling::movement(&done)
        );
        Ok(telling::outcome(&done, &context.terms, data, text))
    }
}
