//! `test-config`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::Command;
use super::config::rules_here;
use super::context::Context;
use crate::analysis::rehearse::{Rehearsal, rehearse};
use crate::definitions::scenario::read_scenarios;
use crate::definitions::{RuleError, Rulebook};
use crate::error::Failure;
use crate::model::Code;
use crate::services::{Outcome, rulebook};

/// Run the scenarios that stand beside the definitions
///
/// Each is a story that must come out as it is told; nothing is written anywhere.
/// Exits 0 if all pass, 3 if one does not.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  qms test-config
  qms test-config qms.d")]
pub struct TestConfig {
    /// A folder of definitions; those in force if none is given, or, before there is a project, `qms.d` here
    pub path: Option<PathBuf>,
}

impl Command for TestConfig {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let rules = self.rules(context)?;
        let (scenarios, findings) = read_scenarios(&rules.sources);
        if !findings.is_empty() {
            let sources = rules.sources.clone();
            return Err(RuleError { sources, findings }.into());
        }
        let rehearsal = rehearse(&rules, &scenarios);
        let text = text(&rules, &rehearsal);
        let stories = rehearsal.stories.iter().map(|told| {
            json!({
                "title": told.title,
                "place": rules.sources.place(told.origin),
                "steps": told.passed,
                "failure": told.failure.as_ref().map(|failure| json!({
                    "place": rules.sources.place(failure.origin),
                    "message": failure.message,
                })),
            })
        });
        let untaken = rehearsal.untaken.iter().map(|untaken| {
            json!({ "place": rules.sources.place(untaken.origin), "way": untaken.description })
        });
        let undrawn = rehearsal.undrawn.iter().map(|undrawn| {
            json!({ "place": rules.sources.place(undrawn.origin), "refusal": undrawn.description })
        });
        let data = json!({
            "scenarios": stories.collect::<Vec<_>>(),
            "untaken": untaken.collect::<Vec<_>>(),
            "undrawn": undrawn.collect::<Vec<_>>(),
        });
        Ok(Outcome {
            exit_status: if rehearsal.is_passed() {
                0
            } else {
                Code::DefinitionsInvalid.exit_status()
            },
            ..Outcome::new(data, text)
        })
    }
}

impl TestConfig {
    fn rules(&self, context: &Context) -> Result<Rulebook, Failure> {
        match &self.path {
            Some(path) => rulebook::from_folder(path),
            None => rules_here(context),
        }
    }
}

fn text(rules: &Rulebook, rehearsal: &Rehearsal) -> String {
    let mut text = String::new();
    for told in &rehearsal.stories {
        let Some(failure) = &told.failure else {
            let _ = writeln!(text, "passed  {} ({} steps)", told.title, told.passed);
            continue;
        };
        let place = rules.sources.place(failure.origin);
        let _ = writeln!(
            text,
            "FAILED  {}\n        {place}: {}",
            told.title, failure.message
        );
    }
    for untaken in &rehearsal.untaken {
        let place = rules.sources.place(untaken.origin);
        let _ = writeln!(text, "no scenario takes {}   {place}", untaken.description);
    }
    for undrawn in &rehearsal.undrawn {
        let place = rules.sources.place(undrawn.origin);
        let _ = writeln!(
            text,
            "no scenario is refused by {}   {place}",
            undrawn.description
        );
    }
    let failed = rehearsal
        .stories
        .iter()
        .filter(|told| told.failure.is_some())
        .count();
    let _ = writeln!(
        text,
        "{} scenarios passed, {failed} failed, {} ways not taken, {} refusals not drawn",
        rehearsal.stories.len() - failed,
        rehearsal.untaken.len(),
        rehearsal.undrawn.len()
    );
    text
}
