//! What a folder of definitions was made from: kept beside it, so that after an upgrade of the program what a
//! project changed can be told from what the program changed.
//!
//! The base is no part of the rules: it is never in force, and no digest counts it.

use std::fs;
use std::path::Path;

use serde::{Deserialize, Serialize};

use super::rulebook::files_of;
use crate::definitions::rulebook::FOLDERS;
use crate::definitions::{Provenance, RuleError, Rulebook, shipped};
use crate::error::Failure;
use crate::model::Code;
use crate::store::layout;

/// The file that says which rules the base holds.
const NOTE: &str = "base.json";

/// What is said of a base.
#[derive(Debug, Serialize, Deserialize)]
struct Note {
    /// The version of the program that shipped it.
    program: String,
    /// The digest of its rules.
    digest: String,
}

/// Keeps the shipped rules as the base of a folder of definitions.
///
/// # Errors
/// `io`.
pub fn write(folder: &Path) -> Result<(), Failure> {
    let base = folder.join(layout::BASE);
    for file in FOLDERS.iter().flat_map(|name| shipped::files(name)) {
        put(&base.join(file.path.as_ref()), &file.text)?;
    }
    let note = Note {
        program: env!("CARGO_PKG_VERSION").to_owned(),
        digest: Rulebook::shipped()?.digest(),
    };
    let text = serde_json::to_string_pretty(&note)
        .map_err(|error| Failure::new(Code::Io, error.to_string()))?;
    put(&base.join(NOTE), &format!("{text}\n"))
}

/// Writes a file, and the folders it lies in.
///
/// # Errors
/// `io`.
pub fn put(path: &Path, text: &str) -> Result<(), Failure> {
    let failed =
        |error: std::io::Error| Failure::new(Code::Io, format!("{}: {error}", path.display()));
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(failed)?;
    }
    fs::write(path, text.as_bytes()).map_err(failed)
}

/// Returns the rules that a folder of definitions was made from; none where that was not noted.
///
/// # Errors
/// `integrity` where it is not what was noted, `definitions_invalid` where it cannot be understood, `io`.
pub fn read(folder: &Path) -> Result<Option<Rulebook>, Failure> {
    let base = folder.join(layout::BASE);
    let path = base.join(NOTE);
    if !path.exists() {
        return Ok(None);
    }
    let damaged =
        |what: String| Failure::new(Code::Integrity, format!("{} {what}", path.display()));
    let text =
        fs::read_to_string(&path).map_err(|error| damaged(format!("is unreadable: {error}")))?;
    let note: Note =
        serde_json::from_str(&text).map_err(|error| damaged(format!("is unreadable: {error}")))?;
    // What an earlier program shipped was sound by its rules; it is only compared here, never obeyed.
    let mut findings = Vec::new();
    let provenance = Provenance::Folder(base.display().to_string());
    let mut files = files_of(&base)?;
    // The program's own order, in which its digest was made.
    files.sort_by_key(|file| FOLDERS.iter().position(|name| file.path.starts_with(name)));
    let rules = Rulebook::read(provenance, files, &mut findings);
    let digest = rules.digest();
    if digest != note.digest {
        let what = format!(
            "notes the rules of version {}, which are not there",
            note.program
        );
        return Err(damaged(what)
            .hint("restore the folder: a base is never edited")
            .fact("digest", digest));
    }
    if findings.is_empty() {
        return Ok(Some(rules));
    }
    let sources = rules.sources;
    Err(RuleError { sources, findings }.into())
}
