//! What is somebody's own to move on: nobody else is awaited, and nobody else is going to ask.

use serde_json::Value;

use super::catalogue::left_to;
use super::look::Look;
use super::next;
use crate::analysis::explain::{Prospect, Verdict};
use crate::error::Failure;
use crate::interpreter::Standing;
use crate::model::DocId;
use crate::store::tree::Stamp;

/// As many documents are looked at for somebody who has many: nobody moves on more at a time.
const SHOWN: usize = 20;

/// A document that is somebody's to move on.
#[derive(Clone, Debug)]
pub struct Own {
    /// How it stands.
    pub standing: Standing,
    /// What they may do with it.
    pub next: Value,
    /// Tells whether anything has happened to it.
    pub stamp: Option<Stamp>,
}

/// What is somebody's to move on.
#[derive(Clone, Debug, Default)]
pub struct Yours {
    /// The newest of it.
    pub shown: Vec<Own>,
    /// How many documents more may be theirs.
    pub more: usize,
    /// What kept records from being read.
    pub warnings: Vec<String>,
}

impl Look<'_> {
    /// Returns the documents that are to be moved on by who looks, newest activity first.
    ///
    /// They are responsible for it, it awaits nobody, its life has not ended, a text of it is in the making
    /// (what is only in force rests), and there is something they may do that does not merely erase it. All
    /// but the last is asked of the records alone, so that only few documents are looked at whole.
    ///
    /// # Errors
    /// The folder of records cannot be read.
    pub fn yours(&self) -> Result<Yours, Failure> {
        let (ids, warnings) = left_to(self, &self.actor.name)?;
        let mut yours = Yours {
            warnings,
            ..Yours::default()
        };
        for (index, id) in ids.iter().enumerate() {
            if yours.shown.len() == SHOWN {
                yours.more = ids.len() - index;
                break;
            }
            match self.own(id) {
                Ok(own) => yours.shown.extend(own),
                Err(failure) => yours.warnings.push(failure.message.clone()),
            }
        }
        Ok(yours)
    }

    fn own(&self, id: &DocId) -> Result<Option<Own>, Failure> {
        let (location, standing) = self.facts.document(id.as_str())?;
        let (seen, prospects) = self.prospects(&location, standing, &self.actor)?;
        let next = next::next(&seen.target, &prospects, &self.actor);
        Ok(prospects.iter().any(leads_on).then_some(Own {
            standing: seen.target,
            next,
            stamp: self.facts.view.stamp(&location.trail()?)?,
        }))
    }
}

/// Tells whether something may be done that leaves the document somewhere.
fn leads_on(prospect: &Prospect) -> bool {
    match &prospect.verdict {
        Verdict::Allowed(allowed) => allowed.to.is_some(),
        Verdict::Blocked(_) => false,
    }
}
