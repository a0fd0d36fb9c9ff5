//! Whether the people and the documents there are can live by the rules in force.

use super::catalogue::documents;
use super::desk::Desk;
use super::facts::Summary;
use super::look::Look;
use super::proving::prove_with;
use crate::analysis::prove::{FaultKind, Proof, is_staffed};
use crate::definitions::workflow::{State, Subject};
use crate::definitions::{Finding, Origin, Rulebook, codes};
use crate::error::Failure;
use crate::interpreter::authorize::may_be_asked;
use crate::model::{Group, Roster, UserName};
use crate::store::systems;
use crate::store::view::View;

/// Returns what keeps a project from living by its rules: records that do not fit them, tasks that those who are
/// asked cannot answer, states that the people there are cannot bring a document to, or out of. `whole` is what is
/// proved of the rules whoever there is.
///
/// # Errors
/// The project cannot be read.
pub fn examine(desk: &Desk, whole: &[Proof<'_>]) -> Result<Vec<Finding>, Failure> {
    let rules = desk.rules().with_code();
    let store = desk.store();
    let (mut findings, roster) = store.look(|view| unfit(desk, view))?;
    findings.extend(understaffed(&rules, &roster, whole));
    Ok(findings)
}

/// Returns which records and tasks do not fit the rules, and who there is.
fn unfit(desk: &Desk, view: &View<'_>) -> Result<(Vec<Finding>, Roster), Failure> {
    let look = desk.unnamed(view)?;
    let (summaries, unread) = documents(&look)?;
    let unfit = unread.iter().map(|what| unfit_record(what));
    let asked = summaries.iter().flat_map(|summary| {
        let names = summary.pending.iter();
        names.filter_map(|name| unanswered(&look, summary, name))
    });
    let textless = summaries.iter().filter(|summary| summary.is_textless);
    let textless = textless.filter_map(|summary| {
        let found = look.facts.document(summary.id.as_str());
        let (location, standing) = found.ok()?;
        look.facts.has_a_text(&location, &standing).err()
    });
    let textless = textless.map(|failure| unfit_record(&failure.message));
    let configured = ungovernable(&look)?;
    let findings = unfit
        .chain(textless)
        .chain(asked)
        .chain(configured)
        .collect();
    Ok((findings, look.roster))
}

/// Returns what of the configuration nobody can govern code by.
fn ungovernable(look: &Look<'_>) -> Result<Vec<Finding>, Failure> {
    let systems = match systems::declared(look.facts.view) {
        Ok(systems) => systems,
        Err(error) => {
            let finding = Finding::new(
                codes::UNFIT_CONFIGURATION,
                Origin::NOWHERE,
                error.to_string(),
            );
            return Ok(vec![finding]);
        }
    };
    let known = look.facts.namespaces()?;
    let unknown = systems
        .iter()
        .filter(|system| !known.contains(&system.namespace));
    let told = unknown.map(|system| {
        let message = format!(
            "the system `{}` is of the namespace `{}`, which is not registered",
            system.name, system.namespace
        );
        let finding = Finding::new(codes::UNREGISTERED_NAMESPACE, Origin::NOWHERE, message);
        finding.help(format!(
            "`qms namespace add {}` registers it",
            system.namespace
        ))
    });
    Ok(told.collect())
}

fn unfit_record(what: &str) -> Finding {
    let message = format!("a record does not fit these rules: {what}");
    Finding::new(codes::UNFIT_RECORD, Origin::NOWHERE, message)
}

/// Tells of somebody who is asked and cannot answer any more.
fn unanswered(look: &Look<'_>, asked: &Summary, name: &UserName) -> Option<Finding> {
    let rules = look.facts.rules;
    let (id, status) = (&asked.id, &asked.status);
    let workflow = rules.life_of(rules.doctype(&asked.doctype)?)?;
    let awaits = workflow.state(status)?.awaits.as_ref();
    let heads = look.questions(name, id).unwrap_or_default();
    let mut stages = heads.iter().map(|head| &head.workflow_type);
    let former = stages.find(|stage| awaits.is_some_and(|awaits| awaits.stage != ***stage));
    let why = match look.roster.group_of(name) {
        None => "is no user any more".to_owned(),
        Some(group) if !may_be_asked(rules, workflow, status, group) => {
            format!("is in {group}, which may not answer in {status}")
        }
        Some(_) => {
            let message = format!(
                "`{name}` is asked about `{id}` in the words of other rules: {}, which is {} now",
                former?, awaits?.stage
            );
            let finding = Finding::new(codes::UNANSWERED_TASK, Origin::NOWHERE, message);
            return Some(finding.help("`qms migrate` asks anew"));
        }
    };
    let message = format!("`{name}` is asked about `{id}` and cannot answer: `{name}` {why}");
    Some(Finding::new(
        codes::UNANSWERED_TASK,
        Origin::NOWHERE,
        message,
    ))
}

/// Tells where the people there are cannot bring a document on, though the rules would let people.
fn understaffed(rules: &Rulebook, roster: &Roster, whole: &[Proof<'_>]) -> Vec<Finding> {
    if is_staffed(rules, roster) {
        return Vec::new();
    }
    let with_them = prove_with(rules, roster);
    let both = with_them.iter().zip(whole);
    both.flat_map(|(proof, whole)| lacking(rules, roster, proof, whole))
        .collect()
}

/// Returns one finding for all states of a workflow that are out of reach, and one for those without a way on.
fn lacking(
    rules: &Rulebook,
    roster: &Roster,
    proof: &Proof<'_>,
    whole: &Proof<'_>,
) -> Vec<Finding> {
    let workflow = proof.workflow;
    let told = |what: String| {
        let message = format!("{}: with the people there are, {what}", workflow.title);
        Finding::new(codes::UNDERSTAFFED, workflow.origin, message)
            .maybe_help(empty_groups(rules, roster))
    };
    if proof.situations == 0 && whole.situations > 0 {
        return vec![told("nobody may create a document".to_owned())];
    }
    let is_at_fault = |proof: &Proof<'_>, kind: FaultKind, state: &State| {
        let mut faults = proof.faults.iter();
        faults.any(|fault| fault.kind == kind && fault.origin == state.origin)
    };
    let stranded = |proof, state| is_at_fault(proof, FaultKind::Stranded, state);
    let states = || workflow.states.iter();
    let stuck = states().filter(|state| stranded(proof, state) && !stranded(whole, state));
    let unjudged = states().filter(|state| is_at_fault(proof, FaultKind::Unjudged, state));
    let is_reached = |state: &&&State| !whole.unreached.contains(*state);
    let unreached = proof.unreached.iter().filter(is_reached).copied();
    let what = match workflow.subject {
        Subject::Document => "document",
        Subject::Code => "code",
    };
    let stuck = names(stuck).map(|names| told(format!("no {what} comes to an end from {names}")));
    let unreached = names(unreached).map(|names| told(format!("no {what} comes to {names}")));
    let unjudged = names(unjudged).map(|names| {
        let message =
            format!("what the only one who may judge it wrote comes to no end from {names}");
        told(message).help("add a second user to the group that judges")
    });
    stuck.into_iter().chain(unreached).chain(unjudged).collect()
}

/// Returns the names of states; none where there are none.
fn names<'s>(states: impl Iterator<Item = &'s State>) -> Option<String> {
    let names: Vec<_> = states.map(|state| state.name.as_str()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// Says which groups nobody is in.
fn empty_groups(rules: &Rulebook, roster: &Roster) -> Option<String> {
    let is_empty = |name: &&Group| {
        roster
            .iter()
            .all(|(_, membership)| !rules.counts_as(&membership.group, name))
    };
    let empty: Vec<_> = rules
        .groups
        .iter()
        .map(|rule| &rule.name)
        .filter(is_empty)
        .map(Group::as_str)
        .collect();
    let names = empty.join(", ");
    (!empty.is_empty())
        .then(|| format!("nobody is in {names}: `qms user --add NAME --group GROUP`"))
}
