//! A text that is given back by edits: what is not meant beyond doubt changes nothing.

use qms::model::digest::sha256;
use serde_json::{Value, json};

use super::client::{call, done, names, refused};
use crate::common::{World, assert_same};

const COPY: &str = ".claude/users/claude/workspace/SOP-008.md";
const TEXT: &str = "---\ntitle: Cleaning\n---\n\nScrub — twice.\nRinse twice.\n\naaa\n";

/// A procedure that `claude` holds, with a text in the workspace.
fn held() -> World {
    let world = World::new();
    world.by("claude", "create SOP --title Cleaning").done();
    world.write(COPY, TEXT);
    world
}

fn edit(old: &str, new: &str) -> Value {
    json!({ "old": old, "new": new })
}

fn checkin(user: &str, edits: Value) -> Value {
    json!({
        "doc_id": "SOP-008",
        "user": user,
        "edits": edits,
        "base_sha256": sha256(TEXT.as_bytes()),
    })
}

#[track_caller]
fn error(world: &World, arguments: Value, code: &str) -> Value {
    refused(world, "qms_checkin", arguments, code)["error"].clone()
}

/// Edits are made one after the other, and the project is as if the copy had been edited by hand.
///
/// Verifies: REQ-MCP-003, REQ-MCP-007
#[test]
fn edits_are_made_to_the_copy_in_turn() {
    let (typed, called) = (held(), held());
    let text = TEXT
        .replace("Scrub — twice", "Brush — once")
        .replace("Rinse", "Wash");
    typed.write(COPY, &text);
    let by_hand = typed.by("claude", "checkin SOP-008").done();

    // The second is made to what the first leaves.
    let edits = json!([
        edit("Scrub — twice", "Scrub — once"),
        edit("Scrub — once", "Brush — once"),
        edit("Rinse", "Wash"),
    ]);
    let mut shown = checkin("claude", edits.clone());
    shown["dry_run"] = json!(true);
    let before = called.files();
    let shown = done(&called, "qms_checkin", shown);
    assert_same(&before, &called.files());
    let given = done(&called, "qms_checkin", checkin("claude", edits));
    assert_eq!(given, by_hand);
    assert_eq!(given["content_sha256"], sha256(text.as_bytes()));
    assert_eq!(shown["content_sha256"], given["content_sha256"]);
    assert_same(&typed.files(), &called.files());
    assert_eq!(called.qms("verify").status, 0);
}

/// What was handed out is what edits are made to, without a look at any file.
///
/// Verifies: REQ-MCP-008
#[test]
fn an_edit_takes_two_calls() {
    let world = held();
    world.by("claude", "checkin SOP-008").done();
    let id = json!({ "doc_id": "SOP-008", "user": "claude" });
    let taken = done(&world, "qms_checkout", id.clone());
    let mut edits = id;
    edits["edits"] = json!([edit("Rinse twice.\n", "")]);
    edits["base_sha256"] = json!(taken["content_sha256"].as_str().unwrap().to_uppercase());
    done(&world, "qms_checkin", edits);
    let stored = world.read("QMS/SOP/SOP-008-draft.md");
    assert_eq!(stored, TEXT.replace("Rinse twice.\n", ""));
}

/// A place that is not the only one is not guessed at; nothing is changed, the edits before it included.
///
/// Verifies: REQ-MCP-008
#[test]
fn an_edit_must_be_meant_beyond_doubt() {
    let world = held();
    let first = edit("Scrub", "Brush");
    for (old, occurrences) in [
        ("twice", 2),
        ("aa", 2), // one within the other
        ("a", 4),
        ("nowhere", 0),
        ("Scrub", 0), // the edit before took it away
        ("Scrub —  twice", 0),
        ("Rinse twice.\r\n", 0),
    ] {
        let edits = json!([first, edit(old, "x")]);
        let told = error(&world, checkin("claude", edits), "invalid_argument");
        assert_eq!(told["facts"]["index"], 1, "{old}");
        assert_eq!(told["facts"]["occurrences"], occurrences, "{old}: {told}");
        assert!(told["hint"].is_string(), "{told}");
    }
    // Edits that overlap: what the first wrote is text like any other.
    let edits = json!([
        edit("Scrub — twice", "twice twice"),
        edit("Rinse twice", "x")
    ]);
    done(&world, "qms_checkin", checkin("claude", edits));
}

/// Edits that are none are refused before anything is looked at.
///
/// Verifies: REQ-MCP-008
#[test]
fn edits_are_checked_as_arguments() {
    let world = held();
    let one = json!([edit("Scrub", "Brush")]);
    let with = |key: &str, value: Value| {
        let mut arguments = checkin("claude", one.clone());
        arguments[key] = value;
        arguments
    };
    for (arguments, code) in [
        (with("base_sha256", json!(null)), "usage"),
        (with("base_sha256", json!("")), "usage"),
        (with("edits", json!(null)), "usage"),
        (with("content", json!(TEXT)), "usage"),
        (with("base_sha256", json!("1234")), "invalid_argument"),
        (
            with("base_sha256", json!("x".repeat(64))),
            "invalid_argument",
        ),
        (with("edits", json!([])), "invalid_argument"),
        (with("edits", json!("Scrub")), "invalid_argument"),
        (
            with("edits", json!({ "old": "Scrub", "new": "" })),
            "invalid_argument",
        ),
        (with("edits", json!(["Scrub"])), "invalid_argument"),
        (with("edits", json!([null])), "invalid_argument"),
        (
            with("edits", json!([["Scrub", "Brush"]])),
            "invalid_argument",
        ),
        (
            with("edits", json!([{ "old": "Scrub" }])),
            "invalid_argument",
        ),
        (
            with("edits", json!([{ "old": 1, "new": "" }])),
            "invalid_argument",
        ),
        (
            with("edits", json!([{ "old": "Scrub", "new": null }])),
            "invalid_argument",
        ),
        (
            with("edits", json!([{ "old": "Scrub", "new": "", "all": true }])),
            "invalid_argument",
        ),
        (with("edits", json!([edit("", "x")])), "invalid_argument"),
        (
            with("edits", json!(vec![edit("Scrub", "x"); 1001])),
            "invalid_argument",
        ),
    ] {
        error(&world, arguments, code);
    }
    let told = error(
        &world,
        with("edits", json!([edit("a", "b"), { "old": 1, "new": "" }])),
        "invalid_argument",
    );
    assert_eq!(told["message"], "`edits[1].old` must be a text");
}

/// Edits to another text than lies there are refused, with what lies there.
///
/// Verifies: REQ-MCP-008
#[test]
fn edits_to_another_text_are_stale() {
    let world = held();
    let changed = TEXT.replace("Rinse", "Wash");
    world.write(COPY, &changed);
    let edits = json!([edit("Scrub", "Brush")]);
    let told = error(&world, checkin("claude", edits.clone()), "stale");
    assert_eq!(told["facts"]["content_sha256"], sha256(changed.as_bytes()));

    // Whoever holds nothing learns nothing of what another holds.
    let told = error(&world, checkin("bob", edits.clone()), "not_owner");
    assert_eq!(told["facts"].get("content_sha256"), None);
    error(&world, checkin("qa", edits.clone()), "permission_denied");

    // A lost copy is not made good by edits, nor is one that was never taken.
    std::fs::remove_file(world.path(COPY)).unwrap();
    error(&world, checkin("claude", edits.clone()), "not_checked_out");
    world.write(COPY, TEXT);
    world.by("claude", "checkin SOP-008").done();
    error(&world, checkin("claude", edits), "not_checked_out");
}

/// What edits make of a text is checked as a text of one's own is: its frontmatter, its size, its letters.
///
/// Verifies: REQ-MCP-003
#[test]
fn what_edits_make_must_be_a_text() {
    let world = held();
    for new in ["\0", &"x".repeat(16 * 1024 * 1024)] {
        let edits = json!([edit("Scrub", new)]);
        error(&world, checkin("claude", edits), "invalid_argument");
    }
    let edits = json!([edit("---\ntitle", "title")]);
    error(&world, checkin("claude", edits), "invalid_argument");

    // Five megabytes are a text like any other.
    let edits = json!([edit("Scrub", &"x".repeat(5 * 1024 * 1024))]);
    done(&world, "qms_checkin", checkin("claude", edits));
    let stored = world.read("QMS/SOP/SOP-008-draft.md");
    assert!(stored.len() > 5 * 1024 * 1024);
}

/// What is written by answering is not edited.
///
/// Verifies: REQ-INT-007
#[test]
fn answers_are_not_edited() {
    let world = World::inspected();
    world.story("claude: create VR --parent CR-001 --title Tight");
    let mut edits = checkin("claude", json!([edit("interact", "x")]));
    edits["doc_id"] = json!("CR-001-VR-001");
    let told = error(&world, edits, "invalid_argument");
    assert!(told["message"].as_str().unwrap().contains("by answering"));
}

/// A client is told what an edit is.
///
/// Verifies: REQ-MCP-003
#[test]
fn the_schema_says_what_an_edit_is() {
    let world = World::new();
    assert!(names(&world).contains(&"qms_checkin".to_owned()));
    let tools = super::client::offer(&world);
    let tools = tools.tools();
    let (_, told) = tools
        .iter()
        .find(|(tool, _)| tool.name() == "qms_checkin")
        .unwrap();
    let schema = Value::Object(told.input.clone());
    let edits = &schema["properties"]["edits"];
    assert_eq!(edits["type"], "array");
    assert_eq!(edits["items"]["type"], "object");
    assert_eq!(edits["items"]["required"], json!(["old", "new"]));
    assert_eq!(edits["items"]["additionalProperties"], false);
    let schema = jsonschema::validator_for(&schema).unwrap();
    assert!(schema.is_valid(&checkin("claude", json!([edit("a", "b")]))));
    assert!(!schema.is_valid(&checkin("claude", json!([{ "old": "a" }]))));
}

/// Of two who send the same edits at once, one is told that they are made, the other that they were.
#[test]
fn the_same_edits_are_made_once() {
    let world = held();
    let edits = checkin("claude", json!([edit("twice.\n\n", "twice.\n\nDry.\n")]));
    let answers: Vec<Value> = std::thread::scope(|scope| {
        let calls: Vec<_> = (0..4)
            .map(|_| scope.spawn(|| call(&world, "qms_checkin", edits.clone()).structured))
            .collect();
        calls.into_iter().map(|call| call.join().unwrap()).collect()
    });
    let (made, refused): (Vec<_>, Vec<_>) = answers
        .into_iter()
        .partition(|answer| answer["success"] == true);
    assert_eq!((made.len(), refused.len()), (1, 3));
    for answer in refused {
        assert_eq!(answer["error"]["code"], "not_checked_out", "{answer}");
        let already = &answer["error"]["facts"]["already"];
        assert_eq!(already["event"], "CHECKIN", "{answer}");
    }
    let stored = world.read("QMS/SOP/SOP-008-draft.md");
    assert_eq!(stored.matches("Dry.").count(), 1);
}
