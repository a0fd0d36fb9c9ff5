//! A git repository around a project, filled without a working tree: only what is committed counts.

use std::path::Path;

use git2::build::TreeUpdateBuilder;
use git2::{FileMode, Oid, Repository as Git, RepositoryInitOptions, Signature, Time};

/// The second at which every test happens; see [`super::noon`].
pub const NOON: i64 = 1_773_489_600;

/// A repository, and the branch that is checked out.
pub struct Repository {
    git: Git,
}

/// A commit to be made.
#[must_use]
pub struct Draft<'r> {
    repository: &'r Repository,
    message: String,
    at: i64,
    update: TreeUpdateBuilder,
    merged: Vec<Oid>,
}

impl Repository {
    /// Begins a repository on `main`.
    pub fn begun(folder: &Path) -> Self {
        let mut options = RepositoryInitOptions::new();
        options.external_template(false).initial_head("main");
        Self {
            git: Git::init_opts(folder, &options).unwrap(),
        }
    }

    pub fn git(&self) -> &Git {
        &self.git
    }

    /// Begins a commit on the branch that is checked out, at noon.
    pub fn commit(&self, message: &str) -> Draft<'_> {
        Draft {
            repository: self,
            message: message.to_owned(),
            at: NOON,
            update: TreeUpdateBuilder::new(),
            merged: Vec::new(),
        }
    }

    /// Begins a branch at the last commit, and checks it out.
    pub fn branch(&self, name: &str) -> &Self {
        let head = self.head();
        let commit = self.git.find_commit(head).unwrap();
        self.git.branch(name, &commit, false).unwrap();
        self.switch(name)
    }

    /// Checks out a branch.
    pub fn switch(&self, name: &str) -> &Self {
        self.git.set_head(&format!("refs/heads/{name}")).unwrap();
        self
    }

    pub fn head(&self) -> Oid {
        self.git.head().unwrap().peel_to_commit().unwrap().id()
    }

    pub fn tip(&self, branch: &str) -> Oid {
        let branch = self
            .git
            .find_branch(branch, git2::BranchType::Local)
            .unwrap();
        branch.get().peel_to_commit().unwrap().id()
    }

    /// The branches there are.
    pub fn branches(&self) -> Vec<String> {
        let branches = self.git.branches(None).unwrap();
        let mut names: Vec<_> = branches
            .map(|branch| branch.unwrap().0.name().unwrap().unwrap().to_owned())
            .collect();
        names.sort();
        names
    }
}

impl Draft<'_> {
    /// Gives a file some content.
    pub fn file(mut self, path: &str, text: impl AsRef<[u8]>) -> Self {
        let id = self.repository.git.blob(text.as_ref()).unwrap();
        self.update.upsert(path, id, FileMode::Blob);
        self
    }

    /// Gives a program some content.
    pub fn program(mut self, path: &str, text: &str) -> Self {
        let id = self.repository.git.blob(text.as_bytes()).unwrap();
        self.update.upsert(path, id, FileMode::BlobExecutable);
        self
    }

    /// Puts another repository's commit at a path.
    pub fn submodule(mut self, path: &str) -> Self {
        let id = Oid::from_str("0123456789012345678901234567890123456789").unwrap();
        self.update.upsert(path, id, FileMode::Commit);
        self
    }

    /// Makes it at another second, counted from noon.
    pub fn after_noon(mut self, seconds: i64) -> Self {
        self.at = NOON + seconds;
        self
    }

    /// Makes it a merge of a branch, with all that the branch has.
    pub fn merging(mut self, branch: &str) -> Self {
        let tip = self.repository.tip(branch);
        self.merged.push(tip);
        self
    }

    /// Returns its tree, and makes no commit.
    pub fn tree(mut self) -> Oid {
        let git = &self.repository.git;
        let parent = git.head().ok().map(|head| head.peel_to_commit().unwrap());
        let base = match (self.merged.last(), &parent) {
            (Some(merged), _) => git.find_commit(*merged).unwrap().tree().unwrap(),
            (None, Some(parent)) => parent.tree().unwrap(),
            (None, None) => {
                let empty = git.treebuilder(None).unwrap().write().unwrap();
                git.find_tree(empty).unwrap()
            }
        };
        self.update.create_updated(git, &base).unwrap()
    }

    pub fn made(self) -> Oid {
        let git = &self.repository.git;
        let parent = git.head().ok().map(|head| head.peel_to_commit().unwrap());
        let (message, at, merged) = (self.message.clone(), self.at, self.merged.clone());
        let tree = git.find_tree(self.tree()).unwrap();
        let who = Signature::new("Ada", "ada@example.org", &Time::new(at, 0)).unwrap();
        let merged: Vec<_> = merged
            .iter()
            .map(|id| git.find_commit(*id).unwrap())
            .collect();
        let parents: Vec<_> = parent.iter().chain(&merged).collect();
        git.commit(Some("HEAD"), &who, &who, &message, &tree, &parents)
            .unwrap()
    }
}
