//! Every kind of finding: its code, how grave it is, what it means and what to do about it.
//!
//! A finding can only be made with one of these. `grammar/findings.md` is this list as a table.

mod files;
mod life;
mod names;
mod proofs;
mod types;

pub use files::*;
pub use life::*;
pub use names::*;
pub use proofs::*;
pub use types::*;

use std::fmt;

use super::report::Severity;

/// A kind of finding; there are none but those of this module.
#[derive(Debug, PartialEq, Eq)]
pub struct FindingCode {
    word: &'static str,
    severity: Severity,
    level: Level,
    meaning: &'static str,
    remedy: &'static str,
}

/// What a kind of finding is about.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Level {
    /// Whether a text can be read at all.
    Syntax,
    /// Which words may stand where.
    Shape,
    /// Which file says what.
    Files,
    /// Names: well formed, and declared once.
    Names,
    /// Names that are used, and what they stand for.
    References,
    /// What is declared, and by whom it is used.
    Use,
    /// States, and the ways between them.
    Graph,
    /// Actions, and what they need and do.
    Actions,
    /// What a trail records.
    Trail,
    /// Types: their ids, homes and parents.
    Types,
    /// Who may do what.
    Authority,
    /// What people are asked, and in what form.
    Prompts,
    /// What documents are born from.
    Templates,
    /// Stories that the rules are tried by.
    Scenarios,
    /// What can come about, and must not.
    Proofs,
    /// Whether the people and documents of a project can live by the rules.
    Practice,
}

impl Level {
    /// Returns the word of tables and reports.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Syntax => "syntax",
            Self::Shape => "shape",
            Self::Files => "files",
            Self::Names => "names",
            Self::References => "references",
            Self::Use => "use",
            Self::Graph => "graph",
            Self::Actions => "actions",
            Self::Trail => "trail",
            Self::Types => "types",
            Self::Authority => "authority",
            Self::Prompts => "prompts",
            Self::Templates => "templates",
            Self::Scenarios => "scenarios",
            Self::Proofs => "proofs",
            Self::Practice => "practice",
        }
    }
}

impl FindingCode {
    /// Returns the code, without its prefix.
    #[must_use]
    pub fn as_str(&self) -> &'static str {
        self.word
    }

    /// Returns how grave such a finding is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.severity
    }

    /// Returns what it is about.
    #[must_use]
    pub fn level(&self) -> Level {
        self.level
    }

    /// Returns what it means, in a sentence.
    #[must_use]
    pub fn meaning(&self) -> &'static str {
        self.meaning
    }

    /// Returns what to do about it, where nothing more is known.
    #[must_use]
    pub fn remedy(&self) -> &'static str {
        self.remedy
    }
}

/// As reports show it, with its prefix.
impl fmt::Display for FindingCode {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "qms::rules::{}", self.word)
    }
}

/// Returns every kind of finding, by levels.
pub fn all() -> impl Iterator<Item = &'static FindingCode> {
    [files::ALL, names::ALL, life::ALL, types::ALL, proofs::ALL]
        .into_iter()
        .flatten()
        .copied()
}

/// Makes a list of kinds: a constant for each, and all of them in order.
macro_rules! codes {
    ($($level:ident { $($name:ident = $word:literal $severity:ident $meaning:literal $remedy:literal)+ })+) => {
        $($(
            #[doc = $meaning]
            pub const $name: &FindingCode = &FindingCode {
                word: $word,
                severity: Severity::$severity,
                level: Level::$level,
                meaning: $meaning,
                remedy: $remedy,
            };
        )+)+

        /// All of these.
        pub(super) const ALL: &[&FindingCode] = &[$($($name,)+)+];
    };
}
use codes;
