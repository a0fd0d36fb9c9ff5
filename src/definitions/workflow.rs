//! A state machine: where a document can stand, what its trail says, and what may be asked for.

use super::source::Origin;
use super::vocabulary::{Condition, Effect, Fact, Guard, Line};
use crate::model::{
    ActionName, Answer, ArgumentName, Document, EntryName, EventName, Ledger, Mark, Outcome, Phase,
    ReactionName, Stage, Status, Task, TaskKind, UserName, Verb, Version, WorkflowName,
};

/// A state machine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Workflow {
    /// Its name, which is also that of its file.
    pub name: WorkflowName,
    /// What people call it.
    pub title: String,
    /// The `executable` field of its documents.
    pub executable: bool,
    /// What lives so.
    pub subject: Subject,
    /// Where a document can stand, in the order of the file.
    pub states: Vec<State>,
    /// Its phases.
    pub phases: Vec<PhaseRule>,
    /// The answers a reviewer may give.
    pub outcomes: Vec<OutcomeRule>,
    /// The flags a document may bear.
    pub marks: Vec<MarkRule>,
    /// The lines of its trails.
    pub events: Vec<EventRule>,
    /// The ways to be born.
    pub entries: Vec<Entry>,
    /// What a person may ask for.
    pub actions: Vec<Action>,
    /// What nobody can ask for.
    pub reactions: Vec<Reaction>,
    /// Arms taken by themselves.
    pub automatic: Vec<Arm>,
    /// What may be wrong with a text in force.
    pub flaws: Vec<Flaw>,
    /// What is always true.
    pub invariants: Vec<Invariant>,
    /// Where it stands.
    pub origin: Origin,
}

/// What lives a workflow.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Subject {
    /// Documents of the types that say so.
    #[default]
    Document,
    /// The code of a test environment, `SYSTEM-NNN`. It has no record: where it stands is what its trail says.
    Code,
}

/// Where a document can stand.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct State {
    /// Its name.
    pub name: Status,
    /// What it means.
    pub meaning: String,
    /// Whether the document's life ends here.
    pub terminal: bool,
    /// Whether the document never rests here.
    pub passing: bool,
    /// Whether a document that stands here authorises changes of governed code.
    pub authorises: bool,
    /// What those who are asked are asked for.
    pub awaits: Option<Awaits>,
    /// The names it had under earlier rules, each with its place.
    pub former: Vec<(Status, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

/// What a state awaits from those who are asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Awaits {
    /// The verb they answer with.
    pub verb: Verb,
    /// The task's `task_type`.
    pub task: TaskKind,
    /// The task's `workflow_type`.
    pub stage: Stage,
    /// Where it stands.
    pub origin: Origin,
}

/// An execution phase.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PhaseRule {
    /// Its name.
    pub name: Phase,
    /// The states in which an old record that does not say is presumed to be in it.
    pub presumed_in: Vec<Status>,
    /// Where it stands.
    pub origin: Origin,
}

/// An answer a reviewer may give.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutcomeRule {
    /// What people say.
    pub name: Outcome,
    /// What it means.
    pub meaning: String,
    /// What stands on disk.
    pub stored_as: Answer,
    /// Where it stands.
    pub origin: Origin,
}

/// A flag a document may bear.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MarkRule {
    /// Its name, which is also its key in the metadata.
    pub name: Mark,
    /// What it means.
    pub meaning: String,
    /// The names it had under earlier rules, each with its place.
    pub former: Vec<(Mark, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

/// A line of the trail, and the facts it bears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EventRule {
    /// Its name.
    pub name: EventName,
    /// What it means.
    pub meaning: String,
    /// The ledger it goes to, instead of the document's trail.
    pub ledger: Option<Ledger>,
    /// The command that logs it, where no action does.
    pub by: Option<Verb>,
    /// Facts, in order, each under its key.
    pub records: Vec<(String, Fact)>,
    /// Where it stands.
    pub origin: Origin,
    /// Whether it says that a text was written: whatever logs it writes one.
    pub writes: bool,
}

/// A way to be born.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Entry {
    /// Its name.
    pub name: EntryName,
    /// Where the document stands then.
    pub to: Status,
    /// At which version.
    pub version: Version,
    /// What is done.
    pub effects: Vec<Line>,
    /// Where it stands.
    pub origin: Origin,
}

/// What a person may ask for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// Its name.
    pub name: ActionName,
    /// Actions done before it, where their conditions hold.
    pub firsts: Vec<First>,
    /// What must hold.
    pub requires: Vec<Condition>,
    /// What is done before the arm's own lines.
    pub before: Vec<Line>,
    /// The ways it goes; the first that fits is taken.
    pub arms: Vec<Arm>,
    /// What is done after the arm's own lines.
    pub after: Vec<Line>,
    /// Where it stands.
    pub origin: Origin,
}

/// An action done before another, by the same person, under its own rules.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct First {
    /// The action.
    pub action: ActionName,
    /// When it applies.
    pub conditions: Vec<Condition>,
    /// What is said then.
    pub tells: Vec<Line>,
    /// Where it stands.
    pub origin: Origin,
}

/// A way an action goes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arm {
    /// From which states; none means every state that is not terminal.
    pub from: Option<Vec<Status>>,
    /// Whereto; none means it stays.
    pub to: Option<Status>,
    /// When it fits.
    pub conditions: Vec<Condition>,
    /// What is done on it.
    pub effects: Vec<Line>,
    /// Where it stands.
    pub origin: Origin,
}

/// What a document does when its parent acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reaction {
    /// Its name.
    pub name: ReactionName,
    /// What is done, arms and lines as in an action.
    pub body: Action,
}

/// Something that may be wrong with a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Flaw {
    /// What is wrong then.
    pub meaning: String,
    /// How it shows, and what is right.
    pub shape: FlawShape,
    /// Where it stands.
    pub origin: Origin,
}

/// How a flaw shows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum FlawShape {
    /// A line that begins so keeps its label; the rest is to be this.
    Line(String, Remedy),
    /// This key of the frontmatter should not be there.
    FrontmatterKey(String),
}

/// What the rest of a flawed line is to be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Remedy {
    /// The version in force.
    EffectiveVersion,
    /// The date on which that version came into force.
    EffectiveDate,
}

/// When an invariant is looked at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Occasion {
    /// At rest in these states.
    In(Vec<Status>),
    /// At each arm into these states.
    Entering(Vec<Status>),
    /// Whenever one of these verbs is done.
    Doing(Vec<Verb>),
}

/// A sentence that is always true.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Invariant {
    /// The sentence.
    pub sentence: String,
    /// When it is looked at.
    pub occasions: Vec<Occasion>,
    /// What holds then.
    pub holds: Vec<Condition>,
    /// Where it stands.
    pub origin: Origin,
}

impl Workflow {
    /// Returns the state of this name.
    #[must_use]
    pub fn state(&self, name: &Status) -> Option<&State> {
        self.states.iter().find(|state| state.name == *name)
    }

    /// Tells whether a document's life ends in this state.
    #[must_use]
    pub fn is_terminal(&self, name: &Status) -> bool {
        self.state(name).is_some_and(|state| state.terminal)
    }

    /// Returns the action of this name.
    #[must_use]
    pub fn action(&self, name: &ActionName) -> Option<&Action> {
        self.actions.iter().find(|action| action.name == *name)
    }

    /// Returns the event of this name.
    #[must_use]
    pub fn event<Name: ?Sized>(&self, name: &Name) -> Option<&EventRule>
    where
        EventName: PartialEq<Name>,
    {
        self.events.iter().find(|event| event.name == *name)
    }

    /// Returns the entry of this name.
    #[must_use]
    pub fn entry(&self, name: &EntryName) -> Option<&Entry> {
        self.entries.iter().find(|entry| entry.name == *name)
    }

    /// Returns the stages of all tasks it can give.
    pub fn stages(&self) -> impl Iterator<Item = &Stage> {
        self.awaits().map(|awaits| &awaits.stage)
    }

    /// Returns what its states await.
    pub fn awaits(&self) -> impl Iterator<Item = &Awaits> {
        self.states.iter().filter_map(|state| state.awaits.as_ref())
    }
}

impl Awaits {
    /// Returns the question that is put to somebody about a document.
    #[must_use]
    pub fn task(&self, document: &Document, from: UserName, to: UserName) -> Task {
        Task {
            to,
            from,
            kind: self.task.clone(),
            stage: self.stage.clone(),
            document: document.id.clone(),
            status: document.status.clone(),
            owner: document.owner.clone(),
            version: document.version,
        }
    }
}

impl Action {
    /// Tells whether one of its arms begins in a state.
    #[must_use]
    pub fn begins_in(&self, status: &Status, workflow: &Workflow) -> bool {
        let mut arms = self.arms.iter();
        arms.any(|arm| arm.begins_in(status, workflow))
    }

    /// Returns every line that may be done, of all arms, in the order of the file.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        let arms = self.arms.iter().flat_map(|arm| &arm.effects);
        self.before.iter().chain(arms).chain(&self.after)
    }

    /// Returns every line that is done on one of its arms, in order.
    pub fn lines_of<'a>(&'a self, arm: &'a Arm) -> impl Iterator<Item = &'a Line> + Clone {
        self.before.iter().chain(&arm.effects).chain(&self.after)
    }

    /// Returns the arguments it demands.
    pub fn demands(&self) -> impl Iterator<Item = &ArgumentName> {
        self.requires
            .iter()
            .filter_map(|condition| {
                let Guard::Given(names) = &condition.guard else {
                    return None;
                };
                condition.wanted.then_some(names)
            })
            .flatten()
    }

    /// Tells whether people can be named.
    #[must_use]
    pub fn names_people(&self) -> bool {
        self.lines()
            .any(|line| matches!(line.effect, Effect::AskNamed(_)))
    }

    /// Tells whether an outcome is recorded.
    #[must_use]
    pub fn records_outcome(&self) -> bool {
        self.lines()
            .any(|line| matches!(line.effect, Effect::RecordOutcome))
    }
}

impl Arm {
    /// Tells whether the arm begins in a state; `any` begins in each that is not terminal.
    #[must_use]
    pub fn begins_in(&self, status: &Status, workflow: &Workflow) -> bool {
        match &self.from {
            Some(states) => states.contains(status),
            None => !workflow.is_terminal(status),
        }
    }
}
