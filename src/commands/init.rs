//! `init`.

use std::env;
use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use serde_json::json;

use super::Command;
use super::context::Context;
use crate::error::Failure;
use crate::model::Code;
use crate::services::{Outcome, planting};

/// Begin a project: folders, configuration, procedures, templates and a quality user
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  qms init
  qms init --root /srv/quality")]
pub struct Init {
    /// Where, instead of here; made if it is missing
    #[arg(long, value_name = "DIR")]
    pub root: Option<PathBuf>,
}

impl Command for Init {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let root = match self.root.as_ref().or(context.project_root.as_ref()) {
            Some(root) => root.clone(),
            None => env::current_dir().map_err(|error| {
                Failure::new(
                    Code::Io,
                    format!("the current folder cannot be found: {error}"),
                )
            })?,
        };
        let dry_run = context.terms.dry_run;
        let rules = context.rules_folder.as_deref();
        let planted = planting::plant(&root, rules, context.clock, dry_run)?;
        let mut text = String::new();
        let records = |path: &&String| path.contains("/.meta/") || path.contains("/.audit/");
        for path in planted.created.iter().filter(|path| !records(path)) {
            let done = if dry_run { "Would create" } else { "Created" };
            let _ = writeln!(text, "{done}: {path}");
        }
        let _ = writeln!(
            text,
            "Seeded: {} documents, {} agent{}",
            planted.seeded.len(),
            planted.agents.len(),
            if planted.agents.len() == 1 { "" } else { "s" }
        );
        if dry_run {
            text.push_str("Nothing was changed.\n");
        } else {
            let _ = writeln!(text, "Project initialized successfully in {}", planted.root);
        }
        let skipped = planted.skipped.iter();
        let data = json!({
            "root": planted.root,
            "created": planted.created,
            "seeded": planted.seeded,
            "dry_run": dry_run,
        });
        Ok(Outcome {
            warnings: skipped
                .map(|path| format!("{path} was not planted: no type of these rules claims it"))
                .collect(),
            ..Outcome::new(data, text)
        })
    }
}
