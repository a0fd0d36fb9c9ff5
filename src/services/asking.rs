//! The texts of tasks: what somebody is asked, and how they may answer (REQ-PROMPT-001).

use crate::definitions::workflow::{Action, Awaits};
use crate::definitions::{Rulebook, Workflow};
use crate::error::Failure;
use crate::interpreter::{Change, Plan, Step};
use crate::model::{ActionName, Code, DocId, Moment, Task, TypeWord, UserName};

use super::prompts::{Answer, Form, TaskFacts, render};

/// Returns the text of each task that a plan gives, in order.
///
/// # Errors
/// `definitions_invalid` where the questions cannot be read or rendered.
pub fn task_texts(rules: &Rulebook, plan: &Plan, at: Moment) -> Result<Vec<String>, Failure> {
    let mut texts = Vec::new();
    for change in plan.changes() {
        for step in &change.steps {
            if let Step::GiveTask(task) = step {
                texts.push(task_text(rules, change, task, at)?);
            }
        }
    }
    Ok(texts)
}

fn task_text(
    rules: &Rulebook,
    change: &Change,
    task: &Task,
    at: Moment,
) -> Result<String, Failure> {
    let standing = &change.after;
    let doctype = rules.doctype(&standing.doctype);
    let workflow = doctype.and_then(|doctype| rules.life_of(doctype));
    let awaits = workflow
        .and_then(|workflow| workflow.state(&task.status))
        .and_then(|state| state.awaits.as_ref());
    let (Some(workflow), Some(awaits)) = (workflow, awaits) else {
        return Err(missing("the state asks nothing"));
    };
    let word: &TypeWord = &standing.document.doc_type;
    let words = [word.as_str(), standing.doctype.as_str()];
    let Some((prompt_file, prompt)) = rules.prompt(awaits, &words)? else {
        return Err(missing(&format!(
            "no prompt for {}/{}",
            awaits.task, awaits.stage
        )));
    };
    let Some(layout) = rules.layout(awaits) else {
        return Err(missing("no layout for task files"));
    };
    let facts = TaskFacts {
        task_id: task.id(),
        task_type: task.kind.to_string(),
        workflow_type: task.stage.to_string(),
        doc_id: task.document.to_string(),
        title: standing.title.clone(),
        status: task.status.to_string(),
        responsible_user: task.owner.as_ref().map(UserName::to_string),
        assigned_by: task.from.to_string(),
        assigned_date: at.date(),
        version: task.version.to_string(),
        assignee: task.to.to_string(),
        marks: workflow
            .marks
            .iter()
            .filter(|rule| standing.document.bears(&rule.name))
            .map(|rule| rule.meaning.clone())
            .collect(),
        answers: answers(rules, workflow, awaits, task),
    };
    let form = Form {
        prompt_file,
        prompt: &prompt,
        layout_file: &layout.path,
        layout: &layout.text,
    };
    render(&facts, &form).map_err(|error| missing(&error.to_string()))
}

fn missing(what: &str) -> Failure {
    Failure::new(
        Code::DefinitionsInvalid,
        format!("the task cannot be written: {what}"),
    )
}

/// Returns every way to answer: what the state awaits, once for each outcome, and whatever else only those
/// who are asked may do there.
fn answers(rules: &Rulebook, workflow: &Workflow, awaits: &Awaits, task: &Task) -> Vec<Answer> {
    let mut answers = Vec::new();
    for action in workflow
        .actions
        .iter()
        .filter(|action| action.begins_in(&task.status, workflow))
    {
        if action.name.verb != awaits.verb && !rules.is_for_assignees(&action.name) {
            continue;
        }
        if action.records_outcome() {
            for outcome in &workflow.outcomes {
                let line = command_line(
                    &task.document,
                    action,
                    Some(outcome.name.as_str()),
                    &task.to,
                );
                answers.push(Answer {
                    label: outcome.meaning.clone(),
                    command: line,
                });
            }
        } else {
            answers.push(Answer {
                label: action.name.to_string(),
                command: command_line(&task.document, action, None, &task.to),
            });
        }
    }
    answers
}

fn command_line(id: &DocId, action: &Action, outcome: Option<&str>, user: &UserName) -> String {
    use std::fmt::Write as _;
    let ActionName { verb, variant } = &action.name;
    let mut line = format!("qms --user {user} {verb} {id}");
    if let Some(variant) = variant {
        let _ = write!(line, " --{variant}");
    }
    if let Some(outcome) = outcome {
        let _ = write!(line, " --outcome {outcome}");
    }
    for name in action.demands() {
        if *name != crate::analysis::explain::OUTCOME {
            let _ = write!(line, " --{name} \"…\"");
        }
    }
    line
}
