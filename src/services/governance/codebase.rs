//! The repository around a project, asked for commits, files and branches.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use git2::{BranchType, Commit, ErrorCode, Oid, Repository, RepositoryOpenFlags, Tree, TreeEntry};

use crate::error::Failure;
use crate::model::Code;
use crate::services::git;

/// The remote whose branches count first, where a branch is not there locally.
const FIRST_REMOTE: &str = "origin";

/// The repository that holds a project.
pub struct Codebase {
    pub(super) repository: Repository,
    /// The commits at which a shallow history ends, though they have parents.
    cut: BTreeSet<Oid>,
}

/// Where the working tree stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Here {
    /// On a branch.
    Branch(String),
    /// On a branch that has no commit yet.
    Unborn(String),
    /// At a commit, on no branch.
    Detached(Oid),
}

/// What lies at a path: a folder's id is made from all that lies in it, a file's from its content alone.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lying {
    /// The id of the content.
    pub id: Oid,
    /// Whether it is a folder, a file, a program, a link.
    pub mode: i32,
}

/// What a shortened hash means.
pub(super) enum Meant {
    Commit(Oid),
    /// Nothing that is here.
    Nothing,
    /// Several things: more digits are needed.
    Several,
    /// Something else: a file, a tag.
    Other(&'static str),
}

impl Codebase {
    /// Opens the repository around a folder.
    ///
    /// # Errors
    /// `not_found` where there is none, `io` where it cannot be opened.
    pub fn around(root: &Path) -> Result<Self, Failure> {
        Self::find(root)?.ok_or_else(|| {
            Failure::new(Code::NotFound, "the project is in no git repository")
                .hint("code is governed by git: run `git init`, or work in a clone")
        })
    }

    /// Opens the repository around a folder; none where there is none.
    ///
    /// # Errors
    /// `io` where there is one that cannot be opened.
    pub fn find(root: &Path) -> Result<Option<Self>, Failure> {
        let repository = match git::open(root, RepositoryOpenFlags::empty()) {
            Ok(repository) => repository,
            Err(error) if error.code() == ErrorCode::NotFound => return Ok(None),
            Err(error) => return Err(git::failed(&error)),
        };
        let cut = cut_of(&repository)?;
        Ok(Some(Self { repository, cut }))
    }

    /// Tells whether some of the history is not here.
    #[must_use]
    pub fn is_shallow(&self) -> bool {
        !self.cut.is_empty()
    }

    /// Tells whether the history ends at a commit, though there is more of it elsewhere.
    pub(super) fn is_cut_at(&self, commit: Oid) -> bool {
        self.cut.contains(&commit)
    }

    /// Returns where the working tree stands.
    ///
    /// # Errors
    /// `io`: HEAD cannot be read.
    pub fn here(&self) -> Result<Here, Failure> {
        let head = self.repository.find_reference("HEAD").map_err(fail)?;
        let Some(full) = head.symbolic_target().map_err(fail)? else {
            let commit = head.peel_to_commit().map_err(fail)?;
            return Ok(Here::Detached(commit.id()));
        };
        let name = full.strip_prefix("refs/heads/").unwrap_or(full).to_owned();
        match self.repository.find_reference(full) {
            Ok(_) => Ok(Here::Branch(name)),
            Err(error) if error.code() == ErrorCode::NotFound => Ok(Here::Unborn(name)),
            Err(error) => Err(fail(error)),
        }
    }

    /// Returns the last commit of a branch: of this repository, else as a remote last had it.
    ///
    /// # Errors
    /// `io`.
    pub fn tip(&self, branch: &str) -> Result<Option<Oid>, Failure> {
        if let Some(tip) = self.tip_of(branch, BranchType::Local)? {
            return Ok(Some(tip));
        }
        let mut remotes: Vec<String> = Vec::new();
        let names = self.repository.remotes().map_err(fail)?;
        remotes.extend(names.iter().flatten().flatten().map(str::to_owned));
        remotes.sort_by_key(|name| name != FIRST_REMOTE);
        for remote in remotes {
            let tip = self.tip_of(&format!("{remote}/{branch}"), BranchType::Remote)?;
            if tip.is_some() {
                return Ok(tip);
            }
        }
        Ok(None)
    }

    fn tip_of(&self, branch: &str, kind: BranchType) -> Result<Option<Oid>, Failure> {
        let found = match self.repository.find_branch(branch, kind) {
            Ok(found) => found,
            Err(error) if matches!(error.code(), ErrorCode::NotFound | ErrorCode::InvalidSpec) => {
                return Ok(None);
            }
            Err(error) => return Err(fail(error)),
        };
        match found.get().peel_to_commit() {
            Ok(commit) => Ok(Some(commit.id())),
            // A name that leads nowhere is as none.
            Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
            Err(error) => Err(fail(error)),
        }
    }

    /// Returns the last commit of the branch whose code is in use.
    ///
    /// # Errors
    /// `not_found` where there is no such branch.
    pub fn production(&self, branch: &str) -> Result<Oid, Failure> {
        self.tip(branch)?.ok_or_else(|| {
            let message = format!("there is no branch `{}`, and no commit on it", branch.escape_debug());
            Failure::new(Code::NotFound, message)
                .hint("`production_branch` in `qms.config.json` says which branch is in use; `git fetch` brings it here")
        })
    }

    /// Returns the names of all branches, those of remotes without the remote's name.
    ///
    /// # Errors
    /// `io`.
    pub fn branches(&self) -> Result<BTreeSet<String>, Failure> {
        let mut names = BTreeSet::new();
        for branch in self.repository.branches(None).map_err(fail)? {
            let (branch, kind) = branch.map_err(fail)?;
            // A name that is no text is none that is looked for.
            let Ok(Some(name)) = branch.name() else {
                continue;
            };
            let own = match kind {
                BranchType::Local => Some(name),
                BranchType::Remote => name.split_once('/').map(|(_, own)| own),
            };
            names.extend(own.map(str::to_owned));
        }
        Ok(names)
    }

    /// Returns what the digits of a hash mean.
    ///
    /// # Errors
    /// `io`.
    pub(super) fn meant(&self, hash: &str) -> Result<Meant, Failure> {
        use git2::ObjectType;

        let found = match self.repository.find_object_by_prefix(hash, None) {
            Ok(found) => found,
            Err(error) if error.code() == ErrorCode::Ambiguous => return Ok(Meant::Several),
            Err(error)
                if matches!(error.code(), ErrorCode::NotFound | ErrorCode::InvalidSpec)
                    || hash.len() > 40 =>
            {
                return Ok(Meant::Nothing);
            }
            Err(error) => return Err(fail(error)),
        };
        Ok(match found.kind() {
            Some(ObjectType::Commit) => Meant::Commit(found.id()),
            Some(ObjectType::Tree) => Meant::Other("a folder"),
            Some(ObjectType::Blob) => Meant::Other("the content of a file"),
            Some(ObjectType::Tag) => Meant::Other("a tag"),
            Some(ObjectType::Any) | None => Meant::Other("something else"),
        })
    }

    /// Returns the commit that a word of git means: a hash, a branch, `HEAD~1`.
    ///
    /// # Errors
    /// `not_found`.
    pub fn named(&self, name: &str) -> Result<Oid, Failure> {
        let found = self.repository.revparse_single(name);
        let commit = found.and_then(|found| found.peel_to_commit());
        commit.map(|commit| commit.id()).map_err(|_| {
            let message = format!("`{}` is no commit and no branch here", name.escape_debug());
            Failure::new(Code::NotFound, message)
        })
    }

    /// Returns the folder of the working tree, where there is one.
    #[must_use]
    pub fn folder(&self) -> Option<&Path> {
        self.repository.workdir()
    }

    /// Returns where a project lies below the root of the repository; empty where it is the same.
    #[must_use]
    pub fn folder_of(&self, project: &Path) -> PathBuf {
        let above = self.folder().and_then(|folder| folder.canonicalize().ok());
        let below = above.and_then(|above| project.strip_prefix(above).ok().map(Path::to_path_buf));
        below.unwrap_or_default()
    }

    /// Returns those of some commits that a branch's last commit comes after, itself included.
    ///
    /// One walk, whatever the number of those wanted, and no further than until all are found.
    ///
    /// # Errors
    /// `io`.
    pub fn reached(&self, from: Oid, wanted: &BTreeSet<Oid>) -> Result<BTreeSet<Oid>, Failure> {
        let mut found = BTreeSet::new();
        if wanted.is_empty() {
            return Ok(found);
        }
        let mut walk = self.repository.revwalk().map_err(fail)?;
        walk.push(from).map_err(fail)?;
        for commit in walk {
            let commit = commit.map_err(fail)?;
            if wanted.contains(&commit) {
                found.insert(commit);
                if found.len() == wanted.len() {
                    break;
                }
            }
        }
        Ok(found)
    }

    /// Returns the commits that come after one, up to another.
    ///
    /// # Errors
    /// `io`.
    pub(super) fn after(&self, before: Oid, last: Oid) -> Result<BTreeSet<Oid>, Failure> {
        let mut walk = self.repository.revwalk().map_err(fail)?;
        walk.push(last).map_err(fail)?;
        walk.hide(before).map_err(fail)?;
        walk.map(|commit| commit.map_err(fail)).collect()
    }

    /// Returns a commit.
    ///
    /// # Errors
    /// `io`.
    pub(super) fn commit(&self, id: Oid) -> Result<Commit<'_>, Failure> {
        self.repository.find_commit(id).map_err(fail)
    }

    /// Returns the object that lies at a path in a commit: a file, a folder, a submodule.
    ///
    /// # Errors
    /// `io`.
    pub fn at(&self, commit: Oid, path: &str) -> Result<Option<(Oid, git2::ObjectType)>, Failure> {
        let tree = self.commit(commit)?.tree().map_err(fail)?;
        in_tree(&tree, path)
    }

    /// Returns what lies at each path of a system in a commit.
    ///
    /// Two commits with the same there hold the same code, whatever else they hold and whoever made them.
    ///
    /// # Errors
    /// `io`.
    pub fn trees(&self, commit: Oid, paths: &[String]) -> Result<Vec<Option<Lying>>, Failure> {
        let tree = self.commit(commit)?.tree().map_err(fail)?;
        let lying = paths.iter().map(|path| {
            let entry = entry_at(&tree, path)?;
            Ok(entry.map(|entry| Lying {
                id: entry.id(),
                mode: entry.filemode_raw(),
            }))
        });
        lying.collect()
    }

    /// Returns as many digits of a commit as mean it alone.
    ///
    /// # Errors
    /// `io`.
    pub fn short(&self, id: Oid) -> Result<String, Failure> {
        git::short(&self.repository, id).map_err(fail)
    }

    /// Returns as many digits of a commit as mean it alone.
    ///
    /// # Errors
    /// `io`.
    pub fn short_of(&self, commit: &str) -> Result<String, Failure> {
        self.short(Oid::from_str(commit).map_err(fail)?)
    }
}

/// Returns what lies at a path in a tree.
pub(super) fn in_tree(
    tree: &Tree<'_>,
    path: &str,
) -> Result<Option<(Oid, git2::ObjectType)>, Failure> {
    let entry = entry_at(tree, path)?;
    Ok(entry.and_then(|entry| Some((entry.id(), entry.kind()?))))
}

fn entry_at(tree: &Tree<'_>, path: &str) -> Result<Option<TreeEntry<'static>>, Failure> {
    match tree.get_path(Path::new(path.trim_end_matches('/'))) {
        Ok(entry) => Ok(Some(entry)),
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(fail(error)),
    }
}

fn cut_of(repository: &Repository) -> Result<BTreeSet<Oid>, Failure> {
    if !repository.is_shallow() {
        return Ok(BTreeSet::new());
    }
    let file = repository.commondir().join("shallow");
    let text = std::fs::read_to_string(&file).map_err(|error| {
        Failure::new(
            Code::Io,
            format!("the file `shallow` of the repository cannot be read: {error}"),
        )
    })?;
    Ok(text
        .lines()
        .filter_map(|line| Oid::from_str(line.trim()).ok())
        .collect())
}

/// Returns the failure that a failure of git is.
#[expect(clippy::needless_pass_by_value, reason = "it ends `map_err`")]
pub(super) fn fail(error: git2::Error) -> Failure {
    git::failed(&error)
}
