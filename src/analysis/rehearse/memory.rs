//! A store in memory: records, texts, archives, trails and tasks, and a plan's steps done to them.

use std::collections::BTreeMap;

use crate::definitions::Workflow;
use crate::interpreter::authorship::Authorship;
use crate::interpreter::snapshot::CodeSeen;
use crate::interpreter::{Change, Standing, Step};
use crate::model::{
    DocId, DoctypeName, Document, Event, Holdings, Moment, Place, Task, UserName, Version, digest,
};

/// Everything that is kept.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Memory {
    /// The documents.
    pub(super) records: BTreeMap<DocId, Record>,
    /// What outlives its documents.
    pub(super) ledger: Vec<(Moment, Event)>,
}

/// Everything that is kept of one document.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Record {
    /// Its type.
    pub(super) doctype: DoctypeName,
    /// What its metadata says.
    pub(super) document: Document,
    /// Its title.
    pub(super) title: String,
    /// What lies where.
    pub(super) texts: BTreeMap<Place, String>,
    /// What is kept for ever.
    pub(super) archive: BTreeMap<Version, String>,
    /// What happened to it, and when.
    pub(super) trail: Vec<(Moment, Event)>,
    /// What people are asked about it.
    pub(super) tasks: Vec<Task>,
    /// How many lines of the trail the story has looked at.
    pub(super) seen: usize,
}

impl Memory {
    /// Does what a plan says to one document; `born_from` is the text it is born from.
    ///
    /// # Errors
    /// What cannot be done, or what is not afterwards as the plan says: a fault of the interpreter.
    pub(super) fn apply(
        &mut self,
        change: &Change,
        at: Moment,
        born_from: Option<&str>,
    ) -> Result<(), String> {
        let id = change.id();
        if change.before.is_none() {
            self.records
                .insert(id.clone(), Record::unborn(&change.after));
        }
        for step in &change.steps {
            if *step == Step::Erase {
                self.records.remove(id);
                return Ok(());
            }
            if let Step::Append(event) = step
                && event.ledger.is_some()
            {
                self.ledger.push((at, event.clone()));
                continue;
            }
            let Some(record) = self.records.get_mut(id) else {
                return Err(format!("integrity: there is no `{id}` to change"));
            };
            record.apply(step, change, at, born_from)?;
        }
        match self.records.get(id) {
            Some(record) => record.agree(&change.after),
            None => Err(format!("integrity: `{id}` is gone")),
        }
    }
}

impl Record {
    fn unborn(standing: &Standing) -> Self {
        Self {
            doctype: standing.doctype.clone(),
            document: standing.document.clone(),
            title: standing.title.clone(),
            texts: BTreeMap::new(),
            archive: BTreeMap::new(),
            trail: Vec::new(),
            tasks: Vec::new(),
            seen: 0,
        }
    }

    fn apply(
        &mut self,
        step: &Step,
        change: &Change,
        at: Moment,
        born_from: Option<&str>,
    ) -> Result<(), String> {
        match step {
            Step::PutMeta => self.document.clone_from(&change.after.document),
            Step::Append(event) => self.trail.push((at, event.clone())),
            Step::Place(from, to) => {
                let text = match from {
                    Place::Template => born_from.map(str::to_owned),
                    Place::Workspace | Place::Draft | Place::Issued => {
                        self.texts.get(from).cloned()
                    }
                };
                self.texts
                    .insert(*to, text.ok_or_else(|| self.empty(*from))?);
            }
            Step::Take(place) => {
                self.texts.remove(place).ok_or_else(|| self.empty(*place))?;
            }
            Step::Archive(place, version) => return self.archive(*place, *version),
            Step::Rewrite(place, text) => {
                self.texts.insert(*place, text.clone());
            }
            Step::GiveTask(task) => self.tasks.push(task.clone()),
            Step::DropTasks(whom) => {
                let kept = |task: &Task| whom.as_ref().is_some_and(|user| task.to != *user);
                self.tasks.retain(kept);
            }
            // The whole record goes; see `Memory::apply`.
            Step::Erase => {}
        }
        Ok(())
    }

    fn empty(&self, place: Place) -> String {
        let id = &self.document.id;
        format!("integrity: nothing lies at the {} of `{id}`", place.word())
    }

    /// Keeps a text for ever. What is archived never changes.
    fn archive(&mut self, place: Place, version: Version) -> Result<(), String> {
        let text = self.texts.get(&place).ok_or_else(|| self.empty(place))?;
        let kept = self.archive.entry(version).or_insert_with(|| text.clone());
        if kept == text {
            return Ok(());
        }
        let id = &self.document.id;
        Err(format!(
            "integrity: v{version} of `{id}` would be archived twice, with different texts"
        ))
    }

    /// Returns which version lies where, as it follows from record and trail.
    pub(super) fn holdings(&self) -> Holdings {
        let version = self.document.version;
        let lies = |place, version| self.texts.contains_key(&place).then_some(version);
        let last = self
            .trail
            .last()
            .map_or(version, |(_, event)| event.version);
        let in_force = self.document.effective_version.unwrap_or(version);
        Holdings {
            workspace: lies(Place::Workspace, version),
            draft: lies(Place::Draft, last),
            issued: lies(Place::Issued, in_force),
        }
    }

    /// Returns how a document stands, without its texts.
    pub(super) fn standing(&self) -> Standing {
        Standing {
            doctype: self.doctype.clone(),
            document: self.document.clone(),
            title: self.title.clone(),
            holdings: self.holdings(),
            copy_lost: false,
            // Here every record itself says what was answered (D-54).
            answered_by_trail: Vec::new(),
            authorship: Authorship::default(),
            texts: BTreeMap::new(),
            effective_date: self.effective_date(),
            trail_digest: None,
            code: CodeSeen::default(),
        }
    }

    /// Checks that what is kept is what was planned.
    fn agree(&self, planned: &Standing) -> Result<(), String> {
        let id = &self.document.id;
        // INVARIANT: the draft bears the version of the last line of the trail, for no field stores it.
        let (is, planned_holdings) = (self.holdings(), planned.holdings);
        if is != planned_holdings {
            let (is, planned) = (shown(is), shown(planned_holdings));
            return Err(format!(
                "integrity: `{id}` was to hold {planned}, and by its record holds {is}"
            ));
        }
        if self.document != planned.document {
            return Err(format!(
                "integrity: the record of `{id}` is not what was planned"
            ));
        }
        if self.document.checked_out.is_some() != is.workspace.is_some() {
            return Err(format!(
                "integrity: the record of `{id}` and its workspace copy disagree"
            ));
        }
        let mut asked: Vec<&UserName> = self.tasks.iter().map(|task| &task.to).collect();
        let mut awaited: Vec<&UserName> = self.document.pending.iter().collect();
        asked.sort();
        awaited.sort();
        if asked != awaited {
            return Err(format!(
                "integrity: those asked about `{id}` are not those awaited"
            ));
        }
        Ok(())
    }

    /// Returns the day on which the version in force came into force.
    pub(super) fn effective_date(&self) -> Option<String> {
        let version = self.document.effective_version?;
        let mut lines = self.trail.iter();
        let (at, _) = lines.find(|(_, event)| event.version == version)?;
        Some(at.utc.format("%Y-%m-%d").to_string())
    }

    /// Returns what its trail tells of who wrote its text, and whose answers are about an earlier one.
    pub(super) fn authorship(&self, life: &Workflow) -> Authorship {
        let mut authorship = Authorship::default();
        for (_, event) in &self.trail {
            let (name, user) = (event.name.as_str(), event.user.as_str());
            authorship.note(life, name, user, event.version);
        }
        authorship
    }

    /// Returns the digest of its trail.
    pub(super) fn trail_digest(&self) -> String {
        let lines = self.trail.iter().map(|(at, event)| {
            let object = event.to_object(&at.timestamp());
            format!("{}\n", serde_json::Value::Object(object))
        });
        digest::sha256(lines.collect::<String>().as_bytes())
    }
}

fn shown(holdings: Holdings) -> String {
    let places = [Place::Workspace, Place::Draft, Place::Issued].into_iter();
    let lying = places.filter_map(|place| {
        let version = holdings.at(place)?;
        Some(format!("{} v{version}", place.word()))
    });
    let lying: Vec<_> = lying.collect();
    if lying.is_empty() {
        "nothing".to_owned()
    } else {
        lying.join(", ")
    }
}
