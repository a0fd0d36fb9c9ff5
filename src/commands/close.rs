//! `close`.

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::json;

use super::context::{Arguments, Context, plain};
use super::{Command, telling};
use crate::error::Failure;
use crate::services::Outcome;

/// Close a document whose work is done and accepted
///
/// Verification records that are still open close with it.
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Example: qms --user claude close CR-001")]
pub struct Close {
    /// The document's id, in any letter case
    #[serde(rename = "doc_id")]
    pub id: String,
}

impl Command for Close {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let done = context.act(&self.id, plain("close"), Arguments::default())?;
        let mut data = telling::common(&done);
        data.insert("cascaded".to_owned(), json!(telling::cascaded(&done)));
        let text = format!(
            "Closed: {}\nLocation: {}\n{}",
            done.location.id,
            done.location.issued()?,
            telling::movement(&done)
        );
        Ok(telling::outcome(&done, &context.terms, data, text))
    }
}
