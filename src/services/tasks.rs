//! Tasks as they lie in an inbox: what somebody is asked, in the words of the task file.

use super::look::Look;
use super::prompts::{TaskHead, read_task};
use crate::error::Failure;
use crate::interpreter::Standing;
use crate::model::{DocId, Version, frontmatter};
use crate::store::layout;
use crate::store::tree::{Kind, Stamp};

/// A task file is read up to this size.
const LARGEST: u64 = 1024 * 1024;

/// A task file.
#[derive(Clone, Debug)]
pub struct TaskFile {
    /// What it says of the task.
    pub head: TaskHead,
    /// What it asks.
    pub prompt: String,
    /// Where it lies.
    pub path: String,
    /// Tells it from one of the same words that lay there before.
    pub stamp: Option<Stamp>,
}

impl Look<'_> {
    /// Returns the tasks of who looks, by the names of their files, and what kept files from being read
    /// (D-56).
    ///
    /// # Errors
    /// The inbox cannot be read.
    pub fn tasks(&self) -> Result<(Vec<TaskFile>, Vec<String>), Failure> {
        let inbox = layout::inbox(&self.actor.name)?;
        let mut tasks = Vec::new();
        let mut warnings = Vec::new();
        for entry in self.facts.view.list(&inbox)? {
            if !entry.name.ends_with(".md") {
                continue;
            }
            let shown = format!("{inbox}/{}", entry.name.escape_debug());
            if entry.kind != Kind::File {
                warnings.push(format!("{shown} is not a regular file; it is left alone"));
                continue;
            }
            let path = inbox.join(&entry.name)?;
            let bytes = match self.facts.view.read(&path, LARGEST) {
                Ok(bytes) => bytes.unwrap_or_default(),
                Err(error) => {
                    warnings.push(error.to_string());
                    continue;
                }
            };
            let stamp = self.facts.view.stamp(&path)?;
            match read(&String::from_utf8_lossy(&bytes), path.to_string()) {
                Some(task) => tasks.push(TaskFile { stamp, ..task }),
                None => warnings.push(format!("{shown} cannot be read as a task")),
            }
        }
        Ok((tasks, warnings))
    }

    /// Returns the task about a document: the one that it awaits now, else the newest.
    #[must_use]
    pub fn task_about<'t>(
        &self,
        tasks: &'t [TaskFile],
        id: &DocId,
        standing: &Standing,
    ) -> Option<&'t TaskFile> {
        let awaits = self.facts.awaits(standing);
        let about = tasks.iter().filter(|task| {
            let reading = self.facts.read_id(&task.head.doc_id);
            reading.is_ok_and(|reading| reading.id == *id)
        });
        about.max_by_key(|task| {
            let version = task.head.version.as_ref();
            let version = version.and_then(|version| version.parse::<Version>().ok());
            let is_awaited = awaits.is_some_and(|awaits| {
                awaits.task == *task.head.task_type
                    && awaits.stage == *task.head.workflow_type
                    && version == Some(standing.document.version)
            });
            (is_awaited, task.head.assigned_date.as_ref(), version)
        })
    }
}

fn read(text: &str, path: String) -> Option<TaskFile> {
    let head = read_task(text)?;
    let body = frontmatter::split(text).ok()?.body;
    Some(TaskFile {
        head,
        prompt: body.trim_matches(['\n', '\r']).to_owned(),
        path,
        stamp: None,
    })
}
