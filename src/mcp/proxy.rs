//! From a client that speaks over standard input and output, in a container, say, to the server that speaks
//! HTTP: every message as it is, with who it is from (REQ-MCP-016).

use std::sync::Arc;
use std::time::Duration;

use axum::body::Bytes;
use axum::http::{Error, HeaderValue, Request, Response, Uri, header};
use clap::Args;
use http_body_util::{BodyExt, Full, Limited};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rmcp::transport::common::http_header::{
    EVENT_STREAM_MIME_TYPE, HEADER_MCP_METHOD, HEADER_MCP_NAME, HEADER_MCP_PROTOCOL_VERSION,
    JSON_MIME_TYPE,
};
use serde_json::{Value, json};
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, stdin, stdout};
use tokio::sync::mpsc::{self, UnboundedReceiver, UnboundedSender};
use tokio::sync::watch;
use tokio::task::JoinSet;
use uuid::Uuid;

use super::identity::{IDENTITY, INSTANCE};
use super::{log, transport};
use crate::commands::Context;
use crate::error::Failure;
use crate::model::Code;
use crate::services::Outcome;

/// An answer may be this large.
const LARGEST_ANSWER: usize = 64 * 1024 * 1024;

/// A call that waits for news takes less than a minute; whatever takes longer is lost.
const LONGEST_CALL: Duration = Duration::from_mins(2);

/// How often, and at which intervals, a server that does not listen is tried: it may be starting anew.
const TRIES: u32 = 6;
const INTERVAL: Duration = Duration::from_millis(500);

/// What is said of a call whose answer never came.
const BROKEN_OFF: &str = "the server went away in the middle: whether the call was done is not known; ask with \
    qms_status or qms_history before you call again";

/// Where protocols since 2026-07-28 say their version.
const VERSION_OF_CALL: &str = "/params/_meta/io.modelcontextprotocol~1protocolVersion";

/// Join an AI client in a container to a server outside it
///
/// Speaks with the client over standard input and output, and with `qms mcp --transport
/// streamable-http` over HTTP. Every call carries who is working here: `X-QMS-Identity` from
/// --user or `QMS_USER`, and an `X-QMS-Instance` that is new each time the proxy starts, so the
/// server can tell a second container of the same name.
#[derive(Args, Clone, Debug)]
#[command(
    after_help = "Example: QMS_USER=claude qms mcp-proxy --url http://host.docker.internal:8000/mcp"
)]
pub struct McpProxy {
    /// The server's endpoint
    #[arg(long)]
    pub url: String,
}

/// The way to the server.
#[derive(Debug)]
struct Way {
    client: Client<HttpConnector, Full<Bytes>>,
    url: Uri,
    identity: HeaderValue,
    instance: HeaderValue,
    /// The version of the protocol that was agreed on; none before the first answer.
    version: watch::Sender<Option<HeaderValue>>,
}

impl McpProxy {
    /// Passes messages on until the input ends.
    ///
    /// # Errors
    /// `identity_missing` without a user, `invalid_argument` for a URL that cannot be used, `io`.
    pub fn serve(&self, context: &Context) -> Result<Outcome, Failure> {
        let user = context.user()?;
        let is_printable = user
            .bytes()
            .all(|byte| byte == b' ' || byte.is_ascii_graphic());
        let identity = HeaderValue::from_str(user).ok().filter(|_| is_printable);
        let identity = identity.ok_or_else(|| {
            Failure::new(Code::InvalidArgument, "--user must be printable ASCII here")
        })?;
        let way = Arc::new(Way {
            client: Client::builder(TokioExecutor::new()).build_http(),
            url: endpoint(&self.url)?,
            identity,
            instance: HeaderValue::from_str(&Uuid::new_v4().to_string())
                .map_err(|error| Failure::new(Code::Io, error.to_string()))?,
            version: watch::Sender::new(None),
        });
        log::begin();
        let runtime = transport::runtime()?;
        runtime.block_on(pass_on(&way));
        runtime.shutdown_background();
        Ok(Outcome::default())
    }
}

fn endpoint(url: &str) -> Result<Uri, Failure> {
    let shown = url.escape_debug();
    let refused = |why: &str| {
        Failure::new(Code::InvalidArgument, format!("--url `{shown}` {why}"))
            .hint("such as http://host.docker.internal:8000/mcp")
    };
    let url: Uri = url.parse().map_err(|_| refused("is no URL"))?;
    match (url.scheme_str(), url.host()) {
        (Some("http"), Some(_)) => Ok(url),
        (Some("https"), Some(_)) => Err(refused(
            "asks for TLS, which the proxy does not speak: it is for the way from a container to its host",
        )),
        _ => Err(refused("is no address of a server")),
    }
}

/// Passes on every line; answers are written as they come.
async fn pass_on(way: &Arc<Way>) {
    let (answers, written) = mpsc::unbounded_channel();
    let writer = tokio::spawn(write(written));
    let mut input = BufReader::new(stdin());
    let mut calls = JoinSet::new();
    loop {
        let mut line = Vec::new();
        if !matches!(input.read_until(b'\n', &mut line).await, Ok(1..)) {
            break;
        }
        if line.trim_ascii().is_empty() {
            continue;
        }
        let call = answer(Arc::clone(way), line, answers.clone());
        // Until the first answer nobody knows which version of the protocol is spoken.
        if way.version.borrow().is_none() {
            call.await;
        } else {
            calls.spawn(call);
        }
    }
    calls.join_all().await;
    drop(answers);
    let _ = writer.await;
}

async fn write(mut answers: UnboundedReceiver<String>) {
    let mut out = stdout();
    while let Some(mut answer) = answers.recv().await {
        answer.push('\n');
        if out.write_all(answer.as_bytes()).await.is_err() || out.flush().await.is_err() {
            return;
        }
    }
}

/// Sends one message, and hands on its answer; to a request that cannot be answered, why.
async fn answer(way: Arc<Way>, line: Vec<u8>, answers: UnboundedSender<String>) {
    let message = match serde_json::from_slice::<Value>(&line) {
        Ok(message) if message.is_object() => message,
        Ok(_) => {
            let _ = answers.send(failure(&Value::Null, -32600, "this line is no message"));
            return;
        }
        Err(_) => {
            let _ = answers.send(failure(&Value::Null, -32700, "this line is no JSON"));
            return;
        }
    };
    let sent = tokio::time::timeout(LONGEST_CALL, send(&way, &message, line)).await;
    let sent = sent.unwrap_or_else(|_| Err("the server did not answer in time".to_owned()));
    let told = match sent {
        Ok(None) => return,
        Ok(Some(told)) => told,
        Err(why) => match message.get("id") {
            Some(id) if message.get("method").is_some() => failure(id, -32000, &why),
            Some(_) | None => {
                tracing::warn!(why, "a message was not passed on");
                return;
            }
        },
    };
    let _ = answers.send(told);
}

fn failure(id: &Value, code: i32, why: &str) -> String {
    json!({ "jsonrpc": "2.0", "id": id, "error": { "code": code, "message": why } }).to_string()
}

/// Sends one message; returns its answer on one line, none where there is none.
async fn send(way: &Way, message: &Value, line: Vec<u8>) -> Result<Option<String>, String> {
    let asked = message
        .get("id")
        .filter(|_| message.get("method").is_some());
    let (head, body) = post(way, message, line).await?.into_parts();
    if head.status.is_success() && asked.is_none() {
        return Ok(None);
    }
    let told = String::from_utf8_lossy(&body);
    let kind = head.headers.get(header::CONTENT_TYPE);
    if !kind.is_some_and(|kind| kind.as_bytes().starts_with(JSON_MIME_TYPE.as_bytes())) {
        return Err(format!(
            "the server answered {}: {}",
            head.status,
            told.trim()
        ));
    }
    let answer: Value = serde_json::from_str(&told)
        .map_err(|error| format!("the server's answer is no JSON: {error}"))?;
    let is_answer = answer.get("jsonrpc").is_some() && answer.get("id") == asked;
    if !is_answer {
        return Err(format!("the server answered {}: {answer}", head.status));
    }
    learn_version(way, message, &answer);
    Ok(Some(answer.to_string()))
}

/// Remembers which version of the protocol was agreed on.
fn learn_version(way: &Way, message: &Value, answer: &Value) {
    let agreed = answer.pointer("/result/protocolVersion");
    let agreed = agreed.or_else(|| message.pointer(VERSION_OF_CALL));
    let agreed = agreed.and_then(Value::as_str);
    if let Some(agreed) = agreed.and_then(|agreed| HeaderValue::from_str(agreed).ok()) {
        way.version.send_replace(Some(agreed));
    }
}

/// Sends one message, and waits for the whole answer. A server that does not listen is tried again, for
/// nothing was sent then.
async fn post(way: &Way, message: &Value, line: Vec<u8>) -> Result<Response<Bytes>, String> {
    let mut tries = 1;
    let line = Bytes::from(line);
    loop {
        let request = request(way, message, line.clone()).map_err(|error| error.to_string())?;
        match way.client.request(request).await {
            Ok(response) => {
                let (head, body) = response.into_parts();
                let body = Limited::new(body, LARGEST_ANSWER).collect().await;
                let body = body.map_err(|error| format!("{BROKEN_OFF} ({error})"))?;
                return Ok(Response::from_parts(head, body.to_bytes()));
            }
            Err(error) if error.is_connect() && tries < TRIES => {
                tries += 1;
                tokio::time::sleep(INTERVAL).await;
            }
            Err(error) if error.is_connect() => {
                let told =
                    "cannot be reached: is `qms mcp --transport streamable-http` running there?";
                return Err(format!("the server at {} {told}", way.url));
            }
            Err(error) => return Err(format!("{BROKEN_OFF} ({error})")),
        }
    }
}

fn request(way: &Way, message: &Value, line: Bytes) -> Result<Request<Full<Bytes>>, Error> {
    let mut request = Request::post(&way.url)
        .header(header::CONTENT_TYPE, JSON_MIME_TYPE)
        .header(
            header::ACCEPT,
            format!("{JSON_MIME_TYPE}, {EVENT_STREAM_MIME_TYPE}"),
        )
        .header(IDENTITY, &way.identity)
        .header(INSTANCE, &way.instance);
    let said = |pointer: &str| message.pointer(pointer).and_then(Value::as_str);
    let named = [
        (HEADER_MCP_METHOD, said("/method")),
        (
            HEADER_MCP_NAME,
            said("/params/name").filter(|_| said("/method") == Some("tools/call")),
        ),
    ];
    for (header, value) in named {
        if let Some(Ok(value)) = value.map(HeaderValue::from_str) {
            request = request.header(header, value);
        }
    }
    let version = said(VERSION_OF_CALL).and_then(|version| HeaderValue::from_str(version).ok());
    if let Some(version) = version.or_else(|| way.version.borrow().clone()) {
        request = request.header(HEADER_MCP_PROTOCOL_VERSION, version);
    }
    request.body(Full::from(line))
}
