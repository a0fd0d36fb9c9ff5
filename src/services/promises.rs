//! Which promises of old rules new ones no longer keep: what was proved of the one, asked of the other.

use super::proving::prove;
use crate::analysis::difference::{carried, is_same_life, promised};
use crate::analysis::prove::report::tell;
use crate::analysis::prove::{Proof, Verdict};
use crate::definitions::{Origin, Rulebook};
use crate::model::WorkflowName;

/// Why a sentence is not proved.
const TOO_MANY: &str = "there are more situations than are looked at";

/// Why a sentence is not proved where the rules go wrong before it is asked.
const HIDDEN: &str = "the new rules have a fault that hides it: `qms validate-config` tells of it";

/// A sentence that the old rules prove and the new ones do not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Broken {
    /// Whose.
    pub workflow: WorkflowName,
    /// The sentence, in the words of the old rules.
    pub sentence: String,
    /// Where it stands in them.
    pub old: Origin,
    /// The shortest story that breaks it by the new rules; none where they could not be looked at whole.
    pub story: Option<String>,
    /// Why they could not be, where there is no story.
    pub doubt: Option<&'static str>,
}

/// Returns what the old rules prove and the new ones do not.
#[must_use]
pub fn broken(old: &Rulebook, new: &Rulebook) -> Vec<Broken> {
    if is_same_life(old, new) {
        return Vec::new();
    }
    let carried = carried(old, new);
    let asked = promised(&carried, new);
    let proofs = prove(&asked);
    let mut broken: Vec<_> = proofs.iter().flat_map(doubtful).collect();
    if broken.is_empty() {
        return broken;
    }
    let before = prove(old);
    broken.retain(|found| before.iter().any(|proof| proves(proof, found)));
    broken
}

/// Returns the sentences that are broken, or could not be proved.
fn doubtful<'p>(proof: &'p Proof<'_>) -> impl Iterator<Item = Broken> + use<'p> {
    let sentences = proof.sentences.iter();
    sentences.filter_map(|sentence| {
        let (story, doubt) = match &sentence.verdict {
            Verdict::Broken(story) => (Some(tell(story)), None),
            Verdict::NotProved if proof.is_whole => (None, Some(HIDDEN)),
            Verdict::NotProved => (None, Some(TOO_MANY)),
            Verdict::Proved | Verdict::NeverMet => return None,
        };
        Some(Broken {
            workflow: proof.workflow.name.clone(),
            sentence: sentence.invariant.sentence.clone(),
            old: sentence.invariant.origin,
            story,
            doubt,
        })
    })
}

fn proves(proof: &Proof<'_>, found: &Broken) -> bool {
    let mut sentences = proof.sentences.iter();
    sentences.any(|sentence| {
        sentence.invariant.origin == found.old && sentence.verdict == Verdict::Proved
    })
}
