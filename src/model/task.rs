//! A question to somebody: what lies in an inbox until it is answered (REQ-TASK-002).

use super::{DocId, Stage, Status, TaskKind, UserName, Version};

/// A question to one person about one version of a document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Task {
    /// Who is asked.
    pub to: UserName,
    /// Who asks.
    pub from: UserName,
    /// What is wanted.
    pub kind: TaskKind,
    /// Which questions.
    pub stage: Stage,
    /// About which document.
    pub document: DocId,
    /// In which status it is now.
    pub status: Status,
    /// Whose it is.
    pub owner: Option<UserName>,
    /// At which version.
    pub version: Version,
}

impl Task {
    /// Returns the id of the task, which is also the stem of its file (D-39).
    #[must_use]
    pub fn id(&self) -> String {
        format!(
            "{}{}-v{}",
            prefix(&self.document),
            self.stage.as_str().to_lowercase(),
            self.version.to_string().replace('.', "-")
        )
    }
}

/// Returns how the file names of a document's tasks begin. A child's begin so too: what follows must be
/// a stage (D-30).
#[must_use]
pub fn prefix(document: &DocId) -> String {
    format!("task-{document}-")
}

/// Tells whether a file name is that of a task about this very document: its id, a stage, a version.
#[must_use]
pub fn is_about<'a>(
    file_name: &str,
    document: &DocId,
    mut stages: impl Iterator<Item = &'a Stage>,
) -> bool {
    let Some(rest) = file_name
        .strip_suffix(".md")
        .and_then(|stem| stem.strip_prefix(prefix(document).as_str()))
    else {
        return false;
    };
    let Some((stage, version)) = rest.rsplit_once("-v") else {
        return false;
    };
    let is_version = version
        .split_once('-')
        .is_some_and(|(major, minor)| format!("{major}.{minor}").parse::<Version>().is_ok());
    is_version && stages.any(|known| known.as_str().eq_ignore_ascii_case(stage))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A child's tasks are not its parent's, though their names begin alike (D-30).
    ///
    /// Verifies: REQ-TASK-003
    #[test]
    fn tasks_of_a_child_are_not_its_parents() {
        let stages = [Stage::new("DESK_REVIEW"), Stage::new("BACK_ROOM")];
        let about = |name: &str| is_about(name, &DocId::new("BOOK-001"), stages.iter());
        assert!(about("task-BOOK-001-desk_review-v0-1.md"));
        assert!(about("task-BOOK-001-back_room-v10-12.md"));
        assert!(!about("task-BOOK-001-SLIP-001-desk_review-v0-1.md"));
        assert!(!about("task-BOOK-001-desk_review-v0.md"));
        assert!(!about("task-BOOK-001-elsewhere-v0-1.md"));
        assert!(!about("task-BOOK-0011-desk_review-v0-1.md"));
    }
}
