//! The project: how it is begun, how it is found, who is known in it.

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use crate::common::{Files, World, assert_same};
use qms::analysis::tables::fill;
use qms::definitions::Rulebook;
use serde_json::{Value, json};

/// Runs the program itself, in a folder, with nothing set that is not named.
fn spawn(folder: &Path, words: &[&str], set: &[(&str, &Path)]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qms"));
    command.current_dir(folder).args(words);
    for name in ["QMS_USER", "QMS_PROJECT_ROOT", "QMS_RULES"] {
        command.env_remove(name);
    }
    for (name, value) in set {
        command.env(name, value);
    }
    command.output().unwrap()
}

/// Runs the program with `--json`, and returns its status and what it printed.
fn answer(folder: &Path, words: &[&str], set: &[(&str, &Path)]) -> (i32, Value) {
    let mut all = vec!["--json"];
    all.extend(words);
    let output = spawn(folder, &all, set);
    let json = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code().unwrap(), json)
}

/// The ids of all documents that a run from a folder sees.
#[track_caller]
fn seen(folder: &Path, words: &[&str], set: &[(&str, &Path)]) -> Vec<String> {
    let mut all = vec!["--user", "claude", "list", "--type", "CR"];
    all.extend(words);
    let (status, json) = answer(folder, &all, set);
    assert_eq!(status, 0, "{json}");
    let documents = json["data"]["documents"].as_array().unwrap();
    let titles = documents.iter().map(|document| document["title"].as_str());
    titles.map(|title| title.unwrap().to_owned()).collect()
}

/// Begins a project in a folder, with one document of this title.
fn begin(world: &World, folder: &str, title: &str) {
    let root = world.path(folder).display().to_string();
    let words = ["init", "--root", &root].map(str::to_owned);
    world.words(&words).done();
    let words = [
        "--user",
        "claude",
        "create",
        "CR",
        "--title",
        title,
        "--project-root",
        &root,
    ];
    world.words(&words.map(str::to_owned)).done();
}

fn users(world: &World) -> Vec<(String, String, String)> {
    let data = world.by("claude", "user --list").done();
    let word = |user: &Value, key: &str| user[key].as_str().unwrap().to_owned();
    let users = data["users"].as_array().unwrap().iter();
    users
        .map(|user| {
            (
                word(user, "name"),
                word(user, "group"),
                word(user, "source"),
            )
        })
        .collect()
}

fn user(name: &str, group: &str, source: &str) -> (String, String, String) {
    (name.to_owned(), group.to_owned(), source.to_owned())
}

// ── Finding the project ──────────────────────────────────────────────────

/// The project is the one in or above the folder one stands in.
///
/// Verifies: REQ-CFG-001
#[test]
fn the_project_is_found_from_any_folder_within() {
    let world = World::empty();
    begin(&world, "a", "In A");
    for folder in ["a", "a/QMS", "a/QMS/.meta/SOP", "a/.claude/users/qa/inbox"] {
        assert_eq!(seen(&world.path(folder), &[], &[]), ["In A"], "{folder}");
    }
    let output = spawn(world.root(), &["--user", "claude", "list"], &[]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("no_project") && told.contains("qms init"),
        "{told}"
    );
    let (status, json) = answer(world.root(), &["--user", "claude", "inbox"], &[]);
    assert_eq!((status, &json["error"]["code"]), (1, &json!("no_project")));
}

/// The nearest configuration counts, even where a `QMS` folder is nearer; without any configuration
/// the nearest such folder does.
///
/// Verifies: REQ-CFG-001
#[test]
fn a_configuration_counts_before_a_nearer_folder() {
    let world = World::empty();
    begin(&world, "outer", "Outer");
    begin(&world, "outer/middle", "Middle");
    begin(&world, "outer/middle/inner", "Inner");
    let inner = world.path("outer/middle/inner");
    assert_eq!(seen(&inner, &[], &[]), ["Inner"]);
    fs::remove_file(inner.join("qms.config.json")).unwrap();
    assert_eq!(seen(&inner, &[], &[]), ["Middle"]);
    fs::remove_file(world.path("outer/middle/qms.config.json")).unwrap();
    assert_eq!(seen(&inner, &[], &[]), ["Outer"]);
    fs::remove_file(world.path("outer/qms.config.json")).unwrap();
    assert_eq!(seen(&inner, &[], &[]), ["Inner"]);
    assert_eq!(seen(&inner.join("QMS/CR"), &[], &[]), ["Inner"]);
}

/// A root that is named is taken as it is: the flag before the variable, and neither leads on to
/// another project.
///
/// Verifies: REQ-CFG-001
#[test]
fn a_root_that_is_named_is_taken_as_it_is() {
    let world = World::empty();
    begin(&world, "a", "In A");
    begin(&world, "b", "In B");
    begin(&world, "c", "In C");
    let (a, b, c) = (world.path("a"), world.path("b"), world.path("c"));
    let flag = ["--project-root", b.to_str().unwrap()];
    assert_eq!(seen(&a, &flag, &[]), ["In B"]);
    assert_eq!(seen(&a, &[], &[("QMS_PROJECT_ROOT", &c)]), ["In C"]);
    assert_eq!(seen(&a, &flag, &[("QMS_PROJECT_ROOT", &c)]), ["In B"]);
    let within = a.join("QMS");
    let words = [
        "--user",
        "claude",
        "list",
        "--project-root",
        within.to_str().unwrap(),
    ];
    let (status, json) = answer(&a, &words, &[]);
    assert_eq!((status, &json["error"]["code"]), (1, &json!("no_project")));
    let words = ["--user", "claude", "list"];
    let (status, json) = answer(&a, &words, &[("QMS_PROJECT_ROOT", &within)]);
    assert_eq!((status, &json["error"]["code"]), (1, &json!("no_project")));
}

/// Documents, records and trails lie below `QMS/`, workspaces and inboxes below `.claude/users/`, and
/// nothing lies anywhere else.
///
/// Verifies: REQ-CFG-002, REQ-CFG-003
#[test]
fn everything_lies_below_two_folders() {
    let world = World::new();
    let fixed = [
        "qms.config.json",
        "QMS/",
        ".claude/",
        ".claude/agents/",
        ".claude/users/",
    ];
    world.story(
        "lead: namespace add LAB
         claude: create SOP --title A
         claude: create LAB-RS --title A
         claude: create CR --title A
         claude: create TP --parent CR-001 --title A
         claude: route CR-001 --review
         qa: review CR-001 --recommend --comment Fine
         claude: route CR-001 --approval
         qa: approve CR-001",
    );
    for path in world.files().keys() {
        let known = fixed.contains(&path.as_str())
            || path.starts_with("QMS/")
            || path.starts_with(".claude/agents/")
            || path.starts_with(".claude/users/");
        assert!(known, "{path}");
    }
    for path in [
        "QMS/SOP/SOP-008-draft.md",
        "QMS/SDLC-LAB/SDLC-LAB-RS-draft.md",
        "QMS/CR/CR-001/CR-001-draft.md",
        "QMS/CR/CR-001/CR-001-TP-001-draft.md",
        "QMS/.meta/LAB-RS/SDLC-LAB-RS.json",
        "QMS/.audit/TP/CR-001-TP-001.jsonl",
        "QMS/.archive/CR/CR-001/CR-001-v0.1.md",
        ".claude/users/claude/workspace/SOP-008.md",
        ".claude/users/claude/workspace/CR-001-TP-001.md",
    ] {
        assert!(world.exists(path), "{path}");
    }
    assert!(!world.exists(".claude/users/qa/inbox/task-CR-001-pre_approval-v0-1.md"));
}

/// The folders of a user are made when they are first needed.
///
/// Verifies: REQ-CFG-003
#[test]
fn the_folders_of_a_user_are_made_when_needed() {
    let world = World::new();
    fs::remove_dir_all(world.path(".claude/users")).unwrap();
    world.story(
        "bob: create SOP --title A
         bob: route SOP-008 --review --assign rita",
    );
    assert!(world.exists(".claude/users/bob/workspace"));
    assert!(world.exists(".claude/users/rita/inbox/task-SOP-008-review-v0-1.md"));
}

// ── Registries ───────────────────────────────────────────────────────────

/// Valid users are those whom the rules name and those with an agent file; nobody else.
///
/// Verifies: REQ-CFG-004, REQ-USER-001, REQ-USER-005
#[test]
fn the_users_are_those_named_and_those_with_an_agent_file() {
    let world = World::new();
    assert_eq!(
        users(&world),
        [
            user("claude", "administrator", "registry"),
            user("lead", "administrator", "registry"),
            user("bob", "initiator", "agent-file"),
            user("qa", "quality", "agent-file"),
            user("rita", "reviewer", "agent-file"),
            user("rolf", "reviewer", "agent-file"),
        ]
    );
    fs::remove_file(world.path(".claude/agents/rolf.md")).unwrap();
    world.refused("rolf", "list", "unknown_user");
    assert_eq!(users(&world).len(), 5);
}

/// The registry of permissions says for each command which groups may, whether only the owner, and
/// whether only those who were asked.
///
/// Verifies: REQ-CFG-004
#[test]
fn the_registry_says_groups_owner_and_assignment() {
    let world = World::new();
    world.story("claude: create SOP --title A");
    world.refused("rita", "create SOP --title B", "permission_denied");
    world.refused("bob", "checkin SOP-008", "not_owner");
    world.story("claude: route SOP-008 --review");
    world.refused(
        "rita",
        "review SOP-008 --recommend --comment Fine",
        "not_assigned",
    );
    world.refused(
        "claude",
        "assign SOP-008 --assignees rita",
        "permission_denied",
    );
    world.refused("qa", "withdraw SOP-008", "permission_denied");
    world.refused("bob", "fix SOP-001", "permission_denied");
    world.refused("bob", "user --add x --group quality", "permission_denied");
    let rule = world.refused("rita", "create SOP", "permission_denied")["rule"].clone();
    assert!(rule.as_str().unwrap().starts_with("permissions/"), "{rule}");
}

/// The registry of types knows for each its place, whether it is carried out, its id, its parents and
/// whether it has a folder of its own.
///
/// Verifies: REQ-CFG-005
#[test]
fn the_registry_of_types_says_where_and_how() {
    let world = World::new();
    world.story("lead: namespace add LAB");
    for (words, id, folder, executable) in [
        ("SOP", "SOP-008", "QMS/SOP", false),
        ("CR", "CR-001", "QMS/CR/CR-001", true),
        ("INV", "INV-001", "QMS/INV/INV-001", true),
        (
            "TEMPLATE --name FORM",
            "TEMPLATE-FORM",
            "QMS/TEMPLATE",
            false,
        ),
        ("TP --parent CR-001", "CR-001-TP-001", "QMS/CR/CR-001", true),
        (
            "ER --parent CR-001-TP-001",
            "CR-001-TP-001-ER-001",
            "QMS/CR/CR-001",
            true,
        ),
        (
            "VAR --parent INV-001",
            "INV-001-VAR-001",
            "QMS/INV/INV-001",
            true,
        ),
        ("LAB-RS", "SDLC-LAB-RS", "QMS/SDLC-LAB", false),
        ("LAB-RTM", "SDLC-LAB-RTM", "QMS/SDLC-LAB", false),
    ] {
        let data = world
            .by("claude", &format!("create {words} --title A"))
            .done();
        assert_eq!(data["doc_id"], id);
        assert_eq!(data["path"], format!("{folder}/{id}-draft.md"));
        let status = world.by("claude", &format!("status {id}")).done();
        assert_eq!(status["executable"], executable, "{id}");
    }
    world.refused("claude", "create TP --title A", "usage");
    world.refused(
        "claude",
        "create ER --parent CR-001 --title A",
        "invalid_argument",
    );
    world.refused("claude", "create TC --title A", "unknown_type");
}

/// A namespace brings its own types, and only once it is registered.
///
/// Verifies: REQ-CFG-005
#[test]
fn a_registered_namespace_brings_its_types() {
    let world = World::new();
    world.refused("claude", "create LAB-RS --title A", "unknown_type");
    let added = world.by("lead", "namespace add lab").done();
    assert_eq!(
        added,
        json!({ "name": "LAB", "path": "QMS/SDLC-LAB", "doc_types": ["LAB-RS", "LAB-RTM"] })
    );
    assert!(world.exists("QMS/SDLC-LAB"));
    let config: Value = serde_json::from_str(&world.read("qms.config.json")).unwrap();
    assert_eq!(config["sdlc_namespaces"], json!(["LAB"]));
    world.story(
        "claude: create LAB-RS --title A
         claude: create lab-rtm --title A",
    );
    world.refused("claude", "create OTHER-RS --title A", "unknown_type");
    let listed = world.by("qa", "namespace list").done();
    assert_eq!(listed["namespaces"], json!([added]));
    world.refused("lead", "namespace add LAB", "already_exists");
    world.refused("bob", "namespace add NEXT", "permission_denied");
}

// ── Beginning ────────────────────────────────────────────────────────────

/// `init` writes the configuration: version, moment, no namespaces.
///
/// Verifies: REQ-INIT-001
#[test]
fn init_writes_the_configuration() {
    let world = World::empty();
    world.qms("init").done();
    assert_eq!(
        world.read("qms.config.json"),
        "{\n  \"version\": \"1.0\",\n  \"created\": \"2026-03-14T12:00:00.000000+00:00\",\n  \
         \"sdlc_namespaces\": []\n}"
    );
}

/// `init` makes every folder of the structure, and those of the people there are from the start.
///
/// Verifies: REQ-INIT-002, REQ-INIT-003
#[test]
fn init_makes_every_folder() {
    let world = World::empty();
    world.qms("init").done();
    let mut folders: Vec<String> = [
        "SOP", "CR", "INV", "TEMPLATE", ".meta", ".audit", ".archive",
    ]
    .map(|folder| format!("QMS/{folder}"))
    .to_vec();
    for user in ["lead", "claude", "qa"] {
        folders.push(format!(".claude/users/{user}/workspace"));
        folders.push(format!(".claude/users/{user}/inbox"));
    }
    for folder in folders {
        assert!(world.path(&folder).is_dir(), "{folder}");
    }
    let strays: Vec<_> = world
        .files()
        .into_keys()
        .filter(|path| path.contains("journal") || path.contains("lock") || path.contains(".tmp"))
        .collect();
    assert_eq!(strays, Vec::<String>::new());
}

/// `init` makes a quality user, who can act at once.
///
/// Verifies: REQ-INIT-004
#[test]
fn init_makes_a_quality_user() {
    let world = World::empty();
    world.qms("init").done();
    let agent = world.read(".claude/agents/qa.md");
    assert!(agent.starts_with("---\n"), "{agent}");
    let (head, _) = agent[4..].split_once("\n---\n").unwrap();
    assert!(head.lines().any(|line| line == "group: quality"), "{head}");
    assert!(users(&world).contains(&user("qa", "quality", "agent-file")));
    world.by("qa", "inbox").done();
}

/// Returns the ids of the files of a seed folder.
fn seeds(folder: &str) -> Vec<String> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("seed")
        .join(folder);
    let mut ids: Vec<_> = fs::read_dir(folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .map(|name| name.strip_suffix(".md").unwrap().to_owned())
        .collect();
    ids.sort();
    ids
}

#[track_caller]
fn is_planted(world: &World, doc_type: &str, id: &str, source: &str) {
    let seed = Path::new(env!("CARGO_MANIFEST_DIR")).join(source);
    let text = world.read(&format!("QMS/{doc_type}/{id}.md"));
    let rules = Rulebook::shipped().unwrap();
    assert_eq!(text, fill(&rules, &fs::read_to_string(seed).unwrap()));
    assert!(!world.exists(&format!("QMS/{doc_type}/{id}-draft.md")));
    assert_eq!(
        world.read(&format!("QMS/.meta/{doc_type}/{id}.json")),
        format!(
            "{{\n  \"doc_id\": \"{id}\",\n  \"doc_type\": \"{doc_type}\",\n  \"version\": \"1.0\",\n  \
             \"status\": \"EFFECTIVE\",\n  \"executable\": false,\n  \"execution_phase\": null,\n  \
             \"responsible_user\": null,\n  \"checked_out\": false,\n  \"checked_out_date\": null,\n  \
             \"effective_version\": \"1.0\",\n  \"pending_assignees\": []\n}}"
        )
    );
    let trail = world.trail(doc_type, id);
    assert_eq!(trail.len(), 1);
    let keys: Vec<_> = trail[0].as_object().unwrap().keys().collect();
    assert_eq!(
        keys,
        ["ts", "event", "user", "version", "title", "action", "seal"]
    );
    for (key, value) in [
        ("ts", "2026-03-14T12:00:00+00:00"),
        ("event", "CREATE"),
        ("user", "system"),
        ("version", "1.0"),
        ("action", "seed"),
    ] {
        assert_eq!(trail[0][key], value, "{id}: {key}");
    }
}

/// `init` plants every procedure of the seed, in force, with record and trail.
///
/// Verifies: REQ-INIT-005
#[test]
fn init_plants_procedures_in_force() {
    let world = World::empty();
    let data = world.qms("init").done();
    let ids = seeds("sops");
    assert!(!ids.is_empty());
    for id in ids {
        is_planted(&world, "SOP", &id, &format!("seed/sops/{id}.md"));
        assert!(data["seeded"].as_array().unwrap().contains(&json!(id)));
    }
}

/// `init` plants every template of the seed, in force, with record and trail.
///
/// Verifies: REQ-INIT-006
#[test]
fn init_plants_templates_in_force() {
    let world = World::empty();
    let data = world.qms("init").done();
    let ids = seeds("templates");
    for doc_type in ["SOP", "CR", "INV", "TP", "ER", "VAR", "ADD", "VR"] {
        assert!(ids.contains(&format!("TEMPLATE-{doc_type}")), "{doc_type}");
    }
    for id in ids {
        is_planted(&world, "TEMPLATE", &id, &format!("seed/templates/{id}.md"));
        assert!(data["seeded"].as_array().unwrap().contains(&json!(id)));
    }
}

/// What is planted can be taken up and revised like any document.
///
/// Verifies: REQ-INIT-005, REQ-INIT-006
#[test]
fn what_is_planted_lives_on() {
    let world = World::new();
    for id in ["SOP-001", "TEMPLATE-CR"] {
        world.by("claude", &format!("checkout {id}")).done();
        let route = format!("route {id} --review");
        world.by("claude", &route).done();
        let review = format!("review {id} --recommend --comment Fine");
        world.by("qa", &review).done();
        world.by("claude", &format!("route {id} --approval")).done();
        let data = world.by("qa", &format!("approve {id}")).done();
        assert_eq!(
            (&data["to_status"], &data["version"]),
            (&json!("EFFECTIVE"), &json!("2.0"))
        );
    }
}

/// Each thing that stands in the way is named, all of them at once, and nothing changes.
///
/// Verifies: REQ-INIT-007
#[test]
fn init_refuses_where_anything_is_there_already() {
    let obstacles = [
        "QMS",
        ".claude/users",
        ".claude/agents/qa.md",
        "qms.config.json",
    ];
    let place = |world: &World, obstacle: &str| {
        let path = world.path(obstacle);
        if obstacle.contains("qa.md") || obstacle.contains("config") {
            world.write(obstacle, "mine");
        } else {
            fs::create_dir_all(path).unwrap();
        }
    };
    let refused = |world: &World| -> Value {
        let before: Files = world.files();
        let answer = world.qms("init");
        assert_eq!(answer.status, 1);
        let error = answer.refused("already_exists");
        assert_same(&before, &world.files());
        error
    };
    for obstacle in obstacles {
        let world = World::empty();
        world.write("README.md", "mine");
        place(&world, obstacle);
        let error = refused(&world);
        let message = error["message"].as_str().unwrap();
        for other in obstacles {
            assert_eq!(message.contains(other), other == obstacle, "{message}");
        }
    }
    let world = World::empty();
    for obstacle in obstacles {
        place(&world, obstacle);
    }
    let error = refused(&world);
    for obstacle in obstacles {
        assert!(
            error["message"].as_str().unwrap().contains(obstacle),
            "{error}"
        );
    }
    let world = World::empty();
    world.qms("init").done();
    refused(&world);
}

/// What else is there does not stand in the way, and stays as it is.
///
/// Verifies: REQ-INIT-007
#[test]
fn init_leaves_alone_what_is_not_its_own() {
    let world = World::empty();
    for path in [
        "README.md",
        ".claude/settings.json",
        ".claude/agents/rita.md",
        "src/main.rs",
    ] {
        world.write(path, "---\ngroup: reviewer\n---\nmine");
    }
    let before = world.files();
    world.qms("init").done();
    let after = world.files();
    for (path, bytes) in &before {
        assert_eq!(after.get(path), Some(bytes), "{path}");
    }
}

/// `--root` says where, and the folder is made if it is missing; without it, it is the folder one
/// stands in. Nobody needs to say who they are.
///
/// Verifies: REQ-INIT-008
#[test]
fn init_begins_where_it_is_told_or_here() {
    let world = World::empty();
    fs::create_dir(world.path("here")).unwrap();
    let here = world.path("here");
    let there = world.path("new/there");
    let (status, json) = answer(&here, &["init", "--root", there.to_str().unwrap()], &[]);
    assert_eq!(status, 0, "{json}");
    assert!(there.join("qms.config.json").is_file() && there.join("QMS/SOP/SOP-001.md").is_file());
    assert_eq!(fs::read_dir(&here).unwrap().count(), 0);
    let (status, _) = answer(&here, &["init", "--root", "../beside"], &[]);
    assert_eq!(status, 0);
    assert!(world.exists("beside/qms.config.json"));
    let (status, json) = answer(&here, &["init"], &[]);
    assert_eq!(status, 0, "{json}");
    assert!(here.join("qms.config.json").is_file() && here.join(".claude/agents/qa.md").is_file());
    let root = fs::canonicalize(&here).unwrap();
    assert_eq!(json["data"]["root"], root.display().to_string());
}

/// A project can be begun within another: it is a project of its own.
///
/// Verifies: REQ-INIT-008
#[test]
fn init_does_not_look_for_a_project_above() {
    let world = World::new();
    fs::create_dir(world.path("inner")).unwrap();
    let (status, json) = answer(&world.path("inner"), &["init"], &[]);
    assert_eq!(status, 0, "{json}");
    assert!(world.exists("inner/qms.config.json"));
}

// ── Who is known ─────────────────────────────────────────────────────────

/// The administrators need no agent file, and whatever such a file says they stay administrators.
///
/// Verifies: REQ-USER-001
#[test]
fn the_administrators_need_no_agent_file() {
    let world = World::new();
    for name in ["lead", "claude"] {
        assert!(!world.exists(&format!(".claude/agents/{name}.md")));
        world.by(name, "create SOP --title A").done();
        let file = format!(".claude/agents/{name}.md");
        world.write(&file, "---\ngroup: reviewer\n---\n");
        world.by(name, "create SOP --title B").done();
        world
            .by(name, &format!("user --add friend-{name} --group reviewer"))
            .done();
    }
    assert!(users(&world).contains(&user("lead", "administrator", "registry")));
}

/// Everybody else belongs to the group that their agent file names.
///
/// Verifies: REQ-USER-002
#[test]
fn an_agent_file_names_the_group() {
    let world = World::new();
    for (name, group) in [
        ("ada", "administrator"),
        ("ian", "initiator"),
        ("quinn", "quality"),
        ("rob_2", "reviewer"),
    ] {
        let text = format!("---\nname: {name}\nmodel: any\ngroup: {group}\n---\n\nWords.\n");
        world.write(&format!(".claude/agents/{name}.md"), &text);
        assert!(users(&world).contains(&user(name, group, "agent-file")));
    }
    world.story(
        "ada: user --add bert --group initiator
         ian: create SOP --title A",
    );
    world.refused("rob_2", "create SOP --title B", "permission_denied");
    world.story("ian: route SOP-008 --review");
    let trail = world.trail("SOP", "SOP-008");
    assert_eq!(trail.last().unwrap()["assignees"], json!(["qa", "quinn"]));
    world.write(".claude/agents/ian.md", "---\ngroup: reviewer\n---\n");
    world.refused("ian", "create SOP --title B", "permission_denied");
}

/// An agent file that is broken, or names no group there is, makes no user; the list says why.
///
/// Verifies: REQ-USER-002, REQ-USER-005
#[test]
fn a_broken_agent_file_is_no_user_and_a_warning() {
    let world = World::new();
    let broken = [
        ("nogroup", "---\nname: nogroup\n---\n"),
        ("wrong", "---\ngroup: wizard\n---\n"),
        ("shouting", "---\ngroup: QUALITY\n---\n"),
        ("nohead", "group: quality\n"),
        ("noyaml", "---\ngroup: [quality\n---\n"),
        ("list", "---\ngroup: [quality]\n---\n"),
        ("empty", ""),
        ("-dash", "---\ngroup: quality\n---\n"),
        ("system", "---\ngroup: quality\n---\n"),
    ];
    for (name, text) in broken {
        world.write(&format!(".claude/agents/{name}.md"), text);
    }
    let answer = world.by("claude", "user --list");
    let shown = answer.json.to_string();
    for (name, _) in broken {
        assert!(
            shown.contains(&format!(".claude/agents/{name}.md")),
            "{name}: {shown}"
        );
    }
    assert_eq!(users(&world).len(), 6);
    for (name, _) in &broken[..7] {
        world.refused(name, "list", "unknown_user");
    }
}

/// Adding a user makes the agent file, the workspace and the inbox; the new user can act at once.
///
/// Verifies: REQ-USER-003
#[test]
fn adding_a_user_makes_file_workspace_and_inbox() {
    let world = World::new();
    let data = world.by("lead", "user --add tu_ui --group reviewer").done();
    assert_eq!(
        data,
        json!({ "name": "tu_ui", "group": "reviewer", "agent_path": ".claude/agents/tu_ui.md" })
    );
    let text = world.read(".claude/agents/tu_ui.md");
    let head = "---\nname: tu_ui\ngroup: reviewer\ndescription: QMS user\n---\n";
    assert!(text.starts_with(head), "{text}");
    assert!(world.path(".claude/users/tu_ui/workspace").is_dir());
    assert!(world.path(".claude/users/tu_ui/inbox").is_dir());
    world.by("tu_ui", "inbox").done();
    world
        .by("claude", "user add Second-1 --group quality")
        .done();
    assert!(users(&world).contains(&user("Second-1", "quality", "agent-file")));
}

/// Only an administrator adds users, in a group that there is, which must be named.
///
/// Verifies: REQ-USER-003
#[test]
fn adding_a_user_needs_an_administrator_and_a_group() {
    let world = World::new();
    for user in ["bob", "qa", "rita"] {
        world.refused(user, "user --add eve --group reviewer", "permission_denied");
    }
    world.refused("lead", "user --add eve", "usage");
    for group in ["wizard", "Reviewer", "\"\"", "everyone"] {
        let line = format!("user --add eve --group {group}");
        let error = world.refused("lead", &line, "invalid_argument");
        if group == "wizard" {
            let message = error["message"].as_str().unwrap();
            assert!(
                message.contains("administrator, initiator, quality, reviewer"),
                "{message}"
            );
        }
    }
    assert_eq!(world.qms("user --add eve --group reviewer").status, 2);
}

/// A name that is taken, in whatever letters, or that is none, is refused.
///
/// Verifies: REQ-USER-003
#[test]
fn a_name_that_is_taken_or_malformed_is_refused() {
    let world = World::new();
    for name in ["lead", "claude", "qa", "bob", "QA", "Bob", "LEAD"] {
        let line = format!("user --add {name} --group reviewer");
        let error = world.refused("lead", &line, "already_exists");
        assert!(
            error["message"]
                .as_str()
                .unwrap()
                .contains("already exists")
        );
    }
    world.write(".claude/agents/broken.md", "no user");
    world.refused(
        "lead",
        "user --add Broken --group reviewer",
        "already_exists",
    );
    let long = "x".repeat(65);
    for name in [
        "system", "../eve", "a/b", "a b", "", "_eve", "e.ve", "évé", ".", "a\nb", &long,
    ] {
        let words = [
            "--user", "lead", "user", "--add", name, "--group", "reviewer",
        ];
        let before = world.files();
        world
            .words(&words.map(str::to_owned))
            .refused("invalid_argument");
        assert_same(&before, &world.files());
    }
    world
        .by(
            "lead",
            &format!("user --add {} --group reviewer", &long[1..]),
        )
        .done();
}

/// A user who is not known is told how to become one.
///
/// Verifies: REQ-USER-004
#[test]
fn an_unknown_user_is_told_what_to_do() {
    let world = World::new();
    for line in [
        "create SOP --title A",
        "list",
        "inbox",
        "status SOP-001",
        "checkout SOP-001",
        "user --list",
        "user --add eve --group reviewer",
    ] {
        let error = world.refused("mallory", line, "unknown_user");
        assert!(
            error["message"].as_str().unwrap().contains("mallory"),
            "{error}"
        );
        let guidance = format!("{} {}", error["hint"], error["would_permit"]);
        assert!(guidance.contains("user --add mallory"), "{guidance}");
        assert!(guidance.contains(".claude/agents/mallory.md"), "{guidance}");
    }
    for name in ["Claude", "QA", "qa ", "system", "../qa"] {
        let words = ["--user", name, "list"].map(str::to_owned);
        world.words(&words).refused("unknown_user");
    }
    let output = spawn(world.root(), &["--user", "mallory", "inbox"], &[]);
    assert_eq!(output.status.code(), Some(1));
    let told = String::from_utf8(output.stderr).unwrap();
    assert!(
        told.contains("mallory") && told.contains("user --add"),
        "{told}"
    );
}

/// Anybody who is known may see who is known, and in which group; both spellings of the command agree.
///
/// Verifies: REQ-USER-005
#[test]
fn everybody_may_list_the_users() {
    let world = World::new();
    let by_lead = world.by("lead", "user --list").done();
    for name in ["claude", "bob", "qa", "rita"] {
        assert_eq!(world.by(name, "user --list").done(), by_lead);
        assert_eq!(world.by(name, "user list").done(), by_lead);
    }
    let text = world.text("rita", "user --list");
    for line in [
        "claude: administrator",
        "lead: administrator",
        "qa: quality",
        "bob: initiator",
    ] {
        assert!(text.contains(line), "{text}");
    }
}

/// A dry run of `init` shows what it would make, and makes nothing, not even the root.
///
/// Verifies: REQ-INIT-007, REQ-INIT-008
#[test]
fn a_dry_run_of_init_makes_nothing() {
    let world = World::empty();
    let planned = world.qms("init --dry-run").done();
    assert!(world.files().is_empty());
    let new = world.path("new");
    let line = format!("init --dry-run --root {}", new.display());
    let elsewhere = world.qms(&line).done();
    assert!(!new.exists());
    assert_eq!(planned["created"], elsewhere["created"]);
    let made = world.qms("init").done();
    assert_eq!(made["created"], planned["created"]);
    world.qms("init --dry-run").refused("already_exists");
}
