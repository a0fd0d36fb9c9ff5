//! The program as a client starts it.

use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::client::Conversation;
use crate::common::World;

/// Tools are listed with titles, schemas and true annotations, and called.
///
/// Verifies: REQ-MCP-001, REQ-MCP-008
#[test]
fn a_client_finds_the_tools_and_calls_them() {
    let world = World::new();
    let mut client = Conversation::with(&world);
    let listed = client.ask("tools/list", json!({}));
    let tools = listed["result"]["tools"].as_array().unwrap();
    let looks = [
        "inbox",
        "workspace",
        "status",
        "read",
        "history",
        "comments",
        "list",
        "diff",
        "explain",
        "users",
    ];
    for tool in tools {
        let name = tool["name"].as_str().unwrap();
        let word = name.strip_prefix("qms_").unwrap();
        assert!(tool["title"].is_string() && tool["description"].is_string());
        assert_eq!(tool["inputSchema"]["type"], "object");
        assert_eq!(tool["outputSchema"]["required"], json!(["success"]));
        let hints = &tool["annotations"];
        assert_eq!(hints["readOnlyHint"], looks.contains(&word), "{name}");
        assert_eq!(hints["idempotentHint"], looks.contains(&word), "{name}");
        assert_eq!(hints["destructiveHint"], word == "cancel", "{name}");
    }
    let output = jsonschema::validator_for(&tools[0]["outputSchema"]).unwrap();
    let create = json!({ "doc_type": "CR", "title": "Pump", "user": "claude" });
    let made = client.call("qms_create", create);
    assert_eq!(made["result"]["isError"], false);
    assert_eq!(made["result"]["content"][0]["type"], "text");
    let refused = client.call("qms_approve", json!({ "doc_id": "CR-001", "user": "qa" }));
    assert_eq!(refused["result"]["isError"], true);
    for answer in [&made, &refused] {
        let structured = &answer["result"]["structuredContent"];
        assert!(output.is_valid(structured), "{structured}");
    }
    assert_eq!(client.end().1, Some(0));
}

/// The end of the input is a normal end, before the first word too.
#[test]
fn the_end_of_the_input_is_the_end() {
    let world = World::new();
    let root = world.root().to_str().unwrap();
    let client = Conversation::start(Path::new("/"), &["--project-root", root], None);
    assert_eq!(client.end(), (Vec::<Value>::new(), Some(0)));
    let client = Conversation::with(&world);
    assert_eq!(client.end().1, Some(0));
}

/// The flag beats the variable, the variable beats the search; what is no project is an error.
///
/// Verifies: REQ-MCP-013
#[test]
fn the_project_is_the_one_that_was_named() {
    let (flagged, named, found) = (World::new(), World::new(), World::new());
    for (world, title) in [(&flagged, "flagged"), (&named, "named"), (&found, "found")] {
        world
            .by("claude", &format!("create CR --title {title}"))
            .done();
    }
    let title = |mut client: Conversation| {
        client.ask(
            "initialize",
            json!({ "protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": { "name": "t", "version": "0" } }),
        );
        client.say(r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#);
        let told = client.call("qms_status", json!({ "doc_id": "CR-001", "user": "qa" }));
        told["result"]["structuredContent"]["data"]["title"].clone()
    };
    let below = found.path("QMS/CR");
    let flag = ["--project-root", flagged.root().to_str().unwrap()];
    let by_flag = Conversation::start(&below, &flag, Some(named.root()));
    assert_eq!(title(by_flag), "flagged");
    let by_variable = Conversation::start(&below, &[], Some(named.root()));
    assert_eq!(title(by_variable), "named");
    assert_eq!(title(Conversation::start(&below, &[], None)), "found");

    let nothing = World::empty();
    let elsewhere = ["--project-root", nothing.root().to_str().unwrap()];
    let refused = Conversation::start(&below, &elsewhere, None);
    assert_eq!(refused.end(), (Vec::new(), Some(1)));
}

/// Standard output belongs to the protocol: what the server says of itself goes to standard error.
///
/// Verifies: REQ-MCP-001
#[test]
fn the_server_says_of_itself_what_it_serves() {
    let world = World::new();
    let mut command = Command::new(env!("CARGO_BIN_EXE_qms"));
    command.arg("mcp").arg("--project-root").arg(world.root());
    let ended = command.stdin(Stdio::null()).output().unwrap();
    assert!(ended.status.success());
    assert!(ended.stdout.is_empty());
    let said = String::from_utf8(ended.stderr).unwrap();
    assert!(said.starts_with("qms mcp: serving "), "{said}");
    command.args(["--dry-run"]);
    let refused = command.stdin(Stdio::null()).output().unwrap();
    assert_eq!(refused.status.code(), Some(2));
}
