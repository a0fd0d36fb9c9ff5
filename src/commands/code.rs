//! `code`.

pub mod act;
pub mod audit;
pub mod branch;
pub mod env;
pub mod isolation;
pub mod refs;
pub mod show;
pub mod status;

use clap::{Args, Subcommand};

use super::context::Context;
use super::{Command, Manner};
use crate::error::Failure;
use crate::model::ActionName;
use crate::services::Outcome;

pub use show::Show;

/// Govern code by git: what documents refer to, what authorised each commit, what is tried out where
///
/// Code lies outside of `QMS/`, and git keeps its versions. `systems` in `qms.config.json` says what is
/// governed; `qms help code` shows how. Looking needs no user, and nothing is fetched or run.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  qms code env
  qms code refs CR-001
  qms code show \"src/dosing.py @ a1b2c3d\"
  qms code audit
  qms code audit origin/main..main        (before it is pushed: exits 1 where something is not authorised)
  qms --user claude code branch press
  qms code isolation press
  qms code status press
  qms --user claude code ready press-001 --tests results.xml")]
pub struct CodeCommand {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Clone, Debug, Subcommand)]
enum What {
    /// Say where one stands, production or a test environment, and what governs there
    Env(env::Env),
    /// Resolve every reference `PATH @ COMMIT` of a document
    Refs(refs::Refs),
    /// Print exactly the file that a reference names
    Show(Show),
    /// Check that each change of governed code names a document that permitted it when it was made
    Audit(audit::AuditCommand),
    /// Make the next test environment of a system, a branch `test/SYSTEM-NNN`
    Branch(branch::Branch),
    /// Find what leads out of test environments: names of documents, changes to them
    Isolation(isolation::Isolation),
    /// Show where each system stands, which criterion of its qualification is met, and what comes next
    Status(status::StatusOfCode),
    #[command(skip)]
    Act(act::ActOnCode),
}

impl CodeCommand {
    /// Returns what a verb of the rules does with the code of a test environment.
    #[must_use]
    pub fn of_rules(action: ActionName, name: String) -> Self {
        let act = act::ActOnCode { action, name };
        Self {
            what: Some(What::Act(act)),
        }
    }

    /// Returns what is to be printed as it is, where that is asked for.
    #[must_use]
    pub fn shown(&self) -> Option<&Show> {
        match &self.what {
            Some(What::Show(show)) => Some(show),
            _ => None,
        }
    }

    fn command(&self) -> &dyn Command {
        match &self.what {
            Some(What::Refs(command)) => command,
            Some(What::Show(command)) => command,
            Some(What::Audit(command)) => command,
            Some(What::Branch(command)) => command,
            Some(What::Isolation(command)) => command,
            Some(What::Env(command)) => command,
            Some(What::Act(command)) => command,
            Some(What::Status(command)) => command,
            None => &status::StatusOfCode { system: None },
        }
    }
}

impl Command for CodeCommand {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        context.no_conditions("code")?;
        self.command().run(context)
    }

    fn manner(&self) -> Manner {
        self.command().manner()
    }
}

/// Returns how many of something there are, in words.
fn count(number: usize, one: &str) -> String {
    let plural = if number == 1 { "" } else { "s" };
    format!("{number} {one}{plural}")
}

/// A check that found something ends so.
pub(super) const FOUND: u8 = 1;
