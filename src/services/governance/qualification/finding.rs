//! Finding out what the rules ask of code, and what they write down of it.

use std::collections::BTreeMap;
use std::path::Path;

use git2::Oid;
use serde_json::{Map, Value, json};

use super::{Life, Stand, Trees, asked, asks, is_so};
use crate::analysis::traceability::results::{self, Results};
use crate::definitions::pattern::Bindings;
use crate::definitions::vocabulary::{CodeFact, Evidence, Fact};
use crate::error::Failure;
use crate::interpreter::snapshot::{CodeSeen, Shown};
use crate::model::digest::sha256;
use crate::model::{ActionName, Argument, ArgumentName, Code, DoctypeName, Status};
use crate::services::facts::Facts;
use crate::services::governance::codebase::Codebase;
use crate::services::governance::environment::{TestEnvironment, test_environments};
use crate::services::tracing::read_text;
use crate::store::systems::System;

/// Finds out about the code of a test environment.
pub(in crate::services::governance) struct Finder<'f> {
    pub(in crate::services::governance) codebase: &'f Codebase,
    pub(in crate::services::governance) facts: &'f Facts<'f>,
    pub(in crate::services::governance) systems: &'f [System],
    pub(in crate::services::governance) test: &'f TestEnvironment,
    pub(in crate::services::governance) stand: &'f Stand,
    pub(in crate::services::governance) arguments: &'f BTreeMap<ArgumentName, Argument>,
}

impl Finder<'_> {
    /// Returns what an action asks, and what its events record.
    pub(super) fn seen(&self, life: &Life<'_>, name: &ActionName) -> Result<CodeSeen, Failure> {
        let mut seen = CodeSeen::default();
        let found = life
            .workflow()
            .and_then(|workflow| Some((workflow, workflow.action(name)?)));
        let Some((workflow, action)) = found else {
            return Ok(seen);
        };
        let asked = asked(workflow, action);
        // Who asks for a test environment speaks of what stands there now; else of what was named in it last.
        let commit = if asks(action).any(|evidence| *evidence == Evidence::InTest) {
            self.codebase.tip(&self.test.branch)?
        } else {
            self.named()?
        };
        for evidence in asked {
            seen.evidence
                .insert(evidence.clone(), self.evidence(evidence, commit)?);
        }
        let events = action
            .lines()
            .filter_map(|line| workflow.event(line.effect.logs()?.as_str()));
        for (_, fact) in events.flat_map(|event| &event.records) {
            if let Fact::OfCode(fact) = fact
                && let Some(value) = self.fact(*fact, commit)?
            {
                seen.facts.insert(*fact, value);
            }
        }
        Ok(seen)
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

    fn system(&self) -> Option<&System> {
        let mut systems = self.systems.iter();
        systems.find(|system| system.name == self.test.system)
    }

    fn production(&self) -> Result<Option<Oid>, Failure> {
        match self.system() {
            Some(system) => self.codebase.tip(&system.production_branch),
            None => Ok(None),
        }
    }

    fn branch(&self) -> &str {
        self.system().map_or("", |system| &system.production_branch)
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
            Evidence::Passed(name) => self.passed(name),
            Evidence::Merged => self.merged(commit),
            Evidence::Identical => self.identical(commit),
        }
    }

    fn in_test(&self) -> Result<Shown, Failure> {
        let branch = &self.test.branch;
        let Some(tip) = self.codebase.tip(branch)? else {
            return Ok(is_so(
                false,
                "",
                format!("there is no branch `{branch}` here"),
            ));
        };
        let is_in_use = self.is_in_use(tip)?;
        let short = self.codebase.short(tip)?;
        Ok(is_so(
            !is_in_use,
            format!("`{branch}` stands at {short}"),
            format!(
                "`{branch}` stands at {short}, and has nothing that `{}` has not",
                self.branch()
            ),
        ))
    }

    fn is_in_use(&self, commit: Oid) -> Result<bool, Failure> {
        let Some(production) = self.production()? else {
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
            format!("{short} is on `{}`", self.branch()),
            format!("{short} is not on `{}`", self.branch()),
        ))
    }

    fn short(&self, commit: Oid) -> String {
        self.codebase
            .short(commit)
            .unwrap_or_else(|_| commit.to_string())
    }

    fn trees(&self, commit: Oid) -> Result<Trees, Failure> {
        let paths = self.system().map(|system| system.paths.as_slice());
        self.codebase.trees(commit, paths.unwrap_or_default())
    }

    fn identical(&self, commit: Option<Oid>) -> Result<Shown, Failure> {
        let (Some(commit), Some(production)) = (commit, self.production()?) else {
            return Ok(is_so(false, "", "there is no commit to compare"));
        };
        if self.codebase.commit(commit).is_err() {
            let message = format!("{commit} is not in this repository");
            return Ok(is_so(false, "", message));
        }
        let (tested, used) = (self.trees(commit)?, self.trees(production)?);
        let paths = self
            .system()
            .map(|system| system.paths.as_slice())
            .unwrap_or_default();
        let mut differing = Vec::new();
        let mut same = Vec::new();
        for (path, (tested, used)) in paths.iter().zip(tested.iter().zip(&used)) {
            match (tested, used) {
                (Some(tested), Some(used)) if tested == used => {
                    same.push(format!("{path} is {}", self.short(*used)));
                }
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
        let namespace = self.system().map(|system| system.namespace.clone());
        let bindings = Bindings {
            namespace,
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

    fn passed(&self, name: &ArgumentName) -> Result<Shown, Failure> {
        let Some((results, _)) = self.results(name)? else {
            return Ok(self.recorded(name));
        };
        let counts = results.counts();
        let (passed, failed, skipped) = (counts.passed, counts.failed, counts.skipped);
        Ok(is_so(
            passed > 0 && failed == 0,
            format!("{passed} tests passed, {skipped} were left out"),
            match failed {
                0 => "no test passed".to_owned(),
                _ => format!(
                    "{failed} of {} tests failed, {passed} passed",
                    passed + failed
                ),
            },
        ))
    }

    /// Returns what the trail says of tests.
    fn recorded(&self, name: &ArgumentName) -> Shown {
        let results = self.stand.lines.iter().rev();
        let mut results = results.filter_map(|line| line.object.get("results"));
        let passed = results
            .next()
            .and_then(|results| results.get("passed")?.as_u64());
        match passed {
            Some(passed) => is_so(true, format!("{passed} tests passed"), ""),
            None => is_so(false, "", format!("no {name} were recorded yet")),
        }
    }

    fn results(&self, name: &ArgumentName) -> Result<Option<(Results, String)>, Failure> {
        let Some(Argument::Text(path)) = self.arguments.get(name) else {
            return Ok(None);
        };
        let text = read_text(Path::new(path))?;
        let results = results::read(&text).map_err(|error| {
            let message = format!("{path}: {error}");
            Failure::new(Code::InvalidArgument, message)
                .hint("results are read in the form of JUnit")
        })?;
        Ok(Some((results, sha256(text.as_bytes()))))
    }

    fn fact(&self, fact: CodeFact, commit: Option<Oid>) -> Result<Option<Value>, Failure> {
        Ok(match fact {
            CodeFact::Commit => commit.map(|commit| commit.to_string().into()),
            CodeFact::Production => self.production()?.map(|commit| commit.to_string().into()),
            CodeFact::Trees => match commit {
                Some(commit) if self.codebase.commit(commit).is_ok() => {
                    Some(self.tree_ids(commit)?)
                }
                _ => None,
            },
            CodeFact::Results => self.counted()?,
            CodeFact::FedBy => match commit {
                Some(commit) => self.fed_by(commit)?,
                None => None,
            },
        })
    }

    fn tree_ids(&self, commit: Oid) -> Result<Value, Failure> {
        let paths = self
            .system()
            .map(|system| system.paths.as_slice())
            .unwrap_or_default();
        let trees = self.trees(commit)?;
        let each = paths.iter().zip(trees).map(|(path, tree)| {
            let id = tree.map(|tree| tree.to_string());
            (path.clone(), json!(id))
        });
        Ok(Value::Object(each.collect::<Map<_, _>>()))
    }

    /// Returns what came of the tests in the one file that was given.
    fn counted(&self) -> Result<Option<Value>, Failure> {
        for name in self.arguments.keys() {
            let is_file = matches!(self.arguments.get(name), Some(Argument::Text(path)) if Path::new(path).is_file());
            if let Some((results, digest)) =
                is_file.then(|| self.results(name)).transpose()?.flatten()
            {
                let counts = results.counts();
                return Ok(Some(json!({
                    "passed": counts.passed,
                    "failed": counts.failed,
                    "skipped": counts.skipped,
                    "sha256": digest,
                })));
            }
        }
        Ok(None)
    }

    /// Returns the other test environments whose last commit this one comes after, and production does not.
    fn fed_by(&self, commit: Oid) -> Result<Option<Value>, Failure> {
        let own = self.system().map(std::slice::from_ref).unwrap_or_default();
        let mut tips = BTreeMap::new();
        for test in test_environments(self.codebase, own)? {
            if test != *self.test
                && let Some(tip) = self.codebase.tip(&test.branch)?
            {
                tips.insert(test.name().to_owned(), tip);
            }
        }
        let wanted = tips.values().copied().collect();
        let within = self.codebase.reached(commit, &wanted)?;
        let in_use = match self.production()? {
            Some(production) => self.codebase.reached(production, &wanted)?,
            None => std::collections::BTreeSet::new(),
        };
        let feeding = tips.into_iter();
        let feeding = feeding.filter(|(_, tip)| within.contains(tip) && !in_use.contains(tip));
        let names: Vec<_> = feeding.map(|(name, _)| name).collect();
        Ok((!names.is_empty()).then(|| names.into()))
    }
}
