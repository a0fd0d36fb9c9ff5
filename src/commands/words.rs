//! What the rules in force can be told by: every verb, its variants, and what it can be given. Both faces
//! speak these words beside their own.

use std::collections::BTreeMap;

use crate::analysis::explain::{OUTCOME, PEOPLE};
use crate::definitions::vocabulary::{Fact, Guard};
use crate::definitions::workflow::Action;
use crate::definitions::{Rulebook, Workflow};

/// How a verb is spoken.
#[derive(Clone, Debug, Default)]
pub struct Spoken {
    /// What it can be asked for, such as the ways a document is routed.
    pub variants: Vec<String>,
    /// What it can be given.
    pub arguments: Vec<String>,
    /// What it does, in one line.
    pub about: String,
    /// Whether it judges a text.
    pub is_judging: bool,
}

/// The argument that says which text was judged; what the rules call so is theirs.
pub const SEEN: &str = "seen";

/// What the argument is for.
pub const ABOUT_SEEN: &str =
    "Refuse unless the text has this digest, as the inbox gave it with your task";

/// Returns how every verb of the rules is spoken.
#[must_use]
pub fn of(rules: &Rulebook) -> BTreeMap<String, Spoken> {
    let mut verbs: BTreeMap<String, Spoken> = BTreeMap::new();
    for workflow in &rules.workflows {
        for action in &workflow.actions {
            let spoken = verbs.entry(action.name.verb.to_string()).or_default();
            spoken.learn(workflow, action);
            spoken.is_judging |= rules.is_judging(&action.name);
        }
    }
    verbs
}

/// Returns how every verb is spoken by which code is moved on.
#[must_use]
pub fn of_code(rules: &Rulebook) -> BTreeMap<String, Spoken> {
    let mut verbs: BTreeMap<String, Spoken> = BTreeMap::new();
    for workflow in &rules.code_workflows {
        for action in &workflow.actions {
            let spoken = verbs.entry(action.name.verb.to_string()).or_default();
            spoken.learn(workflow, action);
        }
    }
    verbs
}

impl Spoken {
    /// Tells whether it can be said which text was judged.
    #[must_use]
    pub fn takes_seen(&self) -> bool {
        self.is_judging && !self.arguments.iter().any(|word| word == SEEN)
    }

    fn learn(&mut self, workflow: &Workflow, action: &Action) {
        if self.about.is_empty() {
            self.about = about(workflow, action);
        }
        if let Some(variant) = &action.name.variant {
            push(&mut self.variants, variant.as_str());
        }
        for word in arguments_of(workflow, action) {
            push(&mut self.arguments, &word);
        }
    }
}

fn push(words: &mut Vec<String>, word: &str) {
    if !words.iter().any(|known| known == word) {
        words.push(word.to_owned());
    }
}

/// Returns every argument an action can be given: what it demands, whom it asks, what it records.
fn arguments_of(workflow: &Workflow, action: &Action) -> Vec<String> {
    let mut words: Vec<String> = action.demands().map(ToString::to_string).collect();
    let arms = action.arms.iter().flat_map(|arm| &arm.conditions);
    for condition in arms {
        if let Guard::Given(names) = &condition.guard {
            words.extend(names.iter().map(ToString::to_string));
        }
    }
    if action.names_people() {
        words.push(PEOPLE.to_owned());
    }
    if action.records_outcome() {
        words.push(OUTCOME.to_owned());
    }
    let logged = action
        .lines()
        .filter_map(|line| workflow.event(line.effect.logs()?));
    for (_, fact) in logged.flat_map(|event| &event.records) {
        if let Fact::Argument(name) = fact {
            words.push(name.to_string());
        }
    }
    words
}

/// Says in one line what a verb does: whereto it leads, as the states describe themselves.
fn about(workflow: &Workflow, action: &Action) -> String {
    let reached = action.arms.iter().filter_map(|arm| arm.to.as_ref());
    let mut states: Vec<&str> = Vec::new();
    for status in reached {
        if !states.contains(&status.as_str()) {
            states.push(status.as_str());
        }
    }
    if states.is_empty() {
        format!("An action of `{}`", workflow.title)
    } else {
        format!(
            "An action of `{}`: leads to {}",
            workflow.title,
            states.join(", ")
        )
    }
}
