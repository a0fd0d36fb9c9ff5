//! What the rules ask of code, and what they have written down of it: it is found out by governance.

use crate::model::{ArgumentName, DoctypeName, Status};

/// Something about the code that is governed, as it is found when an action is done.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum CodeFact {
    /// The commit that is tested.
    Commit,
    /// What lies at each path of the system.
    Trees,
    /// The last commit in use.
    Production,
    /// What came of the tests.
    Results,
    /// The other test environments it contains.
    FedBy,
}

/// Something that governance of code finds out, and the rules only ask for.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Evidence {
    /// Every reference to code in the text being worked on resolves.
    ReferencesResolve,
    /// The code stands in a test environment.
    InTest,
    /// The namespace has a document of each of these types in this state.
    Documents(Vec<DoctypeName>, Status),
    /// The document given under this name authorises changes now.
    Authorised(ArgumentName),
    /// The results given under this name have tests, and none failed.
    Passed(ArgumentName),
    /// The commit that was tested is on the branch in use.
    Merged,
    /// The code in use is the code that was tested.
    Identical,
}

impl Evidence {
    /// Returns the argument it looks at.
    #[must_use]
    pub fn argument(&self) -> Option<&ArgumentName> {
        match self {
            Self::Authorised(name) | Self::Passed(name) => Some(name),
            Self::ReferencesResolve
            | Self::InTest
            | Self::Documents(..)
            | Self::Merged
            | Self::Identical => None,
        }
    }
}
