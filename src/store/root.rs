//! Finding the project (REQ-CFG-001).

use std::path::{Path, PathBuf};

use super::layout::{CONFIG, QMS};

/// Finds the root above a folder: the nearest with a configuration, else the nearest with a `QMS/`.
#[must_use]
pub fn discover(from: &Path) -> Option<PathBuf> {
    let configured = from
        .ancestors()
        .find(|folder| folder.join(CONFIG).is_file());
    let root = configured.or_else(|| from.ancestors().find(|folder| folder.join(QMS).is_dir()));
    root.map(Path::to_path_buf)
}

/// Tells whether a folder is the root of a project.
#[must_use]
pub fn is_root(folder: &Path) -> bool {
    folder.join(CONFIG).is_file() || folder.join(QMS).is_dir()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A configuration further up wins over a folder nearby; without one the folder counts.
    ///
    /// Verifies: REQ-CFG-001
    #[test]
    fn a_configuration_wins_over_a_folder() {
        let scratch = tempfile::tempdir().unwrap();
        let inner = scratch.path().join("a/b");
        std::fs::create_dir_all(inner.join("QMS")).unwrap();
        assert_eq!(discover(&inner.join("QMS")), Some(inner.clone()));
        std::fs::write(scratch.path().join("qms.config.json"), "{}").unwrap();
        assert_eq!(discover(&inner), Some(scratch.path().to_path_buf()));
        assert!(is_root(&inner) && is_root(scratch.path()) && !is_root(&scratch.path().join("a")));
    }
}
