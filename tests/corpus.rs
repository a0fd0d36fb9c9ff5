//! A real repository of the earlier tool, read and continued.
//!
//! It lies outside the project, at `QMS_CORPUS` or beside it in `shared/corpus/legacy-project`. It is
//! never changed: each test works on a copy in a scratch folder. Where it is not there, nothing is tested.

#![expect(
    clippy::case_sensitive_file_extension_comparisons,
    reason = "the files of the repository have the extensions they have"
)]

mod birth;
mod continuation;
mod older;
mod reading;
mod replay;

use std::env;
use std::path::{Path, PathBuf};

use crate::common::{Files, World};
use serde_json::Value;

/// A document of the repository: its type, as the folder of its record says it, and its id.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Known {
    doc_type: String,
    id: String,
}

/// Returns where the repository lies, where it does.
fn place() -> Option<PathBuf> {
    let named = env::var_os("QMS_CORPUS").map(PathBuf::from);
    let beside = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus/legacy-project");
    let place = named.unwrap_or_else(beside);
    if place.join("QMS").is_dir() {
        return Some(place);
    }
    println!("skipped: no corpus");
    None
}

/// Returns a copy of the repository, where it is there.
fn corpus() -> Option<World> {
    place().map(|place| World::copy_of(&place))
}

/// Returns every document that has a record, by id.
fn documents(world: &World) -> Vec<Known> {
    let files = world.files();
    let mut known: Vec<_> = files
        .keys()
        .filter_map(|path| {
            let (doc_type, name) = path.strip_prefix("QMS/.meta/")?.split_once('/')?;
            let id = name.strip_suffix(".json")?;
            (!id.ends_with(".source")).then(|| Known {
                doc_type: doc_type.to_owned(),
                id: id.to_owned(),
            })
        })
        .collect();
    known.sort_by(|one, other| one.id.cmp(&other.id));
    known
}

impl Known {
    fn meta_path(&self) -> String {
        format!("QMS/.meta/{}/{}.json", self.doc_type, self.id)
    }

    fn trail_path(&self) -> String {
        format!("QMS/.audit/{}/{}.jsonl", self.doc_type, self.id)
    }
}

/// Returns the keys of an object, in order.
fn keys(object: &Value) -> Vec<&str> {
    let object = object.as_object().unwrap();
    object.keys().map(String::as_str).collect()
}

/// Returns the path of a controlled file by its name, wherever its folder is; archives are not looked at.
fn controlled(files: &Files, name: &str) -> Option<String> {
    let end = format!("/{name}");
    let mut paths = files.keys().cloned();
    paths
        .find(|path| path.starts_with("QMS/") && !path.starts_with("QMS/.") && path.ends_with(&end))
}

/// Returns the archived versions of a document, and where each lies.
fn archived(files: &Files, id: &str) -> Vec<(String, String)> {
    let start = format!("{id}-v");
    files
        .keys()
        .filter_map(|path| {
            let name = path.strip_prefix("QMS/.archive/")?.rsplit('/').next()?;
            let version = name.strip_prefix(&start)?.strip_suffix(".md")?.to_owned();
            Some((version, path.clone()))
        })
        .collect()
}
