//! What states were called by earlier rules (`renamed from=`): whereto `migrate` carries the documents in them.

use super::workflow::{State, Workflow};
use crate::model::Status;

impl Workflow {
    /// Returns the state that an earlier name is mapped to (`renamed from=`); none for a name of today.
    #[must_use]
    pub fn renamed(&self, earlier: &Status) -> Option<&State> {
        let bears = |state: &&State| state.former.iter().any(|(name, _)| name == earlier);
        if self.state(earlier).is_some() {
            return None;
        }
        self.states.iter().find(bears)
    }

    /// Returns the name of today of a status: that of the state it is mapped to, else its own.
    #[must_use]
    pub fn present_name(&self, status: &Status) -> Status {
        let state = self.renamed(status);
        state.map_or_else(|| status.clone(), |state| state.name.clone())
    }
}
