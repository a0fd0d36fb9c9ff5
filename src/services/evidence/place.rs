//! Where the project lies in its repository, and whether that is at rest.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use git2::RepositoryOpenFlags as OpenFlags;
use git2::{ErrorCode, FileMode, Index, Repository, RepositoryState};

use super::{failed, refused};
use crate::error::Failure;
use crate::services::git::open;

/// What git keeps to itself.
const GIT: &str = ".git";
/// What exists during a commit of the store only.
const JOURNAL: &[u8] = b"QMS/.journal";

/// A repository, and the project's folder in its working tree.
pub(super) struct Place {
    pub(super) repository: Repository,
    /// The project's folder below the working tree; empty where it is the same.
    pub(super) folder: PathBuf,
    work_tree: PathBuf,
    /// As `folder`, as git writes it, with a `/` at the end.
    prefix: Vec<u8>,
}

/// What lies around a project.
pub(super) enum Found {
    Place(Place),
    NoRepository,
    NoWorkTree,
}

impl Place {
    /// Finds the repository of a project: the nearest above it, on the same file system, as git does.
    pub(super) fn find(project_root: &Path) -> Result<Found, Failure> {
        let root =
            fs::canonicalize(project_root).map_err(|error| unreadable(project_root, &error))?;
        let nearest = root.ancestors().find(|folder| is_there(&folder.join(GIT)));
        // What looks like a repository and is none must not lead to the one around it.
        if let Some(at) = nearest.filter(|at| is_missing(&open(at, OpenFlags::NO_SEARCH))) {
            return Err(damaged(at));
        }
        let repository = match open(&root, OpenFlags::empty()) {
            Ok(repository) => repository,
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(Found::NoRepository),
            Err(error) => return Err(failed(&error)),
        };
        let Some(work_tree) = repository.workdir() else {
            return Ok(Found::NoWorkTree);
        };
        let work_tree =
            fs::canonicalize(work_tree).map_err(|error| unreadable(work_tree, &error))?;
        if let Some(at) = nearest.filter(|at| *at != work_tree && at.starts_with(&work_tree)) {
            let message = format!(
                "`{}` is set to another working tree",
                at.join(GIT).display()
            );
            return Err(refused(message).hint("`git config core.worktree` there says which"));
        }
        let Ok(folder) = root.strip_prefix(&work_tree).map(Path::to_path_buf) else {
            return Ok(Found::NoWorkTree);
        };
        if folder.components().any(|part| part.as_os_str() == GIT) {
            return Ok(Found::NoWorkTree);
        }
        let mut prefix = Vec::new();
        for part in &folder {
            prefix.extend_from_slice(part.as_encoded_bytes());
            prefix.push(b'/');
        }
        Ok(Found::Place(Self {
            repository,
            folder,
            work_tree,
            prefix,
        }))
    }

    /// Tells whether a path of the working tree is the project's, and to be committed.
    pub(super) fn holds(&self, path: &[u8]) -> bool {
        let Some(below) = path.strip_prefix(self.prefix.as_slice()) else {
            return false;
        };
        let in_journal = below.strip_prefix(JOURNAL);
        !in_journal.is_some_and(|rest| rest.is_empty() || rest.starts_with(b"/"))
    }

    /// Returns where a path of the working tree lies on the disk.
    pub(super) fn on_disk(&self, path: &Path) -> PathBuf {
        self.work_tree.join(path)
    }

    /// Tells whether git ignores the project's folder as a whole.
    pub(super) fn is_ignored(&self) -> Result<bool, git2::Error> {
        if self.prefix.is_empty() {
            return Ok(false);
        }
        self.repository.is_path_ignored(&self.folder)
    }

    /// Refuses while an operation of git is under way: a commit would end it, or be lost with it.
    pub(super) fn check_at_rest(&self) -> Result<(), Failure> {
        let what = match self.repository.state() {
            RepositoryState::Clean => return Ok(()),
            RepositoryState::Merge => "a git merge",
            RepositoryState::Revert | RepositoryState::RevertSequence => "a git revert",
            RepositoryState::CherryPick | RepositoryState::CherryPickSequence => {
                "a git cherry-pick"
            }
            RepositoryState::Bisect => "a git bisect",
            RepositoryState::Rebase
            | RepositoryState::RebaseInteractive
            | RepositoryState::RebaseMerge => "a git rebase",
            RepositoryState::ApplyMailbox | RepositoryState::ApplyMailboxOrRebase => "a git am",
        };
        Err(refused(format!("{what} is under way")).hint("finish or abort it, then answer again"))
    }

    /// Refuses where the index takes the project's folder, or one above it, for another repository.
    pub(super) fn check_not_in_submodule(&self, index: &Index) -> Result<(), Failure> {
        for above in self.folder.ancestors() {
            if above.as_os_str().is_empty() {
                break;
            }
            let entry = index.get_path(above, 0);
            if entry.is_some_and(|entry| entry.mode == u32::from(FileMode::Commit)) {
                let above = above.display();
                return Err(refused(format!(
                    "`{above}` is a submodule without its repository"
                )));
            }
        }
        Ok(())
    }
}

fn is_missing(opened: &Result<Repository, git2::Error>) -> bool {
    let error = opened.as_ref().err();
    error.is_some_and(|error| error.code() == ErrorCode::NotFound)
}

fn is_there(path: &Path) -> bool {
    path.symlink_metadata().is_ok()
}

fn damaged(at: &Path) -> Failure {
    let message = format!("`{}` is not a sound git repository", at.join(GIT).display());
    refused(message).hint("`git status` there says more")
}

pub(super) fn unreadable(path: &Path, error: &io::Error) -> Failure {
    refused(format!("`{}` cannot be read: {error}", path.display()))
}
