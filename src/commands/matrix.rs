//! `config matrix`.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::config::rules_here;
use super::context::Context;
use crate::analysis::matrix::{Matrix, Right, matrix, permitted};
use crate::definitions::permission::Only;
use crate::definitions::{Rulebook, Workflow};
use crate::error::Failure;
use crate::model::{Code, Group};
use crate::services::Outcome;

/// Show which group may do what, and in which state
#[derive(Args, Clone, Debug)]
pub struct MatrixCommand {
    /// A workflow, or a type of documents; all workflows if none is named
    name: Option<String>,
    /// How it is shown
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
}

/// How a matrix is shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For programs
    Json,
    /// For spreadsheets: a line for each action, group and state
    Csv,
}

const LEGEND: &str = "\
x  every member may          O  only the owner    A  only who is asked
H  only who holds the copy   N  not the owner     .  the action does not begin there
+  another action is done first, under its own terms, which are shown too
What a rule requires of the document besides comes on top. Groups without a line may not.
";

impl MatrixCommand {
    /// Runs it.
    ///
    /// # Errors
    /// A name that is neither a workflow's nor a type's.
    pub(super) fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let rules = rules_here(context)?;
        let rules = rules.with_code();
        let workflows = self.workflows(&rules)?;
        let found: Vec<Matrix> = workflows
            .into_iter()
            .map(|workflow| matrix(&rules, workflow))
            .collect();
        let data = data(&rules, &found);
        let text = match self.format {
            Format::Text => text(&rules, &found, self.name.is_none()),
            Format::Json => format!("{data:#}\n"),
            Format::Csv => csv(&found),
        };
        Ok(Outcome::new(data, text))
    }

    fn workflows<'r>(&self, rules: &'r Rulebook) -> Result<Vec<&'r Workflow>, Failure> {
        let Some(name) = &self.name else {
            return Ok(rules.workflows.iter().collect());
        };
        let is_it = |known: &str| known.eq_ignore_ascii_case(name);
        let mut doctypes = rules.doctypes.iter();
        let life = doctypes
            .find(|doctype| is_it(doctype.name.as_str()))
            .and_then(|doctype| rules.life_of(doctype));
        let mut workflows = rules.workflows.iter();
        let found = workflows.find(|workflow| is_it(workflow.name.as_str()));
        found
            .or(life)
            .map(|workflow| vec![workflow])
            .ok_or_else(|| {
                let message = format!("`{name}` is neither a workflow nor a type");
                Failure::new(Code::UnknownType, message).hint("`qms config show` names them")
            })
    }
}

/// Returns what stands in a cell: under which terms a member may.
fn cell(right: &Right) -> String {
    let letters = right.terms.only.iter().map(|only| match only {
        Only::Owner => 'O',
        Only::Assignee => 'A',
        Only::Holder => 'H',
    });
    let except = right.terms.except_owner.then_some('N');
    let mut cell: String = letters.chain(except).collect();
    if cell.is_empty() {
        cell.push('x');
    }
    if right.first.is_some() {
        cell.push('+');
    }
    cell
}

/// Returns what is permitted and is no action of a workflow, with the groups that may.
fn commands(rules: &Rulebook) -> Vec<(String, Vec<&Group>)> {
    let is_action = |verb| rules.verbs().contains(&verb);
    let permits = rules.permits.iter();
    permits
        .filter(|permit| !is_action(&permit.action.verb))
        .map(|permit| (permit.action.to_string(), permitted(rules, permit)))
        .collect()
}

fn data(rules: &Rulebook, found: &[Matrix]) -> Value {
    let workflows = found.iter().map(|matrix| {
        let rights = matrix.rights.iter().map(|right| {
            json!({
                "action": right.action.to_string(),
                "group": right.group.as_str(),
                "state": right.state.as_str(),
                "only": right.terms.only.iter().map(|only| only.as_str()).collect::<Vec<_>>(),
                "except_owner": right.terms.except_owner,
                "first": right.first.as_ref().map(ToString::to_string),
            })
        });
        json!({
            "workflow": matrix.workflow.as_str(),
            "doc_types": names(&matrix.types),
            "states": names(&matrix.states),
            "rights": rights.collect::<Vec<_>>(),
        })
    });
    let commands = commands(rules)
        .into_iter()
        .map(|(command, groups)| json!({ "command": command, "groups": names(groups) }));
    json!({ "workflows": workflows.collect::<Vec<_>>(), "commands": commands.collect::<Vec<_>>() })
}

fn names<T: ToString>(items: impl IntoIterator<Item = T>) -> Vec<String> {
    items.into_iter().map(|item| item.to_string()).collect()
}

fn csv(found: &[Matrix]) -> String {
    let mut text = "workflow,action,group,state,only,except_owner,first\n".to_owned();
    for matrix in found {
        for right in &matrix.rights {
            let only: Vec<_> = right.terms.only.iter().map(|only| only.as_str()).collect();
            let first = right.first.as_ref().map(ToString::to_string);
            let _ = writeln!(
                text,
                "{},{},{},{},{},{},{}",
                matrix.workflow,
                right.action,
                right.group,
                right.state,
                only.join(" "),
                right.terms.except_owner,
                first.unwrap_or_default()
            );
        }
    }
    text
}

fn text(rules: &Rulebook, found: &[Matrix], is_whole: bool) -> String {
    let mut text = String::new();
    for matrix in found {
        table(&mut text, matrix);
        text.push('\n');
    }
    if is_whole {
        text.push_str("Commands, in any state:\n");
        for (command, groups) in commands(rules) {
            let groups = match groups.len() {
                0 => "nobody".to_owned(),
                count if count == rules.groups.len() => "everyone".to_owned(),
                _ => names(groups).join(", "),
            };
            let _ = writeln!(text, "  {command:<16} {groups}");
        }
        text.push('\n');
    }
    text.push_str(LEGEND);
    text
}

fn table(text: &mut String, matrix: &Matrix) {
    let types = names(&matrix.types);
    let _ = writeln!(text, "{} ({})", matrix.workflow, types.join(", "));
    for (index, state) in matrix.states.iter().enumerate() {
        let _ = writeln!(text, "  {:>2} {state}", index + 1);
    }
    let cells = matrix.rights.iter().map(|right| cell(right).len());
    let wide = cells.max().unwrap_or_default().max(2);
    let longest = |words: Vec<usize>| words.into_iter().max().unwrap_or_default();
    let rights = matrix.rights.iter();
    let actions = longest(
        rights
            .clone()
            .map(|right| right.action.to_string().len())
            .collect(),
    );
    let groups = longest(rights.map(|right| right.group.as_str().len()).collect());

    let _ = write!(text, "\n  {:<actions$}  {:<groups$} ", "", "");
    for index in 1..=matrix.states.len() {
        let _ = write!(text, " {index:>wide$}");
    }
    text.push('\n');
    let mut before = String::new();
    // Rights of one action and group stand together, and make a row.
    for row in matrix
        .rights
        .chunk_by(|one, other| (&one.action, &one.group) == (&other.action, &other.group))
    {
        let Some(right) = row.first() else {
            continue;
        };
        let action = right.action.to_string();
        let shown = if action == before { "" } else { &action };
        let _ = write!(
            text,
            "  {shown:<actions$}  {:<groups$} ",
            right.group.as_str()
        );
        for state in &matrix.states {
            let mut here = row.iter().filter(|right| right.state == *state);
            let cell = here.next().map_or_else(|| ".".to_owned(), cell);
            let _ = write!(text, " {cell:>wide$}");
        }
        text.push('\n');
        before = action;
    }
}
