//! Code between fences: values are raw, and the fence is long enough to hold them.

use super::escape;
use super::sheet::Sheet;
use crate::interaction::page::Fence;

/// Writes code between fences that are longer than any run of their mark within it.
pub(super) fn write(fence: &Fence, lines: &[String], sheet: &mut Sheet) {
    let runs = lines
        .iter()
        .map(|line| escape::longest_run(line, fence.mark));
    let longest = runs.max().unwrap_or_default();
    let length = fence.length.max(if longest < 3 { 0 } else { longest + 1 });
    let marks: String = std::iter::repeat_n(fence.mark, length).collect();

    let indent = &fence.indent;
    sheet.line(&format!("{indent}{marks}{}", fence.info));
    for line in lines {
        if indent.is_empty() {
            sheet.line(line);
        } else {
            sheet.line(&indented(line, indent));
        }
    }
    sheet.line(&format!("{indent}{marks}"));
}

/// Indents what a value adds to a line: within a list a line at the margin would end the fence.
fn indented(line: &str, indent: &str) -> String {
    let mut lines = escape::lines(line);
    let mut text = lines.next().unwrap_or_default().to_owned();
    for line in lines {
        text.extend(["\n", indent, line]);
    }
    text
}
