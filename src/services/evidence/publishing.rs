//! Publishing: HEAD moves on and the index follows, under git's own lock, or nothing happens.

use std::fs::{self, File};
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::thread;
use std::time::Duration;

use git2::{ErrorCode, Oid, Repository};

use super::noticing::notices;
use super::staging::{index_file, read_index};
use super::{Pinned, Place, Prepared, failed, refused, short};
use crate::error::Failure;

/// How long a lock is waited for: an editor that asks for the status holds it for a moment.
const PATIENCE: [u64; 4] = [20, 60, 120, 200];

/// What HEAD was when the evidence was looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Head {
    /// A branch without a commit yet.
    Unborn { branch: String },
    /// A branch and its commit.
    On { branch: String, commit: Oid },
    /// A commit, and no branch.
    Detached { commit: Oid },
}

/// What publishing came to.
pub(super) enum Published {
    As(Pinned),
    /// Somebody else committed or staged meanwhile, and nothing was changed.
    Overtaken,
}

impl Head {
    pub(super) fn of(repository: &Repository) -> Result<Self, git2::Error> {
        match repository.head() {
            Ok(head) => {
                let commit = head.peel_to_commit()?.id();
                if repository.head_detached()? {
                    return Ok(Self::Detached { commit });
                }
                let branch = head.name()?.to_owned();
                Ok(Self::On { branch, commit })
            }
            Err(error) if error.code() == ErrorCode::UnbornBranch => {
                let head = repository.find_reference("HEAD")?;
                match head.symbolic_target()? {
                    Some(branch) => Ok(Self::Unborn {
                        branch: branch.to_owned(),
                    }),
                    None => Err(error),
                }
            }
            Err(error) => Err(error),
        }
    }

    pub(super) fn commit(&self) -> Option<Oid> {
        match self {
            Self::Unborn { .. } => None,
            Self::On { commit, .. } | Self::Detached { commit } => Some(*commit),
        }
    }

    pub(super) fn is_detached(&self) -> bool {
        matches!(self, Self::Detached { .. })
    }

    /// Moves on to a commit, unless somebody else has moved it.
    pub(super) fn advance(
        &self,
        repository: &Repository,
        to: Oid,
        message: &str,
    ) -> Result<(), git2::Error> {
        let subject = message.lines().next().unwrap_or_default();
        match self {
            Self::Unborn { branch } => {
                let log = format!("commit (initial): {subject}");
                repository.reference(branch, to, false, &log)?;
            }
            Self::On { branch, commit } => {
                let log = format!("commit: {subject}");
                repository.reference_matching(branch, to, true, *commit, &log)?;
            }
            Self::Detached { commit } => {
                let log = format!("commit: {subject}");
                repository.reference_matching("HEAD", to, true, *commit, &log)?;
            }
        }
        Ok(())
    }
}

impl Prepared {
    /// Moves HEAD on to the commit, and the index with it.
    pub(super) fn publish(&self, place: &Place) -> Result<Published, Failure> {
        let repository = &place.repository;
        let lock = Lock::take(&index_file(repository))?;
        let head = Head::of(repository).map_err(|error| failed(&error))?;
        if head != self.head || read_index(repository)? != self.index.before {
            return Ok(Published::Overtaken);
        }
        place.check_at_rest()?;
        let hash = short(repository, self.commit).map_err(|error| failed(&error))?;
        let mut warnings = notices(repository, &self.head);

        let lock = lock.fill(&self.index.after)?;
        match self.head.advance(repository, self.commit, &self.message) {
            Ok(()) => {}
            // A branch can be moved without the lock on the index: by a push, say.
            Err(error) if matches!(error.code(), ErrorCode::Modified | ErrorCode::Exists) => {
                return Ok(Published::Overtaken);
            }
            Err(error) => return Err(failed(&error)),
        }
        if let Err(error) = lock.release_as_index() {
            // The commit stands; to say that it does not would be wrong.
            warnings.push(format!(
                "the index could not follow the commit ({error}): `git reset` mends it"
            ));
        }
        Ok(Published::As(Pinned::Commit { hash, warnings }))
    }
}

/// Git's lock on the index, held: a file beside it, removed when this is dropped.
struct Lock {
    index: PathBuf,
    path: PathBuf,
    file: File,
    is_index: bool,
}

impl Lock {
    fn take(index: &Path) -> Result<Self, Failure> {
        let path = index.with_file_name("index.lock");
        let mut patience = PATIENCE.iter();
        loop {
            let error = match File::options().write(true).create_new(true).open(&path) {
                Ok(file) => {
                    return Ok(Self {
                        index: index.to_path_buf(),
                        path,
                        file,
                        is_index: false,
                    });
                }
                Err(error) => error,
            };
            if error.kind() != io::ErrorKind::AlreadyExists {
                return Err(refused(format!(
                    "`{}` cannot be made: {error}",
                    path.display()
                )));
            }
            let Some(wait) = patience.next() else {
                return Err(held(&path));
            };
            thread::sleep(Duration::from_millis(*wait));
        }
    }

    /// Writes what the index is to be, down to the disk.
    fn fill(mut self, bytes: &[u8]) -> Result<Self, Failure> {
        let written = self.file.write_all(bytes).and_then(|()| {
            if let Ok(old) = fs::metadata(&self.index) {
                self.file.set_permissions(old.permissions())?;
            }
            self.file.sync_all()
        });
        match written {
            Ok(()) => Ok(self),
            Err(error) => Err(refused(format!("the index cannot be written: {error}"))),
        }
    }

    fn release_as_index(mut self) -> io::Result<()> {
        fs::rename(&self.path, &self.index)?;
        self.is_index = true;
        Ok(())
    }
}

impl Drop for Lock {
    fn drop(&mut self) {
        if !self.is_index {
            // A lock that stays behind is told to the next who comes.
            let _ = fs::remove_file(&self.path);
        }
    }
}

fn held(path: &Path) -> Failure {
    let message = format!("`{}` is there: git is at work", path.display());
    let mut failure = refused(message)
        .hint("answer again in a moment; where no git is running, remove that file");
    failure.retryable = true;
    failure
}
