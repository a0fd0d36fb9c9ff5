//! A workflow's file, read node by node.

mod declared;

use declared::{read_event, read_mark, read_outcome, read_phase, read_state, statuses};

use super::codes;
use super::effect::read_effect;
use super::guard::{expect_word, read_condition};
use super::reader::Reader;
use super::report::Finding;
use super::tree::Node;
use super::vocabulary::{EFFECTS, words};
use super::workflow::{
    Action, Arm, Entry, First, Flaw, FlawShape, Invariant, Occasion, Reaction, Remedy, Subject,
    Workflow,
};
use crate::model::{ActionName, EntryName, ReactionName, Status, Variant, Verb, WorkflowName};

const WORKFLOW_WORDS: &[&str] = &[
    "title",
    "executable",
    "subject",
    "state",
    "phase",
    "outcome",
    "mark",
    "event",
    "entry",
    "action",
    "reaction",
    "automatic",
    "flaw",
    "invariant",
];

/// Reads a workflow; what cannot be read is complained about and left out.
pub fn read_workflow(reader: &mut Reader<'_>, node: &Node) -> Option<Workflow> {
    let name = reader.single(node, "a name")?;
    reader.only_properties(node, &[]);
    reader.once(node, &["title", "executable", "subject"]);
    let mut workflow = Workflow {
        name: WorkflowName::new(name.text),
        title: String::new(),
        executable: false,
        subject: Subject::Document,
        states: Vec::new(),
        phases: Vec::new(),
        outcomes: Vec::new(),
        marks: Vec::new(),
        events: Vec::new(),
        entries: Vec::new(),
        actions: Vec::new(),
        reactions: Vec::new(),
        automatic: Vec::new(),
        flaws: Vec::new(),
        invariants: Vec::new(),
        origin: name.origin,
    };
    for child in node.children.iter() {
        match child.name.as_ref() {
            "title" => workflow.title = text(reader, child),
            "executable" => workflow.executable = reader.single_flag(child),
            "subject" => workflow.subject = read_subject(reader, child),
            "state" => workflow.states.extend(read_state(reader, child)),
            "phase" => workflow.phases.extend(read_phase(reader, child)),
            "outcome" => workflow.outcomes.extend(read_outcome(reader, child)),
            "mark" => workflow.marks.extend(read_mark(reader, child)),
            "event" => workflow.events.extend(read_event(reader, child)),
            "entry" => workflow.entries.extend(read_entry(reader, child)),
            "action" => workflow.actions.extend(read_action(reader, child)),
            "reaction" => workflow.reactions.extend(read_reaction(reader, child)),
            "automatic" => read_automatic(reader, child, &mut workflow.automatic),
            "flaw" => workflow.flaws.extend(read_flaw(reader, child)),
            "invariant" => workflow.invariants.extend(read_invariant(reader, child)),
            _ => reader.unknown_word(child, "a workflow", WORKFLOW_WORDS),
        }
    }
    workflow.note_writing();
    Some(workflow)
}

fn read_subject(reader: &mut Reader<'_>, node: &Node) -> Subject {
    reader.only_properties(node, &[]);
    reader.no_children(node);
    let word = reader.single(node, "`code`");
    let is_code = word.is_some_and(|word| expect_word(reader, &word, "code").is_some());
    if is_code {
        Subject::Code
    } else {
        Subject::Document
    }
}

/// Reads a node whose only argument is a text.
pub fn text(reader: &mut Reader<'_>, node: &Node) -> String {
    reader.only_properties(node, &[]);
    reader.no_children(node);
    reader
        .single(node, "a text")
        .map(|word| word.text.into_owned())
        .unwrap_or_default()
}

fn read_entry(reader: &mut Reader<'_>, node: &Node) -> Option<Entry> {
    reader.only_properties(node, &["to", "version"]);
    let name = reader.single(node, "a name")?;
    let to = reader.required(node, "to")?;
    let version = reader.required(node, "version")?;
    let version = reader.version(&version)?;
    let mut effects = Vec::new();
    for child in node.children.iter() {
        if is_effect(child) {
            effects.extend(read_effect(reader, child));
        } else {
            reader.unknown_word(child, "an entry", &words(EFFECTS));
        }
    }
    Some(Entry {
        origin: name.origin,
        name: EntryName::new(name.text),
        to: Status::new(to.text),
        version,
        effects,
    })
}

fn is_effect(node: &Node) -> bool {
    EFFECTS.iter().any(|(word, _)| *word == node.name)
}

fn read_action(reader: &mut Reader<'_>, node: &Node) -> Option<Action> {
    let name = action_name(reader, node)?;
    reader.only_properties(node, &[]);
    Some(read_body(reader, node, name, "an action"))
}

fn read_reaction(reader: &mut Reader<'_>, node: &Node) -> Option<Reaction> {
    let name = reader.single(node, "a name")?;
    reader.only_properties(node, &[]);
    let verb = Verb::new(name.text.clone());
    let body = read_body(reader, node, ActionName::plain(verb), "a reaction");
    Some(Reaction {
        name: ReactionName::new(name.text),
        body,
    })
}

/// Reads a verb and perhaps a variant.
pub fn action_name(reader: &mut Reader<'_>, node: &Node) -> Option<ActionName> {
    let mut words = reader.several(node, "a verb").into_iter();
    let verb = Verb::new(words.next()?.text);
    let variant = words.next().map(|word| Variant::new(word.text));
    for word in words {
        reader.superfluous(&word);
    }
    Some(ActionName { verb, variant })
}

fn read_body(reader: &mut Reader<'_>, node: &Node, name: ActionName, what: &str) -> Action {
    let mut action = Action {
        name,
        firsts: Vec::new(),
        requires: Vec::new(),
        before: Vec::new(),
        arms: Vec::new(),
        after: Vec::new(),
        origin: reader.origin(node),
    };
    for child in node.children.iter() {
        match child.name.as_ref() {
            "first" => action.firsts.extend(read_first(reader, child)),
            "require" => action.requires.extend(read_condition(reader, child)),
            "from" => action.arms.extend(read_arm(reader, child)),
            _ if is_effect(child) => {
                let place = if action.arms.is_empty() {
                    &mut action.before
                } else {
                    &mut action.after
                };
                place.extend(read_effect(reader, child));
            }
            _ => {
                let mut known = vec!["first", "require", "from"];
                known.extend(words(EFFECTS));
                reader.unknown_word(child, what, &known);
            }
        }
    }
    action
}

fn read_first(reader: &mut Reader<'_>, node: &Node) -> Option<First> {
    reader.only_properties(node, &[]);
    let action = action_name(reader, node)?;
    let mut first = First {
        action,
        conditions: Vec::new(),
        tells: Vec::new(),
        origin: reader.origin(node),
    };
    for child in node.children.iter() {
        match child.name.as_ref() {
            "if" => first.conditions.extend(read_condition(reader, child)),
            "tell" => first.tells.extend(read_effect(reader, child)),
            _ => reader.unknown_word(child, "`first`", &["if", "tell"]),
        }
    }
    Some(first)
}

fn read_arm(reader: &mut Reader<'_>, node: &Node) -> Option<Arm> {
    reader.only_properties(node, &["to"]);
    let from = reader.several(node, "a state, or `any`");
    if from.is_empty() {
        return None;
    }
    let any = from.iter().any(|word| word.text == "any");
    if any && from.len() > 1 {
        for word in from.iter().skip(1) {
            reader.superfluous(word);
        }
    }
    let to = reader.property(node, "to");
    let mut arm = Arm {
        from: (!any).then(|| {
            from.into_iter()
                .map(|word| Status::new(word.text))
                .collect()
        }),
        to: to.map(|word| Status::new(word.text)),
        conditions: Vec::new(),
        effects: Vec::new(),
        origin: reader.origin(node),
    };
    for child in node.children.iter() {
        match child.name.as_ref() {
            "if" => arm.conditions.extend(read_condition(reader, child)),
            _ if is_effect(child) => arm.effects.extend(read_effect(reader, child)),
            _ => {
                let mut known = vec!["if"];
                known.extend(words(EFFECTS));
                reader.unknown_word(child, "`from`", &known);
            }
        }
    }
    Some(arm)
}

fn read_automatic(reader: &mut Reader<'_>, node: &Node, arms: &mut Vec<Arm>) {
    for word in reader.arguments(node) {
        reader.superfluous(&word);
    }
    reader.only_properties(node, &[]);
    for child in node.children.iter() {
        match child.name.as_ref() {
            "from" => arms.extend(read_arm(reader, child)),
            _ => reader.unknown_word(child, "`automatic`", &["from"]),
        }
    }
}

fn read_flaw(reader: &mut Reader<'_>, node: &Node) -> Option<Flaw> {
    let meaning = reader.single(node, "a sentence")?.text.into_owned();
    reader.only_properties(node, &[]);
    let origin = reader.origin(node);
    let Some(child) = node.children.first() else {
        reader.missing(node, "how it shows: `line` or `frontmatter-key`");
        return None;
    };
    for more in node.children.iter().skip(1) {
        reader.unknown_word(more, "`flaw`, which says one thing", &[]);
    }
    reader.only_properties(child, &["should-be"]);
    reader.no_children(child);
    let word = reader.single(child, "what to look for")?.text.into_owned();
    let should_be = reader.required(child, "should-be")?;
    let shape = match (child.name.as_ref(), should_be.text.as_ref()) {
        ("line", "effective-version") => FlawShape::Line(word, Remedy::EffectiveVersion),
        ("line", "effective-date") => FlawShape::Line(word, Remedy::EffectiveDate),
        ("frontmatter-key", "absent") => FlawShape::FrontmatterKey(word),
        ("line" | "frontmatter-key", other) => {
            reader.complain(
                Finding::new(
                    codes::UNKNOWN_WORD,
                    should_be.origin,
                    format!("`{other}` means nothing here"),
                )
                .label("unknown word")
                .help("a line should be `effective-version` or `effective-date`, a frontmatter key `absent`"),
            );
            return None;
        }
        _ => {
            reader.unknown_word(child, "`flaw`", &["line", "frontmatter-key"]);
            return None;
        }
    };
    Some(Flaw {
        meaning,
        shape,
        origin,
    })
}

fn read_invariant(reader: &mut Reader<'_>, node: &Node) -> Option<Invariant> {
    let sentence = reader.single(node, "a sentence")?;
    reader.only_properties(node, &[]);
    let mut invariant = Invariant {
        sentence: sentence.text.into_owned(),
        occasions: Vec::new(),
        holds: Vec::new(),
        origin: sentence.origin,
    };
    for child in node.children.iter() {
        match child.name.as_ref() {
            "in" => invariant
                .occasions
                .push(Occasion::In(occasion_states(reader, child))),
            "entering" => invariant
                .occasions
                .push(Occasion::Entering(occasion_states(reader, child))),
            "doing" => {
                let words = reader.several(child, "a verb");
                let verbs = words.into_iter().map(|word| Verb::new(word.text));
                invariant.occasions.push(Occasion::Doing(verbs.collect()));
            }
            "hold" => invariant.holds.extend(read_condition(reader, child)),
            _ => reader.unknown_word(child, "an invariant", &["in", "entering", "doing", "hold"]),
        }
    }
    if invariant.occasions.is_empty() {
        reader.missing(node, "when it is looked at: `in`, `entering` or `doing`");
    }
    if invariant.holds.is_empty() {
        reader.missing(node, "what holds");
    }
    Some(invariant)
}

fn occasion_states(reader: &mut Reader<'_>, node: &Node) -> Vec<Status> {
    reader.only_properties(node, &[]);
    reader.no_children(node);
    statuses(reader, node)
}
