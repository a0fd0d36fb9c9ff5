//! `list`.

use std::fmt::Write as _;

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value, json};

use super::Command;
use super::context::Context;
use crate::analysis::explain::Verdict;
use crate::error::Failure;
use crate::model::UserName;
use crate::services::catalogue::documents;
use crate::services::facts::Summary;
use crate::services::{Look, Outcome};

/// List the documents, newest activity first
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Examples:
  qms --user qa list
  qms --user qa list --type CR --status IN_EXECUTION
  qms --user qa list --blocked")]
pub struct List {
    /// Only documents of this type, as `create` takes it
    #[arg(long = "type", value_name = "TYPE")]
    #[serde(rename = "type")]
    pub doc_type: Option<String>,
    /// Only documents in this status, as `status` shows it
    #[arg(long)]
    pub status: Option<String>,
    /// Only documents this user is responsible for; `qms users` says who there is
    #[arg(long, value_name = "USER")]
    pub owner: Option<String>,
    /// Only open documents that nobody may move on
    #[arg(long)]
    #[serde(default)]
    pub blocked: bool,
}

impl List {
    fn wants(&self, listed: &Summary) -> bool {
        let equal = |wanted: &Option<String>, found: &str| {
            wanted
                .as_ref()
                .is_none_or(|wanted| wanted.eq_ignore_ascii_case(found))
        };
        let is_type = equal(&self.doc_type, listed.doc_type.as_str())
            || equal(&self.doc_type, listed.doctype.as_str());
        let owner = listed.owner.as_ref().map(UserName::as_str);
        is_type
            && equal(&self.status, listed.status.as_str())
            && self
                .owner
                .as_deref()
                .is_none_or(|wanted| owner == Some(wanted))
    }
}

impl Command for List {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        context.look("list", |look| {
            let (mut listed, warnings) = documents(look)?;
            listed.retain(|listed| self.wants(listed));
            if self.blocked {
                let mut stuck = Vec::new();
                for listed in listed {
                    if is_stuck(look, &listed)? {
                        stuck.push(listed);
                    }
                }
                listed = stuck;
            }
            // Ten thousand documents are much to say twice: as text or as data only where somebody reads it.
            let text = if context.wants_text() {
                text(&listed)
            } else {
                String::new()
            };
            let mut shown = Vec::new();
            if context.wants_data() {
                shown.reserve_exact(listed.len());
                shown.extend(listed.into_iter().map(|listed| show(&listed)));
            }
            let mut data = Map::new();
            data.insert("documents".to_owned(), Value::Array(shown));
            Ok(Outcome {
                warnings,
                ..Outcome::new(Value::Object(data), text)
            })
        })
    }
}

fn show(listed: &Summary) -> Value {
    let shown = [
        ("doc_id", json!(listed.id)),
        ("doc_type", json!(listed.doc_type)),
        ("title", json!(listed.title)),
        ("version", json!(listed.version)),
        ("status", json!(listed.status)),
        ("responsible_user", json!(listed.owner)),
        ("pending_assignees", json!(listed.pending)),
    ];
    // No larger than it must be: there may be ten thousand.
    let mut object = Map::with_capacity(shown.len());
    object.extend(shown.map(|(key, value)| (key.to_owned(), value)));
    Value::Object(object)
}

fn text(listed: &[Summary]) -> String {
    if listed.is_empty() {
        return "No documents found.\n".to_owned();
    }
    let width = listed.iter().map(|listed| listed.id.as_str().len()).max();
    let width = width.unwrap_or(0);
    let mut text = String::new();
    for listed in listed {
        let _ = writeln!(
            text,
            "{:<width$}  v{:<6} {:<16}  {}",
            listed.id.as_str(),
            listed.version.to_string(),
            listed.status.as_str(),
            listed.title
        );
    }
    text
}

/// Tells whether an open document is one that nobody in the roster may move on.
fn is_stuck(look: &Look<'_>, listed: &Summary) -> Result<bool, Failure> {
    let rules = look.facts.rules;
    let doctype = rules.doctype(&listed.doctype);
    let life = doctype.and_then(|doctype| rules.life_of(doctype));
    let status = &listed.status;
    if life.is_none_or(|life| life.is_terminal(status)) {
        return Ok(false);
    }
    let (location, standing) = look.facts.document(listed.id.as_str())?;
    for (name, _) in look.roster.iter() {
        let Some(user) = look.roster.find(name.as_str()) else {
            continue;
        };
        let (_, prospects) = look.prospects(&location, standing.clone(), &user)?;
        let moves = |verdict: &Verdict| match verdict {
            Verdict::Allowed(allowed) => allowed.to.as_ref() != Some(status),
            Verdict::Blocked(_) => false,
        };
        if prospects.iter().any(|prospect| moves(&prospect.verdict)) {
            return Ok(false);
        }
    }
    Ok(true)
}
