//! `qms`: control documents as GMP does, by rules that are files.

use std::io::{IsTerminal, stderr, stdout};
use std::process::ExitCode;

use chrono::Utc;
use qms::cli::{Streams, run};

fn main() -> ExitCode {
    let is_terminal = stderr().is_terminal();
    let (mut out, mut err) = (stdout().lock(), stderr().lock());
    let mut streams = Streams {
        out: &mut out,
        err: &mut err,
        is_terminal,
    };
    ExitCode::from(run(std::env::args_os().collect(), Utc::now, &mut streams))
}
