//! What may be typed, and what was.

use std::ffi::OsString;
use std::path::PathBuf;

use clap::{
    ArgAction, ArgMatches, Args, ColorChoice, CommandFactory, FromArgMatches, Parser, ValueEnum,
};
use clap_complete::Shell;

use super::language::{self, Foreign};
use super::wanted::Wanted;
use crate::commands::context::Reads;
use crate::commands::{Context, act, code};
use crate::error::Failure;
use crate::model::{ActionName, Code};
use crate::services::Terms;

/// Control documents as GMP does, by rules that are files
#[derive(Debug, Parser)]
#[command(
    name = "qms",
    version,
    propagate_version = false,
    disable_help_subcommand = true,
    after_help = "Begin with `qms init`, or see it all happen with `qms tour`.\n`qms COMMAND --help` explains a command; `qms --user NAME explain ID` says what may be done with a document.\n`qms --user NAME users` says who there is, and what each may do."
)]
pub struct Cli {
    /// What applies to every command.
    #[command(flatten)]
    pub global: Global,
    /// What is wanted.
    #[command(subcommand)]
    pub wanted: Wanted,
}

/// What applies to every command.
#[derive(Args, Clone, Debug)]
pub struct Global {
    /// Who acts
    #[arg(
        short,
        long,
        value_name = "NAME",
        env = "QMS_USER",
        global = true,
        hide_env_values = true
    )]
    pub user: Option<String>,
    /// The project's folder, instead of finding it from here
    #[arg(
        long,
        value_name = "DIR",
        env = "QMS_PROJECT_ROOT",
        global = true,
        hide_env_values = true
    )]
    pub project_root: Option<PathBuf>,
    /// Answer with one JSON object
    #[arg(long, global = true)]
    pub json: bool,
    /// Definitions to look with, instead of those in force
    #[arg(
        long,
        value_name = "DIR",
        env = "QMS_RULES",
        global = true,
        hide_env_values = true
    )]
    pub rules: Option<PathBuf>,
    /// Decide and show what would be done, change nothing
    #[arg(long, global = true)]
    pub dry_run: bool,
    /// Refuse unless the document is still at this version
    #[arg(long, value_name = "N.X", global = true)]
    pub if_version: Option<String>,
    /// Refuse unless the document's text still has this digest
    #[arg(long, value_name = "HEX", global = true)]
    pub if_sha256: Option<String>,
    /// When to use colour
    #[arg(long, value_enum, default_value_t = Colour::Auto, global = true)]
    pub color: Colour,
}

/// When colour is used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Colour {
    /// On a terminal, unless `NO_COLOR` is set
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Print the completions of a shell
#[derive(Args, Clone, Copy, Debug)]
#[command(
    after_help = "Example: qms completions bash > ~/.local/share/bash-completion/completions/qms"
)]
pub struct Completions {
    /// The shell
    pub shell: Shell,
}

/// What the arguments come to.
#[derive(Debug)]
pub enum Parsed {
    /// A text that was asked for: help, or the version.
    Text(String),
    /// A command.
    Command(Box<Cli>, Box<Context>),
}

/// Arguments that cannot be understood.
#[derive(Debug)]
pub struct Refused {
    /// What is wrong.
    pub failure: Failure,
    /// As a person reads it.
    pub text: String,
    /// Whether the answer is to be JSON.
    pub json: bool,
}

/// Reads the arguments, in the words of the rules in force (issue: verbs belong to the definitions).
///
/// # Errors
/// What cannot be understood.
pub fn parse(words: Vec<OsString>, mut context: Context) -> Result<Parsed, Refused> {
    let json = words.iter().skip(1).any(|word| word == "--json");
    early(&words, &mut context);
    let foreign = Foreign::of(&context, &words).map_err(|failure| Refused {
        text: String::new(),
        failure,
        json,
    })?;
    let alone = foreign.is_empty().then(|| at_once(&words));
    let matches = match alone.flatten() {
        Some(matches) => Ok(matches),
        None => language::speak(Cli::command(), &foreign)
            .color(ColorChoice::Never)
            .try_get_matches_from(words),
    };
    match matches {
        Ok(matches) => {
            understood(&matches, &foreign, context).map_err(|error| refused(&error, json))
        }
        // Help and the version are asked for: clap counts them as errors that exit 0.
        Err(error) if error.exit_code() == 0 => Ok(Parsed::Text(error.to_string())),
        Err(error) => Err(refused(&error, json)),
    }
}

/// Reads arguments by the table of the one command they name; to make all thirty takes longer than most
/// commands. None where they are not understood so: the whole table tells why, or what help there is.
fn at_once(words: &[OsString]) -> Option<ArgMatches> {
    let mut spoken = words.iter().skip(1).filter_map(|word| word.to_str());
    let command = spoken.find_map(Wanted::table_of)?;
    let mut table = Global::augment_args(clap::Command::new(env!("CARGO_PKG_NAME")))
        .disable_help_subcommand(true)
        .subcommand_required(true)
        .subcommand(command);
    table.try_get_matches_from_mut(words).ok()
}

fn refused(error: &clap::Error, json: bool) -> Refused {
    let text = error.to_string();
    let first = text.lines().next().unwrap_or_default();
    let message = first.strip_prefix("error: ").unwrap_or(first).to_owned();
    Refused {
        failure: Failure::new(Code::Usage, message),
        text,
        json,
    }
}

/// Learns which project and which rules are meant, before the words of those rules can be understood.
fn early(words: &[OsString], context: &mut Context) {
    let value = |flag: &str, variable: &str| {
        let mut words = words.iter().skip(1);
        let mut found = std::env::var_os(variable).filter(|value| !value.is_empty());
        while let Some(word) = words.next() {
            let Some(text) = word.to_str() else { continue };
            if text == flag {
                found = words.next().cloned().or(found);
            } else if let Some(value) = text
                .strip_prefix(flag)
                .and_then(|rest| rest.strip_prefix('='))
            {
                found = Some(value.into());
            }
        }
        found.map(PathBuf::from)
    };
    context.project_root = value("--project-root", "QMS_PROJECT_ROOT");
    context.rules_folder = value("--rules", "QMS_RULES");
}

fn understood(
    matches: &ArgMatches,
    foreign: &Foreign,
    mut context: Context,
) -> Result<Parsed, clap::Error> {
    let global = Global::from_arg_matches(innermost(matches))?;
    let (name, inner) = matches.subcommand().unwrap_or(("", matches));
    let (variant, mut further) = foreign.given(name, inner);
    let wanted = if let Some((verb, test, given)) = foreign.verb_of_code(name, inner) {
        further.extend(given);
        Wanted::Code(code::CodeCommand::of_rules(ActionName::plain(verb), test))
    } else if let Some(verb) = foreign.own_verb(name) {
        Wanted::Act(act::ActCommand {
            action: ActionName {
                verb,
                variant: variant.clone(),
            },
            id: inner.get_one::<String>("id").cloned().unwrap_or_default(),
            seen: foreign.seen(name, inner),
        })
    } else {
        Wanted::from_arg_matches(matches)?
    };
    context.user.clone_from(&global.user);
    context.project_root.clone_from(&global.project_root);
    context.rules_folder.clone_from(&global.rules);
    context.terms = Terms {
        if_version: global.if_version.clone(),
        if_sha256: global.if_sha256.clone(),
        dry_run: global.dry_run,
        ..Terms::default()
    };
    context.reads = if global.json {
        Reads::Data
    } else {
        Reads::Text
    };
    context.variant = variant;
    context.further = further;
    Ok(Parsed::Command(
        Box::new(Cli { global, wanted }),
        Box::new(context),
    ))
}

/// A global flag is found wherever it stood, in the innermost matches.
fn innermost(matches: &ArgMatches) -> &ArgMatches {
    let mut innermost = matches;
    while let Some((_, inner)) = innermost.subcommand() {
        innermost = inner;
    }
    innermost
}

/// Returns a flag that takes a value, as a verb of the rules has it.
#[must_use]
pub fn value_flag(name: &str) -> clap::Arg {
    clap::Arg::new(name.to_owned())
        .long(name.to_owned())
        .value_name(name.to_uppercase())
        .allow_hyphen_values(true)
        .action(ArgAction::Set)
}
