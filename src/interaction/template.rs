//! A checked interactive template: the questions, where each leads, and the document around them.

use std::collections::BTreeMap;
use std::ops::Range;

use super::fault::{Fault, Faults};
use super::guidance::Guidance;
use super::page::Page;

mod dominance;
mod graph;
mod outline;
mod placeholders;
mod targets;

use outline::Outline;

/// How the end is called where a question leads there.
pub(super) const END: [&str; 2] = ["end", "__end__"];

/// An interactive template whose every question can be asked and leads to the end.
///
/// Serves REQ-INT-001 to REQ-INT-005.
#[derive(Clone, Debug)]
pub struct Template {
    name: String,
    version: u64,
    pub(super) start: Target,
    /// The questions, in the order of the text.
    pub(super) nodes: Vec<Node>,
    by_id: BTreeMap<String, usize>,
    pub(super) loops: Vec<Loop>,
    pub(super) page: Page,
}

/// Where something leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Target {
    /// To a question.
    Node(usize),
    /// The interview is over.
    End,
}

/// A question.
#[derive(Clone, Debug)]
pub(super) struct Node {
    pub(super) id: String,
    /// Where its tag stands.
    pub(super) at: Range<usize>,
    pub(super) leads: Leads,
    /// The loop it is in.
    pub(super) within: Option<usize>,
    pub(super) guidance: Guidance,
}

/// How a question is answered, and where it leads.
#[derive(Clone, Debug)]
pub(super) enum Leads {
    /// Answered with text.
    Prompt {
        next: Target,
        commit: bool,
        yes_or_no: bool,
    },
    /// Answered with yes or no.
    Gate { yes: Target, no: Target },
}

/// Questions that are asked again and again.
#[derive(Clone, Debug)]
pub(super) struct Loop {
    pub(super) name: String,
    /// Where its tag stands.
    pub(super) at: Range<usize>,
    /// The question that each iteration begins with.
    pub(super) entry: usize,
}

impl Template {
    /// Reads a template in force: whether the interview can be led by it.
    ///
    /// # Errors
    /// Everything that is wrong with its tags, in the order of the text.
    pub fn read(text: &str) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        let template = Self::assembled(text, &mut faults);
        match template {
            Some(template) => faults.or(template, text),
            None => Err(faults.located(text)),
        }
    }

    /// Reads a template that is made or checked in: as [`Template::read`], and whether each
    /// placeholder can be filled in where it stands.
    ///
    /// `metadata` are the keys that records remember; those that the tool adds itself are known.
    ///
    /// # Errors
    /// Everything that is wrong with it, in the order of the text.
    pub fn check(text: &str, metadata: &[&str]) -> Result<Self, Vec<Fault>> {
        let mut faults = Faults::default();
        match Self::assembled(text, &mut faults) {
            Some(template) => {
                placeholders::check(&template, metadata, &mut faults);
                faults.or(template, text)
            }
            None => Err(faults.located(text)),
        }
    }

    fn assembled(text: &str, faults: &mut Faults) -> Option<Self> {
        let outline = Outline::read(text, faults);
        let template = targets::resolve(outline, faults);
        if !faults.is_empty() {
            return None;
        }
        let template = template?;
        graph::check(&template, faults);
        Some(template)
    }

    /// Returns the name in its header.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Returns the version in its header.
    #[must_use]
    pub fn version(&self) -> u64 {
        self.version
    }

    /// Returns a question by its id, with its index.
    pub(super) fn find(&self, id: &str) -> Option<(usize, &Node)> {
        let index = *self.by_id.get(id)?;
        Some((index, self.nodes.get(index)?))
    }

    /// Returns a loop by its name, with its index.
    pub(super) fn find_loop(&self, name: &str) -> Option<(usize, &Loop)> {
        let mut loops = self.loops.iter().enumerate();
        loops.find(|(_, each)| each.name == name)
    }

    /// Returns the loop that a question is in.
    pub(super) fn loop_of(&self, node: &Node) -> Option<&Loop> {
        self.loops.get(node.within?)
    }

    /// Returns the ids of all questions.
    pub(super) fn ids(&self) -> impl Iterator<Item = &str> {
        self.nodes.iter().map(|node| node.id.as_str())
    }
}

impl Target {
    /// Returns the question it leads to.
    pub(super) fn node(self) -> Option<usize> {
        match self {
            Self::Node(index) => Some(index),
            Self::End => None,
        }
    }
}

impl Node {
    /// Returns where the question leads, first of all on a yes.
    pub(super) fn targets(&self) -> impl Iterator<Item = Target> + use<> {
        let (first, second) = match self.leads {
            Leads::Prompt { next, .. } => (next, None),
            Leads::Gate { yes, no } => (yes, Some(no)),
        };
        std::iter::once(first).chain(second)
    }

    /// Tells whether the answer is pinned to a commit.
    pub(super) fn commits(&self) -> bool {
        matches!(self.leads, Leads::Prompt { commit: true, .. })
    }

    /// Tells whether the question only leads the way.
    pub(super) fn is_gate(&self) -> bool {
        matches!(self.leads, Leads::Gate { .. })
    }
}
