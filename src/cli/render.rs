//! An outcome or a failure, printed: as text for people or as JSON for programs.

use super::arguments::{Cli, Colour, Refused};
use super::{Streams, command};
use crate::commands::Command;
use crate::commands::showing::{Manner, printed, told, visible};
use crate::error::Failure;
use crate::services::Outcome;

/// Prints how a command ended, and returns the exit status.
pub fn finish(cli: &Cli, result: Result<Outcome, Failure>, streams: &mut Streams<'_>) -> u8 {
    let colour = wants_colour(cli.global.color, streams.is_terminal);
    match result {
        Ok(outcome) if cli.global.json => {
            let status = outcome.exit_status;
            let _ = writeln!(streams.out, "{}", outcome.into_json());
            status
        }
        Ok(outcome) => {
            // What is no command of the common shape prints a script, or has printed already.
            let manner = command(&cli.wanted).map_or(Manner::Verbatim, Command::manner);
            let _ = streams.out.write_all(printed(manner, &outcome).as_bytes());
            let _ = streams.out.flush();
            for warning in &outcome.warnings {
                let _ = writeln!(streams.err, "warning: {}", visible(warning));
            }
            outcome.exit_status
        }
        Err(failure) => {
            if cli.global.json {
                let _ = writeln!(streams.out, "{}", failure.to_json());
                let _ = writeln!(streams.err, "error: {}", visible(&failure.message));
            } else {
                let output = failure.output.as_deref().unwrap_or_default();
                let _ = streams.out.write_all(output.as_bytes());
                let _ = streams.err.write_all(told(&failure, colour).as_bytes());
            }
            failure.code.exit_status()
        }
    }
}

/// Prints that the arguments were not understood, and returns the exit status.
pub fn refuse(refused: &Refused, streams: &mut Streams<'_>) -> u8 {
    let failure = &refused.failure;
    if refused.json {
        let _ = writeln!(streams.out, "{}", failure.to_json());
        let _ = writeln!(streams.err, "error: {}", visible(&failure.message));
    } else if refused.text.is_empty() {
        let _ = streams
            .err
            .write_all(told(failure, streams.is_terminal).as_bytes());
    } else {
        let _ = streams.err.write_all(refused.text.as_bytes());
    }
    failure.code.exit_status()
}

/// Tells whether colour is used.
pub(super) fn wants_colour(wanted: Colour, is_terminal: bool) -> bool {
    match wanted {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => {
            is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        }
    }
}
