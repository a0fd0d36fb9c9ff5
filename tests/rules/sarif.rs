//! What `validate-config --format sarif` prints is what code scanning takes.

use std::collections::BTreeSet;
use std::fs;
use std::process::Command;

use jsonschema::Validator;
use serde_json::Value;

use super::{base, cases, change, code_of, tests_folder};
use crate::common::World;

fn validator() -> Validator {
    let path = tests_folder().join("sarif/sarif-schema-2.1.0.json");
    let mut schema: Value = serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap();
    // A pattern in it has one bracket too many, and not every reader of patterns takes it. Our logs name no language.
    for part in ["run", "toolComponent"] {
        let language = &mut schema["definitions"][part]["properties"]["language"];
        let pattern = language.as_object_mut().unwrap().remove("pattern");
        assert!(pattern.is_some(), "the schema is mended: leave it as it is");
    }
    let options = jsonschema::options().should_validate_formats(true);
    options.build(&schema).unwrap()
}

/// A folder in which the definitions of a case lie.
fn world_of(description: &str, folder: &str) -> World {
    let mut files = base();
    change(&mut files, description);
    let world = World::empty();
    for (path, text) in files {
        world.write(&format!("{folder}/{path}"), &text);
    }
    world
}

/// Runs the real program in a folder, and reads what it printed.
fn printed(world: &World, words: &[&str]) -> (i32, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qms"));
    command.arg("validate-config").args(words);
    for variable in ["QMS_USER", "QMS_PROJECT_ROOT", "QMS_RULES"] {
        command.env_remove(variable);
    }
    let output = command.current_dir(world.root()).output().unwrap();
    let json = serde_json::from_slice(&output.stdout).unwrap();
    (output.status.code().unwrap(), json)
}

#[track_caller]
fn log_of(description: &str) -> Value {
    let world = world_of(description, "qms.d");
    printed(&world, &["qms.d", "--format", "sarif"]).1
}

fn patched(path: &str, line: &str, instead: &str) -> String {
    format!("// patches: {path}\n// instead of: {line}\n{instead}\n")
}

#[test]
fn every_log_is_one_by_the_schema() {
    let validator = validator();
    let mut ids = BTreeSet::new();
    for (stem, description) in cases() {
        let world = world_of(&description, "qms.d");
        let line = format!(
            "validate-config {} --format sarif",
            world.path("qms.d").display()
        );
        let log = &world.qms(&line).json["data"]["sarif"];
        let faults: Vec<_> = validator
            .iter_errors(log)
            .map(|fault| fault.to_string())
            .collect();
        assert!(faults.is_empty(), "{stem}: {faults:?}");

        let run = &log["runs"][0];
        let results = run["results"].as_array().unwrap();
        let mut marks = BTreeSet::new();
        for result in results {
            let index = usize::try_from(result["ruleIndex"].as_u64().unwrap()).unwrap();
            assert_eq!(
                run["tool"]["driver"]["rules"][index]["id"], result["ruleId"],
                "{stem}"
            );
            let mark = result["partialFingerprints"]["finding/v1"]
                .as_str()
                .unwrap();
            assert!(marks.insert(mark.to_owned()), "{stem}: two results are one");
            ids.insert(result["ruleId"].as_str().unwrap().to_owned());
        }
        let code = format!("qms::rules::{}", code_of(&stem));
        assert!(
            results
                .iter()
                .any(|result| result["ruleId"] == code.as_str()),
            "{stem}"
        );
    }
    assert!(ids.len() > 80);
}

/// What cannot be read is told in the format that was asked for, too: a service that uploads the log reads why.
#[test]
fn what_cannot_be_read_is_told_in_every_format() {
    let world = World::empty();
    fs::create_dir_all(world.path("rules/workflows")).unwrap();
    fs::write(world.path("rules/workflows/lending.kdl"), [0xff, 0xfe]).unwrap();
    for (path, why) in [("rules", "is not UTF-8"), ("nowhere", "nowhere")] {
        let line = |format: &str| {
            let path = world.path(path);
            format!("validate-config {} --format {format}", path.display())
        };
        assert_eq!(world.qms(&line("sarif")).status, 2, "{path}");
        let log: Value = serde_json::from_str(&world.text("ada", &line("sarif"))).unwrap();
        assert!(validator().is_valid(&log), "{log:#}");
        let invocation = &log["runs"][0]["invocations"][0];
        assert_eq!(invocation["executionSuccessful"], false);
        let told = invocation["toolExecutionNotifications"][0]["message"]["text"].as_str();
        assert!(told.is_some_and(|told| told.contains(why)), "{log:#}");
        let answer: Value = serde_json::from_str(&world.text("ada", &line("json"))).unwrap();
        assert_eq!(answer["error"]["code"], "usage");
        assert_eq!(world.text("ada", &line("text")), "");
    }
}

#[test]
fn a_log_that_is_none_is_refused_by_the_schema() {
    let mut log = log_of("");
    assert!(validator().is_valid(&log));
    log["runs"][0]["tool"]["driver"]["name"] = Value::Null;
    assert!(!validator().is_valid(&log));
}

/// A column is counted in characters, whatever they are made of, and the end is behind the last of them.
#[test]
fn a_region_is_where_the_word_stands() {
    let shelved = "state SHELVED \"It stands in its place.\"";
    for text in ["It stands in its place.", "Büchertürme 🗼📚", "e\u{301}"] {
        let line =
            format!("    state SHELVED \"{text}\" {{ awaits inspekt task=CHECK stage=DESK }}");
        let log = log_of(&patched("workflows/lending.kdl", shelved, &line));
        let result = &log["runs"][0]["results"][0];
        assert_eq!(result["ruleId"], "qms::rules::unknown_verb", "{log:#}");
        let place = &result["locations"][0]["physicalLocation"];
        assert_eq!(
            place["artifactLocation"]["uri"],
            "qms.d/workflows/lending.kdl"
        );
        let region = &place["region"];
        assert_eq!(region["startLine"], region["endLine"]);
        let column = |name: &str| usize::try_from(region[name].as_u64().unwrap()).unwrap() - 1;
        let letters: Vec<char> = line.chars().collect();
        let word: String = letters[column("startColumn")..column("endColumn")]
            .iter()
            .collect();
        assert_eq!(word, "inspekt", "{text}");
    }
}

#[test]
fn a_finding_keeps_its_mark_when_lines_move() {
    let old = "from SHELVED to=LENT";
    let marks = |instead: &str| {
        let log = log_of(&patched("workflows/lending.kdl", old, instead));
        log["runs"][0]["results"][0]["partialFingerprints"].clone()
    };
    let before = marks("        from SHELVED to=LOST");
    assert!(before.is_object());
    assert_eq!(before, marks("\n\n        from  SHELVED to=LOST"));
    assert_ne!(before, marks("        from SHELVED to=GOON"));
}

/// A folder below the current one is named as it lies there; any other by its own address.
#[test]
fn a_file_is_named_as_it_lies() {
    let case = "// adds: doctypes/ÄRA 1.kdl\n// Nothing yet.\n";
    let uri = |log: &Value| {
        let place = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
        place["artifactLocation"].clone()
    };
    let world = world_of(case, "our rules");
    let (status, log) = printed(&world, &["our rules", "--format", "sarif"]);
    assert_eq!(status, 3);
    assert_eq!(uri(&log)["uri"], "our%20rules/doctypes/%C3%84RA%201.kdl");
    assert!(uri(&log)["uriBaseId"].is_null());

    let other = World::empty();
    let folder = world.path("our rules");
    let (_, log) = printed(&other, &[folder.to_str().unwrap(), "--format", "sarif"]);
    assert_eq!(uri(&log)["uri"], "doctypes/%C3%84RA%201.kdl");
    let base = uri(&log)["uriBaseId"].as_str().unwrap().to_owned();
    let address = log["runs"][0]["originalUriBaseIds"][base]["uri"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        address.starts_with("file:///") && address.ends_with("/our%20rules/"),
        "{address}"
    );
}

#[test]
fn the_formats_agree_and_json_holds_them_all() {
    let case = fs::read_to_string(tests_folder().join("rules/broken/unused_group.kdl")).unwrap();
    let world = world_of(&case, "qms.d");
    let (status, plain) = printed(&world, &["qms.d", "--format", "json"]);
    assert_eq!(status, 0);
    let (_, wrapped) = printed(&world, &["qms.d", "--json"]);
    assert_eq!(wrapped["data"], plain);
    assert!(plain["sarif"].is_null());

    let (status, log) = printed(&world, &["qms.d", "--format", "sarif", "--strict"]);
    assert_eq!(status, 3);
    let (status, wrapped) = printed(
        &world,
        &["qms.d", "--format", "sarif", "--strict", "--json"],
    );
    assert_eq!(status, 3);
    assert_eq!(wrapped["data"]["findings"], plain["findings"]);
    assert_eq!(wrapped["data"]["sarif"], log);
    assert_eq!(log["runs"][0]["results"][0]["level"], "warning");
}
