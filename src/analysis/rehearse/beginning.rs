//! What is there when a story begins: what `init` has planted, and records of older days.

use std::collections::BTreeMap;

use serde_json::Map;

use super::Failure;
use super::desk::{Desk, first_text, unknown};
use super::memory::Record;
use crate::definitions::scenario::{Aspect, Description, Look};
use crate::definitions::workflow::State;
use crate::definitions::{IdReading, Origin, Workflow};
use crate::interpreter::{Taken, conceive};
use crate::model::{
    ActionName, Document, Event, EventName, Moment, Place, Request, Status, Task, User, UserName,
    Verb,
};

impl<'r> Desk<'r> {
    /// Plants a document as `init` does, and returns the entry it came by.
    ///
    /// # Errors
    /// The rules do not plant it.
    pub(super) fn plant(&mut self, id: &str, origin: Origin) -> Result<Vec<Taken>, Failure> {
        let reading = self.read(id, origin)?;
        let mut birth = self.birth(reading.doctype, reading.bindings.clone(), None);
        reading.id.as_str().clone_into(&mut birth.title);
        birth.planted = true;
        birth.highest = reading.bindings.number.unwrap_or(1).saturating_sub(1);
        let request = Request {
            actor: User::system(),
            action: ActionName::plain(Verb::new("create")),
            target: reading.id.clone(),
            arguments: BTreeMap::new(),
            at: self.at,
            in_principle: false,
        };
        let born = conceive(self.rules, &birth, &request);
        let (plan, _) = born.map_err(|refusal| {
            let message = format!(
                "`{}` cannot be planted: {}",
                reading.id,
                refusal.first().message
            );
            Failure::new(origin, message)
        })?;
        let text = first_text(&reading.id, &birth.title);
        self.commit(&plan, Some(&text), origin)
    }

    /// Puts a record of older days.
    ///
    /// # Errors
    /// The record could not be one under these rules.
    pub(super) fn put(&mut self, description: &Description) -> Result<(), Failure> {
        let reading = self.read(&description.id, description.origin)?;
        let Some(life) = self.rules.life_of(reading.doctype) else {
            let name = reading.doctype.workflow.as_str();
            return Err(unknown(
                "workflow",
                name,
                std::iter::empty(),
                description.origin,
            ));
        };
        let state = state_of(life, &description.looks, description.origin)?;
        let mut document = Document::new(
            reading.id.clone(),
            reading.type_word(),
            state.name.clone(),
            self.rules.presumed_version(reading.doctype),
        );
        document.executable = life.executable;
        document.phase = presumed_phase(life, &state.name);
        fill(&mut document, description, self.at)?;

        let text = first_text(&document.id, document.id.as_str());
        let mut record = Record {
            doctype: reading.doctype.name.clone(),
            title: document.id.to_string(),
            texts: BTreeMap::new(),
            archive: BTreeMap::new(),
            trail: vec![(self.at, first_line(&document))],
            tasks: tasks_of(&document, state),
            seen: 1,
            document,
        };
        lay(&mut record, description, state, &text);
        self.memory.records.insert(reading.id, record);
        Ok(())
    }

    fn read(&self, id: &str, origin: Origin) -> Result<IdReading<'r>, Failure> {
        let rules = self.rules;
        let Some(reading) = rules.read_id(id, &self.namespaces) else {
            return Err(Failure::new(origin, format!("`{id}` is the id of no type")));
        };
        if self.memory.records.contains_key(&reading.id) {
            let message = format!("`{}` is given twice", reading.id);
            return Err(Failure::new(origin, message));
        }
        Ok(reading)
    }
}

fn state_of<'w>(life: &'w Workflow, looks: &[Look], origin: Origin) -> Result<&'w State, Failure> {
    let said = looks.iter().find_map(|look| match &look.aspect {
        Aspect::Status(status) => Some((status, look.origin)),
        Aspect::Version(_)
        | Aspect::Owner(_)
        | Aspect::Phase(_)
        | Aspect::Effective(_)
        | Aspect::CheckedOut(_)
        | Aspect::Awaits(_)
        | Aspect::Answered(_)
        | Aspect::Holds(_)
        | Aspect::Archived(_)
        | Aspect::Home(_)
        | Aspect::Marks(_)
        | Aspect::Trail(_)
        | Aspect::Recorded(..) => None,
    });
    let Some((status, place)) = said else {
        return Err(Failure::new(origin, "it is not said where it stands"));
    };
    let known = life.states.iter().map(|state| state.name.as_str());
    let state = life.state(status);
    state.ok_or_else(|| unknown("state", status.as_str(), known, place))
}

/// Returns the phase that a record which does not say is presumed to be in.
fn presumed_phase(life: &Workflow, status: &Status) -> Option<crate::model::Phase> {
    let mut phases = life.phases.iter();
    let phase = phases.find(|phase| phase.presumed_in.contains(status));
    phase.map(|phase| phase.name.clone())
}

/// Writes into the record what is said of it.
fn fill(document: &mut Document, description: &Description, at: Moment) -> Result<(), Failure> {
    for look in &description.looks {
        match &look.aspect {
            Aspect::Version(version) => document.version = *version,
            Aspect::Owner(owner) => document.owner.clone_from(owner),
            Aspect::Phase(phase) => document.phase = Some(phase.clone()),
            Aspect::Effective(version) => document.effective_version = *version,
            Aspect::Awaits(people) => document.pending.clone_from(people),
            Aspect::Answered(answers) => document.outcomes = Some(answers.clone()),
            Aspect::CheckedOut(holder) => {
                document.checked_out = holder.is_some().then(|| Some(at.date()));
            }
            Aspect::Status(_)
            | Aspect::Holds(_)
            | Aspect::Archived(_)
            | Aspect::Home(_)
            | Aspect::Marks(_)
            | Aspect::Trail(_)
            | Aspect::Recorded(..) => {}
        }
    }
    for look in &description.looks {
        if let Aspect::CheckedOut(Some(holder)) = &look.aspect
            && document.owner.as_ref() != Some(holder)
        {
            let message = format!("the holder of a copy is its owner, and `{holder}` is not");
            return Err(Failure::new(look.origin, message));
        }
    }
    Ok(())
}

/// Returns the line that the trail begins with: what was before the story is not told.
fn first_line(document: &Document) -> Event {
    Event {
        name: EventName::new("given"),
        user: UserName::new(crate::model::user::SYSTEM),
        version: document.version,
        facts: Map::new(),
        ledger: None,
    }
}

fn tasks_of(document: &Document, state: &State) -> Vec<Task> {
    let Some(awaits) = &state.awaits else {
        return Vec::new();
    };
    let from = || UserName::new(crate::model::user::SYSTEM);
    let asked = document.pending.iter();
    asked
        .map(|name| awaits.task(document, from(), name.clone()))
        .collect()
}

/// Lays texts where they are said to lie; where it is not said, an open document has its draft and a
/// closed one its issued text.
fn lay(record: &mut Record, description: &Description, state: &State, text: &str) {
    let usual = if state.terminal {
        Place::Issued
    } else {
        Place::Draft
    };
    let mut places = vec![usual];
    for look in &description.looks {
        match &look.aspect {
            Aspect::Holds(said) => places.clone_from(said),
            Aspect::Archived(versions) => {
                let kept = versions.iter().map(|version| (*version, text.to_owned()));
                record.archive.extend(kept);
            }
            Aspect::Status(_)
            | Aspect::Version(_)
            | Aspect::Owner(_)
            | Aspect::Phase(_)
            | Aspect::Effective(_)
            | Aspect::CheckedOut(_)
            | Aspect::Awaits(_)
            | Aspect::Answered(_)
            | Aspect::Home(_)
            | Aspect::Marks(_)
            | Aspect::Trail(_)
            | Aspect::Recorded(..) => {}
        }
    }
    if record.document.checked_out.is_some() {
        places.push(Place::Workspace);
    }
    for place in places {
        record.texts.insert(place, text.to_owned());
    }
}
