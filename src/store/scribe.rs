//! Turns a plan into what is written: every file with its bytes, ready for one atomic commit.

use std::collections::BTreeMap;

use super::journal::{Before, Change as Write, Journal};
use super::layout::{self, Location};
use super::seal::{self, Bound};
use super::tree::Kind;
use super::view::View;
use super::{StoreError, TreePath, json, trail};
use crate::interpreter::{Change, Plan, Step};
use crate::model::digest::sha256;
use crate::model::{DocId, Event, Group, Moment, Place, Stage, Task, UserName, Version, task};

/// A text may be this large.
pub const LARGEST_TEXT: u64 = 16 * 1024 * 1024;

/// What a plan needs to become bytes, beside what lies in the project.
#[derive(Clone, Debug)]
pub struct Materials {
    /// When it is done.
    pub at: Moment,
    /// The digest of the rules in force.
    pub rules: String,
    /// The group of who acts.
    pub group: Option<Group>,
    /// Where each document concerned lies.
    pub locations: BTreeMap<DocId, Location>,
    /// What a document is born from, filled in.
    pub template: Vec<u8>,
    /// Copies taken for writing, as they are to be stored.
    pub taken: BTreeMap<DocId, Vec<u8>>,
    /// The answers that such copies were compiled from, where they were.
    pub answers: BTreeMap<DocId, Vec<u8>>,
    /// What documents that are written by answering are worked on with.
    pub openings: BTreeMap<DocId, Opening>,
    /// The texts of the tasks, in the order the plan gives them.
    pub tasks: Vec<String>,
    /// Every stage there is: what task files may be about.
    pub stages: Vec<Stage>,
}

/// What a document that is written by answering is worked on with, in place of a copy (REQ-INT-007).
#[derive(Clone, Debug)]
pub struct Opening {
    /// What its session begins with, where there are no earlier answers to go on from.
    pub session: Vec<u8>,
    /// What stands where a copy would, for whoever looks for one.
    pub placeholder: Vec<u8>,
}

/// Returns everything a plan writes.
///
/// # Errors
/// A text that cannot be read, or a version that is archived already with another text.
pub fn transcribe(
    view: &View<'_>,
    plan: &Plan,
    materials: &Materials,
) -> Result<Journal, StoreError> {
    let mut scribe = Scribe::new(view, materials);
    for change in plan.changes() {
        scribe.write_change(change)?;
    }
    Ok(scribe.into_journal())
}

/// Files in the making, over those that lie there.
struct Scribe<'v> {
    view: &'v View<'v>,
    materials: &'v Materials,
    /// What each touched file was, and what it is to be.
    files: BTreeMap<TreePath, Touched>,
    /// What is appended to each trail, and where it ends now.
    trails: BTreeMap<TreePath, Appended>,
    emptied: Vec<TreePath>,
    tasks_given: usize,
}

struct Touched {
    before: Option<Vec<u8>>,
    after: Option<Vec<u8>>,
}

struct Appended {
    before: Vec<u8>,
    added: Vec<u8>,
}

impl<'v> Scribe<'v> {
    fn new(view: &'v View<'v>, materials: &'v Materials) -> Self {
        Self {
            view,
            materials,
            files: BTreeMap::new(),
            trails: BTreeMap::new(),
            emptied: Vec::new(),
            tasks_given: 0,
        }
    }

    fn write_change(&mut self, change: &Change) -> Result<(), StoreError> {
        let Some(location) = self.materials.locations.get(change.id()) else {
            return Ok(());
        };
        let text_before = self.text_of(location)?;
        let mut events = Vec::new();
        let mut archived = Vec::new();
        for step in &change.steps {
            match step {
                Step::PutMeta => {
                    let bytes = json::record(&change.after.document.to_object());
                    self.put(&location.meta()?, bytes)?;
                }
                Step::Append(event) => events.push(event),
                Step::Place(from, to) => self.place(location, change, *from, *to)?,
                Step::Take(place) => self.take(location, change, *place)?,
                Step::Archive(place, version) => {
                    archived.push((*version, self.archive(location, *place, *version)?));
                }
                Step::Rewrite(place, text) => {
                    if let Some(path) = location.at(*place, change.holder())? {
                        self.put(&path, text.clone().into_bytes())?;
                    }
                }
                Step::GiveTask(task) => self.give_task(task)?,
                Step::DropTasks(user) => self.drop_tasks(location, user.as_ref())?,
                Step::Erase => self.erase(location)?,
            }
        }
        let text = self.text_of(location)?.or(text_before);
        self.append(location, change, &events, &archived, text)
    }

    /// Returns the text an event is about: the draft, else what is in force.
    fn text_of(&mut self, location: &Location) -> Result<Option<Vec<u8>>, StoreError> {
        match self.content(&location.draft()?)? {
            Some(text) => Ok(Some(text)),
            None => self.content(&location.issued()?),
        }
    }

    fn place(
        &mut self,
        location: &Location,
        change: &Change,
        from: Place,
        to: Place,
    ) -> Result<(), StoreError> {
        let bytes = match from {
            Place::Template => Some(self.materials.template.clone()),
            Place::Workspace => match self.materials.taken.get(&location.id) {
                Some(bytes) => Some(bytes.clone()),
                None => self.content_at(location, change, from)?,
            },
            Place::Draft | Place::Issued => self.content_at(location, change, from)?,
        };
        let owner = change
            .after
            .document
            .owner
            .as_ref()
            .or_else(|| change.holder());
        if from == Place::Workspace
            && let Some(answers) = self.materials.answers.get(&location.id)
        {
            self.put(&location.source()?, answers.clone())?;
        }
        if let (Place::Workspace, Some(owner)) = (to, owner)
            && let Some(opening) = self.materials.openings.get(&location.id)
        {
            return self.open(location, owner, opening);
        }
        let Some(path) = location.at(to, owner)? else {
            return Ok(());
        };
        let Some(bytes) = bytes else {
            let what = format!("the {} text of {} is missing", from.word(), location.id);
            return Err(StoreError::damaged(&path, what));
        };
        self.put(&path, bytes)
    }

    /// Goes on from the answers there are, else begins (REQ-INT-017).
    fn open(
        &mut self,
        location: &Location,
        owner: &UserName,
        opening: &Opening,
    ) -> Result<(), StoreError> {
        let earlier = self.content(&location.source()?)?;
        let session = earlier.unwrap_or_else(|| opening.session.clone());
        self.put(&layout::session(owner, &location.id)?, session)?;
        let copy = layout::workspace_copy(owner, &location.id)?;
        self.put(&copy, opening.placeholder.clone())
    }

    fn content_at(
        &mut self,
        location: &Location,
        change: &Change,
        place: Place,
    ) -> Result<Option<Vec<u8>>, StoreError> {
        match location.at(place, change.holder())? {
            Some(path) => self.content(&path),
            None => Ok(None),
        }
    }

    fn take(
        &mut self,
        location: &Location,
        change: &Change,
        place: Place,
    ) -> Result<(), StoreError> {
        if let (Place::Workspace, Some(owner)) = (place, change.holder()) {
            self.remove(&layout::session(owner, &location.id)?)?;
        }
        match location.at(place, change.holder())? {
            Some(path) => self.remove(&path),
            None => Ok(()),
        }
    }

    /// Keeps a text under its version; what is archived never changes (D-05).
    fn archive(
        &mut self,
        location: &Location,
        place: Place,
        version: Version,
    ) -> Result<String, StoreError> {
        let path = location.archive(version)?;
        let source = location.at(place, None)?;
        let bytes = match &source {
            Some(source) => self.content(source)?,
            None => None,
        };
        let Some(bytes) = bytes else {
            let what = format!("the {} text of {} is missing", place.word(), location.id);
            return Err(StoreError::damaged(&path, what));
        };
        let digest = sha256(&bytes);
        match self.content(&path)? {
            Some(kept) if kept != bytes => Err(StoreError::damaged(
                &path,
                format!("v{version} is archived already, with another text"),
            )),
            Some(_) => Ok(digest),
            None => {
                self.put(&path, bytes)?;
                Ok(digest)
            }
        }
    }

    fn give_task(&mut self, task: &Task) -> Result<(), StoreError> {
        let text = self.materials.tasks.get(self.tasks_given);
        self.tasks_given += 1;
        let path = layout::inbox(&task.to)?.join(&format!("{}.md", task.id()))?;
        self.put(&path, text.cloned().unwrap_or_default().into_bytes())
    }

    fn drop_tasks(
        &mut self,
        location: &Location,
        user: Option<&UserName>,
    ) -> Result<(), StoreError> {
        let users = match user {
            Some(user) => vec![user.clone()],
            None => self.users()?,
        };
        for user in users {
            let inbox = layout::inbox(&user)?;
            for entry in self.view.list(&inbox)? {
                let about = task::is_about(&entry.name, &location.id, self.materials.stages.iter());
                if about && entry.kind == Kind::File {
                    self.remove(&inbox.join(&entry.name)?)?;
                }
            }
        }
        Ok(())
    }

    /// Returns everybody who has a folder, known or not.
    fn users(&self) -> Result<Vec<UserName>, StoreError> {
        let entries = self.view.list(&TreePath::new(layout::USERS)?)?;
        let folders = entries
            .into_iter()
            .filter(|entry| entry.kind == Kind::Folder);
        Ok(folders.map(|entry| UserName::new(entry.name)).collect())
    }

    /// Removes a document and all its traces (REQ-DOC-010, D-30).
    fn erase(&mut self, location: &Location) -> Result<(), StoreError> {
        let traces = [
            location.draft()?,
            location.issued()?,
            location.meta()?,
            location.source()?,
            location.trail()?,
        ];
        for path in traces {
            self.remove(&path)?;
        }
        for user in self.users()? {
            let copy = layout::workspace_copy(&user, &location.id)?;
            self.remove(&copy)?;
            self.remove(&layout::session(&user, &location.id)?)?;
        }
        self.drop_tasks(location, None)?;
        let home = location.home()?;
        if home.name() == location.id.as_str() {
            self.emptied.push(home);
        }
        Ok(())
    }

    /// Appends the events, sealed and chained.
    fn append(
        &mut self,
        location: &Location,
        change: &Change,
        events: &[&Event],
        archived: &[(Version, String)],
        text: Option<Vec<u8>>,
    ) -> Result<(), StoreError> {
        let last_own = events.iter().rposition(|event| event.ledger.is_none());
        if change.before.is_some() && !events.is_empty() {
            self.goes_on(&location.trail()?)?;
        }
        let content = text.map(|text| sha256(&text));
        let put_meta = change.steps.contains(&Step::PutMeta);
        for (index, event) in events.iter().enumerate() {
            let is_last = Some(index) == last_own;
            let meta = if put_meta && is_last {
                self.digest_of(&location.meta()?)?
            } else {
                None
            };
            let source = if is_last {
                self.digest_of(&location.source()?)?
            } else {
                None
            };
            let bound = Bound {
                content: content.clone(),
                archived: if is_last {
                    archived.to_vec()
                } else {
                    Vec::new()
                },
                source,
                meta,
                rules: self.materials.rules.clone(),
                group: self.materials.group.clone(),
            };
            let path = match &event.ledger {
                None => location.trail()?,
                Some(ledger) => layout::ledger(ledger)?,
            };
            self.append_line(&path, event, &bound)?;
        }
        Ok(())
    }

    fn digest_of(&mut self, path: &TreePath) -> Result<Option<String>, StoreError> {
        Ok(self.content(path)?.map(|bytes| sha256(&bytes)))
    }

    /// Sees to it that there is a trail to go on with: without what stood before, a new line would hide that it is
    /// gone.
    fn goes_on(&self, trail: &TreePath) -> Result<(), StoreError> {
        match self.view.read_tail(trail, 1)? {
            Some((end, _)) if !end.is_empty() => Ok(()),
            Some(_) => Err(StoreError::damaged(
                trail,
                "is empty, and the document has a record",
            )),
            None => Err(StoreError::damaged(
                trail,
                "is missing, and the document has a record",
            )),
        }
    }

    fn append_line(
        &mut self,
        path: &TreePath,
        event: &Event,
        bound: &Bound,
    ) -> Result<(), StoreError> {
        if !self.trails.contains_key(path) {
            let before = self.view.read(path, trail::LARGEST)?.unwrap_or_default();
            if !before.is_empty() && !before.ends_with(b"\n") {
                return Err(StoreError::damaged(path, "has an unfinished last line"));
            }
            let added = Vec::new();
            self.trails.insert(path.clone(), Appended { before, added });
        }
        let Some(appended) = self.trails.get_mut(path) else {
            return Ok(());
        };
        let previous = if appended.added.is_empty() {
            seal::previous(path, &appended.before)?
        } else {
            seal::previous(path, &appended.added)?
        };
        let object = event.to_object(&self.materials.at.timestamp());
        appended
            .added
            .extend(seal::seal(object, &previous, bound).into_bytes());
        appended.added.push(b'\n');
        Ok(())
    }

    fn touch(&mut self, path: &TreePath) -> Result<&mut Touched, StoreError> {
        if !self.files.contains_key(path) {
            let before = self.view.read(path, LARGEST_TEXT)?;
            let after = before.clone();
            self.files.insert(path.clone(), Touched { before, after });
        }
        self.files
            .get_mut(path)
            .ok_or_else(|| StoreError::damaged(path, "it was lost from the plan"))
    }

    fn content(&mut self, path: &TreePath) -> Result<Option<Vec<u8>>, StoreError> {
        Ok(self.touch(path)?.after.clone())
    }

    /// Nothing is written that could not be read again.
    fn put(&mut self, path: &TreePath, bytes: Vec<u8>) -> Result<(), StoreError> {
        if bytes.len() as u64 > LARGEST_TEXT {
            return Err(StoreError::TooLarge {
                path: path.to_string(),
                limit: LARGEST_TEXT,
            });
        }
        self.touch(path)?.after = Some(bytes);
        Ok(())
    }

    fn remove(&mut self, path: &TreePath) -> Result<(), StoreError> {
        self.touch(path)?.after = None;
        Ok(())
    }

    fn into_journal(self) -> Journal {
        let mut changes = Vec::new();
        let removed = |path: &TreePath, files: &BTreeMap<TreePath, Touched>| {
            files
                .get(path)
                .is_some_and(|file| file.before.is_some() && file.after.is_none())
        };
        for (path, appended) in self.trails {
            // A trail that is erased in the same commit takes its last lines with it.
            if !removed(&path, &self.files) {
                changes.push(Write::Append {
                    path,
                    offset: appended.before.len() as u64,
                    bytes: appended.added,
                });
            }
        }
        for (path, file) in self.files {
            if file.before == file.after {
                continue;
            }
            let before = Before::of(file.before.as_deref());
            changes.push(match file.after {
                Some(bytes) => Write::Write {
                    path,
                    bytes,
                    before,
                },
                None => Write::Remove { path, before },
            });
        }
        let emptied = self.emptied.into_iter();
        changes.extend(emptied.map(|path| Write::RemoveFolderIfEmpty { path }));
        Journal { changes }
    }
}
