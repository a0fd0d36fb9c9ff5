//! `revert`.

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;

use super::context::{Arguments, Context, plain};
use super::{Command, telling};
use crate::error::Failure;
use crate::services::Outcome;

/// Take up work again after its results were reviewed (deprecated)
///
/// Checking the document out does the same, and is preferred.
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(
    after_help = "Example: qms --user claude revert CR-001 --reason \"One test is missing.\""
)]
pub struct Revert {
    /// The document's id, in any letter case
    #[serde(rename = "doc_id")]
    pub id: String,
    /// Why the work is taken up again
    #[arg(long, allow_hyphen_values = true)]
    pub reason: Option<String>,
}

impl Command for Revert {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let arguments = Arguments::default().text("reason", self.reason.clone());
        let done = context.act(&self.id, plain("revert"), arguments)?;
        let text = format!(
            "Reverted: {}\n{}",
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
