//! Floor 1: the nouns everything else speaks in.
//!
//! No file, no clock, and no string that means something: what a status or a verb is called is known
//! to the definitions alone.

pub mod code;
pub mod digest;
pub mod document;
pub mod event;
pub mod frontmatter;
pub mod name;
pub mod place;
pub mod reference;
pub mod request;
pub mod task;
pub mod user;
pub mod version;
pub mod yaml;

pub use code::Code;
pub use document::Document;
pub use event::Event;
pub use name::{
    ActionName, Answer, ArgumentName, DocId, DoctypeName, EntryName, EventName, Group, Ledger,
    Mark, Outcome, Phase, ReactionName, Stage, Status, TaskKind, TypeWord, UserName, Variant, Verb,
    WorkflowName,
};
pub use place::{Holdings, Place};
pub use reference::Reference;
pub use request::{Argument, Moment, Request};
pub use task::Task;
pub use user::{Membership, Roster, Source, User};
pub use version::Version;
