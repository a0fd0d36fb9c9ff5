//! Whether the text that is being worked on refers to code that is in use, where the rules ask for it.

use super::editing::Handed;
use super::governance::{self, Codebase, Resolution};
use super::look::Look;
use crate::analysis::references::mentions;
use crate::definitions::vocabulary::Evidence;
use crate::error::Failure;
use crate::interpreter::snapshot::Shown;
use crate::interpreter::{Snapshot, Standing};
use crate::model::Code;
use crate::store::layout::{self, Location};
use crate::store::scribe::LARGEST_TEXT;
use crate::store::systems;

/// As many references are named that do not resolve; `qms code refs` tells them all.
const NAMED: usize = 3;

impl Look<'_> {
    /// Finds out about the references of a document, if a snapshot is to say it. What is handed in is the text then.
    ///
    /// # Errors
    /// A text or a repository that cannot be read.
    pub(super) fn refer(
        &self,
        location: &Location,
        seen: &mut Snapshot,
        handed: Option<&Handed>,
    ) -> Result<(), Failure> {
        let evidence = Evidence::ReferencesResolve;
        if !seen.target.code.evidence.contains_key(&evidence) {
            return Ok(());
        }
        let text = self.working_text(location, &seen.target, handed)?;
        let shown = self.resolved(&text)?;
        seen.target.code.evidence.insert(evidence, shown);
        Ok(())
    }

    fn working_text(
        &self,
        location: &Location,
        standing: &Standing,
        handed: Option<&Handed>,
    ) -> Result<String, Failure> {
        if let Some(Handed::Whole(text)) = handed {
            return Ok(text.clone());
        }
        let doctype = self.facts.rules.doctype(&standing.doctype);
        let is_free = doctype.is_some_and(|doctype| doctype.authoring.interview.is_none());
        let document = &standing.document;
        let copy = match (&document.checked_out, &document.owner) {
            (Some(_), Some(owner)) if is_free => {
                let path = layout::workspace_copy(owner, &location.id)?;
                self.facts.view.read(&path, LARGEST_TEXT)?
            }
            _ => None,
        };
        let text = match copy {
            Some(bytes) => super::taking::as_text(location.id.as_str(), bytes)?,
            None => match self.present(location, standing) {
                Ok(text) => text.into_content(&location.id)?,
                Err(failure) if failure.code == Code::NotFound => String::new(),
                Err(failure) => return Err(failure),
            },
        };
        match handed {
            Some(Handed::Edited(edits)) => edits.apply(text),
            Some(Handed::Whole(_)) | None => Ok(text),
        }
    }

    fn resolved(&self, text: &str) -> Result<Shown, Failure> {
        if mentions(text).is_empty() {
            return Ok(Shown {
                holds: true,
                why: "the text refers to no code".to_owned(),
            });
        }
        let Some(codebase) = Codebase::find(self.facts.view.root())? else {
            return Ok(Shown {
                holds: false,
                why: "the text refers to code, and the project is in no git repository".to_owned(),
            });
        };
        let systems = systems::declared(self.facts.view)?;
        let references = governance::resolve(&codebase, &systems, text)?;
        let problems = references.iter().filter_map(problem);
        let problems: Vec<_> = problems.collect();
        let mut why: Vec<_> = problems.iter().take(NAMED).cloned().collect();
        if problems.len() > NAMED {
            why.push(format!("and {} more", problems.len() - NAMED));
        }
        Ok(Shown {
            holds: problems.is_empty(),
            why: why.join("; "),
        })
    }
}

fn problem(found: &Resolution) -> Option<String> {
    let problem = found.problem.as_ref()?;
    Some(format!("line {}: {}", found.line, problem.message))
}
