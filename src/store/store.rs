//! A project on the disk: read through a view, changed by one commit at a time.

use std::ops::ControlFlow;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

use super::commit::{self, Committed};
use super::group::Group;
use super::journal::Journal;
use super::layout::QMS;
use super::lock::Lock;
use super::tree::Tree;
use super::view::{Pulse, View};
use super::{StoreError, TreePath};

/// How long a writer waits for another, and a reader for a state that no commit falls into.
const PATIENCE: Duration = Duration::from_secs(10);

/// Commits that never cease come between so many looks.
const LOOKS: u32 = 50;

/// A project on the disk.
#[derive(Debug)]
pub struct Store {
    tree: Tree,
    qms: TreePath,
    /// With whom it changes something, where it is not alone.
    group: OnceLock<Arc<Group>>,
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
            group: OnceLock::new(),
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

    /// Joins those who change something together: until they are done with it, what is seen from here, locked
    /// and committed is the group's. A store joins one group, once.
    pub fn join(&self, group: &Arc<Group>) {
        let _ = self.group.set(Arc::clone(group));
    }

    /// Returns the group that something is decided in now.
    fn group(&self) -> Option<&Group> {
        let group = self.group.get()?;
        (!group.is_over()).then_some(group)
    }

    /// Returns what lies there, a commit in progress, or what the group has decided, laid over it.
    ///
    /// # Errors
    /// The journal cannot be read.
    pub fn view(&self) -> Result<View<'_>, StoreError> {
        match self.group().and_then(Group::decided) {
            Some(decided) => View::over(&self.tree, &self.qms, decided),
            None => View::open(&self.tree, &self.qms),
        }
    }

    /// Looks at what lies there as one state that no commit falls into; where commits never cease, at the last
    /// that was seen.
    ///
    /// # Errors
    /// The journal cannot be read, or what looking ends with.
    pub fn look<T, E: From<StoreError>>(
        &self,
        look: impl Fn(&View<'_>) -> Result<T, E>,
    ) -> Result<T, E> {
        let started = Instant::now();
        let mut looks = 0;
        loop {
            let view = self.view()?;
            let seen = look(&view);
            looks += 1;
            // A machine that stands still meanwhile lets time pass, and no commits.
            let never_cease = looks > LOOKS && started.elapsed() > PATIENCE;
            if view.is_still_current()? || never_cease {
                return seen;
            }
        }
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

    /// Becomes the only writer, or one of the group that is.
    ///
    /// # Errors
    /// `locked`, after ten seconds.
    pub fn lock(&self) -> Result<Lock, StoreError> {
        match self.group() {
            Some(group) => group.lock(|| self.lock_alone()),
            None => self.lock_alone(),
        }
    }

    fn lock_alone(&self) -> Result<Lock, StoreError> {
        let lock = Lock::take(&self.tree, &self.qms, PATIENCE)?;
        commit::recover(&self.tree, &self.qms, &lock)?;
        Ok(lock)
    }

    /// Writes everything, or nothing; in a group, when the group does.
    ///
    /// # Errors
    /// Before the change is made; nothing has changed then. What goes wrong after is a warning.
    pub fn commit(&self, lock: &Lock, journal: &Journal) -> Result<Option<StoreError>, StoreError> {
        match self.group() {
            Some(group) => group.add(journal).map(|()| None),
            None => self.commit_now(lock, journal),
        }
    }

    /// Writes everything, or nothing, now.
    pub(super) fn commit_now(
        &self,
        lock: &Lock,
        journal: &Journal,
    ) -> Result<Option<StoreError>, StoreError> {
        if journal.changes.is_empty() {
            return Ok(None);
        }
        let mut undisturbed = |_: &'static str, _: usize| ControlFlow::Continue(());
        let Committed { warning, .. } =
            commit::commit(&self.tree, &self.qms, lock, journal, &mut undisturbed)?;
        Ok(warning)
    }
}
