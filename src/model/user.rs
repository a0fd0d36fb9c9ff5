//! Who there is, and to which group each belongs.

use std::collections::BTreeMap;

use super::{Group, UserName};

/// The name under which the tool itself acts; nobody else may bear it.
pub const SYSTEM: &str = "system";

/// Where a user is known from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// The definitions name them.
    Registry,
    /// An agent file stands for them.
    AgentFile,
}

/// A user's one group, and where that is known from (REQ-SEC-001).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Membership {
    /// The group.
    pub group: Group,
    /// Where it is known from.
    pub source: Source,
}

/// Somebody who acts, known by name and group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct User {
    /// Their name.
    pub name: UserName,
    /// Their group; the tool itself has none.
    pub group: Option<Group>,
}

impl User {
    /// Returns the tool itself.
    #[must_use]
    pub fn system() -> Self {
        Self {
            name: UserName::new(SYSTEM),
            group: None,
        }
    }
}

/// All users there are, in the order of their names.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Roster {
    members: BTreeMap<UserName, Membership>,
}

impl Roster {
    /// Adds a user; whoever is known already keeps the group they have.
    pub fn admit(&mut self, name: UserName, membership: Membership) {
        self.members.entry(name).or_insert(membership);
    }

    /// Returns the user of exactly this name.
    #[must_use]
    pub fn find(&self, name: &str) -> Option<User> {
        let (name, membership) = self.members.get_key_value(name)?;
        Some(User {
            name: name.clone(),
            group: Some(membership.group.clone()),
        })
    }

    /// Returns the group of the user of exactly this name.
    #[must_use]
    pub fn group_of(&self, name: &UserName) -> Option<&Group> {
        Some(&self.members.get(name)?.group)
    }

    /// Returns everybody.
    pub fn iter(&self) -> impl Iterator<Item = (&UserName, &Membership)> {
        self.members.iter()
    }
}
