//! What is told of an action that was done: the keys of the interface, and the lines a person reads.

use serde_json::{Map, Value, json};

use super::context::Context;
use crate::interpreter::Change;
use crate::model::digest::sha256;
use crate::model::{DocId, Status, UserName};
use crate::services::{Desk, Done, Outcome, Terms};
use crate::store::{TreePath, layout};

/// Returns the status before and after.
#[must_use]
pub fn statuses(change: &Change) -> (Option<&Status>, &Status) {
    let before = change.before.as_ref().map(|before| &before.status);
    (before, &change.after.document.status)
}

/// Returns the keys that every action on a document has.
#[must_use]
pub fn common(done: &Done) -> Map<String, Value> {
    let change = &done.plan.target;
    let document = &change.after.document;
    let (from, to) = statuses(change);
    let pending: Vec<_> = document.pending.iter().map(UserName::as_str).collect();
    let mut data = Map::new();
    data.insert("doc_id".to_owned(), json!(document.id));
    data.insert("from_status".to_owned(), json!(from));
    data.insert("to_status".to_owned(), json!(to));
    data.insert("version".to_owned(), json!(document.version));
    data.insert("pending_assignees".to_owned(), json!(pending));
    if !done.plan.reactions.is_empty() {
        data.insert("cascaded".to_owned(), json!(cascaded(done)));
    }
    data
}

/// Returns the children that reacted.
#[must_use]
pub fn cascaded(done: &Done) -> Vec<&DocId> {
    done.plan.reactions.iter().map(Change::id).collect()
}

/// Returns the lines every action ends with: what moved, and whom it awaits now.
#[must_use]
pub fn movement(done: &Done) -> String {
    use std::fmt::Write as _;
    let change = &done.plan.target;
    let (from, to) = statuses(change);
    let mut text = String::new();
    match from {
        Some(from) if from != to => {
            let _ = writeln!(text, "Status: {from} -> {to}");
        }
        _ => {
            let _ = writeln!(text, "Status: {to}");
        }
    }
    let version = change.after.document.version;
    match change.before.as_ref().map(|before| before.version) {
        Some(before) if before != version => {
            let _ = writeln!(text, "Version: {before} -> {version}");
        }
        _ => {
            let _ = writeln!(text, "Version: {version}");
        }
    }
    let pending: Vec<_> = change
        .after
        .document
        .pending
        .iter()
        .map(UserName::as_str)
        .collect();
    if !pending.is_empty() {
        let _ = writeln!(text, "Awaiting: {}", pending.join(", "));
    }
    for id in cascaded(done) {
        let _ = writeln!(text, "Cascade closed: {id}");
    }
    text
}

/// Returns the session that was opened in place of a copy, if one was.
fn opened(done: &Done) -> Option<TreePath> {
    let document = &done.plan.target.after.document;
    let session = layout::session(document.owner.as_ref()?, &document.id).ok()?;
    done.journal.written(&session).map(|_| session)
}

/// Tells whether it was answers that were given back, and no text.
#[must_use]
pub fn gave_answers(done: &Done) -> bool {
    let change = &done.plan.target;
    let session = change
        .holder()
        .and_then(|owner| layout::session(owner, change.id()).ok());
    session.is_some_and(|session| done.journal.removed().any(|path| *path == session))
}

/// Returns the outcome of an action: its data, what was told, what is next, and its text.
#[must_use]
pub fn outcome(done: &Done, terms: &Terms, data: Map<String, Value>, text: String) -> Outcome {
    let mut data = data;
    let mut text = text;
    if terms.dry_run {
        let plan: Vec<_> = done.plan.changes().flat_map(Change::described).collect();
        let lines: Vec<_> = plan.iter().map(|(_, line)| format!("  {line}\n")).collect();
        text = format!(
            "Would be done (nothing was changed):\n{}{text}",
            lines.concat()
        );
        data.insert("dry_run".to_owned(), true.into());
        let steps = plan
            .iter()
            .map(|(step, line)| json!({ "step": step, "does": line }));
        data.insert("plan".to_owned(), steps.collect());
    }
    let mut messages = done.plan.told.clone();
    if let Some(session) = opened(done) {
        let id = done.plan.target.id();
        messages.push(format!(
            "Written by answering: `qms interact {id}` (session: {session})."
        ));
    }
    Outcome {
        messages,
        next: done.next.clone(),
        warnings: done.warnings.clone(),
        ..Outcome::new(Value::Object(data), text)
    }
}

/// Adds the copy that lies in the workspace now, for whoever reads data. Bytes that are no text have
/// their digest alone.
#[must_use]
pub fn with_copy(mut outcome: Outcome, context: &Context, done: &Done) -> Outcome {
    let copy = desk_for_data(context).and_then(|desk| desk.copy_after(done));
    let (Some(copy), Some(data)) = (copy, outcome.data.as_object_mut()) else {
        return outcome;
    };
    let digest = sha256(&copy);
    let text = String::from_utf8(copy).ok();
    if let Some(text) = &text {
        data.insert("content".to_owned(), json!(text));
    }
    data.insert("content_sha256".to_owned(), json!(digest));
    match text {
        Some(text) => outcome.quoting_aside(format!("your copy of {}", done.location.id), text),
        None => outcome,
    }
}

/// Returns the project, where it is worth looking at for data alone.
#[must_use]
pub fn desk_for_data(context: &Context) -> Option<&Desk> {
    context.desk().ok().filter(|_| context.wants_data())
}
