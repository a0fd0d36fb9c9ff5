//! The tools, as an AI client has them: what each takes, what it answers, and that it is the command.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::needless_pass_by_value,
    clippy::panic,
    clippy::too_many_lines,
    clippy::unwrap_used,
    reason = "a test stops where it fails; a story or a table is read from top to bottom"
)]

#[path = "mcp/again.rs"]
mod again;
#[path = "mcp/client.rs"]
mod client;
mod common;
#[path = "mcp/editing.rs"]
mod editing;
#[path = "mcp/gathering.rs"]
mod gathering;
#[path = "mcp/hostile.rs"]
mod hostile;
#[path = "mcp/network.rs"]
mod network;
#[path = "mcp/older.rs"]
mod older;
#[path = "mcp/parity.rs"]
mod parity;
#[path = "mcp/protocol.rs"]
mod protocol;
#[path = "mcp/proxy.rs"]
mod proxy;
#[path = "mcp/quotes.rs"]
mod quotes;
#[path = "common/records.rs"]
mod records;
#[path = "mcp/served.rs"]
mod served;
#[path = "mcp/story.rs"]
mod story;
#[path = "mcp/tools.rs"]
mod tools;
