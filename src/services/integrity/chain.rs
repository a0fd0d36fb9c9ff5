//! The lines of a trail or ledger, each as it lies, and whether each follows the one before it.

use serde_json::{Map, Value};

use super::finding::{Finding, RESTORE_TRAIL};
use crate::model::digest::sha256;
use crate::model::{DocId, Version};
use crate::store::seal::{self, NOTHING_BEFORE};
use crate::store::trail::TrailLine;
use crate::store::{TreePath, json};

/// A line as it lies.
#[derive(Debug)]
pub(super) struct Line<'b> {
    /// Its number in the file, from one.
    pub number: usize,
    bytes: &'b [u8],
    /// Where it begins.
    start: usize,
    /// What it says; none where it is no object.
    pub told: Option<TrailLine>,
}

/// What a file of lines holds.
#[derive(Debug)]
pub(super) struct Chain<'b> {
    path: &'b TreePath,
    bytes: &'b [u8],
    /// Every line.
    pub lines: Vec<Line<'b>>,
}

impl Line<'_> {
    /// Returns its seal.
    pub(super) fn seal(&self) -> Option<&Map<String, Value>> {
        self.told.as_ref()?.object.get("seal")?.as_object()
    }

    /// Tells whether it bears a seal, sound or not.
    pub(super) fn is_sealed(&self) -> bool {
        let told = self.told.as_ref();
        told.is_some_and(|line| line.object.contains_key("seal"))
    }

    /// Returns a digest of its seal.
    pub(super) fn sealed(&self, key: &str) -> Option<&str> {
        self.seal()?.get(key)?.as_str()
    }

    /// Returns the version it says.
    pub(super) fn version(&self) -> Option<Version> {
        self.told.as_ref()?.version()?.parse().ok()
    }

    /// Tells whether it was written under these rules.
    pub(super) fn is_under(&self, digest: &str) -> bool {
        self.sealed("rules") == Some(digest)
    }

    fn is_intact(&self) -> bool {
        std::str::from_utf8(self.bytes)
            .ok()
            .and_then(seal::is_intact)
            .unwrap_or(false)
    }
}

impl<'b> Chain<'b> {
    /// Reads the lines of a file, whole or not.
    pub(super) fn read(path: &'b TreePath, bytes: &'b [u8]) -> Self {
        let mut lines = Vec::new();
        let mut start = 0;
        for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
            if !line.is_empty() {
                let told = json::object(path, line).ok();
                lines.push(Line {
                    number: index + 1,
                    bytes: line,
                    start,
                    told: told.map(|object| TrailLine { object }),
                });
            }
            start += line.len() + 1;
        }
        Self { path, bytes, lines }
    }

    /// Tells whether its last line is sealed: whether any difference is an error.
    pub(super) fn is_sealed(&self) -> bool {
        self.lines.last().is_some_and(Line::is_sealed)
    }

    /// Tells whether it was sealed from its first line.
    pub(super) fn was_always_sealed(&self) -> bool {
        !self.lines.is_empty() && self.lines.iter().all(Line::is_sealed)
    }

    /// Tells whether every line says something.
    pub(super) fn is_readable(&self) -> bool {
        self.lines.iter().all(|line| line.told.is_some())
    }

    /// Returns what is wrong with the lines and their order; `whose` says whom a line is about.
    pub(super) fn check(&self, whose: impl Fn(&Line<'b>) -> Option<DocId>) -> Vec<Finding> {
        let mut findings = Vec::new();
        let mut blame = |line: &Line<'b>, code, what: &str| {
            let message = format!("`{}` line {}: {what}", self.path, line.number);
            let doc_id = whose(line);
            findings.push(Finding::error(
                code,
                doc_id.as_ref(),
                message,
                RESTORE_TRAIL,
            ));
        };
        let mut before: Option<&Line<'b>> = None;
        for line in &self.lines {
            if line.told.is_none() {
                blame(line, "trail_damaged", "it is no JSON object");
            } else if line.is_sealed() {
                if !line.is_intact() {
                    blame(line, "line_changed", "it was changed after it was written");
                }
                if let Some(what) = self.breaks(line, before) {
                    blame(line, "chain_broken", what);
                }
            } else if before.is_some_and(Line::is_sealed) {
                let what = "it has no seal, and the line before it has: it was added by hand or by an older tool";
                blame(line, "line_unsealed", what);
            }
            before = Some(line);
        }
        if let Some(last) = self.lines.last()
            && !self.bytes.ends_with(b"\n")
        {
            blame(last, "trail_damaged", "it is not finished");
        }
        let blank =
            self.bytes.starts_with(b"\n") || self.bytes.windows(2).any(|two| two == b"\n\n");
        if let Some(last) = self.lines.last()
            && blank
        {
            blame(
                last,
                "trail_damaged",
                "there are blank lines before or after it",
            );
        }
        findings.extend(self.times(&whose));
        findings
    }

    /// Returns how a sealed line does not follow the one before it.
    fn breaks(&self, line: &Line<'b>, before: Option<&Line<'b>>) -> Option<&'static str> {
        let said = line.sealed("prev").unwrap_or_default();
        match before {
            None => (said != NOTHING_BEFORE)
                .then_some("it is the first line, and its seal says that lines stood before it"),
            Some(before) if before.told.is_none() => None,
            // What was changed is blamed itself, not also what follows it.
            Some(before) if before.is_sealed() => (before.is_intact()
                && said != sha256(before.bytes))
            .then_some("it does not follow the line before it: a line was changed, moved, added or taken away"),
            Some(_) => {
                let all = self.bytes.get(..line.start).unwrap_or_default();
                (said != sha256(all))
                    .then_some("what stands before this first seal is not what stood there when it was set")
            }
        }
    }

    fn times(&self, whose: &impl Fn(&Line<'b>) -> Option<DocId>) -> Vec<Finding> {
        let sealed: Vec<_> = self.lines.iter().filter(|line| line.is_sealed()).collect();
        let time = |line: &Line<'b>| line.told.as_ref().map(|told| told.timestamp().to_owned());
        let pairs = sealed.iter().zip(sealed.iter().skip(1));
        let back = pairs.filter(|(earlier, later)| time(later) < time(earlier));
        back.map(|(_, line)| {
            let message = format!(
                "`{}` line {}: it is older than the line before it",
                self.path, line.number
            );
            let remedy = "look at the clocks of the machines on which the tool runs";
            Finding::warning("time_backwards", whose(line).as_ref(), message, remedy)
        })
        .collect()
    }
}
