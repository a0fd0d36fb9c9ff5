//! A project on the disk: read through a view, changed by one commit at a time.

use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

use super::commit::{self, Committed};
use super::journal::Journal;
use super::layout::QMS;
use super::lock::Lock;
use super::tree::Tree;
use super::view::{Pulse, View};
use super::{StoreError, TreePath};

/// How long a writer waits for another.
const PATIENCE: Duration = Duration::from_secs(10);

/// A project on the disk.
#[derive(Debug)]
pub struct Store {
    tree: Tree,
    qms: TreePath,
}

impl Store {
    /// Opens a project. A change that was made but not fully applied by a writer that is gone is
    /// finished first; where that cannot be, readers see it all the same.
    ///
    /// # Errors
    /// The root cannot be opened.
    pub fn open(root: &Path) -> Result<(Self, Option<StoreError>), StoreError> {
        let store = Self {
            tree: Tree::open(root)?,
            qms: TreePath::new(QMS)?,
        };
        let warning = store.finish_what_was_begun().err();
        Ok((store, warning))
    }

    fn finish_what_was_begun(&self) -> Result<(), StoreError> {
        if Journal::read(&self.tree, &self.qms)?.is_none() {
            return Ok(());
        }
        if let Some(lock) = Lock::try_take(&self.tree, &self.qms)? {
            commit::recover(&self.tree, &self.qms, &lock)?;
        }
        Ok(())
    }

    /// Returns what lies there, a commit in progress laid over it.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn view(&self) -> Result<View<'_>, StoreError> {
        View::open(&self.tree, &self.qms)
    }

    /// Returns what tells whether a commit came by since it was last asked for.
    ///
    /// # Errors
    /// `Link` or `Io`.
    pub fn pulse(&self) -> Result<Pulse, StoreError> {
        Pulse::now(&self.tree, &self.qms)
    }

    /// Returns the files themselves.
    #[must_use]
    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// Becomes the only writer.
    ///
    /// # Errors
    /// `locked`, after ten seconds.
    pub fn lock(&self) -> Result<Lock, StoreError> {
        let lock = Lock::take(&self.tree, &self.qms, PATIENCE)?;
        commit::recover(&self.tree, &self.qms, &lock)?;
        Ok(lock)
    }

    /// Writes everything, or nothing.
    ///
    /// # Errors
    /// Before the change is made; nothing has changed then. What goes wrong after is a warning.
    pub fn commit(&self, lock: &Lock, journal: &Journal) -> Result<Option<StoreError>, StoreError> {
        if journal.changes.is_empty() {
            return Ok(None);
        }
        let mut undisturbed = |_: &'static str, _: usize| ControlFlow::Continue(());
        let Committed { warning, .. } =
            commit::commit(&self.tree, &self.qms, lock, journal, &mut undisturbed)?;
        Ok(warning)
    }
}
