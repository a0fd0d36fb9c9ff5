//! Which questions a task asks, and how its file is laid out (REQ-PROMPT-003).

use super::codes;
use super::prompt::{self, PromptFile};
use super::report::{Finding, RuleError};
use super::rulebook::Rulebook;
use super::shipped;
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
                // What is part of the program is checked by its tests.
                let read = if shipped::has(file) {
                    prompt::read
                } else {
                    prompt::parse
                };
                return match read(&file.text) {
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
            Finding::new(codes::BAD_PROMPT, origin, fault.message)
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::definitions::Provenance;
    use crate::model::{Stage, TaskKind, Verb};

    fn rules(files: &[(&'static str, &'static str)]) -> Rulebook {
        let files = files.iter().map(|(path, text)| SourceFile {
            path: (*path).into(),
            text: (*text).into(),
        });
        Rulebook::read(Provenance::Shipped, files.collect(), &mut Vec::new())
    }

    fn awaits(task: &'static str, stage: &'static str) -> Awaits {
        Awaits {
            verb: Verb::new("look"),
            task: TaskKind::new(task),
            stage: Stage::new(stage),
            origin: Origin::default(),
        }
    }

    /// Verifies: REQ-PROMPT-003
    #[test]
    fn the_closest_prompt_applies() {
        const SOUND: &str = "checklist:\n- category: Cover\n  items: [It is whole]\n";
        let all = rules(&[
            ("prompts/check/on_return/atlas.yaml", SOUND),
            ("prompts/check/on_return/book.yaml", SOUND),
            ("prompts/check/on_return/default.yaml", SOUND),
            ("prompts/check/default.yaml", SOUND),
        ]);
        for (stage, words, found) in [
            ("ON_RETURN", ["ATLAS", "BOOK"], "check/on_return/atlas"),
            ("on_return", ["MAP", "BOOK"], "check/on_return/book"),
            ("on_return", ["MAP", "SCORE"], "check/on_return/default"),
            ("ON_LOAN", ["ATLAS", "BOOK"], "check/default"),
        ] {
            let asked = all.prompt(&awaits("CHECK", stage), &words).unwrap();
            let (path, _) = asked.unwrap();
            assert_eq!(path, format!("prompts/{found}.yaml"));
        }
        let elsewhere = all.prompt(&awaits("lend", "on_return"), &["book"]).unwrap();
        assert!(elsewhere.is_none());
    }

    #[test]
    fn a_task_has_its_own_layout_or_that_for_all() {
        let both = rules(&[
            ("prompts/layout.jinja", "all"),
            ("prompts/check/layout.jinja", "own"),
        ]);
        let text = |rules: &Rulebook, task| {
            let layout = rules.layout(&awaits(task, "on_return"));
            layout.map(|file| file.text.to_string())
        };
        assert_eq!(text(&both, "CHECK").as_deref(), Some("own"));
        assert_eq!(text(&both, "lend").as_deref(), Some("all"));
        assert_eq!(text(&rules(&[]), "lend"), None);
    }
}
