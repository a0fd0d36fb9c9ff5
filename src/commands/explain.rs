//! `explain`.

use std::fmt::Write as _;

use clap::Args;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use serde_json::{Value, json};

use super::context::Context;
use super::{Command, Manner};
use crate::definitions::report::did_you_mean;
use crate::error::Failure;
use crate::model::Code;
use crate::services::{Outcome, next};

/// Say what may be done with a document, what not, and why
///
/// For every action of its workflow: whether it may be done now, what it needs, where
/// it leads; or which rule is in the way, and what would permit it.
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Examples:
  qms --user claude explain CR-001
  qms --user claude explain CR-001 route approval
  qms --user lead explain CR-001 --as qa")]
pub struct Explain {
    /// The document's id, in any letter case
    #[serde(rename = "doc_id")]
    pub id: String,
    /// Only this action, such as `close` or `route approval`
    #[arg(num_args = 0..)]
    #[serde(default, deserialize_with = "words")]
    #[schemars(with = "Option<String>")]
    pub action: Vec<String>,
    /// Ask for this user instead; `qms users` says who there is
    #[arg(long = "as", value_name = "USER")]
    #[serde(rename = "as")]
    pub as_user: Option<String>,
}

/// Reads an action that is said in one text.
fn words<'de, D: Deserializer<'de>>(given: D) -> Result<Vec<String>, D::Error> {
    let text = Option::<String>::deserialize(given)?.unwrap_or_default();
    Ok(text.split_whitespace().map(str::to_owned).collect())
}

impl Command for Explain {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let wanted = self.action.join(" ");
        context.look("explain", |look| {
            let (location, standing) = look.facts.document(&self.id)?;
            let actor = match &self.as_user {
                None => look.actor.clone(),
                Some(name) => look.roster.find(name).ok_or_else(|| {
                    Failure::new(
                        Code::UnknownUser,
                        format!("user `{}` not found", name.escape_debug()),
                    )
                })?,
            };
            let (seen, mut prospects) = look.prospects(&location, standing, &actor)?;
            if !wanted.is_empty() {
                let known: Vec<_> = prospects
                    .iter()
                    .map(|prospect| prospect.action.to_string())
                    .collect();
                prospects.retain(|prospect| {
                    prospect.action.to_string() == wanted || prospect.action.verb == *wanted
                });
                if prospects.is_empty() {
                    let mut message = format!(
                        "`{}` is no action of `{}`",
                        wanted.escape_debug(),
                        location.id
                    );
                    let hint = did_you_mean(&wanted, known.iter().map(String::as_str));
                    let _ = write!(message, "; there are: {}", known.join(", "));
                    let failure = Failure::new(Code::InvalidArgument, message);
                    return Err(match hint {
                        Some(hint) => failure.hint(hint),
                        None => failure,
                    });
                }
            }
            let (allowed, blocked) =
                next::explanation(look.facts.rules, &seen.target, &prospects, &actor);
            let text = text(&seen.target, actor.name.as_str(), &allowed, &blocked);
            let data = json!({
                "doc_id": location.id,
                "user": actor.name,
                "status": seen.target.document.status,
                "version": seen.target.document.version,
                "allowed": allowed,
                "blocked": blocked,
            });
            // What is next is the asker's own, whomever they asked about.
            let next = look.next(&location, seen.target)?;
            Ok(Outcome {
                next: Some(next),
                ..Outcome::new(data, text)
            })
        })
    }

    fn manner(&self) -> Manner {
        Manner::Plain
    }
}

fn text(
    standing: &crate::interpreter::Standing,
    user: &str,
    allowed: &[Value],
    blocked: &[Value],
) -> String {
    let document = &standing.document;
    let mut text = format!(
        "{} is {} at v{}.\n",
        document.id, document.status, document.version
    );
    if !allowed.is_empty() {
        let _ = writeln!(text, "\n{user} may now:");
    }
    for entry in allowed {
        let to = entry.get("to").and_then(Value::as_str).unwrap_or("gone");
        let _ = writeln!(text, "  {}  -> {to}", word(entry, "action"));
        let _ = writeln!(text, "      {}", word(entry, "command"));
        if let Some(undoes) = entry.get("undoes").and_then(Value::as_str) {
            let _ = writeln!(text, "      this voids {undoes}");
        }
    }
    if !blocked.is_empty() {
        let _ = writeln!(text, "\n{user} may not:");
    }
    for entry in blocked {
        let _ = writeln!(
            text,
            "  {}  [{}]",
            word(entry, "action"),
            word(entry, "code")
        );
        for reason in list(entry, "reasons") {
            let rule = reason.get("rule").and_then(Value::as_str);
            let rule = rule.map(|rule| format!("   {rule}")).unwrap_or_default();
            let _ = writeln!(text, "      {}{rule}", word(reason, "reason"));
        }
        for permit in list(entry, "would_permit") {
            let _ = writeln!(
                text,
                "      would permit it: {}",
                permit.as_str().unwrap_or_default()
            );
        }
        let way: Vec<_> = list(entry, "way")
            .iter()
            .filter_map(Value::as_str)
            .collect();
        if !way.is_empty() {
            let _ = writeln!(text, "      the way there: {}", way.join(", then "));
        }
    }
    text
}

fn word<'v>(entry: &'v Value, key: &str) -> &'v str {
    entry.get(key).and_then(Value::as_str).unwrap_or_default()
}

fn list<'v>(entry: &'v Value, key: &str) -> &'v [Value] {
    entry
        .get(key)
        .and_then(Value::as_array)
        .map(Vec::as_slice)
        .unwrap_or_default()
}
