//! The shape of a prompt file, checked with places and all at once.

use super::PromptFault;
use crate::definitions::report::did_you_mean;
use crate::model::yaml::{Node, Value};

/// What a value is to be.
enum Shape {
    Text,
    OptionalText,
    List(&'static Shape, AtLeast),
    Record(&'static [Field]),
    TextOrRecord(&'static [Field]),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum AtLeast {
    None,
    One,
}

struct Field {
    name: &'static str,
    need: Need,
    shape: Shape,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Need {
    Required,
    Optional,
}

const fn required(name: &'static str, shape: Shape) -> Field {
    Field {
        name,
        need: Need::Required,
        shape,
    }
}

const fn optional(name: &'static str, shape: Shape) -> Field {
    Field {
        name,
        need: Need::Optional,
        shape,
    }
}

static PROMPT: &[Field] = &[
    required(
        "checklist",
        Shape::List(&Shape::Record(CATEGORY), AtLeast::One),
    ),
    optional(
        "critical_reminders",
        Shape::List(&Shape::Text, AtLeast::None),
    ),
    optional(
        "additional_sections",
        Shape::List(&Shape::Record(SECTION), AtLeast::None),
    ),
    optional("custom_header", Shape::OptionalText),
    optional("custom_footer", Shape::OptionalText),
    optional("response_format", Shape::OptionalText),
];

const CATEGORY: &[Field] = &[
    required("category", Shape::Text),
    required(
        "items",
        Shape::List(&Shape::TextOrRecord(ITEM), AtLeast::One),
    ),
];

const ITEM: &[Field] = &[
    required("text", Shape::Text),
    optional("evidence_prompt", Shape::OptionalText),
];

const SECTION: &[Field] = &[
    required("title", Shape::Text),
    required("content", Shape::Text),
];

/// Returns all that is wrong with the shape of a prompt file, in its order.
pub(super) fn faults(root: &Node) -> Vec<PromptFault> {
    let mut faults = Vec::new();
    check("the file", root, &Shape::Record(PROMPT), &mut faults);
    faults.sort_by_key(|fault| (fault.line, fault.column));
    faults
}

fn check(name: &str, node: &Node, shape: &Shape, faults: &mut Vec<PromptFault>) {
    match (shape, &node.value) {
        (Shape::Text | Shape::OptionalText | Shape::TextOrRecord(_), Value::Text(text)) => {
            if text.trim().is_empty() {
                faults.push(fault(node, format!("{name} is empty"), None));
            }
        }
        (Shape::List(each, at_least), Value::List(items)) => {
            if items.is_empty() && *at_least == AtLeast::One {
                faults.push(fault(
                    node,
                    format!("{name} is empty: at least one is needed"),
                    None,
                ));
            }
            for item in items {
                check(&format!("an entry of {name}"), item, each, faults);
            }
        }
        (Shape::Record(fields) | Shape::TextOrRecord(fields), Value::Map(entries)) => {
            record(name, node, entries, fields, faults);
        }
        (Shape::OptionalText, Value::Null) => {}
        (
            Shape::Text
            | Shape::OptionalText
            | Shape::List(..)
            | Shape::Record(_)
            | Shape::TextOrRecord(_),
            _,
        ) => {
            faults.push(misshapen(name, node, shape));
        }
    }
}

fn record(
    name: &str,
    node: &Node,
    entries: &[(Node, Node)],
    fields: &'static [Field],
    faults: &mut Vec<PromptFault>,
) {
    for (key, value) in entries {
        let word = key.text().unwrap_or_default();
        match fields.iter().find(|field| field.name == word) {
            Some(field) => check(&format!("`{word}`"), value, &field.shape, faults),
            None => faults.push(fault(
                key,
                format!("unknown key `{word}`"),
                Some(hint(word, fields)),
            )),
        }
    }

    for field in fields.iter().filter(|field| field.need == Need::Required) {
        if !entries
            .iter()
            .any(|(key, _)| key.text() == Some(field.name))
        {
            faults.push(fault(node, format!("{name} has no `{}`", field.name), None));
        }
    }
}

fn misshapen(name: &str, node: &Node, shape: &Shape) -> PromptFault {
    let wanted = match shape {
        Shape::Text | Shape::OptionalText => "text",
        Shape::List(..) => "a list",
        Shape::Record(_) => "a mapping",
        Shape::TextOrRecord(_) => "text or a mapping",
    };
    let help = match (shape, &node.value) {
        (
            Shape::Text | Shape::OptionalText | Shape::TextOrRecord(_),
            Value::Number(_) | Value::Bool(_),
        ) => Some("put it in quotes".to_owned()),
        (Shape::Text | Shape::TextOrRecord(_), Value::Map(_)) => {
            Some("put it in quotes if it is text with a colon".to_owned())
        }
        (
            Shape::Text
            | Shape::OptionalText
            | Shape::List(..)
            | Shape::Record(_)
            | Shape::TextOrRecord(_),
            _,
        ) => None,
    };
    fault(
        node,
        format!("{name} is to be {wanted}, and is {}", node.kind()),
        help,
    )
}

fn fault(node: &Node, message: String, help: Option<String>) -> PromptFault {
    PromptFault {
        message,
        line: node.line.max(1),
        column: node.column.max(1),
        help,
    }
}

/// Says which key was meant, or which there are.
fn hint(word: &str, fields: &[Field]) -> String {
    let names = || fields.iter().map(|field| field.name);
    did_you_mean(word, names()).unwrap_or_else(|| {
        let names: Vec<_> = names().collect();
        format!("known are {}", names.join(", "))
    })
}
