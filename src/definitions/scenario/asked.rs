//! What somebody asks for in a story: the words after `when` and `refused`.

use super::description::said_twice;
use super::{Asked, Deed, GivenArgument};
use crate::definitions::permission::COMMANDS;
use crate::definitions::reader::{Reader, Word};
use crate::definitions::tree::Node;
use crate::model::{ActionName, Argument, ArgumentName, Outcome, UserName, Variant, Verb};

/// The verb by which a document is born; every other one is the rules'.
const BIRTH: &str = "create";

/// What a birth can be given.
const BIRTH_WORDS: &[&str] = &["title", "parent", "name"];

impl Asked {
    /// Reads who asks for what. After the verb stands the id, or a variant and the id; after `create` a type;
    /// after the words of a command, if need be, an id.
    pub(super) fn read(reader: &mut Reader<'_>, node: &Node, properties: &[&str]) -> Option<Self> {
        reader.only_properties(node, properties);
        let mut words = reader.several(node, "who, the verb and the id").into_iter();
        let actor = words.next().map(|word| UserName::new(word.text));
        let words: Vec<_> = words.collect();
        let deed = command_of(&words).or_else(|| deed_of(reader, words));
        let (Some(actor), Some(deed)) = (actor, deed) else {
            reader.missing(node, "who, the verb or the id");
            return None;
        };
        let arguments = match &deed {
            Deed::Command(..) => {
                reader.no_children(node);
                Vec::new()
            }
            Deed::Create(_) => read_arguments(reader, node, true),
            Deed::Act(..) => read_arguments(reader, node, false),
        };
        Some(Self {
            actor,
            deed,
            arguments,
            origin: reader.origin(node),
        })
    }
}

/// Returns the command that words are, alone or with an id behind them.
fn command_of(words: &[Word]) -> Option<Deed> {
    let command = |words: &[Word]| {
        let texts: Vec<_> = words.iter().map(|word| word.text.as_ref()).collect();
        let name = texts.join(" ");
        let (verb, variant) = (words.first()?, words.get(1));
        let is_command = name != BIRTH && COMMANDS.contains(&name.as_str());
        is_command.then(|| ActionName {
            verb: Verb::new(verb.text.clone().into_owned()),
            variant: variant.map(|word| Variant::new(word.text.clone().into_owned())),
        })
    };
    if let Some(name) = command(words) {
        return Some(Deed::Command(name, None));
    }
    let (id, words) = words.split_last()?;
    let id = id.text.clone().into_owned();
    command(words).map(|name| Deed::Command(name, Some(id)))
}

/// Returns the birth or the action that words are; none if there are too few.
fn deed_of(reader: &mut Reader<'_>, words: Vec<Word>) -> Option<Deed> {
    let mut words = words.into_iter();
    let (verb, second) = (words.next()?, words.next()?);
    let is_birth = verb.text == BIRTH;
    let third = if is_birth { None } else { words.next() };
    for word in words {
        reader.superfluous(&word);
    }
    if is_birth {
        return Some(Deed::Create(second.text.into_owned()));
    }
    let (variant, id) = match third {
        Some(id) => (Some(Variant::new(second.text)), id),
        None => (None, second),
    };
    let verb = Verb::new(verb.text);
    let name = ActionName { verb, variant };
    Some(Deed::Act(name, id.text.into_owned()))
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
