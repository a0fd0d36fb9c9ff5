//! Qualification: where the code of each test environment stands, and what moves it on.
//!
//! There is no record: a trail of its own below `QMS/.audit/code/` says where it stands, and each line bears what
//! was found in git and in the records of the namespace at that moment. What the rules ask to know is found here
//! and handed to the same interpreter that decides about documents.

mod finding;

use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};

use super::codebase::Codebase;
use super::environment::{self, TestEnvironment, test_environments};
use crate::definitions::pattern::Bindings;
use crate::definitions::vocabulary::{CodeFact, Evidence, Fact};
use crate::definitions::workflow::Action;
use crate::definitions::{Doctype, Rulebook, Workflow};
use crate::error::Failure;
use crate::interpreter::birth::bear;
use crate::interpreter::situation::check_arguments;
use crate::interpreter::snapshot::{CodeSeen, Shown};
use crate::interpreter::{Birth, Plan, Snapshot, Standing, decide};
use crate::model::{
    ActionName, Argument, ArgumentName, Code, DocId, Document, Request, Status, TypeWord, Version,
};
use crate::services::desk::{Desk, Supplied};
use crate::services::look::Look;
use crate::services::terms::check_texts;
use crate::store::layout::{self, Location};
use crate::store::systems::{self, System};
use crate::store::trail::{self, TrailLine};
use crate::store::view::View;
pub(super) use finding::Finder;

/// Something that is done with the code of a test environment.
#[derive(Clone, Debug)]
pub struct CodeAct {
    /// What.
    pub action: ActionName,
    /// With which, as `SYSTEM-NNN`.
    pub name: String,
    /// What it is given.
    pub arguments: BTreeMap<ArgumentName, Argument>,
    /// Decide and show, change nothing.
    pub dry_run: bool,
}

/// What was done, or would be.
#[derive(Clone, Debug)]
pub struct Moved {
    /// The test environment.
    pub test: TestEnvironment,
    /// The plan.
    pub plan: Plan,
    /// What went not quite right.
    pub warnings: Vec<String>,
}

/// The rules of qualification.
pub(super) struct Life<'r> {
    rules: Cow<'r, Rulebook>,
    name: crate::model::WorkflowName,
}

impl<'r> Life<'r> {
    /// Returns the rules of qualification; none where an organization has none.
    pub(super) fn of(rules: &'r Rulebook) -> Option<Self> {
        let name = rules.code_workflows.first()?.name.clone();
        let rules = rules.with_code();
        Some(Self { rules, name })
    }

    fn found(rules: &'r Rulebook) -> Result<Self, Failure> {
        Self::of(rules).ok_or_else(|| {
            let message = "these rules do not say how code is qualified";
            Failure::new(Code::NotFound, message).hint("a workflow with `subject code` says so")
        })
    }

    pub(super) fn workflow(&self) -> Option<&Workflow> {
        self.rules.workflow(&self.name)
    }

    fn doctype(&self) -> Option<&Doctype> {
        let mut doctypes = self.rules.doctypes.iter();
        doctypes.find(|doctype| doctype.workflow == self.name)
    }

    fn broken(&self) -> Failure {
        let message = format!("`{}` is not whole", self.name);
        Failure::new(Code::DefinitionsInvalid, message)
    }
}

/// Where the code of a test environment stands, as its trail says.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Stand {
    pub(super) status: Status,
    pub(super) version: Version,
    pub(super) lines: Vec<TrailLine>,
}

impl Stand {
    pub(super) fn of(
        life: &Life<'_>,
        view: &View<'_>,
        test: &TestEnvironment,
    ) -> Result<Self, Failure> {
        let workflow = life.workflow().ok_or_else(|| life.broken())?;
        let entry = workflow.entries.first().ok_or_else(|| life.broken())?;
        let path = layout::code_trail(test.name())?;
        let lines = trail::read(view, &path)?.unwrap_or_default();
        let told = lines.iter().rev();
        let mut told = told.filter_map(|line| line.recorded(workflow, &Fact::ToStatus));
        let status = told
            .next()
            .map(|status| workflow.present_name(&Status::new(status.to_owned())));
        let version = lines.last().and_then(|line| line.version()?.parse().ok());
        Ok(Self {
            status: status.unwrap_or_else(|| entry.to.clone()),
            version: version.unwrap_or(entry.version),
            lines,
        })
    }

    /// Returns what the trail says last under a key.
    pub(super) fn last(&self, key: &str) -> Option<&serde_json::Value> {
        let mut lines = self.lines.iter().rev();
        lines.find_map(|line| line.object.get(key))
    }
}

/// Returns the test environments there are: those with a branch, and those with a trail.
pub(super) fn all(
    codebase: &Codebase,
    view: &View<'_>,
    systems: &[System],
) -> Result<Vec<TestEnvironment>, Failure> {
    let mut tests: BTreeSet<_> = test_environments(codebase, systems)?.into_iter().collect();
    for entry in view.list(&layout::code_trails()?)? {
        let name = entry.name.strip_suffix(".jsonl");
        tests.extend(name.and_then(|name| TestEnvironment::of_name(name, systems)));
    }
    Ok(tests.into_iter().collect())
}

/// Makes the next test environment of a system, as somebody who may, or says which it would be.
///
/// # Errors
/// `unknown_user`, `permission_denied`, `not_found` for a system or a branch that is not there, `gate_blocked` in a
/// test environment, `io`.
pub fn begin(
    desk: &Desk,
    user: &str,
    action: &ActionName,
    system: &str,
    dry_run: bool,
) -> Result<(TestEnvironment, String), Failure> {
    let lock = desk.lock_unless(dry_run)?;
    let view = desk.store().view()?;
    let look = desk.looking(&view, user)?;
    crate::interpreter::authorize::check_group(desk.rules(), &look.roster, &look.actor, action)
        .map_err(|refusal| Failure::refused(desk.rules(), &refusal))?;
    let systems = systems::declared(&view)?;
    let declared = systems.iter().find(|declared| declared.name == system);
    let declared = declared.ok_or_else(|| super::unknown(system, &systems))?;
    look.facts.check_open()?;
    let codebase = Codebase::around(desk.root())?;
    let known = all(&codebase, &view, std::slice::from_ref(declared))?;
    // INVARIANT: a branch without a line is as if it had one; so it does not matter where a process dies.
    let (test, from) = environment::next_test_environment(&codebase, declared, &known, dry_run)?;
    if let (Some(lock), Some(life)) = (&lock, Life::of(desk.rules())) {
        let mut seen = CodeSeen::default();
        seen.facts.insert(CodeFact::Commit, from.to_string().into());
        let plan = born(&life, &look, &test, action, seen)?;
        let location = Location::of_code(test.name());
        let journal = desk.journal(&look, &location, &plan, Supplied::default())?;
        desk.store().commit(lock, &journal)?;
    }
    Ok((test, codebase.short(from)?))
}

fn born(
    life: &Life<'_>,
    look: &Look<'_>,
    test: &TestEnvironment,
    action: &ActionName,
    seen: CodeSeen,
) -> Result<Plan, Failure> {
    let (Some(doctype), Some(entry)) = (
        life.doctype(),
        life.workflow()
            .and_then(|workflow| workflow.entries.first()),
    ) else {
        return Err(life.broken());
    };
    let birth = Birth {
        doctype,
        bindings: Bindings::default(),
        title: test.name().to_owned(),
        parent: None,
        highest: 0,
        is_taken: false,
        roster: look.roster.clone(),
        namespaces: Vec::new(),
        planted: false,
    };
    let id = DocId::new(test.name().to_owned());
    let request = request(look, action.clone(), &id, BTreeMap::new());
    let word = TypeWord::new(life.name.as_str().to_owned());
    bear(&life.rules, &birth, &request, entry, id, &word, seen)
        .map_err(|refusal| Failure::refused(&life.rules, &refusal))
}

fn request(
    look: &Look<'_>,
    action: ActionName,
    target: &DocId,
    arguments: BTreeMap<ArgumentName, Argument>,
) -> Request {
    Request {
        actor: look.actor.clone(),
        action,
        target: target.clone(),
        arguments,
        at: look.at,
        in_principle: false,
    }
}

/// Does something with the code of a test environment, or shows what it would do.
///
/// # Errors
/// `not_found` for one that is not there, the refusal; nothing has changed then.
pub fn act(desk: &Desk, user: &str, act: &CodeAct) -> Result<Moved, Failure> {
    let life = Life::found(desk.rules())?;
    let demands = life
        .workflow()
        .and_then(|workflow| workflow.action(&act.action));
    let demands = demands.into_iter().flat_map(Action::demands);
    check_arguments(demands, &act.action, &act.arguments)
        .map_err(|refusal| Failure::refused(&life.rules, &refusal))?;
    check_texts(&act.arguments)?;
    let lock = desk.lock_unless(act.dry_run)?;
    let view = desk.store().view()?;
    let look = desk.looking(&view, user)?;
    let systems = systems::declared(&view)?;
    let codebase = Codebase::around(desk.root())?;
    let (system, test) = found(&codebase, &view, &systems, &act.name)?;
    let stand = Stand::of(&life, &view, &test)?;

    let id = DocId::new(test.name().to_owned());
    let request = request(&look, act.action.clone(), &id, act.arguments.clone());
    let at = (&codebase, &look.facts);
    let finder = Finder::new(at, system, &test, &stand, &act.arguments)?;
    let seen = Snapshot {
        target: life.standing(&stand, id, finder.seen(&life, &act.action)?)?,
        children: Vec::new(),
        roster: look.roster.clone(),
        closed: environment::closed(&view)?,
    };
    let plan = decide(&life.rules, &seen, &request)
        .map_err(|refusal| Failure::refused(&life.rules, &refusal))?;
    let location = Location::of_code(test.name());
    let journal = desk.journal(&look, &location, &plan, Supplied::default())?;
    let mut warnings = desk.warnings.clone();
    if let Some(lock) = &lock {
        let warning = desk.store().commit(lock, &journal)?;
        warnings.extend(warning.as_ref().map(crate::services::desk::not_yet_applied));
    }
    Ok(Moved {
        test,
        plan,
        warnings,
    })
}

fn found<'s>(
    codebase: &Codebase,
    view: &View<'_>,
    systems: &'s [System],
    name: &str,
) -> Result<(&'s System, TestEnvironment), Failure> {
    let lower = name.to_ascii_lowercase();
    // Its branch names it as well.
    let test = TestEnvironment::of_branch(&lower, systems);
    let test = test.or_else(|| TestEnvironment::of_name(&lower, systems));
    let known = all(codebase, view, systems)?;
    let test = test.filter(|test| known.contains(test));
    let found = test.and_then(|test| {
        let mut systems = systems.iter();
        let system = systems.find(|system| system.name == test.system)?;
        Some((system, test))
    });
    found.ok_or_else(|| {
        let message = format!("there is no test environment `{}`", name.escape_debug());
        Failure::new(Code::NotFound, message).hint(
            "`qms code status` shows those there are; `qms code branch SYSTEM` makes the next one",
        )
    })
}

impl Life<'_> {
    fn standing(&self, stand: &Stand, id: DocId, code: CodeSeen) -> Result<Standing, Failure> {
        let doctype = self.doctype().ok_or_else(|| self.broken())?;
        let word = TypeWord::new(self.name.as_str().to_owned());
        let title = id.to_string();
        let document = Document::new(id, word, stand.status.clone(), stand.version);
        Ok(Standing::without_texts(
            doctype.name.clone(),
            document,
            title,
            code,
        ))
    }
}

/// Returns what an action itself asks of code.
pub(super) fn asks(action: &Action) -> impl Iterator<Item = &Evidence> {
    let asked = action.requires.iter();
    asked.filter_map(|condition| condition.guard.evidence())
}

/// Returns what an action asks of code: by itself, and by what is always true where it leads.
fn asked<'w>(workflow: &'w Workflow, action: &'w Action) -> BTreeSet<&'w Evidence> {
    let arms = action.arms.iter().flat_map(|arm| &arm.conditions);
    let always = workflow.invariants.iter();
    let always = always.flat_map(|invariant| &invariant.holds);
    let further = arms.chain(always);
    let further = further.filter_map(|condition| condition.guard.evidence());
    asks(action).chain(further).collect()
}

/// Returns whether something is so, with what shows it, or why not.
fn is_so(holds: bool, so: impl Into<String>, not: impl Into<String>) -> Shown {
    let why = if holds { so.into() } else { not.into() };
    Shown { holds, why }
}
