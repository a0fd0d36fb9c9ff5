//! A rulebook taken apart: each thing it says by name, in words.

mod doctype;
mod permission;
mod question;

use std::collections::BTreeSet;

use super::words::{awaits, demand, line, occasion, recorded};
use crate::analysis::graph::words::first;
use crate::definitions::vocabulary::Condition;
use crate::definitions::workflow::{Action, Arm, FlawShape, Remedy, State, Subject, Workflow};

use crate::definitions::{Origin, Rulebook};

/// One thing that is said, by name.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Item {
    /// What it belongs to.
    pub of: String,
    /// What it is.
    pub name: String,
    /// The state it begins in, where it is a way.
    pub state: Option<String>,
    /// The end of its name.
    pub tail: String,
    /// What it says, in no order.
    pub says: Vec<String>,
    /// What it does, in this order.
    pub does: Vec<String>,
    /// Whether it says nothing but an order.
    pub is_order: bool,
    /// Where it stands.
    pub origin: Origin,
}

impl Item {
    fn new(of: &str, name: impl Into<String>, origin: Origin, says: Vec<String>) -> Self {
        Self {
            of: of.to_owned(),
            name: name.into(),
            state: None,
            tail: String::new(),
            says,
            does: Vec::new(),
            is_order: false,
            origin,
        }
    }

    /// Returns all its words.
    fn words(&self) -> Vec<String> {
        let mut words = vec![self.of.clone(), self.name.clone(), self.tail.clone()];
        words.extend(self.state.clone());
        words.push(String::new());
        words.extend(self.says.iter().chain(&self.does).cloned());
        words
    }

    fn doing(self, does: Vec<String>) -> Self {
        Self { does, ..self }
    }
}

/// Returns everything a rulebook says. What is said twice in the same words counts once.
pub(super) fn of(rules: &Rulebook) -> Vec<Item> {
    let mut items = Vec::new();
    for workflow in rules.workflows.iter().chain(&rules.code_workflows) {
        add_workflow(workflow, &mut items);
    }
    items.extend(rules.doctypes.iter().map(doctype::item));
    items.extend(rules.groups.iter().map(permission::group));
    items.extend(rules.permits.iter().map(permission::permit));
    let files = rules.sources.files().iter().enumerate();
    items.extend(files.filter_map(|(index, file)| question::file(index, file)));
    let mut known = BTreeSet::new();
    items.retain(|item| known.insert(item.words()));
    items
}

fn of_whole(workflow: &Workflow) -> Vec<String> {
    let kind = if workflow.executable {
        "executable"
    } else {
        "not executable"
    };
    let mut says = vec![format!("title {:?}", workflow.title), kind.to_owned()];
    says.extend((workflow.subject == Subject::Code).then(|| "of code".to_owned()));
    says
}

fn of_state(state: &State) -> Vec<String> {
    let flags = [
        (state.terminal, "terminal"),
        (state.passing, "passing"),
        (state.authorises, "authorises"),
    ];
    let set = flags.into_iter().filter(|(is_set, _)| *is_set);
    let mut says = vec![format!("means {:?}", state.meaning)];
    says.extend(set.map(|(_, word)| word.to_owned()));
    says.extend(state.awaits.as_ref().map(awaits));
    says
}

fn add_workflow(workflow: &Workflow, items: &mut Vec<Item>) {
    let of = format!("workflow {}", workflow.name);
    let mut add = |name: String, origin: Origin, says: Vec<String>| {
        items.push(Item::new(&of, name, origin, says));
    };
    let says = of_whole(workflow);
    add("the workflow".to_owned(), workflow.origin, says);
    for state in &workflow.states {
        add(
            format!("state {}", state.name),
            state.origin,
            of_state(state),
        );
    }
    for phase in &workflow.phases {
        let presumed = phase.presumed_in.iter();
        let says = presumed.map(|state| format!("presumed in {state}"));
        add(
            format!("phase {}", phase.name),
            phase.origin,
            says.collect(),
        );
    }
    for outcome in &workflow.outcomes {
        let says = vec![
            format!("means {:?}", outcome.meaning),
            format!("stored as {}", outcome.stored_as),
        ];
        add(format!("outcome {}", outcome.name), outcome.origin, says);
    }
    for mark in &workflow.marks {
        let says = vec![format!("means {:?}", mark.meaning)];
        add(format!("mark {}", mark.name), mark.origin, says);
    }
    for flaw in &workflow.flaws {
        let says = match &flaw.shape {
            FlawShape::Line(begins, Remedy::EffectiveVersion) => {
                format!("line {begins:?} should be the version in force")
            }
            FlawShape::Line(begins, Remedy::EffectiveDate) => {
                format!("line {begins:?} should be the date it came into force")
            }
            FlawShape::FrontmatterKey(key) => format!("frontmatter key {key} should be absent"),
        };
        add(format!("flaw {:?}", flaw.meaning), flaw.origin, vec![says]);
    }
    for invariant in &workflow.invariants {
        let mut says: Vec<_> = invariant.occasions.iter().flat_map(occasion).collect();
        says.extend(invariant.holds.iter().map(|hold| demand("hold", hold)));
        add(
            format!("invariant {:?}", invariant.sentence),
            invariant.origin,
            says,
        );
    }
    for event in &workflow.events {
        let mut says = vec![format!("means {:?}", event.meaning)];
        says.extend(
            event
                .ledger
                .iter()
                .map(|ledger| format!("goes to the ledger {ledger}")),
        );
        says.extend(
            event
                .by
                .iter()
                .map(|command| format!("logged by {command}")),
        );
        let does = event.records.iter().map(recorded).collect();
        let item = Item::new(&of, format!("event {}", event.name), event.origin, says);
        items.push(item.doing(does));
    }
    for entry in &workflow.entries {
        let says = vec![
            format!("born in {}", entry.to),
            format!("at {}", entry.version),
        ];
        let does = entry.effects.iter().map(line).collect();
        let item = Item::new(&of, format!("entry {}", entry.name), entry.origin, says);
        items.push(item.doing(does));
    }
    for action in &workflow.actions {
        add_body(
            &of,
            &format!("action `{}`", action.name),
            workflow,
            action,
            items,
        );
    }
    for reaction in &workflow.reactions {
        let name = format!("reaction `{}`", reaction.name);
        add_body(&of, &name, workflow, &reaction.body, items);
    }
    add_arms(&of, "automatic", workflow, &workflow.automatic, items);
}

fn add_body(of: &str, name: &str, workflow: &Workflow, body: &Action, items: &mut Vec<Item>) {
    let says = body
        .requires
        .iter()
        .map(|condition| demand("require", condition));
    let mut does: Vec<String> = Vec::new();
    for before in &body.firsts {
        does.push(format!("first {}", first(before)));
        does.extend(before.tells.iter().map(line));
    }
    does.extend(body.before.iter().map(line));
    if !body.after.is_empty() {
        does.push("then what its way does".to_owned());
    }
    does.extend(body.after.iter().map(line));
    items.push(Item::new(of, name, body.origin, says.collect()).doing(does));
    add_arms(of, name, workflow, &body.arms, items);
}

/// Adds each way from each state it begins in.
fn add_arms(of: &str, name: &str, workflow: &Workflow, arms: &[Arm], items: &mut Vec<Item>) {
    for state in &workflow.states {
        let from_here = arms
            .iter()
            .filter(|arm| arm.begins_in(&state.name, workflow));
        let mut order = Vec::new();
        for arm in from_here {
            let goes = match arm.to.as_ref().filter(|to| **to != state.name) {
                Some(to) => format!(" to {to}"),
                None => ", staying".to_owned(),
            };
            let says = arm
                .conditions
                .iter()
                .map(|condition: &Condition| demand("if", condition));
            let does = arm.effects.iter().map(line).collect();
            let item = Item::new(of, name, arm.origin, says.collect());
            order.push(format!("{goes}: {}", item.says.join(" and ")));
            items.push(Item {
                state: Some(state.name.to_string()),
                tail: goes,
                ..item.doing(does)
            });
        }
        if order.len() > 1 {
            items.push(Item {
                state: Some(state.name.to_string()),
                tail: ": which of its ways is tried first".to_owned(),
                is_order: true,
                ..Item::new(of, name, state.origin, Vec::new()).doing(order)
            });
        }
    }
}
