//! New documents among the old: the next number, the old templates, the old folders, the old form.

use serde_json::json;

use super::continuation::continued;
use super::{corpus, keys};

/// The keys of a record in the order in which the earlier tool made them.
const FIRST_KEYS: [&str; 11] = [
    "doc_id",
    "doc_type",
    "version",
    "status",
    "executable",
    "execution_phase",
    "responsible_user",
    "checked_out",
    "checked_out_date",
    "effective_version",
    "pending_assignees",
];

/// The next change gets the next number, among files, folders and records, and the form of the others.
///
/// Verifies: REQ-DOC-004, REQ-META-001, REQ-AUDIT-003
#[test]
fn the_next_change_gets_the_next_number() {
    let Some(world) = corpus() else { return };
    let before = world.files();
    let born = world
        .by("claude", "create CR --title \"Another change\"")
        .done();
    assert_eq!(born["doc_id"], "CR-117");
    assert!(world.exists("QMS/CR/CR-117/CR-117-draft.md"));
    assert_eq!(keys(&world.meta("CR", "CR-117")), FIRST_KEYS);
    let created = continued(&before, &world, "CR", "CR-117");
    assert_eq!(created, ["CREATE 0.1 claude"]);
    let line = &world.trail("CR", "CR-117")[0];
    assert_eq!(
        keys(line),
        ["ts", "event", "user", "version", "title", "seal"]
    );
    assert_eq!(line["title"], "Another change");

    // It has the text of the repository's own template, which is now addressed to it.
    let text = world.read("QMS/CR/CR-117/CR-117-draft.md");
    assert!(
        text.starts_with("---\ntitle: Another change\nrevision_summary: Initial draft\n---\n"),
        "{text}"
    );
    assert!(text.contains("# CR-117: Another change"), "{text}");
    assert!(text.contains("TEMPLATE USAGE GUIDE"));
    assert!(!text.contains("TEMPLATE DOCUMENT NOTICE"));
    assert_eq!(text, world.read(".claude/users/claude/workspace/CR-117.md"));

    // A folder without a document, and a record without a text, count as well (D-21).
    std::fs::create_dir_all(world.path("QMS/CR/CR-120")).unwrap();
    let born = world.by("claude", "create CR --title Further").done();
    assert_eq!(born["doc_id"], "CR-121");
    let record = world
        .read("QMS/.meta/CR/CR-116.json")
        .replace("CR-116", "CR-140");
    world.write(
        "QMS/.meta/CR/CR-140.json",
        &record.replace("IN_EXECUTION", "RETIRED"),
    );
    let born = world.by("claude", "create CR --title Further").done();
    assert_eq!(born["doc_id"], "CR-141");

    let born = world
        .by("claude", "create SOP --title \"Another procedure\"")
        .done();
    assert_eq!(born["doc_id"], "SOP-003");
    let born = world
        .by("claude", "create INV --title \"Another deviation\"")
        .done();
    assert_eq!(born["doc_id"], "INV-007");
}

/// Children of an old change lie in its folder, and are numbered from the first.
///
/// Verifies: REQ-DOC-005, REQ-DOC-012
#[test]
fn children_of_an_old_change_lie_in_its_folder() {
    let Some(world) = corpus() else { return };
    let before = world.files();
    for (doc_type, status, version) in [("VAR", "DRAFT", "0.1"), ("VR", "IN_EXECUTION", "1.0")] {
        let line = format!("create {doc_type} --parent CR-116 --title Child");
        let id = format!("CR-116-{doc_type}-001");
        assert_eq!(world.by("claude", &line).done()["doc_id"], json!(id));
        assert!(world.exists(&format!("QMS/CR/CR-116/{id}-draft.md")));
        let meta = world.meta(doc_type, &id);
        assert_eq!(keys(&meta), FIRST_KEYS);
        assert_eq!(
            (&meta["status"], &meta["version"]),
            (&json!(status), &json!(version))
        );
        let created = continued(&before, &world, doc_type, &id);
        assert_eq!(created, [format!("CREATE {version} claude")]);
    }
    let second = world
        .by("lead", "create VAR --parent CR-116 --title Second")
        .done();
    assert_eq!(second["doc_id"], "CR-116-VAR-002");
    let of_deviation = world
        .by("lead", "create VAR --parent INV-006 --title Third")
        .done();
    assert_eq!(of_deviation["doc_id"], "INV-006-VAR-001");
    assert!(world.exists("QMS/INV/INV-006/INV-006-VAR-001-draft.md"));

    // The change itself is as it was.
    for path in ["QMS/.meta/CR/CR-116.json", "QMS/.audit/CR/CR-116.jsonl"] {
        assert_eq!(world.read(path).as_bytes(), before[path], "{path}");
    }
}

/// What is closed gets an addendum, and no more than that.
///
/// Verifies: REQ-DOC-002, REQ-DOC-005
#[test]
fn what_was_closed_gets_an_addendum() {
    let Some(world) = corpus() else { return };
    let born = world
        .by("claude", "create ADD --parent CR-056 --title Afterthought")
        .done();
    assert_eq!(born["doc_id"], "CR-056-ADD-001");
    assert!(world.exists("QMS/CR/CR-056/CR-056-ADD-001-draft.md"));
    let second = world
        .by("claude", "create ADD --parent CR-091 --title Afterthought")
        .done();
    assert_eq!(second["doc_id"], "CR-091-ADD-002");
    let of_variance = world
        .by(
            "claude",
            "create ADD --parent CR-056-VAR-001 --title Afterthought",
        )
        .done();
    assert_eq!(of_variance["doc_id"], "CR-056-VAR-001-ADD-001");
    world.refused(
        "claude",
        "create ADD --parent CR-116 --title No",
        "parent_state",
    );
    world.refused(
        "claude",
        "create VR --parent CR-056 --title No",
        "parent_state",
    );
}
