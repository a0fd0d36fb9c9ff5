//! `code status`.

use std::fmt::Write as _;

use clap::Args;
use serde_json::json;

use crate::commands::{Command, Context, Manner};
use crate::error::Failure;
use crate::services::Outcome;
use crate::services::governance::{EnvironmentStatus, SystemStatus, status};

/// Show where each system stands, which criterion of its qualification is met and by what, and what comes next
///
/// Each criterion is found out anew, from git and from the records of the namespace.
#[derive(Args, Clone, Debug, Default)]
pub struct StatusOfCode {
    /// The system; every one if none is named
    pub system: Option<String>,
}

impl Command for StatusOfCode {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let systems = status(context.desk()?, self.system.as_deref())?;
        let mut text = String::new();
        for system in &systems {
            text.push_str(&told(system));
        }
        let is_shallow = systems.iter().any(|system| system.is_shallow);
        let warning = "this clone is shallow: what is not found here may be so all the same; `git fetch --unshallow` brings the rest";
        Ok(Outcome {
            warnings: is_shallow.then(|| warning.to_owned()).into_iter().collect(),
            ..Outcome::new(json!({ "systems": systems }), text)
        })
    }

    fn manner(&self) -> Manner {
        Manner::Plain
    }
}

fn told(system: &SystemStatus) -> String {
    let mut text = format!("{}\n", system.system);
    let since = system.governed_since.as_deref();
    let _ = writeln!(
        text,
        "  Governed since: {}",
        since.unwrap_or("not declared")
    );
    let tip = system.production.as_deref().unwrap_or("not here");
    let _ = writeln!(text, "  In use: {} at {tip}", system.production_branch);
    let _ = match system.qualified_by.as_slice() {
        [] => writeln!(text, "  Qualified: no"),
        by => writeln!(text, "  Qualified: yes, by {}", by.join(", ")),
    };
    if system.environments.is_empty() {
        let _ = writeln!(
            text,
            "  There is no test environment: `qms code branch {}` makes one",
            system.system
        );
    }
    for environment in &system.environments {
        text.push_str(&of_environment(environment));
    }
    text
}

fn of_environment(environment: &EnvironmentStatus) -> String {
    let mut text = format!(
        "\n  {}  {}  v{}\n",
        environment.name, environment.status, environment.version
    );
    if let Some(commit) = &environment.commit {
        let _ = writeln!(text, "    Commit: {commit}");
    }
    for criterion in &environment.criteria {
        let mark = if criterion.met { "met" } else { "open" };
        let _ = writeln!(
            text,
            "    {mark:<5} {}: {}",
            criterion.asked, criterion.evidence
        );
    }
    for next in &environment.next {
        let _ = writeln!(text, "    next: {}", next.command);
        for lack in &next.lacks {
            let _ = writeln!(text, "          first: {lack}");
        }
    }
    text
}
