//! Somebody is asked again about a text that changed at the version it had: the server that saw the earlier one
//! says what changed.

use qms::mcp::call::Site;
use qms::mcp::identity::Caller;
use serde_json::{Value, json};

use super::client::site;
use crate::common::World;

const COPY: &str = ".claude/users/claude/workspace/CR-001.md";

/// Calls a tool that must do what it is asked, and returns its data.
#[track_caller]
fn done(site: &Site, tool: &str, arguments: Value) -> Value {
    let given = arguments.as_object().unwrap().clone();
    let answered = site.answer(tool, given, &Caller::Beside).unwrap();
    assert!(!answered.is_error, "{tool}: {}", answered.text);
    answered.structured["data"].clone()
}

/// Rita asks for updates; the author takes the plan back, changes a line and asks her anew, at the same version.
fn asked_again(world: &World, first: &Site, second: &Site) {
    let of = |user: &str| json!({ "doc_id": "CR-001", "user": user });
    let mut route = of("claude");
    route["route_type"] = "review".into();
    route["assign"] = json!(["qa", "rita"]);
    world.by("claude", "create CR --title Pump").done();
    let text = world.read(COPY).replace('\r', "") + "One.\nTwo.\nThree.\n";
    world.write(COPY, &text);

    done(first, "qms_route", route.clone());
    let task = done(first, "qms_inbox", of("rita"));
    assert_eq!(
        (&task["unchanged"], &task["diff"]),
        (&json!(false), &Value::Null)
    );
    let mut review = of("rita");
    review["outcome"] = "request-updates".into();
    review["comment"] = "Two is wrong.".into();
    done(first, "qms_review", review);
    done(first, "qms_withdraw", of("claude"));

    done(second, "qms_checkout", of("claude"));
    world.write(COPY, &world.read(COPY).replace("Two.\n", "Zwei.\n"));
    done(second, "qms_route", route);
}

/// What changed at one version since a person judged it is shown by the server that saw the earlier text, and
/// is unknown to one that did not; the text is not written anywhere.
///
/// Verifies: REQ-QRY-005
#[test]
fn what_changed_at_one_version_is_shown_by_the_server_that_saw_it() {
    let world = World::new();
    let server = site(&world);
    asked_again(&world, &server, &server);
    let task = done(
        &server,
        "qms_inbox",
        json!({ "doc_id": "CR-001", "user": "rita" }),
    );
    assert_eq!(
        (&task["version"], &task["unchanged"]),
        (&json!("0.1"), &json!(false))
    );
    let diff = task["diff"].as_str().unwrap();
    let changed: Vec<_> = diff
        .lines()
        .skip(2)
        .filter(|line| line.starts_with(['+', '-']))
        .collect();
    assert_eq!(changed, ["-Two.", "+Zwei."], "{diff}");

    // Qa has judged nothing yet; and another server has not seen what rita judged.
    let task = done(
        &server,
        "qms_inbox",
        json!({ "doc_id": "CR-001", "user": "qa" }),
    );
    assert_eq!(
        (&task["unchanged"], &task["diff"]),
        (&json!(false), &Value::Null)
    );
    let other = done(
        &site(&world),
        "qms_inbox",
        json!({ "doc_id": "CR-001", "user": "rita" }),
    );
    assert_eq!(
        (&other["unchanged"], &other["diff"]),
        (&json!(false), &Value::Null)
    );
    for (path, bytes) in world.files() {
        let text = String::from_utf8_lossy(&bytes);
        assert!(!text.contains("\nTwo.\n"), "{path} keeps the earlier text");
    }
}

/// A text that came in beside the server is remembered where the server has shown it.
///
/// Verifies: REQ-QRY-005
#[test]
fn a_text_is_remembered_once_it_is_shown() {
    for shown in [true, false] {
        let world = World::new();
        let server = site(&world);
        world.by("claude", "create CR --title Pump").done();
        world.by("claude", "checkin CR-001").done();
        if shown {
            done(
                &server,
                "qms_read",
                json!({ "doc_id": "CR-001", "user": "qa", "draft": true }),
            );
        }
        world.by("claude", "checkout CR-001").done();
        let text = world.read(COPY);
        world
            .by("claude", "route CR-001 --review --assign qa rita")
            .done();
        world
            .by("rita", "review CR-001 --request-updates --comment No")
            .done();
        world.by("claude", "withdraw CR-001").done();
        world.by("claude", "checkout CR-001").done();
        world.write(COPY, &(text + "More.\n"));
        world
            .by("claude", "route CR-001 --review --assign qa rita")
            .done();
        let task = done(
            &server,
            "qms_inbox",
            json!({ "doc_id": "CR-001", "user": "rita" }),
        );
        let diff = task["diff"].as_str();
        assert_eq!(
            diff.is_some_and(|diff| diff.contains("\n+More.\n")),
            shown,
            "{task}"
        );
        assert_eq!(task["unchanged"], false);
    }
}
