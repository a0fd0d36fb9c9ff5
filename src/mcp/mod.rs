//! Floor 6: the face for AI clients. A tool is a command: the same struct, run by the same function, so what
//! one face can do the other can, and no other way leads to a document (REQ-MCP-007).
//!
//! Async lives here alone, and only `qms mcp` starts a runtime.

pub mod arguments;
pub mod call;
pub mod next;
pub mod paths;
pub mod schema;
pub mod server;
pub mod stdio;
pub mod tools;

use std::io::Write;

use clap::Args;

use crate::commands::Context;
use crate::error::Failure;
use crate::model::Code;
use crate::services::Outcome;
use call::Site;

/// Serve the tools for an AI client, over standard input and output
///
/// Every command on documents is a tool, `qms_` and its name. Each call says who acts with
/// `user`; whoever may start this program may act as anybody, as at the command line.
#[derive(Args, Clone, Copy, Debug)]
#[command(after_help = "Example: qms mcp --project-root /srv/records
An AI client starts it by itself; its settings name the command:
  {\"mcpServers\": {\"qms\": {\"command\": \"qms\", \"args\": [\"mcp\", \"--project-root\", \"/srv/records\"]}}}")]
pub struct Mcp {}

impl Mcp {
    /// Serves until the input ends.
    ///
    /// # Errors
    /// `no_project` where there is none (REQ-MCP-013), `usage` for terms that belong to one command, `io`.
    pub fn serve(self, context: &Context, err: &mut dyn Write) -> Result<Outcome, Failure> {
        context.no_conditions("mcp")?;
        if context.rules_folder.is_some() || context.terms.dry_run {
            let message = "`mcp` takes no --rules and no --dry-run: the project is governed by its own rules, and each call has a `dry_run` of its own";
            return Err(Failure::new(Code::Usage, message));
        }
        let site = Site::new(context.root()?, context.clock)?;
        let _ = writeln!(
            err,
            "qms mcp: serving {} over stdio, {} tools",
            site.root().display(),
            site.tools().len()
        );
        stdio::serve(site)?;
        Ok(Outcome::default())
    }
}
