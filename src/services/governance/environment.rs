//! Production and test environments: where the working tree stands, and what governs there.
//!
//! Production is the branch in use. A test environment is a branch `test/SYSTEM-NNN`: code may be changed
//! there as anybody likes, and no controlled document may. A commit that no branch is checked out at belongs
//! to a test environment where one ends there and production does not.

use git2::{ErrorCode, Oid};
use serde::Serialize;

use super::codebase::{Codebase, Here, fail};
use crate::error::Failure;
use crate::interpreter::snapshot::Closed;
use crate::model::Code;
use crate::store::systems::{self, System};
use crate::store::view::View;

/// What the names of the branches of test environments begin with.
const TEST: &str = "test/";

/// A number above this is not gone on from: somebody made it up.
const HIGHEST: u64 = 1_000_000;

/// How often a number is tried that somebody else has just taken.
const ATTEMPTS: usize = 10;

/// A place to change code freely.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub struct TestEnvironment {
    /// The system it is for.
    pub system: String,
    /// Its number, which is never used again.
    pub number: u64,
    /// Its branch.
    pub branch: String,
}

impl TestEnvironment {
    /// Returns the test environment of a number.
    #[must_use]
    pub fn of(system: &str, number: u64) -> Self {
        Self {
            system: system.to_owned(),
            number,
            branch: format!("{TEST}{system}-{number:03}"),
        }
    }

    /// Reads the name of a branch; none where it is not that of a test environment of one of the systems.
    #[must_use]
    pub fn of_branch(branch: &str, systems: &[System]) -> Option<Self> {
        Self::of_name(branch.strip_prefix(TEST)?, systems)
    }

    /// Reads `SYSTEM-NNN`.
    #[must_use]
    pub fn of_name(name: &str, systems: &[System]) -> Option<Self> {
        let (system, digits) = name.rsplit_once('-')?;
        let is_number = digits.len() >= 3
            && digits.bytes().all(|byte| byte.is_ascii_digit())
            && (digits.len() == 3 || !digits.starts_with('0'))
            && digits != "000";
        let is_declared = systems.iter().any(|declared| declared.name == system);
        (is_declared && is_number).then(|| Self {
            system: system.to_owned(),
            // What is too large to be counted is a test environment all the same.
            number: digits.parse().unwrap_or(u64::MAX),
            branch: format!("{TEST}{name}"),
        })
    }

    /// Returns `SYSTEM-NNN`.
    #[must_use]
    pub fn name(&self) -> &str {
        self.branch.strip_prefix(TEST).unwrap_or(&self.branch)
    }
}

/// Where a working tree stands, and what governs there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Environment {
    /// Where it stands.
    pub here: Here,
    /// The test environment it is.
    pub test: Option<TestEnvironment>,
    /// The systems whose code in use it is.
    pub production_of: Vec<String>,
}

/// Returns which environment a working tree is.
///
/// # Errors
/// `io`.
pub fn environment(codebase: &Codebase, systems: &[System]) -> Result<Environment, Failure> {
    let here = codebase.here()?;
    let (test, production_of) = match &here {
        Here::Branch(branch) | Here::Unborn(branch) => {
            let own = systems
                .iter()
                .filter(|system| system.production_branch == *branch);
            let own = own.map(|system| system.name.clone()).collect();
            (TestEnvironment::of_branch(branch, systems), own)
        }
        Here::Detached(commit) => (ending_at(codebase, systems, *commit)?, Vec::new()),
    };
    Ok(Environment {
        here,
        test,
        production_of,
    })
}

fn ending_at(
    codebase: &Codebase,
    systems: &[System],
    commit: Oid,
) -> Result<Option<TestEnvironment>, Failure> {
    for test in test_environments(codebase, systems)? {
        let declared = systems.iter().find(|system| system.name == test.system);
        let production = match declared {
            Some(system) => codebase.tip(&system.production_branch)?,
            None => None,
        };
        if production != Some(commit) && codebase.tip(&test.branch)? == Some(commit) {
            return Ok(Some(test));
        }
    }
    Ok(None)
}

/// Returns the test environments there are, in the order of systems and numbers.
///
/// # Errors
/// `io`.
pub fn test_environments(
    codebase: &Codebase,
    systems: &[System],
) -> Result<Vec<TestEnvironment>, Failure> {
    let branches = codebase.branches()?;
    let tests = branches.iter();
    let mut tests: Vec<_> = tests
        .filter_map(|branch| TestEnvironment::of_branch(branch, systems))
        .collect();
    tests.sort();
    Ok(tests)
}

/// Returns why no document may be created or changed where a project stands, if that is so.
///
/// # Errors
/// `integrity` for a configuration that is not as it must be, `io`.
pub fn closed(view: &View<'_>) -> Result<Option<Closed>, Failure> {
    let systems = systems::declared(view)?;
    if systems.is_empty() {
        return Ok(None);
    }
    let Some(codebase) = Codebase::find(view.root())? else {
        return Ok(None);
    };
    let test = environment(&codebase, &systems)?.test;
    Ok(test.map(|test| {
        let declared = systems.iter().find(|system| system.name == test.system);
        Closed {
            production: declared
                .map(|system| system.production_branch.clone())
                .unwrap_or_default(),
            branch: test.branch,
        }
    }))
}

/// Makes the next test environment of a system, where its code in use stands, or says which it would be.
///
/// The working tree stays where it is. A number that a branch has here, or at a remote as this repository
/// knows it, or one of those `known`, is not used again.
///
/// # Errors
/// `not_found` where there is no code in use yet, `io`.
pub fn next_test_environment(
    codebase: &Codebase,
    system: &System,
    known: &[TestEnvironment],
    dry_run: bool,
) -> Result<(TestEnvironment, Oid), Failure> {
    let from = codebase.production(&system.production_branch)?;
    let commit = codebase.commit(from)?;
    for _ in 0..ATTEMPTS {
        let tests = test_environments(codebase, std::slice::from_ref(system))?;
        let numbers = tests.iter().chain(known).map(|test| test.number);
        let highest = numbers
            .filter(|number| *number < HIGHEST)
            .max()
            .unwrap_or(0);
        let test = TestEnvironment::of(&system.name, highest + 1);
        if dry_run {
            return Ok((test, from));
        }
        match codebase.repository.branch(&test.branch, &commit, false) {
            Ok(_) => return Ok((test, from)),
            Err(error) if error.code() == ErrorCode::Exists => {}
            Err(error) => return Err(fail(error)),
        }
    }
    let mut failure = Failure::new(Code::Io, "other processes keep making test environments");
    failure.retryable = true;
    Err(failure)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_test_environment_is_named_after_its_system() {
        let config = |name: &str| {
            let text = format!(r#"{{ "name": "{name}", "paths": ["src"], "namespace": "P" }}"#);
            serde_json::from_str::<System>(&text).unwrap()
        };
        let systems = [config("press"), config("qms-cli")];
        for (branch, expected) in [
            ("test/press-001", Some("press-001")),
            ("test/qms-cli-012", Some("qms-cli-012")),
            ("test/press-1000", Some("press-1000")),
            ("test/press-4294967296", Some("press-4294967296")),
            (
                "test/press-99999999999999999999",
                Some("press-99999999999999999999"),
            ),
            ("test/press-1", None),
            ("test/press-0001", None),
            ("test/press-000", None),
            ("test/other-001", None),
            ("press-001", None),
            ("feature/test/press-001", None),
        ] {
            let test = TestEnvironment::of_branch(branch, &systems);
            assert_eq!(
                test.as_ref().map(TestEnvironment::name),
                expected,
                "{branch}"
            );
        }
    }
}
