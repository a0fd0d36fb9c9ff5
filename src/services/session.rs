//! Sessions: how a document that is written by answering is opened, given back and read (REQ-INT-007,
//! REQ-INT-017 to REQ-INT-019).

use super::facts::Facts;
use super::look::Look;
use super::reading::Text;
use crate::definitions::IdReading;
use crate::definitions::authoring::Known;
use crate::error::Failure;
use crate::interaction::{Record, Template, compile};
use crate::interpreter::Standing;
use crate::model::{Code, DocId, Place, UserName};
use crate::store::layout::{self, Location};
use crate::store::scribe::LARGEST_TEXT;
use crate::store::{StoreError, TreePath, trail};

/// A text that is read from answers lies there.
const SESSION: &str = "session";

/// What the earlier tool wrote in place of a copy is no longer than this.
const SHORT: usize = 400;

/// Returns what stands in the workspace where a copy would.
#[must_use]
pub fn placeholder(id: &DocId) -> String {
    include_str!("placeholder.md").replace("{ID}", id.as_str())
}

/// Tells whether nobody has written anything into a file that stands in place of a copy.
fn is_placeholder(id: &DocId, text: &str) -> bool {
    let own = placeholder(id);
    let of_earlier_tool =
        || text.len() < SHORT && !text.starts_with(&own) && text.contains("qms interact");
    text == own || text.trim().is_empty() || of_earlier_tool()
}

/// Returns the record of a document that nobody has answered for yet.
#[must_use]
pub fn begin(reading: &IdReading<'_>, template: &Template, title: &str) -> Record {
    let interview = reading.doctype.authoring.interview.iter();
    let remembers = interview.flat_map(|interview| &interview.remembers);
    let parent = reading.bindings.parent.as_ref();
    let metadata: Vec<_> = remembers
        .map(|remembered| {
            let value = match remembered.fact {
                Known::Id => reading.id.as_str(),
                Known::Parent => parent.map_or("", DocId::as_str),
                Known::Title => title,
            };
            (remembered.key.as_str(), value)
        })
        .collect();
    Record::begin(template, &reading.id, &metadata)
}

/// What lies in a workspace in place of a document.
pub(super) enum Copy {
    /// A text of the person's own.
    Text(Vec<u8>),
    /// Answers.
    Answers(Record),
    /// Nothing that could be taken in.
    Lost,
}

impl Facts<'_> {
    /// Returns what the holder of a document works on.
    ///
    /// # Errors
    /// `integrity` for answers that cannot be read; `invalid_argument` where a text lies beside answers, and
    /// would be lost.
    pub(super) fn copy(
        &self,
        reading: &IdReading<'_>,
        location: &Location,
        owner: &UserName,
    ) -> Result<Copy, Failure> {
        let path = layout::workspace_copy(owner, &reading.id)?;
        let text = self.view.read(&path, LARGEST_TEXT).map_err(own_file)?;
        if reading.doctype.authoring.interview.is_none() {
            return Ok(text.map_or(Copy::Lost, Copy::Text));
        }
        let is_own =
            |bytes: &Vec<u8>| !is_placeholder(&reading.id, &String::from_utf8_lossy(bytes));
        let own = text.filter(is_own);
        let Some(record) = self.session(owner, &reading.id)? else {
            // Answers that are lost are not made good by a text.
            let is_answered = self.view.kind(&location.source()?)?.is_some();
            return Ok(own.filter(|_| !is_answered).map_or(Copy::Lost, Copy::Text));
        };
        if own.is_some() {
            let message = format!(
                "{path} holds a text, but `{}` is written by answering: the text would be lost",
                reading.id
            );
            return Err(Failure::new(Code::InvalidArgument, message).hint(
                "move it elsewhere, or remove it; the answers given so far are kept beside it",
            ));
        }
        Ok(Copy::Answers(record))
    }

    /// Tells whether the holder of a document has lost what they work on.
    ///
    /// # Errors
    /// What lies there cannot be read.
    pub fn is_copy_lost(
        &self,
        reading: &IdReading<'_>,
        location: &Location,
        owner: &UserName,
    ) -> Result<bool, Failure> {
        if reading.doctype.authoring.interview.is_none() {
            return Ok(!self.is_file(&layout::workspace_copy(owner, &reading.id)?)?);
        }
        if self.is_file(&layout::session(owner, &reading.id)?)? {
            return Ok(false);
        }
        Ok(matches!(self.copy(reading, location, owner)?, Copy::Lost))
    }

    /// Returns the answers given so far, where there is a session.
    ///
    /// # Errors
    /// `integrity` where it cannot be read.
    pub fn session(&self, owner: &UserName, id: &DocId) -> Result<Option<Record>, Failure> {
        self.answers(&layout::session(owner, id)?, id)
    }

    /// Returns the answers that a file keeps.
    ///
    /// # Errors
    /// `integrity` where they cannot be read, or are another document's.
    pub(super) fn answers(&self, path: &TreePath, id: &DocId) -> Result<Option<Record>, Failure> {
        let text = self.stored_text(path)?;
        text.map(|text| read_answers(path, &text, id)).transpose()
    }

    /// Returns the questions by which answers are read.
    ///
    /// # Errors
    /// `template_invalid` where nothing asks any more.
    pub(super) fn questions_still(&self, reading: &IdReading<'_>) -> Result<Template, Failure> {
        self.questions_ever(reading)?
            .ok_or_else(|| nothing_asks(reading))
    }
}

/// Reads the answers to a document.
///
/// # Errors
/// `integrity` where they cannot be read, or are another document's.
pub(super) fn read_answers(path: &TreePath, text: &str, id: &DocId) -> Result<Record, Failure> {
    let damaged = |what: String| StoreError::damaged(path, what);
    let record = Record::read(text).map_err(|fault| damaged(fault.to_string()))?;
    if record.doc_id() != id.as_str() {
        let other = record.doc_id().escape_debug();
        return Err(damaged(format!("says that it is `{other}`")).into());
    }
    Ok(record)
}

fn nothing_asks(reading: &IdReading<'_>) -> Failure {
    let patterns = reading.doctype.authoring.templates();
    let ids: Vec<_> = patterns
        .filter_map(|pattern| pattern.fill(&reading.bindings))
        .collect();
    let message = format!(
        "the answers of `{}` cannot be read: {} is not there any more",
        reading.id,
        ids.join(", ")
    );
    Failure::new(Code::TemplateInvalid, message)
        .hint("bring the template into force; the answers are kept until then")
}

impl Look<'_> {
    /// Returns a text as its answers give it, where that is what is read: those of the session while it is
    /// held; afterwards those it was made from, unless its trail vouches for the stored text.
    pub(super) fn compiled(
        &self,
        location: &Location,
        standing: &Standing,
        place: Place,
    ) -> Result<Option<Text>, Failure> {
        let facts = &self.facts;
        let doctype = facts.rules.doctype(&standing.doctype);
        if doctype.is_none_or(|doctype| doctype.authoring.interview.is_none()) {
            return Ok(None);
        }
        let reading = facts.read_id(location.id.as_str())?;
        let document = &standing.document;
        let (record, version, place) = match (&document.checked_out, &document.owner) {
            (Some(_), Some(owner)) if place == Place::Draft => {
                let record = facts.session(owner, &reading.id)?;
                (record, Some(document.version), SESSION)
            }
            (Some(_), _) => return Ok(None),
            (None, _) => {
                let last = trail::last(facts.view, &location.trail()?)?;
                if last.is_some_and(|last| last.is_sealed()) {
                    return Ok(None);
                }
                let record = facts.answers(&location.source()?, &reading.id)?;
                (record, standing.holdings.at(place), place.word())
            }
        };
        let (Some(record), Some(version)) = (record, version) else {
            return Ok(None);
        };
        let template = match facts.questions_ever(&reading)? {
            Some(template) => template,
            // With nothing left that asks, the stored text is what there is; a session has none.
            None if place == SESSION => return Err(nothing_asks(&reading)),
            None => return Ok(None),
        };
        Ok(Some(Text {
            bytes: compile(&template, &record).into_bytes(),
            version,
            place,
        }))
    }
}

/// A person's own file that is too large is their mistake, not the disk's.
fn own_file(error: StoreError) -> Failure {
    if matches!(error, StoreError::TooLarge { .. }) {
        return Failure::new(Code::InvalidArgument, error.to_string());
    }
    error.into()
}
