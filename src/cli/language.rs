//! The command line in the words of the rules in force: a verb that only they know is a command, an
//! argument that only they ask for is a flag.

use std::collections::BTreeMap;
use std::ffi::OsString;

use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory};

use super::arguments::{Cli, Completions, value_flag};
use crate::analysis::explain::{CONFIRM, OUTCOME, PEOPLE};
use crate::commands::Context;
use crate::definitions::vocabulary::{Fact, Guard};
use crate::definitions::workflow::Action;
use crate::definitions::{Rulebook, Workflow};
use crate::error::Failure;
use crate::model::{Argument, ArgumentName, Code, Outcome as Answer, UserName, Variant, Verb};
use crate::services::Outcome;
use crate::store::layout;

/// What the rules in force can say that the program's own commands cannot.
#[derive(Debug, Default)]
pub struct Foreign {
    verbs: BTreeMap<String, Spoken>,
}

/// How a verb is spoken.
#[derive(Debug, Default)]
struct Spoken {
    /// Whether the program has no command of this name.
    is_own: bool,
    variants: Vec<String>,
    arguments: Vec<String>,
    about: String,
}

impl Foreign {
    /// Learns the words of the rules in force. The shipped rules say nothing that the program's own commands
    /// do not, so they are not asked.
    ///
    /// # Errors
    /// `definitions_invalid`, where a command would need the rules to be understood.
    pub fn of(context: &Context, words: &[OsString]) -> Result<Self, Failure> {
        let has_rules = context.rules_folder.is_some()
            || context
                .root()
                .is_ok_and(|root| root.join(layout::RULES).is_dir());
        if !has_rules {
            return Ok(Self::default());
        }
        match context.rules() {
            Ok(rules) => Ok(Self::learn(&rules)),
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
        let mut foreign = Self::default();
        for workflow in &rules.workflows {
            for action in &workflow.actions {
                foreign.learn_action(&own, workflow, action);
            }
        }
        foreign.verbs.retain(|_, spoken| {
            spoken.is_own || !spoken.variants.is_empty() || !spoken.arguments.is_empty()
        });
        foreign
    }

    fn learn_action(&mut self, own: &Command, workflow: &Workflow, action: &Action) {
        let name = action.name.verb.as_str();
        let known = own.find_subcommand(name);
        let spoken = self.verbs.entry(name.to_owned()).or_default();
        spoken.is_own = known.is_none();
        if spoken.about.is_empty() {
            spoken.about = about(workflow, action);
        }
        let is_known = |word: &str| {
            known.is_some_and(|command| {
                command.get_arguments().any(|argument| {
                    let long = argument.get_long() == Some(word);
                    let aliases = argument.get_all_aliases().unwrap_or_default();
                    long || aliases.contains(&word)
                })
            })
        };
        if let Some(variant) = &action.name.variant
            && !is_known(variant.as_str())
        {
            push(&mut spoken.variants, variant.as_str());
        }
        for word in arguments_of(workflow, action) {
            if !is_known(&word) {
                push(&mut spoken.arguments, &word);
            }
        }
    }

    /// Tells whether the program's own commands say everything already.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.verbs.is_empty()
    }

    /// Returns the verb that only the rules know.
    #[must_use]
    pub fn own_verb(&self, name: &str) -> Option<Verb> {
        let spoken = self.verbs.get(name)?;
        spoken.is_own.then(|| Verb::new(name.to_owned()))
    }

    /// Returns the variant and the arguments that were given in the words of the rules.
    #[must_use]
    pub fn given(
        &self,
        name: &str,
        matches: &ArgMatches,
    ) -> (Option<Variant>, BTreeMap<ArgumentName, Argument>) {
        let mut further = BTreeMap::new();
        let Some(spoken) = self.verbs.get(name) else {
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

/// Commands that must work on rules that are not sound.
fn knows_itself(words: &[OsString]) -> bool {
    let own = [
        "validate-config",
        "test-config",
        "config",
        "completions",
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

fn push(words: &mut Vec<String>, word: &str) {
    if !words.iter().any(|known| known == word) {
        words.push(word.to_owned());
    }
}

/// Returns every argument an action can be given: what it demands, whom it asks, what it records.
fn arguments_of(workflow: &Workflow, action: &Action) -> Vec<String> {
    let mut words: Vec<String> = action.demands().map(ToString::to_string).collect();
    let arms = action.arms.iter().flat_map(|arm| &arm.conditions);
    for condition in arms {
        if let Guard::Given(names) = &condition.guard {
            words.extend(names.iter().map(ToString::to_string));
        }
    }
    if action.names_people() {
        words.push(PEOPLE.to_owned());
    }
    if action.records_outcome() {
        words.push(OUTCOME.to_owned());
    }
    let logged = action
        .lines()
        .filter_map(|line| workflow.event(line.effect.logs()?));
    for (_, fact) in logged.flat_map(|event| &event.records) {
        if let Fact::Argument(name) = fact {
            words.push(name.to_string());
        }
    }
    words
}

/// Says in one line what a verb does: whereto it leads, as the states describe themselves.
fn about(workflow: &Workflow, action: &Action) -> String {
    let reached = action.arms.iter().filter_map(|arm| arm.to.as_ref());
    let mut states: Vec<&str> = Vec::new();
    for status in reached {
        if !states.contains(&status.as_str()) {
            states.push(status.as_str());
        }
    }
    if states.is_empty() {
        format!("An action of `{}`", workflow.title)
    } else {
        format!(
            "An action of `{}`: leads to {}",
            workflow.title,
            states.join(", ")
        )
    }
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
    for (name, spoken) in &foreign.verbs {
        if spoken.is_own {
            let own = Command::new(name.clone()).about(spoken.about.clone()).arg(
                Arg::new("id")
                    .required(true)
                    .value_name("ID")
                    .help("The document's id, in any letter case"),
            );
            command = command.subcommand(with_words(own, spoken));
        } else {
            command = command.mut_subcommand(name, |known| with_words(known, spoken));
        }
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
