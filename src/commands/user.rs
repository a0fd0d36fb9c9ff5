//! `user`.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use serde_json::json;

use super::Command;
use super::context::Context;
use crate::error::Failure;
use crate::model::{ActionName, Code, Source, Variant, Verb};
use crate::services::Outcome;

/// List the users, or add one
#[derive(Args, Clone, Debug)]
#[command(
    args_conflicts_with_subcommands = true,
    after_help = "Examples:
  qms --user lead user --list
  qms --user lead user --add tu_ui --group reviewer"
)]
pub struct UserCommand {
    /// Add a user of this name
    #[arg(long, value_name = "NAME", conflicts_with = "list")]
    pub add: Option<String>,
    /// The group of the new user
    #[arg(long, requires = "add")]
    pub group: Option<String>,
    /// List the users
    #[arg(long)]
    pub list: bool,
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Clone, Debug, Subcommand)]
enum What {
    /// List the users
    List,
    /// Add a user
    Add {
        /// The user's name
        name: String,
        /// The user's group
        #[arg(long)]
        group: Option<String>,
    },
}

impl Command for UserCommand {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        match (&self.what, &self.add) {
            (Some(What::Add { name, group }), _) => add(context, name, group.as_ref()),
            (None, Some(name)) => add(context, name, self.group.as_ref()),
            (Some(What::List) | None, _) => list(context),
        }
    }
}

fn add(context: &Context, name: &str, group: Option<&String>) -> Result<Outcome, Failure> {
    let Some(group) = group else {
        return Err(
            Failure::new(Code::Usage, "`user --add` needs --group").fact("missing", "group")
        );
    };
    let action = ActionName {
        verb: Verb::new("user"),
        variant: Some(Variant::new("add")),
    };
    context.no_conditions("user add")?;
    let desk = context.desk_for_change()?;
    let data = desk.add_user(context.user()?, &action, name, group, context.terms.dry_run)?;
    let path = data
        .get("agent_path")
        .and_then(serde_json::Value::as_str)
        .unwrap_or_default();
    let done = if context.terms.dry_run {
        "Would add"
    } else {
        "Added"
    };
    let text = format!("{done}: {name} ({group})\nAgent file: {path}\n");
    Ok(Outcome::new(data, text))
}

fn list(context: &Context) -> Result<Outcome, Failure> {
    context.look("user", |look| {
        let mut text = String::new();
        let mut users = Vec::new();
        for (source, heading, word) in [
            (Source::Registry, "Named by the definitions", "registry"),
            (Source::AgentFile, "Agent file users", "agent-file"),
        ] {
            let known = look
                .roster
                .iter()
                .filter(|(_, membership)| membership.source == source);
            let known: Vec<_> = known.collect();
            if !known.is_empty() {
                let _ = writeln!(text, "{heading}:");
            }
            for (name, membership) in known {
                let _ = writeln!(text, "  {name}: {}", membership.group);
                users.push(json!({ "name": name, "group": membership.group, "source": word }));
            }
        }
        Ok(Outcome {
            warnings: look.roster_warnings.clone(),
            ..Outcome::new(json!({ "users": users }), text)
        })
    })
}
