//! Tier 3: the trail of a document. It is read, and appended to; there is no third thing (REQ-AUDIT-001).

use serde_json::{Map, Value};

use super::view::View;
use super::{StoreError, TreePath, json};
use crate::definitions::Workflow;
use crate::definitions::vocabulary::Fact;

/// A trail, or a ledger, is read whole up to this size: some fifty thousand lines.
pub const LARGEST: u64 = 16 * 1024 * 1024;

/// As much of the end of a trail as its last line is sought in at first.
const END: u64 = 16 * 1024;

/// One line of a trail.
#[derive(Clone, Debug, PartialEq)]
pub struct TrailLine {
    /// The object as it is stored.
    pub object: Map<String, Value>,
}

impl TrailLine {
    /// Returns what happened; older seeds say it under another key (D-12).
    #[must_use]
    pub fn event(&self) -> &str {
        self.text("event")
            .or_else(|| self.text("action"))
            .unwrap_or("?")
    }

    /// Returns what the line records of a fact, under the key that the rules give it.
    #[must_use]
    pub fn recorded(&self, life: &Workflow, wanted: &Fact) -> Option<&str> {
        let rule = life.event(self.event())?;
        let (key, _) = rule.records.iter().find(|(_, fact)| fact == wanted)?;
        self.text(key)
    }

    /// Returns when.
    #[must_use]
    pub fn timestamp(&self) -> &str {
        self.text("ts")
            .or_else(|| self.text("timestamp"))
            .unwrap_or("?")
    }

    /// Returns by whom.
    #[must_use]
    pub fn user(&self) -> &str {
        self.text("user").unwrap_or("?")
    }

    /// Returns the version as of this line.
    #[must_use]
    pub fn version(&self) -> Option<&str> {
        let older = || self.object.get("details")?.get("version")?.as_str();
        self.text("version").or_else(older)
    }

    /// Tells whether it is sealed.
    #[must_use]
    pub fn is_sealed(&self) -> bool {
        self.object.contains_key("seal")
    }

    /// Returns the digest of the text it is about, where it is sealed.
    #[must_use]
    pub fn content(&self) -> Option<&str> {
        self.object.get("seal")?.get("content")?.as_str()
    }

    /// Returns a fact that is a text.
    #[must_use]
    pub fn text(&self, key: &str) -> Option<&str> {
        self.object.get(key)?.as_str()
    }
}

/// Reads every line.
///
/// # Errors
/// A line that is no object, or a last line that was not finished: the trail is damaged.
pub fn read(view: &View<'_>, path: &TreePath) -> Result<Option<Vec<TrailLine>>, StoreError> {
    // Looked at first: what is not finished is not read, however large it is.
    match view.read_tail(path, 1)? {
        None => return Ok(None),
        Some((end, _)) if !matches!(end.as_slice(), b"" | b"\n") => {
            return Err(StoreError::damaged(path, "has an unfinished last line"));
        }
        Some(_) => {}
    }
    let Some(bytes) = view.read(path, LARGEST)? else {
        return Ok(None);
    };
    parse(path, &bytes).map(Some)
}

/// Reads the lines of a trail from its bytes.
///
/// # Errors
/// As [`read`].
pub fn parse(path: &TreePath, bytes: &[u8]) -> Result<Vec<TrailLine>, StoreError> {
    if !bytes.is_empty() && !bytes.ends_with(b"\n") {
        return Err(StoreError::damaged(path, "has an unfinished last line"));
    }
    bytes
        .split(|byte| *byte == b'\n')
        .filter(|line| !line.is_empty())
        .enumerate()
        .map(|(index, line)| {
            let object =
                json::object(path, line).map_err(|error| of_line(path, index + 1, &error))?;
            Ok(TrailLine { object })
        })
        .collect()
}

/// Reads the last line only, without reading the rest.
///
/// # Errors
/// As [`read`], of the last line.
pub fn last(view: &View<'_>, path: &TreePath) -> Result<Option<TrailLine>, StoreError> {
    let line = last_bytes(view, path)?;
    line.map(|line| {
        let object = json::object(path, &line).map_err(|error| of_line(path, 1, &error))?;
        Ok(TrailLine { object })
    })
    .transpose()
}

/// Reads when the last line was written, and keeps nothing else of it.
///
/// # Errors
/// As [`last`].
pub fn last_time(view: &View<'_>, path: &TreePath) -> Result<Option<String>, StoreError> {
    let line = last_bytes(view, path)?;
    line.map(|line| {
        let found = json::texts(path, &line, ["ts", "timestamp"]);
        let [newer, older] = found.map_err(|error| of_line(path, 1, &error))?;
        Ok(newer.or(older).unwrap_or_else(|| "?".to_owned()))
    })
    .transpose()
}

/// Returns the last line as bytes, without its newline.
fn last_bytes(view: &View<'_>, path: &TreePath) -> Result<Option<Vec<u8>>, StoreError> {
    let Some((mut tail, start)) = view.read_tail(path, END)? else {
        return Ok(None);
    };
    match last_line(&tail) {
        Some(line) if start == 0 || line.len() + 1 < tail.len() => {
            if !tail.ends_with(b"\n") {
                json::object(path, line).map_err(|error| of_line(path, 1, &error))?;
                return Err(StoreError::damaged(path, "has an unfinished last line"));
            }
            let before = tail.len() - 1 - line.len();
            tail.pop();
            tail.drain(..before);
            Ok(Some(tail))
        }
        _ if start == 0 && tail.is_empty() => Ok(None),
        _ if start == 0 => Err(StoreError::damaged(path, "ends with a blank line")),
        _ => {
            let lines = read(view, path)?.unwrap_or_default();
            let last = lines.into_iter().next_back();
            Ok(last.map(|line| json::line(&line.object).into_bytes()))
        }
    }
}

fn of_line(path: &TreePath, number: usize, error: &StoreError) -> StoreError {
    StoreError::damaged(path, format!("line {number}: {error}"))
}

/// Returns the last line of some bytes, without its newline.
#[must_use]
pub fn last_line(bytes: &[u8]) -> Option<&[u8]> {
    let whole = bytes.strip_suffix(b"\n").unwrap_or(bytes);
    let line = whole.rsplit(|byte| *byte == b'\n').next()?;
    (!line.is_empty()).then_some(line)
}
