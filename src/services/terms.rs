//! Under which conditions something is done, and what may be given to it at all.

use std::collections::BTreeMap;

use super::look::Look;
use crate::error::Failure;
use crate::interpreter::Standing;
use crate::model::digest::{is_sha256, sha256};
use crate::model::{Argument, ArgumentName, Code, Version};
use crate::store::layout::Location;

/// Under which conditions something is done, and whether at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Only if this is still the version.
    pub if_version: Option<String>,
    /// Only if this is still the digest of the text.
    pub if_sha256: Option<String>,
    /// Only if this is the digest of the text that is judged.
    pub seen: Option<String>,
    /// Decide and show, change nothing.
    pub dry_run: bool,
}

/// The argument that may have several lines.
const COMMENT: &str = "comment";

/// Refuses texts that hold what they may not: a comment may have lines, everything else is one.
///
/// # Errors
/// `invalid_argument`.
pub fn check_texts(arguments: &BTreeMap<ArgumentName, Argument>) -> Result<(), Failure> {
    for (name, argument) in arguments {
        let Argument::Text(text) = argument else {
            continue;
        };
        let lines = *name == COMMENT;
        let is_bad =
            |letter: char| letter.is_control() && !(lines && matches!(letter, '\n' | '\t' | '\r'));
        if text.chars().any(is_bad) {
            let message = format!("--{name} holds a control character that it may not hold");
            return Err(
                Failure::new(Code::InvalidArgument, message).fact("argument", name.as_str())
            );
        }
        if text.len() > 1024 * 1024 {
            let message = format!("--{name} is longer than 1 MiB");
            return Err(
                Failure::new(Code::InvalidArgument, message).fact("argument", name.as_str())
            );
        }
    }
    Ok(())
}

/// Refuses what was decided on an older state than there is.
///
/// # Errors
/// `stale`, or `invalid_argument` for a condition that is none.
pub fn check_terms(
    look: &Look<'_>,
    location: &Location,
    standing: &Standing,
    terms: &Terms,
) -> Result<(), Failure> {
    let version = standing.document.version.to_string();
    if let Some(wanted) = &terms.if_version
        && *wanted != version
    {
        if let Err(error) = wanted.parse::<Version>() {
            return Err(Failure::new(Code::InvalidArgument, error.to_string()));
        }
        let message = format!("`{}` is at v{version} now, not at v{wanted}", location.id);
        return Err(Failure::new(Code::Stale, message).fact("version", version));
    }
    // What is judged is the present text, so that what was seen is what must still be there.
    for wanted in [&terms.if_sha256, &terms.seen].into_iter().flatten() {
        check_digest(look, location, standing, wanted)?;
    }
    Ok(())
}

fn check_digest(
    look: &Look<'_>,
    location: &Location,
    standing: &Standing,
    wanted: &str,
) -> Result<(), Failure> {
    if !is_sha256(wanted) {
        let message = format!("`{}` is not a SHA-256 digest", wanted.escape_debug());
        return Err(Failure::new(Code::InvalidArgument, message));
    }
    let digest = sha256(&look.present(location, standing)?.bytes);
    if digest == wanted.to_ascii_lowercase() {
        return Ok(());
    }
    let message = format!("the text of `{}` is another by now", location.id);
    Err(Failure::new(Code::Stale, message).fact("content_sha256", digest))
}
