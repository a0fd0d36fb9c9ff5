//! Traceability: from requirements to the tests that verify them.

use serde_json::{Value, json};

use super::Plant;

const SPECIFICATION: &str = "| Id | Requirement | Reason | Verified by |
| --- | --- | --- | --- |
| REQ-LIMIT-001 | The press shall stop at 3 bar. | Safety | test |
| REQ-LIMIT-002 | The press shall say why. | Use | test |
| REQ-LIMIT-003 | The press shall have no bypass. | Safety | test |
";

/// A plant whose namespace has a specification, and tests in `tests/`.
fn traced() -> Plant {
    let plant = Plant::new();
    plant.declare(&json!({ "tests": ["tests"] }));
    let world = &plant.world;
    world.by("lead", "namespace add PRESS").done();
    world.by("claude", "create PRESS-RS --title Press").done();
    put(&plant, "SDLC-PRESS-RS", SPECIFICATION);
    world.write(
        "tests/test_limit.py",
        &marked("def test_stops():\n    \"\"\"@@ REQ-LIMIT-001\"\"\"\n\n\n# @@ REQ-LIMIT-002, REQ-LIMIT-009\ndef test_says_why():\n    pass\n"),
    );
    plant
}

/// A source of tests; `@@` stands for the mark, so that these lines mark nothing.
fn marked(text: &str) -> String {
    text.replace("@@", "Verifies:")
}

fn put(plant: &Plant, id: &str, body: &str) {
    let text = format!("---\ntitle: Press\nrevision_summary: Text\n---\n\n{body}\n");
    plant
        .world
        .write(&format!(".claude/users/claude/workspace/{id}.md"), &text);
    plant.world.by("claude", &format!("checkin {id}")).done();
}

/// Each requirement, what came of it, and its tests.
fn rows(data: &Value) -> Vec<(String, String, Vec<String>)> {
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let rows = data["matrix"]["rows"].as_array().unwrap().iter();
    rows.map(|row| {
        let tests = row["tests"].as_array().unwrap().iter();
        let tests = tests.map(|test| text(&test["name"])).collect();
        (text(&row["id"]), text(&row["state"]), tests)
    })
    .collect()
}

fn row(id: &str, state: &str, tests: &[&str]) -> (String, String, Vec<String>) {
    let tests = tests.iter().map(|&test| test.to_owned()).collect();
    (id.to_owned(), state.to_owned(), tests)
}

#[test]
fn requirements_lead_to_the_tests_that_name_them() {
    let plant = traced();
    let answer = plant.world.qms("trace press --draft");
    assert_eq!(answer.status, 1, "a gap and an orphan");
    let data = &answer.json["data"];
    assert_eq!(
        rows(data),
        [
            row("REQ-LIMIT-001", "named", &["test_stops"]),
            row("REQ-LIMIT-002", "named", &["test_says_why"]),
            row("REQ-LIMIT-003", "gap", &[]),
        ]
    );
    assert_eq!(
        data["specification"],
        json!({ "doc_id": "SDLC-PRESS-RS", "version": "0.1" })
    );
    assert_eq!(data["tests"], Value::Null);
    assert_eq!(data["matrix"]["orphans"][0]["id"], "REQ-LIMIT-009");
    assert_eq!(
        data["matrix"]["orphans"][0]["place"],
        "tests/test_limit.py:5"
    );
    let text = plant.world.text("claude", "trace PRESS");
    assert!(
        text.contains("| REQ-LIMIT-003 | The press shall have no bypass | "),
        "{text}"
    );
    let csv = plant.world.text("claude", "trace PRESS --format csv");
    assert!(csv.starts_with("requirement,title,test,"), "{csv}");
}

#[test]
fn the_matrix_document_names_tests_and_results_say_which_passed() {
    let plant = traced();
    plant
        .world
        .by("claude", "create PRESS-RTM --title Press")
        .done();
    put(
        &plant,
        "SDLC-PRESS-RTM",
        "| Requirement | In short | Evidence |\n|---|---|---|\n| REQ-LIMIT-003 | no bypass | `test_no_bypass` |\n| REQ-LIMIT-001 | stops | `test_never_written` |\n",
    );
    plant.world.write("results.xml", r#"<testsuite name="press"><testcase name="test_stops"/><testcase name="test_says_why"><failure/></testcase><testcase name="test_no_bypass"/></testsuite>"#);
    let results = plant.world.path("results.xml");
    let answer = plant
        .world
        .qms(&format!("trace PRESS --results {}", results.display()));
    let data = &answer.json["data"];
    assert_eq!(
        rows(data),
        [
            row(
                "REQ-LIMIT-001",
                "verified",
                &["test_never_written", "test_stops"]
            ),
            row("REQ-LIMIT-002", "failed", &["test_says_why"]),
            row("REQ-LIMIT-003", "verified", &["test_no_bypass"]),
        ]
    );
    let orphans = data["matrix"]["orphans"].as_array().unwrap();
    assert!(
        orphans
            .iter()
            .any(|orphan| orphan["test"] == "test_never_written"),
        "{orphans:?}"
    );
    plant.world.write("results.xml", "<html/>");
    plant
        .world
        .qms(&format!("trace PRESS --results {}", results.display()))
        .refused("invalid_argument");
}

#[test]
fn tests_are_read_as_a_commit_has_them() {
    let plant = traced();
    let commit = plant
        .repository
        .commit("Tests")
        .file(
            "tests/deep/test_bypass.py",
            marked("# @@ REQ-LIMIT-003\ndef test_no_bypass():\n    pass\n"),
        )
        .made();
    let data = plant.world.qms(&format!("trace PRESS --at {commit}")).json["data"].clone();
    assert_eq!(
        rows(&data)[2],
        row("REQ-LIMIT-003", "named", &["test_no_bypass"])
    );
    assert_eq!(rows(&data)[0], row("REQ-LIMIT-001", "gap", &[]));
    assert_eq!(data["commit"], commit.to_string());
    plant
        .world
        .qms("trace PRESS --at 0123456789")
        .refused("not_found");
}

#[test]
fn what_cannot_be_traced_says_why() {
    let plant = traced();
    plant.world.qms("trace OTHER").refused("not_found");
    plant.world.by("lead", "namespace add OTHER").done();
    plant.world.qms("trace OTHER").refused("not_found");
    plant
        .world
        .qms("trace PRESS --tests nowhere")
        .refused("not_found");
    plant
        .world
        .qms("trace PRESS --results nowhere")
        .refused("not_found");
    let library = crate::common::World::library();
    let refused = library.qms("trace PRESS").refused("not_found");
    assert!(
        refused["message"]
            .as_str()
            .unwrap()
            .contains("not registered")
    );
}
