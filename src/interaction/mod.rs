//! Floor 3: documents that are written by answering questions (requirements 4.14).
//!
//! A [`Template`] is a page with questions in it. A [`Record`] is what was answered, by whom and when;
//! it only ever grows. [`respond`], [`goto`], [`cancel_goto`] and [`reopen`] make the next record of
//! one, [`question`] and [`progress`] say where it stands, [`compile`] writes the document. All of it is
//! pure: no disk, no clock, and no template that it knows beforehand.

mod compile;
mod engine;
mod fault;
mod grammar;
mod guidance;
mod page;
mod placeholder;
mod question;
mod record;
mod refusal;
mod standing;
mod tag;
mod template;

pub use compile::compile;
pub use engine::{
    ANSWER_LIMIT, Evidence, Prepared, Recorded, Signature, Step, cancel_goto, goto, reopen, respond,
};
pub use fault::Fault;
pub use question::{Kind, Progress, Question, progress, question};
pub use record::{Record, RecordFault};
pub use refusal::Refused;
pub use template::Template;
