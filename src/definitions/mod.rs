//! Floor 2: the rules, from text to a rulebook in which every name means something.
//!
//! All files are read before anything is decided, and every fault is reported at its place.

pub mod authoring;
pub mod check;
pub mod codes;
pub mod digest;
pub mod doctype;
pub mod effect;
pub mod evidence;
pub mod former;
pub mod guard;
pub mod ids;
pub mod parts;
pub mod pattern;
pub mod permission;
pub mod prompt;
pub mod questions;
pub mod reader;
pub mod report;
pub mod rulebook;
pub mod scenario;
pub mod shipped;
pub mod source;
pub mod tree;
pub mod vocabulary;
pub mod workflow;
pub mod workflow_file;

pub use authoring::{Authoring, Interview};
pub use codes::FindingCode;
pub use doctype::Doctype;
pub use ids::IdReading;
pub use report::{Finding, RuleError, Severity};
pub use rulebook::{Provenance, Rulebook};
pub use source::{Origin, SourceFile, Sources};
pub use workflow::Workflow;
