//! What a graph is made of, gathered from the rules.

use super::{Cause, Entrance, Graph, Node, Party, Transition, words};
use crate::definitions::vocabulary::{Condition, Effect, Guard};
use crate::definitions::workflow::{Action, Arm, Reaction};
use crate::definitions::{Rulebook, Workflow};
use crate::model::{DoctypeName, Status, Verb};

/// The gate of an arm that is taken where an earlier one does not fit.
pub(super) const OTHERWISE: &str = "otherwise";

/// Returns the graph of a workflow.
pub(super) fn graph(rules: &Rulebook, workflow: &Workflow) -> Graph {
    let states = workflow.states.iter().map(|state| Node {
        name: state.name.clone(),
        meaning: state.meaning.clone(),
        terminal: state.terminal,
        passing: state.passing,
        awaits: state.awaits.as_ref().map(|awaits| awaits.verb.clone()),
    });
    let entries = workflow.entries.iter().map(|entry| Entrance {
        name: entry.name.clone(),
        to: entry.to.clone(),
        version: entry.version,
    });
    let living = rules.doctypes.iter();
    let living = living.filter(|doctype| doctype.workflow == workflow.name);
    let mut transitions = Vec::new();
    for action in &workflow.actions {
        let cause = Cause::Action(action.name.to_string());
        transitions.extend(of_action(workflow, action, &cause, |transition| {
            transition.actors = Some(words::actors(rules.permit(&action.name)));
            transition.first = action.firsts.iter().map(words::first).collect();
        }));
    }
    for reaction in &workflow.reactions {
        let cause = cause_of(rules, workflow, reaction);
        transitions.extend(of_action(workflow, &reaction.body, &cause, |_| {}));
    }
    let automatic = of_arms(workflow, &workflow.automatic, &[], |_| false);
    transitions.extend(automatic.into_iter().map(|way| way.into(Cause::Automatic)));
    let mut graph = Graph {
        workflow: workflow.name.clone(),
        title: workflow.title.clone(),
        doc_types: living.map(|doctype| doctype.name.clone()).collect(),
        subject: None,
        entries: entries.collect(),
        states: states.collect(),
        transitions,
        groups: Vec::new(),
        document: None,
    };
    graph.groups = parties(rules, &graph);
    graph
}

fn of_action(
    workflow: &Workflow,
    action: &Action,
    cause: &Cause,
    complete: impl Fn(&mut Transition),
) -> Vec<Transition> {
    let erases = |arm: &Arm| {
        let lines = action
            .before
            .iter()
            .chain(&arm.effects)
            .chain(&action.after);
        lines.into_iter().any(|line| line.effect == Effect::Erase)
    };
    let ways = of_arms(workflow, &action.arms, &action.requires, erases).into_iter();
    ways.map(|way| {
        let mut transition = way.into(cause.clone());
        complete(&mut transition);
        transition
    })
    .collect()
}

/// A way that some arms go, all with the same ends.
struct Way<'w> {
    from: Option<&'w Status>,
    to: Option<&'w Status>,
    requires: Vec<String>,
    /// When it is gone: the conditions of each of its arms.
    alternatives: Vec<Vec<String>>,
}

impl Way<'_> {
    fn into(self, by: Cause) -> Transition {
        let mut gates = Vec::new();
        let is_second = |list: &Vec<String>| list.first().is_some_and(|gate| gate == OTHERWISE);
        let mut alternatives = self.alternatives;
        if alternatives.iter().all(is_second) {
            gates.push(OTHERWISE.to_owned());
            for list in &mut alternatives {
                list.remove(0);
            }
        }
        match <[Vec<String>; 1]>::try_from(weakest(alternatives)) {
            Ok([only]) => gates.extend(only),
            Err(several) => {
                let joined: Vec<_> = several.iter().map(|list| list.join(" and ")).collect();
                gates.push(joined.join(", or "));
            }
        }
        let after = usize::from(gates.first().is_some_and(|gate| gate == OTHERWISE));
        gates.splice(after..after, self.requires);
        Transition {
            from: self.from.cloned(),
            to: self.to.cloned(),
            by,
            actors: None,
            gates,
            first: Vec::new(),
        }
    }
}

/// Returns the alternatives that count: where one asks all that another asks, it does not matter which is taken.
fn weakest(alternatives: Vec<Vec<String>>) -> Vec<Vec<String>> {
    let mut kept: Vec<Vec<String>> = Vec::new();
    for list in alternatives {
        if kept
            .iter()
            .any(|other| other.iter().all(|gate| list.contains(gate)))
        {
            continue;
        }
        kept.retain(|other| !list.iter().all(|gate| other.contains(gate)));
        kept.push(list);
    }
    kept
}

fn of_arms<'w>(
    workflow: &'w Workflow,
    arms: &'w [Arm],
    requires: &[Condition],
    erases: impl Fn(&Arm) -> bool,
) -> Vec<Way<'w>> {
    let mut ways: Vec<Way<'w>> = Vec::new();
    for (index, arm) in arms.iter().enumerate() {
        let gone = erases(arm);
        for from in beginnings(workflow, arm, gone) {
            let to = match &arm.to {
                _ if gone => None,
                Some(to) => Some(to),
                None => from,
            };
            let earlier = arms.iter().take(index);
            let mut gates: Vec<String> = Vec::new();
            let is_second = |earlier: &Arm| {
                let elsewhere = gone || earlier.to.as_ref().or(from) != to;
                elsewhere && overlaps(workflow, earlier, from) && !excludes(earlier, arm)
            };
            if earlier.into_iter().any(is_second) {
                gates.push(OTHERWISE.to_owned());
            }
            gates.extend(arm.conditions.iter().map(words::condition));
            match ways.iter_mut().find(|way| way.from == from && way.to == to) {
                Some(way) => way.alternatives.push(gates),
                None => ways.push(Way {
                    from,
                    to,
                    requires: requires.iter().map(words::condition).collect(),
                    alternatives: vec![gates],
                }),
            }
        }
    }
    ways
}

/// Returns where an arm begins, one by one; one that begins anywhere and leads to one end stays one.
fn beginnings<'w>(workflow: &'w Workflow, arm: &'w Arm, gone: bool) -> Vec<Option<&'w Status>> {
    match &arm.from {
        Some(states) => states.iter().map(Some).collect(),
        None if gone || arm.to.is_some() => vec![None],
        None => {
            let open = workflow.states.iter().filter(|state| !state.terminal);
            open.map(|state| Some(&state.name)).collect()
        }
    }
}

fn overlaps(workflow: &Workflow, arm: &Arm, from: Option<&Status>) -> bool {
    from.is_none_or(|from| arm.begins_in(from, workflow))
}

/// Tells whether two arms can never both fit.
fn excludes(left: &Arm, right: &Arm) -> bool {
    left.conditions.iter().any(|one| {
        right.conditions.iter().any(|other| {
            let contrary = one.guard == other.guard && one.wanted != other.wanted;
            let phases = matches!(
                (&one.guard, &other.guard),
                (Guard::Phase(left), Guard::Phase(right))
                    if left != right && one.wanted && other.wanted
            );
            contrary || phases
        })
    })
}

fn cause_of(rules: &Rulebook, workflow: &Workflow, reaction: &Reaction) -> Cause {
    let mut when_parent: Vec<(Verb, DoctypeName)> = Vec::new();
    for doctype in &rules.doctypes {
        let declared = doctype.reactions.iter();
        let own = declared.filter(|declared| {
            declared.reaction == reaction.name && doctype.workflow == workflow.name
        });
        when_parent.extend(own.map(|own| (own.verb.clone(), doctype.name.clone())));
    }
    Cause::Reaction {
        name: reaction.name.clone(),
        when_parent,
    }
}

/// Returns the groups that somebody must be in, and those that inherit from them.
pub(super) fn parties(rules: &Rulebook, graph: &Graph) -> Vec<Party> {
    let actors = graph
        .transitions
        .iter()
        .filter_map(|way| way.actors.as_ref());
    let named: Vec<_> = actors.filter_map(|actors| actors.groups.as_ref()).collect();
    let matters = |name| {
        let mut groups = named.iter().flat_map(|groups| groups.iter());
        groups.any(|group| rules.counts_as(name, group))
    };
    let groups = rules.groups.iter().filter(|rule| matters(&rule.name));
    groups
        .map(|rule| Party {
            name: rule.name.clone(),
            meaning: rule.meaning.clone(),
            inherits: rule.inherits.clone(),
        })
        .collect()
}
