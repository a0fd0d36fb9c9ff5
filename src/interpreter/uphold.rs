//! What is always true stays true, or the action is refused.

use super::refusal::{Reason, Refusal};
use super::situation::Situation;
use crate::definitions::workflow::{Invariant, Occasion};
use crate::model::{Code, Verb};

impl Situation<'_> {
    /// Checks what must hold at rest. What failed before already is the record's fault and blocks nothing.
    ///
    /// # Errors
    /// The invariants that would break.
    pub fn uphold(&self) -> Result<(), Refusal> {
        if self.erased {
            return Ok(());
        }
        let mut broken = self.workflow.invariants.iter().collect::<Vec<_>>();
        broken.retain(|invariant| !self.keeps_at_rest(invariant));
        if let Some(standing) = self.before
            && !broken.is_empty()
        {
            let mut earlier = self.clone();
            earlier.now = standing.clone();
            broken.retain(|invariant| earlier.keeps_at_rest(invariant));
        }
        refuse(broken.into_iter())
    }

    /// Checks what must hold whenever a verb is done.
    pub(super) fn uphold_doing(&self, verb: &Verb) -> Result<(), Refusal> {
        let concerned = self.workflow.invariants.iter().filter(|invariant| {
            invariant
                .occasions
                .iter()
                .any(|occasion| matches!(occasion, Occasion::Doing(verbs) if verbs.contains(verb)))
        });
        refuse(concerned.filter(|invariant| !self.holds_all(&invariant.holds)))
    }

    /// Checks what must hold at each arm into the state just reached.
    pub(super) fn uphold_entering(&self) -> Result<(), Refusal> {
        let status = &self.now.document.status;
        let concerned = self.workflow.invariants.iter().filter(|invariant| {
            invariant.occasions.iter().any(
                |occasion| matches!(occasion, Occasion::Entering(states) if states.contains(status)),
            )
        });
        refuse(concerned.filter(|invariant| !self.holds_all(&invariant.holds)))
    }

    fn keeps_at_rest(&self, invariant: &Invariant) -> bool {
        let status = &self.now.document.status;
        let concerned = invariant
            .occasions
            .iter()
            .any(|occasion| matches!(occasion, Occasion::In(states) if states.contains(status)));
        !concerned || self.holds_all(&invariant.holds)
    }
}

fn refuse<'i>(broken: impl Iterator<Item = &'i Invariant>) -> Result<(), Refusal> {
    let reasons = broken.map(|invariant| {
        Reason::new(
            Code::GateBlocked,
            format!(
                "this would break what is always true: {}",
                invariant.sentence
            ),
        )
        .at(invariant.origin)
    });
    Refusal::from_reasons(reasons.collect()).map_or(Ok(()), Err)
}
