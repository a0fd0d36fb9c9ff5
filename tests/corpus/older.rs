//! Shapes of older days that the repository's own documents no longer show, put into a copy of it.

use serde_json::{Map, Value, json};

use super::corpus;
use crate::common::{World, assert_same};

/// The line of a seed of older days is read: its time from `timestamp`, what happened from `action` (D-12).
///
/// Verifies: REQ-QRY-003
#[test]
fn the_older_line_of_a_seed_is_read() {
    let Some(world) = corpus() else { return };
    let seed = json!({
        "timestamp": "2026-02-01T08:00:00.123456+00:00",
        "action": "seed",
        "user": "system",
        "details": {"message": "Seeded by init", "version": "1.0", "status": "EFFECTIVE"}
    });
    let line = format!("{seed}\n");
    world.write("QMS/.audit/TEMPLATE/TEMPLATE-SOP.jsonl", &line);
    let before = world.files();
    let answer = world.by("qa", "history TEMPLATE-SOP");
    assert_eq!(answer.err, "");
    assert_eq!(answer.done()["events"], json!([seed]));
    let text = world.text("qa", "history TEMPLATE-SOP");
    assert!(
        text.contains("[2026-02-01T08:00:00.123456+00:00] seed by system - v1.0"),
        "{text}"
    );
    world.by("qa", "status TEMPLATE-SOP").done();
    world.by("qa", "comments TEMPLATE-SOP").done();
    assert_same(&before, &world.files());

    // It goes on after it.
    world.by("claude", "checkout TEMPLATE-SOP").done();
    let trail = world.read("QMS/.audit/TEMPLATE/TEMPLATE-SOP.jsonl");
    assert!(trail.starts_with(&line));
    let line = &world.trail("TEMPLATE", "TEMPLATE-SOP")[1];
    assert_eq!(
        (&line["event"], &line["version"]),
        (&json!("CHECKOUT"), &json!("1.1"))
    );
}

/// Makes SDLC-WFE-RS a reviewed document of older days, with this record of outcomes and these events.
fn reviewed(world: &World, outcomes: Option<Value>, events: &[Value]) {
    let mut meta: Map<String, Value> = world
        .meta("WFE-RS", "SDLC-WFE-RS")
        .as_object()
        .unwrap()
        .clone();
    meta.insert("status".to_owned(), "REVIEWED".into());
    if let Some(outcomes) = outcomes {
        meta.insert("review_outcomes".to_owned(), outcomes);
    }
    let path = "QMS/.meta/WFE-RS/SDLC-WFE-RS.json";
    world.write(path, &serde_json::to_string_pretty(&meta).unwrap());
    let path = "QMS/.audit/WFE-RS/SDLC-WFE-RS.jsonl";
    let mut trail = world.read(path);
    for event in events {
        trail.push_str(&event.to_string());
        trail.push('\n');
    }
    world.write(path, &trail);
}

fn route() -> Value {
    json!({"ts": "2026-03-07T10:00:00+00:00", "event": "ROUTE_REVIEW", "user": "claude", "version": "0.1",
        "assignees": ["qa"], "review_type": "REVIEW"})
}

fn review(user: &str, outcome: &str) -> Value {
    json!({"ts": "2026-03-07T11:00:00+00:00", "event": "REVIEW", "user": user, "version": "0.1",
        "outcome": outcome, "comment": "Read."})
}

/// Where the record does not say what was answered, the trail since the last question does (D-54, R-24).
///
/// Verifies: REQ-WF-005
#[test]
fn answers_that_only_the_trail_has_count() {
    let Some(world) = corpus() else { return };
    reviewed(&world, None, &[route(), review("qa", "RECOMMEND")]);
    let status = world.by("qa", "status SDLC-WFE-RS").done();
    assert_eq!(status["review_outcomes"]["qa"], "RECOMMEND");
    world.by("claude", "route SDLC-WFE-RS --approval").done();
    world.by("qa", "approve SDLC-WFE-RS").done();
    assert_eq!(world.meta("WFE-RS", "SDLC-WFE-RS")["status"], "EFFECTIVE");
}

/// A record that says there are no answers is believed, whatever the trail holds.
///
/// Verifies: REQ-WF-005
#[test]
fn a_record_of_no_answers_is_believed() {
    let Some(world) = corpus() else { return };
    reviewed(
        &world,
        Some(json!({})),
        &[route(), review("qa", "RECOMMEND")],
    );
    world.refused("claude", "route SDLC-WFE-RS --approval", "gate_blocked");
}

/// What was answered before the last question, what asks for changes, and what nobody in quality said do
/// not open the way to approval.
///
/// Verifies: REQ-WF-005
#[test]
fn answers_of_the_trail_are_held_to_the_same_rules() {
    let cases = [
        vec![],
        vec![route()],
        vec![route(), review("qa", "RECOMMEND"), route()],
        vec![route(), review("qa", "UPDATES_REQUIRED")],
        vec![
            route(),
            review("qa", "RECOMMEND"),
            review("qa", "UPDATES_REQUIRED"),
        ],
        vec![
            route(),
            review("qa", "RECOMMEND"),
            review("tu_ui", "UPDATES_REQUIRED"),
        ],
        vec![route(), review("tu_ui", "RECOMMEND")],
    ];
    for events in cases {
        let Some(world) = corpus() else { return };
        reviewed(&world, None, &events);
        world.refused("claude", "route SDLC-WFE-RS --approval", "gate_blocked");
    }
}

/// A task whose title has a colon, unquoted as the earlier tool wrote it, is listed like any other (D-29).
///
/// Verifies: REQ-QRY-005
#[test]
fn an_unquoted_task_is_listed() {
    let Some(world) = corpus() else { return };
    world.write(
        ".claude/users/tu_ui/inbox/task-CR-116-post_review-v1-2.md",
        "---\ntask_id: task-CR-116-post_review-v1-2\ntask_type: REVIEW\nworkflow_type: POST_REVIEW\n\
         doc_id: CR-116\ntitle: Free-form: an exploration # of the \"beach\"\nstatus: IN_POST_REVIEW\n\
         responsible_user: claude\nassigned_by: claude\nassigned_date: 2026-05-04\nversion: 1.2\n---\n\n\
         # REVIEW REQUEST: CR-116\n",
    );
    let before = world.files();
    let answer = world.by("tu_ui", "inbox");
    assert_eq!(answer.err, "");
    let data = answer.done();
    let tasks = data["tasks"].as_array().unwrap();
    assert_eq!(tasks.len(), 1);
    assert_eq!(tasks[0]["doc_id"], "CR-116");
    assert_eq!(tasks[0]["workflow_type"], "POST_REVIEW");
    assert_eq!(
        tasks[0]["title"],
        "Free-form: an exploration # of the \"beach\""
    );
    assert_eq!(tasks[0]["version"], "1.2");
    assert_eq!(tasks[0]["assigned_date"], "2026-05-04");
    assert_same(&before, &world.files());
}

/// Puts other values into the record of CR-116; `null` takes a key away.
fn amend(world: &World, values: &Value) {
    let mut meta = world.meta("CR", "CR-116");
    let object = meta.as_object_mut().unwrap();
    for (key, value) in values.as_object().unwrap() {
        if value.is_null() {
            object.shift_remove(key);
        } else {
            object.insert(key.clone(), value.clone());
        }
    }
    let path = "QMS/.meta/CR/CR-116.json";
    world.write(path, &serde_json::to_string_pretty(&meta).unwrap());
}

/// A draft that is being written after its release is reviewed as work done (A.9).
///
/// Verifies: REQ-META-004
#[test]
fn a_draft_after_release_is_reviewed_as_work_done() {
    let Some(world) = corpus() else { return };
    amend(
        &world,
        &json!({"status": "DRAFT", "execution_phase": "post_release"}),
    );
    world.by("claude", "route CR-116 --review").done();
    assert_eq!(world.meta("CR", "CR-116")["status"], "IN_POST_REVIEW");
    let routed = world.trail("CR", "CR-116").pop().unwrap();
    assert_eq!(routed["review_type"], "POST_REVIEW");
}

/// A phase that the record leaves unsaid follows from its status (B.1).
///
/// Verifies: REQ-META-004
#[test]
fn an_unsaid_phase_follows_from_the_status() {
    let Some(world) = corpus() else { return };
    amend(
        &world,
        &json!({"execution_phase": null, "review_outcomes": null, "checked_out_date": null}),
    );
    let status = world.by("claude", "status CR-116").done();
    assert_eq!(status["execution_phase"], "post_release");
    world.by("claude", "route CR-116 --review").done();
    assert_eq!(world.meta("CR", "CR-116")["status"], "IN_POST_REVIEW");
}

/// Work found taken after its review is a draft again once it is given back (D-04), and nothing that was
/// archived changes (D-05).
///
/// Verifies: REQ-DOC-009
#[test]
fn work_found_taken_after_review_is_a_draft_again() {
    let Some(world) = corpus() else { return };
    amend(
        &world,
        &json!({"status": "POST_REVIEWED", "checked_out": true, "checked_out_date": "2026-02-01",
            "completed_reviewers": ["qa"]}),
    );
    let text = world.read("QMS/CR/CR-116/CR-116-draft.md");
    let more = format!("{text}\nMore.\n");
    world.write(".claude/users/claude/workspace/CR-116.md", &more);
    let before = world.files();
    world.by("claude", "checkin CR-116").done();
    let meta = world.meta("CR", "CR-116");
    assert_eq!(
        (&meta["status"], &meta["execution_phase"]),
        (&json!("DRAFT"), &json!("post_release"))
    );
    assert_eq!(
        (&meta["review_outcomes"], &meta["completed_reviewers"]),
        (&json!({}), &json!([]))
    );
    assert_eq!(world.read("QMS/CR/CR-116/CR-116-draft.md"), more);
    let after = world.files();
    for path in before
        .keys()
        .filter(|path| path.starts_with("QMS/.archive/"))
    {
        assert!(before[path] == after[path], "{path} has changed");
    }
    world.by("claude", "route CR-116 --review").done();
    assert_eq!(world.meta("CR", "CR-116")["status"], "IN_POST_REVIEW");
}

/// A version that lies in the archive outside the folder of its change is found (A.9).
///
/// Verifies: REQ-QRY-001
#[test]
fn a_version_archived_outside_its_folder_is_found() {
    let Some(world) = corpus() else { return };
    world.write("QMS/.archive/CR/CR-056-VAR-001-v0.7.md", "an older text\n");
    let data = world.by("qa", "read CR-056-VAR-001 --version 0.7").done();
    assert_eq!(data["content"], "an older text\n");
    let elsewhere = world.by("qa", "read CR-056-VAR-001 --version 0.1").done();
    assert_eq!(elsewhere["place"], "archive");
}

/// A record of a test's results that was filed under its protocol's type is found there (D-19).
///
/// Verifies: REQ-QRY-001, REQ-QRY-002, REQ-QRY-003
#[test]
fn a_record_filed_under_another_type_is_found() {
    let Some(world) = corpus() else { return };
    let id = "CR-116-TP-001-ER-001";
    let record = world.read("QMS/.meta/CR/CR-116.json").replace("CR-116", id);
    world.write(
        &format!("QMS/.meta/TP/{id}.json"),
        &record.replace("\"CR\"", "\"TP\""),
    );
    let trail = world.read("QMS/.audit/CR/CR-116.jsonl");
    world.write(&format!("QMS/.audit/TP/{id}.jsonl"), &trail);
    world.write(
        &format!("QMS/CR/CR-116/{id}-draft.md"),
        "---\ntitle: Results\n---\n\nSeen.\n",
    );
    let before = world.files();
    let status = world.by("qa", &format!("status {id}")).done();
    assert_eq!(
        (&status["title"], &status["status"]),
        (&json!("Results"), &json!("IN_EXECUTION"))
    );
    let history = world.by("qa", &format!("history {id}")).done();
    assert_eq!(history["events"].as_array().unwrap().len(), 16);
    let text = world.by("qa", &format!("read {id}")).done();
    assert_eq!(text["content"], "---\ntitle: Results\n---\n\nSeen.\n");
    assert_same(&before, &world.files());
}

/// What was retired leaves a record and no text: it answers from the record, and gets no children.
#[test]
fn what_was_retired_answers_from_its_record() {
    let Some(world) = corpus() else { return };
    let text = world.read("QMS/CR/CR-116/CR-116-draft.md");
    amend(&world, &json!({"status": "RETIRED", "version": "2.0"}));
    std::fs::remove_file(world.path("QMS/CR/CR-116/CR-116-draft.md")).unwrap();
    world.write("QMS/.archive/CR/CR-116/CR-116-v2.0.md", &text);
    let before = world.files();
    assert_eq!(world.by("qa", "status CR-116").done()["status"], "RETIRED");
    world.by("qa", "history CR-116").done();
    world.by("qa", "comments CR-116").done();
    world.refused("qa", "read CR-116", "not_found");
    assert_eq!(
        world.by("qa", "read CR-116 --version 2.0").done()["content"],
        text
    );
    world.refused(
        "claude",
        "create VAR --parent CR-116 --title No",
        "parent_state",
    );
    world.refused("claude", "checkout CR-116", "terminal_state");
    assert_same(&before, &world.files());
}

/// The source of an interactive record is no record: neither listed nor closed with the parent (D-33).
#[test]
fn a_source_is_no_record() {
    let Some(world) = corpus() else { return };
    world
        .by("claude", "create VR --parent CR-116 --title Seen")
        .done();
    world.by("claude", "checkin CR-116-VR-001").done();
    let source = world.read("QMS/.meta/VR/CR-096-VR-001.source.json");
    world.write("QMS/.meta/VR/CR-116-VR-001.source.json", &source);
    world.story(
        "claude: route CR-116 --review
         qa: review CR-116 --recommend --comment Done.
         claude: route CR-116 --approval
         qa: approve CR-116
         claude: close CR-116",
    );
    assert_eq!(world.meta("VR", "CR-116-VR-001")["status"], "CLOSED");
    assert!(!world.exists("QMS/.audit/VR/CR-116-VR-001.source.jsonl"));
    assert_eq!(world.read("QMS/.meta/VR/CR-116-VR-001.source.json"), source);
}
