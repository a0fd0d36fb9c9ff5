//! Who there is, and which namespaces: setting up a project after `init`.

use serde_json::{Value, json};

use super::desk::Desk;
use super::look::Look;
use super::planting::user_folders;
use crate::definitions::Rulebook;
use crate::definitions::pattern::{Bindings, Piece};
use crate::error::Failure;
use crate::interpreter::authorize::check_group;
use crate::model::name::is_well_formed;
use crate::model::user::SYSTEM;
use crate::model::{ActionName, Code, Group, Source};
use crate::store::journal::{Before, Change, Journal};
use crate::store::{TreePath, config, layout};

impl Desk {
    /// Adds a user with an agent file, a workspace and an inbox (REQ-USER-003).
    ///
    /// # Errors
    /// `permission_denied`, `invalid_argument`, `already_exists`; nothing has changed then.
    pub fn add_user(
        &self,
        user: &str,
        action: &ActionName,
        name: &str,
        group: &str,
        dry_run: bool,
    ) -> Result<Value, Failure> {
        let lock = self.lock_unless(dry_run)?;
        let view = self.store().view()?;
        let look = self.looking(&view, user)?;
        self.permit(&look, action)?;
        check_new_name(name, "user")?;
        if name == SYSTEM {
            let message = format!("`{SYSTEM}` is the tool itself, and nobody else's name");
            return Err(Failure::new(Code::InvalidArgument, message));
        }
        let group = self.known_group(group)?;
        check_unknown(&look, name)?;

        let path = layout::agent_file(name)?;
        let rule = self.rules().group(&group);
        let meaning = rule.map(|rule| rule.meaning.as_str()).unwrap_or_default();
        let mut changes = vec![Change::Write {
            bytes: agent_text(name, &group, meaning).into_bytes(),
            path: path.clone(),
            before: Before::Absent,
        }];
        changes.extend(user_folders(name)?);
        let data = json!({ "name": name, "group": group, "agent_path": path.as_str() });
        let Some(lock) = &lock else {
            return Ok(planned(data, &changes));
        };
        self.store().commit(lock, &Journal { changes })?;
        Ok(data)
    }

    fn known_group(&self, group: &str) -> Result<Group, Failure> {
        let found = self.rules().groups.iter().find(|rule| rule.name == *group);
        found.map(|rule| rule.name.clone()).ok_or_else(|| {
            let groups = self.rules().groups.iter();
            let names: Vec<_> = groups.map(|rule| rule.name.as_str()).collect();
            let message = format!(
                "`{}` is not a group; valid groups are {}",
                group.escape_debug(),
                names.join(", ")
            );
            Failure::new(Code::InvalidArgument, message).fact("groups", names)
        })
    }

    fn permit(&self, look: &Look<'_>, action: &ActionName) -> Result<(), Failure> {
        check_group(self.rules(), &look.roster, &look.actor, action)
            .map(drop)
            .map_err(|refusal| Failure::refused(self.rules(), &refusal))
    }

    /// Registers a namespace (REQ-DOC-013).
    ///
    /// # Errors
    /// As [`Desk::add_user`].
    pub fn add_namespace(
        &self,
        user: &str,
        action: &ActionName,
        name: &str,
        dry_run: bool,
    ) -> Result<Value, Failure> {
        let lock = self.lock_unless(dry_run)?;
        let view = self.store().view()?;
        let look = self.looking(&view, user)?;
        self.permit(&look, action)?;
        check_new_name(name, "namespace")?;
        let name = name.to_ascii_uppercase();
        if look.facts.namespaces()?.contains(&name) {
            let message = format!("the namespace `{name}` already exists");
            return Err(Failure::new(Code::AlreadyExists, message));
        }
        let entry = namespace(self.rules(), &name);
        let folders: Vec<_> = namespace_folders(self.rules(), &name);
        let Some(first) = folders.first() else {
            let message = "no document type of these rules has namespaces";
            return Err(Failure::new(Code::InvalidArgument, message));
        };
        let (path, bytes) = config::with_namespace(&view, &name, first)?;
        let before = Before::of(view.read(&path, 1024 * 1024)?.as_deref());
        let mut changes = vec![Change::Write {
            path,
            bytes,
            before,
        }];
        for folder in &folders {
            changes.push(Change::MakeFolder {
                path: TreePath::new(&format!("{}/{folder}", layout::QMS))?,
            });
        }
        let Some(lock) = &lock else {
            return Ok(planned(entry, &changes));
        };
        self.store().commit(lock, &Journal { changes })?;
        Ok(entry)
    }
}

/// Returns the data of a dry run: what would be answered, and what would be written.
fn planned(mut data: Value, changes: &[Change]) -> Value {
    let steps = changes.iter().map(|change| {
        let step = match change {
            Change::Write { .. } | Change::Append { .. } => "write",
            Change::MakeFolder { .. } => "make_folder",
            Change::Remove { .. } | Change::RemoveFolderIfEmpty { .. } => "remove",
        };
        json!({ "step": step, "does": format!("{step} {}", change.path()) })
    });
    let steps: Vec<_> = steps.collect();
    if let Some(object) = data.as_object_mut() {
        object.insert("dry_run".to_owned(), true.into());
        object.insert("plan".to_owned(), steps.into());
    }
    data
}

/// Returns a namespace as the interface shows it.
#[must_use]
pub fn namespace(rules: &Rulebook, name: &str) -> Value {
    let bindings = Bindings {
        namespace: Some(name.to_owned()),
        ..Bindings::default()
    };
    let words = rules
        .doctypes
        .iter()
        .filter(|doctype| doctype.named.has(|piece| *piece == Piece::Namespace));
    let types: Vec<_> = words
        .filter_map(|doctype| doctype.named.fill(&bindings))
        .collect();
    let folder = namespace_folders(rules, name).into_iter().next();
    json!({
        "name": name,
        "path": folder.map(|folder| format!("{}/{folder}", layout::QMS)),
        "doc_types": types,
    })
}

fn namespace_folders(rules: &Rulebook, name: &str) -> Vec<String> {
    let mut folders = Vec::new();
    for doctype in rules
        .doctypes
        .iter()
        .filter(|doctype| doctype.is_namespaced())
    {
        if let Some(folder) = layout::namespace_folder(doctype, name)
            && !folders.contains(&folder)
        {
            folders.push(folder);
        }
    }
    folders
}

fn check_new_name(name: &str, what: &str) -> Result<(), Failure> {
    if is_well_formed(name) {
        return Ok(());
    }
    let message = format!("`{}` is not a {what} name", name.escape_debug());
    Err(Failure::new(Code::InvalidArgument, message)
        .hint("letters, digits, `-` and `_`, 64 at most, a letter or digit first"))
}

/// A name that differs from a known one only in letter case would be somebody else's file on some disks.
fn check_unknown(look: &Look<'_>, name: &str) -> Result<(), Failure> {
    let known = look
        .roster
        .iter()
        .find(|(known, _)| known.as_str().eq_ignore_ascii_case(name));
    let reason = match known {
        Some((known, membership)) if membership.source == Source::Registry => {
            format!("`{known}` already exists: the definitions name them")
        }
        Some((known, _)) => format!("`{known}` already exists"),
        None => {
            let entries = look.facts.view.list(&TreePath::new(layout::AGENTS)?)?;
            let file = format!("{name}.md");
            match entries
                .iter()
                .find(|entry| entry.name.eq_ignore_ascii_case(&file))
            {
                Some(entry) => format!("{}/{} already exists", layout::AGENTS, entry.name),
                None => return Ok(()),
            }
        }
    };
    Err(Failure::new(Code::AlreadyExists, reason))
}

fn agent_text(name: &str, group: &Group, meaning: &str) -> String {
    format!(
        "---\nname: {name}\ngroup: {group}\ndescription: QMS user\n---\n\n# {name}\n\nYou are `{name}`, in the group {group}. {meaning}\n\n- `qms --user {name} inbox` shows what you are asked.\n- `qms --user {name} workspace` shows what you have checked out.\n- `qms --user {name} explain ID` says what you may do with a document.\n"
    )
}
