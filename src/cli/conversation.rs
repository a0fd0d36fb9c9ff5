//! An interview at a terminal: a question, an answer, the next question.

use std::ffi::OsString;
use std::io::BufRead;

use clap::Args as _;
use serde_json::Value;

use super::Streams;
use super::arguments::Global;
use crate::commands::interact::Interact;
use crate::commands::showing::{told, visible};
use crate::commands::{Command, Context};
use crate::error::Failure;
use crate::model::Code;
use crate::services::Outcome;
use crate::services::taking::as_text;

/// The line that ends an answer of several lines.
const END: &[u8] = b".";

const RESPOND: &str = "--respond";

/// Asks and is answered, until there is no more to ask or the person stops.
///
/// # Errors
/// Where there is nothing to ask from the beginning; an answer that is refused is asked for again.
pub fn converse(
    command: &Interact,
    context: &Context,
    streams: &mut Streams<'_>,
) -> Result<Outcome, Failure> {
    let mut outcome = command.run(context)?;
    loop {
        say(streams, &outcome);
        let Some(is_gate) = kind_of_question(&outcome) else {
            break;
        };
        let value = match hear(streams, is_gate) {
            Ok(Some(value)) => value,
            Ok(None) => break,
            Err(failure) if failure.code == Code::Io => return Err(failure),
            Err(failure) => {
                complain(streams, &failure);
                continue;
            }
        };
        let answer = Interact {
            id: command.id.clone(),
            respond: Some(Some(value)),
            ..Interact::default()
        };
        match answer.run(context) {
            Ok(answered) => outcome = answered,
            Err(failure) => complain(streams, &failure),
        }
    }
    Ok(Outcome {
        data: outcome.data,
        ..Outcome::default()
    })
}

fn complain(streams: &mut Streams<'_>, failure: &Failure) {
    let refusal = told(failure, streams.is_terminal);
    let _ = streams.err.write_all(refusal.as_bytes());
}

fn say(streams: &mut Streams<'_>, outcome: &Outcome) {
    let _ = streams.out.write_all(visible(&outcome.text).as_bytes());
    for warning in &outcome.warnings {
        let _ = writeln!(streams.err, "warning: {}", visible(warning));
    }
}

/// Tells whether what is asked is a gate; none where nothing is asked.
fn kind_of_question(outcome: &Outcome) -> Option<bool> {
    let kind = outcome
        .data
        .get("prompt")?
        .get("kind")
        .and_then(Value::as_str)?;
    Some(kind == "gate")
}

/// Returns an answer; none where the person stops.
///
/// # Errors
/// An answer that is not UTF-8: all of it is dropped, so that no part of it is taken for the whole.
fn hear(streams: &mut Streams<'_>, is_gate: bool) -> Result<Option<String>, Failure> {
    let how = if is_gate {
        "yes or no (an empty line stops)"
    } else {
        "your answer, ended by a line with a point alone (an empty line first stops)"
    };
    let _ = write!(streams.out, "\n{how}\n> ");
    let _ = streams.out.flush();
    let Some(input) = streams.input.as_mut() else {
        return Ok(None);
    };
    let mut lines = Vec::new();
    loop {
        // The end of what is typed is no end of an answer: what is not finished is not given.
        let Some(line) = line(*input)? else {
            return Ok(None);
        };
        let is_blank = line.iter().all(u8::is_ascii_whitespace);
        if lines.is_empty() && is_blank {
            return Ok(None);
        }
        if line == END {
            break;
        }
        lines.push(line);
        if is_gate {
            break;
        }
    }
    as_text("the answer", lines.join(&b'\n')).map(Some)
}

/// Returns a line without its end; none where there is no more.
fn line(input: &mut dyn BufRead) -> Result<Option<Vec<u8>>, Failure> {
    let mut line = Vec::new();
    let read = input.read_until(b'\n', &mut line);
    match read {
        Ok(0) => return Ok(None),
        Ok(_) => {}
        Err(error) => {
            let message = format!("the answer cannot be read: {error}");
            return Err(Failure::new(Code::Io, message));
        }
    }
    while line
        .last()
        .is_some_and(|byte| matches!(byte, b'\n' | b'\r'))
    {
        line.pop();
    }
    Ok(Some(line))
}

/// Joins an answer to its flag: it may begin with a `-`, as a list does, and is no flag for that. Without a
/// value the flag reads standard input, so what follows it may be another flag.
#[must_use]
pub fn join_answers(words: Vec<OsString>) -> Vec<OsString> {
    if !words.iter().any(|word| word == RESPOND) {
        return words;
    }
    let mut joined: Vec<OsString> = Vec::new();
    let mut words = words.into_iter().peekable();
    while let Some(word) = words.next() {
        let follows = word == RESPOND && words.peek().is_some_and(|next| !is_flag(next));
        match words.next_if(|_| follows) {
            Some(value) => {
                let mut whole = OsString::from(RESPOND);
                whole.push("=");
                whole.push(value);
                joined.push(whole);
            }
            None => joined.push(word),
        }
    }
    joined
}

fn is_flag(word: &OsString) -> bool {
    let Some(word) = word.to_str() else {
        return false;
    };
    if !word.starts_with('-') {
        return false;
    }
    let name = word.split('=').next().unwrap_or_default();
    let command = Interact::augment_args(Global::augment_args(clap::Command::new("")));
    let is_known = command.get_arguments().any(|argument| {
        let long = argument.get_long().map(|long| format!("--{long}"));
        let short = argument.get_short().map(|short| format!("-{short}"));
        long.as_deref() == Some(name) || short.as_deref() == Some(word)
    });
    is_known || matches!(word, "--help" | "-h" | "--")
}

#[cfg(test)]
mod tests {
    use super::join_answers;

    fn joined(words: &[&str]) -> Vec<String> {
        let words = words.iter().map(Into::into).collect();
        let joined = join_answers(words).into_iter();
        joined.map(|word| word.into_string().unwrap()).collect()
    }

    #[test]
    fn an_answer_may_look_like_a_flag_and_a_flag_is_no_answer() {
        assert_eq!(joined(&["--respond", "- a list"]), ["--respond=- a list"]);
        assert_eq!(joined(&["--respond", "--odd"]), ["--respond=--odd"]);
        assert_eq!(joined(&["--respond", ""]), ["--respond="]);
        for words in [
            &["--respond", "--reason", "x"][..],
            &["--respond", "--reason=x"],
            &["--respond", "-u", "x"],
            &["--respond"],
            &["--respond", "--", "ID"],
            &["--comment", "- x"],
        ] {
            assert_eq!(joined(words), words);
        }
    }
}
