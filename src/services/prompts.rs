//! The text of a task file: who is asked what about which document.
//!
//! Puts the facts of a task, a prompt file and a layout together. Wording is
//! the prompt file's, looks are the layout's; what comes from documents is data
//! and never rendered as a template. Reading a task file for the inbox is the
//! other half, in `head`.

use minijinja::value::Value;
use minijinja::{Environment, context};

use crate::definitions::prompt::{Category, Item, PromptFile, Section};
use crate::model::yaml;

mod bounds;
mod fault;
mod head;
mod language;
mod sample;

pub use fault::PromptError;
pub use head::{TaskHead, read_task};
pub use sample::{validate, validate_layout};

/// The facts of a task.
///
/// Serves REQ-TASK-002.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TaskFacts {
    /// The id of the task.
    pub task_id: String,
    /// What kind of task it is, as it is shown.
    pub task_type: String,
    /// The stage of the workflow, as it is shown.
    pub workflow_type: String,
    /// The id of the document.
    pub doc_id: String,
    /// The title of the document.
    pub title: String,
    /// The state of the document now.
    pub status: String,
    /// Who owns the document.
    pub responsible_user: Option<String>,
    /// Who assigned the task.
    pub assigned_by: String,
    /// The day on which it was assigned.
    pub assigned_date: String,
    /// The version that is judged.
    pub version: String,
    /// Who is asked.
    pub assignee: String,
    /// What the marks of the document mean, such as where its approval leads.
    pub marks: Vec<String>,
    /// The answers that may be given.
    pub answers: Vec<Answer>,
}

/// An answer that may be given to a task.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Answer {
    /// What the answer means, in a few words.
    pub label: String,
    /// The command line that gives it.
    pub command: String,
}

/// The prompt file and the layout of a task, each with the name of its file.
#[derive(Debug, Clone, Copy)]
pub struct Form<'a> {
    /// The name of the prompt file, for faults.
    pub prompt_file: &'a str,
    /// The prompt file.
    pub prompt: &'a PromptFile,
    /// The name of the layout, for faults.
    pub layout_file: &'a str,
    /// The layout.
    pub layout: &'a str,
}

/// Renders a whole task file: its frontmatter and its body.
///
/// # Errors
///
/// A text of the prompt file or a layout that names what is not known, is no
/// template, or takes too long.
///
/// Serves REQ-PROMPT-001, REQ-PROMPT-005, REQ-PROMPT-006 and REQ-TASK-002.
pub fn render(facts: &TaskFacts, form: &Form<'_>) -> Result<String, PromptError> {
    let body = body(facts, form)?;
    let head = yaml::mapping(&[
        ("task_id", Some(&facts.task_id)),
        ("task_type", Some(&facts.task_type)),
        ("workflow_type", Some(&facts.workflow_type)),
        ("doc_id", Some(&facts.doc_id)),
        ("title", Some(&facts.title)),
        ("status", Some(&facts.status)),
        ("responsible_user", facts.responsible_user.as_deref()),
        ("assigned_by", Some(&facts.assigned_by)),
        ("assigned_date", Some(&facts.assigned_date)),
        ("version", Some(&facts.version)),
    ]);
    Ok(format!("---\n{head}---\n\n{}\n", body.trim()))
}

fn body(facts: &TaskFacts, form: &Form<'_>) -> Result<String, PromptError> {
    let environment = language::environment();
    let known = known(facts);
    let texts = Texts {
        environment: &environment,
        known: &known,
        file: form.prompt_file,
    };
    let answers: Vec<_> = facts
        .answers
        .iter()
        .map(|answer| context! { label => answer.label.as_str(), command => answer.command.as_str() })
        .collect();
    let marks = &facts.marks;
    let whole = context! { prompt => texts.prompt(form.prompt)?, marks, answers, ..known.clone() };

    bounds::render(&environment, form.layout, &whole)
        .map_err(|stop| PromptError::in_layout(form.layout_file, form.layout, &stop, &whole))
}

fn known(facts: &TaskFacts) -> Value {
    context! {
        task_id => facts.task_id.as_str(),
        task_type => facts.task_type.as_str(),
        workflow_type => facts.workflow_type.as_str(),
        doc_id => facts.doc_id.as_str(),
        title => facts.title.as_str(),
        status => facts.status.as_str(),
        responsible_user => facts.responsible_user.as_deref(),
        assigned_by => facts.assigned_by.as_str(),
        assigned_date => facts.assigned_date.as_str(),
        version => facts.version.as_str(),
        assignee => facts.assignee.as_str(),
    }
}

/// Fills the facts into the texts of a prompt file.
struct Texts<'a> {
    environment: &'a Environment<'static>,
    known: &'a Value,
    file: &'a str,
}

impl Texts<'_> {
    fn prompt(&self, prompt: &PromptFile) -> Result<Value, PromptError> {
        let reminders = prompt.critical_reminders.iter().map(|text| self.text(text));
        Ok(context! {
            checklist => self.each(&prompt.checklist, Self::category)?,
            critical_reminders => reminders.collect::<Result<Vec<_>, _>>()?,
            additional_sections => self.each(&prompt.additional_sections, Self::section)?,
            custom_header => self.optional(prompt.custom_header.as_deref())?,
            custom_footer => self.optional(prompt.custom_footer.as_deref())?,
            response_format => self.optional(prompt.response_format.as_deref())?,
        })
    }

    fn category(&self, category: &Category) -> Result<Value, PromptError> {
        Ok(context! {
            category => self.text(&category.category)?,
            items => self.each(&category.items, Self::item)?,
        })
    }

    fn item(&self, item: &Item) -> Result<Value, PromptError> {
        Ok(context! {
            text => self.text(&item.text)?,
            evidence_prompt => self.optional(item.evidence_prompt.as_deref())?,
        })
    }

    fn section(&self, section: &Section) -> Result<Value, PromptError> {
        Ok(context! {
            title => self.text(&section.title)?,
            content => self.text(&section.content)?,
        })
    }

    fn each<T>(
        &self,
        list: &[T],
        one: fn(&Self, &T) -> Result<Value, PromptError>,
    ) -> Result<Vec<Value>, PromptError> {
        list.iter().map(|item| one(self, item)).collect()
    }

    fn optional(&self, text: Option<&str>) -> Result<Option<String>, PromptError> {
        text.map(|text| self.text(text)).transpose()
    }

    fn text(&self, text: &str) -> Result<String, PromptError> {
        // What has no placeholder says itself; only a last newline would go.
        if !text.contains('{') && !text.ends_with(['\n', '\r']) {
            return Ok(text.to_owned());
        }
        let rendered = bounds::render(self.environment, text, self.known);
        rendered.map_err(|stop| PromptError::in_prompt(self.file, text, &stop, self.known))
    }
}

#[cfg(test)]
mod tests;
