//! An outcome or a failure, as text for people or as JSON for programs.

use std::fmt::Write as _;

use serde_json::Value;

use super::Streams;
use super::arguments::{Cli, Colour, Refused};
use super::wanted::Wanted;
use crate::error::Failure;
use crate::model::Code;
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
            let _ = streams.out.write_all(printed(cli, &outcome).as_bytes());
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

fn wants_colour(wanted: Colour, is_terminal: bool) -> bool {
    match wanted {
        Colour::Always => true,
        Colour::Never => false,
        Colour::Auto => {
            is_terminal && std::env::var_os("NO_COLOR").is_none_or(|value| value.is_empty())
        }
    }
}

/// Returns what a person reads: the text, what was told, what is next. A text that was asked for is
/// printed as it is.
#[must_use]
pub fn printed(cli: &Cli, outcome: &Outcome) -> String {
    if matches!(cli.wanted, Wanted::Read(_) | Wanted::Completions(_)) {
        return visible(&outcome.text);
    }
    let mut text = String::new();
    for message in &outcome.messages {
        let _ = writeln!(text, "{message}");
    }
    text.push_str(&outcome.text);
    let shows_next = !matches!(
        cli.wanted,
        Wanted::History(_)
            | Wanted::Comments(_)
            | Wanted::Diff(_)
            | Wanted::Explain(_)
            | Wanted::Interact(_)
    );
    if shows_next && let Some(next) = &outcome.next {
        let actions = actions(next);
        if !actions.is_empty() {
            let _ = writeln!(text, "You may now: {}", actions.join(", "));
        }
    }
    visible(&text)
}

fn actions(next: &Value) -> Vec<&str> {
    let allowed = next.get("allowed").and_then(Value::as_array);
    let entries = allowed.into_iter().flatten();
    entries
        .filter_map(|entry| entry.get("action").and_then(Value::as_str))
        .collect()
}

/// Returns a failure as a person reads it: what is wrong, every reason with its rule, what would help.
#[must_use]
pub fn told(failure: &Failure, colour: bool) -> String {
    let (red, dim, plain) = if colour {
        ("\u{1b}[31m", "\u{1b}[2m", "\u{1b}[0m")
    } else {
        ("", "", "")
    };
    if let Some(report) = &failure.report {
        let what = if failure.code == Code::DefinitionsInvalid {
            "the definitions are not sound".to_owned()
        } else {
            format!(
                "{} {dim}[{}]{plain}",
                visible(&failure.message),
                failure.code
            )
        };
        let report = report.render(100, colour);
        return format!("{red}error{plain}: {what}\n\n{report}");
    }
    let mut text = format!(
        "{red}error{plain}: {} {dim}[{}]{plain}\n",
        visible(&failure.message),
        failure.code
    );
    for (index, (reason, rule)) in failure.reasons.iter().enumerate() {
        if index > 0 {
            let _ = writeln!(text, "  also: {}", visible(reason));
        }
        if let Some(rule) = rule {
            let _ = writeln!(text, "  {dim}rule: {rule}{plain}");
        }
    }
    for permit in &failure.would_permit {
        let _ = writeln!(text, "  help: {}", visible(permit));
    }
    if let Some(hint) = &failure.hint {
        let _ = writeln!(text, "  help: {}", visible(hint));
    }
    if let Some(next) = &failure.next {
        let actions = actions(next);
        if !actions.is_empty() {
            let _ = writeln!(text, "  you may now: {}", actions.join(", "));
        }
    }
    text
}

/// Returns a text in which nothing can move the cursor of a terminal (R-15).
#[must_use]
pub fn visible(text: &str) -> String {
    let is_hidden = |letter: char| letter.is_control() && !matches!(letter, '\n' | '\t');
    if !text.chars().any(is_hidden) {
        return text.to_owned();
    }
    text.chars()
        .map(|letter| {
            if is_hidden(letter) {
                letter.escape_unicode().to_string()
            } else {
                letter.to_string()
            }
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::visible;

    #[test]
    fn control_characters_are_shown_not_sent() {
        assert_eq!(visible("a\tb\nc"), "a\tb\nc");
        assert_eq!(visible("a\u{1b}[2Jb\r"), "a\\u{1b}[2Jb\\u{d}");
    }
}
