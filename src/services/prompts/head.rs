//! What the inbox lists of a task file.

use serde::Deserialize;

use crate::model::{frontmatter, yaml};

/// The frontmatter of a task file.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
pub struct TaskHead {
    /// The id of the task.
    pub task_id: String,
    /// What kind of task it is.
    pub task_type: String,
    /// The stage of the workflow.
    pub workflow_type: String,
    /// The id of the document.
    pub doc_id: String,
    /// The title of the document.
    pub title: Option<String>,
    /// The state of the document when the task was made.
    pub status: Option<String>,
    /// Who owned the document then.
    pub responsible_user: Option<String>,
    /// Who assigned the task.
    pub assigned_by: Option<String>,
    /// The day on which it was assigned.
    pub assigned_date: Option<String>,
    /// The version that is judged.
    pub version: Option<String>,
}

/// Reads the frontmatter of a task file, or nothing where it cannot be read.
///
/// Old files were written without YAML quoting. Where they are no YAML, or say
/// less to a YAML reader than was written, their lines are taken as they stand
/// (D-29).
#[must_use]
pub fn read_task(text: &str) -> Option<TaskHead> {
    let block = frontmatter::split(text).ok()?.block;
    let plain = |key: &str| plain_line(block, key);

    if let Ok(mut head) = yaml::read::<TaskHead>(block) {
        let cut_short = |raw: &String| {
            let title = head.title.as_deref().unwrap_or_default();
            raw.starts_with(title) && raw.get(title.len()..).unwrap_or_default().contains(" #")
        };
        head.title = plain("title").filter(cut_short).or(head.title);
        return Some(head);
    }
    Some(TaskHead {
        task_id: plain("task_id")?,
        task_type: plain("task_type")?,
        workflow_type: plain("workflow_type")?,
        doc_id: plain("doc_id")?,
        title: plain("title"),
        status: plain("status"),
        responsible_user: plain("responsible_user"),
        assigned_by: plain("assigned_by"),
        assigned_date: plain("assigned_date"),
        version: plain("version"),
    })
}

/// Returns what stands after a key on its line.
fn plain_line(block: &str, key: &str) -> Option<String> {
    let said = block
        .lines()
        .find_map(|line| line.strip_prefix(key)?.strip_prefix(':'))?
        .trim();
    (!said.is_empty()).then(|| said.to_owned())
}
