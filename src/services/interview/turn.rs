//! What is done in an interview at once.

use crate::error::Failure;
use crate::model::Code;

/// What is done in an interview, in this order.
#[derive(Clone, Debug, Default)]
pub struct Turn {
    /// Go to an answer given before, to amend it.
    pub goto: Option<String>,
    /// Go back without amending it.
    pub cancel_goto: bool,
    /// Begin another iteration of a loop that is closed.
    pub reopen: Option<String>,
    /// Answer what is asked.
    pub respond: Option<String>,
    /// Why something is amended or reopened.
    pub reason: Option<String>,
    /// Tell of every question.
    pub progress: bool,
    /// Show the document as the answers give it.
    pub compile: bool,
}

impl Turn {
    /// Tells whether it changes anything.
    #[must_use]
    pub fn is_change(&self) -> bool {
        self.goto.is_some() || self.cancel_goto || self.reopen.is_some() || self.respond.is_some()
    }

    /// Refuses a reason for nothing, and an amendment for none.
    ///
    /// # Errors
    /// `usage`.
    pub(super) fn check(&self) -> Result<(), Failure> {
        let usage = |message: &str| Err(Failure::new(Code::Usage, message));
        match (&self.goto, &self.reopen, &self.reason) {
            (Some(_), _, None) => usage("--goto needs --reason: why the answer is amended"),
            (_, Some(_), None) => usage("--reopen needs --reason: why the loop goes on"),
            (None, None, Some(_)) if self.respond.is_none() => {
                usage("--reason is given with --goto, --reopen or an answer")
            }
            _ => Ok(()),
        }
    }
}
