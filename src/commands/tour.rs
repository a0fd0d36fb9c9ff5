//! `tour`.
use super::context::Context;
use crate::error::Failure;
use crate::services::Outcome;
/// Show it all
#[derive(clap::Args, Clone, Debug)]
pub struct Tour {}
