//! A node read as an effect.

use super::codes;
use super::guard::{expect_word, place};
use super::reader::{Reader, Word};
use super::report::{Finding, did_you_mean};
use super::tree::Node;
use super::vocabulary::{Effect, Line, Part, Whom};
use crate::model::{EventName, Group, Mark, Phase, Place};

/// Reads an effect; complains and returns none where the node is a faulty one.
pub fn read_effect(reader: &mut Reader<'_>, node: &Node) -> Option<Line> {
    reader.no_children(node);
    let effect = match node.name.as_ref() {
        "copy" => read_transfer(reader, node).map(|(from, to)| Effect::Copy(from, to)),
        "move" => read_transfer(reader, node).map(|(from, to)| Effect::Move(from, to)),
        "remove" => read_place(reader, node).map(Effect::Remove),
        "archive" => read_place(reader, node).map(Effect::Archive),
        "repair" => read_place(reader, node).map(Effect::Repair),
        "bump" => read_bump(reader, node),
        "set" => read_set(reader, node),
        "clear" => read_clear(reader, node),
        "ask" => read_ask(reader, node),
        "dismiss" => read_dismiss(reader, node),
        "record" => {
            let word = read_word(reader, node, "`outcome`")?;
            expect_word(reader, &word, "outcome").map(|()| Effect::RecordOutcome)
        }
        "log" => read_log(reader, node),
        "tell" => {
            read_word(reader, node, "a sentence").map(|word| Effect::Tell(word.text.into_owned()))
        }
        "erase" => {
            reader.nothing_more(node);
            Some(Effect::Erase)
        }
        _ => None,
    }?;
    Some(Line {
        effect,
        origin: reader.origin(node),
    })
}

fn read_word(reader: &mut Reader<'_>, node: &Node, what: &str) -> Option<Word> {
    reader.only_properties(node, &[]);
    reader.single(node, what)
}

fn read_place(reader: &mut Reader<'_>, node: &Node) -> Option<Place> {
    let word = read_word(reader, node, "a place")?;
    place(reader, &word)
}

fn read_transfer(reader: &mut Reader<'_>, node: &Node) -> Option<(Place, Place)> {
    reader.only_properties(node, &["to"]);
    let from = reader.single(node, "a place")?;
    let to = reader.required(node, "to")?;
    Some((place(reader, &from)?, place(reader, &to)?))
}

fn read_bump(reader: &mut Reader<'_>, node: &Node) -> Option<Effect> {
    let word = read_word(reader, node, "`major` or `minor`")?;
    match word.text.as_ref() {
        "major" => Some(Effect::Bump(Part::Major)),
        "minor" => Some(Effect::Bump(Part::Minor)),
        _ => unknown(reader, &word, &["major", "minor"]),
    }
}

fn read_set(reader: &mut Reader<'_>, node: &Node) -> Option<Effect> {
    reader.only_properties(node, &[]);
    let mut words = reader.several(node, "what is set").into_iter();
    let what = words.next()?;
    let effect = match what.text.as_ref() {
        "effective-version" => Some(Effect::SetEffectiveVersion),
        "owner" => {
            let actor = next(reader, node, &mut words, "`actor`")?;
            expect_word(reader, &actor, "actor").map(|()| Effect::SetOwner)
        }
        "phase" => next(reader, node, &mut words, "a phase")
            .map(|word| Effect::SetPhase(Phase::new(word.text))),
        "mark" => next(reader, node, &mut words, "a mark")
            .map(|word| Effect::SetMark(Mark::new(word.text))),
        _ => unknown(
            reader,
            &what,
            &["owner", "phase", "mark", "effective-version"],
        ),
    };
    for word in words {
        reader.superfluous(&word);
    }
    effect
}

fn read_clear(reader: &mut Reader<'_>, node: &Node) -> Option<Effect> {
    reader.only_properties(node, &[]);
    let mut words = reader.several(node, "what is cleared").into_iter();
    let what = words.next()?;
    let effect = match what.text.as_ref() {
        "owner" => Some(Effect::ClearOwner),
        "outcomes" => Some(Effect::ClearOutcomes),
        "mark" => next(reader, node, &mut words, "a mark")
            .map(|word| Effect::ClearMark(Mark::new(word.text))),
        _ => unknown(reader, &what, &["owner", "mark", "outcomes"]),
    };
    for word in words {
        reader.superfluous(&word);
    }
    effect
}

fn read_ask(reader: &mut Reader<'_>, node: &Node) -> Option<Effect> {
    reader.only_properties(node, &["else"]);
    let word = reader.single(node, "`named`")?;
    expect_word(reader, &word, "named")?;
    let otherwise = reader.property(node, "else");
    Some(Effect::AskNamed(
        otherwise.map(|word| Group::new(word.text)),
    ))
}

fn read_dismiss(reader: &mut Reader<'_>, node: &Node) -> Option<Effect> {
    let word = read_word(reader, node, "`actor` or `everyone`")?;
    match word.text.as_ref() {
        "actor" => Some(Effect::Dismiss(Whom::Actor)),
        "everyone" => Some(Effect::Dismiss(Whom::Everyone)),
        _ => unknown(reader, &word, &["actor", "everyone"]),
    }
}

fn read_log(reader: &mut Reader<'_>, node: &Node) -> Option<Effect> {
    let event = reader.single(node, "an event")?;
    let words = reader
        .properties(node)
        .into_iter()
        .map(|(key, word)| (key.into_owned(), word.text.into_owned()))
        .collect();
    Some(Effect::Log(EventName::new(event.text), words))
}

fn next(
    reader: &mut Reader<'_>,
    node: &Node,
    words: &mut impl Iterator<Item = Word>,
    what: &str,
) -> Option<Word> {
    let word = words.next();
    if word.is_none() {
        reader.missing(node, what);
    }
    word
}

fn unknown(reader: &mut Reader<'_>, word: &Word, known: &[&str]) -> Option<Effect> {
    reader.complain(
        Finding::new(
            codes::UNKNOWN_WORD,
            word.origin,
            format!("`{}` means nothing here", word.text),
        )
        .label("unknown word")
        .maybe_help(did_you_mean(&word.text, known.iter().copied()))
        .maybe_help(Some(format!("here may stand: {}", known.join(", ")))),
    );
    None
}
