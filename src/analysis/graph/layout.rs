//! Where everything in a picture lies.
//!
//! States stand in one column, in the order of their life. What leads to the next state, or back to the one
//! before, runs between the two; what leads further runs in lanes beside the column, back on the left and on
//! on the right, the shorter nearer. Labels lie only at heights where no state is, and lines cross only at
//! heights where one is, so that no label lies on a state or under a line, whatever the workflow.

mod boxes;
mod lanes;
mod text;

pub(super) use boxes::keyed;
pub use boxes::{Mark, Rest, StateBox};
pub use text::{Anchor, Rect, Style, Text};

use super::order::Order;
use super::panels::{self, Panel};
use super::{Cause, Edge, Graph};
use crate::model::Status;
use lanes::{Lane, Side};
use text::Block;

/// How far everything keeps from the edge of the picture.
const MARGIN: i64 = 28;
/// How narrow a picture is at least, so that its panels can be read.
const NARROWEST: i64 = 860;
/// How wide a label beside the column's own lines may be.
const LABEL: i64 = 205;
/// How far a line back to the state before keeps from the middle.
const BESIDE: i64 = 44;
/// How far a label keeps from its line.
const AWAY: i64 = 9;

/// A picture of a graph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Layout {
    /// How wide it is.
    pub width: i64,
    /// How high it is.
    pub height: i64,
    /// What it says of itself.
    pub heading: Vec<Text>,
    /// The states.
    pub boxes: Vec<StateBox>,
    /// The ways to be born.
    pub starts: Vec<Start>,
    /// What leads from one state to another.
    pub wires: Vec<Wire>,
    /// What is to be known besides.
    pub panels: Vec<Panel>,
}

/// A beginning: a dot, and a line down to the state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Start {
    /// Where a document stands then.
    pub state: Status,
    /// The middle of the dot.
    pub dot: (i64, i64),
    /// Where the line ends.
    pub end: (i64, i64),
    /// How a document is born there.
    pub label: Vec<Text>,
}

/// A line from one state to another.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wire {
    /// Where it begins.
    pub from: Status,
    /// Where it leads.
    pub to: Status,
    /// Its corners.
    pub points: Vec<(i64, i64)>,
    /// What it says.
    pub label: Vec<Text>,
    /// Where it says so.
    pub place: Rect,
    /// Whether nobody has to do anything.
    pub is_automatic: bool,
    /// Whether the marked document came by.
    pub is_taken: bool,
    /// All of it, in one sentence.
    pub told: String,
}

/// A way in the picture while it is being laid out.
struct Drawn<'g> {
    edge: Edge<'g>,
    from: usize,
    to: usize,
    label: Block,
    course: Course,
}

/// Where a way runs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Course {
    /// Straight down to the next state.
    Down,
    /// Straight up to the one before.
    Up,
    /// Around others.
    Around(Lane),
}

impl Layout {
    /// Lays a graph out.
    #[must_use]
    pub fn of(graph: &Graph) -> Self {
        let ordered = ordered(graph);
        let mut drawn = drawn(graph, &ordered);
        let births = births(graph, &ordered);
        let gaps_taken = lanes::assign(&mut drawn, &births);
        let mut boxes = boxes::of(graph, &ordered, &drawn);

        let box_width = boxes.first().map_or(0, |state| state.rect.width);
        let half = half_of_column(&drawn, &births, box_width);
        let widths = lanes::Widths::of(&drawn);
        let content = widths.total(Side::Left) + 2 * half + widths.total(Side::Right);
        let width = (content + 2 * MARGIN).max(NARROWEST);
        let middle = (width - content) / 2 + widths.total(Side::Left) + half;

        let (heading, mut y) = panels::heading(graph, MARGIN, width - 2 * MARGIN);
        y += 18;
        let mut gaps = Vec::new();
        for (row, state) in boxes.iter_mut().enumerate() {
            let height = gaps_taken.get(row).copied().unwrap_or_default();
            gaps.push((y, height));
            y += height;
            state.move_to(middle - box_width / 2, y);
            y += state.rect.height;
        }
        let starts = starts(&births, &boxes, &gaps, middle);
        let wires = lanes::wires(&drawn, &boxes, &gaps, &widths, middle, half);
        let (panels, height) = panels::place(graph, MARGIN, y + 30, width - 2 * MARGIN);
        Self {
            width,
            height: height + MARGIN,
            heading,
            boxes,
            starts,
            wires,
            panels,
        }
    }

    /// Returns every text in the picture.
    pub fn texts(&self) -> impl Iterator<Item = &Text> {
        let states = self.boxes.iter().flat_map(|state| &state.texts);
        let starts = self.starts.iter().flat_map(|start| &start.label);
        let wires = self.wires.iter().flat_map(|wire| &wire.label);
        let panels = self.panels.iter().flat_map(|panel| &panel.texts);
        let heading = self.heading.iter();
        heading
            .chain(states)
            .chain(starts)
            .chain(wires)
            .chain(panels)
    }
}

/// Returns the numbers of the states in the order in which they stand.
fn ordered(graph: &Graph) -> Vec<usize> {
    let number = |status: &Status| graph.states.iter().position(|state| state.name == *status);
    let edges = graph.edges();
    let edges = edges.iter();
    let edges: Vec<_> = edges
        .filter_map(|edge| Some((number(edge.from)?, number(edge.to)?)))
        .collect();
    let terminal: Vec<_> = graph.states.iter().map(|state| state.terminal).collect();
    let first = graph.entries.first().and_then(|entry| number(&entry.to));
    let order = Order {
        edges: &edges,
        first,
        terminal: &terminal,
    };
    order.best()
}

/// Returns the row of a state.
fn row_of(graph: &Graph, ordered: &[usize], status: &Status) -> Option<usize> {
    let mut rows = ordered.iter();
    rows.position(|number| {
        let state = graph.states.get(*number);
        state.is_some_and(|state| state.name == *status)
    })
}

fn drawn<'g>(graph: &'g Graph, ordered: &[usize]) -> Vec<Drawn<'g>> {
    let edges = graph.edges().into_iter();
    edges
        .filter_map(|edge| {
            let from = row_of(graph, ordered, edge.from)?;
            let to = row_of(graph, ordered, edge.to)?;
            Some(Drawn {
                label: label(&edge),
                edge,
                from,
                to,
                course: Course::Down,
            })
        })
        .collect()
}

/// Returns what is written at a line.
fn label(edge: &Edge<'_>) -> Block {
    let mut block = Block::default();
    if !edge.steps.is_empty() {
        let steps: Vec<_> = edge.steps.iter().map(usize::to_string).collect();
        let word = if edge.steps.len() == 1 {
            "step"
        } else {
            "steps"
        };
        let text = format!("{word} {}", steps.join(", "));
        block.add(0, Style::Step, &text, LABEL);
    }
    for transition in &edge.labels {
        let space = if block.is_empty() { 0 } else { 5 };
        let style = match transition.by {
            Cause::Action(_) => Style::Verb,
            Cause::Automatic | Cause::Reaction { .. } => Style::Itself,
        };
        block.add(space, style, &transition.cause(), LABEL);
        if let Some(who) = transition.who() {
            block.add(0, Style::Actors, &who, LABEL);
        }
        if let Some(gate) = transition.gate() {
            block.add(0, Style::Gate, &gate, LABEL);
        }
    }
    block
}

/// Returns the rows at which documents are born, and what is written there.
fn births<'g>(graph: &'g Graph, ordered: &[usize]) -> Vec<(usize, &'g Status, Block)> {
    let mut births: Vec<(usize, &Status, Block)> = Vec::new();
    for entry in &graph.entries {
        let Some(row) = row_of(graph, ordered, &entry.to) else {
            continue;
        };
        let known = births.iter().position(|(known, _, _)| *known == row);
        let index = known.unwrap_or_else(|| {
            births.push((row, &entry.to, Block::default()));
            births.len() - 1
        });
        if let Some((_, _, block)) = births.get_mut(index) {
            let space = if block.is_empty() { 0 } else { 2 };
            block.add(space, Style::Verb, entry.name.as_str(), LABEL);
            let version = format!("begins at version {}", entry.version);
            block.add(0, Style::Note, &version, LABEL);
        }
    }
    births
}

/// Returns how far the column reaches from its middle: labels beside its lines are part of it.
fn half_of_column(drawn: &[Drawn<'_>], births: &[(usize, &Status, Block)], box_width: i64) -> i64 {
    let of_lines = drawn.iter().map(|way| match way.course {
        Course::Down => AWAY + way.label.width(),
        Course::Up => BESIDE + AWAY + way.label.width(),
        Course::Around(_) => 0,
    });
    let of_births = births.iter().map(|(row, _, block)| {
        let beside = if *row == 0 { 0 } else { BESIDE };
        beside + 2 * AWAY + block.width()
    });
    let widest = of_lines.chain(of_births).max().unwrap_or_default();
    widest.max(box_width / 2) + 12
}

fn starts(
    births: &[(usize, &Status, Block)],
    boxes: &[StateBox],
    gaps: &[(i64, i64)],
    middle: i64,
) -> Vec<Start> {
    let mut starts = Vec::new();
    for (row, state, block) in births {
        let (Some(target), Some((top, height))) = (boxes.get(*row), gaps.get(*row)) else {
            continue;
        };
        let is_first = *row == 0;
        let x = if is_first { middle } else { middle - BESIDE };
        let label_top = top + (height - block.height()) / 2;
        let (label_x, anchor) = if is_first {
            (x + 2 * AWAY, Anchor::Start)
        } else {
            (x - 2 * AWAY, Anchor::End)
        };
        starts.push(Start {
            state: (*state).clone(),
            dot: (x, label_top + 8),
            end: (x, target.rect.y),
            label: block.place(label_x, label_top, anchor),
        });
    }
    starts
}
