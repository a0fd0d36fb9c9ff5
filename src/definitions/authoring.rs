//! How the documents of a type are written: freely, or by answering the questions of their template.

use super::codes;
use super::doctype::pattern;
use super::pattern::Pattern;
use super::reader::{Reader, Word};
use super::report::{Finding, did_you_mean};
use super::source::Origin;
use super::tree::Node;

/// How the documents of a type are written.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authoring {
    /// The id of the template they are born from.
    pub template: Pattern,
    /// The id of another, where there is none of the first.
    pub otherwise: Option<Pattern>,
    /// What their interview knows beforehand; none where they are written freely.
    pub interview: Option<Interview>,
}

/// What is known of a document that is written by answering, before anybody is asked (compatibility B.8).
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Interview {
    /// Each key of its metadata, in the order in which they are written.
    pub remembers: Vec<Remembered>,
}

/// A key of a record's metadata; also the placeholder that stands for it in the template.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Remembered {
    /// The key.
    pub key: String,
    /// What it holds.
    pub fact: Known,
    /// Where it stands.
    pub origin: Origin,
}

/// What is known of a document before anybody is asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Known {
    /// Its own id.
    Id,
    /// The id of its parent.
    Parent,
    /// Its title.
    Title,
}

impl Known {
    /// Every fact, by the word the definitions use.
    pub const WORDS: &[(&'static str, Self)] = &[
        ("id", Self::Id),
        ("parent", Self::Parent),
        ("title", Self::Title),
    ];
}

const FREELY: &str = "freely";
const INTERACTIVELY: &str = "interactively";

impl Authoring {
    /// Returns the patterns of the ids its template may have, the preferred first.
    pub fn templates(&self) -> impl Iterator<Item = &Pattern> {
        std::iter::once(&self.template).chain(&self.otherwise)
    }
}

/// Reads `authored`; complains and returns none where it cannot be read.
pub(super) fn read_authored(reader: &mut Reader<'_>, node: &Node) -> Option<Authoring> {
    reader.only_properties(node, &["template", "else"]);
    let manner = reader.single(node, "`freely` or `interactively`")?;
    let interview = match manner.text.as_ref() {
        FREELY => {
            reader.no_children(node);
            None
        }
        INTERACTIVELY => Some(read_interview(reader, node)),
        _ => {
            unknown(reader, &manner, &[FREELY, INTERACTIVELY]);
            return None;
        }
    };
    let template = reader.required(node, "template")?;
    let template = pattern(reader, &template)?;
    let otherwise = match reader.property(node, "else") {
        Some(word) => Some(pattern(reader, &word)?),
        None => None,
    };
    Some(Authoring {
        template,
        otherwise,
        interview,
    })
}

fn read_interview(reader: &mut Reader<'_>, node: &Node) -> Interview {
    let mut remembers: Vec<Remembered> = Vec::new();
    for line in node.children.iter() {
        if line.name != "remembers" {
            reader.unknown_word(line, "`authored`", &["remembers"]);
            continue;
        }
        reader.no_children(line);
        for word in reader.arguments(line) {
            reader.superfluous(&word);
        }
        for (key, word) in reader.properties(line) {
            let fact = Known::WORDS.iter().find(|(name, _)| *name == word.text);
            let Some((_, fact)) = fact else {
                let known: Vec<_> = Known::WORDS.iter().map(|(name, _)| *name).collect();
                unknown(reader, &word, &known);
                continue;
            };
            if remembers.iter().any(|earlier| earlier.key == key) {
                let message = format!("`{key}=` is said twice");
                reader.complain(
                    Finding::new(codes::SAID_TWICE, word.origin, message).label("said before"),
                );
                continue;
            }
            remembers.push(Remembered {
                key: key.into_owned(),
                fact: *fact,
                origin: word.origin,
            });
        }
    }
    Interview { remembers }
}

pub(super) fn unknown(reader: &mut Reader<'_>, word: &Word, known: &[&str]) {
    let finding = Finding::new(
        codes::UNKNOWN_WORD,
        word.origin,
        format!("`{}` means nothing here", word.text),
    )
    .label("unknown word")
    .maybe_help(did_you_mean(&word.text, known.iter().copied()))
    .maybe_help(Some(format!("here stands: {}", known.join(", "))));
    reader.complain(finding);
}
