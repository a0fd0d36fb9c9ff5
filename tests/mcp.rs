//! The tools, as an AI client has them: what each takes, what it answers, and that it is the command.

#![expect(
    clippy::needless_pass_by_value,
    clippy::too_many_lines,
    reason = "a story or a table is read from top to bottom"
)]

mod again;
pub(crate) mod client;
mod editing;
mod gathering;
mod hostile;
mod network;
mod older;
mod parity;
mod protocol;
mod proxy;
mod quotes;
pub(crate) mod served;
mod story;
mod tools;
