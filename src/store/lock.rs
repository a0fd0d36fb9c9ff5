//! The one lock of a project: held on the handle of a folder, so that no lock file appears.
//!
//! It keeps writers apart. Readers never take it; they read a [`View`](super::view::View).

use std::os::fd::OwnedFd;
use std::sync::Arc;
use std::thread;
use std::time::{Duration, Instant};

use rustix::fs::{FlockOperation, flock};
use rustix::io::Errno;

use super::error::StoreError;
use super::path::TreePath;
use super::tree::Tree;

const FIRST_SLEEP: Duration = Duration::from_micros(200);
const LONGEST_SLEEP: Duration = Duration::from_millis(20);

/// The right to change the files beneath a folder, until the last who shares it drops it or the process ends.
#[derive(Debug)]
#[must_use = "the lock is gone as soon as it is dropped"]
pub struct Lock(Arc<Held>);

/// A folder that is locked.
#[derive(Debug)]
struct Held {
    folder: OwnedFd,
}

impl Lock {
    /// Takes the lock, waiting for at most `patience`.
    ///
    /// # Errors
    ///
    /// `Locked` when patience ends; `Link` or `Io` if the folder cannot be opened or locked.
    pub fn take(tree: &Tree, folder: &TreePath, patience: Duration) -> Result<Self, StoreError> {
        let started = Instant::now();
        let mut sleep = FIRST_SLEEP;

        loop {
            if let Some(lock) = Self::try_take(tree, folder)? {
                return Ok(lock);
            }

            let left = patience.saturating_sub(started.elapsed());
            if left.is_zero() {
                return Err(StoreError::Locked);
            }
            thread::sleep(sleep.min(left));
            sleep = LONGEST_SLEEP.min(sleep * 2);
        }
    }

    /// Takes the lock if it is free, `None` if another holds it.
    ///
    /// # Errors
    ///
    /// `Link` or `Io` if the folder cannot be opened or locked.
    pub fn try_take(tree: &Tree, folder: &TreePath) -> Result<Option<Self>, StoreError> {
        let Some(handle) = tree.open_folder(folder)? else {
            return Err(StoreError::io(folder, Errno::NOENT));
        };

        match flock(&handle, FlockOperation::NonBlockingLockExclusive) {
            Ok(()) => Ok(Some(Self(Arc::new(Held { folder: handle })))),
            Err(Errno::WOULDBLOCK | Errno::INTR) => Ok(None),
            Err(error) => Err(StoreError::io(folder, error)),
        }
    }

    /// Returns the same lock, for another who changes files in its shelter.
    pub(super) fn share(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl Drop for Held {
    fn drop(&mut self) {
        // Said aloud, because a child forked meanwhile may still hold the handle. It cannot fail
        // in a way that matters: the handle is closed next.
        let _ = flock(&self.folder, FlockOperation::Unlock);
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    fn project() -> (tempfile::TempDir, TreePath) {
        let root = tempfile::tempdir().unwrap();
        std::fs::create_dir(root.path().join("QMS")).unwrap();
        (root, TreePath::new("QMS").unwrap())
    }

    #[test]
    fn a_second_writer_waits_and_gives_up() {
        let (root, qms) = project();
        let (one, two) = (
            Tree::open(root.path()).unwrap(),
            Tree::open(root.path()).unwrap(),
        );

        let held = Lock::take(&one, &qms, Duration::ZERO).unwrap();
        assert!(Lock::try_take(&two, &qms).unwrap().is_none());
        let refused = Lock::take(&two, &qms, Duration::from_millis(30));
        assert!(matches!(refused, Err(StoreError::Locked)));

        let shared = held.share();
        drop(held);
        assert!(Lock::try_take(&two, &qms).unwrap().is_none());
        drop(shared);
        assert!(Lock::try_take(&two, &qms).unwrap().is_some());
        assert_eq!(
            std::fs::read_dir(root.path().join("QMS")).unwrap().count(),
            0
        );
    }

    #[test]
    fn never_two_writers_at_once() {
        let (root, qms) = project();
        let inside = AtomicU32::new(0);

        thread::scope(|threads| {
            for _ in 0..4 {
                threads.spawn(|| {
                    let tree = Tree::open(root.path()).unwrap();
                    for _ in 0..20 {
                        let _lock = Lock::take(&tree, &qms, Duration::from_secs(10)).unwrap();
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        thread::sleep(Duration::from_micros(100));
                        inside.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
    }

    #[test]
    fn a_folder_that_is_missing_or_a_link_is_not_locked() {
        let (root, qms) = project();
        std::os::unix::fs::symlink("QMS", root.path().join("other")).unwrap();
        let tree = Tree::open(root.path()).unwrap();

        let link = Lock::try_take(&tree, &TreePath::new("other").unwrap());
        let missing = Lock::try_take(&tree, &qms.join("none").unwrap());

        assert!(matches!(link, Err(StoreError::Link { .. })));
        assert!(matches!(missing, Err(StoreError::Io { .. })));
    }
}
