//! What came of tests: counted from a file of results that was read once, or as the trail recorded it.

use std::path::Path;

use serde_json::{Value, json};

use super::{Finder, is_so};
use crate::analysis::traceability::results::{self, Counts};
use crate::error::Failure;
use crate::interpreter::snapshot::Shown;
use crate::model::digest::sha256;
use crate::model::{ArgumentName, Code};
use crate::services::tracing::read_text;

/// The results in a file.
pub(super) struct Tested {
    counts: Counts,
    sha256: String,
}

impl Tested {
    /// Reads the results in a file.
    ///
    /// # Errors
    /// `not_found`, `io`, `invalid_argument` for what is no file of results.
    pub(super) fn read(path: &str) -> Result<Self, Failure> {
        let text = read_text(Path::new(path))?;
        let results = results::read(&text).map_err(|error| {
            let message = format!("{path}: {error}");
            Failure::new(Code::InvalidArgument, message)
                .hint("results are read in the form of JUnit")
        })?;
        Ok(Self {
            counts: results.counts(),
            sha256: sha256(text.as_bytes()),
        })
    }

    /// Returns what a trail bears of it.
    fn recorded(&self) -> Value {
        json!({
            "passed": self.counts.passed,
            "failed": self.counts.failed,
            "skipped": self.counts.skipped,
            "sha256": self.sha256,
        })
    }
}

impl Finder<'_> {
    /// Returns what came of the tests that were given.
    pub(super) fn results(&self) -> Option<Value> {
        self.tested.values().next().map(Tested::recorded)
    }

    /// Tells whether tests passed: those that were given, else those that the trail recorded last.
    pub(super) fn passed(&self, name: &ArgumentName) -> Shown {
        let Some(Tested { counts, .. }) = self.tested.get(name) else {
            let recorded = self.stand.last("results");
            let passed = recorded.and_then(|results| results.get("passed")?.as_u64());
            return match passed {
                Some(1) => is_so(true, "1 test passed", ""),
                Some(passed) => is_so(true, format!("{passed} tests passed"), ""),
                None => is_so(false, "", format!("no {name} were recorded yet")),
            };
        };
        let (passed, failed) = (counts.passed, counts.failed);
        is_so(
            passed > 0 && failed == 0,
            format!("{passed} tests passed"),
            match failed {
                0 => "no test passed".to_owned(),
                _ => format!(
                    "{failed} of {} tests failed, {passed} passed",
                    passed + failed
                ),
            },
        )
    }
}
