//! `code isolation`.

use std::fmt::Write as _;

use clap::Args;

use super::{FOUND, count};
use crate::commands::{Command, Context, Manner};
use crate::error::Failure;
use crate::model::Code;
use crate::services::Outcome;
use crate::services::governance::{self, Codebase, Leak, isolation};

/// Find what leads out of test environments: names of documents, changes to them
///
/// Reads the files of each system as the branches `test/SYSTEM-NNN` have them. Exits 1 if something is found.
#[derive(Args, Clone, Debug)]
pub struct Isolation {
    /// The system; every one if none is named
    pub system: Option<String>,
}

impl Command for Isolation {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let desk = context.desk()?;
        let systems = governance::chosen(desk, self.system.as_deref())?;
        let codebase = Codebase::around(desk.root())?;
        let found = desk.look_unnamed(|look| isolation(&codebase, &look.facts, &systems))?;
        let mut text = String::new();
        for leak in &found.leaks {
            text.push_str(&told(leak));
        }
        let _ = writeln!(
            text,
            "{}, {}: {}",
            count(found.environments.len(), "test environment"),
            count(found.files, "file"),
            match found.leaks.len() {
                0 => "isolated.".to_owned(),
                some => format!("{} out.", count(some, "way")),
            }
        );
        let warnings = found.passed_over.iter();
        let warnings = warnings.map(|path| format!("`{path}` is too large, and was not read"));
        let data = serde_json::to_value(&found);
        Ok(Outcome {
            warnings: warnings.collect(),
            exit_status: if found.leaks.is_empty() { 0 } else { FOUND },
            ..Outcome::new(
                data.map_err(|error| Failure::new(Code::Io, error.to_string()))?,
                text,
            )
        })
    }

    fn manner(&self) -> Manner {
        Manner::Plain
    }
}

fn told(leak: &Leak) -> String {
    let Leak { branch, path, .. } = leak;
    match (&leak.doc_id, leak.line) {
        (Some(id), Some(line)) => format!("{branch}: {path}:{line} names {id}\n"),
        _ => format!("{branch}: changes {path}, which documents govern\n"),
    }
}
