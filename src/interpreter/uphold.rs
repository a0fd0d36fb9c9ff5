//! What is always true stays true, or the action is refused. A proof only watches.

use super::refusal::{Reason, Refusal};
use super::situation::Situation;
use super::snapshot::Standing;
use crate::definitions::Rulebook;
use crate::definitions::workflow::{Invariant, Occasion};
use crate::model::{Code, Request, Roster, Verb};

/// What is done about invariants.
#[derive(Clone, Debug)]
pub enum Watch<'a> {
    /// What would break one is refused.
    Upheld,
    /// Nothing is refused: what was looked at is only noted.
    Noted(Vec<Noted<'a>>),
}

/// An invariant that was looked at.
#[derive(Clone, Copy, Debug)]
pub struct Noted<'a> {
    /// Which.
    pub invariant: &'a Invariant,
    /// Whether it held.
    pub held: bool,
}

impl<'a> Watch<'a> {
    /// Tells whether nothing is written for anybody to read: a proof asks who did what, not what was said of it.
    #[must_use]
    pub fn only_notes(&self) -> bool {
        matches!(self, Self::Noted(_))
    }

    /// Returns what was noted so far, and forgets it.
    pub fn take(&mut self) -> Vec<Noted<'a>> {
        match self {
            Self::Noted(noted) => std::mem::take(noted),
            Self::Upheld => Vec::new(),
        }
    }
}

/// Returns how each invariant stands that is looked at where a document rests, whatever was before.
///
/// # Errors
/// The document's type is none of the rulebook's.
pub fn at_rest<'a>(
    rules: &'a Rulebook,
    standing: &'a Standing,
    roster: &'a Roster,
    request: &'a Request,
) -> Result<Vec<Noted<'a>>, Refusal> {
    let mut situation = Situation::around(rules, standing, &[], roster, request)?;
    situation.before = None;
    situation.watch = Watch::Noted(Vec::new());
    situation.uphold()?;
    Ok(situation.watch.take())
}

impl<'a> Situation<'a> {
    /// Checks what must hold at rest. What failed before already is the record's fault and blocks nothing.
    ///
    /// # Errors
    /// The invariants that would break.
    pub fn uphold(&mut self) -> Result<(), Refusal> {
        if self.erased {
            return Ok(());
        }
        let status = &self.now.document.status;
        let concerned = concerned(self, |occasion| match occasion {
            Occasion::In(states) => states.contains(status),
            Occasion::Entering(_) | Occasion::Doing(_) => false,
        });
        let mut earlier = None;
        self.look_at(concerned, |now, invariant| {
            now.holds_all(&invariant.holds) || {
                let earlier = earlier.get_or_insert_with(|| now.earlier());
                let earlier = earlier.as_ref();
                earlier.is_some_and(|earlier| !earlier.keeps_at_rest(invariant))
            }
        })
    }

    /// Checks what must hold whenever a verb is done.
    pub(super) fn uphold_doing(&mut self, verb: &Verb) -> Result<(), Refusal> {
        let concerned = concerned(self, |occasion| match occasion {
            Occasion::Doing(verbs) => verbs.contains(verb),
            Occasion::In(_) | Occasion::Entering(_) => false,
        });
        self.look_at(concerned, |now, invariant| now.holds_all(&invariant.holds))
    }

    /// Checks what must hold at each arm into the state just reached.
    pub(super) fn uphold_entering(&mut self) -> Result<(), Refusal> {
        let status = &self.now.document.status;
        let concerned = concerned(self, |occasion| match occasion {
            Occasion::Entering(states) => states.contains(status),
            Occasion::In(_) | Occasion::Doing(_) => false,
        });
        self.look_at(concerned, |now, invariant| now.holds_all(&invariant.holds))
    }

    /// Looks at invariants: notes how each stands, or refuses what would break one.
    fn look_at(
        &mut self,
        concerned: Vec<&'a Invariant>,
        mut holds: impl FnMut(&Self, &Invariant) -> bool,
    ) -> Result<(), Refusal> {
        let mut looked_at = Vec::new();
        for invariant in concerned {
            let held = holds(self, invariant);
            looked_at.push(Noted { invariant, held });
        }
        match &mut self.watch {
            Watch::Noted(noted) => {
                noted.append(&mut looked_at);
                Ok(())
            }
            Watch::Upheld => {
                let broken = looked_at.iter().filter(|noted| !noted.held);
                refuse(broken.map(|noted| noted.invariant))
            }
        }
    }

    /// Returns the situation before the action; none at a birth.
    fn earlier(&self) -> Option<Self> {
        let standing = self.before?;
        let mut earlier = self.clone();
        earlier.now = standing.clone();
        Some(earlier)
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

/// Returns the invariants that are looked at on an occasion.
fn concerned<'a>(
    situation: &Situation<'a>,
    is_met: impl Fn(&Occasion) -> bool,
) -> Vec<&'a Invariant> {
    let invariants = situation.workflow.invariants.iter();
    invariants
        .filter(|invariant| invariant.occasions.iter().any(&is_met))
        .collect()
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
