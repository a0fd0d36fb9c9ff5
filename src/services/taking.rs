//! Copies that are taken in: a person's own text becomes the document's, byte for byte (D-50).

use std::collections::BTreeMap;

use super::desk::Desk;
use super::look::Look;
use crate::error::Failure;
use crate::interpreter::{Change, Plan, Step};
use crate::model::{Code, DocId, Place, UserName, frontmatter};
use crate::store::scribe::LARGEST_TEXT;
use crate::store::{StoreError, layout};

impl Desk {
    /// Returns the copies that a plan takes in, as they are to be stored: byte for byte, but without keys
    /// of the frontmatter that are the record's (D-50, R-25).
    pub(super) fn copies_taken(
        &self,
        look: &Look<'_>,
        plan: &Plan,
    ) -> Result<BTreeMap<DocId, Vec<u8>>, Failure> {
        let mut taken = BTreeMap::new();
        for change in plan.changes() {
            let takes = change
                .steps
                .iter()
                .any(|step| matches!(step, Step::Place(Place::Workspace, _)));
            let owner = change
                .before
                .as_ref()
                .and_then(|before| before.document.owner.as_ref());
            if let (true, Some(owner)) = (takes, owner) {
                taken.insert(change.id().clone(), self.copy_taken(look, change, owner)?);
            }
        }
        Ok(taken)
    }

    fn copy_taken(
        &self,
        look: &Look<'_>,
        change: &Change,
        owner: &UserName,
    ) -> Result<Vec<u8>, Failure> {
        let path = layout::workspace_copy(owner, change.id())?;
        let bytes = look
            .facts
            .view
            .read(&path, LARGEST_TEXT)
            .map_err(own_file)?;
        let Some(bytes) = bytes else {
            let message = format!(
                "the copy of `{}` was not found in your workspace",
                change.id()
            );
            return Err(Failure::new(Code::NotCheckedOut, message)
                .hint(format!("put the text back at {path}, then check it in")));
        };
        let text = as_text(&path.to_string(), bytes)?;
        let marks: Vec<_> = self.rules().marks().collect();
        let is_state_key = |key: &str| {
            frontmatter::STATE_KEYS.contains(&key) || marks.iter().any(|mark| **mark == *key)
        };
        match frontmatter::without_keys(&text, &is_state_key) {
            Ok(text) => Ok(text.into_owned().into_bytes()),
            Err(fault) => Err(Failure::new(
                Code::InvalidArgument,
                format!("{path}:{}:{}: {}", fault.line, fault.column, fault.message),
            )
            .hint("the text stays where it is; mend it and check it in again")
            .fact("line", fault.line)
            .fact("column", fault.column)),
        }
    }
}

/// A person's own file that is too large is their mistake, not the disk's.
fn own_file(error: StoreError) -> Failure {
    if matches!(error, StoreError::TooLarge { .. }) {
        return Failure::new(Code::InvalidArgument, error.to_string());
    }
    error.into()
}

/// Returns bytes as a text that can be controlled.
///
/// # Errors
/// `invalid_argument` for what is not UTF-8 or holds NUL.
pub fn as_text(shown: &str, bytes: Vec<u8>) -> Result<String, Failure> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::new(
            Code::InvalidArgument,
            format!("{shown} is not UTF-8 (byte {at})"),
        )
    })?;
    if let Some(at) = text.find('\0') {
        let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
        let message = format!("{shown}:{line}: the text holds a NUL");
        return Err(Failure::new(Code::InvalidArgument, message));
    }
    Ok(text)
}
