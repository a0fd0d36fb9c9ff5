//! Renders layouts and prompt files with invented facts, to find their faults
//! when definitions are checked and not when a task is made.

use super::{Answer, Form, PromptError, TaskFacts, render};
use crate::definitions::prompt::{Category, Item, PromptFile, Section};

/// Renders a layout with invented facts and prompts, sparse and full.
///
/// # Errors
///
/// A layout that [`render`] refuses with the one or the other.
pub fn validate_layout(layout_file: &str, layout: &str) -> Result<(), PromptError> {
    for prompt in [sparse(), full()] {
        let form = Form {
            prompt_file: "",
            prompt: &prompt,
            layout_file,
            layout,
        };
        validate(&form)?;
    }
    Ok(())
}

/// Renders a prompt file in a layout with invented facts, sparse and full.
///
/// # Errors
///
/// A prompt file or layout that [`render`] refuses with the one or the other.
pub fn validate(form: &Form<'_>) -> Result<(), PromptError> {
    let full = facts();
    let sparse = TaskFacts {
        responsible_user: None,
        marks: Vec::new(),
        answers: Vec::new(),
        ..full.clone()
    };
    render(&sparse, form)?;
    render(&full, form)?;
    Ok(())
}

fn facts() -> TaskFacts {
    let answer = Answer {
        label: "an answer".to_owned(),
        command: "answer sample".to_owned(),
    };
    TaskFacts {
        task_id: "task-sample".to_owned(),
        task_type: "SAMPLE".to_owned(),
        workflow_type: "SAMPLE".to_owned(),
        doc_id: "SAMPLE-001".to_owned(),
        title: "A sample: {{ a title }} | is data".to_owned(),
        status: "SAMPLE".to_owned(),
        responsible_user: Some("somebody".to_owned()),
        assigned_by: "somebody".to_owned(),
        assigned_date: "2026-01-01".to_owned(),
        version: "0.1".to_owned(),
        assignee: "somebody".to_owned(),
        marks: vec!["It is a sample.".to_owned()],
        answers: vec![answer.clone(), answer],
    }
}

fn sparse() -> PromptFile {
    PromptFile {
        checklist: vec![Category {
            category: "a category".to_owned(),
            items: vec![Item {
                text: "an item".to_owned(),
                evidence_prompt: None,
            }],
        }],
        ..PromptFile::default()
    }
}

fn full() -> PromptFile {
    let mut prompt = sparse();
    for category in &mut prompt.checklist {
        category.items.push(Item {
            text: "an item".to_owned(),
            evidence_prompt: Some("evidence".to_owned()),
        });
    }
    prompt.critical_reminders = vec!["a reminder".to_owned()];
    prompt.additional_sections = vec![Section {
        title: "a section".to_owned(),
        content: "a content".to_owned(),
    }];
    prompt.custom_header = Some("a header".to_owned());
    prompt.custom_footer = Some("a footer".to_owned());
    prompt.response_format = Some("a format".to_owned());
    prompt
}
