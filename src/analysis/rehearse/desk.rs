//! The desk of a story: who is there, what is kept, what o'clock it is, and what a decision may see.

use std::collections::BTreeSet;

use chrono::{DateTime, TimeDelta};

use super::Failure;
use super::memory::{Memory, Record};
use crate::analysis::references::mentions;
use crate::definitions::pattern::Bindings;
use crate::definitions::report::did_you_mean;
use crate::definitions::scenario::{Given, Person};
use crate::definitions::vocabulary::Evidence;
use crate::definitions::{Doctype, Origin, Rulebook};
use crate::interpreter::needs::{Need, needs_of};
use crate::interpreter::snapshot::Shown;
use crate::interpreter::{Child, Plan, Snapshot, Taken};
use crate::model::{ActionName, DocId, Membership, Moment, Place, Roster, Source, frontmatter};

/// The second at which every story begins: the first of 2026.
const BEGINNING: i64 = 1_767_225_600;

/// Where the steps of a story are taken.
#[derive(Clone, Debug)]
pub(super) struct Desk<'r> {
    /// The rules.
    pub(super) rules: &'r Rulebook,
    /// Who there is: nobody but the people of the story.
    pub(super) roster: Roster,
    /// The namespaces that what is given makes known (D-20).
    pub(super) namespaces: Vec<String>,
    /// What is kept.
    pub(super) memory: Memory,
    /// When it is.
    pub(super) at: Moment,
}

impl<'r> Desk<'r> {
    /// Opens the desk for these people.
    ///
    /// # Errors
    /// A group that there is not.
    pub(super) fn open(
        rules: &'r Rulebook,
        people: &[Person],
        given: &[Given],
    ) -> Result<Self, Failure> {
        let mut roster = Roster::default();
        for person in people {
            if rules.group(&person.group).is_none() {
                let known = rules.groups.iter().map(|rule| rule.name.as_str());
                return Err(unknown(
                    "group",
                    person.group.as_str(),
                    known,
                    person.origin,
                ));
            }
            let membership = Membership {
                group: person.group.clone(),
                source: Source::AgentFile,
            };
            roster.admit(person.name.clone(), membership);
        }
        let utc = DateTime::from_timestamp(BEGINNING, 0).unwrap_or_default();
        Ok(Self {
            rules,
            roster,
            namespaces: given
                .iter()
                .flat_map(|given| namespaces_of(rules, given))
                .collect(),
            memory: Memory::default(),
            at: Moment {
                utc,
                local_date: utc.date_naive(),
            },
        })
    }

    /// Lets a second pass.
    pub(super) fn tick(&mut self) {
        self.at.utc += TimeDelta::seconds(1);
        self.at.local_date = self.at.utc.date_naive();
    }

    /// Returns what a decision on an action may see, and no more than its rules ask for.
    pub(super) fn gather(&self, record: &Record, action: &ActionName) -> Snapshot {
        let needs = needs_of(self.rules, &record.standing(), std::iter::once(action));
        let mut target = record.standing();
        for need in &needs {
            match need {
                Need::Text(place) => {
                    let text = record.texts.get(place).cloned();
                    target.texts.extend(text.map(|text| (*place, text)));
                }
                Need::Authorship => {
                    let doctype = self.rules.doctype(&record.doctype);
                    let life = doctype.and_then(|doctype| self.rules.life_of(doctype));
                    target.authorship =
                        life.map(|life| record.authorship(life)).unwrap_or_default();
                }
                Need::TrailDigest => target.trail_digest = Some(record.trail_digest()),
                Need::Evidence(evidence) => {
                    let shown = shown(record, evidence);
                    target.code.evidence.insert(evidence.clone(), shown);
                }
                Need::Children | Need::StandingOfChildren(_) => {}
            }
        }
        Snapshot {
            target,
            children: self.children(&record.document.id, &needs),
            roster: self.roster.clone(),
            closed: None,
        }
    }

    /// Returns the documents whose ids name this one as their parent, as far as the rules ask.
    fn children(&self, parent: &DocId, needs: &BTreeSet<Need>) -> Vec<Child> {
        let mut children = Vec::new();
        for (id, record) in &self.memory.records {
            let reading = self.rules.read_id(id.as_str(), &self.namespaces);
            if reading.and_then(|reading| reading.bindings.parent).as_ref() != Some(parent) {
                continue;
            }
            let wanted = needs.contains(&Need::StandingOfChildren(record.doctype.clone()));
            if wanted || needs.contains(&Need::Children) {
                children.push(Child {
                    id: id.clone(),
                    standing: wanted.then(|| record.standing()),
                });
            }
        }
        children
    }

    /// Returns the highest number among the siblings that an id with these parts would have (D-21).
    pub(super) fn highest(&self, doctype: &Doctype, wanted: &Bindings) -> u32 {
        let numbers = self.memory.records.keys().filter_map(|id| {
            let reading = self.rules.read_id(id.as_str(), &self.namespaces)?;
            let found = reading.bindings;
            let is_sibling = reading.doctype.name == doctype.name
                && found.parent == wanted.parent
                && found.namespace == wanted.namespace;
            is_sibling.then_some(found.number)?
        });
        numbers.max().unwrap_or(0)
    }

    /// Does a plan, and returns the ways that were gone.
    ///
    /// # Errors
    /// What cannot be done as planned.
    pub(super) fn commit(
        &mut self,
        plan: &Plan,
        born_from: Option<&str>,
        origin: Origin,
    ) -> Result<Vec<Taken>, Failure> {
        for change in plan.changes() {
            let done = self.memory.apply(change, self.at, born_from);
            done.map_err(|message| Failure::new(origin, message))?;
            if self.is_on_the_way(change.id()) {
                let status = &change.after.document.status;
                let message = format!("`{}` rests in {status}, where nothing rests", change.id());
                return Err(Failure::new(origin, message));
            }
        }
        Ok(plan.taken().cloned().collect())
    }

    /// Tells whether a document stands in a state that is only passed through.
    fn is_on_the_way(&self, id: &DocId) -> bool {
        let record = self.memory.records.get(id);
        let state = record.and_then(|record| {
            let doctype = self.rules.doctype(&record.doctype)?;
            self.rules.life_of(doctype)?.state(&record.document.status)
        });
        state.is_some_and(|state| state.passing)
    }
}

/// Returns the text that a document is born with.
pub(super) fn first_text(id: &DocId, title: &str) -> String {
    format!(
        "{}\n# {id}: {title}\n",
        frontmatter::compose(title, "Initial draft")
    )
}

/// Puts the new text of the copy taken for writing.
pub(super) fn rewrite_copy(record: &mut Record, content: &str) {
    if let Some(copy) = record.texts.get_mut(&Place::Workspace) {
        content.clone_into(copy);
    }
}

/// Returns the failure of a name that the rules do not know.
pub(super) fn unknown<'w>(
    what: &str,
    word: &str,
    known: impl Iterator<Item = &'w str>,
    origin: Origin,
) -> Failure {
    let hint = did_you_mean(word, known).map(|hint| format!("; {hint}"));
    let hint = hint.unwrap_or_default();
    Failure::new(origin, format!("there is no {what} `{word}`{hint}"))
}

/// A namespace counts as registered where a document of it is there (D-20).
fn namespaces_of(rules: &Rulebook, given: &Given) -> Vec<String> {
    let id = match given {
        Given::Planted(id, _) => id,
        Given::Document(description) => &description.id,
    };
    let id = id.to_uppercase();
    let readings = rules
        .doctypes
        .iter()
        .filter_map(|doctype| doctype.id.read(&id));
    readings.filter_map(|bindings| bindings.namespace).collect()
}

/// Returns what a story shows of code: it has no repository, so a text that refers to code does not resolve.
fn shown(record: &Record, evidence: &Evidence) -> Shown {
    let refers = |text: &String| !mentions(text).is_empty();
    Shown {
        holds: *evidence == Evidence::ReferencesResolve && !record.texts.values().any(refers),
        why: "a story has no repository in which code could be found".to_owned(),
    }
}
