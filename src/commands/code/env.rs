//! `code env`.

use std::fmt::Write as _;

use clap::Args;
use serde_json::json;

use crate::commands::{Command, Context, Manner};
use crate::error::Failure;
use crate::services::Outcome;
use crate::services::governance::environment::environment;
use crate::services::governance::{self, Codebase, Environment, Here};
use crate::store::systems::System;

/// Say where one stands, production or a test environment, and what governs there
#[derive(Args, Clone, Debug)]
pub struct Env {}

impl Command for Env {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let desk = context.desk()?;
        let systems = governance::systems(desk)?;
        let codebase = Codebase::around(desk.root())?;
        let found = environment(&codebase, &systems)?;
        let (branch, commit) = match &found.here {
            Here::Branch(name) | Here::Unborn(name) => (Some(name.as_str()), None),
            Here::Detached(commit) => (None, Some(commit.to_string())),
        };
        let names: Vec<_> = systems.iter().map(|system| system.name.as_str()).collect();
        let governs = governs(&found, &systems);
        let data = json!({
            "environment": kind(&found),
            "branch": branch,
            "commit": commit,
            "test": found.test,
            "production_of": found.production_of,
            "documents_may_change": found.test.is_none(),
            "governs": governs,
            "systems": names,
        });
        let mut text = match &found.here {
            Here::Branch(name) => format!("Branch: {name}\n"),
            Here::Unborn(name) => format!("Branch: {name} (no commit yet)\n"),
            Here::Detached(commit) => {
                format!("Commit: {} (on no branch)\n", codebase.short(*commit)?)
            }
        };
        let _ = writeln!(text, "Environment: {}", described(&found));
        for line in &governs {
            let _ = writeln!(text, "  {line}");
        }
        Ok(Outcome::new(data, text))
    }

    fn manner(&self) -> Manner {
        Manner::Plain
    }
}

fn kind(found: &Environment) -> &'static str {
    if found.test.is_some() {
        "test"
    } else if found.production_of.is_empty() {
        "none"
    } else {
        "production"
    }
}

fn described(found: &Environment) -> String {
    match &found.test {
        Some(test) => format!("test, {} of the system {}", test.name(), test.system),
        None if found.production_of.is_empty() => "neither production nor test".to_owned(),
        None => format!("production of {}", found.production_of.join(", ")),
    }
}

/// Returns what governs there, a sentence each.
fn governs(found: &Environment, systems: &[System]) -> Vec<String> {
    if systems.is_empty() {
        return vec!["No system is declared: code is not governed here.".to_owned()];
    }
    if found.test.is_some() {
        return vec![
            "Code may be changed freely, and commit messages are free.".to_owned(),
            "No controlled document is created or changed here, and no code names one.".to_owned(),
        ];
    }
    let mut sentences = vec!["Controlled documents are created and changed here.".to_owned()];
    let own = systems
        .iter()
        .filter(|system| found.production_of.contains(&system.name));
    for system in own {
        let paths = system.paths.join(", ");
        sentences.push(match &system.governed_since {
            Some(since) => format!(
                "Since {since}, each commit that changes {paths} names the document that authorises it."
            ),
            None => format!(
                "Commits that change {paths} need no authority: `governed_since` of {} is not declared.",
                system.name
            ),
        });
    }
    if found.production_of.is_empty() {
        sentences.push("Nothing that is committed here is in use before it is merged.".to_owned());
    }
    sentences
}
