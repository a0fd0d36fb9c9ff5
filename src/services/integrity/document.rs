//! One document: its trail, its record, its texts, each against the others.

use super::chain::Chain;
use super::finding::{CARRY_OVER, Finding, RESTORE, RESTORE_TRAIL, Severity};
use super::seals;
use crate::definitions::doctype::Doctype;
use crate::definitions::former::RenamedMark;
use crate::definitions::vocabulary::Guard;
use crate::definitions::{IdReading, Workflow};
use crate::model::document::Presumed;
use crate::model::{DocId, Document, Roster, Status, Version};
use crate::services::facts::Facts;
use crate::store::layout::Location;
use crate::store::scribe::LARGEST_TEXT;
use crate::store::{StoreError, TreePath, json, trail};

/// What was found of one document.
#[derive(Debug, Default)]
pub(super) struct Checked {
    /// What its record says, where it can be read.
    pub record: Option<Document>,
    /// How many lines its trail has.
    pub events: usize,
    /// What is not as it should be.
    pub findings: Vec<Finding>,
}

impl Checked {
    /// Returns what is said of a document that could not be looked at.
    pub(super) fn unseen(id: &DocId) -> Self {
        let message = "it could not be looked at";
        let remedy = "report this: it is a defect of the tool";
        Self {
            findings: vec![Finding::error("unreadable", Some(id), message, remedy)],
            ..Self::default()
        }
    }
}

/// A document that is being looked at.
pub(super) struct Subject<'f> {
    /// Looks things up.
    pub facts: &'f Facts<'f>,
    /// Its id.
    pub id: &'f DocId,
    /// Where it lies.
    pub location: Location,
    /// Whether something of it could not be read; then nothing is said to be gone.
    pub is_blind: bool,
    findings: Vec<Finding>,
}

/// Looks at one document.
pub(super) fn check(
    facts: &Facts<'_>,
    roster: Option<&Roster>,
    digest: &str,
    id: &DocId,
) -> Checked {
    let found = facts.read_id(id.as_str()).and_then(|reading| {
        let location = facts.locate(&reading)?;
        Ok((reading, location))
    });
    let (reading, location) = match found {
        Ok(found) => found,
        Err(failure) => {
            let finding = Finding::error("unreadable", Some(id), failure.message.clone(), RESTORE);
            return Checked {
                findings: vec![finding],
                ..Checked::default()
            };
        }
    };
    let mut subject = Subject {
        facts,
        id,
        location,
        is_blind: false,
        findings: Vec::new(),
    };
    let (record, events) = subject.look(&reading, roster, digest);
    Checked {
        record,
        events,
        findings: subject.findings,
    }
}

/// Tells whether documents of a type may begin when their parent stands so: then it is no wonder that
/// they are open.
pub(super) fn may_follow(doctype: &Doctype, parent: &Status) -> bool {
    let conditions = doctype.child_of.iter().flat_map(|rule| &rule.requires);
    conditions.filter(|condition| condition.wanted).any(
        |condition| matches!(&condition.guard, Guard::Parent(states) if states.contains(parent)),
    )
}

impl Subject<'_> {
    /// Adds an error.
    pub(super) fn error(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        remedy: &'static str,
    ) {
        self.find(Severity::Error, code, message, remedy);
    }

    /// Adds a warning.
    pub(super) fn warning(
        &mut self,
        code: &'static str,
        message: impl Into<String>,
        remedy: &'static str,
    ) {
        self.find(Severity::Warning, code, message, remedy);
    }

    /// Adds a finding.
    pub(super) fn find(
        &mut self,
        severity: Severity,
        code: &'static str,
        message: impl Into<String>,
        remedy: &'static str,
    ) {
        self.findings
            .push(Finding::new(severity, code, Some(self.id), message, remedy));
    }

    /// Returns a file; what cannot be read is found.
    pub(super) fn read(&mut self, path: &TreePath) -> Option<Vec<u8>> {
        let limit = if path.as_str().starts_with("QMS/.audit/") {
            trail::LARGEST
        } else {
            LARGEST_TEXT
        };
        self.seen(self.facts.view.read(path, limit))
    }

    fn seen<T>(&mut self, read: Result<Option<T>, StoreError>) -> Option<T> {
        read.unwrap_or_else(|error| {
            self.is_blind = true;
            self.error("unreadable", error.to_string(), RESTORE);
            None
        })
    }

    /// Returns the text that is being worked on.
    pub(super) fn draft(&mut self) -> Option<(TreePath, Vec<u8>)> {
        let path = self.location.draft().ok()?;
        self.read(&path).map(|bytes| (path, bytes))
    }

    /// Returns the text in force.
    pub(super) fn issued(&mut self) -> Option<(TreePath, Vec<u8>)> {
        let path = self.location.issued().ok()?;
        self.read(&path).map(|bytes| (path, bytes))
    }

    /// Returns an archived version.
    pub(super) fn archived(&mut self, version: Version) -> Option<(TreePath, Vec<u8>)> {
        let path = self.location.archive(version).ok()?;
        self.read(&path).map(|bytes| (path, bytes))
    }

    /// Returns every archived version.
    pub(super) fn archive(&mut self) -> Vec<(Version, TreePath)> {
        let mut found = Vec::new();
        for folder in self.location.archives().unwrap_or_default() {
            let entries = self.seen(self.facts.view.list(&folder).map(Some));
            for entry in entries.unwrap_or_default() {
                if let Some(version) = self.location.archived_version(&entry.name)
                    && let Ok(path) = folder.join(&entry.name)
                {
                    found.push((version, path));
                }
            }
        }
        found
    }

    fn look(
        &mut self,
        reading: &IdReading<'_>,
        roster: Option<&Roster>,
        digest: &str,
    ) -> (Option<Document>, usize) {
        let workflow = self.facts.rules.life_of(reading.doctype);
        let (meta, trail) = (self.location.meta(), self.location.trail());
        let (Some(workflow), Ok(meta), Ok(trail)) = (workflow, meta, trail) else {
            return (None, 0);
        };
        let bytes = self.read(&meta);
        let lines = self.read(&trail);
        let chain = Chain::read(&trail, lines.as_deref().unwrap_or_default());
        self.findings.extend(chain.check(|_| Some(self.id.clone())));
        if bytes.is_some() && chain.lines.is_empty() && !self.is_blind {
            self.error(
                "trail_missing",
                "it has a record, and no trail",
                RESTORE_TRAIL,
            );
        }
        if bytes.is_none() && !self.is_blind {
            self.blame_no_record(&chain);
        }

        let record = bytes.as_deref().and_then(|bytes| {
            let document = self.record(reading, workflow, &meta, bytes)?;
            Some((document, bytes))
        });
        let known = record.as_ref().map(|(document, bytes)| (document, *bytes));
        let is_over = known.is_some_and(|(document, _)| workflow.is_terminal(&document.status));
        seals::check(self, &chain, known, is_over);
        if let Some((document, _)) = known {
            self.check_words(workflow, &chain, digest);
            if chain.is_readable() {
                self.check_status(workflow, &chain, document, digest);
            }
            self.check_versions(&chain, document);
            self.check_place(&chain, document);
            self.check_people(&chain, document, roster);
        }
        let events = chain.lines.len();
        (record.map(|(document, _)| document), events)
    }

    fn blame_no_record(&mut self, chain: &Chain<'_>) {
        if chain.is_sealed() {
            self.error("record_missing", "it has a trail, and no record", RESTORE);
        } else if chain.lines.is_empty() {
            let message = "there are texts of it, and neither a record nor a trail";
            self.warning("record_missing", message, RESTORE);
        } else {
            self.warning("record_missing", "it has a trail, and no record", RESTORE);
        }
    }

    /// Returns a record with its marks under the names of today.
    fn with_marks_of_today(&mut self, workflow: &Workflow, mut document: Document) -> Document {
        for renamed in workflow.renamed_marks(|mark| document.bears(mark)) {
            let RenamedMark { was, is } = &renamed;
            let message = format!("it bears the mark `{was}`, which the rules now call `{is}`");
            self.warning("not_migrated", message, CARRY_OVER);
            renamed.carry(&mut document);
        }
        document
    }

    fn record(
        &mut self,
        reading: &IdReading<'_>,
        workflow: &Workflow,
        path: &TreePath,
        bytes: &[u8],
    ) -> Option<Document> {
        let presumed = Presumed {
            id: reading.id.clone(),
            doc_type: self.location.type_word.clone(),
            status: workflow
                .entries
                .first()
                .map_or_else(|| Status::new(""), |entry| entry.to.clone()),
            version: self.facts.rules.presumed_version(reading.doctype),
        };
        let read = json::object(path, bytes)
            .map_err(|error| error.to_string())
            .and_then(|object| {
                let marks = self.facts.rules.marks();
                Document::from_object(object, presumed, marks).map_err(|error| error.to_string())
            });
        let read = read.map(|document| self.with_marks_of_today(workflow, document));
        match read {
            Ok(document) if workflow.state(&document.status).is_some() => Some(document),
            Ok(mut document) if let Some(state) = workflow.renamed(&document.status) => {
                let (was, is) = (&document.status, &state.name);
                let message = format!("it is in `{was}`, which the rules now call `{is}`");
                self.warning("not_migrated", message, CARRY_OVER);
                document.status = state.name.clone();
                Some(document)
            }
            Ok(document) => {
                let message = format!(
                    "its record says that it is `{}`, which is no state of its workflow",
                    document.status.as_str().escape_debug()
                );
                self.error("record_damaged", message, RESTORE);
                None
            }
            Err(error) => {
                let message = format!("its record cannot be understood: {error}");
                self.error("record_damaged", message, RESTORE);
                None
            }
        }
    }
}
