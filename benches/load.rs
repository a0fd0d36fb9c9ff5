//! How much one server stands: eight clients at once over streamable HTTP, on the loopback.
//!
//! `cargo bench --bench load` prints how many calls a second were answered, how long the slowest hundredth
//! took, and how much memory the server had at most. Clients and server share the machine.

#![expect(
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a benchmark stops where it fails"
)]

use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

const CLIENTS: usize = 8;
const READS: usize = 100_000;
const CHANGES: usize = 1_600;

/// A server in a process of its own.
struct Served {
    child: Child,
    address: String,
}

impl Served {
    fn start(root: &Path) -> Self {
        let mut child = Command::new(env!("CARGO_BIN_EXE_qms"))
            .args(["mcp", "--transport", "streamable-http", "--port", "0"])
            .arg("--project-root")
            .arg(root)
            .stdin(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        let mut lines = BufReader::new(child.stderr.take().unwrap());
        let mut first = String::new();
        lines.read_line(&mut first).unwrap();
        std::thread::spawn(move || std::io::copy(&mut lines, &mut std::io::sink()));
        let url = first.split("http://").nth(1).unwrap();
        let address = url.split('/').next().unwrap().to_owned();
        Self { child, address }
    }

    /// The most memory it ever had, in megabytes.
    fn memory(&self) -> u64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = status.lines().find(|line| line.starts_with("VmHWM"));
        let kilobytes = line.unwrap().split_whitespace().nth(1).unwrap();
        kilobytes.parse::<u64>().unwrap() / 1024
    }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// A connection that is kept.
struct Client {
    stream: BufReader<TcpStream>,
    address: String,
}

impl Client {
    fn of(served: &Served) -> Self {
        let stream = TcpStream::connect(&served.address).unwrap();
        stream.set_nodelay(true).unwrap();
        Self {
            stream: BufReader::new(stream),
            address: served.address.clone(),
        }
    }

    /// Calls a tool that must do what it is asked, and returns how long that took.
    fn call(&mut self, tool: &str, arguments: &Value) -> Duration {
        let params = json!({ "name": tool, "arguments": arguments });
        let body = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
        let body = body.to_string();
        let request = format!(
            "POST /mcp HTTP/1.1\r\nHost: {}\r\nContent-Type: application/json\r\n\
             Accept: application/json, text/event-stream\r\nContent-Length: {}\r\n\r\n{body}",
            self.address,
            body.len()
        );
        let begun = Instant::now();
        self.stream.get_mut().write_all(request.as_bytes()).unwrap();
        let answer = self.answer();
        let took = begun.elapsed();
        assert!(answer.contains(r#""isError":false"#), "{answer}");
        took
    }

    fn answer(&mut self) -> String {
        let mut length = 0;
        loop {
            let mut line = String::new();
            self.stream.read_line(&mut line).unwrap();
            if line.trim().is_empty() {
                break;
            }
            let lower = line.to_ascii_lowercase();
            if let Some(value) = lower.strip_prefix("content-length:") {
                length = value.trim().parse().unwrap();
            }
        }
        let mut body = vec![0; length];
        self.stream.read_exact(&mut body).unwrap();
        String::from_utf8(body).unwrap()
    }
}

/// Lets every client make its calls at once, and says what that came to.
fn measure(
    what: &str,
    served: &Served,
    count: usize,
    calls: impl Fn(usize, usize) -> (&'static str, Value) + Sync,
) {
    let begun = Instant::now();
    let mut times: Vec<Duration> = std::thread::scope(|threads| {
        let clients: Vec<_> = (0..CLIENTS)
            .map(|client| {
                let calls = &calls;
                threads.spawn(move || {
                    let mut connection = Client::of(served);
                    let each = (0..count / CLIENTS).map(|number| {
                        let (tool, arguments) = calls(client, number);
                        connection.call(tool, &arguments)
                    });
                    each.collect::<Vec<_>>()
                })
            })
            .collect();
        clients
            .into_iter()
            .flat_map(|client| client.join().unwrap())
            .collect()
    });
    let took = begun.elapsed();
    times.sort_unstable();
    let at = |share: usize| times[(times.len() - 1) * share / 100].as_secs_f64() * 1000.0;
    let count = u32::try_from(times.len()).unwrap();
    let rate = f64::from(count) / took.as_secs_f64();
    println!(
        "{what}: {count} calls, {rate:.0} a second; half took {:.2} ms, 99 of 100 {:.2} ms; {} MB",
        at(50),
        at(99),
        served.memory()
    );
}

fn main() {
    // `--test` comes from `cargo test --benches`, which wants to see that it runs at all.
    let (reads, changes) = if std::env::args().any(|word| word == "--test") {
        (CLIENTS, 2 * CLIENTS)
    } else {
        (READS, CHANGES)
    };
    let scratch = tempfile::tempdir().unwrap();
    let root = scratch.path();
    let qms = |line: &str| {
        let run = Command::new(env!("CARGO_BIN_EXE_qms"))
            .args(line.split(' '))
            .current_dir(root)
            .stdout(Stdio::null())
            .status();
        assert!(run.unwrap().success(), "{line}");
    };
    qms("init");
    for number in 1..=CLIENTS {
        qms("--user claude create CR --title Measured");
        qms(&format!("--user claude checkin CR-00{number}"));
    }
    let served = Served::start(root);
    let id = |client: usize| format!("CR-00{}", client + 1);
    measure("qms_status", &served, reads, |client, _| {
        (
            "qms_status",
            json!({ "doc_id": id(client), "user": "claude" }),
        )
    });
    measure(
        "qms_route and qms_withdraw",
        &served,
        changes,
        |client, number| {
            if number % 2 == 0 {
                let route =
                    json!({ "doc_id": id(client), "user": "claude", "route_type": "review" });
                ("qms_route", route)
            } else {
                (
                    "qms_withdraw",
                    json!({ "doc_id": id(client), "user": "claude" }),
                )
            }
        },
    );
}
