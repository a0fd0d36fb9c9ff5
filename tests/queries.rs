//! Looking: what may be read, and what it says.

use std::ffi::OsString;
use std::fs;

use crate::common::{World, assert_same, noon};
use chrono::{DateTime, Duration, Utc};
use qms::cli::{Streams, run};
use qms::model::digest::sha256;
use serde_json::{Value, json};

/// Approves a document as it stands, review and all.
fn approve(world: &World, id: &str) {
    for (user, line) in [
        ("claude", format!("route {id} --review")),
        ("qa", format!("review {id} --recommend --comment Fine")),
        ("claude", format!("route {id} --approval")),
        ("qa", format!("approve {id}")),
    ] {
        world.by(user, &line).done();
    }
}

/// Takes a document, writes a text, and gives it back.
fn write(world: &World, id: &str, body: &str) -> String {
    let copy = format!(".claude/users/claude/workspace/{id}.md");
    if !world.exists(&copy) {
        world.by("claude", &format!("checkout {id}")).done();
    }
    let text = text(body);
    world.write(&copy, &text);
    world.by("claude", &format!("checkin {id}")).done();
    text
}

fn text(body: &str) -> String {
    format!("---\ntitle: Cleaning\nrevision_summary: First\n---\n\n{body}\n")
}

fn read(world: &World, words: &str) -> Value {
    world.by("rita", &format!("read {words}")).done()
}

/// Runs a command some minutes later than all others.
fn minutes_later(world: &World, clock: fn() -> DateTime<Utc>, user: &str, line: &str) {
    let mut words: Vec<OsString> = ["qms", "--json", "--user", user]
        .map(OsString::from)
        .to_vec();
    words.extend(line.split(' ').map(OsString::from));
    words.extend(["--project-root".into(), world.root().into()]);
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut streams = Streams {
        out: &mut out,
        err: &mut err,
        is_terminal: false,
        input: None,
    };
    let status = run(words, clock, &mut streams).status;
    assert_eq!(status, 0, "{}", String::from_utf8_lossy(&out));
}

fn one_later() -> DateTime<Utc> {
    noon() + Duration::minutes(1)
}

fn two_later() -> DateTime<Utc> {
    noon() + Duration::minutes(2)
}

// ── Reading ──────────────────────────────────────────────────────────────

/// The text in force, the draft, and every version that is kept can be read, byte for byte.
///
/// Verifies: REQ-QRY-001
#[test]
fn every_version_of_a_text_can_be_read() {
    let world = World::new();
    world.story("claude: create SOP --title Cleaning");
    let first = write(&world, "SOP-008", "One, with \"quotes\" and 🦀.\r\n\ttab");
    let data = read(&world, "SOP-008");
    assert_eq!(
        (&data["version"], &data["place"]),
        (&json!("0.1"), &json!("draft"))
    );
    assert_eq!(data["content"], first.as_str());
    approve(&world, "SOP-008");
    let second = write(&world, "SOP-008", "Two");

    let data = read(&world, "SOP-008");
    assert_eq!(
        (&data["version"], &data["place"]),
        (&json!("1.0"), &json!("issued"))
    );
    assert_eq!(data["content"], first.as_str());
    let data = read(&world, "SOP-008 --draft");
    assert_eq!(
        (&data["version"], &data["place"]),
        (&json!("1.1"), &json!("draft"))
    );
    assert_eq!(data["content"], second.as_str());
    assert_eq!(data["content_sha256"], sha256(second.as_bytes()));
    assert_eq!(
        data["other"],
        json!([
            { "version": "1.0", "place": "issued" },
            { "version": "0.1", "place": "archive" }
        ])
    );
    let data = read(&world, "SOP-008 --version 0.1");
    assert_eq!(
        (&data["version"], &data["place"]),
        (&json!("0.1"), &json!("archive"))
    );
    assert_eq!(data["content"], first.as_str());

    approve(&world, "SOP-008");
    assert_eq!(read(&world, "SOP-008")["content"], second.as_str());
    for (version, text) in [
        ("0.1", &first),
        ("1.0", &first),
        ("1.1", &second),
        ("2.0", &second),
    ] {
        let data = read(&world, &format!("sop-008 --version {version}"));
        assert_eq!(data["content"], text.as_str(), "{version}");
    }
}

/// A version that is still in its place can be asked for by its number too.
///
/// Verifies: REQ-QRY-001
#[test]
fn the_present_version_can_be_read_by_its_number() {
    let world = World::new();
    world.story("claude: create SOP --title Cleaning");
    write(&world, "SOP-008", "One");
    assert_eq!(read(&world, "SOP-008 --version 0.1")["place"], "draft");
    approve(&world, "SOP-008");
    assert_eq!(read(&world, "SOP-008 --version 1.0")["place"], "issued");
    world.story("claude: checkout SOP-008");
    assert_eq!(read(&world, "SOP-008 --version 1.0")["place"], "issued");
    assert_eq!(read(&world, "SOP-008 --version 1.1")["place"], "draft");
}

/// What is not there is not found, and nothing else is read in its stead.
///
/// Verifies: REQ-QRY-001
#[test]
fn what_is_not_there_is_not_read() {
    let world = World::new();
    world.story("claude: create SOP --title Cleaning");
    for line in [
        "read SOP-009",
        "read NOPE-001",
        "read SOP-001 --draft",
        "read SOP-001 --version 0.1",
        "read SOP-008 --version 1.0",
    ] {
        world.refused("rita", line, "not_found");
    }
    for line in [
        "read SOP-001 --version one",
        "read SOP-001 --version 1",
        "read ../SOP-001",
    ] {
        world.refused("rita", line, "invalid_argument");
    }
    world.refused("rita", "read SOP-001 --draft --version 1.0", "usage");
}

/// A retired document has no text in force, but each of its versions can be read.
///
/// Verifies: REQ-QRY-001
#[test]
fn a_retired_document_is_read_by_version() {
    let world = World::new();
    world.story("claude: create SOP --title Cleaning");
    let first = write(&world, "SOP-008", "One");
    approve(&world, "SOP-008");
    let second = write(&world, "SOP-008", "Two");
    world.story(
        "claude: route SOP-008 --review
         qa: review SOP-008 --recommend --comment Fine
         claude: route SOP-008 --retire
         qa: approve SOP-008",
    );
    let error = world.refused("rita", "read SOP-008", "not_found");
    assert!(
        error["hint"].as_str().unwrap().contains("--version"),
        "{error}"
    );
    world.refused("rita", "read SOP-008 --draft", "not_found");
    for (version, text) in [
        ("0.1", &first),
        ("1.0", &first),
        ("1.1", &second),
        ("2.0", &second),
    ] {
        let data = read(&world, &format!("SOP-008 --version {version}"));
        assert_eq!(data["content"], text.as_str(), "{version}");
    }
    for line in ["status SOP-008", "history SOP-008", "comments SOP-008"] {
        world.by("rita", line).done();
    }
}

/// A person reads the text itself, and nothing around it.
///
/// Verifies: REQ-QRY-001
#[test]
fn a_person_reads_the_text_and_nothing_else() {
    let world = World::new();
    world.story("claude: create SOP --title Cleaning");
    let written = write(&world, "SOP-008", "# Räder 🦀");
    assert_eq!(world.text("qa", "read SOP-008"), written);
}

// ── Status ───────────────────────────────────────────────────────────────

/// The status of a document says all that its record does, and its title.
///
/// Verifies: REQ-QRY-002
#[test]
fn the_status_says_all_there_is() {
    let world = World::new();
    world.story("claude: create CR --title \"A: change\"");
    let data = world.by("rita", "status CR-001").done();
    for (key, value) in [
        ("doc_id", json!("CR-001")),
        ("title", json!("A: change")),
        ("doc_type", json!("CR")),
        ("version", json!("0.1")),
        ("status", json!("DRAFT")),
        ("executable", json!(true)),
        ("execution_phase", json!("pre_release")),
        ("responsible_user", json!("claude")),
        ("checked_out", json!(true)),
        ("checked_out_date", json!("2026-03-14")),
        ("effective_version", Value::Null),
        ("pending_assignees", json!([])),
        ("review_outcomes", json!({})),
        ("workflow_type", Value::Null),
        ("path", json!("QMS/CR/CR-001/CR-001-draft.md")),
    ] {
        assert_eq!(data.get(key), Some(&value), "{key}");
    }
    world.story(
        "claude: route CR-001 --review --assign qa rita
         qa: review CR-001 --request-updates --comment Unclear",
    );
    let data = world.by("rita", "status cr-001").done();
    for (key, value) in [
        ("status", json!("IN_PRE_REVIEW")),
        ("checked_out", json!(false)),
        ("checked_out_date", Value::Null),
        ("pending_assignees", json!(["rita"])),
        ("review_outcomes", json!({ "qa": "UPDATES_REQUIRED" })),
        ("workflow_type", json!("PRE_REVIEW")),
    ] {
        assert_eq!(data[key], value, "{key}");
    }
}

/// A document in force has nobody responsible, and says which version is in force.
///
/// Verifies: REQ-QRY-002
#[test]
fn the_status_of_what_is_in_force() {
    let world = World::new();
    let data = world.by("rita", "status SOP-001").done();
    for (key, value) in [
        ("status", json!("EFFECTIVE")),
        ("version", json!("1.0")),
        ("effective_version", json!("1.0")),
        ("executable", json!(false)),
        ("execution_phase", Value::Null),
        ("responsible_user", Value::Null),
        ("checked_out", json!(false)),
        ("path", json!("QMS/SOP/SOP-001.md")),
    ] {
        assert_eq!(data.get(key), Some(&value), "{key}");
    }
    let text = world.text("rita", "status SOP-001");
    for line in ["SOP-001", "1.0", "EFFECTIVE", "SOP", "False", "N/A"] {
        assert!(text.contains(line), "{line}: {text}");
    }
    world.refused("rita", "status SOP-404", "not_found");
}

// ── History and comments ─────────────────────────────────────────────────

/// The history is the whole trail, as it is stored, oldest first.
///
/// Verifies: REQ-QRY-003
#[test]
fn the_history_is_the_whole_trail_in_order() {
    let world = World::new();
    world.story("claude: create SOP --title Cleaning");
    approve(&world, "SOP-008");
    let data = world.by("rita", "history SOP-008").done();
    assert_eq!(data["doc_id"], "SOP-008");
    assert_eq!(data["events"], Value::Array(world.trail("SOP", "SOP-008")));
    assert_eq!(data["events"].as_array().unwrap().len(), 12);

    let text = world.text("rita", "history SOP-008");
    let mut rest = text.as_str();
    for event in [
        "CREATE by claude - v0.1",
        "\"Cleaning\"",
        "CHECKIN by claude - v0.1",
        "ROUTE_REVIEW by claude",
        "qa",
        "REVIEW by qa - v0.1",
        "RECOMMEND",
        "Fine",
        "ROUTE_APPROVAL by claude",
        "APPROVE by qa - v0.1",
        "EFFECTIVE by qa - v1.0",
    ] {
        let Some((_, after)) = rest.split_once(event) else {
            panic!("`{event}` does not come next in:\n{text}");
        };
        rest = after;
    }
    assert!(text.contains("[2026-03-14T12:00:00+00:00]"), "{text}");
}

/// Lines of the earlier tool are told too, whatever keys they have.
///
/// Verifies: REQ-QRY-003
#[test]
fn the_history_tells_old_lines_too() {
    let world = World::new();
    world.story(
        "claude: create SOP --title Cleaning
         claude: checkin SOP-008",
    );
    let old = "{\"timestamp\": \"2026-01-02T03:04:05.678901+00:00\", \"action\": \"seed\", \"user\": \"system\", \"details\": {\"version\": \"1.0\"}}\n\
               {\"ts\": \"2026-01-02T03:04:05.678901\", \"event\": \"CREATE\", \"user\": \"claude\", \"version\": \"0.1\", \"comment\": \"old\"}\n";
    world.write("QMS/.audit/SOP/SOP-008.jsonl", old);
    let data = world.by("rita", "history SOP-008").done();
    let events = data["events"].as_array().unwrap();
    assert_eq!(events.len(), 2);
    assert_eq!(events[0]["action"], "seed");
    assert_eq!(events[1]["comment"], "old");
    let text = world.text("rita", "history SOP-008");
    assert!(
        text.contains("[2026-01-02T03:04:05.678901+00:00] seed by system"),
        "{text}"
    );
    world.refused("rita", "history SOP-404", "not_found");
}

/// The comments are those of reviews and rejections, all of them or those of one version.
///
/// Verifies: REQ-QRY-004
#[test]
fn comments_are_those_of_reviews_and_rejections() {
    let world = World::new();
    world.story(
        "claude: create SOP --title Cleaning
         claude: route SOP-008 --review --assign qa rita
         rita: review SOP-008 --recommend --comment One
         qa: review SOP-008 --recommend --comment Two
         claude: route SOP-008 --approval
         qa: reject SOP-008 --comment Three
         claude: route SOP-008 --approval
         qa: approve SOP-008
         claude: checkout SOP-008
         claude: route SOP-008 --review
         qa: review SOP-008 --request-updates --comment Four",
    );
    let comments = |words: &str| -> Vec<String> {
        let data = world
            .by("rolf", &format!("comments SOP-008 {words}"))
            .done();
        assert_eq!(data["doc_id"], "SOP-008");
        let comments = data["comments"].as_array().unwrap().iter();
        comments
            .map(|event| {
                let word = |key: &str| event[key].as_str().unwrap().to_owned();
                format!(
                    "{} {} {}: {}",
                    word("version"),
                    word("event"),
                    word("user"),
                    word("comment")
                )
            })
            .collect()
    };
    let first = [
        "0.1 REVIEW rita: One",
        "0.1 REVIEW qa: Two",
        "0.1 REJECT qa: Three",
    ];
    assert_eq!(comments("--version 0.1"), first);
    assert_eq!(comments("--version 1.1"), ["1.1 REVIEW qa: Four"]);
    assert_eq!(comments("--version 1.0"), Vec::<String>::new());
    assert_eq!(comments("").len(), 4);
    assert_eq!(comments("")[..3], first);
    let data = world.by("rolf", "comments SOP-008").done();
    let stored = world.trail("SOP", "SOP-008");
    assert!(stored.contains(&data["comments"][2]), "as stored");
    world.refused("rolf", "comments SOP-008 --version x", "invalid_argument");
    let text = world.text("rolf", "comments SOP-008 --version 0.1");
    assert!(
        text.contains("--- [v0.1] rita (RECOMMEND) - 2026-03-14T12:00:00+00:00 ---\nOne"),
        "{text}"
    );
    assert!(
        world
            .text("rolf", "comments SOP-001")
            .contains("No comments found.")
    );
}

/// Comments are read while a review is still open (D-28).
///
/// Verifies: REQ-QRY-004
#[test]
fn comments_are_seen_while_others_still_review() {
    let world = World::new();
    world.story(
        "claude: create SOP --title Cleaning
         claude: route SOP-008 --review --assign qa rita
         rita: review SOP-008 --recommend --comment One",
    );
    let data = world.by("qa", "comments SOP-008").done();
    assert_eq!(data["comments"][0]["comment"], "One");
}

/// A section is read by its heading, with all beneath it; the digest is that of the whole text.
///
/// Verifies: REQ-QRY-001
#[test]
fn a_section_is_read_by_its_heading() {
    let world = World::new();
    world.by("claude", "create SOP --title Cleaning").done();
    let body = "# Cleaning\n\n## 1. **Purpose**\n\nWhy.\n\n```\n## 2. Steps\nnone\n```\n\n\
                ### Detail ##\n\nHow.\n\n## 2. Steps\n\nScrub.\n\n## steps\n\nAgain.\n";
    let whole = write(&world, "SOP-008", body);
    let read = |heading: &str| read(&world, &format!("SOP-008 --section \"{heading}\""));
    let found = read("2. Steps");
    assert_eq!(found["content"], "## 2. Steps\n\nScrub.\n\n");
    assert_eq!(found["section"], "2. Steps");
    assert_eq!(found["content_sha256"], sha256(whole.as_bytes()));
    let purpose =
        "## 1. **Purpose**\n\nWhy.\n\n```\n## 2. Steps\nnone\n```\n\n### Detail ##\n\nHow.\n\n";
    for name in ["1. Purpose", "1. **Purpose**", "1. PURPOSE", " 1. purpose "] {
        assert_eq!(read(name)["content"], purpose, "{name}");
        assert_eq!(read(name)["section"], "1. Purpose", "{name}");
    }
    assert_eq!(read("Steps")["content"], "## steps\n\nAgain.\n\n");
    let shown = world.text("rita", "read SOP-008 --section \"2. Steps\"");
    assert_eq!(shown, "## 2. Steps\n\nScrub.\n\n");
    let plain = world.by("rita", "read SOP-008").done();
    assert!(plain.get("section").is_none());
}

/// A heading that is not there is not found, and those that are there are named.
///
/// Verifies: REQ-QRY-001
#[test]
fn a_heading_that_is_not_there_is_not_found() {
    let world = World::new();
    world.by("claude", "create SOP --title Cleaning").done();
    write(&world, "SOP-008", "# Purpose\n\n## `Steps`\n");
    let words = |heading: &str| {
        let words = ["--user", "rita", "read", "SOP-008", "--section", heading];
        words.map(str::to_owned)
    };
    let error = world.words(&words("Purposes")).refused("not_found");
    assert_eq!(error["facts"]["sections"], json!(["Purpose", "Steps"]));
    assert_eq!(error["hint"], "did you mean `Purpose`?");
    let error = world.words(&words("zzz")).refused("not_found");
    assert_eq!(error["hint"], "it has: Purpose, Steps");
    for name in ["# Purpose", "Purpose\\", "../SOP-001", &"x".repeat(10_000)] {
        world.words(&words(name)).refused("not_found");
    }
    for name in ["", "  ", "Purpose\n", "Pur\npose", "\u{7}"] {
        world.words(&words(name)).refused("invalid_argument");
    }
    write(&world, "SOP-008", "No headings.");
    let error = world.words(&words("Purpose")).refused("not_found");
    assert_eq!(error["hint"], "it has no headings");
}

// ── Inbox and workspace ──────────────────────────────────────────────────

/// The inbox lists one's own tasks, each with its kind, its document and its day.
///
/// Verifies: REQ-QRY-005
#[test]
fn the_inbox_lists_ones_own_tasks() {
    let world = World::new();
    assert!(world.text("qa", "inbox").contains("Inbox is empty"));
    world.story(
        "claude: create SOP --title \"Cleaning: one\"
         claude: create CR --title Change
         claude: route SOP-008 --review --assign qa rita
         claude: route CR-001 --review
         rita: review SOP-008 --recommend --comment Fine
         qa: review SOP-008 --recommend --comment Fine
         claude: route SOP-008 --approval",
    );
    let data = world.by("qa", "inbox").done();
    assert_eq!(data["user"], "qa");
    let task = |id: &str, kind: &str, stage: &str, doc_id: &str, title: &str| {
        json!({
            "task_id": id, "task_type": kind, "workflow_type": stage, "doc_id": doc_id,
            "title": title, "version": "0.1", "assigned_by": "claude",
            "assigned_date": "2026-03-14", "path": format!(".claude/users/qa/inbox/{id}.md"),
        })
    };
    assert_eq!(
        data["tasks"],
        json!([
            task(
                "task-CR-001-pre_review-v0-1",
                "REVIEW",
                "PRE_REVIEW",
                "CR-001",
                "Change"
            ),
            task(
                "task-SOP-008-approval-v0-1",
                "APPROVAL",
                "APPROVAL",
                "SOP-008",
                "Cleaning: one"
            ),
        ])
    );
    assert_eq!(world.by("rita", "inbox").done()["tasks"], json!([]));
    let text = world.text("qa", "inbox");
    for words in [
        "[REVIEW] CR-001",
        "[APPROVAL] SOP-008",
        "2026-03-14",
        "From: claude",
    ] {
        assert!(text.contains(words), "{words}: {text}");
    }
}

/// A task file that cannot be read is named in a warning; the others are listed. Those of the earlier
/// tool, written without quotes, are read.
///
/// Verifies: REQ-QRY-005
#[test]
fn an_unreadable_task_is_a_warning() {
    let world = World::new();
    world.story(
        "claude: create SOP --title Cleaning
         claude: route SOP-008 --review",
    );
    world.write(".claude/users/qa/inbox/task-bad.md", "no task at all");
    world.write(
        ".claude/users/qa/inbox/task-SOP-001-review-v1-1.md",
        "---\ntask_id: task-SOP-001-review-v1-1\ntask_type: REVIEW\nworkflow_type: REVIEW\n\
         doc_id: SOP-001\ntitle: Old: with a colon\nassigned_by: claude\nassigned_date: 2026-01-02\n\
         version: 1.1\n---\n\n# Task\n",
    );
    let answer = world.by("qa", "inbox");
    assert_eq!(answer.status, 0);
    let shown = answer.json.to_string();
    assert!(shown.contains("task-bad.md"), "{shown}");
    let data = answer.done();
    let tasks = data["tasks"].as_array().unwrap();
    let titles: Vec<_> = tasks
        .iter()
        .map(|task| task["title"].as_str().unwrap())
        .collect();
    assert_eq!(titles, ["Old: with a colon", "Cleaning"]);
    assert_eq!(tasks[0]["version"], "1.1");
    assert_eq!(tasks[0]["assigned_date"], "2026-01-02");
}

/// The workspace lists the documents that one has checked out oneself, and where the copies are.
///
/// Verifies: REQ-QRY-006
#[test]
fn the_workspace_lists_what_one_has_checked_out() {
    let world = World::new();
    assert!(
        world
            .text("claude", "workspace")
            .contains("Workspace is empty")
    );
    world.story(
        "claude: create SOP --title Cleaning
         claude: create CR --title Change
         bob: create CR --title Bobs
         claude: checkout SOP-001
         claude: checkin CR-001",
    );
    let data = world.by("claude", "workspace").done();
    let document = |id: &str, title: &str, version: &str| {
        json!({
            "doc_id": id, "title": title, "version": version, "status": "DRAFT",
            "path": format!(".claude/users/claude/workspace/{id}.md"),
        })
    };
    let title = data["documents"][0]["title"].as_str().unwrap();
    assert_eq!(data["user"], "claude");
    assert_eq!(
        data["documents"],
        json!([
            document("SOP-001", title, "1.1"),
            document("SOP-008", "Cleaning", "0.1")
        ])
    );
    let data = world.by("bob", "workspace").done();
    assert_eq!(data["documents"].as_array().unwrap().len(), 1);
    assert_eq!(data["documents"][0]["doc_id"], "CR-002");
    assert_eq!(world.by("qa", "workspace").done()["documents"], json!([]));
    let text = world.text("claude", "workspace");
    assert!(text.contains("SOP-008") && text.contains("DRAFT"), "{text}");
}

// ── Lists and differences ────────────────────────────────────────────────

fn listed(world: &World, words: &str) -> Vec<String> {
    let data = world.by("rita", &format!("list {words}")).done();
    let documents = data["documents"].as_array().unwrap().iter();
    documents
        .map(|document| document["doc_id"].as_str().unwrap().to_owned())
        .collect()
}

/// A list can be narrowed by type, status and owner, alone and together.
///
/// Verifies: REQ-QRY-002
#[test]
fn a_list_is_narrowed_by_type_status_and_owner() {
    let world = World::new();
    world.story(
        "lead: namespace add LAB
         claude: create LAB-RS --title Needs
         claude: create CR --title Change
         bob: create CR --title Bobs
         bob: create SOP --title Cleaning
         bob: route SOP-008 --review",
    );
    let sorted = |words: &str| {
        let mut ids = listed(&world, words);
        ids.sort();
        ids
    };
    assert_eq!(sorted("--type CR"), ["CR-001", "CR-002"]);
    let planted: Vec<_> = (1..=7).map(|number| format!("SOP-{number:03}")).collect();
    let all = [planted.clone(), vec!["SOP-008".to_owned()]].concat();
    assert_eq!(sorted("--type sop"), all);
    assert_eq!(sorted("--type LAB-RS"), ["SDLC-LAB-RS"]);
    assert_eq!(sorted("--owner bob"), ["CR-002", "SOP-008"]);
    assert_eq!(sorted("--owner bob --type CR"), ["CR-002"]);
    assert_eq!(sorted("--status in_review"), ["SOP-008"]);
    assert_eq!(sorted("--status EFFECTIVE --type SOP"), planted);
    assert_eq!(sorted("--type INV"), Vec::<String>::new());
    assert!(sorted("").len() > 12);
    let data = world.by("rita", "list --status IN_REVIEW").done();
    assert_eq!(
        data["documents"][0],
        json!({
            "doc_id": "SOP-008", "doc_type": "SOP", "title": "Cleaning", "version": "0.1",
            "status": "IN_REVIEW", "responsible_user": "bob", "pending_assignees": ["qa"],
        })
    );
}

/// A list begins with what was last touched.
///
/// Verifies: REQ-QRY-002
#[test]
fn a_list_begins_with_the_newest_activity() {
    let world = World::new();
    world.story(
        "claude: create CR --title First
         claude: create CR --title Second
         claude: create CR --title Third",
    );
    minutes_later(&world, one_later, "claude", "checkin CR-003");
    minutes_later(&world, two_later, "claude", "checkin CR-001");
    assert_eq!(listed(&world, "--type CR"), ["CR-001", "CR-003", "CR-002"]);
}

/// A document whose record is damaged does not hide the others.
///
/// Verifies: REQ-QRY-002
#[test]
fn a_damaged_record_does_not_hide_the_others() {
    let world = World::new();
    world.story(
        "claude: create CR --title First
         claude: create CR --title Second",
    );
    world.write("QMS/.meta/CR/CR-001.json", "{ not json");
    let answer = world.by("rita", "list --type CR");
    assert!(
        answer.json.to_string().contains("QMS/.meta/CR/CR-001.json"),
        "{}",
        answer.json
    );
    assert_eq!(listed(&world, "--type CR"), ["CR-002"]);
    let before = world.files();
    let error = world.by("rita", "status CR-001");
    assert_eq!(error.status, 3);
    let _ = error.refused("integrity");
    assert_same(&before, &world.files());
}

/// What nobody may move on is listed as blocked.
///
/// Verifies: REQ-QRY-002
#[test]
fn what_nobody_may_move_on_is_blocked() {
    let world = World::new();
    world.story("bob: create SOP --title Cleaning");
    for (user, line) in [
        ("bob", "route SOP-008 --review"),
        ("qa", "review SOP-008 --recommend --comment Fine"),
        ("bob", "route SOP-008 --approval"),
        ("qa", "approve SOP-008"),
        ("bob", "checkout SOP-008"),
        ("bob", "route SOP-008 --review --assign rita"),
    ] {
        world.by(user, line).done();
    }
    assert_eq!(listed(&world, "--blocked"), Vec::<String>::new());
    for gone in ["bob", "rita"] {
        fs::remove_file(world.path(&format!(".claude/agents/{gone}.md"))).unwrap();
    }
    let data = world.by("qa", "list --blocked").done();
    assert_eq!(data["documents"].as_array().unwrap().len(), 1);
    assert_eq!(data["documents"][0]["doc_id"], "SOP-008");
}

/// A difference is between the last approved version and the present text, or between those named.
///
/// Verifies: REQ-QRY-001
#[test]
fn a_difference_is_from_the_last_approved_version() {
    let world = World::new();
    world.story("claude: create SOP --title Cleaning");
    write(&world, "SOP-008", "one\ntwo");
    let data = world.by("qa", "diff SOP-008").done();
    assert_eq!((&data["from"], &data["to"]), (&Value::Null, &json!("0.1")));
    assert!(
        data["diff"].as_str().unwrap().contains("\n+two\n"),
        "{data}"
    );
    approve(&world, "SOP-008");
    write(&world, "SOP-008", "one\nthree");
    let data = world.by("qa", "diff SOP-008").done();
    assert_eq!((&data["from"], &data["to"]), (&json!("1.0"), &json!("1.1")));
    let difference = data["diff"].as_str().unwrap();
    assert!(
        difference.contains("\n one\n-two\n+three\n"),
        "{difference}"
    );
    assert!(
        difference.starts_with("--- ") && difference.contains("\n+++ "),
        "{difference}"
    );
    let data = world.by("qa", "diff SOP-008 --from 0.1 --to 1.0").done();
    assert_eq!(data["diff"], "");
    let data = world.by("qa", "diff SOP-008 --from 1.1 --to 0.1").done();
    assert!(
        data["diff"].as_str().unwrap().contains("\n-three\n+two\n"),
        "{data}"
    );
    world.refused("qa", "diff SOP-008 --from 3.0", "not_found");
}
