//! The questions a document is asked: those of the template in force, checked before anybody works by them.

use super::facts::Facts;
use super::taking::as_text;
use crate::definitions::codes;
use crate::definitions::tree::Span;
use crate::definitions::{
    Finding, IdReading, Interview, Origin, RuleError, Rulebook, SourceFile, Sources,
};
use crate::error::Failure;
use crate::interaction::{Fault, Template};
use crate::model::Code;
use crate::store::scribe::LARGEST_TEXT;
use crate::store::{StoreError, TreePath};

impl Facts<'_> {
    /// Returns the questions of a document; none where its type is written freely, or where none of its
    /// templates is in force.
    ///
    /// # Errors
    /// `template_invalid` where the template in force asks nothing, or not in order.
    pub fn questions(&self, reading: &IdReading<'_>) -> Result<Option<Template>, Failure> {
        if reading.doctype.authoring.interview.is_none() {
            return Ok(None);
        }
        for pattern in reading.doctype.authoring.templates() {
            let Some(id) = pattern.fill(&reading.bindings) else {
                continue;
            };
            let Some((path, text)) = self.text_in_force(&id)? else {
                continue;
            };
            return match Template::read(&text) {
                Ok(template) => Ok(Some(template)),
                Err(faults) => Err(broken(path.as_str(), text, faults)),
            };
        }
        Ok(None)
    }

    /// Returns the questions by which a document's answers are read: those in force, else those that were
    /// last. A template that is retired asks nobody anew, and strands nobody.
    ///
    /// # Errors
    /// As [`Facts::questions`].
    pub(super) fn questions_ever(
        &self,
        reading: &IdReading<'_>,
    ) -> Result<Option<Template>, Failure> {
        match self.questions(reading)? {
            Some(template) => Ok(Some(template)),
            None => self.questions_last(reading),
        }
    }

    fn questions_last(&self, reading: &IdReading<'_>) -> Result<Option<Template>, Failure> {
        for pattern in reading.doctype.authoring.templates() {
            let id = pattern.fill(&reading.bindings).unwrap_or_default();
            let Ok(template) = self.read_id(&id) else {
                continue;
            };
            let location = self.locate(&template)?;
            let mut kept = Vec::new();
            for folder in location.archives()? {
                let names = self.view.list(&folder)?;
                let versions = names.iter().filter_map(|entry| {
                    let version = location.archived_version(&entry.name)?;
                    // Only what an approval has judged was ever asked from.
                    (version.minor == 0 && version.major > 0).then_some((version, &entry.name))
                });
                for (version, name) in versions {
                    kept.push((version, folder.join(name)?));
                }
            }
            kept.sort_by_key(|(version, _)| *version);
            for (_, path) in kept.iter().rev() {
                let text = self.stored_text(path)?.unwrap_or_default();
                if let Ok(template) = Template::read(&text) {
                    return Ok(Some(template));
                }
            }
        }
        Ok(None)
    }

    /// Returns the text in force of a document, and where it lies, if it has one.
    ///
    /// # Errors
    /// `integrity` where it is no text.
    pub fn text_in_force(&self, id: &str) -> Result<Option<(TreePath, String)>, Failure> {
        let Ok(reading) = self.read_id(id) else {
            return Ok(None);
        };
        let path = self.locate(&reading)?.issued()?;
        let text = self.stored_text(&path)?;
        Ok(text.map(|text| (path, text)))
    }

    /// Returns a text that the tool has written, if it is there.
    ///
    /// # Errors
    /// `integrity` where it is no text.
    pub(super) fn stored_text(&self, path: &TreePath) -> Result<Option<String>, Failure> {
        let bytes = self.view.read(path, LARGEST_TEXT)?;
        let text = bytes.map(|bytes| {
            as_text(path.as_str(), bytes)
                .map_err(|failure| StoreError::damaged(path, failure.message.clone()))
        });
        Ok(text.transpose()?)
    }
}

/// Refuses a text that is to be the template of documents written by answering, and cannot be one. Any other
/// text passes.
///
/// # Errors
/// `template_invalid`, with every fault at its place.
pub fn check_template(rules: &Rulebook, id: &str, shown: &str, text: &str) -> Result<(), Failure> {
    for interview in interviews_from(rules, id) {
        Template::check(text, &keys(interview))
            .map_err(|faults| broken(shown, text.to_owned(), faults))?;
    }
    Ok(())
}

/// Returns the interviews of the types whose documents are born from this one.
pub(super) fn interviews_from<'r>(
    rules: &'r Rulebook,
    id: &str,
) -> impl Iterator<Item = &'r Interview> {
    let authorings = rules.doctypes.iter().map(|doctype| &doctype.authoring);
    authorings.filter_map(move |authoring| {
        let interview = authoring.interview.as_ref()?;
        let mut templates = authoring.templates();
        templates
            .any(|template| template.read(id).is_some())
            .then_some(interview)
    })
}

/// Tells whether documents are asked by the questions of this one.
pub(super) fn is_asked_from(rules: &Rulebook, id: &str) -> bool {
    interviews_from(rules, id).next().is_some()
}

/// Returns what an interview knows beforehand, by its keys.
pub(super) fn keys(interview: &Interview) -> Vec<&str> {
    let remembers = interview.remembers.iter();
    remembers
        .map(|remembered| remembered.key.as_str())
        .collect()
}

/// Returns the failure of asking by a template that is broken.
fn broken(shown: &str, text: String, faults: Vec<Fault>) -> Failure {
    let Some(first) = faults.first() else {
        return Failure::new(
            Code::TemplateInvalid,
            format!("{shown} cannot be asked from"),
        );
    };
    let more = match faults.len() {
        1 => String::new(),
        2 => " (and one more fault)".to_owned(),
        count => format!(" (and {} more faults)", count - 1),
    };
    let message = format!(
        "{shown}:{}:{}: {}{more}",
        first.line, first.column, first.message
    );
    let mut failure = Failure::new(Code::TemplateInvalid, message)
        .fact("template", shown)
        .fact("line", first.line)
        .fact("column", first.column);
    failure.hint.clone_from(&first.help);
    failure.report = Some(Box::new(RuleError {
        sources: Sources::new(vec![SourceFile {
            path: shown.to_owned().into(),
            text: text.into(),
        }]),
        findings: findings(0, faults),
    }));
    failure
}

/// Returns what is wrong with the template in a file, as findings at their places.
pub(super) fn findings(file: usize, faults: Vec<Fault>) -> Vec<Finding> {
    let found = faults.into_iter().map(|fault| {
        let span = Span {
            offset: fault.offset,
            length: fault.length,
        };
        Finding::new(codes::BAD_TEMPLATE, Origin { file, span }, fault.message)
            .maybe_help(fault.help)
    });
    found.collect()
}
