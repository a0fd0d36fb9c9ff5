//! How a path beneath the root is opened: no component of it is a link that is followed.
//!
//! On Linux one `openat2` does it. Where that is missing, or says something that needs a closer
//! look, the path is walked component by component. Nothing is read or written here.

use std::io;
use std::os::fd::{AsFd, BorrowedFd, OwnedFd};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, mkdirat, openat, statat};
use rustix::io::Errno;

use super::error::StoreError;
use super::path::TreePath;

/// Opens a folder.
pub(super) const FOLDER: OFlags = OFlags::RDONLY.union(OFlags::DIRECTORY);

/// Opens anything for reading, without waiting for the other end of a pipe.
pub(super) const READ: OFlags = OFlags::RDONLY.union(OFlags::NONBLOCK).union(OFlags::NOCTTY);

const NEVER_FOLLOW: OFlags = OFlags::NOFOLLOW.union(OFlags::CLOEXEC);

/// The opened root, from which every path starts.
#[derive(Debug)]
pub(super) struct Reach {
    root: OwnedFd,
    at_once: bool,
}

/// A folder that was reached: the root, or one opened beneath it.
#[derive(Debug)]
pub(super) enum Place<'r> {
    Root(BorrowedFd<'r>),
    Opened(OwnedFd),
}

impl AsFd for Place<'_> {
    fn as_fd(&self) -> BorrowedFd<'_> {
        match self {
            Self::Root(folder) => *folder,
            Self::Opened(folder) => folder.as_fd(),
        }
    }
}

impl Reach {
    /// Starts at `root`, opening at once where the kernel can.
    pub(super) fn from(root: OwnedFd) -> Self {
        Self {
            root,
            at_once: true,
        }
    }

    /// Starts at the same root and walks every path, as a kernel without `openat2` makes us.
    #[cfg(test)]
    pub(super) fn on_foot(self) -> Self {
        Self {
            at_once: false,
            ..self
        }
    }

    /// The root itself.
    pub(super) fn root(&self) -> BorrowedFd<'_> {
        self.root.as_fd()
    }

    /// Opens what lies at `path`; `None` if nothing does, or if a regular file stands in the way.
    pub(super) fn open(
        &self,
        path: &TreePath,
        flags: OFlags,
    ) -> Result<Option<OwnedFd>, StoreError> {
        if self.at_once
            && let Some(answer) = open_at_once(self.root(), path, flags)
        {
            return answer;
        }

        let mut place = Place::Root(self.root());
        let mut names = path.components().peekable();
        while let Some(name) = names.next() {
            if names.peek().is_none() {
                return step(&place, name, flags, path);
            }
            match step(&place, name, FOLDER, path) {
                Ok(Some(folder)) => place = Place::Opened(folder),
                Ok(None) => return Ok(None),
                Err(error) if is_no_folder(&error) => return Ok(None),
                Err(error) => return Err(error),
            }
        }
        Ok(None)
    }

    /// Opens the folder `path` lies in; `None` if there is none.
    pub(super) fn folder_of(&self, path: &TreePath) -> Result<Option<Place<'_>>, StoreError> {
        let Some(parent) = path.parent() else {
            return Ok(Some(Place::Root(self.root())));
        };

        match self.open(&parent, FOLDER) {
            Ok(folder) => Ok(folder.map(Place::Opened)),
            Err(error) if is_no_folder(&error) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Opens the folder `path` lies in, after making whatever is missing of it.
    pub(super) fn made_folder_of(&self, path: &TreePath) -> Result<Place<'_>, StoreError> {
        match path.parent() {
            None => Ok(Place::Root(self.root())),
            Some(parent) => self.made(&parent).map(Place::Opened),
        }
    }

    /// Opens the folder `path`, after making whatever is missing of it.
    pub(super) fn made(&self, path: &TreePath) -> Result<OwnedFd, StoreError> {
        if let Some(folder) = self.open(path, FOLDER)? {
            return Ok(folder);
        }

        let mut place = Place::Root(self.root());
        for name in path.components() {
            place = Place::Opened(made_step(&place, name, path)?);
        }
        match place {
            Place::Opened(folder) => Ok(folder),
            Place::Root(_) => Err(StoreError::io(path, Errno::NOENT)),
        }
    }
}

/// Opens the whole path in one call; `None` where the walk must tell.
#[cfg(any(target_os = "linux", target_os = "android"))]
fn open_at_once(
    root: BorrowedFd<'_>,
    path: &TreePath,
    flags: OFlags,
) -> Option<Result<Option<OwnedFd>, StoreError>> {
    use rustix::fs::{ResolveFlags, openat2};

    let resolve = ResolveFlags::BENEATH.union(ResolveFlags::NO_SYMLINKS);

    let opened = openat2(
        root,
        path.as_str(),
        flags.union(NEVER_FOLLOW),
        Mode::empty(),
        resolve,
    );
    match opened {
        Ok(file) => Some(Ok(Some(file))),
        Err(Errno::NOENT) => Some(Ok(None)),
        Err(Errno::LOOP) => Some(Err(StoreError::link(path))),
        Err(_) => None,
    }
}

/// Elsewhere every path is walked.
#[cfg(not(any(target_os = "linux", target_os = "android")))]
fn open_at_once(
    _: BorrowedFd<'_>,
    _: &TreePath,
    _: OFlags,
) -> Option<Result<Option<OwnedFd>, StoreError>> {
    None
}

/// Opens one component of `path` in `place`, never through a link; `None` if nothing lies there.
fn step(
    place: &Place<'_>,
    name: &str,
    flags: OFlags,
    path: &TreePath,
) -> Result<Option<OwnedFd>, StoreError> {
    let error = match openat(place, name, flags.union(NEVER_FOLLOW), Mode::empty()) {
        Ok(file) => return Ok(Some(file)),
        Err(error) => error,
    };

    match error {
        Errno::NOENT => Ok(None),
        // A link, or a socket, which cannot be opened at all.
        Errno::LOOP | Errno::MLINK | Errno::NXIO | Errno::OPNOTSUPP => Err(StoreError::link(path)),
        Errno::NOTDIR if !is_regular(place, name) => Err(StoreError::link(path)),
        other => Err(StoreError::io(path, other)),
    }
}

/// Makes one folder if it is missing, and opens it.
fn made_step(place: &Place<'_>, name: &str, path: &TreePath) -> Result<OwnedFd, StoreError> {
    if let Some(folder) = step(place, name, FOLDER, path)? {
        return Ok(folder);
    }

    match mkdirat(place, name, Mode::from_raw_mode(0o777)) {
        Ok(()) | Err(Errno::EXIST) => {}
        Err(error) => return Err(StoreError::io(path, error)),
    }
    step(place, name, FOLDER, path)?.ok_or_else(|| StoreError::io(path, Errno::NOENT))
}

fn is_regular(place: &Place<'_>, name: &str) -> bool {
    statat(place, name, AtFlags::SYMLINK_NOFOLLOW)
        .is_ok_and(|found| FileType::from_raw_mode(found.st_mode) == FileType::RegularFile)
}

fn is_no_folder(error: &StoreError) -> bool {
    matches!(error, StoreError::Io { source, .. } if source.kind() == io::ErrorKind::NotADirectory)
}
