//! One call of a tool, from its arguments to its answer; the same whichever way it came.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};

use super::tools::{self, Tool};
use super::{arguments, next, paths, schema};
use crate::analysis::explain::{CONFIRM, OUTCOME, PEOPLE};
use crate::commands::act::ActCommand;
use crate::commands::showing::{Manner, printed, told};
use crate::commands::words::SEEN;
use crate::commands::{Command, Context};
use crate::error::Failure;
use crate::model::{
    ActionName, Argument, ArgumentName, Code, Outcome as Answer, UserName, Variant,
};
use crate::services::desk::Clock;
use crate::services::{Desk, Outcome, Terms};

/// A project that is served. It is opened anew for each call, so that what was changed beside the server, its
/// rules too, is what the next call sees.
#[derive(Clone, Debug)]
pub struct Site {
    root: PathBuf,
    clock: Clock,
}

/// What a call is answered with.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// What the command line would print.
    pub text: String,
    /// The same for programs (interface section 2).
    pub structured: Value,
    /// Whether it was refused, or failed.
    pub is_error: bool,
}

/// A command, and under which terms it is run.
struct Call {
    command: Box<dyn Command>,
    context: Context,
}

impl Site {
    /// Returns the project at a root.
    ///
    /// # Errors
    /// `io` where the root cannot be resolved.
    pub fn new(root: impl AsRef<Path>, clock: Clock) -> Result<Self, Failure> {
        let root = root.as_ref().canonicalize().map_err(|error| {
            let shown = root.as_ref().display();
            Failure::new(Code::Io, format!("{shown}: {error}"))
        })?;
        Ok(Self { root, clock })
    }

    /// Returns the root, links resolved.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the tools of this moment, each as a client is told of it.
    #[must_use]
    pub fn tools(&self) -> Vec<(Tool, schema::Described)> {
        let desk = self.desk();
        let rules = desk.as_ref().ok().map(Desk::rules);
        let tools = tools::all(rules).into_iter();
        tools
            .map(|tool| {
                let described = schema::describe(&tool, rules);
                (tool, described)
            })
            .collect()
    }

    /// Answers a call; none where there is no such tool.
    #[must_use]
    pub fn answer(&self, name: &str, given: Map<String, Value>) -> Option<Answered> {
        let desk = self.desk();
        let rules = desk.as_ref().ok().map(Desk::rules);
        let tools = tools::all(rules);
        let tool = tools.iter().find(|tool| {
            let verb = name.strip_prefix(tools::PREFIX);
            verb.is_some_and(|verb| tool.verb == *verb)
        })?;
        let described = schema::describe(tool, rules);
        let word = |key: &str| given.get(key).and_then(Value::as_str).unwrap_or_default();
        let (user, id) = (word("user").to_owned(), word("doc_id").to_owned());

        let mut manner = Manner::WithNext;
        let result = arguments::checked(name, &described.input, given)
            .and_then(|given| self.call(tool, desk, given))
            .and_then(|call| {
                manner = call.command.manner();
                call.command.run(&call.context)
            });
        let mut answered = answer(result, manner);
        next::in_words_of_tools(&mut answered.structured, &tools, &user, &id);
        Some(answered)
    }

    fn desk(&self) -> Result<Desk, Failure> {
        Desk::open(&self.root, None, self.clock)
    }

    /// Returns the command that a call is, and its terms.
    fn call(
        &self,
        tool: &Tool,
        desk: Result<Desk, Failure>,
        mut given: Map<String, Value>,
    ) -> Result<Call, Failure> {
        let mut context = Context::new(self.clock);
        context.project_root = Some(self.root.clone());
        // Opened once: the rules the arguments were checked by are those it is decided by.
        let _ = context.desk.set(desk?);
        context.user = text(&mut given, "user");
        context.terms = Terms {
            if_version: text(&mut given, "if_version"),
            if_sha256: text(&mut given, "if_sha256"),
            dry_run: flag(&mut given, "dry_run"),
            ..Terms::default()
        };
        if let Some(Value::String(file)) = given.get_mut("file") {
            let user = context.user.as_deref().unwrap_or_default();
            let path = paths::readable(&self.root, user, file)?;
            *file = path.to_string_lossy().into_owned();
        }
        let command = if let Some(own) = tool.own {
            let known = (own.schema)();
            let known = known.get("properties").and_then(Value::as_object);
            let is_known = |name: &str| known.is_some_and(|known| known.contains_key(name));
            take_words(tool, &mut given, &mut context, is_known);
            (own.read)(given).map_err(|error| {
                Failure::new(Code::InvalidArgument, format!("the arguments: {error}"))
            })?
        } else {
            take_words(tool, &mut given, &mut context, |_| false);
            Box::new(ActCommand {
                action: ActionName {
                    verb: tool.verb.clone(),
                    variant: context.variant.clone(),
                },
                id: text(&mut given, "doc_id").unwrap_or_default(),
                seen: text(&mut given, SEEN),
            })
        };
        Ok(Call { command, context })
    }
}

/// Takes the words that the rules know beside the command's own.
fn take_words(
    tool: &Tool,
    given: &mut Map<String, Value>,
    context: &mut Context,
    is_known: impl Fn(&str) -> bool,
) {
    let variant = tool.variant_parameter();
    if !is_known(variant) {
        context.variant = text(given, variant).map(Variant::new);
    }
    for word in &tool.spoken.arguments {
        let name = tool.parameter(word);
        if is_known(name) {
            continue;
        }
        let argument = match (word.as_str(), given.shift_remove(name)) {
            (CONFIRM, Some(Value::Bool(true))) => Argument::Flag,
            (PEOPLE, Some(Value::Array(names))) => {
                let names = names.iter().filter_map(Value::as_str);
                Argument::People(names.map(|name| UserName::new(name.to_owned())).collect())
            }
            (OUTCOME, Some(Value::String(outcome))) => Argument::Outcome(Answer::new(outcome)),
            (_, Some(Value::String(text))) => Argument::Text(text),
            _ => continue,
        };
        context
            .further
            .insert(ArgumentName::new(word.clone()), argument);
    }
}

fn text(given: &mut Map<String, Value>, name: &str) -> Option<String> {
    match given.shift_remove(name) {
        Some(Value::String(text)) => Some(text),
        _ => None,
    }
}

fn flag(given: &mut Map<String, Value>, name: &str) -> bool {
    given.shift_remove(name) == Some(Value::Bool(true))
}

fn answer(result: Result<Outcome, Failure>, manner: Manner) -> Answered {
    match result {
        Ok(outcome) => Answered {
            text: printed(manner, &outcome),
            structured: outcome.into_json(),
            is_error: false,
        },
        Err(failure) => {
            let failure = in_words_of_tools(failure);
            Answered {
                text: told(&failure, false),
                structured: failure.to_json(),
                is_error: true,
            }
        }
    }
}

/// Says of a call without a user what a client can do about it (REQ-MCP-015).
fn in_words_of_tools(mut failure: Failure) -> Failure {
    if failure.code == Code::IdentityMissing {
        "it was not said who acts: `user` is missing or blank".clone_into(&mut failure.message);
        failure.hint = Some("give your own name as `user` with every call".to_owned());
    }
    failure
}
