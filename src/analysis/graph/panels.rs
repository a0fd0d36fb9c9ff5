//! What stands above and beneath the states of a picture: what it shows, how it is read, who is who, and what
//! can happen everywhere.

mod contents;

use super::Graph;
use super::layout::{Anchor, Rect, Style, Text, keyed};
use contents::{Entry, Shown, contents};

/// How far two panels keep from each other.
const BETWEEN: i64 = 28;
/// How much room a sample takes.
const SAMPLE: i64 = 56;

/// A list of things to know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Panel {
    /// Where it lies.
    pub rect: Rect,
    /// What it says.
    pub texts: Vec<Text>,
    /// Signs as they stand in the picture, each with the middle of its left edge.
    pub samples: Vec<(Sample, (i64, i64))>,
}

/// A sign that is explained.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sample {
    /// Where a life begins.
    Start,
    /// Somebody does it.
    Done,
    /// It follows by itself.
    Automatic,
    /// A state that is never rested in.
    Passing,
    /// A state at which a life ends.
    Terminal,
    /// A way that the marked document took.
    Taken,
    /// Where the marked document stands.
    Present,
}

/// Returns the lines above the states, and how far down they reach.
pub(super) fn heading(graph: &Graph, x: i64, width: i64) -> (Vec<Text>, i64) {
    let (title, lines) = title(graph);
    let mut texts = Vec::new();
    let mut y = 26;
    let mut add = |style: Style, words: &str| {
        for words in style.letters().wrap(words, width, 0) {
            texts.push(Text {
                x,
                y: y + style.letters().size,
                anchor: Anchor::Start,
                style,
                words,
            });
            y += style.line() + 2;
        }
    };
    add(Style::Title, &title);
    for line in lines {
        add(Style::Subtitle, &line);
    }
    (texts, y)
}

/// Returns what a picture of a graph is called, and what is said beneath.
pub(super) fn title(graph: &Graph) -> (String, Vec<String>) {
    let mut lines = Vec::new();
    let life = format!("{} (workflow {})", graph.title, graph.workflow);
    let types: Vec<_> = graph.doc_types.iter().map(AsRef::as_ref).collect();
    let title = match (&graph.document, &graph.subject) {
        (Some(trace), subject) => {
            let stands = format!("{} at version {}", trace.status, trace.version);
            lines.push(trace.title.clone());
            lines.push(match subject {
                Some(subject) => format!("{life}, type {}", subject.name),
                None => life,
            });
            format!("{}: {stands}", trace.doc_id)
        }
        (None, Some(subject)) => {
            lines.push(life);
            format!("{} ({})", subject.title, subject.name)
        }
        (None, None) => {
            let name = format!("Workflow {}", graph.workflow);
            lines.push(if types.is_empty() {
                name
            } else {
                format!("{name}: the life of {}", types.join(", "))
            });
            graph.title.clone()
        }
    };
    (title, lines)
}

/// Returns the panels beneath the states, in two columns, and how far down they reach.
pub(super) fn place(graph: &Graph, x: i64, top: i64, width: i64) -> (Vec<Panel>, i64) {
    let narrow = (width - BETWEEN) / 2;
    let mut ends = [top, top];
    let mut panels = Vec::new();
    for (heading, entries) in contents(graph) {
        if entries.is_empty() {
            continue;
        }
        let [left, right] = ends;
        let column = usize::from(right < left);
        let x = if column == 0 { x } else { x + narrow + BETWEEN };
        let panel = panel(heading, &entries, (x, left.min(right)), narrow);
        if let Some(end) = ends.get_mut(column) {
            *end = panel.rect.y + panel.rect.height + 18;
        }
        panels.push(panel);
    }
    let [left, right] = ends;
    (panels, left.max(right) - 18)
}

fn panel(heading: &str, entries: &[Entry], (x, top): (i64, i64), width: i64) -> Panel {
    let mut texts = Vec::new();
    let mut samples = Vec::new();
    let mut y = top;
    texts.push(Text {
        x,
        y: y + Style::Head.letters().size,
        anchor: Anchor::Start,
        style: Style::Head,
        words: heading.to_owned(),
    });
    y += Style::Head.line() + 5;
    for entry in entries {
        let indent = match &entry.shown {
            Shown::Nothing => 0,
            Shown::Sample(sample) => {
                samples.push((*sample, (x, y + Style::Note.line() / 2)));
                SAMPLE
            }
            Shown::Word(word, style) => {
                texts.push(Text {
                    x,
                    y: y + Style::Note.letters().size,
                    anchor: Anchor::Start,
                    style: *style,
                    words: (*word).to_owned(),
                });
                SAMPLE
            }
        };
        let hanging = if entry.key.is_empty() { 0 } else { 12 };
        let place = (x + indent, y, width - indent, hanging);
        let (lines, room) = keyed(&entry.key, Style::Key, &entry.text, place);
        texts.extend(lines);
        y += room.height + 3;
    }
    let rect = Rect {
        x,
        y: top,
        width,
        height: y - top,
    };
    Panel {
        rect,
        texts,
        samples,
    }
}
