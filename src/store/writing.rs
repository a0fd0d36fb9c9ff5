//! How the files of a tree are changed, one at a time; each change is whole or not made.
//!
//! That several changes are made together is the journal's affair. Nothing is synced but by name.
//! Tested in `tree.rs`. A little long because syncing differs by platform.

use std::fs::File;
use std::io::{self, Write};
use std::os::fd::{AsFd, OwnedFd};
use std::os::unix::fs::FileExt;
use std::process;
use std::sync::atomic::{AtomicU64, Ordering};

use rustix::fs::unlinkat;
use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawMode, fchmod, openat, renameat, statat};
use rustix::io::Errno;

use super::error::StoreError;
use super::path::TreePath;
use super::reach::{FOLDER, Place};
use super::tree::{Kind, Tree, read_span};

const NEW_FILE: Mode = Mode::from_raw_mode(0o644);
const PERMISSIONS: RawMode = 0o777;
const MOST_TRIES: usize = 100;

/// Tells apart the passing files of one process.
static WRITTEN: AtomicU64 = AtomicU64::new(0);

/// Whether `name` is that of a file on its way to another name.
#[must_use]
pub(super) fn is_passing(name: &str) -> bool {
    name.strip_prefix(".qms-")
        .is_some_and(|rest| rest.strip_suffix(".tmp").is_some())
}

impl Tree {
    /// Writes a file whole: nobody ever sees a part of it. Makes the folders it needs.
    ///
    /// The permissions of an older file of that name are kept.
    ///
    /// # Errors
    ///
    /// `Link` if a link or anything but a regular file has the name, or lies on the way; `Io`.
    pub fn write(&self, path: &TreePath, bytes: &[u8]) -> Result<(), StoreError> {
        let folder = self.reach.made_folder_of(path)?;
        let permissions = permissions_of(&folder, path)?;

        for _ in 0..MOST_TRIES {
            let number = WRITTEN.fetch_add(1, Ordering::Relaxed);
            let passing = format!(".qms-{}-{number}.tmp", process::id());
            match create(&folder, &passing) {
                Ok(file) => {
                    let filling = Filling {
                        bytes,
                        permissions,
                        bringing: Bringing::ByAndBy,
                    };
                    return fill(&folder, file, &passing, path, &filling);
                }
                Err(Errno::EXIST) => {}
                Err(error) => return Err(StoreError::io(path, error)),
            }
        }
        Err(StoreError::io(path, Errno::EXIST))
    }

    /// Writes a file whole by way of the name `passing`, which belongs to the caller alone.
    // A leftover of that name, torn by a crash, is replaced: so a crash leaves none for good.
    pub(super) fn write_by(
        &self,
        path: &TreePath,
        bytes: &[u8],
        passing: &str,
    ) -> Result<(), StoreError> {
        self.write_passing(path, bytes, passing, Bringing::ByAndBy)
    }

    fn write_passing(
        &self,
        path: &TreePath,
        bytes: &[u8],
        passing: &str,
        bringing: Bringing,
    ) -> Result<(), StoreError> {
        let folder = self.reach.made_folder_of(path)?;
        let permissions = permissions_of(&folder, path)?;

        let file = create(&folder, passing).or_else(|error| {
            if error != Errno::EXIST {
                return Err(error);
            }
            unlinkat(&folder, passing, AtFlags::empty())?;
            create(&folder, passing)
        });
        let file = file.map_err(|error| StoreError::io(path, error))?;
        let filling = Filling {
            bytes,
            permissions,
            bringing,
        };
        fill(&folder, file, passing, path, &filling)
    }

    /// As [`Tree::write_by`], but the content is on the disk before it gets its name.
    pub(super) fn write_synced_by(
        &self,
        path: &TreePath,
        bytes: &[u8],
        passing: &str,
    ) -> Result<(), StoreError> {
        self.write_passing(path, bytes, passing, Bringing::ToTheDisk)
    }

    /// Completes a file so that `bytes` stand at `offset`, be it for the first time or the second.
    ///
    /// # Errors
    ///
    /// `Stale` if the file is shorter than `offset`, or what follows is no beginning of `bytes`;
    /// `Link` or `Io`.
    pub fn append_at(&self, path: &TreePath, offset: u64, bytes: &[u8]) -> Result<(), StoreError> {
        let Some(file) = self.opened_to_append(path, offset == 0)? else {
            return Err(StoreError::stale(path));
        };
        let failed = |error: io::Error| StoreError::io(path, error);

        let length = file.metadata().map_err(failed)?.len();
        let Some(standing) = length.checked_sub(offset) else {
            return Err(StoreError::stale(path));
        };
        if standing > bytes.len() as u64 {
            return Err(StoreError::stale(path));
        }

        let earlier = read_span(&file, offset, standing).map_err(failed)?;
        let Some(rest) = bytes.strip_prefix(earlier.as_slice()) else {
            return Err(StoreError::stale(path));
        };
        file.write_all_at(rest, length).map_err(failed)
    }

    /// Removes a file; that it is absent is fine.
    ///
    /// # Errors
    ///
    /// `Link` if anything but a regular file has the name; `Io`.
    pub fn remove(&self, path: &TreePath) -> Result<(), StoreError> {
        let Some(folder) = self.reach.folder_of(path)? else {
            return Ok(());
        };
        permissions_of(&folder, path)?;

        match unlinkat(&folder, path.name(), AtFlags::empty()) {
            Ok(()) | Err(Errno::NOENT) => Ok(()),
            Err(error) => Err(StoreError::io(path, error)),
        }
    }

    /// Gives a file another name in its folder, replacing what had it.
    pub(super) fn rename(&self, path: &TreePath, name: &str) -> Result<(), StoreError> {
        let Some(folder) = self.reach.folder_of(path)? else {
            return Err(StoreError::io(path, Errno::NOENT));
        };

        renameat(&folder, path.name(), &folder, name).map_err(|error| StoreError::io(path, error))
    }

    /// Makes a folder and those it lies in; that it exists is fine.
    ///
    /// # Errors
    ///
    /// `Link` or `Io` if something else has one of the names.
    pub fn make_folder(&self, path: &TreePath) -> Result<(), StoreError> {
        self.reach.made(path).map(drop)
    }

    /// Removes a folder; that it is absent or not empty is fine.
    ///
    /// # Errors
    ///
    /// `Link` if anything but a folder has the name; `Io`.
    pub fn remove_folder_if_empty(&self, path: &TreePath) -> Result<(), StoreError> {
        let Some(folder) = self.reach.folder_of(path)? else {
            return Ok(());
        };

        match unlinkat(&folder, path.name(), AtFlags::REMOVEDIR) {
            Ok(()) | Err(Errno::NOENT | Errno::NOTEMPTY | Errno::EXIST) => Ok(()),
            Err(Errno::NOTDIR) => Err(StoreError::link(path)),
            Err(error) => Err(StoreError::io(path, error)),
        }
    }

    /// Brings the content of a file to the disk.
    ///
    /// # Errors
    ///
    /// `Link`, or `Io`, also where there is no such file.
    pub fn sync_file(&self, path: &TreePath) -> Result<(), StoreError> {
        match self.kind(path)? {
            Some(Kind::File) => self.sync(path, super::reach::READ),
            Some(Kind::Folder | Kind::Other) => Err(StoreError::link(path)),
            None => Err(StoreError::io(path, Errno::NOENT)),
        }
    }

    /// Brings the names in a folder to the disk.
    ///
    /// # Errors
    ///
    /// `Link`, or `Io`, also where there is no such folder.
    pub fn sync_folder(&self, path: &TreePath) -> Result<(), StoreError> {
        self.sync(path, FOLDER)
    }

    /// Brings everything to the disk: the whole file system of each touched path, on Linux in one call.
    ///
    /// # Errors
    ///
    /// `Link` or `Io`.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    pub fn sync_all(&self, touched: &[TreePath]) -> Result<(), StoreError> {
        let mut synced = Vec::new();

        // A folder may be the root of another file system; then the root's sync does not reach it.
        for path in touched {
            let Some(folder) = self.standing_folder_of(path)? else {
                continue;
            };
            let device = rustix::fs::fstat(&folder)
                .map_err(|error| StoreError::io(path, error))?
                .st_dev;
            if !synced.contains(&device) {
                rustix::fs::syncfs(&folder).map_err(|error| StoreError::io(path, error))?;
                synced.push(device);
            }
        }
        Ok(())
    }

    /// Brings everything touched to the disk, file by file and folder by folder.
    ///
    /// # Errors
    ///
    /// `Link` or `Io`.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    pub fn sync_all(&self, touched: &[TreePath]) -> Result<(), StoreError> {
        let mut folders = std::collections::BTreeSet::new();

        for path in touched {
            if self.kind(path)? == Some(Kind::File) {
                self.sync_file(path)?;
            }
            // A folder may be new itself: every folder on the way holds a name that is.
            folders.extend(std::iter::successors(path.parent(), TreePath::parent));
        }
        for folder in &folders {
            if self.kind(folder)? == Some(Kind::Folder) {
                self.sync_folder(folder)?;
            }
        }
        self.sync_root()
    }

    /// Brings the names in the root to the disk.
    #[cfg(not(any(target_os = "linux", target_os = "android")))]
    fn sync_root(&self) -> Result<(), StoreError> {
        let synced = rustix::fs::fsync(self.reach.root());

        synced.map_err(|error| StoreError::Io {
            path: self.root_path().display().to_string(),
            source: error.into(),
        })
    }

    /// The nearest folder above `path` that still stands; the last change may have removed some.
    #[cfg(any(target_os = "linux", target_os = "android"))]
    fn standing_folder_of(&self, path: &TreePath) -> Result<Option<Place<'_>>, StoreError> {
        let mut path = path.clone();

        loop {
            if let Some(folder) = self.reach.folder_of(&path)? {
                return Ok(Some(folder));
            }
            let Some(parent) = path.parent() else {
                return Ok(None);
            };
            path = parent;
        }
    }

    fn sync(&self, path: &TreePath, flags: OFlags) -> Result<(), StoreError> {
        let Some(handle) = self.reach.open(path, flags)? else {
            return Err(StoreError::io(path, Errno::NOENT));
        };

        // The standard library knows what each platform needs to reach the disk itself.
        File::from(handle)
            .sync_all()
            .map_err(|error| StoreError::io(path, error))
    }

    fn opened_to_append(
        &self,
        path: &TreePath,
        may_create: bool,
    ) -> Result<Option<File>, StoreError> {
        let folder = if may_create {
            self.reach.made_folder_of(path)?
        } else if let Some(folder) = self.reach.folder_of(path)? {
            folder
        } else {
            return Ok(None);
        };
        let exists = permissions_of(&folder, path)?.is_some();

        let mut flags = OFlags::RDWR | OFlags::NONBLOCK | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        if !exists {
            if !may_create {
                return Ok(None);
            }
            flags |= OFlags::CREATE | OFlags::EXCL;
        }
        let opened = openat(&folder, path.name(), flags, NEW_FILE);
        opened
            .map(|file| Some(File::from(file)))
            .map_err(|error| StoreError::io(path, error))
    }
}

/// Returns the permissions of the regular file at `path`, `None` if nothing is there.
fn permissions_of(folder: &impl AsFd, path: &TreePath) -> Result<Option<Mode>, StoreError> {
    match statat(folder, path.name(), AtFlags::SYMLINK_NOFOLLOW) {
        Ok(found) if FileType::from_raw_mode(found.st_mode).is_file() => {
            Ok(Some(Mode::from_raw_mode(found.st_mode & PERMISSIONS)))
        }
        Ok(_) => Err(StoreError::link(path)),
        Err(Errno::NOENT) => Ok(None),
        Err(error) => Err(StoreError::io(path, error)),
    }
}

fn create(folder: &impl AsFd, name: &str) -> rustix::io::Result<OwnedFd> {
    let flags = OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;

    openat(folder, name, flags, NEW_FILE)
}

/// What a passing file becomes.
struct Filling<'b> {
    bytes: &'b [u8],
    permissions: Option<Mode>,
    bringing: Bringing,
}

/// Whether a file is on the disk before it gets its name.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Bringing {
    ToTheDisk,
    ByAndBy,
}

/// Fills a passing file and gives it its name; takes it away again if that fails.
fn fill(
    folder: &Place<'_>,
    file: OwnedFd,
    passing: &str,
    path: &TreePath,
    filling: &Filling<'_>,
) -> Result<(), StoreError> {
    let mut file = File::from(file);

    let filled = file.write_all(filling.bytes).and_then(|()| {
        if let Some(permissions) = filling.permissions {
            fchmod(&file, permissions)?;
        }
        if filling.bringing == Bringing::ToTheDisk {
            file.sync_all()?;
        }
        renameat(folder, passing, folder, path.name())?;
        Ok(())
    });
    filled.map_err(|error| {
        let _ = unlinkat(folder, passing, AtFlags::empty());
        StoreError::io(path, error)
    })
}
