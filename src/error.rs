//! What a command ends with when it does not succeed: one value for both faces.

use std::ops::{Deref, DerefMut};

use serde_json::{Map, Value, json};

use crate::definitions::{RuleError, Rulebook};
use crate::interpreter::{Reason, Refusal};
use crate::model::Code;
use crate::store::StoreError;

/// Why a command did not succeed; small to hand on, whatever it has to say.
#[derive(Clone, Debug)]
pub struct Failure(Box<Told>);

/// What there is to say of a failure.
#[derive(Clone, Debug)]
pub struct Told {
    /// The code; it decides the exit status.
    pub code: Code,
    /// What is wrong, in one line.
    pub message: String,
    /// What to do.
    pub hint: Option<String>,
    /// The rule that says so, as `file:line`.
    pub rule: Option<String>,
    /// Every reason, each with its rule.
    pub reasons: Vec<(String, Option<String>)>,
    /// What the rules looked at.
    pub facts: Map<String, Value>,
    /// What would permit it.
    pub would_permit: Vec<String>,
    /// Whether trying again may help.
    pub retryable: bool,
    /// What may be done now, where it is about one document.
    pub next: Option<Value>,
    /// What is wrong with the definitions, where they are.
    pub report: Option<Box<RuleError>>,
    /// What a program reads on standard output that asked for a format of its own.
    pub output: Option<String>,
}

impl Failure {
    /// Returns a failure of a kind, in words.
    #[must_use]
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self(Box::new(Told {
            code,
            message: message.into(),
            hint: None,
            rule: None,
            reasons: Vec::new(),
            facts: Map::new(),
            would_permit: Vec::new(),
            retryable: code == Code::Locked,
            next: None,
            report: None,
            output: None,
        }))
    }

    /// Says what to do.
    #[must_use]
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// Adds a fact.
    #[must_use]
    pub fn fact(mut self, key: &str, value: impl Into<Value>) -> Self {
        self.facts.insert(key.to_owned(), value.into());
        self
    }

    /// Returns the failure that a refusal is.
    #[must_use]
    pub fn refused(rules: &Rulebook, refusal: &Refusal) -> Self {
        let place = |reason: &Reason| reason.rule.map(|rule| rules.sources.place(rule));
        let reasons = refusal.reasons();
        let mut failure = Self::new(refusal.code(), refusal.first().message.clone());
        failure.rule = refusal.place(rules);
        failure.reasons = reasons
            .map(|reason| (reason.message.clone(), place(reason)))
            .collect();
        failure.facts = refusal.facts();
        failure.would_permit = refusal.would_permit().map(str::to_owned).collect();
        failure.would_permit.dedup();
        failure
    }

    /// Returns the object that programs read (interface section 2).
    #[must_use]
    pub fn to_json(&self) -> Value {
        let mut object = json!({
            "success": false,
            "error": {
                "code": self.code,
                "message": self.message,
                "hint": self.hint,
                "rule": self.rule,
                "facts": self.facts,
                "would_permit": self.would_permit,
                "retryable": self.retryable,
            },
        });
        if let (Some(next), Some(object)) = (&self.next, object.as_object_mut()) {
            object.insert("next".to_owned(), next.clone());
        }
        object
    }
}

impl Deref for Failure {
    type Target = Told;

    fn deref(&self) -> &Told {
        &self.0
    }
}

impl DerefMut for Failure {
    fn deref_mut(&mut self) -> &mut Told {
        &mut self.0
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        let code = match &error {
            StoreError::Damaged { .. } => Code::Integrity,
            StoreError::Locked => Code::Locked,
            StoreError::Stale { .. } => Code::Stale,
            StoreError::Link { .. }
            | StoreError::TooLarge { .. }
            | StoreError::Io { .. }
            | StoreError::BadPath { .. } => Code::Io,
        };
        let mut failure = Self::new(code, error.to_string());
        if code == Code::Locked {
            failure = failure.fact("retry_after_s", 1);
        }
        failure
    }
}

impl From<RuleError> for Failure {
    fn from(error: RuleError) -> Self {
        let mut failure = Self::new(
            Code::DefinitionsInvalid,
            format!("the definitions are not sound: {error}"),
        )
        .hint("`qms validate-config` shows every finding at its place");
        failure.rule = error
            .findings
            .first()
            .map(|finding| error.sources.place(finding.origin));
        failure.report = Some(Box::new(error));
        failure
    }
}
