//! One line of a trail: what happened, when, by whom, at which version (REQ-AUDIT-003).

use serde_json::{Map, Value};

use super::{EventName, Ledger, UserName, Version};

/// What happened, with the facts it bears beside the four that every event has.
#[derive(Clone, Debug, PartialEq)]
pub struct Event {
    /// What happened.
    pub name: EventName,
    /// By whom.
    pub user: UserName,
    /// The version as of this line.
    pub version: Version,
    /// Further facts, in order.
    pub facts: Map<String, Value>,
    /// The ledger it goes to, instead of the document's own trail.
    pub ledger: Option<Ledger>,
}

impl Event {
    /// Returns the line's object, without the seal that the store adds.
    #[must_use]
    pub fn to_object(&self, timestamp: &str) -> Map<String, Value> {
        let mut object = Map::new();
        object.insert("ts".to_owned(), timestamp.into());
        object.insert("event".to_owned(), self.name.as_str().into());
        object.insert("user".to_owned(), self.user.as_str().into());
        object.insert("version".to_owned(), self.version.to_string().into());
        object.extend(self.facts.clone());
        object
    }
}
