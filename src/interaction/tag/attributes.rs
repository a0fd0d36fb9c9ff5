//! What is said in a tag: a positional name, and `key: value` in any order.

use std::collections::BTreeMap;
use std::ops::Range;

use crate::definitions::report::did_you_mean;
use crate::interaction::fault::{Faults, Word};

/// What is said in one tag, and not yet taken.
pub(super) struct Attributes<'f> {
    tag: String,
    span: Range<usize>,
    positional: Option<Word>,
    named: BTreeMap<String, (Word, Word)>,
    /// The keys that were asked for: those the tag knows.
    known: Vec<&'static str>,
    faults: &'f mut Faults,
}

impl<'f> Attributes<'f> {
    /// Parts the segments of a tag into keys and values.
    pub(super) fn read(
        tag: &Word,
        segments: Vec<Word>,
        span: Range<usize>,
        faults: &'f mut Faults,
    ) -> Self {
        let mut given = Self {
            tag: tag.text.clone(),
            span,
            positional: None,
            named: BTreeMap::new(),
            known: Vec::new(),
            faults,
        };
        for segment in segments {
            given.take_in(segment);
        }
        given
    }

    fn take_in(&mut self, segment: Word) {
        if segment.text.is_empty() {
            return;
        }
        let Some((key, value)) = segment.text.split_once(':') else {
            if self.positional.is_some() {
                let message = format!("`@{}` is named twice", self.tag);
                let help = "write `key: value`, parted by `|`".to_owned();
                self.faults
                    .add_with_help(segment.span(), message, Some(help));
            }
            self.positional.get_or_insert(segment);
            return;
        };
        let after = segment.at + key.len() + 1;
        let key = Word {
            text: key.trim_end().to_owned(),
            at: segment.at,
        };
        let value = Word {
            text: value.trim_start().to_owned(),
            at: after + value.len() - value.trim_start().len(),
        };
        if self.named.contains_key(&key.text) {
            let message = format!("`{}` stands twice in this tag", key.text);
            self.faults.add(key.span(), message);
        } else {
            self.named.insert(key.text.clone(), (key, value));
        }
    }

    /// Takes a value; one that is empty counts as missing.
    fn take(&mut self, key: &'static str) -> Option<Word> {
        self.known.push(key);
        let (_, value) = self.named.remove(key)?;
        (!value.text.is_empty()).then_some(value)
    }

    /// Takes the positional name, or the one under a key.
    fn named(&mut self, key: &'static str) -> Option<Word> {
        let named = self.take(key);
        self.positional.take().or(named)
    }

    /// Takes the id of a question.
    pub(super) fn id(&mut self) -> Option<Word> {
        let found = self.named("id");
        self.complain_without(found, "missing id")
    }

    /// Takes the name of a template or a loop.
    pub(super) fn name(&mut self) -> Option<Word> {
        let found = self.named("name");
        self.complain_without(found, "missing name")
    }

    /// Returns what stands for a name that is missing.
    pub(super) fn nameless(&self) -> Word {
        Word {
            text: String::new(),
            at: self.span.start,
        }
    }

    /// Takes a value that must be there.
    pub(super) fn needed(&mut self, key: &'static str, complaint: &str) -> Option<Word> {
        let found = self.take(key);
        self.complain_without(found, complaint)
    }

    /// Takes two values, neither of which may be missing.
    pub(super) fn both(
        &mut self,
        one: &'static str,
        other: &'static str,
        complaint: &str,
    ) -> (Option<Word>, Option<Word>) {
        let pair = (self.take(one), self.take(other));
        let whole = pair.0.clone().and(pair.1.clone());
        self.complain_without(whole, complaint);
        pair
    }

    fn complain_without(&mut self, found: Option<Word>, complaint: &str) -> Option<Word> {
        if found.is_none() {
            let message = format!("`@{}`: {complaint}", self.tag);
            self.faults.add(self.span.clone(), message);
        }
        found
    }

    /// Takes what is either true or false, and false unless said otherwise.
    pub(super) fn flag(&mut self, key: &'static str) -> bool {
        let Some(value) = self.take(key) else {
            return false;
        };
        if value.text != "true" && value.text != "false" {
            let message = format!("`{key}` is `true` or `false`, and not `{}`", value.text);
            self.faults.add(value.span(), message);
        }
        value.text == "true"
    }

    /// Takes the type of a question, and tells whether it is answered with yes or no.
    pub(super) fn is_yes_or_no(&mut self) -> bool {
        let Some(value) = self.take("type") else {
            return false;
        };
        if value.text != "yesno" {
            let message = format!("there is no type `{}`", value.text);
            let help = "the one type is `yesno`".to_owned();
            self.faults.add_with_help(value.span(), message, Some(help));
        }
        true
    }

    /// Takes a whole number.
    pub(super) fn whole_number(&mut self, key: &'static str) -> Option<u64> {
        let value = self.take(key)?;
        let number = value.text.parse().ok();
        if number.is_none() {
            let message = format!("`{key}` is a whole number, and not `{}`", value.text);
            self.faults.add(value.span(), message);
        }
        number
    }

    /// Takes a value that says nothing.
    pub(super) fn ignore(&mut self, key: &'static str) {
        self.take(key);
    }

    /// Notes everything that the tag does not know.
    pub(super) fn refuse_the_rest(self) {
        for (key, _) in self.named.into_values() {
            if self.faults.is_full() {
                return;
            }
            let message = format!("`@{}` knows no `{}`", self.tag, key.text);
            let help = did_you_mean(&key.text, self.known.iter().copied());
            self.faults.add_with_help(key.span(), message, help);
        }
    }
}
