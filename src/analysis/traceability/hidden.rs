//! What hides text in Markdown: frontmatter, blocks of code, comments. Line by line, not as a tree.

const COMMENT_BEGINS: &str = "<!--";
const COMMENT_ENDS: &str = "-->";

/// Returns how many lines the frontmatter has.
pub(super) fn frontmatter(text: &str) -> usize {
    let mut lines = text.lines();
    if lines.next().map(str::trim_end) != Some("---") {
        return 0;
    }
    lines
        .position(|line| line.trim_end() == "---")
        .map_or(0, |index| index + 2)
}

/// A block of code that is open: its mark and how many of them open it.
#[derive(Default)]
pub(super) struct Fence(Option<(char, usize)>);

impl Fence {
    /// Tells whether a line belongs to a block of code, its fences included.
    pub(super) fn hides(&mut self, line: &str) -> bool {
        let line = line.trim();
        let Some(mark) = line.chars().next().filter(|mark| matches!(mark, '`' | '~')) else {
            return self.0.is_some();
        };
        let rest = line.trim_start_matches(mark);
        // Both marks are one byte long.
        let length = line.len() - rest.len();
        match self.0 {
            Some((open, least)) => {
                if mark == open && length >= least && rest.is_empty() {
                    self.0 = None;
                }
                true
            }
            None if length >= 3 && !(mark == '`' && rest.contains('`')) => {
                self.0 = Some((mark, length));
                true
            }
            None => false,
        }
    }
}

/// Whether a comment is open.
#[derive(Default)]
pub(super) struct Comment {
    pub(super) is_open: bool,
}

impl Comment {
    /// Returns what a line says outside of comments.
    pub(super) fn removed_from(&mut self, line: &str) -> String {
        let mut visible = String::new();
        let mut rest = line;
        loop {
            if self.is_open {
                let Some((_, after)) = rest.split_once(COMMENT_ENDS) else {
                    return visible;
                };
                self.is_open = false;
                rest = after;
            }
            let Some((before, after)) = comment_in(rest) else {
                visible.push_str(rest);
                return visible;
            };
            // A row of a table ends with its line, and so does what begins in it.
            let is_row = line.trim_start().starts_with('|');
            if is_row && !after.contains(COMMENT_ENDS) {
                visible.push_str(rest);
                return visible;
            }
            visible.push_str(before);
            self.is_open = true;
            rest = after;
        }
    }
}

/// Splits a line where a comment begins, if one does. Code between backticks is no comment.
fn comment_in(line: &str) -> Option<(&str, &str)> {
    let mut at = 0;
    while let Some(rest) = line.get(at..) {
        let mark = rest.find(['`', '<'])?;
        let from = rest.get(mark..)?;
        if let Some(after) = from.strip_prefix(COMMENT_BEGINS) {
            return Some((line.get(..at + mark)?, after));
        }
        at += mark + code_span(from).map_or_else(|| ticks(from).max(1), |(_, length)| length);
    }
    None
}

/// Returns the code that a text begins with, and how long it is with its backticks.
pub(super) fn code_span(text: &str) -> Option<(&str, usize)> {
    let length = Some(ticks(text)).filter(|length| *length > 0)?;
    let mut at = length;
    loop {
        let mark = at + text.get(at..)?.find('`')?;
        let closing = ticks(text.get(mark..)?);
        if closing == length {
            return Some((text.get(length..mark)?, mark + closing));
        }
        at = mark + closing;
    }
}

/// Returns how many backticks a text begins with.
pub(super) fn ticks(text: &str) -> usize {
    text.len() - text.trim_start_matches('`').len()
}
