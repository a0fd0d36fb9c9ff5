//! What the panels say.

use super::Sample;
use crate::analysis::graph::layout::Style;
use crate::analysis::graph::{Cause, Graph, Transition, words};

/// A line of a panel.
#[derive(Default)]
pub(super) struct Entry {
    pub(super) shown: Shown,
    pub(super) key: String,
    pub(super) text: String,
}

/// What a line explains, shown as it looks in the picture.
#[derive(Default)]
pub(super) enum Shown {
    #[default]
    Nothing,
    Sample(Sample),
    Word(&'static str, Style),
}

impl Entry {
    fn sample(sample: Sample, text: &str) -> Self {
        Self {
            shown: Shown::Sample(sample),
            ..Self::text(text)
        }
    }

    fn word(word: &'static str, style: Style, text: &str) -> Self {
        Self {
            shown: Shown::Word(word, style),
            ..Self::text(text)
        }
    }

    fn text(text: impl Into<String>) -> Self {
        Self {
            text: text.into(),
            ..Self::default()
        }
    }

    fn keyed(key: impl Into<String>, text: impl Into<String>) -> Self {
        Self {
            key: key.into(),
            text: text.into(),
            ..Self::default()
        }
    }
}

/// Returns every panel there may be, with its lines.
pub(super) fn contents(graph: &Graph) -> Vec<(&'static str, Vec<Entry>)> {
    vec![
        ("How to read it", legend(graph)),
        ("The way it came", way(graph)),
        ("From every state that is not final", anywhere(graph)),
        ("Its kin", kin(graph)),
        ("Done first", firsts(graph)),
        ("Who", groups(graph)),
    ]
}

fn legend(graph: &Graph) -> Vec<Entry> {
    let has = |wanted: bool, entry: Entry| wanted.then_some(entry);
    let by_itself = |transition: &Transition| matches!(transition.by, Cause::Automatic);
    let traced = graph.document.is_some();
    let lines = [
        has(
            !graph.entries.is_empty(),
            Entry::sample(Sample::Start, "a document is born"),
        ),
        Some(Entry::sample(
            Sample::Done,
            "somebody leads it to another state",
        )),
        has(
            graph.transitions.iter().any(by_itself),
            Entry::sample(Sample::Automatic, "it goes on by itself"),
        ),
        has(
            graph.states.iter().any(|state| state.passing),
            Entry::sample(Sample::Passing, "passed through, never rested in"),
        ),
        has(
            graph.states.iter().any(|state| state.terminal),
            Entry::sample(Sample::Terminal, "final: its life ends here"),
        ),
        has(
            traced,
            Entry::sample(Sample::Present, "where the document stands"),
        ),
        has(
            traced,
            Entry::sample(Sample::Taken, "where it has been, and by which step"),
        ),
        Some(Entry::word("action", Style::Verb, "what is done")),
        Some(Entry::word("group", Style::Actors, "who may do it")),
        Some(Entry::word("if", Style::Gate, "what must hold")),
        Some(Entry::word(
            "\u{2022}",
            Style::Stay,
            "done in a state, without leaving it",
        )),
    ];
    lines.into_iter().flatten().collect()
}

fn way(graph: &Graph) -> Vec<Entry> {
    let Some(trace) = &graph.document else {
        return Vec::new();
    };
    let states: Vec<_> = trace.way.iter().map(AsRef::as_ref).collect();
    vec![Entry::text(states.join(" \u{2192} "))]
}

fn anywhere(graph: &Graph) -> Vec<Entry> {
    let ways = graph.anywhere();
    ways.map(|way| {
        let end = match &way.to {
            Some(to) => format!("leads to {to}"),
            None => "erases it".to_owned(),
        };
        let types = match &way.by {
            Cause::Reaction { when_parent, .. } if graph.subject.is_none() => {
                let types: Vec<_> = when_parent.iter().map(|(_, name)| name).collect();
                Some(format!("of type {}", words::every(&types)))
            }
            Cause::Reaction { .. } | Cause::Action(_) | Cause::Automatic => None,
        };
        let details = way.who().into_iter().chain(way.gate()).chain(types);
        let details: Vec<_> = std::iter::once(end).chain(details).collect();
        Entry::keyed(way.cause(), details.join("; "))
    })
    .collect()
}

fn kin(graph: &Graph) -> Vec<Entry> {
    let Some(subject) = &graph.subject else {
        return Vec::new();
    };
    let mut entries: Vec<_> = subject.kinship.iter().map(Entry::text).collect();
    if !subject.out_of_reach.is_empty() {
        let names: Vec<&str> = subject.out_of_reach.iter().map(AsRef::as_ref).collect();
        entries.push(Entry::text(format!(
            "Not shown, as none of this type comes there: {}",
            names.join(", ")
        )));
    }
    entries
}

fn firsts(graph: &Graph) -> Vec<Entry> {
    let mut told: Vec<(String, String)> = Vec::new();
    for transition in &graph.transitions {
        for first in &transition.first {
            let line = (transition.cause(), first.clone());
            if !told.contains(&line) {
                told.push(line);
            }
        }
    }
    let lines = told.into_iter();
    lines
        .map(|(action, first)| Entry::keyed(format!("{action}:"), first))
        .collect()
}

fn groups(graph: &Graph) -> Vec<Entry> {
    let groups = graph.groups.iter();
    groups
        .map(|group| {
            let meaning = &group.meaning;
            let text = match &group.inherits {
                Some(inherits) => format!("{meaning} Counts as {inherits}, too."),
                None => meaning.clone(),
            };
            Entry::keyed(group.name.as_str(), text)
        })
        .collect()
}
