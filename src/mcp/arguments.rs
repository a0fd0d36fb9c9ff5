//! Arguments of a call, checked against what the tool takes: what is missing, too much or of the wrong kind is
//! refused in the same form as everything else.

use serde_json::{Map, Value, json};

use crate::definitions::report::did_you_mean;
use crate::error::Failure;
use crate::model::Code;

/// The one text that may be empty without counting as absent: it is then an answer that says nothing.
const ANSWER: &str = "respond";

/// Returns the arguments that were given: none that is null or empty, none the tool does not know.
///
/// Who acts is not looked at beyond its kind: that comes when the project is known.
///
/// # Errors
/// `usage` for what is missing or unknown, `invalid_argument` for what is of the wrong kind or blank.
pub fn checked(
    tool: &str,
    schema: &Map<String, Value>,
    given: Map<String, Value>,
) -> Result<Map<String, Value>, Failure> {
    let empty = Map::new();
    let properties = schema.get("properties").and_then(Value::as_object);
    let properties = properties.unwrap_or(&empty);
    let required = schema.get("required").and_then(Value::as_array);
    let required: Vec<_> = required
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect();
    let is_required = |name: &str| name != "user" && required.contains(&name);

    if let Some(unknown) = given.keys().find(|name| !properties.contains_key(*name)) {
        return Err(unknown_argument(tool, unknown, properties));
    }
    let mut checked = Map::new();
    for (name, value) in given {
        let Some(property) = properties.get(&name) else {
            continue;
        };
        if value.is_null() {
            continue;
        }
        check_kind(&name, &value, property)?;
        let is_blank = value.as_array().is_some_and(Vec::is_empty)
            || value.as_str().is_some_and(|text| text.trim().is_empty());
        if is_blank && is_required(&name) {
            return Err(invalid(&name, format!("`{name}` is blank")));
        }
        if value == "" && name != ANSWER {
            continue;
        }
        check_choice(&name, &value, property)?;
        checked.insert(name, value);
    }
    let missing = required
        .iter()
        .find(|name| is_required(name) && !checked.contains_key(**name));
    match missing {
        Some(name) => {
            let message = format!("`{tool}` needs `{name}`");
            Err(Failure::new(Code::Usage, message).fact("missing", json!([name])))
        }
        None => Ok(checked),
    }
}

fn unknown_argument(tool: &str, name: &str, known: &Map<String, Value>) -> Failure {
    let shown: String = name.escape_debug().take(64).collect();
    let failure = Failure::new(Code::Usage, format!("`{tool}` takes no `{shown}`"));
    let words: Vec<_> = known.keys().map(String::as_str).collect();
    match did_you_mean(name, words.iter().copied()) {
        Some(hint) => failure.hint(hint),
        None => failure.hint(format!("it takes: {}", words.join(", "))),
    }
}

/// Checks that a value is of the kind that its schema says, and so on within lists and objects.
fn check_kind(name: &str, value: &Value, property: &Value) -> Result<(), Failure> {
    let wanted;
    let (is_right, wanted) = match property.get("type").and_then(Value::as_str) {
        Some("boolean") => (value.is_boolean(), "true or false"),
        Some("array") => (value.is_array(), "a list"),
        Some("object") => (value.is_object(), "an object"),
        Some("integer") => {
            let bound = |key: &str| property.get(key).and_then(Value::as_u64);
            let most = bound("maximum").unwrap_or(u64::MAX);
            let within = bound("minimum").unwrap_or_default()..=most;
            wanted = format!("a whole number up to {most}");
            let is_within = |number| within.contains(&number);
            (value.as_u64().is_some_and(is_within), wanted.as_str())
        }
        _ => (value.is_string(), "a text"),
    };
    if !is_right {
        return Err(invalid(name, format!("`{name}` must be {wanted}")));
    }
    if let (Some(list), Some(items)) = (value.as_array(), property.get("items")) {
        for (index, item) in list.iter().enumerate() {
            check_kind(&format!("{name}[{index}]"), item, items)?;
        }
    }
    match value.as_object() {
        Some(object) => check_object(name, object, property),
        None => Ok(()),
    }
}

fn check_object(name: &str, object: &Map<String, Value>, property: &Value) -> Result<(), Failure> {
    let Some(known) = property.get("properties").and_then(Value::as_object) else {
        return Ok(());
    };
    if let Some(unknown) = object.keys().find(|key| !known.contains_key(*key)) {
        let mut failure = unknown_argument(name, unknown, known);
        failure.code = Code::InvalidArgument;
        return Err(failure.fact("argument", name));
    }
    let required = property.get("required").and_then(Value::as_array);
    let mut required = required.into_iter().flatten().filter_map(Value::as_str);
    if let Some(missing) = required.find(|key| !object.contains_key(*key)) {
        return Err(invalid(name, format!("`{name}` needs `{missing}`")));
    }
    for (key, value) in object {
        let within = known.get(key).unwrap_or(&Value::Null);
        check_kind(&format!("{name}.{key}"), value, within)?;
    }
    Ok(())
}

fn check_choice(name: &str, value: &Value, property: &Value) -> Result<(), Failure> {
    let Some(choices) = property.get("enum").and_then(Value::as_array) else {
        return Ok(());
    };
    if choices.contains(value) {
        return Ok(());
    }
    let words: Vec<_> = choices.iter().filter_map(Value::as_str).collect();
    let message = format!("`{name}` must be one of: {}", words.join(", "));
    Err(invalid(name, message))
}

fn invalid(name: &str, message: String) -> Failure {
    Failure::new(Code::InvalidArgument, message).fact("argument", name)
}
