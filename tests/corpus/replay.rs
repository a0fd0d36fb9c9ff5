//! What was done since February 2026, done again: the same lines, the same records, the same files.
//!
//! Each recorded event that somebody asked for becomes that person's command again, in the order of the
//! clock, in a fresh project, with the texts that were given back at the time. What was written by itself
//! (changes of status, what came into force, records that closed with their parent) is not asked for, but
//! compared. The clock itself is not compared, nor the seals, nor two lists that are vestigial.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use chrono::DateTime;
use serde_json::{Map, Value};
use similar::{Algorithm, DiffTag, capture_diff_slices};

use super::{Known, archived, controlled, corpus, documents};
use crate::common::{Files, World};

/// The first day of what is replayed; before it the earlier tool had other habits (A.9).
const SINCE: &str = "2026-02-01";

/// What differs on purpose: the document, the ruling, and every difference it makes.
const EXPECTED: &[(&str, &str, &[&str])] = &[
    (
        "CR-056-VAR-001",
        "A.9, REQ-WF-022: taking it while others judge it is a withdrawal, so there is no answer to give",
        &[
            "refused REVIEW 0.1 qa UPDATES_REQUIRED not_assigned",
            "+ WITHDRAW 0.1 claude DRAFT",
            "- REVIEW 0.1 qa UPDATES_REQUIRED",
            "- STATUS_CHANGE 0.1 qa PRE_REVIEWED",
        ],
    ),
    (
        "CR-091-ADD-001",
        "D-05: work taken up after review is a new version, so one more is archived and all that follows \
         until approval bears it",
        &[
            "- CHECKIN 1.2 claude",
            "- STATUS_CHANGE 1.2 claude IN_POST_REVIEW",
            "- ROUTE_REVIEW 1.2 claude",
            "- REVIEW 1.2 qa RECOMMEND",
            "- STATUS_CHANGE 1.2 qa POST_REVIEWED",
            "- STATUS_CHANGE 1.2 claude IN_POST_APPROVAL",
            "- ROUTE_APPROVAL 1.2 claude",
            "- APPROVE 1.2 qa",
            "+ CHECKIN 1.3 claude",
            "+ STATUS_CHANGE 1.3 claude IN_POST_REVIEW",
            "+ ROUTE_REVIEW 1.3 claude",
            "+ REVIEW 1.3 qa RECOMMEND",
            "+ STATUS_CHANGE 1.3 qa POST_REVIEWED",
            "+ STATUS_CHANGE 1.3 claude IN_POST_APPROVAL",
            "+ ROUTE_APPROVAL 1.3 claude",
            "+ APPROVE 1.3 qa",
            "+ CR-091-ADD-001-v1.3.md",
        ],
    ),
    (
        "CR-091-ADD-001-VAR-001",
        "D-18: a variance of an addendum is not made any more; put there as it was made, it goes on",
        &["refused CREATE 0.1 claude invalid_argument"],
    ),
    (
        "CR-091-ADD-001-VR-001",
        "D.8: the same answers, but what stands around them comes from the template alone",
        &[
            "other text: CR-091-ADD-001-VR-001-v1.0.md",
            "other text: CR-091-ADD-001-VR-001-v1.1.md",
            "other text: CR-091-ADD-001-VR-001.md",
        ],
    ),
    (
        "CR-091-VR-001",
        "G, D-45: it closed with its parent (a day earlier, the same lines), so it cannot be closed by itself; \
         its answers are not left (D.9), so none could be given again",
        &[
            "refused CLOSE 1.0 claude terminal_state",
            "other text: CR-091-VR-001.md",
        ],
    ),
    (
        "CR-096-VR-001",
        "D.8, as above",
        &["other text: CR-096-VR-001.md"],
    ),
    (
        "TEMPLATE-VR",
        "interface 3a: a template that asks nothing is not taken in any more",
        &[
            "other text: TEMPLATE-VR-v0.1.md",
            "other text: TEMPLATE-VR-v1.0.md",
        ],
    ),
];

/// An event of a trail, with what is needed to do it again.
#[derive(Clone, Debug)]
struct Recorded {
    known: Known,
    line: Value,
    /// The version at which a text was given back along with it.
    given_back: Option<String>,
}

/// A replay: the old project, the new one, and what was refused.
struct Replay {
    old: World,
    old_files: Files,
    new: World,
    refused: BTreeMap<String, Vec<String>>,
}

/// What was done since February gives the same again, but for what is ruled otherwise.
///
/// Verifies: REQ-AUDIT-002, REQ-AUDIT-003, REQ-META-001, REQ-DOC-004, REQ-DOC-005
#[test]
fn what_was_done_since_february_gives_the_same_again() {
    let Some(old) = corpus() else { return };
    let all: Vec<_> = documents(&old)
        .into_iter()
        .filter(|known| begun(&old, known).as_str() >= SINCE)
        .collect();
    assert_eq!(all.len(), 14);

    let mut replay = Replay::begin(old);
    for recorded in actions(&replay.old, &all) {
        replay.perform(&recorded);
    }

    let mut found = BTreeMap::new();
    for known in &all {
        let differences = replay.differences(known);
        if !differences.is_empty() {
            found.insert(known.id.clone(), differences);
        }
    }
    let mut expected: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (id, _ruling, differences) in EXPECTED {
        let list = expected.entry((*id).to_owned()).or_default();
        list.extend(differences.iter().map(|line| (*line).to_owned()));
    }
    for known in &all {
        assert_eq!(
            found.get(&known.id),
            expected.get(&known.id),
            "{}: {:#?}",
            known.id,
            found.get(&known.id)
        );
    }
}

/// Returns when a document was begun.
fn begun(world: &World, known: &Known) -> String {
    let trail = world.trail(&known.doc_type, &known.id);
    let first = trail.first().unwrap();
    if first["event"] == "CREATE" {
        word(first, "ts").to_owned()
    } else {
        String::new()
    }
}

fn word<'v>(line: &'v Value, key: &str) -> &'v str {
    line[key].as_str().unwrap_or_default()
}

fn seconds(line: &Value) -> i64 {
    let ts = DateTime::parse_from_rfc3339(word(line, "ts")).unwrap();
    ts.timestamp()
}

/// Returns what was asked for, by whom, in the order of the clock.
fn actions(old: &World, all: &[Known]) -> Vec<Recorded> {
    let mut actions = Vec::new();
    for known in all {
        let trail = old.trail(&known.doc_type, &known.id);
        let mut given_back = None;
        for (index, line) in trail.iter().enumerate() {
            let next = trail.get(index + 1);
            let at_once = |event: &str| {
                next.is_some_and(|next| next["event"] == event && next["ts"] == line["ts"])
            };
            match word(line, "event") {
                // What follows by itself.
                "STATUS_CHANGE" | "EFFECTIVE" => continue,
                // Given back by routing it; its text goes with the route.
                "CHECKIN" if at_once("STATUS_CHANGE") => {
                    given_back = Some(word(line, "version").to_owned());
                    continue;
                }
                "CHECKIN" => given_back = Some(word(line, "version").to_owned()),
                // Withdrawn by taking it.
                "WITHDRAW" if at_once("CHECKOUT") => continue,
                "CLOSE" if closed_with_parent(old, all, known, line) => continue,
                _ => {}
            }
            actions.push(Recorded {
                known: known.clone(),
                line: line.clone(),
                given_back: given_back.take(),
            });
        }
    }
    actions.sort_by_key(|recorded| seconds(&recorded.line));
    actions
}

/// Tells whether a document's parent was closed by the same hand in the same moment.
fn closed_with_parent(old: &World, all: &[Known], known: &Known, line: &Value) -> bool {
    let Some((parent, _)) = known.id.rsplit_once("-VR-") else {
        return false;
    };
    let parent = all.iter().find(|other| other.id == parent).unwrap();
    old.trail(&parent.doc_type, &parent.id).iter().any(|other| {
        other["event"] == "CLOSE"
            && other["user"] == line["user"]
            && (0..=1).contains(&(seconds(other) - seconds(line)))
    })
}

/// The template that verification records are asked from.
const ASKING: &str = "TEMPLATE-VR";
const ASKING_TEXT: &str = "QMS/TEMPLATE/TEMPLATE-VR.md";

impl Replay {
    /// A fresh project with the people and the namespaces of the old one.
    fn begin(old: World) -> Self {
        let new = World::empty();
        new.qms("init").done();
        for (path, bytes) in old.files() {
            if path.starts_with(".claude/agents/") && path.ends_with(".md") {
                fs::write(new.path(&path), bytes).unwrap();
            }
        }
        for namespace in ["CQ", "WFE"] {
            new.by("lead", &format!("namespace add {namespace}")).done();
        }
        // This one was made, not planted.
        for path in [
            "QMS/TEMPLATE/TEMPLATE-VR.md",
            "QMS/.meta/TEMPLATE/TEMPLATE-VR.json",
            "QMS/.audit/TEMPLATE/TEMPLATE-VR.jsonl",
        ] {
            fs::remove_file(new.path(path)).unwrap();
        }
        Self {
            old_files: old.files(),
            old,
            new,
            refused: BTreeMap::new(),
        }
    }

    /// Does again what is recorded.
    fn perform(&mut self, recorded: &Recorded) {
        let line = &recorded.line;
        let event = word(line, "event");
        if event == "CREATE" {
            self.make_room(&recorded.known);
        }
        if let Some(version) = &recorded.given_back {
            self.write_copy(&recorded.known, word(line, "user"), version);
        }
        let mut words = vec!["--user".to_owned(), word(line, "user").to_owned()];
        words.extend(command(&recorded.known, line));
        let answer = if recorded.known.id == ASKING {
            self.new.words(&words)
        } else {
            self.with_questions(|new| new.words(&words))
        };
        if answer.status == 0 {
            if event == "CREATE" {
                assert_eq!(answer.done()["doc_id"], recorded.known.id);
            }
            return;
        }
        let code = answer.json["error"]["code"].as_str().unwrap_or_default();
        let refusal = format!("refused {} {code}", shown(line));
        let refusals = self.refused.entry(recorded.known.id.clone());
        refusals.or_default().push(refusal);
        if event == "CREATE" {
            self.plant(&recorded.known, line);
        }
    }

    /// Writes what was given back: a text, or the answers it was made of.
    fn write_copy(&self, known: &Known, user: &str, version: &str) {
        let id = &known.id;
        let copy = format!(".claude/users/{user}/workspace/{id}");
        let session = format!("{copy}.interact");
        if self.new.exists(&session) {
            let source = format!("QMS/.meta/{}/{id}.source.json", known.doc_type);
            if self.old.exists(&source) {
                self.new.write(&session, &self.old.read(&source));
            }
            return;
        }
        let copy = format!("{copy}.md");
        if !self.new.exists(&copy) {
            return;
        }
        let mut text = self.text_of(id, version);
        if id == ASKING && !text.contains("@template:") {
            // Its first versions asked nothing; now that it is asked from, no such text is taken in.
            text = self.old.read(ASKING_TEXT);
        }
        self.new.write(&copy, &text);
    }

    /// Lets the project ask as the earlier tool did: from a template beside the program, whichever was in
    /// force (D.8).
    fn with_questions<T>(&self, perform: impl FnOnce(&World) -> T) -> T {
        if !self.new.exists(ASKING_TEXT) {
            self.new.write(ASKING_TEXT, &self.old.read(ASKING_TEXT));
            let done = perform(&self.new);
            fs::remove_file(self.new.path(ASKING_TEXT)).unwrap();
            return done;
        }
        let in_force = self.new.read(ASKING_TEXT);
        self.new.write(ASKING_TEXT, &self.old.read(ASKING_TEXT));
        let done = perform(&self.new);
        self.new.write(ASKING_TEXT, &in_force);
        done
    }

    /// Makes the next number of a numbered document the one it had.
    fn make_room(&self, known: &Known) {
        if let Some(number) = known.id.strip_prefix("CR-")
            && let Ok(number) = number.parse::<u32>()
        {
            let folder = format!("QMS/CR/CR-{:03}", number - 1);
            fs::create_dir_all(self.new.path(&folder)).unwrap();
        }
    }

    /// Returns the text a document had at a version.
    fn text_of(&self, id: &str, version: &str) -> String {
        let kept = archived(&self.old_files, id);
        let kept = kept.into_iter().find(|(known, _)| known == version);
        let path = kept.map(|(_, path)| path);
        let path = path.or_else(|| controlled(&self.old_files, &format!("{id}-draft.md")));
        let path = path.or_else(|| controlled(&self.old_files, &format!("{id}.md")));
        self.old.read(&path.unwrap())
    }

    /// Puts a document there that can no longer be made, as the earlier tool made it.
    fn plant(&self, known: &Known, line: &Value) {
        let owner = word(line, "user");
        let mut meta = self.old.meta(&known.doc_type, &known.id);
        let object = meta.as_object_mut().unwrap();
        for key in [
            "review_outcomes",
            "pending_reviewers",
            "completed_reviewers",
        ] {
            object.shift_remove(key);
        }
        object.insert("version".to_owned(), "0.1".into());
        object.insert("status".to_owned(), "DRAFT".into());
        object.insert("checked_out".to_owned(), true.into());
        object.insert("checked_out_date".to_owned(), word(line, "ts")[..10].into());
        let text = self.text_of(&known.id, "0.1");
        let draft = controlled(&self.old_files, &format!("{}-draft.md", known.id)).unwrap();
        let trail = self.old.read(&known.trail_path());
        let first = trail.lines().next().unwrap();
        self.new.write(
            &known.meta_path(),
            &serde_json::to_string_pretty(&meta).unwrap(),
        );
        self.new.write(&known.trail_path(), &format!("{first}\n"));
        self.new.write(&draft, &text);
        self.new.write(
            &format!(".claude/users/{owner}/workspace/{}.md", known.id),
            &text,
        );
    }

    /// Returns everything in which a document came out differently.
    fn differences(&self, known: &Known) -> Vec<String> {
        let mut differences = self.refused.get(&known.id).cloned().unwrap_or_default();
        differences.extend(self.different_lines(known));
        differences.extend(self.different_facts(known));
        differences.extend(self.different_files(known));
        differences
    }

    fn different_lines(&self, known: &Known) -> Vec<String> {
        let lines = |world: &World| -> Vec<Value> {
            let mut trail = world.trail(&known.doc_type, &known.id);
            for line in &mut trail {
                let object = line.as_object_mut().unwrap();
                object.shift_remove("ts");
                object.shift_remove("seal");
            }
            trail
        };
        let (old, new) = (lines(&self.old), lines(&self.new));
        // As text, so that the order of the keys counts.
        let text =
            |lines: &[Value]| -> Vec<String> { lines.iter().map(Value::to_string).collect() };
        let mut differences = Vec::new();
        for part in capture_diff_slices(Algorithm::Myers, &text(&old), &text(&new)) {
            if part.tag() != DiffTag::Equal {
                let gone = &old[part.old_range()];
                differences.extend(gone.iter().map(|line| format!("- {}", shown(line))));
                let come = &new[part.new_range()];
                differences.extend(come.iter().map(|line| format!("+ {}", shown(line))));
            }
        }
        differences
    }

    fn different_facts(&self, known: &Known) -> Vec<String> {
        let facts = |world: &World| -> Map<String, Value> {
            let mut meta = world.meta(&known.doc_type, &known.id);
            let object = meta.as_object_mut().unwrap();
            for key in ["pending_reviewers", "completed_reviewers", "supersedes"] {
                object.shift_remove(key);
            }
            object.clone()
        };
        let (old, new) = (facts(&self.old), facts(&self.new));
        let mut differences = Vec::new();
        for key in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            if old.get(key) != new.get(key) {
                differences.push(format!("{key}: {:?} is {:?}", old.get(key), new.get(key)));
            }
        }
        if differences.is_empty() && !old.keys().eq(new.keys()) {
            differences.push(format!("keys: {:?} are {:?}", old.keys(), new.keys()));
        }
        differences
    }

    /// Texts and archive: the same files in the same places, with the same bytes.
    fn different_files(&self, known: &Known) -> Vec<String> {
        let files = |world: &World| -> BTreeMap<String, Vec<u8>> {
            let of_document = |path: &str| {
                let name = path.rsplit('/').next().unwrap_or_default();
                let rest = name.strip_prefix(&known.id).unwrap_or_default();
                let is_version = rest
                    .strip_prefix("-v")
                    .is_some_and(|rest| rest.starts_with(|letter: char| letter.is_ascii_digit()));
                path.ends_with(".md") && (rest == ".md" || rest == "-draft.md" || is_version)
            };
            let files = world.files().into_iter();
            files
                .filter(|(path, _)| path.starts_with("QMS/") && of_document(path))
                .collect()
        };
        let (old, new) = (files(&self.old), files(&self.new));
        let mut differences = Vec::new();
        for path in old.keys().chain(new.keys()).collect::<BTreeSet<_>>() {
            let name = path.rsplit('/').next().unwrap_or_default();
            match (old.get(path), new.get(path)) {
                (Some(_), None) => differences.push(format!("- {name}")),
                (None, Some(_)) => differences.push(format!("+ {name}")),
                (old, new) if old != new => differences.push(format!("other text: {name}")),
                _ => {}
            }
        }
        differences
    }
}

/// Returns the command that somebody gave.
fn command(known: &Known, line: &Value) -> Vec<String> {
    let id = known.id.as_str();
    let text = |key: &str| format!("--{key}={}", word(line, key));
    let mut words: Vec<String> = match word(line, "event") {
        "CREATE" => {
            let mut words = vec!["create".to_owned(), known.doc_type.clone(), text("title")];
            if let Some(name) = id.strip_prefix("TEMPLATE-") {
                words.push(format!("--name={name}"));
            } else if let Some((parent, _)) = id.rsplit_once(&format!("-{}-", known.doc_type)) {
                words.push(format!("--parent={parent}"));
            }
            return words;
        }
        "CHECKOUT" => vec!["checkout".into()],
        "CHECKIN" => vec!["checkin".into()],
        "ROUTE_REVIEW" => vec!["route".into(), "--review".into()],
        "ROUTE_APPROVAL" => vec!["route".into(), "--approval".into()],
        "REVIEW" => {
            let answer = match word(line, "outcome") {
                "RECOMMEND" => "--recommend",
                _ => "--request-updates",
            };
            vec!["review".into(), answer.into(), text("comment")]
        }
        "APPROVE" => vec!["approve".into()],
        "REJECT" => vec!["reject".into(), text("comment")],
        "WITHDRAW" => vec!["withdraw".into()],
        "RELEASE" => vec!["release".into()],
        "REVERT" => vec!["revert".into(), text("reason")],
        "CLOSE" => vec!["close".into()],
        event => panic!("{id}: nobody knows how {event} is asked for"),
    };
    words.insert(1, id.to_owned());
    if word(line, "event").starts_with("ROUTE") && line["assignees"] != serde_json::json!(["qa"]) {
        let people = line["assignees"].as_array().unwrap().iter();
        words.push("--assign".into());
        words.extend(people.map(|name| name.as_str().unwrap().to_owned()));
    }
    words
}

/// Returns a line in few words: what happened, the version, by whom, and where it led.
fn shown(line: &Value) -> String {
    let mut shown = format!(
        "{} {} {}",
        word(line, "event"),
        word(line, "version"),
        word(line, "user")
    );
    for key in ["outcome", "to_status"] {
        if let Some(value) = line[key].as_str() {
            shown.push(' ');
            shown.push_str(value);
        }
    }
    shown
}
