//! The trails of code: sealed and chained like all others, and each line goes on where the one before it led.

use super::Examination;
use super::chain::{Chain, Line};
use super::finding::{Finding, REMOVE, RESTORE, RESTORE_TRAIL};
use crate::definitions::Workflow;
use crate::definitions::vocabulary::Fact;
use crate::store::tree::Kind;
use crate::store::{StoreError, TreePath, trail};

impl Examination<'_> {
    /// Finds every trail of code.
    pub(super) fn gather_code(&mut self, folder: &TreePath) -> Result<(), StoreError> {
        for entry in self.listed(folder) {
            let path = folder.join(&entry.name)?;
            match entry.kind {
                Kind::File if entry.name.ends_with(".jsonl") => self.code.push(path),
                Kind::File | Kind::Folder => {
                    let message = format!("`{path}` is no trail of code");
                    self.findings
                        .push(Finding::warning("file_stray", None, message, REMOVE));
                }
                // `listed` has found it already.
                Kind::Other => {}
            }
        }
        Ok(())
    }

    /// Looks at every trail of code; returns how many lines they have.
    pub(super) fn look_at_code(&mut self) -> usize {
        let mut events = 0;
        for path in std::mem::take(&mut self.code) {
            match self.facts.view.read(&path, trail::LARGEST) {
                Ok(bytes) => {
                    let bytes = bytes.unwrap_or_default();
                    let chain = Chain::read(&path, &bytes);
                    events += chain.lines.len();
                    self.findings.extend(chain.check(|_| None));
                    let workflow = self.facts.rules.code_workflows.first();
                    let jumps = workflow.map(|workflow| jumps(&path, workflow, &chain.lines));
                    self.findings.extend(jumps.unwrap_or_default());
                }
                Err(error) => {
                    let message = error.to_string();
                    self.findings
                        .push(Finding::error("unreadable", None, message, RESTORE));
                }
            }
        }
        events
    }
}

/// Returns the lines that begin elsewhere than where the one before them led.
fn jumps(path: &TreePath, workflow: &Workflow, lines: &[Line<'_>]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let mut stands: Option<String> = None;
    for line in lines {
        let Some(told) = &line.told else { continue };
        let from = told.recorded(workflow, &Fact::FromStatus);
        if let (Some(from), Some(stands)) = (from, &stands)
            && from != stands
        {
            let message = format!(
                "`{path}` line {}: it begins at {from}, and the line before it led to {stands}",
                line.number
            );
            findings.push(Finding::error("status_jump", None, message, RESTORE_TRAIL));
        }
        let to = told.recorded(workflow, &Fact::ToStatus);
        stands = to.map(str::to_owned).or(stands);
    }
    findings
}
