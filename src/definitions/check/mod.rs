//! What must be true of the rules as a whole.
//!
//! Each file asks one kind of question. Whatever is found goes on the list with its place, and nothing
//! here stops at the first fault.

mod arms;
mod asking;
mod births;
mod code;
mod doctype;
mod facts;
mod files;
mod guards;
mod interview;
mod kinship;
mod logging;
mod names;
mod overlap;
mod patterns;
mod permission;
mod place;
mod prompts;
mod renamed;
mod shapes;
mod size;
mod twice;
mod undeclared;
mod unused;
mod walk;
mod words;
mod workflow;

use super::codes::{self, Level};
use super::doctype::Doctype;
use super::pattern::Pattern;
use super::report::Finding;
use super::rulebook::Rulebook;
use super::source::Origin;

/// Returns where a type names a template that its documents are born from.
#[must_use]
pub fn place_of_template(rules: &Rulebook, doctype: &Doctype, template: &Pattern) -> Origin {
    place::of_child(rules, doctype.origin, "authored", &template.source())
}

/// Looks at everything, and puts what is wrong on the list.
pub fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    let before = findings.len();
    lacks_a_part(rules, findings);
    size::check(rules, findings);
    if findings.len() > before {
        // Without a part every name of it would be found missing, and of too much too much.
        return;
    }

    files::check(rules, findings);
    words::check(rules, findings);
    twice::check(rules, findings);
    renamed::check(rules, findings);
    names::check(rules, findings);
    doctype::check(rules, findings);
    kinship::check(rules, findings);
    permission::check(rules, findings);

    // Where a name is misspelt, what it was to name would be found unused and out of reach.
    let is_misspelt = |finding: &Finding| finding.code.level() == Level::References;
    if !findings.iter().skip(before).any(is_misspelt) {
        unused::check(rules, findings);
        arms::check(rules, findings);
    }

    workflow::check(rules, findings);
    asking::check(rules, findings);
    births::check(rules, findings);
    guards::check(rules, findings);
    code::check(rules, findings);
    facts::check(rules, findings);
    logging::check(rules, findings);
    patterns::check(rules, findings);
    interview::check(rules, findings);
    prompts::check(rules, findings);
}

/// Returns what stands for all findings that are too many to be told of.
pub(super) fn more(count: usize) -> Finding {
    let what = if count == 1 { "finding" } else { "findings" };
    Finding::new(
        codes::TOO_MANY,
        Origin::NOWHERE,
        format!("there are {count} more {what}"),
    )
    .help("mend these, and look again")
}

fn lacks_a_part(rules: &Rulebook, findings: &mut Vec<Finding>) {
    let parts = [
        (rules.workflows.is_empty(), "workflow", "workflows/"),
        (rules.doctypes.is_empty(), "doctype", "doctypes/"),
        (rules.permits.is_empty(), "permit", "permissions/"),
    ];
    for (_, what, folder) in parts.into_iter().filter(|(is_empty, ..)| *is_empty) {
        findings.push(
            Finding::new(
                codes::EMPTY_RULEBOOK,
                Origin::NOWHERE,
                format!("there is no {what} in these rules"),
            )
            .help(format!("each stands in a file of `{folder}`")),
        );
    }
}
