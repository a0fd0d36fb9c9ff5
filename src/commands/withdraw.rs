//! `withdraw`.

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;

use super::context::{Arguments, Context, plain};
use super::{Command, telling};
use crate::error::Failure;
use crate::services::Outcome;

/// Take a document back from review or approval
///
/// Only its owner can. Those who were asked are asked no longer, and their tasks are
/// removed. What was answered in a review that is given up counts no longer.
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Example: qms --user claude withdraw CR-001")]
pub struct Withdraw {
    /// The document's id, in any letter case
    #[serde(rename = "doc_id")]
    pub id: String,
}

impl Command for Withdraw {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let done = context.act(&self.id, plain("withdraw"), Arguments::default())?;
        let text = format!(
            "Withdrawn: {}\n{}",
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
