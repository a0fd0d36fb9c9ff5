//! Where a document's text may lie, and which version lies where.

use super::Version;

/// A place that can hold a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Place {
    /// What the document is born from.
    Template,
    /// The copy somebody has taken for writing.
    Workspace,
    /// The text that is being worked on.
    Draft,
    /// The text in force, or closed.
    Issued,
}

impl Place {
    /// Every place, by the word the definitions use.
    pub const WORDS: &[(&'static str, Self)] = &[
        ("template", Self::Template),
        ("workspace", Self::Workspace),
        ("draft", Self::Draft),
        ("issued", Self::Issued),
    ];

    /// Returns the word the definitions use.
    #[must_use]
    pub fn word(self) -> &'static str {
        match self {
            Self::Template => "template",
            Self::Workspace => "workspace",
            Self::Draft => "draft",
            Self::Issued => "issued",
        }
    }
}

/// Which version lies at which place; the template bears none.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Holdings {
    /// The copy taken for writing.
    pub workspace: Option<Version>,
    /// The text being worked on.
    pub draft: Option<Version>,
    /// The text in force, or closed.
    pub issued: Option<Version>,
}

impl Holdings {
    /// Returns the version at a place, where something lies there.
    #[must_use]
    pub fn at(&self, place: Place) -> Option<Version> {
        match place {
            Place::Template => None,
            Place::Workspace => self.workspace,
            Place::Draft => self.draft,
            Place::Issued => self.issued,
        }
    }

    /// Puts a version at a place, or empties it. The template is not the document's to change.
    pub fn put(&mut self, place: Place, version: Option<Version>) {
        match place {
            Place::Template => {}
            Place::Workspace => self.workspace = version,
            Place::Draft => self.draft = version,
            Place::Issued => self.issued = version,
        }
    }
}
