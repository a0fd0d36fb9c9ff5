//! Governance of code: git keeps its versions, documents say why it may change, and this joins the two.
//!
//! Nothing is fetched and nothing is run: what is asked is answered from the repository that holds the
//! project. The environment (`GIT_DIR` and the like) is not looked at.

mod audit;
mod codebase;
pub mod environment;
mod files;
mod isolation;
mod references;

pub use audit::{Audit, Audited, Violation, audit};
pub use codebase::{Codebase, Here};
pub use environment::{Environment, TestEnvironment};
pub use files::SourceFile;
pub use isolation::{Leak, Leaks, isolation};
pub use references::{Kind, Problem, Resolution, resolve, show};

use super::desk::Desk;
use crate::error::Failure;
use crate::model::{ActionName, Code};
use crate::store::systems::{self, System};

/// Returns the systems that a project governs.
///
/// # Errors
/// `integrity` where its configuration is not as it must be.
pub fn systems(desk: &Desk) -> Result<Vec<System>, Failure> {
    desk.store().look(|view| Ok(systems::declared(view)?))
}

/// Returns the system of a name, or all where none is named.
///
/// # Errors
/// `not_found` where there is no such system, or none at all.
pub fn chosen(desk: &Desk, name: Option<&str>) -> Result<Vec<System>, Failure> {
    let systems = systems(desk)?;
    let known: Vec<_> = systems.iter().map(|system| system.name.clone()).collect();
    let chosen: Vec<_> = match name {
        None => systems,
        Some(name) => systems
            .into_iter()
            .filter(|system| system.name == name)
            .collect(),
    };
    if !chosen.is_empty() {
        return Ok(chosen);
    }
    let hint = "`systems` in `qms.config.json` says what is governed; `qms help code` shows how";
    Err(match name {
        Some(name) => unknown(name).fact("systems", known),
        None => Failure::new(Code::NotFound, "no system is declared in this project"),
    }
    .hint(hint))
}

/// Makes the next test environment of a system, as somebody who may, or says which it would be.
///
/// # Errors
/// `unknown_user`, `permission_denied`, `not_found` for a system or a branch that is not there, `io`.
pub fn begin_test(
    desk: &Desk,
    user: &str,
    action: &ActionName,
    system: &str,
    dry_run: bool,
) -> Result<(TestEnvironment, String), Failure> {
    let systems = desk.look(user, action, |_| chosen(desk, Some(system)))?;
    let codebase = Codebase::around(desk.root())?;
    let _lock = desk.lock_unless(dry_run)?;
    let mut made = systems
        .iter()
        .map(|system| environment::next_test_environment(&codebase, system, 0, dry_run));
    let (test, from) = made.next().ok_or_else(|| unknown(system))??;
    Ok((test, codebase.short(from)?))
}

fn unknown(system: &str) -> Failure {
    let message = format!("no system `{}` is declared", system.escape_debug());
    Failure::new(Code::NotFound, message)
}
