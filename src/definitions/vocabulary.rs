//! The words of the language: guards, effects and facts, each with what it means.
//!
//! Small, orthogonal, total. Every guard answers in every situation, every effect has a meaning in
//! every situation, and no effect implies another. There are no expressions, variables or loops.

pub use super::evidence::{CodeFact, Evidence};
use super::source::Origin;
use crate::model::{ArgumentName, EventName, Group, Mark, Outcome, Phase, Place, Status, Version};

/// The words a guard begins with, and when each holds.
pub const GUARDS: &[(&str, &str)] = &[
    ("in", "the document is in one of these states"),
    ("owner", "the actor is the responsible user"),
    (
        "author",
        "the actor wrote some of the text since it was last approved",
    ),
    (
        "group",
        "the actor belongs to one of these groups, inheritance counted",
    ),
    (
        "checked-out",
        "a workspace copy is held; `by=actor`: by the actor",
    ),
    ("all-answered", "nobody is still awaited"),
    ("unanimous", "there is an outcome, and every one is this"),
    (
        "outcome-from",
        "a member of this group gave one, by the roster of today",
    ),
    (
        "outcomes-current",
        "every outcome was given since the text last changed",
    ),
    (
        "version",
        "the document's version is `at-least=` or `below=` this",
    ),
    ("phase", "it is in this phase"),
    ("mark", "it bears this mark"),
    ("given", "the command was given these arguments"),
    (
        "childless",
        "no document, open or closed, names this one as its parent",
    ),
    (
        "unasked",
        "`unasked named`: one of those named is not asked yet",
    ),
    ("flawed", "the text at this place disagrees with the record"),
    ("parent", "the parent is in one of these states"),
    (
        "references-resolve",
        "every reference to code in the text being worked on leads to what is in use, and none is still open",
    ),
    (
        "in-test",
        "the code stands in a test environment, with a commit of its own",
    ),
    (
        "documents",
        "the namespace has a document of each of these types, `in=` this state",
    ),
    (
        "authorised",
        "the document given under this name authorises changes now",
    ),
    (
        "passed",
        "the results given under this name have tests, and none failed",
    ),
    (
        "merged",
        "the commit that was tested is on the branch in use",
    ),
    (
        "identical",
        "the code in use is, folder by folder, the code that was tested",
    ),
];

/// The words of effects, and what each does.
pub const EFFECTS: &[(&str, &str)] = &[
    ("copy", "the content of one place now lies at another too"),
    (
        "move",
        "the content of one place now lies at another, and no longer there",
    ),
    ("remove", "the place is empty"),
    (
        "archive",
        "keeps the content for ever under its version, once nobody writes on it any more",
    ),
    (
        "bump",
        "the document and the copy being written get the next version",
    ),
    (
        "set",
        "`set owner actor`, `set phase`, `set mark`, `set effective-version`",
    ),
    ("clear", "`clear owner`, `clear mark`, `clear outcomes`"),
    (
        "ask",
        "`ask named`: those named are asked; nobody named: every member of `else=`",
    ),
    (
        "dismiss",
        "`actor` or `everyone` is no longer awaited, and their task files go",
    ),
    ("record", "`record outcome` keeps the actor's answer"),
    ("log", "appends an event to the trail"),
    (
        "repair",
        "mends the flaws of the text; they become the fact `fixes`",
    ),
    ("tell", "a sentence for the person"),
    ("erase", "the document and all its traces go"),
];

/// Facts an event may record beside the arguments of its action, and what each is.
pub const FACTS: &[(&str, &str, Fact)] = &[
    ("title", "the document's title", Fact::Title),
    (
        "assignees",
        "those whom this action newly asked",
        Fact::Assignees,
    ),
    (
        "outcome",
        "the actor's answer, in the word that is stored",
        Fact::Outcome,
    ),
    (
        "stage",
        "the stage of the state the document is in",
        Fact::Stage,
    ),
    ("fixes", "what was mended", Fact::Fixes),
    ("doc_id", "the document's id", Fact::DocId),
    (
        "trail_sha256",
        "the digest of the trail that is erased",
        Fact::TrailDigest,
    ),
    ("from_status", "where this move began", Fact::FromStatus),
    ("to_status", "where this move leads", Fact::ToStatus),
    (
        "from_version",
        "the version before the action, if it is another by now",
        Fact::FromVersion,
    ),
    (
        "commit",
        "the commit of the code that is tested",
        Fact::OfCode(CodeFact::Commit),
    ),
    (
        "trees",
        "the id of what lies at each path of the system",
        Fact::OfCode(CodeFact::Trees),
    ),
    (
        "production",
        "the last commit of the branch in use",
        Fact::OfCode(CodeFact::Production),
    ),
    (
        "results",
        "how many tests passed and failed, and the digest of the file that says so",
        Fact::OfCode(CodeFact::Results),
    ),
    (
        "fed_by",
        "the other test environments whose code it contains",
        Fact::OfCode(CodeFact::FedBy),
    ),
];

/// Something an event can record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Fact {
    /// The document's title.
    Title,
    /// Those whom this action newly asked.
    Assignees,
    /// The actor's answer, in the stored word.
    Outcome,
    /// The stage of the present state.
    Stage,
    /// What was mended.
    Fixes,
    /// The document's id.
    DocId,
    /// The digest of the trail that is erased.
    TrailDigest,
    /// Where this move began.
    FromStatus,
    /// Where this move leads.
    ToStatus,
    /// The version before the action, if it is another by now.
    FromVersion,
    /// Something about the code that is governed.
    OfCode(CodeFact),
    /// What the action was given under this name.
    Argument(ArgumentName),
}

/// A condition: holds or does not, in every situation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Guard {
    /// The document is in one of these states.
    In(Vec<Status>),
    /// The actor is the responsible user.
    Owner,
    /// The actor wrote some of the text since it was last approved.
    Author,
    /// The actor belongs to one of these groups.
    Group(Vec<Group>),
    /// A workspace copy is held, perhaps by the actor.
    CheckedOut(Holder),
    /// Nobody is still awaited.
    AllAnswered,
    /// There is an outcome, and every one is this.
    Unanimous(Outcome),
    /// A member of this group gave an outcome.
    OutcomeFrom(Group),
    /// Every outcome was given since the text last changed.
    OutcomesCurrent,
    /// The version is this or higher.
    VersionAtLeast(Version),
    /// The version is lower than this.
    VersionBelow(Version),
    /// The document is in this phase.
    Phase(Phase),
    /// The document bears this mark.
    Mark(Mark),
    /// The command was given these arguments.
    Given(Vec<ArgumentName>),
    /// No document names this one as its parent.
    Childless,
    /// One of those named is not asked yet.
    UnaskedNamed,
    /// The text at this place disagrees with the record.
    Flawed(Place),
    /// The parent is in one of these states.
    Parent(Vec<Status>),
    /// Governance of code finds this.
    Shown(Evidence),
}

impl Guard {
    /// Tells whether it asks how the actor relates to the document: owns it, wrote it, holds it.
    #[must_use]
    pub fn relates_the_actor(&self) -> bool {
        matches!(
            self,
            Self::Owner | Self::Author | Self::CheckedOut(Holder::Actor)
        )
    }

    /// Returns what governance of code is asked to find, where it asks that.
    #[must_use]
    pub fn evidence(&self) -> Option<&Evidence> {
        let Self::Shown(evidence) = self else {
            return None;
        };
        Some(evidence)
    }

    /// Returns the groups it names.
    #[must_use]
    pub fn groups(&self) -> &[Group] {
        match self {
            Self::Group(groups) => groups,
            Self::OutcomeFrom(group) => std::slice::from_ref(group),
            Self::In(_)
            | Self::Owner
            | Self::Author
            | Self::CheckedOut(_)
            | Self::AllAnswered
            | Self::Unanimous(_)
            | Self::OutcomesCurrent
            | Self::VersionAtLeast(_)
            | Self::VersionBelow(_)
            | Self::Phase(_)
            | Self::Mark(_)
            | Self::Given(_)
            | Self::Childless
            | Self::UnaskedNamed
            | Self::Flawed(_)
            | Self::Parent(_)
            | Self::Shown(_) => &[],
        }
    }
}

/// Who must hold the copy.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holder {
    /// Anybody.
    Anyone,
    /// The actor.
    Actor,
}

/// A guard, or its contrary, as it stands after `require`, `if` or `hold`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Condition {
    /// The guard.
    pub guard: Guard,
    /// Whether it must hold.
    pub wanted: bool,
    /// What to say instead of the guard's own reason.
    pub otherwise: Option<String>,
    /// Where it stands.
    pub origin: Origin,
}

/// Which number of the version grows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    /// The number of approvals.
    Major,
    /// The revision.
    Minor,
}

/// Who is no longer awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Whom {
    /// Who acts.
    Actor,
    /// Everyone who was asked.
    Everyone,
}

/// Something done on the way.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The content of one place now lies at another too.
    Copy(Place, Place),
    /// The content of one place now lies at another, and no longer there.
    Move(Place, Place),
    /// The place is empty.
    Remove(Place),
    /// The content is kept under its version, once nobody writes on it.
    Archive(Place),
    /// The document and the copy being written get the next version.
    Bump(Part),
    /// The actor is the owner.
    SetOwner,
    /// The document is in this phase.
    SetPhase(Phase),
    /// The document bears this mark.
    SetMark(Mark),
    /// The present version is the one in force.
    SetEffectiveVersion,
    /// Nobody is the owner.
    ClearOwner,
    /// The document no longer bears this mark.
    ClearMark(Mark),
    /// No answer counts any longer.
    ClearOutcomes,
    /// Those named are asked, or else everyone of a group.
    AskNamed(Option<Group>),
    /// They are no longer awaited.
    Dismiss(Whom),
    /// The actor's answer is kept.
    RecordOutcome,
    /// The event is appended, with words that stand as they are.
    Log(EventName, Vec<(String, String)>),
    /// The flaws of the text are mended.
    Repair(Place),
    /// A sentence for the person.
    Tell(String),
    /// The document and all its traces go.
    Erase,
}

impl Effect {
    /// Tells whether it takes in the copy that somebody has taken for writing.
    #[must_use]
    pub fn takes_in(&self) -> bool {
        let is_copy = |place: &Place| *place == Place::Workspace;
        self.writes() && matches!(self, Self::Copy(from, _) | Self::Move(from, _) if is_copy(from))
    }

    /// Tells whether it puts a new text in the place of an older one, or the first there is.
    #[must_use]
    pub fn writes(&self) -> bool {
        match self {
            Self::Copy(from, to) | Self::Move(from, to) => {
                matches!(from, Place::Workspace | Place::Template)
                    && matches!(to, Place::Draft | Place::Issued)
            }
            Self::Repair(_) => true,
            Self::Remove(_)
            | Self::Archive(_)
            | Self::Bump(_)
            | Self::SetOwner
            | Self::SetPhase(_)
            | Self::SetMark(_)
            | Self::SetEffectiveVersion
            | Self::ClearOwner
            | Self::ClearMark(_)
            | Self::ClearOutcomes
            | Self::AskNamed(_)
            | Self::Dismiss(_)
            | Self::RecordOutcome
            | Self::Log(..)
            | Self::Tell(_)
            | Self::Erase => false,
        }
    }

    /// Returns the event it appends, where it appends one.
    #[must_use]
    pub fn logs(&self) -> Option<&EventName> {
        let Self::Log(event, _) = self else {
            return None;
        };
        Some(event)
    }
}

/// An effect, and where it stands.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// What is done.
    pub effect: Effect,
    /// Where it stands.
    pub origin: Origin,
}

/// Returns the fact of this name; every other name is that of an argument.
#[must_use]
pub fn fact(name: &str) -> Fact {
    FACTS.iter().find(|(word, _, _)| *word == name).map_or_else(
        || Fact::Argument(ArgumentName::new(name.to_owned())),
        |(_, _, fact)| fact.clone(),
    )
}

/// Returns the name of a fact.
#[must_use]
pub fn word_of(fact: &Fact) -> &str {
    if let Fact::Argument(name) = fact {
        return name.as_str();
    }
    let mut known = FACTS.iter();
    let word = known.find(|(_, _, other)| other == fact);
    word.map_or("", |(word, _, _)| word)
}

/// Returns the words of a table.
#[must_use]
pub fn words(table: &'static [(&'static str, &'static str)]) -> Vec<&'static str> {
    table.iter().map(|(word, _)| *word).collect()
}
