//! The way a document came: every state it stood in, as its trail tells it.
//!
//! Most moves are recorded as such. Some are not: an event tells then that an action was done which leads
//! elsewhere from where the document stood.

use std::collections::BTreeSet;

use super::desk::Desk;
use super::facts::Facts;
use crate::analysis::graph::Trace;
use crate::definitions::vocabulary::{Effect, Fact, Line};
use crate::definitions::workflow::{Action, Entry};
use crate::definitions::{Doctype, Workflow};
use crate::error::Failure;
use crate::model::{Code, Status};
use crate::store::trail::{self, TrailLine};

/// Returns the type of a document, where it stands, and how it came there; nobody has to be known to ask.
///
/// # Errors
/// `not_found`, `integrity` where its record or its trail is damaged.
pub fn trace(desk: &Desk, id: &str) -> Result<(Doctype, Trace), Failure> {
    let store = desk.store();
    store.look(|view| look(&Facts::new(view, desk.rules()), id))
}

fn look(facts: &Facts<'_>, id: &str) -> Result<(Doctype, Trace), Failure> {
    let (location, standing) = facts.document(id)?;
    let doctype = facts.rules.doctype(&standing.doctype);
    let life = doctype.and_then(|doctype| Some((doctype, facts.rules.life_of(doctype)?)));
    let Some((doctype, workflow)) = life else {
        let message = format!("`{}` has no workflow", location.id);
        return Err(Failure::new(Code::NotFound, message));
    };
    let lines = trail::read(facts.view, &location.trail()?)?.unwrap_or_default();
    let mut way = way(workflow, doctype, &lines);
    let document = standing.document;
    if way.last() != Some(&document.status) {
        way.push(document.status.clone());
    }
    let trace = Trace {
        doc_id: document.id,
        title: standing.title,
        version: document.version,
        status: document.status,
        way,
    };
    Ok((doctype.clone(), trace))
}

fn way(workflow: &Workflow, doctype: &Doctype, lines: &[TrailLine]) -> Vec<Status> {
    let mut way: Vec<Status> = Vec::new();
    if let Some(line) = lines.first() {
        way.extend(birth(workflow, doctype, line).map(|entry| entry.to.clone()));
    }
    for line in lines {
        let from = line.recorded(workflow, &Fact::FromStatus);
        let to = line.recorded(workflow, &Fact::ToStatus);
        if let (Some(from), Some(to)) = (from, to) {
            for status in [from, to] {
                let status = workflow.present_name(&Status::new(status.to_owned()));
                if way.last() != Some(&status) {
                    way.push(status);
                }
            }
        } else if let Some(to) = way.last().and_then(|last| unsaid(workflow, last, line)) {
            way.push(to.clone());
        }
    }
    way
}

/// Returns how a document was born whose trail begins so.
fn birth<'w>(workflow: &'w Workflow, doctype: &Doctype, line: &TrailLine) -> Option<&'w Entry> {
    let logs_so = |effect: &Effect| {
        let Effect::Log(event, words) = effect else {
            return None;
        };
        let says = |(key, word): &(String, String)| line.text(key) == Some(word.as_str());
        (*event == *line.event() && words.iter().all(says)).then_some(words.len())
    };
    // Of several that fit, the one that says most.
    let names = doctype.seed.iter().chain([&doctype.entry]);
    let entries = names.filter_map(|name| workflow.entry(name));
    let fitting = entries.filter_map(|entry| {
        let mut effects = entry.effects.iter();
        Some((effects.find_map(|line| logs_so(&line.effect))?, entry))
    });
    let best = fitting.max_by_key(|(said, _)| *said);
    best.map(|(_, entry)| entry)
}

/// Returns where an event led whose action says nowhere that it led elsewhere; none where it may not have.
fn unsaid<'w>(workflow: &'w Workflow, status: &Status, line: &TrailLine) -> Option<&'w Status> {
    let logged = |lines: &[&Line]| {
        let mut events = lines.iter().filter_map(|line| line.effect.logs());
        events.any(|event| *event == *line.event())
    };
    let mut ends: BTreeSet<Option<&Status>> = BTreeSet::new();
    let silent = workflow
        .actions
        .iter()
        .filter(|action| !tells(workflow, action));
    for action in silent {
        let arms = action.arms.iter();
        for arm in arms.filter(|arm| arm.begins_in(status, workflow)) {
            let lines: Vec<_> = action.lines_of(arm).collect();
            if logged(&lines) {
                ends.insert(arm.to.as_ref().filter(|to| *to != status));
            }
        }
    }
    let mut ends = ends.into_iter();
    match (ends.next(), ends.next()) {
        (Some(end), None) => end,
        _ => None,
    }
}

/// Tells whether an action logs from where and whereto it leads.
fn tells(workflow: &Workflow, action: &Action) -> bool {
    let logged = action.lines().filter_map(|line| line.effect.logs());
    let rules = logged.filter_map(|event| workflow.event(event.as_str()));
    rules
        .flat_map(|rule| &rule.records)
        .any(|(_, fact)| *fact == Fact::ToStatus)
}
