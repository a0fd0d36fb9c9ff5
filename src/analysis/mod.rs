//! Floor 3: what can be learnt from rules by asking them. Pure; every file asks `decide`.

pub mod explain;
pub mod graph;
pub mod prove;
pub mod rehearse;
