//! Parents: they exist, one of them is nobody's child, and the id and the home agree with them.

use super::place;
use crate::definitions::codes;
use crate::definitions::doctype::{Doctype, Home};
use crate::definitions::report::{Finding, did_you_mean};
use crate::definitions::rulebook::Rulebook;

/// Looks at all types.
pub(super) fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    for doctype in &rules.doctypes {
        parents(rules, doctype, findings);
        childhood(rules, doctype, findings);
    }
}

fn parents(rules: &Rulebook, doctype: &Doctype, findings: &mut Vec<Finding>) {
    let parents = doctype
        .child_of
        .iter()
        .flat_map(|child_of| &child_of.parents);
    let mut are_known = true;
    for (parent, origin) in parents.filter(|(parent, _)| rules.doctype(parent).is_none()) {
        are_known = false;
        let known = rules.doctypes.iter().map(|doctype| doctype.name.as_str());
        findings.push(
            Finding::new(
                codes::UNKNOWN_DOCTYPE,
                *origin,
                format!(
                    "`{}` is a child of `{parent}`, which is not a type",
                    doctype.name
                ),
            )
            .label("no such type")
            .maybe_help(did_you_mean(parent.as_str(), known)),
        );
    }
    if are_known && doctype.child_of.is_some() && !has_root(rules, doctype) {
        findings.push(
            Finding::new(
                codes::NO_FOREBEAR,
                place::of_child(rules, doctype.origin, "child-of", ""),
                format!(
                    "no document of the type `{}` can ever be born",
                    doctype.name
                ),
            )
            .label("every parent is itself a child of these")
            .help("name a parent that is nobody's child"),
        );
    }
}

/// Tells whether a type that is nobody's child is among the forebears.
fn has_root(rules: &Rulebook, doctype: &Doctype) -> bool {
    let mut line = vec![doctype];
    let mut next = 0;
    while let Some(current) = line.get(next).copied() {
        let Some(child_of) = &current.child_of else {
            return true;
        };
        for (parent, _) in &child_of.parents {
            let parent = rules.doctype(parent);
            line.extend(
                parent.filter(|parent| !line.iter().any(|known| known.name == parent.name)),
            );
        }
        next += 1;
    }
    false
}

/// Whether it has a parent must be said alike by the id, by `child-of` and by its home.
fn childhood(rules: &Rulebook, doctype: &Doctype, findings: &mut Vec<Finding>) {
    let name = &doctype.name;
    let mut complain = |line: &str, word: &str, message: String, help: &str| {
        findings.push(
            Finding::new(
                codes::HALF_A_CHILD,
                place::of_child(rules, doctype.origin, line, word),
                message,
            )
            .label("does not agree with the rest")
            .help(help.to_owned()),
        );
    };
    match (doctype.is_child(), doctype.child_of.is_some()) {
        (true, false) => complain(
            "id",
            &doctype.id.source(),
            format!("the id of `{name}` holds a parent's, and no parent is named"),
            "`child-of TYPE` says whose child it is",
        ),
        (false, true) => complain(
            "id",
            &doctype.id.source(),
            format!("`{name}` is a child, and its id does not say whose"),
            "begin the id with `{parent}`",
        ),
        (true, true) | (false, false) => {}
    }
    if doctype.child_of.is_none() && doctype.home == Home::WithRootAncestor {
        complain(
            "stored-with",
            "root-ancestor",
            format!("`{name}` is to be stored with its forebears, and has none"),
            "say where: `stored-in \"FOLDER\"`",
        );
    }
}
