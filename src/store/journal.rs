//! What one command changes in the files, written down before it is done.
//!
//! This is the journal as a value and as bytes; `commit.rs` carries it out. Its bytes end with a
//! digest of all before, so that a torn journal is never taken for a whole one.
//! Long because value, writing and reading of it are kept in sight of each other.

use sha2::{Digest, Sha256};

use super::error::StoreError;
use super::path::TreePath;
use super::tree::{Kind, Tree};

/// The folder beneath `QMS/` that exists only during a commit.
pub const FOLDER: &str = ".journal";

/// The name of the whole journal in its folder.
pub(super) const WHOLE: &str = "commit";

/// The most bytes a journal may have.
pub const MOST_BYTES: u64 = 256 * 1024 * 1024;

const MAGIC: &[u8; 8] = b"qms\0jrn\x01";
const DIGEST: usize = 32;

/// The changes of one command, made all or none.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Journal {
    /// What is done, in this order; folders are removed last, the deepest first.
    pub changes: Vec<Change>,
}

/// One change of one file or folder.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Change {
    /// A file gets this content.
    Write {
        /// The file.
        path: TreePath,
        /// Its whole content afterwards.
        bytes: Vec<u8>,
        /// What it must be before.
        before: Before,
    },
    /// A file grows at its end.
    Append {
        /// The file.
        path: TreePath,
        /// Its length before; 0 if it may be absent.
        offset: u64,
        /// What follows from there.
        bytes: Vec<u8>,
    },
    /// A file goes.
    Remove {
        /// The file.
        path: TreePath,
        /// What it must be before.
        before: Before,
    },
    /// A folder is made, if it is missing.
    MakeFolder {
        /// The folder.
        path: TreePath,
    },
    /// A folder goes, if it is empty when all else is done.
    RemoveFolderIfEmpty {
        /// The folder.
        path: TreePath,
    },
}

/// What a file must be for a change to be made.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Before {
    /// There is no such file.
    Absent,
    /// Its content has this digest.
    Sha256([u8; 32]),
    /// Anything, or nothing.
    Any,
}

impl Before {
    /// Returns the state of a file that was read.
    #[must_use]
    pub fn of(content: Option<&[u8]>) -> Self {
        content.map_or(Self::Absent, |bytes| {
            Self::Sha256(Sha256::digest(bytes).into())
        })
    }

    /// Whether a file with this content is in this state.
    #[must_use]
    pub fn holds(&self, content: Option<&[u8]>) -> bool {
        *self == Self::Any || *self == Self::of(content)
    }
}

impl Change {
    /// Returns the file or folder it changes.
    #[must_use]
    pub fn path(&self) -> &TreePath {
        match self {
            Self::Write { path, .. }
            | Self::Append { path, .. }
            | Self::Remove { path, .. }
            | Self::MakeFolder { path }
            | Self::RemoveFolderIfEmpty { path } => path,
        }
    }

    /// Whether it is about a folder, not a file.
    #[must_use]
    pub fn is_about_a_folder(&self) -> bool {
        match self {
            Self::MakeFolder { .. } | Self::RemoveFolderIfEmpty { .. } => true,
            Self::Write { .. } | Self::Append { .. } | Self::Remove { .. } => false,
        }
    }

    /// Returns how many bytes it brings.
    #[must_use]
    pub fn weight(&self) -> usize {
        match self {
            Self::Write { bytes, .. } | Self::Append { bytes, .. } => bytes.len(),
            Self::Remove { .. } | Self::MakeFolder { .. } | Self::RemoveFolderIfEmpty { .. } => 0,
        }
    }
}

impl Journal {
    /// Returns what a file holds afterwards, where it is written whole.
    #[must_use]
    pub fn written(&self, file: &TreePath) -> Option<&[u8]> {
        self.changes.iter().find_map(|change| match change {
            Change::Write { path, bytes, .. } if path == file => Some(bytes.as_slice()),
            Change::Write { .. }
            | Change::Append { .. }
            | Change::Remove { .. }
            | Change::MakeFolder { .. }
            | Change::RemoveFolderIfEmpty { .. } => None,
        })
    }

    /// Returns every file that goes.
    pub fn removed(&self) -> impl Iterator<Item = &TreePath> {
        self.changes.iter().filter_map(|change| match change {
            Change::Remove { path, .. } => Some(path),
            Change::Write { .. }
            | Change::Append { .. }
            | Change::MakeFolder { .. }
            | Change::RemoveFolderIfEmpty { .. } => None,
        })
    }

    /// Returns the journal as bytes.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut to = MAGIC.to_vec();
        // Room for the length of the whole, known at the end.
        to.extend([0; 8]);
        put_number(&mut to, self.changes.len() as u64);
        for change in &self.changes {
            put_change(&mut to, change);
        }

        let length = (to.len() + DIGEST) as u64;
        if let Some(room) = to.get_mut(MAGIC.len()..MAGIC.len() + 8) {
            room.copy_from_slice(&length.to_le_bytes());
        }
        let digest = Sha256::digest(&to);
        to.extend_from_slice(&digest);
        to
    }

    /// Returns the journal written as `bytes`, `None` if they are not whole.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        if bytes.len() as u64 > MOST_BYTES {
            return None;
        }
        let (content, digest) = bytes.split_last_chunk::<DIGEST>()?;
        let mut from = content.strip_prefix(MAGIC)?;
        if take_number(&mut from)? != bytes.len() as u64
            || Sha256::digest(content).as_slice() != digest
        {
            return None;
        }

        // The count is only believed as far as there are bytes to read.
        let mut changes = Vec::new();
        for _ in 0..take_number(&mut from)? {
            changes.push(take_change(&mut from)?);
        }
        from.is_empty().then_some(Self { changes })
    }

    /// Returns the whole journal that lies beneath `qms`, `None` if there is none.
    ///
    /// # Errors
    ///
    /// `Link` or `Io`.
    pub fn read(tree: &Tree, qms: &TreePath) -> Result<Option<Self>, StoreError> {
        match tree.read(&whole(qms), MOST_BYTES) {
            Ok(bytes) => Ok(bytes.as_deref().and_then(Self::from_bytes)),
            Err(StoreError::TooLarge { .. }) => Ok(None),
            Err(error) => Err(error),
        }
    }

    /// Whether anything of a journal lies beneath `qms`, whole or not.
    ///
    /// # Errors
    ///
    /// `Link` if it is no folder; `Io`.
    pub fn exists_at_all(tree: &Tree, qms: &TreePath) -> Result<bool, StoreError> {
        let folder = qms.with(FOLDER);

        match tree.kind(&folder)? {
            Some(Kind::Folder) => Ok(true),
            Some(Kind::File | Kind::Other) => Err(StoreError::link(&folder)),
            None => Ok(false),
        }
    }
}

/// The path of the whole journal beneath `qms`.
pub(super) fn whole(qms: &TreePath) -> TreePath {
    qms.with(FOLDER).with(WHOLE)
}

fn put_change(to: &mut Vec<u8>, change: &Change) {
    let tag = match change {
        Change::Write { .. } => 1,
        Change::Append { .. } => 2,
        Change::Remove { .. } => 3,
        Change::MakeFolder { .. } => 4,
        Change::RemoveFolderIfEmpty { .. } => 5,
    };
    to.push(tag);
    put_bytes(to, change.path().as_str().as_bytes());

    match change {
        Change::Write { bytes, before, .. } => {
            put_before(to, before);
            put_bytes(to, bytes);
        }
        Change::Append { offset, bytes, .. } => {
            put_number(to, *offset);
            put_bytes(to, bytes);
        }
        Change::Remove { before, .. } => put_before(to, before),
        Change::MakeFolder { .. } | Change::RemoveFolderIfEmpty { .. } => {}
    }
}

fn put_before(to: &mut Vec<u8>, before: &Before) {
    match before {
        Before::Absent => to.push(0),
        Before::Sha256(digest) => {
            to.push(1);
            to.extend_from_slice(digest);
        }
        Before::Any => to.push(2),
    }
}

fn put_bytes(to: &mut Vec<u8>, bytes: &[u8]) {
    put_number(to, bytes.len() as u64);
    to.extend_from_slice(bytes);
}

fn put_number(to: &mut Vec<u8>, number: u64) {
    to.extend_from_slice(&number.to_le_bytes());
}

fn take_change(from: &mut &[u8]) -> Option<Change> {
    let tag = *from.split_off_first()?;
    let path = TreePath::new(std::str::from_utf8(take_bytes(from)?).ok()?).ok()?;

    match tag {
        1 => {
            let before = take_before(from)?;
            let bytes = take_bytes(from)?.to_vec();
            Some(Change::Write {
                path,
                bytes,
                before,
            })
        }
        2 => {
            let offset = take_number(from)?;
            let bytes = take_bytes(from)?.to_vec();
            Some(Change::Append {
                path,
                offset,
                bytes,
            })
        }
        3 => take_before(from).map(|before| Change::Remove { path, before }),
        4 => Some(Change::MakeFolder { path }),
        5 => Some(Change::RemoveFolderIfEmpty { path }),
        _ => None,
    }
}

fn take_before(from: &mut &[u8]) -> Option<Before> {
    match *from.split_off_first()? {
        0 => Some(Before::Absent),
        1 => {
            let (digest, rest) = from.split_first_chunk::<DIGEST>()?;
            *from = rest;
            Some(Before::Sha256(*digest))
        }
        2 => Some(Before::Any),
        _ => None,
    }
}

fn take_bytes<'b>(from: &mut &'b [u8]) -> Option<&'b [u8]> {
    let length = usize::try_from(take_number(from)?).ok()?;

    from.split_off(..length)
}

fn take_number(from: &mut &[u8]) -> Option<u64> {
    let (number, rest) = from.split_first_chunk::<8>()?;
    *from = rest;

    Some(u64::from_le_bytes(*number))
}

#[cfg(test)]
mod tests {
    use proptest::collection::vec;
    use proptest::prelude::*;

    use super::*;

    fn any_before() -> impl Strategy<Value = Before> {
        prop_oneof![
            Just(Before::Absent),
            Just(Before::Any),
            any::<[u8; 32]>().prop_map(Before::Sha256),
        ]
    }

    fn any_change() -> impl Strategy<Value = Change> {
        let path = "[a-zä]{1,5}(/[a-z]{1,5}){0,2}".prop_map(|text| TreePath::new(&text).unwrap());
        let parts = (path, vec(any::<u8>(), 0..40), any_before(), any::<u64>());

        (0..5, parts).prop_map(|(kind, (path, bytes, before, offset))| match kind {
            0 => Change::Write {
                path,
                bytes,
                before,
            },
            1 => Change::Append {
                path,
                offset,
                bytes,
            },
            2 => Change::Remove { path, before },
            3 => Change::MakeFolder { path },
            _ => Change::RemoveFolderIfEmpty { path },
        })
    }

    proptest! {
        #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

        #[test]
        fn a_journal_comes_back_whole_or_not_at_all(
            changes in vec(any_change(), 0..6),
            place in any::<prop::sample::Index>(),
            flip in 1..=255_u8,
        ) {
            let journal = Journal { changes };
            let bytes = journal.to_bytes();
            prop_assert_eq!(Journal::from_bytes(&bytes), Some(journal));

            let at = place.index(bytes.len());
            prop_assert_eq!(Journal::from_bytes(&bytes[..at]), None);
            let mut flipped = bytes;
            flipped[at] ^= flip;
            prop_assert_eq!(Journal::from_bytes(&flipped), None);
            flipped[at] ^= flip;
            flipped.push(0);
            prop_assert_eq!(Journal::from_bytes(&flipped), None);
        }

        #[test]
        fn hostile_bytes_with_a_right_digest_do_no_harm(body in vec(any::<u8>(), 0..200)) {
            let mut bytes = MAGIC.to_vec();
            put_number(&mut bytes, (MAGIC.len() + 8 + body.len() + DIGEST) as u64);
            bytes.extend(body);
            let digest = Sha256::digest(&bytes);
            bytes.extend_from_slice(&digest);
            let _ = Journal::from_bytes(&bytes);
        }
    }
}
