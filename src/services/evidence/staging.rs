//! Staging: the project's folder as it is, in a copy of the index, and the tree that is made of it.
//!
//! As `git add --all` does it, in the project's folder: the working tree wins over what was staged,
//! removals count, ignored files stay out unless they are tracked, links are links, and of another
//! repository in it the commit counts that it stands at. Files that look unchanged are not read.

use std::fs::{self, File, FileTimes};
use std::io;
use std::path::{Path, PathBuf};
use std::time::Duration;

use git2::{Delta, Diff, DiffOptions, FileMode, Index, IndexEntry, Oid, Repository, Tree};
use tempfile::TempDir;

use super::entry::{check_unfiltered, head_of_nested, link};
use super::place::{Place, unreadable};
use super::{failed, refused};
use crate::error::Failure;

/// An index in the making, which is not the repository's yet.
pub(super) struct Staged {
    index: Index,
    /// The file it is kept in.
    path: PathBuf,
    /// What the repository's index was; none where there was none.
    before: Option<Vec<u8>>,
    /// Removed with what lies in it when this is dropped.
    _folder: TempDir,
}

/// The bytes of the repository's index, before and after.
pub(super) struct NewIndex {
    pub(super) before: Option<Vec<u8>>,
    pub(super) after: Vec<u8>,
}

/// What there is to do to the index.
enum Step {
    Add(PathBuf),
    Link(PathBuf),
    Remove(PathBuf),
}

/// Returns where the repository's index is.
pub(super) fn index_file(repository: &Repository) -> PathBuf {
    repository.path().join("index")
}

/// Reads the repository's index.
pub(super) fn read_index(repository: &Repository) -> Result<Option<Vec<u8>>, Failure> {
    let path = index_file(repository);
    match fs::read(&path) {
        Ok(bytes) => Ok(Some(bytes)),
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(unreadable(&path, &error)),
    }
}

/// Stages the project's folder as it is.
pub(super) fn stage(place: &Place) -> Result<Staged, Failure> {
    let mut staged = Staged::copy(&place.repository)?;
    place.check_not_in_submodule(&staged.index)?;
    check_merged(place, &staged.index)?;
    let mut steps = steps(place, &staged.index)?;
    // What has gone makes room first: a folder may stand where a file was.
    steps.sort_by_key(|step| !matches!(step, Step::Remove(_)));
    for step in steps {
        staged.take(place, step)?;
    }
    Ok(staged)
}

/// How the folder of an index in the making is called.
const PREFIX: &str = "qms-index-";

/// Nobody is at work in a folder that is older.
const ABANDONED: Duration = Duration::from_hours(1);

/// Removes what killed processes have left; what cannot be removed does no harm.
fn sweep(git: &Path) {
    for entry in fs::read_dir(git).into_iter().flatten().flatten() {
        let is_ours = entry.file_name().to_string_lossy().starts_with(PREFIX);
        let age = |entry: &fs::DirEntry| entry.metadata().ok()?.modified().ok()?.elapsed().ok();
        if is_ours && age(&entry).is_some_and(|age| age > ABANDONED) {
            let _ = fs::remove_dir_all(entry.path());
        }
    }
}

impl Staged {
    fn copy(repository: &Repository) -> Result<Self, Failure> {
        let (original, git) = (index_file(repository), repository.path());
        sweep(git);
        let folder = tempfile::Builder::new().prefix(PREFIX).tempdir_in(git);
        let folder = folder.map_err(|error| unwritable(git, &error))?;
        let path = folder.path().join("index");
        let before = read_index(repository)?;
        if let Some(bytes) = &before {
            let copied = fs::write(&path, bytes).and_then(|()| {
                // INVARIANT: by the time of its index git tells which files may have changed unseen.
                let modified = fs::metadata(&original)?.modified()?;
                let copy = File::options().write(true).open(&path)?;
                copy.set_times(FileTimes::new().set_modified(modified))
            });
            copied.map_err(|error| unwritable(&path, &error))?;
        }
        let mut index = Index::open(&path).map_err(|error| failed(&error))?;
        let set = repository.set_index(&mut index);
        set.map_err(|error| failed(&error))?;
        Ok(Self {
            index,
            path,
            before,
            _folder: folder,
        })
    }

    fn take(&mut self, place: &Place, step: Step) -> Result<(), Failure> {
        match step {
            Step::Remove(path) => self.index.remove(&path, 0),
            Step::Link(path) => {
                let Some(head) = head_of_nested(&place.on_disk(&path))? else {
                    return Ok(());
                };
                self.index.add(&link(&path, head))
            }
            Step::Add(path) => {
                check_unfiltered(place, &path)?;
                self.index.add_path(&path)
            }
        }
        .map_err(|error| failed(&error))
    }

    /// Returns the bytes that the repository's index is to have.
    pub(super) fn finish(mut self) -> Result<NewIndex, Failure> {
        self.index.write().map_err(|error| failed(&error))?;
        let after = fs::read(&self.path).map_err(|error| unreadable(&self.path, &error))?;
        Ok(NewIndex {
            before: self.before,
            after,
        })
    }
}

/// Writes the tree to commit: the last one, with the project's folder as it is staged. Returns none
/// where they are the same.
pub(super) fn tree(
    place: &Place,
    before: Option<&Tree<'_>>,
    staged: &Staged,
) -> Result<Option<Oid>, git2::Error> {
    let mut wanted = Index::new()?;
    if let Some(before) = before {
        wanted.read_tree(before)?;
    }
    let mut options = below(place);
    options.include_typechange(true);
    let repository = &place.repository;
    let changes = repository.diff_tree_to_index(before, Some(&staged.index), Some(&mut options))?;
    let (mut gone, mut come) = (Vec::new(), Vec::new());
    for change in changes.deltas() {
        let (old, new) = (change.old_file(), change.new_file());
        let path = new.path().or_else(|| old.path()).unwrap_or(Path::new(""));
        if !place.holds(bytes_of(path)) {
            continue;
        }
        match staged.index.get_path(path, 0) {
            Some(entry) => come.push(entry),
            None => gone.push(path.to_path_buf()),
        }
    }
    if gone.is_empty() && come.is_empty() {
        return Ok(None);
    }
    for path in gone {
        wanted.remove(&path, 0)?;
    }
    for entry in come {
        wanted.add(&entry)?;
    }
    wanted.write_tree_to(repository).map(Some)
}

/// Returns options that look at the project's folder only, by its very name.
fn below(place: &Place) -> DiffOptions {
    let mut options = DiffOptions::new();
    options.disable_pathspec_match(true);
    if !place.folder.as_os_str().is_empty() {
        options.pathspec(&place.folder);
    }
    options
}

/// An unmerged file of the project is nobody's evidence.
fn check_merged(place: &Place, index: &Index) -> Result<(), Failure> {
    if !index.has_conflicts() {
        return Ok(());
    }
    for conflict in index.conflicts().map_err(|error| failed(&error))? {
        let conflict = conflict.map_err(|error| failed(&error))?;
        let sides = [conflict.our, conflict.their, conflict.ancestor];
        if let Some(entry) = sides.into_iter().flatten().next()
            && place.holds(&entry.path)
        {
            let message = format!("`{}` is not merged", path_of(&entry.path).display());
            return Err(refused(message).hint("resolve it and `git add` it, then answer again"));
        }
    }
    Ok(())
}

/// Compares the project's folder with the index.
fn steps(place: &Place, index: &Index) -> Result<Vec<Step>, Failure> {
    let mut options = below(place);
    options
        .include_typechange(true)
        .include_untracked(true)
        .recurse_untracked_dirs(true)
        .include_unreadable(true)
        .ignore_submodules(true)
        .update_index(true);
    let repository = &place.repository;
    let changes = repository.diff_index_to_workdir(Some(index), Some(&mut options));
    let mut steps = steps_of(place, index, &changes.map_err(|error| failed(&error))?)?;
    for entry in index.iter().filter(|entry| place.holds(&entry.path)) {
        let is_intended = entry.flags_extended & INTENT_TO_ADD != 0;
        let is_link = entry.mode == u32::from(FileMode::Commit);
        if !is_intended && !is_link {
            continue;
        }
        let path = path_of(&entry.path);
        let metadata = place.on_disk(&path).symlink_metadata();
        match metadata {
            Ok(metadata) if is_link && metadata.is_dir() => steps.push(Step::Link(path)),
            Ok(metadata) if is_intended && !metadata.is_dir() => steps.push(Step::Add(path)),
            // A change of kind, or gone: that was seen above.
            Ok(_) | Err(_) => {}
        }
    }
    Ok(steps)
}

fn steps_of(place: &Place, index: &Index, changes: &Diff<'_>) -> Result<Vec<Step>, Failure> {
    let mut steps = Vec::new();
    for change in changes.deltas() {
        let (old, new) = (change.old_file(), change.new_file());
        let path = new.path().or_else(|| old.path()).unwrap_or(Path::new(""));
        if !place.holds(bytes_of(path)) {
            continue;
        }
        match change.status() {
            Delta::Added | Delta::Modified | Delta::Typechange | Delta::Untracked => {
                let inside = bytes_of(path).strip_suffix(b"/").map(path_of);
                steps.push(inside.map_or_else(|| Step::Add(path.to_path_buf()), Step::Link));
            }
            Delta::Deleted => {
                let entry = index.get_path(path, 0);
                if !entry.is_some_and(|entry| is_left_out(&entry)) {
                    check_gone(place, path)?;
                    steps.push(Step::Remove(path.to_path_buf()));
                }
            }
            Delta::Unreadable | Delta::Conflicted => {
                return Err(refused(format!("`{}` cannot be read", path.display())));
            }
            Delta::Unmodified | Delta::Renamed | Delta::Copied | Delta::Ignored => {}
        }
    }
    Ok(steps)
}

const ASSUME_UNCHANGED: u16 = git2::IndexEntryFlag::VALID.bits();
const SKIP_WORKTREE: u16 = git2::IndexEntryExtendedFlag::SKIP_WORKTREE.bits();
const INTENT_TO_ADD: u16 = git2::IndexEntryExtendedFlag::INTENT_TO_ADD.bits();

/// A file that a sparse checkout leaves out has not gone, and one that is assumed unchanged neither.
fn is_left_out(entry: &IndexEntry) -> bool {
    entry.flags & ASSUME_UNCHANGED != 0 || entry.flags_extended & SKIP_WORKTREE != 0
}

/// A file in a folder that may not be read has not gone either.
fn check_gone(place: &Place, path: &Path) -> Result<(), Failure> {
    match place.on_disk(path).symlink_metadata() {
        Err(error) if !has_gone(&error) => Err(unreadable(path, &error)),
        Ok(_) | Err(_) => Ok(()),
    }
}

fn has_gone(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::NotFound | io::ErrorKind::NotADirectory
    )
}

fn bytes_of(path: &Path) -> &[u8] {
    path.as_os_str().as_encoded_bytes()
}

/// Returns the path that git writes so.
#[cfg(unix)]
fn path_of(bytes: &[u8]) -> PathBuf {
    use std::os::unix::ffi::OsStrExt;
    PathBuf::from(std::ffi::OsStr::from_bytes(bytes))
}

/// Returns the path that git writes so; on such systems they are always text.
#[cfg(not(unix))]
fn path_of(bytes: &[u8]) -> PathBuf {
    PathBuf::from(String::from_utf8_lossy(bytes).into_owned())
}

fn unwritable(path: &Path, error: &io::Error) -> Failure {
    refused(format!("`{}` cannot be written: {error}", path.display()))
}
