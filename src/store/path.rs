//! A path beneath the root of a project.
//!
//! Checked when it is made, so that nobody below needs to look for `..` again. It says nothing
//! about what lies there; whether a component is a link is the tree's affair.

use std::fmt;

use super::error::StoreError;

/// A relative path of plain components, separated by `/`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct TreePath(String);

impl TreePath {
    /// Returns the path, if every component is a plain name.
    ///
    /// # Errors
    ///
    /// `BadPath` for nothing at all, an absolute path, a NUL, and a component that is empty, `.` or `..`.
    pub fn new(text: &str) -> Result<Self, StoreError> {
        let is_plain = |name: &str| !matches!(name, "" | "." | "..") && !name.contains('\0');

        if text.split('/').all(is_plain) {
            return Ok(Self(text.to_owned()));
        }
        Err(StoreError::BadPath {
            path: text.to_owned(),
        })
    }

    /// Returns the path of `name`, one component or several, inside this one.
    ///
    /// # Errors
    ///
    /// `BadPath` if `name` is no path by itself.
    pub fn join(&self, name: &str) -> Result<Self, StoreError> {
        let Self(name) = Self::new(name)?;

        Ok(self.with(&name))
    }

    /// Returns the path of a name known to be plain, inside this one.
    // INVARIANT: callers pass a constant of this module's family or a component of another path.
    pub(super) fn with(&self, plain: &str) -> Self {
        Self(format!("{}/{plain}", self.0))
    }

    /// Returns the path as it is written.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Returns the folder it lies in, `None` where that is the root.
    #[must_use]
    pub fn parent(&self) -> Option<Self> {
        let (folder, _) = self.0.rsplit_once('/')?;

        Some(Self(folder.to_owned()))
    }

    /// Returns the last component.
    #[must_use]
    pub fn name(&self) -> &str {
        self.0.rsplit_once('/').map_or(&self.0, |(_, name)| name)
    }

    /// Returns what follows `folder` in this path, `None` if it does not lie beneath it.
    #[must_use]
    pub fn beneath(&self, folder: &Self) -> Option<&str> {
        self.0.strip_prefix(folder.as_str())?.strip_prefix('/')
    }

    /// Returns the components, from the root down.
    pub fn components(&self) -> impl Iterator<Item = &str> {
        self.0.split('/')
    }
}

impl fmt::Display for TreePath {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        to.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(text: &str) -> TreePath {
        TreePath::new(text).unwrap()
    }

    #[test]
    fn what_leaves_the_root_is_no_path() {
        let bad = [
            "", "/", "/etc", "a/", "a//b", ".", "..", "a/..", "../a", "a/./b", "a\0b",
        ];

        for text in bad {
            let refused = TreePath::new(text);
            assert!(
                matches!(refused, Err(StoreError::BadPath { .. })),
                "{text:?}"
            );
            assert!(path("QMS").join(text).is_err(), "{text:?}");
        }
    }

    #[test]
    fn names_that_only_look_odd_are_kept() {
        for text in ["...", "..a", ".journal", "a\\b", "ä/ö", "a b/c"] {
            assert_eq!(path(text).as_str(), text);
        }
    }

    #[test]
    fn a_path_comes_apart_and_together() {
        let whole = path("QMS").join("CR-001/CR-001.md").unwrap();

        assert_eq!(whole.to_string(), "QMS/CR-001/CR-001.md");
        assert_eq!(whole.name(), "CR-001.md");
        assert_eq!(whole.parent(), Some(path("QMS/CR-001")));
        assert_eq!(path("QMS").parent(), None);
        assert_eq!(path("QMS").name(), "QMS");
        assert_eq!(whole.beneath(&path("QMS")), Some("CR-001/CR-001.md"));
        assert_eq!(whole.beneath(&path("QM")), None);
        assert_eq!(path("QMS").beneath(&path("QMS")), None);
    }
}
