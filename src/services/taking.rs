//! Copies that are taken in, and sessions that are opened: a person's own text becomes the document's, byte
//! for byte (D-50), and their answers what they compile to.

use std::collections::BTreeMap;

use serde_json::Value;

use super::desk::Desk;
use super::editing::Handed;
use super::look::Look;
use super::questions::{check_template, is_asked_from};
use super::session::{self, Copy};
use crate::definitions::IdReading;
use crate::error::Failure;
use crate::interaction::{Record, compile};
use crate::interpreter::{Change, Plan, Step};
use crate::model::digest::sha256;
use crate::model::{Code, DocId, Place, UserName, frontmatter};
use crate::store::layout::{self, Location};
use crate::store::scribe::{LARGEST_TEXT, Opening};
use crate::store::{StoreError, TreePath, trail};

/// What a plan does with copies.
#[derive(Debug, Default)]
pub(super) struct Copies {
    /// Those that are taken in, as they are to be stored: without keys of the frontmatter that are the
    /// record's.
    pub taken: BTreeMap<DocId, Vec<u8>>,
    /// The answers they were compiled from, where they were.
    pub answers: BTreeMap<DocId, Vec<u8>>,
    /// What is opened in place of a copy.
    pub openings: BTreeMap<DocId, Opening>,
}

impl Desk {
    /// Returns what a plan takes in and opens.
    pub(super) fn copies(
        &self,
        look: &Look<'_>,
        plan: &Plan,
        supplied: Option<&Handed>,
    ) -> Result<Copies, Failure> {
        let mut copies = Copies::default();
        for change in plan.changes() {
            let places = || change.steps.iter().filter_map(placed);
            if let Some(owner) = change.holder()
                && places().any(|(from, _)| from == Place::Workspace)
            {
                let is_target = change.id() == plan.target.id();
                let supplied = supplied.filter(|_| is_target);
                self.take(look, (change, owner), supplied, &mut copies)?;
            }
            if places().any(|(_, to)| to == Place::Workspace) {
                let reading = look.facts.read_id(change.id().as_str())?;
                let opening = opening(look, &reading, change)?;
                copies
                    .openings
                    .extend(opening.map(|opening| (change.id().clone(), opening)));
            }
            if places().any(|(_, to)| matches!(to, Place::Draft | Place::Issued)) {
                self.check_as_template(look, change, &copies)?;
            }
        }
        Ok(copies)
    }

    fn take(
        &self,
        look: &Look<'_>,
        (change, owner): (&Change, &UserName),
        supplied: Option<&Handed>,
        copies: &mut Copies,
    ) -> Result<(), Failure> {
        let id = change.id();
        let path = layout::workspace_copy(owner, id)?;
        let reading = look.facts.read_id(id.as_str())?;
        let location = look.facts.locate(&reading)?;
        let interview = reading.doctype.authoring.interview.as_ref();
        let text = match (look.facts.copy(&reading, &location, owner)?, supplied) {
            (Copy::Text(_), Some(Handed::Whole(text))) => handed_in(id, text)?,
            (Copy::Text(bytes), Some(Handed::Edited(edits))) => {
                handed_in(id, &edits.apply(as_text(path.as_str(), bytes)?)?)?
            }
            // A lost text is made good by another; lost answers are not.
            (Copy::Lost, Some(Handed::Whole(text))) if interview.is_none() => handed_in(id, text)?,
            (Copy::Answers(_), Some(_)) => {
                let message = format!("`{id}` is written by answering: no text can be handed in");
                return Err(Failure::new(Code::InvalidArgument, message));
            }
            (Copy::Text(bytes), None) => as_text(path.as_str(), bytes)?,
            (Copy::Answers(record), None) => {
                check_growth(look, &location, owner, &record)?;
                let text = compile(&look.facts.questions_still(&reading)?, &record);
                copies
                    .answers
                    .insert(id.clone(), record.to_text().into_bytes());
                text
            }
            (Copy::Lost, _) => {
                let message = format!("the copy of `{id}` was not found in your workspace");
                return Err(Failure::new(Code::NotCheckedOut, message)
                    .hint(format!("put the text back at {path}, then check it in")));
            }
        };
        let marks: Vec<_> = self.rules().marks().collect();
        let is_state_key = |key: &str| {
            frontmatter::STATE_KEYS.contains(&key) || marks.iter().any(|mark| **mark == *key)
        };
        let text = frontmatter::without_keys(&text, &is_state_key).map_err(|fault| {
            Failure::new(
                Code::InvalidArgument,
                format!("{path}:{}:{}: {}", fault.line, fault.column, fault.message),
            )
            .hint("the text stays where it is; mend it and check it in again")
            .fact("line", fault.line)
            .fact("column", fault.column)
        })?;
        if frontmatter::title_of(&text).is_some_and(|title| title.contains(char::is_control)) {
            let message = format!("{path}: the title holds a newline or another control character");
            return Err(Failure::new(Code::InvalidArgument, message).hint(
                "the text stays where it is; give it a title of one line and check it in again",
            ));
        }
        copies
            .taken
            .insert(id.clone(), text.into_owned().into_bytes());
        Ok(())
    }

    /// Refuses a text that is to be a template, and cannot be asked from: when it is given back, and when it
    /// takes effect.
    fn check_as_template(
        &self,
        look: &Look<'_>,
        change: &Change,
        copies: &Copies,
    ) -> Result<(), Failure> {
        let rules = self.rules();
        let id = change.id();
        if !is_asked_from(rules, id.as_str()) {
            return Ok(());
        }
        let location = look.facts.locate(&look.facts.read_id(id.as_str())?)?;
        for (from, _) in change.steps.iter().filter_map(placed) {
            let (path, bytes) = match from {
                Place::Template => continue,
                Place::Workspace => (
                    location.at(from, change.holder())?,
                    copies.taken.get(id).cloned(),
                ),
                Place::Draft | Place::Issued => {
                    let path = location.at(from, None)?;
                    let bytes = match &path {
                        Some(path) => look.facts.view.read(path, LARGEST_TEXT)?,
                        None => None,
                    };
                    (path, bytes)
                }
            };
            if let (Some(path), Some(bytes)) = (path, bytes) {
                let text = as_text(path.as_str(), bytes)?;
                check_template(rules, id.as_str(), path.as_str(), &text)?;
            }
        }
        Ok(())
    }
}

/// Refuses to go on from answers that are not those the trail has sealed: what is given back would be sealed
/// anew, and the difference with it.
fn check_sealed(look: &Look<'_>, location: &Location, source: &TreePath) -> Result<(), Failure> {
    let Some(last) = trail::last(look.facts.view, &location.trail()?)? else {
        return Ok(());
    };
    let seal = last.object.get("seal").and_then(|seal| seal.get("source"));
    let Some(sealed) = seal.and_then(Value::as_str) else {
        return Ok(());
    };
    let bytes = look.facts.view.read(source, LARGEST_TEXT)?;
    if bytes.is_some_and(|bytes| sha256(&bytes) == sealed) {
        return Ok(());
    }
    let what = "is not what the trail has sealed: it was changed or removed outside the tool";
    Err(Failure::from(StoreError::damaged(source, what))
        .hint("restore it from version control or a backup; `qms verify` tells when it is right"))
}

/// Refuses answers that hold less than has been taken in before: a record only ever grows (REQ-INT-008).
fn check_growth(
    look: &Look<'_>,
    location: &Location,
    owner: &UserName,
    record: &Record,
) -> Result<(), Failure> {
    let source = location.source()?;
    let Some(earlier) = look.facts.answers(&source, &location.id)? else {
        return Ok(());
    };
    if record.continues(&earlier) {
        return Ok(());
    }
    let session = layout::session(owner, &location.id)?;
    let what = format!("lacks answers that {source} holds: an older one has taken its place");
    Err(
        Failure::from(StoreError::damaged(&session, what)).hint(format!(
            "bring the newer {session} back, from version control or a backup"
        )),
    )
}

fn placed(step: &Step) -> Option<(Place, Place)> {
    if let Step::Place(from, to) = step {
        return Some((*from, *to));
    }
    None
}

/// Returns what is opened in place of a copy; none where the document is written freely, as it also is where
/// no template is in force and nobody has answered yet (REQ-TEMPLATE-005).
fn opening(
    look: &Look<'_>,
    reading: &IdReading<'_>,
    change: &Change,
) -> Result<Option<Opening>, Failure> {
    if reading.doctype.authoring.interview.is_none() {
        return Ok(None);
    }
    let location = look.facts.locate(reading)?;
    let source = location.source()?;
    check_sealed(look, &location, &source)?;
    let template = match look.facts.answers(&source, &reading.id)? {
        Some(_) => look.facts.questions_still(reading)?,
        None => match look.facts.questions(reading)? {
            Some(template) => template,
            None => return Ok(None),
        },
    };
    let record = session::begin(reading, &template, &change.after.title);
    Ok(Some(Opening {
        session: record.to_text().into_bytes(),
        placeholder: session::placeholder(&reading.id).into_bytes(),
    }))
}

/// Returns a text that is handed in whole, if it can be controlled.
fn handed_in(id: &DocId, text: &str) -> Result<String, Failure> {
    if text.len() as u64 > LARGEST_TEXT {
        let message = format!("the text of `{id}` is too large: at most {LARGEST_TEXT} bytes");
        return Err(Failure::new(Code::InvalidArgument, message));
    }
    as_text(id.as_str(), text.as_bytes().to_vec())
}

/// Returns bytes as a text that can be controlled.
///
/// # Errors
/// `invalid_argument` for what is not UTF-8 or holds NUL.
pub fn as_text(shown: &str, bytes: Vec<u8>) -> Result<String, Failure> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::new(
            Code::InvalidArgument,
            format!("{shown} is not UTF-8 (byte {at})"),
        )
    })?;
    if let Some(at) = text.find('\0') {
        let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
        let message = format!("{shown}:{line}: the text holds a NUL");
        return Err(Failure::new(Code::InvalidArgument, message));
    }
    Ok(text)
}
