//! Takes nodes apart: arguments, properties, children, and nothing else may stand there.
//!
//! Every complaint goes on a list with its place; reading goes on, so that a person sees all faults of
//! a file at once.

use std::borrow::Cow;

use super::codes;
use super::report::{Finding, did_you_mean};
use super::source::Origin;
use super::tree::{Entry, Node, Scalar};
use crate::model::Version;

/// A word as it stands in a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Word {
    /// The word.
    pub text: Cow<'static, str>,
    /// Where it stands.
    pub origin: Origin,
}

/// Reads the nodes of one file.
#[derive(Debug)]
pub struct Reader<'f> {
    file: usize,
    findings: &'f mut Vec<Finding>,
}

impl<'f> Reader<'f> {
    /// Reads a file, and complains to a list.
    pub fn new(file: usize, findings: &'f mut Vec<Finding>) -> Self {
        Self { file, findings }
    }

    /// Returns where a node stands.
    #[must_use]
    pub fn origin(&self, node: &Node) -> Origin {
        Origin {
            file: self.file,
            span: node.span,
        }
    }

    /// Puts a complaint on the list.
    pub fn complain(&mut self, finding: Finding) {
        self.findings.push(finding);
    }

    /// Refuses a word that means nothing here.
    pub fn unknown_word(&mut self, node: &Node, within: &str, known: &[&str]) {
        let finding = Finding::new(
            codes::UNKNOWN_WORD,
            self.origin(node),
            format!("`{}` means nothing in {within}", node.name),
        )
        .label("unknown word")
        .maybe_help(did_you_mean(&node.name, known.iter().copied()))
        .maybe_help(Some(format!("here may stand: {}", known.join(", "))));
        self.complain(finding);
    }

    /// Returns all arguments, which must be words.
    pub fn arguments(&mut self, node: &Node) -> Vec<Word> {
        let mut words = Vec::with_capacity(node.entries.len());
        for entry in node.entries.iter().filter(|entry| entry.name.is_none()) {
            words.extend(self.word(entry));
        }
        words
    }

    /// Returns the only argument of a node that has one; complains if there is none or another.
    pub fn single(&mut self, node: &Node, what: &str) -> Option<Word> {
        let mut first = None;
        for entry in node.entries.iter().filter(|entry| entry.name.is_none()) {
            match self.word(entry) {
                Some(more) if first.is_some() => self.superfluous(&more),
                Some(word) => first = Some(word),
                None => {}
            }
        }
        if first.is_none() {
            self.missing(node, what);
        }
        first
    }

    /// Returns at least one argument.
    pub fn several(&mut self, node: &Node, what: &str) -> Vec<Word> {
        let words = self.arguments(node);
        if words.is_empty() {
            self.missing(node, what);
        }
        words
    }

    /// Complains that something is missing.
    pub fn missing(&mut self, node: &Node, what: &str) {
        let finding = Finding::new(
            codes::MISSING_WORD,
            self.origin(node),
            format!("`{}` lacks {what}", node.name),
        )
        .label(format!("{what} is missing"));
        self.complain(finding);
    }

    /// Complains about a word too many.
    pub fn superfluous(&mut self, word: &Word) {
        let finding = Finding::new(
            codes::SUPERFLUOUS_WORD,
            word.origin,
            format!("`{}` is one word too many", word.text),
        )
        .label("nothing may stand here");
        self.complain(finding);
    }

    /// Returns a property that is a word.
    pub fn property(&mut self, node: &Node, name: &str) -> Option<Word> {
        let entry = find(node, name)?;
        self.word(entry)
    }

    /// Returns a property that must be there.
    pub fn required(&mut self, node: &Node, name: &str) -> Option<Word> {
        if find(node, name).is_none() {
            self.missing(node, &format!("`{name}=`"));
        }
        self.property(node, name)
    }

    /// Returns a property that is `#true` or `#false`; absent means the latter.
    pub fn flag(&mut self, node: &Node, name: &str) -> bool {
        let Some(entry) = find(node, name) else {
            return false;
        };
        self.truth(entry)
    }

    /// Returns the only argument as `#true` or `#false`.
    pub fn single_flag(&mut self, node: &Node) -> bool {
        let mut entries = node.entries.iter();
        match (entries.next(), entries.next()) {
            (Some(entry), None) if entry.name.is_none() => self.truth(entry),
            _ => {
                self.missing(node, "`#true` or `#false`");
                false
            }
        }
    }

    /// Returns every property, by name, in order.
    pub fn properties(&mut self, node: &Node) -> Vec<(Cow<'static, str>, Word)> {
        let mut found = Vec::with_capacity(node.entries.len());
        for entry in node.entries.iter() {
            if let Some(name) = &entry.name
                && let Some(word) = self.word(entry)
            {
                found.push((name.clone(), word));
            }
        }
        found
    }

    /// Complains about each property that is none of these, and each that stands twice.
    pub fn only_properties(&mut self, node: &Node, known: &[&str]) {
        for (index, entry) in node.entries.iter().enumerate() {
            let Some(name) = entry.name.as_deref() else {
                continue;
            };
            let mut before = node.entries.iter().take(index);
            let origin = self.entry_origin(entry);
            if !known.contains(&name) {
                let finding = Finding::new(
                    codes::UNKNOWN_PROPERTY,
                    origin,
                    format!("`{}` takes no `{name}=`", node.name),
                )
                .label("unknown property")
                .maybe_help(did_you_mean(name, known.iter().copied()));
                self.complain(finding);
            } else if before.any(|entry| entry.name.as_deref() == Some(name)) {
                let finding = Finding::new(
                    codes::SAID_TWICE,
                    origin,
                    format!("`{name}=` is said twice"),
                )
                .label("said before");
                self.complain(finding);
            }
        }
    }

    /// Complains about each line of these that stands a second time in the braces of a node.
    pub fn once(&mut self, node: &Node, words: &[&str]) {
        for word in words {
            let lines = node.children.iter().filter(|line| line.name == *word);
            for line in lines.skip(1) {
                let finding = Finding::new(
                    codes::SAID_TWICE,
                    self.origin(line),
                    format!("`{}` says `{word}` twice", node.name),
                )
                .label("said before");
                self.complain(finding);
            }
        }
    }

    /// Complains where braces stand though nothing can be in them.
    pub fn no_children(&mut self, node: &Node) {
        if let Some(child) = node.children.first() {
            let finding = Finding::new(
                codes::SUPERFLUOUS_WORD,
                self.origin(child),
                format!("nothing can stand in the braces of `{}`", node.name),
            )
            .label("nothing may stand here");
            self.complain(finding);
        }
    }

    /// Complains where anything stands but the word itself.
    pub fn nothing_more(&mut self, node: &Node) {
        for word in self.arguments(node) {
            self.superfluous(&word);
        }
        self.only_properties(node, &[]);
        self.no_children(node);
    }

    /// Returns a word as a version.
    pub fn version(&mut self, word: &Word) -> Option<Version> {
        match word.text.parse() {
            Ok(version) => Some(version),
            Err(error) => {
                let finding = Finding::new(codes::BAD_VERSION, word.origin, error.to_string())
                    .label("not a version")
                    .help("a version is two numbers with a point between them, such as \"1.0\"");
                self.complain(finding);
                None
            }
        }
    }

    fn word(&mut self, entry: &Entry) -> Option<Word> {
        let origin = self.entry_origin(entry);
        let Scalar::Text(text) = &entry.value else {
            let finding = Finding::new(codes::NOT_A_WORD, origin, "here a word is expected")
                .label("not a word")
                .help("put quotation marks around numbers: version=\"1.0\"");
            self.complain(finding);
            return None;
        };
        Some(Word {
            text: text.clone(),
            origin,
        })
    }

    fn truth(&mut self, entry: &Entry) -> bool {
        if let Scalar::Flag(flag) = entry.value {
            return flag;
        }
        let origin = self.entry_origin(entry);
        let finding = Finding::new(
            codes::NOT_A_FLAG,
            origin,
            "here `#true` or `#false` is expected",
        )
        .label("neither true nor false");
        self.complain(finding);
        false
    }

    fn entry_origin(&self, entry: &Entry) -> Origin {
        Origin {
            file: self.file,
            span: entry.span,
        }
    }
}

fn find<'n>(node: &'n Node, name: &str) -> Option<&'n Entry> {
    node.entries
        .iter()
        .find(|entry| entry.name.as_deref() == Some(name))
}
