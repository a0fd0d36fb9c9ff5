//! The manual: pages that are part of the program, or lie in the seed of an organization's own definitions.

use std::path::Path;

use super::planting::{stem, texts_in};
use crate::definitions::{SourceFile, shipped};
use crate::error::Failure;
use crate::store::TreePath;
use crate::store::tree::Tree;

/// The folder of the pages, below the definitions.
pub const FOLDER: &str = "seed/help";

/// A page of the manual.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Page {
    /// The word by which it is asked for.
    pub topic: String,
    /// Its title.
    pub title: String,
    /// What its reader will be able to do: its first paragraph.
    pub about: String,
    /// The whole of it, as Markdown.
    pub text: String,
}

/// Returns the pages of the manual, by topic; a page of the folder of definitions stands in for that of the program.
///
/// # Errors
/// A page that cannot be read, or is no text.
pub fn pages(rules_folder: &Path) -> Result<Vec<Page>, Failure> {
    let own = if rules_folder.join(FOLDER).is_dir() {
        texts_in(&Tree::open(rules_folder)?, &TreePath::new(FOLDER)?)?
    } else {
        Vec::new()
    };
    let shipped = shipped::files("seed").filter(is_page);
    let shipped = shipped.filter(|file| own.iter().all(|other| other.path != file.path));
    let mut pages: Vec<_> = shipped.map(page).collect();
    pages.extend(own.iter().cloned().map(page));
    pages.sort_by(|one, other| one.topic.cmp(&other.topic));
    Ok(pages)
}

/// Tells whether a file of the seed is a page of the manual, rather than something to be planted.
#[must_use]
pub fn is_page(file: &SourceFile) -> bool {
    let folder = file.path.rsplit_once('/').map(|(folder, _)| folder);
    folder == Some(FOLDER)
}

fn page(file: SourceFile) -> Page {
    let topic = stem(&file).to_owned();
    let text = file.text.into_owned();
    let (title, rest) = text.split_once('\n').unwrap_or((&text, ""));
    let about = rest.trim_start().split("\n\n").next().unwrap_or_default();
    Page {
        topic,
        title: title.trim_start_matches('#').trim().to_owned(),
        about: about.split_whitespace().collect::<Vec<_>>().join(" "),
        text,
    }
}
