//! Whether a document may stand where it would be carried to: nothing comes into force, or anywhere else that judgement
//! leads to, by a change of names.

use std::collections::BTreeMap;

use super::Found;
use crate::analysis::prove::stance::Shown;
use crate::error::Failure;
use crate::interpreter::Standing;
use crate::interpreter::uphold::at_rest;
use crate::model::{ActionName, Request};
use crate::services::look::Look;
use crate::services::proving::stances;
use crate::store::trail;

impl Look<'_> {
    /// Returns what is always true of a state, and would not be of a document that is carried to it.
    pub(super) fn broken_there(&self, after: &Standing, action: &ActionName) -> Vec<String> {
        let document = &after.document;
        let request = Request {
            actor: self.actor.clone(),
            action: action.clone(),
            target: document.id.clone(),
            arguments: BTreeMap::new(),
            at: self.at,
            in_principle: false,
        };
        let noted = at_rest(self.facts.rules, after, &self.roster, &request).unwrap_or_default();
        let broken = noted.iter().filter(|noted| !noted.held);
        let (id, to) = (&document.id, &document.status);
        let broken = broken.map(|noted| {
            let sentence = &noted.invariant.sentence;
            format!("{id} would be carried to `{to}`, where this is always true: {sentence}")
        });
        broken.collect()
    }

    /// Looks whether what comes under another name stands as the rules let documents stand there. A record of the
    /// earlier tool may do otherwise, and is carried as it is.
    pub(super) fn compare_with_proofs(&self, found: &mut Found) -> Result<(), Failure> {
        let rules = self.facts.rules;
        if found.renamed.is_empty() {
            return Ok(());
        }
        let Some(stances) = stances(rules) else {
            let warning = "there are too many situations to prove where documents may stand; none was compared with them";
            found.warnings.push(warning.to_owned());
            return Ok(());
        };
        for (standing, trail) in &found.renamed {
            if stances.include(rules, standing) {
                continue;
            }
            let (id, to) = (&standing.document.id, &standing.document.status);
            let how = format!(
                "to `{to}` as no document of these rules does: {}",
                Shown(standing)
            );
            let last = trail::last(self.facts.view, trail)?;
            if last.is_some_and(|line| line.is_sealed()) {
                found.obstacles.push(format!("{id} would come {how}"));
            } else {
                found.warnings.push(format!("{id} comes {how}"));
            }
        }
        Ok(())
    }
}
