//! Why something may not be done: a value, with all its reasons.

use serde_json::{Map, Value};

use crate::definitions::{Origin, Rulebook};
use crate::model::Code;

/// One reason.
#[derive(Clone, Debug, PartialEq)]
pub struct Reason {
    /// Its code.
    pub code: Code,
    /// What is in the way, in words.
    pub message: String,
    /// The rule that says so.
    pub rule: Option<Origin>,
    /// What the rule looked at.
    pub facts: Map<String, Value>,
    /// What would permit the action.
    pub would_permit: Vec<String>,
}

impl Reason {
    /// Returns a reason of a kind, in words.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            rule: None,
            facts: Map::new(),
            would_permit: Vec::new(),
        }
    }

    /// Names the rule.
    #[must_use]
    pub fn at(mut self, rule: Origin) -> Self {
        self.rule = Some(rule);
        self
    }

    /// Adds something the rule looked at.
    #[must_use]
    pub fn fact(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(key.to_owned(), value.into());
        self
    }

    /// Adds something that would permit the action.
    #[must_use]
    pub fn remedy(mut self, remedy: impl Into<String>) -> Self {
        self.would_permit.push(remedy.into());
        self
    }
}

/// A refusal: the reasons of the first check that failed, in order.
#[derive(Clone, Debug, PartialEq)]
pub struct Refusal {
    first: Box<Reason>,
    others: Vec<Reason>,
}

impl Refusal {
    /// Returns a refusal for these reasons, unless there are none.
    #[must_use]
    pub fn from_reasons(reasons: Vec<Reason>) -> Option<Self> {
        let mut reasons = reasons.into_iter();
        let first = reasons.next()?;
        Some(Self::because(first, reasons.collect()))
    }

    /// Returns a refusal for a reason, and others that tell more.
    #[must_use]
    pub fn because(first: Reason, others: Vec<Reason>) -> Self {
        Self {
            first: Box::new(first),
            others,
        }
    }

    /// Returns the reason that names the refusal.
    #[must_use]
    pub fn first(&self) -> &Reason {
        &self.first
    }

    /// Returns every reason.
    pub fn reasons(&self) -> impl Iterator<Item = &Reason> {
        std::iter::once(self.first()).chain(&self.others)
    }

    /// Returns the code.
    #[must_use]
    pub fn code(&self) -> Code {
        self.first.code
    }

    /// Returns what would permit the action, of all reasons.
    pub fn would_permit(&self) -> impl Iterator<Item = &str> {
        self.reasons()
            .flat_map(|reason| reason.would_permit.iter().map(String::as_str))
    }

    /// Returns the facts that all reasons looked at.
    #[must_use]
    pub fn facts(&self) -> Map<String, Value> {
        let mut facts = Map::new();
        for reason in self.reasons() {
            for (key, value) in &reason.facts {
                facts.entry(key.clone()).or_insert_with(|| value.clone());
            }
        }
        facts
    }

    /// Returns the place of the first rule, as people write it.
    #[must_use]
    pub fn place(&self, rules: &Rulebook) -> Option<String> {
        self.first.rule.map(|rule| rules.sources.place(rule))
    }
}

impl From<Reason> for Refusal {
    fn from(first: Reason) -> Self {
        Self::because(first, Vec::new())
    }
}
