//! Names can be what they are used for: a key, a folder, a word at the command line.

use super::place;
use crate::definitions::codes;
use crate::definitions::permission::COMMANDS;
use crate::definitions::report::Finding;
use crate::definitions::rulebook::Rulebook;
use crate::definitions::source::Origin;
use crate::definitions::vocabulary::{Effect, Guard};
use crate::definitions::workflow::Workflow;
use crate::model::{name::is_well_formed, user::SYSTEM};

use super::walk;

/// The keys of a record that the program itself writes.
const RECORD_KEYS: &[&str] = &[
    "doc_id",
    "doc_type",
    "title",
    "version",
    "status",
    "executable",
    "execution_phase",
    "responsible_user",
    "checked_out",
    "checked_out_date",
    "effective_version",
    "pending_assignees",
    "pending_reviewers",
    "completed_reviewers",
    "review_outcomes",
];

/// The keys that every line of a trail has.
const TRAIL_KEYS: &[&str] = &["ts", "event", "user", "version", "seal"];

/// Looks at all names.
pub(super) fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    for workflow in &rules.workflows {
        for (what, name, origin) in declared(workflow) {
            well_formed(what, name, origin, findings);
        }
        taken(rules, workflow, findings);
        trail_keys(rules, workflow, findings);
    }
    for doctype in &rules.doctypes {
        well_formed("type", doctype.name.as_str(), doctype.origin, findings);
        for (said, line) in [(&doctype.title, "title"), (&doctype.purpose, "purpose")] {
            titled(said, doctype.name.as_str(), line, doctype.origin, findings);
        }
    }
    for group in &rules.groups {
        well_formed("group", group.name.as_str(), group.origin, findings);
        if group.name == "everyone" {
            reserved("everyone", "it means every group", group.origin, findings);
        }
        for (member, origin) in &group.members {
            well_formed("user", member.as_str(), *origin, findings);
            if *member == SYSTEM {
                reserved(
                    SYSTEM,
                    "the program acts under this name",
                    *origin,
                    findings,
                );
            }
        }
    }
}

/// Returns every name a workflow declares, with what it is the name of.
fn declared(workflow: &Workflow) -> Vec<(&'static str, &str, Origin)> {
    let mut names = vec![("workflow", workflow.name.as_str(), workflow.origin)];
    for state in &workflow.states {
        names.push(("state", state.name.as_str(), state.origin));
        if let Some(awaits) = &state.awaits {
            names.push(("task", awaits.task.as_str(), awaits.origin));
            names.push(("stage", awaits.stage.as_str(), awaits.origin));
        }
    }
    let phases = workflow.phases.iter();
    names.extend(phases.map(|rule| ("phase", rule.name.as_str(), rule.origin)));
    for rule in &workflow.outcomes {
        names.push(("outcome", rule.name.as_str(), rule.origin));
        names.push(("outcome", rule.stored_as.as_str(), rule.origin));
    }
    let marks = workflow.marks.iter();
    names.extend(marks.map(|rule| ("mark", rule.name.as_str(), rule.origin)));
    for rule in &workflow.events {
        names.push(("event", rule.name.as_str(), rule.origin));
        let ledger = rule.ledger.iter();
        names.extend(ledger.map(|ledger| ("ledger", ledger.as_str(), rule.origin)));
    }
    let entries = workflow.entries.iter();
    names.extend(entries.map(|entry| ("entry", entry.name.as_str(), entry.origin)));
    for (_, body) in walk::bodies(workflow) {
        names.push(("verb", body.name.verb.as_str(), body.origin));
        let variant = body.name.variant.iter();
        names.extend(variant.map(|variant| ("variant", variant.as_str(), body.origin)));
    }
    for (_, _, condition) in walk::conditions(workflow) {
        if let Guard::Given(arguments) = &condition.guard {
            let arguments = arguments.iter();
            names.extend(arguments.map(|name| ("argument", name.as_str(), condition.origin)));
        }
    }
    names
}

fn well_formed(what: &str, name: &str, origin: Origin, findings: &mut Vec<Finding>) {
    if !is_well_formed(name) {
        findings.push(
            Finding::new(codes::BAD_NAME, origin, format!("`{name}` cannot be the name of a {what}"))
                .label("not a name")
                .help("a name begins with a letter or digit, and holds letters, digits, `-` and `_`, 64 at most"),
        );
    }
}

fn titled(said: &str, name: &str, line: &str, origin: Origin, findings: &mut Vec<Finding>) {
    if said.trim().is_empty() {
        findings.push(
            Finding::new(
                codes::MISSING_WORD,
                origin,
                format!("`{name}` lacks `{line}`"),
            )
            .label(format!("`{line}` is missing")),
        );
    }
}

fn reserved(name: &str, why: &str, origin: Origin, findings: &mut Vec<Finding>) {
    findings.push(
        Finding::new(
            codes::RESERVED_NAME,
            origin,
            format!("`{name}` cannot be a name here: {why}"),
        )
        .label("this word is taken")
        .help("choose another name"),
    );
}

/// Complains of names that mean something already.
fn taken(rules: &Rulebook, workflow: &Workflow, findings: &mut Vec<Finding>) {
    titled(
        &workflow.title,
        workflow.name.as_str(),
        "title",
        workflow.origin,
        findings,
    );
    for state in workflow.states.iter().filter(|state| state.name == "any") {
        reserved(
            "any",
            "it means every state that is not terminal",
            state.origin,
            findings,
        );
    }
    for rule in &workflow.marks {
        let former = rule.former.iter().map(|(name, origin)| (name, *origin));
        for (name, origin) in std::iter::once((&rule.name, rule.origin)).chain(former) {
            if RECORD_KEYS.contains(&name.as_str()) {
                let why = "it is a key of every record";
                reserved(name.as_str(), why, origin, findings);
            }
        }
    }
    for action in &workflow.actions {
        let verb = action.name.verb.as_str();
        if COMMANDS.contains(&verb) {
            let place = place::of_word(rules, action.origin, verb);
            reserved(verb, "it is a command of the program", place, findings);
        }
    }
}

/// Complains of facts whose key every line has, and of two under one key.
fn trail_keys(rules: &Rulebook, workflow: &Workflow, findings: &mut Vec<Finding>) {
    for event in &workflow.events {
        let mut seen: Vec<&str> = Vec::new();
        for (key, _) in &event.records {
            let place = || place::of_last_key(rules, event.origin, "records", key);
            trail_key(key, seen.contains(&key.as_str()), place, findings);
            seen.push(key);
        }
    }
    for (_, line) in walk::lines(workflow) {
        let Effect::Log(name, words) = &line.effect else {
            continue;
        };
        let records = workflow.event(name).map(|event| &event.records);
        for (key, _) in words {
            let is_known = records.into_iter().flatten().any(|(known, _)| known == key);
            let place = || place::of_property(rules, line.origin, key);
            trail_key(key, is_known, place, findings);
        }
    }
}

fn trail_key(
    key: &str,
    is_known: bool,
    place: impl FnOnce() -> Origin,
    findings: &mut Vec<Finding>,
) {
    if TRAIL_KEYS.contains(&key) {
        let why = "every line of a trail has this key";
        reserved(key, why, place(), findings);
    } else if is_known {
        recorded_twice(key, place(), findings);
    }
}

fn recorded_twice(key: &str, place: Origin, findings: &mut Vec<Finding>) {
    findings.push(
        Finding::new(
            codes::RECORDED_TWICE,
            place,
            format!("the event records `{key}` twice"),
        )
        .label("recorded before")
        .help("give one of them another key: `other_key=fact`"),
    );
}
