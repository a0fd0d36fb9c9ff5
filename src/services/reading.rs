//! A document's text: what is worked on, what is in force, what is kept.

use serde_json::{Value, json};

use super::look::Look;
use super::taking::as_text;
use crate::error::Failure;
use crate::interpreter::Standing;
use crate::model::digest::sha256;
use crate::model::{Code, DocId, Place, Version};
use crate::store::layout::Location;
use crate::store::scribe::LARGEST_TEXT;
use crate::store::tree::Kind;
use crate::store::{StoreError, TreePath};

/// A text, and where it lies.
#[derive(Clone, Debug)]
pub struct Text {
    /// Its bytes.
    pub bytes: Vec<u8>,
    /// Its version.
    pub version: Version,
    /// Where it lies: `draft`, `issued`, `archive`, `session` where it is in the making, or `seen` where it is only
    /// remembered.
    pub place: &'static str,
}

impl Text {
    /// Returns its text, as it can be shown.
    ///
    /// # Errors
    /// `integrity` for what is none.
    pub fn into_content(self, id: &DocId) -> Result<String, Failure> {
        as_text(id.as_str(), self.bytes).map_err(|mut failure| {
            failure.code = Code::Integrity;
            failure
        })
    }
}

/// Where a kept version lies.
const ARCHIVE: &str = "archive";

/// Where a text lies that is kept nowhere.
const SEEN: &str = "seen";

impl Look<'_> {
    /// Returns the text in force, or, with `draft` or where none is in force, that being worked on
    /// (REQ-QRY-001).
    ///
    /// # Errors
    /// `not_found` where there is no such text, with what there is.
    pub fn text(
        &self,
        location: &Location,
        standing: &Standing,
        draft: bool,
    ) -> Result<Text, Failure> {
        let places: &[Place] = if draft {
            &[Place::Draft]
        } else {
            &[Place::Issued, Place::Draft]
        };
        for place in places {
            if let Some(text) = self.text_at(location, standing, *place)? {
                if let Some(seen) = self.seen {
                    seen.remember(&text.bytes);
                }
                return Ok(text);
            }
        }
        let what = if draft { "draft" } else { "text" };
        Err(self.no_text(
            location,
            standing,
            &format!("`{}` has no {what}", location.id),
        ))
    }

    /// Returns the present text, which is what people are asked to judge: that being worked on where there is
    /// one, else that in force.
    ///
    /// # Errors
    /// As [`Look::text`].
    pub fn present(&self, location: &Location, standing: &Standing) -> Result<Text, Failure> {
        self.text(location, standing, standing.holdings.draft.is_some())
    }

    /// Returns a version, kept or still in its place (D-37).
    ///
    /// # Errors
    /// `not_found` where there is no such version, with those there are.
    pub fn version(
        &self,
        location: &Location,
        standing: &Standing,
        version: Version,
    ) -> Result<Text, Failure> {
        for place in [Place::Issued, Place::Draft] {
            if standing.holdings.at(place) == Some(version)
                && let Some(text) = self.stored_at(location, standing, place)?
            {
                return Ok(text);
            }
        }
        // What is held for writing bears the version that it will have.
        if standing.holdings.workspace == Some(version)
            && let Some(text) = self.compiled(location, standing, Place::Draft)?
        {
            return Ok(text);
        }
        if let Some(text) = self.archived(location, version)? {
            return Ok(text);
        }
        Err(self.no_text(
            location,
            standing,
            &format!("`{}` has no version {version}", location.id),
        ))
    }

    fn archived(&self, location: &Location, version: Version) -> Result<Option<Text>, Failure> {
        for folder in location.archives()? {
            let path = folder.join(&format!("{}-v{version}.md", location.id))?;
            if let Some(bytes) = self.facts.view.read(&path, LARGEST_TEXT)? {
                return Ok(Some(Text {
                    bytes,
                    version,
                    place: ARCHIVE,
                }));
            }
        }
        Ok(None)
    }

    /// Returns the stored text with a digest, where there still is one; what cannot be read has none.
    pub(super) fn text_with(
        &self,
        location: &Location,
        standing: &Standing,
        digest: &str,
    ) -> Option<Text> {
        let held = [Place::Issued, Place::Draft].into_iter();
        let held = held.map(|place| self.stored_at(location, standing, place));
        let texts = self.texts(location, standing).unwrap_or_default();
        let kept = texts.into_iter().filter(|(_, place)| *place == ARCHIVE);
        let kept = kept.map(|(version, _)| self.archived(location, version));
        let mut all = held.chain(kept).filter_map(Result::ok).flatten();
        all.find(|text| sha256(&text.bytes) == digest)
    }

    /// Returns the text with a digest that was at a version, where it is remembered.
    pub(super) fn seen_with(&self, digest: &str, version: Version) -> Option<Text> {
        let bytes = self.seen?.with(digest)?;
        Some(Text {
            bytes,
            version,
            place: SEEN,
        })
    }

    fn text_at(
        &self,
        location: &Location,
        standing: &Standing,
        place: Place,
    ) -> Result<Option<Text>, Failure> {
        match self.compiled(location, standing, place)? {
            Some(text) => Ok(Some(text)),
            None => self.stored_at(location, standing, place),
        }
    }

    fn stored_at(
        &self,
        location: &Location,
        standing: &Standing,
        place: Place,
    ) -> Result<Option<Text>, Failure> {
        let (Some(version), Some(path)) = (standing.holdings.at(place), location.at(place, None)?)
        else {
            return Ok(None);
        };
        let bytes = self.facts.view.read(&path, LARGEST_TEXT)?;
        Ok(bytes.map(|bytes| Text {
            bytes,
            version,
            place: place.word(),
        }))
    }

    fn no_text(&self, location: &Location, standing: &Standing, message: &str) -> Failure {
        let there: Vec<_> = self
            .texts(location, standing)
            .unwrap_or_default()
            .into_iter()
            .map(|(version, place)| format!("v{version} ({place})"))
            .collect();
        let failure = Failure::new(Code::NotFound, message).fact("versions", there.clone());
        if there.is_empty() {
            return failure;
        }
        failure.hint(format!(
            "there are: {}; `--version N.X` reads one of them",
            there.join(", ")
        ))
    }

    /// Returns every text there is, by version and place, newest first.
    ///
    /// # Errors
    /// The archive cannot be read.
    pub fn texts(
        &self,
        location: &Location,
        standing: &Standing,
    ) -> Result<Vec<(Version, &'static str)>, StoreError> {
        let mut texts = Vec::new();
        for place in [Place::Draft, Place::Issued] {
            let version = standing.holdings.at(place);
            texts.extend(version.map(|version| (version, place.word())));
        }
        for folder in location.archives()? {
            for version in self.archived_in(location, &folder)? {
                if !texts.contains(&(version, ARCHIVE)) {
                    texts.push((version, ARCHIVE));
                }
            }
        }
        texts.sort_by(|left, right| right.cmp(left));
        Ok(texts)
    }

    fn archived_in(
        &self,
        location: &Location,
        folder: &TreePath,
    ) -> Result<Vec<Version>, StoreError> {
        let entries = self.facts.view.list(folder)?;
        let files = entries.iter().filter(|entry| entry.kind == Kind::File);
        Ok(files
            .filter_map(|entry| location.archived_version(&entry.name))
            .collect())
    }

    /// Returns what else there is beside a text, as the interface shows it.
    ///
    /// # Errors
    /// The archive cannot be read.
    pub fn other_texts(
        &self,
        location: &Location,
        standing: &Standing,
        shown: &Text,
    ) -> Result<Vec<Value>, StoreError> {
        let texts = self.texts(location, standing)?;
        let others = texts
            .into_iter()
            .filter(|(version, place)| (*version, *place) != (shown.version, shown.place));
        Ok(others
            .map(|(version, place)| json!({ "version": version, "place": place }))
            .collect())
    }
}
