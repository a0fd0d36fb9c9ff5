//! Documents that were made under other rules: whose state the rules in force call otherwise, or do not know, or
//! that lie where these rules do not look.

use super::Facts;
use crate::definitions::Workflow;
use crate::error::Failure;
use crate::interpreter::Standing;
use crate::model::{Code, Document};
use crate::store::layout::{self, Location};
use crate::store::tree::Kind;
use crate::store::{StoreError, TreePath};

/// What can be done where the rules know nothing of the state a document is in.
const UNMAPPED: &str = "if the rules were changed, say in the state that takes its place what it was called (`renamed from=`), and run `qms migrate`";

/// What can be done where a type's `named` or `stored-in` was changed under its documents.
const MISLAID: &str = "if the rules were changed, take `named` and `stored-in` of its type back: documents stay where they lie";

fn not_carried(path: &TreePath, what: &str, name: &str) -> Failure {
    let what = format!("the document {what}, which these rules call `{name}`");
    let failure: Failure = StoreError::damaged(path, what).into();
    failure.hint("`qms migrate` carries it over; somebody permitted runs it once")
}

impl Facts<'_> {
    /// Reads documents under earlier names of their state and their marks as if they had been carried over
    /// already.
    #[must_use]
    pub fn carrying(self) -> Self {
        Self {
            carries: true,
            ..self
        }
    }

    /// Sees to it that the record of a document lies where these rules look for it, if anywhere.
    ///
    /// # Errors
    /// `integrity` where it lies elsewhere.
    pub(in crate::services) fn recorded_where_it_is_sought(
        &self,
        name: &str,
    ) -> Result<(), Failure> {
        let reading = self.read_id(name)?;
        self.is_recorded_nowhere(&self.locate(&reading)?)
    }

    /// Sees to it that a document of which there is a text has no record where these rules do not look.
    pub(super) fn is_recorded_nowhere(&self, location: &Location) -> Result<(), Failure> {
        let sought = location.meta()?;
        let records = TreePath::new(&format!("{}/.meta", layout::QMS))?;
        for folder in self.view.list(&records)? {
            if folder.kind != Kind::Folder {
                continue;
            }
            let path = records
                .join(&folder.name)?
                .join(&format!("{}.json", location.id))?;
            if path != sought && self.is_file(&path)? {
                let message = format!(
                    "the record of `{}` is {path}, and is sought as {sought}",
                    location.id
                );
                return Err(Failure::new(Code::Integrity, message).hint(MISLAID));
            }
        }
        Ok(())
    }

    /// Sees to it that a document whose life goes on has a text where these rules look for one.
    ///
    /// # Errors
    /// `integrity`
    pub(in crate::services) fn has_a_text(
        &self,
        location: &Location,
        standing: &Standing,
    ) -> Result<(), Failure> {
        let document = &standing.document;
        let life = self.life_of(standing);
        let has_ended = life.is_none_or(|life| life.is_terminal(&document.status));
        let holds = &standing.holdings;
        let places = [holds.workspace, holds.draft, holds.issued];
        if has_ended || places.iter().any(Option::is_some) {
            return Ok(());
        }
        let message = format!("`{}` has no text in {}", document.id, location.home()?);
        Err(Failure::new(Code::Integrity, message).hint(format!(
            "restore it from a backup, see `qms verify`; {MISLAID}"
        )))
    }

    /// Sees to it that a document stands in a state of its workflow, and bears its marks under today's names.
    pub(super) fn settle(
        &self,
        workflow: &Workflow,
        path: &TreePath,
        document: &mut Document,
    ) -> Result<(), Failure> {
        for mark in workflow.renamed_marks(|mark| document.bears(mark)) {
            if !self.carries {
                let what = format!("bears the mark `{}`", mark.was);
                return Err(not_carried(path, &what, mark.is.as_str()));
            }
            mark.carry(document);
        }
        let status = &document.status;
        if workflow.state(status).is_some() {
            return Ok(());
        }
        match workflow.renamed(status) {
            Some(state) if self.carries => {
                document.status = state.name.clone();
                Ok(())
            }
            Some(state) => {
                let what = format!("is in `{status}`");
                Err(not_carried(path, &what, state.name.as_str()))
            }
            None => {
                let what = format!(
                    "`{}` is no state of its workflow",
                    status.as_str().escape_debug()
                );
                let failure: Failure = StoreError::damaged(path, what).into();
                Err(failure.hint(UNMAPPED))
            }
        }
    }
}
