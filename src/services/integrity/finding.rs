//! What was found, how grave it is, and what can be done about it.

use std::fmt;

use serde::{Serialize, Serializer};

use crate::model::DocId;

/// What can be done where a file is not what was recorded.
pub(super) const RESTORE: &str = "restore the file from a backup or from version control";

/// What can be done where a trail is not what was written.
pub(super) const RESTORE_TRAIL: &str = "restore the trail from a backup or from version control, and find out who changed it: a trail is never edited";

/// What can be done where the rules were changed and the documents were not carried over yet.
pub(super) const CARRY_OVER: &str = "run `qms migrate`";

/// What can be done where a file lies where none belongs.
pub(super) const REMOVE: &str = "see whose it is, and move it elsewhere";

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// What lies there is not what was recorded.
    Error,
    /// It hinders somebody, or may be lost.
    Warning,
    /// Worth knowing.
    Note,
}

impl Severity {
    /// Returns the severity as programs read it.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
            Self::Note => "note",
        }
    }
}

impl fmt::Display for Severity {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl Serialize for Severity {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}

/// Something that is not as it should be.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Finding {
    /// Which kind, stable for programs.
    pub code: &'static str,
    /// How grave it is.
    pub severity: Severity,
    /// About which document; none where it is about the project.
    pub doc_id: Option<DocId>,
    /// What is wrong.
    pub message: String,
    /// What to do.
    pub remedy: &'static str,
}

impl Finding {
    /// Returns a finding.
    pub(super) fn new(
        severity: Severity,
        code: &'static str,
        doc_id: Option<&DocId>,
        message: impl Into<String>,
        remedy: &'static str,
    ) -> Self {
        Self {
            code,
            severity,
            doc_id: doc_id.cloned(),
            message: message.into(),
            remedy,
        }
    }

    /// Returns an error.
    pub(super) fn error(
        code: &'static str,
        doc_id: Option<&DocId>,
        message: impl Into<String>,
        remedy: &'static str,
    ) -> Self {
        Self::new(Severity::Error, code, doc_id, message, remedy)
    }

    /// Returns a warning.
    pub(super) fn warning(
        code: &'static str,
        doc_id: Option<&DocId>,
        message: impl Into<String>,
        remedy: &'static str,
    ) -> Self {
        Self::new(Severity::Warning, code, doc_id, message, remedy)
    }

    /// Returns a note.
    pub(super) fn note(
        code: &'static str,
        doc_id: Option<&DocId>,
        message: impl Into<String>,
        remedy: &'static str,
    ) -> Self {
        Self::new(Severity::Note, code, doc_id, message, remedy)
    }
}
