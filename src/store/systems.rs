//! The systems of code that a project governs, as `qms.config.json` declares them.
//!
//! A project that declares none is never hindered, and nothing of git is looked at for it.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::{Map, Value};

use super::layout::{AGENTS, CONFIG, QMS, USERS};
use super::view::View;
use super::{StoreError, TreePath, config};

/// The shape of the whole configuration.
pub const SCHEMA: &str = include_str!("../../grammar/config.schema.json");

/// The key of the list of systems.
const LIST: &str = "systems";

/// A body of code that is governed.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct System {
    /// Its name, as in the names of its test environments.
    pub name: String,
    /// Its files and folders, from the root of the repository.
    pub paths: Vec<String>,
    /// The namespace of the documents that speak of it.
    pub namespace: String,
    /// The branch whose code is in use.
    #[serde(default = "main_branch")]
    pub production_branch: String,
    /// When its governance begins: a day, a moment, or a commit.
    pub governed_since: Option<String>,
    /// Where its tests lie; its own paths where that is not said.
    #[serde(default)]
    tests: Vec<String>,
}

impl System {
    /// Returns where its tests lie.
    #[must_use]
    pub fn tests(&self) -> &[String] {
        if self.tests.is_empty() {
            &self.paths
        } else {
            &self.tests
        }
    }

    /// Tells whether a file of the repository is this system's.
    #[must_use]
    pub fn governs(&self, path: &str) -> bool {
        let mut paths = self.paths.iter();
        paths.any(|own| is_below(path, own))
    }
}

/// Returns the branch that is in use where nobody says which.
#[must_use]
pub fn main_branch() -> String {
    "main".to_owned()
}

/// Returns the systems that a project declares, in their order.
///
/// # Errors
/// A configuration that is not as its schema says: `integrity`.
pub fn declared(view: &View<'_>) -> Result<Vec<System>, StoreError> {
    let Some(object) = config::read(view, CONFIG)? else {
        return Ok(Vec::new());
    };
    if !object.contains_key(LIST) {
        return Ok(Vec::new());
    }
    read(object).map_err(|what| match TreePath::new(CONFIG) {
        Ok(path) => StoreError::damaged(&path, what),
        Err(error) => error,
    })
}

/// Reads the systems of a configuration.
fn read(mut object: Map<String, Value>) -> Result<Vec<System>, String> {
    let whole = Value::Object(object.clone());
    if let Some(fault) = faults(&whole).into_iter().next() {
        return Err(format!("is not as it must be: {fault}"));
    }
    let list = object.remove(LIST).unwrap_or_default();
    let systems: Vec<System> =
        serde_json::from_value(list).map_err(|error| format!("is not as it must be: {error}"))?;
    for (index, system) in systems.iter().enumerate() {
        if systems
            .iter()
            .take(index)
            .any(|other| other.name == system.name)
        {
            return Err(format!("declares the system `{}` twice", system.name));
        }
        let mut paths = system.paths.iter();
        // Documents have their own trails; a tree that holds them changes with every one of them.
        if let Some(path) = paths.find(|path| {
            [QMS, USERS, AGENTS]
                .iter()
                .any(|own| is_below(own, path) || is_below(path, own))
        }) {
            return Err(format!(
                "gives the system `{}` the path `{path}`, where controlled documents lie",
                system.name
            ));
        }
    }
    Ok(systems)
}

/// Returns all that the schema refuses in a configuration, a sentence each.
#[must_use]
pub fn faults(config: &Value) -> Vec<String> {
    static VALIDATOR: LazyLock<Result<jsonschema::Validator, String>> = LazyLock::new(|| {
        let schema = serde_json::from_str(SCHEMA).map_err(|error| error.to_string())?;
        jsonschema::validator_for(&schema).map_err(|error| error.to_string())
    });

    match VALIDATOR.as_ref() {
        Ok(validator) => validator
            .iter_errors(config)
            .map(|error| format!("`{}`: {error}", error.instance_path()))
            .collect(),
        Err(error) => vec![error.clone()],
    }
}

fn is_below(path: &str, above: &str) -> bool {
    let above = above.trim_end_matches('/');
    let rest = path.strip_prefix(above);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn read(systems: &Value) -> Result<Vec<System>, String> {
        let object = json!({ "version": "1.0", "systems": systems });
        super::read(object.as_object().unwrap().clone())
    }

    #[test]
    fn a_system_has_a_name_paths_and_a_namespace() {
        let systems =
            read(&json!([{ "name": "press", "paths": ["src/press/"], "namespace": "PRESS" }]));
        let systems = systems.unwrap();
        let press = systems.first().unwrap();
        assert_eq!(press.production_branch, "main");
        assert_eq!(press.tests(), ["src/press/"]);
        for (path, expected) in [
            ("src/press", true),
            ("src/press/a.py", true),
            ("src/presses/a.py", false),
            ("src", false),
        ] {
            assert_eq!(press.governs(path), expected, "{path}");
        }
    }

    #[test]
    fn what_cannot_be_governed_is_refused() {
        let of =
            |name: &str, path: &str| json!([{ "name": name, "paths": [path], "namespace": "P" }]);
        for (systems, says) in [
            (json!({}), "systems"),
            (of("Press", "src"), "/systems/0/name"),
            (of("press", "../src"), "/systems/0/paths/0"),
            (of("press", "/src"), "/systems/0/paths/0"),
            (of("press", "."), "/systems/0/paths/0"),
            (of("press", "QMS/CR"), "where controlled documents lie"),
            (of("press", ".claude"), "where controlled documents lie"),
            (
                json!([{ "name": "press", "paths": [], "namespace": "P" }]),
                "/systems/0/paths",
            ),
            (json!([{ "name": "press", "paths": ["a"] }]), "namespace"),
            (
                json!([{ "name": "press", "paths": ["a"], "namespace": "P", "branch": "x" }]),
                "branch",
            ),
            (
                json!([
                    { "name": "press", "paths": ["a"], "namespace": "P" },
                    { "name": "press", "paths": ["b"], "namespace": "P" },
                ]),
                "twice",
            ),
        ] {
            let refused = read(&systems).unwrap_err();
            assert!(refused.contains(says), "{refused}");
        }
    }
}
