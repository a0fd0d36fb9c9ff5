//! `users`.

use std::fmt::Write as _;

use clap::Args;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Value, json};

use super::Command;
use super::context::Context;
use crate::definitions::Rulebook;
use crate::definitions::report::did_you_mean;
use crate::error::Failure;
use crate::interpreter::authorize::permitted_verbs;
use crate::model::{Code, Group, UserName, Verb};
use crate::services::Outcome;

/// Show who there is, and what each may do
///
/// Of each their group, and every verb that it lets them do at some time; whether they
/// may do it now, with this document, `explain` says.
#[derive(Args, Clone, Debug, Deserialize, JsonSchema)]
#[command(after_help = "Examples:
  qms --user claude users
  qms --user claude users --for approve")]
pub struct Users {
    /// Only those who may do this: a verb, as the answer lists them
    #[arg(long = "for", value_name = "VERB")]
    pub may: Option<String>,
}

/// A user, their group, and what it lets them do.
type Known<'r> = (&'r UserName, &'r Group, Vec<&'r Verb>);

impl Command for Users {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        // Whoever may see who there is may see what they may do.
        context.look("user", |look| {
            let rules = look.facts.rules;
            if let Some(verb) = &self.may {
                check_verb(rules, verb)?;
            }
            let is_wanted = |verbs: &[&Verb]| {
                let wanted = self.may.as_ref();
                wanted.is_none_or(|wanted| verbs.iter().any(|verb| **verb == **wanted))
            };
            let users: Vec<Known<'_>> = look
                .roster
                .iter()
                .map(|(name, membership)| {
                    let group = &membership.group;
                    (name, group, permitted_verbs(rules, Some(group)))
                })
                .filter(|(_, _, verbs)| is_wanted(verbs))
                .collect();
            let shown: Vec<_> = users.iter().map(show).collect();
            Ok(Outcome {
                warnings: look.roster_warnings.clone(),
                ..Outcome::new(json!({ "users": shown }), text(&users))
            })
        })
    }
}

fn check_verb(rules: &Rulebook, verb: &str) -> Result<(), Failure> {
    let known = permitted_verbs(rules, None);
    if known.iter().any(|known| **known == *verb) {
        return Ok(());
    }
    let shown: String = verb.escape_debug().take(64).collect();
    let message = format!("the rules permit no `{shown}` to anybody");
    let words: Vec<_> = known.into_iter().map(Verb::as_str).collect();
    let hint = did_you_mean(verb, words.iter().copied());
    let hint = hint.unwrap_or_else(|| format!("there are: {}", words.join(", ")));
    let failure = Failure::new(Code::InvalidArgument, message).hint(hint);
    Err(failure.fact("argument", "may").fact("verbs", words))
}

fn show((name, group, verbs): &Known<'_>) -> Value {
    json!({ "name": name, "group": group, "may": verbs })
}

fn text(users: &[Known<'_>]) -> String {
    if users.is_empty() {
        return "No users found.\n".to_owned();
    }
    let name_width = users.iter().map(|(name, _, _)| name.as_str().len()).max();
    let group_width = users.iter().map(|(_, group, _)| group.as_str().len()).max();
    let (name_width, group_width) = (name_width.unwrap_or(0), group_width.unwrap_or(0));
    let mut text = String::new();
    for (name, group, verbs) in users {
        let verbs: Vec<_> = verbs.iter().map(|verb| verb.as_str()).collect();
        let _ = writeln!(
            text,
            "{:<name_width$}  {:<group_width$}  {}",
            name.as_str(),
            group.as_str(),
            verbs.join(", ")
        );
    }
    text
}
