//! `inbox`.

use std::fmt::Write as _;

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Command;
use super::context::Context;
use crate::error::Failure;
use crate::services::Look;
use crate::services::Outcome;
use crate::services::prompts::{TaskHead, read_task};
use crate::store::layout;
use crate::store::tree::Kind;

/// Show what you are asked to do
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Example: qms --user qa inbox")]
pub struct Inbox {}

/// A task file is read up to this size.
const LARGEST: u64 = 1024 * 1024;

impl Command for Inbox {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        context.look("inbox", |look| {
            let (tasks, warnings) = tasks(look)?;
            let mut text = String::new();
            if tasks.is_empty() {
                text.push_str("Inbox is empty\n");
            } else {
                let _ = writeln!(text, "Inbox of {}: {}", look.actor.name, tasks.len());
            }
            for (task, path) in &tasks {
                tell(&mut text, task, path);
            }
            let shown: Vec<_> = tasks.iter().map(|(task, path)| show(task, path)).collect();
            let data = json!({ "user": look.actor.name, "tasks": shown });
            Ok(Outcome {
                warnings,
                ..Outcome::new(data, text)
            })
        })
    }
}

/// A task, and the path of its file.
type Found = (TaskHead, String);

/// Returns the actor's own tasks, and what kept files from being read (D-56).
fn tasks(look: &Look<'_>) -> Result<(Vec<Found>, Vec<String>), Failure> {
    let inbox = layout::inbox(&look.actor.name)?;
    let mut tasks = Vec::new();
    let mut warnings = Vec::new();
    for entry in look.facts.view.list(&inbox)? {
        if !entry.name.ends_with(".md") {
            continue;
        }
        let shown = format!("{inbox}/{}", entry.name.escape_debug());
        if entry.kind != Kind::File {
            warnings.push(format!("{shown} is not a regular file; it is left alone"));
            continue;
        }
        let path = inbox.join(&entry.name)?;
        let bytes = match look.facts.view.read(&path, LARGEST) {
            Ok(bytes) => bytes.unwrap_or_default(),
            Err(error) => {
                warnings.push(error.to_string());
                continue;
            }
        };
        match read_task(&String::from_utf8_lossy(&bytes)) {
            Some(task) => tasks.push((task, path.to_string())),
            None => warnings.push(format!("{shown} cannot be read as a task")),
        }
    }
    Ok((tasks, warnings))
}

fn show(task: &TaskHead, path: &str) -> Value {
    json!({
        "task_id": task.task_id,
        "task_type": task.task_type,
        "workflow_type": task.workflow_type,
        "doc_id": task.doc_id,
        "title": task.title,
        "version": task.version,
        "assigned_by": task.assigned_by,
        "assigned_date": task.assigned_date,
        "path": path,
    })
}

fn tell(text: &mut String, task: &TaskHead, path: &str) {
    let or = |value: &Option<String>| value.clone().unwrap_or_else(|| "?".to_owned());
    let _ = writeln!(
        text,
        "\n[{}] {}  {}",
        task.task_type,
        task.doc_id,
        or(&task.title)
    );
    let _ = writeln!(
        text,
        "  Workflow: {}   Version: {}",
        task.workflow_type,
        or(&task.version)
    );
    let _ = writeln!(
        text,
        "  From: {}   Date: {}",
        or(&task.assigned_by),
        or(&task.assigned_date)
    );
    let _ = writeln!(text, "  Task: {path}");
}
