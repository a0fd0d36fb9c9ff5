//! Names that mean something, each a type of its own, so that a status is never taken for a verb.

use std::borrow::{Borrow, Cow};
use std::fmt;

use serde::Serialize;
use smol_str::SmolStr;

macro_rules! names {
    ($($(#[$doc:meta])+ $name:ident;)+) => {$(
        $(#[$doc])+
        #[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
        #[serde(transparent)]
        pub struct $name(SmolStr);

        impl $name {
            /// Takes a word as it stands; whether it is declared is for the definitions to say.
            pub fn new(word: impl Into<Cow<'static, str>>) -> Self {
                Self(match word.into() {
                    Cow::Borrowed(word) => SmolStr::new_static(word),
                    Cow::Owned(word) => word.into(),
                })
            }

            /// Returns the word.
            #[must_use]
            pub fn as_str(&self) -> &str {
                &self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
                out.pad(&self.0)
            }
        }

        impl Borrow<str> for $name {
            fn borrow(&self) -> &str {
                &self.0
            }
        }

        impl AsRef<str> for $name {
            fn as_ref(&self) -> &str {
                &self.0
            }
        }

        impl PartialEq<str> for $name {
            fn eq(&self, other: &str) -> bool {
                self.0 == other
            }
        }

        impl PartialEq<&str> for $name {
            fn eq(&self, other: &&str) -> bool {
                self.0 == *other
            }
        }
    )+};
}

names! {
    /// Where a document stands in its workflow.
    Status;
    /// What a person may ask for.
    Verb;
    /// One of several ways of the same verb.
    Variant;
    /// A group of users.
    Group;
    /// Somebody who acts.
    UserName;
    /// An execution phase.
    Phase;
    /// A flag that a document bears.
    Mark;
    /// An answer a reviewer may give, as people say it.
    Outcome;
    /// An answer that was given, as records say it.
    Answer;
    /// A line of the trail, by kind.
    EventName;
    /// A trail that outlives its documents.
    Ledger;
    /// Which questions a task asks: the `workflow_type` of a task.
    Stage;
    /// What a task wants: the `task_type` of a task.
    TaskKind;
    /// A state machine.
    WorkflowName;
    /// A doctype, by the name of its file.
    DoctypeName;
    /// A type as `create` and `doc_type` say it; a namespaced doctype has one for each namespace.
    TypeWord;
    /// A way to be born.
    EntryName;
    /// What a document does when its parent acts.
    ReactionName;
    /// What an action is given.
    ArgumentName;
    /// A document's id, in canonical form.
    DocId;
}

/// A verb, and which of its ways.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ActionName {
    /// What is asked for.
    pub verb: Verb,
    /// Which way of it, where there are several.
    pub variant: Option<Variant>,
}

impl ActionName {
    /// Returns the name of a verb without variants.
    #[must_use]
    pub fn plain(verb: Verb) -> Self {
        Self {
            verb,
            variant: None,
        }
    }
}

impl fmt::Display for ActionName {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.variant {
            Some(variant) => write!(out, "{} {variant}", self.verb),
            None => write!(out, "{}", self.verb),
        }
    }
}

/// Tells whether a name may be given to somebody or something new: it begins with a letter or a
/// digit, and holds letters, digits, `-` and `_` only, 64 at most.
#[must_use]
pub fn is_well_formed(name: &str) -> bool {
    name.len() <= 64
        && name
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || byte == b'-' || byte == b'_')
        && name
            .bytes()
            .next()
            .is_some_and(|byte| byte.is_ascii_alphanumeric())
}
