//! Looking at the repository: everything answers, nothing changes.

use qms::definitions::Rulebook;
use qms::model::document::Presumed;
use qms::model::{DocId, Document, Status, TypeWord};
use qms::store::{TreePath, json};
use serde_json::Value;

use super::{archived, controlled, corpus, documents};
use crate::common::{World, assert_same};

/// Runs a command as `lead` that must succeed and say nothing on the side.
#[track_caller]
fn quiet(world: &World, line: &str) -> Value {
    let answer = world.by("lead", line);
    assert_eq!(answer.err, "", "`{line}` complains");
    let warnings = answer.json["warnings"].as_array();
    assert!(warnings.is_none_or(Vec::is_empty), "{}", answer.json);
    answer.done()
}

/// Reads a text that must be the bytes of a file.
#[track_caller]
fn reads_as(world: &World, line: &str, path: &str) {
    let data = quiet(world, line);
    assert_eq!(data["content"], world.read(path), "`{line}` is not {path}");
}

/// Every document answers, whatever its age, and each text is given as it lies there.
///
/// Verifies: REQ-QRY-001, REQ-QRY-002, REQ-QRY-003, REQ-QRY-004
#[test]
fn every_document_answers_without_a_warning() {
    let Some(world) = corpus() else { return };
    let before = world.files();
    let all = documents(&world);
    assert_eq!(all.len(), 20);
    for known in &all {
        let id = &known.id;
        let meta = world.meta(&known.doc_type, id);

        let status = quiet(&world, &format!("status {id}"));
        for key in [
            "doc_id",
            "doc_type",
            "version",
            "status",
            "responsible_user",
        ] {
            assert_eq!(status[key], meta[key], "{id}: {key}");
        }
        assert_eq!(status["checked_out"], meta["checked_out"], "{id}");

        let history = quiet(&world, &format!("history {id}"));
        let trail = world.trail(&known.doc_type, id);
        assert_eq!(history["events"], Value::Array(trail.clone()), "{id}");

        let comments = quiet(&world, &format!("comments {id}"));
        let judged = trail.iter().filter(|line| {
            let judges = line["event"] == "REVIEW" || line["event"] == "REJECT";
            judges
                && line["comment"]
                    .as_str()
                    .is_some_and(|text| !text.is_empty())
        });
        assert_eq!(
            comments["comments"],
            judged.cloned().collect::<Value>(),
            "{id}"
        );

        for line in ["status", "history", "comments", "read", "explain", "diff"] {
            let text = world.text("lead", &format!("{line} {id}"));
            assert!(!text.contains('\u{fffd}'), "{line} {id}");
        }
    }
    assert_same(&before, &world.files());
}

/// The text in force, the draft and every version of a document are its files, byte for byte.
///
/// Verifies: REQ-QRY-001
#[test]
fn every_text_is_read_as_it_lies_there() {
    let Some(world) = corpus() else { return };
    let before = world.files();
    let mut versions = 0;
    for known in documents(&world) {
        let id = &known.id;
        let issued = controlled(&before, &format!("{id}.md"));
        let draft = controlled(&before, &format!("{id}-draft.md"));
        let shown = issued.as_ref().or(draft.as_ref()).unwrap();

        // What was made of answers, and no seal vouches for, is read from them (INT-019, R-31).
        let is_answered = world.exists(&format!("QMS/.meta/{}/{id}.source.json", known.doc_type));
        if !is_answered {
            reads_as(&world, &format!("read {id}"), shown);
        }
        match &draft {
            Some(draft) => reads_as(&world, &format!("read {id} --draft"), draft),
            None => drop(world.refused("lead", &format!("read {id} --draft"), "not_found")),
        }
        let current = world.meta(&known.doc_type, id)["version"].clone();
        let current = current.as_str().unwrap();
        reads_as(&world, &format!("read {id} --version {current}"), shown);
        for (version, path) in archived(&before, id) {
            reads_as(&world, &format!("read {id} --version {version}"), &path);
            versions += 1;
        }
        drop(world.refused("lead", &format!("read {id} --version 99.9"), "not_found"));
    }
    assert!(versions > 90, "only {versions} archived versions were read");
    assert_same(&before, &world.files());
}

/// What is asked of the whole project is answered too.
///
/// Verifies: REQ-QRY-005, REQ-QRY-006
#[test]
fn what_is_asked_of_the_whole_project_is_answered() {
    let Some(world) = corpus() else { return };
    let before = world.files();

    let listed = quiet(&world, "list");
    let listed = listed["documents"].as_array().unwrap().iter();
    let mut ids: Vec<_> = listed
        .map(|entry| entry["doc_id"].as_str().unwrap())
        .collect();
    ids.sort_unstable();
    let all: Vec<_> = documents(&world)
        .into_iter()
        .map(|known| known.id)
        .collect();
    assert_eq!(ids, all);
    assert_eq!(
        quiet(&world, "list --type VAR")["documents"]
            .as_array()
            .unwrap()
            .len(),
        3
    );
    assert_eq!(quiet(&world, "inbox")["tasks"], Value::Array(Vec::new()));
    assert_eq!(
        quiet(&world, "workspace")["documents"][0]["doc_id"],
        "CR-020"
    );

    // Two are told by the older registry; none is built in (D-20).
    let namespaces = quiet(&world, "namespace list");
    let names: Vec<_> = namespaces["namespaces"]
        .as_array()
        .unwrap()
        .iter()
        .collect();
    let names: Vec<_> = names.iter().map(|entry| &entry["name"]).collect();
    assert_eq!(names, ["CQ", "WFE"]);

    let users = quiet(&world, "user list");
    let names: Vec<_> = users["users"].as_array().unwrap().iter().collect();
    let names: Vec<_> = names
        .iter()
        .map(|user| {
            format!(
                "{}: {}",
                user["name"].as_str().unwrap(),
                user["group"].as_str().unwrap()
            )
        })
        .collect();
    assert_eq!(
        names,
        [
            "claude: administrator",
            "lead: administrator",
            "bu: reviewer",
            "qa: quality",
            "tu_scene: reviewer",
            "tu_sim: reviewer",
            "tu_sketch: reviewer",
            "tu_ui: reviewer"
        ]
    );
    for known in documents(&world) {
        quiet(&world, &format!("explain {}", known.id));
        quiet(&world, &format!("diff {}", known.id));
    }
    assert_same(&before, &world.files());
}

/// A document whose text lost its title has the one it was begun with (D-34).
#[test]
fn a_title_that_was_lost_is_found_in_the_trail() {
    let Some(world) = corpus() else { return };
    assert_eq!(
        quiet(&world, "status CR-091-ADD-001-VR-001")["title"],
        "Interaction System End-to-End Verification"
    );
    // An empty frontmatter, or none of today's form, is no hindrance either.
    for known in documents(&world) {
        if known.doc_type != "TEMPLATE" {
            let title = quiet(&world, &format!("status {}", known.id))["title"].clone();
            assert_ne!(title, "", "{}", known.id);
        }
    }
}

/// Every record, and every line of every trail, is written as it was read.
///
/// Verifies: REQ-META-001, REQ-META-003, REQ-AUDIT-003
#[test]
fn records_and_trails_round_trip_byte_for_byte() {
    let Some(world) = corpus() else { return };
    let rules = Rulebook::shipped().unwrap();
    for known in documents(&world) {
        let path = TreePath::new(&known.meta_path()).unwrap();
        let bytes = world.read(path.as_str());
        let raw = json::object(&path, bytes.as_bytes()).unwrap();
        let presumed = Presumed {
            id: DocId::new(known.id.clone()),
            doc_type: TypeWord::new(known.doc_type.clone()),
            status: Status::new("DRAFT"),
            version: "0.1".parse().unwrap(),
        };
        let document = Document::from_object(raw, presumed, rules.marks()).unwrap();
        let written = String::from_utf8(json::record(&document.to_object())).unwrap();
        assert_eq!(written, bytes, "{path}");
    }
    for (path, bytes) in world.files() {
        let shown = TreePath::new(path.trim_end_matches('/')).unwrap();
        if path.starts_with("QMS/.meta/") && path.ends_with(".json") {
            let object = json::object(&shown, &bytes).unwrap();
            assert!(json::record(&object) == bytes, "{path}");
        }
        if path.starts_with("QMS/.audit/") && path.ends_with(".jsonl") {
            for line in String::from_utf8(bytes).unwrap().lines() {
                let object = json::object(&shown, line.as_bytes()).unwrap();
                assert_eq!(json::line(&object), line, "{path}");
            }
        }
    }
}
