//! A reference to code: which file, at exactly which commit.

use std::fmt;
use std::str::FromStr;

/// What stands between the file and the commit.
pub const BETWEEN: &str = " @ ";

/// The fewest digits of a commit that git takes for one.
const FEWEST: usize = 4;
/// The most: all digits of the longer of git's two kinds of names.
const MOST: usize = 64;

/// A path is no longer than this; no file system knows longer ones.
const LONGEST_PATH: usize = 4096;

/// A file, or a folder, in the state it had at one commit: `path @ commit`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Reference {
    /// The path, from the root of the repository.
    pub path: String,
    /// The commit, whole or as many of its first digits as were written.
    pub commit: String,
}

/// Why a text is no reference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum NoReference {
    /// There is no ` @ ` in it.
    #[error("it does not say `PATH @ COMMIT`")]
    Shape,
    /// What stands for the commit is none.
    #[error("what stands after `@` is not the hash of a commit (4 to 64 hexadecimal digits)")]
    Commit,
    /// What stands for the path leads elsewhere.
    #[error("what stands before `@` is not a path from the root of the repository")]
    Path,
}

impl FromStr for Reference {
    type Err = NoReference;

    fn from_str(text: &str) -> Result<Self, NoReference> {
        let (path, commit) = text.rsplit_once(BETWEEN).ok_or(NoReference::Shape)?;
        let (path, commit) = (path.trim(), commit.trim());
        if !is_hash(commit) {
            return Err(NoReference::Commit);
        }
        let path = path.strip_prefix("./").unwrap_or(path);
        if !is_path(path) {
            return Err(NoReference::Path);
        }
        Ok(Self {
            path: path.to_owned(),
            commit: commit.to_ascii_lowercase(),
        })
    }
}

impl fmt::Display for Reference {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}{BETWEEN}{}", self.path, self.commit)
    }
}

/// Tells whether a text may be the hash of a commit, whole or shortened.
#[must_use]
pub fn is_hash(text: &str) -> bool {
    (FEWEST..=MOST).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Tells whether a text is a path that stays below the folder it is taken from.
#[must_use]
pub fn is_path(text: &str) -> bool {
    let has_parts = text.trim_end_matches('/').split('/').all(|part| {
        !part.is_empty() && part != "." && part != ".." && !part.chars().any(char::is_control)
    });
    has_parts && !text.contains('\\') && text.len() <= LONGEST_PATH
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reference_is_a_path_and_a_commit() {
        let read = "src/my file.py @ A1B2C3D".parse::<Reference>().unwrap();
        assert_eq!(read.path, "src/my file.py");
        assert_eq!(read.to_string(), "src/my file.py @ a1b2c3d");
        for (text, why) in [
            ("src/a.py", NoReference::Shape),
            ("src/a.py @ TBD", NoReference::Commit),
            ("src/a.py @ abc", NoReference::Commit),
            ("../a.py @ a1b2c3d", NoReference::Path),
            ("/etc/passwd @ a1b2c3d", NoReference::Path),
            ("a//b @ a1b2c3d", NoReference::Path),
            (" @ a1b2c3d", NoReference::Path),
            ("a\\b @ a1b2c3d", NoReference::Path),
        ] {
            assert_eq!(text.parse::<Reference>(), Err(why), "{text}");
        }
    }
}
