//! `reject`.

use std::path::PathBuf;

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;

use super::context::{Arguments, Context, comment, plain};
use super::{Command, telling};
use crate::error::Failure;
use crate::services::Outcome;

/// Reject a document you were asked to approve
///
/// It goes back to where its reviews were complete; everybody else's approval tasks
/// are removed. The comment is kept in the audit trail.
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(
    after_help = "Example: qms --user qa reject CR-001 --comment \"Section 4 names no owner.\""
)]
pub struct Reject {
    /// The document's id, in any letter case
    #[serde(rename = "doc_id")]
    pub id: String,
    /// Why it is rejected
    #[arg(long, allow_hyphen_values = true)]
    pub comment: Option<String>,
    /// A file with the comment; `-` for standard input
    #[arg(long, value_name = "PATH", conflicts_with = "comment")]
    #[serde(skip)]
    pub comment_file: Option<PathBuf>,
    /// Refuse unless the text has this digest, as the inbox gave it with your task
    #[arg(long, value_name = "SHA256")]
    pub seen: Option<String>,
}

impl Command for Reject {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let comment = comment(self.comment.as_ref(), self.comment_file.as_ref())?;
        let arguments = Arguments::default()
            .text("comment", comment)
            .seen(self.seen.clone());
        let done = context.act(&self.id, plain("reject"), arguments)?;
        let text = format!(
            "Rejected: {}\n{}",
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
