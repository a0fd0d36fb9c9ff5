//! Which questions a task asks, and how its file is laid out (REQ-PROMPT-003).

use super::prompt::{self, PromptFile};
use super::report::{Finding, RuleError};
use super::rulebook::Rulebook;
use super::source::{Origin, SourceFile};
use super::tree::Span;
use super::workflow::Awaits;

impl Rulebook {
    /// Finds the questions for a task: those of the type in this stage, of the stage, of the task
    /// (REQ-PROMPT-003, R-21); with the path they were found at.
    ///
    /// # Errors
    /// A prompt file that cannot be read.
    pub fn prompt(
        &self,
        awaits: &Awaits,
        words: &[&str],
    ) -> Result<Option<(&str, PromptFile)>, RuleError> {
        let (task, stage) = (
            awaits.task.as_str().to_lowercase(),
            awaits.stage.as_str().to_lowercase(),
        );
        let mut places: Vec<String> = words
            .iter()
            .map(|word| format!("prompts/{task}/{stage}/{}.yaml", word.to_lowercase()))
            .collect();
        places.push(format!("prompts/{task}/{stage}/default.yaml"));
        places.push(format!("prompts/{task}/default.yaml"));
        for place in places {
            let files = self.sources.files();
            if let Some(index) = files.iter().position(|file| file.path == place)
                && let Some(file) = files.get(index)
            {
                return match prompt::parse(&file.text) {
                    Ok(found) => Ok(Some((&file.path, found))),
                    Err(faults) => Err(RuleError {
                        findings: prompt_findings(index, file, faults),
                        sources: self.sources.clone(),
                    }),
                };
            }
        }
        Ok(None)
    }

    /// Returns the layout of a task file: that of the task, else that of all.
    #[must_use]
    pub fn layout(&self, awaits: &Awaits) -> Option<&SourceFile> {
        let own = format!(
            "prompts/{}/layout.jinja",
            awaits.task.as_str().to_lowercase()
        );
        let files = self.sources.files();
        files.iter().find(|file| file.path == own).or_else(|| {
            files
                .iter()
                .find(|file| file.path == "prompts/layout.jinja")
        })
    }
}

/// Turns the faults of a prompt file into findings at their places.
#[must_use]
pub fn prompt_findings(
    index: usize,
    file: &SourceFile,
    faults: Vec<prompt::PromptFault>,
) -> Vec<Finding> {
    faults
        .into_iter()
        .map(|fault| {
            let origin = at_line(index, &file.text, fault.line, fault.column);
            Finding::error("bad_prompt", origin, fault.message)
                .label("in this prompt file")
                .maybe_help(fault.help)
        })
        .collect()
}

fn at_line(file: usize, text: &str, line: usize, column: usize) -> Origin {
    let start: usize = text
        .split_inclusive('\n')
        .take(line.saturating_sub(1))
        .map(str::len)
        .sum();
    let rest = text.get(start..).unwrap_or_default();
    let offset: usize = rest
        .chars()
        .take(column.saturating_sub(1))
        .take_while(|letter| *letter != '\n')
        .map(char::len_utf8)
        .sum();
    Origin {
        file,
        span: Span {
            offset: start + offset,
            length: 1,
        },
    }
}
