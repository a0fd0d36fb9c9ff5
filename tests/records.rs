//! Records: what stands in metadata, what in the trail, and what nowhere else.

use std::collections::BTreeSet;

use crate::common::{Files, World, noon};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};

const SOP_LIFE: &str = "claude: create SOP --title Cleaning
    claude: route SOP-008 --review --assign qa rita
    qa: assign SOP-008 --assignees rolf
    rita: review SOP-008 --recommend --comment Fine
    rolf: review SOP-008 --recommend --comment Fine
    qa: review SOP-008 --recommend --comment Fine
    claude: route SOP-008 --approval
    qa: reject SOP-008 --comment Unclear
    claude: route SOP-008 --approval
    claude: withdraw SOP-008
    claude: route SOP-008 --approval
    qa: approve SOP-008
    claude: checkout SOP-008
    claude: checkin SOP-008
    claude: route SOP-008 --review
    qa: review SOP-008 --recommend --comment Retire
    claude: route SOP-008 --retire
    qa: approve SOP-008";

const CR_LIFE: &str = "claude: create CR --title Change
    claude: route CR-001 --review
    qa: review CR-001 --recommend --comment Fine
    claude: route CR-001 --approval
    qa: approve CR-001
    claude: release CR-001
    claude: checkout CR-001
    claude: checkin CR-001
    claude: route CR-001 --review
    qa: review CR-001 --recommend --comment Fine
    claude: revert CR-001 --reason \"A test was left out\"
    claude: route CR-001 --review
    qa: review CR-001 --recommend --comment Fine
    claude: route CR-001 --approval
    qa: approve CR-001
    claude: close CR-001";

/// The lines of a story, each run, with a look at what it left.
fn step_by_step(world: &World, story: &str, mut look: impl FnMut(&str)) {
    for line in story.lines() {
        world.story(line);
        look(line.trim());
    }
}

fn keys(value: &Value) -> Vec<&str> {
    let object = value.as_object().unwrap();
    object.keys().map(String::as_str).collect()
}

/// One document of every type there is, each where its parent lets it be made.
fn one_of_each(world: &World) -> Vec<(&'static str, &'static str)> {
    world.story(
        "lead: namespace add LAB
         claude: create SOP --title A
         claude: create TEMPLATE --name FORM --title A
         claude: create LAB-RS --title A
         claude: create LAB-RTM --title A
         claude: create INV --title A",
    );
    world.story(CR_LIFE);
    world.story(
        "claude: create ADD --parent CR-001 --title A
         claude: create CR --title A
         claude: create TP --parent CR-002 --title A
         claude: create ER --parent CR-002-TP-001 --title A
         claude: create VAR --parent CR-002 --title A
         claude: route CR-002 --review
         qa: review CR-002 --recommend --comment Fine
         claude: route CR-002 --approval
         qa: approve CR-002
         claude: release CR-002
         claude: create VR --parent CR-002 --title A",
    );
    vec![
        ("SOP", "SOP-001"),
        ("SOP", "SOP-008"),
        ("TEMPLATE", "TEMPLATE-FORM"),
        ("LAB-RS", "SDLC-LAB-RS"),
        ("LAB-RTM", "SDLC-LAB-RTM"),
        ("INV", "INV-001"),
        ("CR", "CR-001"),
        ("CR", "CR-002"),
        ("TP", "CR-002-TP-001"),
        ("ER", "CR-002-TP-001-ER-001"),
        ("VAR", "CR-002-VAR-001"),
        ("ADD", "CR-001-ADD-001"),
        ("VR", "CR-002-VR-001"),
    ]
}

// ── Metadata ─────────────────────────────────────────────────────────────

/// The record of a new document: these keys in this order, two spaces, no final newline.
///
/// Verifies: REQ-META-003
#[test]
fn a_new_record_has_these_bytes() {
    let world = World::new();
    world.story(
        "claude: create SOP --title Cleaning
         bob: create CR --title Change",
    );
    let record = |id: &str, kind: &str, executable: bool, phase: &str, owner: &str| {
        format!(
            "{{\n  \"doc_id\": \"{id}\",\n  \"doc_type\": \"{kind}\",\n  \"version\": \"0.1\",\n  \
             \"status\": \"DRAFT\",\n  \"executable\": {executable},\n  \"execution_phase\": {phase},\n  \
             \"responsible_user\": \"{owner}\",\n  \"checked_out\": true,\n  \
             \"checked_out_date\": \"2026-03-14\",\n  \"effective_version\": null,\n  \
             \"pending_assignees\": []\n}}"
        )
    };
    assert_eq!(
        world.read("QMS/.meta/SOP/SOP-008.json"),
        record("SOP-008", "SOP", false, "null", "claude")
    );
    assert_eq!(
        world.read("QMS/.meta/CR/CR-001.json"),
        record("CR-001", "CR", true, "\"pre_release\"", "bob")
    );
}

/// The record of every type of document says what it must, in the right kinds of values.
///
/// Verifies: REQ-META-003
#[test]
fn every_record_has_the_required_fields() {
    let world = World::new();
    for (doc_type, id) in one_of_each(&world) {
        let meta = world.meta(doc_type, id);
        assert_eq!(meta["doc_id"], id);
        assert_eq!(meta["doc_type"], doc_type);
        for key in ["version", "status"] {
            assert!(meta[key].is_string(), "{id}: {key}");
        }
        for key in ["executable", "checked_out"] {
            assert!(meta[key].is_boolean(), "{id}: {key}");
        }
        let owner = &meta["responsible_user"];
        assert!(owner.is_null() || owner.is_string(), "{id}: {owner}");
        assert!(meta.as_object().unwrap().contains_key("responsible_user"));
        assert!(meta["pending_assignees"].is_array(), "{id}");
        assert!(
            meta.get("title").is_none(),
            "{id}: the title is the author's"
        );
    }
}

/// Later keys come after the first eleven, in the order in which they were first written; those asked
/// stand in the order in which they were asked.
///
/// Verifies: REQ-META-003
#[test]
fn later_keys_are_appended_and_then_changed_in_place() {
    let world = World::new();
    world.story(
        "claude: create SOP --title Cleaning
         claude: route SOP-008 --review --assign rolf qa
         qa: assign SOP-008 --assignees rita",
    );
    let meta = world.meta("SOP", "SOP-008");
    assert_eq!(meta["pending_assignees"], json!(["rolf", "qa", "rita"]));
    world.story("rita: review SOP-008 --request-updates --comment Unclear");
    let meta = world.meta("SOP", "SOP-008");
    assert_eq!(keys(&meta).len(), 12);
    assert_eq!(keys(&meta)[11], "review_outcomes");
    assert_eq!(
        meta["review_outcomes"],
        json!({ "rita": "UPDATES_REQUIRED" })
    );
    assert_eq!(meta["pending_assignees"], json!(["rolf", "qa"]));
    assert_eq!(meta["checked_out_date"], Value::Null);
    let text = world.read("QMS/.meta/SOP/SOP-008.json");
    let end = "\"pending_assignees\": [\n    \"rolf\",\n    \"qa\"\n  ],\n  \"review_outcomes\": {\n    \
               \"rita\": \"UPDATES_REQUIRED\"\n  }\n}";
    assert!(text.ends_with(end), "{text}");
}

/// Keys that the tool does not know are kept where they stand, with what they say.
///
/// Verifies: REQ-META-002
#[test]
fn unknown_keys_of_a_record_are_kept_in_place() {
    let world = World::new();
    world.story("claude: create SOP --title Cleaning");
    let path = "QMS/.meta/SOP/SOP-008.json";
    let text = world.read(path).replace(
        "  \"status\"",
        "  \"supersedes\": null,\n  \"weight\": 1.50,\n  \"status\"",
    );
    world.write(path, &text);
    world.story("claude: checkin SOP-008");
    let expected = text
        .replace("\"checked_out\": true", "\"checked_out\": false")
        .replace(
            "\"checked_out_date\": \"2026-03-14\"",
            "\"checked_out_date\": null",
        );
    assert_eq!(world.read(path), expected);
}

/// The phase of a document that is carried out is recorded from its birth, and turns at release; it
/// decides which review it goes to. Other documents have none.
///
/// Verifies: REQ-META-004
#[test]
fn the_phase_is_recorded_and_decides_the_way() {
    let world = World::new();
    world.story("claude: create SOP --title Cleaning");
    assert_eq!(world.meta("SOP", "SOP-008")["execution_phase"], Value::Null);
    step_by_step(&world, CR_LIFE, |line| {
        let meta = world.meta("CR", "CR-001");
        let status = meta["status"].as_str().unwrap();
        let is_before = status == "DRAFT" || status.contains("PRE_");
        let phase = if is_before {
            "pre_release"
        } else {
            "post_release"
        };
        assert_eq!(meta["execution_phase"], phase, "after `{line}`: {status}");
    });
    let stages: Vec<_> = world
        .trail("CR", "CR-001")
        .iter()
        .filter_map(|event| event["review_type"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(stages, ["PRE_REVIEW", "POST_REVIEW", "POST_REVIEW"]);
}

/// A draft of the earlier tool that is already released goes to the review after execution, and a
/// record that does not say its phase is presumed to be in that of its status.
///
/// Verifies: REQ-META-004
#[test]
fn a_record_without_a_phase_is_presumed_to_have_one() {
    let world = World::new();
    world.story(
        "claude: create CR --title Change
         claude: checkin CR-001",
    );
    let path = "QMS/.meta/CR/CR-001.json";
    let text = world.read(path);
    world.write(
        path,
        &text.replace("  \"execution_phase\": \"pre_release\",\n", ""),
    );
    let status = world.by("claude", "status CR-001").done();
    assert_eq!(status["execution_phase"], "pre_release");
    world.write(
        path,
        &text
            .replace("pre_release", "post_release")
            .replace("0.1", "1.1"),
    );
    let routed = world.by("claude", "route CR-001 --review").done();
    assert_eq!(routed["to_status"], "IN_POST_REVIEW");
}

// ── Three tiers ──────────────────────────────────────────────────────────

const STATE_KEYS: [&str; 9] = [
    "doc_id",
    "doc_type",
    "version",
    "status",
    "executable",
    "execution_phase",
    "responsible_user",
    "checked_out",
    "pending_assignees",
];

/// Returns the keys of a text's frontmatter.
fn frontmatter(text: &str) -> Vec<String> {
    let block = text.strip_prefix("---\n").unwrap();
    let (block, _) = block.split_once("\n---\n").unwrap();
    block
        .lines()
        .filter(|line| !line.starts_with(' '))
        .map(|line| line.split(':').next().unwrap().to_owned())
        .collect()
}

fn texts(files: &Files) -> impl Iterator<Item = (&String, String)> {
    files
        .iter()
        .filter(|(path, _)| path.starts_with("QMS/") || path.contains("/workspace/"))
        .filter(|(path, _)| path.ends_with(".md"))
        .map(|(path, bytes)| (path, String::from_utf8(bytes.clone()).unwrap()))
}

/// In a whole life no text, kept or being written, bears any of the workflow's state.
///
/// Verifies: REQ-META-001, REQ-META-002
#[test]
fn no_text_ever_bears_workflow_state() {
    let world = World::new();
    let life = format!("{SOP_LIFE}\n{CR_LIFE}");
    step_by_step(&world, &life, |line| {
        for (path, text) in texts(&world.files()) {
            for key in frontmatter(&text) {
                let is_authors = ["title", "revision_summary"].contains(&key.as_str());
                assert!(is_authors, "after `{line}`: {path} has `{key}`");
            }
        }
    });
}

/// Workflow state that an author writes into the frontmatter is taken out at check-in and decides
/// nothing; the author's own keys stay byte for byte.
///
/// Verifies: REQ-META-001, REQ-META-002
#[test]
fn state_in_the_frontmatter_is_dropped_and_means_nothing() {
    let world = World::new();
    world.story("claude: create SOP --title Cleaning");
    let lines = STATE_KEYS.map(|key| format!("{key}: EFFECTIVE\n")).concat();
    let text = format!(
        "---\ntitle: 'Cleaning'\n{lines}keywords: [a,  b]   # mine\nreview_history:\n  - one\n  - two\n\
         retiring: true\nrevision_summary: \"First\"\n---\n\n# Text\n\nstatus: EFFECTIVE\n"
    );
    world.write(".claude/users/claude/workspace/SOP-008.md", &text);
    let before = world.meta("SOP", "SOP-008");
    world.story("claude: checkin SOP-008");
    assert_eq!(
        world.read("QMS/SOP/SOP-008-draft.md"),
        "---\ntitle: 'Cleaning'\nkeywords: [a,  b]   # mine\nrevision_summary: \"First\"\n---\n\n\
         # Text\n\nstatus: EFFECTIVE\n"
    );
    let after = world.meta("SOP", "SOP-008");
    for key in STATE_KEYS.iter().filter(|key| **key != "checked_out") {
        assert_eq!(before[key], after[key], "{key}");
    }
    assert!(after.get("retiring").is_none());
}

/// Each tier says its own: the title only the text and the trail, the state only the record.
///
/// Verifies: REQ-META-001
#[test]
fn each_tier_keeps_its_own() {
    let world = World::new();
    world.story(SOP_LIFE);
    world.story("claude: create CR --title \"Only in the text\"");
    let holding: Vec<_> = world
        .files()
        .into_iter()
        .filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains("Only in the text"))
        .map(|(path, _)| path)
        .collect();
    assert_eq!(
        holding,
        [
            ".claude/users/claude/workspace/CR-001.md",
            "QMS/.audit/CR/CR-001.jsonl",
            "QMS/CR/CR-001/CR-001-draft.md"
        ]
    );
    for (path, _) in world.files() {
        let is_record = path.starts_with("QMS/.meta/") && !path.ends_with('/');
        let is_trail = path.starts_with("QMS/.audit/") && !path.ends_with('/');
        assert!(!is_record || path.ends_with(".json"), "{path}");
        assert!(!is_trail || path.ends_with(".jsonl"), "{path}");
    }
}

/// A record changes by commands alone: looking changes nothing at all.
///
/// Verifies: REQ-META-002
#[test]
fn looking_changes_no_record() {
    let world = World::new();
    world.story(
        "claude: create SOP --title Cleaning
         claude: route SOP-008 --review",
    );
    let before = world.files();
    for line in [
        "status SOP-008",
        "read SOP-008",
        "history SOP-008",
        "comments SOP-008",
        "inbox",
        "workspace",
        "list",
        "diff SOP-008",
        "explain SOP-008",
        "user --list",
        "namespace list",
    ] {
        world.by("qa", line).done();
        crate::common::assert_same(&before, &world.files());
    }
}

// ── The trail ────────────────────────────────────────────────────────────

/// A line of the trail: these keys in this order, these separators, the seal last, a newline.
///
/// Verifies: REQ-AUDIT-003
#[test]
fn a_line_of_the_trail_has_these_bytes() {
    let world = World::new();
    let title = "Räder: \\\"rund\\\" — 🦀 --- x";
    let words = [
        "--user",
        "bob",
        "create",
        "CR",
        "--title",
        "Räder: \"rund\" — 🦀 --- x",
    ];
    world.words(&words.map(str::to_owned)).done();
    let text = world.read("QMS/.audit/CR/CR-001.jsonl");
    let start = format!(
        "{{\"ts\": \"2026-03-14T12:00:00+00:00\", \"event\": \"CREATE\", \"user\": \"bob\", \
         \"version\": \"0.1\", \"title\": \"{title}\", \"seal\": {{\"prev\": \"{}\", \"content\": \"",
        "0".repeat(64)
    );
    assert!(text.starts_with(&start), "{text}");
    assert!(text.ends_with("\"}}\n"), "{text}");
    assert_eq!(text.lines().count(), 1);
    let seal = &world.trail("CR", "CR-001")[0]["seal"];
    assert_eq!(
        keys(seal),
        ["prev", "content", "meta", "rules", "group", "hash"]
    );
}

/// Every event says when, what, who and at which version, then what it alone has to say.
///
/// Verifies: REQ-AUDIT-003
#[test]
fn every_event_has_its_keys_in_order() {
    let world = World::new();
    world.story(SOP_LIFE);
    world.story(CR_LIFE);
    let further = |event: &str, version: &str| -> Vec<&str> {
        match event {
            "CREATE" => vec!["title"],
            "CHECKOUT" if version == "1.1" => vec!["from_version"],
            "ROUTE_REVIEW" => vec!["assignees", "review_type"],
            "ROUTE_APPROVAL" => vec!["assignees", "approval_type"],
            "ASSIGN" => vec!["assignees"],
            "REVIEW" => vec!["outcome", "comment"],
            "REJECT" => vec!["comment"],
            "EFFECTIVE" | "RETIRE" => vec!["from_version"],
            "REVERT" => vec!["reason"],
            "WITHDRAW" | "STATUS_CHANGE" => vec!["from_status", "to_status"],
            _ => vec![],
        }
    };
    for event in [world.trail("SOP", "SOP-008"), world.trail("CR", "CR-001")].concat() {
        let (name, version) = (
            event["event"].as_str().unwrap(),
            event["version"].as_str().unwrap(),
        );
        let mut expected = vec!["ts", "event", "user", "version"];
        expected.extend(further(name, version));
        expected.push("seal");
        assert_eq!(keys(&event), expected, "{event}");
        let at: DateTime<Utc> = event["ts"].as_str().unwrap().parse().unwrap();
        assert_eq!(at, noon());
        assert!(["claude", "qa", "rita", "rolf"].contains(&event["user"].as_str().unwrap()));
    }
}

/// An event bears the version and the person of its moment: an approval the version before it, what
/// comes into force the new one.
///
/// Verifies: REQ-AUDIT-003
#[test]
fn events_bear_the_version_of_their_moment_and_who_acted() {
    let world = World::new();
    world.story(SOP_LIFE);
    let trail = world.trail("SOP", "SOP-008");
    let of = |name: &str| -> Vec<(String, String)> {
        let events = trail.iter().filter(|event| event["event"] == name);
        let word = |event: &Value, key: &str| event[key].as_str().unwrap().to_owned();
        events
            .map(|event| (word(event, "version"), word(event, "user")))
            .collect()
    };
    let owned = |pairs: &[(&str, &str)]| -> Vec<(String, String)> {
        let pairs = pairs.iter();
        pairs
            .map(|(version, user)| ((*version).to_owned(), (*user).to_owned()))
            .collect()
    };
    assert_eq!(of("APPROVE"), owned(&[("0.1", "qa"), ("1.1", "qa")]));
    assert_eq!(of("EFFECTIVE"), owned(&[("1.0", "qa")]));
    assert_eq!(of("CHECKOUT"), owned(&[("1.1", "claude")]));
    assert_eq!(of("ASSIGN"), owned(&[("0.1", "qa")]));
    assert_eq!(of("RETIRE"), owned(&[("2.0", "qa")]));
    assert_eq!(
        of("REVIEW"),
        owned(&[
            ("0.1", "rita"),
            ("0.1", "rolf"),
            ("0.1", "qa"),
            ("1.1", "qa")
        ])
    );
}

/// Every kind of event that is required is logged by what it is about.
///
/// Verifies: REQ-AUDIT-002
#[test]
fn every_required_event_is_logged() {
    let world = World::new();
    let mut missing = Vec::new();
    for (story, doc_type, id) in [(SOP_LIFE, "SOP", "SOP-008"), (CR_LIFE, "CR", "CR-001")] {
        let mut known = 0;
        step_by_step(&world, story, |line| {
            let trail = world.trail(doc_type, id);
            let logged: BTreeSet<_> = trail[known..]
                .iter()
                .map(|event| event["event"].as_str().unwrap().to_owned())
                .collect();
            known = trail.len();
            let command = line.split_once(": ").unwrap().1;
            let words: Vec<_> = command.split(' ').collect();
            let expected = match (words[0], words.get(2)) {
                ("route", Some(&"--review")) => "ROUTE_REVIEW".to_owned(),
                ("route", _) => "ROUTE_APPROVAL".to_owned(),
                (verb, _) => verb.to_uppercase(),
            };
            if !logged.contains(&expected) {
                missing.push(format!("`{command}` logs {logged:?}"));
            }
        });
    }
    assert_eq!(missing, Vec::<String>::new());
    let all: BTreeSet<_> = [world.events("SOP", "SOP-008"), world.events("CR", "CR-001")]
        .concat()
        .into_iter()
        .map(|line| line.split(' ').next().unwrap().to_owned())
        .collect();
    let required = "CREATE CHECKOUT CHECKIN ROUTE_REVIEW ROUTE_APPROVAL ASSIGN REVIEW APPROVE REJECT \
                    EFFECTIVE RELEASE REVERT CLOSE RETIRE WITHDRAW STATUS_CHANGE";
    for event in required.split_whitespace() {
        assert!(all.contains(event), "{event} was never logged");
    }
}

/// Whatever is done or refused, what stands in a trail stays, byte for byte, and the new comes after.
///
/// Verifies: REQ-AUDIT-001
#[test]
fn trails_only_grow() {
    let world = World::new();
    let trails = || -> Vec<(String, Vec<u8>)> {
        let files = world.files().into_iter();
        files.filter(|(path, _)| path.ends_with(".jsonl")).collect()
    };
    let mut before = trails();
    let life = format!("{SOP_LIFE}\n{CR_LIFE}");
    let mut grown = 0;
    for line in life.lines().map(str::trim) {
        world.story(line);
        // The same again is refused, or changes nothing of what is there.
        let (user, command) = line.split_once(": ").unwrap();
        if !command.starts_with("create") {
            let _ = world.by(user, &format!("{command} --dry-run"));
        }
        let after = trails();
        for (path, bytes) in &before {
            let now = after.iter().find(|(other, _)| other == path);
            let now = &now.unwrap_or_else(|| panic!("{path} is gone")).1;
            assert!(now.starts_with(bytes), "after `{line}`: {path}");
            grown += usize::from(now.len() > bytes.len());
        }
        before = after;
    }
    assert!(grown > 25, "{grown}");
}

/// A trail that the earlier tool wrote is continued: its lines stay as they are.
///
/// Verifies: REQ-AUDIT-001
#[test]
fn a_trail_of_the_earlier_tool_is_continued_not_rewritten() {
    let world = World::new();
    world.story(
        "claude: create SOP --title Cleaning
         claude: checkin SOP-008",
    );
    let old = "{\"ts\":\"2026-01-02T03:04:05.678901\",\"event\":\"CREATE\",\"user\":\"claude\",\"version\":\"0.1\",\"comment\":\"ä\"}\n\
               {\"timestamp\": \"2026-01-02T03:04:05+00:00\", \"action\": \"seed\", \"user\": \"system\"}\n";
    world.write("QMS/.audit/SOP/SOP-008.jsonl", old);
    world.story("claude: checkout SOP-008");
    let text = world.read("QMS/.audit/SOP/SOP-008.jsonl");
    let added = text.strip_prefix(old).expect("the old lines are kept");
    assert_eq!(added.lines().count(), 1);
    assert!(added.contains("\"event\": \"CHECKOUT\""), "{added}");
}

/// What reviewers and approvers write stands in the trail and nowhere else in the project.
///
/// Verifies: REQ-AUDIT-004
#[test]
fn comments_stand_in_the_trail_alone() {
    let world = World::new();
    world.story(
        "claude: create CR --title Change
         claude: route CR-001 --review --assign qa rita
         rita: review CR-001 --request-updates --comment \"remark one\"
         qa: review CR-001 --recommend --comment \"remark two\"
         claude: checkout CR-001
         claude: route CR-001 --review
         qa: review CR-001 --recommend --comment \"remark three\"
         claude: route CR-001 --approval
         qa: reject CR-001 --comment \"remark four\"
         claude: route CR-001 --approval
         qa: approve CR-001",
    );
    for remark in ["remark one", "remark two", "remark three", "remark four"] {
        let holding: Vec<_> = world
            .files()
            .into_iter()
            .filter(|(_, bytes)| String::from_utf8_lossy(bytes).contains(remark))
            .map(|(path, _)| path)
            .collect();
        assert_eq!(holding, ["QMS/.audit/CR/CR-001.jsonl"], "{remark}");
    }
    let comments: Vec<_> = world
        .trail("CR", "CR-001")
        .iter()
        .filter_map(|event| event["comment"].as_str().map(str::to_owned))
        .collect();
    assert_eq!(
        comments,
        ["remark one", "remark two", "remark three", "remark four"]
    );
}

/// A comment of many lines, in any script, is kept as it was given.
///
/// Verifies: REQ-AUDIT-004
#[test]
fn a_comment_is_kept_as_it_was_given() {
    let world = World::new();
    world.story(
        "claude: create SOP --title Cleaning
         claude: route SOP-008 --review",
    );
    let comment = "1. „Räder\" fehlt\n\t2. {{TITLE}} 🦀 \\ end --- ";
    let words = [
        "--user",
        "qa",
        "review",
        "SOP-008",
        "--request-updates",
        "--comment",
        comment,
    ];
    world.words(&words.map(str::to_owned)).done();
    let trail = world.trail("SOP", "SOP-008");
    let review = trail
        .iter()
        .find(|event| event["event"] == "REVIEW")
        .unwrap();
    assert_eq!(review["comment"], comment);
    assert_eq!(
        world.read("QMS/.audit/SOP/SOP-008.jsonl").lines().count(),
        trail.len()
    );
}
