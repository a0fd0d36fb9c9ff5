//! A graph as text that mermaid draws (`stateDiagram-v2`).

use std::fmt::Write as _;

use super::{Graph, Node, Transition, panels};
use crate::model::Status;

/// What begins a new line within a text.
const BREAK: &str = "<br/>";
/// What stands for every state that is not terminal.
const ANYWHERE: &str = "anywhere";

/// Returns a graph as a state diagram.
#[must_use]
pub fn diagram(graph: &Graph) -> String {
    let mut text = String::new();
    let (title, lines) = panels::title(graph);
    // A text in JSON is a text in YAML.
    let quoted = serde_json::Value::from(one_line(&title));
    let _ = writeln!(text, "---\ntitle: {quoted}\n---\nstateDiagram-v2");
    for line in lines {
        let _ = writeln!(text, "    %% {}", comment(&line));
    }
    text.push_str("    direction TB\n\n");
    for (index, state) in graph.states.iter().enumerate() {
        let words = described(graph, state);
        let _ = writeln!(text, "    state \"{words}\" as s{}", index + 1);
    }
    if graph.anywhere().next().is_some() {
        let words = safe("every state that is not final");
        let _ = writeln!(text, "    state \"{words}\" as {ANYWHERE}");
    }
    text.push('\n');
    for entry in &graph.entries {
        let words = safe(&format!("{}, version {}", entry.name, entry.version));
        let _ = writeln!(
            text,
            "    [*] --> {} : {words}",
            name(graph, Some(&entry.to))
        );
    }
    for edge in graph.edges() {
        let mut labels = Vec::new();
        if !edge.steps.is_empty() {
            let steps: Vec<_> = edge.steps.iter().map(usize::to_string).collect();
            labels.push(safe(&format!("step {}", steps.join(", "))));
        }
        labels.extend(edge.labels.iter().map(|way| told(way, BREAK)));
        let (from, to) = (name(graph, Some(edge.from)), name(graph, Some(edge.to)));
        let _ = writeln!(text, "    {from} --> {to} : {}", labels.join(BREAK));
    }
    for way in graph.anywhere() {
        let to = name(graph, way.to.as_ref());
        let _ = writeln!(text, "    {ANYWHERE} --> {to} : {}", told(way, BREAK));
    }
    for state in graph.states.iter().filter(|state| state.terminal) {
        let _ = writeln!(text, "    {} --> [*]", name(graph, Some(&state.name)));
    }
    classes(graph, &mut text);
    text
}

/// Writes how states look that are more than a state.
fn classes(graph: &Graph, text: &mut String) {
    let trace = graph.document.as_ref();
    let is_present = |state: &&Node| trace.is_some_and(|trace| trace.status == state.name);
    let is_passed = |state: &&Node| {
        trace.is_some_and(|trace| trace.status != state.name && trace.passed(&state.name))
    };
    let all = || graph.states.iter();
    let classes: [(&str, &str, Vec<&Node>); 4] = [
        (
            "passing",
            "fill:#f8fafc,stroke:#475569,stroke-dasharray:5 4,color:#0f172a",
            all().filter(|state| state.passing).collect(),
        ),
        (
            "final",
            "fill:#e8ecf1,stroke:#1f2937,stroke-width:3px,color:#0f172a",
            all().filter(|state| state.terminal).collect(),
        ),
        (
            "passed",
            "fill:#e3f3ea,stroke:#17694a,stroke-width:2px,color:#0f172a",
            all().filter(is_passed).collect(),
        ),
        (
            "present",
            "fill:#fdecc8,stroke:#a6540a,stroke-width:3px,color:#0f172a",
            all().filter(is_present).collect(),
        ),
    ];
    text.push('\n');
    for (class, look, states) in classes {
        if states.is_empty() {
            continue;
        }
        let _ = writeln!(text, "    classDef {class} {look}");
        let names: Vec<_> = states
            .iter()
            .map(|state| name(graph, Some(&state.name)))
            .collect();
        let _ = writeln!(text, "    class {} {class}", names.join(","));
    }
}

/// Returns the word that stands for a state; none is where everything begins and ends.
fn name(graph: &Graph, status: Option<&Status>) -> String {
    let index = graph
        .states
        .iter()
        .position(|state| Some(&state.name) == status);
    index.map_or_else(|| "[*]".to_owned(), |index| format!("s{}", index + 1))
}

/// Returns what stands in a state: its name, what it means, and what is done there.
fn described(graph: &Graph, state: &Node) -> String {
    let mut lines = vec![safe(state.name.as_str()), safe(&state.meaning)];
    lines.extend(graph.stays(&state.name).map(|stay| {
        let erases = if stay.to.is_none() {
            ", which erases it"
        } else {
            ""
        };
        let words = told(stay, ", ");
        format!("\u{2022} {words}{erases}")
    }));
    lines.join(BREAK)
}

/// Tells of a way: what makes it happen, who may do it, what must hold.
fn told(way: &Transition, between: &str) -> String {
    let gate = way.gate().map(|gate| gate.replace("; ", ", "));
    let details = way.who().into_iter().chain(gate);
    let words: Vec<_> = std::iter::once(way.cause()).chain(details).collect();
    let words: Vec<_> = words.iter().map(|words| safe(words)).collect();
    words.join(between)
}

/// Returns a text in which nothing means anything to mermaid: every sign that might is written by its number.
fn safe(text: &str) -> String {
    let mut safe = String::new();
    for letter in text.chars() {
        match letter {
            ' ' | ',' | '.' | '_' | '-' | '(' | ')' => safe.push(letter),
            letter if letter.is_whitespace() || letter.is_control() => safe.push(' '),
            letter if letter.is_alphanumeric() || !letter.is_ascii() => safe.push(letter),
            letter => {
                let _ = write!(safe, "#{};", u32::from(letter));
            }
        }
    }
    safe
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Returns a text that can stand in a comment.
fn comment(text: &str) -> String {
    // Braces in a comment would be taken for a directive.
    one_line(text).replace(['{', '}'], " ")
}
