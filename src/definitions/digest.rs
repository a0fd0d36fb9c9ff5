//! The digest of all that rules consist of, scenarios left out: what seals say they were made under.
//!
//! That of the shipped rules is a constant of the program (`build.rs` uses this very file), for to compute it
//! takes longer than most commands.

use sha2::{Digest, Sha256};

/// The folder of stories, which are tests and no rules.
const STORIES: &str = "workflows/scenarios/";

/// Returns the digest of files, each a path and a text, in their order.
pub fn of<'f>(files: impl Iterator<Item = (&'f str, &'f str)>) -> [u8; 32] {
    let mut hasher = Sha256::new();
    for (path, text) in files.filter(|(path, _)| !path.starts_with(STORIES)) {
        for part in [path, text] {
            hasher.update((part.len() as u64).to_be_bytes());
            hasher.update(part.as_bytes());
        }
    }
    hasher.finalize().into()
}
