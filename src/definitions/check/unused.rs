//! Everything that is declared is used.

use super::{place, walk};
use crate::definitions::codes;
use crate::definitions::doctype::Doctype;
use crate::definitions::report::Finding;
use crate::definitions::rulebook::Rulebook;
use crate::definitions::vocabulary::Effect;
use crate::definitions::workflow::Workflow;
use crate::model::Group;

/// Looks at all declarations.
pub(super) fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    for workflow in &rules.workflows {
        let mut living = rules
            .doctypes
            .iter()
            .filter(|doctype| doctype.workflow == workflow.name);
        if living.next().is_none() {
            findings.push(
                Finding::new(
                    codes::UNUSED_WORKFLOW,
                    workflow.origin,
                    format!("no type has the life `{}`", workflow.name),
                )
                .label("used by no doctype"),
            );
            // Nobody could use its entries and reactions either.
            continue;
        }
        events(workflow, findings);
        marks_and_phases(workflow, findings);
        outcomes(workflow, findings);
        flaws(workflow, findings);
        entries_and_reactions(rules, workflow, findings);
    }
    groups(rules, findings);
}

fn does(workflow: &Workflow, wanted: impl Fn(&Effect) -> bool) -> bool {
    walk::lines(workflow).any(|(_, line)| wanted(&line.effect))
}

fn events(workflow: &Workflow, findings: &mut Vec<Finding>) {
    for event in &workflow.events {
        let is_logged = does(
            workflow,
            |effect| matches!(effect, Effect::Log(name, _) if *name == event.name),
        );
        match (&event.by, is_logged) {
            (None, false) => findings.push(
                Finding::new(codes::UNUSED_EVENT, event.origin, format!("nothing logs `{}`", event.name))
                    .label("never logged")
                    .help("log it in an action, an entry, a reaction or `automatic`, or say which command does: `by=`"),
            ),
            (Some(command), true) => findings.push(
                Finding::new(
                    codes::LOGGED_BESIDES,
                    event.origin,
                    format!("`{}` is logged by the workflow, though it is said that `{command}` does", event.name),
                )
                .label("`by=` means that nothing else logs it"),
            ),
            (None, true) | (Some(_), false) => {}
        }
    }
}

fn marks_and_phases(workflow: &Workflow, findings: &mut Vec<Finding>) {
    for mark in &workflow.marks {
        if !does(
            workflow,
            |effect| matches!(effect, Effect::SetMark(name) if *name == mark.name),
        ) {
            findings.push(
                Finding::new(
                    codes::UNUSED_MARK,
                    mark.origin,
                    format!("nothing sets the mark `{}`", mark.name),
                )
                .label("never set")
                .help(format!("`set mark {}` sets it", mark.name)),
            );
        }
    }
    for phase in &workflow.phases {
        if !does(
            workflow,
            |effect| matches!(effect, Effect::SetPhase(name) if *name == phase.name),
        ) {
            findings.push(
                Finding::new(
                    codes::UNUSED_PHASE,
                    phase.origin,
                    format!("nothing begins the phase `{}`", phase.name),
                )
                .label("never set")
                .help(format!("`set phase {}` begins it", phase.name)),
            );
        }
    }
}

fn outcomes(workflow: &Workflow, findings: &mut Vec<Finding>) {
    let recording = walk::lines(workflow).find(|(_, line)| line.effect == Effect::RecordOutcome);
    match (workflow.outcomes.first(), recording) {
        (Some(outcome), None) => findings.push(
            Finding::new(
                codes::UNUSED_OUTCOME,
                outcome.origin,
                format!("nobody can give the outcome `{}`", outcome.name),
            )
            .label("no action records outcomes")
            .help("`record outcome` keeps what is given"),
        ),
        (None, Some((doer, line))) => findings.push(
            Finding::new(
                codes::NO_OUTCOMES,
                line.origin,
                format!(
                    "{doer} records an outcome, and `{}` has none",
                    workflow.name
                ),
            )
            .label("there is no outcome to record")
            .help("declare at least one: `outcome NAME \"…\" stored-as=WORD`"),
        ),
        (Some(_), Some(_)) | (None, None) => {}
    }
}

fn flaws(workflow: &Workflow, findings: &mut Vec<Finding>) {
    let repair = walk::lines(workflow).find(|(_, line)| matches!(line.effect, Effect::Repair(_)));
    match (workflow.flaws.first(), repair) {
        (Some(flaw), None) => findings.push(
            Finding::new(codes::UNUSED_FLAW, flaw.origin, "nothing mends this flaw")
                .label("never mended")
                .help("`repair issued` mends what is flawed"),
        ),
        (None, Some((doer, line))) => findings.push(
            Finding::new(
                codes::NO_FLAWS,
                line.origin,
                format!("{doer} mends flaws, and `{}` knows none", workflow.name),
            )
            .label("there is nothing to mend")
            .help("say what may be wrong: `flaw \"…\" { line \"…\" should-be=effective-version }`"),
        ),
        (Some(_), Some(_)) | (None, None) => {}
    }
}

fn entries_and_reactions(rules: &Rulebook, workflow: &Workflow, findings: &mut Vec<Finding>) {
    let doctypes = rules.doctypes.iter();
    let living: Vec<&Doctype> = doctypes
        .filter(|doctype| doctype.workflow == workflow.name)
        .collect();
    for entry in &workflow.entries {
        let name = &entry.name;
        let is_used =
            |doctype: &&Doctype| doctype.entry == *name || doctype.seed.as_ref() == Some(name);
        if !living.iter().any(is_used) {
            findings.push(
                Finding::new(
                    codes::UNUSED_ENTRY,
                    entry.origin,
                    format!("no type is born by `{name}`"),
                )
                .label("used by no doctype")
                .help(format!(
                    "in a doctype's file, `workflow … entry={name}` uses it"
                )),
            );
        }
    }
    for reaction in &workflow.reactions {
        let name = &reaction.name;
        let mut does = living.iter().flat_map(|doctype| &doctype.reactions);
        if !does.any(|rule| rule.reaction == *name) {
            let place = place::of_word(rules, reaction.body.origin, name.as_str());
            findings.push(
                Finding::new(
                    codes::UNUSED_REACTION,
                    place,
                    format!("no type does `{name}`"),
                )
                .label("used by no doctype")
                .help(format!(
                    "in a doctype's file, `when-parent VERB do={name}` says when"
                )),
            );
        }
    }
}

/// A group that may do nothing and gives nothing on is one that somebody forgot.
fn groups(rules: &Rulebook, findings: &mut Vec<Finding>) {
    for rule in &rules.groups {
        let inherits = rules
            .groups
            .iter()
            .any(|other| other.inherits.as_ref() == Some(&rule.name));
        if !inherits && rule.inherits.is_none() && !is_named(rules, &rule.name) {
            findings.push(
                Finding::new(
                    codes::UNUSED_GROUP,
                    rule.origin,
                    format!("nothing is permitted to the group `{}`", rule.name),
                )
                .label("named by no permit and no workflow"),
            );
        }
    }
}

fn is_named(rules: &Rulebook, wanted: &Group) -> bool {
    let mut permitted = rules
        .permits
        .iter()
        .flat_map(|permit| permit.to.iter().flatten());
    permitted.any(|(group, _)| group == wanted)
        || rules.workflows.iter().any(|workflow| {
            let mut conditions = walk::conditions(workflow).into_iter();
            conditions.any(|(_, _, condition)| condition.guard.groups().contains(wanted))
                || does(
                    workflow,
                    |effect| matches!(effect, Effect::AskNamed(Some(group)) if group == wanted),
                )
        })
}
