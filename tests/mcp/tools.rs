//! Which tools there are, how they describe themselves, and how they refuse.

use serde_json::{Value, json};

use super::client::{call, done, names, offer, refused, site};
use crate::common::World;
use qms::mcp::identity::Caller;

/// Every tool that is asked for is there, with the parameters that are asked for.
///
/// Verifies: REQ-MCP-002, REQ-MCP-003, REQ-MCP-004, REQ-MCP-005, REQ-MCP-006, REQ-INT-022
#[test]
fn every_tool_takes_what_the_interface_says() {
    let world = World::new();
    let tools = offer(&world);
    let tools = tools.tools();
    let table = [
        ("inbox", "user doc_id? wait_s? since?"),
        ("workspace", "user"),
        ("status", "doc_id user"),
        ("history", "doc_id user"),
        ("read", "doc_id user version? draft? section?"),
        ("comments", "doc_id user version?"),
        ("create", "doc_type title user parent? name? once?"),
        ("checkout", "doc_id user"),
        ("checkin", "doc_id user content? edits? base_sha256?"),
        ("cancel", "doc_id user confirm?"),
        ("route", "doc_id route_type user retire? assign?"),
        ("assign", "doc_id assignees user"),
        ("review", "doc_id outcome user comment seen?"),
        ("approve", "doc_id user seen?"),
        ("withdraw", "doc_id user"),
        ("release", "doc_id user"),
        ("close", "doc_id user"),
        ("fix", "doc_id user"),
        ("reject", "doc_id comment user seen?"),
        ("revert", "doc_id reason user"),
        (
            "interact",
            "doc_id user respond? file? reason? goto? cancel_goto? reopen? progress? compile?",
        ),
        ("explain", "doc_id user action? as?"),
        ("list", "user type? status? owner? blocked?"),
        ("diff", "doc_id user from? to?"),
        ("users", "user may?"),
    ];
    for (name, parameters) in table {
        let name = format!("qms_{name}");
        let (_, told) = tools
            .iter()
            .find(|(tool, _)| tool.name() == name)
            .expect(&name);
        let required = told.input["required"].as_array().unwrap();
        let mut properties = told.input["properties"].as_object().unwrap().clone();
        for term in ["if_version", "if_sha256", "dry_run"] {
            properties.remove(term);
        }
        for word in parameters.split(' ') {
            let parameter = word.trim_end_matches('?');
            let property = properties.remove(parameter);
            let property = property.unwrap_or_else(|| panic!("{name}: no {parameter}"));
            assert!(property["description"].is_string(), "{name}: {parameter}");
            let is_required = required.contains(&json!(parameter));
            assert_eq!(is_required, !word.ends_with('?'), "{name}: {parameter}");
        }
        assert_eq!(
            properties.keys().collect::<Vec<_>>(),
            Vec::<&String>::new(),
            "{name}"
        );
        assert!(
            !told.title.is_empty() && !told.description.contains("--"),
            "{name}"
        );
    }
    assert_eq!(tools.len(), table.len());
}

/// Each type is told with what it needs, each outcome with what it means, and people with who names them.
///
/// Verifies: REQ-MCP-008
#[test]
fn what_the_rules_know_is_told_where_it_is_asked_for() {
    let world = World::new();
    let tools = offer(&world);
    let tools = tools.tools();
    let told = |tool: &str, parameter: &str| {
        let (_, told) = tools.iter().find(|(one, _)| one.name() == tool).unwrap();
        let property = &told.input["properties"][parameter];
        property["description"].as_str().unwrap().to_owned()
    };
    let types = told("qms_create", "doc_type");
    for (word, needs) in [
        ("CR", ""),
        ("VAR", " (needs parent: CR or INV)"),
        ("TEMPLATE", " (needs name)"),
        ("{namespace}-RS", " (one for each namespace)"),
    ] {
        let entry = format!("{word}{needs}");
        let (_, list) = types.split_once(": ").unwrap();
        assert!(list.split("; ").any(|told| told == entry), "{types}");
    }
    let outcomes = told("qms_review", "outcome");
    assert!(
        outcomes.contains("`recommend`: It may go forward."),
        "{outcomes}"
    );
    for (tool, parameter) in [
        ("qms_assign", "assignees"),
        ("qms_route", "assign"),
        ("qms_explain", "as"),
        ("qms_list", "owner"),
    ] {
        let people = told(tool, parameter);
        assert!(people.contains("`qms_users` says who"), "{people}");
    }
}

/// Nothing that sets up a project is a tool.
///
/// Verifies: REQ-MCP-010
#[test]
fn setting_up_is_for_the_command_line() {
    let world = World::new();
    let names = names(&world);
    for word in ["init", "namespace", "user", "migrate", "config", "mcp"] {
        let name = format!("qms_{word}");
        assert!(!names.contains(&name), "{name}");
        let site = site(&world);
        assert_eq!(
            site.answer(&name, serde_json::Map::new(), &Caller::Beside),
            None
        );
    }
}

/// Success, data and refusal are told as data, and the next step is a call.
///
/// Verifies: REQ-MCP-008
#[test]
fn an_answer_needs_no_parsing_and_names_the_next_call() {
    let world = World::new();
    let made = call(
        &world,
        "qms_create",
        json!({ "doc_type": "cr", "title": "Pump", "user": "claude" }),
    );
    assert_eq!(made.structured["data"]["doc_id"], "CR-001");
    assert!(made.text.starts_with("Created: CR-001"), "{}", made.text);
    let allowed = made.structured["next"]["allowed"].as_array().unwrap();
    let route = allowed
        .iter()
        .find(|entry| entry["action"] == "route review")
        .unwrap();
    assert_eq!(route["tool"], "qms_route");
    assert_eq!(
        route["args"],
        json!({ "doc_id": "CR-001", "user": "claude", "route_type": "review" })
    );
    assert!(route.get("command").is_none());
    assert!(route["options"]["assign"].is_array(), "{route}");

    // It is ready to be sent.
    done(&world, "qms_route", route["args"].clone());
    let refusal = refused(
        &world,
        "qms_approve",
        json!({ "doc_id": "cr-001", "user": "qa" }),
        "invalid_transition",
    );
    let allowed = refusal["next"]["allowed"].as_array().unwrap();
    let review = allowed.iter().find(|entry| entry["tool"] == "qms_review");
    let review = review.expect("qa was asked");
    assert_eq!(review["args"]["doc_id"], "CR-001");
    assert_eq!(review["needs"]["comment"], "text");
    let told = done(
        &world,
        "qms_explain",
        json!({ "doc_id": "CR-001", "user": "claude", "as": "qa" }),
    );
    // What another may do is told, not made ready to be sent under their name.
    let other = &told["allowed"][0];
    assert!(other["action"].is_string() && other.get("args").is_none());
}

/// One call gives a reviewer all there is to judge, and the answer as a call that is ready.
///
/// Verifies: REQ-MCP-002, REQ-MCP-008
#[test]
fn one_call_opens_the_only_task() {
    let world = World::new();
    world.by("claude", "create CR --title Pump").done();
    world.by("claude", "route CR-001 --review").done();
    let user = json!({ "user": "qa" });
    let answered = call(&world, "qms_inbox", user).structured;
    let open = &answered["data"]["open"];
    assert_eq!(open["task"], answered["data"]["tasks"][0]);
    assert!(
        open["content"]
            .as_str()
            .unwrap()
            .starts_with("---\ntitle: Pump\n")
    );
    let one = call(
        &world,
        "qms_inbox",
        json!({ "user": "qa", "doc_id": "cr-001" }),
    );
    assert_eq!(
        (&one.structured["data"], &one.structured["next"]),
        (open, &answered["next"])
    );

    let allowed = answered["next"]["allowed"].as_array().unwrap();
    let review = allowed.iter().find(|entry| entry["tool"] == "qms_review");
    let mut arguments = review.unwrap()["args"].clone();
    assert_eq!(arguments, json!({ "doc_id": "CR-001", "user": "qa" }));
    arguments["outcome"] = json!("recommend");
    arguments["comment"] = json!("Fine.");
    arguments["seen"] = open["content_sha256"].clone();
    done(&world, "qms_review", arguments);
    let gone = json!({ "user": "qa", "doc_id": "CR-001" });
    refused(&world, "qms_inbox", gone, "not_found");
    for (id, code) in [
        ("../CR-001", "invalid_argument"),
        ("CR-009", "not_found"),
        (" ", "invalid_argument"),
    ] {
        refused(
            &world,
            "qms_inbox",
            json!({ "user": "qa", "doc_id": id }),
            code,
        );
    }
    let listed = done(&world, "qms_inbox", json!({ "user": "qa", "doc_id": "" }));
    assert_eq!(listed["tasks"], json!([]));
}

/// What is one's own to move on names the next calls.
///
/// Verifies: REQ-MCP-002, REQ-MCP-008
#[test]
fn what_is_ones_own_names_the_next_calls() {
    let world = World::new();
    world.by("claude", "create CR --title Pump").done();
    world.by("claude", "create SOP --title Cleaning").done();
    let listed = done(&world, "qms_inbox", json!({ "user": "claude" }));
    let yours = listed["yours"].as_array().unwrap();
    assert_eq!(yours.len(), 2);
    for own in yours {
        for entry in own["next"]["allowed"].as_array().unwrap() {
            assert_eq!(entry["args"]["doc_id"], own["doc_id"]);
            assert_eq!(entry["args"]["user"], "claude");
            assert!(entry["tool"].as_str().unwrap().starts_with("qms_"));
            assert_eq!(entry.get("command"), None);
        }
    }
    let allowed = yours[0]["next"]["allowed"].as_array().unwrap();
    let route = allowed.iter().find(|entry| entry["tool"] == "qms_route");
    done(&world, "qms_route", route.unwrap()["args"].clone());
    let listed = done(&world, "qms_inbox", json!({ "user": "claude" }));
    assert_eq!(listed["yours"].as_array().unwrap().len(), 1);
}

/// Arguments that are missing, blank, too many or of the wrong kind are refused in the common form.
///
/// Verifies: REQ-MCP-008
#[test]
fn arguments_are_refused_in_the_common_form() {
    let world = World::new();
    world.by("claude", "create CR --title Pump").done();
    let id = "CR-001";
    let cases = [
        ("status", json!({ "user": "claude" }), "usage"),
        (
            "status",
            json!({ "doc_id": null, "user": "claude" }),
            "usage",
        ),
        (
            "status",
            json!({ "doc_id": 7, "user": "claude" }),
            "invalid_argument",
        ),
        (
            "status",
            json!({ "doc_id": "", "user": "claude" }),
            "invalid_argument",
        ),
        (
            "status",
            json!({ "doc_id": id, "user": 7 }),
            "invalid_argument",
        ),
        ("status", json!({ "doc_id": id }), "identity_missing"),
        (
            "status",
            json!({ "doc_id": id, "user": " " }),
            "identity_missing",
        ),
        (
            "status",
            json!({ "doc_id": id, "user": null }),
            "identity_missing",
        ),
        (
            "status",
            json!({ "doc_id": id, "user": "nobody" }),
            "unknown_user",
        ),
        (
            "status",
            json!({ "doc_id": id, "user": "qa", "draft": true }),
            "usage",
        ),
        (
            "status",
            json!({ "doc_id": id, "user": "qa", "dry_run": true }),
            "usage",
        ),
        (
            "create",
            json!({ "doc_type": "CR", "user": "claude" }),
            "usage",
        ),
        (
            "create",
            json!({ "doc_type": "XX", "title": "T", "user": "claude" }),
            "unknown_type",
        ),
        ("route", json!({ "doc_id": id, "user": "claude" }), "usage"),
        (
            "route",
            json!({ "doc_id": id, "user": "claude", "route_type": "sideways" }),
            "invalid_argument",
        ),
        (
            "route",
            json!({ "doc_id": id, "user": "claude", "route_type": "review", "retire": true }),
            "usage",
        ),
        (
            "route",
            json!({ "doc_id": id, "user": "claude", "route_type": "review", "assign": "qa" }),
            "invalid_argument",
        ),
        (
            "route",
            json!({ "doc_id": id, "user": "claude", "route_type": "review", "assign": [1] }),
            "invalid_argument",
        ),
        (
            "assign",
            json!({ "doc_id": id, "user": "qa", "assignees": [] }),
            "invalid_argument",
        ),
        (
            "review",
            json!({ "doc_id": id, "user": "qa", "outcome": "recommend" }),
            "usage",
        ),
        (
            "review",
            json!({ "doc_id": id, "user": "qa", "outcome": "fine", "comment": "c" }),
            "invalid_argument",
        ),
        (
            "review",
            json!({ "doc_id": id, "user": "qa", "outcome": "recommend", "comment": " " }),
            "invalid_argument",
        ),
        ("cancel", json!({ "doc_id": id, "user": "claude" }), "usage"),
        (
            "cancel",
            json!({ "doc_id": id, "user": "claude", "confirm": "yes" }),
            "invalid_argument",
        ),
        (
            "read",
            json!({ "doc_id": id, "user": "qa", "draft": true, "version": "0.1" }),
            "usage",
        ),
        (
            "read",
            json!({ "doc_id": id, "user": "qa", "version": "one" }),
            "invalid_argument",
        ),
        (
            "checkin",
            json!({ "doc_id": id, "user": "claude", "if_version": "9.9" }),
            "stale",
        ),
    ];
    for (tool, arguments, code) in cases {
        refused(&world, &format!("qms_{tool}"), arguments, code);
    }
    // An empty text that is not required counts as absent (R-35).
    done(
        &world,
        "qms_read",
        json!({ "doc_id": id, "user": "qa", "draft": true, "version": "" }),
    );
}

/// Whoever may not do something at the command line may not do it here.
///
/// Verifies: REQ-MCP-009, REQ-MCP-006
#[test]
fn a_tool_permits_what_the_command_permits() {
    let world = World::new();
    world.story(
        "claude: create CR --title Pump
         claude: checkin CR-001",
    );
    let cases = [
        (
            "create",
            json!({ "doc_type": "CR", "title": "T", "user": "qa" }),
            "permission_denied",
        ),
        (
            "route",
            json!({ "doc_id": "CR-001", "user": "bob", "route_type": "review" }),
            "not_owner",
        ),
        (
            "route",
            json!({ "doc_id": "CR-001", "user": "qa", "route_type": "review" }),
            "permission_denied",
        ),
        (
            "fix",
            json!({ "doc_id": "SOP-001", "user": "bob" }),
            "permission_denied",
        ),
        (
            "fix",
            json!({ "doc_id": "SOP-001", "user": "qa" }),
            "permission_denied",
        ),
    ];
    for (tool, arguments, code) in cases {
        refused(&world, &format!("qms_{tool}"), arguments, code);
    }
}

/// Verbs, outcomes and types come from the rules in force; another world's are spoken as well.
///
/// Verifies: REQ-MCP-007
#[test]
fn a_verb_of_other_rules_is_a_tool() {
    let world = World::library();
    let tools = offer(&world);
    let tools = tools.tools();
    let told = |name: &str| {
        let found = tools.iter().find(|(tool, _)| tool.name() == name);
        found.unwrap_or_else(|| panic!("no {name}")).1.clone()
    };
    let create = told("qms_create").input["properties"]["doc_type"].to_string();
    assert!(create.contains("BOOK"), "{create}");
    let inspect = told("qms_inspect").input;
    assert!(
        inspect["properties"]["outcome"]["enum"]
            .to_string()
            .contains("sound")
    );
    assert!(
        inspect["required"].to_string().contains("comment"),
        "{inspect:?}"
    );

    let title = json!({ "doc_type": "book", "title": "Moby Dick", "user": "cleo" });
    assert_eq!(done(&world, "qms_create", title)["doc_id"], "BOOK-0001");
    let text = "---\ntitle: Moby Dick\n---\n\nA whale.\n";
    world.write(".claude/users/cleo/workspace/BOOK-0001.md", text);
    let book = |more: Value| {
        let mut arguments = json!({ "doc_id": "BOOK-0001" });
        for (key, value) in more.as_object().unwrap() {
            arguments[key] = value.clone();
        }
        arguments
    };
    let arrival = book(json!({ "user": "cleo", "variant": "arrival" }));
    done(&world, "qms_present", arrival);
    let people = book(json!({ "user": "kai", "assignees": ["pia"] }));
    done(&world, "qms_invite", people);
    for user in ["pia", "kai"] {
        let verdict = json!({ "user": user, "outcome": "sound", "comment": "Whole." });
        done(&world, "qms_inspect", book(verdict));
    }
    let lost = book(json!({ "user": "cleo", "borrower": "pia" }));
    let lent = done(&world, "qms_lend", lost);
    assert_eq!(lent["doc_id"], "BOOK-0001");
}

/// A judgement says which text it is of; the verbs of other rules that judge take it as well.
///
/// Verifies: REQ-MCP-004
#[test]
fn a_judgement_by_tool_is_of_the_text_that_was_seen() {
    let world = World::library();
    let offer = offer(&world);
    let taking = offer.tools().iter();
    let taking = taking.filter(|(_, told)| told.input["properties"].get("seen").is_some());
    let names: Vec<_> = taking.map(|(tool, _)| tool.name()).collect();
    assert_eq!(
        names,
        ["qms_review", "qms_approve", "qms_reject", "qms_inspect"]
    );

    world.by("cleo", "create BOOK --title Emma").done();
    world.by("cleo", "present BOOK-0001 --arrival").done();
    let verdict = |seen: &str| json!({ "doc_id": "BOOK-0001", "user": "kai", "outcome": "sound", "comment": "Whole.", "seen": seen });
    refused(&world, "qms_inspect", verdict(&"0".repeat(64)), "stale");
    refused(&world, "qms_inspect", verdict("x"), "invalid_argument");
    done(&world, "qms_inspect", verdict(""));

    let world = World::new();
    world.by("claude", "create CR --title Pump").done();
    world.by("claude", "route CR-001 --review").done();
    let verdict = |seen: &str| json!({ "doc_id": "CR-001", "user": "qa", "outcome": "recommend", "comment": "Fine.", "seen": seen });
    refused(&world, "qms_review", verdict(&"0".repeat(64)), "stale");
    let read = json!({ "doc_id": "CR-001", "user": "qa" });
    let seen = done(&world, "qms_read", read);
    let seen = seen["content_sha256"].as_str().unwrap();
    done(&world, "qms_review", verdict(seen));
}

/// What is changed in the rules beside the server is seen by the next call; broken rules are said to be so.
#[test]
fn rules_are_read_anew_for_each_call() {
    let world = World::library();
    let site = site(&world);
    let count = site.offer().tools().len();
    world.write("qms.d/workflows/broken.kdl", "workflow {");
    let user = json!({ "user": "ada" });
    let answered = site.answer(
        "qms_inbox",
        user.as_object().unwrap().clone(),
        &Caller::Beside,
    );
    let answered = answered.unwrap().structured;
    assert_eq!(answered["error"]["code"], "definitions_invalid");
    assert!(site.offer().tools().len() < count);
}
