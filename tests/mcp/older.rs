//! The older HTTP+SSE transport, as its clients speak it.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::time::Duration;

use serde_json::{Value, json};

use super::served::Served;
use crate::common::World;

/// A stream that was opened, and where to send to.
struct Opened {
    lines: BufReader<TcpStream>,
    endpoint: String,
}

impl Opened {
    fn at(served: &Served) -> Self {
        let address = served
            .url
            .trim_start_matches("http://")
            .trim_end_matches("/sse");
        let mut stream = TcpStream::connect(address).unwrap();
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        write!(
            stream,
            "GET /sse HTTP/1.1\r\nHost: {address}\r\nAccept: text/event-stream\r\n\r\n"
        )
        .unwrap();
        let mut opened = Self {
            lines: BufReader::new(stream),
            endpoint: String::new(),
        };
        let path = opened.next("endpoint").expect("the first event");
        opened.endpoint = format!("http://{address}{path}");
        opened
    }

    /// The data of the next event, which is of this kind; none at the end.
    fn next(&mut self, kind: &str) -> Option<String> {
        let mut event = String::new();
        loop {
            let mut line = String::new();
            if self.lines.read_line(&mut line).unwrap() == 0 {
                return None;
            }
            if let Some(name) = line.strip_prefix("event: ") {
                name.trim_end().clone_into(&mut event);
            } else if let Some(data) = line.strip_prefix("data: ") {
                assert_eq!(event, kind);
                return Some(data.trim_end().to_owned());
            }
        }
    }

    fn ask(
        &mut self,
        served: &Served,
        headers: &[(&str, &str)],
        method: &str,
        params: Value,
    ) -> Value {
        let request = json!({ "jsonrpc": "2.0", "id": 7, "method": method, "params": params });
        let mut all = vec![("content-type", "application/json")];
        all.extend(headers);
        let taken = served.send_to(&self.endpoint, "POST", &all, &request.to_string());
        assert_eq!(taken.status, 202);
        let answer: Value = serde_json::from_str(&self.next("message").unwrap()).unwrap();
        assert_eq!(answer["id"], 7);
        answer
    }

    fn shake_hands(&mut self, served: &Served) {
        let client = json!({ "name": "test", "version": "0" });
        let hello =
            json!({ "protocolVersion": "2024-11-05", "capabilities": {}, "clientInfo": client });
        let answer = self.ask(served, &[], "initialize", hello);
        assert_eq!(answer["result"]["serverInfo"]["name"], "qms");
        let told = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
        let headers = [("content-type", "application/json")];
        assert_eq!(
            served
                .send_to(&self.endpoint, "POST", &headers, told)
                .status,
            202
        );
    }
}

/// Verifies: REQ-MCP-011, REQ-MCP-012, REQ-MCP-015, REQ-MCP-016
#[test]
fn an_older_client_is_served_over_sse() {
    let world = World::new();
    let served = Served::over("sse", &world, &[]);
    assert!(served.url.ends_with("/sse"));
    let mut one = Opened::at(&served);
    one.shake_hands(&served);
    let tools = one.ask(&served, &[], "tools/list", json!({}));
    assert!(tools["result"]["tools"].as_array().unwrap().len() >= 24);
    // Each message has its own headers: those decide whose it is.
    let inbox = |user: &str| json!({ "name": "qms_inbox", "arguments": { "user": user } });
    let header = [("X-QMS-Identity", "qa"), ("X-QMS-Instance", "a")];
    let own = one.ask(&served, &header, "tools/call", inbox("qa"));
    assert_eq!(own["result"]["isError"], false);
    let other = one.ask(&served, &header, "tools/call", inbox("lead"));
    let code = &other["result"]["structuredContent"]["error"]["code"];
    assert_eq!(code, "identity_mismatch");
    let mut two = Opened::at(&served);
    two.shake_hands(&served);
    let locked = two.ask(&served, &[], "tools/call", inbox("qa"));
    let code = &locked["result"]["structuredContent"]["error"]["code"];
    assert_eq!(code, "identity_locked");
}

/// Verifies: REQ-MCP-011
#[test]
fn what_belongs_to_no_stream_is_turned_away() {
    let world = World::new();
    let mut served = Served::over("sse", &world, &[]);
    let mut open = Opened::at(&served);
    let json = [("content-type", "application/json")];
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    let base = served.url.trim_end_matches("/sse").to_owned();
    let post = |path: &str, body: &str| {
        served
            .send_to(&format!("{base}{path}"), "POST", &json, body)
            .status
    };
    assert_eq!(
        post(
            "/messages/?sessionId=00000000-0000-0000-0000-000000000000",
            ping
        ),
        404
    );
    assert_eq!(post("/messages/?sessionId=..", ping), 404);
    assert_eq!(post("/messages/", ping), 400);
    let path = open.endpoint.trim_start_matches(&base).to_owned();
    assert_eq!(post(&path, "this is no JSON"), 400);
    assert_eq!(post(&path, &"x".repeat(5 * 1024 * 1024)), 413);
    let evil = [json[0], ("host", "evil.example")];
    assert_eq!(
        served.send_to(&open.endpoint, "POST", &evil, ping).status,
        421
    );
    assert_eq!(
        served
            .send_to(&served.url, "GET", &[("origin", "null")], "")
            .status,
        403
    );
    open.shake_hands(&served);

    // A stream that is closed is forgotten.
    let endpoint = open.endpoint.clone();
    drop(open);
    let mut status = 202;
    for _ in 0..100 {
        status = served.send_to(&endpoint, "POST", &json, ping).status;
        if status == 404 {
            break;
        }
        std::thread::sleep(Duration::from_millis(50));
    }
    assert_eq!(status, 404);

    // The end is an orderly one, open streams or not.
    let mut last = Opened::at(&served);
    last.shake_hands(&served);
    served.tell_to_end();
    assert_eq!(last.next("message"), None);
    assert_eq!(served.ended(), Some(0));
}

/// Who does not read the answers may ask no more, and the server can still end.
///
/// Verifies: REQ-MCP-011
#[test]
fn answers_that_nobody_reads_do_not_pile_up() {
    let world = World::new();
    let mut served = Served::over("sse", &world, &[]);
    let mut open = Opened::at(&served);
    open.shake_hands(&served);
    let list = r#"{"jsonrpc":"2.0","id":1,"method":"tools/list"}"#;
    let headers = [("content-type", "application/json")];
    let mut refused = 0;
    for _ in 0..400 {
        let taken = served.send_to(&open.endpoint, "POST", &headers, list);
        match taken.status {
            202 => {}
            429 => refused += 1,
            other => panic!("{other}: {}", taken.body),
        }
    }
    assert!(refused > 100, "{refused}");
    served.tell_to_end();
    assert_eq!(served.ended(), Some(0));
}
