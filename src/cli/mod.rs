//! Floor 6: the command line. Arguments become a command, an outcome becomes text or JSON.

pub mod arguments;
pub mod conversation;
pub mod language;
pub mod manual;
pub mod render;
pub mod tour;
pub mod wanted;

use std::ffi::OsString;
use std::io::{BufRead, Write};

use arguments::{Cli, Parsed};
use wanted::Wanted;

use crate::commands::{Command, Context};
use crate::error::Failure;
use crate::services::Outcome;
use crate::services::desk::Clock;

/// Where results and complaints go, and whether colour may be used there.
pub struct Streams<'s> {
    /// Results.
    pub out: &'s mut dyn Write,
    /// Errors, warnings and progress.
    pub err: &'s mut dyn Write,
    /// Whether errors go to a terminal.
    pub is_terminal: bool,
    /// Where a person can be asked: a terminal that also shows the results.
    pub input: Option<&'s mut dyn BufRead>,
}

/// A command that has ended, and what it has read and opened.
#[must_use]
pub struct Ended {
    /// Its exit status.
    pub status: u8,
    _remains: Option<Box<Context>>,
}

impl Ended {
    fn with(status: u8) -> Self {
        Self {
            status,
            _remains: None,
        }
    }

    /// Returns the exit status at the end of the process: to take the rules apart again would only cost time.
    #[must_use]
    pub fn at_last(self) -> u8 {
        let status = self.status;
        std::mem::forget(self);
        status
    }
}

/// Runs a command line.
pub fn run(words: Vec<OsString>, clock: Clock, streams: &mut Streams<'_>) -> Ended {
    let context = Context::new(clock);
    let words = conversation::join_answers(words);
    match arguments::parse(words, context) {
        Ok(Parsed::Text(text)) => {
            // A reader that went away is no failure of ours.
            let _ = streams.out.write_all(text.as_bytes());
            Ended::with(0)
        }
        Ok(Parsed::Command(cli, context)) => {
            let result = dispatch(&cli, &context, streams);
            Ended {
                status: render::finish(&cli, result, streams),
                _remains: Some(context),
            }
        }
        Err(refused) => Ended::with(render::refuse(&refused, streams)),
    }
}

fn dispatch(cli: &Cli, context: &Context, streams: &mut Streams<'_>) -> Result<Outcome, Failure> {
    if let Wanted::Interact(command) = &cli.wanted
        && streams.input.is_some()
        && command.is_bare()
        && !cli.global.json
        && !context.terms.dry_run
    {
        return conversation::converse(command, context, streams);
    }
    if let Wanted::Completions(command) = &cli.wanted {
        return language::completions(*command, context);
    }
    if let Wanted::Help(command) = &cli.wanted {
        let styled = render::wants_colour(cli.global.color, streams.input.is_some());
        if styled && !cli.global.json {
            return command.answer(context, Some(&mut *streams.out));
        }
        return command.answer(context, None);
    }
    if let Wanted::Code(command) = &cli.wanted
        && let Some(show) = command.shown()
        && streams.input.is_none()
        && !cli.global.json
    {
        // Byte for byte, but not to a terminal, which some bytes would move.
        let bytes = show.bytes(context)?;
        let _ = streams.out.write_all(&bytes);
        return Ok(Outcome::default());
    }
    if let Wanted::Tour(command) = &cli.wanted {
        return command.guide(streams);
    }
    if let Wanted::Mcp(command) = &cli.wanted {
        return command.serve(context, streams.err);
    }
    if let Wanted::McpProxy(command) = &cli.wanted {
        return command.serve(context);
    }
    command(&cli.wanted).map_or_else(|| Ok(Outcome::default()), |command| command.run(context))
}

/// Returns what is wanted as a command of the common shape.
fn command(wanted: &Wanted) -> Option<&dyn Command> {
    Some(match wanted {
        Wanted::Init(command) => command,
        Wanted::Create(command) => command,
        Wanted::Read(command) => command,
        Wanted::Checkout(command) => command,
        Wanted::Checkin(command) => command,
        Wanted::Interact(command) => command,
        Wanted::Route(command) => command,
        Wanted::Assign(command) => command,
        Wanted::Review(command) => command,
        Wanted::Approve(command) => command,
        Wanted::Reject(command) => command,
        Wanted::Withdraw(command) => command,
        Wanted::Release(command) => command,
        Wanted::Revert(command) => command,
        Wanted::Close(command) => command,
        Wanted::Cancel(command) => command,
        Wanted::Fix(command) => command,
        Wanted::Status(command) => command,
        Wanted::History(command) => command,
        Wanted::Comments(command) => command,
        Wanted::Inbox(command) => command,
        Wanted::Workspace(command) => command,
        Wanted::List(command) => command,
        Wanted::Diff(command) => command,
        Wanted::Explain(command) => command,
        Wanted::User(command) => command,
        Wanted::Users(command) => command,
        Wanted::Namespace(command) => command,
        Wanted::Graph(command) => command,
        Wanted::Config(command) => command,
        Wanted::ValidateConfig(command) => command,
        Wanted::DiffConfig(command) => command,
        Wanted::TestConfig(command) => command,
        Wanted::Migrate(command) => command,
        Wanted::Verify(command) => command,
        Wanted::Code(command) => command,
        Wanted::Trace(command) => command,
        Wanted::Act(command) => command,
        Wanted::Mcp(_)
        | Wanted::McpProxy(_)
        | Wanted::Completions(_)
        | Wanted::Help(_)
        | Wanted::Tour(_) => {
            return None;
        }
    })
}
