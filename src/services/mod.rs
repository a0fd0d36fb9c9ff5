//! Floor 5: what joins the rules to the disk.

pub mod asking;
pub mod catalogue;
pub mod creation;
pub mod desk;
pub mod difference;
pub mod facts;
pub mod integrity;
pub mod next;
pub mod outcome;
pub mod planting;
pub mod prompts;
pub mod reading;
pub mod rulebook;
pub mod sections;
pub mod setup;
pub mod templates;

pub use desk::{Act, Desk, Done, Look, Terms};
pub use outcome::Outcome;
