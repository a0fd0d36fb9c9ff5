//! What each line of a trail ends with, and how lines are chained (interface section 5).

use serde_json::{Map, Value};

use super::trail::last_line;
use super::{StoreError, TreePath, json};
use crate::model::digest::sha256;
use crate::model::{Group, Version};

/// What stands in place of a line before the first.
pub const NOTHING_BEFORE: &str = "0000000000000000000000000000000000000000000000000000000000000000";

/// What a seal binds beside the line itself.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bound {
    /// The digest of the text the event is about.
    pub content: Option<String>,
    /// The digests of the versions archived with it.
    pub archived: Vec<(Version, String)>,
    /// The digest of what the text was compiled from.
    pub source: Option<String>,
    /// The digest of the record as the commit leaves it.
    pub meta: Option<String>,
    /// The digest of the rules in force.
    pub rules: String,
    /// The group of who acted.
    pub group: Option<Group>,
}

/// Returns the digest a new line is chained to: of the line before, or, where that is not sealed, of
/// everything before.
///
/// # Errors
/// A last line that is damaged.
pub fn previous(path: &TreePath, before: &[u8]) -> Result<String, StoreError> {
    if before.is_empty() {
        return Ok(NOTHING_BEFORE.to_owned());
    }
    let Some(line) = last_line(before) else {
        return Err(StoreError::damaged(path, "ends with a blank line"));
    };
    let object = json::object(path, line)?;
    Ok(if object.contains_key("seal") {
        sha256(line)
    } else {
        sha256(before)
    })
}

/// Returns a line with its seal, without its newline.
#[must_use]
pub fn seal(mut object: Map<String, Value>, previous: &str, bound: &Bound) -> String {
    let mut seal = Map::new();
    let mut put = |key: &str, value: Option<Value>| {
        if let Some(value) = value {
            seal.insert(key.to_owned(), value);
        }
    };
    let archived: Map<String, Value> = bound
        .archived
        .iter()
        .map(|(version, digest)| (version.to_string(), digest.as_str().into()))
        .collect();
    put("prev", Some(previous.into()));
    put("content", bound.content.as_deref().map(Value::from));
    put(
        "archived",
        (!archived.is_empty()).then_some(Value::Object(archived)),
    );
    put("source", bound.source.as_deref().map(Value::from));
    put("meta", bound.meta.as_deref().map(Value::from));
    put("rules", Some(bound.rules.as_str().into()));
    put(
        "group",
        bound.group.as_ref().map(|group| group.as_str().into()),
    );
    object.insert("seal".to_owned(), Value::Object(seal));

    let mut line = json::line(&object);
    // The braces of the seal and of the line close after the hash, which is over all before it.
    line.truncate(line.len() - 2);
    let hash = sha256(line.as_bytes());
    line.push_str(", \"hash\": \"");
    line.push_str(&hash);
    line.push_str("\"}}");
    line
}

/// Tells whether a sealed line is what its hash says; none where the line has no seal.
#[must_use]
pub fn is_intact(line: &str) -> Option<bool> {
    let object: Map<String, Value> = serde_json::from_str(line).ok()?;
    let hash = object.get("seal")?.get("hash")?.as_str()?;
    let (before, after) = line.rsplit_once(", \"hash\": \"")?;
    Some(after == format!("{hash}\"}}}}") && sha256(before.as_bytes()) == hash)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn object(user: &str) -> Map<String, Value> {
        let mut object = Map::new();
        object.insert("ts".to_owned(), "2026-01-01T00:00:00+00:00".into());
        object.insert("user".to_owned(), user.into());
        object
    }

    /// The seal stands last, and nothing before it can change unnoticed.
    ///
    /// Verifies: REQ-AUDIT-001
    #[test]
    fn a_changed_line_breaks_its_seal() {
        let bound = Bound {
            content: Some("c".to_owned()),
            rules: "r".to_owned(),
            group: Some(Group::new("keepers")),
            ..Bound::default()
        };
        let line = seal(object("anna"), NOTHING_BEFORE, &bound);
        assert!(line.ends_with("\"}}"));
        assert!(line.contains("\"seal\": {\"prev\": \"0000"));
        assert_eq!(is_intact(&line), Some(true));
        assert_eq!(is_intact(&line.replace("anna", "otto")), Some(false));
        assert_eq!(is_intact("{\"ts\": \"x\"}"), None);
    }

    /// A seal follows the line before it; after unsealed history it binds all of that.
    ///
    /// Verifies: REQ-AUDIT-001
    #[test]
    fn seals_are_chained() {
        let path = TreePath::new("a.jsonl").unwrap();
        assert_eq!(previous(&path, b"").unwrap(), NOTHING_BEFORE);
        let old = b"{\"ts\": \"1\"}\n{\"ts\": \"2\"}\n";
        assert_eq!(previous(&path, old).unwrap(), sha256(old));
        let line = seal(object("anna"), "p", &Bound::default());
        let sealed = format!("{{\"ts\": \"1\"}}\n{line}\n");
        assert_eq!(
            previous(&path, sealed.as_bytes()).unwrap(),
            sha256(line.as_bytes())
        );
        assert!(previous(&path, b"{\"ts\"\n").is_err());
    }
}
