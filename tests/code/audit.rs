//! Authorised commits.

use git2::Oid;
use serde_json::json;

use super::Plant;
use crate::common::repository::NOON;

/// The codes of what is not authorised, with the subjects.
fn violations(plant: &Plant, range: &str) -> Vec<(String, String)> {
    let answer = plant.world.qms(&format!("code audit {range}"));
    let found = answer.json["data"]["violations"].as_array();
    let found = found.unwrap_or_else(|| panic!("{}", answer.json)).clone();
    assert_eq!(answer.status, u8::from(!found.is_empty()));
    let text = |value: &serde_json::Value| value.as_str().unwrap().to_owned();
    found
        .iter()
        .map(|found| (text(&found["subject"]), text(&found["code"])))
        .collect()
}

fn one(subject: &str, code: &str) -> Vec<(String, String)> {
    vec![(subject.to_owned(), code.to_owned())]
}

fn code(plant: &Plant, message: &str, seconds: i64) -> Oid {
    plant
        .repository
        .commit(message)
        .file("src/dosing.py", message)
        .after_noon(seconds)
        .made()
}

#[test]
fn a_change_names_a_document_that_was_in_execution() {
    let plant = Plant::new();
    plant.change();
    for message in [
        "CR-001: no bypass",
        "No bypass\n\nAuthorised-by: CR-001\n",
        "No bypass\n\nAuthorized-by: cr-001\nSigned-off-by: Ada <ada@example.org>\n",
        "No bypass, as SOP-005 and CR-001 say",
    ] {
        code(&plant, message, 60);
        assert_eq!(violations(&plant, ""), [], "{message}");
    }
    let data = plant.world.qms("code audit").done();
    assert_eq!(data["systems"][0]["commits"], 4);
    assert_eq!(data["systems"][0]["changes"], 4);
}

#[test]
fn a_change_without_authority_is_told() {
    for (message, seconds, expected) in [
        ("No bypass", 60, "unnamed"),
        ("CR-007: no bypass", 60, "unknown_document"),
        ("x\n\nAuthorised-by: SOP-001\n", 60, "not_an_authority"),
        ("x\n\nAuthorised-by: nobody\n", 60, "unnamed"),
        ("CR-001: too early", -60, "not_in_execution"),
        ("As SOP-001 says", 60, "unnamed"),
        ("cr-001 in small letters is a word", 60, "unnamed"),
    ] {
        let plant = Plant::new();
        plant.change();
        code(&plant, message, seconds);
        let subject = message.lines().next().unwrap();
        assert_eq!(violations(&plant, ""), one(subject, expected), "{message}");
    }
}

#[test]
fn a_document_that_is_closed_authorises_nothing_more() {
    let plant = Plant::new();
    plant.change();
    plant.close();
    code(&plant, "CR-001: in time", 0);
    assert_eq!(violations(&plant, ""), []);
    code(&plant, "CR-001: too late", 1);
    assert_eq!(
        violations(&plant, ""),
        one("CR-001: too late", "not_in_execution")
    );
    let text = plant.world.text("qa", "code audit");
    assert!(
        text.contains("`CR-001` was not IN_EXECUTION when this was made: it was CLOSED"),
        "{text}"
    );
}

#[test]
fn what_does_not_touch_governed_code_needs_no_authority() {
    let plant = Plant::new();
    plant
        .repository
        .commit("Words")
        .file("README", "New.\n")
        .made();
    plant.repository.commit("Nothing").made();
    plant.repository.commit("Beside").file("srcs/a", "a").made();
    let data = plant.world.qms("code audit").done();
    assert_eq!(data["systems"][0]["commits"], 3);
    assert_eq!(data["systems"][0]["changes"], 0);
}

#[test]
fn a_merge_is_one_change_and_what_it_brings_in_is_free() {
    let plant = Plant::new();
    plant.change();
    plant.repository.branch("test/press-001");
    code(&plant, "try", 1);
    code(&plant, "try again", 2);
    plant.repository.switch("main");
    plant
        .repository
        .commit("Words")
        .file("README", "New.\n")
        .made();
    plant
        .repository
        .commit("CR-001: take in test/press-001")
        .merging("test/press-001")
        .after_noon(3)
        .made();
    assert_eq!(violations(&plant, ""), []);

    plant.repository.branch("test/press-002");
    code(&plant, "another", 4);
    plant.repository.switch("main");
    plant
        .repository
        .commit("Merge")
        .merging("test/press-002")
        .after_noon(5)
        .made();
    assert_eq!(violations(&plant, ""), one("Merge", "unnamed"));
}

#[test]
fn a_revert_stands_under_the_authority_it_names_or_takes_back() {
    let plant = Plant::new();
    plant.change();
    let made = code(&plant, "CR-001: no bypass", 1);
    let quoted = format!("Revert \"CR-001: no bypass\"\n\nThis reverts commit {made}.\n");
    let reworded = format!("Take the bypass back\n\nThis reverts commit {made}.\n");
    code(&plant, &quoted, 2);
    code(&plant, &reworded, 3);
    assert_eq!(violations(&plant, ""), []);
    let free = code(&plant, "No authority", 4);
    code(&plant, &format!("Back\n\nThis reverts commit {free}.\n"), 5);
    let found = violations(&plant, "");
    assert_eq!(found.len(), 2, "{found:?}");
}

#[test]
fn governance_begins_when_it_is_declared() {
    let plant = Plant::new();
    plant
        .repository
        .commit("Older")
        .file("src/a", "1")
        .after_noon(-90_000)
        .made();
    let newer = plant.repository.commit("Newer").file("src/a", "2").made();
    for (since, expected) in [
        (json!("2026-03-14"), 3),
        (json!("2026-03-14T12:00:00Z"), 3),
        (json!("2026-03-14T12:00:01Z"), 0),
        (json!("2026-03-13"), 3),
        (json!(newer.to_string()[..8]), 0),
        (json!(plant.first.to_string()), 2),
    ] {
        plant.declare(&json!({ "governed_since": since }));
        assert_eq!(violations(&plant, "").len(), expected, "{since}");
    }
    plant.declare(&json!({}));
    let data = plant.world.qms("code audit").done();
    assert_eq!(data["systems"][0]["commits"], 0);
    plant.repository.branch("elsewhere");
    let aside = plant.repository.commit("Aside").made();
    plant.repository.switch("main");
    plant.declare(&json!({ "governed_since": aside.to_string() }));
    plant.world.qms("code audit").refused("integrity");
    for since in ["yesterday", "0123456789", "2026-13-01"] {
        plant.declare(&json!({ "governed_since": since }));
        plant.world.qms("code audit").refused("integrity");
    }
}

/// A file that becomes a program has the same content, and is another thing.
#[test]
fn a_change_of_mode_alone_is_a_change() {
    let plant = Plant::new();
    plant
        .declare(&json!({ "paths": ["src/dosing.py"], "governed_since": plant.first.to_string() }));
    plant
        .repository
        .commit("Run it")
        .program("src/dosing.py", "limit = 3\n")
        .made();
    assert_eq!(violations(&plant, ""), one("Run it", "unnamed"));
}

/// A moment that a commit claims for itself does not take it out of governance.
#[test]
fn what_comes_after_a_governed_commit_is_governed() {
    let plant = Plant::new();
    plant.declare(&json!({ "governed_since": "2026-03-15" }));
    plant
        .repository
        .commit("Governed")
        .file("README", "x\n")
        .after_noon(90_000)
        .made();
    code(&plant, "backdated", -90_000);
    assert_eq!(violations(&plant, ""), one("backdated", "unnamed"));
    assert_eq!(
        violations(&plant, "HEAD~1..HEAD"),
        one("backdated", "unnamed"),
        "a range begins later, governance does not"
    );
}

#[test]
fn a_trailer_that_names_a_person_names_no_document() {
    let plant = Plant::new();
    plant.change();
    code(&plant, "CR-001: no bypass\n\nAuthorised-by: Jane Doe\n", 60);
    assert_eq!(violations(&plant, ""), []);
}

#[test]
fn a_path_at_which_nothing_lies_is_told() {
    let plant = Plant::new();
    plant.declare(&json!({ "paths": ["src", "Src"], "governed_since": plant.first.to_string() }));
    let answer = plant.world.qms("code audit");
    assert_eq!(answer.json["data"]["systems"][0]["missing"], json!(["Src"]));
    assert!(
        answer.json["messages"][0]
            .as_str()
            .unwrap()
            .contains("`Src`"),
        "{}",
        answer.json
    );
}

/// Nobody puts an end to an audit by the words of a commit.
#[test]
fn messages_of_every_kind_are_judged() {
    let plant = Plant::new();
    plant.change();
    for message in [
        "",
        "\n\n",
        "\u{0}",
        "Authorised-by: CR-001",
        "x\n\nauthorised-BY:CR-001",
    ] {
        let git = plant.repository.git();
        let parent = git.find_commit(plant.repository.head()).unwrap();
        let raw = format!(
            "tree {}\nparent {}\nauthor A <a@b> {} +0000\ncommitter A <a@b> {} +0000\n\n{message}",
            plant
                .repository
                .commit(message)
                .file("src/a", message)
                .tree(),
            parent.id(),
            NOON,
            NOON,
        );
        let id = git
            .odb()
            .unwrap()
            .write(git2::ObjectType::Commit, raw.as_bytes())
            .unwrap();
        git.reference("refs/heads/main", id, true, "made").unwrap();
    }
    let found = violations(&plant, "");
    assert_eq!(found.len(), 3, "{found:?}");
}

#[test]
fn a_range_is_looked_at_alone() {
    let plant = Plant::new();
    let one = code(&plant, "one", 1);
    let two = code(&plant, "two", 2);
    code(&plant, "three", 3);
    for (range, expected) in [
        (format!("{one}..{two}"), vec!["two"]),
        (format!("{two}.."), vec!["three"]),
        (format!("{two}"), vec!["two", "one"]),
        ("HEAD~1..HEAD".to_owned(), vec!["three"]),
        ("main..main".to_owned(), vec![]),
    ] {
        let found = violations(&plant, &range);
        let subjects: Vec<_> = found.iter().map(|(subject, _)| subject.as_str()).collect();
        assert_eq!(subjects, expected, "{range}");
    }
    plant
        .world
        .qms("code audit main...main")
        .refused("invalid_argument");
    plant
        .world
        .qms("code audit nowhere..main")
        .refused("not_found");
}

#[test]
fn a_change_of_several_systems_is_told_once() {
    let plant = Plant::new();
    let since = plant.first.to_string();
    plant.configure(&json!([
        { "name": "press", "paths": ["src"], "namespace": "PRESS", "governed_since": since },
        { "name": "dosing", "paths": ["src/dosing.py"], "namespace": "DOSING", "governed_since": since },
    ]));
    code(&plant, "both", 1);
    let found = plant.world.qms("code audit").json["data"]["violations"].clone();
    assert_eq!(found.as_array().unwrap().len(), 1);
    assert_eq!(found[0]["systems"], json!(["press", "dosing"]));
    assert_eq!(found[0]["made"], "2026-03-14T12:00:01Z");
    assert_eq!(NOON % 60, 0);
    assert_eq!(plant.world.qms("code audit --system dosing").status, 1);
    plant
        .world
        .qms("code audit --system none")
        .refused("not_found");
}

#[test]
fn histories_of_every_kind_have_an_answer() {
    let plant = Plant::new();
    code(&plant, "one", 1);
    let tip = plant.repository.head();
    let git = plant.repository.git();
    git.set_head_detached(tip).unwrap();
    assert_eq!(violations(&plant, ""), one("one", "unnamed"));

    // A clone without the history before its last commit.
    std::fs::write(git.path().join("shallow"), format!("{tip}\n")).unwrap();
    plant.declare(&json!({ "governed_since": "2026-03-13" }));
    let refused = plant.world.qms("code audit").refused("not_found");
    assert!(refused["hint"].as_str().unwrap().contains("--unshallow"));
    plant.declare(&json!({ "governed_since": "2026-03-15" }));
    assert_eq!(violations(&plant, ""), []);

    plant.declare(&json!({ "governed_since": "2026-03-15", "production_branch": "stable" }));
    plant.world.qms("code audit").refused("not_found");

    let unborn = crate::common::World::new();
    crate::common::repository::Repository::begun(unborn.root());
    let unborn = Plant {
        repository: crate::common::repository::Repository::begun(unborn.root()),
        world: unborn,
        first: tip,
    };
    unborn.declare(&json!({ "governed_since": "2026-03-15" }));
    unborn.world.qms("code audit").refused("not_found");
    let env = unborn.world.qms("code env").done();
    assert_eq!(
        (&env["environment"], &env["branch"]),
        (&json!("production"), &json!("main"))
    );
}
