//! `code branch`.

use clap::Args;
use serde_json::json;

use crate::commands::context::plain;
use crate::commands::{Command, Context, Manner};
use crate::error::Failure;
use crate::services::{Outcome, governance};

/// Make the next test environment of a system, a branch `test/SYSTEM-NNN`
///
/// It begins where the code in use stands. The working tree stays where it is: take the branch into a folder of
/// its own.
#[derive(Args, Clone, Debug)]
pub struct Branch {
    /// The system
    pub system: String,
}

impl Command for Branch {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let desk = context.desk_for_change()?;
        let dry_run = context.terms.dry_run;
        let (test, from) =
            governance::begin(desk, context.user()?, &plain("code"), &self.system, dry_run)?;
        let (made, folder) = (if dry_run { "Would make" } else { "Made" }, test.name());
        let way = format!("git worktree add ../{folder} {}", test.branch);
        let text = format!(
            "{made}: {} at {from}\nTake it into a folder of its own: {way}\n",
            test.branch
        );
        let mut data = json!({
            "system": test.system,
            "number": test.number,
            "branch": test.branch,
            "commit": from,
        });
        if let Some(data) = data.as_object_mut().filter(|_| dry_run) {
            let does = format!("make the branch {} at {from}", test.branch);
            data.insert("dry_run".to_owned(), true.into());
            data.insert(
                "plan".to_owned(),
                json!([{ "step": "make_branch", "does": does }]),
            );
        }
        Ok(Outcome::new(data, text))
    }

    fn manner(&self) -> Manner {
        Manner::Plain
    }
}
