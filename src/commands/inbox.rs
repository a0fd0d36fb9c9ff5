//! `inbox`.

use std::fmt::Write as _;

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::comments::{source, told, written};
use super::context::{Context, plain};
use super::showing::actions;
use super::{Command, Manner};
use crate::error::Failure;
use crate::interpreter::Standing;
use crate::interpreter::authorize::check_group;
use crate::model::Code;
use crate::model::digest::sha256;
use crate::services::difference::unified;
use crate::services::judging::Earlier;
use crate::services::tasks::TaskFile;
use crate::services::yours::{Own, Yours};
use crate::services::{Look, Outcome};
use crate::store::layout::Location;
use crate::store::trail;

/// Show what you are asked to do, and what is yours to move on
///
/// Yours to move on is what you are responsible for while it awaits nobody and does not rest; of many
/// documents the newest are shown. With a document's id: your task about it, whole. That is what you
/// are asked, the text you are asked about, whether and how it changed since you judged it last, and
/// what was written about it so far. Where exactly one task waits, programs are given it whole beside
/// the list, as `open`.
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Examples:
  qms --user qa inbox
  qms --user qa inbox CR-001")]
pub struct Inbox {
    /// A document you are asked about, in any letter case
    #[serde(rename = "doc_id")]
    pub id: Option<String>,
}

impl Command for Inbox {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        context.look("inbox", |look| match &self.id {
            Some(id) => one(look, id),
            None => all(look, context.wants_data()),
        })
    }

    fn manner(&self) -> Manner {
        Manner::Plain
    }
}

fn all(look: &Look<'_>, wants_data: bool) -> Result<Outcome, Failure> {
    let (tasks, mut warnings) = look.tasks()?;
    let mut text = String::new();
    if tasks.is_empty() {
        text.push_str("Inbox is empty\n");
    } else {
        let _ = writeln!(text, "Inbox of {}: {}", look.actor.name, tasks.len());
    }
    for task in &tasks {
        text.push('\n');
        tell(&mut text, task);
    }
    let yours = look.yours()?;
    tell_yours(&mut text, look, &yours);
    warnings.extend(yours.warnings.iter().cloned());
    let mut data = Map::new();
    data.insert("user".to_owned(), json!(look.actor.name));
    data.insert("tasks".to_owned(), tasks.iter().map(show).collect());
    data.insert(
        "yours".to_owned(),
        yours.shown.iter().map(show_own).collect(),
    );
    if yours.more > 0 {
        data.insert("yours_more".to_owned(), json!(yours.more));
    }
    data.insert("news".to_owned(), json!(news(&tasks, &yours)));
    let mut only = Outcome::default();
    if let ([task], true) = (tasks.as_slice(), wants_data) {
        match one(look, &task.head.doc_id) {
            Ok(opened) => {
                data.insert("open".to_owned(), opened.data.clone());
                let _ = write!(text, "\n{}", opened.text);
                only = opened;
            }
            Err(failure) => warnings.push(format!("{}: {}", task.path, failure.message)),
        }
    }
    Ok(Outcome {
        data: Value::Object(data),
        text,
        warnings,
        ..only
    })
}

/// Returns what tells one state of somebody's inbox from every other, were they to look the same: a task that
/// is asked anew is another.
fn news(tasks: &[TaskFile], yours: &Yours) -> String {
    let stamps = tasks.iter().map(|task| task.stamp);
    let stamps: Vec<_> = stamps
        .chain(yours.shown.iter().map(|own| own.stamp))
        .collect();
    let asked: Vec<_> = tasks.iter().map(|task| &task.path).collect();
    let told = format!("{asked:?} {stamps:?} {}", yours.more);
    let digest = sha256(told.as_bytes());
    digest.chars().take(16).collect()
}

fn show_own(own: &Own) -> Value {
    let document = &own.standing.document;
    json!({
        "doc_id": document.id,
        "title": own.standing.title,
        "version": document.version,
        "status": document.status,
        "next": own.next,
    })
}

fn tell_yours(text: &mut String, look: &Look<'_>, yours: &Yours) {
    if !yours.shown.is_empty() {
        let _ = writeln!(text, "\nYours to move on: {}", yours.shown.len());
    }
    for own in &yours.shown {
        let document = &own.standing.document;
        let _ = writeln!(
            text,
            "\n{}  {}\n  Version: {}   Status: {}\n  You may: {}",
            document.id,
            own.standing.title,
            document.version,
            document.status,
            actions(&own.next).join(", ")
        );
    }
    if yours.more > 0 {
        let name = &look.actor.name;
        let _ = writeln!(
            text,
            "\n{} more may be yours: qms --user {name} list --owner {name}",
            yours.more
        );
    }
}

/// Returns the task about one document, with all that is needed to answer it.
fn one(look: &Look<'_>, id: &str) -> Result<Outcome, Failure> {
    // It shows what these show, so it takes what they take.
    for verb in ["read", "comments"] {
        let rules = look.facts.rules;
        check_group(rules, &look.roster, &look.actor, &plain(verb))
            .map_err(|refusal| Failure::refused(rules, &refusal))?;
    }
    let (location, standing) = look.facts.document(id)?;
    let (tasks, warnings) = look.tasks()?;
    let task = look
        .task_about(&tasks, &location.id, &standing)
        .ok_or_else(|| no_task(&location, &tasks))?;
    let opened = opened(look, &location, &standing, task)?;
    let next = look.next(&location, standing)?;
    Ok(Outcome {
        next: Some(next),
        warnings,
        ..opened
    })
}

fn no_task(location: &Location, tasks: &[TaskFile]) -> Failure {
    let mut asked: Vec<_> = tasks.iter().map(|task| &*task.head.doc_id).collect();
    asked.sort_unstable();
    asked.dedup();
    let message = format!("you are not asked about `{}`", location.id);
    let failure = Failure::new(Code::NotFound, message).fact("asked", json!(asked));
    if asked.is_empty() {
        return failure.hint("your inbox is empty");
    }
    failure.hint(format!("you are asked about: {}", asked.join(", ")))
}

/// Returns a task as programs and people read it.
fn opened(
    look: &Look<'_>,
    location: &Location,
    standing: &Standing,
    task: &TaskFile,
) -> Result<Outcome, Failure> {
    let id = &location.id;
    let present = look.present(location, standing)?;
    let (version, place) = (present.version, present.place);
    let digest = sha256(&present.bytes);
    let lines = trail::read(look.facts.view, &location.trail()?)?.unwrap_or_default();
    let earlier = look.judged_last(location, standing, &lines, &present);
    let content = present.into_content(id)?;
    let unchanged = matches!(earlier, Earlier::Same);
    let diff = match earlier {
        Earlier::Same | Earlier::Unknown => None,
        Earlier::Other(old) => {
            let (old_label, new_label) =
                (format!("{id} v{}", old.version), format!("{id} v{version}"));
            let old = old.into_content(id).ok();
            old.map(|old| unified(&old, &content, &old_label, &new_label))
        }
    };

    let mut text = String::new();
    tell(&mut text, task);
    let _ = writeln!(text, "\n{}\n", task.prompt);
    let _ = writeln!(text, "The text: qms --user {} read {id}", look.actor.name);
    if unchanged {
        text.push_str("It is the text you judged last.\n");
    }
    if diff.is_some() {
        text.push_str("Since you judged it last:\n\n");
    }
    let life = look.facts.life_of(standing);
    let comments: Vec<_> = written(life, lines).collect();
    let mut outcome = Outcome::new(Value::Null, text);
    if let Some(diff) = &diff {
        let what = format!("changes in {id} since you judged it last");
        outcome = outcome.quoting(what, diff.as_str());
    }
    if !unchanged {
        let what = format!("text of {id} v{version} ({place})");
        outcome = outcome.quoting_aside(what, content.as_str());
    }
    for line in &comments {
        outcome = outcome.quoting_aside(source(id, line), told(line, life));
    }
    let comments = comments.into_iter().map(|line| Value::Object(line.object));
    outcome.data = json!({
        "doc_id": id,
        "task": show(task),
        "prompt": task.prompt,
        "version": version,
        "place": place,
        "content": content,
        "content_sha256": digest,
        "unchanged": unchanged,
        "diff": diff,
        "comments": comments.collect::<Vec<_>>(),
    });
    if let (true, Some(data)) = (unchanged, outcome.data.as_object_mut()) {
        data.shift_remove("content");
    }
    Ok(outcome)
}

fn show(task: &TaskFile) -> Value {
    let head = &task.head;
    json!({
        "task_id": head.task_id,
        "task_type": head.task_type,
        "workflow_type": head.workflow_type,
        "doc_id": head.doc_id,
        "title": head.title,
        "version": head.version,
        "assigned_by": head.assigned_by,
        "assigned_date": head.assigned_date,
        "path": task.path,
    })
}

fn tell(text: &mut String, task: &TaskFile) {
    let head = &task.head;
    let or = |value: &Option<String>| value.clone().unwrap_or_else(|| "?".to_owned());
    let _ = writeln!(
        text,
        "[{}] {}  {}",
        head.task_type,
        head.doc_id,
        or(&head.title)
    );
    let _ = writeln!(
        text,
        "  Workflow: {}   Version: {}",
        head.workflow_type,
        or(&head.version)
    );
    let _ = writeln!(
        text,
        "  From: {}   Date: {}",
        or(&head.assigned_by),
        or(&head.assigned_date)
    );
    let _ = writeln!(text, "  Task: {}", task.path);
}
