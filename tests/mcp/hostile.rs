//! Calls that mean harm, or are none.

use serde_json::json;

use super::client::{Conversation, done, refused};
use crate::common::World;

const RECORD: &str = "CR-001-VR-001";

/// A file that is named over the protocol is read only where the caller could have read it (R-16).
///
/// Verifies: REQ-MCP-009, REQ-INT-022
#[test]
fn a_file_leads_to_nothing_that_is_not_the_callers() {
    let world = World::inspected();
    world.story("claude: create VR --parent CR-001 --title Tight");
    world.write("measured.txt", "3 bar\n");
    world.write(".git/config", "secret");
    world.write(".claude/users/qa/workspace/notes.md", "secret");
    let outside = World::empty();
    outside.write("secret.txt", "secret");
    std::os::unix::fs::symlink(outside.path("secret.txt"), world.path("innocent.txt")).unwrap();

    let with = |file: &str| json!({ "doc_id": RECORD, "user": "claude", "file": file });
    let absolute = outside.path("secret.txt");
    for file in [
        ".git/config",
        ".claude/users/qa/workspace/notes.md",
        ".claude/users/claude/../qa/workspace/notes.md",
        "QMS/.meta/CR/CR-001.json",
        "QMS/../QMS/.audit/CR/CR-001.jsonl",
        "innocent.txt",
        "../../../../../../etc/hostname",
        absolute.to_str().unwrap(),
    ] {
        refused(&world, "qms_interact", with(file), "invalid_argument");
    }
    // `-` is a file of that name here: a server has its input for other things.
    for file in ["-", "missing.txt"] {
        refused(&world, "qms_interact", with(file), "io");
    }
    let answered = done(&world, "qms_interact", with("measured.txt"));
    assert_eq!(answered["recorded"]["value"], "3 bar");
    let blank = json!({ "doc_id": RECORD, "user": "claude", "respond": "" });
    refused(&world, "qms_interact", blank, "invalid_argument");
    let two = json!({ "doc_id": RECORD, "user": "claude", "goto": "a", "cancel_goto": true, "reason": "r" });
    refused(&world, "qms_interact", two, "usage");
}

/// Broken lines, wrong shapes and large texts are answered or passed over, and the server lives on.
///
/// Verifies: REQ-MCP-001
#[test]
fn the_server_lives_on_whatever_is_said() {
    let world = World::new();
    let mut client = Conversation::with(&world);
    client.say("this is no JSON");
    client.say(r#"{"jsonrpc":"2.0","id":"#);
    client.say("");
    client.say(r#"{"jsonrpc":"2.0","id":900,"method":"tools/call","params":{"name":"qms_status","arguments":[1]}}"#);
    client.say(r#"{"jsonrpc":"2.0","id":901,"method":"no/such/method"}"#);
    let nothing = client.call("qms_nothing", json!({}));
    assert!(nothing["error"]["code"].is_i64(), "{nothing}");
    let setup = client.call("qms_init", json!({ "root": "/" }));
    assert!(setup["error"].is_object(), "{setup}");

    let large = "x".repeat(5 * 1024 * 1024);
    let told = client.call(
        "qms_create",
        json!({ "doc_type": "CR", "title": large, "user": "claude" }),
    );
    assert_eq!(told["result"]["isError"], true);
    let code = &told["result"]["structuredContent"]["error"]["code"];
    assert_eq!(code, "invalid_argument");
    assert!(
        told.to_string().len() < 20_000,
        "an answer does not repeat what is too large"
    );

    let inbox = client.call("qms_inbox", json!({ "user": "qa" }));
    assert_eq!(inbox["result"]["isError"], false);
    assert_eq!(client.end().1, Some(0));
}

/// A client that goes away in the middle of a call leaves the call done whole, and a sound project.
#[test]
fn a_client_that_goes_away_leaves_a_sound_project() {
    let world = World::new();
    let mut client = Conversation::with(&world);
    for id in 1..=20 {
        let title = format!("Change {id}");
        let arguments = json!({ "doc_type": "CR", "title": title, "user": "claude" });
        let params = json!({ "name": "qms_create", "arguments": arguments });
        let request =
            json!({ "jsonrpc": "2.0", "id": 100 + id, "method": "tools/call", "params": params });
        client.say(&request.to_string());
    }
    assert_eq!(client.end().1, Some(0));
    let listed = world.by("qa", "list --type CR").done();
    let count = listed["documents"].as_array().unwrap().len();
    assert_eq!(count, 20, "what was asked for before the end was done");
    assert_eq!(world.qms("verify").status, 0);
}
