//! What notices a change of the rules.

use qms::analysis::graph::{Graph, mermaid};
use qms::analysis::matrix::{matrix, permitted};
use qms::analysis::prove::{MOST, Proof, Verdict, conclude, tasks};
use qms::analysis::rehearse::{Untaken, rehearse};
use qms::definitions::scenario::read_scenarios;
use qms::definitions::{Origin, RuleError, Rulebook, SourceFile};
use qms::services::examination::examine_templates;

/// What noticed a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Notice {
    /// The definitions are not sound.
    Check,
    /// A story goes otherwise, or leaves out a way or a refusal that it did not.
    Scenario,
    /// Something that is always true no longer is, or something happens that must not.
    Proof,
    /// Only a picture of the rules is another.
    Snapshot,
    /// Nothing.
    Nothing,
}

/// How the rules are before anything is changed.
pub(crate) struct Oracle {
    untold: Vec<String>,
    proved: Vec<String>,
    pictures: String,
    proves: bool,
}

impl Oracle {
    /// Looks at the rules as they are; they must be sound. Unless it `proves`, it leaves the proofs out.
    ///
    /// # Panics
    /// Where they are not.
    pub(crate) fn of(files: Vec<SourceFile>, proves: bool) -> Self {
        let (rules, told) = examined(files);
        assert_eq!(told, Vec::<String>::new(), "the rules are sound");
        let rehearsal = rehearsed(&rules).unwrap();
        let rules = rules.with_code();
        let mut oracle = Self {
            untold: rehearsal.untold.clone(),
            proved: Vec::new(),
            pictures: pictures(&rules),
            proves,
        };
        if proves {
            oracle.proved = proved(&proofs(&rules));
        }
        assert_eq!(oracle.by_proof(&rules, &rehearsal), None);
        oracle
    }

    /// Returns what notices that the rules are these now, the cheapest first, and what it says.
    pub(crate) fn notice(&self, files: Vec<SourceFile>) -> (Notice, String) {
        let (rules, findings) = examined(files);
        if let Some(first) = findings.into_iter().next() {
            return (Notice::Check, first);
        }
        let rehearsal = match rehearsed(&rules) {
            Ok(rehearsal) => rehearsal,
            Err(failure) => return (Notice::Scenario, failure),
        };
        let mut known = self.untold.clone();
        for way in rehearsal.untold.iter().cloned() {
            match known.iter().position(|old| *old == way) {
                Some(at) => known.swap_remove(at),
                None => return (Notice::Scenario, format!("no scenario shows {way}")),
            };
        }
        let rules = rules.with_code();
        if let Some(finding) = self.by_proof(&rules, &rehearsal) {
            return (Notice::Proof, finding);
        }
        if pictures(&rules) == self.pictures {
            (Notice::Nothing, String::new())
        } else {
            (Notice::Snapshot, "the graph or the matrix".to_owned())
        }
    }

    fn by_proof(&self, rules: &Rulebook, rehearsal: &Told) -> Option<String> {
        if !self.proves {
            return None;
        }
        let proofs = proofs(rules);
        let mut findings = proofs
            .iter()
            .flat_map(|proof| proof.findings(&rehearsal.taken));
        let found = findings.next().map(|finding| finding.message);
        found.or_else(|| {
            let now = proved(&proofs);
            let lost = self
                .proved
                .iter()
                .find(|sentence| !now.contains(sentence))?;
            Some(format!("it is no longer proved that: {lost}"))
        })
    }
}

fn proofs(rules: &Rulebook) -> Vec<Proof<'_>> {
    let explored = tasks(rules).into_iter().map(|task| task.explore(MOST));
    conclude(rules, &explored.collect::<Vec<_>>())
}

/// Returns what is proved, each sentence with the workflow it is about.
fn proved(proofs: &[Proof<'_>]) -> Vec<String> {
    let each = proofs.iter().flat_map(|proof| {
        let proved = proof
            .sentences
            .iter()
            .filter(|sentence| sentence.verdict == Verdict::Proved);
        proved.map(|sentence| format!("{}: {}", proof.workflow.name, sentence.invariant.sentence))
    });
    each.collect()
}

/// Reads and checks rules as `validate-config` does.
fn examined(files: Vec<SourceFile>) -> (Rulebook, Vec<String>) {
    let (rules, findings) = Rulebook::examine("mutated", files);
    let sources = rules.sources.clone();
    let mut report = RuleError { sources, findings };
    examine_templates(&rules, &mut report, None, None).unwrap();
    let findings = report.findings.into_iter();
    let messages = findings.map(|finding| format!("{}: {}", finding.code, finding.message));
    (rules, messages.collect())
}

/// How all stories went: what they take, and what none of them shows.
struct Told {
    taken: Vec<Origin>,
    untold: Vec<String>,
}

/// Tells the stories one by one; the first that goes otherwise is a failure, and ends it.
fn rehearsed(rules: &Rulebook) -> Result<Told, String> {
    let (scenarios, findings) = read_scenarios(&rules.sources);
    assert!(findings.is_empty(), "the scenarios are not changed");
    let mut taken = Vec::new();
    let mut untold: Option<Vec<Untaken>> = None;
    for scenario in &scenarios {
        let rehearsal = rehearse(rules, std::slice::from_ref(scenario));
        let failure = rehearsal
            .stories
            .iter()
            .find_map(|told| told.failure.as_ref());
        if let Some(failure) = failure {
            let place = rules.sources.place(failure.origin);
            return Err(format!("{place}: {}", failure.message));
        }
        taken.extend(rehearsal.taken);
        let mut fresh = rehearsal.untaken;
        fresh.extend(rehearsal.undrawn);
        if let Some(before) = &untold {
            fresh.retain(|way| before.contains(way));
        }
        untold = Some(fresh);
    }
    let untold = untold.unwrap_or_default().into_iter();
    Ok(Told {
        taken,
        untold: untold.map(|way| way.description).collect(),
    })
}

/// Returns what the snapshot tests show of the rules: the graphs, and who may do what.
fn pictures(rules: &Rulebook) -> String {
    let lives = rules.workflows.iter();
    let lives = lives.map(|life| {
        let graph = mermaid::diagram(&Graph::of(rules, life));
        format!("{graph}\n{:?}\n", matrix(rules, life))
    });
    let permits = rules.permits.iter();
    let permits =
        permits.map(|permit| format!("{} {:?}\n", permit.action, permitted(rules, permit)));
    lives.chain(permits).collect()
}
