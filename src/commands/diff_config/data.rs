//! A difference as programs read it.

use serde_json::{Value, json};

use super::Compared;
use crate::analysis::difference::{Ability, Change, Kind};
use crate::definitions::{Origin, Rulebook};
use crate::services::concern::{Concern, Concerns};

/// Returns what differs.
pub(super) fn of(compared: &Compared) -> Value {
    let Compared {
        old,
        new,
        difference,
        broken,
    } = compared;
    let promises = broken.iter().map(|promise| {
        json!({
            "workflow": promise.workflow,
            "invariant": promise.sentence,
            "old": place(old, Some(promise.old)),
            "story": promise.story,
            "doubt": promise.doubt,
        })
    });
    let changes = difference.changes.iter();
    json!({
        "same": difference.is_empty(),
        "lost": difference.lost.iter().map(ability).collect::<Vec<_>>(),
        "gained": difference.gained.iter().map(ability).collect::<Vec<_>>(),
        "broken": promises.collect::<Vec<_>>(),
        "changes": changes.map(|found| change(old, new, found)).collect::<Vec<_>>(),
    })
}

/// Adds what a difference means for the documents there are.
pub(super) fn add_documents(data: &mut Value, found: &Concerns) {
    let concerned: Vec<_> = found.concerned.iter().map(concern).collect();
    if let Some(object) = data.as_object_mut() {
        object.insert("documents".to_owned(), found.documents.into());
        object.insert("concerned".to_owned(), concerned.into());
        object.insert("unknown_users".to_owned(), json!(found.unknown));
    }
}

fn ability(ability: &Ability) -> Value {
    json!({
        "groups": ability.groups,
        "action": ability.action.to_string(),
        "workflow": ability.workflow,
        "states": ability.states,
        "under": ability.under,
    })
}

fn change(old: &Rulebook, new: &Rulebook, change: &Change) -> Value {
    let former = match &change.kind {
        Kind::Renamed(former) => Some(former),
        Kind::Added | Kind::Removed | Kind::Changed | Kind::Reordered => None,
    };
    json!({
        "of": change.of,
        "what": change.what,
        "kind": change.kind.as_str(),
        "former": former,
        "lost": change.lost,
        "gained": change.gained,
        "old": place(old, change.old),
        "new": place(new, change.new),
    })
}

fn place(rules: &Rulebook, origin: Option<Origin>) -> Option<String> {
    origin.map(|origin| rules.sources.place(origin))
}

fn concern(concern: &Concern) -> Value {
    let may = |may: &std::collections::BTreeMap<crate::model::ActionName, Vec<_>>| {
        let entries = may.iter();
        let entries =
            entries.map(|(action, users)| json!({ "action": action.to_string(), "users": users }));
        entries.collect::<Vec<_>>()
    };
    let stuck: Vec<_> = concern.stuck.iter().map(ToString::to_string).collect();
    json!({
        "doc_id": concern.id,
        "status": concern.status,
        "renamed": concern.renamed,
        "renamed_marks": concern.marks,
        "obstacles": concern.obstacles,
        "questions": concern.questions,
        "lost": may(&concern.lost),
        "gained": may(&concern.gained),
        "nobody_can": stuck,
    })
}
