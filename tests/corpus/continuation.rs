//! The records go on where the earlier tool stopped, in the same form.

use std::path::Path;

use serde_json::{Value, json};

use super::{controlled, corpus, documents, keys};
use crate::common::{Files, World};

/// Checks that a trail went on as it was: its old bytes first, then lines that begin with the four that
/// every event has and end with the seal. Returns the new lines in few words.
#[track_caller]
pub(super) fn continued(before: &Files, world: &World, doc_type: &str, id: &str) -> Vec<String> {
    let path = format!("QMS/.audit/{doc_type}/{id}.jsonl");
    let old = before.get(&path).cloned().unwrap_or_default();
    let now = world.read(&path);
    let old = String::from_utf8(old).unwrap();
    let added = now
        .strip_prefix(&old)
        .expect("the old lines stay as they are");
    assert!(added.ends_with('\n'));
    let lines = added.lines().map(|line| {
        assert!(
            line.starts_with("{\"ts\": \"2026-03-14T12:00:00+00:00\", \"event\": \""),
            "{line}"
        );
        let line: Value = serde_json::from_str(line).unwrap();
        let keys = keys(&line);
        assert_eq!(keys[..4], ["ts", "event", "user", "version"]);
        assert_eq!(keys.last(), Some(&"seal"), "{line}");
        in_few_words(&line)
    });
    lines.collect()
}

/// Returns the event, the version, and the facts it bears beside its author.
fn in_few_words(line: &Value) -> String {
    let object = line.as_object().unwrap();
    let mut words = vec![
        line["event"].as_str().unwrap().to_owned(),
        line["version"].as_str().unwrap().to_owned(),
        line["user"].as_str().unwrap().to_owned(),
    ];
    for (key, value) in object {
        if !["ts", "event", "user", "version", "seal", "comment", "title"].contains(&key.as_str()) {
            words.push(format!(
                "{key}={}",
                value.as_str().map_or(value.to_string(), str::to_owned)
            ));
        }
    }
    words.join(" ")
}

/// Checks that a record kept the place of its keys, with others only after them.
#[track_caller]
pub(super) fn keeps_its_keys(before: &Files, world: &World, doc_type: &str, id: &str) {
    let path = format!("QMS/.meta/{doc_type}/{id}.json");
    let old: Value = serde_json::from_slice(&before[&path]).unwrap();
    let now = world.meta(doc_type, id);
    assert_eq!(keys(&now)[..keys(&old).len()], keys(&old), "{id}");
    let text = world.read(&path);
    assert!(
        text.starts_with("{\n  \"doc_id\": \"") && text.ends_with("\n}"),
        "{id}: its form"
    );
}

/// Checks that nothing that was archived has changed, and returns what came.
#[track_caller]
pub(super) fn newly_archived(before: &Files, world: &World) -> Vec<String> {
    let now = world.files();
    for (path, bytes) in before {
        if path.starts_with("QMS/.archive/") {
            assert!(now.get(path) == Some(bytes), "{path} has changed");
        }
    }
    let kept = |path: &&String| path.starts_with("QMS/.archive/") && path.ends_with(".md");
    let new = now
        .keys()
        .filter(kept)
        .filter(|path| !before.contains_key(*path));
    new.map(|path| path.rsplit('/').next().unwrap().to_owned())
        .collect()
}

/// A procedure in its seventeenth version comes into its eighteenth.
///
/// Verifies: REQ-WF-002, REQ-WF-006, REQ-WF-020, REQ-META-003, REQ-AUDIT-002
#[test]
fn an_old_procedure_is_revised() {
    let Some(world) = corpus() else { return };
    let before = world.files();
    let in_force = world.read("QMS/SOP/SOP-002.md");
    let taken = world.by("claude", "checkout SOP-002").done();
    assert_eq!(taken["version"], "17.1");
    assert_eq!(world.read("QMS/SOP/SOP-002.md"), in_force);
    assert_eq!(newly_archived(&before, &world), Vec::<String>::new());
    let revised = in_force.replacen("# SOP-002", "Revised.\n\n# SOP-002", 1);
    world.write(".claude/users/claude/workspace/SOP-002.md", &revised);
    world.story(
        "claude: checkin SOP-002
         claude: route SOP-002 --review
         qa: review SOP-002 --recommend --comment Good.
         claude: route SOP-002 --approval
         qa: approve SOP-002",
    );
    assert_eq!(
        continued(&before, &world, "SOP", "SOP-002"),
        [
            "CHECKOUT 17.1 claude from_version=17.0",
            "CHECKIN 17.1 claude",
            "STATUS_CHANGE 17.1 claude from_status=DRAFT to_status=IN_REVIEW",
            "ROUTE_REVIEW 17.1 claude assignees=[\"qa\"] review_type=REVIEW",
            "REVIEW 17.1 qa outcome=RECOMMEND",
            "STATUS_CHANGE 17.1 qa from_status=IN_REVIEW to_status=REVIEWED",
            "STATUS_CHANGE 17.1 claude from_status=REVIEWED to_status=IN_APPROVAL",
            "ROUTE_APPROVAL 17.1 claude assignees=[\"qa\"] approval_type=APPROVAL",
            "APPROVE 17.1 qa",
            "STATUS_CHANGE 18.0 qa from_status=IN_APPROVAL to_status=APPROVED",
            "EFFECTIVE 18.0 qa from_version=17.1",
            "STATUS_CHANGE 18.0 qa from_status=APPROVED to_status=EFFECTIVE",
        ]
    );
    assert_eq!(
        newly_archived(&before, &world),
        ["SOP-002-v17.0.md", "SOP-002-v17.1.md"]
    );
    assert_eq!(world.read("QMS/.archive/SOP/SOP-002-v17.0.md"), in_force);
    assert_eq!(world.read("QMS/.archive/SOP/SOP-002-v17.1.md"), revised);
    assert_eq!(world.read("QMS/SOP/SOP-002.md"), revised);
    assert!(!world.exists("QMS/SOP/SOP-002-draft.md"));
    keeps_its_keys(&before, &world, "SOP", "SOP-002");
    let meta = world.meta("SOP", "SOP-002");
    assert_eq!(
        keys(&meta).len(),
        keys(&serde_json::from_slice(&before["QMS/.meta/SOP/SOP-002.json"]).unwrap()).len()
    );
    assert_eq!(
        (&meta["version"], &meta["effective_version"]),
        (&json!("18.0"), &json!("18.0"))
    );
    assert_eq!(
        (&meta["status"], &meta["supersedes"]),
        (&json!("EFFECTIVE"), &Value::Null)
    );
    assert_eq!(meta["responsible_user"], Value::Null);
}

/// The change that was being carried out is reviewed, approved and closed, and its open record with it.
///
/// Verifies: REQ-WF-006, REQ-WF-010, REQ-WF-011, REQ-AUDIT-002
#[test]
fn an_old_change_is_closed() {
    let Some(world) = corpus() else { return };
    let before = world.files();
    let carried_out = world.read("QMS/CR/CR-116/CR-116-draft.md");
    world.story(
        "claude: create VR --parent CR-116 --title Seen
         claude: checkin CR-116-VR-001
         claude: route CR-116 --review
         qa: review CR-116 --recommend --comment Done.
         claude: route CR-116 --approval
         qa: approve CR-116
         claude: close CR-116",
    );
    assert_eq!(
        continued(&before, &world, "CR", "CR-116"),
        [
            "STATUS_CHANGE 1.2 claude from_status=IN_EXECUTION to_status=IN_POST_REVIEW",
            "ROUTE_REVIEW 1.2 claude assignees=[\"qa\"] review_type=POST_REVIEW",
            "REVIEW 1.2 qa outcome=RECOMMEND",
            "STATUS_CHANGE 1.2 qa from_status=IN_POST_REVIEW to_status=POST_REVIEWED",
            "STATUS_CHANGE 1.2 claude from_status=POST_REVIEWED to_status=IN_POST_APPROVAL",
            "ROUTE_APPROVAL 1.2 claude assignees=[\"qa\"] approval_type=POST_APPROVAL",
            "APPROVE 1.2 qa",
            "STATUS_CHANGE 2.0 qa from_status=IN_POST_APPROVAL to_status=POST_APPROVED",
            "CLOSE 2.0 claude",
            "STATUS_CHANGE 2.0 claude from_status=POST_APPROVED to_status=CLOSED",
        ]
    );
    assert_eq!(
        continued(&before, &world, "VR", "CR-116-VR-001"),
        [
            "CREATE 1.0 claude",
            "CHECKIN 1.0 claude",
            "CLOSE 1.0 claude",
            "STATUS_CHANGE 1.0 claude from_status=IN_EXECUTION to_status=CLOSED",
        ]
    );
    assert_eq!(newly_archived(&before, &world), ["CR-116-v1.2.md"]);
    assert_eq!(
        world.read("QMS/.archive/CR/CR-116/CR-116-v1.2.md"),
        carried_out
    );
    assert_eq!(world.read("QMS/CR/CR-116/CR-116.md"), carried_out);
    assert!(!world.exists("QMS/CR/CR-116/CR-116-draft.md"));
    keeps_its_keys(&before, &world, "CR", "CR-116");
    let meta = world.meta("CR", "CR-116");
    assert_eq!(
        (&meta["status"], &meta["version"]),
        (&json!("CLOSED"), &json!("2.0"))
    );
    assert_eq!(
        (&meta["responsible_user"], &meta["effective_version"]),
        (&Value::Null, &Value::Null)
    );
    world.refused("claude", "checkout CR-116", "terminal_state");
}

/// An old change that is still carried out gets a new version when it is taken, and keeps the last.
///
/// Verifies: REQ-WF-021
#[test]
fn an_old_change_in_execution_is_worked_on() {
    let Some(world) = corpus() else { return };
    let before = world.files();
    let last = world.read("QMS/CR/CR-116/CR-116-draft.md");
    world.by("claude", "checkout CR-116").done();
    let more = format!("{last}\nMore was done.\n");
    world.write(".claude/users/claude/workspace/CR-116.md", &more);
    assert_eq!(
        world.by("claude", "checkin CR-116").done()["version"],
        "1.3"
    );
    assert_eq!(
        continued(&before, &world, "CR", "CR-116"),
        ["CHECKOUT 1.2 claude", "CHECKIN 1.3 claude"]
    );
    assert_eq!(newly_archived(&before, &world), ["CR-116-v1.2.md"]);
    assert_eq!(world.read("QMS/.archive/CR/CR-116/CR-116-v1.2.md"), last);
    assert_eq!(world.read("QMS/CR/CR-116/CR-116-draft.md"), more);

    // One that has been in execution since before there were versions of it goes on likewise.
    world.story("claude: checkout INV-006\nclaude: checkin INV-006");
    assert_eq!(world.meta("INV", "INV-006")["version"], "1.1");
    assert!(world.exists("QMS/.archive/INV/INV-006/INV-006-v1.0.md"));
    keeps_its_keys(&before, &world, "INV", "INV-006");
}

/// A copy taken long ago is given back: the keys of the workflow go from its frontmatter, all else stays.
///
/// Verifies: REQ-DOC-008, REQ-META-001, REQ-META-002
#[test]
fn a_copy_taken_long_ago_is_given_back() {
    let Some(world) = corpus() else { return };
    let before = world.files();
    let copy = ".claude/users/lead/workspace/CR-020.md";
    let text = world.read(copy);
    let (_, body) = text
        .strip_prefix("---\n")
        .unwrap()
        .split_once("\n---\n")
        .unwrap();
    // The frontmatter of the repository's own oldest copy, which still has it all.
    let oldest = world.read(".claude/users/claude/workspace/CR-001.md");
    let (head, _) = oldest
        .strip_prefix("---\n")
        .unwrap()
        .split_once("\n---\n")
        .unwrap();
    assert!(head.contains("\nresponsible_user: claude\n") && head.contains("\nsupersedes: null"));
    world.write(
        copy,
        &format!("---\n{head}\nkept: 'as it was'\n---\n{body}"),
    );

    world.refused("claude", "checkin CR-020", "not_owner");
    world.by("lead", "checkin CR-020").done();
    let stored = world.read("QMS/CR/CR-020/CR-020-draft.md");
    let (kept, stored_body) = stored
        .strip_prefix("---\n")
        .unwrap()
        .split_once("\n---\n")
        .unwrap();
    assert_eq!(stored_body, body);
    let kept: Vec<_> = kept
        .lines()
        .map(|line| line.split(':').next().unwrap())
        .collect();
    assert_eq!(kept, ["title", "kept"]);
    assert!(!world.exists(copy));
    assert_eq!(
        continued(&before, &world, "CR", "CR-020"),
        ["CHECKIN 0.1 lead"]
    );
    keeps_its_keys(&before, &world, "CR", "CR-020");
    let meta = world.meta("CR", "CR-020");
    assert_eq!(
        (&meta["checked_out"], &meta["checked_out_date"]),
        (&json!(false), &Value::Null)
    );
    assert_eq!(meta["supersedes"], Value::Null);

    // Its life goes on.
    world.by("lead", "route CR-020 --review").done();
    assert_eq!(world.meta("CR", "CR-020")["status"], "IN_PRE_REVIEW");
}

/// The copy as the earlier tool left it is given back byte for byte.
///
/// Verifies: REQ-DOC-008
#[test]
fn an_unchanged_copy_is_given_back_byte_for_byte() {
    let Some(world) = corpus() else { return };
    let text = world.read(".claude/users/lead/workspace/CR-020.md");
    world.by("lead", "checkin CR-020").done();
    assert_eq!(world.read("QMS/CR/CR-020/CR-020-draft.md"), text);
}

/// An orphan whose copy is lost cannot be given back, and nothing happens to it.
#[test]
fn an_orphan_whose_copy_is_lost_is_not_checked_out() {
    let Some(world) = corpus() else { return };
    world.refused("claude", "checkin VAR-001", "not_checked_out");
    world.refused("qa", "checkin VAR-001", "permission_denied");
    // There will be no second one: `create` wants a parent.
    let answer = world.by("claude", "create VAR --title Orphan");
    assert_ne!(answer.status, 0, "{}", answer.json);
    assert!(answer.err.contains("--parent"), "{}", answer.err);
    assert!(!world.exists("QMS/CR/VAR-002-draft.md"));
}

/// A variance of an addendum can no longer be made, but the one there is goes on to its end (D-18).
///
/// Verifies: REQ-DOC-002, REQ-WF-008, REQ-WF-021
#[test]
fn a_variance_of_an_addendum_goes_on() {
    let Some(world) = corpus() else { return };
    let before = world.files();
    let id = "CR-091-ADD-001-VAR-001";
    world.refused(
        "claude",
        "create VAR --parent CR-091-ADD-001 --title No",
        "invalid_argument",
    );
    world.story(&format!(
        "claude: release {id}\nclaude: checkout {id}\nclaude: checkin {id}"
    ));
    let born = world
        .by("claude", &format!("create VR --parent {id} --title Seen"))
        .done();
    assert_eq!(born["doc_id"], format!("{id}-VR-001"));
    assert!(world.exists(&format!("QMS/CR/CR-091/{id}-VR-001-draft.md")));
    world.story(&format!(
        "claude: route {id} --review
         qa: review {id} --recommend --comment Done.
         claude: route {id} --approval
         qa: approve {id}
         claude: close {id}"
    ));
    let words = continued(&before, &world, "VAR", id);
    assert_eq!(
        words[..3],
        [
            "RELEASE 1.0 claude",
            "STATUS_CHANGE 1.0 claude from_status=PRE_APPROVED to_status=IN_EXECUTION",
            "CHECKOUT 1.0 claude",
        ]
    );
    assert_eq!(
        words.last().unwrap(),
        "STATUS_CHANGE 2.0 claude from_status=POST_APPROVED to_status=CLOSED"
    );
    assert_eq!(
        newly_archived(&before, &world),
        [format!("{id}-v1.0.md"), format!("{id}-v1.1.md")]
    );
    keeps_its_keys(&before, &world, "VAR", id);
    let meta = world.meta("VAR", id);
    assert_eq!(meta["pending_reviewers"], json!([]));
    assert_eq!(meta["execution_phase"], "post_release");
    assert_eq!(
        world.meta("VR", &format!("{id}-VR-001"))["status"],
        "CLOSED"
    );
    let path = controlled(&world.files(), &format!("{id}.md")).unwrap();
    assert_eq!(
        Path::new(&path).parent().unwrap(),
        Path::new("QMS/CR/CR-091")
    );
}

/// A document of a namespace that only the older registry names is taken, given back and routed (D-20).
///
/// Verifies: REQ-DOC-014, REQ-TASK-001
#[test]
fn a_document_of_a_registered_namespace_goes_on() {
    let Some(world) = corpus() else { return };
    let before = world.files();
    world.story(
        "lead: checkout SDLC-WFE-RS
         lead: checkin SDLC-WFE-RS
         lead: route SDLC-WFE-RS --review --assign qa tu_sim",
    );
    let words = continued(&before, &world, "WFE-RS", "SDLC-WFE-RS");
    assert_eq!(
        words.last().unwrap(),
        "ROUTE_REVIEW 0.1 lead assignees=[\"qa\",\"tu_sim\"] review_type=REVIEW"
    );
    keeps_its_keys(&before, &world, "WFE-RS", "SDLC-WFE-RS");
    let tasks = world.by("tu_sim", "inbox").done();
    assert_eq!(tasks["tasks"][0]["task_id"], "task-SDLC-WFE-RS-review-v0-1");
    assert!(world.exists(".claude/users/tu_sim/inbox/task-SDLC-WFE-RS-review-v0-1.md"));

    // The other of the pair, and a further namespace, follow; the older registry is what is added to.
    assert_eq!(
        world.by("lead", "create WFE-RTM --title Matrix").done()["doc_id"],
        "SDLC-WFE-RTM"
    );
    world.by("lead", "namespace add FLOW").done();
    assert!(!world.exists("qms.config.json"));
    let registry: Value =
        serde_json::from_str(&world.read("QMS/.meta/sdlc_namespaces.json")).unwrap();
    assert_eq!(keys(&registry), ["CQ", "WFE", "FLOW"]);
    assert_eq!(registry["FLOW"]["path"], "SDLC-FLOW");
    assert_eq!(registry["WFE"]["path"], "SDLC-WFE");
}

/// A record whose keys stand in an odd order keeps it, and those nobody knows any more.
///
/// Verifies: REQ-META-003
#[test]
fn odd_records_keep_the_order_of_their_keys() {
    let Some(world) = corpus() else { return };
    let before = world.files();
    world.by("claude", "checkout TEMPLATE-CR").done();
    let meta = world.meta("TEMPLATE", "TEMPLATE-CR");
    assert_eq!(
        keys(&meta),
        [
            "doc_id",
            "doc_type",
            "version",
            "status",
            "executable",
            "responsible_user",
            "checked_out",
            "pending_assignees",
            "effective_date",
            "effective_version",
            "checked_out_date",
            "review_outcomes"
        ]
    );
    assert_eq!(
        (&meta["version"], &meta["effective_date"]),
        (&json!("10.1"), &json!("2026-01-08"))
    );
    assert_eq!(
        continued(&before, &world, "TEMPLATE", "TEMPLATE-CR"),
        ["CHECKOUT 10.1 claude from_version=10.0"]
    );

    // One that names an owner though it is in force is simply taken (A.9), also by another.
    world.by("lead", "checkout TEMPLATE-SOP").done();
    let meta = world.meta("TEMPLATE", "TEMPLATE-SOP");
    keeps_its_keys(&before, &world, "TEMPLATE", "TEMPLATE-SOP");
    assert_eq!(
        (&meta["version"], &meta["responsible_user"]),
        (&json!("1.1"), &json!("lead"))
    );
    assert_eq!(
        (&meta["checked_out"], &meta["checked_out_date"]),
        (&json!(true), &json!("2026-03-14"))
    );
}

/// Whatever can be done to a document next changes the record of that document alone.
#[test]
fn taking_a_document_leaves_the_others_alone() {
    let Some(world) = corpus() else { return };
    let before = world.files();
    let mut taken = 0;
    for known in documents(&world) {
        let answer = world.by("lead", &format!("checkout {}", known.id));
        let status = world.meta(&known.doc_type, &known.id)["status"].clone();
        if answer.status == 0 {
            taken += 1;
            assert!(world.exists(&format!(".claude/users/lead/workspace/{}.md", known.id)));
            assert_eq!(
                continued(&before, &world, &known.doc_type, &known.id).len(),
                1
            );
            keeps_its_keys(&before, &world, &known.doc_type, &known.id);
        } else if status == "CLOSED" {
            let _ = answer.refused("terminal_state");
        } else {
            // Two were taken long ago.
            assert!(
                ["CR-020", "VAR-001"].contains(&known.id.as_str()),
                "{}",
                known.id
            );
            let _ = answer.refused("checked_out");
        }
    }
    assert_eq!(taken, 10);
    assert_eq!(newly_archived(&before, &world), Vec::<String>::new());
}
