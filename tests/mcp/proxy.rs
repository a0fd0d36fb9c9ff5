//! The proxy, as a client in a container starts it.

use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::client::Conversation;
use super::served::Served;
use crate::common::World;

fn proxy(url: &str, user: &str) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qms"));
    command.args(["mcp-proxy", "--url", url]).current_dir("/");
    command
        .env_remove("QMS_USER")
        .env_remove("QMS_PROJECT_ROOT");
    if !user.is_empty() {
        command.env("QMS_USER", user);
    }
    command
}

fn code(answer: &Value) -> &Value {
    &answer["result"]["structuredContent"]["error"]["code"]
}

/// Every call carries who is working here, and a second proxy of the same name is told apart.
///
/// Verifies: REQ-MCP-016
#[test]
fn a_proxy_says_who_it_works_for() {
    let world = World::new();
    let served = Served::start(&world, &[]);
    let mut one = Conversation::of(proxy(&served.url, "qa"));
    one.shake_hands();
    let tools = one.ask("tools/list", json!({}));
    assert!(tools["result"]["tools"].as_array().unwrap().len() >= 24);
    let own = one.call("qms_inbox", json!({ "user": "qa" }));
    assert_eq!(own["result"]["isError"], false);
    let other = one.call("qms_inbox", json!({ "user": "lead" }));
    assert_eq!(code(&other), "identity_mismatch");

    let mut two = Conversation::of(proxy(&served.url, "qa"));
    two.shake_hands();
    let locked = two.call("qms_inbox", json!({ "user": "qa" }));
    assert_eq!(code(&locked), "identity_locked");
    let message = &locked["result"]["structuredContent"]["error"]["message"];
    assert!(message.as_str().unwrap().contains("duplicate container"));
    let trusted = served.refused(&[], "qms_inbox", json!({ "user": "qa" }));
    assert_eq!(trusted["code"], "identity_locked");

    one.say("this is no JSON");
    assert_eq!(one.next().unwrap()["error"]["code"], -32700);
    one.say_bytes(b"{\"jsonrpc\": \xff}\n[1]\n");
    let mut codes: Vec<_> = (0..2)
        .map(|_| one.next().unwrap()["error"]["code"].as_i64().unwrap())
        .collect();
    codes.sort_unstable();
    assert_eq!(codes, [-32700, -32600]);
    let unknown = one.ask("no/such/method", json!({}));
    assert!(unknown["error"].is_object(), "{unknown}");
    assert_eq!(one.end().1, Some(0));
    assert_eq!(two.end().1, Some(0));
}

/// What was asked for before the end of the input is answered.
#[test]
fn the_end_of_the_input_waits_for_the_answers() {
    let world = World::new();
    let served = Served::start(&world, &[]);
    let mut client = Conversation::of(proxy(&served.url, "claude"));
    client.shake_hands();
    for id in 100..110 {
        let create = json!({ "doc_type": "CR", "title": "Pump", "user": "claude" });
        let params = json!({ "name": "qms_create", "arguments": create });
        let call = json!({ "jsonrpc": "2.0", "id": id, "method": "tools/call", "params": params });
        client.say(&call.to_string());
    }
    let (answers, status) = client.end();
    assert_eq!((answers.len(), status), (10, Some(0)));
    let listed = world.by("qa", "list --type CR").done();
    assert_eq!(listed["documents"].as_array().unwrap().len(), 10);
}

/// A server that is not there is said to be so, in the words of the protocol; one that comes up is found.
#[test]
fn a_server_that_is_away_is_waited_for_and_told_of() {
    let world = World::new();
    let mut served = Served::start(&world, &[]);
    let mut client = Conversation::of(proxy(&served.url, "qa"));
    client.shake_hands();
    let url = served.url.clone();
    served.kill();
    let port = url
        .trim_start_matches("http://127.0.0.1:")
        .trim_end_matches("/mcp");
    let again = std::thread::scope(|threads| {
        let starting = threads.spawn(|| {
            std::thread::sleep(std::time::Duration::from_millis(300));
            Served::start(&world, &["--port", port])
        });
        let inbox = client.call("qms_inbox", json!({ "user": "qa" }));
        assert_eq!(inbox["result"]["isError"], false, "{inbox}");
        starting.join().unwrap()
    });
    drop(again);
    let gone = client.call("qms_inbox", json!({ "user": "qa" }));
    assert_eq!(gone["error"]["code"], -32000);
    assert!(
        gone["error"]["message"]
            .as_str()
            .unwrap()
            .contains("cannot be reached")
    );
    assert_eq!(client.end().1, Some(0));
}

/// Verifies: REQ-MCP-016
#[test]
fn a_proxy_for_nobody_does_not_start() {
    for (url, user, status) in [
        ("http://127.0.0.1:1/mcp", "", 2),
        ("http://127.0.0.1:1/mcp", " ", 2),
        ("http://127.0.0.1:1/mcp", "q\u{e4}", 1),
        ("https://127.0.0.1:1/mcp", "qa", 1),
        ("file:///etc/passwd", "qa", 1),
        ("127.0.0.1:1", "qa", 1),
        ("", "qa", 1),
    ] {
        let mut command = proxy(url, user);
        let ended = command.stdin(Stdio::null()).output().unwrap();
        assert_eq!(ended.status.code(), Some(status), "{url} {user}");
        assert!(ended.stdout.is_empty() && !ended.stderr.is_empty());
    }
    let no_url = Command::new(env!("CARGO_BIN_EXE_qms"))
        .arg("mcp-proxy")
        .output()
        .unwrap();
    assert_eq!(no_url.status.code(), Some(2));
}
