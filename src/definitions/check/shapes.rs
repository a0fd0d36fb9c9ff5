//! Whether two patterns have a text in common.
//!
//! Each becomes a row of steps, every step a set of letters that may repeat or not; the two are then
//! walked side by side.

use crate::definitions::pattern::{Pattern, Piece};

/// Every letter an id can hold.
const LETTERS: &[u8] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_";

/// Which letters a step takes.
#[derive(Clone, Copy)]
enum Set {
    This(char),
    Digit,
    LetterOrDigit,
    Any,
}

/// One step of a pattern.
#[derive(Clone, Copy)]
struct Step {
    set: Set,
    repeats: bool,
}

/// Tells whether an id of one type can be one of another.
///
/// A name that reads as another type's child is refused when it is given, so a child is
/// compared with children only.
pub(super) fn collide(left: &Pattern, right: &Pattern) -> bool {
    let is_child = |pattern: &Pattern| pattern.has(|piece| *piece == Piece::Parent);
    is_child(left) == is_child(right) && overlap(left, right)
}

/// Tells whether there is a text that both patterns match.
pub(super) fn overlap(left: &Pattern, right: &Pattern) -> bool {
    if begin_apart(left.literal_start(), right.literal_start()) {
        return false;
    }
    let (left, right) = (steps(left), steps(right));
    let mut open = vec![(0, 0)];
    let mut seen = Vec::new();
    while let Some(here) = open.pop() {
        if here == (left.len(), right.len()) {
            return true;
        }
        if seen.contains(&here) {
            continue;
        }
        seen.push(here);
        open.extend(next(&left, &right, here));
    }
    false
}

/// Tells whether two beginnings differ in a letter that both have: most patterns are told apart by that.
fn begin_apart(left: &str, right: &str) -> bool {
    let mut letters = left.bytes().zip(right.bytes());
    letters.any(|(one, other)| !one.eq_ignore_ascii_case(&other))
}

/// Returns where the two can be after one more letter. A step that repeats may also be left at once.
fn next(left: &[Step], right: &[Step], (at_left, at_right): (usize, usize)) -> Vec<(usize, usize)> {
    let mut places = Vec::new();
    let (one, other) = (left.get(at_left), right.get(at_right));
    if one.is_some_and(|step| step.repeats) {
        places.push((at_left + 1, at_right));
    }
    if other.is_some_and(|step| step.repeats) {
        places.push((at_left, at_right + 1));
    }
    if let (Some(one), Some(other)) = (one, other)
        && meet(one.set, other.set)
    {
        let after_left = if one.repeats { at_left } else { at_left + 1 };
        let after_right = if other.repeats {
            at_right
        } else {
            at_right + 1
        };
        places.push((after_left, after_right));
    }
    places
}

fn meet(one: Set, other: Set) -> bool {
    LETTERS.iter().any(|letter| {
        let letter = char::from(*letter);
        takes(one, letter) && takes(other, letter)
    })
}

fn takes(set: Set, letter: char) -> bool {
    match set {
        Set::This(only) => only.eq_ignore_ascii_case(&letter),
        Set::Digit => letter.is_ascii_digit(),
        Set::LetterOrDigit => letter.is_ascii_alphanumeric(),
        Set::Any => true,
    }
}

fn steps(pattern: &Pattern) -> Vec<Step> {
    let once = |set| Step {
        set,
        repeats: false,
    };
    let more = |set| Step { set, repeats: true };
    let mut steps = Vec::new();
    for piece in &pattern.pieces {
        match piece {
            Piece::Literal(text) => {
                steps.extend(text.chars().map(|letter| once(Set::This(letter))));
            }
            Piece::Number(digits) => {
                steps.extend(std::iter::repeat_n(once(Set::Digit), *digits));
                steps.push(more(Set::Digit));
            }
            Piece::Id | Piece::Parent | Piece::Name | Piece::Namespace => {
                steps.extend([once(Set::LetterOrDigit), more(Set::Any)]);
            }
        }
    }
    steps
}
