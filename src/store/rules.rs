//! Reads a folder of definitions from the disk.

use std::borrow::Cow;

use super::tree::{Kind, Tree};
use super::{StoreError, TreePath};
use crate::definitions::SourceFile;
use crate::definitions::rulebook::FOLDERS;

/// A file of definitions may be this large.
const LARGEST: u64 = 256 * 1024;

/// No rulebook has more files.
const MOST: usize = 1024;

/// No rulebook is larger, all its files together.
const LARGEST_OF_ALL: usize = 2 * 1024 * 1024;

/// Reads every file of the folders that make up a rulebook, in the order of their paths. `above` is where
/// these folders lie below the tree's root; none means the root itself.
///
/// # Errors
/// A file that is too large, a link, or cannot be read.
pub fn read(tree: &Tree, above: Option<&TreePath>) -> Result<Vec<SourceFile>, StoreError> {
    let mut files = Vec::new();
    for folder in FOLDERS {
        let path = match above {
            Some(above) => above.join(folder)?,
            None => TreePath::new(folder)?,
        };
        collect(tree, &path, folder, &mut files, 0)?;
    }
    files.sort_by(|left: &SourceFile, right| left.path.cmp(&right.path));
    Ok(files)
}

fn collect(
    tree: &Tree,
    folder: &TreePath,
    shown: &str,
    files: &mut Vec<SourceFile>,
    depth: usize,
) -> Result<(), StoreError> {
    for entry in tree.list(folder)? {
        if entry.name.starts_with('.') {
            continue;
        }
        let path = folder.join(&entry.name)?;
        let shown = format!("{shown}/{}", entry.name);
        match entry.kind {
            Kind::Folder if depth < 8 => collect(tree, &path, &shown, files, depth + 1)?,
            Kind::File if files.len() < MOST => {
                let bytes = tree.read(&path, LARGEST)?.unwrap_or_default();
                let before: usize = files.iter().map(|file| file.text.len()).sum();
                if before + bytes.len() > LARGEST_OF_ALL {
                    let what = "makes the definitions larger than 2 MiB together";
                    return Err(StoreError::damaged(&path, what));
                }
                let text = String::from_utf8(bytes)
                    .map_err(|_| StoreError::damaged(&path, "is not UTF-8"))?;
                files.push(SourceFile {
                    path: Cow::Owned(shown),
                    text: Cow::Owned(text),
                });
            }
            Kind::Folder | Kind::File => {
                return Err(StoreError::damaged(&path, "is one file or folder too many"));
            }
            Kind::Other => return Err(StoreError::link(&path)),
        }
    }
    Ok(())
}
