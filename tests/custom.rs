//! Three ways in which an organization makes the rules its own: each is exported, changed, proved, rehearsed
//! and lived by; and a mistake of its kind is found before anybody works by it.
//!
//! A folder of `custom` holds whole new files, and in `changes.kdl` what else is changed (`common/changes.rs`).

use std::path::Path;

use crate::common::World;
use crate::common::changes::{below, change};
use serde_json::Value;

/// Returns a folder in which the shipped rules were exported and then changed as a folder of `custom` says.
#[track_caller]
fn customised(name: &str) -> World {
    let world = World::empty();
    let rules = world.path("qms.d");
    world.qms("config export").done();
    let mut files = below(&rules);
    std::fs::remove_dir_all(&rules).unwrap();
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/custom");
    let mut own = below(&folder.join(name));
    if let Some(changes) = own.remove("changes.kdl") {
        change(&mut files, &changes);
    }
    for (path, text) in own {
        assert!(files.insert(path.clone(), text).is_none(), "{path} is new");
    }
    for (path, text) in files {
        world.write(&format!("qms.d/{path}"), &text);
    }
    world
}

/// Writes something else in a file of the rules, wherever the old text stands.
#[track_caller]
fn alter(world: &World, path: &str, old: &str, new: &str) {
    let path = format!("qms.d/{path}");
    let text = world.read(&path);
    assert!(text.contains(old), "`{old}` stands in {path}");
    world.write(&path, &text.replace(old, new));
}

/// Looks at the rules in force, or those that will be once there is a project.
fn validated(world: &World) -> (u8, Value) {
    let answer = world.qms("validate-config --strict");
    (answer.status, answer.json["data"].clone())
}

/// Checks that rules are sound, that what they call always true is proved, and that no way is left out of the
/// stories.
#[track_caller]
fn assert_sound(world: &World, workflows: usize, sentences: usize) {
    let (status, data) = validated(world);
    assert_eq!(data["findings"], serde_json::json!([]));
    assert_eq!(status, 0);
    let proved = data["proved"].as_array().unwrap();
    assert_eq!(proved.len(), sentences);
    let mut names: Vec<_> = proved.iter().map(|one| one["workflow"].as_str()).collect();
    names.dedup();
    assert_eq!(names.len(), workflows);

    let told = world.qms("test-config").done();
    assert_eq!(told["untaken"], serde_json::json!([]));
}

/// Checks that a mistake is found: its code, and a part of what is said about it.
#[track_caller]
fn assert_found(world: &World, code: &str, said: &[&str]) {
    let (status, data) = validated(world);
    assert_eq!(status, 3);
    let findings = data["findings"].as_array().unwrap();
    let code = format!("qms::rules::{code}");
    let mut those = findings.iter().filter(|finding| finding["code"] == *code);
    let found = those.next();
    assert!(found.is_some(), "{code} in {findings:#?}");
    let found = found.unwrap();
    for words in said {
        assert!(found.to_string().contains(words), "{words}: {found:#}");
    }
}

/// Begins to live by the rules, with a second initiator and a reviewer besides those that `init` knows.
#[track_caller]
fn settled(world: &World) {
    world.qms("init").done();
    world.by("lead", "user --add bob --group initiator").done();
    world.by("lead", "user --add rita --group reviewer").done();
}

#[track_caller]
fn assert_stands(world: &World, id: &str, status: &str, version: &str) {
    let told = world.by("bob", &format!("status {id}")).done();
    assert_eq!(
        (&told["status"], &told["version"]),
        (&status.into(), &version.into())
    );
}

#[track_caller]
fn assert_verified(world: &World) {
    assert_eq!(
        world.qms("verify").done()["findings"],
        serde_json::json!([])
    );
}

/// A type with a workflow, verbs, outcomes and prompts of its own.
///
/// Verifies: REQ-CFG-005, REQ-PROMPT-003
#[test]
fn a_capa_is_closed_once_its_effect_is_found() {
    let world = customised("capa");
    assert_sound(&world, 4, 34);
    settled(&world);
    let made = world.by("claude", "create CAPA --title Seals").done();
    assert_eq!(made["doc_id"], "CAPA-001");
    let text = world.read(".claude/users/claude/workspace/CAPA-001.md");
    assert!(text.contains("# CAPA-001: Seals"), "{text}");
    world.story(
        "claude: route CAPA-001 --approval
         qa: approve CAPA-001
         claude: checkout CAPA-001
         claude: implement CAPA-001",
    );
    assert_stands(&world, "CAPA-001", "IMPLEMENTED", "1.1");
    world.refused("claude", "close CAPA-001", "invalid_transition");
    world.refused("bob", "check CAPA-001", "not_owner");

    world
        .by("claude", "check CAPA-001 --assignees qa rita")
        .done();
    let task = world.read(".claude/users/rita/inbox/task-CAPA-001-effect-v1-1.md");
    assert!(task.contains("is the cause gone?"), "{task}");
    assert!(task.contains("--outcome not-effective"), "{task}");
    let own = "judge CAPA-001 --outcome effective --comment Mine";
    world.refused("claude", own, "permission_denied");
    world.story(
        "qa: judge CAPA-001 --outcome effective --comment Gone
         rita: judge CAPA-001 --outcome not-effective --comment \"Too early to tell\"",
    );
    assert_stands(&world, "CAPA-001", "APPROVED", "1.1");
    world.refused("claude", "close CAPA-001", "invalid_transition");

    world.story(
        "claude: implement CAPA-001
         claude: check CAPA-001
         qa: judge CAPA-001 --outcome effective --comment Gone",
    );
    assert_stands(&world, "CAPA-001", "EFFECT_FOUND", "2.0");
    world.refused("bob", "close CAPA-001", "not_owner");
    world.by("claude", "close CAPA-001").done();
    assert_stands(&world, "CAPA-001", "CLOSED", "2.0");
    assert_verified(&world);

    // Had the permit not kept owners from judging, the proof would tell how one does.
    alter(&world, "permissions/capa.kdl", "; except owner }", " }");
    let sentence = "Nobody judges the effect of what they answer for.";
    assert_found(&world, "broken_invariant", &[sentence, "judge"]);
}

/// A group that has to agree before a procedure is approved, and a procedure alone.
///
/// Verifies: REQ-SEC-002, REQ-WF-005
#[test]
fn a_procedure_is_approved_once_legal_agrees() {
    let world = customised("legal");
    assert_sound(&world, 4, 38);
    settled(&world);
    world.by("lead", "user --add leo --group legal").done();
    world.story(
        "claude: create SOP --title Letters
         claude: route SOP-008 --review --assign qa
         qa: review SOP-008 --recommend --comment Complete",
    );
    let refusal = world.refused("claude", "route SOP-008 --approval", "gate_blocked");
    assert!(refusal.to_string().contains("legal"), "{refusal}");

    world.story(
        "claude: checkout SOP-008
         claude: route SOP-008 --review
         qa: review SOP-008 --recommend --comment Complete
         leo: review SOP-008 --request-updates --comment \"Says too much\"",
    );
    world.refused("claude", "route SOP-008 --approval", "gate_blocked");
    world.refused("leo", "approve SOP-008", "permission_denied");
    world.story(
        "claude: checkout SOP-008
         claude: route SOP-008 --review
         leo: review SOP-008 --recommend --comment \"As the law asks\"
         qa: review SOP-008 --recommend --comment Complete
         claude: route SOP-008 --approval
         qa: approve SOP-008",
    );
    assert_stands(&world, "SOP-008", "EFFECTIVE", "1.0");

    // Other documents in force need nobody from legal.
    world.story(
        "claude: create TEMPLATE --name LETTER --title Letter
         claude: route TEMPLATE-LETTER --review
         qa: review TEMPLATE-LETTER --recommend --comment Complete
         claude: route TEMPLATE-LETTER --approval
         qa: approve TEMPLATE-LETTER",
    );
    assert_stands(&world, "TEMPLATE-LETTER", "EFFECTIVE", "1.0");
    assert_verified(&world);

    // Had the demand been forgotten, a story would no longer come out as it is told.
    let demand = "        require outcome-from legal\n";
    alter(&world, "workflows/procedure.kdl", demand, "");
    let told = world.qms("test-config");
    assert_eq!(told.status, 3, "{}", told.json);
}

/// States and stages in other words, and nothing else.
///
/// Verifies: REQ-WF-001, REQ-PROMPT-003
#[test]
fn a_change_goes_through_states_of_other_names() {
    let world = customised("renamed");
    assert_sound(&world, 3, 26);
    settled(&world);
    world.story(
        "claude: create CR --title Pump
         claude: route CR-001 --review",
    );
    assert_stands(&world, "CR-001", "PLAN_UNDER_REVIEW", "0.1");
    let task = world.read(".claude/users/qa/inbox/task-CR-001-plan_review-v0-1.md");
    assert!(task.contains("**Workflow:** PLAN_REVIEW"), "{task}");
    world.refused("claude", "route CR-001 --approval", "invalid_transition");
    world.story(
        "qa: review CR-001 --recommend --comment Sound
         claude: route CR-001 --approval
         qa: approve CR-001
         claude: release CR-001",
    );
    assert_stands(&world, "CR-001", "IN_PROGRESS", "1.0");
    world
        .by("claude", "create VR --parent CR-001 --title Seal")
        .done();
    world.refused(
        "claude",
        "create ADD --parent CR-001 --title Photo",
        "parent_state",
    );
    world.story(
        "claude: route CR-001 --review
         qa: review CR-001 --recommend --comment Done
         claude: route CR-001 --approval
         qa: approve CR-001
         claude: close CR-001",
    );
    assert_stands(&world, "CR-001", "COMPLETED", "2.0");
    assert_stands(&world, "CR-001-VR-001", "COMPLETED", "1.0");
    world
        .by("claude", "create ADD --parent CR-001 --title Photo")
        .done();
    assert_stands(&world, "SOP-001", "IN_FORCE", "1.0");
    assert_verified(&world);

    // One place forgotten is one place shown.
    alter(
        &world,
        "doctypes/ADD.kdl",
        "parent COMPLETED",
        "parent CLOSED",
    );
    assert_found(&world, "unknown_state", &["CLOSED", "doctypes/ADD.kdl"]);
}

/// Before a project is made, all that looks at rules looks at those that will govern it; what is no folder of rules is
/// not passed over.
#[test]
fn rules_are_looked_at_before_there_is_a_project() {
    let world = customised("capa");
    let shown = world.qms("config show").done();
    assert!(shown["doc_types"].to_string().contains("CAPA"), "{shown}");
    world.qms("config matrix CAPA").done();
    world.qms("graph CAPA").done();

    let blocked = World::empty();
    blocked.write("qms.d", "no folder");
    for line in ["validate-config", "test-config", "config show", "graph SOP"] {
        let answer = blocked.qms(line);
        assert_ne!(answer.status, 0, "{line}");
        assert!(
            answer.err.contains("is no folder"),
            "{line}: {}",
            answer.err
        );
    }
}
