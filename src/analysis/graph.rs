//! A workflow as a graph: where a document can stand, what leads on from there, who may do it and under which
//! conditions. [`mermaid`] and [`svg`] draw it.

mod gather;
pub mod layout;
pub mod letters;
pub mod mermaid;
mod narrow;
mod order;
pub mod panels;
pub mod svg;
#[cfg(test)]
mod tests;
pub(in crate::analysis) mod words;

use serde::Serialize;

use crate::definitions::doctype::Doctype;
use crate::definitions::vocabulary::Evidence;
use crate::definitions::{Rulebook, Workflow};
use crate::model::{
    DocId, DoctypeName, EntryName, Group, ReactionName, Status, Verb, Version, WorkflowName,
};

/// A workflow as a graph.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Graph {
    /// The workflow.
    pub workflow: WorkflowName,
    /// What people call it.
    pub title: String,
    /// The types whose documents live it.
    pub doc_types: Vec<DoctypeName>,
    /// The type it is drawn for, where it is drawn for one.
    pub subject: Option<Subject>,
    /// The ways to be born.
    pub entries: Vec<Entrance>,
    /// Where a document can stand, in the order of the file.
    pub states: Vec<Node>,
    /// What leads on, or is done without leaving.
    pub transitions: Vec<Transition>,
    /// The groups that are named.
    pub groups: Vec<Party>,
    /// The document that is marked, where one is.
    pub document: Option<Trace>,
}

/// The type that a graph is drawn for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Subject {
    /// Its name.
    pub name: DoctypeName,
    /// What people call it.
    pub title: String,
    /// What it has to do with its parent and its children, in sentences.
    pub kinship: Vec<String>,
    /// The states that none of its documents comes to.
    pub out_of_reach: Vec<Status>,
}

/// A way to be born.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Entrance {
    /// Its name.
    pub name: EntryName,
    /// Where a document stands then.
    pub to: Status,
    /// At which version.
    pub version: Version,
}

/// Where a document can stand.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Node {
    /// Its name.
    pub name: Status,
    /// What it means.
    pub meaning: String,
    /// Whether a document's life ends here.
    pub terminal: bool,
    /// Whether a document never rests here.
    pub passing: bool,
    /// What those who are asked are asked for.
    pub awaits: Option<Verb>,
}

/// What leads from one state to another, or is done in one.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Transition {
    /// Where it begins; none means in every state that is not terminal.
    pub from: Option<Status>,
    /// Where it leads; none means that the document is erased.
    pub to: Option<Status>,
    /// What makes it happen.
    pub by: Cause,
    /// Who may do it; none where nobody does.
    pub actors: Option<Actors>,
    /// What must hold.
    pub gates: Vec<String>,
    /// What is done before it.
    pub first: Vec<String>,
}

/// What makes a transition happen.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Cause {
    /// Somebody does this: a verb, and its variant where it has one.
    Action(String),
    /// It follows by itself.
    Automatic,
    /// The parent of the document does something.
    Reaction {
        /// What this one does then.
        name: ReactionName,
        /// What the parent does, and to which types that matters.
        when_parent: Vec<(Verb, DoctypeName)>,
    },
}

/// Who may do something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Actors {
    /// Members of these groups; none means everyone.
    pub groups: Option<Vec<Group>>,
    /// What a person must be besides.
    pub only: Vec<&'static str>,
    /// What a person must not be.
    pub except: Vec<&'static str>,
}

/// A group of users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Party {
    /// Its name.
    pub name: Group,
    /// What it is for.
    pub meaning: String,
    /// The group whose permissions it has besides.
    pub inherits: Option<Group>,
}

/// Where one document stands, and how it came there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Trace {
    /// The document.
    pub doc_id: DocId,
    /// Its title.
    pub title: String,
    /// Its version.
    pub version: Version,
    /// Where it stands.
    pub status: Status,
    /// Every state it stood in, in order, the present one last.
    pub way: Vec<Status>,
}

impl Trace {
    /// Returns the steps that led from one state to another, counted from one.
    #[must_use]
    pub fn steps(&self, from: &Status, to: &Status) -> Vec<usize> {
        let pairs = self.way.iter().zip(self.way.iter().skip(1));
        pairs
            .enumerate()
            .filter(|(_, (left, right))| *left == from && *right == to)
            .map(|(index, _)| index + 1)
            .collect()
    }

    /// Tells whether the document stood in a state.
    #[must_use]
    pub fn passed(&self, status: &Status) -> bool {
        self.way.contains(status)
    }
}

impl Transition {
    /// Tells whether it leaves a document where it is.
    #[must_use]
    pub fn stays(&self) -> bool {
        self.from.is_some() && self.from == self.to
    }

    /// Says in a few words what makes it happen.
    #[must_use]
    pub fn cause(&self) -> String {
        match &self.by {
            Cause::Action(name) => name.clone(),
            Cause::Automatic => "by itself".to_owned(),
            Cause::Reaction { when_parent, .. } => {
                let mut verbs: Vec<&Verb> = Vec::new();
                for (verb, _) in when_parent {
                    if !verbs.contains(&verb) {
                        verbs.push(verb);
                    }
                }
                format!("when its parent does {}", words::either(&verbs))
            }
        }
    }

    /// Says who may do it, in a few words; none where nobody does.
    #[must_use]
    pub fn who(&self) -> Option<String> {
        self.actors.as_ref().map(Actors::text)
    }

    /// Says what must hold, in one phrase; none where nothing must.
    #[must_use]
    pub fn gate(&self) -> Option<String> {
        match self.gates.split_first() {
            None => None,
            Some((first, [])) if first == gather::OTHERWISE => Some(first.clone()),
            Some((first, rest)) if first == gather::OTHERWISE => {
                Some(format!("{first}, if {}", rest.join("; ")))
            }
            Some(_) => Some(format!("if {}", self.gates.join("; "))),
        }
    }
}

/// Says what governance of code is asked for, in a few words.
#[must_use]
pub fn in_words(evidence: &Evidence) -> String {
    words::shown(evidence, true)
}

impl Graph {
    /// Returns the graph of a workflow, for every type that lives it.
    #[must_use]
    pub fn of(rules: &Rulebook, workflow: &Workflow) -> Self {
        gather::graph(rules, workflow)
    }

    /// Returns the graph of a type: with its own ways to be born, what it has to do with its kin, and only the
    /// states that its documents come to, or that a document is known to have been in.
    #[must_use]
    pub fn of_type(rules: &Rulebook, doctype: &Doctype, trace: Option<Trace>) -> Option<Self> {
        let workflow = rules.life_of(doctype)?;
        let graph = Self::of(rules, workflow).with_trace(trace);
        Some(narrow::narrowed(graph, rules, workflow, doctype))
    }

    /// Marks a document.
    #[must_use]
    pub fn with_trace(self, trace: Option<Trace>) -> Self {
        Self {
            document: trace,
            ..self
        }
    }

    /// Returns what is done in a state without leaving it, or ends the document there.
    pub fn stays<'g>(&'g self, status: &'g Status) -> impl Iterator<Item = &'g Transition> {
        self.transitions.iter().filter(move |transition| {
            transition.from.as_ref() == Some(status)
                && (transition.stays() || transition.to.is_none())
        })
    }

    /// Returns what may happen in every state that is not terminal.
    pub fn anywhere(&self) -> impl Iterator<Item = &Transition> {
        let transitions = self.transitions.iter();
        transitions.filter(|transition| transition.from.is_none())
    }

    /// Returns what leads from one state to another, those with the same ends together, in the order of the file.
    #[must_use]
    pub fn edges(&self) -> Vec<Edge<'_>> {
        let mut edges: Vec<Edge<'_>> = Vec::new();
        for transition in &self.transitions {
            let (Some(from), Some(to)) = (&transition.from, &transition.to) else {
                continue;
            };
            if from == to {
                continue;
            }
            match edges
                .iter_mut()
                .find(|edge| edge.from == from && edge.to == to)
            {
                Some(edge) => edge.labels.push(transition),
                None => edges.push(Edge {
                    from,
                    to,
                    labels: vec![transition],
                    steps: self
                        .document
                        .as_ref()
                        .map(|trace| trace.steps(from, to))
                        .unwrap_or_default(),
                }),
            }
        }
        edges
    }
}

/// Everything that leads from one state to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edge<'g> {
    /// Where it begins.
    pub from: &'g Status,
    /// Where it leads.
    pub to: &'g Status,
    /// What makes it happen, one way or another.
    pub labels: Vec<&'g Transition>,
    /// The steps at which the marked document took it.
    pub steps: Vec<usize>,
}
