//! What git itself would have done otherwise: hooks and signatures, neither of which is made here.

use std::fs;
use std::path::{Path, PathBuf};

use git2::Repository;

use super::publishing::Head;

/// The hooks of a commit.
const HOOKS: [&str; 5] = [
    "pre-commit",
    "prepare-commit-msg",
    "commit-msg",
    "post-commit",
    "reference-transaction",
];

/// Returns what there is to say of a commit.
pub(super) fn notices(repository: &Repository, head: &Head) -> Vec<String> {
    let mut notices = Vec::new();
    let hooks = active_hooks(repository);
    if !hooks.is_empty() {
        let hooks = hooks.join("`, `");
        notices.push(format!("hooks of the repository were not run: `{hooks}`"));
    }
    let config = repository.config();
    if config.is_ok_and(|config| config.get_bool("commit.gpgsign").unwrap_or(false)) {
        notices.push("the commit is not signed, though `commit.gpgsign` is set".to_owned());
    }
    if head.is_detached() {
        notices.push("the commit is on no branch: HEAD is detached".to_owned());
    }
    notices
}

fn active_hooks(repository: &Repository) -> Vec<&'static str> {
    let folder = hooks_folder(repository);
    let active = HOOKS.iter().filter(|hook| is_active(&folder.join(hook)));
    active.copied().collect()
}

fn hooks_folder(repository: &Repository) -> PathBuf {
    let config = repository.config();
    let said = config.and_then(|config| config.get_path("core.hooksPath"));
    match (said, repository.workdir()) {
        // Relative to where hooks are run.
        (Ok(said), Some(work_tree)) => work_tree.join(said),
        _ => repository.commondir().join("hooks"),
    }
}

#[cfg(unix)]
fn is_active(hook: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt;
    fs::metadata(hook).is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}

#[cfg(not(unix))]
fn is_active(hook: &Path) -> bool {
    fs::metadata(hook).is_ok_and(|found| found.is_file())
}
