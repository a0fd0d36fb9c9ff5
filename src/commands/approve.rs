//! `approve`.

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;

use super::context::{Arguments, Context, plain};
use super::{Command, telling};
use crate::error::Failure;
use crate::services::Outcome;

/// Approve a document you were asked to approve
///
/// When the last of those who were asked approves, the version goes up and the
/// document moves on by itself.
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Example: qms --user qa approve CR-001")]
pub struct Approve {
    /// The document's id, in any letter case
    #[serde(rename = "doc_id")]
    pub id: String,
    /// Refuse unless the text has this digest, as the inbox gave it with your task
    #[arg(long, value_name = "SHA256")]
    pub seen: Option<String>,
}

impl Command for Approve {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let arguments = Arguments::default().seen(self.seen.clone());
        let done = context.act(&self.id, plain("approve"), arguments)?;
        let text = format!(
            "Approval submitted for {}\n{}",
            done.location.id,
            telling::movement(&done)
        );
        Ok(telling::outcome(
            &done,
            &context.terms,
            telling::common(&done),
            text,
        ))
    }
}
