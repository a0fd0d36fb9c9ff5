//! `release`.

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;

use super::context::{Arguments, Context, plain};
use super::{Command, telling};
use crate::error::Failure;
use crate::services::Outcome;

/// Release an approved plan, so that it is carried out
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Example: qms --user claude release CR-001")]
pub struct Release {
    /// The document's id, in any letter case
    #[serde(rename = "doc_id")]
    pub id: String,
}

impl Command for Release {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let done = context.act(&self.id, plain("release"), Arguments::default())?;
        let text = format!(
            "Released: {}\n{}",
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
