//! The older HTTP+SSE transport, for clients that know no other: a stream opened by the client brings it the
//! address to send to, and then every answer. Deprecated; streamable HTTP does the same with less (REQ-MCP-011).

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::Router;
use axum::body::Bytes;
use axum::extract::{Query, State};
use axum::http::StatusCode;
use axum::http::request::Parts;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post};
use rmcp::ServiceExt;
use rmcp::model::{ClientJsonRpcMessage, GetExtensions, ServerJsonRpcMessage};
use rmcp::service::{RoleServer, RxJsonRpcMessage, TxJsonRpcMessage};
use rmcp::transport::Transport;
use serde::Deserialize;
use tokio::sync::Semaphore;
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio_stream::StreamExt;
use tokio_stream::wrappers::ReceiverStream;
use tokio_util::sync::CancellationToken;
use uuid::Uuid;

use crate::mcp::server::Server;

/// Where the stream is opened.
pub const STREAM: &str = "/sse";

/// Where messages are sent to.
const MESSAGES: &str = "/messages/";

/// So many streams may be open at once.
const MOST: usize = 64;

/// So many messages may wait on either way of a stream.
const WAITING: usize = 16;

/// So many calls of a stream may be unanswered: who does not read its answers may ask no more.
const UNANSWERED: usize = 64;

/// How long an answer may wait for a reader once the server was told to end.
const LAST_WAIT: Duration = Duration::from_secs(2);

/// The streams that are open.
#[derive(Clone)]
struct Streams {
    server: Server,
    stopping: CancellationToken,
    open: Arc<Mutex<HashMap<String, Open>>>,
}

/// The way in to a stream, and the room for its calls.
#[derive(Clone)]
struct Open {
    inbound: Sender<ClientJsonRpcMessage>,
    room: Arc<Semaphore>,
}

/// Returns the routes; streams end when their calls are answered after the server was told to end.
pub fn routes(server: Server, stopping: CancellationToken) -> Router {
    let streams = Streams {
        server,
        stopping,
        open: Arc::default(),
    };
    Router::new()
        .route(STREAM, get(open))
        .route(MESSAGES, post(accept))
        .with_state(streams)
}

/// Opens a stream, and serves who opened it until one of both goes away.
async fn open(State(streams): State<Streams>) -> Response {
    let id = Uuid::new_v4().to_string();
    let (inbound, received) = mpsc::channel(WAITING);
    let (answers, outbound) = mpsc::channel(WAITING);
    let room = Arc::new(Semaphore::new(UNANSWERED));
    {
        let mut open = streams.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.len() >= MOST {
            let told = "too many streams are open\n";
            return (StatusCode::SERVICE_UNAVAILABLE, told).into_response();
        }
        let room = Arc::clone(&room);
        open.insert(id.clone(), Open { inbound, room });
    }
    let endpoint = Event::default()
        .event("endpoint")
        .data(format!("{MESSAGES}?sessionId={id}"));
    let stream = Stream {
        received,
        answers,
        room,
        stopping: streams.stopping.clone(),
        _entry: Entry {
            id,
            streams: streams.clone(),
        },
    };
    tokio::spawn(async move {
        if let Ok(conversation) = streams.server.serve(stream).await {
            let _ = conversation.waiting().await;
        }
    });
    let told = ReceiverStream::new(outbound)
        .filter_map(|message| serde_json::to_string(&message).ok())
        .map(|message| Event::default().event("message").data(message));
    let events = tokio_stream::once(endpoint)
        .chain(told)
        .map(Ok::<_, Infallible>);
    Sse::new(events)
        .keep_alive(KeepAlive::default())
        .into_response()
}

/// Which stream a message belongs to.
#[derive(Deserialize)]
struct Addressed {
    #[serde(rename = "sessionId")]
    session: String,
}

/// Takes a message in; its answer comes by the stream.
async fn accept(
    State(streams): State<Streams>,
    Query(Addressed { session }): Query<Addressed>,
    parts: Parts,
    body: Bytes,
) -> (StatusCode, &'static str) {
    let stream = {
        let open = streams.open.lock().unwrap_or_else(PoisonError::into_inner);
        open.get(&session).cloned()
    };
    let Some(stream) = stream else {
        return (StatusCode::NOT_FOUND, "there is no such stream\n");
    };
    let Ok(mut message) = serde_json::from_slice::<ClientJsonRpcMessage>(&body) else {
        return (
            StatusCode::BAD_REQUEST,
            "this is no message of the protocol\n",
        );
    };
    match &mut message {
        ClientJsonRpcMessage::Request(request) => {
            let Ok(place) = stream.room.try_acquire() else {
                let told =
                    "too many calls of this stream are unanswered; read their answers first\n";
                return (StatusCode::TOO_MANY_REQUESTS, told);
            };
            // Given back when the answer has been taken.
            place.forget();
            request.request.extensions_mut().insert(parts);
        }
        ClientJsonRpcMessage::Notification(told) => {
            told.notification.extensions_mut().insert(parts);
        }
        ClientJsonRpcMessage::Response(_) | ClientJsonRpcMessage::Error(_) => {}
    }
    match stream.inbound.send(message).await {
        Ok(()) => (StatusCode::ACCEPTED, "Accepted"),
        Err(_) => (StatusCode::NOT_FOUND, "the stream has ended\n"),
    }
}

/// A stream's place among those that are open, until it is dropped.
struct Entry {
    id: String,
    streams: Streams,
}

impl Drop for Entry {
    fn drop(&mut self) {
        let mut open = self
            .streams
            .open
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        open.remove(&self.id);
    }
}

/// A stream, as the protocol's library sees it.
struct Stream {
    received: Receiver<ClientJsonRpcMessage>,
    answers: Sender<ServerJsonRpcMessage>,
    room: Arc<Semaphore>,
    stopping: CancellationToken,
    _entry: Entry,
}

impl Transport<RoleServer> for Stream {
    type Error = mpsc::error::SendError<ServerJsonRpcMessage>;

    fn send(
        &mut self,
        item: TxJsonRpcMessage<RoleServer>,
    ) -> impl Future<Output = Result<(), Self::Error>> + Send + 'static {
        let (answers, room) = (self.answers.clone(), Arc::clone(&self.room));
        let stopping = self.stopping.clone();
        async move {
            let is_answer = matches!(
                item,
                ServerJsonRpcMessage::Response(_) | ServerJsonRpcMessage::Error(_)
            );
            let in_vain = async {
                stopping.cancelled().await;
                tokio::time::sleep(LAST_WAIT).await;
            };
            let sent = tokio::select! {
                sent = answers.send(item) => sent,
                () = in_vain => Ok(()),
            };
            if is_answer {
                room.add_permits(1);
            }
            sent
        }
    }

    async fn receive(&mut self) -> Option<RxJsonRpcMessage<RoleServer>> {
        tokio::select! {
            message = self.received.recv() => message,
            () = self.stopping.cancelled() => None,
            () = self.answers.closed() => None,
        }
    }

    async fn close(&mut self) -> Result<(), Self::Error> {
        self.received.close();
        Ok(())
    }
}
