//! Who calls: what the way of a call says of it, held against the `user` it names (REQ-MCP-015), and the
//! identities that are in use (REQ-MCP-016).
//!
//! A header attributes a call to whoever set up the way it came. It proves nothing: whoever can reach the
//! server can send any header.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use axum::http::HeaderMap;

use crate::error::Failure;
use crate::model::Code;

/// The header that says who calls.
pub const IDENTITY: &str = "x-qms-identity";

/// The header that says which of several callers of one name it is.
pub const INSTANCE: &str = "x-qms-instance";

/// As much of an instance is told as tells two apart.
const SHOWN: usize = 8;

/// Every answer to a caller whose identity is in use ends so: it is not the caller's to mend.
const CLOSING: &str = "This is final for this session. Do not attempt to troubleshoot, to call again or to \
    use another name: stop, and tell the person you work for.";

/// By which way a call came, and what that way says of who calls.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Caller {
    /// Over the input of a server that the client started itself: trusted, as a person at the command line is.
    #[default]
    Beside,
    /// Over the network, with what its headers say.
    Remote {
        /// Who it is.
        identity: Claim,
        /// Which of several of that name.
        instance: Claim,
    },
}

/// What a header says.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Claim {
    /// There is no such header.
    Absent,
    /// It says this.
    Said(String),
    /// It is there more than once, or holds more than printable ASCII.
    Unreadable,
}

impl Caller {
    /// Returns who calls over the network.
    #[must_use]
    pub fn remote(headers: &HeaderMap) -> Self {
        Self::Remote {
            identity: Claim::of(headers, IDENTITY),
            instance: Claim::of(headers, INSTANCE),
        }
    }

    /// Returns the name that the way itself says, where it says one.
    #[must_use]
    pub fn named(&self) -> Option<&str> {
        match self {
            Self::Remote {
                identity: Claim::Said(name),
                ..
            } => Some(name),
            Self::Remote { .. } | Self::Beside => None,
        }
    }
}

impl Claim {
    fn of(headers: &HeaderMap, name: &str) -> Self {
        let mut values = headers.get_all(name).iter();
        let Some(value) = values.next() else {
            return Self::Absent;
        };
        let is_printable = |byte: &u8| *byte == b' ' || byte.is_ascii_graphic();
        match value.to_str() {
            Ok(text) if values.next().is_none() && text.as_bytes().iter().all(is_printable) => {
                Self::Said(text.to_owned())
            }
            Ok(_) | Err(_) => Self::Unreadable,
        }
    }
}

/// The identities in use, shared by every call of a server.
#[derive(Debug)]
pub struct Locks {
    life: Duration,
    held: Mutex<HashMap<String, Held>>,
}

#[derive(Debug)]
struct Held {
    instance: String,
    seen: Instant,
}

impl Locks {
    /// Returns no locks; each will live so long after its last call.
    #[must_use]
    pub fn new(life: Duration) -> Self {
        Self {
            life,
            held: Mutex::default(),
        }
    }

    /// Decides whether a call may act as the `user` it names. A caller that its header names holds that
    /// identity from here on, whatever becomes of the call; `is_known` tells whether there is such a user,
    /// for only they can be held.
    ///
    /// # Errors
    /// `identity_missing` for a blank name, `identity_mismatch` where the header says another, and
    /// `identity_locked` where somebody else holds it.
    pub fn resolve_identity(
        &self,
        caller: &Caller,
        user: Option<&str>,
        now: Instant,
        is_known: impl FnOnce(&str) -> bool,
    ) -> Result<(), Failure> {
        let user = user.filter(|user| !user.trim().is_empty());
        match caller {
            Caller::Beside
            | Caller::Remote {
                identity: Claim::Absent,
                ..
            } => self.check_trusted(user.ok_or_else(missing)?, now),
            Caller::Remote {
                identity: Claim::Said(name),
                instance,
            } => {
                if name.trim().is_empty() {
                    return Err(missing());
                }
                let user = user.ok_or_else(missing)?;
                if user != name {
                    return Err(mismatch(name, user));
                }
                let instance = match instance {
                    Claim::Absent => "",
                    Claim::Said(instance) => instance,
                    Claim::Unreadable => return Err(unreadable(INSTANCE)),
                };
                self.hold(name, instance, now, is_known)
            }
            Caller::Remote {
                identity: Claim::Unreadable,
                ..
            } => Err(unreadable(IDENTITY)),
        }
    }

    /// Keeps an identity in use for a caller who holds it and whose call still waits to be answered.
    pub fn keep(&self, caller: &Caller, now: Instant) {
        let (Some(name), Caller::Remote { instance, .. }) = (caller.named(), caller) else {
            return;
        };
        let instance = match instance {
            Claim::Said(instance) => instance,
            Claim::Absent | Claim::Unreadable => "",
        };
        let mut held = self.unexpired(now);
        if let Some(held) = held.get_mut(name).filter(|held| held.instance == instance) {
            held.seen = now;
        }
    }

    fn check_trusted(&self, user: &str, now: Instant) -> Result<(), Failure> {
        let held = self.unexpired(now);
        if held.contains_key(user) {
            return Err(locked(
                user,
                "is active in enforced mode. Trusted-mode request rejected",
            ));
        }
        Ok(())
    }

    fn hold(
        &self,
        name: &str,
        instance: &str,
        now: Instant,
        is_known: impl FnOnce(&str) -> bool,
    ) -> Result<(), Failure> {
        if let Some(held) = self.unexpired(now).get_mut(name) {
            if held.instance == instance {
                held.seen = now;
                return Ok(());
            }
            return Err(taken(name, &held.instance));
        }
        // Looked up without the lock of all locks: it reads the project.
        if !is_known(name) {
            tracing::warn!(identity = name, "a header names nobody who is known");
            return Ok(());
        }
        let mut held = self.unexpired(now);
        let new = Held {
            instance: instance.to_owned(),
            seen: now,
        };
        let holder = held.entry(name.to_owned()).or_insert(new);
        if holder.instance == instance {
            return Ok(());
        }
        Err(taken(name, &holder.instance))
    }

    fn unexpired(&self, now: Instant) -> std::sync::MutexGuard<'_, HashMap<String, Held>> {
        let mut held = self.held.lock().unwrap_or_else(PoisonError::into_inner);
        held.retain(|_, held| now.saturating_duration_since(held.seen) <= self.life);
        held
    }
}

fn missing() -> Failure {
    let message =
        "it was not said who acts: `user` is missing or blank, or the header that names you is";
    Failure::new(Code::IdentityMissing, message)
        .hint("give your own name as `user` with every call")
}

fn mismatch(name: &str, user: &str) -> Failure {
    let claimed = user.escape_debug();
    tracing::warn!(identity = name, claimed = %claimed, "a call under another's name");
    let message =
        format!("you are authenticated as `{name}`, and this call claims to be `{claimed}`");
    Failure::new(Code::IdentityMismatch, message)
        .hint(format!(
            "use user='{name}'. To act under another's name is impersonation, a QMS violation; this attempt is logged"
        ))
        .fact("authenticated", name)
        .fact("claimed", user)
}

fn unreadable(header: &str) -> Failure {
    let message = format!("the header `{header}` is there twice, or is not printable ASCII");
    Failure::new(Code::IdentityMismatch, message)
        .hint("whoever set up this connection must send it once; nobody is acted for until then")
}

fn taken(name: &str, instance: &str) -> Failure {
    let shown: String = instance.chars().take(SHOWN).collect();
    let shown = if shown.is_empty() {
        "(unnamed)"
    } else {
        &shown
    };
    locked(
        name,
        &format!(
            "is already registered to container instance {shown}; this is a duplicate container"
        ),
    )
}

fn locked(name: &str, why: &str) -> Failure {
    tracing::warn!(identity = name, why, "an identity in use");
    let message = format!("IDENTITY LOCKED: `{name}` {why}. {CLOSING}");
    Failure::new(Code::IdentityLocked, message).fact("identity", name)
}

#[cfg(test)]
mod tests;
