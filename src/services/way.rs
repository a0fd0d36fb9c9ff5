//! The way a document came: every state it stood in, as its trail tells it.
//!
//! Most moves are recorded as such. Some are not: an event tells then that an action was done which leads
//! elsewhere from where the document stood.

use std::collections::BTreeSet;

use chrono::{DateTime, NaiveDateTime};

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
    let stays = stays(workflow, doctype, lines).into_iter();
    stays.map(|(_, status)| status).collect()
}

/// A document has stood in a state since a moment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Stay {
    /// When it came there, in seconds.
    pub since: i64,
    /// The state.
    pub status: Status,
}

/// Returns where a document has stood, and since when each time.
///
/// # Errors
/// `not_found`, `integrity` where its trail is damaged, or says of a move no moment that can be read.
pub fn stays_of(facts: &Facts<'_>, id: &str) -> Result<Vec<Stay>, Failure> {
    let (location, standing) = facts.document(id)?;
    let doctype = facts.rules.doctype(&standing.doctype);
    let life = doctype.and_then(|doctype| Some((doctype, facts.rules.life_of(doctype)?)));
    let Some((doctype, workflow)) = life else {
        return Ok(Vec::new());
    };
    let lines = trail::read(facts.view, &location.trail()?)?.unwrap_or_default();
    let stays = stays(workflow, doctype, &lines).into_iter();
    let stays = stays.map(|(moment, status)| {
        let since = seconds(moment).ok_or_else(|| {
            let message = format!("the trail of `{}` has a line without a moment", location.id);
            Failure::new(Code::Integrity, message)
        })?;
        Ok(Stay { since, status })
    });
    stays.collect()
}

/// Reads a moment; the earlier tool wrote none of its zone, and meant UTC.
fn seconds(moment: &str) -> Option<i64> {
    let zoned = DateTime::parse_from_rfc3339(moment);
    let plain = || moment.parse::<NaiveDateTime>().map(|plain| plain.and_utc());
    match zoned {
        Ok(moment) => Some(moment.timestamp()),
        Err(_) => plain().ok().map(|moment| moment.timestamp()),
    }
}

/// Returns each state a document came to, with the moment of the line that tells of it.
fn stays<'l>(
    workflow: &Workflow,
    doctype: &Doctype,
    lines: &'l [TrailLine],
) -> Vec<(&'l str, Status)> {
    let mut stays: Vec<(&str, Status)> = Vec::new();
    if let Some(line) = lines.first() {
        let birth = birth(workflow, doctype, line);
        stays.extend(birth.map(|entry| (line.timestamp(), entry.to.clone())));
    }
    for line in lines {
        let from = line.recorded(workflow, &Fact::FromStatus);
        let to = line.recorded(workflow, &Fact::ToStatus);
        if let (Some(from), Some(to)) = (from, to) {
            for status in [from, to] {
                let status = workflow.present_name(&Status::new(status.to_owned()));
                if stays.last().map(|(_, last)| last) != Some(&status) {
                    stays.push((line.timestamp(), status));
                }
            }
        } else if let Some((_, last)) = stays.last()
            && let Some(to) = unsaid(workflow, last, line)
        {
            let to = to.clone();
            stays.push((line.timestamp(), to));
        }
    }
    stays
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
