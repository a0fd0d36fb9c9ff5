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

/// Returns the tree of a text: the one made at build time where the text is the shipped one, else it
/// is parsed.
///
/// # Errors
/// The faults of syntax.
pub fn tree_of(file: &SourceFile) -> Result<Cow<'static, [Node]>, Vec<SyntaxFault>> {
    let is_shipped = built::FILES
        .iter()
        .any(|(path, text)| *path == file.path && *text == file.text);
    let built = built::TREES
        .iter()
        .find(|(path, _)| is_shipped && *path == file.path);
    match built {
        Some((_, nodes)) => Ok(Cow::Borrowed(nodes)),
        None => tree::parse(&file.text).map(Cow::Owned),
    }
}
