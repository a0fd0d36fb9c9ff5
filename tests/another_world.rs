//! A library that lends books: another world, of which no line of code knows anything.

use std::path::{Path, PathBuf};
use std::process::Command;

use crate::common::World;

fn library() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worlds/library")
}

/// A book goes through a life of its own: verbs, outcomes, groups and states that only the definitions know.
///
/// Verifies: REQ-CFG-005, REQ-PROMPT-002
#[test]
fn a_book_is_looked_at_lent_lost_and_discarded() {
    let world = World::library();
    let made = world.by("cleo", "create book --title \"Moby Dick\"").done();
    assert_eq!(made["doc_id"], "BOOK-0001");
    world.write(
        ".claude/users/cleo/workspace/BOOK-0001.md",
        "---\ntitle: Moby Dick\n---\n\nA whale.\n",
    );
    world.by("cleo", "present BOOK-0001 --arrival").done();
    let task = world.read(".claude/users/kai/inbox/task-BOOK-0001-desk-v0-1.md");
    assert!(task.contains("- The spine is whole."), "{task}");
    world.story(
        "kai: invite BOOK-0001 --assignees pia
         pia: inspect BOOK-0001 --outcome sound --comment \"Whole.\"
         kai: inspect BOOK-0001 --outcome sound --comment \"Whole.\"
         cleo: lend BOOK-0001 --borrower pia
         pia: return BOOK-0001
         cleo: lend BOOK-0001 --borrower pia
         cleo: mislay BOOK-0001 --reason \"Left on a train\"",
    );
    let status = world.by("ada", "status BOOK-0001").done();
    assert_eq!(status["status"], "LOST");
    world.by("ada", "discard BOOK-0001").done();
    assert_eq!(
        world.by("ada", "status BOOK-0001").done()["status"],
        "DISCARDED"
    );
    let last = world.trail("BOOK", "BOOK-0001").pop().unwrap();
    assert_eq!(last["user"], "ada");
}

/// Who may do what is said in the words of these rules, in their order.
#[test]
fn who_may_do_what_is_said_in_their_words() {
    let world = World::library();
    let told = world.by("pia", "users --for inspect").done();
    let users = told["users"].as_array().unwrap();
    let names: Vec<_> = users.iter().map(|user| &user["name"]).collect();
    assert_eq!(names, ["ada", "cleo", "kai", "pia"]);
    let told = world.by("pia", "users --for invite").done();
    let may = told["users"][0]["may"].as_array().unwrap();
    assert_eq!(may[..3], ["invite", "inspect", "find"]);
    assert_eq!(told["users"].as_array().unwrap().len(), 1);
    world.refused("pia", "users --for approve", "invalid_argument");
}

/// What was done already is known by the words of these rules.
#[test]
fn what_was_done_already_is_said_in_their_words() {
    let world = World::library();
    world.by("cleo", "create book --title \"Moby Dick\"").done();
    world.story(
        "cleo: present BOOK-0001 --arrival
         kai: inspect BOOK-0001 --outcome sound --comment Whole",
    );
    let again = "inspect BOOK-0001 --outcome damaged --comment \"On second thought\"";
    let told = world.refused("kai", again, "not_assigned");
    let already = &told["facts"]["already"];
    assert_eq!(already["event"], "INSPECTED");
    assert_eq!(already["comment"], "Whole");
    let told = world.refused("pia", again, "not_assigned");
    assert!(told["facts"]["already"].is_null());
    world.by("cleo", "lend BOOK-0001 --borrower pia").done();
    let told = world.refused(
        "cleo",
        "lend BOOK-0001 --borrower kai",
        "invalid_transition",
    );
    assert_eq!(told["facts"]["already"]["borrower"], "pia");
}

/// What its rules demand is demanded, in the words of its rules.
///
/// Verifies: REQ-SEC-002
#[test]
fn refusals_speak_the_language_of_the_rules() {
    let world = World::library();
    world.by("cleo", "create BOOK --title \"Emma\"").done();
    world.refused("cleo", "lend BOOK-0001", "usage");
    world.refused(
        "cleo",
        "lend BOOK-0001 --borrower \" \"",
        "invalid_argument",
    );
    world.refused("pia", "present BOOK-0001 --arrival", "permission_denied");
    world.refused(
        "kai",
        "inspect BOOK-0001 --outcome splendid --comment x",
        "invalid_argument",
    );
    world.refused("cleo", "route BOOK-0001 --review", "permission_denied");
    world.refused("cleo", "lend BOOK-0001 --lender pia", "usage");
    let answer = world.by("cleo", "status BOOK-0001");
    assert!(
        answer.allowed().contains(&"present arrival".to_owned()),
        "{:?}",
        answer.json["next"]
    );
}

/// Its verbs stand in the help and in what a shell completes.
#[test]
fn its_verbs_stand_in_help_and_completions() {
    let world = World::library();
    let help = world.text("cleo", "--help");
    let completions = world.text("cleo", "completions bash");
    for verb in ["lend", "mislay", "inspect", "present"] {
        assert!(help.contains(verb), "{help}");
        assert!(completions.contains(verb));
    }
    assert!(world.text("cleo", "lend --help").contains("--borrower"));
}

/// The same rules govern a real process, and its own scenarios pass.
#[test]
fn its_own_scenarios_pass() {
    let output = Command::new(env!("CARGO_BIN_EXE_qms"))
        .args(["test-config".as_ref(), library().as_os_str()])
        .output()
        .unwrap();
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}");
    assert!(text.contains("0 failed, 0 ways not taken"), "{text}");
}

/// Its definitions are refused as a whole while one file of them is broken, and nothing is touched.
#[test]
fn nothing_is_done_by_broken_rules() {
    let world = World::library();
    let path = "qms.d/workflows/lending.kdl";
    let broken = world.read(path).replace("to=LENT", "to=LEND");
    world.write(path, &broken);
    let error = world.refused("cleo", "create BOOK --title x", "definitions_invalid");
    assert!(
        error["message"].as_str().unwrap().contains("LEND"),
        "{error}"
    );
    assert_eq!(world.by("cleo", "list").status, 3);
    assert_eq!(world.qms("validate-config").status, 3);
}
