//! What somebody is asked to judge: the task whole, the text it is about, and the answer to that very text.

use crate::common::World;
use qms::model::digest::sha256;
use serde_json::{Value, json};

const COPY: &str = ".claude/users/claude/workspace/SOP-008.md";

/// A procedure of this text that two people are asked to review.
fn asked(text: &str) -> World {
    let world = World::new();
    world.by("claude", "create SOP --title Cleaning").done();
    world.write(COPY, text);
    let route = "route SOP-008 --review --assign qa rita";
    world.by("claude", route).done();
    world
}

fn text(body: &str) -> String {
    format!("---\ntitle: Cleaning\n---\n\n{body}\n")
}

// ── The task, whole ──────────────────────────────────────────────────────

fn opened(world: &World, user: &str, id: &str) -> Value {
    world.by(user, &format!("inbox {id}")).done()
}

/// Writes another text, or the same again, and asks for reviews.
fn ask_again(world: &World, text: &str) {
    world.by("claude", "checkout SOP-008").done();
    world.write(COPY, text);
    let route = "route SOP-008 --review --assign qa rita";
    world.by("claude", route).done();
}

/// One call gives what is asked, the text it is asked about, and what was written about it.
///
/// Verifies: REQ-QRY-005, REQ-TASK-002
#[test]
fn a_task_is_opened_whole() {
    let world = asked(&text("Scrub."));
    let listed = world.by("rita", "inbox").done()["tasks"].clone();
    world
        .by(
            "qa",
            "review SOP-008 --request-updates --comment \"Name the brush.\"",
        )
        .done();
    let answer = world.by("rita", "inbox sop-008");
    assert!(answer.allowed().contains(&"review".to_owned()));
    let data = answer.done();
    let keys: Vec<_> = data.as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        [
            "doc_id",
            "task",
            "prompt",
            "version",
            "place",
            "content",
            "content_sha256",
            "unchanged",
            "diff",
            "comments"
        ]
    );
    assert_eq!(data["task"], listed[0]);
    let file = world.read(".claude/users/rita/inbox/task-SOP-008-review-v0-1.md");
    let prompt = data["prompt"].as_str().unwrap();
    assert!(file.ends_with(&format!("---\n\n{prompt}\n")), "{prompt}");
    assert!(!prompt.contains("task_id") && prompt.contains("# REVIEW REQUEST: SOP-008"));
    assert_eq!(
        (&data["version"], &data["place"]),
        (&json!("0.1"), &json!("draft"))
    );
    assert_eq!(data["content"], text("Scrub."));
    assert_eq!(data["content_sha256"], sha256(text("Scrub.").as_bytes()));
    assert_eq!(
        (&data["unchanged"], &data["diff"]),
        (&json!(false), &Value::Null)
    );
    let comments = world.by("rita", "comments SOP-008").done();
    assert_eq!(data["comments"], comments["comments"]);
    assert_eq!(data["comments"][0]["comment"], "Name the brush.");

    let told = world.text("rita", "inbox SOP-008");
    assert!(
        told.starts_with("[REVIEW] SOP-008  Cleaning\n  Workflow: REVIEW"),
        "{told}"
    );
    assert!(told.contains(prompt) && told.ends_with("The text: qms --user rita read SOP-008\n"));
}

/// A text that is byte for byte the one judged last is said to be so, and not sent again.
///
/// Verifies: REQ-QRY-005
#[test]
fn a_text_that_was_judged_before_is_not_sent_again() {
    let world = asked(&text("Scrub."));
    world
        .by("qa", "review SOP-008 --request-updates --comment No")
        .done();
    ask_again(&world, &text("Scrub."));
    let data = opened(&world, "qa", "SOP-008");
    assert_eq!(
        (&data["unchanged"], &data["diff"]),
        (&json!(true), &Value::Null)
    );
    assert_eq!(data.get("content"), None);
    assert_eq!(data["content_sha256"], sha256(text("Scrub.").as_bytes()));
    assert!(
        world
            .text("qa", "inbox SOP-008")
            .ends_with("It is the text you judged last.\n")
    );
    // Somebody else did not judge it.
    let data = opened(&world, "rita", "SOP-008");
    assert_eq!(
        (&data["unchanged"], &data["content"]),
        (&json!(false), &json!(text("Scrub.")))
    );

    // An approval and a rejection are judgements, too.
    world.story(
        "qa: review SOP-008 --recommend --comment Yes
         rita: review SOP-008 --recommend --comment Yes
         claude: route SOP-008 --approval --assign qa rolf
         rolf: reject SOP-008 --comment \"Not yet\"
         claude: route SOP-008 --approval --assign qa rolf",
    );
    assert_eq!(opened(&world, "rolf", "SOP-008")["unchanged"], true);
}

/// What changed since a person judged it last is shown, where that text is kept.
///
/// Verifies: REQ-QRY-005
#[test]
fn what_changed_since_it_was_judged_is_shown() {
    let world = asked(&text("Scrub."));
    world
        .by("qa", "review SOP-008 --request-updates --comment No")
        .done();
    // A text that another took the place of at the same version is kept nowhere.
    ask_again(&world, &text("Scrub twice."));
    let data = opened(&world, "qa", "SOP-008");
    assert_eq!(
        (&data["unchanged"], &data["diff"]),
        (&json!(false), &Value::Null)
    );

    world.story(
        "qa: review SOP-008 --recommend --comment Yes
         rita: review SOP-008 --recommend --comment Yes
         claude: route SOP-008 --approval
         qa: approve SOP-008",
    );
    ask_again(&world, &text("Scrub thrice."));
    let data = opened(&world, "qa", "SOP-008");
    let diff = "--- SOP-008 v1.0\n+++ SOP-008 v1.1\n@@ -2,4 +2,4 @@\n title: Cleaning\n ---\n \n\
                -Scrub twice.\n+Scrub thrice.\n";
    assert_eq!(data["diff"], diff);
    assert_eq!(data["content"], text("Scrub thrice."));
    let told = world.text("qa", "inbox SOP-008");
    assert!(
        told.ends_with(&format!("Since you judged it last:\n\n{diff}")),
        "{told}"
    );
    // Rita judged the same words, before they were approved.
    assert_eq!(opened(&world, "rita", "SOP-008")["diff"], diff);
}

/// What an owner logs on the way is no judgement.
#[test]
fn moving_a_document_is_no_judgement() {
    let world = World::new();
    world.story(
        "claude: create SOP --title Cleaning
         claude: route SOP-008 --review --assign qa claude",
    );
    let data = opened(&world, "claude", "SOP-008");
    assert_eq!(
        (&data["unchanged"], &data["diff"]),
        (&json!(false), &Value::Null)
    );
}

/// Where no seal says which text a judgement was of, its version does, unless that version was written anew.
///
/// Verifies: REQ-QRY-005
#[test]
fn before_there_were_seals_the_version_says_which_text_was_judged() {
    let world = asked(&text("Scrub."));
    let trail = "QMS/.audit/SOP/SOP-008.jsonl";
    let unseal = || {
        let lines = world.read(trail);
        let bare = lines
            .lines()
            .map(|line| line.split(", \"seal\"").next().unwrap());
        let bare = bare.map(|line| format!("{}}}\n", line.trim_end_matches('}')));
        world.write(trail, &bare.collect::<String>());
    };
    world
        .by("qa", "review SOP-008 --request-updates --comment No")
        .done();
    ask_again(&world, &text("Scrub."));
    unseal();
    let data = opened(&world, "qa", "SOP-008");
    assert_eq!(
        (&data["unchanged"], &data["diff"]),
        (&json!(false), &Value::Null)
    );

    world.story(
        "qa: review SOP-008 --recommend --comment Yes
         rita: review SOP-008 --recommend --comment Yes
         claude: route SOP-008 --approval
         qa: reject SOP-008 --comment \"Not yet\"
         claude: route SOP-008 --approval",
    );
    unseal();
    assert_eq!(opened(&world, "qa", "SOP-008")["unchanged"], true);
    world.by("qa", "approve SOP-008").done();
    ask_again(&world, &text("Scrub twice."));
    unseal();
    let diff = opened(&world, "qa", "SOP-008")["diff"].to_string();
    assert!(
        diff.contains("SOP-008 v0.1") && diff.contains("-Scrub."),
        "{diff}"
    );
}

/// A document that is written by answering is judged as its answers give it.
///
/// Verifies: REQ-QRY-005, REQ-INT-019
#[test]
fn a_record_of_answers_is_judged_as_it_compiles() {
    let world = World::inspected();
    world.story(
        "claude: create VR --parent CR-001 --title Tight
         claude: interact CR-001-VR-001 --respond \"The new seal\"
         claude: route CR-001-VR-001 --review",
    );
    let data = opened(&world, "qa", "CR-001-VR-001");
    let read = world.by("qa", "read CR-001-VR-001").done();
    assert!(data["content"].to_string().contains("The new seal"));
    for key in ["content", "content_sha256", "version", "place"] {
        assert_eq!(data[key], read[key], "{key}");
    }
}

/// Other rules have other words for it: what records an outcome there is a judgement there.
#[test]
fn a_task_of_other_rules_is_opened_whole() {
    let world = World::library();
    world.story(
        "cleo: create BOOK --title Emma
         cleo: present BOOK-0001 --arrival
         kai: inspect BOOK-0001 --outcome damaged --comment \"The spine is loose.\"
         cleo: present BOOK-0001 --arrival",
    );
    let data = opened(&world, "kai", "book-0001");
    assert_eq!(data["task"]["task_type"], "CARE");
    assert_eq!(data["unchanged"], true);
    assert_eq!(data["comments"][0]["comment"], "The spine is loose.");
    let seen = data["content_sha256"].as_str().unwrap();
    let line = "inspect BOOK-0001 --outcome sound --comment Whole --seen";
    world.by("kai", &format!("{line} {seen}")).done();
    let error = world.refused("kai", "inbox BOOK-0001", "not_found");
    assert_eq!(error["hint"], "your inbox is empty");
}

/// Of what nobody is asked nothing is shown; what they are asked is named.
///
/// Verifies: REQ-QRY-005
#[test]
fn what_is_not_asked_is_not_found() {
    let world = asked(&text("Scrub."));
    world.by("claude", "create CR --title Pump").done();
    let error = world.refused("qa", "inbox CR-001", "not_found");
    assert_eq!(error["facts"]["asked"], json!(["SOP-008"]));
    assert_eq!(error["hint"], "you are asked about: SOP-008");
    world.refused("rolf", "inbox SOP-008", "not_found");
    world.refused("qa", "inbox SOP-009", "not_found");
    world.refused("qa", "inbox NOPE", "not_found");
    world.refused("nobody", "inbox SOP-008", "unknown_user");
    for id in [
        "../SOP-008",
        "SOP-008/..",
        "\"\"",
        "\"SOP-008\n\"",
        "SOP-008.md",
        "inbox/x",
    ] {
        world.refused("qa", &format!("inbox {id}"), "invalid_argument");
    }
}

/// Of several tasks about one document the one that it awaits counts, else the newest.
///
/// Verifies: REQ-QRY-005
#[test]
fn of_several_tasks_the_awaited_counts() {
    let world = asked(&text("Scrub."));
    let old = |day: &str, version: &str| {
        let name = format!(".claude/users/qa/inbox/task-SOP-008-approval-v{day}.md");
        let head = format!(
            "---\ntask_id: old-{day}\ntask_type: APPROVAL\nworkflow_type: APPROVAL\n\
             doc_id: SOP-008\nassigned_date: \"{day}\"\nversion: \"{version}\"\n---\n\nOld.\n"
        );
        world.write(&name, &head);
    };
    old("2027-01-01", "0.1");
    old("2027-01-02", "0.1");
    let data = opened(&world, "qa", "SOP-008");
    assert_eq!(data["task"]["task_id"], "task-SOP-008-review-v0-1");
    std::fs::remove_file(world.path(".claude/users/qa/inbox/task-SOP-008-review-v0-1.md")).unwrap();
    let data = opened(&world, "qa", "SOP-008");
    assert_eq!(
        (&data["task"]["task_id"], &data["prompt"]),
        (&json!("old-2027-01-02"), &json!("Old."))
    );
}

/// Files that are no tasks, links among them, open nothing, and lead nowhere.
///
/// Verifies: REQ-QRY-005
#[cfg(unix)]
#[test]
fn a_task_file_leads_nowhere() {
    let world = asked(&text("Scrub."));
    let inbox = |name: &str| format!(".claude/users/qa/inbox/{name}");
    let own = inbox("task-SOP-008-review-v0-1.md");
    let task = world.read(&own);

    // The document is the one it names, whatever its file is called.
    world.write(&own, &task.replace("doc_id: SOP-008", "doc_id: SOP-001"));
    let error = world.refused("qa", "inbox SOP-008", "not_found");
    assert_eq!(error["facts"]["asked"], json!(["SOP-001"]));
    world.write(
        &own,
        &task.replace("doc_id: SOP-008", "doc_id: ../../SOP-008"),
    );
    world.refused("qa", "inbox SOP-008", "not_found");
    let answer = world.by("qa", "inbox");
    assert!(
        answer.json["messages"]
            .to_string()
            .contains("is not a document id")
    );
    assert_eq!(answer.done().get("open"), None);

    world.write(&own, "---\ntask_id: [\n---\nx\n");
    world.refused("qa", "inbox SOP-008", "not_found");
    std::fs::remove_file(world.path(&own)).unwrap();
    world.write("secret.md", &task);
    std::os::unix::fs::symlink(world.path("secret.md"), world.path(&own)).unwrap();
    world.refused("qa", "inbox SOP-008", "not_found");
    world.write(&inbox("task-SOP-008-review-v0-2.md"), &task);
    assert_eq!(opened(&world, "qa", "SOP-008")["content"], text("Scrub."));
}

/// The inbox shows no text to whom the rules show none.
///
/// Verifies: REQ-SEC-002
#[test]
fn who_may_not_read_opens_no_task() {
    let world = World::library();
    world.story(
        "cleo: create BOOK --title Emma
         cleo: present BOOK-0001 --arrival",
    );
    let permits = "qms.d/permissions/desk.kdl";
    let rules = world.read(permits);
    for verb in ["read", "comments"] {
        let line = format!("permit {verb} ");
        let rules: String = rules
            .lines()
            .map(|text| {
                if text.starts_with(&line) {
                    format!("{line}{{ to clerk }}\n")
                } else {
                    format!("{text}\n")
                }
            })
            .collect();
        world.write(permits, &rules);
        world.refused("kai", "inbox BOOK-0001", "permission_denied");
        let data = world.by("kai", "inbox").done();
        assert_eq!(data["tasks"][0]["doc_id"], "BOOK-0001");
        assert_eq!(data.get("open"), None);
    }
}

/// Where exactly one task waits, programs are given it whole beside the list.
///
/// Verifies: REQ-QRY-005
#[test]
fn the_only_task_is_opened_for_programs() {
    let world = asked(&text("Scrub."));
    let answer = world.by("qa", "inbox");
    assert!(answer.allowed().contains(&"review".to_owned()));
    let data = answer.done();
    assert_eq!(data["open"], opened(&world, "qa", "SOP-008"));
    assert_eq!(data["tasks"][0], data["open"]["task"]);
    let told = world.text("qa", "inbox");
    assert!(
        !told.contains("REVIEW REQUEST") && !told.contains("You may now"),
        "{told}"
    );

    world.story(
        "claude: create CR --title Pump
         claude: route CR-001 --review",
    );
    let answer = world.by("qa", "inbox");
    assert_eq!(answer.json.get("next"), None);
    assert_eq!(answer.done().get("open"), None);
    assert_eq!(world.by("rolf", "inbox").done().get("open"), None);

    // What cannot be opened keeps nothing from being listed.
    std::fs::remove_file(world.path("QMS/SOP/SOP-008-draft.md")).unwrap();
    let answer = world.by("rita", "inbox");
    assert!(answer.json["messages"].to_string().contains("task-SOP-008"));
    let data = answer.done();
    assert_eq!(
        (data["tasks"].as_array().unwrap().len(), data.get("open")),
        (1, None)
    );
}

// ── What is one's own to move on ─────────────────────────────────────────

/// The ids of what somebody is to move on.
fn yours(world: &World, user: &str) -> Vec<Value> {
    let data = world.by(user, "inbox").done();
    let yours = data.get("yours").and_then(Value::as_array);
    let ids = yours.into_iter().flatten();
    ids.filter_map(|own| own.get("doc_id").cloned()).collect()
}

/// What somebody is responsible for is theirs to move on, unless it awaits others, rests, or has ended.
///
/// Verifies: REQ-QRY-005
#[test]
fn what_awaits_nobody_else_is_its_owners_to_move_on() {
    let world = World::new();
    world.by("claude", "create CR --title Pump").done();
    let data = world.by("claude", "inbox").done();
    assert_eq!(data["tasks"], json!([]));
    let own = &data["yours"][0];
    let next = world.by("claude", "status CR-001").json["next"].clone();
    let expected = json!({
        "doc_id": "CR-001", "title": "Pump", "version": "0.1", "status": "DRAFT", "next": next,
    });
    assert_eq!(*own, expected);
    assert_eq!(
        world.text("claude", "inbox"),
        "Inbox is empty\n\nYours to move on: 1\n\nCR-001  Pump\n  Version: 0.1   Status: DRAFT\n  \
         You may: checkin, route review\n"
    );
    for user in ["lead", "qa", "bob", "rita"] {
        assert_eq!(yours(&world, user), Vec::<Value>::new(), "{user}");
    }

    for (user, line, is_own) in [
        ("claude", "checkin CR-001", true),
        ("claude", "route CR-001 --review", false),
        ("qa", "review CR-001 --request-updates --comment No", true),
        ("claude", "checkout CR-001", true),
        ("claude", "route CR-001 --review", false),
        ("qa", "review CR-001 --recommend --comment Fine", true),
        ("claude", "route CR-001 --approval", false),
        ("qa", "approve CR-001", true),
        ("claude", "release CR-001", true),
        ("claude", "route CR-001 --review", false),
        ("qa", "review CR-001 --recommend --comment Fine", true),
        ("claude", "route CR-001 --approval", false),
        ("qa", "approve CR-001", true),
        ("claude", "close CR-001", false),
    ] {
        world.by(user, line).done();
        let expected: &[&str] = if is_own { &["CR-001"] } else { &[] };
        assert_eq!(yours(&world, "claude"), expected, "{line}");
    }

    // What is in force is nobody's, and what was taken by another is theirs.
    world.by("bob", "checkout SOP-001").done();
    assert_eq!(yours(&world, "bob"), ["SOP-001"]);
    world.by("bob", "checkin SOP-001").done();
    world.by("lead", "checkout SOP-001").done();
    assert_eq!(yours(&world, "bob"), Vec::<Value>::new());
    assert_eq!(yours(&world, "lead"), ["SOP-001"]);
}

/// What its owner may do nothing with is not theirs to move on.
#[test]
fn who_may_do_nothing_has_nothing_to_move_on() {
    let world = World::new();
    world.by("bob", "create CR --title Pump").done();
    assert_eq!(yours(&world, "bob"), ["CR-001"]);
    let agent = world.read(".claude/agents/bob.md");
    world.write(
        ".claude/agents/bob.md",
        &agent.replace("initiator", "reviewer"),
    );
    assert_eq!(yours(&world, "bob"), Vec::<Value>::new());
}

/// Under other rules, too: a card in the making is its clerk's, one that is issued rests.
#[test]
fn under_other_rules_too_what_is_in_the_making_is_its_owners() {
    let world = World::library();
    for (user, line, is_own) in [
        ("cleo", "create BOOK --title Emma", true),
        ("cleo", "present BOOK-0001 --arrival", false),
        (
            "kai",
            "inspect BOOK-0001 --outcome damaged --comment Torn",
            true,
        ),
        ("cleo", "present BOOK-0001 --arrival", false),
        (
            "kai",
            "inspect BOOK-0001 --outcome sound --comment Whole",
            false,
        ),
        ("cleo", "lend BOOK-0001 --borrower pia", false),
        ("pia", "return BOOK-0001", false),
        ("cleo", "checkout BOOK-0001", true),
        ("cleo", "present BOOK-0001 --arrival", false),
    ] {
        world.by(user, line).done();
        let expected: &[&str] = if is_own { &["BOOK-0001"] } else { &[] };
        assert_eq!(yours(&world, "cleo"), expected, "{line}");
    }
}

/// Of many documents the newest are shown, and how many more there may be.
#[test]
fn of_many_documents_the_newest_are_shown() {
    let world = World::new();
    for _ in 0..22 {
        world.by("claude", "create CR --title Pump").done();
    }
    let data = world.by("claude", "inbox").done();
    let yours = data["yours"].as_array().unwrap();
    assert_eq!(yours.len(), 20);
    assert_eq!(
        (&yours[0]["doc_id"], &data["yours_more"]),
        (&json!("CR-022"), &json!(2))
    );
    let told = world.text("claude", "inbox");
    let last = "\n2 more may be yours: qms --user claude list --owner claude\n";
    assert!(told.ends_with(last), "{told}");
    world
        .by("claude", "cancel CR-022 --confirm")
        .refused("checked_out");
    for id in ["CR-001", "CR-002"] {
        world.by("claude", &format!("route {id} --review")).done();
    }
    assert_eq!(world.by("claude", "inbox").done().get("yours_more"), None);
}

/// A record that is damaged keeps nothing else from being shown.
///
/// Verifies: REQ-QRY-005
#[test]
fn a_damaged_record_keeps_nothing_else_from_being_shown() {
    let world = World::new();
    world.story(
        "claude: create CR --title Pump
         claude: create CR --title Seal
         claude: create CR --title Valve",
    );
    assert_eq!(yours(&world, "claude"), ["CR-003", "CR-002", "CR-001"]);
    world.write("QMS/.meta/CR/CR-001.json", "{");
    let record = world.read("QMS/.meta/CR/CR-002.json");
    world.write("QMS/.meta/CR/CR-002.json", &record.replace("DRAFT", "ODD"));
    world.write("QMS/.meta/CR/NOPE-001.json", &record);
    let answer = world.by("claude", "inbox");
    let told = answer.json["messages"].to_string();
    assert!(
        told.contains("CR-001.json") && told.contains("CR-002.json"),
        "{told}"
    );
    assert!(!told.contains("NOPE"), "{told}");
    assert_eq!(answer.done()["yours"].as_array().unwrap().len(), 1);
}

// ── Reading ──────────────────────────────────────────────────────────────

/// Who is asked about a text reads that text, and is told what else there is; everybody else reads what is in
/// force.
///
/// Verifies: REQ-QRY-001
#[test]
fn who_is_asked_reads_what_is_judged() {
    let world = asked(&text("Scrub."));
    world.story(
        "qa: review SOP-008 --recommend --comment Fine
         rita: review SOP-008 --recommend --comment Fine
         claude: route SOP-008 --approval
         qa: approve SOP-008
         claude: checkout SOP-008",
    );
    world.write(COPY, &text("Scrub twice."));
    world
        .by("claude", "route SOP-008 --review --assign qa")
        .done();

    let read = |user: &str, flags: &str| world.by(user, &format!("read SOP-008{flags}")).done();
    let judged = read("qa", "");
    assert_eq!(judged["content"], text("Scrub twice."));
    assert_eq!(
        (&judged["place"], &judged["version"]),
        (&json!("draft"), &json!("1.1"))
    );
    assert!(
        judged["other"]
            .to_string()
            .contains(r#""version":"1.0","place":"issued""#)
    );
    assert_eq!(read("qa", " --version 1.0")["content"], text("Scrub."));
    assert_eq!(read("rita", "")["content"], text("Scrub."));
    assert_eq!(read("claude", "")["place"], "issued");
    assert_eq!(read("rita", " --draft"), judged);

    // Once answered, nothing is asked any more.
    world
        .by("qa", "review SOP-008 --recommend --comment Fine")
        .done();
    assert_eq!(read("qa", "")["place"], "issued");
}

// ── The text that was seen ───────────────────────────────────────────────

/// A judgement of a text that is another by now is refused, before anything else is asked of the document.
#[test]
fn a_judgement_is_of_the_text_that_was_seen() {
    let world = asked(&text("Scrub."));
    let seen = sha256(text("Scrub.").as_bytes());
    let other = "0".repeat(64);
    let stale = |user: &str, line: &str| {
        let error = world.refused(user, &format!("{line} --seen {other}"), "stale");
        assert_eq!(error["facts"]["content_sha256"], seen.as_str());
    };
    stale("qa", "review SOP-008 --recommend --comment Fine");
    stale("claude", "approve SOP-008");
    stale("bob", "reject SOP-008 --comment No");
    let malformed = ["xyz", "\"\"", &"g".repeat(64), &"é".repeat(32)];
    for malformed in malformed {
        let line = format!("review SOP-008 --recommend --comment Fine --seen {malformed}");
        world.refused("qa", &line, "invalid_argument");
    }

    let recommend = "review SOP-008 --recommend --comment Fine --seen";
    world.by("qa", &format!("{recommend} {seen}")).done();
    let seen = seen.to_uppercase();
    world.by("rita", &format!("{recommend} {seen}")).done();
    world.by("claude", "route SOP-008 --approval").done();
    world
        .by("qa", &format!("approve SOP-008 --seen {seen} --dry-run"))
        .done();
    let reject = format!("reject SOP-008 --comment No --seen {seen}");
    world.by("qa", &reject).done();
}

/// What is asked for beside it is asked for first.
#[test]
fn arguments_come_before_the_text_that_was_seen() {
    let world = asked(&text("Scrub."));
    let other = "0".repeat(64);
    world.refused("qa", &format!("review SOP-008 --seen {other}"), "usage");
    world.refused(
        "qa",
        &format!("approve SOP-009 --seen {other}"),
        "not_found",
    );
    world.refused(
        "nobody",
        &format!("approve SOP-008 --seen {other}"),
        "unknown_user",
    );
    world.refused(
        "qa",
        &format!("approve SOP-008 --if-version 7.0 --seen {other}"),
        "stale",
    );
}

/// A verb that only other rules know takes it too, where it judges, and no other does.
#[test]
fn a_verb_of_other_rules_that_judges_takes_what_was_seen() {
    let world = World::library();
    world.by("cleo", "create BOOK --title Emma").done();
    world.by("cleo", "present BOOK-0001 --arrival").done();
    let drafts = world.files().into_iter();
    let mut drafts = drafts.filter(|(path, _)| path.ends_with("BOOK-0001-draft.md"));
    let seen = sha256(&drafts.next().unwrap().1);
    let inspect = "inspect BOOK-0001 --outcome sound --comment Whole --seen";
    let other = "0".repeat(64);
    world.refused("kai", &format!("{inspect} {other}"), "stale");
    world.refused("kai", &format!("{inspect} x"), "invalid_argument");
    world.by("kai", &format!("{inspect} {seen}")).done();
    world.refused(
        "cleo",
        &format!("lend BOOK-0001 --borrower pia --seen {seen}"),
        "usage",
    );
    assert!(world.text("kai", "inspect --help").contains("--seen"));
}
