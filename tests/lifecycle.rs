//! The life of documents, from the command line to the disk (REQ-WF).

use std::fs;

use crate::common::World;
use crate::lives::{HELD, amend, change, close, procedure, release, says, tasks, world};
use serde_json::{Value, json};

/// Returns the status on record.
#[track_caller]
fn status(world: &World, doc_type: &str, id: &str) -> String {
    let meta = world.meta(doc_type, id);
    meta["status"].as_str().unwrap().to_owned()
}

/// Returns the trail's lines from the given one on, as `EVENT version`.
#[track_caller]
fn events_since(world: &World, doc_type: &str, id: &str, known: usize) -> Vec<String> {
    world.events(doc_type, id).split_off(known)
}

/// Returns the moves that a trail tells, as `FROM TO` words.
#[track_caller]
fn moves(world: &World, doc_type: &str, id: &str) -> Vec<String> {
    let trail = world.trail(doc_type, id);
    let moves = trail
        .iter()
        .filter(|event| event["event"] == "STATUS_CHANGE");
    moves
        .map(|event| {
            format!(
                "{} {}",
                event["from_status"].as_str().unwrap(),
                event["to_status"].as_str().unwrap()
            )
        })
        .collect()
}

/// Replaces the text of the copy that `claude` holds.
#[track_caller]
fn edit(world: &World, id: &str, words: &str) -> String {
    let text = format!("---\ntitle: A new pump\n---\n\n{words}\n");
    world.write(&format!(".claude/users/claude/workspace/{id}.md"), &text);
    text
}

/// Checks that words were told, both to a program and to a person.
#[track_caller]
fn tells(answer: &crate::common::Answer, words: &str) {
    let messages = answer.json["messages"].to_string();
    assert!(messages.contains(words), "`{words}` is not in: {messages}");
}

// ── The machine ──────────────────────────────────────────────────────────────

/// Every action by whoever could do it, `ID` standing for the document.
const ACTIONS: [(&str, &str, &str); 15] = [
    ("checkout", "claude", "checkout ID"),
    ("checkin", "claude", "checkin ID"),
    ("route review", "claude", "route ID --review"),
    ("route approval", "claude", "route ID --approval"),
    ("route retirement", "claude", "route ID --retire"),
    ("assign", "qa", "assign ID --assignees rita"),
    ("review", "qa", "review ID --recommend --comment Fine."),
    (
        "review against",
        "qa",
        "review ID --request-updates --comment No.",
    ),
    ("approve", "qa", "approve ID"),
    ("reject", "qa", "reject ID --comment No."),
    ("withdraw", "claude", "withdraw ID"),
    ("release", "claude", "release ID"),
    ("revert", "claude", "revert ID --reason More."),
    ("close", "claude", "close ID"),
    ("fix", "lead", "fix ID"),
];

/// The ways of a change: station, and where each action leads from it. What is not here is refused.
const WAYS_OF_A_CHANGE: [(&str, &[(&str, &str)]); 13] = [
    (
        HELD,
        &[("checkin", "DRAFT"), ("route review", "IN_PRE_REVIEW")],
    ),
    (
        "DRAFT",
        &[("checkout", "DRAFT"), ("route review", "IN_PRE_REVIEW")],
    ),
    (
        "IN_PRE_REVIEW",
        &[
            ("checkout", "DRAFT"),
            ("assign", "IN_PRE_REVIEW"),
            ("review", "PRE_REVIEWED"),
            ("review against", "PRE_REVIEWED"),
            ("withdraw", "DRAFT"),
        ],
    ),
    (
        "PRE_REVIEWED",
        &[
            ("checkout", "PRE_REVIEWED"),
            ("route approval", "IN_PRE_APPROVAL"),
        ],
    ),
    (
        "IN_PRE_APPROVAL",
        &[
            ("checkout", "PRE_REVIEWED"),
            ("assign", "IN_PRE_APPROVAL"),
            ("approve", "PRE_APPROVED"),
            ("reject", "PRE_REVIEWED"),
            ("withdraw", "PRE_REVIEWED"),
        ],
    ),
    (
        "PRE_APPROVED",
        &[("checkout", "DRAFT"), ("release", "IN_EXECUTION")],
    ),
    (
        "IN_EXECUTION",
        &[
            ("checkout", "IN_EXECUTION"),
            ("route review", "IN_POST_REVIEW"),
        ],
    ),
    (
        "IN_POST_REVIEW",
        &[
            ("checkout", "IN_EXECUTION"),
            ("assign", "IN_POST_REVIEW"),
            ("review", "POST_REVIEWED"),
            ("review against", "POST_REVIEWED"),
            ("withdraw", "IN_EXECUTION"),
        ],
    ),
    (
        "POST_REVIEWED",
        &[
            ("checkout", "IN_EXECUTION"),
            ("route approval", "IN_POST_APPROVAL"),
            ("route retirement", "IN_POST_APPROVAL"),
            ("revert", "IN_EXECUTION"),
        ],
    ),
    (
        "IN_POST_APPROVAL",
        &[
            ("checkout", "IN_EXECUTION"),
            ("assign", "IN_POST_APPROVAL"),
            ("approve", "POST_APPROVED"),
            ("reject", "POST_REVIEWED"),
            ("withdraw", "POST_REVIEWED"),
        ],
    ),
    ("POST_APPROVED", &[("close", "CLOSED")]),
    ("CLOSED", &[]),
    ("RETIRED", &[]),
];

/// The ways of a procedure.
const WAYS_OF_A_PROCEDURE: [(&str, &[(&str, &str)]); 7] = [
    (HELD, &[("checkin", "DRAFT"), ("route review", "IN_REVIEW")]),
    (
        "DRAFT",
        &[("checkout", "DRAFT"), ("route review", "IN_REVIEW")],
    ),
    (
        "IN_REVIEW",
        &[
            ("checkout", "DRAFT"),
            ("assign", "IN_REVIEW"),
            ("review", "REVIEWED"),
            ("review against", "REVIEWED"),
            ("withdraw", "DRAFT"),
        ],
    ),
    (
        "REVIEWED",
        &[("checkout", "REVIEWED"), ("route approval", "IN_APPROVAL")],
    ),
    (
        "IN_APPROVAL",
        &[
            ("checkout", "REVIEWED"),
            ("assign", "IN_APPROVAL"),
            ("approve", "EFFECTIVE"),
            ("reject", "REVIEWED"),
            ("withdraw", "REVIEWED"),
        ],
    ),
    ("EFFECTIVE", &[("checkout", "DRAFT"), ("fix", "EFFECTIVE")]),
    ("RETIRED", &[]),
];

/// Returns the code with which an action that leads nowhere from a station is refused.
fn refusal(action: &str, station: &str, foreign: &[&str]) -> &'static str {
    let judges = ["review", "review against", "approve", "reject"].contains(&action);
    match (station, action) {
        // What the workflow does not have at all is told even of what has ended.
        _ if foreign.contains(&action) => "invalid_transition",
        ("CLOSED" | "RETIRED", _) => "terminal_state",
        // What is in force is nobody's.
        ("EFFECTIVE", _) if !judges && action != "assign" => "not_owner",
        (HELD, "checkout") => "checked_out",
        (_, "checkin") => "not_checked_out",
        ("PRE_REVIEWED" | "REVIEWED", "route retirement") => "gate_blocked",
        ("IN_PRE_REVIEW" | "IN_POST_REVIEW" | "IN_REVIEW", "approve" | "reject")
        | ("IN_PRE_APPROVAL" | "IN_POST_APPROVAL" | "IN_APPROVAL", "review" | "review against") => {
            "invalid_transition"
        }
        // At other stations nobody is asked, so nobody who would judge is assigned.
        _ if judges => "not_assigned",
        _ => "invalid_transition",
    }
}

/// Tries every action at a station, each in a project of its own where it is done.
#[track_caller]
fn tries_everything(
    at: impl Fn(&str) -> World,
    (doc_type, id): (&str, &str),
    ways: &[(&str, &[(&str, &str)])],
    foreign: &[&str],
) {
    for (station, here) in ways {
        let world = at(station);
        let before = world.files();
        for (action, user, line) in ACTIONS {
            let line = line.replace("ID", id);
            let way = here.iter().find(|(name, _)| *name == action);
            if let Some((_, to)) = way {
                let world = at(station);
                world.by(user, &line).done();
                assert_eq!(status(&world, doc_type, id), *to, "{station}: {line}");
                continue;
            }
            let answer = world.by(user, &line);
            let code = answer.json["error"]["code"].as_str();
            let expected = refusal(action, station, foreign);
            assert_eq!(code, Some(expected), "{station}: {line}");
            crate::common::assert_same(&before, &world.files());
        }
    }
}

/// A change goes the ways of its workflow and no other; what is refused changes nothing.
///
/// Verifies: REQ-WF-001, REQ-WF-003, REQ-WF-011
#[test]
fn a_change_goes_no_other_way_than_its_workflow() {
    tries_everything(change, ("CR", "CR-001"), &WAYS_OF_A_CHANGE, &["fix"]);
}

/// A procedure goes the ways of its workflow and no other; what is refused changes nothing.
///
/// Verifies: REQ-WF-001, REQ-WF-002, REQ-WF-011
#[test]
fn a_procedure_goes_no_other_way_than_its_workflow() {
    tries_everything(
        procedure,
        ("SOP", "SOP-008"),
        &WAYS_OF_A_PROCEDURE,
        &["release", "revert", "close"],
    );
}

/// A refused way tells where the document stands and where the way begins.
///
/// Verifies: REQ-WF-001
#[test]
fn a_refused_way_tells_where_it_begins() {
    let world = change("DRAFT");
    let error = world.refused("claude", "release CR-001", "invalid_transition");
    says(&error, "DRAFT");
    says(&error, "PRE_APPROVED");
    assert_eq!(error["facts"]["status"], "DRAFT");
    assert_eq!(error["facts"]["from"], json!(["PRE_APPROVED"]));
}

/// Who lacks the copy that an action needs is told what gives it.
///
/// Verifies: REQ-WF-001
#[test]
fn a_missing_copy_tells_how_it_is_had() {
    let world = World::new();
    world.story("claude: create CR --title Pump\nclaude: checkin CR-001");
    let way = |user: &str| {
        let answer = world.by(user, "checkin CR-001");
        let blocked = answer.json["next"]["blocked"].as_array().cloned();
        let told = blocked.into_iter().flatten();
        let mut told = told.filter(|entry| entry["action"] == "checkin");
        told.next()
            .map(|entry| (entry["code"].clone(), entry["way"].clone()))
    };
    let missing = (json!("not_checked_out"), json!(["checkout"]));
    assert_eq!(way("claude"), Some(missing));
    world.by("claude", "checkout CR-001").done();
    assert_ne!(way("bob").map(|(_, way)| way), Some(json!(["checkout"])));
}

/// A procedure comes into force, and its trail tells how.
///
/// Verifies: REQ-WF-002, REQ-WF-006, REQ-AUDIT-002
#[test]
fn a_procedure_comes_into_force() {
    let world = World::new();
    world.story(
        "claude: create SOP --title \"Cleaning of vessels\"
         claude: route SOP-008 --review
         qa: review SOP-008 --recommend --comment \"Complete.\"
         claude: route SOP-008 --approval
         qa: approve SOP-008",
    );
    let meta = world.meta("SOP", "SOP-008");
    assert_eq!(meta["status"], "EFFECTIVE");
    assert_eq!(meta["responsible_user"], Value::Null);
    assert_eq!(
        world.events("SOP", "SOP-008"),
        [
            "CREATE 0.1",
            "CHECKIN 0.1",
            "STATUS_CHANGE 0.1",
            "ROUTE_REVIEW 0.1",
            "REVIEW 0.1",
            "STATUS_CHANGE 0.1",
            "STATUS_CHANGE 0.1",
            "ROUTE_APPROVAL 0.1",
            "APPROVE 0.1",
            "STATUS_CHANGE 1.0",
            "EFFECTIVE 1.0",
            "STATUS_CHANGE 1.0"
        ]
    );
    assert_eq!(
        moves(&world, "SOP", "SOP-008"),
        [
            "DRAFT IN_REVIEW",
            "IN_REVIEW REVIEWED",
            "REVIEWED IN_APPROVAL",
            "IN_APPROVAL APPROVED",
            "APPROVED EFFECTIVE",
        ]
    );
    assert!(world.exists("QMS/.archive/SOP/SOP-008-v0.1.md"));
    assert!(world.exists("QMS/SOP/SOP-008.md"));
    assert!(!world.exists("QMS/SOP/SOP-008-draft.md"));
}

/// Everything that is carried out goes the same long way, children included.
///
/// Verifies: REQ-WF-003
#[test]
fn everything_carried_out_goes_the_same_way() {
    let world = change("IN_EXECUTION");
    for (line, doc_type, id) in [
        ("INV", "INV", "INV-001"),
        ("TP --parent CR-001", "TP", "CR-001-TP-001"),
        ("ER --parent CR-001-TP-001", "ER", "CR-001-TP-001-ER-001"),
        ("VAR --parent CR-001", "VAR", "CR-001-VAR-001"),
        (
            "ADD --parent CR-001-VAR-001",
            "ADD",
            "CR-001-VAR-001-ADD-001",
        ),
    ] {
        world
            .by("claude", &format!("create {line} --title Something"))
            .done();
        release(&world, id);
        close(&world, id);
        assert_eq!(
            moves(&world, doc_type, id),
            [
                "DRAFT IN_PRE_REVIEW",
                "IN_PRE_REVIEW PRE_REVIEWED",
                "PRE_REVIEWED IN_PRE_APPROVAL",
                "IN_PRE_APPROVAL PRE_APPROVED",
                "PRE_APPROVED IN_EXECUTION",
                "IN_EXECUTION IN_POST_REVIEW",
                "IN_POST_REVIEW POST_REVIEWED",
                "POST_REVIEWED IN_POST_APPROVAL",
                "IN_POST_APPROVAL POST_APPROVED",
                "POST_APPROVED CLOSED",
            ],
            "{id}"
        );
    }
}

/// A verification record joins that way in execution, and is judged after it.
///
/// Verifies: REQ-WF-003, REQ-DOC-017
#[test]
fn a_verification_record_is_judged_after_execution() {
    let world = change("IN_EXECUTION");
    world
        .by("claude", "create VR --parent CR-001 --title Evidence")
        .done();
    let id = "CR-001-VR-001";
    for line in ["release", "close"] {
        world.refused("claude", &format!("{line} {id}"), "invalid_transition");
    }
    close(&world, id);
    assert_eq!(
        moves(&world, "VR", id),
        [
            "IN_EXECUTION IN_POST_REVIEW",
            "IN_POST_REVIEW POST_REVIEWED",
            "POST_REVIEWED IN_POST_APPROVAL",
            "IN_POST_APPROVAL POST_APPROVED",
            "POST_APPROVED CLOSED",
        ]
    );
    assert_eq!(world.meta("VR", id)["version"], "2.0");
    assert!(world.exists("QMS/CR/CR-001/CR-001-VR-001.md"));
}

// ── Review ───────────────────────────────────────────────────────────────────

/// A review is complete only when the last who was asked has answered, in each kind of review.
///
/// Verifies: REQ-WF-004
#[test]
fn a_review_is_complete_with_the_last_answer() {
    for (world, doc_type, id, during, after) in [
        (
            procedure("DRAFT"),
            "SOP",
            "SOP-008",
            "IN_REVIEW",
            "REVIEWED",
        ),
        (
            change("DRAFT"),
            "CR",
            "CR-001",
            "IN_PRE_REVIEW",
            "PRE_REVIEWED",
        ),
        (
            change("IN_EXECUTION"),
            "CR",
            "CR-001",
            "IN_POST_REVIEW",
            "POST_REVIEWED",
        ),
    ] {
        world
            .by(
                "claude",
                &format!("route {id} --review --assign rita qa rolf"),
            )
            .done();
        world
            .by("qa", &format!("assign {id} --assignees bob"))
            .done();
        let known = world.events(doc_type, id).len();
        for (user, left) in [
            ("qa", json!(["rita", "rolf", "bob"])),
            ("bob", json!(["rita", "rolf"])),
            ("rita", json!(["rolf"])),
        ] {
            let line = format!("review {id} --recommend --comment Fine.");
            let data = world.by(user, &line).done();
            assert_eq!(data["to_status"], during);
            assert_eq!(data["pending_assignees"], left);
            assert_eq!(world.meta(doc_type, id)["pending_assignees"], left);
            assert_eq!(status(&world, doc_type, id), during);
        }
        // Whoever asks for changes has answered too.
        let line = format!("review {id} --request-updates --comment No.");
        let data = world.by("rolf", &line).done();
        assert_eq!(data["to_status"], after);
        assert_eq!(status(&world, doc_type, id), after);
        let since = events_since(&world, doc_type, id, known);
        let words: Vec<_> = since
            .iter()
            .map(|event| event.split(' ').next().unwrap())
            .collect();
        assert_eq!(
            words,
            ["REVIEW", "REVIEW", "REVIEW", "REVIEW", "STATUS_CHANGE"]
        );
    }
}

/// Who answered may be asked again, and then the review waits for them again.
///
/// Verifies: REQ-WF-004
#[test]
fn a_review_waits_for_who_is_asked_again() {
    let world = change("DRAFT");
    world.story(
        "claude: route CR-001 --review --assign qa rita
         rita: review CR-001 --recommend --comment Fine.
         qa: assign CR-001 --assignees rita
         qa: review CR-001 --recommend --comment Fine.",
    );
    assert_eq!(status(&world, "CR", "CR-001"), "IN_PRE_REVIEW");
    world
        .by(
            "rita",
            "review CR-001 --request-updates --comment \"I looked again.\"",
        )
        .done();
    assert_eq!(status(&world, "CR", "CR-001"), "PRE_REVIEWED");
    assert_eq!(
        world.meta("CR", "CR-001")["review_outcomes"],
        json!({"rita": "UPDATES_REQUIRED", "qa": "RECOMMEND"})
    );
}

/// One reviewer who wants changes keeps a document from approval, whoever else recommends it.
///
/// Verifies: REQ-WF-005
#[test]
fn approval_needs_every_reviewer_to_recommend() {
    for (world, id) in [
        (procedure("DRAFT"), "SOP-008"),
        (change("DRAFT"), "CR-001"),
        (change("IN_EXECUTION"), "CR-001"),
    ] {
        world.story(&format!(
            "claude: route {id} --review --assign qa rita
             qa: review {id} --recommend --comment Fine.
             rita: review {id} --request-updates --comment \"The risk is missing.\""
        ));
        let error = world.refused("claude", &format!("route {id} --approval"), "gate_blocked");
        says(&error, "rita said request-updates");
        assert_eq!(
            error["facts"]["review_outcomes"],
            json!({"qa": "RECOMMEND", "rita": "UPDATES_REQUIRED"})
        );
    }
}

/// A voice from quality is needed, however many others recommend it.
///
/// Verifies: REQ-WF-005
#[test]
fn approval_needs_a_voice_from_quality() {
    for (world, id) in [
        (procedure("DRAFT"), "SOP-008"),
        (change("DRAFT"), "CR-001"),
        (change("IN_EXECUTION"), "CR-001"),
    ] {
        world.story(&format!(
            "claude: route {id} --review --assign rita lead
             rita: review {id} --recommend --comment Fine.
             lead: review {id} --recommend --comment Fine."
        ));
        let error = world.refused("claude", &format!("route {id} --approval"), "gate_blocked");
        says(&error, "quality");
    }
}

/// A voice from before execution, or from before a change, does not count afterwards.
///
/// Verifies: REQ-WF-005
#[test]
fn an_answer_counts_for_the_text_it_was_given_to() {
    let world = change("IN_EXECUTION");
    world.story(
        "claude: route CR-001 --review --assign rita
         rita: review CR-001 --recommend --comment Fine.",
    );
    assert_eq!(
        world.meta("CR", "CR-001")["review_outcomes"],
        json!({"rita": "RECOMMEND"})
    );
    world.refused("claude", "route CR-001 --approval", "gate_blocked");

    let world = procedure("EFFECTIVE");
    world.story(
        "claude: checkout SOP-008
         claude: route SOP-008 --review --assign rita
         rita: review SOP-008 --recommend --comment Fine.",
    );
    world.refused("claude", "route SOP-008 --approval", "gate_blocked");
}

/// Where nobody's answer is on record, there is no approval.
///
/// Verifies: REQ-WF-005
#[test]
fn approval_needs_reviews_on_record() {
    let world = change("PRE_REVIEWED");
    amend(&world, "CR", "CR-001", |meta| {
        meta["review_outcomes"] = json!({});
    });
    let error = world.refused("claude", "route CR-001 --approval", "gate_blocked");
    says(&error, "no reviews on record");
}

/// An older record without outcomes is judged by what its trail says.
///
/// Verifies: REQ-WF-005
#[test]
fn an_older_record_is_judged_by_its_trail() {
    let world = change("PRE_REVIEWED");
    amend(&world, "CR", "CR-001", |meta| {
        meta.as_object_mut()
            .unwrap()
            .shift_remove("review_outcomes");
    });
    world.by("claude", "route CR-001 --approval").done();

    let world = change("DRAFT");
    world.story(
        "claude: route CR-001 --review
         qa: review CR-001 --request-updates --comment No.",
    );
    amend(&world, "CR", "CR-001", |meta| {
        meta.as_object_mut()
            .unwrap()
            .shift_remove("review_outcomes");
    });
    let error = world.refused("claude", "route CR-001 --approval", "gate_blocked");
    says(&error, "qa said request-updates");
}

// ── Approval ─────────────────────────────────────────────────────────────────

/// With the last approval the version counts up, the former text is kept, and a procedure is in force and
/// nobody's.
///
/// Verifies: REQ-WF-006
#[test]
fn the_last_approval_puts_a_procedure_into_force() {
    let world = procedure("REVIEWED");
    world
        .by("claude", "route SOP-008 --approval --assign qa rita")
        .done();
    let text = world.read("QMS/SOP/SOP-008-draft.md");
    let data = world.by("rita", "approve SOP-008").done();
    assert_eq!(data["to_status"], "IN_APPROVAL");
    assert_eq!(data["version"], "0.1");
    assert_eq!(data["pending_assignees"], json!(["qa"]));
    assert!(!world.exists("QMS/.archive/SOP/SOP-008-v0.1.md"));

    let data = world.by("qa", "approve SOP-008").done();
    assert_eq!(data["to_status"], "EFFECTIVE");
    assert_eq!(data["version"], "1.0");
    let meta = world.meta("SOP", "SOP-008");
    assert_eq!(meta["status"], "EFFECTIVE");
    assert_eq!(meta["version"], "1.0");
    assert_eq!(meta["effective_version"], "1.0");
    assert_eq!(meta["responsible_user"], Value::Null);
    assert_eq!(meta["pending_assignees"], json!([]));
    assert_eq!(world.read("QMS/SOP/SOP-008.md"), text);
    assert_eq!(world.read("QMS/.archive/SOP/SOP-008-v0.1.md"), text);
    let trail = world.trail("SOP", "SOP-008");
    let effective = trail.iter().find(|event| event["event"] == "EFFECTIVE");
    let effective = effective.unwrap();
    assert_eq!(effective["version"], "1.0");
    assert_eq!(effective["from_version"], "0.1");
}

/// With the last approval of a plan or of results the version counts up, the former text is kept, and its
/// owner goes on.
///
/// Verifies: REQ-WF-006
#[test]
fn the_last_approval_accepts_a_plan_and_its_results() {
    for (before, after, from, to) in [
        ("IN_PRE_APPROVAL", "PRE_APPROVED", "0.1", "1.0"),
        ("IN_POST_APPROVAL", "POST_APPROVED", "1.0", "2.0"),
    ] {
        let world = change(before);
        world.by("qa", "assign CR-001 --assignees rita").done();
        world.by("qa", "approve CR-001").done();
        assert_eq!(status(&world, "CR", "CR-001"), before);
        assert_eq!(world.meta("CR", "CR-001")["version"], from);
        let known = world.events("CR", "CR-001").len();
        world.by("rita", "approve CR-001").done();
        let meta = world.meta("CR", "CR-001");
        assert_eq!(meta["status"], after);
        assert_eq!(meta["version"], to);
        assert_eq!(meta["responsible_user"], "claude");
        assert_eq!(meta["effective_version"], Value::Null);
        assert_eq!(
            events_since(&world, "CR", "CR-001", known),
            [format!("APPROVE {from}"), format!("STATUS_CHANGE {to}")]
        );
        assert_eq!(
            world.read(&format!("QMS/.archive/CR/CR-001/CR-001-v{from}.md")),
            world.read("QMS/CR/CR-001/CR-001-draft.md")
        );
        assert!(!world.exists("QMS/CR/CR-001/CR-001.md"));
    }
}

/// One rejection sends a document back to where it was reviewed, at the same version, and nobody is asked
/// any more.
///
/// Verifies: REQ-WF-007
#[test]
fn one_rejection_sends_a_document_back() {
    for (world, doc_type, id, version, back) in [
        (procedure("REVIEWED"), "SOP", "SOP-008", "0.1", "REVIEWED"),
        (
            change("PRE_REVIEWED"),
            "CR",
            "CR-001",
            "0.1",
            "PRE_REVIEWED",
        ),
        (
            change("POST_REVIEWED"),
            "CR",
            "CR-001",
            "1.0",
            "POST_REVIEWED",
        ),
    ] {
        world.story(&format!(
            "claude: route {id} --approval --assign qa rita rolf
             qa: approve {id}"
        ));
        let known = world.events(doc_type, id).len();
        let comment = "The costs are missing.";
        let data = world
            .by("rita", &format!("reject {id} --comment \"{comment}\""))
            .done();
        assert_eq!(data["to_status"], back);
        let meta = world.meta(doc_type, id);
        assert_eq!(meta["status"], back);
        assert_eq!(meta["version"], version);
        assert_eq!(meta["pending_assignees"], json!([]));
        assert_eq!(meta["responsible_user"], "claude");
        assert_eq!(meta["review_outcomes"], json!({"qa": "RECOMMEND"}));
        for user in ["qa", "rita", "rolf"] {
            assert_eq!(tasks(&world, user), [""; 0]);
        }
        assert_eq!(
            events_since(&world, doc_type, id, known),
            [
                format!("REJECT {version}"),
                format!("STATUS_CHANGE {version}")
            ]
        );
        assert_eq!(world.trail(doc_type, id)[known]["comment"], comment);
        // Those who approved before are asked anew.
        world.by("claude", &format!("route {id} --approval")).done();
        assert_eq!(world.meta(doc_type, id)["pending_assignees"], json!(["qa"]));
    }
}

/// A rejection gives a reason.
///
/// Verifies: REQ-WF-007
#[test]
fn a_rejection_gives_a_reason() {
    let world = change("IN_PRE_APPROVAL");
    world.refused("qa", "reject CR-001", "usage");
    world.refused("qa", "reject CR-001 --comment \" \"", "invalid_argument");
}

// ── Execution ────────────────────────────────────────────────────────────────

/// An approved plan is released by its owner, at the version that was approved.
///
/// Verifies: REQ-WF-008, REQ-WF-014
#[test]
fn an_approved_plan_is_released_by_its_owner() {
    let world = change("PRE_APPROVED");
    world.refused("bob", "release CR-001", "not_owner");
    let known = world.events("CR", "CR-001").len();
    let data = world.by("claude", "release CR-001").done();
    assert_eq!(data["from_status"], "PRE_APPROVED");
    assert_eq!(data["to_status"], "IN_EXECUTION");
    assert_eq!(data["version"], "1.0");
    assert_eq!(
        events_since(&world, "CR", "CR-001", known),
        ["RELEASE 1.0", "STATUS_CHANGE 1.0"]
    );
    assert_eq!(world.meta("CR", "CR-001")["responsible_user"], "claude");
}

/// Work is taken up again by its owner, with a reason; that there is a better way is told.
///
/// Verifies: REQ-WF-009, REQ-WF-019
#[test]
fn work_is_taken_up_again_with_a_reason() {
    let world = change("POST_REVIEWED");
    world.refused("claude", "revert CR-001", "usage");
    world.refused("claude", "revert CR-001 --reason \"\"", "invalid_argument");
    world.refused("bob", "revert CR-001 --reason Mine.", "not_owner");
    let known = world.events("CR", "CR-001").len();
    let answer = world.by("claude", "revert CR-001 --reason \"One test is missing.\"");
    tells(&answer, "deprecated");
    tells(&answer, "check the document out");
    let data = answer.done();
    assert_eq!(data["from_status"], "POST_REVIEWED");
    assert_eq!(data["to_status"], "IN_EXECUTION");
    let meta = world.meta("CR", "CR-001");
    assert_eq!(meta["status"], "IN_EXECUTION");
    assert_eq!(meta["version"], "1.0");
    assert_eq!(meta["checked_out"], false);
    assert_eq!(events_since(&world, "CR", "CR-001", known), ["REVERT 1.0"]);
    assert_eq!(
        world.trail("CR", "CR-001")[known]["reason"],
        "One test is missing."
    );
    close(&world, "CR-001");
}

/// A person who reverts is told that it is deprecated, and of checkout.
///
/// Verifies: REQ-WF-019
#[test]
fn a_person_is_told_that_revert_is_deprecated() {
    let world = change("POST_REVIEWED");
    let text = world.text("claude", "revert CR-001 --reason More.");
    assert!(text.contains("deprecated"), "{text}");
    assert!(text.contains("check the document out"), "{text}");
    assert!(text.contains("Reverted: CR-001"), "{text}");
}

/// Accepted work is closed by its owner, and is then nobody's.
///
/// Verifies: REQ-WF-010
#[test]
fn accepted_work_is_closed_by_its_owner() {
    let world = change("POST_APPROVED");
    world.refused("lead", "close CR-001", "not_owner");
    let text = world.read("QMS/CR/CR-001/CR-001-draft.md");
    let known = world.events("CR", "CR-001").len();
    let data = world.by("claude", "close CR-001").done();
    assert_eq!(data["to_status"], "CLOSED");
    assert_eq!(data["cascaded"], json!([]));
    let meta = world.meta("CR", "CR-001");
    assert_eq!(meta["status"], "CLOSED");
    assert_eq!(meta["version"], "2.0");
    assert_eq!(meta["responsible_user"], Value::Null);
    assert_eq!(meta["checked_out"], false);
    assert_eq!(
        events_since(&world, "CR", "CR-001", known),
        ["CLOSE 2.0", "STATUS_CHANGE 2.0"]
    );
    assert_eq!(world.read("QMS/CR/CR-001/CR-001.md"), text);
    assert!(!world.exists("QMS/CR/CR-001/CR-001-draft.md"));
}

/// What is in force or begun otherwise is neither released nor closed, in whichever state.
///
/// Verifies: REQ-WF-008, REQ-WF-009, REQ-WF-010
#[test]
fn only_what_is_carried_out_is_released_and_closed() {
    for station in ["DRAFT", "REVIEWED", "EFFECTIVE", "RETIRED"] {
        let world = procedure(station);
        for line in [
            "release SOP-008",
            "revert SOP-008 --reason More.",
            "close SOP-008",
        ] {
            world.refused("claude", line, "invalid_transition");
        }
    }
}

/// Verification records that are still open close with their parent, by the hand that closes it.
///
/// Verifies: REQ-WF-010
#[test]
fn open_verification_records_close_with_their_parent() {
    let world = change("IN_EXECUTION");
    world.story(
        "bob: create VR --parent CR-001 --title Held
         bob: create VR --parent CR-001 --title Judged
         bob: route CR-001-VR-002 --review
         claude: create VR --parent CR-001 --title Closed
         claude: create VAR --parent CR-001 --title Other",
    );
    close(&world, "CR-001-VR-003");
    let sealed = world.events("VR", "CR-001-VR-003");
    let known = [
        (
            "CR-001-VR-001",
            "IN_EXECUTION",
            world.events("VR", "CR-001-VR-001").len(),
        ),
        (
            "CR-001-VR-002",
            "IN_POST_REVIEW",
            world.events("VR", "CR-001-VR-002").len(),
        ),
    ];
    world.story(
        "claude: route CR-001 --review
         qa: review CR-001 --recommend --comment Done.
         claude: route CR-001 --approval
         qa: approve CR-001",
    );
    for (id, from, _) in known {
        assert_eq!(status(&world, "VR", id), from, "not before");
    }
    let data = world.by("claude", "close CR-001").done();
    assert_eq!(data["cascaded"], json!(["CR-001-VR-001", "CR-001-VR-002"]));
    for (id, from, known) in known {
        let meta = world.meta("VR", id);
        assert_eq!(meta["status"], "CLOSED", "{id}");
        assert_eq!(meta["version"], "1.0", "{id}");
        assert_eq!(meta["checked_out"], false, "{id}");
        assert_eq!(meta["responsible_user"], Value::Null, "{id}");
        assert_eq!(meta["pending_assignees"], json!([]), "{id}");
        let trail = world.trail("VR", id).split_off(known);
        assert_eq!(trail.len(), 2, "{id}");
        assert_eq!(trail[0]["event"], "CLOSE");
        assert_eq!(trail[1]["event"], "STATUS_CHANGE");
        assert_eq!(trail[1]["from_status"], from);
        assert_eq!(trail[1]["to_status"], "CLOSED");
        for event in trail {
            assert_eq!(event["user"], "claude", "{id}");
        }
        assert!(world.exists(&format!("QMS/CR/CR-001/{id}.md")));
        assert!(!world.exists(&format!("QMS/CR/CR-001/{id}-draft.md")));
        assert!(!world.exists(&format!(".claude/users/bob/workspace/{id}.md")));
    }
    assert_eq!(tasks(&world, "qa"), [""; 0]);
    assert_eq!(world.events("VR", "CR-001-VR-003"), sealed);
    assert_eq!(status(&world, "VAR", "CR-001-VAR-001"), "DRAFT");
}

/// The phase says whether the plan or the work is being judged, for everything carried out, through every
/// way back.
///
/// Verifies: REQ-WF-014, REQ-META-004
#[test]
fn the_phase_says_whether_plan_or_work_is_judged() {
    for (station, ..) in WAYS_OF_A_CHANGE {
        let before = [
            HELD,
            "DRAFT",
            "IN_PRE_REVIEW",
            "PRE_REVIEWED",
            "IN_PRE_APPROVAL",
            "PRE_APPROVED",
        ];
        let phase = if before.contains(&station) {
            "pre_release"
        } else {
            "post_release"
        };
        assert_eq!(
            change(station).meta("CR", "CR-001")["execution_phase"],
            phase,
            "{station}"
        );
    }
    assert_eq!(
        procedure("DRAFT").meta("SOP", "SOP-008")["execution_phase"],
        Value::Null
    );
    // A draft after release is judged as work, one before it as a plan.
    for (phase, to) in [
        ("pre_release", "IN_PRE_REVIEW"),
        ("post_release", "IN_POST_REVIEW"),
    ] {
        let world = change("DRAFT");
        amend(&world, "CR", "CR-001", |meta| {
            meta["version"] = "1.0".into();
            meta["execution_phase"] = phase.into();
        });
        world.by("claude", "route CR-001 --review").done();
        assert_eq!(status(&world, "CR", "CR-001"), to);
    }
}

/// In execution a version begins when the document is taken, and the one before is kept when it comes back.
///
/// Verifies: REQ-WF-021
#[test]
fn in_execution_each_version_is_kept() {
    let world = change("IN_EXECUTION");
    let archive = |version: &str| format!("QMS/.archive/CR/CR-001/CR-001-v{version}.md");
    let draft = "QMS/CR/CR-001/CR-001-draft.md";
    let mut current = world.read(draft);
    let mut before = "1.0".to_owned();
    for next in ["1.1", "1.2", "1.3"] {
        let data = world.by("claude", "checkout CR-001").done();
        assert_eq!(data["version"], next);
        assert_eq!(data["from_version"], before);
        assert!(!world.exists(&archive(&before)), "not at checkout");
        assert_eq!(world.read(draft), current);
        let last = world.events("CR", "CR-001").pop().unwrap();
        assert_eq!(last, format!("CHECKOUT {before}"));

        let text = edit(&world, "CR-001", &format!("Done at {next}."));
        let data = world.by("claude", "checkin CR-001").done();
        assert_eq!(data["archived_version"], before);
        assert_eq!(data["version"], next);
        assert_eq!(world.read(&archive(&before)), current);
        assert_eq!(world.read(draft), text);
        let last = world.events("CR", "CR-001").pop().unwrap();
        assert_eq!(last, format!("CHECKIN {next}"));
        assert_eq!(status(&world, "CR", "CR-001"), "IN_EXECUTION");
        current = text;
        before = next.to_owned();
    }
    close(&world, "CR-001");
    assert_eq!(world.meta("CR", "CR-001")["version"], "2.0");
    assert_eq!(world.read(&archive("1.3")), current);
    assert_eq!(world.read("QMS/CR/CR-001/CR-001.md"), current);
    assert!(world.read(&archive("1.2")).contains("Done at 1.2."));
}

/// Work that goes on after its review has a version of its own: what was reviewed is kept as it was.
///
/// Verifies: REQ-WF-017, REQ-WF-021
#[test]
fn work_goes_on_after_its_review() {
    let world = change("IN_EXECUTION");
    world.by("claude", "checkout CR-001").done();
    let reviewed = edit(&world, "CR-001", "What was reviewed.");
    world.story(
        "claude: route CR-001 --review
         qa: review CR-001 --recommend --comment Fine.",
    );
    let known = world.events("CR", "CR-001").len();
    let planned = world.read("QMS/.archive/CR/CR-001/CR-001-v1.0.md");
    let data = world.by("claude", "checkout CR-001").done();
    assert_eq!(data["status"], "IN_EXECUTION");
    assert_eq!(data["version"], "1.2");
    let meta = world.meta("CR", "CR-001");
    assert_eq!(meta["status"], "IN_EXECUTION");
    assert_eq!(meta["review_outcomes"], json!({}));
    assert_eq!(meta["pending_assignees"], json!([]));
    assert_eq!(
        world.read(".claude/users/claude/workspace/CR-001.md"),
        reviewed
    );
    assert_eq!(
        events_since(&world, "CR", "CR-001", known),
        ["CHECKOUT 1.1"],
        "and no STATUS_CHANGE"
    );
    edit(&world, "CR-001", "What came later.");
    world.by("claude", "checkin CR-001").done();
    assert_eq!(status(&world, "CR", "CR-001"), "IN_EXECUTION");
    assert_eq!(
        world.read("QMS/.archive/CR/CR-001/CR-001-v1.1.md"),
        reviewed
    );
    assert_eq!(world.read("QMS/.archive/CR/CR-001/CR-001-v1.0.md"), planned);
}

/// A plan that was approved may be changed before its release, is judged again, and stays on record.
///
/// Verifies: REQ-WF-016
#[test]
fn an_approved_plan_that_is_changed_is_judged_again() {
    let world = change("PRE_APPROVED");
    let approved = world.read("QMS/CR/CR-001/CR-001-draft.md");
    let known = world.events("CR", "CR-001").len();
    let data = world.by("claude", "checkout CR-001").done();
    assert_eq!(data["status"], "DRAFT");
    assert_eq!(data["version"], "1.1");
    let meta = world.meta("CR", "CR-001");
    assert_eq!(meta["status"], "DRAFT");
    assert_eq!(meta["review_outcomes"], json!({}));
    assert_eq!(meta["pending_assignees"], json!([]));
    assert_eq!(meta["execution_phase"], "pre_release");
    assert_eq!(
        world.read(".claude/users/claude/workspace/CR-001.md"),
        approved
    );
    assert_eq!(
        events_since(&world, "CR", "CR-001", known),
        ["CHECKOUT 1.0"],
        "and no STATUS_CHANGE"
    );
    edit(&world, "CR-001", "A larger pump.");
    world.by("claude", "checkin CR-001").done();
    assert_eq!(
        world.read("QMS/.archive/CR/CR-001/CR-001-v1.0.md"),
        approved
    );
    world.refused("claude", "release CR-001", "invalid_transition");
    world.by("claude", "route CR-001 --review").done();
    assert_eq!(status(&world, "CR", "CR-001"), "IN_PRE_REVIEW");
    world.story(
        "qa: review CR-001 --recommend --comment Sound.
         claude: route CR-001 --approval
         qa: approve CR-001",
    );
    assert_eq!(world.meta("CR", "CR-001")["version"], "2.0");
    assert_eq!(status(&world, "CR", "CR-001"), "PRE_APPROVED");
}

/// An older draft that kept the approved version is read and continued.
///
/// Verifies: REQ-WF-016
#[test]
fn an_older_revision_that_kept_its_version_is_continued() {
    let world = change("PRE_APPROVED");
    amend(&world, "CR", "CR-001", |meta| {
        meta["status"] = "DRAFT".into();
    });
    world.story(
        "claude: checkout CR-001
         claude: checkin CR-001
         claude: route CR-001 --review",
    );
    let meta = world.meta("CR", "CR-001");
    assert_eq!(meta["version"], "1.0");
    assert_eq!(meta["status"], "IN_PRE_REVIEW");
}

/// Nothing that was accepted is taken for writing before it is closed.
///
/// Verifies: REQ-WF-001, REQ-WF-011
#[test]
fn what_was_accepted_is_not_written_any_more() {
    let world = change("POST_APPROVED");
    for user in ["claude", "bob"] {
        let error = world.refused(user, "checkout CR-001", "invalid_transition");
        says(&error, "POST_APPROVED");
    }
    for station in ["CLOSED", "RETIRED"] {
        let error = change(station).refused("claude", "checkout CR-001", "terminal_state");
        says(&error, station);
        assert_eq!(error["facts"]["status"], station);
    }
}

// ── In force ─────────────────────────────────────────────────────────────────

/// While its next version is written and judged, a procedure stays in force as it is; it is kept when the
/// next one replaces it.
///
/// Verifies: REQ-WF-020, REQ-WF-006
#[test]
fn what_is_in_force_stays_in_force_while_it_is_revised() {
    let world = procedure("EFFECTIVE");
    let in_force = world.read("QMS/SOP/SOP-008.md");
    let archived = "QMS/.archive/SOP/SOP-008-v1.0.md";
    let still_in_force = |world: &World| {
        assert_eq!(world.read("QMS/SOP/SOP-008.md"), in_force);
        assert!(!world.exists(archived));
        let data = world.by("rita", "read SOP-008").done();
        assert_eq!(data["version"], "1.0");
        assert_eq!(data["content"], in_force);
    };
    world.by("claude", "checkout SOP-008").done();
    assert_eq!(world.read("QMS/SOP/SOP-008-draft.md"), in_force);
    assert_eq!(
        world.read(".claude/users/claude/workspace/SOP-008.md"),
        in_force
    );
    assert_eq!(world.meta("SOP", "SOP-008")["version"], "1.1");
    still_in_force(&world);

    let revised = edit(&world, "SOP-008", "Twice as clean.");
    for (user, line) in [
        ("claude", "checkin SOP-008"),
        ("claude", "route SOP-008 --review"),
        ("qa", "review SOP-008 --recommend --comment Clear."),
        ("claude", "route SOP-008 --approval"),
    ] {
        world.by(user, line).done();
        still_in_force(&world);
        assert_eq!(world.read("QMS/SOP/SOP-008-draft.md"), revised);
    }
    world.by("qa", "approve SOP-008").done();
    assert_eq!(world.read("QMS/SOP/SOP-008.md"), revised);
    assert_eq!(world.read(archived), in_force);
    assert_eq!(world.read("QMS/.archive/SOP/SOP-008-v1.1.md"), revised);
    assert!(!world.exists("QMS/SOP/SOP-008-draft.md"));
    assert_eq!(world.meta("SOP", "SOP-008")["version"], "2.0");
}

// ── Retirement ───────────────────────────────────────────────────────────────

/// A procedure that is retired leaves the folder, is kept in the archive, and its trail says so.
///
/// Verifies: REQ-WF-012, REQ-WF-013
#[test]
fn a_procedure_is_retired() {
    let world = procedure("EFFECTIVE");
    let in_force = world.read("QMS/SOP/SOP-008.md");
    world.by("claude", "checkout SOP-008").done();
    let last = edit(&world, "SOP-008", "Obsolete.");
    world.story(
        "claude: route SOP-008 --review
         qa: review SOP-008 --recommend --comment Agreed.",
    );
    let data = world.by("claude", "route SOP-008 --retire").done();
    assert_eq!(data["retiring"], true);
    assert_eq!(data["to_status"], "IN_APPROVAL");
    assert_eq!(world.meta("SOP", "SOP-008")["retiring"], true);
    assert_eq!(world.read("QMS/SOP/SOP-008.md"), in_force, "not yet");

    let known = world.events("SOP", "SOP-008").len();
    let data = world.by("qa", "approve SOP-008").done();
    assert_eq!(data["to_status"], "RETIRED");
    let meta = world.meta("SOP", "SOP-008");
    assert_eq!(meta["status"], "RETIRED");
    assert_eq!(meta["version"], "2.0");
    assert_eq!(meta["responsible_user"], Value::Null);
    assert!(meta.get("retiring").is_none());
    assert!(!world.exists("QMS/SOP/SOP-008.md"));
    assert!(!world.exists("QMS/SOP/SOP-008-draft.md"));
    for (version, text) in [("1.0", &in_force), ("1.1", &last), ("2.0", &last)] {
        let path = format!("QMS/.archive/SOP/SOP-008-v{version}.md");
        assert_eq!(&world.read(&path), text, "{version}");
    }
    assert_eq!(
        events_since(&world, "SOP", "SOP-008", known),
        [
            "APPROVE 1.1",
            "STATUS_CHANGE 2.0",
            "RETIRE 2.0",
            "STATUS_CHANGE 2.0"
        ]
    );
    let trail = world.trail("SOP", "SOP-008").split_off(known);
    assert_eq!(trail[2]["from_version"], "1.1");
    assert_eq!(trail[2]["user"], "qa");
    assert_eq!(trail[3]["from_status"], "APPROVED");
    assert_eq!(trail[3]["to_status"], "RETIRED");
}

/// A change may be retired after its plan was approved, from before or after execution.
///
/// Verifies: REQ-WF-012, REQ-WF-013
#[test]
fn a_change_is_retired() {
    let before = change("PRE_APPROVED");
    before.story(
        "claude: checkout CR-001
         claude: route CR-001 --review
         qa: review CR-001 --recommend --comment \"No longer needed.\"",
    );
    for (world, from, to, left) in [
        (before, "1.1", "2.0", "PRE_APPROVED"),
        (change("POST_REVIEWED"), "1.0", "2.0", "POST_APPROVED"),
    ] {
        let known = world.events("CR", "CR-001").len();
        let text = world.read("QMS/CR/CR-001/CR-001-draft.md");
        world.story("claude: route CR-001 --retire\nqa: approve CR-001");
        let meta = world.meta("CR", "CR-001");
        assert_eq!(meta["status"], "RETIRED");
        assert_eq!(meta["version"], to);
        for version in [from, to] {
            let path = format!("QMS/.archive/CR/CR-001/CR-001-v{version}.md");
            assert_eq!(world.read(&path), text, "{version}");
        }
        let files = world.files();
        let left_over = files
            .keys()
            .filter(|path| path.starts_with("QMS/CR/CR-001/") && !path.ends_with('/'));
        assert_eq!(left_over.count(), 0);
        let trail = world.trail("CR", "CR-001").split_off(known);
        let retire = trail
            .iter()
            .find(|event| event["event"] == "RETIRE")
            .unwrap();
        assert_eq!(retire["from_version"], from);
        let last = trail.last().unwrap();
        assert_eq!(last["from_status"], left);
        assert_eq!(last["to_status"], "RETIRED");
    }
}

/// What was never approved is not retired.
///
/// Verifies: REQ-WF-012
#[test]
fn what_was_never_approved_is_not_retired() {
    for (world, id) in [
        (procedure("REVIEWED"), "SOP-008"),
        (change("PRE_REVIEWED"), "CR-001"),
    ] {
        for line in [
            format!("route {id} --retire"),
            format!("route {id} --approval --retire"),
        ] {
            let error = world.refused("claude", &line, "gate_blocked");
            says(&error, "never effective");
        }
    }
}

/// Retirement is asked for as an approval, and never as a review.
///
/// Verifies: REQ-WF-012
#[test]
fn retirement_is_no_review() {
    let world = procedure("EFFECTIVE");
    world.story("claude: checkout SOP-008\nclaude: checkin SOP-008");
    for line in [
        "route SOP-008 --review --retire",
        "route SOP-008 --review --approval",
        "route SOP-008",
    ] {
        world.refused("claude", line, "usage");
    }
    assert_eq!(world.by("claude", "route SOP-008").status, 2);
    world.refused("claude", "route SOP-008 --retire", "invalid_transition");
}

/// Retirement needs the same gate as approval.
///
/// Verifies: REQ-WF-005, REQ-WF-012
#[test]
fn retirement_needs_the_gate_of_approval() {
    let world = change("IN_EXECUTION");
    world.story(
        "claude: route CR-001 --review --assign rita
         rita: review CR-001 --recommend --comment Agreed.",
    );
    let error = world.refused("claude", "route CR-001 --retire", "gate_blocked");
    says(&error, "quality");
    let world = change("IN_EXECUTION");
    world.story(
        "claude: route CR-001 --review
         qa: review CR-001 --request-updates --comment Why?",
    );
    let error = world.refused("claude", "route CR-001 --retire", "gate_blocked");
    says(&error, "qa said request-updates");
}

/// A retirement that was rejected or withdrawn is forgotten: a later approval puts into force.
///
/// Verifies: REQ-WF-012
#[test]
fn a_retirement_that_came_to_nothing_is_forgotten() {
    for (user, line) in [
        ("qa", "reject SOP-008 --comment \"It is needed.\""),
        ("claude", "withdraw SOP-008"),
        ("claude", "checkout SOP-008"),
    ] {
        let world = procedure("EFFECTIVE");
        world.story(
            "claude: checkout SOP-008
             claude: route SOP-008 --review
             qa: review SOP-008 --recommend --comment Agreed.
             claude: route SOP-008 --retire",
        );
        world.by(user, line).done();
        assert!(world.meta("SOP", "SOP-008").get("retiring").is_none());
        if line.starts_with("checkout") {
            world.story(
                "claude: route SOP-008 --review
                 qa: review SOP-008 --recommend --comment Good.",
            );
        }
        world.story("claude: route SOP-008 --approval\nqa: approve SOP-008");
        assert_eq!(status(&world, "SOP", "SOP-008"), "EFFECTIVE", "{line}");
        assert!(world.exists("QMS/SOP/SOP-008.md"));
    }
}

/// A mark left over by an older tool does not turn an approval into a retirement.
///
/// Verifies: REQ-WF-012
#[test]
fn a_mark_left_over_does_not_retire() {
    let world = change("PRE_REVIEWED");
    amend(&world, "CR", "CR-001", |meta| {
        meta["retiring"] = true.into();
    });
    world.story("claude: route CR-001 --approval\nqa: approve CR-001");
    assert_eq!(status(&world, "CR", "CR-001"), "PRE_APPROVED");
}

/// What has ended is not moved by anybody, whatever they are.
///
/// Verifies: REQ-WF-011
#[test]
fn what_has_ended_is_not_moved_by_anybody() {
    for (station, owner) in [("CLOSED", "claude"), ("RETIRED", "lead")] {
        let world = change(station);
        // Even where an old record still names an owner.
        amend(&world, "CR", "CR-001", |meta| {
            meta["responsible_user"] = owner.into();
        });
        for line in [
            "checkout CR-001",
            "checkin CR-001",
            "route CR-001 --review",
            "route CR-001 --approval",
            "route CR-001 --retire",
            "withdraw CR-001",
            "release CR-001",
            "revert CR-001 --reason More.",
            "close CR-001",
            "cancel CR-001 --confirm",
        ] {
            for user in ["claude", "lead", "bob"] {
                let error = world.refused(user, line, "terminal_state");
                says(&error, station);
            }
        }
        for line in [
            "assign CR-001 --assignees rita",
            "review CR-001 --recommend --comment Fine.",
            "approve CR-001",
            "reject CR-001 --comment No.",
        ] {
            world.refused("qa", line, "terminal_state");
        }
    }
}

// ── Withdrawing ──────────────────────────────────────────────────────────────

/// Where each way back leads: document, from, to, whether the answers so far still count.
const WAYS_BACK: [(&str, &str, &str, bool); 6] = [
    ("SOP-008", "IN_REVIEW", "DRAFT", false),
    ("SOP-008", "IN_APPROVAL", "REVIEWED", true),
    ("CR-001", "IN_PRE_REVIEW", "DRAFT", false),
    ("CR-001", "IN_PRE_APPROVAL", "PRE_REVIEWED", true),
    ("CR-001", "IN_POST_REVIEW", "IN_EXECUTION", false),
    ("CR-001", "IN_POST_APPROVAL", "POST_REVIEWED", true),
];

fn at(id: &str, station: &str) -> (World, &'static str) {
    if id.starts_with("SOP") {
        (procedure(station), "SOP")
    } else {
        (change(station), "CR")
    }
}

/// What is being judged is taken back by its owner: nobody is asked any more, and the trail says so.
///
/// Verifies: REQ-WF-018
#[test]
fn what_is_judged_is_taken_back_by_its_owner() {
    for (id, from, to, answers_count) in WAYS_BACK {
        let (world, doc_type) = at(id, from);
        world
            .by("qa", &format!("assign {id} --assignees rita rolf"))
            .done();
        let judged = if from.ends_with("APPROVAL") {
            format!("approve {id}")
        } else {
            format!("review {id} --recommend --comment Fine.")
        };
        world.by("rolf", &judged).done();
        let line = format!("withdraw {id}");
        for (user, code) in [
            ("bob", "not_owner"),
            ("lead", "not_owner"),
            ("qa", "permission_denied"),
        ] {
            world.refused(user, &line, code);
        }
        let version = world.meta(doc_type, id)["version"].clone();
        let known = world.events(doc_type, id).len();
        let data = world.by("claude", &line).done();
        assert_eq!(data["from_status"], from);
        assert_eq!(data["to_status"], to);
        let meta = world.meta(doc_type, id);
        assert_eq!(meta["status"], to);
        assert_eq!(meta["version"], version);
        assert_eq!(meta["pending_assignees"], json!([]));
        for user in ["qa", "rita", "rolf"] {
            assert_eq!(tasks(&world, user), [""; 0], "{from}");
        }
        let trail = world.trail(doc_type, id).split_off(known);
        assert_eq!(trail.len(), 1, "{from}: no STATUS_CHANGE");
        assert_eq!(trail[0]["event"], "WITHDRAW");
        assert_eq!(trail[0]["user"], "claude");
        assert_eq!(trail[0]["from_status"], from);
        assert_eq!(trail[0]["to_status"], to);
        if answers_count {
            assert_eq!(meta["review_outcomes"], json!({"qa": "RECOMMEND"}));
            world.by("claude", &format!("route {id} --approval")).done();
        } else {
            assert_eq!(meta["review_outcomes"], json!({}));
            world.by("claude", &format!("route {id} --review")).done();
        }
    }
}

/// The tasks of a child stay when its parent is withdrawn.
///
/// Verifies: REQ-WF-018
#[test]
fn withdrawing_leaves_the_tasks_of_others_alone() {
    let world = change("IN_EXECUTION");
    world.story(
        "claude: create VAR --parent CR-001 --title Other
         claude: route CR-001-VAR-001 --review
         claude: route CR-001 --review
         claude: withdraw CR-001",
    );
    assert_eq!(tasks(&world, "qa"), ["task-CR-001-VAR-001-pre_review-v0-1"]);
}

/// Checking out what is being judged withdraws it first, and says so.
///
/// Verifies: REQ-WF-022, REQ-DOC-007
#[test]
fn checking_out_what_is_judged_withdraws_it_first() {
    for (id, from, back, _) in WAYS_BACK {
        let (world, doc_type) = at(id, from);
        let known = world.events(doc_type, id).len();
        let version = world.meta(doc_type, id)["version"].clone();
        let answer = world.by("claude", &format!("checkout {id}"));
        tells(&answer, "withdrawn first");
        let data = answer.done();
        assert_eq!(data["withdrawn_from"], from);
        let trail = world.trail(doc_type, id).split_off(known);
        let events: Vec<_> = trail.iter().map(|event| &event["event"]).collect();
        assert_eq!(events, ["WITHDRAW", "CHECKOUT"], "{from}");
        assert_eq!(trail[0]["from_status"], from);
        assert_eq!(trail[0]["to_status"], back);
        for event in trail {
            assert_eq!(event["version"], version, "{from}");
        }
        assert_eq!(tasks(&world, "qa"), [""; 0], "{from}");
        assert_eq!(world.meta(doc_type, id)["checked_out"], true);
        assert!(world.exists(&format!(".claude/users/claude/workspace/{id}.md")));
    }
}

/// A person who checks out what is being judged reads that it was withdrawn before it was checked out.
///
/// Verifies: REQ-WF-022
#[test]
fn a_person_reads_that_it_was_withdrawn_first() {
    let text = procedure("IN_REVIEW").text("claude", "checkout SOP-008");
    let withdrawn = text.find("withdrawn first").expect("it is told");
    let checked_out = text.find("Checked out: SOP-008").expect("it is told");
    assert!(withdrawn < checked_out, "{text}");
}

/// A document that is at rest is checked out without a word of withdrawal.
///
/// Verifies: REQ-WF-022
#[test]
fn what_is_at_rest_is_not_withdrawn() {
    let answer = procedure("REVIEWED").by("claude", "checkout SOP-008");
    assert_eq!(answer.json["messages"], json!([]));
    assert_eq!(answer.done()["withdrawn_from"], Value::Null);
}

// ── Routing ──────────────────────────────────────────────────────────────────

/// What its owner holds is checked in before it is routed, with the text as it was written.
///
/// Verifies: REQ-WF-015, REQ-WF-023
#[test]
fn what_its_owner_holds_is_checked_in_first() {
    let plan = change(HELD);
    let work = change("IN_EXECUTION");
    work.by("claude", "checkout CR-001").done();
    for (world, to, stage, version, archived) in [
        (plan, "IN_PRE_REVIEW", "PRE_REVIEW", "0.1", None),
        (work, "IN_POST_REVIEW", "POST_REVIEW", "1.1", Some("1.0")),
    ] {
        let text = edit(&world, "CR-001", "What was written.");
        let known = world.events("CR", "CR-001").len();
        let answer = world.by("claude", "route CR-001 --review");
        tells(&answer, "checked in first");
        let data = answer.done();
        assert_eq!(data["auto_checked_in"], true);
        assert_eq!(data["to_status"], to);
        assert_eq!(data["workflow_type"], stage);
        assert_eq!(
            events_since(&world, "CR", "CR-001", known),
            [
                format!("CHECKIN {version}"),
                format!("STATUS_CHANGE {version}"),
                format!("ROUTE_REVIEW {version}")
            ]
        );
        assert_eq!(world.read("QMS/CR/CR-001/CR-001-draft.md"), text);
        assert!(!world.exists(".claude/users/claude/workspace/CR-001.md"));
        assert_eq!(world.meta("CR", "CR-001")["checked_out"], false);
        if let Some(archived) = archived {
            assert!(world.exists(&format!("QMS/.archive/CR/CR-001/CR-001-v{archived}.md")));
        }
    }
}

/// A person who routes what they hold reads that it was checked in before it was routed.
///
/// Verifies: REQ-WF-023
#[test]
fn a_person_reads_that_it_was_checked_in_first() {
    let text = procedure(HELD).text("claude", "route SOP-008 --review");
    let checked_in = text.find("checked in first").expect("it is told");
    let routed = text.find("Routed: SOP-008").expect("it is told");
    assert!(checked_in < routed, "{text}");
    let answer = procedure("DRAFT").by("claude", "route SOP-008 --review");
    assert_eq!(answer.json["messages"], json!([]));
    assert_eq!(answer.done()["auto_checked_in"], false);
}

/// What another holds is not routed, and nothing of theirs is checked in.
///
/// Verifies: REQ-WF-015, REQ-WF-023
#[test]
fn what_another_holds_is_not_routed() {
    let world = procedure(HELD);
    for user in ["bob", "lead"] {
        let error = world.refused(user, "route SOP-008 --review", "not_owner");
        assert_eq!(error["facts"]["responsible_user"], "claude");
    }
    assert!(world.exists(".claude/users/claude/workspace/SOP-008.md"));
}

/// What was reviewed and is held again would be a draft once checked in: it is not routed for approval, nor
/// checked in on the way.
///
/// Verifies: REQ-WF-015, REQ-DOC-009
#[test]
fn what_was_reviewed_and_is_held_is_not_routed_for_approval() {
    for (world, id) in [
        (procedure("REVIEWED"), "SOP-008"),
        (change("PRE_REVIEWED"), "CR-001"),
    ] {
        world.by("claude", &format!("checkout {id}")).done();
        let line = format!("route {id} --approval");
        world.refused("claude", &line, "invalid_transition");
        world.by("claude", &format!("route {id} --review")).done();
    }
}

/// Where the copy was lost, nothing is routed.
///
/// Verifies: REQ-WF-015
#[test]
fn what_is_lost_from_the_workspace_is_not_routed() {
    let world = procedure(HELD);
    fs::remove_file(world.path(".claude/users/claude/workspace/SOP-008.md")).unwrap();
    world.refused("claude", "route SOP-008 --review", "not_checked_out");
}

/// Everybody in quality is asked where nobody is named, and exactly those who are named otherwise.
///
/// Verifies: REQ-WF-004
#[test]
fn quality_is_asked_unless_others_are_named() {
    let world = world();
    world.story(
        "lead: user --add qb --group quality
         claude: create SOP --title Cleaning
         claude: route SOP-008 --review",
    );
    assert_eq!(
        world.meta("SOP", "SOP-008")["pending_assignees"],
        json!(["qa", "qb"])
    );
    world.story(
        "claude: withdraw SOP-008
         claude: route SOP-008 --review --assign rita",
    );
    assert_eq!(
        world.meta("SOP", "SOP-008")["pending_assignees"],
        json!(["rita"])
    );
}
