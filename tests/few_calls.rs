//! What a program would otherwise have to ask for again, guess or read files for, is in the first answer.

use crate::common::World;
use qms::model::digest::sha256;
use serde_json::{Value, json};

const COPY: &str = ".claude/users/claude/workspace/SOP-008.md";

/// What of the data of a dry run the real run gives too.
fn real(mut data: Value) -> Value {
    let keys = data.as_object_mut().unwrap();
    assert_eq!(keys.remove("dry_run"), Some(json!(true)));
    assert!(keys.remove("plan").is_some());
    data
}

fn is_copy(world: &World, path: &str, data: &Value) {
    let text = world.read(path);
    assert_eq!(data["content"], text);
    assert_eq!(data["content_sha256"], sha256(text.as_bytes()));
}

/// Whoever creates or takes a document has its text in the answer, as it lies in the workspace, and a
/// dry run tells the same.
///
/// Verifies: REQ-MCP-008
#[test]
fn the_copy_comes_with_the_answer() {
    let world = World::new();
    for line in ["create SOP --title Cleaning", "checkout SOP-008"] {
        let shown = world.by("claude", &format!("{line} --dry-run")).done();
        let done = world.by("claude", line).done();
        assert_eq!(real(shown), done, "{line}");
        is_copy(&world, COPY, &done);

        world.write(COPY, "---\ntitle: Cleaning\n---\n\nScrub — twice.\r\n");
        let given = world.by("claude", "checkin SOP-008").done();
        let stored = world.read("QMS/SOP/SOP-008-draft.md");
        assert_eq!(given["content_sha256"], sha256(stored.as_bytes()));
    }
    // What is taken out of the frontmatter is not in what is stored.
    world.by("claude", "checkout SOP-008").done();
    world.write(COPY, "---\ntitle: Cleaning\nstatus: DRAFT\n---\n\nScrub.\n");
    let shown = world.by("claude", "checkin SOP-008 --dry-run").done();
    let given = world.by("claude", "checkin SOP-008").done();
    let stored = "---\ntitle: Cleaning\n---\n\nScrub.\n";
    assert_eq!(given["content_sha256"], sha256(stored.as_bytes()));
    assert_eq!(real(shown), given);
}

/// A copy that lies there already, as it would be written, is told all the same.
#[test]
fn a_copy_that_lies_there_already_is_told() {
    let world = World::new();
    world.by("claude", "create SOP --title Cleaning").done();
    let text = world.read(COPY);
    world.by("claude", "checkin SOP-008").done();
    world.write(COPY, &text);
    let taken = world.by("claude", "checkout SOP-008").done();
    is_copy(&world, COPY, &taken);
}

/// A person is not shown a text that lies at hand.
#[test]
fn a_person_is_told_where_the_copy_lies() {
    let world = World::new();
    let told = world.text("claude", "create SOP --title Cleaning");
    assert!(told.contains(COPY), "{told}");
    assert!(!told.contains("---"), "{told}");
    world.by("claude", "checkin SOP-008").done();
    let told = world.text("claude", "checkout SOP-008");
    assert!(told.contains(COPY), "{told}");
    assert!(!told.contains("---"), "{told}");
}

/// Bytes that are no text have a digest, and no content.
#[test]
fn what_is_no_text_has_a_digest_alone() {
    let world = World::new();
    let bytes = b"---\ntitle: Cleaning\n---\n\n\xff\xfe\n";
    std::fs::write(world.path("QMS/SOP/SOP-001.md"), bytes).unwrap();
    let taken = world.by("claude", "checkout SOP-001").done();
    assert_eq!(taken["content_sha256"], sha256(bytes));
    assert_eq!(taken.get("content"), None);
}

/// Where answers are given, there is no text to hand out.
///
/// Verifies: REQ-INT-007
#[test]
fn a_session_is_no_copy() {
    let world = World::inspected();
    let line = "create VR --parent CR-001 --title Tight";
    let shown = world.by("claude", &format!("{line} --dry-run")).done();
    let made = world.by("claude", line).done();
    assert_eq!(real(shown), made);
    assert_eq!(made.get("content"), None);
    assert_eq!(made.get("content_sha256"), None);
}

/// The act that a refusal says was done already; null where it says nothing of the kind.
#[track_caller]
fn already(world: &World, user: &str, line: &str, code: &str) -> Value {
    let told = world.refused(user, line, code);
    let dry = world.refused(user, &format!("{line} --dry-run"), code);
    assert_eq!(told, dry, "a dry run tells the same");
    let already = told["facts"]["already"].clone();
    let hint = told["hint"].as_str().unwrap_or_default();
    assert_eq!(
        hint.starts_with("you did this on "),
        already.is_object(),
        "{told}"
    );
    already
}

/// Whoever does again what they have done is told so, whatever it was.
///
/// Verifies: REQ-MCP-008
#[test]
fn what_was_done_already_is_said_to_be_done() {
    let world = World::new();
    world.by("claude", "create CR --title Pump").done();
    let steps = [
        ("claude", "checkin CR-001", "not_checked_out", "CHECKIN 0.1"),
        ("claude", "checkout CR-001", "checked_out", "CHECKOUT 0.1"),
        (
            "claude",
            "route CR-001 --review --assign qa rita",
            "invalid_transition",
            "ROUTE_REVIEW 0.1",
        ),
        (
            "claude",
            "withdraw CR-001",
            "invalid_transition",
            "WITHDRAW 0.1",
        ),
        (
            "claude",
            "route CR-001 --review --assign qa rita",
            "invalid_transition",
            "ROUTE_REVIEW 0.1",
        ),
        (
            "qa",
            "review CR-001 --recommend --comment Good",
            "not_assigned",
            "REVIEW 0.1",
        ),
        (
            "rita",
            "review CR-001 --recommend --comment Fine",
            "not_assigned",
            "REVIEW 0.1",
        ),
        (
            "claude",
            "route CR-001 --approval",
            "invalid_transition",
            "ROUTE_APPROVAL 0.1",
        ),
        (
            "qa",
            "reject CR-001 --comment No",
            "not_assigned",
            "REJECT 0.1",
        ),
        (
            "claude",
            "route CR-001 --approval",
            "invalid_transition",
            "ROUTE_APPROVAL 0.1",
        ),
        ("qa", "approve CR-001", "not_assigned", "APPROVE 0.1"),
        (
            "claude",
            "release CR-001",
            "invalid_transition",
            "RELEASE 1.0",
        ),
    ];
    for (user, line, code, event) in steps {
        world.by(user, line).done();
        let told = already(&world, user, line, code);
        let shown = format!("{} {}", word(&told["event"]), word(&told["version"]));
        assert_eq!(shown, event, "{line}");
        assert_eq!(told["ts"], "2026-03-14T12:00:00+00:00");
    }
}

fn word(value: &Value) -> &str {
    value.as_str().unwrap_or("?")
}

/// What was recorded is told with it; who answered first is told so when all have answered, too.
#[test]
fn what_was_recorded_is_told_again() {
    let world = World::new();
    world.story(
        "claude: create CR --title Pump
         claude: route CR-001 --review --assign qa rita
         qa: review CR-001 --recommend --comment Good",
    );
    let line = "review CR-001 --request-updates --comment \"On second thought\"";
    let told = already(&world, "qa", line, "not_assigned");
    assert_eq!(told["comment"], "Good");
    assert_eq!(told["outcome"], "RECOMMEND");
    let hint = |line: &str| {
        let error = world.refused("qa", line, "not_assigned");
        error["hint"].as_str().unwrap_or_default().to_owned()
    };
    assert!(hint(line).ends_with("what you say now is not recorded"));
    let same = "review CR-001 --recommend --comment Good";
    assert!(hint(same).ends_with("nothing more is needed"));
    world
        .by("rita", "review CR-001 --recommend --comment Fine")
        .done();
    let told = already(&world, "qa", line, "not_assigned");
    assert_eq!(told["comment"], "Good");
    // What was taken back was not done.
    world.by("claude", "checkout CR-001").done();
    let told = world.refused("qa", same, "not_assigned");
    assert!(told["facts"]["already"].is_null(), "{told}");
}

/// Whoever has not done it, or has to do it anew, is not told that nothing is needed.
#[test]
fn what_was_not_done_is_not_said_to_be_done() {
    let world = World::new();
    world.story(
        "claude: create CR --title Pump
         claude: route CR-001 --review --assign qa rita
         qa: review CR-001 --recommend --comment Good",
    );
    let line = "review CR-001 --recommend --comment Fine";
    assert!(already(&world, "rolf", line, "not_assigned").is_null());
    assert!(already(&world, "qa", "approve CR-001", "not_assigned").is_null());
    assert!(already(&world, "bob", "route CR-001 --review", "not_owner").is_null());
    world
        .by("rita", "review CR-001 --request-updates --comment Name")
        .done();
    // Routed before, but the answers ask for more than to route again.
    let again = "route CR-001 --review";
    assert!(already(&world, "claude", again, "invalid_transition").is_null());
    let forward = "route CR-001 --approval";
    assert!(already(&world, "claude", forward, "gate_blocked").is_null());

    // Another round, in which qa is not asked.
    world.story(
        "claude: checkout CR-001
         claude: route CR-001 --review --assign rita",
    );
    assert!(already(&world, "qa", line, "not_assigned").is_null());
}

/// Two ways to be routed that the trail calls by one name are told apart.
#[test]
fn to_approve_is_not_to_retire() {
    let world = World::new();
    world.story(
        "claude: checkout SOP-001
         claude: route SOP-001 --review
         qa: review SOP-001 --recommend --comment Good
         claude: route SOP-001 --approval",
    );
    let (approval, retirement) = ("route SOP-001 --approval", "route SOP-001 --retire");
    let code = "invalid_transition";
    assert!(already(&world, "claude", approval, code).is_object());
    assert!(already(&world, "claude", retirement, code).is_null());
    world.by("claude", "withdraw SOP-001").done();
    world.by("claude", retirement).done();
    assert!(already(&world, "claude", approval, code).is_null());
    assert!(already(&world, "claude", retirement, code).is_object());
}

/// Everybody who is known is told with what their group may do, what it inherits included.
///
/// Verifies: REQ-SEC-002
#[test]
fn everybody_is_told_with_what_they_may_do() {
    let world = World::new();
    let told = world.by("rita", "users").done();
    let users = told["users"].as_array().unwrap();
    let may = |name: &str, verb: &str| {
        let user = users.iter().find(|user| user["name"] == name).unwrap();
        user["may"].as_array().unwrap().contains(&json!(verb))
    };
    let names: Vec<_> = users.iter().map(|user| word(&user["name"])).collect();
    let listed = world.by("rita", "user --list").done();
    let mut known: Vec<_> = listed["users"].as_array().unwrap().iter().collect();
    known.sort_by_key(|user| word(&user["name"]).to_owned());
    let known: Vec<_> = known.iter().map(|user| word(&user["name"])).collect();
    assert_eq!(names, known);

    assert!(may("claude", "fix") && may("claude", "create") && may("bob", "create"));
    assert!(!may("bob", "fix") && !may("rita", "assign") && may("qa", "assign"));
    assert!(may("rita", "read") && may("rita", "approve") && !may("claude", "approve"));
    for user in users {
        let verbs = user["may"].as_array().unwrap();
        let mut once = verbs.clone();
        once.dedup();
        assert_eq!(*verbs, once);
    }
    let text = world.text("rita", "users");
    assert_eq!(text.lines().count(), users.len());
    let line = "rita    reviewer       review, approve, reject, read, ";
    assert!(text.contains(line), "{text}");
}

/// Only those who may do something are told, where that is asked; and a verb nobody knows is no verb.
///
/// Verifies: REQ-SEC-007
#[test]
fn whoever_may_do_something_is_found() {
    let world = World::new();
    let told = world.by("claude", "users --for approve").done();
    let users = told["users"].as_array().unwrap();
    let names: Vec<_> = users.iter().map(|user| word(&user["name"])).collect();
    assert_eq!(names, ["qa", "rita", "rolf"]);
    let told = world.refused("claude", "users --for aprove", "invalid_argument");
    assert_eq!(told["hint"], "did you mean `approve`?");
    world.refused("claude", "users --for \"\"", "invalid_argument");
    world.refused("nobody", "users", "unknown_user");
    world.qms("users").refused("identity_missing");
}
