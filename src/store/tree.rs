//! The files beneath one root, read without ever following a link.
//!
//! The root is resolved once, when it is opened; below it only regular files and folders are
//! opened. How they are changed stands in `writing.rs`; that a change is whole is the journal's affair.
//! Long because its tests, at the end, are those of `reach.rs` and `writing.rs` too.

use std::fs::{File, Metadata};
use std::io;
use std::os::fd::OwnedFd;
use std::os::unix::fs::{FileExt, MetadataExt};
use std::path::{Path, PathBuf};

use rustix::fs::{AtFlags, FileType, Mode, OFlags, statat};
use rustix::io::Errno;

use super::error::StoreError;
use super::path::TreePath;
use super::reach::{FOLDER, READ, Reach};

/// The files beneath one root.
#[derive(Debug)]
pub struct Tree {
    pub(super) reach: Reach,
    root_path: PathBuf,
}

/// What lies at a path, no link followed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Kind {
    /// A regular file.
    File,
    /// A folder.
    Folder,
    /// A link, pipe, socket or device, or a name that is not UTF-8.
    Other,
}

/// One name in a folder.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Entry {
    /// The last component of its path.
    pub name: String,
    /// What it is.
    pub kind: Kind,
}

/// Tells whether a file was touched: two equal stamps are the same file with the same content.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// The number of the file on its file system.
    pub inode: u64,
    /// The length in bytes.
    pub length: u64,
    /// When its content was last changed, in nanoseconds since 1970.
    pub modified: i128,
    /// When anything about it was last changed, in nanoseconds since 1970.
    pub changed: i128,
}

impl Tree {
    /// Opens the folder `root`, which may itself be reached through links.
    ///
    /// # Errors
    ///
    /// `Io` if it is missing, no folder, or may not be read.
    pub fn open(root: &Path) -> Result<Self, StoreError> {
        let failed = |source: io::Error| StoreError::Io {
            path: root.display().to_string(),
            source,
        };

        let root_path = root.canonicalize().map_err(failed)?;
        let flags = FOLDER.union(OFlags::CLOEXEC);
        let folder = rustix::fs::open(&root_path, flags, Mode::empty())
            .map_err(|error| failed(error.into()))?;
        Ok(Self {
            reach: Reach::from(folder),
            root_path,
        })
    }

    /// Returns the resolved path of the root.
    #[must_use]
    pub fn root_path(&self) -> &Path {
        &self.root_path
    }

    /// Returns the content of a file as long as it was when opened, `None` if there is no such file.
    ///
    /// # Errors
    ///
    /// `TooLarge` if it is longer than `limit`, found out before reading; `Link` or `Io`.
    pub fn read(&self, path: &TreePath, limit: u64) -> Result<Option<Vec<u8>>, StoreError> {
        let Some((file, length)) = self.regular(path)? else {
            return Ok(None);
        };
        if length > limit {
            return Err(StoreError::TooLarge {
                path: path.to_string(),
                limit,
            });
        }

        read_span(&file, 0, length)
            .map(Some)
            .map_err(|error| StoreError::io(path, error))
    }

    /// Returns the first `count` bytes of a file, fewer if it is shorter.
    ///
    /// # Errors
    ///
    /// `Link` or `Io`.
    pub fn read_head(&self, path: &TreePath, count: u64) -> Result<Option<Vec<u8>>, StoreError> {
        self.read_at(path, 0, count)
    }

    /// Returns the last `count` bytes of a file and the offset at which they start.
    ///
    /// # Errors
    ///
    /// `Link` or `Io`.
    pub fn read_tail(
        &self,
        path: &TreePath,
        count: u64,
    ) -> Result<Option<(Vec<u8>, u64)>, StoreError> {
        let Some((file, length)) = self.regular(path)? else {
            return Ok(None);
        };

        let start = length.saturating_sub(count);
        let bytes = read_span(&file, start, length - start);
        bytes
            .map(|bytes| Some((bytes, start)))
            .map_err(|error| StoreError::io(path, error))
    }

    /// Returns `count` bytes of a file from `offset` on, fewer if it ends before.
    ///
    /// # Errors
    ///
    /// `Link` or `Io`.
    pub fn read_at(
        &self,
        path: &TreePath,
        offset: u64,
        count: u64,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        let Some((file, length)) = self.regular(path)? else {
            return Ok(None);
        };

        read_span(&file, offset, count.min(length.saturating_sub(offset)))
            .map(Some)
            .map_err(|error| StoreError::io(path, error))
    }

    /// Returns the length of a file in bytes.
    ///
    /// # Errors
    ///
    /// `Link` or `Io`.
    pub fn length(&self, path: &TreePath) -> Result<Option<u64>, StoreError> {
        Ok(self.regular(path)?.map(|(_, length)| length))
    }

    /// Returns what lies in a folder, sorted by name; nothing if there is no such folder.
    ///
    /// # Errors
    ///
    /// `Link` if the folder is a link or a device; `Io`, also where it is a regular file.
    pub fn list(&self, path: &TreePath) -> Result<Vec<Entry>, StoreError> {
        let Some(folder) = self.open_folder(path)? else {
            return Ok(Vec::new());
        };

        list_folder(folder).map_err(|error| StoreError::io(path, error))
    }

    /// Tells every name in a folder, in no order and of whatever kind; none if there is no such folder.
    ///
    /// # Errors
    ///
    /// As for [`Tree::list`].
    pub fn each_name(&self, path: &TreePath, tell: &mut dyn FnMut(&str)) -> Result<(), StoreError> {
        let Some(folder) = self.open_folder(path)? else {
            return Ok(());
        };

        let mut names =
            rustix::fs::Dir::new(folder).map_err(|error| StoreError::io(path, error))?;
        while let Some(entry) = names.read() {
            let entry = entry.map_err(|error| StoreError::io(path, error))?;
            if !matches!(entry.file_name().to_bytes(), b"." | b"..") {
                tell(&entry.file_name().to_string_lossy());
            }
        }
        Ok(())
    }

    /// Returns the stamp of a file or folder.
    ///
    /// # Errors
    ///
    /// `Link` or `Io`.
    pub fn stamp(&self, path: &TreePath) -> Result<Option<Stamp>, StoreError> {
        let Some((_, found)) = self.opened(path)? else {
            return Ok(None);
        };
        if !found.is_file() && !found.is_dir() {
            return Err(StoreError::link(path));
        }

        Ok(Some(Stamp {
            inode: found.ino(),
            length: found.len(),
            modified: nanoseconds(found.mtime(), found.mtime_nsec()),
            changed: nanoseconds(found.ctime(), found.ctime_nsec()),
        }))
    }

    /// Returns what lies at a path without opening it; a link is `Other`.
    ///
    /// # Errors
    ///
    /// `Link` if a folder on the way is a link or a device; `Io`.
    pub fn kind(&self, path: &TreePath) -> Result<Option<Kind>, StoreError> {
        let Some(folder) = self.reach.folder_of(path)? else {
            return Ok(None);
        };

        match statat(&folder, path.name(), AtFlags::SYMLINK_NOFOLLOW) {
            Ok(found) => Ok(Some(kind_of(FileType::from_raw_mode(found.st_mode)))),
            Err(Errno::NOENT) => Ok(None),
            Err(error) => Err(StoreError::io(path, error)),
        }
    }

    pub(super) fn open_folder(&self, path: &TreePath) -> Result<Option<OwnedFd>, StoreError> {
        self.reach.open(path, FOLDER)
    }

    fn opened(&self, path: &TreePath) -> Result<Option<(File, Metadata)>, StoreError> {
        let Some(handle) = self.reach.open(path, READ)? else {
            return Ok(None);
        };

        let file = File::from(handle);
        let found = file
            .metadata()
            .map_err(|error| StoreError::io(path, error))?;
        Ok(Some((file, found)))
    }

    fn regular(&self, path: &TreePath) -> Result<Option<(File, u64)>, StoreError> {
        match self.opened(path)? {
            Some((file, found)) if found.is_file() => Ok(Some((file, found.len()))),
            Some(_) => Err(StoreError::link(path)),
            None => Ok(None),
        }
    }
}

/// Reads what is there of a span; `length` was found on the disk, so it is no one's invention.
pub(super) fn read_span(file: &File, offset: u64, length: u64) -> io::Result<Vec<u8>> {
    let length = usize::try_from(length).map_err(|_| io::ErrorKind::FileTooLarge)?;
    let mut bytes = vec![0; length];
    let mut filled = 0;

    while let Some(rest) = bytes.get_mut(filled..).filter(|rest| !rest.is_empty()) {
        match file.read_at(rest, offset + filled as u64) {
            Ok(0) => break,
            Ok(count) => filled += count,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }

    bytes.truncate(filled);
    Ok(bytes)
}

fn list_folder(folder: OwnedFd) -> io::Result<Vec<Entry>> {
    let mut entries = Vec::new();
    let mut unknown = Vec::new();

    let mut names = rustix::fs::Dir::new(folder)?;
    while let Some(entry) = names.read() {
        let entry = entry?;
        let kind = match (entry.file_name().to_bytes(), entry.file_type()) {
            (b"." | b"..", _) => continue,
            (_, FileType::Unknown) => {
                unknown.push(entries.len());
                Kind::Other
            }
            (_, known) => kind_of(known),
        };
        entries.push(match entry.file_name().to_str() {
            Ok(name) => Entry {
                name: name.to_owned(),
                kind,
            },
            Err(_) => Entry {
                name: entry.file_name().to_string_lossy().into_owned(),
                kind: Kind::Other,
            },
        });
    }

    // Some file systems do not say in the listing what a name stands for.
    for position in unknown {
        if let Some(entry) = entries.get_mut(position)
            && let Ok(found) = statat(names.fd()?, &entry.name, AtFlags::SYMLINK_NOFOLLOW)
        {
            entry.kind = kind_of(FileType::from_raw_mode(found.st_mode));
        }
    }
    entries.sort_unstable();
    Ok(entries)
}

fn kind_of(kind: FileType) -> Kind {
    if kind.is_file() {
        Kind::File
    } else if kind.is_dir() {
        Kind::Folder
    } else {
        Kind::Other
    }
}

fn nanoseconds(seconds: i64, rest: i64) -> i128 {
    i128::from(seconds) * 1_000_000_000 + i128::from(rest)
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::os::unix::fs::{PermissionsExt, symlink};
    use std::os::unix::net::UnixListener;

    use super::*;

    fn path(text: &str) -> TreePath {
        TreePath::new(text).unwrap()
    }

    /// The same tree, opened at once and walked.
    fn both(root: &Path) -> [Tree; 2] {
        let walked = Tree::open(root).unwrap();

        [
            Tree::open(root).unwrap(),
            Tree {
                reach: walked.reach.on_foot(),
                ..walked
            },
        ]
    }

    fn root() -> tempfile::TempDir {
        let root = tempfile::tempdir().unwrap();
        fs::create_dir_all(root.path().join("a/b")).unwrap();
        fs::write(root.path().join("a/b/c"), "0123456789").unwrap();
        root
    }

    fn is_link<T>(answer: Result<T, StoreError>) -> bool {
        answer.is_err_and(|error| matches!(error, StoreError::Link { .. }))
    }

    #[test]
    fn a_link_is_followed_at_no_component() {
        let root = root();
        symlink("a", root.path().join("la")).unwrap();
        symlink("b", root.path().join("a/lb")).unwrap();
        symlink("c", root.path().join("a/b/lc")).unwrap();
        symlink("/none", root.path().join("a/b/dangling")).unwrap();

        for tree in both(root.path()) {
            for text in ["la/b/c", "a/lb/c", "a/b/lc", "la", "a/lb", "a/b/dangling"] {
                let link = path(text);
                assert!(is_link(tree.read(&link, 100)), "{text}");
                assert!(is_link(tree.read_tail(&link, 1)), "{text}");
                assert!(is_link(tree.stamp(&link)), "{text}");
                assert!(is_link(tree.write(&link, b"x")), "{text}");
                assert!(is_link(tree.append_at(&link, 0, b"x")), "{text}");
                assert!(is_link(tree.remove(&link)), "{text}");
                assert!(is_link(tree.sync_file(&link)), "{text}");
            }
            for text in ["la", "la/b", "a/lb", "a/lb/c/d"] {
                let link = path(text);
                assert!(is_link(tree.list(&link)), "{text}");
                assert!(is_link(tree.make_folder(&link)), "{text}");
                assert!(is_link(tree.remove_folder_if_empty(&link)), "{text}");
            }
            assert_eq!(tree.kind(&path("a/lb")).unwrap(), Some(Kind::Other));
            assert!(is_link(tree.kind(&path("la/b"))));
        }
        assert_eq!(fs::read(root.path().join("a/b/c")).unwrap(), b"0123456789");
    }

    #[test]
    fn a_pipe_or_a_socket_is_refused_at_once() {
        let root = root();
        let made = std::process::Command::new("mkfifo")
            .arg(root.path().join("a/pipe"))
            .status();
        assert!(made.unwrap().success());
        let _socket = UnixListener::bind(root.path().join("a/socket")).unwrap();

        for tree in both(root.path()) {
            for text in ["a/pipe", "a/socket"] {
                assert!(is_link(tree.read(&path(text), 100)), "{text}");
                assert!(is_link(tree.write(&path(text), b"x")), "{text}");
                assert!(is_link(tree.append_at(&path(text), 0, b"x")), "{text}");
                assert!(is_link(tree.read(&path(text).join("x").unwrap(), 100)));
                assert_eq!(tree.kind(&path(text)).unwrap(), Some(Kind::Other));
            }
            assert!(is_link(tree.read(&path("a/b"), 100)));
        }
    }

    #[test]
    fn a_file_is_read_in_whole_or_in_part_and_never_beyond_the_limit() {
        let root = root();
        for tree in both(root.path()) {
            let file = path("a/b/c");
            assert_eq!(tree.read(&file, 10).unwrap().unwrap(), b"0123456789");
            let refused = tree.read(&file, 9);
            assert!(matches!(
                refused,
                Err(StoreError::TooLarge { limit: 9, .. })
            ));
            assert_eq!(tree.read_head(&file, 3).unwrap().unwrap(), b"012");
            assert_eq!(tree.read_head(&file, u64::MAX).unwrap().unwrap().len(), 10);
            assert_eq!(
                tree.read_tail(&file, 3).unwrap().unwrap(),
                (b"789".to_vec(), 7)
            );
            assert_eq!(tree.read_tail(&file, 99).unwrap().unwrap().1, 0);
            assert_eq!(tree.read_at(&file, 20, 3).unwrap().unwrap(), b"");
            for absent in ["none", "none/at/all", "a/b/c/below", "a/b/none"] {
                assert_eq!(tree.read(&path(absent), 10).unwrap(), None, "{absent}");
                assert_eq!(tree.kind(&path(absent)).unwrap(), None, "{absent}");
                assert_eq!(tree.stamp(&path(absent)).unwrap(), None, "{absent}");
                assert!(tree.list(&path(absent)).unwrap().is_empty(), "{absent}");
            }
            assert!(matches!(tree.list(&file), Err(StoreError::Io { .. })));
        }
    }

    #[test]
    fn a_listing_is_sorted_and_says_what_each_name_is() {
        let root = root();
        symlink("b", root.path().join("a/link")).unwrap();
        fs::write(root.path().join("a/aa"), "").unwrap();

        for tree in both(root.path()) {
            let entries = tree.list(&path("a")).unwrap();
            let told: Vec<_> = entries.iter().map(|e| (e.name.as_str(), e.kind)).collect();
            let expected = [
                ("aa", Kind::File),
                ("b", Kind::Folder),
                ("link", Kind::Other),
            ];
            assert_eq!(told, expected);

            let mut names = Vec::new();
            tree.each_name(&path("a"), &mut |name| names.push(name.to_owned()))
                .unwrap();
            names.sort();
            assert_eq!(names, ["aa", "b", "link"]);
        }
    }

    #[test]
    fn a_write_is_whole_makes_folders_and_keeps_permissions() {
        let root = root();
        for tree in both(root.path()) {
            let (file, new) = (path("a/b/c"), path("new/er/file"));
            let on_disk = root.path().join("a/b/c");
            fs::set_permissions(&on_disk, fs::Permissions::from_mode(0o600)).unwrap();
            let before = tree.stamp(&file).unwrap();
            tree.write(&file, b"next").unwrap();
            assert_ne!(tree.stamp(&file).unwrap(), before);
            assert_eq!(
                fs::metadata(&on_disk).unwrap().permissions().mode() & 0o777,
                0o600
            );

            tree.write(&new, b"new").unwrap();
            assert_eq!(tree.read(&new, 10).unwrap().unwrap(), b"new");
            assert_eq!(tree.list(&path("new/er")).unwrap().len(), 1);
            tree.sync_file(&new).unwrap();
            tree.sync_folder(&path("new")).unwrap();
            tree.sync_all(&[new.clone(), path("gone/below")]).unwrap();

            tree.remove_folder_if_empty(&path("new/er")).unwrap();
            tree.remove(&new).unwrap();
            tree.remove(&new).unwrap();
            tree.remove_folder_if_empty(&path("new/er")).unwrap();
            tree.remove_folder_if_empty(&path("new/er")).unwrap();
            assert!(tree.list(&path("new")).unwrap().is_empty());
            assert!(matches!(
                tree.write(&path("a/b/c/d"), b""),
                Err(StoreError::Io { .. })
            ));
        }
    }

    #[test]
    fn an_append_is_completed_and_never_made_twice() {
        let root = root();
        for tree in both(root.path()) {
            let file = path("trail/file");
            tree.append_at(&file, 0, b"one").unwrap();
            tree.append_at(&file, 0, b"one").unwrap();
            tree.append_at(&file, 2, b"e, two").unwrap();
            assert_eq!(tree.read(&file, 100).unwrap().unwrap(), b"one, two");

            for (offset, bytes) in [(9, "x"), (0, "one"), (3, "; two and")] {
                let refused = tree.append_at(&file, offset, bytes.as_bytes());
                assert!(matches!(refused, Err(StoreError::Stale { .. })), "{offset}");
            }
            let missing = tree.append_at(&path("trail/none"), 1, b"x");
            assert!(matches!(missing, Err(StoreError::Stale { .. })));
            assert_eq!(tree.kind(&path("trail/none")).unwrap(), None);
            tree.remove(&file).unwrap();
        }
    }
}
