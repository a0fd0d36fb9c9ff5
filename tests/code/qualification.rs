//! Qualification: from a test environment to what is in use.

use std::path::Path;

use qms::definitions::Rulebook;
use qms::definitions::workflow::Subject;
use qms::services::proving::prove;
use qms::services::rulebook::files_of;
use serde_json::{Value, json};

use super::Plant;

/// Results in which `passed` tests passed and `failed` failed, as a file of the plant.
fn results(plant: &Plant, passed: usize, failed: usize) -> String {
    let case = |inner: &str| format!("<testcase name=\"t\">{inner}</testcase>");
    let cases = case("").repeat(passed) + &case("<failure/>").repeat(failed);
    plant.world.write(
        "results.xml",
        &format!("<testsuite name=\"press\">{cases}</testsuite>"),
    );
    plant.world.path("results.xml").display().to_string()
}

/// Where the code of a test environment stands.
fn stands(plant: &Plant, name: &str) -> Value {
    let data = plant.world.qms("code status press").done();
    let environments = data["systems"][0]["environments"]
        .as_array()
        .unwrap()
        .clone();
    let mut found = environments
        .into_iter()
        .filter(|found| found["name"] == name);
    found.next().unwrap()
}

/// Which criteria are met.
fn met(plant: &Plant, name: &str) -> Vec<bool> {
    let criteria = stands(plant, name)["criteria"].as_array().unwrap().clone();
    criteria
        .iter()
        .map(|one| one["met"].as_bool().unwrap())
        .collect()
}

/// Takes `press-001` on its way into use, under `CR-001`.
fn propose(plant: &Plant, good: &str) {
    let ready = format!("code ready press-001 --tests {good}");
    plant.world.by("claude", &ready).done();
    let propose = "code propose press-001 --change CR-001";
    plant.world.by("claude", propose).done();
}

/// A test environment with one commit of its own, `test/press-001`; `main` is checked out.
fn tried() -> Plant {
    let plant = Plant::new();
    plant.world.by("claude", "code branch press").done();
    plant.repository.switch("test/press-001");
    plant
        .repository
        .commit("No limit")
        .file("src/dosing.py", "limit = None\n")
        .made();
    plant
        .repository
        .commit("A limit")
        .file("src/dosing.py", "limit = 4\n")
        .made();
    plant.repository.switch("main");
    plant
}

/// Brings the specification and the matrix of the namespace into force.
fn documents(plant: &Plant) {
    plant.world.by("lead", "namespace add PRESS").done();
    for (word, id) in [
        ("PRESS-RS", "SDLC-PRESS-RS"),
        ("PRESS-RTM", "SDLC-PRESS-RTM"),
    ] {
        plant
            .world
            .by("claude", &format!("create {word} --title Press"))
            .done();
        plant.world.story(&format!(
            "claude: route {id} --review
             qa: review {id} --recommend --comment Good
             claude: route {id} --approval
             qa: approve {id}"
        ));
    }
}

/// What was tried with good results, on its way into use, with its change released and its documents in force; and
/// where the results are.
fn proposed() -> (Plant, String) {
    let plant = tried();
    let good = results(&plant, 1, 0);
    plant.change();
    documents(&plant);
    propose(&plant, &good);
    (plant, good)
}

/// Checks that the trail bears what was found, and is whole.
#[track_caller]
fn assert_evidence(plant: &Plant, tip: &str) {
    let world = &plant.world;
    let trail = world.read("QMS/.audit/code/press-001.jsonl");
    let lines: Vec<Value> = trail
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    let events: Vec<_> = lines
        .iter()
        .map(|line| line["event"].as_str().unwrap())
        .collect();
    assert_eq!(events, ["BEGIN", "READY", "PROPOSE", "QUALIFY"]);
    let last = lines.last().unwrap();
    assert_eq!(last["commit"], tip);
    assert_eq!(last["production"], plant.repository.tip("main").to_string());
    assert_eq!(last["results"]["passed"], 4);
    assert_eq!(last["trees"]["src"], lines[1]["trees"]["src"]);
    assert_eq!(world.qms("verify").done()["findings"], json!([]));
}

/// Checks that what comes after takes the qualification back, and that nothing moves it on.
#[track_caller]
fn assert_overtaken(plant: &Plant) {
    let (world, good) = (&plant.world, results(plant, 1, 0));
    plant
        .repository
        .commit("CR-001: another limit")
        .file("src/dosing.py", "limit = 6\n")
        .made();
    let status = world.qms("code status").done();
    assert_eq!(status["systems"][0]["qualified_by"], json!([]));
    world.refused(
        "claude",
        &format!("code ready press-001 --tests {good}"),
        "terminal_state",
    );
}

#[test]
fn code_is_qualified_through_a_change_its_documents_and_an_identical_merge() {
    let plant = tried();
    let world = &plant.world;
    let (good, bad) = (results(&plant, 3, 0), |plant: &Plant| results(plant, 3, 1));
    assert_eq!(stands(&plant, "press-001")["status"], "DEVELOPING");

    // In a test environment: one commit is named, with its tests.
    world.refused("claude", "code ready press-001", "usage");
    let failed = bad(&plant);
    let refused = world.refused(
        "claude",
        &format!("code ready press-001 --tests {failed}"),
        "gate_blocked",
    );
    assert_eq!(refused["message"], "1 of 4 tests failed, 3 passed");
    results(&plant, 3, 0);
    world.refused(
        "rita",
        &format!("code ready press-001 --tests {good}"),
        "permission_denied",
    );
    world
        .by("claude", &format!("code ready press-001 --tests {good}"))
        .done();
    let tip = plant.repository.tip("test/press-001").to_string();
    let ready = stands(&plant, "press-001");
    assert_eq!(
        (&ready["status"], &ready["version"]),
        (&json!("READY"), &json!("0.2"))
    );
    assert_eq!(ready["commit"], tip);

    // Under a change that is carried out.
    world.refused(
        "claude",
        "code propose press-001 --change CR-001",
        "gate_blocked",
    );
    plant.change();
    world.refused(
        "qa",
        &format!("code qualify press-001 --tests {good}"),
        "invalid_transition",
    );
    world
        .by("claude", "code propose press-001 --change CR-001")
        .done();
    assert_eq!(
        met(&plant, "press-001"),
        [true, true, true, false, false, false]
    );

    // One byte differs: it is on the branch in use, and not what was tested.
    documents(&plant);
    plant
        .repository
        .commit("CR-001: take in test/press-001")
        .merging("test/press-001")
        .file("src/dosing.py", "limit = 5\n")
        .made();
    let refused = world.refused(
        "qa",
        &format!("code qualify press-001 --tests {good}"),
        "gate_blocked",
    );
    let message = refused["message"].as_str().unwrap();
    assert!(message.starts_with("src differs between"), "{message}");
    assert_eq!(
        refused["rule"].as_str().unwrap().split(':').next(),
        Some("workflows/qualification.kdl")
    );
    plant
        .repository
        .commit("CR-001: as tested")
        .file("src/dosing.py", "limit = 4\n")
        .made();
    assert_eq!(
        met(&plant, "press-001"),
        [false, true, true, true, true, true]
    );

    // Tests run on what is in use, and quality confirms.
    world.refused(
        "claude",
        &format!("code qualify press-001 --tests {good}"),
        "permission_denied",
    );
    let failed = bad(&plant);
    world.refused(
        "qa",
        &format!("code qualify press-001 --tests {failed}"),
        "gate_blocked",
    );
    results(&plant, 4, 0);
    let done = world
        .by("qa", &format!("code qualify press-001 --tests {good}"))
        .done();
    assert_eq!(done["to_status"], "COMPLETE");
    assert_eq!(done["version"], "1.0");
    let status = world.qms("code status").done();
    let system = &status["systems"][0];
    assert_eq!(system["qualified_by"], json!(["press-001"]));
    assert_eq!(system["environments"][0]["next"], json!([]));
    assert_eq!(world.qms("code audit").status, 0);

    assert_evidence(&plant, &tip);

    assert_overtaken(&plant);
}

#[test]
fn what_fails_to_qualify_goes_back_with_a_reason_and_another_commit() {
    let plant = tried();
    let good = results(&plant, 1, 0);
    plant.change();
    propose(&plant, &good);
    plant
        .world
        .refused("claude", "code fail press-001", "usage");
    let done = plant
        .world
        .by("qa", "code fail press-001 --reason \"The limit is wrong.\"")
        .done();
    assert_eq!(
        (&done["from_status"], &done["to_status"]),
        (&json!("PENDING"), &json!("READY"))
    );
    plant.repository.switch("test/press-001");
    plant
        .repository
        .commit("Right")
        .file("src/dosing.py", "limit = 5\n")
        .made();
    plant.repository.switch("main");
    plant
        .world
        .by("claude", &format!("code ready press-001 --tests {good}"))
        .done();
    let stand = stands(&plant, "press-001");
    assert_eq!(
        stand["commit"],
        plant.repository.tip("test/press-001").to_string()
    );
    assert_eq!(stand["version"], "0.3");
    plant
        .world
        .by(
            "claude",
            "code abandon press-001 --reason \"Another way was found.\"",
        )
        .done();
    assert_eq!(stands(&plant, "press-001")["status"], "ABANDONED");
    // Its number is not given again, even without its branch.
    let mut branch = plant
        .repository
        .git()
        .find_branch("test/press-001", git2::BranchType::Local)
        .unwrap();
    branch.delete().unwrap();
    let made = plant.world.by("claude", "code branch press").done();
    assert_eq!(made["branch"], "test/press-002");
}

#[test]
fn several_test_environments_feed_one_qualification() {
    let plant = tried();
    let good = results(&plant, 1, 0);
    plant.world.by("claude", "code branch press").done();
    plant.repository.switch("test/press-002");
    plant
        .repository
        .commit("Beside")
        .file("src/beside.py", "x\n")
        .made();
    plant
        .repository
        .commit("Take in press-001")
        .merging("test/press-001")
        .made();
    plant.repository.switch("main");
    let done = plant
        .world
        .by("claude", &format!("code ready press-002 --tests {good}"))
        .done();
    assert_eq!(done["events"][0]["facts"]["fed_by"], json!(["press-001"]));
    assert_eq!(stands(&plant, "press-002")["fed_by"], json!(["press-001"]));
}

/// Whoever declares less by now does not compare less.
#[test]
fn what_was_recorded_is_compared_whatever_is_declared_by_now() {
    let (plant, good) = proposed();
    plant
        .repository
        .commit("CR-001: take in test/press-001")
        .merging("test/press-001")
        .file("src/beside.py", "never tested\n")
        .made();
    plant.declare(&json!({ "paths": ["src/dosing.py"] }));
    let refused = plant.world.refused(
        "qa",
        &format!("code qualify press-001 --tests {good}"),
        "gate_blocked",
    );
    assert!(
        refused["message"]
            .as_str()
            .unwrap()
            .starts_with("src differs"),
        "{refused}"
    );
}

/// What is qualified stays so as long as all of it is so.
#[test]
fn a_document_that_is_retired_takes_the_qualification_back() {
    let (plant, good) = proposed();
    plant
        .repository
        .commit("CR-001: take in")
        .merging("test/press-001")
        .made();
    plant
        .world
        .by("qa", &format!("code qualify press-001 --tests {good}"))
        .done();
    let by =
        |plant: &Plant| plant.world.qms("code status").done()["systems"][0]["qualified_by"].clone();
    assert_eq!(by(&plant), json!(["press-001"]));
    plant.world.story(
        "claude: checkout SDLC-PRESS-RS
         claude: route SDLC-PRESS-RS --review
         qa: review SDLC-PRESS-RS --recommend --comment Over
         claude: route SDLC-PRESS-RS --retire
         qa: approve SDLC-PRESS-RS",
    );
    assert_eq!(by(&plant), json!([]));
}

/// Results are a file that can be read again, and say of no test that it passed which did not.
#[test]
fn results_that_are_none_are_refused() {
    let plant = tried();
    let file = plant.world.path("results.xml");
    for (xml, code) in [
        (
            "<testsuite name=\"a\" failures=\"2\"><testcase name=\"t\"/></testsuite>",
            "invalid_argument",
        ),
        (
            "<testsuite name=\"a\"><error/><testcase name=\"t\"/></testsuite>",
            "gate_blocked",
        ),
        (
            "<testsuite name=\"a\"><testcase name=\"t\" status=\"Failed\"/></testsuite>",
            "gate_blocked",
        ),
        (
            "<testsuite name=\"a\"><testcase name=\"t\"><skipped/></testcase></testsuite>",
            "gate_blocked",
        ),
        ("<testsuite/>", "gate_blocked"),
        ("no results", "invalid_argument"),
    ] {
        plant.world.write("results.xml", xml);
        let line = format!("code ready press-001 --tests {}", file.display());
        plant.world.refused("claude", &line, code);
    }
    plant.world.refused(
        "claude",
        "code ready press-001 --tests /dev/null",
        "invalid_argument",
    );
    plant.world.refused(
        "claude",
        "code ready press-001 --tests /dev/zero",
        "invalid_argument",
    );
}

#[test]
fn what_is_no_test_environment_is_not_moved_on() {
    let plant = tried();
    let good = results(&plant, 1, 0);
    for (name, code) in [
        ("press-002", "not_found"),
        ("other-001", "not_found"),
        ("CR-001", "not_found"),
        ("../x", "not_found"),
    ] {
        plant
            .world
            .refused("claude", &format!("code ready {name} --tests {good}"), code);
    }
    plant.world.refused(
        "claude",
        "code ready press-001 --tests nowhere.xml",
        "not_found",
    );
    plant
        .world
        .refused("claude", "code bless press-001", "usage");
    let before = plant.world.files();
    let planned = plant
        .world
        .by(
            "claude",
            &format!("code ready PRESS-001 --tests {good} --dry-run"),
        )
        .done();
    assert_eq!(
        (&planned["dry_run"], &planned["plan"][0]["step"]),
        (&json!(true), &json!("append"))
    );
    crate::common::assert_same(&before, &plant.world.files());
    // Where the code is tried out, nothing is recorded of it.
    plant.repository.switch("test/press-001");
    plant.world.refused(
        "claude",
        &format!("code ready press-001 --tests {good}"),
        "gate_blocked",
    );
    plant
        .world
        .refused("claude", "code branch press", "gate_blocked");
}

#[test]
fn a_trail_of_code_that_was_changed_is_found() {
    let plant = tried();
    let good = results(&plant, 1, 0);
    plant
        .world
        .by("claude", &format!("code ready press-001 --tests {good}"))
        .done();
    let path = "QMS/.audit/code/press-001.jsonl";
    let trail = plant.world.read(path);
    plant
        .world
        .write(path, &trail.replace("\"passed\": 1", "\"passed\": 9"));
    let answer = plant.world.qms("verify");
    assert_eq!(answer.status, 3);
    assert_eq!(answer.json["data"]["findings"][0]["code"], "line_changed");
    plant.world.write(path, trail.lines().next().unwrap());
    plant.world.qms("code status").refused("integrity");
}

#[test]
fn the_rules_of_qualification_are_shown_like_all_others() {
    let plant = tried();
    let graph = plant.world.text("claude", "graph qualification");
    assert!(graph.contains("PENDING"), "{graph}");
    let help = plant.world.qms("code --help");
    assert_eq!(help.status, 0);
    let proved = plant.world.qms("validate-config").done()["proved"].clone();
    let proved = proved.as_array().unwrap().iter();
    let of_code = proved.filter(|one| one["workflow"] == "qualification");
    assert_eq!(of_code.count(), 4);
}

/// What is always true is proved, not believed: without the demand it is broken by the shortest story.
#[test]
fn a_test_environment_is_never_qualified_and_that_is_proved() {
    let files = files_of(Path::new(env!("CARGO_MANIFEST_DIR"))).unwrap();
    for (demand, sentence) in [
        (
            "        require merged\n",
            "What stands in a test environment alone is never qualified.",
        ),
        (
            "        require identical\n",
            "Nothing is qualified that differs from what was tested.",
        ),
        (
            "        require documents RS RTM in=EFFECTIVE\n",
            "Nothing is qualified whose documents are not in force.",
        ),
        (
            "        require authorised change\n",
            "Nothing is taken into use without a change that permits it.",
        ),
    ] {
        let mut files = files.clone();
        let file = files
            .iter_mut()
            .find(|file| file.path == "workflows/qualification.kdl")
            .unwrap();
        assert!(file.text.contains(demand), "{demand}");
        file.text = file.text.replace(demand, "").into();
        let rules = Rulebook::load("changed", files).unwrap();
        let mut rules = rules.with_code().into_owned();
        rules
            .workflows
            .retain(|workflow| workflow.subject == Subject::Code);
        let proofs = prove(&rules);
        let broken = proofs[0]
            .sentences
            .iter()
            .filter(|sentence| sentence.verdict.is_broken());
        let broken: Vec<_> = broken
            .map(|sentence| sentence.invariant.sentence.as_str())
            .collect();
        assert_eq!(broken, [sentence]);
    }
}
