//! What is done, in the words of the definitions.

use crate::definitions::vocabulary::{Condition, Effect, FACTS, Fact, Line, Part, Whom};
use crate::definitions::workflow::{Awaits, Occasion};

/// Returns a line as a definition would say it.
pub(super) fn line(line: &Line) -> String {
    match &line.effect {
        Effect::Copy(from, to) => format!("copy {} to={}", from.word(), to.word()),
        Effect::Move(from, to) => format!("move {} to={}", from.word(), to.word()),
        Effect::Remove(place) => format!("remove {}", place.word()),
        Effect::Archive(place) => format!("archive {}", place.word()),
        Effect::Bump(Part::Major) => "bump major".to_owned(),
        Effect::Bump(Part::Minor) => "bump minor".to_owned(),
        Effect::SetOwner => "set owner actor".to_owned(),
        Effect::SetPhase(phase) => format!("set phase {phase}"),
        Effect::SetMark(mark) => format!("set mark {mark}"),
        Effect::SetEffectiveVersion => "set effective-version".to_owned(),
        Effect::ClearOwner => "clear owner".to_owned(),
        Effect::ClearMark(mark) => format!("clear mark {mark}"),
        Effect::ClearOutcomes => "clear outcomes".to_owned(),
        Effect::AskNamed(None) => "ask named".to_owned(),
        Effect::AskNamed(Some(group)) => format!("ask named else={group}"),
        Effect::Dismiss(Whom::Actor) => "dismiss actor".to_owned(),
        Effect::Dismiss(Whom::Everyone) => "dismiss everyone".to_owned(),
        Effect::RecordOutcome => "record outcome".to_owned(),
        Effect::Log(event, words) => {
            let words = words.iter().map(|(key, word)| format!(" {key}={word:?}"));
            format!("log {event}{}", words.collect::<String>())
        }
        Effect::Repair(place) => format!("repair {}", place.word()),
        Effect::Tell(sentence) => format!("tell {sentence:?}"),
        Effect::Erase => "erase".to_owned(),
    }
}

/// Says what a condition demands, and what a person is told where it does not hold.
pub(super) fn demand(before: &str, condition: &Condition) -> String {
    let words = crate::analysis::graph::words::condition(condition);
    let otherwise = condition.otherwise.as_ref();
    let otherwise = otherwise.map_or_else(String::new, |words| format!(", else {words:?}"));
    format!("{before} {words}{otherwise}")
}

/// Says when an invariant is looked at.
pub(super) fn occasion(occasion: &Occasion) -> Vec<String> {
    match occasion {
        Occasion::In(states) => states.iter().map(|state| format!("in {state}")).collect(),
        Occasion::Entering(states) => {
            let states = states.iter();
            states.map(|state| format!("entering {state}")).collect()
        }
        Occasion::Doing(verbs) => verbs.iter().map(|verb| format!("doing {verb}")).collect(),
    }
}

/// Says what a state awaits.
pub(super) fn awaits(awaits: &Awaits) -> String {
    format!(
        "awaits {} task={} stage={}",
        awaits.verb, awaits.task, awaits.stage
    )
}

/// Says what an event records under a key.
pub(super) fn recorded((key, fact): &(String, Fact)) -> String {
    let known = FACTS.iter().find(|(_, _, known)| known == fact);
    let word = match (known, fact) {
        (Some((word, _, _)), _) => word,
        (None, Fact::Argument(name)) => name.as_str(),
        (None, _) => key,
    };
    if word == key {
        format!("records {key}")
    } else {
        format!("records {key}={word}")
    }
}
