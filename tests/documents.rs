//! Which documents there are, what they are called, where they lie, and how they are written
//! (REQ-DOC).

use std::fs;

use crate::common::{Answer, Files, World};
use crate::lives::{HELD, amend, change, close, procedure, release, says, tasks, world};
use qms::model::digest::sha256;
use serde_json::{Value, json};

/// What belongs to the record and never to a text's frontmatter.
const RECORD_KEYS: [&str; 21] = [
    "doc_id",
    "doc_type",
    "document_type",
    "version",
    "status",
    "executable",
    "execution_phase",
    "responsible_user",
    "checked_out",
    "checked_out_date",
    "effective_version",
    "effective_date",
    "approval_date",
    "supersedes",
    "pending_assignees",
    "pending_reviewers",
    "completed_reviewers",
    "review_outcomes",
    "review_history",
    "approval_history",
    "retiring",
];

/// Returns the keys of a text's frontmatter.
#[track_caller]
fn frontmatter(text: &str) -> Vec<String> {
    let block = text.strip_prefix("---\n").expect("it begins with a block");
    let (block, _) = block.split_once("\n---").expect("the block ends");
    block
        .lines()
        .filter(|line| !line.starts_with([' ', '-', '#']))
        .filter_map(|line| line.split_once(':'))
        .map(|(key, _)| key.to_owned())
        .collect()
}

/// Creates something and returns its id.
#[track_caller]
fn create(world: &World, line: &str) -> String {
    let data = world
        .by("claude", &format!("create {line} --title Something"))
        .done();
    data["doc_id"].as_str().unwrap().to_owned()
}

/// Creates something, takes it through execution and closes it.
#[track_caller]
fn closed(world: &World, line: &str) -> String {
    let id = create(world, line);
    release(world, &id);
    close(world, &id);
    id
}

/// Creates something and takes it into execution.
#[track_caller]
fn in_execution(world: &World, line: &str) -> String {
    let id = create(world, line);
    release(world, &id);
    id
}

fn below<'f>(files: &'f Files, start: &'f str) -> impl Iterator<Item = &'f String> {
    files.keys().filter(move |path| path.starts_with(start))
}

fn status(world: &World, doc_type: &str, id: &str) -> String {
    let meta = world.meta(doc_type, id);
    meta["status"].as_str().unwrap().to_owned()
}

// ── Types ────────────────────────────────────────────────────────────────────

/// Each type there is can be created, and is recorded under its own type.
///
/// Verifies: REQ-DOC-001, REQ-DOC-005, REQ-DOC-012, REQ-DOC-014
#[test]
fn every_type_can_be_created() {
    let world = change("IN_EXECUTION");
    world.by("lead", "namespace add MYPROJ").done();
    for (line, doc_type, id, folder, executable) in [
        ("SOP", "SOP", "SOP-008", "SOP", false),
        ("CR", "CR", "CR-002", "CR/CR-002", true),
        ("INV", "INV", "INV-001", "INV/INV-001", true),
        (
            "TP --parent CR-001",
            "TP",
            "CR-001-TP-001",
            "CR/CR-001",
            true,
        ),
        (
            "ER --parent CR-001-TP-001",
            "ER",
            "CR-001-TP-001-ER-001",
            "CR/CR-001",
            true,
        ),
        (
            "VAR --parent CR-001",
            "VAR",
            "CR-001-VAR-001",
            "CR/CR-001",
            true,
        ),
        (
            "VR --parent CR-001",
            "VR",
            "CR-001-VR-001",
            "CR/CR-001",
            true,
        ),
        (
            "TEMPLATE --name FORM",
            "TEMPLATE",
            "TEMPLATE-FORM",
            "TEMPLATE",
            false,
        ),
        (
            "MYPROJ-RS",
            "MYPROJ-RS",
            "SDLC-MYPROJ-RS",
            "SDLC-MYPROJ",
            false,
        ),
        (
            "MYPROJ-RTM",
            "MYPROJ-RTM",
            "SDLC-MYPROJ-RTM",
            "SDLC-MYPROJ",
            false,
        ),
    ] {
        born(&world, line, doc_type, id, folder, executable);
    }
    let world = change("CLOSED");
    let line = "ADD --parent CR-001";
    born(&world, line, "ADD", "CR-001-ADD-001", "CR/CR-001", true);
}

#[track_caller]
fn born(world: &World, line: &str, doc_type: &str, id: &str, folder: &str, executable: bool) {
    let data = world
        .by("claude", &format!("create {line} --title \"Some title\""))
        .done();
    assert_eq!(data["doc_id"], id);
    assert_eq!(data["doc_type"], doc_type, "{id}");
    assert_eq!(data["title"], "Some title", "{id}");
    assert_eq!(data["path"], format!("QMS/{folder}/{id}-draft.md"));
    assert_eq!(
        data["workspace_path"],
        format!(".claude/users/claude/workspace/{id}.md")
    );
    let meta = world.meta(doc_type, id);
    assert_eq!(meta["doc_id"], id);
    assert_eq!(meta["doc_type"], doc_type, "{id}");
    assert_eq!(meta["executable"], executable, "{id}");
    assert_eq!(meta["responsible_user"], "claude", "{id}");
    assert_eq!(meta["checked_out"], true, "{id}");
    assert!(world.exists(&format!("QMS/{folder}/{id}-draft.md")));
    assert!(world.exists(&format!(".claude/users/claude/workspace/{id}.md")));
    assert_eq!(world.trail(doc_type, id).len(), 1, "{id}");
}

/// A type may be written in any letter case.
///
/// Verifies: REQ-DOC-001
#[test]
fn a_type_is_known_in_any_letter_case() {
    let world = world();
    world.by("lead", "namespace add MYPROJ").done();
    assert_eq!(create(&world, "sop"), "SOP-008");
    assert_eq!(create(&world, "Inv"), "INV-001");
    assert_eq!(create(&world, "myproj-rs"), "SDLC-MYPROJ-RS");
}

/// What is no type is not created, a specification of no namespace included.
///
/// Verifies: REQ-DOC-001, REQ-DOC-014
#[test]
fn what_is_no_type_is_not_created() {
    let world = world();
    for word in [
        "TC",
        "MEMO",
        "RS",
        "RTM",
        "MYPROJ-RS",
        "CR-001",
        "../CR",
        "S0P",
        "",
    ] {
        let line = format!("create \"{word}\" --title Mine");
        let error = world.refused("claude", &line, "unknown_type");
        says(&error, "unknown document type");
        assert_eq!(
            error["facts"]["types"],
            json!([
                "ADD", "CR", "ER", "INV", "SOP", "TEMPLATE", "TP", "VAR", "VR"
            ]),
            "{word}"
        );
    }
    let error = world.refused("claude", "create myproj-rs --title Mine", "unknown_type");
    assert!(
        error["hint"]
            .to_string()
            .contains("qms namespace add MYPROJ"),
        "{error}"
    );
    world.by("lead", "namespace add MYPROJ").done();
    world.by("claude", "create MYPROJ-RS --title Mine").done();
    world.refused("claude", "create MYPROJ-SOP --title Mine", "unknown_type");
    world.refused("claude", "create OTHER-RS --title Mine", "unknown_type");
    world.refused("claude", "checkout MEMO-001", "not_found");
}

// ── Parents ──────────────────────────────────────────────────────────────────

/// Each child type goes below each parent the requirement names, and lies in the folder of its parent.
///
/// Verifies: REQ-DOC-002, REQ-DOC-005, REQ-DOC-012
#[test]
fn children_are_born_below_the_right_parents() {
    let world = world();
    let cr = in_execution(&world, "CR");
    let inv = in_execution(&world, "INV");
    let tp = create(&world, &format!("TP --parent {cr}"));
    let var = in_execution(&world, &format!("VAR --parent {cr}"));
    let of_inv = closed(&world, &format!("VAR --parent {inv}"));
    close(&world, &inv);
    let old = closed(&world, "CR");
    let add = in_execution(&world, &format!("ADD --parent {old}"));
    let add_closed = closed(&world, &format!("ADD --parent {old}"));
    for (doc_type, parent, id, folder) in [
        ("TP", &cr, "CR-001-TP-002", "CR/CR-001"),
        ("ER", &tp, "CR-001-TP-001-ER-001", "CR/CR-001"),
        ("VAR", &cr, "CR-001-VAR-002", "CR/CR-001"),
        ("VAR", &inv, "INV-001-VAR-002", "INV/INV-001"),
        ("VR", &cr, "CR-001-VR-001", "CR/CR-001"),
        ("VR", &var, "CR-001-VAR-001-VR-001", "CR/CR-001"),
        ("VR", &add, "CR-002-ADD-001-VR-001", "CR/CR-002"),
        ("ADD", &old, "CR-002-ADD-003", "CR/CR-002"),
        ("ADD", &inv, "INV-001-ADD-001", "INV/INV-001"),
        ("ADD", &of_inv, "INV-001-VAR-001-ADD-001", "INV/INV-001"),
        ("ADD", &add_closed, "CR-002-ADD-002-ADD-001", "CR/CR-002"),
    ] {
        assert_eq!(create(&world, &format!("{doc_type} --parent {parent}")), id);
        assert!(world.exists(&format!("QMS/{folder}/{id}-draft.md")), "{id}");
        assert_eq!(world.meta(doc_type, id)["doc_type"], doc_type);
    }
}

/// A parent of any other type is refused, whatever its state.
///
/// Verifies: REQ-DOC-002
#[test]
fn children_are_not_born_below_the_wrong_parents() {
    let world = world();
    let cr = in_execution(&world, "CR");
    let inv = in_execution(&world, "INV");
    let tp = in_execution(&world, &format!("TP --parent {cr}"));
    let er = in_execution(&world, &format!("ER --parent {tp}"));
    let var = in_execution(&world, &format!("VAR --parent {cr}"));
    let vr = create(&world, &format!("VR --parent {cr}"));
    let old = closed(&world, "CR");
    let add = closed(&world, &format!("ADD --parent {old}"));
    let closed_tp = closed(&world, &format!("TP --parent {cr}"));
    let wrong = [
        ("TP", vec![&inv, &tp, &er, &var, &vr, &add]),
        ("ER", vec![&cr, &inv, &er, &var, &vr, &add]),
        ("VAR", vec![&tp, &er, &var, &vr, &add]),
        ("ADD", vec![&closed_tp, &er, &vr]),
        ("VR", vec![&inv, &tp, &er, &vr]),
    ];
    for (doc_type, parents) in wrong {
        let more = ["SOP-001".to_owned(), "TEMPLATE-CR".to_owned()];
        for parent in parents.into_iter().chain(&more) {
            let line = format!("create {doc_type} --parent {parent} --title Lost");
            let error = world.refused("claude", &line, "invalid_argument");
            says(&error, "must have a");
            says(&error, parent);
        }
    }
}

/// A parent must be there, must be named, and is named only for a child.
///
/// Verifies: REQ-DOC-002
#[test]
fn a_child_needs_a_parent_and_nothing_else_has_one() {
    let world = change("IN_EXECUTION");
    for (doc_type, nobody) in [
        ("TP", "CR-002"),
        ("ER", "CR-001-TP-001"),
        ("VAR", "INV-001"),
        ("ADD", "CR-999"),
        ("VR", "CR-001-VAR-001"),
    ] {
        let line = format!("create {doc_type} --title Lost --parent {nobody}");
        let error = world.refused("claude", &line, "not_found");
        says(&error, &format!("`{nobody}` does not exist"));

        let line = format!("create {doc_type} --title Lost");
        let error = world.refused("claude", &line, "usage");
        says(&error, "--parent");
        assert_eq!(error["facts"]["missing"], "parent", "{doc_type}");

        let line = format!("create {doc_type} --title Lost --parent ../CR-001");
        world.refused("claude", &line, "invalid_argument");
    }
    for line in ["create SOP", "create CR", "create TEMPLATE --name FORM"] {
        let line = format!("{line} --title Mine --parent CR-001");
        let error = world.refused("claude", &line, "invalid_argument");
        says(&error, "has no parent");
    }
}

/// What is retired gets no children.
///
/// Verifies: REQ-DOC-002
#[test]
fn what_is_retired_gets_no_children() {
    let world = change("RETIRED");
    for doc_type in ["TP", "VAR", "ADD", "VR"] {
        let line = format!("create {doc_type} --title Late --parent CR-001");
        let error = world.refused("claude", &line, "parent_state");
        assert_eq!(error["facts"]["parent_status"], "RETIRED", "{doc_type}");
    }
}

/// An addendum corrects what is closed, and nothing else.
///
/// Verifies: REQ-DOC-015
#[test]
fn an_addendum_needs_a_closed_parent() {
    let line = "create ADD --title Correction --parent CR-001";
    for station in [
        HELD,
        "DRAFT",
        "IN_PRE_REVIEW",
        "PRE_REVIEWED",
        "IN_PRE_APPROVAL",
        "PRE_APPROVED",
        "IN_EXECUTION",
        "IN_POST_REVIEW",
        "POST_REVIEWED",
        "IN_POST_APPROVAL",
        "POST_APPROVED",
        "RETIRED",
    ] {
        let world = change(station);
        let error = world.refused("claude", line, "parent_state");
        says(&error, "only be created against CLOSED parents");
        assert_eq!(error["facts"]["parent"], "CR-001");
        assert_eq!(
            error["facts"]["parent_status"],
            status(&world, "CR", "CR-001")
        );
    }
    let data = change("CLOSED").by("claude", line).done();
    assert_eq!(data["doc_id"], "CR-001-ADD-001");
    assert_eq!(data["status"], "DRAFT");
}

/// A verification record is filled in while its parent is carried out, and at no other time.
///
/// Verifies: REQ-DOC-016
#[test]
fn a_verification_record_needs_a_parent_in_execution() {
    let line = "create VR --title Evidence --parent CR-001";
    for station in [
        HELD,
        "DRAFT",
        "IN_PRE_REVIEW",
        "PRE_REVIEWED",
        "IN_PRE_APPROVAL",
        "PRE_APPROVED",
        "IN_POST_REVIEW",
        "POST_REVIEWED",
        "IN_POST_APPROVAL",
        "POST_APPROVED",
        "CLOSED",
        "RETIRED",
    ] {
        let world = change(station);
        let error = world.refused("claude", line, "parent_state");
        says(&error, "only be created against IN_EXECUTION parents");
        assert_eq!(error["facts"]["parent"], "CR-001");
        assert_eq!(
            error["facts"]["parent_status"],
            status(&world, "CR", "CR-001")
        );
    }
    let data = change("IN_EXECUTION").by("claude", line).done();
    assert_eq!(data["doc_id"], "CR-001-VR-001");
}

/// A verification record is born in execution, approved by its template, and held by its performer.
///
/// Verifies: REQ-DOC-017
#[test]
fn a_verification_record_is_born_in_execution() {
    let world = change("IN_EXECUTION");
    let data = world
        .by("bob", "create VR --parent CR-001 --title \"The pump runs\"")
        .done();
    assert_eq!(data["status"], "IN_EXECUTION");
    assert_eq!(data["version"], "1.0");
    let meta = world.meta("VR", "CR-001-VR-001");
    assert_eq!(meta["status"], "IN_EXECUTION");
    assert_eq!(meta["version"], "1.0");
    assert_eq!(meta["execution_phase"], "post_release");
    assert_eq!(meta["checked_out"], true);
    assert_eq!(meta["responsible_user"], "bob");
    assert_eq!(world.events("VR", "CR-001-VR-001"), ["CREATE 1.0"]);
    let held = world.by("bob", "workspace").done();
    assert_eq!(held["documents"][0]["doc_id"], "CR-001-VR-001");
    assert!(world.exists("QMS/CR/CR-001/CR-001-VR-001-draft.md"));
}

// ── Folders ──────────────────────────────────────────────────────────────────

/// Everything that is written lies where it belongs.
///
/// Verifies: REQ-DOC-003, REQ-DOC-012
#[test]
fn everything_lies_where_it_belongs() {
    let world = change("CLOSED");
    world.story(
        "lead: namespace add MYPROJ
         claude: create ADD --parent CR-001 --title Correction
         claude: create MYPROJ-RS --title Needs
         claude: create INV --title Why
         claude: create TEMPLATE --name FORM --title Forms
         claude: checkout SOP-001
         claude: route SOP-001 --review --assign qa rita",
    );
    let files = world.files();
    let folders = [
        "QMS/SOP/",
        "QMS/CR/",
        "QMS/CR/CR-001/",
        "QMS/INV/INV-001/",
        "QMS/TEMPLATE/",
        "QMS/SDLC-MYPROJ/",
        "QMS/.meta/CR/",
        "QMS/.meta/ADD/",
        "QMS/.meta/MYPROJ-RS/",
        "QMS/.audit/CR/",
        "QMS/.audit/ADD/",
        "QMS/.audit/MYPROJ-RS/",
        "QMS/.archive/CR/CR-001/",
    ];
    for folder in folders {
        assert!(files.contains_key(folder), "{folder}");
    }
    for user in ["lead", "claude", "qa", "bob", "rita", "rolf"] {
        for folder in ["workspace", "inbox"] {
            let path = format!(".claude/users/{user}/{folder}/");
            assert!(files.contains_key(&path), "{path}");
        }
    }
    for path in files.keys().filter(|path| !path.ends_with('/')) {
        assert!(is_in_place(path), "{path}");
    }
}

/// Tells whether a file of the project is where a file of its kind belongs.
fn is_in_place(path: &str) -> bool {
    let parts: Vec<_> = path.split('/').collect();
    let (_, extension) = path.rsplit_once('.').unwrap_or_default();
    match parts.as_slice() {
        ["qms.config.json"] => true,
        [".claude", "agents", _]
        | [".claude", "users", _, "workspace" | "inbox", _]
        | ["QMS", ".archive", _, _]
        | ["QMS", ".archive", "CR" | "INV", _, _] => extension == "md",
        ["QMS", ".meta", _, _] => extension == "json",
        ["QMS", ".audit", _, _] => extension == "jsonl",
        ["QMS", "CR", folder, name] => folder.starts_with("CR-") && name.starts_with(folder),
        ["QMS", "INV", folder, name] => folder.starts_with("INV-") && name.starts_with(folder),
        ["QMS", folder @ ("SOP" | "TEMPLATE" | "SDLC-MYPROJ"), name] => name.starts_with(folder),
        _ => false,
    }
}

/// Nothing that is said makes a document lie elsewhere.
///
/// Verifies: REQ-DOC-003
#[test]
fn nothing_said_makes_a_document_lie_elsewhere() {
    let world = change("IN_EXECUTION");
    for name in [
        "../EVIL",
        "..",
        "A/B",
        "/tmp/EVIL",
        ".HIDDEN",
        "A B",
        "A\\B",
        "-A",
        "",
    ] {
        let line = format!("create TEMPLATE --title Mine --name=\"{name}\"");
        world.refused("claude", &line, "invalid_argument");
        if name != "-A" {
            let line = format!("namespace add \"{name}\"");
            world.refused("lead", &line, "invalid_argument");
        }
    }
    for parent in ["../../CR-001", "CR-001/..", "/CR-001", "CR-001\\..\\.."] {
        let line = format!("create VAR --title Mine --parent {parent}");
        world.refused("claude", &line, "invalid_argument");
    }
}

/// A folder of ours that is a link to elsewhere is not written through.
///
/// Verifies: REQ-DOC-003
#[cfg(unix)]
#[test]
fn a_link_out_of_the_structure_is_not_written_through() {
    let world = world();
    let elsewhere = World::empty();
    for folder in ["QMS/CR", "QMS/INV"] {
        fs::remove_dir_all(world.path(folder)).unwrap();
        std::os::unix::fs::symlink(elsewhere.root(), world.path(folder)).unwrap();
    }
    world.refused("claude", "create CR --title Lost", "io");
    world.refused("claude", "create INV --title Lost", "io");
    assert_eq!(elsewhere.files(), Files::new());
}

// ── Ids ──────────────────────────────────────────────────────────────────────

/// Numbers run on within each type.
///
/// Verifies: REQ-DOC-004
#[test]
fn numbers_run_on_within_each_type() {
    let world = world();
    assert_eq!(create(&world, "CR"), "CR-001");
    assert_eq!(create(&world, "INV"), "INV-001");
    assert_eq!(create(&world, "CR"), "CR-002");
    assert_eq!(create(&world, "SOP"), "SOP-008");
    assert_eq!(create(&world, "CR"), "CR-003");
    assert_eq!(create(&world, "INV"), "INV-002");
}

/// A gap stays a gap: the next number is one above the highest; striking out the highest frees it.
///
/// Verifies: REQ-DOC-004
#[test]
fn the_next_number_is_one_above_the_highest() {
    let world = world();
    for _ in 0..3 {
        create(&world, "CR");
    }
    world.story(
        "claude: checkin CR-002
         claude: cancel CR-002 --confirm",
    );
    assert_eq!(create(&world, "CR"), "CR-004");
    world.story(
        "claude: checkin CR-004
         claude: cancel CR-004 --confirm",
    );
    assert_eq!(create(&world, "CR"), "CR-004");
    fs::create_dir(world.path("QMS/CR/CR-017")).unwrap();
    assert_eq!(create(&world, "CR"), "CR-018");
    world.write("QMS/SOP/SOP-040-draft.md", "---\ntitle: Old\n---\n");
    assert_eq!(create(&world, "SOP"), "SOP-041");
}

/// The number of what was retired is not given again.
///
/// Verifies: REQ-DOC-004
#[test]
fn the_number_of_what_was_retired_is_not_given_again() {
    assert_eq!(create(&change("RETIRED"), "CR"), "CR-002");
    assert_eq!(create(&procedure("RETIRED"), "SOP"), "SOP-009");
    let world = change("IN_EXECUTION");
    let id = in_execution(&world, "VAR --parent CR-001");
    world.story(&format!(
        "claude: route {id} --review
         qa: review {id} --recommend --comment Obsolete.
         claude: route {id} --retire
         qa: approve {id}"
    ));
    assert_eq!(status(&world, "VAR", &id), "RETIRED");
    assert_eq!(create(&world, "VAR --parent CR-001"), "CR-001-VAR-002");
}

/// After 999 comes 1000, and then 1001.
///
/// Verifies: REQ-DOC-004, REQ-DOC-005
#[test]
fn after_999_comes_1000() {
    let world = change("IN_EXECUTION");
    world.write("QMS/SOP/SOP-999.md", "---\ntitle: Old\n---\n");
    assert_eq!(create(&world, "SOP"), "SOP-1000");
    assert_eq!(create(&world, "SOP"), "SOP-1001");
    fs::create_dir(world.path("QMS/CR/CR-999")).unwrap();
    assert_eq!(create(&world, "CR"), "CR-1000");
    world.write("QMS/CR/CR-001/CR-001-VAR-999.md", "---\ntitle: Old\n---\n");
    assert_eq!(create(&world, "VAR --parent CR-001"), "CR-001-VAR-1000");
    assert_eq!(create(&world, "VAR --parent CR-001"), "CR-001-VAR-1001");
    world.by("claude", "checkin CR-001-VAR-1000").done();
}

/// Children are numbered within their parent and their type.
///
/// Verifies: REQ-DOC-005
#[test]
fn children_are_numbered_within_their_parent_and_type() {
    let world = change("IN_EXECUTION");
    create(&world, "CR");
    for (line, id) in [
        ("VAR --parent CR-001", "CR-001-VAR-001"),
        ("VAR --parent CR-001", "CR-001-VAR-002"),
        ("TP --parent CR-001", "CR-001-TP-001"),
        ("VAR --parent CR-002", "CR-002-VAR-001"),
        ("VR --parent CR-001", "CR-001-VR-001"),
        ("VAR --parent cr-001", "CR-001-VAR-003"),
        ("ER --parent CR-001-TP-001", "CR-001-TP-001-ER-001"),
        ("TP --parent CR-001", "CR-001-TP-002"),
        ("ER --parent CR-001-TP-002", "CR-001-TP-002-ER-001"),
        ("ER --parent CR-001-TP-001", "CR-001-TP-001-ER-002"),
    ] {
        assert_eq!(create(&world, line), id);
    }
    release(&world, "CR-001-VAR-001");
    assert_eq!(
        create(&world, "VR --parent CR-001-VAR-001"),
        "CR-001-VAR-001-VR-001"
    );
    assert_eq!(create(&world, "VR --parent CR-001"), "CR-001-VR-002");
}

/// A template is called by a name, in capitals, which it must be given.
///
/// Verifies: REQ-DOC-011
#[test]
fn a_template_is_called_by_its_name() {
    let world = world();
    for (name, id) in [
        ("FORM", "TEMPLATE-FORM"),
        ("check-list_2", "TEMPLATE-CHECK-LIST_2"),
    ] {
        assert_eq!(create(&world, &format!("TEMPLATE --name {name}")), id);
        assert!(world.exists(&format!("QMS/TEMPLATE/{id}-draft.md")));
        assert_eq!(world.meta("TEMPLATE", id)["doc_id"], id);
    }
    let error = world.refused("claude", "create TEMPLATE --title Mine", "usage");
    says(&error, "--name");
    for taken in ["form", "FORM", "CR"] {
        let line = format!("create TEMPLATE --title Mine --name {taken}");
        let error = world.refused("claude", &line, "already_exists");
        says(&error, &format!("TEMPLATE-{}", taken.to_uppercase()));
    }
    let error = world.refused(
        "claude",
        "create SOP --title Mine --name MINE",
        "invalid_argument",
    );
    says(&error, "no name");
}

/// A name that would make an id of another type is no name for a template.
///
/// Verifies: REQ-DOC-011
#[test]
fn a_template_is_not_named_like_a_document_of_another_type() {
    let world = world();
    for name in ["CR-001-TP-001", "X-VAR-002", "x-vr-1000"] {
        let line = format!("create TEMPLATE --title Mine --name {name}");
        let error = world.refused("claude", &line, "invalid_argument");
        says(&error, "would be taken for");
    }
    assert_eq!(create(&world, "TEMPLATE --name CR-001"), "TEMPLATE-CR-001");
}

// ── Namespaces ───────────────────────────────────────────────────────────────

/// A namespace is registered once and for all, with its folder and its two types.
///
/// Verifies: REQ-DOC-013
#[test]
fn a_namespace_is_registered_for_good() {
    let world = world();
    let data = world.by("lead", "namespace add myproj").done();
    assert_eq!(data["name"], "MYPROJ");
    assert_eq!(data["path"], "QMS/SDLC-MYPROJ");
    assert_eq!(data["doc_types"], json!(["MYPROJ-RS", "MYPROJ-RTM"]));
    assert!(world.path("QMS/SDLC-MYPROJ").is_dir());
    let config: Value = serde_json::from_str(&world.read("qms.config.json")).unwrap();
    assert_eq!(config["sdlc_namespaces"], json!(["MYPROJ"]));

    world.refused("lead", "namespace add MyProj", "already_exists");
    world.by("claude", "namespace add OTHER").done();
    let list = world.by("rita", "namespace list").done();
    let names: Vec<_> = list["namespaces"].as_array().unwrap().iter().collect();
    let names: Vec<_> = names.iter().map(|entry| &entry["name"]).collect();
    assert_eq!(names, ["MYPROJ", "OTHER"]);

    // The folder is made anew: what counts is what was registered.
    fs::remove_dir(world.path("QMS/SDLC-MYPROJ")).unwrap();
    assert_eq!(create(&world, "MYPROJ-RTM"), "SDLC-MYPROJ-RTM");
    assert!(world.exists("QMS/SDLC-MYPROJ/SDLC-MYPROJ-RTM-draft.md"));
}

/// Where there is no `qms.config.json`, the older registry is continued; a folder counts as registered.
///
/// Verifies: REQ-DOC-013
#[test]
fn older_projects_keep_their_registry_of_namespaces() {
    let world = world();
    fs::remove_file(world.path("qms.config.json")).unwrap();
    world.write(
        "QMS/.meta/sdlc_namespaces.json",
        "{\n  \"CQ\": {\n    \"path\": \"SDLC-CQ\"\n  }\n}",
    );
    fs::create_dir(world.path("QMS/SDLC-FLOW")).unwrap();
    assert_eq!(create(&world, "CQ-RS"), "SDLC-CQ-RS");
    assert_eq!(create(&world, "FLOW-RS"), "SDLC-FLOW-RS");
    world.by("lead", "namespace add NEW").done();
    assert!(!world.exists("qms.config.json"));
    assert_eq!(
        world.read("QMS/.meta/sdlc_namespaces.json"),
        "{\n  \"CQ\": {\n    \"path\": \"SDLC-CQ\"\n  },\n  \"NEW\": {\n    \"path\": \"SDLC-NEW\"\n  }\n}"
    );
    assert_eq!(create(&world, "NEW-RS"), "SDLC-NEW-RS");
}

/// A specification is known by its namespace, and there is one for each.
///
/// Verifies: REQ-DOC-014
#[test]
fn a_specification_is_known_by_its_namespace() {
    let world = world();
    world.story(
        "lead: namespace add MYPROJ
         lead: namespace add A-B",
    );
    assert_eq!(create(&world, "MYPROJ-RS"), "SDLC-MYPROJ-RS");
    assert_eq!(create(&world, "A-B-RS"), "SDLC-A-B-RS");
    assert!(world.exists("QMS/SDLC-A-B/SDLC-A-B-RS-draft.md"));
    let data = world.by("qa", "status sdlc-myproj-rs").done();
    assert_eq!(data["doc_id"], "SDLC-MYPROJ-RS");
    assert_eq!(data["doc_type"], "MYPROJ-RS");
    assert_eq!(data["path"], "QMS/SDLC-MYPROJ/SDLC-MYPROJ-RS-draft.md");
    world.refused("claude", "create MYPROJ-RS --title Again", "already_exists");
    world.refused("qa", "status SDLC-MYPROJ-RTM", "not_found");
    world.refused("qa", "status SDLC-NONE-RS", "not_found");
    world.refused("qa", "status SDLC-RS", "not_found");
}

/// A specification lives as every document in force does.
///
/// Verifies: REQ-DOC-014, REQ-WF-002
#[test]
fn a_specification_comes_into_force() {
    let world = world();
    world.story(
        "lead: namespace add MYPROJ
         claude: create MYPROJ-RS --title Needs
         claude: route SDLC-MYPROJ-RS --review
         qa: review SDLC-MYPROJ-RS --recommend --comment Complete.
         claude: route SDLC-MYPROJ-RS --approval
         qa: approve SDLC-MYPROJ-RS",
    );
    assert_eq!(status(&world, "MYPROJ-RS", "SDLC-MYPROJ-RS"), "EFFECTIVE");
    assert!(world.exists("QMS/SDLC-MYPROJ/SDLC-MYPROJ-RS.md"));
    assert!(world.exists("QMS/.archive/SDLC-MYPROJ/SDLC-MYPROJ-RS-v0.1.md"));
}

// ── Versions ─────────────────────────────────────────────────────────────────

/// Documents begin at 0.1; approvals count before the point and revisions after it.
///
/// Verifies: REQ-DOC-006
#[test]
fn versions_count_approvals_and_revisions() {
    for (station, version) in [
        (HELD, "0.1"),
        ("DRAFT", "0.1"),
        ("IN_PRE_REVIEW", "0.1"),
        ("PRE_REVIEWED", "0.1"),
        ("IN_PRE_APPROVAL", "0.1"),
        ("PRE_APPROVED", "1.0"),
        ("IN_EXECUTION", "1.0"),
        ("IN_POST_REVIEW", "1.0"),
        ("POST_REVIEWED", "1.0"),
        ("IN_POST_APPROVAL", "1.0"),
        ("POST_APPROVED", "2.0"),
        ("CLOSED", "2.0"),
    ] {
        assert_eq!(
            change(station).meta("CR", "CR-001")["version"],
            version,
            "{station}"
        );
    }
    let world = procedure("EFFECTIVE");
    for expected in ["1.1", "2.0", "2.1", "3.0"] {
        if expected.ends_with(".1") {
            world.by("claude", "checkout SOP-008").done();
        } else {
            world.story(
                "claude: route SOP-008 --review
                 qa: review SOP-008 --recommend --comment Clear.
                 claude: route SOP-008 --approval
                 qa: approve SOP-008",
            );
        }
        assert_eq!(world.meta("SOP", "SOP-008")["version"], expected);
    }
}

/// What is not two numbers with a point between is no version, asked for or on record.
///
/// Verifies: REQ-DOC-006
#[test]
fn what_is_not_two_numbers_is_no_version() {
    let world = procedure("DRAFT");
    for version in [
        "1", "1.", ".1", "v1.0", "1.0.0", "a.b", "1,0", "-1.0", "1.0x", "",
    ] {
        let line = format!("read SOP-008 --version=\"{version}\"");
        world.refused("qa", &line, "invalid_argument");
    }
    amend(&world, "SOP", "SOP-008", |meta| {
        meta["version"] = "1".into();
    });
    world.refused("claude", "route SOP-008 --review", "integrity");
}

// ── Checkout ─────────────────────────────────────────────────────────────────

/// Status and version after a checkout, or the code of the refusal.
type Taken = Result<(&'static str, &'static str), &'static str>;

/// What checkout comes to at each station of a change.
const CHECKOUT_OF_A_CHANGE: [(&str, Taken); 13] = [
    (HELD, Err("checked_out")),
    ("DRAFT", Ok(("DRAFT", "0.1"))),
    ("IN_PRE_REVIEW", Ok(("DRAFT", "0.1"))),
    ("PRE_REVIEWED", Ok(("PRE_REVIEWED", "0.1"))),
    ("IN_PRE_APPROVAL", Ok(("PRE_REVIEWED", "0.1"))),
    ("PRE_APPROVED", Ok(("DRAFT", "1.1"))),
    ("IN_EXECUTION", Ok(("IN_EXECUTION", "1.1"))),
    ("IN_POST_REVIEW", Ok(("IN_EXECUTION", "1.1"))),
    ("POST_REVIEWED", Ok(("IN_EXECUTION", "1.1"))),
    ("IN_POST_APPROVAL", Ok(("IN_EXECUTION", "1.1"))),
    ("POST_APPROVED", Err("invalid_transition")),
    ("CLOSED", Err("terminal_state")),
    ("RETIRED", Err("terminal_state")),
];

/// What checkout comes to at each station of a procedure.
const CHECKOUT_OF_A_PROCEDURE: [(&str, Taken); 7] = [
    (HELD, Err("checked_out")),
    ("DRAFT", Ok(("DRAFT", "0.1"))),
    ("IN_REVIEW", Ok(("DRAFT", "0.1"))),
    ("REVIEWED", Ok(("REVIEWED", "0.1"))),
    ("IN_APPROVAL", Ok(("REVIEWED", "0.1"))),
    ("EFFECTIVE", Ok(("DRAFT", "1.1"))),
    ("RETIRED", Err("terminal_state")),
];

/// Checks a checkout: what the record says then, and that the copy is the text.
#[track_caller]
fn checks_out(world: &World, doc_type: &str, id: &str, expected: Taken) {
    let line = format!("checkout {id}");
    let (status, version) = match expected {
        Ok(expected) => expected,
        Err(code) => {
            world.refused("claude", &line, code);
            return;
        }
    };
    let text = world.by("claude", &format!("read {id}")).done()["content"].clone();
    let data = world.by("claude", &line).done();
    assert_eq!(data["status"], status);
    assert_eq!(data["version"], version);
    let meta = world.meta(doc_type, id);
    assert_eq!(meta["status"], status);
    assert_eq!(meta["version"], version);
    assert_eq!(meta["responsible_user"], "claude");
    assert_eq!(meta["checked_out"], true);
    assert_eq!(meta["checked_out_date"], "2026-03-14");
    assert_eq!(meta["pending_assignees"], json!([]));
    let copy = world.read(&format!(".claude/users/claude/workspace/{id}.md"));
    assert_eq!(text, copy);
}

/// A document is taken for writing in every state that allows it.
///
/// Verifies: REQ-DOC-007
#[test]
fn a_document_is_taken_for_writing_where_it_may_be() {
    for (station, expected) in CHECKOUT_OF_A_CHANGE {
        checks_out(&change(station), "CR", "CR-001", expected);
    }
    for (station, expected) in CHECKOUT_OF_A_PROCEDURE {
        checks_out(&procedure(station), "SOP", "SOP-008", expected);
    }
}

/// A document at rest may be taken by any initiator; one that is being judged, only by its owner.
///
/// Verifies: REQ-DOC-007, REQ-WF-022
#[test]
fn a_document_at_rest_may_be_taken_by_another() {
    for (station, outcome) in CHECKOUT_OF_A_CHANGE {
        let world = change(station);
        let line = "checkout CR-001";
        match outcome {
            Err(code) => {
                world.refused("bob", line, code);
            }
            Ok(_) if station.starts_with("IN_P") => {
                let error = world.refused("bob", line, "not_owner");
                says(&error, "owned by `claude`");
            }
            Ok(_) => {
                world.by("bob", line).done();
                assert_eq!(world.meta("CR", "CR-001")["responsible_user"], "bob");
                assert!(world.exists(".claude/users/bob/workspace/CR-001.md"));
            }
        }
    }
}

/// What somebody holds is not taken a second time, and it is said who holds it.
///
/// Verifies: REQ-DOC-007
#[test]
fn what_is_held_is_not_taken_again() {
    let world = procedure(HELD);
    let error = world.refused("bob", "checkout SOP-008", "checked_out");
    says(&error, "checked out by `claude`");
    assert_eq!(error["facts"]["checked_out_by"], "claude");
    let error = world.refused("claude", "checkout SOP-008", "checked_out");
    says(&error, "already have SOP-008 checked out");
}

/// Of a document in force, a new draft is begun.
///
/// Verifies: REQ-DOC-007
#[test]
fn of_a_document_in_force_a_draft_is_begun() {
    let world = procedure("EFFECTIVE");
    let text = world.read("QMS/SOP/SOP-008.md");
    let data = world.by("bob", "checkout SOP-008").done();
    assert_eq!(data["from_version"], "1.0");
    assert_eq!(data["version"], "1.1");
    assert_eq!(world.read("QMS/SOP/SOP-008-draft.md"), text);
    let meta = world.meta("SOP", "SOP-008");
    assert_eq!(meta["status"], "DRAFT");
    assert_eq!(meta["effective_version"], "1.0");
    assert_eq!(meta["responsible_user"], "bob");
    let trail = world.trail("SOP", "SOP-008");
    let last = trail.last().unwrap();
    assert_eq!(last["event"], "CHECKOUT");
    assert_eq!(last["from_version"], "1.0");
    assert_eq!(last["version"], "1.1");
}

// ── Checkin ──────────────────────────────────────────────────────────────────

/// What was written comes back byte for byte, the copy goes, and the owner stays.
///
/// Verifies: REQ-DOC-008
#[test]
fn what_was_written_comes_back_byte_for_byte() {
    let world = procedure(HELD);
    let text = "---\ntitle:   'Cleaning — of vessels'\nrevision_summary: \"More\"\nkeywords: [a, b]\n---\n\n\n# Text\r\n\n--- not a block ---\nno newline at the end";
    world.write(".claude/users/claude/workspace/SOP-008.md", text);
    let data = world.by("claude", "checkin SOP-008").done();
    assert_eq!(data["version"], "0.1");
    assert_eq!(data["status"], "DRAFT");
    assert_eq!(world.read("QMS/SOP/SOP-008-draft.md"), text);
    assert!(!world.exists(".claude/users/claude/workspace/SOP-008.md"));
    let meta = world.meta("SOP", "SOP-008");
    assert_eq!(meta["responsible_user"], "claude");
    assert_eq!(meta["checked_out"], false);
    assert_eq!(meta["checked_out_date"], Value::Null);
    let last = world.trail("SOP", "SOP-008").pop().unwrap();
    assert_eq!(last["event"], "CHECKIN");
    assert_eq!(last["user"], "claude");
}

/// Only who holds a document gives it back, and only what they hold.
///
/// Verifies: REQ-DOC-008, REQ-SEC-003
#[test]
fn only_what_is_held_is_given_back() {
    let world = procedure("DRAFT");
    world.refused("claude", "checkin SOP-008", "not_checked_out");
    world.by("claude", "checkout SOP-008").done();
    world.refused("bob", "checkin SOP-008", "not_owner");
    fs::remove_file(world.path(".claude/users/claude/workspace/SOP-008.md")).unwrap();
    let error = world.refused("claude", "checkin SOP-008", "not_checked_out");
    says(&error, "not found in your workspace");
}

/// A text without readable frontmatter is not taken in, and stays in the workspace.
///
/// Verifies: REQ-DOC-008
#[test]
fn a_text_without_frontmatter_is_not_taken_in() {
    let world = procedure(HELD);
    for text in [
        "# No block\n",
        "---\ntitle: never closed\n",
        "---\ntitle: [open\n---\n",
        "\u{feff}---\ntitle: A mark first\n---\n",
    ] {
        world.write(".claude/users/claude/workspace/SOP-008.md", text);
        let error = world.refused("claude", "checkin SOP-008", "invalid_argument");
        says(&error, "SOP-008.md:");
    }
}

/// What belongs to the record is taken out of a text that is given back, and nothing else is.
///
/// Verifies: REQ-DOC-008, REQ-META-001, REQ-META-002
#[test]
fn what_belongs_to_the_record_is_taken_out_of_the_text() {
    let world = procedure(HELD);
    let record = format!("{}: forged\n", RECORD_KEYS.join(": forged\n"));
    let text = format!(
        "---\ntitle: Cleaning\n{record}author: Ann\nrevision_summary: More\n---\n\nstatus: EFFECTIVE\n"
    );
    world.write(".claude/users/claude/workspace/SOP-008.md", &text);
    world.by("claude", "checkin SOP-008").done();
    assert_eq!(
        world.read("QMS/SOP/SOP-008-draft.md"),
        "---\ntitle: Cleaning\nauthor: Ann\nrevision_summary: More\n---\n\nstatus: EFFECTIVE\n"
    );
    let meta = world.meta("SOP", "SOP-008");
    assert_eq!(meta["status"], "DRAFT");
    assert_eq!(meta["version"], "0.1");
    assert_eq!(meta["responsible_user"], "claude");
}

/// At no station of a life does a text carry what belongs to the record.
///
/// Verifies: REQ-META-001, REQ-META-002
#[test]
fn no_text_ever_carries_what_belongs_to_the_record() {
    for world in [
        change("CLOSED"),
        procedure("EFFECTIVE"),
        change(HELD),
        procedure("RETIRED"),
    ] {
        let files = world.files();
        let texts = files.keys().filter(|path| {
            let is_text = path.starts_with("QMS/") || path.contains("/workspace/");
            is_text && path.ends_with(".md")
        });
        let mut seen = 0;
        for path in texts {
            let keys = frontmatter(&world.read(path));
            assert!(keys.contains(&"title".to_owned()), "{path}");
            for key in keys {
                assert!(!RECORD_KEYS.contains(&key.as_str()), "{path}: {key}");
            }
            seen += 1;
        }
        assert!(seen > 10);
    }
}

/// What was reviewed and then changed is reviewed again.
///
/// Verifies: REQ-DOC-009
#[test]
fn what_was_reviewed_and_changed_is_reviewed_again() {
    for (world, doc_type, id, reviewed) in [
        (procedure("REVIEWED"), "SOP", "SOP-008", "REVIEWED"),
        (change("PRE_REVIEWED"), "CR", "CR-001", "PRE_REVIEWED"),
    ] {
        world.by("claude", &format!("checkout {id}")).done();
        assert_eq!(status(&world, doc_type, id), reviewed);
        let data = world.by("claude", &format!("checkin {id}")).done();
        assert_eq!(data["status"], "DRAFT");
        let meta = world.meta(doc_type, id);
        assert_eq!(meta["status"], "DRAFT");
        assert_eq!(meta["review_outcomes"], json!({}));
        assert_eq!(meta["pending_assignees"], json!([]));
        let line = format!("route {id} --approval");
        world.refused("claude", &line, "invalid_transition");
        let last = world.events(doc_type, id).pop().unwrap();
        assert_eq!(last, "CHECKIN 0.1", "and no STATUS_CHANGE");
    }
}

/// An older record that was held while reviewed after execution becomes a draft when it is given back, and
/// is reviewed after execution again.
///
/// Verifies: REQ-DOC-009
#[test]
fn an_older_record_held_while_reviewed_becomes_a_draft() {
    let world = change("POST_REVIEWED");
    let text = world.read("QMS/CR/CR-001/CR-001-draft.md");
    world.write(".claude/users/claude/workspace/CR-001.md", &text);
    amend(&world, "CR", "CR-001", |meta| {
        meta["checked_out"] = true.into();
        meta["checked_out_date"] = "2026-03-01".into();
        meta["pending_reviewers"] = json!(["qa"]);
        meta["completed_reviewers"] = json!(["rita"]);
    });
    let data = world.by("claude", "checkin CR-001").done();
    assert_eq!(data["status"], "DRAFT");
    let meta = world.meta("CR", "CR-001");
    assert_eq!(meta["review_outcomes"], json!({}));
    assert_eq!(meta["pending_reviewers"], json!([]));
    assert_eq!(meta["completed_reviewers"], json!([]));
    assert_eq!(meta["execution_phase"], "post_release");
    world.by("claude", "route CR-001 --review").done();
    assert_eq!(status(&world, "CR", "CR-001"), "IN_POST_REVIEW");
}

// ── Cancel ───────────────────────────────────────────────────────────────────

/// Without `--confirm` nothing is struck out; a dry run says what would be, and is right.
///
/// Verifies: REQ-DOC-010
#[test]
fn striking_out_is_confirmed_and_can_be_tried() {
    let world = change("IN_PRE_REVIEW");
    let error = world.refused("claude", "cancel CR-001", "usage");
    says(&error, "--confirm");
    assert_eq!(world.by("claude", "cancel CR-001").status, 2);

    let before = world.files();
    let tried = world.by("claude", "cancel CR-001 --dry-run").done();
    crate::common::assert_same(&before, &world.files());
    let expected = [
        ".claude/users/qa/inbox/task-CR-001-pre_review-v0-1.md",
        "QMS/.audit/CR/CR-001.jsonl",
        "QMS/.meta/CR/CR-001.json",
        "QMS/CR/CR-001/CR-001-draft.md",
    ];
    let mut listed: Vec<_> = tried["deleted"].as_array().unwrap().iter().collect();
    listed.sort_by_key(|path| path.as_str());
    assert_eq!(listed, expected);
    let done = world.by("claude", "cancel CR-001 --confirm").done();
    assert_eq!(done["deleted"], tried["deleted"]);
    for path in expected {
        assert!(!world.exists(path), "{path}");
    }
}

/// Nothing of what is struck out remains, with anybody, except a line that says so.
///
/// Verifies: REQ-DOC-010
#[test]
fn nothing_of_what_is_struck_out_remains() {
    let world = change("DRAFT");
    world.story(
        "claude: route CR-001 --review --assign qa rita
         claude: create CR --title \"Another\"
         claude: checkin CR-002
         claude: route CR-002 --review --assign qa rita",
    );
    world.write(".claude/users/bob/workspace/CR-001.md", "a stray copy");
    world.write(".claude/users/lead/workspace/CR-001.interact", "{}");
    world.write("QMS/.meta/CR/CR-001.source.json", "{}");
    let trail = fs::read(world.path("QMS/.audit/CR/CR-001.jsonl")).unwrap();
    let others: Vec<_> = world
        .files()
        .into_iter()
        .filter(|(path, _)| path.contains("CR-002"))
        .collect();

    world.by("bob", "cancel cr-001 --confirm").done();
    let files = world.files();
    let left: Vec<_> = files
        .keys()
        .filter(|path| path.contains("CR-001"))
        .collect();
    assert_eq!(left, [""; 0]);
    for (path, bytes) in others {
        assert_eq!(files.get(&path), Some(&bytes), "{path}");
    }
    assert_eq!(tasks(&world, "qa"), ["task-CR-002-pre_review-v0-1"]);

    let ledger = world.read("QMS/.audit/cancelled.jsonl");
    let lines: Vec<Value> = ledger
        .lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect();
    assert_eq!(lines.len(), 1);
    let line = &lines[0];
    assert_eq!(line["event"], "CANCEL");
    assert_eq!(line["user"], "bob");
    assert_eq!(line["version"], "0.1");
    assert_eq!(line["doc_id"], "CR-001");
    assert_eq!(line["title"], "A new pump");
    assert_eq!(line["ts"], "2026-03-14T12:00:00+00:00");
    assert_eq!(line["trail_sha256"], sha256(&trail));
    let keys: Vec<_> = line.as_object().unwrap().keys().take(7).collect();
    assert_eq!(
        keys,
        [
            "ts",
            "event",
            "user",
            "version",
            "doc_id",
            "title",
            "trail_sha256"
        ]
    );
    world.refused("claude", "status CR-001", "not_found");
}

/// A child that is struck out leaves its parent and its siblings alone.
///
/// Verifies: REQ-DOC-010
#[test]
fn a_child_that_is_struck_out_leaves_its_family_alone() {
    let world = change("IN_EXECUTION");
    for _ in 0..2 {
        create(&world, "VAR --parent CR-001");
    }
    world.story(
        "claude: route CR-001-VAR-001 --review
         claude: route CR-001-VAR-002 --review
         claude: route CR-001 --review
         claude: cancel CR-001-VAR-001 --confirm",
    );
    let mut left = tasks(&world, "qa");
    left.sort();
    assert_eq!(
        left,
        [
            "task-CR-001-VAR-002-pre_review-v0-1",
            "task-CR-001-post_review-v1-0"
        ]
    );
    assert!(world.exists("QMS/CR/CR-001/CR-001-draft.md"));
    assert!(world.exists("QMS/CR/CR-001/CR-001-VAR-002-draft.md"));
    assert!(!world.exists("QMS/CR/CR-001/CR-001-VAR-001-draft.md"));
}

/// What was once approved is not struck out, in whichever state.
///
/// Verifies: REQ-DOC-010
#[test]
fn what_was_once_approved_is_not_struck_out() {
    for station in [
        "PRE_APPROVED",
        "IN_EXECUTION",
        "IN_POST_REVIEW",
        "POST_REVIEWED",
        "IN_POST_APPROVAL",
        "POST_APPROVED",
    ] {
        let world = change(station);
        let error = world.refused("claude", "cancel CR-001 --confirm", "gate_blocked");
        says(&error, "was effective");
    }
    for station in ["CLOSED", "RETIRED"] {
        change(station).refused("claude", "cancel CR-001 --confirm", "terminal_state");
    }
    let world = procedure("EFFECTIVE");
    let error = world.refused("claude", "cancel SOP-008 --confirm", "gate_blocked");
    says(&error, "retire it");
    world.story("claude: checkout SOP-008\nclaude: checkin SOP-008");
    world.refused("claude", "cancel SOP-008 --confirm", "gate_blocked");
}

/// What was never approved may be struck out in whichever state.
///
/// Verifies: REQ-DOC-010
#[test]
fn what_was_never_approved_may_be_struck_out() {
    for station in ["DRAFT", "IN_PRE_REVIEW", "PRE_REVIEWED", "IN_PRE_APPROVAL"] {
        let world = change(station);
        world.by("claude", "cancel CR-001 --confirm").done();
        let files = world.files();
        assert_eq!(below(&files, "QMS/CR/").collect::<Vec<_>>(), ["QMS/CR/"]);
    }
}

/// What somebody holds is not struck out, by themselves or by others.
///
/// Verifies: REQ-DOC-010
#[test]
fn what_is_held_is_not_struck_out() {
    let world = change(HELD);
    for user in ["claude", "bob"] {
        let error = world.refused(user, "cancel CR-001 --confirm", "checked_out");
        assert_eq!(error["facts"]["checked_out_by"], "claude");
    }
}

/// What has children is not struck out.
///
/// Verifies: REQ-DOC-010
#[test]
fn what_has_children_is_not_struck_out() {
    let world = change("DRAFT");
    create(&world, "TP --parent CR-001");
    let error = world.refused("claude", "cancel CR-001 --confirm", "gate_blocked");
    assert_eq!(error["facts"]["children"], json!(["CR-001-TP-001"]));
    says(&error, "CR-001-TP-001");
    world.story(
        "claude: checkin CR-001-TP-001
         claude: cancel CR-001-TP-001 --confirm
         claude: cancel CR-001 --confirm",
    );
}

/// What a person reads says what was deleted.
///
/// Verifies: REQ-DOC-010
#[test]
fn a_person_reads_what_was_struck_out() {
    let world = change("DRAFT");
    let Answer { status, .. } = world.by("claude", "cancel CR-001 --dry-run");
    assert_eq!(status, 0);
    let text = world.text("claude", "cancel CR-001 --confirm");
    assert!(text.starts_with("Canceled: CR-001\n"), "{text}");
    for path in [
        "QMS/CR/CR-001/CR-001-draft.md",
        "QMS/.meta/CR/CR-001.json",
        "QMS/.audit/CR/CR-001.jsonl",
    ] {
        assert!(text.contains(path), "{path}");
    }
}

/// Rules may let a document be born in force, and for nobody: it is made, and has neither owner nor copy.
#[test]
fn a_document_that_is_born_for_nobody_is_made() {
    let world = World::empty();
    world.qms("config export").done();
    let path = "qms.d/doctypes/SOP.kdl";
    let doctype = world.read(path).replace("entry=draft", "entry=planted");
    world.write(path, &doctype);
    world.qms("init").done();
    let made = world.by("lead", "create SOP --title Cleaning").done();
    assert_eq!(made["path"], "QMS/SOP/SOP-008.md");
    assert_eq!(made["workspace_path"], serde_json::Value::Null);
    assert_eq!(world.meta("SOP", "SOP-008")["status"], "EFFECTIVE");
    let told = world.text("lead", "create SOP --title Rinsing");
    let first: Vec<_> = told.lines().take(3).collect();
    assert_eq!(
        first,
        [
            "Created: SOP-009 (v1.0, EFFECTIVE)",
            "Location: QMS/SOP/SOP-009.md",
            "You may now: checkout, fix",
        ]
    );
}

/// A title is one line, in the text as at the command line: another would stand as a line of its own in every list.
///
/// Verifies: REQ-DOC-002
#[test]
fn a_title_in_a_text_is_one_line() {
    let world = World::new();
    world.story("claude: create CR --title Pump");
    let copy = ".claude/users/claude/workspace/CR-001.md";
    let kept = world.read(copy);
    for title in ["\"a\\nCR-002  v9.9\"", "\"a\\0b\"", "\"a\\u001bb\""] {
        world.write(
            copy,
            &kept.replace("title: Pump", &format!("title: {title}")),
        );
        let refusal = world.refused("claude", "checkin CR-001", "invalid_argument");
        assert!(
            refusal["message"].to_string().contains("the title holds"),
            "{refusal}"
        );
    }
    world.write(copy, &kept.replace("title: Pump", "title: Pump 3"));
    world.story("claude: checkin CR-001");
}
