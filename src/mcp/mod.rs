//! Floor 6: the face for AI clients. A tool is a command: the same struct, run by the same function, so what
//! one face can do the other can, and no other way leads to a document (REQ-MCP-007).
//!
//! Async lives here alone, and only `qms mcp` starts a runtime.

pub mod arguments;
pub mod call;
pub mod identity;
pub mod log;
pub mod made;
pub mod next;
pub mod offer;
pub mod once;
pub mod paths;
pub mod proxy;
pub mod schema;
pub mod server;
pub mod tools;
pub mod transport;
pub mod turns;
pub mod waiting;

use std::io::Write;
use std::sync::Arc;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::commands::Context;
use crate::error::Failure;
use crate::model::Code;
use crate::services::Outcome;
use call::Site;
use transport::http::{Listening, Protocol};
use transport::{http, stdio};

/// How tools are reached (REQ-MCP-011).
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Transport {
    /// Standard input and output, for a client that starts the server itself
    Stdio,
    /// The older HTTP transport, deprecated
    Sse,
    /// HTTP, recommended for everything else
    StreamableHttp,
}

/// Serve the tools for AI clients
///
/// Every command on documents is a tool, `qms_` and its name, and each call says who acts with
/// `user`. Over HTTP, a call with an `X-QMS-Identity` header may act as nobody else, and while
/// such calls come, nobody else may use that name. A header attributes a call to whoever set up
/// its way here; it proves nothing, so let only those reach the server whom you trust.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  qms mcp --project-root /srv/records
  qms mcp --transport streamable-http --port 8000
An AI client starts the first by itself; its settings name the command:
  {\"mcpServers\": {\"qms\": {\"command\": \"qms\", \"args\": [\"mcp\", \"--project-root\", \"/srv/records\"]}}}
Several clients share the second, at http://127.0.0.1:8000/mcp; `qms mcp-proxy` joins a container to it.")]
pub struct Mcp {
    /// How the tools are reached
    #[arg(long, value_enum, default_value_t = Transport::Stdio)]
    pub transport: Transport,
    /// The address to listen at, over HTTP
    #[arg(long, default_value = "127.0.0.1")]
    pub host: String,
    /// The port to listen at, over HTTP; 0 for any that is free
    #[arg(long, default_value_t = 8000)]
    pub port: u16,
    /// A name besides this machine's own by which clients may call the server; may be repeated
    #[arg(long, value_name = "NAME")]
    pub allow_host: Vec<String>,
    /// How long an identity stays in use after the last call under it
    #[arg(long, value_name = "SECONDS", default_value_t = 300)]
    pub identity_ttl: u64,
    /// List for each caller only the tools that its group can ever use
    #[arg(long)]
    pub tools_by_group: bool,
}

impl Mcp {
    /// Serves until the input ends, or, over HTTP, until the process is told to end.
    ///
    /// # Errors
    /// `no_project` where there is none (REQ-MCP-013), `usage` for terms that belong to one command, `io`.
    pub fn serve(&self, context: &Context, err: &mut dyn Write) -> Result<Outcome, Failure> {
        context.no_conditions("mcp")?;
        if context.rules_folder.is_some() || context.terms.dry_run {
            let message = "`mcp` takes no --rules and no --dry-run: the project is governed by its own rules, and each call has a `dry_run` of its own";
            return Err(Failure::new(Code::Usage, message));
        }
        let life = Duration::from_secs(self.identity_ttl);
        let site = Arc::new(Site::new(context.root()?, context.clock, life)?);
        log::begin();
        let protocol = match self.transport {
            Transport::Stdio => {
                let _ = writeln!(
                    err,
                    "qms mcp: serving {} over stdio, {} tools",
                    site.root().display(),
                    site.offer().tools().len()
                );
                let listed_for = context.user.clone().filter(|_| self.tools_by_group);
                stdio::serve(site, listed_for)?;
                return Ok(Outcome::default());
            }
            Transport::Sse => Protocol::Sse,
            Transport::StreamableHttp => Protocol::Streamable,
        };
        let listening = Listening {
            host: self.host.clone(),
            port: self.port,
            protocol,
            names: self.allow_host.clone(),
            by_group: self.tools_by_group,
        };
        http::serve(site, &listening, err)?;
        Ok(Outcome::default())
    }
}
