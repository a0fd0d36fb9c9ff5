//! A graph as a picture that every browser and printer knows (SVG).
//!
//! Everything is drawn by attributes, with the viewer's own sans-serif letters, on a ground of its own: it looks
//! the same alone, within a page, in a dark window and on paper.

mod pen;

use std::fmt::Write as _;

use super::Graph;
use super::layout::{Anchor, Layout, Mark, Rect, Rest, StateBox, Style, Text, Wire};
use super::panels::{self, Panel, Sample};
use pen::{dot, escaped, framed, head, line, rounded};

/// Of lines, and of words that matter.
const INK: &str = "#1f2937";
/// Of words that explain.
const GREY: &str = "#4b5563";
/// Of who may do something.
const BLUE: &str = "#1d4f8c";
/// Of what must hold.
const BROWN: &str = "#7a4a12";
/// Of the way a document came.
const GREEN: &str = "#17694a";
/// Of where it stands.
const AMBER: &str = "#a6540a";

/// Draws a graph.
#[must_use]
pub fn picture(graph: &Graph) -> String {
    draw(graph, &Layout::of(graph))
}

/// Draws a graph that is laid out.
#[must_use]
pub fn draw(graph: &Graph, layout: &Layout) -> String {
    let mut svg = String::new();
    let (title, lines) = panels::title(graph);
    let (width, height) = (layout.width, layout.height);
    let _ = writeln!(
        svg,
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" viewBox=\"0 0 {width} {height}\" role=\"img\" aria-label=\"{0}\" font-family=\"sans-serif\">\n<title>{0}</title>\n<desc>{1}</desc>",
        escaped(&title),
        escaped(&described(graph, &lines))
    );
    let _ = writeln!(
        svg,
        "<rect width=\"{width}\" height=\"{height}\" fill=\"#ffffff\"/>"
    );
    texts(&mut svg, &layout.heading);
    // What the document did lies above what it did not do.
    let mut wires: Vec<&Wire> = layout.wires.iter().collect();
    wires.sort_by_key(|wire| wire.is_taken);
    for wire in &wires {
        draw_wire(&mut svg, wire);
    }
    for start in &layout.starts {
        let ((x, y), (_, end)) = (start.dot, start.end);
        let _ = writeln!(
            svg,
            "<g><title>born in {}</title>",
            escaped(start.state.as_str())
        );
        dot(&mut svg, x, y, INK);
        line(
            &mut svg,
            &format!("M{x} {y}V{}", end - 5),
            INK,
            "1.4",
            false,
        );
        head(&mut svg, (x, y), (x, end), INK);
        svg.push_str("</g>\n");
        texts(&mut svg, &start.label);
    }
    for state in &layout.boxes {
        draw_state(&mut svg, state);
    }
    for wire in &wires {
        ground(&mut svg, wire.place);
        texts(&mut svg, &wire.label);
    }
    for panel in &layout.panels {
        draw_panel(&mut svg, panel);
    }
    svg.push_str("</svg>\n");
    svg
}

/// Says in words what the picture shows.
fn described(graph: &Graph, lines: &[String]) -> String {
    let born: Vec<_> = graph
        .entries
        .iter()
        .map(|entry| entry.to.as_str())
        .collect();
    let ends = graph.states.iter().filter(|state| state.terminal);
    let ends: Vec<_> = ends.map(|state| state.name.as_str()).collect();
    let mut text = format!("{}. {} states", lines.join(". "), graph.states.len());
    if !born.is_empty() {
        let _ = write!(text, ", beginning in {}", born.join(" or "));
    }
    if !ends.is_empty() {
        let _ = write!(text, ", ending in {}", ends.join(" or "));
    }
    let _ = write!(text, ". {} ways between them.", graph.edges().len());
    if let Some(trace) = &graph.document {
        let way: Vec<_> = trace.way.iter().map(AsRef::as_ref).collect();
        let _ = write!(text, " {} came this way: {}.", trace.doc_id, way.join(", "));
    }
    text
}

fn draw_wire(svg: &mut String, wire: &Wire) {
    let (colour, thick) = if wire.is_taken {
        (GREEN, "2.8")
    } else {
        (INK, "1.4")
    };
    let path = rounded(&wire.points);
    let _ = writeln!(svg, "<g><title>{}</title>", escaped(&wire.told));
    // A line that crosses another interrupts it.
    line(svg, &path, "#ffffff", "6", false);
    line(svg, &path, colour, thick, wire.is_automatic);
    if let [.., before, end] = wire.points.as_slice() {
        head(svg, *before, *end, colour);
    }
    svg.push_str("</g>\n");
}

/// Puts white beneath a text that interrupts a line.
fn ground(svg: &mut String, place: Rect) {
    if place.width > 0 {
        let _ = writeln!(
            svg,
            "<rect x=\"{}\" y=\"{}\" width=\"{}\" height=\"{}\" fill=\"#ffffff\"/>",
            place.x - 2,
            place.y - 1,
            place.width + 4,
            place.height + 2
        );
    }
}

fn draw_state(svg: &mut String, state: &StateBox) {
    let (fill, stroke) = match (state.mark, state.rest) {
        (Mark::Present, _) => ("#fdf0d5", (AMBER, "3")),
        (Mark::Passed, _) => ("#eef7f2", (GREEN, "2.2")),
        (Mark::Never, Rest::Terminal) => ("#eef1f5", (INK, "1.6")),
        (Mark::Never, Rest::Passing) => ("#ffffff", (INK, "1.4")),
        (Mark::Never, Rest::Common) => ("#f7f9fb", (INK, "1.6")),
    };
    let is_passing = state.rest == Rest::Passing;
    let _ = writeln!(svg, "<g><title>{}</title>", escaped(state.state.as_str()));
    framed(svg, state.rect, fill, stroke, is_passing);
    if state.rest == Rest::Terminal {
        framed(svg, within(state.rect, 4), "none", (stroke.0, "1"), false);
    }
    if let Some(y) = state.divided_at {
        let (left, right) = (state.rect.x + 12, state.rect.x + state.rect.width - 12);
        line(svg, &format!("M{left} {y}H{right}"), "#c5ccd6", "1", false);
    }
    texts(svg, &state.texts);
    svg.push_str("</g>\n");
}

fn within(rect: Rect, by: i64) -> Rect {
    Rect {
        x: rect.x + by,
        y: rect.y + by,
        width: rect.width - 2 * by,
        height: rect.height - 2 * by,
    }
}

fn draw_panel(svg: &mut String, panel: &Panel) {
    for (sample, (x, y)) in &panel.samples {
        let small = Rect {
            x: *x,
            y: y - 6,
            width: 34,
            height: 13,
        };
        let mut arrow = |colour: &str, thick: &str, dashed: bool| {
            line(svg, &format!("M{x} {y}H{}", x + 29), colour, thick, dashed);
            head(svg, (*x, *y), (x + 34, *y), colour);
        };
        match sample {
            Sample::Start => dot(svg, x + 17, *y, INK),
            Sample::Done => arrow(INK, "1.4", false),
            Sample::Automatic => arrow(INK, "1.4", true),
            Sample::Taken => arrow(GREEN, "2.8", false),
            Sample::Passing => framed(svg, small, "#ffffff", (INK, "1.4"), true),
            Sample::Present => framed(svg, small, "#fdf0d5", (AMBER, "3"), false),
            Sample::Terminal => {
                framed(svg, small, "#eef1f5", (INK, "1.6"), false);
                framed(svg, within(small, 3), "none", (INK, "1"), false);
            }
        }
    }
    texts(svg, &panel.texts);
}

fn texts(svg: &mut String, texts: &[Text]) {
    for text in texts {
        let anchor = match text.anchor {
            Anchor::Start => "",
            Anchor::Middle => " text-anchor=\"middle\"",
            Anchor::End => " text-anchor=\"end\"",
        };
        let letters = text.style.letters();
        let bold = if letters.bold {
            " font-weight=\"bold\""
        } else {
            ""
        };
        let (colour, slanted) = match text.style {
            Style::Actors => (BLUE, false),
            Style::Gate => (BROWN, true),
            Style::Itself => (INK, true),
            Style::Step => (GREEN, false),
            Style::Meaning | Style::Subtitle => (GREY, false),
            Style::Title
            | Style::State
            | Style::Verb
            | Style::Stay
            | Style::Note
            | Style::Head
            | Style::Key => (INK, false),
        };
        let slant = if slanted {
            " font-style=\"italic\""
        } else {
            ""
        };
        let _ = writeln!(
            svg,
            "<text x=\"{}\" y=\"{}\" font-size=\"{}\" fill=\"{colour}\"{anchor}{bold}{slant}>{}</text>",
            text.x,
            text.y,
            letters.size,
            escaped(&text.words)
        );
    }
}
