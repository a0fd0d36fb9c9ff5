//! `namespace`.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use serde_json::{Value, json};

use super::Command;
use super::context::Context;
use crate::error::Failure;
use crate::model::{ActionName, Variant, Verb};
use crate::services::{Outcome, setup};

/// List the namespaces, or register one
///
/// Each namespace has its own specification and its own traceability matrix.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  qms --user lead namespace list
  qms --user lead namespace add MYPROJ")]
pub struct Namespace {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Clone, Debug, Subcommand)]
enum What {
    /// List the namespaces
    List,
    /// Register a namespace
    Add {
        /// Its name, in any letter case
        name: String,
    },
}

impl Command for Namespace {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        match &self.what {
            Some(What::Add { name }) => add(context, name),
            Some(What::List) | None => list(context),
        }
    }
}

fn add(context: &Context, name: &str) -> Result<Outcome, Failure> {
    let action = ActionName {
        verb: Verb::new("namespace"),
        variant: Some(Variant::new("add")),
    };
    context.no_conditions("namespace add")?;
    let desk = context.desk_for_change()?;
    let data = desk.add_namespace(context.user()?, &action, name, context.terms.dry_run)?;
    let done = if context.terms.dry_run {
        "Would register"
    } else {
        "Registered"
    };
    let text = format!("{done} namespace: {}", line(&data));
    Ok(Outcome::new(data, text))
}

fn list(context: &Context) -> Result<Outcome, Failure> {
    context.look("namespace", |look| {
        let names = look.facts.namespaces()?.iter();
        let entries: Vec<_> = names
            .map(|name| setup::namespace(look.facts.rules, name))
            .collect();
        let mut text = String::new();
        for entry in &entries {
            text.push_str(&line(entry));
        }
        if entries.is_empty() {
            text.push_str("No namespaces are registered.\n");
        }
        Ok(Outcome::new(json!({ "namespaces": entries }), text))
    })
}

fn line(entry: &Value) -> String {
    let word = |key: &str| entry.get(key).and_then(Value::as_str).unwrap_or_default();
    let types = entry.get("doc_types").and_then(Value::as_array);
    let types: Vec<_> = types
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let mut text = String::new();
    let _ = writeln!(
        text,
        "{}  {}  ({})",
        word("name"),
        word("path"),
        types.join(", ")
    );
    text
}
