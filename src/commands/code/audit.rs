//! `code audit`.

use std::fmt::Write as _;

use clap::Args;
use serde_json::json;

use super::{FOUND, count};
use crate::commands::{Command, Context, Manner};
use crate::error::Failure;
use crate::services::Outcome;
use crate::services::governance::{self, Audited, Codebase, Violation, audit};

/// Check that each change of governed code names a document that permitted it when it was made
///
/// The commits of the branch in use since governance began, or those of a range. A commit names its authority in a
/// trailer `Authorised-by: CR-001` or anywhere in its message; the document was in execution when the commit was
/// made. A merge is one change: what it brings in is a test environment's own. Exits 1 if something is not authorised.
#[derive(Args, Clone, Debug)]
pub struct AuditCommand {
    /// The commits, as `A..B`; or all up to one
    #[arg(value_name = "RANGE")]
    pub range: Option<String>,
    /// Look at this system only
    #[arg(long, value_name = "NAME")]
    pub system: Option<String>,
}

impl Command for AuditCommand {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let desk = context.desk()?;
        let systems = governance::chosen(desk, self.system.as_deref())?;
        let codebase = Codebase::around(desk.root())?;
        let found = desk
            .look_unnamed(|look| audit(&codebase, &look.facts, &systems, self.range.as_deref()))?;
        let mut text = String::new();
        for violation in &found.violations {
            text.push_str(&told(violation));
        }
        for system in &found.systems {
            text.push_str(&summary(system));
        }
        let _ = match found.violations.len() {
            0 => writeln!(text, "Every change is authorised."),
            1 => writeln!(text, "1 change is not authorised."),
            several => writeln!(text, "{several} changes are not authorised."),
        };
        let is_clean = found.violations.is_empty();
        let missing = found.systems.iter().flat_map(|system| {
            let paths = system.missing.iter();
            paths.map(|path| format!("nothing lies at `{path}` of the system `{}`", system.system))
        });
        let warnings = missing.collect();
        let data = json!({ "systems": found.systems, "violations": found.violations });
        Ok(Outcome {
            warnings,
            exit_status: if is_clean { 0 } else { FOUND },
            ..Outcome::new(data, text)
        })
    }

    fn manner(&self) -> Manner {
        Manner::Plain
    }
}

fn told(violation: &Violation) -> String {
    format!(
        "{}  {}  {}  {}\n  {} [{}]\n  changes {}\n",
        violation.short,
        violation.made,
        violation.author,
        violation.subject,
        violation.message,
        violation.code,
        violation.paths.join(", ")
    )
}

fn summary(system: &Audited) -> String {
    match &system.governed_since {
        Some(since) => format!(
            "{} on {}: {} since {since}, {} of its code\n",
            system.system,
            system.branch,
            count(system.commits, "commit"),
            count(system.changes, "change")
        ),
        None => format!(
            "{}: not looked at, because `governed_since` is not declared\n",
            system.system
        ),
    }
}
