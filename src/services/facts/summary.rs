//! As much of a document as lists show: its record, its title, and when something last happened to it.

use super::{Facts, LARGEST_RECORD};
use crate::error::Failure;
use crate::interpreter::Standing;
use crate::model::{DoctypeName, Document, frontmatter};
use crate::store::layout::Location;
use crate::store::{StoreError, TreePath, trail};

/// As much of a text as its title is sought in.
const HEAD: u64 = 80 * 1024;

/// A document, as lists show it.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Its type.
    pub doctype: DoctypeName,
    /// Its record.
    pub document: Document,
    /// Its title.
    pub title: String,
    /// When something last happened to it.
    pub last_activity: String,
}

impl Facts<'_> {
    /// Returns as much of a document as lists show; none where it has no record.
    ///
    /// # Errors
    /// `integrity` where its record is damaged.
    pub fn summary(&self, name: &str) -> Result<Option<Summary>, Failure> {
        let reading = self.read_id(name)?;
        let location = self.locate(&reading)?;
        let Some(record) = self.view.read(&location.meta()?, LARGEST_RECORD)? else {
            return Ok(None);
        };
        let document = self.record(&reading, &location, Some(record))?;
        let last = trail::last(self.view, &location.trail()?)?;
        let mut title = None;
        for path in [location.draft()?, location.issued()?] {
            if title.is_none() {
                title = self.title_in(&path)?;
            }
        }
        let title = match title {
            Some(title) => title,
            None => self.title_in_trail(&location)?,
        };
        Ok(Some(Summary {
            doctype: reading.doctype.name.clone(),
            document,
            title,
            last_activity: last
                .map(|line| line.timestamp().to_owned())
                .unwrap_or_default(),
        }))
    }

    /// Returns the title: as the text that is being worked on says it, else that in force, else the trail.
    pub(super) fn title(
        &self,
        location: &Location,
        standing: &Standing,
    ) -> Result<String, Failure> {
        for (held, path) in [
            (standing.holdings.draft, location.draft()?),
            (standing.holdings.issued, location.issued()?),
        ] {
            if held.is_some()
                && let Some(title) = self.title_in(&path)?
            {
                return Ok(title);
            }
        }
        self.title_in_trail(location)
    }

    /// Returns the title that stands in a text; one that was lost stands there as an empty one (D-34).
    fn title_in(&self, path: &TreePath) -> Result<Option<String>, StoreError> {
        let head = self.view.read_head(path, HEAD)?;
        let title = head.and_then(|head| frontmatter::title_of(&String::from_utf8_lossy(&head)));
        Ok(title.filter(|title| !title.trim().is_empty()))
    }

    fn title_in_trail(&self, location: &Location) -> Result<String, Failure> {
        let lines = trail::read(self.view, &location.trail()?).unwrap_or_default();
        let titled = lines.iter().flatten().find_map(|line| line.text("title"));
        Ok(titled.unwrap_or_default().to_owned())
    }
}
