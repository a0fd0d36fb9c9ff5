//! Standard input and output: one client, which started the server itself and is trusted as a person at the
//! command line is (REQ-MCP-015).

use std::io;
use std::sync::Arc;

use rmcp::service::ServerInitializeError;
use rmcp::{ServiceExt, transport};
use tokio_util::sync::CancellationToken;

use super::{GRACE, failed, runtime};
use crate::error::Failure;
use crate::mcp::call::Site;
use crate::mcp::server::{Server, Way};

/// Serves until the input ends, be it before the first word. Tools are listed for this user alone, where
/// one is named.
///
/// # Errors
/// `io`, and what a client says that no conversation can begin with.
pub fn serve(site: Arc<Site>, listed_for: Option<String>) -> Result<(), Failure> {
    let runtime = runtime()?;
    let stopping = CancellationToken::new();
    let is_limited = listed_for.is_some();
    let server = Server::new(site, Way::Beside(listed_for), stopping.clone());
    let ended = runtime.block_on(converse(server.listing_by_group(is_limited)));
    stopping.cancel();
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
