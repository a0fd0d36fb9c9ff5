//! The stable codes by which programs tell one failure from another.

use std::fmt;

use serde::{Serialize, Serializer};

macro_rules! codes {
    ($($(#[$doc:meta])+ $name:ident = $word:literal, exit $exit:literal;)+) => {
        /// Why something was refused or failed; part of the interface, never renamed.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[$doc])+ $name,)+
        }

        impl Code {
            /// Every code there is.
            pub const ALL: &[Self] = &[$(Self::$name,)+];

            /// Returns the code as programs read it.
            #[must_use]
            pub fn as_str(self) -> &'static str {
                match self { $(Self::$name => $word,)+ }
            }

            /// Returns the exit status of a command that ends with it.
            #[must_use]
            pub fn exit_status(self) -> u8 {
                match self { $(Self::$name => $exit,)+ }
            }
        }
    };
}

codes! {
    /// A flag is missing, unknown or contradicts another.
    Usage = "usage", exit 2;
    /// There is no project here.
    NoProject = "no_project", exit 1;
    /// An interactive template is broken.
    TemplateInvalid = "template_invalid", exit 1;
    /// Nobody is known by that name.
    UnknownUser = "unknown_user", exit 1;
    /// The actor's group may not do this.
    PermissionDenied = "permission_denied", exit 1;
    /// Only the owner may do this.
    NotOwner = "not_owner", exit 1;
    /// Only those who were asked may do this.
    NotAssigned = "not_assigned", exit 1;
    /// There is no such document, version or file.
    NotFound = "not_found", exit 1;
    /// It exists already.
    AlreadyExists = "already_exists", exit 1;
    /// No doctype bears that name.
    UnknownType = "unknown_type", exit 1;
    /// What was given is empty or malformed.
    InvalidArgument = "invalid_argument", exit 1;
    /// The workflow has no such way from here.
    InvalidTransition = "invalid_transition", exit 1;
    /// A condition of the workflow does not hold.
    GateBlocked = "gate_blocked", exit 1;
    /// Somebody holds a copy for writing.
    CheckedOut = "checked_out", exit 1;
    /// Nobody holds a copy for writing, or not the actor, or it is lost.
    NotCheckedOut = "not_checked_out", exit 1;
    /// The parent does not stand where it must.
    ParentState = "parent_state", exit 1;
    /// The document's life is over.
    TerminalState = "terminal_state", exit 1;
    /// It was not said who acts.
    IdentityMissing = "identity_missing", exit 2;
    /// The caller is not who the call claims.
    IdentityMismatch = "identity_mismatch", exit 1;
    /// The identity is in use elsewhere.
    IdentityLocked = "identity_locked", exit 1;
    /// The record has moved on since the caller looked.
    Stale = "stale", exit 1;
    /// Another process holds the store too long.
    Locked = "locked", exit 1;
    /// The definitions in force are not sound.
    DefinitionsInvalid = "definitions_invalid", exit 3;
    /// A record is damaged.
    Integrity = "integrity", exit 3;
    /// A file could not be read or written.
    Io = "io", exit 1;
}

impl fmt::Display for Code {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(self.as_str())
    }
}

impl Serialize for Code {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(self.as_str())
    }
}
