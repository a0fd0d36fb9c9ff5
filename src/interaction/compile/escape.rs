//! Values are data: whatever they look like, they do not change the structure of the document.

use crate::model::yaml;

/// So many characters of a value stand in frontmatter.
const LONGEST_SCALAR: usize = 2_000;

/// A stretch of text in which only the template begins comments.
///
/// A comment could swallow what follows it; a value that looks like one is written so that Markdown
/// shows it as it is.
pub(super) struct Run {
    done: String,
    text: String,
    may_comment: bool,
}

impl Run {
    /// Begins a text in which a comment could begin, or one where nothing can.
    pub(super) fn new(may_comment: bool) -> Self {
        Self {
            done: String::new(),
            text: String::new(),
            may_comment,
        }
    }

    /// Goes on with text or a value.
    pub(super) fn push(&mut self, text: &str) {
        self.text.push_str(text);
    }

    /// Puts a comment of the template.
    pub(super) fn comment(&mut self, comment: &str) {
        self.flush();
        self.done.push_str(comment);
    }

    /// Returns the whole.
    pub(super) fn finish(mut self) -> String {
        self.flush();
        self.done
    }

    fn flush(&mut self) {
        let text = std::mem::take(&mut self.text);
        if self.may_comment {
            self.done.push_str(&text.replace("<!--", "&lt;!--"));
        } else {
            self.done.push_str(&text);
        }
    }
}

/// Returns the lines of a value, however it ends them.
pub(super) fn lines(value: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(value);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some(end) = text.find(['\n', '\r']) else {
            rest = None;
            return Some(text);
        };
        let (line, ending) = text.split_at_checked(end)?;
        rest = ending.strip_prefix("\r\n").or_else(|| ending.get(1..));
        Some(line)
    })
}

/// Returns a value on one line.
pub(super) fn inline(value: &str) -> String {
    lines(value).collect::<Vec<_>>().join(" ")
}

/// Returns a value for a cell of a table: on one line, and nothing in it parts cells.
pub(super) fn cell(value: &str) -> String {
    let mut cell = String::with_capacity(value.len());
    let mut backslashes = 0;
    for letter in inline(value).chars() {
        if letter == '|' {
            // Those before the pipe are escaped too, or they would take its own.
            cell.extend(std::iter::repeat_n('\\', backslashes + 1));
        }
        backslashes = if letter == '\\' { backslashes + 1 } else { 0 };
        cell.push(letter);
    }
    if backslashes > 0 {
        // A blank keeps it from escaping the pipe of the template.
        cell.push(' ');
    }
    cell
}

/// Returns a line that begins with a value, which is no mark of Markdown.
pub(super) fn begun(line: &str) -> String {
    let flush = line.trim_start();
    let digits = flush.len()
        - flush
            .trim_start_matches(|letter: char| letter.is_ascii_digit())
            .len();
    let (number, after) = flush.split_at_checked(digits).unwrap_or_default();
    if digits > 0 && after.starts_with(['.', ')']) {
        return format!("{number}\\{after}");
    }
    if flush.starts_with(['#', '>', '-', '+', '*', '=', '_', '`', '~', '|', '<', '[']) {
        return format!("\\{flush}");
    }
    flush.to_owned()
}

/// Returns a superseded line in a quote, struck out; nothing in it ends that.
pub(super) fn struck(line: &str) -> String {
    let bare = line.trim();
    if bare.is_empty() {
        return String::new();
    }
    let mut struck = String::from("~~");
    for letter in bare.chars() {
        if matches!(letter, '\\' | '~' | '`') {
            struck.push('\\');
        }
        struck.push(letter);
    }
    struck + "~~"
}

/// Returns a superseded line of code, struck out.
pub(super) fn struck_raw(line: &str) -> String {
    if line.trim().is_empty() {
        return String::new();
    }
    format!("~~{line}~~")
}

/// Returns a text as a YAML scalar on one line.
///
/// Frontmatter is read within a limit, so that a long answer is cut here; it is no attribution, and
/// the whole of it stands below.
pub(super) fn yaml(text: &str) -> String {
    let mut letters = text.chars();
    let mut shown: String = letters.by_ref().take(LONGEST_SCALAR).collect();
    if letters.next().is_some() {
        shown.push('…');
    }
    let entry = yaml::mapping(&[("k", Some(&shown))]);
    let scalar = entry.strip_prefix("k:").unwrap_or(&entry);
    // Of blanks only those of YAML are cut: a value may begin or end with any other.
    scalar.trim_matches([' ', '\n']).to_owned()
}

/// Returns how long the longest run of a mark is.
pub(super) fn longest_run(text: &str, mark: char) -> usize {
    let mut longest = 0;
    let mut run = 0;
    for letter in text.chars() {
        run = if letter == mark { run + 1 } else { 0 };
        longest = longest.max(run);
    }
    longest
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::yaml;

    /// Whatever a value begins or ends with, it is read again as it was.
    #[test]
    fn a_scalar_is_the_value_and_nothing_else() {
        for value in [
            "\u{205f}",
            "\u{205f}% x",
            "\u{2003}{a",
            "\u{a0}x\u{a0}",
            " x ",
            "x\n",
            "",
            "- a",
            "a: b #c",
        ] {
            let text = format!("k: {}\n", yaml(value));
            let read: BTreeMap<String, String> = crate::model::yaml::read(&text).unwrap();
            assert_eq!(read["k"], value, "{text:?}");
        }
    }
}
