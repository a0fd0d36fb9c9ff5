//! What may be done next, in the words of tools: in place of a command line stand a tool and its arguments.

use serde_json::{Map, Value, json};

use super::offer::Offer;
use super::tools::PREFIX;
use crate::analysis::explain::CONFIRM;

/// Puts calls in place of the command lines of an answer about a document.
pub fn in_words_of_tools(answer: &mut Value, offer: &Offer, user: &str, id: &str) {
    let word = |key: &str| {
        let told = answer.pointer(&format!("/data/{key}"));
        told.and_then(Value::as_str).map(str::to_owned)
    };
    let about = word("user").unwrap_or_else(|| user.to_owned());
    let id = word("doc_id")
        .or_else(|| word("open/doc_id"))
        .unwrap_or_else(|| id.to_ascii_uppercase());
    as_calls(answer.pointer_mut("/next/allowed"), offer, user, &id);
    if about == user {
        as_calls(answer.pointer_mut("/data/allowed"), offer, user, &id);
    } else {
        as_news(answer.pointer_mut("/data/allowed"));
    }
    let yours = answer.pointer_mut("/data/yours");
    for own in yours.and_then(Value::as_array_mut).into_iter().flatten() {
        let id = own.get("doc_id").and_then(Value::as_str);
        let id = id.unwrap_or_default().to_owned();
        as_calls(own.pointer_mut("/next/allowed"), offer, user, &id);
    }
}

fn as_calls(entries: Option<&mut Value>, offer: &Offer, user: &str, id: &str) {
    let entries = entries.and_then(Value::as_array_mut);
    for entry in entries.into_iter().flatten() {
        if let Some(entry) = entry.as_object_mut() {
            as_call(entry, offer, user, id);
        }
    }
}

/// What somebody else may do is told, and is not made ready to be sent under their name.
fn as_news(entries: Option<&mut Value>) {
    let entries = entries.and_then(Value::as_array_mut);
    for entry in entries
        .into_iter()
        .flatten()
        .filter_map(Value::as_object_mut)
    {
        entry.shift_remove("command");
    }
}

fn as_call(entry: &mut Map<String, Value>, offer: &Offer, user: &str, id: &str) {
    let action = entry
        .get("action")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let (verb, variant) = match action.split_once(' ') {
        Some((verb, variant)) => (verb.to_owned(), Some(variant.to_owned())),
        None => (action.to_owned(), None),
    };
    let Some((tool, _)) = offer.find(&format!("{PREFIX}{verb}")) else {
        return;
    };
    entry.shift_remove("command");
    for list in ["needs", "options"] {
        if let Some(Value::Object(choices)) = entry.get_mut(list) {
            let named = std::mem::take(choices).into_iter();
            *choices = named
                .map(|(name, choice)| (tool.parameter(&name).to_owned(), choice))
                .collect();
        }
    }
    let mut args = Map::new();
    args.insert("doc_id".to_owned(), json!(id));
    args.insert("user".to_owned(), json!(user));
    if let Some(variant) = variant {
        args.insert(tool.variant_parameter().to_owned(), json!(variant));
    }
    let is_confirmed = entry
        .get("needs")
        .is_some_and(|needs| needs.get(CONFIRM).is_some());
    if is_confirmed {
        args.insert(CONFIRM.to_owned(), json!(true));
    }
    entry.insert("tool".to_owned(), json!(tool.name()));
    entry.insert("args".to_owned(), Value::Object(args));
}
