//! What may be done next with a document, as programs and people read it (interface section 2, R-46).

use serde_json::{Map, Value, json};

use crate::analysis::explain::{Allowed, Blocked, CONFIRM, Choice, Prospect, Verdict};
use crate::definitions::Rulebook;
use crate::interpreter::Standing;
use crate::model::{ActionName, ArgumentName, Code, DocId, User, UserName};

/// Returns `next`: what may be done, and what this person could do if the document stood elsewhere.
#[must_use]
pub fn next(standing: &Standing, prospects: &[Prospect], actor: &User) -> Value {
    let document = &standing.document;
    let awaits: Vec<_> = document.pending.iter().map(UserName::as_str).collect();
    let telling = blocked(prospects).filter(|(_, refused)| is_worth_telling(refused));
    let blocked = telling.map(|(action, refused)| {
        json!({
            "action": action.to_string(),
            "code": refused.refusal.code(),
            "reason": refused.refusal.first().message,
            "way": way(refused),
        })
    });
    json!({
        "status": document.status,
        "version": document.version,
        "awaits": awaits,
        "allowed": allowed(&document.id, prospects, actor),
        "blocked": blocked.collect::<Vec<_>>(),
    })
}

/// Returns everything about every action (`explain`).
#[must_use]
pub fn explanation(
    rules: &Rulebook,
    standing: &Standing,
    prospects: &[Prospect],
    actor: &User,
) -> (Vec<Value>, Vec<Value>) {
    let told = blocked(prospects).map(|(action, refused)| {
        let permits: Vec<_> = refused.refusal.would_permit().collect();
        json!({
            "action": action.to_string(),
            "code": refused.refusal.code(),
            "reason": refused.refusal.first().message,
            "reasons": reasons(rules, refused),
            "rule": refused.refusal.place(rules),
            "facts": refused.refusal.facts(),
            "would_permit": permits,
            "way": way(refused),
        })
    });
    (
        allowed(&standing.document.id, prospects, actor),
        told.collect(),
    )
}

/// Returns every action that may be done, as the interface shows it.
fn allowed(id: &DocId, prospects: &[Prospect], actor: &User) -> Vec<Value> {
    let entries = prospects
        .iter()
        .filter_map(|prospect| match &prospect.verdict {
            Verdict::Allowed(allowed) => Some(allowed_entry(id, &prospect.action, allowed, actor)),
            Verdict::Blocked(_) => None,
        });
    entries.collect()
}

/// Returns every action that may not be done.
fn blocked(prospects: &[Prospect]) -> impl Iterator<Item = (&ActionName, &Blocked)> {
    prospects
        .iter()
        .filter_map(|prospect| match &prospect.verdict {
            Verdict::Blocked(refused) => Some((&prospect.action, refused)),
            Verdict::Allowed(_) => None,
        })
}

fn reasons(rules: &Rulebook, refused: &Blocked) -> Vec<Value> {
    let reasons = refused.refusal.reasons();
    reasons
        .map(|reason| {
            json!({
                "reason": reason.message,
                "rule": reason.rule.map(|rule| rules.sources.place(rule)),
            })
        })
        .collect()
}

/// Another state would help, and the document can come there.
fn is_worth_telling(refused: &Blocked) -> bool {
    let code = refused.refusal.code();
    let never = [Code::TerminalState, Code::PermissionDenied, Code::NotOwner];
    let leads_nowhere = code == Code::InvalidTransition && refused.way.is_empty();
    refused.is_conceivable && !never.contains(&code) && !leads_nowhere
}

fn way(refused: &Blocked) -> Vec<String> {
    refused.way.iter().map(ActionName::to_string).collect()
}

fn allowed_entry(id: &DocId, action: &ActionName, allowed: &Allowed, actor: &User) -> Value {
    json!({
        "action": action.to_string(),
        "needs": choices(&allowed.needs),
        "options": choices(&allowed.options),
        "to": allowed.to,
        "undoes": allowed.undoes,
        "command": command(id, action, &allowed.needs, &actor.name),
    })
}

fn choices(list: &[(ArgumentName, Choice)]) -> Map<String, Value> {
    let value = |choice: &Choice| match choice {
        Choice::Text => json!("text"),
        Choice::OneOf(names) | Choice::People(names) => json!(names),
        Choice::Flag => json!([true]),
    };
    list.iter()
        .map(|(name, choice)| (name.to_string(), value(choice)))
        .collect()
}

/// Returns the command line for an action, with a word in capitals for what is still to be said.
#[must_use]
pub fn command(
    id: &DocId,
    action: &ActionName,
    needs: &[(ArgumentName, Choice)],
    actor: &UserName,
) -> String {
    use std::fmt::Write as _;
    let mut line = format!("qms --user {actor} {} {id}", action.verb);
    if let Some(variant) = &action.variant {
        let _ = write!(line, " --{variant}");
    }
    for (name, _) in needs {
        if *name == CONFIRM {
            let _ = write!(line, " --{name}");
        } else {
            let _ = write!(line, " --{name} {}", name.as_str().to_uppercase());
        }
    }
    line
}
