//! The one path: whatever is asked for goes over this desk, looked at or done.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::asking::task_texts;
use super::facts::{Facts, Purpose};
use super::{next, rulebook};
use crate::analysis::explain::{CONFIRM, Prospect, explain};
use crate::definitions::Rulebook;
use crate::error::Failure;
use crate::interpreter::authorize::{check_group, unknown_user};
use crate::interpreter::situation::check_arguments;
use crate::interpreter::{Change, Plan, Snapshot, Standing, Step, decide};
use crate::model::digest::sha256;
use crate::model::{
    ActionName, Argument, ArgumentName, Code, DocId, Moment, Place, Request, Roster, User,
    UserName, frontmatter,
};
use crate::store::agents::{self, Known};
use crate::store::journal::{Change as Write, Journal};
use crate::store::layout::Location;
use crate::store::lock::Lock;
use crate::store::scribe::{LARGEST_TEXT, Materials, transcribe};
use crate::store::view::View;
use crate::store::{Store, StoreError, layout};

/// How long a reader tries to see one state while others write.
const PATIENCE: Duration = Duration::from_secs(10);

/// Tells the time.
pub type Clock = fn() -> DateTime<Utc>;

/// A project, its rules, and a clock.
#[derive(Debug)]
pub struct Desk {
    store: Store,
    rules: Rulebook,
    root: PathBuf,
    clock: Clock,
    /// What went not quite right when the project was opened.
    pub warnings: Vec<String>,
}

/// An action on a document, as a face was told of it.
#[derive(Clone, Debug)]
pub struct Act {
    /// What is to be done.
    pub action: ActionName,
    /// To which document, in any letter case.
    pub id: String,
    /// With what.
    pub arguments: BTreeMap<ArgumentName, Argument>,
    /// Under which conditions, and whether at all.
    pub terms: Terms,
}

/// Under which conditions something is done, and whether at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Terms {
    /// Only if this is still the version.
    pub if_version: Option<String>,
    /// Only if this is still the digest of the text.
    pub if_sha256: Option<String>,
    /// Decide and show, change nothing.
    pub dry_run: bool,
}

/// What an action did, or would do.
#[derive(Clone, Debug)]
pub struct Done {
    /// The plan that was carried out.
    pub plan: Plan,
    /// Where the document lies.
    pub location: Location,
    /// What may be done next; none where the document is gone.
    pub next: Option<Value>,
    /// Every file that was removed.
    pub removed: Vec<String>,
    /// What went not quite right.
    pub warnings: Vec<String>,
}

/// One look at a project, by somebody who is known.
#[derive(Debug)]
pub struct Look<'v> {
    /// Looks things up.
    pub facts: Facts<'v>,
    /// Who there is.
    pub roster: Roster,
    /// Why files in the agents' folder are no users.
    pub roster_warnings: Vec<String>,
    /// Who looks.
    pub actor: User,
    /// When.
    pub at: Moment,
}

impl Desk {
    /// Opens a project.
    ///
    /// # Errors
    /// `definitions_invalid` where its rules are not sound, `io` where it cannot be opened.
    pub fn open(root: &Path, rules_folder: Option<&Path>, clock: Clock) -> Result<Self, Failure> {
        let (store, warning) = Store::open(root)?;
        let rules = rulebook::in_force(&store, rules_folder)?;
        Ok(Self {
            root: store.tree().root_path().to_path_buf(),
            warnings: warning.iter().map(StoreError::to_string).collect(),
            store,
            rules,
            clock,
        })
    }

    /// Returns the rules in force.
    #[must_use]
    pub fn rules(&self) -> &Rulebook {
        &self.rules
    }

    /// Returns the root of the project.
    #[must_use]
    pub fn root(&self) -> &Path {
        &self.root
    }

    /// Returns the project's store.
    #[must_use]
    pub fn store(&self) -> &Store {
        &self.store
    }

    /// Returns the present moment.
    #[must_use]
    pub fn now(&self) -> Moment {
        Moment::at((self.clock)())
    }

    /// Looks at the project, as one state that no commit falls into.
    ///
    /// # Errors
    /// `unknown_user`, `permission_denied`, or what looking ends with.
    pub fn look<T>(
        &self,
        user: &str,
        verb: &ActionName,
        look: impl Fn(&Look<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        let started = Instant::now();
        loop {
            let view = self.store.view()?;
            let seen = self.looking(&view, user).and_then(|looking| {
                check_group(&self.rules, &looking.roster, &looking.actor, verb)
                    .map_err(|refusal| Failure::refused(&self.rules, &refusal))?;
                look(&looking)
            });
            if view.is_still_current()? || started.elapsed() > PATIENCE {
                return seen;
            }
        }
    }

    /// Returns a look by somebody who must be known.
    ///
    /// # Errors
    /// `identity_missing`, `unknown_user`.
    pub fn looking<'v>(&'v self, view: &'v View<'v>, user: &str) -> Result<Look<'v>, Failure> {
        let Known { roster, warnings } = agents::read(view, &self.rules)?;
        let actor = self.find_user(&roster, user)?;
        Ok(Look {
            facts: Facts::new(view, &self.rules),
            roster,
            roster_warnings: warnings,
            actor,
            at: self.now(),
        })
    }

    fn find_user(&self, roster: &Roster, user: &str) -> Result<User, Failure> {
        if user.trim().is_empty() {
            return Err(identity_missing());
        }
        roster.find(user).ok_or_else(|| {
            let reason = unknown_user(&UserName::new(user.to_owned()), roster);
            Failure::refused(&self.rules, &reason.into())
        })
    }

    /// Does something to a document, or shows what it would do.
    ///
    /// # Errors
    /// The refusal, with what may be done instead; nothing has changed then.
    pub fn act(&self, user: &str, act: &Act) -> Result<Done, Failure> {
        let act = self.with_what_a_dry_run_needs_not(act);
        check_arguments(
            &self.rules.demands(&act.action),
            &act.action,
            &act.arguments,
        )
        .map_err(|refusal| Failure::refused(&self.rules, &refusal))?;
        check_texts(&act.arguments)?;
        let lock = self.lock_unless(act.terms.dry_run)?;
        let view = self.store.view()?;
        let look = self.looking(&view, user)?;
        let (location, standing) = look.facts.document(&act.id)?;
        check_terms(&look, &location, &standing, &act.terms)?;

        let request = Request {
            actor: look.actor.clone(),
            action: act.action.clone(),
            target: standing.document.id.clone(),
            arguments: act.arguments.clone(),
            at: look.at,
            in_principle: false,
        };
        let actions = self.with_firsts(&standing, &act.action);
        let seen = look.facts.snapshot(
            &location,
            standing.clone(),
            &look.roster,
            Purpose::Doing,
            actions.iter(),
        )?;
        let plan = decide(&self.rules, &seen, &request).map_err(|refusal| {
            let mut failure = Failure::refused(&self.rules, &refusal);
            failure.next = look.next(&location, standing).ok();
            failure
        })?;
        let journal = self.journal(&look, &location, &plan, Vec::new())?;
        self.carry_out(lock.as_ref(), &journal, plan, location, &look)
    }

    /// A dry run shows what a flag would confirm, so it needs none.
    fn with_what_a_dry_run_needs_not(&self, act: &Act) -> Act {
        let mut act = act.clone();
        let confirm = ArgumentName::new(CONFIRM);
        let demanded = self.rules.workflows.iter().any(|workflow| {
            let action = workflow.action(&act.action);
            action.is_some_and(|action| action.demands().any(|name| *name == confirm))
        });
        if act.terms.dry_run && demanded {
            act.arguments.insert(confirm, Argument::Flag);
        }
        act
    }

    pub(super) fn lock_unless(&self, dry_run: bool) -> Result<Option<Lock>, Failure> {
        if dry_run {
            return Ok(None);
        }
        Ok(Some(self.store.lock()?))
    }

    fn with_firsts(&self, standing: &Standing, action: &ActionName) -> Vec<ActionName> {
        let doctype = self.rules.doctype(&standing.doctype);
        let workflow = doctype.and_then(|doctype| self.rules.life_of(doctype));
        let firsts = workflow
            .and_then(|workflow| workflow.action(action))
            .map(|action| action.firsts.iter().map(|first| first.action.clone()));
        let mut actions = vec![action.clone()];
        actions.extend(firsts.into_iter().flatten());
        actions
    }

    /// Returns what a plan writes. `template` is what a document that is being born is filled with.
    pub(super) fn journal(
        &self,
        look: &Look<'_>,
        location: &Location,
        plan: &Plan,
        template: Vec<u8>,
    ) -> Result<Journal, Failure> {
        if plan.is_idle() {
            return Ok(Journal {
                changes: Vec::new(),
            });
        }
        let mut locations = BTreeMap::from([(location.id.clone(), location.clone())]);
        for change in &plan.reactions {
            let reading = look.facts.read_id(change.id().as_str())?;
            locations.insert(change.id().clone(), look.facts.locate(&reading)?);
        }
        let materials = Materials {
            at: look.at,
            rules: self.rules.digest(),
            group: look.actor.group.clone(),
            taken: self.copies_taken(look, plan)?,
            tasks: task_texts(&self.rules, plan, look.at)?,
            stages: self.rules.stages().cloned().collect(),
            template,
            locations,
        };
        Ok(transcribe(look.facts.view, plan, &materials)?)
    }

    /// Returns the copies that a plan takes in, as they are to be stored: byte for byte, but without keys
    /// of the frontmatter that are the record's (D-50, R-25).
    fn copies_taken(
        &self,
        look: &Look<'_>,
        plan: &Plan,
    ) -> Result<BTreeMap<DocId, Vec<u8>>, Failure> {
        let mut taken = BTreeMap::new();
        for change in plan.changes() {
            let takes = change
                .steps
                .iter()
                .any(|step| matches!(step, Step::Place(Place::Workspace, _)));
            let owner = change
                .before
                .as_ref()
                .and_then(|before| before.document.owner.as_ref());
            if let (true, Some(owner)) = (takes, owner) {
                taken.insert(change.id().clone(), self.copy_taken(look, change, owner)?);
            }
        }
        Ok(taken)
    }

    fn copy_taken(
        &self,
        look: &Look<'_>,
        change: &Change,
        owner: &UserName,
    ) -> Result<Vec<u8>, Failure> {
        let path = layout::workspace_copy(owner, change.id())?;
        let bytes = look
            .facts
            .view
            .read(&path, LARGEST_TEXT)
            .map_err(own_file)?;
        let Some(bytes) = bytes else {
            let message = format!(
                "the copy of `{}` was not found in your workspace",
                change.id()
            );
            return Err(Failure::new(Code::NotCheckedOut, message)
                .hint(format!("put the text back at {path}, then check it in")));
        };
        let text = as_text(&path.to_string(), bytes)?;
        let marks: Vec<_> = self.rules.marks().collect();
        let is_state_key = |key: &str| {
            frontmatter::STATE_KEYS.contains(&key) || marks.iter().any(|mark| **mark == *key)
        };
        match frontmatter::without_keys(&text, &is_state_key) {
            Ok(text) => Ok(text.into_owned().into_bytes()),
            Err(fault) => Err(Failure::new(
                Code::InvalidArgument,
                format!("{path}:{}:{}: {}", fault.line, fault.column, fault.message),
            )
            .hint("the text stays where it is; mend it and check it in again")
            .fact("line", fault.line)
            .fact("column", fault.column)),
        }
    }

    /// Commits, and says what came of it.
    pub(super) fn carry_out(
        &self,
        lock: Option<&Lock>,
        journal: &Journal,
        plan: Plan,
        location: Location,
        look: &Look<'_>,
    ) -> Result<Done, Failure> {
        let removed = journal.changes.iter().filter_map(|change| match change {
            Write::Remove { path, .. } => Some(path.to_string()),
            Write::Write { .. }
            | Write::Append { .. }
            | Write::MakeFolder { .. }
            | Write::RemoveFolderIfEmpty { .. } => None,
        });
        let removed = removed.collect();
        let mut warnings = self.warnings.clone();
        if let Some(lock) = lock {
            let warning = self.store.commit(lock, journal)?;
            warnings.extend(warning.map(|warning| {
                format!("the change is made, but not yet applied everywhere ({warning}); the next command finishes it")
            }));
        }
        let erased = plan.target.steps.contains(&Step::Erase);
        let next = if erased {
            None
        } else {
            let view = self.store.view()?;
            let after = Look {
                facts: Facts::new(&view, &self.rules),
                roster: look.roster.clone(),
                roster_warnings: Vec::new(),
                actor: look.actor.clone(),
                at: look.at,
            };
            Some(after.next(&location, plan.target.after.clone())?)
        };
        Ok(Done {
            plan,
            location,
            next,
            removed,
            warnings,
        })
    }
}

impl Look<'_> {
    /// Returns every action of a document's workflow, judged for who looks.
    ///
    /// # Errors
    /// A child or a text that cannot be read.
    pub fn prospects(
        &self,
        location: &Location,
        standing: Standing,
        actor: &User,
    ) -> Result<(Snapshot, Vec<Prospect>), Failure> {
        let rules = self.facts.rules;
        let doctype = rules.doctype(&standing.doctype);
        let workflow = doctype.and_then(|doctype| rules.life_of(doctype));
        let permitted = workflow.into_iter().flat_map(|workflow| &workflow.actions);
        let names = permitted
            .map(|action| &action.name)
            .filter(|name| check_group(rules, &self.roster, actor, name).is_ok());
        let names: Vec<_> = names.collect();
        let seen = self.facts.snapshot(
            location,
            standing,
            &self.roster,
            Purpose::Looking,
            names.into_iter(),
        )?;
        let prospects = explain(rules, &seen, actor, self.at);
        Ok((seen, prospects))
    }

    /// Returns `next` for who looks.
    ///
    /// # Errors
    /// As [`Look::prospects`].
    pub fn next(&self, location: &Location, standing: Standing) -> Result<Value, Failure> {
        let (seen, prospects) = self.prospects(location, standing, &self.actor)?;
        Ok(next::next(&seen.target, &prospects, &self.actor))
    }
}

/// Returns the failure of not saying who acts.
#[must_use]
pub fn identity_missing() -> Failure {
    Failure::new(
        Code::IdentityMissing,
        "it was not said who acts: --user is missing or blank",
    )
    .hint("give --user NAME, or set QMS_USER")
}

/// The argument that may have several lines.
const COMMENT: &str = "comment";

/// Refuses texts that hold what they may not: a comment may have lines, everything else is one.
fn check_texts(arguments: &BTreeMap<ArgumentName, Argument>) -> Result<(), Failure> {
    for (name, argument) in arguments {
        let Argument::Text(text) = argument else {
            continue;
        };
        let lines = *name == COMMENT;
        let is_bad =
            |letter: char| letter.is_control() && !(lines && matches!(letter, '\n' | '\t' | '\r'));
        if text.chars().any(is_bad) {
            let message = format!("--{name} holds a control character that it may not hold");
            return Err(
                Failure::new(Code::InvalidArgument, message).fact("argument", name.as_str())
            );
        }
        if text.len() > 1024 * 1024 {
            let message = format!("--{name} is longer than 1 MiB");
            return Err(
                Failure::new(Code::InvalidArgument, message).fact("argument", name.as_str())
            );
        }
    }
    Ok(())
}

/// Refuses what was decided on an older state than there is.
fn check_terms(
    look: &Look<'_>,
    location: &Location,
    standing: &Standing,
    terms: &Terms,
) -> Result<(), Failure> {
    let version = standing.document.version.to_string();
    if let Some(wanted) = &terms.if_version
        && *wanted != version
    {
        if let Err(error) = wanted.parse::<crate::model::Version>() {
            return Err(Failure::new(Code::InvalidArgument, error.to_string()));
        }
        let message = format!("`{}` is at v{version} now, not at v{wanted}", location.id);
        return Err(Failure::new(Code::Stale, message).fact("version", version));
    }
    let Some(wanted) = &terms.if_sha256 else {
        return Ok(());
    };
    if wanted.len() != 64 || !wanted.bytes().all(|byte| byte.is_ascii_hexdigit()) {
        let message = format!("`{}` is not a SHA-256 digest", wanted.escape_debug());
        return Err(Failure::new(Code::InvalidArgument, message));
    }
    let place = if standing.holdings.draft.is_some() {
        location.draft()?
    } else {
        location.issued()?
    };
    let bytes = look
        .facts
        .view
        .read(&place, LARGEST_TEXT)?
        .unwrap_or_default();
    let digest = sha256(&bytes);
    if digest == wanted.to_ascii_lowercase() {
        return Ok(());
    }
    let message = format!("the text of `{}` is another by now", location.id);
    Err(Failure::new(Code::Stale, message).fact("content_sha256", digest))
}

/// A person's own file that is too large is their mistake, not the disk's.
fn own_file(error: StoreError) -> Failure {
    if matches!(error, StoreError::TooLarge { .. }) {
        return Failure::new(Code::InvalidArgument, error.to_string());
    }
    error.into()
}

/// Returns bytes as a text that can be controlled.
///
/// # Errors
/// `invalid_argument` for what is not UTF-8 or holds NUL.
pub fn as_text(shown: &str, bytes: Vec<u8>) -> Result<String, Failure> {
    let text = String::from_utf8(bytes).map_err(|error| {
        let at = error.utf8_error().valid_up_to();
        Failure::new(
            Code::InvalidArgument,
            format!("{shown} is not UTF-8 (byte {at})"),
        )
    })?;
    if let Some(at) = text.find('\0') {
        let line = text.get(..at).unwrap_or_default().matches('\n').count() + 1;
        let message = format!("{shown}:{line}: the text holds a NUL");
        return Err(Failure::new(Code::InvalidArgument, message));
    }
    Ok(text)
}
