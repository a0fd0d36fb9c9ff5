//! What somebody asks for in a story: the words after `when` and `refused`.

use super::description::said_twice;
use super::{Asked, Deed, GivenArgument};
use crate::definitions::reader::{Reader, Word};
use crate::definitions::tree::Node;
use crate::model::{ActionName, Argument, ArgumentName, Outcome, UserName, Variant, Verb};

/// The verb by which a document is born; every other one is the rules'.
const BIRTH: &str = "create";

/// What a birth can be given.
const BIRTH_WORDS: &[&str] = &["title", "parent", "name"];

impl Asked {
    /// Reads who asks for what. After the verb stands the id, or a variant and the id; after `create` a type.
    pub(super) fn read(reader: &mut Reader<'_>, node: &Node, properties: &[&str]) -> Option<Self> {
        reader.only_properties(node, properties);
        let mut words = reader.several(node, "who, the verb and the id").into_iter();
        let (Some(actor), Some(verb), Some(second)) = (words.next(), words.next(), words.next())
        else {
            reader.missing(node, "who, the verb or the id");
            return None;
        };
        let is_birth = verb.text == BIRTH;
        let third = if is_birth { None } else { words.next() };
        for word in words {
            reader.superfluous(&word);
        }
        let deed = if is_birth {
            Deed::Create(second.text.into_owned())
        } else {
            deed_of(verb, second, third)
        };
        Some(Self {
            actor: UserName::new(actor.text),
            deed,
            arguments: read_arguments(reader, node, is_birth),
            origin: reader.origin(node),
        })
    }
}

fn deed_of(verb: Word, second: Word, third: Option<Word>) -> Deed {
    let (variant, id) = match third {
        Some(id) => (Some(Variant::new(second.text)), id),
        None => (None, second),
    };
    let verb = Verb::new(verb.text);
    Deed::Act(ActionName { verb, variant }, id.text.into_owned())
}

fn read_arguments(reader: &mut Reader<'_>, node: &Node, is_birth: bool) -> Vec<GivenArgument> {
    let mut arguments: Vec<GivenArgument> = Vec::new();
    for child in node.children.iter() {
        if is_birth && !BIRTH_WORDS.contains(&child.name.as_ref()) {
            reader.unknown_word(child, "`create`", BIRTH_WORDS);
            continue;
        }
        reader.only_properties(child, &[]);
        reader.no_children(child);
        let origin = reader.origin(child);
        let name = ArgumentName::new(child.name.clone());
        if arguments.iter().any(|known| known.name == name) {
            said_twice(reader, child);
        }
        if let Some(value) = read_argument(reader, child) {
            arguments.push(GivenArgument {
                name,
                value,
                origin,
            });
        }
    }
    arguments
}

/// Reads an argument: `assignees` are people, `outcome` is one; a word alone is a flag.
fn read_argument(reader: &mut Reader<'_>, node: &Node) -> Option<Argument> {
    match node.name.as_ref() {
        "assignees" => {
            let people = reader.arguments(node).into_iter();
            Some(Argument::People(
                people.map(|word| UserName::new(word.text)).collect(),
            ))
        }
        "outcome" => {
            let word = reader.single(node, "an outcome")?;
            Some(Argument::Outcome(Outcome::new(word.text)))
        }
        _ if node.entries.is_empty() => Some(Argument::Flag),
        _ => {
            let word = reader.single(node, "a text")?;
            Some(Argument::Text(word.text.into_owned()))
        }
    }
}
