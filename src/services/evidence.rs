//! Evidence: the project's state, pinned as a git commit that an answer can name (REQ-INT-020).
//!
//! Only what lies in the project's folder is committed; what else was staged stays staged, and is not
//! (REQ-INT-021). Nothing that a repository configures is run: no hook, filter or signing program.
//! What git cannot do is a refusal, so that no answer says it is pinned when it is not (D-08).
//!
//! The steps are git's own. Objects are written first, and the new index is prepared beside the old
//! one. Then, under `index.lock`: nothing has moved meanwhile, HEAD moves on, the index follows. A
//! process that dies before the last two steps leaves nothing but objects that nobody names.
//!
//! The environment (`GIT_DIR`, `GIT_INDEX_FILE` and the like) is not looked at: the repository is the
//! one whose folder holds the project.

mod entry;
mod noticing;
mod place;
mod publishing;
mod signing;
mod staging;
#[cfg(test)]
mod tests;

use std::path::Path;

use git2::ErrorCode;

use super::git::{hint_for, said, short};
use crate::error::Failure;
use crate::model::{Code, Moment, UserName};
use place::{Found, Place};
use publishing::{Head, Published};

/// How often it is tried when somebody else commits or stages at the same moment.
const ATTEMPTS: usize = 3;

/// What pinning the project's state came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Pinned {
    /// It was committed.
    Commit {
        /// Seven digits, or as many more as it takes to mean one object only.
        hash: String,
        /// What git itself would have done otherwise.
        warnings: Vec<String>,
    },
    /// The last commit has all of it already.
    Nothing,
    /// Git is told to ignore the project's folder.
    Ignored,
    /// The project lies in no repository.
    NoRepository,
    /// The repository has no working tree that holds the project: it is bare, say.
    NoWorkTree,
}

impl Pinned {
    /// Returns the hash to record, where there is one.
    #[must_use]
    pub fn hash(&self) -> Option<&str> {
        match self {
            Self::Commit { hash, .. } => Some(hash),
            Self::Nothing | Self::Ignored | Self::NoRepository | Self::NoWorkTree => None,
        }
    }

    /// Returns what the answer has to say about it, a sentence each.
    #[must_use]
    pub fn warnings(&self) -> Vec<String> {
        let why = match self {
            Self::Commit { warnings, .. } => return warnings.clone(),
            Self::Nothing => "nothing in the project has changed since the last one",
            Self::Ignored => "git is told to ignore the project's folder",
            Self::NoRepository => "the project is in no git repository",
            Self::NoWorkTree => {
                "the git repository here has no working tree with the project in it"
            }
        };
        vec![format!("no commit was made: {why}")]
    }
}

/// Commits the state of the project, as the acting user.
///
/// Like `git add --all` in the project's folder and a commit of that alone. The message is taken as
/// it is. The author is the user with an address at `qms.local`, which is nobody's mailbox; the
/// committer is the repository's identity where name and address are set, else the author.
///
/// # Errors
/// `io`: git fails, or cannot do this faithfully. Nothing has changed then but unnamed objects.
/// It is retryable where another process has the repository.
pub fn pin(
    project_root: &Path,
    message: &str,
    author: &UserName,
    at: Moment,
) -> Result<Pinned, Failure> {
    for _ in 0..ATTEMPTS {
        // Opened anew each time: what is kept in memory of a repository grows old.
        let place = match Place::find(project_root)? {
            Found::Place(place) => place,
            Found::NoRepository => return Ok(Pinned::NoRepository),
            Found::NoWorkTree => return Ok(Pinned::NoWorkTree),
        };
        let Some(prepared) = prepare(&place, message, author, at)? else {
            let is_ignored = place.is_ignored().map_err(|error| failed(&error))?;
            return Ok(if is_ignored {
                Pinned::Ignored
            } else {
                Pinned::Nothing
            });
        };
        if let Published::As(pinned) = prepared.publish(&place)? {
            return Ok(pinned);
        }
    }
    let mut failure = refused("another process keeps changing the repository");
    failure.retryable = true;
    Err(failure)
}

/// Returns the last commit, if it was made by [`pin`] with this message.
///
/// # Errors
/// As for [`pin`].
pub fn left_behind(project_root: &Path, message: &str) -> Result<Option<String>, Failure> {
    let Found::Place(place) = Place::find(project_root)? else {
        return Ok(None);
    };
    let repository = &place.repository;
    let head = Head::of(repository).map_err(|error| failed(&error))?;
    let Some(id) = head.commit() else {
        return Ok(None);
    };
    let commit = repository.find_commit(id).map_err(|error| failed(&error))?;
    if commit.message().map(str::trim_end) != Ok(message) {
        return Ok(None);
    }
    short(repository, id)
        .map(Some)
        .map_err(|error| failed(&error))
}

/// What is ready to be published: only objects have been written.
struct Prepared {
    head: Head,
    commit: git2::Oid,
    index: staging::NewIndex,
    message: String,
}

/// Writes the objects; returns none where nothing has changed.
fn prepare(
    place: &Place,
    message: &str,
    author: &UserName,
    at: Moment,
) -> Result<Option<Prepared>, Failure> {
    let repository = &place.repository;
    place.check_at_rest()?;
    let head = Head::of(repository).map_err(|error| failed(&error))?;
    let parent = match head.commit() {
        Some(id) => Some(repository.find_commit(id).map_err(|error| failed(&error))?),
        None => None,
    };
    let before = match &parent {
        Some(commit) => Some(commit.tree().map_err(|error| failed(&error))?),
        None => None,
    };
    let index = staging::stage(place)?;
    let tree = staging::tree(place, before.as_ref(), &index).map_err(|error| failed(&error))?;
    let Some(tree) = tree else { return Ok(None) };

    let commit = signing::commit(repository, tree, parent.as_ref(), message, author, at);
    let commit = commit.map_err(|error| failed(&error))?;
    let index = index.finish()?;
    let message = message.to_owned();
    Ok(Some(Prepared {
        head,
        commit,
        index,
        message,
    }))
}

/// Returns the failure that a state of the repository is.
fn refused(why: impl AsRef<str>) -> Failure {
    let message = format!("the evidence cannot be committed: {}", why.as_ref());
    Failure::new(Code::Io, message)
}

/// Returns the failure that a failure of git is.
fn failed(error: &git2::Error) -> Failure {
    let mut failure = refused(said(error));
    // The branch moved on, or somebody holds its lock.
    failure.retryable = matches!(error.code(), ErrorCode::Locked | ErrorCode::Modified);
    match hint_for(error) {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}
