//! One call of a tool, from its arguments to its answer; the same whichever way it came.

use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Map, Value};

use super::identity::{Caller, Locks};
use super::made::Made;
use super::offer::Offer;
use super::once::{self, Once};
use super::schema::Described;
use super::tools::{Company, Kind, Tool};
use super::turns::Turns;
use super::{arguments, next, paths, waiting};
use crate::analysis::explain::{CONFIRM, OUTCOME, PEOPLE};
use crate::commands::act::ActCommand;
use crate::commands::showing::{Manner, labelled, said, told};
use crate::commands::words::SEEN;
use crate::commands::{Command, Context};
use crate::definitions::Rulebook;
use crate::error::Failure;
use crate::model::{
    ActionName, Argument, ArgumentName, Code, Outcome as Answer, User, UserName, Variant,
};
use crate::services::desk::Clock;
use crate::services::rulebook::LastRules;
use crate::services::seen::SeenTexts;
use crate::services::{Desk, Outcome, Terms};
use crate::store::Store;
use crate::store::view::Pulse;

/// A project that is served. It is opened anew for each call, so that what was changed beside the server, its
/// rules too, is what the next call sees.
#[derive(Debug)]
pub struct Site {
    root: PathBuf,
    clock: Clock,
    rules: LastRules,
    seen: Arc<SeenTexts>,
    offer: Mutex<Option<Arc<Offer>>>,
    locks: Locks,
    once: Once,
    turns: Turns,
}

/// What a call is answered with.
#[derive(Clone, Debug, PartialEq)]
pub struct Answered {
    /// What the tool itself says.
    pub text: String,
    /// What people wrote, each under a line that says what it is; with the text, what the command line prints.
    pub quotes: Vec<String>,
    /// The same for programs (interface section 2).
    pub structured: Value,
    /// Whether it was refused, or failed.
    pub is_error: bool,
}

/// A command, and under which terms it is run.
struct Call {
    command: Box<dyn Command>,
    context: Context,
    kind: Kind,
    company: Company,
    /// The key under which what it makes is made once.
    once: Option<String>,
}

impl Site {
    /// Returns the project at a root, where an identity that is in use stays so for a while after its last call.
    ///
    /// # Errors
    /// `io` where the root cannot be resolved.
    pub fn new(
        root: impl AsRef<Path>,
        clock: Clock,
        identity_life: Duration,
    ) -> Result<Self, Failure> {
        let root = root.as_ref().canonicalize().map_err(|error| {
            let shown = root.as_ref().display();
            Failure::new(Code::Io, format!("{shown}: {error}"))
        })?;
        Ok(Self {
            root,
            clock,
            rules: LastRules::default(),
            seen: Arc::default(),
            offer: Mutex::default(),
            locks: Locks::new(identity_life),
            once: Once::default(),
            turns: Turns::default(),
        })
    }

    /// Returns the root, links resolved.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the tools of this moment, each as a client is told of it.
    #[must_use]
    pub fn offer(&self) -> Arc<Offer> {
        self.offer_under(self.desk().as_ref().ok().map(Desk::rules_to_keep))
    }

    /// Returns the tools of this moment: those that somebody can ever use, or all of them for nobody who is known.
    #[must_use]
    pub fn listed(&self, user: Option<&str>) -> Vec<(Tool, Described)> {
        let desk = self.desk().ok();
        let offer = self.offer_under(desk.as_ref().map(Desk::rules_to_keep));
        let user = desk.zip(user).and_then(|(desk, name)| known(&desk, name));
        match user {
            Some(user) => offer.usable_by(&user),
            None => offer.tools().to_vec(),
        }
    }

    /// Returns what tells whether anything was committed; none where it cannot be told.
    #[must_use]
    pub fn pulse(&self) -> Option<Pulse> {
        let (store, _) = Store::open(&self.root).ok()?;
        store.pulse().ok()
    }

    /// Keeps the identity of a caller in use while its call waits.
    pub fn keep_identity(&self, caller: &Caller) {
        self.locks.keep(caller, Instant::now());
    }

    /// Answers a call; none where there is no such tool.
    #[must_use]
    pub fn answer(
        &self,
        name: &str,
        given: Map<String, Value>,
        caller: &Caller,
    ) -> Option<Answered> {
        let desk = self.desk();
        let offer = self.offer_under(desk.as_ref().ok().map(Desk::rules_to_keep));
        let (tool, described) = offer.find(name)?;
        let word = |key: &str| given.get(key).and_then(Value::as_str).unwrap_or_default();
        let (user, id) = (word("user").to_owned(), word("doc_id").to_owned());
        // Asked for first, for it takes or refreshes a lock whatever becomes of the call; told of in its turn.
        let is_known = |name: &str| {
            let desk = desk.as_ref().ok();
            desk.is_some_and(|desk| known(desk, name).is_some())
        };
        let identity = self
            .locks
            .resolve_identity(caller, Some(&user), Instant::now(), is_known);

        let mut manner = Manner::WithNext;
        let result = arguments::checked(name, &described.input, given)
            .and_then(|given| {
                if waiting::is_waited_for(tool) {
                    waiting::check(&given)?;
                }
                self.call(tool, &described.own, desk, identity, given)
            })
            .and_then(|call| {
                manner = call.command.manner();
                self.run(&call, &user)
            });
        let mut answered = answer(result, manner);
        next::in_words_of_tools(&mut answered.structured, &offer, &user, &id);
        Some(answered)
    }

    fn desk(&self) -> Result<Desk, Failure> {
        let desk = Desk::open_again(&self.root, &self.rules, self.clock)?;
        Ok(desk.remembering(Arc::clone(&self.seen)))
    }

    fn offer_under(&self, rules: Option<Arc<Rulebook>>) -> Arc<Offer> {
        let mut offer = self.offer.lock().unwrap_or_else(PoisonError::into_inner);
        match offer
            .as_ref()
            .filter(|offer| offer.is_under(rules.as_ref()))
        {
            Some(offer) => Arc::clone(offer),
            None => Arc::clone(offer.insert(Arc::new(Offer::of(rules)))),
        }
    }

    fn run(&self, call: &Call, user: &str) -> Result<Outcome, Failure> {
        let change = || call.command.run(&call.context);
        let run = || {
            if call.kind == Kind::Looks || call.context.terms.dry_run {
                return change();
            }
            let store = call.context.desk()?.store();
            match call.company {
                Company::Together => self.turns.together(store, change),
                Company::Alone => self.turns.alone(store, change),
            }
        };
        let Some(key) = call.once.as_ref().filter(|_| !call.context.terms.dry_run) else {
            return run();
        };
        let make = || {
            let outcome = run()?;
            let made = Made::of(&outcome, &call.context);
            Ok((outcome, made.into_json()))
        };
        let tell = |made: &Value| Made::from_json(made).tell(&call.context);
        self.once.make(user, key, Instant::now(), make, tell)
    }

    /// Returns the command that a call is, and its terms.
    fn call(
        &self,
        tool: &Tool,
        known: &[String],
        desk: Result<Desk, Failure>,
        identity: Result<(), Failure>,
        mut given: Map<String, Value>,
    ) -> Result<Call, Failure> {
        let mut context = Context::new(self.clock);
        context.project_root = Some(self.root.clone());
        // Opened once: the rules the arguments were checked by are those it is decided by.
        let _ = context.desk.set(desk?);
        identity?;
        context.user = text(&mut given, "user");
        context.terms = Terms {
            if_version: text(&mut given, "if_version"),
            if_sha256: text(&mut given, "if_sha256"),
            dry_run: flag(&mut given, "dry_run"),
            ..Terms::default()
        };
        for word in [waiting::WAIT, waiting::SINCE] {
            given.shift_remove(word);
        }
        let once = match tool.kind() {
            Kind::Makes => text(&mut given, once::KEY),
            Kind::Looks | Kind::Changes => None,
        };
        if let Some(Value::String(file)) = given.get_mut("file") {
            let user = context.user.as_deref().unwrap_or_default();
            let path = paths::readable(&self.root, user, file)?;
            *file = path.to_string_lossy().into_owned();
        }
        take_words(tool, &mut given, &mut context, known);
        let command = if let Some(own) = tool.own {
            (own.read)(given).map_err(|error| {
                Failure::new(Code::InvalidArgument, format!("the arguments: {error}"))
            })?
        } else {
            Box::new(ActCommand {
                action: ActionName {
                    verb: tool.verb.clone(),
                    variant: context.variant.clone(),
                },
                id: text(&mut given, "doc_id").unwrap_or_default(),
                seen: text(&mut given, SEEN),
            })
        };
        Ok(Call {
            command,
            context,
            kind: tool.kind(),
            company: tool.company(),
            once,
        })
    }
}

/// Returns the user of this name, where there is one.
fn known(desk: &Desk, name: &str) -> Option<User> {
    let view = desk.store().view().ok()?;
    desk.looking(&view, name).ok().map(|look| look.actor)
}

/// Takes the words that the rules know beside the command's own.
fn take_words(
    tool: &Tool,
    given: &mut Map<String, Value>,
    context: &mut Context,
    known: &[String],
) {
    let is_known = |name: &str| known.iter().any(|known| known == name);
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
            text: said(manner, &outcome),
            quotes: outcome.quotes.iter().map(labelled).collect(),
            structured: outcome.into_json(),
            is_error: false,
        },
        Err(failure) => Answered {
            text: told(&failure, false),
            quotes: Vec::new(),
            structured: failure.to_json(),
            is_error: true,
        },
    }
}
