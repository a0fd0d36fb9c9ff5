//! Floor 5: what joins the rules to the disk.

pub mod already;
pub mod asking;
pub mod catalogue;
pub mod creation;
pub mod desk;
pub mod difference;
pub mod editing;
pub mod evidence;
pub mod facts;
pub mod holding;
pub mod integrity;
pub mod interview;
pub mod judging;
pub mod look;
pub mod next;
pub mod outcome;
pub mod planting;
pub mod prompts;
pub mod proving;
pub mod questions;
pub mod reading;
pub mod rulebook;
pub mod sections;
pub mod seen;
pub mod session;
pub mod setup;
pub mod taking;
pub mod tasks;
pub mod templates;
pub mod terms;
pub mod way;
pub mod yours;

pub use desk::{Act, Desk, Done};
pub use look::Look;
pub use outcome::Outcome;
pub use terms::Terms;
