//! All tests of what the program does, as one program: it is linked once, and its tests use every processor.
//! `cargo test proofs::` runs those of one file.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::unwrap_used,
    reason = "a test stops where it fails"
)]

mod another_world;
mod asked;
mod clients;
mod code;
mod common;
mod corpus;
mod crash;
mod custom;
mod difference;
mod documents;
mod evidence;
mod few_calls;
mod full;
mod graph;
mod hostile;
mod hostile_rules;
mod house;
mod interaction;
mod interview;
mod kill;
mod lifecycle;
mod lives;
mod matrix;
mod mcp;
mod migration;
mod mutation;
mod practice;
mod project;
mod proofs;
mod queries;
mod quoted;
mod readme;
mod records;
mod rules;
mod scenarios;
mod security;
mod seed;
mod soundness;
mod tasks;
mod templates;
mod together;
mod verify;
