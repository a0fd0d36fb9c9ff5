//! A document's record, Tier 2: what `.meta` says of it (REQ-META-003).
//!
//! The record is read from an ordered object and written back into it, so that keys which are
//! unknown here keep their place and value. What a missing key means is for the caller to say: it is
//! the definitions that know the first status and the phases.

use std::sync::Arc;

use serde_json::{Map, Value};

use super::{Answer, DocId, Mark, Phase, Status, TypeWord, UserName, Version};

/// What the record of a document says, with the object it was read from.
#[derive(Clone, Debug, PartialEq)]
pub struct Document {
    /// Its id.
    pub id: DocId,
    /// Its type, as the record says it.
    pub doc_type: TypeWord,
    /// Its version.
    pub version: Version,
    /// Where it stands.
    pub status: Status,
    /// Whether it is carried out.
    pub executable: bool,
    /// Before or after its release.
    pub phase: Option<Phase>,
    /// Whose it is.
    pub owner: Option<UserName>,
    /// Whether its owner holds a copy for writing, and since which day, where that is known.
    pub checked_out: Option<Option<String>>,
    /// The version in force.
    pub effective_version: Option<Version>,
    /// Who is still to answer, in the order they were asked.
    pub pending: Vec<UserName>,
    /// What was answered, in the words on disk; none where the record does not say (D-54).
    pub outcomes: Option<Vec<(UserName, Answer)>>,
    /// The flags it bears.
    pub marks: Vec<Mark>,
    /// The object it was read from, or will be written to; many decisions about a document share it.
    raw: Arc<Map<String, Value>>,
}

/// What a record leaves unsaid (B.1).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Presumed {
    /// The id, from the file's name.
    pub id: DocId,
    /// The type, from the folder's name.
    pub doc_type: TypeWord,
    /// The status of a record that has none.
    pub status: Status,
    /// Its version.
    pub version: Version,
}

/// A record that cannot be understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{key}` is {found}, where {wanted} is expected")]
pub struct BadRecord {
    key: String,
    found: String,
    wanted: &'static str,
}

/// The keys of lists that the earlier tool kept beside the outcomes: emptied where they stand.
const VESTIGES: [&str; 2] = ["pending_reviewers", "completed_reviewers"];

impl Document {
    /// Returns the record of a document that is being born; its object takes the keys in their order.
    #[must_use]
    pub fn new(id: DocId, doc_type: TypeWord, status: Status, version: Version) -> Self {
        Self {
            id,
            doc_type,
            version,
            status,
            executable: false,
            phase: None,
            owner: None,
            checked_out: None,
            effective_version: None,
            pending: Vec::new(),
            outcomes: None,
            marks: Vec::new(),
            raw: Arc::default(),
        }
    }

    /// Reads a record.
    ///
    /// # Errors
    /// A known key whose value is of the wrong kind.
    pub fn from_object<'m>(
        raw: Map<String, Value>,
        presumed: Presumed,
        marks: impl Iterator<Item = &'m Mark>,
    ) -> Result<Self, BadRecord> {
        let field = Fields(&raw);
        let checked_out = field
            .flag("checked_out")?
            .then(|| field.text("checked_out_date"))
            .transpose()?;
        let mut document = Self {
            id: field.text("doc_id")?.map_or(presumed.id, DocId::new),
            doc_type: field
                .text("doc_type")?
                .map_or(presumed.doc_type, TypeWord::new),
            version: field.version("version")?.unwrap_or(presumed.version),
            status: field.text("status")?.map_or(presumed.status, Status::new),
            executable: field.flag("executable")?,
            phase: field.text("execution_phase")?.map(Phase::new),
            owner: field.text("responsible_user")?.map(UserName::new),
            checked_out,
            effective_version: field.version("effective_version")?,
            pending: field.people("pending_assignees")?,
            outcomes: field.outcomes("review_outcomes")?,
            marks: Vec::new(),
            raw: Arc::default(),
        };
        for mark in marks {
            if field.flag(mark.as_str())? {
                document.marks.push(mark.clone());
            }
        }
        document.raw = Arc::new(raw);
        Ok(document)
    }

    /// Returns the object to be stored: known keys at their place, unknown ones as they were.
    #[must_use]
    pub fn to_object(&self) -> Map<String, Value> {
        let mut object = Map::clone(&self.raw);
        let is_new = object.is_empty();
        let mut put = |key: &str, value: Value, may_be_absent: bool| {
            if is_new || object.contains_key(key) || !may_be_absent {
                object.insert(key.to_owned(), value);
            }
        };
        let text = |value: Option<&str>| value.map_or(Value::Null, Value::from);
        let people = |names: &[UserName]| names.iter().map(UserName::as_str).collect::<Value>();

        put("doc_id", self.id.as_str().into(), false);
        put("doc_type", self.doc_type.as_str().into(), false);
        put("version", self.version.to_string().into(), false);
        put("status", self.status.as_str().into(), false);
        put("executable", self.executable.into(), false);
        let phase = self.phase.as_ref().map(Phase::as_str);
        put("execution_phase", text(phase), phase.is_none());
        put(
            "responsible_user",
            text(self.owner.as_ref().map(UserName::as_str)),
            false,
        );
        put("checked_out", self.checked_out.is_some().into(), false);
        let date = self.checked_out.as_ref().and_then(Option::as_deref);
        put("checked_out_date", text(date), date.is_none());
        let effective = self.effective_version.map(|version| version.to_string());
        put(
            "effective_version",
            text(effective.as_deref()),
            effective.is_none(),
        );
        put("pending_assignees", people(&self.pending), false);
        if let Some(outcomes) = &self.outcomes {
            let answers = outcomes
                .iter()
                .map(|(user, word)| (user.as_str().to_owned(), word.as_str().into()));
            object.insert(
                "review_outcomes".to_owned(),
                Value::Object(answers.collect()),
            );
        }
        for mark in &self.marks {
            object.insert(mark.as_str().to_owned(), true.into());
        }
        object
    }

    /// Tells whether it bears a mark.
    #[must_use]
    pub fn bears(&self, mark: &Mark) -> bool {
        self.marks.contains(mark)
    }

    /// Sets or clears a mark.
    pub fn set_mark(&mut self, mark: &Mark, borne: bool) {
        self.marks.retain(|known| known != mark);
        if self.raw.contains_key(mark.as_str()) {
            Arc::make_mut(&mut self.raw).shift_remove(mark.as_str());
        }
        if borne {
            self.marks.push(mark.clone());
        }
    }

    /// Forgets every answer. What is written says so, for a missing key would say nothing.
    pub fn clear_outcomes(&mut self) {
        self.outcomes = Some(Vec::new());
        for key in VESTIGES {
            if self.raw.contains_key(key) {
                let empty = Value::Array(Vec::new());
                Arc::make_mut(&mut self.raw).insert(key.to_owned(), empty);
            }
        }
    }

    /// Keeps somebody's answer; a second one takes the place of the first.
    pub fn record_outcome(&mut self, user: &UserName, word: Answer) {
        let outcomes = self.outcomes.get_or_insert_default();
        match outcomes.iter_mut().find(|(known, _)| known == user) {
            Some((_, answer)) => *answer = word,
            None => outcomes.push((user.clone(), word)),
        }
    }
}

/// Reads typed values out of the object.
struct Fields<'a>(&'a Map<String, Value>);

impl Fields<'_> {
    fn present(&self, key: &str) -> Option<&Value> {
        self.0.get(key).filter(|value| !value.is_null())
    }

    fn text(&self, key: &str) -> Result<Option<String>, BadRecord> {
        match self.present(key) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.clone())),
            Some(other) => Err(bad(key, other, "a text or null")),
        }
    }

    fn flag(&self, key: &str) -> Result<bool, BadRecord> {
        match self.present(key) {
            None => Ok(false),
            Some(Value::Bool(flag)) => Ok(*flag),
            Some(other) => Err(bad(key, other, "true or false")),
        }
    }

    fn version(&self, key: &str) -> Result<Option<Version>, BadRecord> {
        let Some(value) = self.present(key) else {
            return Ok(None);
        };
        value
            .as_str()
            .and_then(|text| text.parse().ok())
            .map(Some)
            .ok_or_else(|| bad(key, value, "a version `N.X`"))
    }

    fn people(&self, key: &str) -> Result<Vec<UserName>, BadRecord> {
        let Some(value) = self.present(key) else {
            return Ok(Vec::new());
        };
        value
            .as_array()
            .and_then(|names| {
                names
                    .iter()
                    .map(|name| name.as_str().map(|name| UserName::new(name.to_owned())))
                    .collect()
            })
            .ok_or_else(|| bad(key, value, "a list of names"))
    }

    fn outcomes(&self, key: &str) -> Result<Option<Vec<(UserName, Answer)>>, BadRecord> {
        let Some(value) = self.present(key) else {
            return Ok(None);
        };
        value
            .as_object()
            .and_then(|answers| {
                answers
                    .iter()
                    .map(|(user, word)| {
                        let answer = Answer::new(word.as_str()?.to_owned());
                        Some((UserName::new(user.clone()), answer))
                    })
                    .collect()
            })
            .map(Some)
            .ok_or_else(|| bad(key, value, "an object of names and answers"))
    }
}

fn bad(key: &str, found: &Value, wanted: &'static str) -> BadRecord {
    let mut shown: String = found.to_string().chars().take(40).collect();
    shown.insert(0, '`');
    shown.push('`');
    BadRecord {
        key: key.to_owned(),
        found: shown,
        wanted,
    }
}
