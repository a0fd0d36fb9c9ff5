//! The command line in the words of the rules in force: a verb that only they know is a command, an
//! argument that only they ask for is a flag.

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory};

use super::arguments::{Cli, Completions, value_flag};
use crate::analysis::explain::{CONFIRM, OUTCOME, PEOPLE};
use crate::commands::Context;
use crate::commands::words::{self, ABOUT_SEEN, SEEN, Spoken};
use crate::definitions::Rulebook;
use crate::error::Failure;
use crate::model::{Argument, ArgumentName, Code, Outcome as Answer, UserName, Variant, Verb};
use crate::services::Outcome;
use crate::store::layout;

/// The command that governs code.
const CODE: &str = "code";

/// The argument that names a test environment.
const TEST: &str = "test-environment";

/// What the rules in force can say that the program's own commands cannot.
#[derive(Debug, Default)]
pub struct Foreign {
    verbs: BTreeMap<String, Unknown>,
    /// The verbs that code is moved on by, which stand below the command that governs it.
    of_code: BTreeMap<String, Spoken>,
}

/// What a verb can say that no command of the program can.
#[derive(Debug)]
struct Unknown {
    /// Whether the program has no command of this name.
    is_own: bool,
    spoken: Spoken,
}

impl Foreign {
    /// Learns the words of the rules in force. The shipped rules say nothing that the program's own commands
    /// do not, so they are not asked, but for how code is qualified.
    ///
    /// # Errors
    /// `definitions_invalid`, where a command would need the rules to be understood.
    pub fn of(context: &Context, words: &[OsString]) -> Result<Self, Failure> {
        let has_rules = context.rules_folder.is_some()
            || context
                .root()
                .is_ok_and(|root| root.join(layout::RULES).is_dir());
        let is_about_code = words.iter().skip(1).any(|word| word == CODE);
        if !has_rules && !is_about_code {
            return Ok(Self::default());
        }
        match context.rules() {
            Ok(rules) if has_rules => Ok(Self::learn(&rules)),
            Ok(rules) => Ok(Self::about_code(&rules)),
            Err(failure) if knows_itself(words) => {
                // Commands that look at broken rules must be understood all the same.
                let _ = failure;
                Ok(Self::default())
            }
            Err(failure) => Err(failure),
        }
    }

    fn learn(rules: &Rulebook) -> Self {
        let own = Cli::command();
        let mut verbs = BTreeMap::new();
        for (name, mut spoken) in words::of(rules) {
            let known = own.find_subcommand(&name);
            if let Some(known) = known {
                spoken.variants.retain(|word| !has_flag(known, word));
                spoken.arguments.retain(|word| !has_flag(known, word));
            }
            let is_own = known.is_none();
            if is_own || !spoken.variants.is_empty() || !spoken.arguments.is_empty() {
                verbs.insert(name, Unknown { is_own, spoken });
            }
        }
        Self {
            verbs,
            ..Self::about_code(rules)
        }
    }

    fn about_code(rules: &Rulebook) -> Self {
        Self {
            verbs: BTreeMap::new(),
            of_code: words::of_code(rules),
        }
    }

    /// Returns the verb that code is moved on by, and what it is given.
    #[must_use]
    pub fn verb_of_code(
        &self,
        name: &str,
        matches: &ArgMatches,
    ) -> Option<(Verb, String, BTreeMap<ArgumentName, Argument>)> {
        let (verb, inner) = matches.subcommand().filter(|_| name == CODE)?;
        let spoken = self.of_code.get(verb)?;
        let given = spoken.arguments.iter();
        let given = given
            .filter_map(|word| Some((ArgumentName::new(word.clone()), argument(word, inner)?)));
        let test = inner.get_one::<String>(TEST).cloned().unwrap_or_default();
        Some((Verb::new(verb.to_owned()), test, given.collect()))
    }

    /// Tells whether the program's own commands say everything already.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.verbs.is_empty() && self.of_code.is_empty()
    }

    /// Returns the verb that only the rules know.
    #[must_use]
    pub fn own_verb(&self, name: &str) -> Option<Verb> {
        let unknown = self.verbs.get(name)?;
        unknown.is_own.then(|| Verb::new(name.to_owned()))
    }

    /// Returns the digest of the text that a verb of the rules judges, where it was given.
    #[must_use]
    pub fn seen(&self, name: &str, matches: &ArgMatches) -> Option<String> {
        let unknown = self.verbs.get(name)?;
        let is_taken = unknown.is_own && unknown.spoken.takes_seen();
        is_taken.then(|| matches.get_one::<String>(SEEN).cloned())?
    }

    /// Returns the variant and the arguments that were given in the words of the rules.
    #[must_use]
    pub fn given(
        &self,
        name: &str,
        matches: &ArgMatches,
    ) -> (Option<Variant>, BTreeMap<ArgumentName, Argument>) {
        let mut further = BTreeMap::new();
        let Some(Unknown { spoken, .. }) = self.verbs.get(name) else {
            return (None, further);
        };
        let variant = spoken
            .variants
            .iter()
            .find(|variant| matches.get_flag(variant));
        for word in &spoken.arguments {
            if let Some(argument) = argument(word, matches) {
                further.insert(ArgumentName::new(word.clone()), argument);
            }
        }
        (variant.map(|word| Variant::new(word.clone())), further)
    }
}

fn has_flag(command: &Command, word: &str) -> bool {
    command.get_arguments().any(|argument| {
        let aliases = argument.get_all_aliases().unwrap_or_default();
        argument.get_long() == Some(word) || aliases.contains(&word)
    })
}

/// Commands that must work on rules that are not sound.
fn knows_itself(words: &[OsString]) -> bool {
    let own = [
        "validate-config",
        "diff-config",
        "test-config",
        "config",
        "completions",
        "mcp",
        "--help",
        "-h",
        "--version",
        "-V",
    ];
    words
        .iter()
        .filter_map(|word| word.to_str())
        .any(|word| own.contains(&word))
}

fn argument(word: &str, matches: &ArgMatches) -> Option<Argument> {
    match word {
        CONFIRM => matches.get_flag(word).then_some(Argument::Flag),
        PEOPLE => {
            let names = matches.get_many::<String>(word)?;
            let people = names.map(|name| UserName::new(name.clone()));
            Some(Argument::People(people.collect()))
        }
        OUTCOME => {
            let outcome = matches.get_one::<String>(word)?;
            Some(Argument::Outcome(Answer::new(outcome.clone())))
        }
        _ => Some(Argument::Text(matches.get_one::<String>(word)?.clone())),
    }
}

/// Adds the words of the rules to the program's own.
#[must_use]
pub fn speak(mut command: Command, foreign: &Foreign) -> Command {
    for (name, Unknown { is_own, spoken }) in &foreign.verbs {
        if *is_own {
            let own = Command::new(name.clone()).about(spoken.about.clone()).arg(
                Arg::new("id")
                    .required(true)
                    .value_name("ID")
                    .help("The document's id, in any letter case"),
            );
            let own = if spoken.takes_seen() {
                own.arg(value_flag(SEEN).value_name("SHA256").help(ABOUT_SEEN))
            } else {
                own
            };
            command = command.subcommand(with_words(own, spoken));
        } else {
            command = command.mut_subcommand(name, |known| with_words(known, spoken));
        }
    }
    for (verb, spoken) in &foreign.of_code {
        let own = Command::new(verb.clone()).about(spoken.about.clone()).arg(
            Arg::new(TEST)
                .required(true)
                .value_name("SYSTEM-NNN")
                .help("The test environment"),
        );
        let own = with_words(own, spoken);
        command = command.mut_subcommand(CODE, |code| code.subcommand(own));
    }
    command
}

fn with_words(mut command: Command, spoken: &Spoken) -> Command {
    for variant in &spoken.variants {
        let flag = Arg::new(variant.clone())
            .long(variant.clone())
            .action(ArgAction::SetTrue);
        command = command.arg(flag.group("variant"));
    }
    for word in &spoken.arguments {
        let flag = match word.as_str() {
            CONFIRM => Arg::new(word.clone())
                .long(word.clone())
                .action(ArgAction::SetTrue),
            PEOPLE => value_flag(word)
                .allow_hyphen_values(false)
                .num_args(1..)
                .value_name("USER")
                .action(ArgAction::Append),
            _ => value_flag(word),
        };
        command = command.arg(flag);
    }
    command
}

/// Prints the completions of a shell, in the words of the rules in force.
///
/// # Errors
/// `definitions_invalid`.
pub fn completions(wanted: Completions, context: &Context) -> Result<Outcome, Failure> {
    let foreign = Foreign::of(context, &["completions".into()])?;
    let mut command = speak(Cli::command(), &foreign);
    let mut script = Vec::new();
    clap_complete::generate(wanted.shell, &mut command, "qms", &mut script);
    let script =
        String::from_utf8(script).map_err(|error| Failure::new(Code::Io, error.to_string()))?;
    Ok(Outcome::new(
        serde_json::json!({ "script": script }),
        script,
    ))
}
