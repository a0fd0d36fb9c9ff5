//! An interpreter for controlled documents: the rules are files, the program reads, decides, writes
//! and tells.
//!
//! The house has floors, and each uses only those beneath it:
//!
//! 1. [`model`]: nouns, without I/O, clock or strings that mean something.
//! 2. [`definitions`]: text becomes a checked rulebook, or a report with places.
//! 3. [`interpreter`], [`analysis`] and [`interaction`]: pure judgement, a plan or a refusal.
//! 4. [`store`]: the only floor that writes documents.
//! 5. [`services`]: what joins the rules to the disk; above them [`commands`], one file each.
//! 6. [`cli`] and [`mcp`]: the faces, for people and shells and for AI clients.

pub mod analysis;
pub mod cli;
pub mod commands;
pub mod definitions;
pub mod error;
pub mod interaction;
pub mod interpreter;
pub mod mcp;
pub mod model;
pub mod services;
pub mod store;
