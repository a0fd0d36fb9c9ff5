//! Floor 3: what can be learnt from rules by asking them. Pure; all but the matrix, which only reads
//! permits, ask `decide`.

pub mod difference;
pub mod explain;
pub mod graph;
pub mod matrix;
pub mod prove;
pub mod references;
pub mod rehearse;
pub mod tables;
pub mod traceability;
