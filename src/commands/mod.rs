//! One file a command, all of one shape: arguments that are also the help, and `run`, which ends with an
//! outcome or a failure. Both faces call the same.
//!
//! The words of the command line (`route`, `--retire`) stand here and nowhere below: they are the
//! interface. What an action requires, the rules say alone.

pub mod act;
pub mod approve;
pub mod assign;
pub mod cancel;
pub mod checkin;
pub mod checkout;
pub mod close;
pub mod code;
pub mod comments;
pub mod config;
pub mod context;
pub mod create;
pub mod diff;
pub mod diff_config;
pub mod explain;
pub mod fix;
pub mod graph;
pub mod history;
pub mod inbox;
pub mod init;
pub mod interact;
pub mod list;
pub mod matrix;
pub mod migrate;
pub mod namespace;
pub mod read;
pub mod reject;
pub mod release;
pub mod revert;
pub mod review;
pub mod route;
mod sarif;
pub mod showing;
pub mod status;
pub mod telling;
pub mod test_config;
pub mod trace;
pub mod user;
pub mod users;
pub mod validate_config;
pub mod verify;
pub mod withdraw;
pub mod words;
pub mod workspace;

pub use context::Context;
pub use showing::Manner;

use crate::error::Failure;
use crate::services::Outcome;

/// A command, ready to be run.
pub trait Command {
    /// Runs it.
    ///
    /// # Errors
    /// Why it was refused or failed; nothing has changed then.
    fn run(&self, context: &Context) -> Result<Outcome, Failure>;

    /// Says what of its outcome a person reads.
    fn manner(&self) -> Manner {
        Manner::WithNext
    }
}
