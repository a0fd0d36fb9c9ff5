//! What proofs found, said as findings at their places.

use std::fmt::Write as _;

use super::{Fault, FaultKind, Proof, Story, StoryStep, Verdict};
use crate::definitions::{Finding, Origin, codes};

impl Proof<'_> {
    /// Returns what is wrong with the rules. `told` are the ways that stories of older records take: what no new
    /// document does may still be needed for those.
    #[must_use]
    pub fn findings(&self, told: &[Origin]) -> Vec<Finding> {
        let mut findings = Vec::new();
        for sentence in &self.sentences {
            let origin = sentence.invariant.origin;
            let words = &sentence.invariant.sentence;
            findings.extend(match &sentence.verdict {
                Verdict::Proved => None,
                // The fault that hides the rest is told.
                Verdict::NotProved if self.is_whole => None,
                Verdict::Broken(story) => Some(
                    Finding::new(codes::BROKEN_INVARIANT, origin, format!("not always true: {words}"))
                        .label("this can be broken")
                        .help(format!("the shortest story that breaks it:\n{}", tell(story))),
                ),
                Verdict::NeverMet => Some(
                    Finding::new(codes::IDLE_INVARIANT,
                        origin,
                        format!("no situation ever asks about this: {words}"),
                    )
                    .label("always true for want of an occasion")
                    .help("name states that are reached, or verbs that are done"),
                ),
                Verdict::NotProved => Some(
                    Finding::new(codes::UNPROVED_INVARIANT, origin, format!("not proved: {words}"))
                        .label("holds as far as was looked")
                        .help(format!(
                            "after {} situations there were more; fewer groups, outcomes or marks make fewer",
                            self.situations
                        )),
                ),
            });
        }
        findings.extend(self.faults.iter().map(Fault::finding));
        let unreached = self.unreached.iter().map(|state| {
            let message = format!("no document ever comes to stand in {}", state.name);
            Finding::new(codes::UNREACHED_STATE, state.origin, message)
                .label("no situation leads here")
                .help("an `if` or a `require` stands in every way to it")
        });
        findings.extend(unreached);
        let untaken = self.untaken.iter().filter(|way| !told.contains(way));
        findings.extend(untaken.map(|way| {
            Finding::new(codes::UNTAKEN_WAY, *way, "nothing ever goes this way")
                .label("no situation fits")
                .help("an `if` or a `require` never holds here; a story about an older record may go it")
        }));
        findings
    }
}

impl Fault {
    fn finding(&self) -> Finding {
        let (code, label) = match self.kind {
            FaultKind::ApprovedTextLost => (codes::APPROVED_TEXT_LOST, "lost on this way"),
            FaultKind::ArchiveRewritten => (codes::ARCHIVE_REWRITTEN, "archived twice on this way"),
            FaultKind::VersionAstray => (codes::VERSION_ASTRAY, "written down wrong on this way"),
            FaultKind::CopyAstray => (codes::COPY_ASTRAY, "nobody can give it back"),
            FaultKind::RestsInPassing => (codes::RESTS_IN_PASSING, "left here"),
            FaultKind::Stranded => (codes::STRANDED_DOCUMENT, "no way out"),
            FaultKind::Unjudged => (codes::UNDERSTAFFED, "nobody else may judge"),
        };
        let story = self.story.as_ref();
        Finding::new(code, self.origin, self.message.clone())
            .label(label)
            .maybe_help(story.map(|story| format!("it comes about so:\n{}", tell(story))))
    }
}

/// Tells a story, a numbered line for each step.
#[must_use]
pub fn tell(story: &Story) -> String {
    let widest = |words: fn(&StoryStep) -> &str| {
        let lengths = story.steps.iter().map(|step| words(step).chars().count());
        lengths.max().unwrap_or_default()
    };
    let (width, reach) = (widest(|step| &step.who), widest(|step| &step.what));
    let mut told = String::new();
    for (index, step) in story.steps.iter().enumerate() {
        let number = index + 1;
        let (who, what, status) = (&step.who, &step.what, &step.leads_to);
        let _ = writeln!(
            told,
            "{number:>3}. {who:<width$}  {what:<reach$}  → {status}"
        );
    }
    told.truncate(told.trim_end().len());
    told
}
