//! `comments`.

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::context::Context;
use super::read::parse_version;
use super::{Command, Manner};
use crate::definitions::Workflow;
use crate::definitions::vocabulary::Fact;
use crate::error::Failure;
use crate::model::DocId;
use crate::services::Outcome;
use crate::store::trail::{self, TrailLine};

/// Show what reviewers and approvers wrote
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Examples:
  qms --user claude comments CR-001
  qms --user claude comments CR-001 --version 0.1")]
pub struct Comments {
    /// The document's id, in any letter case
    #[serde(rename = "doc_id")]
    pub id: String,
    /// Only those on this version
    #[arg(long, value_name = "N.X")]
    pub version: Option<String>,
}

impl Command for Comments {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let version = self.version.as_deref().map(parse_version).transpose()?;
        let version = version.map(|version| version.to_string());
        context.look("comments", |look| {
            let (location, standing) = look.facts.document(&self.id)?;
            let lines = trail::read(look.facts.view, &location.trail()?)?.unwrap_or_default();
            let life = look.facts.life_of(&standing);
            let mut outcome = Outcome::default();
            let mut comments = Vec::new();
            for line in written(life, lines) {
                if version.is_none() || line.version() == version.as_deref() {
                    outcome = outcome.quoting(source(&location.id, &line), told(&line, life));
                    comments.push(Value::Object(line.object));
                }
            }
            if comments.is_empty() {
                outcome.text.push_str("No comments found.\n");
            }
            outcome.data = json!({ "doc_id": location.id, "comments": comments });
            outcome.next = Some(look.next(&location, standing)?);
            Ok(outcome)
        })
    }

    fn manner(&self) -> Manner {
        Manner::Plain
    }
}

/// Returns the lines of a trail that people wrote something with.
pub fn written(life: Option<&Workflow>, lines: Vec<TrailLine>) -> impl Iterator<Item = TrailLine> {
    lines
        .into_iter()
        .filter(move |line| life.is_some_and(|life| bears_comment(life, line)))
}

/// Tells whether a line is of a kind that records a comment, and has one.
fn bears_comment(workflow: &Workflow, line: &TrailLine) -> bool {
    let records = workflow.event(line.event()).is_some_and(|rule| {
        rule.records.iter().any(|(key, fact)| {
            key == "comment" && matches!(fact, Fact::Argument(name) if *name == "comment")
        })
    });
    records
        && line
            .text("comment")
            .is_some_and(|comment| !comment.is_empty())
}

/// Says whose comment it is, and on what.
#[must_use]
pub fn source(id: &DocId, line: &TrailLine) -> String {
    let version = line.version().unwrap_or("?");
    format!("comment of {} on {id} v{version}", line.user())
}

/// Returns a comment as a person reads it, under a line that says whose it is.
#[must_use]
pub fn told(line: &TrailLine, life: Option<&Workflow>) -> String {
    let answer = life.and_then(|life| line.recorded(life, &Fact::Outcome));
    format!(
        "--- [v{}] {} ({}) - {} ---\n{}\n\n",
        line.version().unwrap_or("?"),
        line.user(),
        answer.unwrap_or(line.event()),
        line.timestamp(),
        line.text("comment").unwrap_or_default()
    )
}
