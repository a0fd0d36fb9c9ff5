//! What a trail of code bears: commits, trees, results, and whose code it contains.

use std::collections::{BTreeMap, BTreeSet};

use git2::Oid;
use serde_json::{Map, Value, json};

use super::Finder;
use crate::definitions::vocabulary::CodeFact;
use crate::error::Failure;
use crate::services::governance::environment::test_environments;

impl Finder<'_> {
    /// Returns a fact about a commit, or nothing where it has nothing to say.
    pub(super) fn fact(
        &self,
        fact: CodeFact,
        commit: Option<Oid>,
    ) -> Result<Option<Value>, Failure> {
        let hash = |commit: Oid| Value::from(commit.to_string());
        Ok(match (fact, commit) {
            (CodeFact::Commit, commit) => commit.map(hash),
            (CodeFact::Production, _) => self.production.map(hash),
            (CodeFact::Results, _) => self.results(),
            (CodeFact::Trees, Some(commit)) if self.codebase.commit(commit).is_ok() => {
                Some(self.tree_ids(commit)?)
            }
            (CodeFact::FedBy, Some(commit)) => self.fed_by(commit)?,
            (CodeFact::Trees | CodeFact::FedBy, _) => None,
        })
    }

    fn tree_ids(&self, commit: Oid) -> Result<Value, Failure> {
        let paths = &self.system.paths;
        let trees = self.codebase.trees(commit, paths)?;
        let each = paths.iter().zip(trees).map(|(path, tree)| {
            let id = tree.map(|lying| lying.id.to_string());
            (path.clone(), json!(id))
        });
        Ok(Value::Object(each.collect::<Map<_, _>>()))
    }

    /// Returns the other test environments whose last commit this one comes after, and what is in use does not.
    fn fed_by(&self, commit: Oid) -> Result<Option<Value>, Failure> {
        let mut tips = BTreeMap::new();
        for test in test_environments(self.codebase, std::slice::from_ref(self.system))? {
            if test != *self.test
                && let Some(tip) = self.codebase.tip(&test.branch)?
            {
                tips.insert(test.name().to_owned(), tip);
            }
        }
        let wanted = tips.values().copied().collect();
        let within = self.codebase.reached(commit, &wanted)?;
        let in_use = match self.production {
            Some(production) => self.codebase.reached(production, &wanted)?,
            None => BTreeSet::new(),
        };
        let feeding = tips.into_iter();
        let feeding = feeding.filter(|(_, tip)| within.contains(tip) && !in_use.contains(tip));
        let names: Vec<_> = feeding.map(|(name, _)| name).collect();
        Ok((!names.is_empty()).then(|| names.into()))
    }
}
