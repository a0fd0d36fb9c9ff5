//! Whether what lies there is what was recorded: seals, trails, records, texts (`verify`).
//!
//! It folds recorded facts and decides nothing again. From the first sealed line on any difference is an
//! error; before it only what no reading explains, and habits of the earlier tool are notes. It reads
//! through a view and changes nothing; what cannot be read of one document keeps no other from being
//! looked at.

mod chain;
mod code;
mod document;
mod finding;
mod fold;
mod ledger;
mod people;
mod record;
mod seals;
mod strays;

use std::collections::{BTreeMap, BTreeSet};

pub use finding::{Finding, Severity};

use super::desk::Desk;
use super::facts::Facts;
use crate::definitions::Rulebook;
use crate::error::Failure;
use crate::model::{Code, DocId, Document, Roster};
use crate::store::TreePath;
use crate::store::agents;
use crate::store::view::View;
use document::Checked;

/// What was looked at, and what was found.
#[derive(Clone, Debug, Default)]
pub struct Report {
    /// How many documents were looked at.
    pub documents: usize,
    /// How many lines their trails have.
    pub events: usize,
    /// What was found, document by document, errors first.
    pub findings: Vec<Finding>,
}

impl Report {
    /// Returns how many findings are of a severity.
    #[must_use]
    pub fn count(&self, severity: Severity) -> usize {
        let findings = self.findings.iter();
        findings
            .filter(|finding| finding.severity == severity)
            .count()
    }

    /// Tells whether a record is unsound.
    #[must_use]
    pub fn is_unsound(&self) -> bool {
        self.count(Severity::Error) > 0
    }
}

/// Looks at the documents named, or at all there is, as one state that no commit falls into.
///
/// # Errors
/// `not_found` for an id of which there is nothing, not even that it was erased; `io`.
pub fn examine(desk: &Desk, ids: &[String]) -> Result<Report, Failure> {
    let store = desk.store();
    store.look(|view| Examination::of(view, desk.rules())?.report(ids))
}

/// One look at everything.
struct Examination<'v> {
    facts: Facts<'v>,
    namespaces: Vec<String>,
    roster: Option<Roster>,
    /// The digest of the rules in force.
    digest: String,
    /// Every document of which there is anything.
    known: BTreeSet<DocId>,
    /// Those that can be read, by what their records say.
    records: BTreeMap<DocId, Document>,
    /// The trails of code.
    code: Vec<TreePath>,
    /// Every document that a ledger says was erased.
    erased: BTreeSet<DocId>,
    findings: Vec<Finding>,
}

impl<'v> Examination<'v> {
    fn of(view: &'v View<'v>, rules: &'v Rulebook) -> Result<Self, Failure> {
        let mut findings = Vec::new();
        let mut blind = |what: &str, error: String| {
            let message = format!("{what} cannot be read: {error}");
            findings.push(Finding::error(
                "unreadable",
                None,
                message,
                finding::RESTORE,
            ));
        };
        let namespaces = Facts::new(view, rules)
            .namespaces()
            .map(<[String]>::to_vec)
            .map_err(|failure| blind("the registry of namespaces", failure.message.clone()))
            .unwrap_or_default();
        let roster = agents::read(view, rules)
            .map(|known| known.roster)
            .map_err(|error| blind("the folder of agents", error.to_string()))
            .ok();
        let mut work = Self {
            facts: Facts::knowing(view, rules, namespaces.clone()),
            digest: rules.digest(),
            known: BTreeSet::new(),
            records: BTreeMap::new(),
            code: Vec::new(),
            erased: BTreeSet::new(),
            namespaces,
            roster,
            findings,
        };
        work.gather()?;
        Ok(work)
    }

    fn report(&mut self, ids: &[String]) -> Result<Report, Failure> {
        self.look_at_ledgers();
        let wanted = self.wanted(ids)?;
        let mut report = Report::default();
        if wanted.is_none() {
            report.events += self.look_at_code();
        }
        for (id, checked) in self.look_at_documents() {
            if wanted.as_ref().is_none_or(|wanted| wanted.contains(&id)) {
                report.documents += 1;
                report.events += checked.events;
            }
            self.findings.extend(checked.findings);
            if let Some(record) = checked.record {
                self.records.insert(id, record);
            }
        }
        self.look_at_families();
        self.look_at_people();

        report.findings = std::mem::take(&mut self.findings);
        if let Some(wanted) = &wanted {
            let is_wanted = |id: &DocId| wanted.contains(id);
            report
                .findings
                .retain(|finding| finding.doc_id.as_ref().is_some_and(is_wanted));
        }
        report.findings.sort_by(|left, right| {
            (&left.doc_id, left.severity).cmp(&(&right.doc_id, right.severity))
        });
        report.findings.dedup();
        Ok(report)
    }

    fn wanted(&self, ids: &[String]) -> Result<Option<BTreeSet<DocId>>, Failure> {
        if ids.is_empty() {
            return Ok(None);
        }
        let mut wanted = BTreeSet::new();
        for text in ids {
            let id = self.facts.read_id(text)?.id;
            if !self.known.contains(&id) && !self.erased.contains(&id) {
                return Err(
                    Failure::new(Code::NotFound, format!("document not found: `{id}`"))
                        .hint("`qms list` shows every document"),
                );
            }
            wanted.insert(id);
        }
        Ok(Some(wanted))
    }

    /// Looks at each document by itself, on as many cores as there are.
    fn look_at_documents(&self) -> Vec<(DocId, Checked)> {
        let ids: Vec<_> = self.known.iter().collect();
        let workers = std::thread::available_parallelism().map_or(1, usize::from);
        let share = ids.len().div_ceil(workers).max(16);
        let (view, rules) = (self.facts.view, self.facts.rules);
        let (namespaces, digest, roster) = (&self.namespaces, &self.digest, self.roster.as_ref());
        std::thread::scope(|scope| {
            let readers: Vec<_> = ids
                .chunks(share)
                .map(|ids| {
                    let work = move || {
                        let facts = Facts::knowing(view, rules, namespaces.clone());
                        let check = |id| document::check(&facts, roster, digest, id);
                        ids.iter().map(|id| check(id)).collect::<Vec<_>>()
                    };
                    (ids, scope.spawn(work))
                })
                .collect();
            let joined = readers.into_iter().flat_map(|(ids, reader)| {
                // What was not looked at must not pass for sound.
                let unseen = |_| ids.iter().map(|id| Checked::unseen(id)).collect();
                let checked = reader.join().unwrap_or_else(unseen);
                ids.iter().map(|id| (*id).clone()).zip(checked)
            });
            joined.collect()
        })
    }

    /// Notes children that are open while their parent's life is over, and orphans.
    fn look_at_families(&mut self) {
        for (id, record) in &self.records {
            let Ok(reading) = self.facts.read_id(id.as_str()) else {
                continue;
            };
            let Some(parent) = &reading.bindings.parent else {
                continue;
            };
            if !self.known.contains(parent) {
                let message = format!("its parent {parent} has no record");
                self.findings.push(Finding::warning(
                    "parent_missing",
                    Some(id),
                    message,
                    finding::RESTORE,
                ));
            }
            let is_over = |id: &DocId, record: &Document| {
                let reading = self.facts.read_id(id.as_str()).ok();
                let workflow =
                    reading.and_then(|reading| self.facts.rules.life_of(reading.doctype));
                workflow.is_some_and(|workflow| workflow.is_terminal(&record.status))
            };
            let over = self.records.get(parent);
            let over = over.filter(|standing| is_over(parent, standing));
            if let Some(over) = over
                && !is_over(id, record)
                && !document::may_follow(reading.doctype, &over.status)
            {
                let message = format!(
                    "it is {}, and its parent {parent} is {}",
                    record.status, over.status
                );
                let remedy = "bring it to its own end, or leave it: its parent waits for nothing";
                self.findings
                    .push(Finding::note("open_child", Some(id), message, remedy));
            }
        }
    }
}
