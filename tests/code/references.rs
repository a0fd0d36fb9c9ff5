//! References: `path @ commit`.

use std::fmt::Write as _;

use serde_json::{Value, json};

use super::Plant;
use crate::common::World;

/// What each reference of `CR-001` came to: its words, and the code of the problem.
fn resolved(plant: &Plant) -> Vec<(String, Value)> {
    let answer = plant.world.qms("code refs cr-001");
    let found = answer.json["data"]["references"]
        .as_array()
        .unwrap()
        .clone();
    let open = found
        .iter()
        .filter(|found| !found["problem"].is_null())
        .count();
    assert_eq!(answer.status, u8::from(open > 0));
    assert_eq!(answer.json["data"]["unresolved"], open);
    let each = found.into_iter().map(|found| {
        let code = found["problem"]["code"].clone();
        (found["reference"].as_str().unwrap().to_owned(), code)
    });
    each.collect()
}

#[test]
fn a_reference_leads_to_a_file_at_a_commit_in_use() {
    let plant = Plant::new();
    plant.world.by("claude", "create CR --title Bypass").done();
    let commit = plant.first.to_string();
    plant.text(&format!(
        "Changes `src/dosing.py @ {}` and src @ {commit}.",
        &commit[..7]
    ));
    let answer = plant.world.qms("code refs CR-001").done();
    let found = &answer["references"];
    assert_eq!(found[0]["commit"], commit.as_str());
    assert_eq!(found[0]["kind"], "file");
    assert_eq!(found[0]["branch"], "main");
    assert_eq!(found[0]["line"], 6);
    assert_eq!(found[1]["kind"], "folder");
    assert_eq!(answer["unresolved"], 0);

    let text = plant.world.text("claude", "code refs CR-001");
    assert!(text.contains("2 references, all resolve"), "{text}");
}

#[test]
fn each_reference_that_does_not_resolve_says_why() {
    let plant = Plant::new();
    plant.world.by("claude", "create CR --title Bypass").done();
    let tried = plant
        .repository
        .branch("test/press-001")
        .commit("Try")
        .file("src/tried.py", "x\n")
        .submodule("vendor/other")
        .made();
    plant.repository.switch("main");
    let blob = plant.repository.git().blob(b"limit = 3\n").unwrap();
    let first = plant.first;
    let lines = [
        (format!("src/none.py @ {first}"), json!("no_such_file")),
        (
            "src/dosing.py @ 0123456789".to_owned(),
            json!("unknown_commit"),
        ),
        (format!("src/dosing.py @ {blob}"), json!("not_a_commit")),
        (
            format!("src/tried.py @ {tried}"),
            json!("not_on_production"),
        ),
        (format!("vendor/other/a.c @ {tried}"), json!("in_submodule")),
        ("src/dosing.py @ TBD".to_owned(), json!("placeholder")),
        (format!("src/dosing.py @ {first}"), Value::Null),
    ];
    let body = lines.iter().fold(String::new(), |mut body, (line, _)| {
        let _ = writeln!(body, "- {line}");
        body
    });
    plant.text(&body);
    assert_eq!(resolved(&plant), lines);

    plant.declare(&json!({ "production_branch": "stable" }));
    let codes = resolved(&plant);
    assert_eq!(codes[6].1, json!("no_production_branch"));
}

#[test]
fn digits_that_mean_several_commits_are_told() {
    let plant = Plant::new();
    plant.world.by("claude", "create CR --title Bypass").done();
    let git = plant.repository.git();
    let mut seen = std::collections::BTreeMap::from([(plant.first.to_string()[..4].to_owned(), 0)]);
    let twice = (0..100_000).find_map(|number| {
        let id = git
            .blob(format!("{number}").as_bytes())
            .unwrap()
            .to_string();
        let start = id[..4].to_owned();
        seen.insert(start.clone(), number).map(|_| start)
    });
    plant.text(&format!("`src/dosing.py @ {}`", twice.unwrap()));
    assert_eq!(resolved(&plant)[0].1, json!("ambiguous_commit"));
}

#[test]
fn a_reference_shows_exactly_the_file() {
    let plant = Plant::new();
    let bytes = b"\xff\x00not text\r\n";
    let commit = plant.repository.commit("Odd").file("src/odd", bytes).made();
    let show = |reference: &str| {
        plant
            .world
            .words(&["code".to_owned(), "show".to_owned(), reference.to_owned()])
    };
    let data = show(&format!("src/dosing.py @ {}", plant.first)).done();
    assert_eq!(data["content"], "limit = 3\n");
    let data = show(&format!("src/odd @ {commit}")).done();
    assert_eq!(
        (&data["content"], &data["bytes"]),
        (&Value::Null, &json!(bytes.len()))
    );
    for (reference, code) in [
        (format!("src @ {commit}"), "invalid_argument"),
        ("src/dosing.py".to_owned(), "invalid_argument"),
        ("src/dosing.py @ main".to_owned(), "invalid_argument"),
        ("../dosing.py @ 0123456".to_owned(), "invalid_argument"),
        ("src/dosing.py @ 0123456789".to_owned(), "not_found"),
        (format!("src/none @ {commit}"), "not_found"),
    ] {
        show(&reference).refused(code);
    }
}

#[test]
fn thousands_of_references_are_one_walk() {
    let plant = Plant::new();
    plant.world.by("claude", "create CR --title Bypass").done();
    let mut body = String::new();
    for number in 0..40 {
        let commit = plant
            .repository
            .commit("More")
            .file("src/more", number.to_string())
            .made();
        for _ in 0..100 {
            let _ = writeln!(body, "src/more @ {commit}");
        }
    }
    plant.text(&body);
    let found = plant.world.qms("code refs CR-001").done();
    assert_eq!(found["references"].as_array().unwrap().len(), 4000);
    assert_eq!(found["unresolved"], 0);
}

#[test]
fn without_a_repository_there_is_nothing_to_refer_to() {
    let world = World::new();
    world.by("claude", "create CR --title Bypass").done();
    world.qms("code refs CR-001").refused("not_found");
    world.qms("code env").refused("not_found");
    world.qms("code refs CR-002").refused("not_found");
}

/// Rules that demand of a document that is routed for review that its references resolve.
#[test]
fn rules_may_demand_that_references_resolve() {
    let plant = Plant::new();
    plant.world.by("lead", "namespace add PRESS").done();
    plant.world.qms("config export").done();
    let path = "qms.d/workflows/executable.kdl";
    let rules = plant.world.read(path);
    let old = "    action route review {\n";
    assert!(rules.contains(old));
    let new = format!("{old}        require references-resolve\n");
    plant.world.write(path, &rules.replacen(old, &new, 1));
    plant.world.qms("validate-config --strict").done();
    plant.world.qms("test-config").done();

    plant.world.by("claude", "create CR --title Bypass").done();
    let put = |reference: &str| {
        let text = format!("---\ntitle: Bypass\nrevision_summary: Text\n---\n\n{reference}\n");
        plant
            .world
            .write(".claude/users/claude/workspace/CR-001.md", &text);
    };
    for reference in ["src/dosing.py @ TBD", "src/dosing.py @ 0123456789"] {
        put(reference);
        let refused = plant
            .world
            .refused("claude", "route CR-001 --review", "gate_blocked");
        assert!(
            refused["message"].as_str().unwrap().starts_with("line 6: "),
            "{refused}"
        );
        let allowed = plant.world.by("claude", "status CR-001").allowed();
        assert!(!allowed.contains(&"route review".to_owned()), "{allowed:?}");
    }
    put(&format!("src/dosing.py @ {}", plant.first));
    plant.world.by("claude", "route CR-001 --review").done();
    plant.world.by("claude", "create CR --title Words").done();
    plant.world.by("claude", "route CR-002 --review").done();
}
