//! Who may come in over the network at all: by the name the server is called by, by the page a browser is on,
//! and as many at once as there is room for.

use std::sync::Arc;

use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use tokio::sync::Semaphore;
use tokio_stream::StreamExt;

/// Names that are the server's own, and the one under which a container finds its host (REQ-MCP-014).
const OWN_NAMES: [&str; 4] = ["127.0.0.1", "localhost", "[::1]", "host.docker.internal"];

/// So many requests may be in flight at once.
const MOST: usize = 256;

/// A request may be this large; a text of more is checked in from the workspace.
pub const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// So much of a request that is too large is read before it is refused.
const LARGEST_READ: usize = 64 * 1024 * 1024;

/// What keeps strangers out.
#[derive(Debug)]
pub struct Gate {
    names: Vec<String>,
    room: Semaphore,
}

impl Gate {
    /// Returns the gate of a server that is known by these names too.
    #[must_use]
    pub fn new(further: &[String]) -> Self {
        let names = OWN_NAMES.iter().map(|name| (*name).to_owned());
        let further = further.iter().map(|name| name.to_ascii_lowercase());
        Self {
            names: names.chain(further).collect(),
            room: Semaphore::new(MOST),
        }
    }

    /// Refuses a request under a name that is not the server's: a page elsewhere may have made a browser send
    /// it (DNS rebinding).
    fn check(&self, headers: &HeaderMap) -> Result<(), (StatusCode, &'static str)> {
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = hosts.next().and_then(|host| host.to_str().ok());
        let host = host.and_then(|host| host.parse::<Authority>().ok());
        let Some(host) = host.filter(|_| hosts.next().is_none()) else {
            return Err((StatusCode::BAD_REQUEST, "one Host header is needed\n"));
        };
        if !self.knows(host.host()) {
            let told =
                "this Host is not served; start the server with --allow-host NAME if it is yours\n";
            return Err((StatusCode::MISDIRECTED_REQUEST, told));
        }
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let is_known = |origin: &str| {
            let Ok(origin) = origin.parse::<Uri>() else {
                return false;
            };
            let is_web = matches!(origin.scheme_str(), Some("http" | "https"));
            is_web && origin.host().is_some_and(|host| self.knows(host))
        };
        if origins.all(|origin| origin.to_str().is_ok_and(is_known)) {
            return Ok(());
        }
        Err((StatusCode::FORBIDDEN, "this Origin may not call\n"))
    }

    fn knows(&self, host: &str) -> bool {
        self.names
            .iter()
            .any(|name| name.eq_ignore_ascii_case(host))
    }
}

/// Lets a request in, or answers it at once.
pub async fn pass(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    if let Err(refused) = gate.check(request.headers()) {
        tracing::warn!(status = refused.0.as_u16(), "a request was turned away");
        return refused.into_response();
    }
    let Ok(_place) = gate.room.try_acquire() else {
        let later = [(header::RETRY_AFTER, "1")];
        let told = "too many requests at once; try again in a second\n";
        return (StatusCode::SERVICE_UNAVAILABLE, later, told).into_response();
    };
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > LARGEST_BODY) {
        return too_large(request).await;
    }
    next.run(request).await
}

/// Refuses a request that is too large, after reading it to its end: a client that is still sending when the
/// answer comes may never see it.
async fn too_large(request: Request) -> Response {
    let mut parts = request.into_body().into_data_stream();
    let mut read = 0;
    while let Some(Ok(part)) = parts.next().await {
        read += part.len();
        if read > LARGEST_READ {
            break;
        }
    }
    let told = format!(
        "a request may have {LARGEST_BODY} bytes; check a larger text in from the workspace\n"
    );
    (StatusCode::PAYLOAD_TOO_LARGE, told).into_response()
}

#[cfg(test)]
mod tests {
    use axum::http::HeaderValue;

    use super::*;

    fn verdict(host: &'static str, origin: Option<&'static str>) -> u16 {
        let mut headers = HeaderMap::new();
        headers.insert(header::HOST, HeaderValue::from_static(host));
        if let Some(origin) = origin {
            headers.insert(header::ORIGIN, HeaderValue::from_static(origin));
        }
        let gate = Gate::new(&["Records.Example".to_owned()]);
        gate.check(&headers)
            .map_or_else(|(status, _)| status.as_u16(), |()| 200)
    }

    /// Verifies: REQ-MCP-014
    #[test]
    fn only_the_servers_own_names_are_served() {
        for host in [
            "127.0.0.1:8000",
            "LOCALHOST",
            "[::1]:1",
            "host.docker.internal:9",
            "records.example:443",
        ] {
            assert_eq!(verdict(host, None), 200, "{host}");
        }
        for host in [
            "evil.example",
            "127.0.0.1.evil.example",
            "localhost.",
            "::1",
        ] {
            assert!(matches!(verdict(host, None), 400 | 421), "{host}");
        }
        assert_eq!(verdict("evil.example:8000", None), 421);
        assert_eq!(verdict("a b", None), 400);
    }

    #[test]
    fn a_page_of_somebody_else_may_not_call() {
        let from = |origin| verdict("127.0.0.1:8000", Some(origin));
        for origin in [
            "http://localhost:3000",
            "https://127.0.0.1",
            "http://[::1]:1",
        ] {
            assert_eq!(from(origin), 200, "{origin}");
        }
        for origin in [
            "null",
            "",
            "file://localhost",
            "http://evil.example",
            "http://localhost.evil.example",
            "localhost",
        ] {
            assert_eq!(from(origin), 403, "{origin}");
        }
    }
}
