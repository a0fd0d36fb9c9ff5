//! Judges the records of a project by what stands in its files, without asking the program.

#![expect(unreachable_pub, reason = "several test files use it")]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use qms::model::digest::sha256;
use serde_json::Value;

/// What was found in a project.
#[derive(Debug, Default)]
pub struct Found {
    pub documents: BTreeSet<String>,
    pub events: usize,
    pub faults: Vec<String>,
}

/// Reads every record of a project and says what is wrong with them.
pub fn judge(root: &Path) -> Found {
    let mut found = Found::default();
    let mut archived = BTreeMap::new();
    for path in below(&root.join("QMS/.audit")) {
        let shown = path.display().to_string();
        match trail(&path) {
            Ok(lines) => {
                found.events += lines.len();
                if path
                    .parent()
                    .is_some_and(|folder| folder.ends_with(".audit"))
                {
                    // A ledger is about many documents.
                    continue;
                }
                for fault in judge_document(root, &path, &lines, &mut archived) {
                    found.faults.push(format!("{shown}: {fault}"));
                }
                let stem = path.file_stem().unwrap().to_string_lossy().into_owned();
                found.documents.insert(stem);
            }
            Err(fault) => found.faults.push(format!("{shown}: {fault}")),
        }
    }
    for path in below(&root.join("QMS/.archive")) {
        let digest = sha256(&fs::read(&path).unwrap());
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        if archived.remove(&name) != Some(digest) {
            found.faults.push(format!("{name}: not as its trail says"));
        }
    }
    for name in archived.keys() {
        found
            .faults
            .push(format!("{name}: archived, but not there"));
    }
    for path in below(root) {
        let shown = path.display().to_string();
        if shown.contains("/.qms-") || shown.contains("/.journal") {
            found.faults.push(format!("{}: left over", path.display()));
        }
    }
    found
}

/// Reads a trail and checks that each line is sealed to the one before.
pub fn trail(path: &Path) -> Result<Vec<Value>, String> {
    let text = fs::read_to_string(path).map_err(|error| error.to_string())?;
    if !text.ends_with('\n') {
        return Err("its last line is not finished".to_owned());
    }
    let mut lines = Vec::new();
    let mut previous = "0".repeat(64);
    for (index, line) in text.lines().enumerate() {
        let value: Value = serde_json::from_str(line).map_err(|error| error.to_string())?;
        let seal = &value["seal"];
        if seal["prev"] != *previous {
            return Err(format!("line {} does not follow the one before", index + 1));
        }
        let (body, _) = line.rsplit_once(", \"hash\"").ok_or("no hash")?;
        if seal["hash"] != *sha256(body.as_bytes()) {
            return Err(format!("line {} has another hash", index + 1));
        }
        previous = sha256(line.as_bytes());
        lines.push(value);
    }
    Ok(lines)
}

fn judge_document(
    root: &Path,
    path: &Path,
    lines: &[Value],
    archived: &mut BTreeMap<String, String>,
) -> Vec<String> {
    let mut faults = Vec::new();
    let id = path.file_stem().unwrap().to_string_lossy().into_owned();
    let folder = path.parent().unwrap().file_name().unwrap();
    for line in lines {
        let kept = line["seal"]["archived"].as_object().into_iter().flatten();
        for (version, digest) in kept {
            let name = format!("{id}-v{version}.md");
            let digest = digest.as_str().unwrap().to_owned();
            if archived.insert(name.clone(), digest).is_some() {
                faults.push(format!("{name} was archived twice"));
            }
        }
    }
    if lines
        .iter()
        .filter(|line| line["event"] == "CREATE")
        .count()
        != 1
    {
        faults.push("it was not created once".to_owned());
    }

    let last = lines.last().unwrap();
    let meta_path = root
        .join("QMS/.meta")
        .join(folder)
        .join(format!("{id}.json"));
    let Ok(bytes) = fs::read(&meta_path) else {
        if last["event"] != "CANCEL" {
            faults.push("it has no metadata".to_owned());
        }
        return faults;
    };
    let Ok(meta) = serde_json::from_slice::<Value>(&bytes) else {
        faults.push("its metadata do not parse".to_owned());
        return faults;
    };
    if last["seal"]["meta"] != *sha256(&bytes) {
        faults.push("its metadata are not those of its last line".to_owned());
    }
    faults.extend(agreement(&meta, lines));
    faults.extend(people(root, &id, &meta));
    let text = text_of(root, &id);
    if text.map(|text| sha256(&text)) != last["seal"]["content"].as_str().map(str::to_owned) {
        faults.push("its text is not that of its last line".to_owned());
    }
    faults
}

/// Says where status and version differ between metadata and trail.
pub fn agreement(meta: &Value, lines: &[Value]) -> Vec<String> {
    let mut faults = Vec::new();
    let moved = lines.iter().rposition(|line| line["to_status"].is_string());
    if let Some(moved) = moved {
        // Taking up what is in force begins a draft, and its line says no more than that.
        let is_taken_up = lines[moved..]
            .iter()
            .any(|line| line["event"] == "CHECKOUT");
        let status = &lines[moved]["to_status"];
        if *status != meta["status"] && !(is_taken_up && meta["status"] == "DRAFT") {
            faults.push(format!("{status} but {}", meta["status"]));
        }
    }
    let last = lines.last().unwrap();
    // A version that was taken begins with its check-in, and its check-out bears the one before.
    if last["event"] != "CHECKOUT" && last["version"] != meta["version"] {
        faults.push(format!("{} but {}", last["version"], meta["version"]));
    }
    faults
}

fn people(root: &Path, id: &str, meta: &Value) -> Vec<String> {
    let mut faults = Vec::new();
    let users = root.join(".claude/users");
    let has_copy: Vec<_> = below(&users)
        .into_iter()
        .filter(|path| path.ends_with(format!("workspace/{id}.md")))
        .collect();
    let taken = meta["checked_out"] == true;
    if has_copy.len() != usize::from(taken) {
        faults.push(format!("checked out: {taken}, copies: {has_copy:?}"));
    }
    let asked: BTreeSet<String> = meta["pending_assignees"]
        .as_array()
        .into_iter()
        .flatten()
        .map(|name| name.as_str().unwrap().to_owned())
        .collect();
    let tasked: BTreeSet<String> = below(&users)
        .into_iter()
        .filter(|path| path.parent().unwrap().ends_with("inbox"))
        .filter(|path| {
            let text = fs::read_to_string(path).unwrap();
            text.lines().any(|line| line == format!("doc_id: {id}"))
        })
        .map(|path| {
            let user = path.parent().unwrap().parent().unwrap();
            user.file_name().unwrap().to_string_lossy().into_owned()
        })
        .collect();
    if asked != tasked {
        faults.push(format!("asked {asked:?}, tasks for {tasked:?}"));
    }
    faults
}

fn text_of(root: &Path, id: &str) -> Option<Vec<u8>> {
    let qms = root.join("QMS");
    let files = below(&qms);
    let named = |name: String| {
        files.iter().find(|path| {
            let inner = path.strip_prefix(&qms).unwrap();
            path.ends_with(&name) && !inner.display().to_string().starts_with('.')
        })
    };
    let path = named(format!("{id}-draft.md")).or_else(|| named(format!("{id}.md")))?;
    fs::read(path).ok()
}

/// Returns every file below a folder.
pub fn below(folder: &Path) -> Vec<PathBuf> {
    let mut files = Vec::new();
    let Ok(entries) = fs::read_dir(folder) else {
        return files;
    };
    for entry in entries.flatten() {
        let path = entry.path();
        if entry.file_type().is_ok_and(|kind| kind.is_dir()) {
            files.extend(below(&path));
        } else {
            files.push(path);
        }
    }
    files.sort();
    files
}
