//! What each word of a definition names, so that it can be swapped for another of the same kind.

use kdl::KdlNode;

/// What a word names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    /// A state.
    State,
    /// An event of the trail.
    Event,
    /// Where a text lies.
    Place,
    /// A group.
    Group,
    /// A verb.
    Verb,
    /// What a verb is about: `review` in `route review`.
    Variant,
    /// A verdict.
    Outcome,
    /// A mark.
    Mark,
    /// A phase.
    Phase,
    /// The kind of a task.
    Task,
    /// A stage of judging.
    Stage,
    /// What an event records.
    Fact,
    /// What a record remembers of its birth.
    Remembered,
    /// An entry of a workflow.
    Entry,
    /// A workflow.
    Workflow,
    /// A reaction.
    Reaction,
    /// A type of documents.
    Doctype,
    /// What a command is given.
    Argument,
    /// A command that writes by itself.
    Command,
    /// `owner`, `assignee`, `holder`.
    Limit,
    /// `major`, `minor`.
    Part,
    /// `actor`, `everyone`.
    Whom,
    /// `freely`, `interactively`.
    Manner,
    /// What a flawed line should be.
    Remedy,
    /// A version.
    Version,
    /// `#true`, `#false`.
    Flag,
    /// A pattern, a path, a stored word: nothing else is like it.
    Name,
    /// Somebody.
    User,
    /// Words for people: no rule is in them.
    Prose,
    /// A word of the language that has no other in its place.
    Fixed,
}

/// The words of the language that stand for each other.
pub(crate) const LANGUAGE: &[(Kind, &[&str])] = &[
    (Kind::Place, &["draft", "issued", "workspace", "template"]),
    (Kind::Limit, &["owner", "assignee", "holder"]),
    (Kind::Part, &["major", "minor"]),
    (Kind::Whom, &["actor", "everyone"]),
    (Kind::Manner, &["freely", "interactively"]),
    (Kind::Command, &["doctor", "migrate"]),
    (Kind::Remedy, &["effective-version", "effective-date"]),
    (Kind::Remembered, &["parent", "id", "title"]),
    (
        Kind::Fact,
        &["title", "stage", "outcome", "from_status", "to_status"],
    ),
];

/// Statements whose words are for people only.
pub(crate) const PROSE: &[&str] = &["title", "purpose", "tell"];

/// Words that begin a statement, and the one that means the contrary or the like.
pub(crate) const OPPOSITES: &[(&str, &str)] = &[
    ("copy", "move"),
    ("move", "copy"),
    ("archive", "remove"),
    ("remove", "archive"),
];

/// Returns what the argument of this index names.
pub(crate) fn of_argument(node: &KdlNode, index: usize) -> Kind {
    let first = |kind| if index == 0 { kind } else { Kind::Prose };
    let route = |kind| if index == 0 { kind } else { Kind::Variant };
    match node.name().value() {
        "state" => first(Kind::State),
        "event" => first(Kind::Event),
        "outcome" => first(Kind::Outcome),
        "mark" => first(Kind::Mark),
        "phase" => first(Kind::Phase),
        "group" => first(Kind::Group),
        "from" | "in" | "entering" | "presumed-in" => Kind::State,
        "action" | "first" | "permit" => route(Kind::Verb),
        "awaits" | "doing" | "when-parent" => Kind::Verb,
        "copy" | "move" | "archive" | "remove" | "repair" => Kind::Place,
        "log" => Kind::Event,
        "records" => Kind::Fact,
        "entry" => Kind::Entry,
        "workflow" => Kind::Workflow,
        "reaction" => Kind::Reaction,
        "doctype" | "child-of" => Kind::Doctype,
        "bump" => Kind::Part,
        "dismiss" => Kind::Whom,
        "to" => Kind::Group,
        "only" => Kind::Limit,
        "members" => Kind::User,
        "authored" => Kind::Manner,
        "executable" => Kind::Flag,
        "id" | "named" | "stored-in" | "line" | "frontmatter-key" => Kind::Name,
        "set" | "clear" => match word(node, 0) {
            Some("mark") if index == 1 => Kind::Mark,
            Some("phase") if index == 1 => Kind::Phase,
            _ => Kind::Fixed,
        },
        "require" | "if" | "hold" => of_condition(node, index),
        "title" | "purpose" | "tell" | "invariant" | "flaw" => Kind::Prose,
        _ => Kind::Fixed,
    }
}

/// Returns what a word of a condition names.
fn of_condition(node: &KdlNode, index: usize) -> Kind {
    let begin = usize::from(word(node, 0) == Some("not"));
    if index <= begin {
        return Kind::Fixed;
    }
    match word(node, begin) {
        Some("in" | "parent") => Kind::State,
        Some("group" | "outcome-from") => Kind::Group,
        Some("unanimous") => Kind::Outcome,
        Some("phase") => Kind::Phase,
        Some("mark") => Kind::Mark,
        Some("flawed") => Kind::Place,
        Some("given") => Kind::Argument,
        _ => Kind::Fixed,
    }
}

/// Returns what a property names.
pub(crate) fn of_property(node: &KdlNode, name: &str) -> Kind {
    match (node.name().value(), name) {
        ("from" | "entry", "to") => Kind::State,
        ("copy" | "move", "to") => Kind::Place,
        ("ask", "else") | ("group", "inherits") => Kind::Group,
        ("require", "else") => Kind::Prose,
        ("awaits", "task") => Kind::Task,
        ("awaits", "stage") => Kind::Stage,
        ("entry", "version") | (_, "at-least" | "below") => Kind::Version,
        ("state", _) => Kind::Flag,
        ("event", "by") => Kind::Command,
        ("records", _) => Kind::Fact,
        ("remembers", _) => Kind::Remembered,
        ("workflow", "entry" | "seed") => Kind::Entry,
        ("when-parent", "do") => Kind::Reaction,
        ("legacy", "recorded-in") => Kind::Doctype,
        (_, "should-be") => Kind::Remedy,
        (_, "by" | "action") => Kind::Fixed,
        _ => Kind::Name,
    }
}

/// Tells whether a property can be left out, so that leaving it out is a change of its own.
pub(crate) fn is_optional(node: &KdlNode, name: &str) -> bool {
    match node.name().value() {
        "require" | "if" | "hold" => name == "by",
        "event" | "log" | "legacy" => true,
        "workflow" => name == "seed",
        "ask" | "authored" => name == "else",
        "group" => name == "inherits",
        "from" => name == "to",
        _ => false,
    }
}

/// Returns an argument as text.
pub(crate) fn word(node: &KdlNode, index: usize) -> Option<&str> {
    node.get(index).and_then(|value| value.as_string())
}
