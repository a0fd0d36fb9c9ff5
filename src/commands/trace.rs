//! `trace`.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::json;

use super::code::FOUND;
use super::{Command, Context, Manner};
use crate::analysis::traceability::rendered;
use crate::error::Failure;
use crate::services::Outcome;
use crate::services::tracing::{Read, Wanted, trace};

/// Trace the requirements of a namespace to the tests that verify them
///
/// Requirements are the rows of the specification that begin with an id. What verifies them is named in the
/// matrix document, and by markers `Verifies: ID` in the sources of tests; a file of results says which passed.
/// Exits 1 if a requirement has no test or one that failed, or a test verifies what nobody requires.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  qms trace PRESS
  qms trace PRESS --results results.xml > matrix.md
  qms trace PRESS --at a1b2c3d --format csv
  qms trace PRESS --tests tests --draft")]
pub struct Trace {
    /// The namespace, in any letter case
    pub namespace: String,
    /// How the matrix is written
    #[arg(long, value_enum, default_value_t = Format::Markdown)]
    pub format: Format,
    /// Results of the tests, in the form of JUnit
    #[arg(long, value_name = "FILE")]
    pub results: Option<PathBuf>,
    /// Files and folders with tests; those that `qms.config.json` declares if none are named
    #[arg(long, value_name = "PATH", num_args = 1..)]
    pub tests: Vec<PathBuf>,
    /// Read the tests as this commit has them, with paths from the root of the repository
    #[arg(long, value_name = "COMMIT")]
    pub at: Option<String>,
    /// Read the documents as they are being worked on, not as they are in force
    #[arg(long)]
    pub draft: bool,
}

/// How a matrix is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Tables for a document
    Markdown,
    /// One line a test, for spreadsheets
    Csv,
}

impl Command for Trace {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        context.no_conditions("trace")?;
        let traced = trace(
            context.desk()?,
            &Wanted {
                namespace: self.namespace.clone(),
                draft: self.draft,
                tests: self.tests.clone(),
                at: self.at.clone(),
                results: self.results.clone(),
            },
        )?;
        let text = match self.format {
            Format::Markdown => rendered::markdown(&traced.matrix),
            Format::Csv => rendered::csv(&traced.matrix),
        };
        let read = |read: &Read| json!({ "doc_id": read.id, "version": read.version });
        let data = json!({
            "namespace": self.namespace.to_ascii_uppercase(),
            "specification": read(&traced.specification),
            "tests": traced.tests.as_ref().map(read),
            "commit": traced.commit,
            "files": traced.files,
            "is_whole": traced.matrix.is_whole(),
            "matrix": traced.matrix,
        });
        Ok(Outcome {
            exit_status: if traced.matrix.is_whole() { 0 } else { FOUND },
            ..Outcome::new(data, text)
        })
    }

    fn manner(&self) -> Manner {
        Manner::Verbatim
    }
}
