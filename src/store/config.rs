//! `qms.config.json`, and the registered namespaces (REQ-INIT-001, REQ-DOC-013, D-20).

use serde_json::{Map, Value};

use super::layout::{CONFIG, NAMESPACES, QMS, namespace_of_folder};
use super::tree::Kind;
use super::view::View;
use super::{StoreError, TreePath, json};
use crate::definitions::Rulebook;
use crate::model::name::is_well_formed;

/// Configuration is read up to this size.
const LARGEST: u64 = 1024 * 1024;

/// The key of the list of namespaces.
const LIST: &str = "sdlc_namespaces";

/// Returns the configuration of a new project.
#[must_use]
pub fn new_config(created: &str) -> Vec<u8> {
    let mut object = Map::new();
    object.insert("version".to_owned(), "1.0".into());
    object.insert("created".to_owned(), created.into());
    object.insert(LIST.to_owned(), Value::Array(Vec::new()));
    json::record(&object)
}

/// Returns every namespace there is: in the configuration, in the older registry, or by its folder.
///
/// # Errors
/// A registry that is damaged.
pub fn namespaces(view: &View<'_>, rules: &Rulebook) -> Result<Vec<String>, StoreError> {
    let mut names = Vec::new();
    if let Some(object) = read(view, CONFIG)? {
        for entry in listed(&object)? {
            let name = entry.as_str().or_else(|| entry.get("name")?.as_str());
            names.extend(name.map(str::to_owned));
        }
    }
    if let Some(object) = read(view, NAMESPACES)? {
        names.extend(object.keys().cloned());
    }
    for entry in view.list(&TreePath::new(QMS)?)? {
        let found = rules
            .doctypes
            .iter()
            .filter(|doctype| doctype.is_namespaced() && entry.kind == Kind::Folder)
            .find_map(|doctype| namespace_of_folder(doctype, &entry.name));
        names.extend(found);
    }
    names
        .retain(|name| is_well_formed(name) && !name.bytes().any(|byte| byte.is_ascii_lowercase()));
    names.sort();
    names.dedup();
    Ok(names)
}

/// Returns the file that keeps the namespaces of this project, and its bytes with one more (D-20).
///
/// # Errors
/// A registry that is damaged.
pub fn with_namespace(
    view: &View<'_>,
    name: &str,
    folder: &str,
) -> Result<(TreePath, Vec<u8>), StoreError> {
    if let Some(mut config) = read(view, CONFIG)? {
        listed(&config)?;
        let list = config
            .entry(LIST)
            .or_insert_with(|| Value::Array(Vec::new()));
        if let Some(list) = list.as_array_mut() {
            list.push(name.into());
        }
        return Ok((TreePath::new(CONFIG)?, json::record(&config)));
    }
    let mut registry = read(view, NAMESPACES)?.unwrap_or_default();
    let mut entry = Map::new();
    entry.insert("path".to_owned(), folder.into());
    registry.insert(name.to_owned(), Value::Object(entry));
    Ok((TreePath::new(NAMESPACES)?, json::record(&registry)))
}

fn listed(config: &Map<String, Value>) -> Result<&[Value], StoreError> {
    match config.get(LIST) {
        None => Ok(&[]),
        Some(Value::Array(list)) => Ok(list),
        Some(_) => {
            let what = format!("its `{LIST}` is not a list");
            Err(StoreError::damaged(&TreePath::new(CONFIG)?, what))
        }
    }
}

pub(super) fn read(view: &View<'_>, path: &str) -> Result<Option<Map<String, Value>>, StoreError> {
    let path = TreePath::new(path)?;
    let Some(bytes) = view.read(&path, LARGEST)? else {
        return Ok(None);
    };
    json::object(&path, &bytes).map(Some)
}
