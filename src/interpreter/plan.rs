//! What an action does, step by step, before anything is done.

use super::snapshot::Standing;
use crate::definitions::Origin;
use crate::model::{DocId, Document, Event, Place, Status, Task, UserName, Version};

/// Everything an action does, to its document and to the children that react.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The document acted on.
    pub target: Change,
    /// Its children, each as far as it reacts.
    pub reactions: Vec<Change>,
    /// Sentences for the person.
    pub told: Vec<String>,
    /// The status before an action that was done first, where one was.
    pub first_left: Option<Status>,
    /// Those newly asked.
    pub asked: Vec<UserName>,
}

/// What happens to one document.
#[derive(Clone, Debug)]
pub struct Change {
    /// Its record as it was; none where it is being born.
    pub before: Option<Document>,
    /// How it stands then; where it is erased, how it stood last.
    pub after: Standing,
    /// What is written, in order.
    pub steps: Vec<Step>,
    /// The ways that were gone, in order.
    pub taken: Vec<Taken>,
}

/// A way that was gone: an arm, from a state; or an entry, which begins in none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Taken {
    /// The arm or entry.
    pub rule: Origin,
    /// The state it was gone from.
    pub from: Option<Status>,
}

/// One thing the store can do. Effects are words for people, steps are words for the disk.
#[derive(Clone, Debug, PartialEq)]
pub enum Step {
    /// Writes the record, as it is after the change.
    PutMeta,
    /// Appends to the trail, or to a ledger.
    Append(Event),
    /// What lies at one place now lies at another too.
    Place(Place, Place),
    /// What lies at a place is gone.
    Take(Place),
    /// What lies at a place is kept under a version for ever.
    Archive(Place, Version),
    /// The text at a place is this.
    Rewrite(Place, String),
    /// A question goes to somebody.
    GiveTask(Task),
    /// Questions about the document are taken back: those to one person, or all.
    DropTasks(Option<UserName>),
    /// The document and all its traces go.
    Erase,
}

impl Plan {
    /// Returns every change, that of the target first.
    pub fn changes(&self) -> impl Iterator<Item = &Change> {
        std::iter::once(&self.target).chain(&self.reactions)
    }

    /// Returns every way that was gone, automatic ones and those of reactions too.
    pub fn taken(&self) -> impl Iterator<Item = &Taken> {
        self.changes().flat_map(|change| &change.taken)
    }

    /// Tells whether anything is written at all.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.changes().all(|change| change.steps.is_empty())
    }
}

impl Change {
    /// Returns the document's id.
    #[must_use]
    pub fn id(&self) -> &DocId {
        &self.after.document.id
    }

    /// Returns who holds the copy as the change finds it; at a birth, who gets it.
    #[must_use]
    pub fn holder(&self) -> Option<&UserName> {
        let document = self.before.as_ref().unwrap_or(&self.after.document);
        document.owner.as_ref()
    }

    /// Returns the versions this change archives, in order.
    pub fn archived(&self) -> impl Iterator<Item = Version> {
        self.steps.iter().filter_map(|step| match step {
            Step::Archive(_, version) => Some(*version),
            Step::PutMeta
            | Step::Append(_)
            | Step::Place(..)
            | Step::Take(_)
            | Step::Rewrite(..)
            | Step::GiveTask(_)
            | Step::DropTasks(_)
            | Step::Erase => None,
        })
    }
}

impl Change {
    /// Returns the events this change appends, in order.
    pub fn events(&self) -> impl Iterator<Item = &Event> {
        self.steps.iter().filter_map(|step| {
            let Step::Append(event) = step else {
                return None;
            };
            Some(event)
        })
    }
}

impl Change {
    /// Returns each step as a dry run shows it: its name, and what it does.
    pub fn described(&self) -> impl Iterator<Item = (&'static str, String)> {
        let document = &self.after.document;
        self.steps
            .iter()
            .map(move |step| (step.name(), step.describe(document)))
    }
}

impl Step {
    /// Returns what the step does to a document, which is so then.
    fn describe(&self, document: &Document) -> String {
        let id = &document.id;
        match self {
            Self::PutMeta => {
                format!(
                    "write the record of {id}: {}, v{}",
                    document.status, document.version
                )
            }
            Self::Append(event) => match &event.ledger {
                None => format!("log {} to the trail of {id}", event.name),
                Some(ledger) => format!("log {} to the ledger {ledger}", event.name),
            },
            Self::Place(from, to) => {
                format!("copy the {} of {id} to the {}", from.word(), to.word())
            }
            Self::Take(place) => format!("remove the {} of {id}", place.word()),
            Self::Archive(place, version) => {
                format!("archive the {} of {id} as v{version}", place.word())
            }
            Self::Rewrite(place, _) => format!("mend the {} text of {id}", place.word()),
            Self::GiveTask(task) => format!("ask {} ({}) about {id}", task.to, task.stage),
            Self::DropTasks(Some(user)) => format!("take back what {user} is asked about {id}"),
            Self::DropTasks(None) => format!("take back everything that is asked about {id}"),
            Self::Erase => format!("erase {id} with its record, trail, copies and tasks"),
        }
    }

    /// Returns the step's name, stable for programs.
    #[must_use]
    pub fn name(&self) -> &'static str {
        match self {
            Self::PutMeta => "put_meta",
            Self::Append(_) => "append",
            Self::Place(..) => "place",
            Self::Take(_) => "take",
            Self::Archive(..) => "archive",
            Self::Rewrite(..) => "rewrite",
            Self::GiveTask(_) => "give_task",
            Self::DropTasks(_) => "drop_tasks",
            Self::Erase => "erase",
        }
    }
}
