//! What lies where after an action, done or only shown: in the workspace, and in the place of the draft.

use super::desk::{Desk, Done};
use crate::store::TreePath;
use crate::store::layout;
use crate::store::scribe::LARGEST_TEXT;

impl Desk {
    /// Returns the copy in its owner's workspace; none where there is none, or answers are given instead.
    #[must_use]
    pub fn copy_after(&self, done: &Done) -> Option<Vec<u8>> {
        let standing = &done.plan.target.after;
        let (owner, id) = (standing.document.owner.as_ref()?, &standing.document.id);
        let doctype = self.rules().doctype(&standing.doctype)?;
        let is_asked = doctype.authoring.interview.is_some();
        let session = layout::session(owner, id).ok()?;
        if is_asked && self.content_after(done, &session).is_some() {
            return None;
        }
        self.content_after(done, &layout::workspace_copy(owner, id).ok()?)
    }

    /// Returns the text in the place of the draft.
    #[must_use]
    pub fn draft_after(&self, done: &Done) -> Option<Vec<u8>> {
        self.content_after(done, &done.location.draft().ok()?)
    }

    /// Returns what a file holds: as it was written, else as it lies there.
    fn content_after(&self, done: &Done, path: &TreePath) -> Option<Vec<u8>> {
        if let Some(bytes) = done.journal.written(path) {
            return Some(bytes.to_vec());
        }
        if done.journal.removed().any(|removed| removed == path) {
            return None;
        }
        let view = self.store().view().ok()?;
        view.read(path, LARGEST_TEXT).ok()?
    }
}
