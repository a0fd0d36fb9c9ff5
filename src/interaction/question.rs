//! What is asked now, and how far the interview has come.

use std::collections::BTreeSet;

use super::placeholder::{self, NUMBER, Stretch};
use super::record::{Context, Record};
use super::refusal::Refused;
use super::standing::{is_end, key_of, standing};
use super::template::{Node, Target, Template};

/// How a question is answered.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// With text, which becomes part of the document.
    Prompt,
    /// With yes or no, which leads the way.
    Gate,
}

impl Kind {
    /// Returns the word programs read.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Prompt => "prompt",
            Self::Gate => "gate",
        }
    }

    pub(super) fn of(node: &Node) -> Self {
        if node.is_gate() {
            Self::Gate
        } else {
            Self::Prompt
        }
    }
}

/// What is asked now.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Question {
    /// Its id; within a loop `id.N`.
    pub id: String,
    /// How it is answered.
    pub kind: Kind,
    /// What it says, earlier answers filled in.
    pub guidance: String,
    /// Whether the answer is pinned to a commit.
    pub commit: bool,
    /// The loop it is in.
    pub loop_name: Option<String>,
    /// The iteration of that loop.
    pub iteration: Option<u64>,
    /// Whether it was answered before: then an answer amends, and needs a reason.
    pub amending: bool,
    /// Where an amendment or a reopened loop leads back to: `id`, `id.N` or `end`.
    pub return_to: Option<String>,
    /// The reason that the amendment was begun with.
    pub reason: Option<String>,
}

/// Returns what is asked now; none where everything is answered.
///
/// Serves REQ-INT-010 and REQ-INT-015.
///
/// # Errors
/// A cursor that the template has no place for: `template_invalid`.
pub fn question(template: &Template, record: &Record) -> Result<Option<Question>, Refused> {
    let Some(standing) = standing(template, record)? else {
        return Ok(None);
    };
    let context = &standing.context;
    let (loop_name, iteration) = context
        .iteration()
        .map(|(name, iteration)| (name.to_owned(), iteration))
        .unzip();
    let goto = context.goto_return();
    Ok(Some(Question {
        kind: Kind::of(standing.node),
        guidance: interpolated(&standing.node.guidance.text, record, iteration),
        commit: standing.node.commits(),
        amending: goto.is_some() || record.is_answered(&standing.key),
        return_to: goto
            .or_else(|| context.reopen_return())
            .map(|(cursor, context)| shown(&cursor, &context)),
        reason: context.goto_reason().map(str::to_owned),
        id: standing.key,
        loop_name,
        iteration,
    }))
}

/// Returns a cursor as people read it.
fn shown(cursor: &str, context: &Context) -> String {
    if is_end(cursor) {
        return "end".to_owned();
    }
    key_of(cursor, context.iteration().map(|(_, iteration)| iteration))
}

/// Fills into guidance what is known; what is not stays as it is written (compatibility D.5).
fn interpolated(guidance: &str, record: &Record, iteration: Option<u64>) -> String {
    let known = |name: &str| {
        if name == NUMBER {
            return iteration.map(|iteration| iteration.to_string());
        }
        let active = |key: &str| Some(record.entries(key).last()?.value.to_owned());
        let in_iteration = || active(&key_of(name, iteration));
        let metadata = record.metadata(name).or_else(|| record.automatic(name));
        metadata.or_else(|| active(name)).or_else(in_iteration)
    };
    let parts = placeholder::cut(guidance)
        .into_iter()
        .map(|part| match part {
            Stretch::Text(text) => text.to_owned(),
            Stretch::Placeholder(name, whole) => {
                known(&name.text).unwrap_or_else(|| whole.to_owned())
            }
        });
    parts.collect()
}

/// A question in the list of all of them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    /// Its id; within a loop that was entered `id.N`.
    pub id: String,
    /// How it is answered.
    pub kind: Kind,
    /// Whether it is answered or decided.
    pub filled: bool,
    /// Whether its answer is pinned to a commit.
    pub commit: bool,
    /// The loop it is in.
    pub loop_name: Option<String>,
    /// The iteration, if the loop was entered.
    pub iteration: Option<u64>,
    /// Whether it is asked now.
    pub current: bool,
}

/// Returns all questions in the order in which they are asked, those of a loop for each iteration
///
///
/// Serves REQ-INT-013.
#[must_use]
pub fn progress(template: &Template, record: &Record) -> Vec<Progress> {
    let current = standing(template, record).ok().flatten();
    let current = current.map(|standing| standing.key);
    let walk = walk(template);
    let mut by_loop: Vec<Vec<&Node>> = vec![Vec::new(); template.loops.len()];
    for node in &walk {
        if let Some(list) = node.within.and_then(|within| by_loop.get_mut(within)) {
            list.push(node);
        }
    }

    let line = |node: &Node, loop_name: Option<&str>, iteration: Option<u64>| {
        let id = key_of(&node.id, iteration);
        Progress {
            kind: Kind::of(node),
            filled: record.is_answered(&id) || record.is_decided(&id),
            commit: node.commits(),
            loop_name: loop_name.map(str::to_owned),
            iteration,
            current: current.as_ref() == Some(&id),
            id,
        }
    };
    let mut lines = Vec::new();
    let mut listed = BTreeSet::new();
    for node in walk {
        let Some((within, each)) = node.within.zip(template.loop_of(node)) else {
            lines.push(line(node, None, None));
            continue;
        };
        if !listed.insert(within) {
            continue;
        }
        let nodes = by_loop.get(within).into_iter().flatten();
        match record.iterations(&each.name) {
            0 => lines.extend(nodes.map(|node| line(node, Some(&each.name), None))),
            last => lines.extend((1..=last).flat_map(|number| {
                let nodes = nodes.clone();
                nodes.map(move |node| line(node, Some(&each.name), Some(number)))
            })),
        }
    }
    lines
}

/// Walks over the questions as they are asked: on a yes first.
fn walk(template: &Template) -> Vec<&Node> {
    let mut seen = BTreeSet::new();
    let mut walked = Vec::new();
    let mut waiting = vec![template.start];
    while let Some(target) = waiting.pop() {
        let Some(index) = target.node().filter(|index| seen.insert(*index)) else {
            continue;
        };
        if let Some(node) = template.nodes.get(index) {
            walked.push(node);
            let mut onward: Vec<Target> = node.targets().collect();
            onward.reverse();
            waiting.extend(onward);
        }
    }
    walked
}
