//! Status: where each system stands, which criterion of its qualification is met and by what, and what comes next.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde::Serialize;
use serde_json::Value;

use super::chosen;
use super::codebase::Codebase;
use super::environment::TestEnvironment;
use super::qualification::{Finder, Life, Stand, all, asks};
use crate::analysis::graph::in_words;
use crate::definitions::Workflow;
use crate::definitions::vocabulary::Evidence;
use crate::definitions::workflow::Action;
use crate::error::Failure;
use crate::model::{Status, Version};
use crate::services::desk::Desk;
use crate::services::facts::Facts;
use crate::store::systems::System;

/// Where a system stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct SystemStatus {
    /// The system.
    pub system: String,
    /// The namespace of its documents.
    pub namespace: String,
    /// The branch in use.
    pub production_branch: String,
    /// Its last commit, where it is here.
    pub production: Option<String>,
    /// Whether some of the history is not here: then what is not found may be so all the same.
    pub is_shallow: bool,
    /// When its governance begins; none where that was never declared.
    pub governed_since: Option<String>,
    /// The test environments whose qualification the code in use still bears out.
    pub qualified_by: Vec<String>,
    /// Its test environments.
    pub environments: Vec<EnvironmentStatus>,
}

/// Where the code of a test environment stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EnvironmentStatus {
    /// Its name, `SYSTEM-NNN`.
    pub name: String,
    /// Its branch.
    pub branch: String,
    /// The branch's last commit, where it is still there.
    pub tip: Option<String>,
    /// Where its code stands.
    pub status: Status,
    /// How often a commit of it was named, and qualified.
    pub version: Version,
    /// The commit that was named last.
    pub commit: Option<String>,
    /// The other test environments it contains.
    pub fed_by: Option<Value>,
    /// What qualification asks, and whether it is so now.
    pub criteria: Vec<Criterion>,
    /// What may come next.
    pub next: Vec<Next>,
}

/// Something that qualification asks.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Criterion {
    /// What.
    pub asked: String,
    /// Whether it is so now.
    pub met: bool,
    /// What shows it, or why not.
    pub evidence: String,
}

/// An action that begins where the code stands.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Next {
    /// The action.
    pub action: String,
    /// Whereto it leads.
    pub to: Option<Status>,
    /// As it is typed.
    pub command: String,
    /// What is still in its way.
    pub lacks: Vec<String>,
}

/// Returns where systems stand: the one named, or all.
///
/// # Errors
/// `not_found` where there is none, `integrity` where a trail is damaged, `io`.
pub fn status(desk: &Desk, name: Option<&str>) -> Result<Vec<SystemStatus>, Failure> {
    let systems = chosen(desk, name)?;
    let codebase = Codebase::around(desk.root())?;
    desk.look_unnamed(|look| {
        let each = systems
            .iter()
            .map(|system| of(desk, &codebase, &look.facts, system));
        each.collect()
    })
}

fn of(
    desk: &Desk,
    codebase: &Codebase,
    facts: &Facts<'_>,
    system: &System,
) -> Result<SystemStatus, Failure> {
    let own = std::slice::from_ref(system);
    let mut environments = Vec::new();
    let mut qualified_by = Vec::new();
    let life = Life::of(desk.rules());
    if let Some((life, workflow)) = life
        .as_ref()
        .and_then(|life| Some((life, life.workflow()?)))
    {
        for test in all(codebase, facts.view, own)? {
            let stand = Stand::of(life, facts.view, &test)?;
            let nothing = BTreeMap::new();
            let finder = Finder::new((codebase, facts), system, &test, &stand, &nothing)?;
            if is_borne_out(workflow, &finder)? {
                qualified_by.push(test.name().to_owned());
            }
            environments.push(environment(workflow, &finder)?);
        }
    }
    let production = codebase.tip(&system.production_branch)?;
    Ok(SystemStatus {
        system: system.name.clone(),
        namespace: system.namespace.clone(),
        production_branch: system.production_branch.clone(),
        production: production.map(|commit| commit.to_string()),
        is_shallow: codebase.is_shallow(),
        governed_since: system.governed_since.clone(),
        qualified_by,
        environments,
    })
}

/// Tells whether everything that was found when code was qualified is still so: what came after may have changed it.
fn is_borne_out(workflow: &Workflow, finder: &Finder<'_>) -> Result<bool, Failure> {
    let leads_here = |action: &&Action| {
        let mut ends = action.arms.iter().filter_map(|arm| arm.to.as_ref());
        let compares = asks(action).any(|evidence| *evidence == Evidence::Identical);
        compares && ends.any(|status| *status == finder.stand.status)
    };
    let mut qualifying = workflow.actions.iter().filter(leads_here).peekable();
    if qualifying.peek().is_none() {
        return Ok(false);
    }
    let commit = finder.named()?;
    for evidence in qualifying.flat_map(asks) {
        if !finder.evidence(evidence, commit)?.holds {
            return Ok(false);
        }
    }
    Ok(true)
}

fn environment(workflow: &Workflow, finder: &Finder<'_>) -> Result<EnvironmentStatus, Failure> {
    let (test, stand) = (finder.test, finder.stand);
    let commit = finder.named()?;
    let mut asked: Vec<&Evidence> = Vec::new();
    for evidence in workflow.actions.iter().flat_map(asks) {
        if !asked.contains(&evidence) {
            asked.push(evidence);
        }
    }
    let is_over = workflow.is_terminal(&stand.status);
    let mut criteria = Vec::new();
    for evidence in asked {
        // Where its life is over, nobody asks any more whether there is something left to test.
        if is_over && *evidence == Evidence::InTest {
            continue;
        }
        let shown = finder.evidence(evidence, commit)?;
        criteria.push(Criterion {
            asked: in_words(evidence),
            met: shown.holds,
            evidence: shown.why,
        });
    }
    let next = workflow.actions.iter();
    let next = next.filter(|action| !is_over && action.begins_in(&stand.status, workflow));
    let next: Result<Vec<_>, _> = next.map(|action| step(workflow, action, finder)).collect();
    Ok(EnvironmentStatus {
        name: test.name().to_owned(),
        branch: test.branch.clone(),
        tip: finder.tip.map(|commit| commit.to_string()),
        status: stand.status.clone(),
        version: stand.version,
        commit: commit.map(|commit| commit.to_string()),
        fed_by: stand.last("fed_by").cloned(),
        criteria,
        next: next?,
    })
}

fn step(workflow: &Workflow, action: &Action, finder: &Finder<'_>) -> Result<Next, Failure> {
    let (test, status): (&TestEnvironment, &Status) = (finder.test, &finder.stand.status);
    let mut arms = action.arms.iter();
    let arm = arms.find(|arm| arm.begins_in(status, workflow));
    let mut command = format!("qms --user NAME code {} {}", action.name, test.name());
    for name in action.demands() {
        let _ = write!(command, " --{name} {}", name.as_str().to_uppercase());
    }
    let commit = finder.named()?;
    let mut lacks = Vec::new();
    // What is only given then cannot be lacking yet.
    for evidence in asks(action).filter(|evidence| evidence.argument().is_none()) {
        let shown = finder.evidence(evidence, commit)?;
        if !shown.holds {
            lacks.push(shown.why);
        }
    }
    Ok(Next {
        action: action.name.to_string(),
        to: arm.and_then(|arm| arm.to.clone()),
        command,
        lacks,
    })
}
