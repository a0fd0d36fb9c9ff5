//! The shape of a record, checked once when it is read (compatibility B.8).

use serde_json::{Map, Value};

use super::unique::Unique;

/// So deep can the place of a cursor lead back: an amendment within a loop that was opened again.
const DEPTH: usize = 4;

/// A record that is damaged: it cannot be gone on with, and nothing in it is guessed.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct RecordFault(String);

type Checked<T> = Result<T, RecordFault>;

/// Reads the object of a record.
pub(super) fn read(text: &str) -> Checked<Map<String, Value>> {
    let no_json = |error: serde_json::Error| {
        RecordFault(format!("the record is no JSON of its kind: {error}"))
    };
    let Unique = serde_json::from_str(text).map_err(no_json)?;
    let value: Value = serde_json::from_str(text).map_err(no_json)?;
    let Value::Object(record) = value else {
        return Err(RecordFault("the record is no JSON object".to_owned()));
    };

    for key in ["doc_id", "template", "cursor"] {
        text_of(&record, key, key)?;
    }
    if !record.get("template_version").is_some_and(Value::is_u64) {
        return Err(bad("template_version", "a whole number"));
    }
    let context = object_of(&record, "cursor_context", "cursor_context")?;
    check_context(context, "cursor_context", DEPTH)?;
    for (key, value) in object_of(&record, "metadata", "metadata")? {
        if value.is_array() || value.is_object() {
            return Err(bad(&format!("metadata.{key}"), "a text"));
        }
    }
    check_responses(&record)?;
    check_gates(&record)?;
    check_loops(&record)?;
    check_iteration(&record, context)?;
    Ok(record)
}

fn bad(place: &str, wanted: &str) -> RecordFault {
    RecordFault(format!("`{place}` is missing, or is not {wanted}"))
}

fn text_of<'m>(map: &'m Map<String, Value>, key: &str, place: &str) -> Checked<&'m str> {
    let text = map.get(key).and_then(Value::as_str);
    text.ok_or_else(|| bad(place, "a text"))
}

fn object_of<'m>(
    map: &'m Map<String, Value>,
    key: &str,
    place: &str,
) -> Checked<&'m Map<String, Value>> {
    let object = map.get(key).and_then(Value::as_object);
    object.ok_or_else(|| bad(place, "an object"))
}

fn check_responses(record: &Map<String, Value>) -> Checked<()> {
    for (id, list) in object_of(record, "responses", "responses")? {
        let place = format!("responses.{id}");
        let list = list.as_array().ok_or_else(|| bad(&place, "a list"))?;
        for (index, entry) in list.iter().enumerate() {
            let place = format!("{place}[{index}]");
            let entry = entry.as_object().ok_or_else(|| bad(&place, "an object"))?;
            for key in ["value", "author", "timestamp"] {
                let text = text_of(entry, key, &format!("{place}.{key}"))?;
                if text.contains('\0') {
                    return Err(bad(&format!("{place}.{key}"), "a text without NUL"));
                }
            }
            for key in ["reason", "commit"] {
                let value = entry.get(key).unwrap_or(&Value::Null);
                if !(value.is_null() || value.is_string()) {
                    return Err(bad(&format!("{place}.{key}"), "a text"));
                }
            }
        }
    }
    Ok(())
}

fn check_gates(record: &Map<String, Value>) -> Checked<()> {
    for (id, gate) in object_of(record, "gates", "gates")? {
        let place = format!("gates.{id}");
        let gate = gate.as_object().ok_or_else(|| bad(&place, "an object"))?;
        let value = text_of(gate, "value", &format!("{place}.value"))?;
        if !["yes", "no"].contains(&value) {
            return Err(bad(&format!("{place}.value"), "yes or no"));
        }
        text_of(gate, "timestamp", &format!("{place}.timestamp"))?;
    }
    Ok(())
}

fn check_loops(record: &Map<String, Value>) -> Checked<()> {
    let count = |key| {
        record
            .get(key)
            .and_then(Value::as_object)
            .map_or(0, Map::len)
    };
    let answered = count("responses") + count("gates");
    for (name, state) in object_of(record, "loops", "loops")? {
        let place = format!("loops.{name}");
        let state = state.as_object().ok_or_else(|| bad(&place, "an object"))?;
        let iterations = state.get("iterations").and_then(Value::as_u64);
        let Some(iterations) = iterations else {
            return Err(bad(&format!("{place}.iterations"), "a whole number"));
        };
        // Each iteration but the last one holds an answer or a decision.
        if usize::try_from(iterations).map_or(true, |iterations| iterations > answered + 1) {
            let message =
                format!("`{place}` counts {iterations} iterations, and they hold nothing");
            return Err(RecordFault(message));
        }
        if !state.get("closed").is_some_and(Value::is_boolean) {
            return Err(bad(&format!("{place}.closed"), "true or false"));
        }
        if state.get("reopenings").is_some_and(|list| !list.is_array()) {
            return Err(bad(&format!("{place}.reopenings"), "a list"));
        }
    }
    Ok(())
}

/// Checks the place of the cursor, and the places that it leads back to.
fn check_context(context: &Map<String, Value>, place: &str, depth: usize) -> Checked<()> {
    if depth == 0 {
        return Err(RecordFault(format!("`{place}` leads back too often")));
    }
    if context.contains_key("loop") || context.contains_key("iteration") {
        text_of(context, "loop", &format!("{place}.loop"))?;
        let iteration = context.get("iteration").and_then(Value::as_u64);
        if iteration.is_none_or(|iteration| iteration == 0) {
            return Err(bad(&format!("{place}.iteration"), "a number from 1"));
        }
    }
    for (cursor, back) in [
        ("goto_return", "goto_return_ctx"),
        ("reopen_return", "reopen_return_ctx"),
    ] {
        if context.contains_key(cursor) || context.contains_key(back) {
            text_of(context, cursor, &format!("{place}.{cursor}"))?;
            let place = format!("{place}.{back}");
            check_context(object_of(context, back, &place)?, &place, depth - 1)?;
        }
    }
    Ok(())
}

/// Checks that the cursor stands in an iteration that there is, here and wherever it leads back to.
fn check_iteration(record: &Map<String, Value>, context: &Map<String, Value>) -> Checked<()> {
    if let Some(name) = context.get("loop").and_then(Value::as_str) {
        let known = object_of(record, "loops", "loops")?.get(name);
        let known = known
            .and_then(|state| state.get("iterations"))
            .and_then(Value::as_u64);
        let present = context.get("iteration").and_then(Value::as_u64);
        if known < present {
            let message = format!("the cursor is in an iteration of `{name}` that there is not");
            return Err(RecordFault(message));
        }
    }
    for back in ["goto_return_ctx", "reopen_return_ctx"] {
        if let Some(back) = context.get(back).and_then(Value::as_object) {
            check_iteration(record, back)?;
        }
    }
    Ok(())
}
