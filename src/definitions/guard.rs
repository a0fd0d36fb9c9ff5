//! A node after `require`, `if` or `hold`, read as a guard.

use super::codes;
use super::reader::{Reader, Word};
use super::report::{Finding, did_you_mean};
use super::tree::Node;
use super::vocabulary::{Condition, Evidence, GUARDS, Guard, Holder, words};
use crate::model::{
    ArgumentName, DoctypeName, Group, Mark, Outcome, Phase, Place, Status, Version,
};

/// Reads a condition; complains and returns none where it is no guard.
pub fn read_condition(reader: &mut Reader<'_>, node: &Node) -> Option<Condition> {
    reader.no_children(node);
    let mut arguments = reader.arguments(node).into_iter();
    let mut first = arguments.next();
    let wanted = first.as_ref().is_none_or(|word| word.text != "not");
    if !wanted {
        first = arguments.next();
    }
    let Some(word) = first else {
        reader.missing(node, "a guard");
        return None;
    };
    let rest: Vec<Word> = arguments.collect();
    let otherwise = reader
        .property(node, "else")
        .map(|word| word.text.into_owned());
    let guard = read_guard(reader, node, &word, rest)?;
    Some(Condition {
        guard,
        wanted,
        otherwise,
        origin: word.origin,
    })
}

fn read_guard(reader: &mut Reader<'_>, node: &Node, word: &Word, rest: Vec<Word>) -> Option<Guard> {
    let properties: &[&str] = match word.text.as_ref() {
        "checked-out" => &["else", "by"],
        "version" => &["else", "at-least", "below"],
        "documents" => &["else", "in"],
        _ => &["else"],
    };
    reader.only_properties(node, properties);
    let mut words = Rest {
        node,
        name: word,
        words: rest.into_iter(),
    };
    let guard = match word.text.as_ref() {
        "in" => Guard::In(words.all(reader, Status::new)?),
        "owner" => Guard::Owner,
        "author" => Guard::Author,
        "group" => Guard::Group(words.all(reader, Group::new)?),
        "checked-out" => Guard::CheckedOut(read_holder(reader, node)?),
        "all-answered" => Guard::AllAnswered,
        "unanimous" => Guard::Unanimous(Outcome::new(words.one(reader)?.text)),
        "outcome-from" => Guard::OutcomeFrom(Group::new(words.one(reader)?.text)),
        "outcomes-current" => Guard::OutcomesCurrent,
        "version" => read_bound(reader, node)?,
        "phase" => Guard::Phase(Phase::new(words.one(reader)?.text)),
        "mark" => Guard::Mark(Mark::new(words.one(reader)?.text)),
        "given" => Guard::Given(words.all(reader, ArgumentName::new)?),
        "childless" => Guard::Childless,
        "unasked" => {
            let word = words.one(reader)?;
            expect_word(reader, &word, "named")?;
            Guard::UnaskedNamed
        }
        "flawed" => {
            let word = words.one(reader)?;
            Guard::Flawed(place(reader, &word)?)
        }
        "parent" => Guard::Parent(words.all(reader, Status::new)?),
        "references-resolve" => Guard::Shown(Evidence::ReferencesResolve),
        "in-test" => Guard::Shown(Evidence::InTest),
        "merged" => Guard::Shown(Evidence::Merged),
        "identical" => Guard::Shown(Evidence::Identical),
        "passed" => Guard::Shown(Evidence::Passed(words.argument(reader)?)),
        "authorised" => Guard::Shown(Evidence::Authorised(words.argument(reader)?)),
        "documents" => {
            let types = words.all(reader, DoctypeName::new)?;
            let state = reader.required(node, "in")?;
            Guard::Shown(Evidence::Documents(types, Status::new(state.text)))
        }
        other => {
            let known = self::words(GUARDS);
            reader.complain(
                Finding::new(
                    codes::UNKNOWN_GUARD,
                    word.origin,
                    format!("`{other}` is not a guard"),
                )
                .label("no such guard")
                .maybe_help(did_you_mean(other, known.iter().copied()))
                .maybe_help(Some(format!("the guards are: {}", known.join(", ")))),
            );
            return None;
        }
    };
    for word in words.words {
        reader.superfluous(&word);
    }
    Some(guard)
}

/// The words after a guard's own.
struct Rest<'n, I: Iterator<Item = Word>> {
    node: &'n Node,
    name: &'n Word,
    words: I,
}

impl<I: Iterator<Item = Word>> Rest<'_, I> {
    fn one(&mut self, reader: &mut Reader<'_>) -> Option<Word> {
        let next = self.words.next();
        if next.is_none() {
            reader.missing(self.node, &format!("a word after `{}`", self.name.text));
        }
        next
    }

    fn argument(&mut self, reader: &mut Reader<'_>) -> Option<ArgumentName> {
        Some(ArgumentName::new(self.one(reader)?.text))
    }

    fn all<T>(
        &mut self,
        reader: &mut Reader<'_>,
        name: impl Fn(std::borrow::Cow<'static, str>) -> T,
    ) -> Option<Vec<T>> {
        let first = self.one(reader)?;
        let rest = self.words.by_ref();
        Some(
            std::iter::once(first)
                .chain(rest)
                .map(|word| name(word.text))
                .collect(),
        )
    }
}

fn read_holder(reader: &mut Reader<'_>, node: &Node) -> Option<Holder> {
    let Some(word) = reader.property(node, "by") else {
        return Some(Holder::Anyone);
    };
    expect_word(reader, &word, "actor")?;
    Some(Holder::Actor)
}

fn read_bound(reader: &mut Reader<'_>, node: &Node) -> Option<Guard> {
    let at_least = reader.property(node, "at-least");
    let below = reader.property(node, "below");
    let bound = |reader: &mut Reader<'_>, word: &Word, guard: fn(Version) -> Guard| {
        reader.version(word).map(guard)
    };
    match (at_least, below) {
        (Some(word), None) => bound(reader, &word, Guard::VersionAtLeast),
        (None, Some(word)) => bound(reader, &word, Guard::VersionBelow),
        _ => {
            reader.missing(node, "either `at-least=` or `below=`");
            None
        }
    }
}

/// Reads the name of a place.
pub fn place(reader: &mut Reader<'_>, word: &Word) -> Option<Place> {
    let found = Place::WORDS
        .iter()
        .find(|(name, _)| *name == word.text)
        .map(|(_, place)| *place);
    if found.is_none() {
        let known: Vec<_> = Place::WORDS.iter().map(|(name, _)| *name).collect();
        reader.complain(
            Finding::new(
                codes::UNKNOWN_PLACE,
                word.origin,
                format!("`{}` is not a place", word.text),
            )
            .label("no such place")
            .maybe_help(did_you_mean(&word.text, known.iter().copied()))
            .maybe_help(Some(format!("the places are: {}", known.join(", ")))),
        );
    }
    found
}

/// Complains unless a word is the only one that can stand there.
pub fn expect_word(reader: &mut Reader<'_>, word: &Word, expected: &str) -> Option<()> {
    if word.text == expected {
        return Some(());
    }
    reader.complain(
        Finding::new(
            codes::UNKNOWN_WORD,
            word.origin,
            format!("`{}` means nothing here", word.text),
        )
        .label("unknown word")
        .help(format!("here stands: {expected}")),
    );
    None
}
