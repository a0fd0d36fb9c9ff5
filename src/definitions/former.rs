//! What states and marks were called by earlier rules (`renamed from=`): whereto `migrate` carries the documents
//! that stand in them, or bear them.

use serde::Serialize;

use super::workflow::{MarkRule, State, Workflow};
use crate::model::{Document, Mark, Status};

/// A mark that a document bears under an earlier name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct RenamedMark {
    /// The earlier name.
    #[serde(rename = "from")]
    pub was: Mark,
    /// The name of today.
    #[serde(rename = "to")]
    pub is: Mark,
}

impl RenamedMark {
    /// Gives a document the mark under its name of today.
    pub fn carry(&self, document: &mut Document) {
        document.set_mark(&self.was, false);
        document.set_mark(&self.is, true);
    }
}

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

    /// Returns the name of today of a mark: of the one it is mapped to, else its own.
    #[must_use]
    pub fn present_mark(&self, mark: &Mark) -> Mark {
        let bears = |rule: &&MarkRule| rule.former.iter().any(|(name, _)| name == mark);
        let rule = self.marks.iter().find(bears);
        rule.map_or_else(|| mark.clone(), |rule| rule.name.clone())
    }

    /// Returns the marks that a document bears under earlier names.
    #[must_use]
    pub fn renamed_marks(&self, bears: impl Fn(&Mark) -> bool) -> Vec<RenamedMark> {
        let mut marks = Vec::new();
        for rule in &self.marks {
            let borne = rule.former.iter().filter(|(earlier, _)| bears(earlier));
            marks.extend(borne.map(|(earlier, _)| RenamedMark {
                was: earlier.clone(),
                is: rule.name.clone(),
            }));
        }
        marks
    }
}
