//! What everybody reads: the files, with a whole journal, if one lies there, laid over them.
//!
//! So a reader sees the state after a commit however far it has been applied, without a lock and
//! without changing anything. Names that only pass, and the journal itself, are never shown.
//! Tested in `commit.rs`, against what recovery makes of every stopped commit.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{SystemTime, UNIX_EPOCH};

use super::commit::PASSING;
use super::error::StoreError;
use super::journal::{self, Change, Journal};
use super::path::TreePath;
use super::tree::{Entry, Kind, Stamp, Tree};
use super::writing::is_passing;

/// The files of a tree as they stand when every change that is made is applied.
#[derive(Debug)]
pub struct View<'t> {
    tree: &'t Tree,
    qms: TreePath,
    journal: Option<Arc<Journal>>,
    seen: Pulse,
    /// Files that must not have moved for what was read to be one state.
    watched: Mutex<Vec<(TreePath, Option<Stamp>)>>,
}

/// The clock of a file system ticks at least so often, in nanoseconds.
const FRESH: i128 = 50_000_000;

/// What tells whether a commit came by: its journal, and the folder it comes and goes in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pulse {
    journal: Option<Stamp>,
    folder: Option<Stamp>,
}

/// What the journal makes of a file; `None` where it has nothing to say.
enum Laid<'j> {
    Written(&'j [u8]),
    Appended(u64, &'j [u8]),
    Removed,
}

impl<'t> View<'t> {
    /// Opens the view, reading the journal beneath `qms` if one lies there.
    ///
    /// # Errors
    ///
    /// `Link` or `Io`.
    pub fn open(tree: &'t Tree, qms: &TreePath) -> Result<Self, StoreError> {
        // INVARIANT: stamps are taken before the journal is read; a later change makes them differ.
        let seen = Pulse::now(tree, qms)?;
        let journal = match seen.journal {
            Some(_) => Journal::read(tree, qms)?.map(Arc::new),
            None => None,
        };
        Ok(Self::of(tree, qms, journal, seen))
    }

    /// Opens the view of who decides further on what is decided already and not yet made; the lock keeps every
    /// other journal away meanwhile.
    ///
    /// # Errors
    ///
    /// `Link` or `Io`.
    pub(super) fn over(
        tree: &'t Tree,
        qms: &TreePath,
        decided: Arc<Journal>,
    ) -> Result<Self, StoreError> {
        let seen = Pulse::now(tree, qms)?;
        Ok(Self::of(tree, qms, Some(decided), seen))
    }

    fn of(tree: &'t Tree, qms: &TreePath, journal: Option<Arc<Journal>>, seen: Pulse) -> Self {
        Self {
            tree,
            qms: qms.clone(),
            journal,
            seen,
            watched: Mutex::new(Vec::new()),
        }
    }

    /// Remembers how a file stands now, to be looked at again by [`View::is_still_current`]. A clock is too
    /// coarse to tell two commits apart that follow each other at once; a trail that has grown is not.
    ///
    /// # Errors
    ///
    /// `Link` or `Io`.
    pub fn watch(&self, path: &TreePath) -> Result<(), StoreError> {
        let stamp = self.tree.stamp(path)?;
        self.watched
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push((path.clone(), stamp));
        Ok(())
    }

    /// Whether no commit came by since the view was opened.
    ///
    /// # Errors
    ///
    /// `Link` or `Io`.
    pub fn is_still_current(&self) -> Result<bool, StoreError> {
        if self.seen != Pulse::now(self.tree, &self.qms)? {
            return Ok(false);
        }
        let watched = self.watched.lock().unwrap_or_else(PoisonError::into_inner);
        for (path, stamp) in watched.iter() {
            if self.tree.stamp(path)? != *stamp {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Returns the folder of the project.
    #[must_use]
    pub fn root(&self) -> &Path {
        self.tree.root_path()
    }

    /// Returns the journal that is laid over the files.
    #[must_use]
    pub fn journal(&self) -> Option<&Journal> {
        self.journal.as_deref()
    }

    /// Returns the content of a file, `None` if there is no such file.
    ///
    /// # Errors
    ///
    /// `TooLarge` if it is longer than `limit`; `Link` or `Io`; `Damaged` if the journal adds to a file
    /// that is shorter than it says.
    pub fn read(&self, path: &TreePath, limit: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(length) = self.laid_length(path) else {
            return self.tree.read(path, limit);
        };
        if length > limit {
            return Err(StoreError::TooLarge {
                path: path.to_string(),
                limit,
            });
        }

        self.span(path, 0, length)
    }

    /// Returns the first `count` bytes of a file, fewer if it is shorter.
    ///
    /// # Errors
    ///
    /// As for [`View::read`].
    pub fn read_head(&self, path: &TreePath, count: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.span(path, 0, count)
    }

    /// Returns the last `count` bytes of a file and the offset at which they start.
    ///
    /// # Errors
    ///
    /// As for [`View::read`].
    pub fn read_tail(
        &self,
        path: &TreePath,
        count: u64,
    ) -> Result<Option<(Vec<u8>, u64)>, StoreError> {
        let Some(length) = self.laid_length(path) else {
            return self.tree.read_tail(path, count);
        };

        let start = length.saturating_sub(count);
        let bytes = self.span(path, start, length - start)?;
        Ok(bytes.map(|bytes| (bytes, start)))
    }

    /// Returns what lies in a folder, sorted by name; nothing if there is no such folder.
    ///
    /// # Errors
    ///
    /// `Link` or `Io`.
    pub fn list(&self, path: &TreePath) -> Result<Vec<Entry>, StoreError> {
        let mut entries = self.standing_in(path)?;

        entries.retain(|entry| !is_passing(&entry.name));
        Ok(entries)
    }

    /// Tells every name in a folder, in no order: what is to be sought among thousands needs no list of them.
    ///
    /// # Errors
    ///
    /// `Link` or `Io`.
    pub fn each_name(&self, path: &TreePath, tell: &mut dyn FnMut(&str)) -> Result<(), StoreError> {
        if self.journal.is_some() || *path == self.qms {
            for entry in self.list(path)? {
                tell(&entry.name);
            }
            return Ok(());
        }
        self.tree.each_name(path, &mut |name| {
            if !is_passing(name) {
                tell(name);
            }
        })
    }

    /// Returns the stamp of a file or folder; that of a file in the journal lasts as long as the journal.
    ///
    /// # Errors
    ///
    /// `Link` or `Io`.
    pub fn stamp(&self, path: &TreePath) -> Result<Option<Stamp>, StoreError> {
        // What is not made yet has no journal on the disk; then the folder lends its stamp.
        let lent = self.seen.journal.or(self.seen.folder);
        let Some(journal) = lent.filter(|_| self.journal.is_some()) else {
            return self.tree.stamp(path);
        };

        match self.laid(path) {
            Some(Laid::Removed) => Ok(None),
            Some(_) => Ok(self
                .laid_length(path)
                .map(|length| Stamp { length, ..journal })),
            None if self.kind(path)?.is_none() => Ok(None),
            None => Ok(self.tree.stamp(path)?.or(Some(journal))),
        }
    }

    /// Returns what lies at a path; a link is `Other`.
    ///
    /// # Errors
    ///
    /// `Link` if a folder on the way is a link or a device; `Io`.
    pub fn kind(&self, path: &TreePath) -> Result<Option<Kind>, StoreError> {
        match self.laid(path) {
            Some(Laid::Removed) => return Ok(None),
            Some(Laid::Written(_) | Laid::Appended(..)) => return Ok(Some(Kind::File)),
            None => {}
        }

        let found = if self.changes().iter().any(|change| makes(change, path)) {
            Some(Kind::Folder)
        } else {
            self.tree.kind(path)?
        };
        match found {
            Some(Kind::Folder) if self.is_to_go(path) && self.standing_in(path)?.is_empty() => {
                Ok(None)
            }
            found => Ok(found),
        }
    }

    fn changes(&self) -> &[Change] {
        self.journal
            .as_ref()
            .map_or(&[], |journal| &journal.changes)
    }

    fn laid(&self, path: &TreePath) -> Option<Laid<'_>> {
        self.changes()
            .iter()
            .filter(|change| change.path() == path)
            .find_map(|change| match change {
                Change::Write { bytes, .. } => Some(Laid::Written(bytes)),
                Change::Append { offset, bytes, .. } => Some(Laid::Appended(*offset, bytes)),
                Change::Remove { .. } => Some(Laid::Removed),
                Change::MakeFolder { .. } | Change::RemoveFolderIfEmpty { .. } => None,
            })
    }

    /// The length the journal gives a file.
    fn laid_length(&self, path: &TreePath) -> Option<u64> {
        match self.laid(path)? {
            Laid::Written(bytes) => Some(bytes.len() as u64),
            Laid::Appended(offset, bytes) => Some(offset.saturating_add(bytes.len() as u64)),
            Laid::Removed => Some(0),
        }
    }

    fn span(&self, path: &TreePath, start: u64, count: u64) -> Result<Option<Vec<u8>>, StoreError> {
        match self.laid(path) {
            None => self.tree.read_at(path, start, count),
            Some(Laid::Removed) => Ok(None),
            Some(Laid::Written(bytes)) => Ok(Some(cut(bytes, start, count))),
            Some(Laid::Appended(offset, bytes)) => {
                // What stands before the offset is old and stays; what follows is the journal's.
                let old = count.min(offset.saturating_sub(start));
                let mut content = match old {
                    0 => Vec::new(),
                    _ => self.tree.read_at(path, start, old)?.unwrap_or_default(),
                };
                if content.len() as u64 != old {
                    let what = "is shorter than an unfinished change found it";
                    return Err(StoreError::damaged(path, what));
                }
                let from = start.saturating_sub(offset);
                content.extend(cut(bytes, from, count - old));
                Ok(Some(content))
            }
        }
    }

    /// What stands in a folder when all is applied, passing names included.
    fn standing_in(&self, folder: &TreePath) -> Result<Vec<Entry>, StoreError> {
        let mut entries = self.tree.list(folder)?;
        if *folder == self.qms {
            entries.retain(|entry| entry.name != journal::FOLDER);
        }
        if self.journal.is_none() {
            return Ok(entries);
        }

        entries.retain(|entry| entry.name != PASSING);
        let mut names: BTreeMap<String, Kind> = entries
            .into_iter()
            .map(|entry| (entry.name, entry.kind))
            .collect();
        for change in self.changes() {
            lay(change, folder, &mut names);
        }
        for change in self.changes() {
            if let Change::RemoveFolderIfEmpty { path } = change
                && path.parent().as_ref() == Some(folder)
                && names.get(path.name()) == Some(&Kind::Folder)
                && self.standing_in(path)?.is_empty()
            {
                names.remove(path.name());
            }
        }
        Ok(names
            .into_iter()
            .map(|(name, kind)| Entry { name, kind })
            .collect())
    }

    fn is_to_go(&self, folder: &TreePath) -> bool {
        self.changes()
            .iter()
            .any(|change| matches!(change, Change::RemoveFolderIfEmpty { path } if path == folder))
    }
}

impl Pulse {
    /// Tells whether a commit came by so lately that a clock may not tell the next one from it.
    #[must_use]
    pub fn is_fresh(&self, now: SystemTime) -> bool {
        let now = now.duration_since(UNIX_EPOCH).unwrap_or_default();
        let last = self.folder.map_or(0, |folder| folder.changed);
        i128::try_from(now.as_nanos()).unwrap_or(i128::MAX) - last < FRESH
    }

    pub(super) fn now(tree: &Tree, qms: &TreePath) -> Result<Self, StoreError> {
        // The folder first: a journal that comes and goes in between still shows in the folder.
        let folder = tree.stamp(qms)?;
        let journal = tree.stamp(&journal::whole(qms))?;

        Ok(Self { journal, folder })
    }
}

/// Whether a change makes the folder `path`, or something beneath it.
fn makes(change: &Change, folder: &TreePath) -> bool {
    match change {
        Change::Write { path, .. } | Change::Append { path, .. } => path.beneath(folder).is_some(),
        Change::MakeFolder { path } => path == folder || path.beneath(folder).is_some(),
        Change::Remove { .. } | Change::RemoveFolderIfEmpty { .. } => false,
    }
}

/// Lays one change over the names in `folder`.
fn lay(change: &Change, folder: &TreePath, names: &mut BTreeMap<String, Kind>) {
    let Some(beneath) = change.path().beneath(folder) else {
        return;
    };

    match (change, beneath.split_once('/')) {
        (Change::Write { .. } | Change::Append { .. }, None) => {
            names.insert(beneath.to_owned(), Kind::File);
        }
        (
            Change::Write { .. } | Change::Append { .. } | Change::MakeFolder { .. },
            Some((way, _)),
        ) => {
            names.insert(way.to_owned(), Kind::Folder);
        }
        (Change::MakeFolder { .. }, None) => {
            names.insert(beneath.to_owned(), Kind::Folder);
        }
        (Change::Remove { .. }, None) => {
            names.remove(beneath);
        }
        (Change::Remove { .. }, Some(_)) | (Change::RemoveFolderIfEmpty { .. }, _) => {}
    }
}

fn cut(bytes: &[u8], start: u64, count: u64) -> Vec<u8> {
    let start = usize::try_from(start).unwrap_or(usize::MAX);
    let count = usize::try_from(count).unwrap_or(usize::MAX);

    let rest = bytes.get(start..).unwrap_or_default();
    rest.get(..count).unwrap_or(rest).to_vec()
}
