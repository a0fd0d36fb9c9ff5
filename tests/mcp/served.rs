//! A server in a process of its own, spoken to over the network.

use std::io::{BufRead, BufReader, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use http_body_util::{BodyExt, Full};
use hyper_util::client::legacy::Client;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use rustix::process::{Pid, Signal, kill_process};
use serde_json::{Value, json};
use tokio::runtime::Runtime;

use crate::common::World;

type Body = Full<axum::body::Bytes>;

/// A server, and a client of it.
pub(crate) struct Served {
    pub(crate) url: String,
    child: Child,
    said: Arc<Mutex<String>>,
    runtime: Runtime,
    client: Client<HttpConnector, Body>,
}

/// An answer over HTTP.
#[derive(Debug)]
pub(crate) struct Replied {
    pub(crate) status: u16,
    pub(crate) body: String,
}

impl Served {
    /// Serves a project over streamable HTTP.
    pub(crate) fn start(world: &World, further: &[&str]) -> Self {
        Self::over("streamable-http", world, further)
    }

    /// Serves a project over some transport, at a free port.
    pub(crate) fn over(transport: &str, world: &World, further: &[&str]) -> Self {
        let mut command = Command::new(env!("CARGO_BIN_EXE_qms"));
        command
            .args(["mcp", "--transport", transport, "--project-root"])
            .arg(world.root())
            .args(further)
            .env_remove("QMS_RULES")
            .env_remove("QMS_USER");
        if !further.contains(&"--port") {
            command.args(["--port", "0"]);
        }
        let pipes = command.stdin(Stdio::null()).stdout(Stdio::piped());
        let mut child = pipes.stderr(Stdio::piped()).spawn().unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut first = String::new();
        lines.read_line(&mut first).unwrap();
        let url = first
            .split_whitespace()
            .find(|word| word.starts_with("http://"));
        let url = url.unwrap_or_else(|| panic!("no address: {first}"));
        let url = url.trim_end_matches(',').to_owned();
        let said = Arc::new(Mutex::new(first));
        let heard = Arc::clone(&said);
        std::thread::spawn(move || {
            for line in lines.lines().map_while(Result::ok) {
                let mut heard = heard.lock().unwrap();
                heard.push_str(&line);
                heard.push('\n');
            }
        });
        Self {
            url,
            child,
            said,
            runtime: Runtime::new().unwrap(),
            client: Client::builder(TokioExecutor::new()).build_http(),
        }
    }

    /// Sends a request as it is.
    pub(crate) fn send(&self, method: &str, headers: &[(&str, &str)], body: &str) -> Replied {
        self.send_to(&self.url, method, headers, body)
    }

    /// Sends a request to some path of the server.
    pub(crate) fn send_to(
        &self,
        url: &str,
        method: &str,
        headers: &[(&str, &str)],
        body: &str,
    ) -> Replied {
        let mut request = axum::http::Request::builder().method(method).uri(url);
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let request = request.body(Body::from(body.to_owned())).unwrap();
        self.runtime.block_on(async {
            let response = self.client.request(request).await.unwrap();
            let status = response.status().as_u16();
            let body = response.into_body().collect().await.unwrap().to_bytes();
            Replied {
                status,
                body: String::from_utf8(body.to_vec()).unwrap(),
            }
        })
    }

    /// Sends a message, with headers besides those the protocol asks for.
    pub(crate) fn say(&self, headers: &[(&str, &str)], message: &str) -> Replied {
        let mut all = vec![
            ("content-type", "application/json"),
            ("accept", "application/json, text/event-stream"),
        ];
        all.extend(headers);
        self.send("POST", &all, message)
    }

    /// Sends a message to a server that may be gone; returns the answer, if it was answered.
    pub(crate) fn try_say(&self, message: &str) -> Option<String> {
        let request = axum::http::Request::post(&self.url)
            .header("content-type", "application/json")
            .header("accept", "application/json, text/event-stream")
            .body(Body::from(message.to_owned()))
            .unwrap();
        let answer = async {
            let response = self.client.request(request).await.ok()?;
            let body = response.into_body().collect().await.ok()?;
            String::from_utf8(body.to_bytes().to_vec()).ok()
        };
        // The client may wait for a connection that went with the server.
        let in_time = async { tokio::time::timeout(Duration::from_secs(20), answer).await };
        self.runtime.block_on(in_time).ok()?
    }

    fn address(&self) -> &str {
        let address = self.url.trim_start_matches("http://");
        address.split('/').next().unwrap()
    }

    /// Sends a message, and goes away before it is answered.
    pub(crate) fn say_and_leave(&self, message: &str) {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        let head = format!(
            "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
             Accept: application/json, text/event-stream\r\nContent-Length: {}\r\n\r\n",
            message.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        stream.write_all(message.as_bytes()).unwrap();
        std::thread::sleep(Duration::from_millis(50));
    }

    /// Sends half of a request, and leaves the rest open.
    pub(crate) fn say_half(&self) -> TcpStream {
        let mut stream = TcpStream::connect(self.address()).unwrap();
        let head = "POST /mcp HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{";
        stream.write_all(head.as_bytes()).unwrap();
        stream
    }

    /// Sends a request, and returns what the protocol answers.
    pub(crate) fn ask(&self, headers: &[(&str, &str)], method: &str, params: Value) -> Value {
        let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let replied = self.say(headers, &request.to_string());
        assert_eq!(replied.status, 200, "{}", replied.body);
        serde_json::from_str(&replied.body).unwrap()
    }

    /// Calls a tool, and returns its result.
    pub(crate) fn call(&self, headers: &[(&str, &str)], tool: &str, arguments: Value) -> Value {
        let params = json!({ "name": tool, "arguments": arguments });
        let mut answer = self.ask(headers, "tools/call", params);
        answer["result"].take()
    }

    /// Calls a tool that must be refused, and returns the error.
    #[track_caller]
    pub(crate) fn refused(&self, headers: &[(&str, &str)], tool: &str, arguments: Value) -> Value {
        let result = self.call(headers, tool, arguments);
        assert_eq!(result["isError"], true, "{result}");
        result["structuredContent"]["error"].clone()
    }

    /// What the server has said of itself so far.
    pub(crate) fn said(&self) -> String {
        self.said.lock().unwrap().clone()
    }

    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }

    /// Tells the server to end.
    pub(crate) fn tell_to_end(&self) {
        let id = Pid::from_child(&self.child);
        kill_process(id, Signal::TERM).unwrap();
    }

    /// Waits for its end, and returns its exit status.
    pub(crate) fn ended(&mut self) -> Option<i32> {
        let started = Instant::now();
        while started.elapsed() < Duration::from_secs(30) {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(10));
        }
        panic!("the server goes on");
    }

    /// Ends it at once.
    pub(crate) fn kill(&mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
