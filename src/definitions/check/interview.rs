//! What is known of a document before anybody is asked: placeholders that can be, facts that there are.

use crate::definitions::authoring::{Known, Remembered};
use crate::definitions::codes;
use crate::definitions::doctype::Doctype;
use crate::definitions::report::Finding;
use crate::definitions::rulebook::Rulebook;

/// Looks at all types that are written by answering.
pub(super) fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    for doctype in &rules.doctypes {
        let interview = doctype.authoring.interview.iter();
        for remembered in interview.flat_map(|interview| &interview.remembers) {
            key(remembered, findings);
            parent(doctype, remembered, findings);
        }
    }
}

/// A template says `{{key}}`, so a key is what can stand between braces.
fn key(remembered: &Remembered, findings: &mut Vec<Finding>) {
    let key = &remembered.key;
    let plain = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
    if key.starts_with(|first: char| first.is_ascii_alphabetic()) && key.chars().all(plain) {
        return;
    }
    let message = format!("`{}` cannot be a placeholder", key.escape_debug());
    findings.push(
        Finding::new(codes::BAD_NAME, remembered.origin, message)
            .label("remembered by that name")
            .help("it begins with a letter, and holds letters, digits and `_` only"),
    );
}

fn parent(doctype: &Doctype, remembered: &Remembered, findings: &mut Vec<Finding>) {
    if remembered.fact != Known::Parent || doctype.is_child() {
        return;
    }
    let message = format!("`{}` remembers its parent, and has none", doctype.name);
    findings.push(
        Finding::new(codes::NO_PARENT, remembered.origin, message)
            .label("whose?")
            .help("`child-of TYPE` says whose child it is"),
    );
}
