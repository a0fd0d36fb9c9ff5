//! The one door: what the rules ask to know, gathered from the project into a snapshot.

mod answers;
mod carrying;
mod kin;
mod summary;

pub use summary::Summary;

use std::cell::OnceCell;
use std::collections::BTreeMap;

use super::governance::environment;
use crate::definitions::workflow::Awaits;
use crate::definitions::{IdReading, Rulebook, Workflow};
use crate::error::Failure;
use crate::interpreter::authorship::Authorship;
use crate::interpreter::needs::{Need, needs_of};
use crate::interpreter::snapshot::{Closed, CodeSeen, Shown};
use crate::interpreter::{Snapshot, Standing};
use crate::model::document::Presumed;
use crate::model::name::is_well_formed;
use crate::model::{
    ActionName, Code, Document, Holdings, Place, Roster, Status, UserName, Version,
};
use crate::store::layout::Location;
use crate::store::scribe::LARGEST_TEXT;
use crate::store::trail::{self, TrailLine};
use crate::store::tree::Kind;
use crate::store::view::View;
use crate::store::{StoreError, TreePath, config, json};

/// A record is read up to this size.
const LARGEST_RECORD: u64 = 4 * 1024 * 1024;

/// What a snapshot is taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Purpose {
    /// To say what may be done: nothing is logged, so what only a trail would bear is not looked up.
    Looking,
    /// To do it.
    Doing,
}

/// Looks things up in a project, under its rules.
#[derive(Debug)]
pub struct Facts<'v> {
    /// What lies there.
    pub view: &'v View<'v>,
    /// The rules.
    pub rules: &'v Rulebook,
    namespaces: OnceCell<Vec<String>>,
    closed: OnceCell<Option<Closed>>,
    /// Whether a document under an earlier name of its state is read as if it had been carried over.
    carries: bool,
}

impl<'v> Facts<'v> {
    /// Looks at a project through a view.
    #[must_use]
    pub fn new(view: &'v View<'v>, rules: &'v Rulebook) -> Self {
        Self {
            view,
            rules,
            namespaces: OnceCell::new(),
            closed: OnceCell::new(),
            carries: false,
        }
    }

    /// Looks at a project whose namespaces are known already.
    #[must_use]
    pub fn knowing(view: &'v View<'v>, rules: &'v Rulebook, namespaces: Vec<String>) -> Self {
        Self {
            view,
            rules,
            namespaces: OnceCell::from(namespaces),
            closed: OnceCell::new(),
            carries: false,
        }
    }

    /// Returns the registered namespaces.
    ///
    /// # Errors
    /// A registry that is damaged.
    pub fn namespaces(&self) -> Result<&[String], Failure> {
        if let Some(names) = self.namespaces.get() {
            return Ok(names);
        }
        let names = config::namespaces(self.view, self.rules)?;
        Ok(self.namespaces.get_or_init(|| names))
    }

    /// Reads an id, in any letter case.
    ///
    /// # Errors
    /// `invalid_argument` for what cannot be an id, `not_found` for what is none.
    pub fn read_id(&self, text: &str) -> Result<IdReading<'v>, Failure> {
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_';
        if text.is_empty() || !text.bytes().all(plain) {
            let message = format!("`{}` is not a document id", text.escape_debug());
            return Err(Failure::new(Code::InvalidArgument, message)
                .hint("an id has letters, digits, `-` and `_` only"));
        }
        if let Some(reading) = self.rules.read_id(text, &[]) {
            return Ok(reading);
        }
        let reading = self.rules.read_id(text, self.namespaces()?);
        reading.ok_or_else(|| not_found(text))
    }

    /// Returns where a document lies, and in which folder its record is.
    ///
    /// # Errors
    /// As [`Facts::read_id`].
    pub fn locate(&self, reading: &IdReading<'_>) -> Result<Location, Failure> {
        let known: &[String] = match self.namespaces.get() {
            Some(names) => names,
            None => &[],
        };
        let mut location = Location::of(self.rules, reading, known);
        if location.home().is_err() {
            location = Location::of(self.rules, reading, self.namespaces()?);
        }
        if location.older().next().is_some() && self.view.kind(&location.meta()?)?.is_none() {
            for older in location.older() {
                if self.view.kind(&older.meta()?)?.is_some() {
                    return Ok(older);
                }
            }
        }
        Ok(location)
    }

    /// Returns the life of a document.
    #[must_use]
    pub fn life_of(&self, standing: &Standing) -> Option<&'v Workflow> {
        self.rules.life_of(self.rules.doctype(&standing.doctype)?)
    }

    /// Returns what a document awaits from those who are asked.
    #[must_use]
    pub fn awaits(&self, standing: &Standing) -> Option<&'v Awaits> {
        let state = self.life_of(standing)?.state(&standing.document.status)?;
        state.awaits.as_ref()
    }

    /// Returns a document and where it lies.
    ///
    /// # Errors
    /// `not_found` where there is none, `integrity` where its record is damaged.
    pub fn document(&self, text: &str) -> Result<(Location, Standing), Failure> {
        let reading = self.read_id(text)?;
        let location = self.locate(&reading)?;
        let standing = self.standing(&reading, &location)?;
        let standing = standing.ok_or_else(|| not_found(reading.id.as_str()))?;
        Ok((location, standing))
    }

    /// Returns how a document stands; none where there is nothing of it.
    ///
    /// # Errors
    /// `integrity` where its record is damaged.
    pub fn standing(
        &self,
        reading: &IdReading<'_>,
        location: &Location,
    ) -> Result<Option<Standing>, Failure> {
        self.view.watch(&location.meta()?)?;
        self.view.watch(&location.trail()?)?;
        let record = self.view.read(&location.meta()?, LARGEST_RECORD)?;
        let has_draft = self.is_file(&location.draft()?)?;
        let has_issued = self.is_file(&location.issued()?)?;
        if record.is_none() && !has_draft && !has_issued {
            return Ok(None);
        }
        if record.is_none() {
            self.is_recorded_nowhere(location)?;
        }
        let document = self.record(reading, location, record)?;
        let last = trail::last(self.view, &location.trail()?)?;
        let copy_lost = self.copy_lost(reading, location, &document)?;
        let holdings = holdings(&document, last.as_ref(), has_draft, has_issued);
        let mut standing = Standing {
            doctype: reading.doctype.name.clone(),
            title: String::new(),
            holdings,
            copy_lost,
            answered_by_trail: Vec::new(),
            authorship: Authorship::default(),
            texts: BTreeMap::new(),
            effective_date: None,
            trail_digest: None,
            code: CodeSeen::default(),
            document,
        };
        standing.title = self.title(location, &standing)?;
        if standing.document.outcomes.is_none() {
            standing.answered_by_trail = self.answered_by_trail(reading, location)?;
        }
        Ok(Some(standing))
    }

    fn record(
        &self,
        reading: &IdReading<'_>,
        location: &Location,
        record: Option<Vec<u8>>,
    ) -> Result<Document, Failure> {
        let path = location.meta()?;
        let object = match record {
            Some(bytes) => json::object(&path, &bytes)?,
            None => serde_json::Map::new(),
        };
        let workflow = self.rules.life_of(reading.doctype);
        let entry = workflow.and_then(|workflow| workflow.entries.first());
        let presumed = Presumed {
            id: reading.id.clone(),
            doc_type: location.type_word.clone(),
            status: entry.map_or_else(|| Status::new(""), |entry| entry.to.clone()),
            version: self.rules.presumed_version(reading.doctype),
        };
        let mut document = Document::from_object(object, presumed, self.rules.marks())
            .map_err(|error| StoreError::damaged(&path, error.to_string()))?;
        if document.id != reading.id {
            let what = format!("says that it is `{}`", document.id.as_str().escape_debug());
            return Err(StoreError::damaged(&path, what).into());
        }
        let people = document.owner.iter().chain(&document.pending);
        if let Some(name) = people
            .map(UserName::as_str)
            .find(|name| !is_well_formed(name))
        {
            let what = format!("names `{}`, which is no user's name", name.escape_debug());
            return Err(StoreError::damaged(&path, what).into());
        }
        if let Some(workflow) = workflow {
            self.settle(workflow, &path, &mut document)?;
        }
        if document.phase.is_none()
            && let Some(workflow) = workflow
        {
            document.phase = presumed_phase(workflow, &document.status);
        }
        Ok(document)
    }

    /// Returns what a document's workflow wants to be known of who wrote it, where it does.
    ///
    /// # Errors
    /// `integrity` where its trail is damaged.
    pub(in crate::services) fn with_authorship(
        &self,
        location: &Location,
        standing: Standing,
    ) -> Result<Standing, Failure> {
        let asks = self
            .life_of(&standing)
            .is_some_and(Workflow::asks_authorship);
        if !asks {
            return Ok(standing);
        }
        let authorship = self.authorship(location, &standing)?;
        Ok(Standing {
            authorship,
            ..standing
        })
    }

    pub(super) fn is_file(&self, path: &TreePath) -> Result<bool, StoreError> {
        match self.view.kind(path)? {
            None | Some(Kind::Folder) => Ok(false),
            Some(Kind::File) => Ok(true),
            Some(Kind::Other) => Err(StoreError::link(path)),
        }
    }

    fn copy_lost(
        &self,
        reading: &IdReading<'_>,
        location: &Location,
        document: &Document,
    ) -> Result<bool, Failure> {
        match (&document.checked_out, &document.owner) {
            (Some(_), Some(owner)) => self.is_copy_lost(reading, location, owner),
            (Some(_), None) => Ok(true),
            (None, _) => Ok(false),
        }
    }

    /// Returns everything that is to be known to decide on actions.
    ///
    /// # Errors
    /// A child or a text that cannot be read.
    pub fn snapshot<'n>(
        &self,
        location: &Location,
        mut target: Standing,
        roster: &Roster,
        purpose: Purpose,
        actions: impl Iterator<Item = &'n ActionName>,
    ) -> Result<Snapshot, Failure> {
        let mut needs = needs_of(self.rules, &target, actions);
        if purpose == Purpose::Looking {
            needs.remove(&Need::TrailDigest);
        }
        for need in &needs {
            match need {
                Need::Text(place) => {
                    self.add_text(location, &mut target, *place)?;
                }
                Need::Authorship => {
                    target.authorship = self.authorship(location, &target)?;
                }
                Need::TrailDigest => {
                    let bytes = self.view.read(&location.trail()?, trail::LARGEST)?;
                    let digest = crate::model::digest::sha256(&bytes.unwrap_or_default());
                    target.trail_digest = Some(digest);
                }
                // Who looks at code tells whether it is so: `Look::refer`.
                Need::Evidence(evidence) => {
                    let shown = Shown {
                        holds: false,
                        why: "this was not looked at".to_owned(),
                    };
                    target.code.evidence.insert(evidence.clone(), shown);
                }
                Need::Children | Need::StandingOfChildren(_) => {}
            }
        }
        let children = self.children(&target.document.id, &needs)?;
        Ok(Snapshot {
            target,
            children,
            roster: roster.clone(),
            closed: self.closed(purpose)?,
        })
    }

    /// Returns why nothing may be changed here, where that is so; somebody who only looks is not hindered by
    /// a repository that cannot be read.
    fn closed(&self, purpose: Purpose) -> Result<Option<Closed>, Failure> {
        if let Some(closed) = self.closed.get() {
            return Ok(closed.clone());
        }
        let closed = match environment::closed(self.view) {
            Err(_) if purpose == Purpose::Looking => return Ok(None),
            closed => closed?,
        };
        Ok(self.closed.get_or_init(|| closed).clone())
    }

    /// Refuses a change where nothing may be changed.
    ///
    /// # Errors
    /// `gate_blocked` in a test environment of a declared system.
    pub fn check_open(&self) -> Result<(), Failure> {
        match self.closed(Purpose::Doing)? {
            Some(closed) => Err(Failure::refused(self.rules, &closed.reason().into())),
            None => Ok(()),
        }
    }

    fn add_text(
        &self,
        location: &Location,
        target: &mut Standing,
        place: Place,
    ) -> Result<(), Failure> {
        let Some(path) = location.at(place, target.document.owner.as_ref())? else {
            return Ok(());
        };
        if let Some(bytes) = self.view.read(&path, LARGEST_TEXT)? {
            // A text that is no text has no lines to mend.
            if let Ok(text) = String::from_utf8(bytes) {
                target.texts.insert(place, text);
            }
        }
        let lines = trail::read(self.view, &location.trail()?)?.unwrap_or_default();
        let version = target
            .document
            .effective_version
            .map(|version| version.to_string());
        target.effective_date = lines
            .iter()
            .find(|line| version.is_some() && line.version() == version.as_deref())
            .and_then(|line| line.timestamp().get(..10))
            .map(str::to_owned);
        Ok(())
    }
}

/// Returns the id that a record file stands for; what a text was compiled from lies beside it (D-33).
#[must_use]
pub fn record_stem(file_name: &str) -> Option<&str> {
    let stem = file_name.strip_suffix(".json")?;
    (!stem.ends_with(".source")).then_some(stem)
}

fn not_found(id: &str) -> Failure {
    Failure::new(Code::NotFound, format!("document not found: `{id}`"))
        .hint("`qms list` shows every document")
}

fn holdings(
    document: &Document,
    last: Option<&TrailLine>,
    has_draft: bool,
    has_issued: bool,
) -> Holdings {
    // The draft bears the version of the last line of the trail.
    let trail_version = last
        .and_then(TrailLine::version)
        .and_then(|version| version.parse::<Version>().ok());
    Holdings {
        workspace: document.checked_out.is_some().then_some(document.version),
        draft: has_draft.then(|| trail_version.unwrap_or(document.version)),
        issued: has_issued.then(|| document.effective_version.unwrap_or(document.version)),
    }
}

fn presumed_phase(workflow: &Workflow, status: &Status) -> Option<crate::model::Phase> {
    let phase = workflow
        .phases
        .iter()
        .find(|phase| phase.presumed_in.contains(status));
    phase.map(|phase| phase.name.clone())
}
