//! What a person judged before: which text it was, as far as it is known.
//!
//! A seal says which text a line of the trail is about. Before there were seals a line says its version only;
//! that is enough where no other text was given back at that version since.

use super::look::Look;
use super::reading::Text;
use crate::definitions::vocabulary::{Effect, Fact, Line};
use crate::definitions::workflow::Action;
use crate::definitions::{Rulebook, Workflow};
use crate::interpreter::Standing;
use crate::model::digest::sha256;
use crate::model::{EventName, Place};
use crate::store::layout::Location;
use crate::store::trail::TrailLine;

/// The text that somebody judged last.
#[derive(Clone, Debug)]
pub enum Earlier {
    /// It is the present one, byte for byte.
    Same,
    /// It is this one.
    Other(Text),
    /// They judged none, or it is not kept, or nothing says which it was.
    Unknown,
}

impl Look<'_> {
    /// Returns the text that who looks judged last, of a document with this trail.
    #[must_use]
    pub fn judged_last(
        &self,
        location: &Location,
        standing: &Standing,
        trail: &[TrailLine],
        present: &Text,
    ) -> Earlier {
        let Some(life) = self.facts.life_of(standing) else {
            return Earlier::Unknown;
        };
        let is_own = |line: &TrailLine| {
            self.actor.name == *line.user() && is_judgement(self.facts.rules, life, line)
        };
        let judged = trail.iter().rposition(is_own);
        let since = judged.and_then(|index| trail.get(index..)?.split_first());
        let Some((judged, since)) = since else {
            return Earlier::Unknown;
        };
        let version = judged.version().and_then(|version| version.parse().ok());
        let text = match judged.content() {
            Some(digest) if digest == sha256(&present.bytes) => return Earlier::Same,
            Some(digest) => self
                .text_with(location, standing, digest)
                .or_else(|| self.seen_with(digest, version?)),
            None if is_rewritten(life, judged, since) => None,
            None => version.and_then(|version| self.version(location, standing, version).ok()),
        };
        match text {
            Some(text) if text.bytes == present.bytes => Earlier::Same,
            Some(text) => Earlier::Other(text),
            None => Earlier::Unknown,
        }
    }
}

/// Tells whether a line is a judgement: its event records an outcome, or is logged by what judges and by
/// nothing else.
fn is_judgement(rules: &Rulebook, life: &Workflow, line: &TrailLine) -> bool {
    let Some(rule) = life.event(line.event()) else {
        return false;
    };
    if rule.records.iter().any(|(_, fact)| *fact == Fact::Outcome) {
        return true;
    }
    let (judging, others): (Vec<_>, Vec<_>) = life
        .actions
        .iter()
        .partition(|action| rules.is_judging(&action.name));
    let logged_by = |actions: &[&Action]| {
        let mut actions = actions.iter();
        actions.any(|action| logs(action.lines(), &rule.name))
    };
    logged_by(&judging)
        && !logged_by(&others)
        && !elsewhere(life).any(|lines| logs(lines.into_iter(), &rule.name))
}

/// Tells whether another text was given back at the version of a line since; what these rules do not know may
/// have done so.
fn is_rewritten(life: &Workflow, line: &TrailLine, since: &[TrailLine]) -> bool {
    let mut later = since
        .iter()
        .filter(|later| later.version() == line.version());
    later.any(|later| {
        let rule = life.event(later.event());
        rule.is_none_or(|rule| is_writing(life, &rule.name))
    })
}

/// Tells whether an event is logged where a text is taken in, and nowhere else.
fn is_writing(life: &Workflow, event: &EventName) -> bool {
    let actions = life.actions.iter().map(|action| action.lines().collect());
    let mut logging = actions
        .chain(elsewhere(life))
        .filter(|lines: &Vec<&Line>| logs(lines.iter().copied(), event))
        .peekable();
    logging.peek().is_some() && logging.all(|lines| lines.into_iter().any(takes_in))
}

fn takes_in(line: &Line) -> bool {
    match &line.effect {
        Effect::Copy(from, to) | Effect::Move(from, to) => {
            matches!(from, Place::Workspace | Place::Template)
                && matches!(to, Place::Draft | Place::Issued)
        }
        Effect::Repair(_) => true,
        Effect::Remove(_)
        | Effect::Archive(_)
        | Effect::Bump(_)
        | Effect::SetOwner
        | Effect::SetPhase(_)
        | Effect::SetMark(_)
        | Effect::SetEffectiveVersion
        | Effect::ClearOwner
        | Effect::ClearMark(_)
        | Effect::ClearOutcomes
        | Effect::AskNamed(_)
        | Effect::Dismiss(_)
        | Effect::RecordOutcome
        | Effect::Log(..)
        | Effect::Tell(_)
        | Effect::Erase => false,
    }
}

/// Returns what is done where nobody asks for it: at birth, in answer to a parent, and by itself.
fn elsewhere(life: &Workflow) -> impl Iterator<Item = Vec<&Line>> {
    let births = life
        .entries
        .iter()
        .map(|entry| entry.effects.iter().collect());
    let reactions = life.reactions.iter();
    let reactions = reactions.map(|reaction| reaction.body.lines().collect());
    let automatic = life.automatic.iter();
    let automatic = automatic.map(|arm| arm.effects.iter().collect());
    births.chain(reactions).chain(automatic)
}

fn logs<'l>(mut lines: impl Iterator<Item = &'l Line>, event: &EventName) -> bool {
    lines.any(|line| line.effect.logs() == Some(event))
}
