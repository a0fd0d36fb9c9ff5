//! Any verb of the rules in force that has no command of its own.

use super::context::{Arguments, Context};
use super::{Command, telling};
use crate::error::Failure;
use crate::model::ActionName;
use crate::services::Outcome;

/// Do what the rules in force know by this verb
#[derive(Clone, Debug)]
pub struct ActCommand {
    /// The verb, and its variant.
    pub action: ActionName,
    /// The document.
    pub id: String,
    /// The digest of the text it judges, where it was given.
    pub seen: Option<String>,
}

impl Command for ActCommand {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let arguments = Arguments::default().seen(self.seen.clone());
        let done = context.act(&self.id, self.action.clone(), arguments)?;
        let text = format!(
            "Done: {} {}\n{}",
            self.action,
            done.location.id,
            telling::movement(&done)
        );
        Ok(telling::outcome(
            &done,
            &context.terms,
            telling::common(&done),
            text,
        ))
    }
}
