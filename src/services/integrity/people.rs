//! What lies with people: tasks in inboxes, copies in workspaces.

use super::Examination;
use super::finding::{Finding, REMOVE};
use crate::model::{DocId, UserName, task};
use crate::store::tree::Kind;
use crate::store::{TreePath, layout};

impl Examination<'_> {
    /// Looks at everybody's inbox and workspace.
    pub(super) fn look_at_people(&mut self) {
        let Ok(users) = TreePath::new(layout::USERS) else {
            return;
        };
        for entry in self.listed(&users) {
            if entry.kind != Kind::Folder {
                continue;
            }
            let user = UserName::new(entry.name);
            self.look_at_inbox(&user);
            self.look_at_workspace(&user);
        }
    }

    fn look_at_inbox(&mut self, user: &UserName) {
        let Ok(inbox) = layout::inbox(user) else {
            return;
        };
        for entry in self.listed(&inbox) {
            let Some(id) = self.task_about(&entry.name) else {
                continue;
            };
            let path = format!("{inbox}/{}", entry.name);
            let message = match self.records.get(&id) {
                Some(record) if record.pending.contains(user) => continue,
                Some(_) => format!("`{path}` asks {user}, who is not asked by the record"),
                None if self.known.contains(&id) => continue,
                None => format!("`{path}` is about a document that is not there"),
            };
            let remedy = "delete the task file: it asks for nothing that counts";
            self.findings
                .push(Finding::warning("task_stray", Some(&id), message, remedy));
        }
    }

    /// Returns the document that a task file is about.
    fn task_about(&self, name: &str) -> Option<DocId> {
        let stem = name.strip_prefix("task-")?.strip_suffix(".md")?;
        let (about, _) = stem.rsplit_once("-v")?;
        let about = about.to_ascii_lowercase();
        self.facts.rules.stages().find_map(|stage| {
            let stage = format!("-{}", stage.as_str().to_ascii_lowercase());
            let id = self.facts.read_id(about.strip_suffix(&stage)?).ok()?.id;
            task::is_about(name, &id, self.facts.rules.stages()).then_some(id)
        })
    }

    fn look_at_workspace(&mut self, user: &UserName) {
        let Ok(workspace) = layout::workspace(user) else {
            return;
        };
        for entry in self.listed(&workspace) {
            let name = entry.name.as_str();
            let stem = name.strip_suffix(".md");
            let Some(stem) = stem.or_else(|| name.strip_suffix(".interact")) else {
                continue;
            };
            let Ok(reading) = self.facts.read_id(stem) else {
                continue;
            };
            let id = reading.id;
            let is_theirs = self
                .records
                .get(&id)
                .map(|record| record.checked_out.is_some() && record.owner.as_ref() == Some(user));
            let is_damaged = is_theirs.is_none() && self.known.contains(&id);
            if is_theirs != Some(true) && !is_damaged {
                let message =
                    format!("`{workspace}/{name}` is a copy that {user} has not checked out");
                self.findings
                    .push(Finding::note("copy_stray", Some(&id), message, REMOVE));
            }
        }
    }
}
