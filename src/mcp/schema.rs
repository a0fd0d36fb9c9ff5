//! What a tool takes and gives, as JSON schemas: generated from the command, completed with what every tool
//! takes, and with the names that the rules in force know.

use std::sync::LazyLock;

use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value, json};

use super::tools::{Kind, Tool};
use super::{once, waiting};
use crate::analysis::explain::{CONFIRM, OUTCOME, PEOPLE};
use crate::commands::words::{ABOUT_SEEN, SEEN};
use crate::definitions::{Doctype, Rulebook};
use crate::interpreter::birth::parents_of;

/// Returns the schema of a command's own arguments.
#[must_use]
pub fn of<C: JsonSchema>() -> Map<String, Value> {
    let settings =
        SchemaSettings::draft2020_12().with(|settings| settings.inline_subschemas = true);
    let schema = settings.into_generator().into_root_schema_for::<C>();
    object(schema.to_value())
}

fn object(value: Value) -> Map<String, Value> {
    let Value::Object(object) = value else {
        return Map::new();
    };
    object
}

/// What a tool is told to a client by.
#[derive(Clone, Debug)]
pub struct Described {
    /// In a few words.
    pub title: String,
    /// When to use it.
    pub description: String,
    /// What it takes.
    pub input: Map<String, Value>,
    /// What of that its command knows itself.
    pub own: Vec<String>,
}

/// Describes a tool in the words of the rules in force.
#[must_use]
pub fn describe(tool: &Tool, rules: Option<&Rulebook>) -> Described {
    let mut schema = tool.own.map(|own| (own.schema)()).unwrap_or_default();
    let told = match schema.get("description") {
        Some(Value::String(told)) => told.clone(),
        _ => tool.spoken.about.clone(),
    };
    let (title, _) = told.split_once('\n').unwrap_or((&told, ""));
    let title = title.to_owned();
    let own = schema.get("properties").and_then(Value::as_object);
    let own = own.into_iter().flat_map(Map::keys).cloned().collect();
    let mut input = Input::new(&mut schema, tool);
    input.add_common(tool);
    input.add_words(tool, rules);
    if tool.kind() == Kind::Makes {
        input.name_types(rules);
    }
    Described {
        title,
        description: in_words_of_tools(&told),
        input: input.finish(),
        own,
    }
}

/// The schema of what a tool takes, while it is put together.
struct Input {
    properties: Map<String, Value>,
    required: Vec<String>,
}

impl Input {
    fn new(schema: &mut Map<String, Value>, tool: &Tool) -> Self {
        let mut properties = match schema.remove("properties") {
            Some(Value::Object(properties)) => properties,
            _ => Map::new(),
        };
        let mut required: Vec<_> = match schema.remove("required") {
            Some(Value::Array(names)) => names
                .iter()
                .filter_map(|name| name.as_str().map(str::to_owned))
                .collect(),
            _ => Vec::new(),
        };
        for property in properties.values_mut() {
            tidy(property);
        }
        if tool.own.is_none() {
            let id = text("The document's id, in any letter case");
            properties.insert("doc_id".to_owned(), id);
            required.push("doc_id".to_owned());
            if tool.spoken.takes_seen() {
                properties.insert(SEEN.to_owned(), text(ABOUT_SEEN));
            }
        }
        Self {
            properties,
            required,
        }
    }

    /// Adds what every tool takes, and the terms of those that change something.
    fn add_common(&mut self, tool: &Tool) {
        let mut add = |name: &str, property: Value| {
            self.properties.insert(name.to_owned(), property);
        };
        add("user", text("Who acts: your own name, always"));
        if tool.kind() == Kind::Changes {
            add(
                "if_version",
                text("Refuse unless the document is still at this version"),
            );
            add(
                "if_sha256",
                text("Refuse unless its text still has this digest, as `qms_read` gave it"),
            );
        }
        if tool.kind() == Kind::Makes {
            let told =
                "A key of your own: the same key never makes a second, so a call may be repeated";
            add(once::KEY, text(told));
        }
        if waiting::is_waited_for(tool) {
            for (name, property) in waiting::parameters() {
                add(name, property);
            }
        }
        if tool.kind() != Kind::Looks {
            add(
                "dry_run",
                flag("Decide and show what would be done, change nothing"),
            );
        }
        self.required.push("user".to_owned());
    }

    /// Adds the variants, outcomes and arguments that the rules know.
    fn add_words(&mut self, tool: &Tool, rules: Option<&Rulebook>) {
        let variant = tool.variant_parameter();
        if !tool.spoken.variants.is_empty() {
            let property = self
                .properties
                .entry(variant)
                .or_insert_with(|| text("Which way it is done"));
            set(property, "enum", json!(tool.spoken.variants));
            self.require(variant);
        }
        for argument in &tool.spoken.arguments {
            let property = match argument.as_str() {
                PEOPLE => json!({
                    "type": "array",
                    "items": { "type": "string" },
                    "description": "Who is to be asked; `qms_users` says who may be named, `next` who may be now",
                }),
                CONFIRM => flag("Confirm that it is to be done"),
                _ => text("In your own words; the rules ask for it, and `next` says when"),
            };
            let name = tool.parameter(argument);
            self.properties.entry(name).or_insert(property);
        }
        if let (Some(outcome), Some(rules)) = (self.properties.get_mut(OUTCOME), rules) {
            let workflows = rules.workflows.iter();
            let outcomes = workflows.flat_map(|workflow| &workflow.outcomes);
            let mut names: Vec<_> = outcomes.map(|rule| rule.name.to_string()).collect();
            names.sort();
            names.dedup();
            set(outcome, "enum", json!(names));
            add_to_description(outcome, &meanings(rules).join(" "));
        }
        for demanded in tool.demands.iter().filter(|name| *name != CONFIRM) {
            self.require(tool.parameter(demanded));
        }
    }

    /// Names the types of document there are.
    fn name_types(&mut self, rules: Option<&Rulebook>) {
        let (Some(rules), Some(property)) = (rules, self.properties.get_mut("doc_type")) else {
            return;
        };
        let types: Vec<_> = rules.doctypes.iter().map(told_of).collect();
        add_to_description(property, &types.join("; "));
    }

    fn require(&mut self, name: &str) {
        if !self.required.iter().any(|known| known == name) {
            self.required.push(name.to_owned());
        }
    }

    fn finish(self) -> Map<String, Value> {
        let mut schema = Map::new();
        schema.insert("type".to_owned(), json!("object"));
        schema.insert("properties".to_owned(), Value::Object(self.properties));
        schema.insert("required".to_owned(), json!(self.required));
        schema.insert("additionalProperties".to_owned(), json!(false));
        schema
    }
}

/// Returns a type as it is asked for, with what it needs.
fn told_of(doctype: &Doctype) -> String {
    let mut needs = Vec::new();
    if doctype.is_child() {
        needs.push(format!("needs parent: {}", parents_of(doctype)));
    }
    if doctype.is_named() {
        needs.push("needs name".to_owned());
    }
    if doctype.is_namespaced() {
        needs.push("one for each namespace".to_owned());
    }
    let word = doctype.named.source();
    if needs.is_empty() {
        word
    } else {
        format!("{word} ({})", needs.join("; "))
    }
}

/// Returns what each outcome means, as each workflow that has it says.
fn meanings(rules: &Rulebook) -> Vec<String> {
    let workflows = rules.workflows.iter();
    let outcomes = workflows.flat_map(|workflow| &workflow.outcomes);
    let mut told: Vec<_> = outcomes
        .map(|rule| format!("`{}`: {}", rule.name, rule.meaning))
        .collect();
    told.sort();
    told.dedup();
    told
}

fn add_to_description(property: &mut Value, further: &str) {
    let told = property.get("description").and_then(Value::as_str);
    let told = format!("{}: {further}", told.unwrap_or_default());
    set(property, "description", json!(told));
}

/// Says of a property what a client needs: one type, and what it means.
fn tidy(property: &mut Value) {
    let Some(property) = property.as_object_mut() else {
        return;
    };
    if let Some(Value::Array(types)) = property.get("type") {
        let only = types.iter().find(|name| **name != "null").cloned();
        property.extend(only.map(|only| ("type".to_owned(), only)));
    }
    property.remove("default");
    if let Some(Value::String(told)) = property.get("description") {
        let told = in_words_of_tools(told);
        property.insert("description".to_owned(), json!(told));
    }
}

fn set(property: &mut Value, key: &str, value: Value) {
    if let Some(property) = property.as_object_mut() {
        property.insert(key.to_owned(), value);
    }
}

fn text(told: &str) -> Value {
    json!({ "type": "string", "description": told })
}

fn flag(told: &str) -> Value {
    json!({ "type": "boolean", "description": told })
}

/// Returns a text in which commands are tools, and flags of the command line are parameters: `qms users` is
/// `qms_users`, `--dry-run` is `dry_run`.
fn in_words_of_tools(told: &str) -> String {
    let told = told.replace("`qms ", "`qms_");
    let mut parts = told.split("--");
    let mut text = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let is_name = |letter: char| letter.is_ascii_lowercase() || letter == '-';
        let end = part.find(|letter| !is_name(letter)).unwrap_or(part.len());
        let (name, rest) = part.split_at(end);
        text.push_str(&name.replace('-', "_"));
        text.push_str(rest);
    }
    text
}

/// Returns the schema of every answer: of one that succeeds, and of one that does not.
#[must_use]
pub fn output() -> &'static Map<String, Value> {
    static OUTPUT: LazyLock<Map<String, Value>> = LazyLock::new(|| {
        // One type each: some clients know no list of types.
        let text_or_null = json!({ "anyOf": [{ "type": "string" }, { "type": "null" }] });
        let envelope = json!({
            "type": "object",
            "properties": {
                "success": { "type": "boolean" },
                "data": { "type": "object", "description": "What it is about; of a success" },
                "messages": { "type": "array", "items": { "type": "string" } },
                "error": {
                    "type": "object",
                    "description": "Why it was refused; nothing has changed then",
                    "properties": {
                        "code": { "type": "string" },
                        "message": { "type": "string" },
                        "hint": text_or_null,
                        "rule": text_or_null,
                        "facts": { "type": "object" },
                        "would_permit": { "type": "array", "items": { "type": "string" } },
                        "retryable": { "type": "boolean" },
                    },
                    "required": ["code", "message"],
                },
                "next": {
                    "type": "object",
                    "description": "What you may do with the document now, each as a call that is ready but for what it `needs`, and what stands in the way of the rest",
                },
            },
            "required": ["success"],
        });
        object(envelope)
    });
    &OUTPUT
}
