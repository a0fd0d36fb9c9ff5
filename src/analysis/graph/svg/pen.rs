//! Lines, heads of arrows and boxes, as SVG writes them.

use std::fmt::Write as _;

use super::Rect;

/// Returns a line through these points, its corners rounded.
pub(super) fn rounded(points: &[(i64, i64)]) -> String {
    const RADIUS: i64 = 9;
    let mut path = String::new();
    for (index, (x, y)) in points.iter().enumerate() {
        let before = index.checked_sub(1).and_then(|index| points.get(index));
        match (before, points.get(index + 1)) {
            (None, _) => {
                let _ = write!(path, "M{x} {y}");
            }
            (Some(before), None) => {
                // It ends within the head of the arrow.
                let (x, y) = towards((*x, *y), *before, 5);
                let _ = write!(path, "L{x} {y}");
            }
            (Some(before), Some(after)) => {
                let (from_x, from_y) = towards((*x, *y), *before, RADIUS);
                let (to_x, to_y) = towards((*x, *y), *after, RADIUS);
                let _ = write!(path, "L{from_x} {from_y}Q{x} {y} {to_x} {to_y}");
            }
        }
    }
    path
}

/// Returns the point this far from one on the way to another, or halfway where that is nearer.
fn towards((x, y): (i64, i64), (to_x, to_y): (i64, i64), far: i64) -> (i64, i64) {
    let step = |from: i64, to: i64| from + (to - from).signum() * far.min((to - from).abs() / 2);
    (step(x, to_x), step(y, to_y))
}

/// Draws a line.
pub(super) fn line(svg: &mut String, path: &str, colour: &str, thick: &str, dashed: bool) {
    let dashes = if dashed {
        " stroke-dasharray=\"6 4\""
    } else {
        ""
    };
    let _ = writeln!(
        svg,
        "<path d=\"{path}\" fill=\"none\" stroke=\"{colour}\" stroke-width=\"{thick}\"{dashes}/>"
    );
}

/// Draws the head of an arrow that comes from one point and ends at another.
pub(super) fn head(
    svg: &mut String,
    (from_x, from_y): (i64, i64),
    (x, y): (i64, i64),
    colour: &str,
) {
    let (back_x, back_y) = ((from_x - x).signum() * 9, (from_y - y).signum() * 9);
    // Across is what is not along.
    let (side_x, side_y) = (back_y.signum() * 4, back_x.signum() * 4);
    let (back_x, back_y) = (x + back_x, y + back_y);
    let _ = writeln!(
        svg,
        "<path d=\"M{x} {y}L{} {}L{} {}Z\" fill=\"{colour}\"/>",
        back_x - side_x,
        back_y - side_y,
        back_x + side_x,
        back_y + side_y
    );
}

/// Draws the dot at which a life begins.
pub(super) fn dot(svg: &mut String, x: i64, y: i64, colour: &str) {
    let _ = writeln!(
        svg,
        "<circle cx=\"{x}\" cy=\"{y}\" r=\"6\" fill=\"{colour}\"/>"
    );
}

/// Draws a box.
pub(super) fn framed(
    svg: &mut String,
    rect: Rect,
    fill: &str,
    (stroke, thick): (&str, &str),
    dashed: bool,
) {
    let dashes = if dashed {
        " stroke-dasharray=\"5 4\""
    } else {
        ""
    };
    let _ = writeln!(
        svg,
        "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" rx=\"7\" fill=\"{fill}\" stroke=\"{stroke}\" stroke-width=\"{thick}\"{dashes}/>",
        rect.x, rect.y, rect.width, rect.height
    );
}

/// Returns a text in which nothing means anything to XML, and which XML may hold.
pub(super) fn escaped(text: &str) -> String {
    let mut escaped = String::new();
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\u{fffe}' | '\u{ffff}' => escaped.push('\u{fffd}'),
            letter if letter.is_control() => escaped.push(' '),
            letter => escaped.push(letter),
        }
    }
    escaped
}
