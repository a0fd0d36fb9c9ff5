//! What `init` plants is a working system: procedures that say what the rules say, a template for every type,
//! questions with evidence, a manual.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use crate::common::World;
use crate::common::changes::{Texts, below};
use qms::analysis::tables::fill;
use qms::definitions::Rulebook;
use serde_json::{Value, json};

fn repository(folder: &str) -> Texts {
    below(&Path::new(env!("CARGO_MANIFEST_DIR")).join(folder))
}

/// Every procedure and every template is planted in force, as the rules fill it in, and all records agree.
///
/// Verifies: REQ-INIT-004, REQ-TEMPLATE-001, REQ-CFG-004
#[test]
fn everything_of_the_seed_is_planted_in_force() {
    let world = World::empty();
    let planted = world.qms("init").done();
    let rules = Rulebook::shipped().unwrap();
    let mut ids = Vec::new();
    for (folder, kind) in [("seed/sops", "SOP"), ("seed/templates", "TEMPLATE")] {
        for (name, text) in repository(folder) {
            let id = name.trim_end_matches(".md").to_owned();
            let status = world.by("qa", &format!("status {id}")).done();
            assert_eq!(status["status"], "EFFECTIVE");
            assert_eq!(status["version"], "1.0");
            assert_eq!(
                world.read(&format!("QMS/{kind}/{id}.md")),
                fill(&rules, &text)
            );
            ids.push(id);
        }
    }
    assert_eq!(ids.len(), 19);
    let seeded = planted["seeded"].as_array().unwrap().iter();
    let seeded: BTreeSet<_> = seeded.map(|id| id.as_str().unwrap()).collect();
    assert_eq!(seeded, ids.iter().map(String::as_str).collect());
    let verified = world.qms("verify").done();
    assert_eq!(verified["findings"], json!([]));
}

/// Every table that a procedure marks is filled in; no procedure carries one that could say something else.
#[test]
fn tables_of_rules_are_made_from_the_rules() {
    let rules = Rulebook::shipped().unwrap();
    let mut marks = 0;
    for (name, text) in repository("seed/sops") {
        let filled = fill(&rules, &text);
        for mark in text.lines().filter(|line| line.starts_with("<!-- rules: ")) {
            let (_, below) = filled.split_once(mark).expect("it stands there still");
            assert!(below.starts_with("\n\n| "), "{name}: {mark} stays empty");
            marks += 1;
        }
        for line in text.lines().filter(|line| line.starts_with("| ")) {
            let cells: Vec<_> = line.split('|').map(str::trim).collect();
            let mut groups = rules.groups.iter();
            let is_of_groups = groups.any(|group| cells.contains(&group.name.as_str()));
            let states = rules.workflows.iter().flat_map(|life| &life.states);
            let mut states = states.map(|state| state.name.as_str());
            let is_of_rules = is_of_groups || states.any(|state| cells.get(1) == Some(&state));
            assert!(!is_of_rules, "{name}: `{line}` is the rules' to say");
        }
    }
    assert!(marks >= 7, "{marks}");
}

/// Each procedure can be taken for writing, revised, judged and brought into force.
///
/// Verifies: REQ-WF-012
#[test]
fn every_procedure_can_be_revised() {
    let world = World::new();
    for name in repository("seed/sops").into_keys() {
        let id = name.trim_end_matches(".md");
        world.by("claude", &format!("checkout {id}")).done();
        let copy = format!(".claude/users/claude/workspace/{id}.md");
        let text = world.read(&copy);
        let revised = text.replace(
            "revision_summary: Initial issue",
            "revision_summary: Purpose told anew",
        );
        let revised = revised.replace("## 1. Purpose\n\n", "## 1. Purpose\n\nIn short: \n\n");
        assert_ne!(text, revised);
        world.write(&copy, &revised);
        world.story(&format!(
            "claude: route {id} --review
             qa: review {id} --recommend --comment Good
             claude: route {id} --approval
             qa: approve {id}"
        ));
        let status = world.by("qa", &format!("status {id}")).done();
        assert_eq!(
            (&status["status"], &status["version"]),
            (&json!("EFFECTIVE"), &json!("2.0"))
        );
    }
    assert_eq!(world.qms("verify").done()["findings"], json!([]));
}

/// Every type is begun from a template of its own that leads the author: with places to fill in, guidance, and no
/// words that promise what is not there.
///
/// Verifies: REQ-TEMPLATE-003
#[test]
fn every_type_has_a_template_that_leads() {
    let rules = Rulebook::shipped().unwrap();
    let templates = repository("seed/templates");
    for doctype in &rules.doctypes {
        let name = format!("TEMPLATE-{}.md", doctype.name);
        let text = templates.get(&name).unwrap_or_else(|| panic!("{name}"));
        assert!(
            text.contains("{{TITLE}}") || text.contains("{{title}}"),
            "{name}"
        );
        assert!(
            text.contains("TEMPLATE USAGE GUIDE") || text.contains("@prompt"),
            "{name}"
        );
        assert!(
            !text.to_lowercase().contains("lorem") && !text.contains("TODO"),
            "{name}"
        );
    }
    assert!(templates.contains_key("TEMPLATE-TC.md"));
}

/// Words of a question that everybody would answer with yes.
const VAGUE: &[&str] = &[
    "appropriate",
    "adequate",
    "sufficient",
    "properly",
    "as needed",
    "etc",
];

/// Every question of a checklist is one thing that can be seen to be so, with the evidence it wants; none is asked
/// twice of one reader.
///
/// Verifies: REQ-PROMPT-003, REQ-PROMPT-004
#[test]
fn every_question_is_one_thing_with_its_evidence() {
    let prompts = repository("prompts");
    let mut count = 0;
    for (path, text) in prompts.iter().filter(|(path, _)| path.ends_with(".yaml")) {
        let mut asked = BTreeSet::new();
        let items = items(text);
        assert!(items.len() >= 4, "{path}: a checklist has items");
        for item in &items {
            let words = item
                .get("text")
                .unwrap_or_else(|| panic!("{path}: an item without words"));
            let evidence = item
                .get("evidence_prompt")
                .map(String::as_str)
                .unwrap_or_default();
            assert!(evidence.len() > 2, "{path}: `{words}` wants no evidence");
            assert!(
                asked.insert(words.to_lowercase()),
                "{path}: `{words}` is asked twice"
            );
            let told = format!("{words} {evidence}").to_lowercase();
            let vague = VAGUE.iter().find(|word| {
                told.split(|letter: char| !letter.is_alphabetic())
                    .any(|known| known == **word)
            });
            assert_eq!(vague, None, "{path}: `{words}`");
            assert!(
                words.chars().count() < 240,
                "{path}: `{words}` is more than one thing"
            );
            count += 1;
        }
    }
    assert!(count > 150, "{count}");
}

/// The items of a prompt's checklist, each with its keys.
fn items(text: &str) -> Vec<BTreeMap<String, String>> {
    let value: Value = serde_yaml::from_str(text).expect("YAML");
    let mut items = Vec::new();
    collect(&value, &mut items);
    items
}

fn collect(value: &Value, items: &mut Vec<BTreeMap<String, String>>) {
    match value {
        Value::Array(values) => values.iter().for_each(|value| collect(value, items)),
        Value::Object(object) if object.contains_key("evidence_prompt") => {
            let texts = object
                .iter()
                .filter_map(|(key, value)| Some((key.clone(), value.as_str()?.to_owned())));
            items.push(texts.collect());
        }
        Value::Object(object) => object.values().for_each(|value| collect(value, items)),
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

const TOPICS: [&str; 10] = [
    "agents",
    "authoring",
    "code",
    "compatibility",
    "customising",
    "deviations",
    "execution",
    "interactive",
    "lifecycle",
    "review",
];

/// The manual has its pages, each of which reads well on a narrow terminal; of a command it tells what `--help` does.
#[test]
fn the_manual_has_its_pages() {
    let world = World::new();
    let contents = world.qms("help").done();
    let topics = contents["topics"].as_array().unwrap();
    let topics: Vec<_> = topics
        .iter()
        .map(|page| page["topic"].as_str().unwrap())
        .collect();
    assert_eq!(topics, TOPICS);
    let text = world.text("claude", "help");
    assert!(
        text.lines().all(|line| line.chars().count() <= 80),
        "{text}"
    );
    for topic in TOPICS {
        let page = world.qms(&format!("help {}", topic.to_uppercase())).done();
        let text = page["text"].as_str().unwrap();
        assert!(text.starts_with(&format!("# {}\n", page["title"].as_str().unwrap())));
        assert!(
            text.lines().all(|line| line.chars().count() <= 80),
            "{topic}"
        );
        assert_eq!(world.text("claude", &format!("help {topic}")), text);
    }
    let told = world.qms("help checkout").done();
    assert!(
        told["text"]
            .as_str()
            .unwrap()
            .contains("Usage: qms checkout"),
        "{told}"
    );
    let refusal = world.qms("help reviw").refused("not_found");
    assert!(
        refusal["hint"].as_str().unwrap().contains("review"),
        "{refusal}"
    );
    let styled = world.text("claude", "help review --color always");
    assert!(styled.contains("\u{1b}["), "{styled}");
}

/// An organization has pages of its own, and its own words for a topic.
#[test]
fn an_organization_writes_its_own_pages() {
    let world = World::empty();
    world.qms("config export").done();
    world.write(
        "qms.d/seed/help/review.md",
        "# Review\n\nAs we do it. Here.\n",
    );
    world.write(
        "qms.d/seed/help/audits.md",
        "# Audits\n\nOnce a year. By us.\n",
    );
    world.qms("init").done();
    assert!(!world.exists("QMS/SOP/audits.md"));
    let contents = world.qms("help").done();
    assert_eq!(contents["topics"].as_array().unwrap().len(), 11);
    assert_eq!(contents["topics"][1]["about"], "Once a year. By us.");
    let page = world.qms("help review").done();
    assert_eq!(page["text"], "# Review\n\nAs we do it. Here.\n");
}
