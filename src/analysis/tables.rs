//! Tables of what the rules say, as they stand in procedures: a text marks where, `init` fills it in.
//!
//! A line `<!-- rules: types -->` is followed by a table of the document types, `<!-- rules: groups -->` of the groups, `<!-- rules: states TYPE -->` by the
//! states of a type and what leads on from each, `<!-- rules: permissions -->` or `<!-- rules: permissions TYPE -->` by
//! who may do what. So a procedure cannot say something else than the rules it was planted with.

use super::graph::words::{actors, condition, every};
use super::matrix::permitted;
use crate::definitions::pattern::{Pattern, Piece};
use crate::definitions::permission::{Only, Permit};
use crate::definitions::workflow::State;
use crate::definitions::{Doctype, Rulebook, Workflow};
use crate::model::{ActionName, Status};

const BEGINS: &str = "<!-- rules: ";
const ENDS: &str = " -->";

/// Returns a text with a table below each line that marks one. What the rules have nothing to say about stays empty.
#[must_use]
pub fn fill(rules: &Rulebook, text: &str) -> String {
    let mut filled = String::with_capacity(text.len());
    for line in text.split_inclusive('\n') {
        filled.push_str(line);
        if let Some(table) = marked(line).and_then(|words| table(rules, words)) {
            filled.push('\n');
            filled.push_str(&table);
        }
    }
    filled
}

/// Returns what a line marks, if it does.
fn marked(line: &str) -> Option<&str> {
    line.trim().strip_prefix(BEGINS)?.strip_suffix(ENDS)
}

fn table(rules: &Rulebook, words: &str) -> Option<String> {
    let mut words = words.split(' ');
    let (what, name) = (words.next()?, words.next());
    let doctype = name.map(|name| rules.doctypes.iter().find(|doctype| doctype.name == *name));
    match (what, doctype) {
        ("groups", None) => Some(groups(rules)),
        ("types", None) => Some(types(rules)),
        ("states", Some(doctype)) => Some(states(rules, rules.life_of(doctype?)?)),
        ("permissions", None) => Some(permissions(rules, |_| true)),
        ("permissions", Some(doctype)) => {
            let life = rules.life_of(doctype?)?;
            let does = |name: &ActionName| {
                let mut actions = life.actions.iter();
                actions.any(|action| action.name.verb == name.verb)
            };
            Some(permissions(rules, |permit| does(&permit.action)))
        }
        _ => None,
    }
}

/// Writes a table; a `|` in a cell would end it.
fn written(heading: &[&str], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let row = |cells: Vec<String>| {
        let cells: Vec<_> = cells.iter().map(|cell| cell.replace('|', "\\|")).collect();
        format!("| {} |\n", cells.join(" | "))
    };
    let mut table = row(heading.iter().map(|&cell| cell.to_owned()).collect());
    table.push_str(&row(vec!["---".to_owned(); heading.len()]));
    table.extend(rows.into_iter().map(row));
    table
}

fn groups(rules: &Rulebook) -> String {
    let rows = rules.groups.iter().map(|rule| {
        let name = rule.name.to_string();
        vec![name, rule.meaning.clone()]
    });
    written(&["Group", "What it is for"], rows)
}

fn types(rules: &Rulebook) -> String {
    let rows = rules.doctypes.iter().map(|doctype| {
        let life = rules.life_of(doctype).map(|life| life.title.clone());
        vec![
            doctype.name.to_string(),
            doctype.title.clone(),
            id(&doctype.id),
            parents(doctype),
            life.unwrap_or_default(),
        ]
    });
    written(&["Type", "Title", "Id", "Parent", "Life"], rows)
}

/// Returns the form of an id, in words that stand for what is put in.
fn id(pattern: &Pattern) -> String {
    let pieces = pattern.pieces.iter().map(|piece| match piece {
        Piece::Literal(text) => text.clone(),
        Piece::Id => "ID".to_owned(),
        Piece::Parent => "PARENT".to_owned(),
        Piece::Name => "NAME".to_owned(),
        Piece::Namespace => "NAMESPACE".to_owned(),
        Piece::Number(digits) => "N".repeat(*digits),
    });
    format!("`{}`", pieces.collect::<String>())
}

fn parents(doctype: &Doctype) -> String {
    let Some(child_of) = &doctype.child_of else {
        return "none".to_owned();
    };
    let names: Vec<_> = child_of.parents.iter().map(|(name, _)| name).collect();
    let requires: Vec<_> = child_of.requires.iter().map(condition).collect();
    let names = names.iter().map(|name| name.as_str());
    let names = names.collect::<Vec<_>>().join(", ");
    if requires.is_empty() {
        names
    } else {
        format!("{names} ({})", every(&requires))
    }
}

fn states(rules: &Rulebook, life: &Workflow) -> String {
    let rows = life.states.iter().map(|state| {
        vec![
            state.name.to_string(),
            state.meaning.clone(),
            onward(rules, life, state),
        ]
    });
    written(&["State", "Meaning", "What leads on"], rows)
}

/// Says what leads on from a state: what people do, and what follows by itself.
fn onward(rules: &Rulebook, life: &Workflow, state: &State) -> String {
    if state.terminal {
        return "nothing: it is final".to_owned();
    }
    let mut ways: Vec<String> = Vec::new();
    for action in &life.actions {
        let arms = action.arms.iter();
        let leading = arms.filter(|arm| arm.begins_in(&state.name, life));
        for to in ends(leading.filter_map(|arm| arm.to.as_ref()), state) {
            let who = actors(rules.permit(&action.name)).text();
            ways.push(format!("`{}` to {to}: {who}", action.name));
        }
    }
    let alone = life.automatic.iter();
    let alone = alone.filter(|arm| arm.begins_in(&state.name, life));
    for to in ends(alone.filter_map(|arm| arm.to.as_ref()), state) {
        ways.push(format!("by itself to {to}"));
    }
    ways.join("<br>")
}

/// Returns the other states among those that ways lead to, each once.
fn ends<'w>(ends: impl Iterator<Item = &'w Status>, from: &State) -> Vec<&'w Status> {
    let mut known = Vec::new();
    for to in ends {
        if *to != from.name && !known.contains(&to) {
            known.push(to);
        }
    }
    known
}

/// Returns who may do what of that which is meant, a row for all that is permitted alike.
fn permissions(rules: &Rulebook, is_meant: impl Fn(&Permit) -> bool) -> String {
    let mut rows: Vec<(Vec<String>, Vec<String>)> = Vec::new();
    for permit in rules.permits.iter().filter(|permit| is_meant(permit)) {
        let may = permitted(rules, permit);
        let groups = rules.groups.iter().map(|rule| {
            let may = may.contains(&&rule.name);
            if may { "yes" } else { "no" }.to_owned()
        });
        let mut cells: Vec<String> = groups.collect();
        cells.push(besides(permit));
        let name = permit.action.to_string();
        match rows.iter_mut().find(|(_, known)| *known == cells) {
            Some((names, _)) => names.push(name),
            None => rows.push((vec![name], cells)),
        }
    }
    let groups = rules.groups.iter().map(|rule| rule.name.as_str());
    let heading: Vec<_> = ["Action"]
        .into_iter()
        .chain(groups)
        .chain(["Only"])
        .collect();
    let rows = rows.into_iter().map(|(names, cells)| {
        let names = vec![names.join(", ")];
        [names, cells].concat()
    });
    written(&heading, rows)
}

/// Says what somebody must be besides belonging to a group.
fn besides(permit: &Permit) -> String {
    let only = permit.only.iter().map(|only| match only {
        Only::Owner => "the owner",
        Only::Assignee => "who was asked",
        Only::Holder => "who holds the copy",
    });
    let except = permit.except_owner.then_some("not the owner");
    only.chain(except).collect::<Vec<_>>().join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filled(marker: &str) -> String {
        let rules = Rulebook::shipped().unwrap();
        fill(
            &rules,
            &format!("Before.\n\n<!-- rules: {marker} -->\n\nAfter.\n"),
        )
    }

    /// A table stands below its mark, and the text around it as it stood.
    #[test]
    fn a_table_stands_below_its_mark() {
        for marker in [
            "groups",
            "types",
            "states SOP",
            "states VR",
            "permissions",
            "permissions CR",
        ] {
            let text = filled(marker);
            let begins = format!("Before.\n\n<!-- rules: {marker} -->\n\n| ");
            assert!(text.starts_with(&begins), "{text}");
            assert!(text.ends_with("|\n\nAfter.\n"), "{text}");
            let widths = text.lines().filter(|line| line.starts_with('|'));
            let mut widths: Vec<_> = widths.map(|line| line.matches(" | ").count()).collect();
            widths.dedup();
            assert_eq!(widths.len(), 1, "{text}");
        }
    }

    /// What the rules do not know is not told of.
    #[test]
    fn what_the_rules_do_not_know_stays_empty() {
        for marker in ["states", "states NOTHING", "types SOP", "nothing"] {
            let text = filled(marker);
            assert_eq!(
                text,
                format!("Before.\n\n<!-- rules: {marker} -->\n\nAfter.\n")
            );
        }
    }
}
