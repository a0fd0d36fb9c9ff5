//! What can be wrong with the files of a project, each with the path it is about.
//!
//! Not a refusal: the rules have no say here. Not an error of a definition either.

use std::io;

use super::path::TreePath;

/// An obstacle met on the disk.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// Something that is neither a regular file nor a folder, where one of them was expected.
    #[error("`{path}` is a symbolic link or not a regular file; it is not followed")]
    Link {
        /// The path asked for.
        path: String,
    },
    /// A file larger than the reader accepts.
    #[error("`{path}` is larger than {limit} bytes")]
    TooLarge {
        /// The file.
        path: String,
        /// The most that was allowed, in bytes.
        limit: u64,
    },
    /// The operating system said no.
    #[error("`{path}` could not be read or written: {source}")]
    Io {
        /// The file or folder concerned.
        path: String,
        /// What the operating system said.
        source: io::Error,
    },
    /// Words that are no path beneath the root.
    #[error("`{path}` is not a path inside the project")]
    BadPath {
        /// The words, as they came.
        path: String,
    },
    /// Another process holds the lock and did not let go in time.
    #[error("another process is changing this project and was not done in time")]
    Locked,
    /// A file is no longer what the change was decided on.
    #[error("`{path}` was changed meanwhile by someone else")]
    Stale {
        /// The file.
        path: String,
    },
    /// What lies on the disk contradicts itself.
    #[error("`{path}` {what}")]
    Damaged {
        /// The file or folder.
        path: String,
        /// What is wrong with it, a phrase that follows the path.
        what: String,
    },
}

impl StoreError {
    /// Returns the error for something that is neither regular file nor folder.
    #[must_use]
    pub fn link(path: &TreePath) -> Self {
        Self::Link {
            path: path.to_string(),
        }
    }

    /// Returns the error for what the operating system said about `path`.
    #[must_use]
    pub fn io(path: &TreePath, source: impl Into<io::Error>) -> Self {
        Self::Io {
            path: path.to_string(),
            source: source.into(),
        }
    }

    /// Returns the error for a file that moved since the change was decided.
    #[must_use]
    pub fn stale(path: &TreePath) -> Self {
        Self::Stale {
            path: path.to_string(),
        }
    }

    /// Returns the error for a contradiction; `what` follows the path in the sentence.
    #[must_use]
    pub fn damaged(path: &TreePath, what: impl Into<String>) -> Self {
        Self::Damaged {
            path: path.to_string(),
            what: what.into(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_sentence_names_its_path_and_ends_without_a_period() {
        let path = TreePath::new("QMS/a.md").unwrap();
        let errors = [
            StoreError::link(&path),
            StoreError::stale(&path),
            StoreError::damaged(&path, "is torn"),
            StoreError::io(&path, io::Error::from(io::ErrorKind::NotFound)),
        ];

        for error in errors {
            let words = error.to_string();
            assert!(words.starts_with("`QMS/a.md` "), "{words}");
            assert!(!words.ends_with('.'), "{words}");
        }
    }
}
