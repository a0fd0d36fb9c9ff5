//! Which tests verify which requirements: a specification, the matrix document that speaks of it, the markers in the
//! tests and the results of a run become one matrix, with its gaps and its orphans.
//!
//! It reads texts that it is given and knows nothing of rules, documents or files.

pub mod declarations;
mod evidence;
mod gathered;
mod hidden;
pub mod markers;
pub mod matrix;
mod orphans;
pub mod rendered;
pub mod requirements;
pub mod results;
#[cfg(test)]
mod tests;
