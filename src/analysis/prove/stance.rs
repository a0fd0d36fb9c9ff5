//! How documents may stand in a state: what a document that comes there otherwise than by its rules must equal.

use std::collections::BTreeSet;
use std::fmt;

use super::Explored;
use crate::definitions::{Rulebook, Workflow};
use crate::interpreter::Standing;
use crate::model::{Mark, Phase, Place, Status, Version};

/// How a document stands, as far as it shows what was judged of it.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Stance {
    workflow: String,
    status: Status,
    phase: Option<Phase>,
    marks: Vec<Mark>,
    class: Class,
    lies: Vec<Place>,
}

/// What a version says of the judgement behind it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Class {
    /// Below 1.0: never approved.
    New,
    /// N.0: as it was approved.
    Approved,
    /// N.X: worked on since.
    Revised,
}

/// Every way in which documents may stand, as the proofs found it.
#[derive(Clone, Debug, Default)]
pub struct Stances(BTreeSet<Stance>);

impl Stances {
    /// Returns how documents stand in what was explored; none where not everything was.
    #[must_use]
    pub fn of(explored: &[Explored<'_>]) -> Option<Self> {
        let lives = || explored.iter().map(|Explored(life)| life);
        let found = lives().flat_map(|life| {
            let found = life.found.iter();
            found.map(|found| stance(life.life.workflow, &found.node.standing))
        });
        lives()
            .all(|life| life.is_whole)
            .then(|| Self(found.collect()))
    }

    /// Tells whether a document may stand so.
    #[must_use]
    pub fn include(&self, rules: &Rulebook, standing: &Standing) -> bool {
        let doctype = rules.doctype(&standing.doctype);
        let life = doctype.and_then(|doctype| rules.life_of(doctype));
        life.is_some_and(|life| self.0.contains(&stance(life, standing)))
    }
}

fn stance(workflow: &Workflow, standing: &Standing) -> Stance {
    let document = &standing.document;
    let class = match document.version {
        Version { major: 0, .. } => Class::New,
        Version { minor: 0, .. } => Class::Approved,
        Version { .. } => Class::Revised,
    };
    let marks = workflow.marks.iter().map(|rule| &rule.name);
    Stance {
        workflow: workflow.name.to_string(),
        status: document.status.clone(),
        phase: document.phase.clone(),
        marks: marks.filter(|mark| document.bears(mark)).cloned().collect(),
        class,
        lies: lies(standing).collect(),
    }
}

/// Returns where a text lies that is not somebody's copy.
fn lies(standing: &Standing) -> impl Iterator<Item = Place> {
    let places = [Place::Draft, Place::Issued].into_iter();
    places.filter(|place| standing.holdings.at(*place).is_some())
}

/// Shows how a document stands: its version, its marks, and what lies where.
#[derive(Clone, Copy, Debug)]
pub struct Shown<'s>(pub &'s Standing);

impl fmt::Display for Shown<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let document = &self.0.document;
        let places: Vec<_> = lies(self.0).map(Place::word).collect();
        write!(out, "v{}", document.version)?;
        for mark in &document.marks {
            write!(out, ", {mark}")?;
        }
        match places.as_slice() {
            [] => Ok(()),
            places => write!(out, ", {}", places.join(" and ")),
        }
    }
}
