//! `qms`: control documents as GMP does, by rules that are files.

use std::io::{BufRead, BufReader, IsTerminal, stderr, stdin, stdout};
use std::process::ExitCode;

use chrono::Utc;
use qms::cli::{Streams, run};

fn main() -> ExitCode {
    let is_terminal = stderr().is_terminal();
    // Not locked: a server writes its answers, and a panic its message, from threads of their own.
    let (mut out, mut err) = (stdout(), stderr());
    // Not locked: a command may read an answer from standard input itself.
    let is_conversation = stdin().is_terminal() && out.is_terminal();
    let mut input = is_conversation.then(|| BufReader::new(stdin()));
    let mut streams = Streams {
        out: &mut out,
        err: &mut err,
        is_terminal,
        input: input.as_mut().map(|input| input as &mut dyn BufRead),
    };
    let ended = run(std::env::args_os().collect(), Utc::now, &mut streams);
    ExitCode::from(ended.at_last())
}
