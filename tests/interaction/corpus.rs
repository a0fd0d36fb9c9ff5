//! Templates and records of the earlier tool: all are read, and nothing of them is lost.
//!
//! They lie outside the project, at `QMS_CORPUS` or beside it in `shared/corpus/legacy-project`.

use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use qms::interaction::{Record, Template, compile, goto, progress, question, respond};
use qms::model::frontmatter;
use serde_json::Value;

use super::{METADATA, faults, signature};

fn place() -> Option<PathBuf> {
    let named = std::env::var_os("QMS_CORPUS").map(PathBuf::from);
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/legacy-project");
    let place = named.unwrap_or_else(beside).join("QMS");
    if place.is_dir() {
        return Some(place);
    }
    println!("skipped: no corpus");
    None
}

/// Returns the interactive templates, each with its path.
fn templates(place: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for folder in [".archive/TEMPLATE", "TEMPLATE"] {
        for entry in fs::read_dir(place.join(folder)).unwrap() {
            let path = entry.unwrap().path();
            let text = fs::read_to_string(&path).unwrap();
            if text.contains("@template:") {
                found.push((path.display().to_string(), text));
            }
        }
    }
    found.sort();
    found
}

fn records(place: &Path) -> Vec<(String, String)> {
    let entries = fs::read_dir(place.join(".meta/VR")).unwrap();
    let paths = entries.map(|entry| entry.unwrap().path());
    let sources = paths.filter(|path| path.to_string_lossy().ends_with(".source.json"));
    sources
        .map(|path| {
            (
                path.display().to_string(),
                fs::read_to_string(&path).unwrap(),
            )
        })
        .collect()
}

/// Templates of the earlier tool are sound, whichever way their lines end.
///
/// Verifies: REQ-INT-001, REQ-INT-002
#[test]
fn earlier_templates_are_sound() {
    let Some(place) = place() else { return };
    let templates = templates(&place);
    assert!(templates.len() >= 3);
    for (path, text) in templates {
        for text in [text.replace('\n', "\r\n"), text] {
            let template = Template::check(&text, METADATA)
                .unwrap_or_else(|found| panic!("{path}\n{}", faults(&found)));
            assert_eq!(template.name(), "VR");
            assert!([3, 5].contains(&template.version()), "{path}");
        }
    }
}

/// A record of the earlier tool is read and written as it was, byte for byte.
///
/// Verifies: REQ-INT-006
#[test]
fn earlier_records_keep_every_byte() {
    let Some(place) = place() else { return };
    for (path, text) in records(&place) {
        let record = Record::read(&text).unwrap();
        assert_eq!(record.to_text(), text, "{path}");
    }
}

/// Every answer, author, time and commit of an earlier record is in the document, under whichever
/// template is in force; no tag, guidance or open placeholder is left.
///
/// Verifies: REQ-INT-016
#[test]
fn earlier_records_compile_whole() {
    let Some(place) = place() else { return };
    let mut templates = templates(&place);
    let shipped = include_str!("../../seed/templates/TEMPLATE-VR.md");
    templates.push(("shipped".to_owned(), shipped.to_owned()));
    for (path, text) in records(&place) {
        let record = Record::read(&text).unwrap();
        for (from, template) in &templates {
            let template = Template::read(template).unwrap();
            let compiled = compile(&template, &record);
            assert_eq!(compiled, compile(&template, &record));
            frontmatter::read(&compiled).unwrap();
            for left in [
                "<!-- @",
                "@end-prompt",
                "{{",
                "What did you",
                "Considering all",
            ] {
                let said = text.contains(left);
                assert!(said || !compiled.contains(left), "{path}, {from}: {left}");
            }
            let raw: Value = serde_json::from_str(&text).unwrap();
            for (id, entries) in raw["responses"].as_object().unwrap() {
                // A table takes the active value and no attribution (D-36).
                let in_table = id == "related_eis";
                let entries = entries.as_array().unwrap();
                for entry in entries.iter().rev().take(if in_table { 1 } else { 9 }) {
                    holds_whole(&compiled, entry, in_table);
                }
            }
        }
    }
}

fn holds_whole(compiled: &str, entry: &Value, in_table: bool) {
    for line in entry["value"].as_str().unwrap().lines() {
        let shown = line.replace("<!--", "&lt;!--");
        let is_there = compiled.contains(line) || compiled.contains(&shown);
        assert!(is_there, "{line}\n{compiled}");
    }
    if in_table {
        return;
    }
    let when = entry["timestamp"]
        .as_str()
        .unwrap()
        .replace('T', " ")
        .replace('Z', "");
    let mut said = format!("*-- {}, {when}", entry["author"].as_str().unwrap());
    if let Some(commit) = entry["commit"].as_str() {
        write!(said, " | commit: {commit}").unwrap();
    }
    assert!(compiled.contains(&said), "{said}");
}

/// The compiled step has the layout of the earlier tool's newest records.
///
/// Verifies: REQ-INT-016
#[test]
fn a_step_has_the_layout_of_earlier_records() {
    let Some(place) = place() else { return };
    let text =
        fs::read_to_string(place.join(".meta/VR/CR-091-ADD-001-VR-001.source.json")).unwrap();
    let earlier = fs::read_to_string(place.join("CR/CR-091/CR-091-ADD-001-VR-001.md")).unwrap();
    let shipped = include_str!("../../seed/templates/TEMPLATE-VR.md");
    let template = Template::check(shipped, METADATA).unwrap();
    let compiled = compile(&template, &Record::read(&text).unwrap());
    let steps = |text: &str| {
        let from = text.find("### 4.1 Step 1").unwrap();
        let to = text.find("## 5. Summary").unwrap();
        text[from..to]
            .trim()
            .trim_end_matches('-')
            .trim()
            .replace("&lt;!--", "<!--")
    };
    assert_eq!(steps(&compiled), steps(&earlier));
}

/// A session of the earlier tool goes on where it stood.
///
/// Verifies: REQ-INT-008, REQ-INT-009
#[test]
fn an_earlier_session_goes_on() {
    let Some(place) = place() else { return };
    for (_, text) in records(&place) {
        let mut raw: Value = serde_json::from_str(&text).unwrap();
        raw["cursor"] = "step_outcome".into();
        raw["cursor_context"] = serde_json::json!({"loop": "steps", "iteration": 3});
        raw["responses"]
            .as_object_mut()
            .unwrap()
            .shift_remove("step_outcome.3");
        let record = Record::read(&serde_json::to_string(&raw).unwrap()).unwrap();
        for (_, template) in templates(&place) {
            let template = Template::read(&template).unwrap();
            let asked = question(&template, &record).unwrap().unwrap();
            assert_eq!(asked.id, "step_outcome.3");
            assert!(progress(&template, &record).iter().any(|line| line.current));
            let step = respond(&template, &record, "Pass", None).unwrap();
            let step = step.sign(&signature(0), None);
            let next = goto(&template, &step.record, "step_actual.2", "a typo").unwrap();
            let step = respond(&template, &next, "as before", None).unwrap();
            assert_eq!(step.evidence().unwrap().context, "steps.2");
            let asked = question(&template, &step.sign(&signature(1), None).record).unwrap();
            assert_eq!(asked.unwrap().id, "more_steps.3");
        }
    }
}
