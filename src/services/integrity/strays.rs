//! Everything that lies below `QMS/`: to which document it belongs, and what belongs to none.

use super::Examination;
use super::finding::{Finding, REMOVE, RESTORE};
use crate::error::Failure;
use crate::model::DocId;
use crate::services::facts::record_stem;
use crate::store::layout::{self, Location};
use crate::store::tree::{Entry, Kind};
use crate::store::{StoreError, TreePath};

/// Folders are looked into as deep as this.
const DEPTH: usize = 16;

impl Examination<'_> {
    /// Finds every document of which there is anything.
    pub(super) fn gather(&mut self) -> Result<(), StoreError> {
        let qms = TreePath::new(layout::QMS)?;
        self.gather_records(&qms.join(".meta")?)?;
        self.gather_trails(&qms.join(".audit")?)?;
        for entry in self.listed(&qms) {
            let path = qms.join(&entry.name)?;
            match entry.kind {
                _ if entry.name.starts_with('.') => {}
                Kind::Folder => self.gather_texts(&path, DEPTH)?,
                Kind::File => self.stray(&path, None),
                // `listed` has found it already.
                Kind::Other => {}
            }
        }
        self.gather_archive(&qms.join(".archive")?, DEPTH)
    }

    /// Returns what lies in a folder; links and devices are found, and never followed.
    pub(super) fn listed(&mut self, folder: &TreePath) -> Vec<Entry> {
        let entries = match self.facts.view.list(folder) {
            Ok(entries) => entries,
            Err(error) => {
                let message = error.to_string();
                self.findings
                    .push(Finding::error("unreadable", None, message, RESTORE));
                return Vec::new();
            }
        };
        for entry in entries.iter().filter(|entry| entry.kind == Kind::Other) {
            let name = entry.name.escape_debug();
            let message = format!("`{folder}/{name}` is a link or a device; it is not followed");
            let id = self.id_in(&entry.name);
            self.findings.push(Finding::warning(
                "link",
                id.as_ref(),
                message,
                "put a regular file or folder in its place",
            ));
        }
        entries
    }

    fn id_in(&self, name: &str) -> Option<DocId> {
        let stem = name.split_once('.').map_or(name, |(stem, _)| stem);
        let stem = stem.strip_suffix("-draft").unwrap_or(stem);
        self.facts.read_id(stem).ok().map(|reading| reading.id)
    }

    fn located(&self, stem: &str) -> Result<Location, Failure> {
        let reading = self.facts.read_id(stem)?;
        self.facts.locate(&reading)
    }

    fn gather_records(&mut self, folder: &TreePath) -> Result<(), StoreError> {
        for kind in self.listed(folder) {
            if kind.kind != Kind::Folder {
                continue;
            }
            let folder = folder.join(&kind.name)?;
            for entry in self.listed(&folder) {
                if let Some(stem) = record_stem(&entry.name) {
                    let path = folder.join(&entry.name)?;
                    self.claim(stem, &path, Location::meta);
                }
            }
        }
        Ok(())
    }

    fn gather_trails(&mut self, folder: &TreePath) -> Result<(), StoreError> {
        for kind in self.listed(folder) {
            if kind.kind != Kind::Folder {
                continue;
            }
            let folder = folder.join(&kind.name)?;
            if kind.name == layout::CODE {
                self.gather_code(&folder)?;
                continue;
            }
            for entry in self.listed(&folder) {
                let Some(stem) = entry.name.strip_suffix(".jsonl") else {
                    continue;
                };
                let path = folder.join(&entry.name)?;
                match stem.strip_suffix(".source") {
                    None => self.claim(stem, &path, Location::trail),
                    Some(stem) => {
                        let id = self.id_in(stem);
                        let message = format!(
                            "`{path}` is no trail: the earlier tool took a source for a document"
                        );
                        let remedy = "nothing: nobody reads it";
                        self.findings.push(Finding::note(
                            "trail_stray",
                            id.as_ref(),
                            message,
                            remedy,
                        ));
                    }
                }
            }
        }
        Ok(())
    }

    /// Says to which document a record or trail belongs.
    fn claim(
        &mut self,
        stem: &str,
        path: &TreePath,
        place: impl Fn(&Location) -> Result<TreePath, StoreError>,
    ) {
        let Ok(location) = self.located(stem) else {
            let message = format!("`{path}` bears no id of these rules");
            self.findings
                .push(Finding::warning("id_unknown", None, message, REMOVE));
            return;
        };
        if place(&location).is_ok_and(|place| place != *path) {
            let message = format!("`{path}` does not lie where it belongs");
            self.findings.push(Finding::warning(
                "record_misplaced",
                Some(&location.id),
                message,
                "move it to where it belongs, unless another lies there",
            ));
        }
        self.known.insert(location.id);
    }

    fn gather_texts(&mut self, folder: &TreePath, depth: usize) -> Result<(), StoreError> {
        for entry in self.listed(folder) {
            if entry.name.starts_with('.') {
                continue;
            }
            let path = folder.join(&entry.name)?;
            match entry.kind {
                Kind::Folder if depth > 0 => self.gather_texts(&path, depth - 1)?,
                Kind::File => self.claim_text(&path),
                Kind::Folder | Kind::Other => {}
            }
        }
        Ok(())
    }

    fn claim_text(&mut self, path: &TreePath) {
        let stem = path.name().strip_suffix(".md");
        let id = stem.map(|stem| stem.strip_suffix("-draft").unwrap_or(stem));
        let location = id.and_then(|id| self.located(id).ok());
        let Some(location) = location else {
            return self.stray(path, None);
        };
        let places = [location.draft(), location.issued()];
        if places.into_iter().flatten().any(|place| place == *path) {
            self.known.insert(location.id);
        } else {
            self.stray(path, Some(&location.id));
        }
    }

    fn stray(&mut self, path: &TreePath, id: Option<&DocId>) {
        if path.name().starts_with('.') {
            return;
        }
        let message = format!("`{path}` is claimed by no record");
        self.findings
            .push(Finding::warning("file_stray", id, message, REMOVE));
    }

    fn gather_archive(&mut self, folder: &TreePath, depth: usize) -> Result<(), StoreError> {
        for entry in self.listed(folder) {
            let path = folder.join(&entry.name)?;
            match entry.kind {
                Kind::Folder if depth > 0 => self.gather_archive(&path, depth - 1)?,
                Kind::File if !entry.name.starts_with('.') => self.claim_archived(&path),
                Kind::File | Kind::Folder | Kind::Other => {}
            }
        }
        Ok(())
    }

    fn claim_archived(&mut self, path: &TreePath) {
        let stem = path.name().strip_suffix(".md");
        let id = stem.and_then(|stem| Some(stem.rsplit_once("-v")?.0));
        let location = id.and_then(|id| self.located(id).ok());
        let is_known = location.as_ref().is_some_and(|location| {
            let folders = location.archives().unwrap_or_default();
            self.known.contains(&location.id)
                && location.archived_version(path.name()).is_some()
                && path
                    .parent()
                    .is_some_and(|folder| folders.contains(&folder))
        });
        if !is_known {
            let id = location.map(|location| location.id);
            let message = format!("`{path}` is of no document that is known");
            self.findings
                .push(Finding::note("archive_stray", id.as_ref(), message, REMOVE));
        }
    }
}
