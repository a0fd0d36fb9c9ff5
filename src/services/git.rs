//! What git says, in words for people; both what pins evidence and what governs code ask it.

use std::ffi::OsStr;
use std::path::Path;

use git2::{ErrorClass, ErrorCode, Oid, Repository, RepositoryOpenFlags};

use crate::error::Failure;
use crate::model::Code;

/// Opens the repository at a folder, or, as the flags say, the one around it.
///
/// The environment (`GIT_DIR` and the like) is not looked at.
pub(super) fn open(at: &Path, flags: RepositoryOpenFlags) -> Result<Repository, git2::Error> {
    Repository::open_ext(at, flags, [] as [&OsStr; 0])
}

/// Returns what git says of a failure, in one line.
pub(super) fn said(error: &git2::Error) -> String {
    let said = error.message().replace(char::is_control, " ");
    format!("git says: {said}")
}

/// Returns the failure that a failure of git is.
pub(super) fn failed(error: &git2::Error) -> Failure {
    let failure = Failure::new(Code::Io, said(error));
    match hint_for(error) {
        Some(hint) => failure.hint(hint),
        None => failure,
    }
}

/// Returns what helps, where that is known.
pub(super) fn hint_for(error: &git2::Error) -> Option<&'static str> {
    let said = error.message();
    if error.code() == ErrorCode::Owner {
        Some(
            "if you trust whoever owns it: `git config --global --add safe.directory` and its path",
        )
    } else if said.contains("extension: 'link'") {
        Some("`git update-index --no-split-index` writes the index in one piece")
    } else if said.contains("extension: 'sdir'") {
        Some("`git sparse-checkout reapply --no-sparse-index` writes the index in full")
    } else if error.class() == ErrorClass::Os {
        Some("see whether you may write to the repository, and the disk has room")
    } else {
        None
    }
}

/// Returns as many digits of an object's name as it takes to mean one object only, seven at least.
pub(super) fn short(repository: &Repository, id: Oid) -> Result<String, git2::Error> {
    const FEWEST: usize = 7;
    let (database, full) = (repository.odb()?, id.to_string());
    for length in FEWEST..full.len() {
        match database.exists_prefix(id, length) {
            Ok(_) => return Ok(full.chars().take(length).collect()),
            Err(error) if error.code() == ErrorCode::Ambiguous => {}
            Err(error) => return Err(error),
        }
    }
    Ok(full)
}
