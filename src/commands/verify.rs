//! `verify`.
use super::Command;
use super::context::Context;
use crate::error::Failure;
use crate::services::Outcome;
/// Check records
#[derive(clap::Args, Clone, Debug)]
pub struct Verify {}
impl Command for Verify {
    fn run(&self, _context: &Context) -> Result<Outcome, Failure> {
        Ok(Outcome::default())
    }
}
