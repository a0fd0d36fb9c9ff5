//! Whether a change was permitted: the documents that its message names, and where each of them stood then.

use std::collections::{BTreeMap, BTreeSet};

use chrono::DateTime;
use git2::{Commit, Oid};

use super::{ChangeOfCode, Violation};
use crate::error::Failure;
use crate::model::reference::is_hash;
use crate::model::{Code, Status};
use crate::services::facts::Facts;
use crate::services::governance::codebase::{Codebase, Meant};
use crate::services::governance::isolation::{may_be_id, words};
use crate::services::way::{Stay, stays_of};
use crate::store::systems::System;

/// The trailer that names an authority, in both spellings.
const TRAILERS: [&str; 2] = ["authorised-by", "authorized-by"];

/// What git writes into the message of a revert, before the hash.
const REVERTS: &str = "This reverts commit ";

/// Judges changes, one after the other.
pub(super) struct Judge<'j> {
    codebase: &'j Codebase,
    facts: &'j Facts<'j>,
    documents: BTreeMap<String, Authority>,
}

/// What a name in a message can authorise.
enum Authority {
    /// No document bears it.
    Unknown,
    /// Its type never authorises a change.
    Never,
    /// It is a document, which stood where it did.
    Document {
        states: BTreeSet<Status>,
        stays: Vec<Stay>,
    },
}

impl<'j> Judge<'j> {
    /// Begins to judge; what is known of a document is looked up once.
    pub(super) fn new(codebase: &'j Codebase, facts: &'j Facts<'j>) -> Self {
        Self {
            codebase,
            facts,
            documents: BTreeMap::new(),
        }
    }

    /// Returns what is wrong with a change, unless something permitted it.
    pub(super) fn violation(
        &mut self,
        system: &System,
        change: ChangeOfCode,
    ) -> Result<Option<(Oid, Violation)>, Failure> {
        let commit = self.codebase.commit(change.commit)?;
        let message = String::from_utf8_lossy(commit.message_bytes()).into_owned();
        let mut named = self.named_in(&message)?;
        if named.is_empty()
            && let Some(reverted) = self.reverted(&message)?
        {
            named = self.named_in(&reverted)?;
        }
        let Some((code, why)) = self.objection(&named, &commit)? else {
            return Ok(None);
        };
        let author = commit.author();
        let violation = Violation {
            commit: change.commit.to_string(),
            short: self.codebase.short(change.commit)?,
            made: moment(commit.time().seconds()),
            author: String::from_utf8_lossy(author.name_bytes()).into_owned(),
            subject: message.lines().next().unwrap_or_default().to_owned(),
            systems: vec![system.name.clone()],
            paths: change.paths,
            code,
            message: why,
        };
        Ok(Some((change.commit, violation)))
    }

    /// Returns the message of the commit that a message says it takes back.
    fn reverted(&self, message: &str) -> Result<Option<String>, Failure> {
        let hash = message.split_once(REVERTS).map(|(_, rest)| rest);
        let hash = hash.map(|rest| rest.chars().take_while(char::is_ascii_hexdigit));
        let Some(hash) = hash.map(Iterator::collect::<String>) else {
            return Ok(None);
        };
        if !is_hash(&hash) {
            return Ok(None);
        }
        Ok(match self.codebase.meant(&hash)? {
            Meant::Commit(id) => {
                let commit = self.codebase.commit(id)?;
                Some(String::from_utf8_lossy(commit.message_bytes()).into_owned())
            }
            Meant::Nothing | Meant::Several | Meant::Other(_) => None,
        })
    }

    /// Returns the documents that a message names: those of its trailers, or else all in it that may authorise.
    fn named_in(&mut self, message: &str) -> Result<Vec<String>, Failure> {
        // What git cannot read a trailer in has none.
        let trailers = git2::message_trailers_bytes(message.as_bytes()).ok();
        let mut named = Vec::new();
        for (key, value) in trailers.iter().flat_map(|trailers| trailers.iter()) {
            let key = String::from_utf8_lossy(key).to_ascii_lowercase();
            if TRAILERS.contains(&key.as_str()) {
                let value = String::from_utf8_lossy(value);
                // A person's name is no document's.
                let ids = words(&value).map(str::to_ascii_uppercase);
                named.extend(ids.filter(|word| self.facts.read_id(word).is_ok()));
            }
        }
        if !named.is_empty() {
            return Ok(named);
        }
        for word in words(message).filter(|word| may_be_id(word)) {
            let is_id = match self.facts.read_id(word) {
                Ok(reading) => reading.id.as_str() == word,
                Err(_) => false,
            };
            if is_id && !matches!(self.authority(word)?, Authority::Never) {
                named.push(word.to_owned());
            }
        }
        named.dedup();
        Ok(named)
    }

    /// Returns why none of the documents named permitted a commit, unless one did.
    fn objection(
        &mut self,
        named: &[String],
        commit: &Commit<'_>,
    ) -> Result<Option<(&'static str, String)>, Failure> {
        let made = commit.time().seconds();
        let mut objection = None;
        for name in named {
            let this = match self.authority(name)? {
                Authority::Unknown => {
                    ("unknown_document", format!("there is no document `{name}`"))
                }
                Authority::Never => (
                    "not_an_authority",
                    format!("`{name}` is of a type that never authorises a change of code"),
                ),
                Authority::Document { states, stays } => {
                    let at = stood(stays, made);
                    if at.iter().any(|status| states.contains(*status)) {
                        return Ok(None);
                    }
                    let wanted: Vec<_> = states.iter().map(Status::as_str).collect();
                    let stood = match at.last() {
                        Some(status) => format!("it was {status}"),
                        None => "it was not there yet".to_owned(),
                    };
                    let wanted = wanted.join(" or ");
                    let message = format!("`{name}` was not {wanted} when this was made: {stood}");
                    ("not_in_execution", message)
                }
            };
            objection = objection.or(Some(this));
        }
        let unnamed = || {
            let message = "it names no document that authorises it";
            ("unnamed", message.to_owned())
        };
        Ok(Some(objection.unwrap_or_else(unnamed)))
    }

    fn authority(&mut self, name: &str) -> Result<&Authority, Failure> {
        if !self.documents.contains_key(name) {
            let authority = self.look_up(name)?;
            self.documents.insert(name.to_owned(), authority);
        }
        Ok(self.documents.get(name).unwrap_or(&Authority::Unknown))
    }

    fn look_up(&self, name: &str) -> Result<Authority, Failure> {
        let Ok(reading) = self.facts.read_id(name) else {
            return Ok(Authority::Unknown);
        };
        let Some(workflow) = self.facts.rules.life_of(reading.doctype) else {
            return Ok(Authority::Never);
        };
        let states = workflow.states.iter().filter(|state| state.authorises);
        let states: BTreeSet<_> = states.map(|state| state.name.clone()).collect();
        if states.is_empty() {
            return Ok(Authority::Never);
        }
        match stays_of(self.facts, name) {
            Ok(stays) => Ok(Authority::Document { states, stays }),
            Err(failure) if failure.code == Code::NotFound => Ok(Authority::Unknown),
            Err(failure) => Err(failure),
        }
    }
}

/// Returns the states a document stood in during a second, in their order.
fn stood(stays: &[Stay], second: i64) -> Vec<&Status> {
    let leaves = stays.iter().skip(1).map(|stay| stay.since);
    let leaves = leaves.chain(std::iter::once(i64::MAX));
    let during = stays.iter().zip(leaves);
    let during = during.filter(|(stay, leave)| stay.since <= second && second <= *leave);
    during.map(|(stay, _)| &stay.status).collect()
}

fn moment(seconds: i64) -> String {
    let moment = DateTime::from_timestamp(seconds, 0);
    moment.map_or_else(String::new, |moment| {
        moment.format("%Y-%m-%dT%H:%M:%SZ").to_string()
    })
}
