//! Where lines run: between two neighbours, or around others in lanes beside the column.

use super::text::{Anchor, Rect};
use super::{AWAY, BESIDE, Block, Course, Drawn, StateBox, Wire};
use crate::analysis::graph::{Cause, Edge};
use crate::model::Status;

/// How high the space between two states is at least.
const GAP: i64 = 30;
/// How much of that a label leaves free.
const AROUND: i64 = 26;
/// How far labels of two lanes keep from each other.
const BETWEEN: i64 = 20;
/// How much room a lane without a label takes.
const BARE: i64 = 16;

/// A lane beside the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Lane {
    /// On which side.
    side: Side,
    /// Which, counted from the column.
    number: usize,
    /// The space between states at which its label stands, by the row beneath.
    gap: usize,
}

/// A side of the column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Side {
    /// What leads back.
    Left,
    /// What leads on.
    Right,
}

impl Drawn<'_> {
    /// Returns its upper and its lower row.
    fn span(&self) -> (usize, usize) {
        (self.from.min(self.to), self.from.max(self.to))
    }

    fn lane(&self) -> Option<Lane> {
        match self.course {
            Course::Around(lane) => Some(lane),
            Course::Down | Course::Up => None,
        }
    }
}

/// Says where each line runs, and returns how high the space above each row must be.
pub(super) fn assign(drawn: &mut [Drawn<'_>], births: &[(usize, &Status, Block)]) -> Vec<i64> {
    let rows = drawn.iter().map(|way| way.span().1).max().unwrap_or(0) + 1;
    let last_birth = births.iter().map(|(row, _, _)| row + 1).max().unwrap_or(0);
    let mut heights = vec![GAP; rows.max(last_birth)];
    if let Some(first) = heights.first_mut() {
        *first = 8;
    }
    let mut need = |gap: usize, block: &Block| {
        if let Some(height) = heights.get_mut(gap) {
            *height = (*height).max(block.height() + AROUND);
        }
    };
    for (row, _, block) in births {
        need(*row, block);
    }
    let is_born_at = |row: usize| births.iter().any(|(born, _, _)| *born == row);
    let mut around = Vec::new();
    for (index, way) in drawn.iter_mut().enumerate() {
        let (upper, lower) = way.span();
        way.course = if way.to == way.from + 1 {
            Course::Down
        } else if way.from == way.to + 1 && !is_born_at(way.from) {
            Course::Up
        } else {
            around.push((lower - upper, upper, index));
            continue;
        };
        need(lower, &way.label);
    }
    // The shorter ones are nearer, so that the longer ones lead around them.
    around.sort_unstable();
    let mut taken: Vec<(Side, usize, (usize, usize))> = Vec::new();
    for (_, _, index) in around {
        let Some(way) = drawn.get_mut(index) else {
            continue;
        };
        let span = way.span();
        let side = if way.from > way.to {
            Side::Left
        } else {
            Side::Right
        };
        let is_free = |number: usize| {
            !taken.iter().any(|(other, lane, (upper, lower))| {
                *other == side && *lane == number && span.0 < *lower && *upper < span.1
            })
        };
        let mut number = 0;
        while !is_free(number) {
            number += 1;
        }
        taken.push((side, number, span));
        let gap = roomiest(&heights, span, way.label.height() + AROUND);
        if let Some(height) = heights.get_mut(gap) {
            *height = (*height).max(way.label.height() + AROUND);
        }
        way.course = Course::Around(Lane { side, number, gap });
    }
    heights
}

/// Returns the space in which a label makes the picture grow least, of those the one nearest to the middle.
fn roomiest(heights: &[i64], (upper, lower): (usize, usize), wanted: i64) -> usize {
    let gaps = upper + 1..=lower;
    let growth = |gap: usize| {
        let height = heights.get(gap).copied().unwrap_or_default();
        (wanted - height).max(0)
    };
    let from_middle = |gap: usize| (2 * gap).abs_diff(upper + lower + 1);
    let best = gaps.min_by_key(|gap| (growth(*gap), from_middle(*gap)));
    best.unwrap_or(lower)
}

/// How wide each lane is.
pub(super) struct Widths {
    left: Vec<i64>,
    right: Vec<i64>,
}

impl Widths {
    pub(super) fn of(drawn: &[Drawn<'_>]) -> Self {
        let mut widths = Self {
            left: Vec::new(),
            right: Vec::new(),
        };
        for (way, lane) in drawn.iter().filter_map(|way| Some((way, way.lane()?))) {
            let lanes = match lane.side {
                Side::Left => &mut widths.left,
                Side::Right => &mut widths.right,
            };
            if lanes.len() <= lane.number {
                lanes.resize(lane.number + 1, BARE);
            }
            if let Some(width) = lanes.get_mut(lane.number) {
                *width = (*width).max(way.label.width() + BETWEEN);
            }
        }
        widths
    }

    fn on(&self, side: Side) -> &[i64] {
        match side {
            Side::Left => &self.left,
            Side::Right => &self.right,
        }
    }

    /// Returns how wide all lanes of a side are together.
    pub(super) fn total(&self, side: Side) -> i64 {
        self.on(side).iter().sum()
    }

    /// Returns where the line of a lane lies, for a column around this middle.
    fn x(&self, lane: Lane, middle: i64, half: i64) -> i64 {
        let widths = self.on(lane.side);
        let nearer: i64 = widths.iter().take(lane.number).sum();
        let own = widths.get(lane.number).copied().unwrap_or_default();
        let away = half + nearer + own / 2;
        match lane.side {
            Side::Left => middle - away,
            Side::Right => middle + away,
        }
    }
}

/// Returns the lines that end at a side of a state, from top to bottom: in this order none crosses another
/// there.
pub(super) fn ports(drawn: &[Drawn<'_>], row: usize, side: Side) -> Vec<usize> {
    let mut upward = Vec::new();
    let mut downward = Vec::new();
    for (index, way) in drawn.iter().enumerate() {
        let Some(lane) = way.lane().filter(|lane| lane.side == side) else {
            continue;
        };
        let (upper, lower) = way.span();
        if lower == row {
            upward.push((lane.number, index));
        } else if upper == row {
            downward.push((lane.number, index));
        }
    }
    upward.sort_unstable();
    downward.sort_unstable_by(|left, right| right.cmp(left));
    let all = upward.into_iter().chain(downward);
    all.map(|(_, index)| index).collect()
}

/// Returns the lines, with their labels.
pub(super) fn wires(
    drawn: &[Drawn<'_>],
    boxes: &[StateBox],
    gaps: &[(i64, i64)],
    widths: &Widths,
    middle: i64,
    half: i64,
) -> Vec<Wire> {
    let mut wires = Vec::new();
    for (index, way) in drawn.iter().enumerate() {
        let (Some(from), Some(to)) = (boxes.get(way.from), boxes.get(way.to)) else {
            continue;
        };
        let (from, to) = (from.rect, to.rect);
        let bottom = |rect: Rect| rect.y + rect.height;
        let height = way.label.height();
        let (points, x, gap, anchor) = match way.course {
            Course::Down => (
                vec![(middle, bottom(from)), (middle, to.y)],
                middle + AWAY,
                way.to,
                Anchor::Start,
            ),
            Course::Up => {
                let x = middle - BESIDE;
                (
                    vec![(x, from.y), (x, bottom(to))],
                    x - AWAY,
                    way.from,
                    Anchor::End,
                )
            }
            Course::Around(lane) => {
                let x = widths.x(lane, middle, half);
                let begin = port(drawn, (index, way.from), lane.side, from);
                let end = port(drawn, (index, way.to), lane.side, to);
                let points = vec![begin, (x, begin.1), (x, end.1), end];
                (points, x, lane.gap, Anchor::Middle)
            }
        };
        let (top, room) = gaps.get(gap).copied().unwrap_or_default();
        // A little above the middle: the head of an arrow takes room beneath.
        let top = top + (room - height) / 2 - 1;
        wires.push(Wire {
            from: way.edge.from.clone(),
            to: way.edge.to.clone(),
            points,
            label: way.label.place(x, top, anchor),
            place: way.label.rect(x, top, anchor),
            is_automatic: way
                .edge
                .labels
                .iter()
                .all(|label| matches!(label.by, Cause::Automatic | Cause::Reaction { .. })),
            is_taken: !way.edge.steps.is_empty(),
            told: told(&way.edge),
        });
    }
    wires
}

/// Returns where a line ends at the side of a state.
fn port(drawn: &[Drawn<'_>], (index, row): (usize, usize), side: Side, rect: Rect) -> (i64, i64) {
    let ports = ports(drawn, row, side);
    let place = ports.iter().position(|port| *port == index);
    let number = |count: usize| i64::try_from(count).unwrap_or_default();
    let y =
        rect.y + rect.height * (number(place.unwrap_or_default()) + 1) / (number(ports.len()) + 1);
    match side {
        Side::Left => (rect.x, y),
        Side::Right => (rect.x + rect.width, y),
    }
}

/// Tells of a way in one sentence.
fn told(edge: &Edge<'_>) -> String {
    let causes: Vec<_> = edge
        .labels
        .iter()
        .map(|transition| {
            let details = transition.who().into_iter().chain(transition.gate());
            let mut words = vec![transition.cause()];
            words.extend(details);
            words.join(", ")
        })
        .collect();
    format!("{} to {}: {}", edge.from, edge.to, causes.join("; or "))
}
