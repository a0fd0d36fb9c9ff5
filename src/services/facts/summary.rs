//! As much of a document as lists show: its record, its title, and when something last happened to it.

use super::{Facts, LARGEST_RECORD};
use crate::error::Failure;
use crate::interpreter::Standing;
use crate::model::{DocId, DoctypeName, Status, TypeWord, UserName, Version, frontmatter};
use crate::store::layout::Location;
use crate::store::{StoreError, TreePath, json, trail};

/// The key of a record that says whose the document is.
const OWNER: &str = "responsible_user";

/// As much of a text as its title is sought in.
const HEAD: u64 = 80 * 1024;

/// A document, as lists show it.
#[derive(Clone, Debug)]
pub struct Summary {
    /// Its id.
    pub id: DocId,
    /// Its type.
    pub doctype: DoctypeName,
    /// Its type, as its record says it.
    pub doc_type: TypeWord,
    /// Its version.
    pub version: Version,
    /// Where it stands.
    pub status: Status,
    /// Whose it is.
    pub owner: Option<UserName>,
    /// Who is still to answer.
    pub pending: Vec<UserName>,
    /// Its title.
    pub title: String,
    /// When something last happened to it.
    pub last_activity: String,
    /// Whether nobody writes it and no text of it lies where these rules look.
    pub is_textless: bool,
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
        let last_activity = trail::last_time(self.view, &location.trail()?)?;
        let mut title = self.title_in(&location.draft()?)?;
        if title.is_none() {
            title = self.title_in(&location.issued()?)?;
        }
        let is_textless = title.is_none()
            && document.checked_out.is_none()
            && !self.is_file(&location.draft()?)?
            && !self.is_file(&location.issued()?)?;
        let title = match title {
            Some(title) => title,
            None => self.title_in_trail(&location)?,
        };
        Ok(Some(Summary {
            id: document.id,
            doctype: reading.doctype.name.clone(),
            doc_type: document.doc_type,
            version: document.version,
            status: document.status,
            owner: document.owner,
            pending: document.pending,
            title,
            last_activity: last_activity.unwrap_or_default(),
            is_textless,
        }))
    }

    /// Returns when something last happened to a document that is left to somebody, and its id: it is theirs,
    /// awaits nobody, has not come to its end, and a text of it is in the making. What is another's is not
    /// taken apart.
    ///
    /// # Errors
    /// `integrity` where its record or the end of its trail is damaged.
    pub(in crate::services) fn left_to(
        &self,
        name: &str,
        owner: &UserName,
    ) -> Result<Option<(String, DocId)>, Failure> {
        let reading = self.read_id(name)?;
        let location = self.locate(&reading)?;
        let path = location.meta()?;
        let Some(record) = self.view.read(&path, LARGEST_RECORD)? else {
            return Ok(None);
        };
        let [responsible] = json::texts(&path, &record, [OWNER])?;
        if responsible.is_none_or(|responsible| *owner != *responsible) {
            return Ok(None);
        }
        let document = self.record(&reading, &location, Some(record))?;
        let life = self.rules.life_of(reading.doctype);
        let has_ended = life.is_some_and(|life| life.is_terminal(&document.status));
        // What is in force, and nothing more, rests.
        let rests = document.checked_out.is_none() && !self.is_file(&location.draft()?)?;
        if has_ended || rests || !document.pending.is_empty() {
            return Ok(None);
        }
        let last_activity = trail::last_time(self.view, &location.trail()?)?;
        Ok(Some((last_activity.unwrap_or_default(), document.id)))
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
        let title = head.and_then(|head| {
            plain_title(&head)
                .map(str::to_owned)
                .or_else(|| frontmatter::title_of(&String::from_utf8_lossy(&head)))
        });
        Ok(title.filter(|title| !title.trim().is_empty()))
    }

    fn title_in_trail(&self, location: &Location) -> Result<String, Failure> {
        let lines = trail::read(self.view, &location.trail()?).unwrap_or_default();
        let titled = lines.iter().flatten().find_map(|line| line.text("title"));
        Ok(titled.unwrap_or_default().to_owned())
    }
}

/// Words that stand plainly and are no texts to a YAML reader.
const NO_TITLES: [&str; 9] = ["y", "n", "yes", "no", "on", "off", "true", "false", "null"];

/// Returns a title that stands there plainly, without a YAML reader: a list of ten thousand has as many.
/// What could be read in any other way is left to that reader.
fn plain_title(text: &[u8]) -> Option<&str> {
    let rest = text.strip_prefix(b"---\ntitle: ")?;
    let end = rest.iter().position(|byte| *byte == b'\n')?;
    let (title, after) = rest.split_at_checked(end)?;
    let title = str::from_utf8(title).ok()?;
    let begins = title.starts_with(|letter: char| letter.is_ascii_alphabetic());
    let ends = !title.ends_with([' ', ':']);
    let marks = title.contains(": ") || title.contains(" #");
    let is_text = |letter: char| letter.is_ascii_graphic() || letter == ' ';
    let is_word = !NO_TITLES
        .iter()
        .any(|word| title.eq_ignore_ascii_case(word));
    let alone = matches!(after, [b'\n', b'-' | b'a'..=b'z' | b'A'..=b'Z', ..]);
    (begins && ends && !marks && is_word && alone && title.chars().all(is_text)).then_some(title)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What is read without a YAML reader is what that reader would read.
    #[test]
    fn plain_titles_are_read_as_yaml_reads_them() {
        for title in [
            "New seal on vessel 3",
            "A, b and c-d",
            "Version 1.0 b",
            "Measured",
        ] {
            let text = format!("---\ntitle: {title}\nrevision_summary: x\n---\n");
            assert_eq!(plain_title(text.as_bytes()), Some(title));
            assert_eq!(frontmatter::title_of(&text).as_deref(), Some(title));
        }
        for text in [
            "---\ntitle: yes\n---\n",
            "---\ntitle: Null\n---\n",
            "---\ntitle: a:\n---\n",
            "---\ntitle: 'a b'\n---\n",
            "---\ntitle: a: b c\n---\n",
            "---\ntitle: a b #c\n---\n",
            "---\ntitle: a b\n  c\n---\n",
            "---\ntitle: a b \n---\n",
            "---\nother: 1\ntitle: a b\n---\n",
        ] {
            assert_eq!(plain_title(text.as_bytes()), None, "{text}");
        }
    }

    proptest::proptest! {
        /// Whatever is read without a YAML reader is what that reader reads.
        #[test]
        fn no_plain_title_is_another_to_yaml(
            title in "[a-zA-Z][ -~]{0,12}|[a-zA-Z]{1,5}|[0-9.e+-]{1,6}|[a-z]: [a-z]|[a-z] #[a-z]"
        ) {
            let text = format!("---\ntitle: {title}\nrevision_summary: x\n---\n");
            if let Some(plain) = plain_title(text.as_bytes()) {
                let read = frontmatter::title_of(&text);
                proptest::prop_assert_eq!(read.as_deref(), Some(plain));
            }
        }
    }
}
