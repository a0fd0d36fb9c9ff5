//! Standard input and output: one client, which started the server itself and is trusted as a person at the
//! command line is (REQ-MCP-015).

use std::io;
use std::time::Duration;

use rmcp::service::ServerInitializeError;
use rmcp::{ServiceExt, transport};

use super::call::Site;
use super::server::Server;
use crate::error::Failure;
use crate::model::Code;

/// How long calls that have begun may take after the client has gone.
const GRACE: Duration = Duration::from_secs(15);

/// Serves until the input ends, be it before the first word.
///
/// # Errors
/// `io`, and what a client says that no conversation can begin with.
pub fn serve(site: Site) -> Result<(), Failure> {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .map_err(|error| failed(&error))?;
    let ended = runtime.block_on(converse(Server::new(site)));
    runtime.shutdown_timeout(GRACE);
    ended
}

async fn converse(server: Server) -> Result<(), Failure> {
    match server.serve(transport::stdio()).await {
        Ok(conversation) => {
            let ended = conversation.waiting().await;
            ended
                .map(|_| ())
                .map_err(|error| failed(&io::Error::other(error)))
        }
        Err(ServerInitializeError::ConnectionClosed(_)) => Ok(()),
        Err(error) => Err(failed(&io::Error::other(error))),
    }
}

fn failed(error: &io::Error) -> Failure {
    Failure::new(Code::Io, format!("the server cannot go on: {error}"))
}
