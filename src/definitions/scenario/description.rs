//! How a document stands, as a story says it: after `then` to be compared, after `document` to begin with.

use crate::definitions::codes;
use crate::definitions::guard::place;
use crate::definitions::reader::{Reader, Word};
use crate::definitions::report::Finding;
use crate::definitions::source::Origin;
use crate::definitions::tree::Node;
use crate::model::{Answer, EventName, Mark, Phase, Place, Status, UserName, Version};

/// How a document stands, as far as it is said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Description {
    /// Its id.
    pub id: String,
    /// What is said of it, each aspect once.
    pub looks: Vec<Look>,
    /// Where the id stands.
    pub origin: Origin,
}

/// One thing that is said of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Look {
    /// What.
    pub aspect: Aspect,
    /// Where.
    pub origin: Origin,
}

/// What can be said of a document; lists are complete.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Aspect {
    /// Where it stands.
    Status(Status),
    /// Its version.
    Version(Version),
    /// Whose it is.
    Owner(Option<UserName>),
    /// Its phase.
    Phase(Phase),
    /// The version in force.
    Effective(Option<Version>),
    /// Who holds the copy for writing.
    CheckedOut(Option<UserName>),
    /// Who is still to answer.
    Awaits(Vec<UserName>),
    /// Who answered what, in the words on disk.
    Answered(Vec<(UserName, Answer)>),
    /// Which files there are.
    Holds(Vec<Place>),
    /// Which versions are archived.
    Archived(Vec<Version>),
    /// In which folder below `QMS/` it lies.
    Home(String),
    /// Which marks it bears.
    Marks(Vec<Mark>),
    /// What happened since it was last looked at: `EVENT V` or `EVENT V from V`.
    Trail(Vec<String>),
    /// What the last line of an event holds besides when, who and version.
    Recorded(EventName, Vec<(String, String)>),
}

const PROPERTIES: &[&str] = &["status", "version", "owner", "phase", "effective"];
const GIVEN_WORDS: &[&str] = &["checked-out", "awaits", "answered", "holds", "archived"];
const THEN_WORDS: &[&str] = &[
    "checked-out",
    "awaits",
    "answered",
    "holds",
    "archived",
    "home",
    "marks",
    "trail",
    RECORDED,
];

/// The word that may stand for several lines of a trail.
const RECORDED: &str = "recorded";

const NOBODY: &str = "nobody";
const NOTHING: &str = "nothing";

impl Description {
    /// Reads `then`.
    pub(super) fn read_then(reader: &mut Reader<'_>, node: &Node) -> Option<Self> {
        Self::read(reader, node, THEN_WORDS)
    }

    /// Reads a record of older days, which must say where it stands.
    pub(super) fn read_given(reader: &mut Reader<'_>, node: &Node) -> Option<Self> {
        reader.required(node, "status")?;
        Self::read(reader, node, GIVEN_WORDS)
    }

    fn read(reader: &mut Reader<'_>, node: &Node, words: &[&str]) -> Option<Self> {
        reader.only_properties(node, PROPERTIES);
        let id = reader.single(node, "an id")?;
        let mut looks = Vec::new();
        for (name, word) in reader.properties(node) {
            let origin = word.origin;
            let aspect = read_property(reader, &name, word);
            looks.extend(aspect.map(|aspect| Look { aspect, origin }));
        }
        let mut seen = Vec::new();
        for child in node.children.iter() {
            if !words.contains(&child.name.as_ref()) {
                reader.unknown_word(child, &format!("`{}`", node.name), words);
                continue;
            }
            if seen.contains(&&child.name) && child.name != RECORDED {
                said_twice(reader, child);
            }
            seen.push(&child.name);
            let origin = reader.origin(child);
            let aspect = read_list(reader, child);
            looks.extend(aspect.map(|aspect| Look { aspect, origin }));
        }
        Some(Self {
            id: id.text.into_owned(),
            looks,
            origin: id.origin,
        })
    }
}

fn read_property(reader: &mut Reader<'_>, name: &str, word: Word) -> Option<Aspect> {
    match name {
        "status" => Some(Aspect::Status(Status::new(word.text))),
        "version" => reader.version(&word).map(Aspect::Version),
        "owner" => Some(Aspect::Owner(person(word))),
        "phase" => Some(Aspect::Phase(Phase::new(word.text))),
        "effective" if word.text == NOTHING => Some(Aspect::Effective(None)),
        "effective" => reader
            .version(&word)
            .map(|version| Aspect::Effective(Some(version))),
        // An unknown one has been complained of.
        _ => None,
    }
}

fn read_list(reader: &mut Reader<'_>, node: &Node) -> Option<Aspect> {
    reader.no_children(node);
    if node.name == "checked-out" {
        for word in reader.arguments(node) {
            reader.superfluous(&word);
        }
        reader.only_properties(node, &["by"]);
        let holder = reader.required(node, "by")?;
        return Some(Aspect::CheckedOut(person(holder)));
    }
    if node.name == RECORDED {
        let event = EventName::new(reader.single(node, "an event")?.text);
        let facts = reader.properties(node).into_iter();
        let facts = facts.map(|(key, word)| (key.into_owned(), word.text.into_owned()));
        return Some(Aspect::Recorded(event, facts.collect()));
    }
    if node.name == "answered" {
        return Some(Aspect::Answered(answers(reader, node)));
    }
    reader.only_properties(node, &[]);
    match node.name.as_ref() {
        "marks" => {
            let words = unless_none(reader, node, NOTHING).into_iter();
            Some(Aspect::Marks(
                words.map(|word| Mark::new(word.text)).collect(),
            ))
        }
        "home" => reader
            .single(node, "a folder below `QMS/`")
            .map(|word| Aspect::Home(word.text.into_owned())),
        "awaits" => {
            let words = unless_none(reader, node, NOBODY);
            Some(Aspect::Awaits(
                words
                    .into_iter()
                    .map(|word| UserName::new(word.text))
                    .collect(),
            ))
        }
        "holds" => {
            let words = unless_none(reader, node, NOTHING);
            let places = words.iter().filter_map(|word| file(reader, word));
            Some(Aspect::Holds(places.collect()))
        }
        "archived" => {
            let words = unless_none(reader, node, NOTHING);
            let versions = words.iter().filter_map(|word| reader.version(word));
            Some(Aspect::Archived(versions.collect()))
        }
        "trail" => {
            let words = reader.arguments(node);
            let lines = words.iter().filter_map(|word| trail_line(reader, word));
            Some(Aspect::Trail(lines.collect()))
        }
        _ => None,
    }
}

/// Returns who answered what: `NAME=ANSWER` for each, or the word for nobody.
fn answers(reader: &mut Reader<'_>, node: &Node) -> Vec<(UserName, Answer)> {
    let properties = reader.properties(node).into_iter();
    let answers =
        properties.map(|(name, word)| (UserName::new(name), Answer::new(word.text.into_owned())));
    let answers: Vec<_> = answers.collect();
    let words = reader.arguments(node);
    if answers.is_empty() && words.is_empty() {
        reader.missing(node, "who answered what, or `nobody`");
    }
    for word in words {
        if word.text != NOBODY || !answers.is_empty() {
            reader.superfluous(&word);
        }
    }
    answers
}

/// Returns the words of a list; the word for none stands alone.
fn unless_none(reader: &mut Reader<'_>, node: &Node, empty: &str) -> Vec<Word> {
    let words = reader.several(node, &format!("what is to be there, or `{empty}`"));
    if words.iter().any(|word| word.text == empty) {
        for word in words.iter().filter(|word| word.text != empty) {
            reader.superfluous(word);
        }
        return Vec::new();
    }
    words
}

fn person(word: Word) -> Option<UserName> {
    (word.text != NOBODY).then(|| UserName::new(word.text))
}

/// Reads a place where a file may lie.
fn file(reader: &mut Reader<'_>, word: &Word) -> Option<Place> {
    let place = place(reader, word)?;
    match place {
        Place::Draft | Place::Issued => Some(place),
        Place::Template | Place::Workspace => {
            let message = format!("`{}` is no file of a document", word.text);
            reader.complain(
                Finding::new(codes::UNKNOWN_WORD, word.origin, message)
                    .label("not a file of a document")
                    .help("here may stand: draft, issued, nothing; who holds a copy says `checked-out by=`"),
            );
            None
        }
    }
}

/// Reads `EVENT V` or `EVENT V from V`, and returns it in one form.
fn trail_line(reader: &mut Reader<'_>, word: &Word) -> Option<String> {
    let parts: Vec<&str> = word.text.split_whitespace().collect();
    let versions = match parts.as_slice() {
        [_, version] => vec![version],
        [_, version, "from", before] => vec![version, before],
        _ => Vec::new(),
    };
    let sound = !versions.is_empty()
        && versions
            .iter()
            .all(|version| version.parse::<Version>().is_ok());
    if sound {
        return Some(parts.join(" "));
    }
    reader.complain(
        Finding::new(
            codes::BAD_EVENT,
            word.origin,
            format!("`{}` is no line of a trail", word.text),
        )
        .label("not a line of a trail")
        .help(
            "a line is an event and its version, such as \"BEGUN 0.1\" or \"TAKEN 1.1 from 1.0\"",
        ),
    );
    None
}

/// Complains about a word that stood before.
pub(super) fn said_twice(reader: &mut Reader<'_>, node: &Node) {
    let message = format!("`{}` is said twice", node.name);
    let finding =
        Finding::new(codes::SAID_TWICE, reader.origin(node), message).label("said before");
    reader.complain(finding);
}
