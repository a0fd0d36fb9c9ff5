//! `review`.

use std::path::PathBuf;

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;

use super::context::{Arguments, Context, comment, plain};
use super::{Command, telling};
use crate::error::Failure;
use crate::services::Outcome;

/// Review a document you were asked to review
///
/// Your answer and your comment go to the audit trail. When everybody who was asked
/// has answered, the document moves on by itself.
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Examples:
  qms --user qa review CR-001 --recommend --comment \"Complete and consistent.\"
  qms --user qa review CR-001 --request-updates --comment-file findings.md")]
pub struct Review {
    /// The document's id, in any letter case
    #[serde(rename = "doc_id")]
    pub id: String,
    /// Recommend that it goes forward
    #[arg(long, group = "answer")]
    #[serde(skip)]
    pub recommend: bool,
    /// Ask for changes first
    #[arg(long, group = "answer")]
    #[serde(skip)]
    pub request_updates: bool,
    /// Give any outcome that the rules in force know
    #[arg(long, value_name = "NAME", group = "answer")]
    pub outcome: Option<String>,
    /// What you found
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

impl Review {
    fn answer(&self) -> Option<String> {
        if self.recommend {
            Some("recommend".to_owned())
        } else if self.request_updates {
            Some("request-updates".to_owned())
        } else {
            self.outcome.clone()
        }
    }
}

impl Command for Review {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let comment = comment(self.comment.as_ref(), self.comment_file.as_ref())?;
        let arguments = Arguments::default()
            .outcome(self.answer())
            .seen(self.seen.clone())
            .text("comment", comment);
        let done = context.act(&self.id, plain("review"), arguments)?;
        let text = format!(
            "Review submitted for {}\n{}",
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
