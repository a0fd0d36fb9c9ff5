//! Why an input is refused. The record it was meant for stays as it is.

use std::fmt;

use crate::model::Code;

/// An input that is refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Refused {
    /// Of which kind: `usage`, `invalid_argument`, `invalid_transition` or `template_invalid`.
    pub code: Code,
    /// Why, in one line.
    pub message: String,
    /// What to do.
    pub help: Option<String>,
}

impl Refused {
    /// Returns a refusal.
    pub(super) fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            help: None,
        }
    }

    /// Says what to do.
    pub(super) fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.message)
    }
}

impl std::error::Error for Refused {}
