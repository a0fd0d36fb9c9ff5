//! Types: the life they have exists, and so do their parents.

use super::place;
use crate::definitions::codes;
use crate::definitions::doctype::Doctype;
use crate::definitions::report::{Finding, did_you_mean};
use crate::definitions::rulebook::Rulebook;
use crate::definitions::source::Origin;
use crate::definitions::vocabulary::Guard;
use crate::definitions::workflow::Workflow;
use crate::model::{EntryName, Status, Verb};

/// Looks at all types.
pub(super) fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    for doctype in &rules.doctypes {
        life(rules, doctype, findings);
        parent_states(rules, doctype, findings);
        deeds_of_parents(rules, doctype, findings);
        endless_blocks(rules, doctype, findings);
        traces(rules, doctype, findings);
    }
}

/// What is traced is traced for a namespace, and stands in documents of one type.
fn traces(rules: &Rulebook, doctype: &Doctype, findings: &mut Vec<Finding>) {
    let Some((traced, origin)) = doctype.traces else {
        return;
    };
    let (name, word) = (&doctype.name, traced.word());
    let others = rules
        .doctypes
        .iter()
        .take_while(|other| other.name != *name);
    let mut others = others.filter(|other| other.traces.is_some_and(|(other, _)| other == traced));
    let message = match others.next() {
        Some(other) => format!("`{name}` traces {word}, and so does `{}`", other.name),
        None if !doctype.is_namespaced() => {
            format!("`{name}` traces {word}, and has no namespace they could be of")
        }
        None => return,
    };
    findings.push(Finding::new(codes::UNFIT_TRACES, origin, message).label("cannot stand here"));
}

fn life(rules: &Rulebook, doctype: &Doctype, findings: &mut Vec<Finding>) {
    if let Some(workflow) = rules.life_of(doctype) {
        entry(rules, doctype, workflow, &doctype.entry, findings);
        if let Some(seed) = &doctype.seed {
            entry(rules, doctype, workflow, seed, findings);
        }
        reactions(rules, doctype, workflow, findings);
        return;
    }
    let (name, workflow) = (&doctype.name, &doctype.workflow);
    let known = rules.workflows.iter().map(|known| known.name.as_str());
    findings.push(
        Finding::new(
            codes::UNKNOWN_WORKFLOW,
            place::of_child(rules, doctype.origin, "workflow", workflow.as_str()),
            format!("`{name}` has the life `{workflow}`, which is not a workflow"),
        )
        .label("no such workflow")
        .maybe_help(did_you_mean(workflow.as_str(), known)),
    );
}

fn reactions(
    rules: &Rulebook,
    doctype: &Doctype,
    workflow: &Workflow,
    findings: &mut Vec<Finding>,
) {
    let known = || workflow.reactions.iter().map(|known| known.name.as_str());
    for rule in &doctype.reactions {
        let (name, reaction) = (&doctype.name, &rule.reaction);
        if known().any(|known| *reaction == known) {
            continue;
        }
        findings.push(
            Finding::new(
                codes::UNKNOWN_REACTION,
                place::of_property(rules, rule.origin, "do"),
                format!(
                    "`{name}` does `{reaction}`, which is not a reaction of `{}`",
                    workflow.name
                ),
            )
            .label("no such reaction")
            .maybe_help(did_you_mean(reaction.as_str(), known())),
        );
    }
}

fn entry(
    rules: &Rulebook,
    doctype: &Doctype,
    workflow: &Workflow,
    name: &EntryName,
    findings: &mut Vec<Finding>,
) {
    if workflow.entry(name).is_some() {
        return;
    }
    let known = workflow.entries.iter().map(|entry| entry.name.as_str());
    findings.push(
        Finding::new(
            codes::UNKNOWN_ENTRY,
            place::of_child(rules, doctype.origin, "workflow", name.as_str()),
            format!(
                "`{}` is born by `{name}`, which is not an entry of `{}`",
                doctype.name, workflow.name
            ),
        )
        .label("no such entry")
        .maybe_help(did_you_mean(name.as_str(), known)),
    );
}

/// Returns the lives of the types a document may be the child of.
fn lives_of_parents<'r>(rules: &'r Rulebook, doctype: &'r Doctype) -> Vec<&'r Workflow> {
    let parents = doctype
        .child_of
        .iter()
        .flat_map(|child_of| &child_of.parents);
    parents
        .filter_map(|(name, _)| rules.life_of(rules.doctype(name)?))
        .collect()
}

fn parent_states(rules: &Rulebook, doctype: &Doctype, findings: &mut Vec<Finding>) {
    let lives = lives_of_parents(rules, doctype);
    if lives.is_empty() {
        return;
    }
    let conditions = doctype
        .child_of
        .iter()
        .flat_map(|child_of| &child_of.requires);
    for condition in conditions {
        let Guard::Parent(states) = &condition.guard else {
            continue;
        };
        for status in states
            .iter()
            .filter(|status| !lives.iter().any(|life| life.state(status).is_some()))
        {
            let known = lives
                .iter()
                .flat_map(|life| &life.states)
                .map(|state| state.name.as_str());
            unknown_state(
                rules,
                doctype,
                status,
                condition.origin,
                did_you_mean(status.as_str(), known),
                findings,
            );
        }
    }
}

fn unknown_state(
    rules: &Rulebook,
    doctype: &Doctype,
    status: &Status,
    near: Origin,
    help: Option<String>,
    findings: &mut Vec<Finding>,
) {
    findings.push(
        Finding::new(
            codes::UNKNOWN_STATE,
            place::of_word(rules, near, status.as_str()),
            format!(
                "`{}` asks for `{status}`, which is not a state of any of its parents",
                doctype.name
            ),
        )
        .label("no such state")
        .maybe_help(help),
    );
}

/// What keeps a parent from acting while it is open must be able to end.
fn endless_blocks(rules: &Rulebook, doctype: &Doctype, findings: &mut Vec<Finding>) {
    let ends = |life: &Workflow| life.states.iter().any(|state| state.terminal);
    if rules.life_of(doctype).is_none_or(ends) {
        return;
    }
    for block in &doctype.blocks {
        let message = format!(
            "a document that has a `{}` can never `{}` any more",
            doctype.name, block.verb
        );
        findings.push(
            Finding::new(codes::ENDLESS_BLOCK, block.origin, message).label("for it never ends"),
        );
    }
}

fn deeds_of_parents(rules: &Rulebook, doctype: &Doctype, findings: &mut Vec<Finding>) {
    let reactions = doctype
        .reactions
        .iter()
        .map(|rule| ("when-parent", &rule.verb, rule.origin));
    let blocks = doctype
        .blocks
        .iter()
        .map(|rule| ("blocks-parent", &rule.verb, rule.origin));
    let lives = lives_of_parents(rules, doctype);
    let verbs = || {
        lives
            .iter()
            .flat_map(|life| &life.actions)
            .map(|action| &action.name.verb)
    };
    let name = &doctype.name;
    for (line, verb, origin) in reactions.chain(blocks) {
        if doctype.child_of.is_none() {
            let message = format!("`{name}` says `{line}`, and has no parent");
            findings.push(
                Finding::new(codes::NO_PARENT, origin, message)
                    .label("whose?")
                    .help("`child-of TYPE` says whose child it is"),
            );
        } else if !lives.is_empty() && !verbs().any(|known| known == verb) {
            let message = format!("`{name}` waits for `{verb}`, which none of its parents can do");
            findings.push(
                Finding::new(codes::UNKNOWN_VERB, origin, message)
                    .label("no such action")
                    .maybe_help(did_you_mean(verb.as_str(), verbs().map(Verb::as_str))),
            );
        }
    }
}
