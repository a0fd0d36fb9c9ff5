//! What becomes of one path: files that a program would have to store, and repositories in the project.

use std::ffi::OsStr;
use std::path::Path;

use git2::{
    AttrCheckFlags, AttrValue, ErrorCode, FileMode, IndexEntry, IndexTime, Oid, Repository,
    RepositoryOpenFlags,
};

use super::place::Place;
use super::{failed, refused};
use crate::error::Failure;

/// Refuses what only a program could store: a filter such as git-crypt's would be passed by, and what
/// it hides be laid open for good. What is staged already, and unchanged since, needs no filter.
pub(super) fn check_unfiltered(place: &Place, path: &Path) -> Result<(), Failure> {
    let repository = &place.repository;
    let flags = AttrCheckFlags::FILE_THEN_INDEX;
    for attribute in ["filter", "working-tree-encoding"] {
        let value = repository.get_attr(path, attribute, flags);
        let value = value.map_err(|error| failed(&error))?;
        let AttrValue::String(name) = AttrValue::from_string(value) else {
            continue;
        };
        if attribute == "filter" && !is_configured(repository, name)? {
            // So does git: what is not configured is not run.
            continue;
        }
        let message = format!(
            "`{}` is stored through {attribute}={name}, which is not done here",
            path.display()
        );
        return Err(refused(message).hint("`git add` the file, then answer again"));
    }
    Ok(())
}

fn is_configured(repository: &Repository, filter: &str) -> Result<bool, Failure> {
    let config = repository.config().map_err(|error| failed(&error))?;
    let keys = ["clean", "process", "required"];
    let mut keys = keys.iter().map(|key| format!("filter.{filter}.{key}"));
    Ok(keys.any(|key| config.get_entry(&key).is_ok()))
}

/// Returns the commit that a repository within the project stands at; none where the folder is empty
/// or plain, as that of a submodule which was not checked out.
pub(super) fn head_of_nested(folder: &Path) -> Result<Option<Oid>, Failure> {
    let flags = RepositoryOpenFlags::NO_SEARCH;
    match Repository::open_ext(folder, flags, [] as [&OsStr; 0]) {
        Ok(nested) => {
            let head = nested.head().and_then(|head| head.peel_to_commit());
            match head {
                Ok(commit) => Ok(Some(commit.id())),
                Err(error) if error.code() == ErrorCode::UnbornBranch => {
                    let message = format!("the repository in `{}` is empty", folder.display());
                    Err(refused(message).hint("commit to it, or have git ignore it"))
                }
                Err(error) => Err(failed(&error)),
            }
        }
        Err(error) if error.code() == ErrorCode::NotFound => Ok(None),
        Err(error) => Err(failed(&error)),
    }
}

pub(super) fn link(path: &Path, id: Oid) -> IndexEntry {
    IndexEntry {
        ctime: IndexTime::new(0, 0),
        mtime: IndexTime::new(0, 0),
        dev: 0,
        ino: 0,
        mode: u32::from(FileMode::Commit),
        uid: 0,
        gid: 0,
        file_size: 0,
        id,
        flags: 0,
        flags_extended: 0,
        path: path.as_os_str().as_encoded_bytes().to_vec(),
    }
}
