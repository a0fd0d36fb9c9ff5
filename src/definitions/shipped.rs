//! The definitions that are part of the program: texts, and trees made when it was built.

use std::borrow::Cow;

use super::source::SourceFile;
use super::tree::{self, Node, SyntaxFault};

mod built {
    include!(concat!(env!("OUT_DIR"), "/shipped.rs"));
}

/// Returns every shipped file below one of the top folders, by path.
pub fn files(folder: &str) -> impl Iterator<Item = SourceFile> {
    built::FILES
        .iter()
        .filter(move |(path, _)| path.split('/').next() == Some(folder))
        .map(|(path, text)| SourceFile {
            path: Cow::Borrowed(path),
            text: Cow::Borrowed(text),
        })
}

/// Returns the digest of the shipped rules, as it was when the program was built.
#[must_use]
pub fn digest() -> [u8; 32] {
    built::DIGEST
}

/// Tells whether a file is one that is part of the program, unchanged.
#[must_use]
pub fn has(file: &SourceFile) -> bool {
    built::FILES
        .iter()
        .any(|(path, text)| *path == file.path && *text == file.text)
}

/// Returns the tree of a text: the one made at build time where the text is the shipped one, else it
/// is parsed.
///
/// # Errors
/// The faults of syntax.
pub fn tree_of(file: &SourceFile) -> Result<Cow<'static, [Node]>, Vec<SyntaxFault>> {
    let is_shipped = has(file);
    let built = built::TREES
        .iter()
        .find(|(path, _)| is_shipped && *path == file.path);
    match built {
        Some((_, nodes)) => Ok(Cow::Borrowed(nodes)),
        None => tree::parse(&file.text).map(Cow::Owned),
    }
}

#[cfg(test)]
mod tests {
    use super::super::digest as computed;
    use super::super::rulebook::FOLDERS;
    use super::*;

    /// What stands in the program is what would be computed from its rules.
    #[test]
    fn the_digest_made_at_build_time_is_that_of_the_rules() {
        let rules: Vec<_> = FOLDERS.iter().flat_map(|folder| files(folder)).collect();
        let files = rules.iter().map(|file| (&*file.path, &*file.text));
        assert_eq!(digest(), computed::of(files));
    }
}
