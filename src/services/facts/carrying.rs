//! Documents whose state the rules in force call otherwise, or do not know.

use super::Facts;
use crate::definitions::Workflow;
use crate::error::Failure;
use crate::model::{Document, Status};
use crate::store::{StoreError, TreePath};

/// What can be done where the rules know nothing of the state a document is in.
const UNMAPPED: &str = "if the rules were changed, say in the state that takes its place what it was called (`renamed from=`), and run `qms migrate`";

fn not_carried(path: &TreePath, status: &Status, name: &Status) -> Failure {
    let what = format!("the document is in `{status}`, which these rules call `{name}`");
    let failure: Failure = StoreError::damaged(path, what).into();
    failure.hint("`qms migrate` carries it over; somebody permitted runs it once")
}

impl Facts<'_> {
    /// Reads documents under an earlier name of their state as if they had been carried over already.
    #[must_use]
    pub fn carrying(self) -> Self {
        Self {
            carries: true,
            ..self
        }
    }

    /// Sees to it that a document stands in a state of its workflow.
    pub(super) fn settle(
        &self,
        workflow: &Workflow,
        path: &TreePath,
        document: &mut Document,
    ) -> Result<(), Failure> {
        let status = &document.status;
        if workflow.state(status).is_some() {
            return Ok(());
        }
        match workflow.renamed(status) {
            Some(state) if self.carries => {
                document.status = state.name.clone();
                Ok(())
            }
            Some(state) => Err(not_carried(path, status, &state.name)),
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
