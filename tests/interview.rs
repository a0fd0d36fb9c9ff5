//! Documents that are written by answering, from the command line: sessions, answers, evidence, reading.

use std::ffi::OsString;
use std::fs;
use std::io::BufReader;
use std::thread;

use crate::common::{World, noon};
use git2::{Repository, Signature};
use qms::cli::{Streams, run};
use std::time::Duration;

use qms::mcp::call::Site;
use qms::mcp::identity::Caller;
use serde_json::{Value, json};

const INSPECTION: &str = include_str!("interview/inspection.md");
const ID: &str = "CR-001-VR-001";
const SESSION: &str = ".claude/users/claude/workspace/CR-001-VR-001.interact";
const COPY: &str = ".claude/users/claude/workspace/CR-001-VR-001.md";
const SOURCE: &str = "QMS/.meta/VR/CR-001-VR-001.source.json";
const DRAFT: &str = "QMS/CR/CR-001/CR-001-VR-001-draft.md";
const TEMPLATE: &str = "QMS/TEMPLATE/TEMPLATE-VR.md";

/// A project with a change in execution, whose records are inspections.
fn project() -> World {
    let world = World::new();
    world.write(TEMPLATE, INSPECTION);
    world.story(
        "claude: create CR --title \"New seal\"
         claude: route CR-001 --review
         qa: review CR-001 --recommend --comment Good
         claude: route CR-001 --approval
         qa: approve CR-001
         claude: release CR-001",
    );
    world
}

/// The same, with a record that has just been created.
fn created() -> World {
    let world = project();
    world
        .by(
            "claude",
            "create VR --parent CR-001 --title \"It's: tight\"",
        )
        .done();
    world
}

/// Makes the record one of the earlier tool, whose trail has no seals.
fn unseal(world: &World) {
    let lines: Vec<_> = world
        .trail("VR", ID)
        .into_iter()
        .map(|mut line| {
            line.as_object_mut().unwrap().remove("seal");
            format!("{line}\n")
        })
        .collect();
    world.write("QMS/.audit/VR/CR-001-VR-001.jsonl", &lines.concat());
}

/// What `verify` finds; the template was put there by hand.
fn findings(world: &World) -> Vec<String> {
    let verified = world.qms("verify").json;
    let findings = verified["data"]["findings"].as_array().unwrap().iter();
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    findings
        .map(|finding| format!("{} {}", word(&finding["doc_id"]), word(&finding["code"])))
        .collect()
}

impl World {
    fn answer(&self, value: &str) -> Value {
        let words = ["--user", "claude", "interact", ID, "--respond", value];
        self.words(&words.map(str::to_owned)).done()
    }

    fn answer_all(&self) {
        for value in ["Vessel 3", "Pump up", "2.1 bar", "no", "Pass"] {
            self.answer(value);
        }
    }

    fn session(&self) -> Value {
        serde_json::from_str(&self.read(SESSION)).unwrap()
    }

    fn repository(&self) -> Repository {
        let repository = Repository::init(self.root()).unwrap();
        let mut config = repository.config().unwrap();
        config.set_str("core.hooksPath", "none").unwrap();
        config.set_bool("commit.gpgsign", false).unwrap();
        repository
    }
}

/// Verifies: REQ-INT-007, REQ-INT-017
#[test]
fn a_record_is_born_with_a_session_and_no_text_to_edit() {
    let world = project();
    let born = world.by("claude", "create VR --parent CR-001 --title Tightness");
    let told = born.json["messages"][0].as_str().unwrap().to_owned();
    assert!(told.contains("qms interact CR-001-VR-001"), "{told}");
    assert_eq!(born.done()["status"], "IN_EXECUTION");

    let session = world.session();
    assert_eq!(session["doc_id"], ID);
    assert_eq!(session["template"], "INSPECTION");
    assert_eq!(session["cursor"], "what");
    let remembered = json!({ "parent_doc_id": "CR-001", "vr_id": ID, "title": "Tightness" });
    assert_eq!(session["metadata"], remembered);
    assert!(world.read(COPY).contains("qms interact CR-001-VR-001"));
    assert!(world.read(DRAFT).contains("# CR-001-VR-001: Tightness"));
    assert!(!world.exists(SOURCE));
}

/// Verifies: REQ-INT-017
#[test]
fn checking_out_goes_on_where_the_answers_ended() {
    let world = created();
    world.answer("Vessel 3");
    world.by("claude", "checkin CR-001-VR-001").done();
    assert!(!world.exists(SESSION) && !world.exists(COPY));
    let source = world.read(SOURCE);

    world.by("claude", "checkout CR-001-VR-001").done();
    assert_eq!(world.read(SESSION), source);
    let shown = world.by("claude", "interact CR-001-VR-001").done();
    assert_eq!(shown["prompt"]["id"], "action.1");
}

/// Verifies: REQ-INT-017
#[test]
fn a_record_of_which_no_answers_are_left_begins_anew_with_its_title() {
    let world = created();
    world.by("claude", "checkin CR-001-VR-001").done();
    unseal(&world);
    fs::remove_file(world.path(SOURCE)).unwrap();
    world.by("claude", "checkout CR-001-VR-001").done();
    let session = world.session();
    assert_eq!(session["metadata"]["title"], "It's: tight");
    assert_eq!(session["responses"], json!({}));
}

/// Verifies: REQ-INT-010
#[test]
fn without_flags_it_shows_the_document_and_the_present_question() {
    let world = created();
    let text = world.text("claude", "interact CR-001-VR-001");
    for words in [
        "Document: CR-001-VR-001\nTemplate: INSPECTION v2\n",
        "--- Prompt: what ---",
        "What of CR-001 is inspected?",
    ] {
        assert!(text.contains(words), "{text}");
    }
    let shown = world.by("claude", "interact cr-001-vr-001").done();
    assert_eq!(shown["state"], "awaiting_response");
    assert_eq!(shown["recorded"], Value::Null);
    let prompt = json!({
        "id": "what", "kind": "prompt", "guidance": "What of CR-001 is inspected?",
        "commit": false, "loop": null, "iteration": null, "amending": false, "return_to": null,
    });
    assert_eq!(shown["prompt"], prompt);
    assert_eq!(world.files(), world.files(), "looking changes nothing");
}

/// Verifies: REQ-INT-011, REQ-INT-014, REQ-INT-015
#[test]
fn every_question_is_answered_in_its_turn() {
    let world = created();
    let told = world.answer("Vessel 3");
    assert_eq!(
        told["recorded"],
        json!({ "id": "what", "value": "Vessel 3", "commit": null })
    );
    assert_eq!(told["prompt"]["id"], "action.1");
    assert_eq!(
        told["prompt"]["guidance"],
        "Step 1 for Vessel 3: what is done?"
    );

    world.write("pumped.txt", "- Pump\n  up\n\n");
    let file = world.path("pumped.txt");
    let line = format!("interact {ID} --file {}", file.display());
    assert_eq!(
        world.by("claude", &line).done()["recorded"]["value"],
        "- Pump\n  up\n"
    );
    assert_eq!(
        world.answer("--dashes | and \\ pipes")["prompt"]["kind"],
        "gate"
    );
    assert_eq!(world.answer(" YES ")["prompt"]["id"], "action.2");
    world.answer("Wait");
    world.answer("Still 2.1 bar");
    assert_eq!(world.answer("no")["prompt"]["id"], "verdict");
    let last = world.answer("Pass");
    assert_eq!(
        (last["state"].as_str(), &last["prompt"]),
        (Some("complete"), &Value::Null)
    );
    let text = world.text("claude", "interact CR-001-VR-001");
    assert!(text.contains("Document is COMPLETE."), "{text}");

    let entry = &world.session()["responses"]["seen.1"][0];
    assert_eq!(entry["value"], "--dashes | and \\ pipes");
    assert_eq!(entry["author"], "claude");
    assert_eq!(entry["timestamp"], "2026-03-14T12:00:00Z");
}

/// Verifies: REQ-INT-011
#[test]
fn what_cannot_be_an_answer_is_refused_and_nothing_is_recorded() {
    let world = created();
    world.write("binary", "a\0b");
    fs::write(world.path("latin"), b"\xe9t\xe9").unwrap();
    fs::write(world.path("large"), "x".repeat(1024 * 1024 + 1)).unwrap();
    for (flags, code) in [
        ("--respond \"\"", "invalid_argument"),
        ("--respond \"  \"", "invalid_argument"),
        ("--file none.txt", "io"),
        ("--file binary", "invalid_argument"),
        ("--file latin", "invalid_argument"),
        ("--file large", "invalid_argument"),
        ("--respond x --file binary", "usage"),
        ("--respond x --reason y", "usage"),
        ("--reason y", "usage"),
        ("--respond x --cancel-goto", "usage"),
        ("--goto what --reopen steps --reason y", "usage"),
    ] {
        let flags = flags.replace("--file ", &format!("--file {}/", world.root().display()));
        world.refused("claude", &format!("interact {ID} {flags}"), code);
    }
    world.answer_all();
    world.refused(
        "claude",
        &format!("interact {ID} --respond more"),
        "invalid_transition",
    );
}

/// Verifies: REQ-INT-012, REQ-INT-009
#[test]
fn an_answer_is_amended_and_a_loop_reopened_with_a_reason() {
    let world = created();
    for (flags, code) in [
        ("--goto what", "usage"),
        ("--reopen steps", "usage"),
        ("--goto nothing --reason r", "invalid_argument"),
        ("--goto more --reason r", "invalid_argument"),
        ("--goto what --reason r", "invalid_transition"),
        ("--cancel-goto", "invalid_transition"),
        ("--reopen nothing --reason r", "invalid_argument"),
        ("--reopen steps --reason r", "invalid_transition"),
    ] {
        world.refused("claude", &format!("interact {ID} {flags}"), code);
    }
    world.answer_all();
    world.refused(
        "claude",
        &format!("interact {ID} --goto more.1 --reason r"),
        "invalid_argument",
    );

    let told = world
        .by(
            "claude",
            &format!("interact {ID} --goto seen.1 --reason \"misread\""),
        )
        .done();
    assert_eq!(told["prompt"]["amending"], true);
    assert_eq!(told["prompt"]["return_to"], "end");
    for flags in ["--goto what --reason r", "--reopen steps --reason r"] {
        world.refused(
            "claude",
            &format!("interact {ID} {flags}"),
            "invalid_transition",
        );
    }
    world
        .by("claude", &format!("interact {ID} --cancel-goto"))
        .done();
    let line = format!("interact {ID} --goto seen.1 --reason misread --respond \"2.0 bar\"");
    assert_eq!(world.by("claude", &line).done()["state"], "complete");
    let entries = world.session()["responses"]["seen.1"].clone();
    assert_eq!(entries.as_array().unwrap().len(), 2);
    assert_eq!(entries[1]["reason"], "misread");

    let told = world
        .by(
            "claude",
            &format!("interact {ID} --reopen steps --reason \"one more\""),
        )
        .done();
    assert_eq!(told["prompt"]["id"], "action.2");
    world.refused(
        "claude",
        &format!("interact {ID} --reopen steps --reason r"),
        "invalid_transition",
    );
    for value in ["Again", "2.2 bar", "no"] {
        world.answer(value);
    }
    assert_eq!(
        world.by("claude", &format!("interact {ID}")).done()["state"],
        "complete"
    );
    let text = world
        .by("claude", &format!("interact {ID} --compile"))
        .done()["content"]
        .clone();
    let text = text.as_str().unwrap();
    assert!(
        text.contains("~~2.1 bar~~") && text.contains("Amended: misread"),
        "{text}"
    );
    assert!(
        text.contains("## Step 2") && text.contains("2.2 bar"),
        "{text}"
    );
}

/// Verifies: REQ-INT-013
#[test]
fn progress_and_preview_show_and_store_nothing() {
    let world = created();
    world.answer("Vessel 3");
    let before = world.files();
    let text = world.text("claude", &format!("interact {ID} --progress"));
    let wanted = "Progress:\n  [x] what\n  [ ] action.1 [steps.1] <-\n  [ ] seen.1 (commit) [steps.1]\n  \
                  [ ] more.1 [steps.1]\n  [ ] verdict\n";
    assert_eq!(text, wanted);
    let lines = world
        .by("claude", &format!("interact {ID} --progress"))
        .done();
    let line = json!({
        "id": "action.1", "filled": false, "commit": false, "loop": "steps", "iteration": 1,
        "current": true,
    });
    assert_eq!(lines["progress"][1], line);
    let preview = world.text("claude", &format!("interact {ID} --compile"));
    assert!(
        preview.starts_with("---\ntitle: ") && preview.contains("> Vessel 3"),
        "{preview}"
    );
    assert_eq!(before, world.files());
}

/// Verifies: REQ-INT-018
#[test]
fn checking_in_makes_the_document_and_keeps_the_answers() {
    let world = created();
    world.answer_all();
    let answers = world.read(SESSION);
    let preview = world
        .by("claude", &format!("interact {ID} --compile"))
        .done();
    let text = world.text("claude", &format!("checkin {ID}"));
    assert!(text.starts_with("Source saved: "), "{text}");
    assert!(text.contains("(v1.0, interactive)"), "{text}");

    assert_eq!(world.read(SOURCE), answers);
    assert_eq!(world.read(DRAFT), preview["content"].as_str().unwrap());
    assert!(!world.exists(SESSION) && !world.exists(COPY));
    let title = world.by("claude", &format!("status {ID}")).done()["title"].clone();
    assert_eq!(title, "It's: tight");
    assert_eq!(findings(&world), ["TEMPLATE-VR text_changed"]);
}

/// Verifies: REQ-INT-018
#[test]
fn what_checks_in_by_the_way_takes_the_answers_too() {
    // Routing gives back what is still checked out (D-31), and so does the end of the parent.
    let world = created();
    world.answer("Vessel 3");
    world.by("claude", &format!("route {ID} --review")).done();
    assert!(world.read(DRAFT).contains("> Vessel 3"));
    assert!(world.exists(SOURCE) && !world.exists(SESSION) && !world.exists(COPY));

    let world = created();
    world.answer("Vessel 3");
    world.story(
        "claude: route CR-001 --review
         qa: review CR-001 --recommend --comment Good
         claude: route CR-001 --approval
         qa: approve CR-001
         claude: close CR-001",
    );
    assert!(
        world
            .read("QMS/CR/CR-001/CR-001-VR-001.md")
            .contains("> Vessel 3")
    );
    assert!(world.exists(SOURCE) && !world.exists(SESSION) && !world.exists(COPY));
    assert_eq!(findings(&world), ["TEMPLATE-VR text_changed"]);
}

/// Verifies: REQ-INT-019
#[test]
fn everybody_reads_what_is_answered_so_far() {
    let world = created();
    world.answer("Vessel 3");
    for line in [format!("read {ID}"), format!("read {ID} --draft")] {
        let read = world.by("qa", &line).done();
        assert_eq!(read["place"], "session");
        assert!(read["content"].as_str().unwrap().contains("> Vessel 3"));
    }
    let difference = world.by("qa", &format!("diff {ID} --from 1.0")).done();
    assert!(difference["diff"].as_str().unwrap().contains("+> Vessel 3"));
    let digest = world.by("qa", &format!("read {ID}")).done()["content_sha256"].clone();
    let line = format!(
        "interact {ID} --respond x --if-sha256 {}",
        digest.as_str().unwrap()
    );
    world.by("claude", &line).done();
    world.refused("claude", &line, "stale");

    // Once it is given back, the sealed trail vouches for the stored text.
    world.by("claude", &format!("checkin {ID}")).done();
    let read = world.by("qa", &format!("read {ID}")).done();
    assert_eq!(
        (read["place"].as_str(), read["content"].as_str()),
        (Some("draft"), Some(&*world.read(DRAFT)))
    );
}

/// Verifies: REQ-INT-019
#[test]
fn a_text_that_no_seal_vouches_for_is_read_from_its_answers() {
    let world = created();
    world.answer("Vessel 3");
    world.by("claude", &format!("checkin {ID}")).done();
    unseal(&world);
    world.write(DRAFT, "---\ntitle: Older\n---\n\nNot compiled.\n");
    let read = world.by("qa", &format!("read {ID}")).done();
    assert_eq!(read["place"], "draft");
    assert!(read["content"].as_str().unwrap().contains("> Vessel 3"));
}

/// Verifies: REQ-INT-020, REQ-INT-021
#[test]
fn evidence_is_pinned_to_a_commit_before_it_is_recorded() {
    let world = created();
    let repository = world.repository();
    world.write("pressure.log", "2.1 bar\n");
    world.answer("Vessel 3");
    assert!(
        repository.head().is_err(),
        "only what asks for a commit makes one"
    );
    world.answer("Pump up");
    let told = world.answer("2.1 bar");

    let head = repository.head().unwrap().peel_to_commit().unwrap();
    assert_eq!(
        head.message(),
        Ok("[QMS] CR-001-VR-001 | steps.1 | seen.1\n")
    );
    assert_eq!(head.author().name(), Ok("claude"));
    assert!(
        head.id()
            .to_string()
            .starts_with(told["recorded"]["commit"].as_str().unwrap())
    );
    let tree = head.tree().unwrap();
    assert!(tree.get_name("pressure.log").is_some() && tree.get_name("QMS").is_some());
    let entry = world.session()["responses"]["seen.1"][0].clone();
    assert_eq!(entry["commit"], told["recorded"]["commit"]);
    world.by("claude", &format!("checkin {ID}")).done();
    let commit = format!("| commit: {}*", entry["commit"].as_str().unwrap());
    assert!(world.read(DRAFT).contains(&commit));

    // Amending a pinned answer pins anew.
    world.by("claude", &format!("checkout {ID}")).done();
    world.write("pressure.log", "2.0 bar\n");
    let line = format!("interact {ID} --goto seen.1 --reason misread --respond \"2.0 bar\"");
    let amended = world.by("claude", &line).done();
    assert_ne!(amended["recorded"]["commit"], entry["commit"]);
}

/// Verifies: REQ-INT-020
#[test]
fn no_evidence_is_recorded_as_pinned_when_it_is_not() {
    let world = created();
    world.answer("Vessel 3");
    world.answer("Pump up");
    // No repository: recorded, and said.
    let answer = world.by("claude", &format!("interact {ID} --respond \"2.1 bar\""));
    let told = answer.json["messages"].to_string();
    assert!(told.contains("no commit was made"), "{told}");
    assert_eq!(answer.done()["recorded"]["commit"], Value::Null);
    assert!(
        world.session()["responses"]["seen.1"][0]
            .get("commit")
            .is_none()
    );

    // A repository that cannot: refused.
    let repository = world.repository();
    world.answer("yes");
    world.answer("Wait");
    fs::write(repository.path().join("index.lock"), "").unwrap();
    let before = world.read(SESSION);
    let answer = world.by("claude", &format!("interact {ID} --respond x"));
    let error = answer.refused("io");
    assert_eq!(error["retryable"], true);
    assert_eq!(world.read(SESSION), before);
}

/// Verifies: REQ-INT-021
#[test]
fn what_lies_outside_the_project_is_not_committed() {
    let outer = World::empty();
    let repository = outer.repository();
    outer.write("outside.txt", "x");
    let mut index = repository.index().unwrap();
    index.add_path("outside.txt".as_ref()).unwrap();
    index.write().unwrap();
    let inner = outer.path("inner");
    fs::create_dir(&inner).unwrap();
    let world = created();
    let files = world.files().into_iter();
    for (path, bytes) in files.filter(|(path, _)| !path.ends_with('/')) {
        let path = inner.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }
    for value in ["Vessel 3", "Pump up", "2.1 bar"] {
        let words = [
            "--user",
            "claude",
            "--project-root",
            inner.to_str().unwrap(),
            "interact",
            ID,
            "--respond",
            value,
        ];
        outer.words(&words.map(str::to_owned)).done();
    }
    let tree = repository.head().unwrap().peel_to_tree().unwrap();
    assert!(tree.get_name("inner").is_some() && tree.get_name("outside.txt").is_none());
    let staged = repository
        .index()
        .unwrap()
        .get_path("outside.txt".as_ref(), 0)
        .is_some();
    assert!(staged, "what else was staged stays staged");
}

#[test]
fn only_the_holder_answers() {
    let world = created();
    world.refused("bob", &format!("interact {ID}"), "not_owner");
    world.refused("rita", &format!("interact {ID}"), "permission_denied");
    world.refused("nobody", &format!("interact {ID}"), "unknown_user");
    world.refused("claude", "interact CR-001", "invalid_argument");
    world.refused("claude", "interact CR-009-VR-001", "not_found");
    world.by("claude", &format!("checkin {ID}")).done();
    world.refused("claude", &format!("interact {ID}"), "not_checked_out");
    let answer = world.qms(&format!("interact {ID}"));
    answer.refused("identity_missing");
}

#[test]
fn a_session_that_is_lost_or_damaged_stops_everything_that_needs_it() {
    let world = created();
    world.answer("Vessel 3");
    let whole = world.read(SESSION);
    for (text, code) in [
        (Some("{"), "integrity"),
        (Some("[]"), "integrity"),
        (None, "not_checked_out"),
    ] {
        match text {
            Some(text) => world.write(SESSION, text),
            None => fs::remove_file(world.path(SESSION)).unwrap(),
        }
        for line in [
            format!("interact {ID} --respond x"),
            format!("checkin {ID}"),
        ] {
            world.refused("claude", &line, code);
        }
    }
    world.write(SESSION, &whole.replace(ID, "CR-001-VR-002"));
    world.refused("claude", &format!("interact {ID}"), "integrity");
    world.write(SESSION, &whole);
    assert_eq!(world.answer("Pump up")["recorded"]["id"], "action.1");
}

#[test]
fn a_parent_does_not_close_over_answers_that_cannot_be_read() {
    let world = created();
    world.answer("Vessel 3");
    world.story(
        "claude: route CR-001 --review
         qa: review CR-001 --recommend --comment Good
         claude: route CR-001 --approval
         qa: approve CR-001",
    );
    let whole = world.read(SESSION);
    world.write(SESSION, "{");
    world.refused("claude", "close CR-001", "integrity");
    world.write(SESSION, &whole);
    world.by("claude", "close CR-001").done();
    assert_eq!(world.meta("VR", ID)["status"], "CLOSED");
}

#[test]
fn a_text_beside_the_answers_is_not_lost() {
    let world = created();
    world.write(COPY, "# My own text\n");
    let error = world.refused("claude", &format!("checkin {ID}"), "invalid_argument");
    assert!(error["message"].as_str().unwrap().contains(COPY), "{error}");
    fs::remove_file(world.path(COPY)).unwrap();
    let held = world.by("claude", "workspace").done();
    assert_eq!(
        held["documents"].as_array().unwrap().len(),
        1,
        "the session counts: {held}"
    );
    world.by("claude", &format!("checkin {ID}")).done();
}

#[test]
fn where_no_template_is_in_force_the_record_is_written_freely() {
    let world = project();
    fs::remove_file(world.path(TEMPLATE)).unwrap();
    world
        .by("claude", "create VR --parent CR-001 --title Plain")
        .done();
    assert!(!world.exists(SESSION));
    assert!(world.read(COPY).contains("# CR-001-VR-001: Plain"));
    world.refused("claude", &format!("interact {ID}"), "not_checked_out");
    world.write(COPY, "---\ntitle: Plain\n---\n\nSeen.\n");
    world.by("claude", &format!("checkin {ID}")).done();
    assert!(world.read(DRAFT).ends_with("Seen.\n"));
}

#[test]
fn a_template_that_cannot_be_asked_from_stops_create_and_checkout_with_its_place() {
    let world = created();
    world.by("claude", &format!("checkin {ID}")).done();
    world.write(
        TEMPLATE,
        &INSPECTION.replace("next: action -->", "next: nowhere -->"),
    );
    for line in [
        "create VR --parent CR-001 --title Second".to_owned(),
        format!("checkout {ID}"),
    ] {
        let error = world.refused("claude", &line, "template_invalid");
        let message = error["message"].as_str().unwrap();
        assert!(
            message.starts_with("QMS/TEMPLATE/TEMPLATE-VR.md:") && message.contains("nowhere"),
            "{message}"
        );
        assert!(error["facts"]["line"].is_u64() && error["facts"]["column"].is_u64());
    }
    let answer = world.qms("validate-config");
    assert_eq!(answer.status, 3);
    assert_eq!(
        answer.json["data"]["findings"][0]["code"],
        "qms::rules::bad_template"
    );
    assert_eq!(answer.json["data"]["findings"][0]["file"], TEMPLATE);
}

#[test]
fn a_broken_template_is_neither_taken_in_nor_made_effective() {
    let world = World::new();
    world.by("claude", "checkout TEMPLATE-VR").done();
    let copy = ".claude/users/claude/workspace/TEMPLATE-VR.md";
    let broken = INSPECTION.replace("{{verdict}}\n", "{{verdikt}}\n");
    world.write(copy, &broken);
    for line in ["checkin TEMPLATE-VR", "route TEMPLATE-VR --review"] {
        let error = world.refused("claude", line, "template_invalid");
        assert!(
            error["message"].as_str().unwrap().contains("verdikt"),
            "{error}"
        );
    }
    world.write(copy, INSPECTION);
    world.story(
        "claude: route TEMPLATE-VR --review
         qa: review TEMPLATE-VR --recommend --comment Good
         claude: route TEMPLATE-VR --approval",
    );
    world.write("QMS/TEMPLATE/TEMPLATE-VR-draft.md", &broken);
    world.refused("qa", "approve TEMPLATE-VR", "template_invalid");
    world.write("QMS/TEMPLATE/TEMPLATE-VR-draft.md", INSPECTION);
    world.by("qa", "approve TEMPLATE-VR").done();
    // Any other template asks nothing, and is not looked at so.
    world.by("claude", "checkout TEMPLATE-CR").done();
    world.by("claude", "checkin TEMPLATE-CR").done();
}

#[test]
fn a_template_that_changes_meanwhile_loses_no_answer() {
    let world = created();
    world.answer("Vessel 3");
    let answers = world.read(SESSION);
    let renamed = INSPECTION.replace("action", "deed");
    world.write(TEMPLATE, &renamed);
    world.refused(
        "claude",
        &format!("interact {ID} --respond x"),
        "template_invalid",
    );
    assert_eq!(world.read(SESSION), answers);

    world.write(TEMPLATE, &INSPECTION.replace("what", "subject"));
    let read = world.by("qa", &format!("read {ID}")).done();
    let content = read["content"].as_str().unwrap();
    assert!(
        content.contains("Vessel 3"),
        "an answer nobody asks for any more is kept: {content}"
    );
}

#[test]
fn a_dry_run_says_what_would_be_recorded_and_records_nothing() {
    let world = created();
    let repository = world.repository();
    world.answer("Vessel 3");
    world.answer("Pump up");
    let before = world.read(SESSION);
    let told = world
        .by("claude", &format!("interact {ID} --respond x --dry-run"))
        .done();
    assert_eq!(told["dry_run"], true);
    let steps: Vec<_> = told["plan"]
        .as_array()
        .unwrap()
        .iter()
        .map(|step| step["step"].clone())
        .collect();
    assert_eq!(steps, ["commit", "record"]);
    assert_eq!(world.read(SESSION), before);
    assert!(repository.head().is_err());
}

#[test]
fn a_dozen_answers_at_once_are_recorded_one_after_the_other() {
    let world = created();
    let recorded: Vec<Value> = thread::scope(|scope| {
        let threads: Vec<_> = (0..12)
            .map(|number| {
                let world = &world;
                scope.spawn(move || {
                    world.by("claude", &format!("interact {ID} --respond yes{number}"))
                })
            })
            .collect();
        let answers = threads.into_iter().map(|thread| thread.join().unwrap());
        answers
            .filter(|answer| answer.status == 0)
            .map(crate::common::Answer::done)
            .collect()
    });
    // Three prompts take any text; the gate after them takes none of these.
    assert_eq!(recorded.len(), 3);
    let entries = world.session()["responses"].as_object().unwrap().len();
    assert_eq!(entries, 3);
}

#[test]
fn at_a_terminal_one_question_leads_to_the_next() {
    let world = created();
    let typed = "Vessel 3\n.\nPump up\nslowly\n.\n2.1 bar\n.\nperhaps\nno\n\n";
    let mut input = BufReader::new(typed.as_bytes());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut streams = Streams {
        out: &mut out,
        err: &mut err,
        is_terminal: true,
        input: Some(&mut input),
    };
    let root = world.root().to_str().unwrap();
    let words = [
        "qms",
        "--color",
        "never",
        "--user",
        "claude",
        "--project-root",
        root,
        "interact",
        ID,
    ];
    let status = run(words.map(OsString::from).to_vec(), noon, &mut streams).status;
    let (out, err) = (
        String::from_utf8(out).unwrap(),
        String::from_utf8(err).unwrap(),
    );
    assert_eq!(status, 0, "{out}{err}");
    assert!(out.contains("--- Prompt: verdict ---"), "{out}");
    assert!(err.contains("yes or no"), "{err}");
    let session = world.session();
    assert_eq!(
        session["responses"]["action.1"][0]["value"],
        "Pump up\nslowly"
    );
    assert_eq!(session["cursor"], "verdict");
}

/// A record of the earlier tool, half answered, goes on.
#[test]
fn a_session_of_the_earlier_tool_goes_on() {
    let world = created();
    let mut session = world.session();
    session["template_version"] = json!(1);
    session["metadata"] =
        json!({ "parent_doc_id": "CR-001", "vr_id": ID, "title": "", "date": "2026-02-01" });
    session["responses"]["what"] =
        json!([{ "value": "Vessel 3", "author": "lead", "timestamp": "2026-02-01T08:00:00Z" }]);
    session["cursor"] = json!("action");
    session["cursor_context"] = json!({ "loop": "steps", "iteration": 1 });
    session["loops"] = json!({ "steps": { "iterations": 1, "closed": false, "reopenings": [] } });
    world.write(SESSION, &serde_json::to_string_pretty(&session).unwrap());
    world.write(
        COPY,
        "# CR-001-VR-001\n\nUse `qms interact CR-001-VR-001` to author this document.\n",
    );
    assert_eq!(world.answer("Pump up")["recorded"]["id"], "action.1");
    world.by("claude", &format!("checkin {ID}")).done();
    let text = world.read(DRAFT);
    assert!(text.contains("*-- lead, 2026-02-01 08:00:00*"), "{text}");
    assert!(text.contains("2026-02-01 |"), "{text}");
}

/// The signature is not used elsewhere: commits of the test repositories are the program's own.
#[test]
fn a_committer_of_the_repository_is_kept() {
    let world = created();
    let repository = world.repository();
    let mut config = repository.config().unwrap();
    config.set_str("user.name", "Build").unwrap();
    config.set_str("user.email", "build@example.org").unwrap();
    for value in ["Vessel 3", "Pump up", "2.1 bar"] {
        world.answer(value);
    }
    let head = repository.head().unwrap().peel_to_commit().unwrap();
    let committer: Signature<'_> = head.committer();
    assert_eq!(
        (committer.name(), head.author().name()),
        (Ok("Build"), Ok("claude"))
    );
}

/// The page of a story of `tests/interaction`.
fn page(story: &'static str) -> &'static str {
    story.split_once("%%%\n").unwrap().0
}

const DEVIATION: &str = r#"doctype DEV {
    title "Deviation"
    purpose "What departed from a requirement, found out by asking."
    workflow executable entry=batch-record
    id "{parent}-DEV-{number:3}"
    stored-with root-ancestor
    child-of CR
    when-parent close do=parent-closed
    authored interactively template="TEMPLATE-DEV" {
        remembers parent_doc_id=parent doc_id=id title=title
    }
}
"#;

/// An organization's own interview: a type, a template, and no line of code.
///
/// Verifies: REQ-INT-004, REQ-INT-005, REQ-INT-017, REQ-INT-018
#[test]
fn a_type_of_ones_own_is_written_by_answering_too() {
    let world = project();
    world.qms("config export").done();
    world.write("qms.d/doctypes/DEV.kdl", DEVIATION);
    world.qms("validate-config").done();
    world
        .by(
            "claude",
            "create TEMPLATE --name DEV --title \"Template for deviations\"",
        )
        .done();
    world.write(
        ".claude/users/claude/workspace/TEMPLATE-DEV.md",
        page(include_str!("interaction/deviation.md")),
    );
    world.story(
        "claude: route TEMPLATE-DEV --review
         qa: review TEMPLATE-DEV --recommend --comment Good
         claude: route TEMPLATE-DEV --approval
         qa: approve TEMPLATE-DEV
         claude: create DEV --parent CR-001 --title \"The door stood open\"",
    );
    let id = "CR-001-DEV-001";
    for value in [
        "4.2", "yes", "Lot 7", "No alarm", "yes", "No lock", "no", "yes", "A lock", "It shuts",
        "no", "no",
    ] {
        let words = ["--user", "claude", "interact", id, "--respond", value];
        world.words(&words.map(str::to_owned)).done();
    }
    let shown = world.by("claude", &format!("interact {id}")).done();
    assert_eq!(shown["state"], "complete");
    world
        .by(
            "claude",
            &format!("interact {id} --reopen causes --reason \"one more\""),
        )
        .done();
    for value in ["Nobody looked", "no"] {
        let words = ["--user", "claude", "interact", id, "--respond", value];
        world.words(&words.map(str::to_owned)).done();
    }
    world.by("claude", &format!("checkin {id}")).done();
    let text = world.read("QMS/CR/CR-001/CR-001-DEV-001-draft.md");
    for words in [
        "# CR-001-DEV-001: The door stood open",
        "### 2.3 Cause",
        "> Nobody looked",
        "> - Correction 1: A lock",
        "| 4.2 | claude |",
    ] {
        assert!(text.contains(words), "{words} in {text}");
    }
}

/// What is recorded can be read again: an answer that would make the record too large is refused.
#[test]
fn no_answer_makes_a_record_that_cannot_be_read_again() {
    let world = created();
    // A control character takes six bytes in a record.
    fs::write(world.path("large"), "\u{1}".repeat(1024 * 1024)).unwrap();
    let line = format!("interact {ID} --file {}/large", world.root().display());
    for _ in 0..2 {
        world.by("claude", &line).done();
    }
    let error = world.refused("claude", &line, "invalid_argument");
    assert!(
        error["message"].as_str().unwrap().contains("16 MiB"),
        "{error}"
    );
    world.by("claude", &format!("interact {ID}")).done();
    world.by("claude", &format!("checkin {ID}")).done();
    world.by("qa", &format!("read {ID}")).done();
}

/// A template that is retired asks nobody anew, and strands nobody.
#[test]
fn a_retired_template_strands_no_record() {
    let world = created();
    world.answer("Vessel 3");
    world.story(
        "claude: checkout TEMPLATE-VR
         claude: route TEMPLATE-VR --review
         qa: review TEMPLATE-VR --recommend --comment Good
         claude: route TEMPLATE-VR --retire
         qa: approve TEMPLATE-VR",
    );
    assert!(!world.exists(TEMPLATE));
    world.answer("Pump up");
    let read = world.by("qa", &format!("read {ID}")).done();
    assert!(read["content"].as_str().unwrap().contains("> Pump up"));
    world.by("claude", &format!("checkin {ID}")).done();
    world.by("claude", &format!("checkout {ID}")).done();
    world.answer("2.1 bar");
}

/// A record only ever grows, whatever lies in the workspace.
///
/// Verifies: REQ-INT-008
#[test]
fn an_older_session_does_not_take_the_place_of_a_newer_record() {
    let world = created();
    let older = world.read(SESSION);
    world.answer("Vessel 3");
    world.by("claude", &format!("checkin {ID}")).done();
    world.by("claude", &format!("checkout {ID}")).done();
    let newer = world.read(SESSION);
    world.write(SESSION, &older);
    world.refused("claude", &format!("checkin {ID}"), "integrity");
    world.write(SESSION, &newer);
    world.answer("Pump up");
    world.by("claude", &format!("checkin {ID}")).done();

    // Nor does a changed source: what the trail has sealed is gone on from, or nothing.
    let source = world.read(SOURCE);
    world.write(SOURCE, &source.replace("Vessel 3", "Vessel 4"));
    world.refused("claude", &format!("checkout {ID}"), "integrity");
    fs::remove_file(world.path(SOURCE)).unwrap();
    world.refused("claude", &format!("checkout {ID}"), "integrity");
    world.write(SOURCE, &source);
    world.by("claude", &format!("checkout {ID}")).done();
}

#[test]
fn a_key_that_stands_twice_is_damage_and_no_answer_is_lost_to_it() {
    let world = created();
    world.answer("Vessel 3");
    let whole = world.read(SESSION);
    let twice = whole.replacen("\"loops\":", "\"responses\": {},\n  \"loops\":", 1);
    world.write(SESSION, &twice);
    let error = world.refused("claude", &format!("interact {ID} --respond x"), "integrity");
    assert!(
        error["message"].as_str().unwrap().contains("twice"),
        "{error}"
    );
}

/// Whoever committed the evidence and did not come to record the answer has not committed in vain.
///
/// Verifies: REQ-INT-020
#[test]
fn an_answer_given_again_names_the_commit_that_was_made_for_it() {
    let world = created();
    world.repository();
    world.write(".gitignore", ".claude/\n");
    world.answer("Vessel 3");
    world.answer("Pump up");
    let before = world.read(SESSION);
    let commit = world.answer("2.1 bar")["recorded"]["commit"].clone();
    assert!(commit.is_string());
    world.write(SESSION, &before);
    assert_eq!(world.answer("2.1 bar")["recorded"]["commit"], commit);
    // An amendment for which nothing changed names none: that commit speaks of another answer.
    let line = format!("interact {ID} --goto seen.1 --reason misread --respond \"2.0 bar\"");
    assert_eq!(
        world.by("claude", &line).done()["recorded"]["commit"],
        Value::Null
    );
}

#[test]
fn at_a_terminal_what_is_no_text_or_not_finished_is_not_recorded() {
    let world = created();
    let typed =
        b"line one\ncaf\xe9 line two\nline three\n.\nVessel 3\n.\nhalf an answer\n".to_vec();
    let mut input = BufReader::new(typed.as_slice());
    let (mut out, mut err) = (Vec::new(), Vec::new());
    let mut streams = Streams {
        out: &mut out,
        err: &mut err,
        is_terminal: true,
        input: Some(&mut input),
    };
    let root = world.root().to_str().unwrap();
    let words = [
        "qms",
        "--user",
        "claude",
        "--project-root",
        root,
        "interact",
        ID,
    ];
    assert_eq!(
        run(words.map(OsString::from).to_vec(), noon, &mut streams).status,
        0
    );
    assert!(String::from_utf8(err).unwrap().contains("not UTF-8"));
    let responses = world.session()["responses"].clone();
    assert_eq!(responses.as_object().unwrap().len(), 1, "{responses}");
    assert_eq!(responses["what"][0]["value"], "Vessel 3");
}

/// Answers that are lost are not made good by a text, whichever way it is handed in.
#[test]
fn no_text_takes_the_place_of_lost_answers() {
    let world = created();
    world.answer("Vessel 3");
    world.by("claude", &format!("checkin {ID}")).done();
    world.by("claude", &format!("checkout {ID}")).done();
    let given =
        json!({ "doc_id": ID, "user": "claude", "content": "---\ntitle: Mine\n---\n\nMine.\n" });
    let hand_in = || {
        let site = Site::new(world.root(), noon, Duration::ZERO).unwrap();
        let given = given.as_object().unwrap().clone();
        let answered = site.answer("qms_checkin", given, &Caller::Beside);
        answered.unwrap().structured["error"]["code"].clone()
    };
    let before = world.files();
    assert_eq!(hand_in(), "invalid_argument", "it is written by answering");
    crate::common::assert_same(&before, &world.files());

    fs::remove_file(world.path(SESSION)).unwrap();
    let before = world.files();
    assert_eq!(hand_in(), "not_checked_out");
    crate::common::assert_same(&before, &world.files());
}
