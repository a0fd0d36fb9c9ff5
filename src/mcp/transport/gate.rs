//! Who may come in over the network at all: by the name the server is called by, by the page a browser is on,
//! and as many at once as there is room for.

use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, Method, StatusCode, Uri, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};
use serde::de::IgnoredAny;
use serde_json::json;
use tokio::sync::Semaphore;
use tokio::time::timeout;
use tokio_stream::StreamExt;

/// Names that are the server's own, and the one under which a container finds its host (REQ-MCP-014).
const OWN_NAMES: [&str; 4] = ["127.0.0.1", "localhost", "[::1]", "host.docker.internal"];

/// So many requests may be in flight at once.
const MOST: usize = 256;

/// A request may be this large; a text of more is checked in from the workspace.
pub const LARGEST_BODY: usize = 4 * 1024 * 1024;

/// So much of a request that is too large is read before it is refused.
const LARGEST_READ: usize = 64 * 1024 * 1024;

/// A request that takes longer to come is given up.
const SLOWEST: Duration = Duration::from_secs(30);

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

/// Lets a request in, or answers it at once. It is read to its end before it takes a place: who sends slowly
/// holds up nobody.
pub async fn pass(State(gate): State<Arc<Gate>>, request: Request, next: Next) -> Response {
    if let Err(refused) = gate.check(request.headers()) {
        tracing::warn!(status = refused.0.as_u16(), "a request was turned away");
        return refused.into_response();
    }
    let request = match timeout(SLOWEST, read(request)).await {
        Ok(Ok(request)) => request,
        Ok(Err(refused)) => return refused,
        Err(_) => {
            let told = "the request did not come to its end in time\n";
            return (StatusCode::REQUEST_TIMEOUT, told).into_response();
        }
    };
    let Ok(_place) = gate.room.try_acquire() else {
        let later = [(header::RETRY_AFTER, "1")];
        let told = "too many requests at once; try again in a second\n";
        return (StatusCode::SERVICE_UNAVAILABLE, later, told).into_response();
    };
    next.run(request).await
}

/// Reads a request to its end. What is too large is read on before it is refused: a client that is still
/// sending when the answer comes may never see it.
async fn read(request: Request) -> Result<Request, Response> {
    let (head, body) = request.into_parts();
    let mut parts = body.into_data_stream();
    let mut bytes = Vec::new();
    let mut length = 0;
    while let Some(part) = parts.next().await {
        let part = part.map_err(|_| StatusCode::BAD_REQUEST.into_response())?;
        length += part.len();
        if length <= LARGEST_BODY {
            bytes.extend_from_slice(&part);
        } else if length > LARGEST_READ {
            break;
        }
    }
    if length > LARGEST_BODY {
        let told = format!(
            "a request may have {LARGEST_BODY} bytes; check a larger text in from the workspace\n"
        );
        return Err((StatusCode::PAYLOAD_TOO_LARGE, told).into_response());
    }
    let is_json = || serde_json::from_slice::<IgnoredAny>(&bytes).is_ok();
    if head.method == Method::POST && !is_json() {
        let error = json!({ "code": -32700, "message": "the request is no JSON" });
        let told = json!({ "jsonrpc": "2.0", "id": null, "error": error }).to_string();
        let kind = [(header::CONTENT_TYPE, "application/json")];
        return Err((StatusCode::BAD_REQUEST, kind, told).into_response());
    }
    Ok(Request::from_parts(head, Body::from(bytes)))
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
