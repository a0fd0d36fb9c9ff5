//! Changes that are decided one after the other and made together, by one commit.
//!
//! A commit waits for the disk three times, whether it carries one change or thirty. So a server lets those who
//! wait decide in turn under one lock, each on the files with all that the group decided before it laid over
//! them, as a view lays a journal that is not applied yet. What they decide is merged into one journal, which is
//! committed as any other (`commit.rs`): all of the group is made, or none of it.
//!
//! It is as sound as one commit after the other:
//! - Nothing of a group stands in a file before its one journal is on the disk; nobody outside reads any of it.
//! - Nobody is answered before the group is settled, not even with a refusal: it may rest on what is not made yet.
//! - What does not begin exactly where the group has come to is not taken in (`merging.rs`).
//! - Where the commit fails nothing of the group is made, and each is done again alone: none bears the failure
//!   of another.
//!
//! Who is in the group, and when it is settled, is the affair of whoever leads it.

use std::mem;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use super::StoreError;
use super::journal::{Change, Journal};
use super::lock::Lock;
use super::store::Store;

/// A group takes so many changes.
const MOST: usize = 32;

/// A group that brings so many bytes takes no more.
const MOST_BYTES: usize = 4 * 1024 * 1024;

/// A group that has held the lock so long takes no more: other programs wait for it.
const LONGEST: Duration = Duration::from_millis(500);

/// Changes that are decided one after the other and made together.
#[derive(Debug, Default)]
pub struct Group(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    lock: Option<(Lock, Instant)>,
    decided: Arc<Journal>,
    changes: usize,
    bytes: usize,
    stage: Stage,
}

/// How far a group has come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Stage {
    /// It is being decided.
    #[default]
    Open,
    /// Its last change could not be taken in.
    Declined,
    /// It is made, or not made.
    Over,
}

impl Group {
    /// Tells whether nobody else may join.
    #[must_use]
    pub fn is_full(&self) -> bool {
        let state = self.state();
        let is_large = state.changes >= MOST || state.bytes >= MOST_BYTES;
        let lock = state.lock.as_ref();
        let is_long = lock.is_some_and(|(_, since)| since.elapsed() >= LONGEST);
        state.stage != Stage::Open || is_large || is_long
    }

    /// Tells whether the last change could not be taken in: it is to be made alone, when the group is settled.
    #[must_use]
    pub fn has_declined(&self) -> bool {
        self.state().stage == Stage::Declined
    }

    /// Returns all that is decided and not yet made, as one journal; none where that is nothing.
    #[must_use]
    pub fn decided(&self) -> Option<Arc<Journal>> {
        let state = self.state();
        (!state.decided.changes.is_empty()).then(|| Arc::clone(&state.decided))
    }

    /// Makes all that is decided, or nothing of it, and lets the lock go.
    ///
    /// # Errors
    /// As for [`Store::commit`]; nothing of the group is made then.
    pub fn settle(&self, store: &Store) -> Result<Option<StoreError>, StoreError> {
        let (lock, decided) = {
            let mut state = self.state();
            state.stage = Stage::Over;
            (state.lock.take(), mem::take(&mut state.decided))
        };
        match lock {
            Some((lock, _)) => store.commit_now(&lock, &decided),
            None => Ok(None),
        }
    }

    pub(super) fn is_over(&self) -> bool {
        self.state().stage == Stage::Over
    }

    /// Returns the lock of the group, taken when it is first asked for.
    pub(super) fn lock(
        &self,
        take: impl FnOnce() -> Result<Lock, StoreError>,
    ) -> Result<Lock, StoreError> {
        let mut state = self.state();
        if let Some((lock, _)) = &state.lock {
            return Ok(lock.share());
        }
        let lock = take()?;
        state.lock = Some((lock.share(), Instant::now()));
        Ok(lock)
    }

    /// Takes in a change that was decided on all before it.
    ///
    /// # Errors
    /// `Stale` where it cannot be taken in: nothing of it will be made, and nobody else may join.
    pub(super) fn add(&self, journal: &Journal) -> Result<(), StoreError> {
        let mut state = self.state();
        let Some(first) = journal.changes.first() else {
            return Ok(());
        };
        let Some(decided) = state.decided.then(journal) else {
            state.stage = Stage::Declined;
            return Err(StoreError::stale(first.path()));
        };
        state.decided = Arc::new(decided);
        state.changes += 1;
        state.bytes += journal.changes.iter().map(Change::weight).sum::<usize>();
        Ok(())
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::super::TreePath;
    use super::super::journal::Before;
    use super::*;

    fn write(path: &str, bytes: Vec<u8>) -> Journal {
        let path = TreePath::new(path).unwrap();
        let before = Before::Absent;
        Journal {
            changes: vec![Change::Write {
                path,
                bytes,
                before,
            }],
        }
    }

    #[test]
    fn a_group_takes_so_many_changes_and_so_many_bytes() {
        let group = Group::default();
        for number in 0..MOST {
            assert!(!group.is_full());
            group.add(&Journal::default()).unwrap();
            group
                .add(&write(&format!("QMS/{number}"), Vec::new()))
                .unwrap();
        }
        assert!(group.is_full());

        let group = Group::default();
        group.add(&write("QMS/a", vec![0; MOST_BYTES - 1])).unwrap();
        assert!(!group.is_full());
        group.add(&write("QMS/b", vec![0])).unwrap();
        assert!(group.is_full() && !group.has_declined());

        let group = Group::default();
        group.add(&write("QMS/a", vec![1])).unwrap();
        assert!(group.add(&write("QMS/a", vec![2])).is_err());
        assert!(group.is_full() && group.has_declined());
    }

    #[test]
    fn a_store_is_its_own_again_when_its_group_is_over() {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir(root.path().join("QMS")).unwrap();
        let (store, other) = (
            Store::open(root.path()).unwrap().0,
            Store::open(root.path()).unwrap().0,
        );
        let group = Arc::new(Group::default());
        store.join(&group);
        let path = TreePath::new("QMS/a").unwrap();
        let seen = |store: &Store| store.view().unwrap().read(&path, 10).unwrap();
        let make = |bytes: &[u8], name: &str| {
            let lock = store.lock().unwrap();
            store.commit(&lock, &write(name, bytes.to_vec())).unwrap();
        };

        make(b"one", "QMS/a");
        assert_eq!((seen(&store), seen(&other)), (Some(b"one".to_vec()), None));
        assert!(group.settle(&store).unwrap().is_none());
        assert_eq!(
            (seen(&store), seen(&other)),
            (Some(b"one".to_vec()), Some(b"one".to_vec()))
        );
        make(b"two", "QMS/b");
        assert!(root.path().join("QMS/b").exists() && group.decided().is_none());
        drop(other.lock().unwrap());
    }
}
