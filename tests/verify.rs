//! `verify`: what is as it was recorded is clean, and whatever was changed by hand is found and named.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use crate::common::{World, assert_same};
use qms::model::digest::sha256;
use serde_json::Value;

const META: &str = "QMS/.meta/SOP/SOP-008.json";
const TRAIL: &str = "QMS/.audit/SOP/SOP-008.jsonl";

/// What `verify` says, as `severity code document`; it changes nothing, and its exit status agrees.
#[track_caller]
fn findings(world: &World, line: &str) -> Vec<String> {
    let before = world.files();
    let answer = world.qms(line);
    assert_same(&before, &world.files());
    let list = answer.json["data"]["findings"].as_array();
    let list = list.unwrap_or_else(|| panic!("{} {}", answer.json, answer.err));
    let told: Vec<_> = list.iter().map(tell).collect();
    let is_unsound = told.iter().any(|finding| finding.starts_with("error"));
    assert_eq!(answer.status, if is_unsound { 3 } else { 0 }, "{told:?}");
    told
}

fn tell(finding: &Value) -> String {
    for key in ["message", "remedy"] {
        assert!(!finding[key].as_str().unwrap().is_empty(), "{finding}");
    }
    let word = |key: &str| finding[key].as_str().unwrap_or("-").to_owned();
    format!("{} {} {}", word("severity"), word("code"), word("doc_id"))
}

/// A project with a procedure in force that is being revised.
fn revised() -> World {
    let world = World::new();
    world.story(
        "claude: create SOP --title \"Cleaning of vessels\"
         claude: route SOP-008 --review
         qa: review SOP-008 --recommend --comment \"Complete.\"
         claude: route SOP-008 --approval
         qa: approve SOP-008
         claude: checkout SOP-008
         claude: checkin SOP-008",
    );
    assert_eq!(findings(&world, "verify"), [""; 0]);
    world
}

/// Changes the bytes of a file.
#[track_caller]
fn edit(world: &World, path: &str, change: impl Fn(&str) -> String) {
    let text = world.read(path);
    let changed = change(&text);
    assert_ne!(text, changed, "{path}");
    world.write(path, &changed);
}

fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::to_owned).collect()
}

fn joined(lines: &[String]) -> String {
    format!("{}\n", lines.join("\n"))
}

/// Makes the hash of a line right for what it says now.
fn sealed_anew(line: &str) -> String {
    let (before, _) = line.rsplit_once(", \"hash\": \"").unwrap();
    format!("{before}, \"hash\": \"{}\"}}}}", sha256(before.as_bytes()))
}

/// What `init` plants is sealed and sound, and `verify` needs no user.
///
/// Verifies: REQ-AUDIT-001
#[test]
fn a_fresh_project_is_clean() {
    let world = World::new();
    let answer = world.qms("verify").done();
    assert_eq!(answer["findings"].as_array().unwrap().len(), 0);
    assert!(answer["documents"].as_u64().unwrap() > 3);
    assert_eq!(answer["documents"], answer["events"]);
    assert!(
        world
            .text("qa", "verify")
            .contains("All is as it was recorded")
    );
}

/// Whatever the commands do, records and trails agree after each of them.
///
/// Verifies: REQ-META-001, REQ-META-002
#[test]
fn a_whole_life_is_clean_after_every_step() {
    let world = World::new();
    let story = "claude: create SOP --title \"Cleaning of vessels\"
         claude: checkin SOP-008
         claude: checkout SOP-008
         claude: route SOP-008 --review
         claude: withdraw SOP-008
         claude: route SOP-008 --review
         qa: assign SOP-008 --assignees rita
         qa: review SOP-008 --request-updates --comment \"No.\"
         rita: review SOP-008 --recommend --comment \"Yes.\"
         claude: checkout SOP-008
         claude: route SOP-008 --review
         qa: review SOP-008 --recommend --comment \"Complete.\"
         claude: route SOP-008 --approval
         qa: reject SOP-008 --comment \"Not yet.\"
         claude: route SOP-008 --approval
         qa: approve SOP-008
         lead: fix SOP-008
         claude: checkout SOP-008
         claude: route SOP-008 --review
         qa: review SOP-008 --recommend --comment \"Complete.\"
         claude: route SOP-008 --retire
         qa: approve SOP-008
         claude: create SOP --title \"Never mind\"
         claude: checkin SOP-009
         claude: cancel SOP-009 --confirm
         claude: create SOP --title \"A later one\"
         claude: create CR --title \"A change\"
         claude: route CR-001 --review
         qa: review CR-001 --recommend --comment \"Complete.\"
         claude: route CR-001 --approval
         qa: approve CR-001
         claude: checkout CR-001
         claude: route CR-001 --review
         qa: review CR-001 --recommend --comment \"Complete.\"
         claude: route CR-001 --approval
         claude: checkout CR-001
         claude: checkin CR-001
         claude: route CR-001 --review
         qa: review CR-001 --recommend --comment \"Complete.\"
         claude: route CR-001 --approval
         qa: approve CR-001
         claude: release CR-001
         claude: create VR --parent CR-001 --title \"Seen\"
         claude: create VAR --parent CR-001 --title \"Otherwise\"
         claude: checkout CR-001
         claude: checkin CR-001
         claude: route CR-001 --review
         qa: review CR-001 --recommend --comment \"Done.\"
         claude: revert CR-001 --reason \"Again.\"
         claude: checkout CR-001
         claude: route CR-001 --review
         qa: review CR-001 --recommend --comment \"Done.\"
         claude: checkout CR-001
         claude: route CR-001 --review
         qa: review CR-001 --recommend --comment \"Done.\"
         claude: route CR-001 --approval
         qa: approve CR-001";
    for line in story.lines() {
        world.story(line);
        assert_eq!(findings(&world, "verify"), [""; 0], "{line}");
    }
    world.story("claude: close CR-001");
    let found = findings(&world, "verify");
    assert!(
        found
            .iter()
            .all(|found| found.starts_with("note open_child CR-001-VAR-001")),
        "{found:?}"
    );
}

/// A text that was changed by hand is not what was sealed, wherever it lies.
///
/// Verifies: REQ-AUDIT-001
#[test]
fn a_changed_text_is_found() {
    for (path, code) in [
        ("QMS/SOP/SOP-008-draft.md", "text_changed"),
        ("QMS/SOP/SOP-008.md", "text_changed"),
        ("QMS/.archive/SOP/SOP-008-v0.1.md", "archive_changed"),
    ] {
        let world = revised();
        edit(&world, path, |text| format!("{text}More.\n"));
        let expected = [format!("error {code} SOP-008")];
        assert_eq!(findings(&world, "verify"), expected, "{path}");
        assert_eq!(findings(&world, "verify sop-008"), expected, "{path}");
        assert_eq!(findings(&world, "verify SOP-001"), [""; 0], "{path}");
    }
}

/// A text that is gone is missed.
///
/// Verifies: REQ-AUDIT-001
#[test]
fn a_missing_text_is_found() {
    let world = revised();
    fs::remove_file(world.path("QMS/.archive/SOP/SOP-008-v0.1.md")).unwrap();
    assert_eq!(
        findings(&world, "verify"),
        ["error archive_missing SOP-008"]
    );

    let world = revised();
    fs::remove_file(world.path("QMS/SOP/SOP-001.md")).unwrap();
    assert_eq!(findings(&world, "verify"), ["error text_missing SOP-001"]);
}

/// A record that was changed by hand is not what was sealed.
///
/// Verifies: REQ-META-001
#[test]
fn a_changed_record_is_found() {
    let world = revised();
    edit(&world, META, |text| {
        text.replace("\"DRAFT\"", "\"EFFECTIVE\"")
    });
    let found = findings(&world, "verify");
    assert!(
        found.contains(&"error record_changed SOP-008".to_owned()),
        "{found:?}"
    );

    let world = revised();
    edit(&world, META, |text| {
        text.replace("\"DRAFT\"", "\"IN_APPROVAL\"")
    });
    assert_eq!(
        findings(&world, "verify"),
        [
            "error record_changed SOP-008",
            "error status_differs SOP-008"
        ]
    );

    let world = revised();
    edit(&world, META, |text| text.replace("\"claude\"", "\"bob\""));
    assert_eq!(findings(&world, "verify"), ["error record_changed SOP-008"]);
}

/// Lines that were taken away, edited, moved, added or forged break the chain.
///
/// Verifies: REQ-AUDIT-001
#[test]
fn a_changed_trail_is_found() {
    type Change = fn(&mut Vec<String>);
    let changes: [(&str, Change, &[&str]); 7] = [
        (
            "one taken away",
            |all| drop(all.remove(4)),
            &["chain_broken", "trail_leaps"],
        ),
        (
            "the last taken away",
            |all| drop(all.pop()),
            &["record_changed"],
        ),
        (
            "the first taken away",
            |all| drop(all.remove(0)),
            &["chain_broken"],
        ),
        (
            "a comment edited",
            |all| all[4] = all[4].replace("Complete.", "Perfect."),
            &["line_changed"],
        ),
        ("two exchanged", |all| all.swap(2, 3), &["chain_broken"]),
        (
            "one added by hand",
            |all| {
                all.push("{\"ts\": \"2026-03-14T12:00:00+00:00\", \"event\": \"APPROVE\", \"user\": \"qa\", \"version\": \"1.1\"}".to_owned());
            },
            &["line_unsealed"],
        ),
        (
            "one forged, its hash made right",
            |all| all[4] = sealed_anew(&all[4].replace("Complete.", "Perfect.")),
            &["chain_broken"],
        ),
    ];
    for (what, change, codes) in changes {
        let world = revised();
        edit(&world, TRAIL, |text| {
            let mut all = lines(text);
            change(&mut all);
            joined(&all)
        });
        let found = findings(&world, "verify");
        assert!(
            found
                .iter()
                .all(|found| found.ends_with(" SOP-008") && found.starts_with("error ")),
            "{what}: {found:?}"
        );
        let is_there = |code: &&str| found.iter().any(|found| found.contains(*code));
        assert!(codes.iter().any(is_there), "{what}: {found:?}");
    }
}

/// A forged last line whose chain goes wrong elsewhere is found by its `prev`.
///
/// Verifies: REQ-AUDIT-001
#[test]
fn a_seal_with_a_wrong_predecessor_is_found() {
    let world = revised();
    edit(&world, TRAIL, |text| {
        let mut all = lines(text);
        let last = all.pop().unwrap();
        let object: Value = serde_json::from_str(&last).unwrap();
        let prev = object["seal"]["prev"].as_str().unwrap();
        all.push(sealed_anew(&last.replace(prev, &"7".repeat(64))));
        joined(&all)
    });
    assert_eq!(findings(&world, "verify"), ["error chain_broken SOP-008"]);
}

/// A trail that is not finished, or holds what is no line, is damaged; so is one that is gone.
///
/// Verifies: REQ-AUDIT-001
#[test]
fn a_damaged_trail_is_found() {
    let world = revised();
    edit(&world, TRAIL, |text| text[..text.len() - 20].to_owned());
    let found = findings(&world, "verify");
    assert!(
        found.contains(&"error trail_damaged SOP-008".to_owned()),
        "{found:?}"
    );

    let world = revised();
    edit(&world, TRAIL, |text| text.replacen('\n', "\n\n", 1));
    assert_eq!(findings(&world, "verify"), ["error trail_damaged SOP-008"]);

    let world = revised();
    fs::remove_file(world.path(TRAIL)).unwrap();
    assert_eq!(findings(&world, "verify"), ["error trail_missing SOP-008"]);
}

/// What a ledger says of the erased is chained too, and nothing of them may remain.
///
/// Verifies: REQ-AUDIT-001
#[test]
fn a_changed_ledger_is_found() {
    let world = World::new();
    world.story(
        "claude: create SOP --title \"First\"
         claude: checkin SOP-008",
    );
    let trail = world.read(TRAIL);
    world.story(
        "claude: cancel SOP-008 --confirm
         claude: create SOP --title \"Second\"
         claude: checkin SOP-008
         claude: cancel SOP-008 --confirm",
    );
    assert_eq!(findings(&world, "verify"), [""; 0]);
    assert_eq!(findings(&world, "verify SOP-008"), [""; 0]);

    let ledger = "QMS/.audit/cancelled.jsonl";
    let whole = world.read(ledger);
    edit(&world, ledger, |text| text.replace("Second", "Other"));
    assert_eq!(findings(&world, "verify"), ["error line_changed SOP-008"]);
    world.write(ledger, &joined(&lines(&whole)[1..]));
    assert_eq!(findings(&world, "verify"), ["error chain_broken SOP-008"]);

    world.write(ledger, &whole);
    world.write(TRAIL, &trail);
    assert_eq!(
        findings(&world, "verify"),
        [
            "error erased_remains SOP-008",
            "error record_missing SOP-008",
            "error text_missing SOP-008"
        ]
    );
}

/// A record that is no JSON is one finding, and the others are still looked at.
///
/// Verifies: REQ-META-001
#[test]
fn a_damaged_record_hides_no_other() {
    let world = revised();
    world.write(META, "{\"doc_id\": ");
    assert_eq!(findings(&world, "verify"), ["error record_damaged SOP-008"]);
    edit(&world, "QMS/SOP/SOP-001.md", |text| {
        format!("{text}More.\n")
    });
    assert_eq!(
        findings(&world, "verify"),
        ["error text_changed SOP-001", "error record_damaged SOP-008"]
    );
    assert_eq!(
        world.qms("verify SOP-099").refused("not_found")["code"],
        "not_found"
    );
}

/// What hinders people is a warning, what lies about is named, links are not followed.
#[test]
fn what_is_missing_or_lies_about_is_told() {
    let world = revised();
    world.story("claude: route SOP-008 --review");
    let inbox = world.path(".claude/users/qa/inbox");
    let task = fs::read_dir(&inbox)
        .unwrap()
        .next()
        .unwrap()
        .unwrap()
        .path();
    let name = task.file_name().unwrap().to_str().unwrap().to_owned();
    fs::rename(
        &task,
        world.path(&format!(".claude/users/rita/inbox/{name}")),
    )
    .unwrap();
    world.write(".claude/users/bob/workspace/SOP-008.md", "x");
    world.write("QMS/SOP/notes.txt", "x");
    world.write("QMS/SOP/.gitkeep", "");
    world.write("QMS/.archive/SOP/SOP-077-v1.0.md", "x");
    symlink("/nowhere", world.path("QMS/CR/elsewhere")).unwrap();
    let found = findings(&world, "verify");
    assert_eq!(
        found,
        [
            "warning link -",
            "warning file_stray -",
            "warning task_missing SOP-008",
            "warning task_stray SOP-008",
            "note copy_stray SOP-008",
            "note archive_stray SOP-077",
        ]
    );
}

/// A link in place of a document's own file is an error, and is not followed.
#[test]
fn a_link_in_place_of_a_text_is_an_error() {
    let world = revised();
    let draft = world.path("QMS/SOP/SOP-008-draft.md");
    fs::rename(&draft, world.path("elsewhere.md")).unwrap();
    symlink(world.path("elsewhere.md"), &draft).unwrap();
    assert_eq!(
        findings(&world, "verify"),
        ["error unreadable SOP-008", "warning link SOP-008"]
    );
}

fn corpus() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/legacy-project");
    let named = std::env::var_os("QMS_CORPUS").map(PathBuf::from);
    [named, Some(beside)]
        .into_iter()
        .flatten()
        .find(|path| path.is_dir())
}

/// A real repository of the earlier tool has no errors, and none after the first sealed lines; then what
/// stood before is bound too.
///
/// Verifies: REQ-AUDIT-001
#[test]
fn an_older_repository_has_no_errors() {
    let Some(corpus) = corpus() else {
        println!("skipped: there is no ../shared/corpus/legacy-project, and QMS_CORPUS is not set");
        return;
    };
    let world = World::copy_of(&corpus);
    let answer = world.qms("verify");
    let text = world.text("claude", "verify");
    assert_eq!(answer.status, 0, "{text}");
    println!("{text}");
    assert_eq!(answer.json["data"]["documents"], 20);

    let trail_file = "QMS/.audit/SOP/SOP-002.jsonl";
    world.story("claude: checkout SOP-002");
    assert_eq!(findings(&world, "verify SOP-002"), [""; 0]);
    let trail = world.read(trail_file);
    edit(&world, trail_file, |text| {
        text.replacen("2026-01", "2026-02", 1)
    });
    assert_eq!(
        findings(&world, "verify SOP-002"),
        ["error chain_broken SOP-002"]
    );
    world.write(trail_file, &trail);
    edit(&world, "QMS/.meta/INV/INV-006.json", |text| {
        text.replace("IN_EXECUTION", "IN_POST_APPROVAL")
    });
    assert_eq!(
        findings(&world, "verify INV-006"),
        ["error status_differs INV-006"]
    );
}

/// Where a trail is gone or emptied nothing is added to it: a new one would hide what is lost.
///
/// Verifies: REQ-AUDIT-001
#[test]
fn no_trail_begins_anew() {
    let world = World::new();
    world.story("claude: create CR --title Pump");
    let trail = "QMS/.audit/CR/CR-001.jsonl";
    let kept = world.read(trail);
    world.write(trail, "");
    for line in ["checkin CR-001", "route CR-001 --review"] {
        let refusal = world.refused("claude", line, "integrity");
        assert!(
            refusal["message"].to_string().contains("is empty"),
            "{refusal}"
        );
    }
    fs::remove_file(world.path(trail)).unwrap();
    let refusal = world.refused("claude", "checkin CR-001", "integrity");
    assert!(
        refusal["message"].to_string().contains("is missing"),
        "{refusal}"
    );
    assert_eq!(findings(&world, "verify"), ["error trail_missing CR-001"]);
    world.write(trail, &kept);
    world.story("claude: checkin CR-001");
    assert_eq!(findings(&world, "verify"), [""; 0]);
    world.write(trail, "");
    world.refused("claude", "cancel CR-001 --confirm", "integrity");
}
