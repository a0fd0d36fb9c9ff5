//! Finding out what the rules ask of code, and what they write down of it.
//!
//! Branches are looked at once, results are read once: what is judged is what is recorded.

mod recording;
mod tested;

use std::collections::{BTreeMap, BTreeSet};

use git2::Oid;
use serde_json::Value;

use super::{Life, Stand, asked, asks, is_so};
use crate::definitions::pattern::Bindings;
use crate::definitions::vocabulary::{Evidence, Fact};
use crate::definitions::workflow::Action;
use crate::error::Failure;
use crate::interpreter::snapshot::{CodeSeen, Shown};
use crate::model::{ActionName, Argument, ArgumentName, Code, DoctypeName, Status};
use crate::services::facts::Facts;
use crate::services::governance::codebase::Codebase;
use crate::services::governance::environment::TestEnvironment;
use crate::store::systems::System;
use tested::Tested;

/// What the trail records of a commit: the id of what lies at each path.
const TREES: &str = "trees";

/// Finds out about the code of a test environment.
pub(in crate::services::governance) struct Finder<'f> {
    codebase: &'f Codebase,
    facts: &'f Facts<'f>,
    system: &'f System,
    /// The test environment.
    pub(in crate::services::governance) test: &'f TestEnvironment,
    /// Where its code stands.
    pub(in crate::services::governance) stand: &'f Stand,
    arguments: &'f BTreeMap<ArgumentName, Argument>,
    /// The last commit of the branch in use.
    production: Option<Oid>,
    /// The last commit of the test environment's branch.
    pub(in crate::services::governance) tip: Option<Oid>,
    tested: BTreeMap<ArgumentName, Tested>,
}

impl<'f> Finder<'f> {
    /// Looks at the branches of a test environment and of what is in use.
    ///
    /// # Errors
    /// `io`.
    pub(in crate::services::governance) fn new(
        (codebase, facts): (&'f Codebase, &'f Facts<'f>),
        system: &'f System,
        test: &'f TestEnvironment,
        stand: &'f Stand,
        arguments: &'f BTreeMap<ArgumentName, Argument>,
    ) -> Result<Self, Failure> {
        Ok(Self {
            production: codebase.tip(&system.production_branch)?,
            tip: codebase.tip(&test.branch)?,
            codebase,
            facts,
            system,
            test,
            stand,
            arguments,
            tested: BTreeMap::new(),
        })
    }

    /// Returns what an action asks, and what its events record.
    pub(super) fn seen(mut self, life: &Life<'_>, name: &ActionName) -> Result<CodeSeen, Failure> {
        let mut seen = CodeSeen::default();
        let found = life
            .workflow()
            .and_then(|workflow| Some((workflow, workflow.action(name)?)));
        let Some((workflow, action)) = found else {
            return Ok(seen);
        };
        self.read_results(action)?;
        // Who asks for a test environment speaks of what stands there now; else of what was named in it last.
        let commit = if asks(action).any(|evidence| *evidence == Evidence::InTest) {
            self.tip
        } else {
            self.named()?
        };
        for evidence in asked(workflow, action) {
            let shown = self.evidence(evidence, commit)?;
            seen.evidence.insert(evidence.clone(), shown);
        }
        let events = action.lines();
        let events = events.filter_map(|line| workflow.event(line.effect.logs()?.as_str()));
        for (_, fact) in events.flat_map(|event| &event.records) {
            if let Fact::OfCode(fact) = fact
                && let Some(value) = self.fact(*fact, commit)?
            {
                seen.facts.insert(*fact, value);
            }
        }
        Ok(seen)
    }

    fn read_results(&mut self, action: &Action) -> Result<(), Failure> {
        for evidence in asks(action) {
            if let Evidence::Passed(name) = evidence
                && let Some(Argument::Text(path)) = self.arguments.get(name)
            {
                self.tested.insert(name.clone(), Tested::read(path)?);
            }
        }
        Ok(())
    }

    /// Returns the commit that the trail names last.
    pub(in crate::services::governance) fn named(&self) -> Result<Option<Oid>, Failure> {
        let Some(hash) = self.stand.last("commit").and_then(Value::as_str) else {
            return Ok(None);
        };
        Oid::from_str(hash).map(Some).map_err(|_| {
            let message = format!(
                "the trail of `{}` names `{}`, which is no commit",
                self.test.name(),
                hash.escape_debug()
            );
            Failure::new(Code::Integrity, message)
        })
    }

    /// Tells whether something is so.
    pub(in crate::services::governance) fn evidence(
        &self,
        evidence: &Evidence,
        commit: Option<Oid>,
    ) -> Result<Shown, Failure> {
        match evidence {
            // Of texts, not of code.
            Evidence::ReferencesResolve => Ok(is_so(false, "", "code has no text under control")),
            Evidence::InTest => self.in_test(),
            Evidence::Documents(types, state) => self.documents(types, state),
            Evidence::Authorised(name) => self.authorised(name),
            Evidence::Passed(name) => Ok(self.passed(name)),
            Evidence::Merged => self.merged(commit),
            Evidence::Identical => self.identical(commit),
        }
    }

    fn in_test(&self) -> Result<Shown, Failure> {
        let branch = &self.test.branch;
        let Some(tip) = self.tip else {
            let message = format!("there is no branch `{branch}` here");
            return Ok(is_so(false, "", message));
        };
        let stands = format!("`{branch}` stands at {}", self.short(tip));
        let production = &self.system.production_branch;
        let nothing = format!("{stands}, and has nothing that `{production}` has not");
        Ok(is_so(!self.is_in_use(tip)?, stands, nothing))
    }

    fn is_in_use(&self, commit: Oid) -> Result<bool, Failure> {
        let Some(production) = self.production else {
            return Ok(false);
        };
        let reached = self.codebase.reached(production, &[commit].into())?;
        Ok(!reached.is_empty())
    }

    fn merged(&self, commit: Option<Oid>) -> Result<Shown, Failure> {
        let Some(commit) = commit else {
            return Ok(is_so(false, "", "no commit was named yet"));
        };
        let short = self.short(commit);
        Ok(is_so(
            self.is_in_use(commit)?,
            format!("{short} is on `{}`", self.system.production_branch),
            format!("{short} is not on `{}`", self.system.production_branch),
        ))
    }

    fn short(&self, commit: Oid) -> String {
        self.codebase
            .short(commit)
            .unwrap_or_else(|_| commit.to_string())
    }

    /// Returns the paths that are compared: those of the system, and those that were recorded when the commit was
    /// named, whatever the configuration says by now.
    fn paths(&self) -> Vec<String> {
        let recorded = self.stand.last(TREES).and_then(Value::as_object);
        let recorded = recorded.into_iter().flat_map(|trees| trees.keys().cloned());
        let all: BTreeSet<String> = self.system.paths.iter().cloned().chain(recorded).collect();
        all.into_iter().collect()
    }

    fn identical(&self, commit: Option<Oid>) -> Result<Shown, Failure> {
        let (Some(commit), Some(production)) = (commit, self.production) else {
            return Ok(is_so(false, "", "there is no commit to compare"));
        };
        if self.codebase.commit(commit).is_err() {
            let message = format!("{commit} is not in this repository");
            return Ok(is_so(false, "", message));
        }
        let paths = self.paths();
        let tested = self.codebase.trees(commit, &paths)?;
        let used = self.codebase.trees(production, &paths)?;
        let (mut same, mut differing) = (Vec::new(), Vec::new());
        for (path, (tested, used)) in paths.iter().zip(tested.iter().zip(&used)) {
            match (tested, used) {
                (Some(tested), Some(used)) if tested == used => {
                    same.push(format!("{path} is {}", self.short(used.id)));
                }
                (None, None) => differing.push(format!("there is no {path}")),
                _ => differing.push(format!("{path} differs")),
            }
        }
        let (tested, used) = (self.short(commit), self.short(production));
        Ok(is_so(
            differing.is_empty(),
            format!("{} in {tested} and in {used}", same.join(", ")),
            format!("{} between {tested} and {used}", differing.join(", ")),
        ))
    }

    fn documents(&self, types: &[DoctypeName], state: &Status) -> Result<Shown, Failure> {
        let bindings = Bindings {
            namespace: Some(self.system.namespace.clone()),
            ..Bindings::default()
        };
        let (mut shown, mut lacking) = (Vec::new(), Vec::new());
        for name in types {
            let doctype = self.facts.rules.doctype(name);
            let id = doctype
                .and_then(|doctype| doctype.id.fill(&bindings))
                .unwrap_or_default();
            match self.facts.document(&id) {
                Ok((_, standing)) if standing.document.status == *state => {
                    shown.push(format!("{id} v{} is {state}", standing.document.version));
                }
                Ok((_, standing)) => {
                    lacking.push(format!("{id} is {}, not {state}", standing.document.status));
                }
                Err(failure) if failure.code == Code::NotFound => {
                    lacking.push(format!("there is no {id}"));
                }
                Err(failure) => return Err(failure),
            }
        }
        Ok(is_so(
            lacking.is_empty(),
            shown.join(", "),
            lacking.join(", "),
        ))
    }

    fn authorised(&self, name: &ArgumentName) -> Result<Shown, Failure> {
        let Some(id) = self.given(name) else {
            return Ok(is_so(false, "", format!("no {name} was named yet")));
        };
        let (location, standing) = match self.facts.document(&id) {
            Ok(found) => found,
            Err(failure) if failure.code == Code::NotFound => {
                return Ok(is_so(false, "", format!("there is no document `{id}`")));
            }
            Err(failure) => return Err(failure),
        };
        let status = &standing.document.status;
        let state = self
            .facts
            .life_of(&standing)
            .and_then(|life| life.state(status));
        let id = &location.id;
        Ok(is_so(
            state.is_some_and(|state| state.authorises),
            format!("{id} is {status}"),
            format!("{id} is {status}, and authorises nothing"),
        ))
    }

    /// Returns what was given under a name, or, where nothing is, what the trail says under it.
    fn given(&self, name: &ArgumentName) -> Option<String> {
        match self.arguments.get(name) {
            Some(Argument::Text(text)) => Some(text.clone()),
            Some(_) => None,
            None => self.stand.last(name.as_str())?.as_str().map(str::to_owned),
        }
    }
}
