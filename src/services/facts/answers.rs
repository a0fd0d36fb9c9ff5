//! What a trail says was answered, where the record of older days does not (D-54, R-24).

use super::Facts;
use crate::definitions::vocabulary::Fact;
use crate::definitions::{IdReading, Workflow};
use crate::error::Failure;
use crate::interpreter::Standing;
use crate::interpreter::authorship::Authorship;
use crate::model::{Answer, UserName};
use crate::store::layout::Location;
use crate::store::trail::{self, TrailLine};

impl Facts<'_> {
    /// Returns what the trail tells of who wrote the text, and whose answers are about an earlier one.
    pub(super) fn authorship(
        &self,
        location: &Location,
        standing: &Standing,
    ) -> Result<Authorship, Failure> {
        let mut authorship = Authorship::default();
        let Some(workflow) = self.life_of(standing) else {
            return Ok(authorship);
        };
        for line in trail::read(self.view, &location.trail()?)?.unwrap_or_default() {
            let version = line.version().and_then(|version| version.parse().ok());
            let version = version.unwrap_or(standing.document.version);
            authorship.note(workflow, line.event(), line.user(), version);
        }
        Ok(authorship)
    }

    /// Returns what the trail says was answered since anybody was last asked (D-54, R-24).
    pub(super) fn answered_by_trail(
        &self,
        reading: &IdReading<'_>,
        location: &Location,
    ) -> Result<Vec<(UserName, Answer)>, Failure> {
        let Some(workflow) = self.rules.life_of(reading.doctype) else {
            return Ok(Vec::new());
        };
        let lines = trail::read(self.view, &location.trail()?)?.unwrap_or_default();
        let asked = lines.iter().rposition(|line| is_asking(workflow, line));
        let mut answers: Vec<(UserName, Answer)> = Vec::new();
        for line in lines.iter().skip(asked.map_or(0, |index| index + 1)) {
            let Some(word) = line.recorded(workflow, &Fact::Outcome) else {
                continue;
            };
            let user = UserName::new(line.user().to_owned());
            answers.retain(|(known, _)| *known != user);
            answers.push((user, Answer::new(word.to_owned())));
        }
        Ok(answers)
    }
}

/// Tells whether a line asked for answers of the kind that are recorded.
fn is_asking(workflow: &Workflow, line: &TrailLine) -> bool {
    let stage = line.recorded(workflow, &Fact::Stage);
    let Some(stage) = stage else { return false };
    workflow.awaits().any(|awaits| {
        awaits.stage == *stage
            && workflow
                .actions
                .iter()
                .any(|action| action.name.verb == awaits.verb && action.records_outcome())
    })
}
