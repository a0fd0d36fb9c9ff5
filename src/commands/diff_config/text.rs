//! A difference as a person reads it.

use std::fmt::Write as _;

use super::Compared;
use crate::analysis::difference::{Ability, Change, Kind};
use crate::definitions::Rulebook;
use crate::definitions::former::RenamedMark;
use crate::model::{Group, UserName};
use crate::services::concern::{Concern, Concerns};
use crate::services::promises::Broken;

/// Returns the line above all others.
pub(super) fn heading(old: &str, new: &str) -> String {
    format!("Definitions: {old} -> {new}\n\n")
}

/// Tells what differs.
pub(super) fn of(compared: &Compared) -> String {
    let Compared {
        old,
        new,
        difference,
        broken,
    } = compared;
    if difference.is_empty() {
        return "They mean the same.\n".to_owned();
    }
    let mut text = String::new();
    abilities(&mut text, "Could, and now cannot:", "now", &difference.lost);
    abilities(
        &mut text,
        "Could not, and now can:",
        "was",
        &difference.gained,
    );
    promises(&mut text, old, broken);
    let mut of = None;
    for change in &difference.changes {
        if of != Some(&change.of) {
            let _ = writeln!(text, "{}:", change.of);
            of = Some(&change.of);
        }
        tell(&mut text, old, new, change);
    }
    text
}

/// `when` is the word for the other rules, where they allow it under conditions.
fn abilities(text: &mut String, heading: &str, when: &str, abilities: &[Ability]) {
    if abilities.is_empty() {
        return;
    }
    let _ = writeln!(text, "{heading}");
    for ability in abilities {
        let groups = ability.groups.iter().map(Group::as_str);
        let groups: Vec<_> = groups.collect();
        let _ = write!(text, "  {}: {}", groups.join(", "), ability.action);
        if let Some(workflow) = &ability.workflow {
            let _ = write!(text, " in {} ({workflow})", ability.states.join(", "));
        }
        if !ability.under.is_empty() {
            let _ = write!(text, "; {when} {}", ability.under.join(", "));
        }
        text.push('\n');
    }
    text.push('\n');
}

fn promises(text: &mut String, old: &Rulebook, broken: &[Broken]) {
    if broken.is_empty() {
        return;
    }
    let _ = writeln!(text, "Was always true, and is no longer proved:");
    for promise in broken {
        let place = old.sources.place(promise.old);
        let _ = writeln!(
            text,
            "  {} ({}, was {place})",
            promise.sentence, promise.workflow
        );
        let told = promise.story.as_deref().or(promise.doubt);
        for line in told.into_iter().flat_map(str::lines) {
            let _ = writeln!(text, "    {line}");
        }
    }
    text.push('\n');
}

fn tell(text: &mut String, old: &Rulebook, new: &Rulebook, change: &Change) {
    let place = match (change.old, change.new) {
        (_, Some(place)) => new.sources.place(place),
        (Some(place), None) => format!("was {}", old.sources.place(place)),
        (None, None) => String::new(),
    };
    let what = &change.what;
    let _ = match &change.kind {
        Kind::Added => writeln!(text, "  + {what}  ({place})"),
        Kind::Removed => writeln!(text, "  - {what}  ({place})"),
        Kind::Changed => writeln!(text, "  ~ {what}  ({place})"),
        Kind::Reordered => writeln!(text, "  ~ {what}, in another order  ({place})"),
        Kind::Renamed(former) => writeln!(text, "  ~ {what}, was {former}  ({place})"),
    };
    if change.kind != Kind::Removed {
        for word in &change.lost {
            let _ = writeln!(text, "      - {word}");
        }
        for word in &change.gained {
            let _ = writeln!(text, "      + {word}");
        }
    }
}

/// Tells what both sides touched.
pub(super) fn touched(both: &[&Change]) -> String {
    if both.is_empty() {
        return "Nothing was changed by both.\n".to_owned();
    }
    let mut text = "Changed by both, and differently:\n".to_owned();
    for change in both {
        let _ = writeln!(text, "  {}: {}", change.of, change.what);
    }
    text
}

/// Tells what a difference means for the documents there are.
pub(super) fn documents(found: &Concerns) -> String {
    let mut text = String::new();
    let (concerned, all) = (found.concerned.len(), found.documents);
    let _ = writeln!(
        text,
        "\nDocuments for which something changes: {concerned} of {all}"
    );
    for user in &found.unknown {
        let _ = writeln!(text, "  {user} is no user any more");
    }
    for concern in &found.concerned {
        document(&mut text, concern);
    }
    text
}

fn document(text: &mut String, concern: &Concern) {
    let _ = writeln!(text, "  {} ({})", concern.id, concern.status);
    for obstacle in &concern.obstacles {
        let _ = writeln!(text, "    ! {obstacle}");
    }
    if let Some(name) = &concern.renamed {
        let _ = writeln!(text, "    `qms migrate` carries it to {name}");
    }
    for RenamedMark { was, is } in &concern.marks {
        let _ = writeln!(text, "    `qms migrate` makes its mark {was} the mark {is}");
    }
    for question in &concern.questions {
        let _ = writeln!(text, "    ! {question}");
    }
    for (action, people) in &concern.lost {
        let alone = if concern.stuck.contains(action) {
            ", and nobody else can"
        } else {
            ""
        };
        let _ = writeln!(text, "    - {action}: {} could{alone}", listed(people));
    }
    for (action, people) in &concern.gained {
        let _ = writeln!(text, "    + {action}: {} can", listed(people));
    }
}

fn listed(people: &[UserName]) -> String {
    let names: Vec<_> = people.iter().map(UserName::as_str).collect();
    names.join(", ")
}
