//! Random inputs over random templates: a record only ever grows.

use std::fmt::Write as _;

use proptest::prelude::*;
use qms::interaction::{
    Record, Template, cancel_goto, compile, goto, progress, question, reopen, respond,
};
use qms::model::{DocId, frontmatter};
use serde_json::Value;

use super::{METADATA, faults, signature};

/// What stands in a template, one after the other.
#[derive(Clone, Debug)]
enum Part {
    Prompt {
        commit: bool,
    },
    /// A gate that may pass over the next part, or lead back to the first.
    Gate {
        back: bool,
    },
    /// A loop of so many prompts, with a gate at its end, and perhaps one at its entry.
    Loop {
        prompts: usize,
        begins_with_gate: bool,
    },
}

fn part() -> impl Strategy<Value = Part> {
    prop_oneof![
        3 => any::<bool>().prop_map(|commit| Part::Prompt { commit }),
        1 => any::<bool>().prop_map(|back| Part::Gate { back }),
        2 => (1..4usize, any::<bool>())
            .prop_map(|(prompts, begins_with_gate)| Part::Loop { prompts, begins_with_gate }),
    ]
}

/// Returns the id of a part's first question.
fn entry(parts: &[Part], index: usize) -> String {
    match parts.get(index) {
        None => "end".to_owned(),
        Some(Part::Prompt { .. }) => format!("p{index}"),
        Some(Part::Gate { .. }) => format!("g{index}"),
        Some(Part::Loop {
            begins_with_gate: true,
            ..
        }) => format!("e{index}"),
        Some(Part::Loop { .. }) => format!("l{index}_0"),
    }
}

/// Writes a sound template of these parts.
fn template(parts: &[Part]) -> String {
    let mut text = format!(
        "---\ntitle: x\n---\n<!-- @template: RANDOM | start: {} -->\n---\ntitle: '{{{{title}}}}'\n---\n",
        entry(parts, 0)
    );
    for (index, part) in parts.iter().enumerate() {
        let next = entry(parts, index + 1);
        match part {
            Part::Prompt { commit } => {
                write!(text,
                    "<!-- @prompt: p{index} | commit: {commit} | next: {next} -->\nAsk.\n<!-- @end-prompt -->\n## H\n{{{{p{index}}}}}\n").unwrap();
            }
            Part::Gate { back } => {
                let other = if *back {
                    entry(parts, 0)
                } else {
                    entry(parts, index + 2)
                };
                write!(text,
                    "<!-- @gate: g{index} | yes: {next} | no: {other} -->\nGo?\n<!-- @end-prompt -->\n").unwrap();
            }
            Part::Loop {
                prompts,
                begins_with_gate,
            } => {
                write!(text, "<!-- @loop: loop{index} -->\n### {{{{_n}}}}\n").unwrap();
                if *begins_with_gate {
                    write!(text,
                        "<!-- @gate: e{index} | yes: l{index}_0 | no: {next} -->\nIn {{{{_n}}}}?\n<!-- @end-prompt -->\n").unwrap();
                }
                for prompt in 0..*prompts {
                    let following = if prompt + 1 < *prompts {
                        format!("l{index}_{}", prompt + 1)
                    } else {
                        format!("m{index}")
                    };
                    write!(text,
                        "<!-- @prompt: l{index}_{prompt} | next: {following} -->\nAsk {{{{_n}}}}.\n<!-- @end-prompt -->\n```\n{{{{l{index}_{prompt}}}}}\n```\n").unwrap();
                }
                let again = entry(parts, index);
                write!(text,
                    "<!-- @gate: m{index} | yes: {again} | no: {next} -->\nMore?\n<!-- @end-prompt -->\n<!-- @end-loop: loop{index} -->\n").unwrap();
            }
        }
    }
    text + "<!-- @end -->\n"
}

#[derive(Clone, Debug)]
enum Input {
    Answer(String, Option<String>),
    Decide(bool),
    Goto(usize),
    Cancel,
    Reopen(usize),
}

fn input() -> impl Strategy<Value = Input> {
    let odd = prop_oneof![
        Just("```\n<!-- @end -->\n---".to_owned()),
        Just("{{title}} | {{p0}}".to_owned()),
        any::<String>(),
    ];
    prop_oneof![
        4 => (odd, proptest::option::of("[a-z|*<!-]{1,8}")).prop_map(|(value, reason)| Input::Answer(value, reason)),
        3 => "[a-z]{1,9}".prop_map(|value| Input::Answer(value, None)),
        6 => any::<bool>().prop_map(Input::Decide),
        2 => any::<usize>().prop_map(Input::Goto),
        1 => Just(Input::Cancel),
        2 => any::<usize>().prop_map(Input::Reopen),
    ]
}

fn perform(
    template: &Template,
    record: &Record,
    input: &Input,
    parts: usize,
    minute: u32,
) -> Option<Record> {
    let by = signature(minute % 60);
    let sign = |value: &str, reason: Option<&str>| {
        let prepared = respond(template, record, value, reason).ok()?;
        let commit = prepared.evidence().map(|_| "abcdef0");
        Some(prepared.sign(&by, commit).record)
    };
    match input {
        Input::Answer(value, reason) => sign(value, reason.as_deref()),
        Input::Decide(true) => sign(" Yes", None),
        Input::Decide(false) => sign("NO ", None),
        Input::Goto(index) => {
            let lines = progress(template, record);
            let line = lines.get(index % lines.len().max(1))?;
            goto(template, record, &line.id, "a reason").ok()
        }
        Input::Cancel => cancel_goto(record).ok(),
        Input::Reopen(index) => {
            let name = format!("loop{}", index % parts);
            reopen(template, record, &name, "a reason", &by).ok()
        }
    }
}

fn json(record: &Record) -> Value {
    serde_json::from_str(&record.to_text()).unwrap()
}

/// Everything recorded before is recorded still, in the same order; there may be more.
fn grown(before: &Value, after: &Value) {
    for (key, entries) in before["responses"].as_object().unwrap() {
        let (old, new) = (
            entries.as_array().unwrap(),
            after["responses"][key].as_array().unwrap(),
        );
        assert!(new.starts_with(old), "{key}");
    }
    for (key, gate) in before["gates"].as_object().unwrap() {
        let now = &after["gates"][key];
        if now != gate {
            let mut alone = gate.clone();
            let mut earlier = alone
                .as_object_mut()
                .unwrap()
                .shift_remove("earlier")
                .map_or(Vec::new(), |list| list.as_array().unwrap().clone());
            earlier.push(alone);
            assert_eq!(now["earlier"].as_array().unwrap(), &earlier, "{key}");
        }
    }
    for (name, state) in before["loops"].as_object().unwrap() {
        let now = &after["loops"][name];
        assert!(now["iterations"].as_u64() >= state["iterations"].as_u64());
        let (old, new) = (
            state["reopenings"].as_array().unwrap(),
            now["reopenings"].as_array().unwrap(),
        );
        assert!(new.starts_with(old));
    }
    for key in ["doc_id", "template", "template_version", "metadata"] {
        assert_eq!(before[key], after[key]);
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 100, ..ProptestConfig::default() })]

    /// Whatever is put in: nothing recorded is changed or removed, the cursor stands on a question
    /// that can be asked, the document is the same each time, and the record survives the disk.
    ///
    /// Verifies: REQ-INT-006, REQ-INT-008, REQ-INT-014
    #[test]
    fn a_record_only_ever_grows(
        parts in proptest::collection::vec(part(), 1..6),
        inputs in proptest::collection::vec(input(), 1..60),
        title in any::<String>(),
    ) {
        let text = template(&parts);
        let template = Template::check(&text, METADATA)
            .unwrap_or_else(|found| panic!("{text}\n{}", faults(&found)));
        let mut record = Record::begin(&template, &DocId::new("BOOK-001"), &[("title", &title)]);
        for (minute, input) in (0..).zip(&inputs) {
            let before = record.clone();
            if let Some(next) = perform(&template, &record, input, parts.len(), minute) {
                record = next;
            }
            grown(&json(&before), &json(&record));
            let asked = question(&template, &record).unwrap();
            let current: Vec<_> = progress(&template, &record).into_iter().filter(|line| line.current).collect();
            prop_assert_eq!(current.len(), usize::from(asked.is_some()));
            if let Some(asked) = asked {
                prop_assert_eq!(&asked.id, &current[0].id);
            }
            prop_assert!(record.continues(&before), "it goes on from what was recorded");
            let kept = Record::read(&record.to_text()).unwrap();
            prop_assert_eq!(&kept, &record);
            prop_assert_eq!(compile(&template, &kept), compile(&template, &record));
        }
        let compiled = compile(&template, &record);
        let front = frontmatter::read(&compiled).unwrap();
        prop_assert_eq!(front.keys, vec!["title"]);
        prop_assert_eq!(front.title.unwrap_or_default(), title);
        let headings = compiled.lines().filter(|line| line.starts_with("## H")).count();
        let prompts = parts.iter().filter(|part| matches!(part, Part::Prompt { .. })).count();
        prop_assert_eq!(headings, prompts);
    }
}
