//! Prompt files: what a task asks, configured in YAML, and which one applies.
//!
//! A prompt file is read strictly and whole: all that is wrong with it is told
//! at once, with places. The same shape stands in `grammar/prompt.schema.json`
//! for editors and for the check of definitions. How a task looks is the
//! layout's matter, not this module's.

use std::sync::LazyLock;

use serde::Deserialize;

use crate::model::yaml;

mod shape;

/// The largest prompt file that is read, in bytes.
pub const FILE_LIMIT: usize = 256 * 1024;

/// The schema of a prompt file, for editors and for the check of definitions.
pub const SCHEMA: &str = include_str!("../../grammar/prompt.schema.json");

/// A prompt file: the checklist of a task and the texts around it.
///
/// Serves REQ-PROMPT-002, REQ-PROMPT-004 and REQ-PROMPT-006.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PromptFile {
    /// What is to be verified, by category; never empty.
    pub checklist: Vec<Category>,
    /// What must not be forgotten.
    #[serde(default)]
    pub critical_reminders: Vec<String>,
    /// Further sections, after the reminders.
    #[serde(default)]
    pub additional_sections: Vec<Section>,
    /// Text above the heading of the task.
    pub custom_header: Option<String>,
    /// Text at the end of the task.
    pub custom_footer: Option<String>,
    /// The form of the answer, in place of the layout's own.
    pub response_format: Option<String>,
}

/// Items of a checklist that belong together.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Category {
    /// The heading of the items.
    pub category: String,
    /// The items; never empty.
    pub items: Vec<Item>,
}

/// What is to be verified, perhaps with a word on the evidence.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(from = "ItemForm")]
pub struct Item {
    /// What is to be verified.
    pub text: String,
    /// What the evidence is to say.
    pub evidence_prompt: Option<String>,
}

/// A further section of a task.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Section {
    /// The heading of the section.
    pub title: String,
    /// The text of the section.
    pub content: String,
}

/// The two forms of an item in a file.
#[derive(Deserialize)]
#[serde(untagged)]
enum ItemForm {
    Text(String),
    Full(FullItem),
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct FullItem {
    text: String,
    evidence_prompt: Option<String>,
}

impl From<ItemForm> for Item {
    fn from(form: ItemForm) -> Self {
        match form {
            ItemForm::Text(text) => Self {
                text,
                evidence_prompt: None,
            },
            ItemForm::Full(full) => Self {
                text: full.text,
                evidence_prompt: full.evidence_prompt,
            },
        }
    }
}

/// One thing that is wrong with a prompt file, with its place.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct PromptFault {
    /// What is wrong, in one line.
    pub message: String,
    /// The line, counted from 1.
    pub line: usize,
    /// The column, counted from 1.
    pub column: usize,
    /// What to do about it, where that is known.
    pub help: Option<String>,
}

impl From<yaml::TextFault> for PromptFault {
    fn from(fault: yaml::TextFault) -> Self {
        Self {
            message: fault.message,
            line: fault.line,
            column: fault.column,
            help: None,
        }
    }
}

/// Reads a prompt file.
///
/// # Errors
///
/// A text that is no YAML or too large is one fault; one of the wrong shape
/// (an unknown key, a checklist without items, a number for a text) is as many
/// faults as it has, in their order.
pub fn parse(text: &str) -> Result<PromptFile, Vec<PromptFault>> {
    if text.len() > FILE_LIMIT {
        let fault = yaml::TextFault::at(1, 1, "the file is larger than 256 KiB");
        return Err(vec![fault.into()]);
    }
    let root = yaml::nodes(text).map_err(|fault| vec![fault.into()])?;
    let faults = shape::faults(&root);
    if !faults.is_empty() {
        return Err(faults);
    }
    read(text)
}

/// Reads a prompt file that is known to have the right shape.
///
/// # Errors
///
/// What the first look finds, if the shape is wrong all the same.
pub fn read(text: &str) -> Result<PromptFile, Vec<PromptFault>> {
    yaml::read(text).map_err(|fault| vec![fault.into()])
}

/// Reads a prompt file as the plain value that [`validate_schema`] takes.
///
/// # Errors
///
/// A text that is no YAML.
pub fn plain_value(text: &str) -> Result<serde_json::Value, PromptFault> {
    Ok(yaml::read(text)?)
}

/// Checks the value of a prompt file against [`SCHEMA`].
///
/// # Errors
///
/// All that the schema refuses, a sentence each, with the path of the value.
pub fn validate_schema(value: &serde_json::Value) -> Result<(), Vec<String>> {
    static VALIDATOR: LazyLock<Result<jsonschema::Validator, String>> = LazyLock::new(|| {
        let schema = serde_json::from_str(SCHEMA).map_err(|error| error.to_string())?;
        jsonschema::validator_for(&schema).map_err(|error| error.to_string())
    });

    let validator = VALIDATOR.as_ref().map_err(|error| vec![error.clone()])?;
    let faults: Vec<_> = validator
        .iter_errors(value)
        .map(|error| format!("`{}`: {error}", error.instance_path()))
        .collect();
    if faults.is_empty() {
        Ok(())
    } else {
        Err(faults)
    }
}

#[cfg(test)]
mod tests;
