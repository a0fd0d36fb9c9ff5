//! How a situation came about: the way back to a birth, told forwards.

use super::explore::{Explorer, Way};
use super::{Fault, FaultKind, Story, StoryStep};
use crate::interpreter::Change;
use crate::model::Status;

impl Explorer<'_> {
    /// Reports what must not be, once for each kind and place.
    pub(super) fn blame(
        &mut self,
        kind: FaultKind,
        from: Option<usize>,
        way: &Way,
        change: &Change,
    ) {
        let origin = change
            .taken
            .last()
            .map_or(self.life.workflow.origin, |taken| taken.rule);
        let is_known = |fault: &Fault| fault.kind == kind && fault.origin == origin;
        if self.faults.iter().any(is_known) {
            return;
        }
        let status = &change.after.document.status;
        let message = match kind {
            FaultKind::ApprovedTextLost => {
                "an approved text is lost: it lies nowhere, and is not archived".to_owned()
            }
            FaultKind::ArchiveRewritten => {
                "a version that is archived already is archived again, with another text".to_owned()
            }
            FaultKind::VersionAstray => {
                "what lies here bears a version that neither record nor trail would tell".to_owned()
            }
            FaultKind::CopyAstray => {
                "a copy is held by somebody who does not own the document".to_owned()
            }
            FaultKind::RestsInPassing | FaultKind::Stranded | FaultKind::Unjudged => {
                format!("a document rests in {status}, where it may only pass")
            }
        };
        let story = self.story(from, way, status);
        self.faults.push(Fault {
            kind,
            origin,
            message,
            story: Some(story),
        });
    }

    /// Returns the shortest way to a situation, and one step further.
    pub(super) fn story(&self, from: Option<usize>, way: &Way, leads_to: &Status) -> Story {
        let mut steps = vec![self.step(way, leads_to)];
        let mut here = from;
        while let Some(found) = here.and_then(|index| self.found.get(index)) {
            let (before, way) = &found.came;
            steps.push(self.step(way, &found.node.standing.document.status));
            here = *before;
        }
        steps.reverse();
        Story { steps }
    }

    /// Returns the shortest way to a situation.
    pub(super) fn story_to(&self, index: usize) -> Option<Story> {
        let found = self.found.get(index)?;
        let (before, way) = &found.came;
        Some(self.story(*before, way, &found.node.standing.document.status))
    }

    fn step(&self, way: &Way, leads_to: &Status) -> StoryStep {
        let (who, what) = match way {
            Way::Born(name) => (name.to_string(), "create".to_owned()),
            Way::Asked(number, request) => match self.moves.get(*number) {
                Some(moved) => (moved.actor.to_string(), moved.words_of(*request)),
                None => (String::new(), String::new()),
            },
            Way::Written(name) => (name.to_string(), "(writes something new)".to_owned()),
            Way::Reacted(number) => match self.causes.get(*number) {
                Some(cause) => {
                    let actor = cause.request.actor.name.to_string();
                    let name = &cause.reaction.name;
                    (actor, format!("(acts on its parent: {name})"))
                }
                None => (String::new(), String::new()),
            },
        };
        StoryStep {
            who,
            what,
            leads_to: leads_to.clone(),
        }
    }
}
