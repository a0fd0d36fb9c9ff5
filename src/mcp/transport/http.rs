//! The network: streamable HTTP, stateless and answered in JSON, and the older SSE (REQ-MCP-011, REQ-MCP-014).

use std::io::Write;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use axum::extract::DefaultBodyLimit;
use axum::middleware::from_fn_with_state;
use rmcp::transport::streamable_http_server::session::never::NeverSessionManager;
use rmcp::transport::{StreamableHttpServerConfig, StreamableHttpService};
use tokio::net::TcpListener;
use tokio_util::sync::CancellationToken;

use super::gate::{self, Gate, LARGEST_BODY};
use super::{GRACE, failed, runtime, sse, told_to_end};
use crate::error::Failure;
use crate::mcp::call::Site;
use crate::mcp::server::{Server, Way};
use crate::model::Code;

/// Which protocol is spoken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Protocol {
    /// A request is answered by its response.
    Streamable,
    /// Answers come by a stream that the client opens first.
    Sse,
}

/// Where and to whom.
#[derive(Clone, Debug)]
pub struct Listening {
    /// The address or name to listen at.
    pub host: String,
    /// The port; 0 for any that is free.
    pub port: u16,
    /// Which protocol is spoken.
    pub protocol: Protocol,
    /// Names the server is known by besides those of this machine.
    pub names: Vec<String>,
    /// Whether tools are listed by the caller's group.
    pub by_group: bool,
}

/// Serves until the process is told to end; calls that have begun are finished then.
///
/// # Errors
/// `io` where it cannot listen there.
pub fn serve(site: Arc<Site>, listening: &Listening, err: &mut dyn Write) -> Result<(), Failure> {
    let runtime = runtime()?;
    let ended = runtime.block_on(listen(site, listening, err));
    runtime.shutdown_timeout(GRACE);
    ended
}

async fn listen(
    site: Arc<Site>,
    listening: &Listening,
    err: &mut dyn Write,
) -> Result<(), Failure> {
    let Listening { host, port, .. } = listening;
    let listener = TcpListener::bind((host.as_str(), *port)).await;
    let listener = listener.map_err(|error| {
        Failure::new(Code::Io, format!("cannot listen at {host}:{port}: {error}"))
            .hint("`--port 0` takes any port that is free")
    })?;
    let address = listener.local_addr().map_err(|error| failed(&error))?;
    let stopping = told_to_end()?;
    let _ = err.write_all(announced(&site, listening, address).as_bytes());

    let server = Server::new(site, Way::Network, stopping.clone());
    let server = server.listing_by_group(listening.by_group);
    let (broken_off, routes) = match listening.protocol {
        Protocol::Streamable => streamable(server),
        Protocol::Sse => (
            CancellationToken::new(),
            sse::routes(server, stopping.clone()),
        ),
    };
    let gate = Arc::new(Gate::new(&listening.names));
    let routes = routes
        .layer(DefaultBodyLimit::max(LARGEST_BODY))
        .layer(from_fn_with_state(gate, gate::pass));
    let serving =
        axum::serve(listener, routes).with_graceful_shutdown(stopping.clone().cancelled_owned());
    let patience = async {
        stopping.cancelled().await;
        tokio::time::sleep(GRACE).await;
    };
    tokio::select! {
        ended = serving => ended.map_err(|error| failed(&error))?,
        () = patience => tracing::warn!("calls were still in flight at the end"),
    }
    broken_off.cancel();
    Ok(())
}

/// Returns what is said when it begins.
fn announced(site: &Site, listening: &Listening, address: SocketAddr) -> String {
    let (name, path) = match listening.protocol {
        Protocol::Streamable => ("streamable-http", "/mcp"),
        Protocol::Sse => ("sse (deprecated: prefer streamable-http)", sse::STREAM),
    };
    let root = site.root().display();
    let tools = site.offer().tools().len();
    let mut said =
        format!("qms mcp: serving {root} over {name} at http://{address}{path}, {tools} tools\n");
    if !address.ip().is_loopback() {
        said.push_str("qms mcp: whoever reaches this address can act as any user: headers attribute a call, they prove nothing\n");
    }
    said
}

/// Returns the routes of streamable HTTP, and what breaks off every call.
fn streamable(server: Server) -> (CancellationToken, Router) {
    let broken_off = CancellationToken::new();
    let config = StreamableHttpServerConfig::default()
        .with_legacy_session_mode(false)
        .with_json_response(true)
        .with_max_request_body_bytes(LARGEST_BODY)
        .with_cancellation_token(broken_off.clone())
        // The gate has looked at both, for every route.
        .disable_allowed_hosts()
        .disable_allowed_origins();
    let sessions = Arc::new(NeverSessionManager::default());
    let service = StreamableHttpService::new(move || Ok(server.clone()), sessions, config);
    (broken_off, Router::new().route_service("/mcp", service))
}
