//! What is born has a text and, where it is held, a holder.

use crate::definitions::Doctype;
use crate::definitions::codes;
use crate::definitions::report::Finding;
use crate::definitions::rulebook::Rulebook;
use crate::definitions::vocabulary::{Effect, Line};
use crate::definitions::workflow::{Entry, Subject, Workflow};
use crate::model::Place;

/// Looks at all workflows.
pub(super) fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    let documents = rules.workflows.iter();
    for workflow in documents.filter(|workflow| workflow.subject == Subject::Document) {
        born(rules, workflow, findings);
    }
}

/// What is born has a text, and what lies in a workspace has somebody who writes there.
fn born(rules: &Rulebook, workflow: &Workflow, findings: &mut Vec<Finding>) {
    for entry in &workflow.entries {
        let find = |wanted: fn(&Effect) -> bool| {
            let mut lines = entry.effects.iter();
            lines.find(|line| wanted(&line.effect))
        };
        let owned = find(|effect| *effect == Effect::SetOwner);
        if find(|effect| matches!(effect, Effect::Copy(Place::Template, _))).is_none() {
            findings.push(no_text(entry));
        }
        if let Some(line) = find(fills_workspace)
            && owned.is_none()
        {
            findings.push(nobody_writes(entry, line));
        }
        if let Some(line) = find(fills_issued) {
            let made_so = rules.doctypes.iter();
            let made_so = made_so
                .filter(|doctype| doctype.workflow == workflow.name && doctype.entry == entry.name);
            findings.extend(made_so.map(|doctype| born_in_force(doctype, line)));
        }
        if let Some(line) = owned
            && is_planted(rules, workflow, entry)
        {
            findings.push(planted_owner(entry, line));
        }
    }
}

fn fills_workspace(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Copy(_, Place::Workspace) | Effect::Move(_, Place::Workspace)
    )
}

fn fills_issued(effect: &Effect) -> bool {
    matches!(
        effect,
        Effect::Copy(_, Place::Issued) | Effect::Move(_, Place::Issued)
    )
}

fn born_in_force(doctype: &Doctype, line: &Line) -> Finding {
    let message = format!(
        "{} is in force as soon as somebody creates it",
        doctype.one()
    );
    Finding::new(codes::BORN_IN_FORCE, line.origin, message).label("nobody judges it")
}

fn is_planted(rules: &Rulebook, workflow: &Workflow, entry: &Entry) -> bool {
    rules.doctypes.iter().any(|doctype| {
        doctype.workflow == workflow.name && doctype.seed.as_ref() == Some(&entry.name)
    })
}

fn no_text(entry: &Entry) -> Finding {
    Finding::new(
        codes::NO_TEXT,
        entry.origin,
        format!("what is born by `{}` has no text", entry.name),
    )
    .label("the template is not copied")
    .help("`copy template to=draft` gives it one")
}

fn nobody_writes(entry: &Entry, line: &Line) -> Finding {
    Finding::new(
        codes::NOBODY_WRITES,
        line.origin,
        format!("entry `{}` puts a copy into nobody's workspace", entry.name),
    )
    .label("who holds a copy is the owner")
    .help("write `set owner actor` before it")
}

fn planted_owner(entry: &Entry, line: &Line) -> Finding {
    Finding::new(
        codes::PLANTED_OWNER,
        line.origin,
        format!("entry `{}` makes an owner of nobody", entry.name),
    )
    .label("`init` acts for nobody")
    .help("what is planted has no owner: give `seed=` another entry, or take this line away")
}
