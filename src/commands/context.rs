//! What every command has at hand: who acts, in which project, under which terms.

use std::collections::BTreeMap;
use std::env;
use std::io::Read;
use std::path::{Path, PathBuf};

use crate::definitions::Rulebook;
use crate::error::Failure;
use crate::model::{ActionName, Argument, ArgumentName, Code, Variant, Verb};
use crate::services::desk::{Clock, identity_missing};
use crate::services::editing::Handed;
use crate::services::{Act, Desk, Done, Look, Terms};
use crate::store::root;

/// An answer, a comment or a reason given as a file may be this large.
const LARGEST_ANSWER: u64 = 1024 * 1024;

/// Who acts, in which project, under which terms.
#[derive(Debug)]
pub struct Context {
    /// Who acts, where it was said.
    pub user: Option<String>,
    /// The root that was named, where one was.
    pub project_root: Option<PathBuf>,
    /// The rules that were named, where some were.
    pub rules_folder: Option<PathBuf>,
    /// Under which terms.
    pub terms: Terms,
    /// What an action of the rules was given beside the command's own arguments.
    pub further: BTreeMap<ArgumentName, Argument>,
    /// A variant the command itself has no word for.
    pub variant: Option<Variant>,
    /// The project, if it was opened already, to learn its verbs.
    pub desk: std::cell::OnceCell<Desk>,
    /// What of an outcome will be read.
    pub reads: Reads,
    /// Tells the time.
    pub clock: Clock,
}

/// What of an outcome will be read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reads {
    /// Its text and its data.
    Both,
    /// Its text, by a person.
    Text,
    /// Its data, by a program.
    Data,
}

impl Context {
    /// Tells whether the text of an outcome will be read.
    #[must_use]
    pub fn wants_text(&self) -> bool {
        self.reads != Reads::Data
    }

    /// Tells whether the data of an outcome will be read.
    #[must_use]
    pub fn wants_data(&self) -> bool {
        self.reads != Reads::Text
    }

    /// Returns a context in which nothing was said.
    #[must_use]
    pub fn new(clock: Clock) -> Self {
        Self {
            user: None,
            project_root: None,
            rules_folder: None,
            terms: Terms::default(),
            further: BTreeMap::new(),
            variant: None,
            desk: std::cell::OnceCell::new(),
            reads: Reads::Both,
            clock,
        }
    }

    /// Returns the root of the project: the one named, else the one found from here (REQ-CFG-001).
    ///
    /// # Errors
    /// `no_project`.
    pub fn root(&self) -> Result<PathBuf, Failure> {
        if let Some(root) = &self.project_root {
            if root::is_root(root) {
                return Ok(root.clone());
            }
            let message = format!("`{}` is no project", root.display());
            return Err(Failure::new(Code::NoProject, message)
                .hint("a project has a `qms.config.json` or a `QMS/` folder; `qms init --root DIR` makes one"));
        }
        let here = env::current_dir().map_err(|error| {
            Failure::new(
                Code::Io,
                format!("the current folder cannot be found: {error}"),
            )
        })?;
        root::discover(&here).ok_or_else(|| {
            Failure::new(Code::NoProject, "there is no project here")
                .hint("run `qms init`, or go to a folder with a `qms.config.json` or a `QMS/` in it or above it")
        })
    }

    /// Returns the project.
    ///
    /// # Errors
    /// `no_project`, `definitions_invalid`, `usage` for rules that may only look.
    pub fn desk(&self) -> Result<&Desk, Failure> {
        if let Some(desk) = self.desk.get() {
            return Ok(desk);
        }
        let desk = Desk::open(&self.root()?, self.rules_folder.as_deref(), self.clock)?;
        Ok(self.desk.get_or_init(|| desk))
    }

    /// Returns the project, to change something in it.
    ///
    /// # Errors
    /// As [`Context::desk`].
    pub fn desk_for_change(&self) -> Result<&Desk, Failure> {
        if self.rules_folder.is_some() && !self.terms.dry_run {
            return Err(Failure::new(
                Code::Usage,
                "--rules is for looking, for --dry-run and for init: a project is governed by its own rules",
            )
            .hint("put the definitions into the project as `qms.d/`"));
        }
        self.desk()
    }

    /// Refuses conditions on a record, where there is none yet.
    ///
    /// # Errors
    /// `usage`.
    pub fn no_conditions(&self, command: &str) -> Result<(), Failure> {
        if self.terms.if_version.is_none() && self.terms.if_sha256.is_none() {
            return Ok(());
        }
        let message = format!(
            "`{command}` takes no --if-version and no --if-sha256: there is no one record they could be about"
        );
        Err(Failure::new(Code::Usage, message))
    }

    /// Returns the rules in force: the project's, or, outside one, the shipped.
    ///
    /// # Errors
    /// `definitions_invalid`.
    pub fn rules(&self) -> Result<Rulebook, Failure> {
        match self.desk() {
            Ok(desk) => Ok(desk.rules().clone()),
            Err(failure) if failure.code == Code::NoProject => match &self.rules_folder {
                Some(folder) => crate::services::rulebook::from_folder(folder),
                None => Ok(Rulebook::shipped()?),
            },
            Err(failure) => Err(failure),
        }
    }

    /// Returns who acts.
    ///
    /// # Errors
    /// `identity_missing`.
    pub fn user(&self) -> Result<&str, Failure> {
        self.user
            .as_deref()
            .filter(|user| !user.trim().is_empty())
            .ok_or_else(identity_missing)
    }

    /// Looks at the project.
    ///
    /// # Errors
    /// As [`Desk::look`].
    pub fn look<T>(
        &self,
        verb: &'static str,
        look: impl Fn(&Look<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let verb = ActionName::plain(Verb::new(verb));
        let desk = self.desk()?;
        desk.look(self.user()?, &verb, look)
    }

    /// Does an action of the rules to a document.
    ///
    /// # Errors
    /// As [`Desk::act`].
    pub fn act(&self, id: &str, action: ActionName, arguments: Arguments) -> Result<Done, Failure> {
        let Arguments {
            given: mut arguments,
            copy,
            seen,
        } = arguments;
        arguments.extend(self.further.clone());
        let desk = match self.desk_for_change() {
            Ok(desk) => desk,
            Err(failure) => {
                // Arguments come before the project.
                if failure.code == Code::NoProject {
                    let rules = Rulebook::shipped()?;
                    let demanded = rules.demands(&action);
                    crate::interpreter::situation::check_arguments(demanded, &action, &arguments)
                        .map_err(|refusal| Failure::refused(&rules, &refusal))?;
                }
                return Err(failure);
            }
        };
        let act = Act {
            action,
            id: id.to_owned(),
            arguments,
            copy,
            terms: Terms {
                seen,
                ..self.terms.clone()
            },
        };
        // What the rules demand is checked before anybody is asked for, so a missing user is not
        // looked at here.
        desk.act(self.user.as_deref().unwrap_or_default(), &act)
    }
}

/// What an action is given, by the words of the command line.
#[derive(Clone, Debug, Default)]
pub struct Arguments {
    given: BTreeMap<ArgumentName, Argument>,
    copy: Option<Handed>,
    seen: Option<String>,
}

impl Arguments {
    /// Adds a text, where one was given.
    #[must_use]
    pub fn text(mut self, name: &'static str, text: Option<String>) -> Self {
        if let Some(text) = text {
            self.given
                .insert(ArgumentName::new(name), Argument::Text(text));
        }
        self
    }

    /// Adds a text to be taken in instead of the copy in the workspace, where one was given.
    #[must_use]
    pub fn copy(mut self, text: Option<Handed>) -> Self {
        self.copy = text;
        self
    }

    /// Adds the digest of the text that was seen, where it was given.
    #[must_use]
    pub fn seen(mut self, digest: Option<String>) -> Self {
        self.seen = digest;
        self
    }

    /// Adds people, where some were named.
    #[must_use]
    pub fn people(mut self, names: &[String]) -> Self {
        if !names.is_empty() {
            let people = names
                .iter()
                .map(|name| crate::model::UserName::new(name.clone()));
            let name = ArgumentName::new(crate::analysis::explain::PEOPLE);
            self.given.insert(name, Argument::People(people.collect()));
        }
        self
    }

    /// Adds an outcome, where one was given.
    #[must_use]
    pub fn outcome(mut self, outcome: Option<String>) -> Self {
        if let Some(outcome) = outcome {
            let name = ArgumentName::new(crate::analysis::explain::OUTCOME);
            let outcome = crate::model::Outcome::new(outcome);
            self.given.insert(name, Argument::Outcome(outcome));
        }
        self
    }

    /// Adds the confirmation, where it was given.
    #[must_use]
    pub fn confirm(mut self, given: bool) -> Self {
        if given {
            let name = ArgumentName::new(crate::analysis::explain::CONFIRM);
            self.given.insert(name, Argument::Flag);
        }
        self
    }
}

/// Returns a comment: as it was given, or from a file, or from standard input.
///
/// # Errors
/// `io` for a file that cannot be read, `invalid_argument` for one that is no text or too large.
pub fn comment(given: Option<&String>, file: Option<&PathBuf>) -> Result<Option<String>, Failure> {
    let Some(path) = file else {
        return Ok(given.cloned());
    };
    let mut bytes = read_answer(path)
        .map_err(|error| Failure::new(Code::Io, format!("{}: {error}", path.display())))?;
    if bytes.ends_with(b"\n") {
        bytes.pop();
    }
    if bytes.len() as u64 > LARGEST_ANSWER {
        let message = format!("{} is larger than 1 MiB", path.display());
        return Err(Failure::new(Code::InvalidArgument, message));
    }
    crate::services::taking::as_text(&path.display().to_string(), bytes).map(Some)
}

fn read_answer(path: &Path) -> std::io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        std::io::stdin()
            .take(LARGEST_ANSWER + 2)
            .read_to_end(&mut bytes)?;
    } else {
        std::fs::File::open(path)?
            .take(LARGEST_ANSWER + 2)
            .read_to_end(&mut bytes)?;
    }
    Ok(bytes)
}

/// Returns the action of a verb without variants.
#[must_use]
pub fn plain(verb: &'static str) -> ActionName {
    ActionName::plain(Verb::new(verb))
}
