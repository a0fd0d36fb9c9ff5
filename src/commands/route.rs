//! `route`.

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::context::{Arguments, Context};
use super::{Command, telling};
use crate::error::Failure;
use crate::interpreter::Step;
use crate::model::{ActionName, Code, UserName, Variant, Verb};
use crate::services::{Done, Outcome};

/// Route a document for review, approval or retirement
///
/// Nobody named means everyone in quality is asked; with --assign exactly those named.
/// What you have checked out is checked in first.
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Examples:
  qms --user claude route CR-001 --review
  qms --user claude route CR-001 --review --assign qa tu_ui
  qms --user claude route SOP-003 --retire")]
pub struct Route {
    /// The document's id, in any letter case
    #[serde(rename = "doc_id")]
    pub id: String,
    /// Ask for review
    #[arg(long, group = "way")]
    #[serde(skip)]
    pub review: bool,
    /// Ask for approval
    #[arg(long, group = "way")]
    #[serde(skip)]
    pub approval: bool,
    /// What to ask for
    #[arg(skip)]
    #[serde(rename = "route_type")]
    #[schemars(required)]
    pub way: Option<String>,
    /// Ask for the approval of its retirement; implies --approval
    #[arg(long, visible_alias = "retirement", conflicts_with = "review")]
    #[serde(default)]
    pub retire: bool,
    /// Ask exactly these users; `qms users` says who may be named
    #[arg(long, value_name = "USER", num_args = 1.., visible_alias = "assignees")]
    #[serde(default)]
    pub assign: Vec<String>,
}

impl Route {
    /// Returns which way it goes; `--retire` is the approval of retirement (D-43).
    fn variant(&self, context: &Context) -> Result<Variant, Failure> {
        let word = if self.retire {
            if self.way.as_deref() == Some("review") {
                let message = "a retirement is approved, not reviewed";
                return Err(Failure::new(Code::Usage, message));
            }
            "retirement"
        } else if self.review {
            "review"
        } else if self.approval {
            "approval"
        } else if let Some(way) = &self.way {
            way
        } else if let Some(variant) = &context.variant {
            return Ok(variant.clone());
        } else {
            return Err(Failure::new(
                Code::Usage,
                "`route` needs --review, --approval or --retire",
            )
            .fact("missing", vec!["review", "approval", "retire"]));
        };
        Ok(Variant::new(word.to_owned()))
    }
}

impl Command for Route {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let action = ActionName {
            verb: Verb::new("route"),
            variant: Some(self.variant(context)?),
        };
        let arguments = Arguments::default().people(&self.assign);
        let done = context.act(&self.id, action, arguments)?;
        let stage = stage_of(&done);
        let text = format!(
            "Routed: {}{}\n{}",
            done.location.id,
            stage
                .map(|stage| format!(" for {stage}"))
                .unwrap_or_default(),
            telling::movement(&done)
        );
        let data = data(&done, stage);
        Ok(telling::outcome(&done, &context.terms, data, text))
    }
}

fn data(done: &Done, stage: Option<&str>) -> Map<String, Value> {
    let change = &done.plan.target;
    let people: Vec<_> = done.plan.asked.iter().map(UserName::as_str).collect();
    let mut data = telling::common(done);
    data.insert("workflow_type".to_owned(), json!(stage));
    data.insert("assignees".to_owned(), json!(people));
    data.insert(
        "auto_checked_in".to_owned(),
        json!(done.plan.first_left.is_some()),
    );
    let retires = !change.after.document.marks.is_empty();
    data.insert("retiring".to_owned(), json!(retires));
    data
}

/// Returns what those who are asked are asked for.
fn stage_of(done: &Done) -> Option<&str> {
    let steps = done.plan.target.steps.iter().rev();
    let mut tasks = steps.filter_map(|step| {
        let Step::GiveTask(task) = step else {
            return None;
        };
        Some(task)
    });
    tasks.next().map(|task| task.stage.as_str())
}
