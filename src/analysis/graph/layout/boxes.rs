//! The box of a state: its name, what it means, and what is done there without leaving it.

use super::lanes::{Side, ports};
use super::text::{Anchor, Rect, Style, Text};
use super::{Block, Drawn};
use crate::analysis::graph::{Graph, Node, Transition};
use crate::model::Status;

/// How wide the words in a box may be.
const WORDS: i64 = 290;
/// How far words keep from the edge of their box.
const PADDING: i64 = 12;
/// How far lines that end at a box keep from each other.
const BETWEEN: i64 = 15;

/// The box of a state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StateBox {
    /// The state.
    pub state: Status,
    /// Where it lies.
    pub rect: Rect,
    /// What stands in it.
    pub texts: Vec<Text>,
    /// How high the line lies between the state and what is done in it.
    pub divided_at: Option<i64>,
    /// Whether a document can rest here, and go on.
    pub rest: Rest,
    /// What the marked document has to do with it.
    pub mark: Mark,
}

/// Whether a document can rest in a state, and go on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rest {
    /// It rests here, and goes on.
    Common,
    /// It never rests here.
    Passing,
    /// Its life ends here.
    Terminal,
}

/// What the marked document has to do with a state.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mark {
    /// It was never here.
    Never,
    /// It was here.
    Passed,
    /// It stands here.
    Present,
}

impl StateBox {
    /// Moves it, and what stands in it.
    pub(super) fn move_to(&mut self, x: i64, y: i64) {
        let (right, down) = (x - self.rect.x, y - self.rect.y);
        self.rect.x = x;
        self.rect.y = y;
        self.divided_at = self.divided_at.map(|line| line + down);
        for text in &mut self.texts {
            text.x += right;
            text.y += down;
        }
    }
}

/// Returns the boxes of all states, in their order, all equally wide.
pub(super) fn of(graph: &Graph, ordered: &[usize], drawn: &[Drawn<'_>]) -> Vec<StateBox> {
    let states = ordered
        .iter()
        .filter_map(|number| graph.states.get(*number));
    let mut boxes: Vec<StateBox> = states.map(|state| of_state(graph, state)).collect();
    let widest = boxes.iter().map(|state| state.rect.width).max();
    for (row, state) in boxes.iter_mut().enumerate() {
        let width = widest.unwrap_or_default();
        for text in &mut state.texts {
            if text.anchor == Anchor::Middle {
                text.x = width / 2;
            }
        }
        state.rect.width = width;
        let busiest = [Side::Left, Side::Right]
            .into_iter()
            .map(|side| ports(drawn, row, side).len())
            .max();
        let busiest = i64::try_from(busiest.unwrap_or_default()).unwrap_or_default();
        state.rect.height = state.rect.height.max((busiest + 1) * BETWEEN);
    }
    boxes
}

fn of_state(graph: &Graph, state: &Node) -> StateBox {
    let mut head = Block::default();
    head.add(0, Style::State, state.name.as_str(), WORDS);
    head.add(1, Style::Meaning, &state.meaning, WORDS);
    let mut width = head.width();
    let mut texts = head.place(0, PADDING - 3, Anchor::Middle);
    let mut y = PADDING - 3 + head.height() + 4;

    let mut divided_at = None;
    for transition in graph.stays(&state.name) {
        if divided_at.is_none() {
            divided_at = Some(y);
            y += 5;
        }
        let (lines, reach) = stay(transition, y);
        texts.extend(lines);
        y += reach.height;
        width = width.max(reach.width);
    }
    StateBox {
        state: state.name.clone(),
        rect: Rect {
            x: 0,
            y: 0,
            width: width + 2 * PADDING,
            height: y + PADDING - 5,
        },
        texts,
        divided_at,
        rest: match (state.terminal, state.passing) {
            (true, _) => Rest::Terminal,
            (false, true) => Rest::Passing,
            (false, false) => Rest::Common,
        },
        mark: match &graph.document {
            Some(trace) if trace.status == state.name => Mark::Present,
            Some(trace) if trace.passed(&state.name) => Mark::Passed,
            Some(_) | None => Mark::Never,
        },
    }
}

/// Returns the lines that tell of something done without leaving a state, and how much room they take.
fn stay(transition: &Transition, top: i64) -> (Vec<Text>, Rect) {
    let mut verb = format!("\u{2022} {}", transition.cause());
    if transition.to.is_none() {
        verb.push_str(", which erases it");
    }
    let who = transition.who().into_iter();
    let rest: Vec<String> = who.chain(transition.gate()).collect();
    keyed(
        &verb,
        Style::Stay,
        &rest.join("; "),
        (PADDING, top, WORDS, 12),
    )
}

/// Returns lines that begin with a word in its own style, the further ones indented; and how much room they
/// take. They begin `at` this point, and have this width and this indentation.
pub(in crate::analysis::graph) fn keyed(
    key: &str,
    style: Style,
    rest: &str,
    (x, top, width, indent): (i64, i64, i64, i64),
) -> (Vec<Text>, Rect) {
    let mut texts = Vec::new();
    let mut reach = 0;
    let mut y = top;
    let mut line = |x_of_line: i64, y: i64, style: Style, words: String| {
        let text = Text {
            x: x_of_line,
            y: y + style.letters().size,
            anchor: Anchor::Start,
            style,
            words,
        };
        let rect = text.rect();
        reach = reach.max(rect.x + rect.width - x);
        texts.push(text);
    };
    let keys = style.letters().wrap(key, width, 0);
    let mut used = 0;
    for (index, words) in keys.iter().enumerate() {
        if index > 0 {
            y += style.line();
        }
        used = style.letters().width(words);
        line(x, y, style, words.clone());
    }
    let space = if used == 0 { 0 } else { used + 6 };
    let note = Style::Note.letters();
    let lines = note.wrap(rest, width - indent, (space - indent).max(0));
    for (index, words) in lines.iter().enumerate() {
        if words.is_empty() {
            continue; // nothing more fits beside the key
        }
        if index == 0 && space + note.width(words) <= width {
            line(x + space, y, Style::Note, words.clone());
        } else {
            y += Style::Note.line();
            line(x + indent, y, Style::Note, words.clone());
        }
    }
    let height = y + style.line() - top;
    let room = Rect {
        x,
        y: top,
        width: reach,
        height,
    };
    (texts, room)
}
