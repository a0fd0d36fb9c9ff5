//! All that a decision may know.

use std::collections::BTreeMap;

use serde_json::Value;

use super::authorship::Authorship;
use super::refusal::Reason;
use crate::definitions::vocabulary::{CodeFact, Evidence};
use crate::model::{Answer, Code, DocId, DoctypeName, Document, Holdings, Place, Roster, UserName};

/// What is seen when an action is decided.
#[derive(Clone, Debug)]
pub struct Snapshot {
    /// The document acted on.
    pub target: Standing,
    /// Its children, where the rules ask for them.
    pub children: Vec<Child>,
    /// Who there is.
    pub roster: Roster,
    /// Why nothing may be changed here, where that is so.
    pub closed: Option<Closed>,
}

/// The working tree is a test environment: no document is created or changed in it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Closed {
    /// Its branch.
    pub branch: String,
    /// The branch in use, where documents are governed.
    pub production: String,
}

impl Closed {
    /// Returns the reason for refusing a change.
    #[must_use]
    pub fn reason(&self) -> Reason {
        let message = format!(
            "`{}` is a test environment: no controlled document is created or changed in it",
            self.branch
        );
        Reason::new(Code::GateBlocked, message)
            .fact("branch", self.branch.as_str())
            .remedy(format!(
                "work in the folder where `{}` is checked out",
                self.production
            ))
    }
}

impl Standing {
    /// Returns how something stands that has no text anywhere: yet, or ever.
    #[must_use]
    pub fn without_texts(
        doctype: DoctypeName,
        document: Document,
        title: String,
        code: CodeSeen,
    ) -> Self {
        Self {
            doctype,
            document,
            title,
            code,
            holdings: Holdings::default(),
            copy_lost: false,
            answered_by_trail: Vec::new(),
            authorship: Authorship::default(),
            texts: BTreeMap::new(),
            effective_date: None,
            trail_digest: None,
        }
    }
}

/// What governance of code found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CodeSeen {
    /// What the rules ask for, and whether it is so.
    pub evidence: BTreeMap<Evidence, Shown>,
    /// What events record.
    pub facts: BTreeMap<CodeFact, Value>,
}

/// Whether something is so.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shown {
    /// Whether it is.
    pub holds: bool,
    /// Why not, or what shows it.
    pub why: String,
}

/// A document that names another as its parent.
#[derive(Clone, Debug)]
pub struct Child {
    /// Its id.
    pub id: DocId,
    /// How it stands, where the rules ask for that.
    pub standing: Option<Standing>,
}

/// How a document stands: its record, its texts, and what follows from its trail.
#[derive(Clone, Debug)]
pub struct Standing {
    /// Its type.
    pub doctype: DoctypeName,
    /// Its record.
    pub document: Document,
    /// Its title.
    pub title: String,
    /// Which version lies where.
    pub holdings: Holdings,
    /// Whether the copy taken for writing is gone from the workspace.
    pub copy_lost: bool,
    /// What its trail says was answered since anybody was last asked; counts where the record is silent
    /// (D-54).
    pub answered_by_trail: Vec<(UserName, Answer)>,
    /// Who wrote its text, and whose answers are about an earlier one; empty where the rules do not ask.
    pub authorship: Authorship,
    /// Texts that guards or effects look into.
    pub texts: BTreeMap<Place, String>,
    /// The date on which the version in force came into force.
    pub effective_date: Option<String>,
    /// What governance of code found, where the rules ask for it.
    pub code: CodeSeen,
    /// The digest of its trail, where an event records it.
    pub trail_digest: Option<String>,
}

impl Standing {
    /// Returns what was answered: as the record says, else as the trail does.
    #[must_use]
    pub fn outcomes(&self) -> &[(UserName, Answer)] {
        self.document
            .outcomes
            .as_deref()
            .unwrap_or(&self.answered_by_trail)
    }
}
