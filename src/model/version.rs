//! A document's version, `N.X`: the approval it bears and the revision within it (REQ-DOC-006).

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};

/// A version `N.X`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// How often it was approved.
    pub major: u32,
    /// The revision since.
    pub minor: u32,
}

/// What was given is not a version.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("`{0}` is not a version of the form `N.X`")]
pub struct NotAVersion(String);

impl Version {
    /// Returns the version that approval gives: `N.X` becomes `(N+1).0` (REQ-WF-006).
    #[must_use]
    pub fn next_major(self) -> Self {
        Self {
            major: self.major.saturating_add(1),
            minor: 0,
        }
    }

    /// Returns the next revision: `N.X` becomes `N.(X+1)`.
    #[must_use]
    pub fn next_minor(self) -> Self {
        Self {
            major: self.major,
            minor: self.minor.saturating_add(1),
        }
    }
}

impl FromStr for Version {
    type Err = NotAVersion;

    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let number = |part: &str| {
            let plain = part.bytes().all(|byte| byte.is_ascii_digit())
                && (part == "0" || !part.starts_with('0'));
            plain.then(|| part.parse().ok()).flatten()
        };
        text.split_once('.')
            .and_then(|(major, minor)| {
                Some(Self {
                    major: number(major)?,
                    minor: number(minor)?,
                })
            })
            .ok_or_else(|| NotAVersion(text.to_owned()))
    }
}

impl fmt::Display for Version {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(out, "{}.{}", self.major, self.minor)
    }
}

impl Serialize for Version {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A version is two plain numbers and nothing else.
    ///
    /// Verifies: REQ-DOC-006
    #[test]
    fn a_version_is_two_plain_numbers() {
        for text in ["0.1", "1.0", "17.20", "4294967295.0"] {
            assert_eq!(text.parse::<Version>().unwrap().to_string(), text);
        }
        for text in [
            "",
            "1",
            "1.",
            ".1",
            "1.0.0",
            "01.0",
            "1.00",
            "-1.0",
            "+1.0",
            "1,0",
            "v1.0",
            " 1.0",
            "4294967296.0",
            "１.0",
        ] {
            assert!(text.parse::<Version>().is_err(), "{text}");
        }
    }

    /// Approval raises the first number and begins the second anew.
    ///
    /// Verifies: REQ-DOC-006
    #[test]
    fn versions_follow_each_other() {
        let version: Version = "1.9".parse().unwrap();
        assert_eq!(version.next_minor().to_string(), "1.10");
        assert_eq!(version.next_major().to_string(), "2.0");
        assert!(version < version.next_minor());
    }
}
