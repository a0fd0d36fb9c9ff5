//! The one path: whatever is asked for goes over this desk, looked at or done.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use chrono::{DateTime, Utc};
use serde_json::Value;

use super::already;
use super::asking::task_texts;
use super::editing::Handed;
use super::facts::{Facts, Purpose};
use super::look::Look;
use super::rulebook::{self, LastRules};
use super::seen::SeenTexts;
use super::terms::{Terms, check_terms, check_texts};
use crate::analysis::explain::CONFIRM;
use crate::definitions::Rulebook;
use crate::error::Failure;
use crate::interpreter::authorize::{check_group, unknown_user};
use crate::interpreter::situation::check_arguments;
use crate::interpreter::{Plan, Standing, Step, decide};
use crate::model::{
    ActionName, Argument, ArgumentName, Code, Moment, Request, Roster, Stage, User, UserName,
};
use crate::store::agents::{self, Known};
use crate::store::journal::Journal;
use crate::store::layout::Location;
use crate::store::lock::Lock;
use crate::store::scribe::{Materials, transcribe};
use crate::store::view::View;
use crate::store::{Store, StoreError};

/// Tells the time.
pub type Clock = fn() -> DateTime<Utc>;

/// A project, its rules, and a clock.
#[derive(Debug)]
pub struct Desk {
    store: Store,
    rules: Arc<Rulebook>,
    root: PathBuf,
    clock: Clock,
    /// Texts that are remembered, where it is for longer than one command.
    seen: Option<Arc<SeenTexts>>,
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
    /// The text to be taken in, where it is not the copy in the workspace.
    pub copy: Option<Handed>,
    /// Under which conditions, and whether at all.
    pub terms: Terms,
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
    /// Every file that was written or removed, with what it holds now.
    pub journal: Journal,
    /// What went not quite right.
    pub warnings: Vec<String>,
}

/// Texts that do not come from the project.
#[derive(Debug, Default)]
pub(super) struct Supplied {
    /// What a document that is being born is filled with.
    pub template: Vec<u8>,
    /// What is taken in instead of the copy in the workspace.
    pub copy: Option<Handed>,
    /// Stages that the rules no longer have, and task files may still be about.
    pub stages: Vec<Stage>,
}

impl From<Act> for Supplied {
    fn from(act: Act) -> Self {
        Self {
            copy: act.copy,
            ..Self::default()
        }
    }
}

impl Desk {
    /// Opens a project.
    ///
    /// # Errors
    /// `definitions_invalid` where its rules are not sound, `io` where it cannot be opened.
    pub fn open(root: &Path, rules_folder: Option<&Path>, clock: Clock) -> Result<Self, Failure> {
        Self::open_under(root, clock, |store| {
            rulebook::in_force(store, rules_folder).map(Arc::new)
        })
    }

    /// Opens a project that was opened before, under the rules it had then where they are the same.
    ///
    /// # Errors
    /// As [`Desk::open`].
    pub fn open_again(root: &Path, last: &LastRules, clock: Clock) -> Result<Self, Failure> {
        Self::open_under(root, clock, |store| last.in_force(store))
    }

    fn open_under(
        root: &Path,
        clock: Clock,
        rules: impl FnOnce(&Store) -> Result<Arc<Rulebook>, Failure>,
    ) -> Result<Self, Failure> {
        let (store, warning) = Store::open(root)?;
        Ok(Self {
            root: store.tree().root_path().to_path_buf(),
            warnings: warning.iter().map(StoreError::to_string).collect(),
            rules: rules(&store)?,
            store,
            clock,
            seen: None,
        })
    }

    /// Remembers the texts that are shown and taken in over this desk, beside those that are remembered already.
    #[must_use]
    pub fn remembering(mut self, seen: Arc<SeenTexts>) -> Self {
        self.seen = Some(seen);
        self
    }

    /// Returns the rules in force, to be kept.
    #[must_use]
    pub fn rules_to_keep(&self) -> Arc<Rulebook> {
        Arc::clone(&self.rules)
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
        self.store.look(|view| {
            let looking = self.looking(view, user)?;
            check_group(&self.rules, &looking.roster, &looking.actor, verb)
                .map_err(|refusal| Failure::refused(&self.rules, &refusal))?;
            look(&looking)
        })
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
            seen: self.seen.as_deref(),
        })
    }

    /// Looks at the project without anybody who looks.
    ///
    /// # Errors
    /// What looking ends with.
    pub fn look_unnamed<T>(
        &self,
        look: impl Fn(&Look<'_>) -> Result<T, Failure>,
    ) -> Result<T, Failure> {
        self.store.look(|view| look(&self.unnamed(view)?))
    }

    /// Returns a look by the tool itself.
    ///
    /// # Errors
    /// The folder of agents cannot be read.
    pub(super) fn unnamed<'v>(&'v self, view: &'v View<'v>) -> Result<Look<'v>, Failure> {
        let Known { roster, warnings } = agents::read(view, &self.rules)?;
        Ok(Look {
            facts: Facts::new(view, &self.rules),
            roster,
            roster_warnings: warnings,
            actor: User::system(),
            at: self.now(),
            seen: self.seen.as_deref(),
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
        check_arguments(self.rules.demands(&act.action), &act.action, &act.arguments)
            .map_err(|refusal| Failure::refused(&self.rules, &refusal))?;
        check_texts(&act.arguments)?;
        let lock = self.lock_unless(act.terms.dry_run)?;
        let view = self.store.view()?;
        let look = self.looking(&view, user)?;
        let (location, plan) = self.decided(&look, &act)?;
        let journal = self.journal(&look, &location, &plan, act.into())?;
        self.carry_out(lock.as_ref(), journal, plan, location, &look)
    }

    /// Returns everything an action would write, and writes nothing.
    ///
    /// # Errors
    /// As [`Desk::act`].
    pub fn journal_of(&self, user: &str, act: &Act) -> Result<Journal, Failure> {
        let view = self.store.view()?;
        let look = self.looking(&view, user)?;
        let (location, plan) = self.decided(&look, act)?;
        self.journal(&look, &location, &plan, act.clone().into())
    }

    fn decided(&self, look: &Look<'_>, act: &Act) -> Result<(Location, Plan), Failure> {
        let (location, mut standing) = look.facts.document(&act.id)?;
        look.facts.has_a_text(&location, &standing)?;
        check_terms(look, &location, &standing, &act.terms)?;
        match &act.copy {
            // What is handed in whole needs no copy.
            Some(Handed::Whole(_)) => standing.copy_lost = false,
            Some(Handed::Edited(edits)) => edits.check_base(look, &location, &standing)?,
            None => {}
        }

        let request = Request {
            actor: look.actor.clone(),
            action: act.action.clone(),
            target: standing.document.id.clone(),
            arguments: act.arguments.clone(),
            at: look.at,
            in_principle: false,
        };
        let actions = self.with_firsts(&standing, &act.action);
        let mut seen = look.facts.snapshot(
            &location,
            standing.clone(),
            &look.roster,
            Purpose::Doing,
            actions.iter(),
        )?;
        look.refer(&location, &mut seen, act.copy.as_ref())?;
        let plan = decide(&self.rules, &seen, &request).map_err(|refusal| {
            let mut failure = Failure::refused(&self.rules, &refusal);
            already::tell(&mut failure, look, (&location, &standing), act);
            failure.next = look.next(&location, standing).ok();
            failure
        })?;
        Ok((location, plan))
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

    /// Returns what a plan writes, of texts of the project and of those that are supplied.
    pub(super) fn journal(
        &self,
        look: &Look<'_>,
        location: &Location,
        plan: &Plan,
        supplied: Supplied,
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
        let copies = self.copies(look, plan, supplied.copy.as_ref())?;
        let materials = Materials {
            at: look.at,
            rules: self.rules.digest(),
            group: look.actor.group.clone(),
            taken: copies.taken,
            answers: copies.answers,
            openings: copies.openings,
            tasks: task_texts(&self.rules, plan, look.at)?,
            stages: self
                .rules
                .stages()
                .cloned()
                .chain(supplied.stages)
                .collect(),
            template: supplied.template,
            locations,
        };
        Ok(transcribe(look.facts.view, plan, &materials)?)
    }

    /// Commits, and says what came of it.
    pub(super) fn carry_out(
        &self,
        lock: Option<&Lock>,
        journal: Journal,
        plan: Plan,
        location: Location,
        look: &Look<'_>,
    ) -> Result<Done, Failure> {
        let mut warnings = self.warnings.clone();
        if let Some(lock) = lock {
            let warning = self.store.commit(lock, &journal)?;
            warnings.extend(warning.as_ref().map(not_yet_applied));
            if let (Some(seen), Ok(draft)) = (&self.seen, location.draft()) {
                // Nobody has read it yet, but somebody will be asked about it.
                journal.written(&draft).inspect(|text| seen.remember(text));
            }
        }
        // The change is made: what cannot be said of it any more is no failure.
        let next = match self.next_after(&plan, &location, look) {
            Ok(next) => next,
            Err(failure) => {
                warnings.push(format!(
                    "what may be done next is not known: {}",
                    failure.message
                ));
                None
            }
        };
        Ok(Done {
            plan,
            location,
            next,
            journal,
            warnings,
        })
    }

    fn next_after(
        &self,
        plan: &Plan,
        location: &Location,
        look: &Look<'_>,
    ) -> Result<Option<Value>, Failure> {
        if plan.target.steps.contains(&Step::Erase) {
            return Ok(None);
        }
        let view = self.store.view()?;
        let after = Look {
            facts: Facts::new(&view, &self.rules),
            roster: look.roster.clone(),
            roster_warnings: Vec::new(),
            actor: look.actor.clone(),
            at: look.at,
            seen: None,
        };
        after.next(location, plan.target.after.clone()).map(Some)
    }
}

/// Returns what is said of a change that is made and not yet applied.
#[must_use]
pub fn not_yet_applied(warning: &StoreError) -> String {
    format!(
        "the change is made, but not yet applied everywhere ({warning}); the next command finishes it"
    )
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
