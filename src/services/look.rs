//! One look at a project, by somebody who is known: what is there, and what they may do with it.

use serde_json::Value;

use super::facts::{Facts, Purpose};
use super::next;
use super::seen::SeenTexts;
use crate::analysis::explain::{Prospect, explain};
use crate::error::Failure;
use crate::interpreter::authorize::check_group;
use crate::interpreter::{Snapshot, Standing};
use crate::model::{Moment, Roster, User};
use crate::store::layout::Location;

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
    /// The texts that are remembered, where some are.
    pub seen: Option<&'v SeenTexts>,
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
        let life = self.facts.life_of(&standing);
        let permitted = life.into_iter().flat_map(|workflow| &workflow.actions);
        let names = permitted
            .map(|action| &action.name)
            .filter(|name| check_group(rules, &self.roster, actor, name).is_ok());
        let names: Vec<_> = names.collect();
        let mut seen = self.facts.snapshot(
            location,
            standing,
            &self.roster,
            Purpose::Looking,
            names.into_iter(),
        )?;
        // Who only looks is told that it does not resolve, whatever the reason.
        let _ = self.refer(location, &mut seen, None);
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
