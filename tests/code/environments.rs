//! Environments: production, test, and what leads out of a test environment.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt;

use serde_json::{Value, json};

use super::Plant;
use crate::common::World;
use crate::common::repository::{NOON, Repository};

#[test]
fn one_is_told_where_one_stands() {
    let plant = Plant::new();
    let env = |plant: &Plant| {
        let data = plant.world.qms("code env").done();
        (
            data["environment"].clone(),
            data["documents_may_change"].clone(),
        )
    };
    assert_eq!(env(&plant), (json!("production"), json!(true)));
    plant.repository.branch("feature");
    assert_eq!(env(&plant), (json!("none"), json!(true)));
    plant.repository.branch("test/press-001");
    assert_eq!(env(&plant), (json!("test"), json!(false)));
    let text = plant.world.text("claude", "code env");
    assert!(
        text.contains("test, press-001 of the system press"),
        "{text}"
    );
    plant.repository.branch("test/other-001");
    assert_eq!(env(&plant), (json!("none"), json!(true)));
}

#[test]
fn the_next_test_environment_has_the_next_number() {
    let plant = Plant::new();
    let made = plant.world.by("claude", "code branch press").done();
    assert_eq!(made["branch"], "test/press-001");
    let planned = plant
        .world
        .by("claude", "code branch press --dry-run")
        .done();
    assert_eq!(
        (&planned["branch"], &planned["dry_run"]),
        (&json!("test/press-002"), &json!(true))
    );
    let git = plant.repository.git();
    let first = git.find_commit(plant.first).unwrap();
    git.branch("test/press-041", &first, false).unwrap();
    git.reference(
        "refs/remotes/origin/test/press-999",
        plant.first,
        false,
        "there",
    )
    .unwrap();
    let made = plant.world.by("lead", "code branch press").done();
    assert_eq!(made["branch"], "test/press-1000");
    assert_eq!(plant.repository.tip("test/press-1000"), plant.first);
    assert!(
        plant
            .repository
            .branches()
            .contains(&"test/press-001".to_owned())
    );

    plant
        .world
        .refused("rita", "code branch press", "permission_denied");
    plant
        .world
        .refused("nobody", "code branch press", "unknown_user");
    plant
        .world
        .refused("claude", "code branch none", "not_found");
    plant
        .world
        .qms("code branch press")
        .refused("identity_missing");
}

#[test]
fn no_document_is_created_or_changed_in_a_test_environment() {
    let plant = Plant::new();
    plant.change();
    plant.world.by("claude", "checkout CR-001").done();
    plant.repository.branch("test/press-001");
    for command in [
        "create CR --title Another",
        "checkin CR-001",
        "route CR-001 --review",
        "create CR --title Another --dry-run",
    ] {
        let refused = plant.world.refused("claude", command, "gate_blocked");
        assert_eq!(
            refused["facts"]["branch"],
            json!("test/press-001"),
            "{command}: {refused}"
        );
    }
    let status = plant.world.by("claude", "status CR-001");
    assert_eq!(
        status.allowed(),
        Vec::<String>::new(),
        "nothing is offered that is refused"
    );
    plant.world.by("claude", "read CR-001 --draft").done();
    plant.world.refused("lead", "migrate", "gate_blocked");

    // The same commit without a branch is the same environment.
    let tried = plant.repository.commit("Try").file("src/a", "a").made();
    plant.repository.git().set_head_detached(tried).unwrap();
    plant
        .world
        .refused("claude", "checkin CR-001", "gate_blocked");
    plant.repository.switch("main");
    plant.world.by("claude", "checkin CR-001").done();
}

/// A number that nobody can count to is a number.
#[test]
fn a_large_number_opens_no_gate_and_closes_none() {
    let plant = Plant::new();
    plant.repository.branch("test/press-4294967296");
    plant
        .world
        .refused("claude", "create CR --title Bypass", "gate_blocked");
    plant.repository.branch("test/press-99999999999999999999");
    plant
        .world
        .refused("claude", "create CR --title Bypass", "gate_blocked");
    plant.repository.switch("main");
    let made = plant.world.by("claude", "code branch press").done();
    assert_eq!(made["branch"], "test/press-001");
    // A number that only a trail has is used all the same.
    let git = plant.repository.git();
    let branch = git.find_branch("test/press-001", git2::BranchType::Local);
    branch.unwrap().delete().unwrap();
    let made = plant.world.by("claude", "code branch press").done();
    assert_eq!(made["branch"], "test/press-002");
    // A name that leads nowhere keeps nobody from anything.
    git.reference_symbolic(
        "refs/heads/test/press-077",
        "refs/heads/nowhere",
        true,
        "odd",
    )
    .unwrap();
    plant.world.qms("code status").done();
    plant.world.qms("code isolation").done();
}

#[test]
fn a_repository_that_declares_no_system_is_never_hindered() {
    let world = World::new();
    let repository = Repository::begun(world.root());
    repository.commit("First").file("src/a", "a").made();
    repository.branch("test/press-001");
    world.by("claude", "create CR --title Bypass").done();
    let env = world.qms("code env").done();
    assert_eq!(env["environment"], "none");
    world.qms("code audit").refused("not_found");

    let plain = World::new();
    plain.write(
        "qms.config.json",
        r#"{ "systems": [{ "name": "press", "paths": ["src"], "namespace": "PRESS" }] }"#,
    );
    plain.by("claude", "create CR --title Bypass").done();
}

/// A folder of its own, beside that of the project, with a branch of its own.
#[test]
fn a_second_working_tree_is_an_environment_of_its_own() {
    let plant = Plant::new();
    let config = plant.world.read("qms.config.json");
    plant
        .repository
        .commit("Configured")
        .file("qms.config.json", &config)
        .file("QMS/keep", "")
        .made();
    plant.world.by("claude", "code branch press").done();
    let beside = tempfile::tempdir().unwrap();
    let folder = beside.path().join("press-001");
    let git = plant.repository.git();
    let branch = git.find_reference("refs/heads/test/press-001").unwrap();
    let mut options = git2::WorktreeAddOptions::new();
    options.reference(Some(&branch));
    git.worktree("press-001", &folder, Some(&options)).unwrap();
    let there = World::copy_of(beside.path());
    let root = folder.display();
    let env = there.qms(&format!("code env --project-root {root}")).done();
    assert_eq!(
        (&env["environment"], &env["branch"]),
        (&json!("test"), &json!("test/press-001"))
    );
    there
        .by(
            "claude",
            &format!("create CR --title Bypass --project-root {root}"),
        )
        .refused("gate_blocked");
    // Where the project is, nothing has changed.
    assert_eq!(
        plant.world.qms("code env").done()["environment"],
        "production"
    );
    plant.world.by("claude", "create CR --title Bypass").done();
}

#[test]
fn repositories_of_every_kind_have_an_answer() {
    let plant = Plant::new();
    let git = plant.repository.git();
    let source = git.blob(b"as SOP-001 says\n").unwrap();
    let mut odd = git.treebuilder(None).unwrap();
    odd.insert(OsStr::from_bytes(b"\xff.py"), source, 0o100_644)
        .unwrap();
    let mut folder = git.treebuilder(None).unwrap();
    folder
        .insert(OsStr::from_bytes(b"\xfe"), odd.write().unwrap(), 0o040_000)
        .unwrap();
    let mut root = git.treebuilder(None).unwrap();
    root.insert("src", folder.write().unwrap(), 0o040_000)
        .unwrap();
    let tree = git.find_tree(root.write().unwrap()).unwrap();
    let parent = git.find_commit(plant.first).unwrap();
    let who = git2::Signature::new("Ada", "ada@example.org", &git2::Time::new(NOON, 0)).unwrap();
    let commit = git
        .commit(None, &who, &who, "No text", &tree, &[&parent])
        .unwrap();
    git.branch("test/press-001", &git.find_commit(commit).unwrap(), false)
        .unwrap();
    let leaks = plant.world.qms("code isolation").json["data"]["leaks"].clone();
    assert_eq!(leaks[0]["path"], "src/\u{fffd}/\u{fffd}.py");

    git.config().unwrap().set_bool("core.bare", true).unwrap();
    assert_eq!(
        plant.world.qms("code env").done()["environment"],
        "production"
    );
    assert_eq!(
        plant.world.qms("code audit").done()["violations"],
        json!([])
    );
    plant.world.by("claude", "create CR --title Bypass").done();
    plant.world.write(".git/HEAD", "nonsense");
    plant.world.qms("code env").refused("io");
}

#[test]
fn a_configuration_that_is_wrong_says_where() {
    let plant = Plant::new();
    plant.declare(&json!({ "paths": ["../src"] }));
    let refused = plant
        .world
        .refused("claude", "create CR --title Bypass", "integrity");
    let message = refused["message"].as_str().unwrap();
    assert!(message.contains("/systems/0/paths/0"), "{message}");
    plant.world.qms("code env").refused("integrity");
    let answer = plant.world.qms("validate-config");
    assert_eq!(answer.status, 3);
    assert_eq!(
        answer.json["data"]["findings"][0]["code"],
        "qms::rules::unfit_configuration"
    );
    plant.declare(&json!({}));
    let told = plant.world.qms("validate-config").done()["findings"].clone();
    assert_eq!(told[0]["code"], "qms::rules::unregistered_namespace");
    plant.declare(&json!({ "paths": ["../src"] }));
    // Whoever only looks is told what there is.
    plant.world.by("claude", "status SOP-001").done();
}

#[test]
fn a_test_environment_knows_no_document_in_use() {
    let plant = Plant::new();
    plant.world.by("claude", "create CR --title Bypass").done();
    let found = plant.world.qms("code isolation").done();
    assert_eq!(found["leaks"], json!([]));
    plant.repository.branch("test/press-001");
    plant
        .repository
        .commit("Try")
        .file(
            "src/a.py",
            "# as SOP-001 says\n# CR-009 is no document, sop-001 no id\n",
        )
        .file("src/b/c.py", "x = 1  # CR-001, CR-001\n")
        .file("src/binary", b"\x00SOP-001")
        .file("docs/notes", "SOP-001")
        .file("src/d.py", "open('CR-001-draft.md')\n")
        .made();
    let answer = plant.world.qms("code isolation press");
    let leak = |path: &str, line: usize, id: &str| json!({ "branch": "test/press-001", "path": path, "line": line, "doc_id": id });
    assert_eq!(answer.status, 1);
    assert_eq!(
        answer.json["data"]["leaks"],
        json!([
            leak("src/a.py", 1, "SOP-001"),
            leak("src/b/c.py", 1, "CR-001"),
            leak("src/d.py", 1, "CR-001")
        ])
    );

    plant
        .repository
        .commit("Meddle")
        .file("QMS/SOP/SOP-001.md", "mine")
        .made();
    let leaks = plant.world.qms("code isolation").json["data"]["leaks"].clone();
    let last = leaks.as_array().unwrap().last().unwrap().clone();
    assert_eq!(
        (&last["path"], &last["line"]),
        (&json!("QMS/SOP/SOP-001.md"), &Value::Null)
    );
}
