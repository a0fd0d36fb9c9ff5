//! Paths that a client gives: a server reads with its own rights, not with those of whoever asks, so they lead
//! to the project and to nothing that is another's or the records'.

use std::path::{Component, Path, PathBuf};

use crate::error::Failure;
use crate::model::Code;
use crate::store::layout;

/// Returns the file that a client means: relative to the root, after every link.
///
/// # Errors
/// `io` where there is none, `invalid_argument` where it may not be read.
pub fn readable(root: &Path, user: &str, given: &str) -> Result<PathBuf, Failure> {
    let shown = given.escape_debug();
    let path = root
        .join(given)
        .canonicalize()
        .map_err(|error| Failure::new(Code::Io, format!("`{shown}` cannot be read: {error}")))?;
    let refused = |why: &str| {
        let failure = Failure::new(Code::InvalidArgument, format!("`{shown}` {why}"));
        failure.fact("argument", "file")
    };
    let Ok(below) = path.strip_prefix(root) else {
        return Err(refused("lies outside the project"));
    };
    let parts: Vec<_> = below.components().map(Component::as_os_str).collect();
    if parts.iter().any(|part| *part == ".git") {
        return Err(refused("is the version control's own"));
    }
    if let [first, second, ..] = parts.as_slice()
        && *first == layout::QMS
        && second.as_encoded_bytes().starts_with(b".")
    {
        return Err(refused("belongs to the records"));
    }
    if let Ok(inside) = below.strip_prefix(layout::USERS)
        && inside.components().next().map(Component::as_os_str) != Some(user.as_ref())
    {
        return Err(refused("lies in another user's folder"));
    }
    Ok(path)
}
