//! Governance of code: git keeps its versions, documents say why it may change, and this joins the two.
//!
//! Nothing is fetched and nothing is run: what is asked is answered from the repository that holds the
//! project. The environment (`GIT_DIR` and the like) is not looked at.

mod audit;
mod codebase;
pub mod environment;
mod files;
mod isolation;
mod qualification;
mod references;
mod status;

pub use audit::{Audit, Audited, Violation, audit};
pub use codebase::{Codebase, Here, Lying};
pub use environment::{Environment, TestEnvironment};
pub use files::SourceFile;
pub use isolation::{Leak, Leaks, isolation};
pub use qualification::{CodeAct, Moved, act, begin};
pub use references::{Kind, Problem, Resolution, resolve, show};

pub use status::{EnvironmentStatus, SystemStatus, status};

use super::desk::Desk;
use crate::error::Failure;
use crate::model::Code;
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
    let is_meant = |system: &&System| name.is_none_or(|name| system.name == name);
    let chosen: Vec<_> = systems.iter().filter(is_meant).cloned().collect();
    if !chosen.is_empty() {
        return Ok(chosen);
    }
    let hint = "`systems` in `qms.config.json` says what is governed; `qms help code` shows how";
    Err(match name {
        Some(name) => unknown(name, &systems),
        None => Failure::new(Code::NotFound, "no system is declared in this project"),
    }
    .hint(hint))
}

fn unknown(system: &str, systems: &[System]) -> Failure {
    let known: Vec<_> = systems.iter().map(|system| system.name.clone()).collect();
    let message = format!("no system `{}` is declared", system.escape_debug());
    Failure::new(Code::NotFound, message).fact("systems", known)
}
