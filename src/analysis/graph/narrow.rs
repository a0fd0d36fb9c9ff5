//! As much of a graph as concerns one type.

use super::gather::parties;
use super::{Cause, Graph, Subject, words};
use crate::analysis::explain::{Stand, fits, phase_after};
use crate::definitions::doctype::Doctype;
use crate::definitions::vocabulary::Effect;
use crate::definitions::workflow::{Action, Arm};
use crate::definitions::{Rulebook, Workflow};
use crate::model::Status;

/// Returns as much of a graph as concerns one type.
pub(super) fn narrowed(
    mut graph: Graph,
    rules: &Rulebook,
    workflow: &Workflow,
    doctype: &Doctype,
) -> Graph {
    graph
        .entries
        .retain(|entry| entry.name == doctype.entry || doctype.seed.as_ref() == Some(&entry.name));
    graph.transitions.retain_mut(|transition| {
        let Cause::Reaction { when_parent, .. } = &mut transition.by else {
            return true;
        };
        when_parent.retain(|(_, name)| *name == doctype.name);
        !when_parent.is_empty()
    });
    // What a document has been in, the rules of its day allowed.
    let been = graph.document.iter().flat_map(|trace| trace.way.clone());
    let mut reached = within_reach(workflow, doctype);
    reached.extend(been);
    let is_reached = |status: &Status| reached.contains(status);
    let lost = graph.states.iter().filter(|state| !is_reached(&state.name));
    let out_of_reach = lost.map(|state| state.name.clone()).collect();
    graph.states.retain(|state| is_reached(&state.name));
    graph.transitions.retain(|transition| {
        transition.from.as_ref().is_none_or(is_reached)
            && transition.to.as_ref().is_none_or(is_reached)
    });
    graph.groups = parties(rules, &graph);
    graph.doc_types = vec![doctype.name.clone()];
    graph.subject = Some(Subject {
        name: doctype.name.clone(),
        title: doctype.title.clone(),
        kinship: kinship(rules, doctype),
        out_of_reach,
    });
    graph
}

/// Returns every state that a document of a type can come to from where it is born, as far as states and
/// phases say.
fn within_reach(workflow: &Workflow, doctype: &Doctype) -> Vec<Status> {
    let names = doctype.seed.iter().chain([&doctype.entry]);
    let born = names.filter_map(|name| workflow.entry(name));
    let mut open: Vec<Stand> = born
        .map(|entry| (entry.to.clone(), phase_after(entry.effects.iter(), None)))
        .collect();
    let reactions = workflow.reactions.iter().filter(|reaction| {
        let mut declared = doctype.reactions.iter();
        declared.any(|declared| declared.reaction == reaction.name)
    });
    let bodies: Vec<&Action> = reactions
        .map(|reaction| &reaction.body)
        .chain(&workflow.actions)
        .collect();
    let mut reached: Vec<Stand> = Vec::new();
    while let Some(stand) = open.pop() {
        if reached.contains(&stand) {
            continue;
        }
        let bodies = bodies.iter().map(|body| (Some(*body), &body.arms));
        for (body, arms) in bodies.chain([(None, &workflow.automatic)]) {
            let fitting = arms.iter().filter(|arm| fits(arm, &stand, workflow));
            open.extend(fitting.filter_map(|arm| after(body, arm, &stand)));
        }
        reached.push(stand);
    }
    reached.into_iter().map(|(status, _)| status).collect()
}

/// Returns where an arm leads; none where the document is gone then.
fn after(body: Option<&Action>, arm: &Arm, stand: &Stand) -> Option<Stand> {
    let before = body.into_iter().flat_map(|body| &body.before);
    let behind = body.into_iter().flat_map(|body| &body.after);
    let lines = before.chain(&arm.effects).chain(behind);
    if lines.clone().any(|line| line.effect == Effect::Erase) {
        return None;
    }
    let status = arm.to.as_ref().unwrap_or(&stand.0);
    Some((status.clone(), phase_after(lines, stand.1.as_ref())))
}

/// Says what a type has to do with its parent and its children.
fn kinship(rules: &Rulebook, doctype: &Doctype) -> Vec<String> {
    let mut sentences = Vec::new();
    if let Some(child_of) = &doctype.child_of {
        let parents: Vec<_> = child_of.parents.iter().map(|(name, _)| name).collect();
        let mut sentence = format!("It is born with a parent: {}", words::either(&parents));
        let demands: Vec<_> = child_of.requires.iter().map(words::condition).collect();
        if !demands.is_empty() {
            sentence = format!("{sentence}; {}", demands.join("; "));
        }
        sentences.push(sentence);
    }
    for reaction in &doctype.reactions {
        sentences.push(format!(
            "When its parent does {}, it does {}",
            reaction.verb, reaction.reaction
        ));
    }
    for blocks in &doctype.blocks {
        sentences.push(format!(
            "While it is open, its parent cannot {}",
            blocks.verb
        ));
    }
    for child in &rules.doctypes {
        let parents = child.child_of.iter().flat_map(|kin| &kin.parents);
        if !parents.into_iter().any(|(name, _)| *name == doctype.name) {
            continue;
        }
        for blocks in &child.blocks {
            sentences.push(format!(
                "It cannot {} while a {} of its own is open",
                blocks.verb, child.name
            ));
        }
    }
    sentences
}
