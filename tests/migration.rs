//! What a change of rules may not do to the documents there are: `migrate` refuses it, `validate-config` and
//! `diff-config` tell of it, and no command works on what it would mistake.

use std::fs;

use crate::common::{World, assert_same};
use crate::difference::{edit, ours, rename, shelf};
use serde_json::{Value, json};

const LIFE: &str = "workflows/lending.kdl";
const BOOK: &str = "doctypes/BOOK.kdl";

/// The messages of what `validate-config` finds in the project, of one kind.
fn found(world: &World, code: &str) -> Vec<String> {
    let findings = world.qms("validate-config").json["data"]["findings"].clone();
    let findings = findings.as_array().cloned().unwrap_or_default();
    let of_kind = findings
        .iter()
        .filter(|finding| finding["code"] == format!("qms::rules::{code}"));
    let messages = of_kind.map(|finding| finding["message"].as_str().unwrap().to_owned());
    messages.collect()
}

fn obstacles(refusal: &Value) -> String {
    refusal["facts"]["obstacles"].to_string()
}

/// Where a type is named otherwise, its records are sought elsewhere. A document whose record is not found is not
/// taken for one that was just begun.
#[test]
fn a_record_that_is_sought_elsewhere_is_not_presumed_new() {
    let world = shelf();
    world.story("cleo: checkin BOOK-0001");
    edit(
        &world.path("qms.d"),
        &[(BOOK, "    id \"BOOK", "    named \"TOME\"\n    id \"BOOK")],
    );
    let before = world.files();
    for line in [
        "status BOOK-0001",
        "strike BOOK-0001 --confirm",
        "checkout BOOK-0001",
    ] {
        let refusal = world.refused("cleo", line, "integrity");
        let message = refusal["message"].as_str().unwrap();
        assert_eq!(
            message,
            "the record of `BOOK-0001` is QMS/.meta/BOOK/BOOK-0001.json, and is sought as \
             QMS/.meta/TOME/BOOK-0001.json"
        );
        assert!(refusal["hint"].to_string().contains("`named`"), "{refusal}");
    }
    let refusal = world.refused("ada", "migrate", "gate_blocked");
    assert!(
        obstacles(&refusal).contains(".meta/TOME/BOOK-0002"),
        "{refusal}"
    );
    let unfit = found(&world, "unfit_record");
    assert_eq!(unfit.len(), 2, "{unfit:#?}");
    assert_same(&before, &world.files());
}

/// Where documents of a type are kept elsewhere, those that lie where they lay have no text: nothing is done to them.
#[test]
fn a_document_without_its_text_is_left_alone() {
    let world = shelf();
    world.story("cleo: checkin BOOK-0001");
    edit(
        &world.path("qms.d"),
        &[(BOOK, "stored-in \"BOOK/{id}\"", "stored-in \"TOMES/{id}\"")],
    );
    let before = world.files();
    let refusal = world.refused("cleo", "checkout BOOK-0001", "integrity");
    let message = refusal["message"].as_str().unwrap();
    assert_eq!(message, "`BOOK-0001` has no text in QMS/TOMES/BOOK-0001");
    let refusal = world.refused("ada", "migrate", "gate_blocked");
    assert!(
        obstacles(&refusal).contains("QMS/TOMES/BOOK-0002"),
        "{refusal}"
    );
    assert_eq!(found(&world, "unfit_record").len(), 2);
    assert_same(&before, &world.files());
}

/// No document is carried to a state of which something is always true that is not true of it.
#[test]
fn nothing_is_carried_where_it_would_break_what_is_always_true() {
    let world = shelf();
    rename(&world, "IN_INSPECTION", "AT_DESK", "renamed from=SHELVED");
    let text = world.read(&format!("qms.d/{LIFE}"));
    let text = text
        .replace("SHELVED", "STANDING")
        .replace("from=STANDING", "from=SHELVED");
    let text = text.replace(
        "    state STANDING       \"It stands in its place.\"",
        "    state STANDING       \"It stands in its place.\" { renamed from=IN_INSPECTION; }",
    );
    world.write(&format!("qms.d/{LIFE}"), &text);
    let before = world.files();
    let refusal = world.refused("ada", "migrate", "gate_blocked");
    let obstacles = obstacles(&refusal);
    // What is checked out comes to where nothing is, and what awaits somebody to where nobody is awaited.
    assert!(
        obstacles.contains("Nobody writes on a card that others are looking at."),
        "{obstacles}"
    );
    assert!(obstacles.contains("`STANDING` awaits none"), "{obstacles}");
    assert_same(&before, &world.files());
}

/// Who is asked under another name of the stage is told of, and asked anew.
#[test]
fn who_is_asked_in_words_of_other_rules_is_asked_anew() {
    let world = shelf();
    let stage = (LIFE, "task=CARE stage=DESK", "task=CARE stage=COUNTER");
    let line = ours(&world, &[stage]);
    fs::rename(
        world.path("qms.d/prompts/care/desk"),
        world.path("qms.d/prompts/care/counter"),
    )
    .unwrap();
    let told = world.qms(&line).done()["concerned"][0]["questions"].to_string();
    assert!(told.contains("DESK, which is COUNTER now"), "{told}");
    assert_eq!(
        found(&world, "unanswered_task"),
        [
            "`kai` is asked about `BOOK-0002` in the words of other rules: DESK, which is COUNTER now"
        ]
    );
    let done = world.by("ada", "migrate").done();
    assert_eq!(
        done["carried"],
        json!([{
            "doc_id": "BOOK-0002",
            "from_status": "IN_INSPECTION",
            "to_status": "IN_INSPECTION",
            "marks": [],
            "pending_assignees": ["kai"],
        }])
    );
    let files = world.files();
    let tasks: Vec<_> = files
        .keys()
        .filter(|path| path.contains("/inbox/task-"))
        .collect();
    assert_eq!(tasks.len(), 1, "{tasks:?}");
    assert!(
        tasks[0].contains("/kai/inbox/task-BOOK-0002-counter-"),
        "{tasks:?}"
    );
    assert!(found(&world, "unanswered_task").is_empty());
    assert_eq!(world.by("ada", "migrate").done()["carried"], json!([]));
}

/// A project in which a worn book is on its way out.
fn worn() -> World {
    let world = World::library();
    world.story(
        "cleo: create BOOK --title Atlas
         cleo: checkin BOOK-0001
         cleo: present BOOK-0001 --arrival
         kai: inspect BOOK-0001 --outcome sound --comment Whole
         ada: checkout BOOK-0001
         ada: checkin BOOK-0001
         ada: present BOOK-0001 --farewell",
    );
    world
}

/// Calls the mark of worn books otherwise, and says perhaps what it was called.
fn call_it_shabby(world: &World, map: &str) {
    let path = format!("qms.d/{LIFE}");
    let text = world.read(&path);
    let line = text
        .lines()
        .find(|line| line.trim().starts_with("mark worn"));
    let line = line.unwrap();
    let text = text.replace(line, &format!("{line} {map}"));
    let text = text.replace("mark worn", "mark shabby");
    world.write(&path, &text);
}

/// A document that bears a mark which is gone is told of: what was decided by it would be decided otherwise.
#[test]
fn a_mark_that_is_gone_is_told_of() {
    let world = worn();
    let line = ours(&world, &[]);
    call_it_shabby(&world, "");
    let data = world.qms(&line).done();
    let obstacles = data["concerned"][0]["obstacles"].to_string();
    assert!(
        obstacles.contains("it bears the mark worn, which is gone"),
        "{data}"
    );
}

/// A mark that says what it was called is carried over; until then nothing is done to a document that bears it.
#[test]
fn a_mark_under_an_earlier_name_is_carried_over() {
    let world = worn();
    let record = || world.meta("BOOK", "BOOK-0001");
    let before = record();
    assert_eq!(before["worn"], true);
    let line = ours(&world, &[]);
    call_it_shabby(&world, "{ renamed from=worn; }");

    let data = world.qms(&line).done();
    let concerned = &data["concerned"][0];
    assert_eq!(concerned["obstacles"], json!([]), "{data}");
    let renamed = json!([{ "from": "worn", "to": "shabby" }]);
    assert_eq!(concerned["renamed_marks"], renamed);
    assert_eq!(concerned["lost"], json!([]));
    let changes = data["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{data}");
    assert_eq!(changes[0]["what"], "mark shabby");
    assert_eq!(changes[0]["former"], "worn");

    let refusal = world.refused("ada", "withdraw BOOK-0001", "integrity");
    let message = refusal["message"].as_str().unwrap();
    assert!(
        message.ends_with("the document bears the mark `worn`, which these rules call `shabby`"),
        "{message}"
    );
    assert_eq!(found(&world, "unfit_record").len(), 1);
    let verified = world.qms("verify").done();
    assert_eq!(
        verified["findings"][0]["code"], "not_migrated",
        "{verified}"
    );

    let done = world.by("ada", "migrate").done();
    assert_eq!(done["carried"][0]["marks"], renamed);
    assert_eq!(done["carried"][0]["from_status"], before["status"]);
    let mut expected = before.clone();
    expected.as_object_mut().unwrap().shift_remove("worn");
    expected["shabby"] = true.into();
    assert_eq!(record(), expected);
    assert_eq!(world.qms("verify").done()["findings"], json!([]));
    assert_eq!(world.by("ada", "migrate").done()["carried"], json!([]));

    // What was decided by the mark is decided by it still.
    let leads_to = |world: &World| {
        let told = world.by("ada", "explain BOOK-0001").done();
        let actions = told["allowed"].as_array().unwrap().iter();
        actions
            .map(|action| (action["action"].clone(), action["to"].clone()))
            .collect::<Vec<_>>()
    };
    assert_eq!(leads_to(&world), leads_to(&worn()));
}

/// A project under the shipped rules, in which drafts are called sketches and EFFECTIVE takes in what was a draft.
fn drafts_in_force() -> World {
    let world = World::empty();
    world.qms("config export").done();
    world.qms("init").done();
    world.story(
        "lead: checkout SOP-002
         lead: checkin SOP-002",
    );
    let path = "qms.d/workflows/non-executable.kdl";
    let text = world.read(path).replace("DRAFT", "SKETCH");
    let line = text.lines().find(|line| line.contains("state EFFECTIVE"));
    let line = line.unwrap();
    let merged = format!("{line} {{ renamed from=DRAFT; }}");
    world.write(path, &text.replace(line, &merged));
    world
}

/// Nothing comes into force by a name: a draft is carried to no state in which no document ever has a draft so.
#[test]
fn nothing_is_carried_where_no_document_stands_so() {
    let world = drafts_in_force();
    let before = world.files();
    let refusal = world.refused("lead", "migrate", "gate_blocked");
    let told = "SOP-002 would come to `EFFECTIVE` as no document of these rules does: v1.1, draft and issued";
    assert_eq!(refusal["facts"]["obstacles"], json!([told]));
    assert_same(&before, &world.files());
}

/// A record of the earlier tool may stand as none does today: it is carried, and that is told.
#[test]
fn an_older_record_is_carried_as_it_stands() {
    let world = drafts_in_force();
    let path = "QMS/.audit/SOP/SOP-002.jsonl";
    let trail = world.read(path);
    let unsealed = trail.lines().map(|line| {
        let mut line: Value = serde_json::from_str(line).unwrap();
        line.as_object_mut().unwrap().shift_remove("seal");
        format!("{line}\n")
    });
    world.write(path, &unsealed.collect::<String>());
    let answer = world.by("lead", "migrate");
    let warnings = answer.json["messages"].to_string();
    assert!(
        warnings.contains("SOP-002 comes to `EFFECTIVE` as no document of these rules does: v1.1, draft and issued"),
        "{}",
        answer.json
    );
    answer.done();
    assert_eq!(world.meta("SOP", "SOP-002")["status"], "EFFECTIVE");
}
