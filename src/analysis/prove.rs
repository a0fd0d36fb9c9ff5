//! Proofs: is what the rules call always true, always true?
//!
//! A small company does everything its members may do, in every order and from every birth, and each
//! situation that can arise is looked at once. What is asked is the interpreter itself, so what is proved
//! is what runs; invariants are only noted there, for a rule that is upheld by refusing what it would
//! otherwise allow is not sound. Two situations are one where nothing the rules could ask tells them
//! apart: texts differ only by being equal or not, versions by their order and by the bounds that guards
//! name, and answers only where something may still look at them. So the space is finite, and no version
//! bound is needed. Requests that come to the same are made once: by one of those who all may, with no name
//! that makes no difference.

mod chances;
mod company;
mod explore;
mod ghost;
mod life;
mod moves;
mod outlook;
mod relevance;
pub mod report;
pub mod stance;
mod telling;
mod versions;
mod voters;

use crate::definitions::workflow::{Invariant, State};
use crate::definitions::{Origin, Rulebook, Workflow};
use crate::model::{Roster, Status};
use company::Company;
pub use company::is_staffed;
use explore::{Explorer, explore};
use life::Life;
use outlook::stranded;

/// More situations than this are not looked at: what is not broken by then is not proved either.
pub const MOST: usize = 150_000;

/// What was found about one workflow.
#[derive(Clone, Debug)]
pub struct Proof<'r> {
    /// Whose.
    pub workflow: &'r Workflow,
    /// How many situations there are, as far as they were looked at.
    pub situations: usize,
    /// How often somebody tried something.
    pub attempts: usize,
    /// Whether all of them were looked at.
    pub is_whole: bool,
    /// Its invariants, in the order of the file.
    pub sentences: Vec<Sentence<'r>>,
    /// What must not be, whatever the rules are.
    pub faults: Vec<Fault>,
    /// The states in which no document ever stands.
    pub unreached: Vec<&'r State>,
    /// The arms and entries that no situation takes.
    pub untaken: Vec<Origin>,
}

/// What was found about an invariant.
#[derive(Clone, Debug)]
pub struct Sentence<'r> {
    /// Which.
    pub invariant: &'r Invariant,
    /// What was found.
    pub verdict: Verdict,
}

/// What was found about an invariant.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It holds in every situation.
    Proved,
    /// It holds as far as was looked.
    NotProved,
    /// No situation asks about it.
    NeverMet,
    /// This breaks it.
    Broken(Story),
}

/// The shortest way to something.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Story {
    /// Its steps, in order.
    pub steps: Vec<StoryStep>,
}

/// One step of a story.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoryStep {
    /// Who acts.
    pub who: String,
    /// What they do, as they would type it.
    pub what: String,
    /// Where the document stands then.
    pub leads_to: Status,
}

/// Something that must be true of every rulebook, and is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Fault {
    /// What kind.
    pub kind: FaultKind,
    /// Where.
    pub origin: Origin,
    /// What is wrong.
    pub message: String,
    /// How it comes about, where something happens that must not.
    pub story: Option<Story>,
}

/// What must not be, whatever an organization's rules are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum FaultKind {
    /// An approved text lies neither at a place nor in the archive.
    ApprovedTextLost,
    /// An archived version is given a second text.
    ArchiveRewritten,
    /// What lies where does not follow from record and trail.
    VersionAstray,
    /// A copy is in the hands of somebody who does not own the document.
    CopyAstray,
    /// A document rests where it may only pass.
    RestsInPassing,
    /// No end can be reached any more.
    Stranded,
    /// No end can be reached, for the only one who could judge wrote it.
    Unjudged,
}

/// A life that can be explored: a workflow, as the documents of some types live it.
#[derive(Clone, Debug)]
pub struct Task<'r>(Life<'r>);

/// A life that was explored.
#[derive(Clone, Debug)]
pub struct Explored<'r>(Explorer<'r>);

/// Returns what is to be explored; each can be for itself.
#[must_use]
pub fn tasks(rules: &Rulebook) -> Vec<Task<'_>> {
    let companies = rules.workflows.iter();
    let companies = companies.map(|workflow| (workflow, Company::of(rules, workflow)));
    lives(rules, companies)
}

/// Returns what is to be explored if nobody acts but these people.
#[must_use]
pub fn tasks_for<'r>(rules: &'r Rulebook, roster: &Roster) -> Vec<Task<'r>> {
    let companies = rules.workflows.iter();
    let companies = companies.map(|workflow| (workflow, Company::from(rules, workflow, roster)));
    lives(rules, companies)
}

fn lives<'r>(
    rules: &'r Rulebook,
    companies: impl Iterator<Item = (&'r Workflow, Company)>,
) -> Vec<Task<'r>> {
    let lives = companies.flat_map(|(workflow, company)| Life::all(rules, workflow, &company));
    lives.map(Task).collect()
}

impl<'r> Task<'r> {
    /// Explores the life, until no situation is left or more than `most` are known.
    #[must_use]
    pub fn explore(self, most: usize) -> Explored<'r> {
        Explored(explore(self.0, most))
    }
}

/// Returns what explored lives prove of each workflow.
#[must_use]
pub fn conclude<'r>(rules: &'r Rulebook, explored: &[Explored<'r>]) -> Vec<Proof<'r>> {
    let of = |workflow: &'r Workflow| {
        let lives = explored.iter().map(|Explored(explorer)| explorer);
        let lives = lives.filter(|explorer| explorer.life.workflow.name == workflow.name);
        Proof::of(workflow, &lives.collect::<Vec<_>>())
    };
    rules.workflows.iter().map(of).collect()
}

impl<'r> Proof<'r> {
    /// Returns what the lives of a workflow show together.
    fn of(workflow: &'r Workflow, lives: &[&Explorer<'r>]) -> Self {
        let is_whole = lives.iter().all(|life| life.is_whole);
        // Documents go on from a fault, and what is behind it was not looked at.
        let is_all = is_whole && lives.iter().all(|life| life.faults.is_empty());
        let mut faults: Vec<Fault> = Vec::new();
        for life in lives {
            let stranded = if life.is_whole && life.faults.is_empty() {
                stranded(life)
            } else {
                Vec::new()
            };
            for fault in life.faults.iter().chain(&stranded) {
                let is_known =
                    |known: &Fault| known.kind == fault.kind && known.origin == fault.origin;
                if !faults.iter().any(is_known) {
                    faults.push(fault.clone());
                }
            }
        }
        let sentences = workflow.invariants.iter().enumerate();
        let sentences = sentences.map(|(index, invariant)| {
            let told = lives.iter().filter_map(|life| life.sentences.get(index));
            let told: Vec<_> = told.map(|sentence| &sentence.verdict).collect();
            Sentence {
                invariant,
                verdict: together(&told, is_all),
            }
        });
        let sentences: Vec<_> = sentences.collect();
        // What was not seen to its end, or ended where it must not, says nothing of what never happens.
        let says_never = is_whole
            && faults.is_empty()
            && lives.iter().any(|life| !life.found.is_empty())
            && !sentences
                .iter()
                .any(|sentence| sentence.verdict.is_broken());
        Self {
            workflow,
            situations: lives.iter().map(|life| life.found.len()).sum(),
            attempts: lives.iter().map(|life| life.attempts).sum(),
            is_whole,
            sentences,
            unreached: if says_never {
                unreached(workflow, lives)
            } else {
                Vec::new()
            },
            untaken: if says_never {
                untaken(workflow, lives)
            } else {
                Vec::new()
            },
            faults,
        }
    }

    /// Tells whether every sentence is proved, and nothing is wrong.
    #[must_use]
    pub fn is_clean(&self) -> bool {
        let mut sentences = self.sentences.iter();
        self.is_whole
            && self.faults.is_empty()
            && sentences.all(|sentence| sentence.verdict == Verdict::Proved)
    }
}

impl Verdict {
    /// Tells whether the sentence is broken.
    #[must_use]
    pub fn is_broken(&self) -> bool {
        matches!(self, Self::Broken(_))
    }
}

/// Returns what several lives say of a sentence: broken in one, it is broken; `is_all` tells whether they show all
/// that can happen.
fn together(told: &[&Verdict], is_all: bool) -> Verdict {
    let broken = told.iter().filter(|verdict| verdict.is_broken());
    if let Some(shortest) = broken.min_by_key(|verdict| match verdict {
        Verdict::Broken(story) => story.steps.len(),
        Verdict::Proved | Verdict::NotProved | Verdict::NeverMet => 0,
    }) {
        return Verdict::clone(shortest);
    }
    if !is_all {
        return Verdict::NotProved;
    }
    let is_met = told.iter().any(|verdict| **verdict == Verdict::Proved);
    if is_met {
        Verdict::Proved
    } else {
        Verdict::NeverMet
    }
}

fn unreached<'r>(workflow: &'r Workflow, lives: &[&Explorer<'_>]) -> Vec<&'r State> {
    let stands = |state: &State| {
        let mut found = lives.iter().flat_map(|life| &life.found);
        found.any(|found| found.node.standing.document.status == state.name)
    };
    let states = workflow.states.iter();
    states
        .filter(|state| !state.passing && !stands(state))
        .collect()
}

fn untaken(workflow: &Workflow, lives: &[&Explorer<'_>]) -> Vec<Origin> {
    let births = workflow.entries.iter().map(|entry| entry.origin);
    let ways = births.chain(workflow.arms().map(|arm| arm.origin));
    ways.filter(|way| !lives.iter().any(|life| life.taken.contains(way)))
        .collect()
}
