//! What a server offers: its tools under the rules of the moment, each as a client is told of it.

use std::sync::Arc;

use super::schema::{self, Described};
use super::tools::{self, Tool};
use crate::definitions::Rulebook;
use crate::interpreter::authorize::permitted_verbs;
use crate::model::User;

/// The tools under some rules.
#[derive(Debug)]
pub struct Offer {
    rules: Option<Arc<Rulebook>>,
    tools: Vec<(Tool, Described)>,
}

impl Offer {
    /// Returns the tools under these rules; without sound rules, the program's own.
    #[must_use]
    pub fn of(rules: Option<Arc<Rulebook>>) -> Self {
        let tools = tools::all(rules.as_deref()).into_iter();
        let told = tools.map(|tool| {
            let described = schema::describe(&tool, rules.as_deref());
            (tool, described)
        });
        Self {
            tools: told.collect(),
            rules,
        }
    }

    /// Tells whether these are the tools under those rules.
    #[must_use]
    pub fn is_under(&self, rules: Option<&Arc<Rulebook>>) -> bool {
        match (&self.rules, rules) {
            (Some(own), Some(rules)) => Arc::ptr_eq(own, rules),
            (own, rules) => own.is_none() && rules.is_none(),
        }
    }

    /// Returns every tool.
    #[must_use]
    pub fn tools(&self) -> &[(Tool, Described)] {
        &self.tools
    }

    /// Returns a tool by its name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<(&Tool, &Described)> {
        let verb = name.strip_prefix(tools::PREFIX)?;
        let found = self.tools.iter().find(|(tool, _)| tool.verb == *verb);
        found.map(|(tool, described)| (tool, described))
    }

    /// Returns the name of every tool.
    #[must_use]
    pub fn names(&self) -> Vec<String> {
        self.tools.iter().map(|(tool, _)| tool.name()).collect()
    }

    /// Returns the tools that somebody's group can ever use.
    #[must_use]
    pub fn usable_by(&self, user: &User) -> Vec<(Tool, Described)> {
        let Some(rules) = &self.rules else {
            return self.tools.clone();
        };
        let verbs = permitted_verbs(rules, user.group.as_ref());
        let usable = self.tools.iter().filter(|(tool, _)| {
            let permit = tool.own.map_or(tool.verb.as_str(), |own| own.permit);
            verbs.iter().any(|verb| **verb == *permit)
        });
        usable.cloned().collect()
    }
}
