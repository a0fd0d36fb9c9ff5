//! Who there is: members the definitions name, and agent files (REQ-USER-001, REQ-USER-002, R-14).

use super::layout::{AGENTS, agent_file};
use super::tree::Kind;
use super::view::View;
use super::{StoreError, TreePath};
use crate::definitions::Rulebook;
use crate::model::name::is_well_formed;
use crate::model::user::SYSTEM;
use crate::model::yaml::{self, Value};
use crate::model::{Group, Membership, Roster, Source, UserName, frontmatter};

/// An agent file is read up to this size.
const LARGEST: u64 = 1024 * 1024;

/// The roster, and what kept files in the agents' folder from being users.
#[derive(Clone, Debug, Default)]
pub struct Known {
    /// Everybody.
    pub roster: Roster,
    /// Why a file is no user.
    pub warnings: Vec<String>,
}

/// Reads everybody there is.
///
/// # Errors
/// The agents' folder cannot be read.
pub fn read(view: &View<'_>, rules: &Rulebook) -> Result<Known, StoreError> {
    let mut known = Known::default();
    for (name, group) in rules.members() {
        let membership = Membership {
            group: group.clone(),
            source: Source::Registry,
        };
        known.roster.admit(name.clone(), membership);
    }
    for entry in view.list(&TreePath::new(AGENTS)?)? {
        let Some(stem) = entry.name.strip_suffix(".md") else {
            continue;
        };
        match read_agent(view, rules, stem, entry.kind) {
            Ok(group) => {
                let source = Source::AgentFile;
                known
                    .roster
                    .admit(UserName::new(stem.to_owned()), Membership { group, source });
            }
            Err(reason) => {
                let path = format!("{AGENTS}/{}", entry.name.escape_debug());
                known
                    .warnings
                    .push(format!("{path}: {reason}; it is no user"));
            }
        }
    }
    Ok(known)
}

fn read_agent(view: &View<'_>, rules: &Rulebook, stem: &str, kind: Kind) -> Result<Group, String> {
    if kind != Kind::File {
        return Err("it is not a regular file".to_owned());
    }
    if !is_well_formed(stem) || stem == SYSTEM {
        return Err("its name cannot be a user's".to_owned());
    }
    let path = agent_file(stem).map_err(|error| error.to_string())?;
    let bytes = view
        .read(&path, LARGEST)
        .map_err(|error| error.to_string())?
        .unwrap_or_default();
    let text = String::from_utf8(bytes).map_err(|_| "it is not UTF-8".to_owned())?;
    let group = group_of(&text)?;
    if rules.group(&group).is_some() {
        return Ok(group);
    }
    let groups: Vec<_> = rules.groups.iter().map(|rule| rule.name.as_str()).collect();
    Err(format!(
        "`{group}` is not a group; valid groups are {}",
        groups.join(", ")
    ))
}

fn group_of(text: &str) -> Result<Group, String> {
    let parts = frontmatter::split(text).map_err(|fault| fault.to_string())?;
    let block = yaml::nodes(parts.block).map_err(|fault| fault.to_string())?;
    let Value::Map(entries) = &block.value else {
        return Err("its frontmatter is no mapping".to_owned());
    };
    entries
        .iter()
        .find(|(key, _)| key.text() == Some("group"))
        .and_then(|(_, value)| value.text())
        .map(|group| Group::new(group.to_owned()))
        .ok_or_else(|| "its frontmatter names no `group`".to_owned())
}
