//! Code between fences.

use super::Line;

/// Code between fences, as a template has it.
#[derive(Clone, Debug)]
pub(in crate::interaction) struct Fence {
    /// The blanks before its marks.
    pub(in crate::interaction) indent: String,
    /// The kind of its marks.
    pub(in crate::interaction) mark: char,
    /// How many they are.
    pub(in crate::interaction) length: usize,
    /// What follows the marks that open it.
    pub(in crate::interaction) info: String,
    /// The lines between.
    pub(in crate::interaction) lines: Vec<Line>,
}

impl Fence {
    /// Reads a fence that is closed and begins at an offset of the template.
    pub(super) fn read(code: &str, at: usize) -> Self {
        let mut inner: Vec<(usize, &str)> = Vec::new();
        let mut begins = at;
        for line in code.split_inclusive('\n') {
            inner.push((begins, line.trim_end_matches(['\r', '\n'])));
            begins += line.len();
        }
        inner.pop();
        let mut inner = inner.into_iter();
        let opening = inner.next().map_or("", |(_, line)| line);

        let flush = opening.trim_start_matches(' ');
        let mark = flush.chars().next().unwrap_or('`');
        let info = flush.trim_start_matches(mark);
        let lines = inner.map(|(at, text)| {
            let mut line = Line::default();
            line.push(text, at);
            line
        });
        Self {
            indent: " ".repeat(opening.len() - flush.len()),
            mark,
            length: flush.len() - info.len(),
            info: info.to_owned(),
            lines: lines.collect(),
        }
    }
}

/// Tells whether Markdown sees a fence in a line where a page has none: behind the mark of a list or a quote, or
/// indented so far that it is one within a list. Values would be put there as into text.
pub(in crate::interaction) fn hides_a_fence(text: &str) -> bool {
    let mut rest = text.trim_start();
    let is_indented = text.len() - rest.len() > 3 || text.starts_with('\t');
    let mut is_within = is_indented;
    loop {
        let digits = rest.trim_start_matches(|letter: char| letter.is_ascii_digit());
        let numbered = (digits.len() < rest.len())
            .then(|| digits.strip_prefix(['.', ')']))
            .flatten();
        let inner = rest.strip_prefix(['>', '-', '*', '+']).or(numbered);
        let Some(inner) =
            inner.filter(|inner| rest.starts_with('>') || inner.starts_with([' ', '\t']))
        else {
            break;
        };
        rest = inner.trim_start();
        is_within = true;
    }
    let ticks = rest.starts_with("```") && !rest.trim_start_matches('`').contains('`');
    is_within && (ticks || rest.starts_with("~~~"))
}

#[cfg(test)]
mod tests {
    use super::hides_a_fence;

    #[test]
    fn fences_within_lists_and_quotes_are_noticed() {
        for text in [
            "- ```",
            "> ```rust",
            "1. ~~~",
            "  - > ```",
            "    ```",
            "\t```",
            "-   ```",
            "10) ```",
        ] {
            assert!(hides_a_fence(text), "{text}");
        }
        for text in [
            "```",
            "   ```",
            "- ```code```",
            "-```",
            "text ```",
            "- text",
            "1.```",
            "> quoted",
        ] {
            assert!(!hides_a_fence(text), "{text}");
        }
    }
}
