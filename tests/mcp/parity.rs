//! The same story, told at the command line and by tools, leaves the same project behind.

use serde_json::{Value, json};

use super::client::{call, done, refused};
use crate::common::{World, assert_same};

const INSPECTION: &str = include_str!("../interview/inspection.md");
const RECORD: &str = "CR-001-VR-001";

/// A command line, and the call that does the same.
type Step = (&'static str, &'static str, &'static str, Value);

fn twice(steps: Vec<Step>) -> (World, World) {
    let (typed, called) = (World::new(), World::new());
    for world in [&typed, &called] {
        world.write("QMS/TEMPLATE/TEMPLATE-VR.md", INSPECTION);
    }
    for (user, line, tool, mut arguments) in steps {
        arguments["user"] = json!(user);
        let answered = typed.by(user, line);
        let mut made = done(&called, &format!("qms_{tool}"), arguments);
        let mut data = answered.done();
        for data in [&mut data, &mut made] {
            // Ready to send in either face, so not in the same words; news are those of one project.
            if let Some(told) = data.as_object_mut() {
                told.remove("allowed");
                told.remove("news");
            }
            let yours = data.get_mut("yours").and_then(Value::as_array_mut);
            for own in yours.into_iter().flatten() {
                own["next"]["allowed"].take();
            }
        }
        assert_eq!(data, made, "{line}");
    }
    assert_same(&typed.files(), &called.files());
    (typed, called)
}

/// A change from creation to closure, with an interview, and every question asked on the way.
///
/// Verifies: REQ-MCP-007, REQ-INT-022
#[test]
fn a_life_by_tools_is_a_life_by_commands() {
    let id = || json!({ "doc_id": "CR-001" });
    let route = |way: &str| json!({ "doc_id": "CR-001", "route_type": way });
    let review =
        |comment: &str| json!({ "doc_id": "CR-001", "outcome": "recommend", "comment": comment });
    twice(vec![
        (
            "claude",
            "create CR --title Pump",
            "create",
            json!({ "doc_type": "CR", "title": "Pump" }),
        ),
        ("claude", "workspace", "workspace", json!({})),
        ("claude", "checkin CR-001", "checkin", id()),
        (
            "claude",
            "checkout cr-001",
            "checkout",
            json!({ "doc_id": "cr-001" }),
        ),
        (
            "claude",
            "route CR-001 --review --assign qa rita",
            "route",
            json!({ "doc_id": "CR-001", "route_type": "review", "assign": ["qa", "rita"] }),
        ),
        (
            "qa",
            "assign CR-001 --assignees rolf",
            "assign",
            json!({ "doc_id": "CR-001", "assignees": ["rolf"] }),
        ),
        ("rolf", "inbox", "inbox", json!({})),
        ("claude", "inbox", "inbox", json!({})),
        (
            "rolf",
            "inbox cr-001",
            "inbox",
            json!({ "doc_id": "cr-001" }),
        ),
        (
            "rolf",
            "read CR-001 --section \"1. PURPOSE\"",
            "read",
            json!({ "doc_id": "CR-001", "section": "1. PURPOSE" }),
        ),
        (
            "qa",
            "review CR-001 --recommend --comment Good",
            "review",
            review("Good"),
        ),
        (
            "rita",
            "review CR-001 --recommend --comment Fine",
            "review",
            review("Fine"),
        ),
        (
            "rolf",
            "review CR-001 --request-updates --comment \"Name the pump\"",
            "review",
            json!({ "doc_id": "CR-001", "outcome": "request-updates", "comment": "Name the pump" }),
        ),
        ("claude", "comments CR-001", "comments", id()),
        ("claude", "inbox", "inbox", json!({})),
        ("claude", "checkout CR-001", "checkout", id()),
        ("claude", "route CR-001 --review", "route", route("review")),
        ("claude", "withdraw CR-001", "withdraw", id()),
        ("claude", "route CR-001 --review", "route", route("review")),
        (
            "qa",
            "review CR-001 --recommend --comment Good",
            "review",
            review("Good"),
        ),
        (
            "claude",
            "route CR-001 --approval",
            "route",
            route("approval"),
        ),
        (
            "qa",
            "reject CR-001 --comment \"Not yet\"",
            "reject",
            json!({ "doc_id": "CR-001", "comment": "Not yet" }),
        ),
        (
            "claude",
            "route CR-001 --approval",
            "route",
            route("approval"),
        ),
        ("qa", "approve CR-001", "approve", id()),
        ("claude", "release CR-001", "release", id()),
        (
            "claude",
            "create VR --parent CR-001 --title Tight",
            "create",
            json!({ "doc_type": "VR", "parent": "CR-001", "title": "Tight" }),
        ),
        (
            "claude",
            "interact CR-001-VR-001",
            "interact",
            json!({ "doc_id": RECORD }),
        ),
        (
            "claude",
            "interact CR-001-VR-001 --respond \"The new seal\"",
            "interact",
            json!({ "doc_id": RECORD, "respond": "The new seal" }),
        ),
        (
            "claude",
            "interact CR-001-VR-001 --progress",
            "interact",
            json!({ "doc_id": RECORD, "progress": true }),
        ),
        (
            "claude",
            "explain CR-001 close",
            "explain",
            json!({ "doc_id": "CR-001", "action": "close" }),
        ),
        ("claude", "status CR-001", "status", id()),
        ("qa", "history CR-001", "history", id()),
        ("qa", "read CR-001", "read", id()),
        (
            "qa",
            "diff CR-001 --from 0.1 --to 1.0",
            "diff",
            json!({ "doc_id": "CR-001", "from": "0.1", "to": "1.0" }),
        ),
        ("qa", "list --type CR", "list", json!({ "type": "CR" })),
        ("qa", "users", "users", json!({})),
        (
            "qa",
            "users --for review",
            "users",
            json!({ "may": "review" }),
        ),
        ("claude", "route CR-001 --review", "route", route("review")),
        (
            "qa",
            "review CR-001 --recommend --comment Done",
            "review",
            review("Done"),
        ),
        (
            "claude",
            "revert CR-001 --reason \"One more\"",
            "revert",
            json!({ "doc_id": "CR-001", "reason": "One more" }),
        ),
        ("claude", "route CR-001 --review", "route", route("review")),
        (
            "qa",
            "review CR-001 --recommend --comment Done",
            "review",
            review("Done"),
        ),
        (
            "claude",
            "route CR-001 --approval",
            "route",
            route("approval"),
        ),
        ("qa", "approve CR-001", "approve", id()),
        ("claude", "close CR-001", "close", id()),
        ("lead", "fix SOP-001", "fix", json!({ "doc_id": "SOP-001" })),
        (
            "claude",
            "create CR --title Gone",
            "create",
            json!({ "doc_type": "CR", "title": "Gone" }),
        ),
        (
            "claude",
            "checkin CR-002 --dry-run",
            "checkin",
            json!({ "doc_id": "CR-002", "dry_run": true }),
        ),
        (
            "claude",
            "checkin CR-002",
            "checkin",
            json!({ "doc_id": "CR-002" }),
        ),
        (
            "claude",
            "cancel CR-002 --confirm",
            "cancel",
            json!({ "doc_id": "CR-002", "confirm": true }),
        ),
    ]);
}

/// The text of an answer, and what it quotes, is what the command line prints.
///
/// Verifies: REQ-MCP-007
#[test]
fn the_text_is_what_the_command_line_prints() {
    let world = World::new();
    world.story(
        "claude: create CR --title Pump
         claude: route CR-001 --review --assign qa rita claude
         qa: review CR-001 --recommend --comment \"Good, and done.\"
         rita: review CR-001 --recommend --comment Fine",
    );
    let all = || json!({ "user": "claude" });
    let one = || json!({ "doc_id": "CR-001", "user": "claude" });
    for (line, tool, arguments) in [
        ("inbox CR-001", "qms_inbox", one()),
        ("status CR-001", "qms_status", one()),
        ("read CR-001", "qms_read", one()),
        ("diff CR-001", "qms_diff", one()),
        ("comments CR-001", "qms_comments", one()),
        ("history CR-001", "qms_history", one()),
        ("list", "qms_list", all()),
        ("inbox", "qms_inbox", all()),
    ] {
        let answered = call(&world, tool, arguments);
        let mut printed = answered.text;
        for quote in &answered.quotes {
            let (_, words) = quote.split_once("\n\n").expect("a label");
            printed.push_str(words);
        }
        // An agent has nothing else at hand: its inbox brings the task and the text as well, after all that a
        // person reads.
        let typed = world.text("claude", line);
        let printed = if line.starts_with("inbox") {
            printed
                .get(..typed.len())
                .expect("more than a person reads")
        } else {
            &printed
        };
        assert_eq!(printed, typed, "{line}");
    }
}

/// A text handed in with the call is taken in as the copy would have been.
///
/// Verifies: REQ-MCP-003
#[test]
fn a_text_that_is_handed_in_is_taken_in_like_a_copy() {
    const COPY: &str = ".claude/users/claude/workspace/SOP-008.md";
    let text = "---\ntitle: Cleaning\n---\n\nScrub — twice.\n";
    let (typed, called) = (World::new(), World::new());
    for world in [&typed, &called] {
        world.by("claude", "create SOP --title Cleaning").done();
    }
    typed.write(COPY, text);
    typed.by("claude", "checkin SOP-008").done();
    let arguments = json!({ "doc_id": "SOP-008", "user": "claude", "content": text });
    done(&called, "qms_checkin", arguments.clone());
    assert_same(&typed.files(), &called.files());

    // What is not checked out cannot be handed in, and a lost copy stands in nobody's way.
    refused(&called, "qms_checkin", arguments.clone(), "not_checked_out");
    done(
        &called,
        "qms_checkout",
        json!({ "doc_id": "SOP-008", "user": "claude" }),
    );
    let broken = json!({ "doc_id": "SOP-008", "user": "claude", "content": "no frontmatter" });
    refused(&called, "qms_checkin", broken, "invalid_argument");
    std::fs::remove_file(called.path(COPY)).unwrap();
    done(&called, "qms_checkin", arguments);
    assert_eq!(called.read("QMS/SOP/SOP-008-draft.md"), text);
    let found = called.qms("verify");
    assert_eq!(found.status, 0, "{}", found.json);
}
