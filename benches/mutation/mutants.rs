//! Definitions with one thing changed: a statement deleted, or one word of it another.

use std::collections::BTreeMap;
use std::ops::Range;

use kdl::{KdlDocument, KdlEntry, KdlNode};

use super::words::{Kind, LANGUAGE, OPPOSITES, PROSE, is_optional, of_argument, of_property, word};

/// What was done to a definition.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Deed {
    /// A statement is gone, with its block.
    Deleted,
    /// One word of a statement is another, or is gone.
    Changed,
}

/// A text of definitions with one thing changed.
#[derive(Clone, Debug)]
pub(crate) struct Mutant {
    /// The line the change is on, counted from one.
    pub(crate) line: usize,
    /// The line as it was.
    pub(crate) was: String,
    /// What was done.
    pub(crate) deed: Deed,
    /// What became what.
    pub(crate) what: String,
    /// Whether only words for people are touched.
    pub(crate) is_prose: bool,
    /// The whole text after the change.
    pub(crate) text: String,
}

/// The words of each kind, each once, in the order they stand.
pub(crate) type Pool = BTreeMap<Kind, Vec<String>>;

/// Returns the words of texts by kind.
///
/// # Panics
/// On a text that is not KDL.
pub(crate) fn pool(texts: &[&str]) -> Pool {
    let mut pool = Pool::new();
    for (kind, words) in LANGUAGE {
        let words = words.iter().map(|word| (*word).to_owned());
        pool.entry(*kind).or_default().extend(words);
    }
    for text in texts {
        let document: KdlDocument = text.parse().unwrap();
        gather(document.nodes(), &mut pool);
    }
    pool
}

fn gather(nodes: &[KdlNode], pool: &mut Pool) {
    for node in nodes {
        for (kind, entry) in entries(node) {
            let Some(text) = entry.value().as_string() else {
                continue;
            };
            let known = pool.entry(kind).or_default();
            if !matches!(text, "any" | "everyone") && !known.iter().any(|word| word == text) {
                known.push(text.to_owned());
            }
        }
        gather(children(node), pool);
    }
}

fn children(node: &KdlNode) -> &[KdlNode] {
    node.children().map(KdlDocument::nodes).unwrap_or_default()
}

/// Returns the entries of a node, each with what it names.
fn entries(node: &KdlNode) -> Vec<(Kind, &KdlEntry)> {
    let mut index = 0;
    let entries = node.entries().iter().map(|entry| {
        if let Some(name) = entry.name() {
            return (of_property(node, name.value()), entry);
        }
        index += 1;
        (of_argument(node, index - 1), entry)
    });
    entries.collect()
}

/// Returns every mutant of a text. A word is swapped for the next of its kind in `own`, the words of
/// this file, else for one in `all`.
///
/// # Panics
/// On a text that is not KDL.
pub(crate) fn mutants(text: &str, own: &Pool, all: &Pool) -> Vec<Mutant> {
    let document: KdlDocument = text.parse().unwrap();
    let mut maker = Maker {
        text,
        own,
        all,
        made: Vec::new(),
    };
    maker.walk(document.nodes());
    maker.made
}

struct Maker<'t> {
    text: &'t str,
    own: &'t Pool,
    all: &'t Pool,
    made: Vec<Mutant>,
}

impl Maker<'_> {
    fn walk(&mut self, nodes: &[KdlNode]) {
        for node in nodes {
            self.delete(node);
            // Of all that could be changed the first is, a word that stands last before those ahead of it.
            let known = self.made.len();
            self.negate(node);
            self.turn(node);
            for (kind, entry) in entries(node).into_iter().rev() {
                self.swap(node, kind, entry);
            }
            self.shorten(node);
            for (kind, entry) in entries(node) {
                self.drop_property(node, kind, entry);
            }
            self.made.truncate(known + 1);
            self.walk(children(node));
        }
    }

    fn delete(&mut self, node: &KdlNode) {
        let mut range = self.place(node.span().offset(), node.span().len());
        let rest = &self.text[range.end..];
        if rest.trim_start_matches(' ').starts_with(';') {
            range.end += rest.find(';').unwrap() + 1;
        }
        let is_prose = PROSE.contains(&node.name().value());
        self.make(range, "", Deed::Deleted, is_prose);
    }

    /// Swaps the word a statement begins with.
    fn turn(&mut self, node: &KdlNode) {
        let name = node.name();
        let contrary = match name.value() {
            "set" if word(node, 0) == Some("mark") => Some("clear"),
            "clear" if word(node, 0) == Some("mark") => Some("set"),
            other => {
                let mut pairs = OPPOSITES.iter();
                pairs.find(|(word, _)| *word == other).map(|pair| pair.1)
            }
        };
        if let Some(contrary) = contrary {
            let range = self.place(name.span().offset(), name.span().len());
            self.make(range, contrary, Deed::Changed, false);
        }
    }

    /// Turns a condition into its contrary.
    fn negate(&mut self, node: &KdlNode) {
        if !matches!(node.name().value(), "require" | "if" | "hold") {
            return;
        }
        let Some(first) = node.entries().first() else {
            return;
        };
        let range = self.entry(first);
        if word(node, 0) == Some("not") {
            let end = range.end + 1;
            self.make(range.start..end, "", Deed::Changed, false);
        } else {
            self.make(range.start..range.start, "not ", Deed::Changed, false);
        }
    }

    /// Leaves out the last of several words of one kind.
    fn shorten(&mut self, node: &KdlNode) {
        let plain = entries(node);
        let plain: Vec<_> = plain
            .iter()
            .filter(|(kind, entry)| {
                entry.name().is_none() && !matches!(kind, Kind::Fixed | Kind::Prose)
            })
            .collect();
        let [.., (before, _), (kind, last)] = plain.as_slice() else {
            return;
        };
        if before == kind {
            let range = self.entry(last);
            self.make(range, "", Deed::Changed, false);
        }
    }

    fn swap(&mut self, node: &KdlNode, kind: Kind, entry: &KdlEntry) {
        let range = self.value(entry);
        let written = self.text[range.clone()].to_owned();
        if matches!(kind, Kind::Prose | Kind::Fixed | Kind::Argument) {
            return;
        }
        let new = if kind == Kind::Flag {
            let contrary = if written == "#true" {
                "#false"
            } else {
                "#true"
            };
            contrary.to_owned()
        } else if kind == Kind::Version {
            written.replacen(['0', '1'], "2", 1)
        } else {
            let new = self.other(node, kind, entry.value().as_string().unwrap());
            if written.starts_with('"') {
                format!("\"{new}\"")
            } else {
                new
            }
        };
        self.make(range, &new, Deed::Changed, false);
    }

    /// Returns another word of a kind: the next that does not stand in the statement, else any.
    fn other(&self, node: &KdlNode, kind: Kind, old: &str) -> String {
        let stands = |word: &str| {
            let mut entries = node.entries().iter();
            entries.any(|entry| entry.value().as_string() == Some(word))
        };
        if kind != Kind::Name {
            for pool in [self.own, self.all] {
                let words = pool.get(&kind).map(Vec::as_slice).unwrap_or_default();
                let at = words.iter().position(|word| word == old).unwrap_or(0);
                let following = words.iter().cycle().skip(at + 1).take(words.len());
                let mut following = following.filter(|word| *word != old);
                if let Some(found) = following.clone().find(|word| !stands(word)) {
                    return found.clone();
                }
                if let Some(found) = following.next() {
                    return found.clone();
                }
            }
        }
        if old.contains(":3}") {
            return old.replace(":3}", ":4}");
        }
        format!("{old}X")
    }

    fn drop_property(&mut self, node: &KdlNode, kind: Kind, entry: &KdlEntry) {
        let Some(name) = entry.name() else { return };
        if kind != Kind::Prose && is_optional(node, name.value()) {
            let range = self.entry(entry);
            self.make(range, "", Deed::Changed, false);
        }
    }

    /// Returns where an entry stands, without what is around it.
    fn entry(&self, entry: &KdlEntry) -> Range<usize> {
        self.place(entry.span().offset(), entry.span().len())
    }

    /// Returns where the value of an entry stands.
    fn value(&self, entry: &KdlEntry) -> Range<usize> {
        let range = self.entry(entry);
        let Some(name) = entry.name() else {
            return range;
        };
        range.start + name.value().len() + 1..range.end
    }

    fn place(&self, offset: usize, length: usize) -> Range<usize> {
        let slice = &self.text[offset..offset + length];
        let start = offset + slice.len() - slice.trim_start().len();
        start..start + slice.trim().len()
    }

    fn make(&mut self, range: Range<usize>, new: &str, deed: Deed, is_prose: bool) {
        let (before, after) = (&self.text[..range.start], &self.text[range.end..]);
        let old = &self.text[range.clone()];
        let line = before.matches('\n').count() + 1;
        let what = match (deed, old, new) {
            (Deed::Deleted, old, _) => {
                let first = old
                    .lines()
                    .next()
                    .unwrap()
                    .trim_end_matches([' ', '{', ';']);
                format!("`{first}` is deleted")
            }
            (Deed::Changed, "", new) => format!("`{}` is added", new.trim()),
            (Deed::Changed, old, "") => format!("`{}` is left out", old.trim()),
            (Deed::Changed, old, new) => format!("`{old}` becomes `{new}`"),
        };
        self.made.push(Mutant {
            line,
            was: self.text.lines().nth(line - 1).unwrap().trim().to_owned(),
            deed,
            what,
            is_prose,
            text: format!("{before}{new}{after}"),
        });
    }
}
