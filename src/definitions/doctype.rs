//! A document type: which life it has, what its ids look like, where it is kept, whose child it is.

use super::authoring::{Authoring, read_authored, unknown};
use super::codes;
use super::guard::read_condition;
use super::pattern::{Pattern, Piece};
use super::reader::{Reader, Word};
use super::report::Finding;
use super::source::Origin;
use super::tree::Node;
use super::vocabulary::Condition;
use super::workflow::Workflow;
use super::workflow_file::text;
use crate::model::{DoctypeName, EntryName, ReactionName, Verb, WorkflowName};

/// A document type.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Doctype {
    /// Its name, which is also that of its file.
    pub name: DoctypeName,
    /// What people call it.
    pub title: String,
    /// What it is for.
    pub purpose: String,
    /// Which life it has.
    pub workflow: WorkflowName,
    /// How it is born.
    pub entry: EntryName,
    /// How it is born when `init` plants it; none means it is not planted.
    pub seed: Option<EntryName>,
    /// Its name at the command line and in records.
    pub named: Pattern,
    /// What its ids look like.
    pub id: Pattern,
    /// Where it is kept.
    pub home: Home,
    /// How older repositories hold it.
    pub legacies: Vec<Legacy>,
    /// Whose child it is.
    pub child_of: Option<ChildOf>,
    /// What it does when its parent acts.
    pub reactions: Vec<WhenParent>,
    /// What its parent cannot do while it is open.
    pub blocks: Vec<BlocksParent>,
    /// How it is written, and from which template it is born.
    pub authoring: Authoring,
    /// What of a namespace's traceability its documents hold.
    pub traces: Option<(Traces, Origin)>,
    /// Where it stands.
    pub origin: Origin,
}

impl Doctype {
    /// Returns one of its documents, as a sentence speaks of it: a variance, an addendum.
    #[must_use]
    pub fn one(&self) -> String {
        let title = self.title.to_lowercase();
        let article = if title.starts_with(['a', 'e', 'i', 'o', 'u']) {
            "an"
        } else {
            "a"
        };
        format!("{article} {title}")
    }
}

impl Doctype {
    /// Returns the type that the code of test environments has, by the workflow it lives.
    #[must_use]
    pub fn of_code(workflow: &Workflow) -> Self {
        let name = workflow.name.as_str();
        let literal = |text: String| Pattern {
            pieces: vec![Piece::Literal(text)],
        };
        // Its names are not read by this pattern: they are those of systems and their test environments.
        let id = literal(name.to_ascii_uppercase());
        let entry = workflow.entries.first();
        Self {
            name: DoctypeName::new(name.to_owned()),
            title: workflow.title.clone(),
            purpose: "The code of a test environment.".to_owned(),
            workflow: workflow.name.clone(),
            entry: entry.map_or_else(|| EntryName::new(""), |entry| entry.name.clone()),
            seed: None,
            named: literal(name.to_owned()),
            home: Home::In(id.clone()),
            authoring: Authoring {
                template: id.clone(),
                otherwise: None,
                interview: None,
            },
            id,
            legacies: Vec::new(),
            child_of: None,
            reactions: Vec::new(),
            blocks: Vec::new(),
            traces: None,
            origin: Origin::NOWHERE,
        }
    }
}

/// What the documents of a type hold for the traceability of their namespace.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Traces {
    /// The requirements: table rows that begin with an id.
    Requirements,
    /// The tests that verify them: table rows that begin with the id of a requirement.
    Tests,
}

impl Traces {
    /// How each is written.
    pub const WORDS: [(&'static str, Self); 2] =
        [("requirements", Self::Requirements), ("tests", Self::Tests)];

    /// Returns how it is written.
    #[must_use]
    pub fn word(self) -> &'static str {
        let mut words = Self::WORDS.iter();
        words
            .find(|(_, traces)| *traces == self)
            .map_or("", |(word, _)| word)
    }
}

/// Where the documents of a type are kept, below `QMS/`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Home {
    /// In a folder of this pattern.
    In(Pattern),
    /// In the folder of the oldest forebear.
    WithRootAncestor,
}

/// How older repositories hold documents of a type: read, never made anew.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Legacy {
    /// Another form of id.
    pub id: Option<Pattern>,
    /// Another folder.
    pub stored_in: Option<Pattern>,
    /// Another folder of records.
    pub recorded_in: Option<Pattern>,
}

/// Whose child a type is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ChildOf {
    /// The types its parent may be of.
    pub parents: Vec<(DoctypeName, Origin)>,
    /// Where its parent must stand.
    pub requires: Vec<Condition>,
}

/// What a document does when its parent acts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WhenParent {
    /// What the parent does.
    pub verb: Verb,
    /// What this document does then.
    pub reaction: ReactionName,
    /// Where it stands.
    pub origin: Origin,
}

/// What a parent cannot do while this document is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BlocksParent {
    /// What it cannot do.
    pub verb: Verb,
    /// Where it stands.
    pub origin: Origin,
}

const WORDS: &[&str] = &[
    "title",
    "purpose",
    "workflow",
    "named",
    "id",
    "stored-in",
    "stored-with",
    "legacy",
    "child-of",
    "when-parent",
    "blocks-parent",
    "authored",
    "traces",
];

/// The lines that stand once.
const ONCE: &[&str] = &[
    "title",
    "purpose",
    "workflow",
    "named",
    "id",
    "stored-in",
    "stored-with",
    "child-of",
    "authored",
    "traces",
];

/// What has been read of a type so far.
#[derive(Default)]
struct Found {
    title: String,
    purpose: String,
    life: Option<(WorkflowName, EntryName, Option<EntryName>)>,
    named: Option<Pattern>,
    id: Option<Pattern>,
    home: Option<Home>,
    legacies: Vec<Legacy>,
    child_of: Option<ChildOf>,
    reactions: Vec<WhenParent>,
    blocks: Vec<BlocksParent>,
    authoring: Option<Authoring>,
    traces: Option<(Traces, Origin)>,
}

/// Reads a doctype; complains and returns none where something it cannot be without is missing.
pub fn read_doctype(reader: &mut Reader<'_>, node: &Node) -> Option<Doctype> {
    reader.only_properties(node, &[]);
    reader.once(node, ONCE);
    let name = reader.single(node, "a name")?;
    let mut found = Found::default();
    for child in node.children.iter() {
        read_line(reader, child, &mut found);
    }
    let named = match found.named {
        Some(pattern) => Some(pattern),
        None => pattern(reader, &name),
    };
    // What stands there and could not be read has been complained about.
    let lacks = |words: &[&str]| {
        !node
            .children
            .iter()
            .any(|line| words.contains(&line.name.as_ref()))
    };
    for (missing, what) in [
        (lacks(&["workflow"]), "`workflow`"),
        (lacks(&["id"]), "`id`"),
        (
            lacks(&["stored-in", "stored-with"]),
            "`stored-in` or `stored-with`",
        ),
        (lacks(&["authored"]), "`authored`"),
    ] {
        if missing {
            reader.missing(node, what);
        }
    }
    let (workflow, entry, seed) = found.life?;
    Some(Doctype {
        origin: name.origin,
        name: DoctypeName::new(name.text),
        title: found.title,
        purpose: found.purpose,
        workflow,
        entry,
        seed,
        named: named?,
        id: found.id?,
        home: found.home?,
        legacies: found.legacies,
        child_of: found.child_of,
        reactions: found.reactions,
        blocks: found.blocks,
        authoring: found.authoring?,
        traces: found.traces,
    })
}

fn read_line(reader: &mut Reader<'_>, node: &Node, found: &mut Found) {
    match node.name.as_ref() {
        "title" => found.title = text(reader, node),
        "purpose" => found.purpose = text(reader, node),
        "workflow" => found.life = read_life(reader, node),
        "named" => found.named = single_pattern(reader, node),
        "id" => found.id = single_pattern(reader, node),
        "stored-in" => found.home = single_pattern(reader, node).map(Home::In),
        "stored-with" => found.home = read_stored_with(reader, node),
        "legacy" => found.legacies.extend(read_legacy(reader, node)),
        "child-of" => found.child_of = Some(read_child_of(reader, node)),
        "when-parent" => found.reactions.extend(read_when_parent(reader, node)),
        "blocks-parent" => {
            reader.only_properties(node, &[]);
            reader.no_children(node);
            if let Some(verb) = reader.single(node, "a verb") {
                found.blocks.push(BlocksParent {
                    origin: verb.origin,
                    verb: Verb::new(verb.text),
                });
            }
        }
        "authored" => found.authoring = read_authored(reader, node),
        "traces" => found.traces = read_traces(reader, node),
        _ => reader.unknown_word(node, "a doctype", WORDS),
    }
}

fn read_life(
    reader: &mut Reader<'_>,
    node: &Node,
) -> Option<(WorkflowName, EntryName, Option<EntryName>)> {
    reader.only_properties(node, &["entry", "seed"]);
    reader.no_children(node);
    let workflow = reader.single(node, "a workflow")?;
    let entry = reader.required(node, "entry")?;
    let seed = reader.property(node, "seed");
    Some((
        WorkflowName::new(workflow.text),
        EntryName::new(entry.text),
        seed.map(|word| EntryName::new(word.text)),
    ))
}

fn single_pattern(reader: &mut Reader<'_>, node: &Node) -> Option<Pattern> {
    reader.only_properties(node, &[]);
    reader.no_children(node);
    let word = reader.single(node, "a pattern")?;
    pattern(reader, &word)
}

/// Reads a pattern; complains and returns none where it is none.
pub(super) fn pattern(reader: &mut Reader<'_>, word: &Word) -> Option<Pattern> {
    match Pattern::parse(&word.text) {
        Ok(pattern) => Some(pattern),
        Err(message) => {
            reader.complain(
                Finding::new(codes::BAD_PATTERN, word.origin, message).label("not a pattern"),
            );
            None
        }
    }
}

fn read_stored_with(reader: &mut Reader<'_>, node: &Node) -> Option<Home> {
    reader.only_properties(node, &[]);
    reader.no_children(node);
    let word = reader.single(node, "`root-ancestor`")?;
    super::guard::expect_word(reader, &word, "root-ancestor").map(|()| Home::WithRootAncestor)
}

fn read_legacy(reader: &mut Reader<'_>, node: &Node) -> Option<Legacy> {
    for word in reader.arguments(node) {
        reader.superfluous(&word);
    }
    reader.only_properties(node, &["id", "stored-in", "recorded-in"]);
    reader.no_children(node);
    let mut read = |name: &str| {
        let word = reader.property(node, name)?;
        pattern(reader, &word)
    };
    let legacy = Legacy {
        id: read("id"),
        stored_in: read("stored-in"),
        recorded_in: read("recorded-in"),
    };
    if node.entries.is_empty() {
        reader.missing(node, "`id=`, `stored-in=` or `recorded-in=`");
        return None;
    }
    Some(legacy)
}

fn read_child_of(reader: &mut Reader<'_>, node: &Node) -> ChildOf {
    reader.only_properties(node, &[]);
    let parents = reader
        .several(node, "a type")
        .into_iter()
        .map(|word| (DoctypeName::new(word.text), word.origin))
        .collect();
    let mut requires = Vec::new();
    for child in node.children.iter() {
        match child.name.as_ref() {
            "require" => requires.extend(read_condition(reader, child)),
            _ => reader.unknown_word(child, "`child-of`", &["require"]),
        }
    }
    ChildOf { parents, requires }
}

fn read_traces(reader: &mut Reader<'_>, node: &Node) -> Option<(Traces, Origin)> {
    reader.only_properties(node, &[]);
    reader.no_children(node);
    let word = reader.single(node, "`requirements` or `tests`")?;
    let mut known = Traces::WORDS.iter();
    if let Some((_, traces)) = known.find(|(name, _)| *name == word.text) {
        return Some((*traces, word.origin));
    }
    unknown(reader, &word, &Traces::WORDS.map(|(name, _)| name));
    None
}

fn read_when_parent(reader: &mut Reader<'_>, node: &Node) -> Option<WhenParent> {
    reader.only_properties(node, &["do"]);
    reader.no_children(node);
    let verb = reader.single(node, "a verb")?;
    let reaction = reader.required(node, "do")?;
    Some(WhenParent {
        origin: verb.origin,
        verb: Verb::new(verb.text),
        reaction: ReactionName::new(reaction.text),
    })
}

impl Doctype {
    /// Tells whether there is one such type for each namespace.
    #[must_use]
    pub fn is_namespaced(&self) -> bool {
        self.id.has(|piece| *piece == Piece::Namespace)
    }

    /// Tells whether its documents have a parent.
    #[must_use]
    pub fn is_child(&self) -> bool {
        self.id.has(|piece| *piece == Piece::Parent)
    }

    /// Tells whether its documents bear a name given at creation.
    #[must_use]
    pub fn is_named(&self) -> bool {
        self.id.has(|piece| *piece == Piece::Name)
    }
}
