//! Documents carried over to changed rules: each that stands under an earlier name of its state, or bears a mark
//! under one, is given the name of today, and whoever is asked in earlier words is asked anew, all in one commit.
//! What the trail says is never rewritten; a line is added to it.

mod landing;

use serde_json::Value;

use super::catalogue::record_names;
use super::desk::{Desk, Supplied};
use super::facts::Facts;
use super::look::Look;
use super::prompts::{TaskHead, read_task};
use crate::definitions::Workflow;
use crate::definitions::former::RenamedMark;
use crate::definitions::vocabulary::Fact;
use crate::definitions::workflow::EventRule;
use crate::error::Failure;
use crate::interpreter::authorize::check_group;
use crate::interpreter::{Change, Plan, Standing, Step};
use crate::model::{ActionName, Code, DocId, Event, Mark, Stage, Status, UserName, task};
use crate::store::TreePath;
use crate::store::json;
use crate::store::layout::{self, Location};
use crate::store::tree::Kind;

/// A record, and a task file, is read up to this size.
const LARGEST: u64 = 4 * 1024 * 1024;

const HINT: &str = "say in the state that takes the place of another what that was called (`renamed from=`); by the rules \
                    of before, bring on its way what would come where it must not stand";

/// A document that is carried over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Carried {
    /// Which.
    pub id: DocId,
    /// What its state was called.
    pub from: Status,
    /// What it is called now.
    pub to: Status,
    /// The marks it bears that were called otherwise.
    pub marks: Vec<RenamedMark>,
    /// Who is asked anew, in the words of today.
    pub asked: Vec<UserName>,
}

/// What `migrate` did, or would do.
#[derive(Clone, Debug, Default)]
pub struct Migration {
    /// What was carried over.
    pub carried: Vec<Carried>,
    /// Every step, as a dry run shows it: its name, and what it does.
    pub plan: Vec<(&'static str, String)>,
    /// What went not quite right.
    pub warnings: Vec<String>,
}

/// What is to be done, and why it cannot be.
#[derive(Default)]
struct Found {
    changes: Vec<(Change, Location)>,
    carried: Vec<Carried>,
    stages: Vec<Stage>,
    /// What comes under another name, and its trail.
    renamed: Vec<(Standing, TreePath)>,
    obstacles: Vec<String>,
    warnings: Vec<String>,
}

impl Desk {
    /// Carries every document over that stands under an earlier name of its state, bears a mark under one, or is
    /// asked about in words of earlier rules.
    ///
    /// # Errors
    /// `permission_denied`; `gate_blocked` where a document stands where nothing says whereto it is to be carried, or
    /// something that is always true there would not be true of it. Nothing has changed then.
    pub fn migrate(
        &self,
        user: &str,
        action: &ActionName,
        dry_run: bool,
    ) -> Result<Migration, Failure> {
        let lock = self.lock_unless(dry_run)?;
        let view = self.store().view()?;
        let mut look = self.looking(&view, user)?;
        check_group(self.rules(), &look.roster, &look.actor, action)
            .map_err(|refusal| Failure::refused(self.rules(), &refusal))?;
        look.facts.check_open()?;
        look.facts = Facts::new(&view, self.rules()).carrying();
        let mut found = Found::default();
        let mut names = record_names(&view)?;
        names.sort_unstable();
        for name in &names {
            look.carry(name, action, &mut found)?;
        }
        look.compare_with_proofs(&mut found)?;
        if !found.obstacles.is_empty() {
            return Err(blocked(&found.obstacles));
        }
        let mut migration = Migration {
            carried: found.carried,
            warnings: found.warnings,
            plan: Vec::new(),
        };
        let mut changes = found.changes.into_iter();
        let Some((target, location)) = changes.next() else {
            return Ok(migration);
        };
        let plan = Plan {
            target,
            reactions: changes.map(|(change, _)| change).collect(),
            told: Vec::new(),
            first_left: None,
            asked: Vec::new(),
        };
        migration.plan = plan.changes().flat_map(Change::described).collect();
        let supplied = Supplied {
            stages: found.stages,
            ..Supplied::default()
        };
        let journal = self.journal(&look, &location, &plan, supplied)?;
        if let Some(lock) = &lock {
            let warning = self.store().commit(lock, &journal)?;
            migration.warnings.extend(warning.map(|warning| {
                format!("the change is made, but not yet applied everywhere ({warning}); the next command finishes it")
            }));
        }
        Ok(migration)
    }
}

fn blocked(obstacles: &[String]) -> Failure {
    let message = format!("nothing was carried over: {}", obstacles.join("; "));
    let obstacles = obstacles.iter().map(String::as_str);
    Failure::new(Code::GateBlocked, message)
        .fact("obstacles", obstacles.collect::<Value>())
        .hint(HINT)
}

impl Look<'_> {
    fn carry(&self, name: &str, action: &ActionName, found: &mut Found) -> Result<(), Failure> {
        let reading = match self.facts.read_id(name) {
            Ok(reading) => reading,
            Err(failure) if failure.code == Code::NotFound => {
                let warning = format!("`{name}` bears no id of these rules; it is left as it is");
                found.warnings.push(warning);
                return Ok(());
            }
            Err(failure) => return Err(failure),
        };
        let location = self.facts.locate(&reading)?;
        let Some(life) = self.facts.rules.life_of(reading.doctype) else {
            return Ok(());
        };
        let Some((status, marks)) = self.stored(&location, life)? else {
            let misplaced = self.facts.recorded_where_it_is_sought(name).err();
            found
                .obstacles
                .extend(misplaced.map(|failure| failure.message.clone()));
            return Ok(());
        };
        let id = &reading.id;
        if life.state(&status).is_none() && life.renamed(&status).is_none() {
            let shown = status.as_str().escape_debug();
            let obstacle = format!("{id} is in `{shown}`, which is no state of `{}`", life.name);
            found.obstacles.push(obstacle);
            return Ok(());
        }
        let Some(after) = self.facts.standing(&reading, &location)? else {
            return Ok(());
        };
        let textless = self.facts.has_a_text(&location, &after).err();
        found
            .obstacles
            .extend(textless.map(|failure| failure.message.clone()));
        let is_renamed = after.document.status != status || !marks.is_empty();
        if !is_renamed && !self.is_asked_otherwise(&after)? {
            return Ok(());
        }
        let mut events = life.events.iter();
        let event = events.find(|rule| rule.by.as_ref() == Some(&action.verb));
        let Some(event) = event else {
            let obstacle = format!(
                "`{}` has no event that is logged `by={}`",
                life.name, action.verb
            );
            found.obstacles.push(obstacle);
            return Ok(());
        };
        let asked = after.document.pending.clone();
        if !asked.is_empty() && self.facts.awaits(&after).is_none() {
            let to = &after.document.status;
            let obstacle = format!("{id} awaits answers, and `{to}` awaits none");
            found.obstacles.push(obstacle);
            return Ok(());
        }
        let after = self.facts.with_authorship(&location, after)?;
        if is_renamed {
            let broken = self.broken_there(&after, action);
            if broken.is_empty() {
                found.renamed.push((after.clone(), location.trail()?));
            }
            found.obstacles.extend(broken);
        }
        let carried = Carried {
            id: id.clone(),
            from: status,
            to: after.document.status.clone(),
            marks,
            asked,
        };
        let change = self.change(after, &carried, event, found)?;
        found.changes.push((change, location));
        found.carried.push(carried);
        Ok(())
    }

    /// Tells whether somebody is asked about a document in the words of other rules.
    fn is_asked_otherwise(&self, standing: &Standing) -> Result<bool, Failure> {
        let Some(awaits) = self.facts.awaits(standing) else {
            return Ok(false);
        };
        for name in &standing.document.pending {
            let heads = self.questions(name, &standing.document.id)?;
            if heads.iter().any(|head| awaits.stage != *head.workflow_type) {
                return Ok(true);
            }
        }
        Ok(false)
    }

    /// Returns the status as the record says it, and the marks that it bears under earlier names.
    fn stored(
        &self,
        location: &Location,
        life: &Workflow,
    ) -> Result<Option<(Status, Vec<RenamedMark>)>, Failure> {
        let path = location.meta()?;
        let Some(record) = self.facts.view.read(&path, LARGEST)? else {
            return Ok(None);
        };
        let record = json::object(&path, &record)?;
        let Some(status) = record.get("status").and_then(Value::as_str) else {
            return Ok(None);
        };
        let bears = |mark: &Mark| record.get(mark.as_str()) == Some(&Value::Bool(true));
        let marks = life.renamed_marks(bears);
        Ok(Some((Status::new(status.to_owned()), marks)))
    }

    fn change(
        &self,
        after: Standing,
        carried: &Carried,
        event: &EventRule,
        found: &mut Found,
    ) -> Result<Change, Failure> {
        let mut before = after.document.clone();
        before.status = carried.from.clone();
        for RenamedMark { was, is } in &carried.marks {
            before.set_mark(is, false);
            before.set_mark(was, true);
        }
        let line = Event {
            name: event.name.clone(),
            user: self.actor.name.clone(),
            version: after.document.version,
            facts: event
                .records
                .iter()
                .filter_map(|(key, fact)| Some((key.clone(), known(fact, carried, &after)?)))
                .collect(),
            ledger: event.ledger.clone(),
        };
        let mut steps = vec![Step::Append(line), Step::PutMeta];
        if !carried.asked.is_empty() {
            steps.push(Step::DropTasks(None));
        }
        for name in &carried.asked {
            steps.extend(self.asked_anew(name, &after, found)?);
        }
        Ok(Change {
            before: Some(before),
            after,
            steps,
            taken: Vec::new(),
        })
    }

    /// Returns the question to somebody in the words of today, from whom it was.
    fn asked_anew(
        &self,
        to: &UserName,
        after: &Standing,
        found: &mut Found,
    ) -> Result<Option<Step>, Failure> {
        let Some(awaits) = self.facts.awaits(after) else {
            return Ok(None);
        };
        let document = &after.document;
        let mut from = None;
        for head in self.questions(to, &document.id)? {
            from = head.assigned_by.map(UserName::new).or(from);
            found.stages.push(Stage::new(head.workflow_type));
        }
        let from = from.unwrap_or_else(|| self.actor.name.clone());
        Ok(Some(Step::GiveTask(awaits.task(
            document,
            from,
            to.clone(),
        ))))
    }
}

impl Look<'_> {
    /// Returns what somebody is asked about a document, as the files of their inbox say it.
    pub(super) fn questions(&self, to: &UserName, id: &DocId) -> Result<Vec<TaskHead>, Failure> {
        let inbox = layout::inbox(to)?;
        let mut heads = Vec::new();
        for entry in self.facts.view.list(&inbox)? {
            if !entry.name.starts_with(&task::prefix(id)) || entry.kind != Kind::File {
                continue;
            }
            let bytes = self.facts.view.read(&inbox.join(&entry.name)?, LARGEST)?;
            let head = read_task(&String::from_utf8_lossy(&bytes.unwrap_or_default()));
            heads.extend(head.filter(|head| *id == *head.doc_id));
        }
        Ok(heads)
    }
}

/// Returns a fact that the event bears; none where a carrying over has nothing to say of it.
fn known(fact: &Fact, carried: &Carried, after: &Standing) -> Option<Value> {
    match fact {
        Fact::FromStatus => Some(carried.from.as_str().into()),
        Fact::ToStatus => Some(carried.to.as_str().into()),
        Fact::Title => Some(after.title.as_str().into()),
        Fact::DocId => Some(carried.id.as_str().into()),
        Fact::Assignees
        | Fact::Outcome
        | Fact::Stage
        | Fact::Fixes
        | Fact::TrailDigest
        | Fact::FromVersion
        | Fact::OfCode(_)
        | Fact::Argument(_) => None,
    }
}
