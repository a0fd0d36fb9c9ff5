//! Floor 4: the only floor that writes documents; one atomic commit at a time.

pub mod agents;
pub mod commit;
pub mod config;
pub mod error;
pub mod group;
pub mod journal;
pub mod json;
pub mod layout;
pub mod lock;
mod merging;
pub mod path;
mod reach;
pub mod root;
pub mod rules;
pub mod scribe;
pub mod seal;
#[expect(
    clippy::module_inception,
    reason = "the store is what this floor is called after"
)]
pub mod store;
pub mod systems;
pub mod trail;
pub mod tree;
pub mod view;
mod writing;

pub use error::StoreError;
pub use path::TreePath;
pub use store::Store;
