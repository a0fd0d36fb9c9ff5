//! Definitions that are wrong, one at a time: every report is a snapshot, carets and help included.
//!
//! A file in `rules/broken` says how it differs from the small sound world in `rules/base`:
//! `// patches: PATH` is followed by `// instead of: LINE` and the lines that stand there then;
//! `// replaces: PATH` and `// adds: PATH` by a whole text; `// removes: PATH` by nothing.

#![expect(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::unwrap_used,
    reason = "a test stops where it fails"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

use qms::definitions::{Finding, RuleError, Rulebook, SourceFile, shipped, tree};

type Files = BTreeMap<String, String>;

fn below(folder: &Path) -> Files {
    let mut files = Files::new();
    let mut open = vec![folder.to_owned()];
    while let Some(current) = open.pop() {
        for entry in fs::read_dir(current).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                open.push(path);
                continue;
            }
            let name = path.strip_prefix(folder).unwrap().to_str().unwrap();
            files.insert(name.replace('\\', "/"), fs::read_to_string(&path).unwrap());
        }
    }
    files
}

fn tests_folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests"))
}

fn base() -> Files {
    below(&tests_folder().join("rules/base"))
}

/// Makes the changes that a broken file describes.
#[track_caller]
fn change(files: &mut Files, description: &str) {
    let mut path = String::new();
    let mut text = String::new();
    let mut after = String::new();
    let finish = |files: &mut Files, path: &str, parts: [&str; 2]| {
        if !path.is_empty() {
            files.insert(path.to_owned(), parts.concat());
        }
    };
    for line in description.lines() {
        if let Some((word, name)) = directive(line) {
            finish(files, &path, [&text, &after]);
            path = if word == "removes" {
                String::new()
            } else {
                name.to_owned()
            };
            text.clear();
            after = if word == "patches" {
                files[name].clone()
            } else {
                String::new()
            };
            if word == "removes" {
                files.remove(name).expect("it is there to be removed");
            }
        } else if let Some(old) = line.strip_prefix("// instead of: ") {
            let found: Vec<_> = after
                .split_inclusive('\n')
                .filter(|line| line.trim() == old)
                .collect();
            assert_eq!(
                found.len(),
                1,
                "`{old}` stands once in what is left of `{path}`"
            );
            let (before, behind) = after.split_once(found[0]).unwrap();
            text.push_str(before);
            after = behind.to_owned();
        } else {
            text.push_str(line);
            text.push('\n');
        }
    }
    finish(files, &path, [&text, &after]);
}

fn directive(line: &str) -> Option<(&str, &str)> {
    let (word, path) = line.strip_prefix("// ")?.split_once(": ")?;
    ["patches", "replaces", "adds", "removes"]
        .contains(&word)
        .then_some((word, path))
}

fn examine(files: Files) -> RuleError {
    let sources: Vec<SourceFile> = files
        .into_iter()
        .map(|(path, text)| SourceFile {
            path: path.into(),
            text: text.into(),
        })
        .collect();
    let (rules, findings) = Rulebook::examine("rules", sources);
    RuleError {
        sources: rules.sources,
        findings,
    }
}

fn broken(path: &Path) -> RuleError {
    let mut files = base();
    change(&mut files, &fs::read_to_string(path).unwrap());
    examine(files)
}

#[track_caller]
fn assert_sound(files: Files) {
    let report = examine(files);
    assert!(report.findings.is_empty(), "{}", report.render(100, false));
}

/// Whatever is wrong with a definition is reported at its place, in plain words.
///
/// Verifies: REQ-CFG-001
#[test]
fn every_wrong_definition_is_reported_at_its_place() {
    let mut settings = insta::Settings::clone_current();
    settings.set_snapshot_path("rules/snapshots");
    settings.set_prepend_module_to_snapshot(false);
    settings.set_omit_expression(true);
    settings.bind(|| {
        insta::glob!("rules/broken/*.kdl", |path| {
            let report = broken(path);
            assert!(
                !report.findings.is_empty(),
                "nothing is found in {}",
                path.display()
            );
            insta::assert_snapshot!("report", report.render(100, false));
        });
    });
}

#[test]
fn a_broken_file_is_named_after_what_is_found_in_it() {
    for entry in fs::read_dir(tests_folder().join("rules/broken")).unwrap() {
        let path = entry.unwrap().path();
        let stem = path.file_stem().unwrap().to_str().unwrap();
        let code = stem.split('-').next().unwrap();
        let found: Vec<_> = broken(&path)
            .findings
            .iter()
            .map(|finding| finding.code)
            .collect();
        assert!(found.contains(&code), "{stem}: {found:?}");
    }
}

#[test]
fn every_finding_is_drawn_by_a_broken_file() {
    let broken_files = fs::read_dir(tests_folder().join("rules/broken")).unwrap();
    let drawn: BTreeSet<String> = broken_files
        .flat_map(|entry| broken(&entry.unwrap().path()).findings)
        .map(|finding: Finding| finding.code.to_owned())
        .collect();
    let sources = below(&tests_folder().with_file_name("src").join("definitions"));
    // Stories are no part of the rules; what is wrong with one, the tests of their reader say.
    let known: BTreeSet<String> = sources
        .iter()
        .filter(|(path, _)| !path.starts_with("scenario"))
        .flat_map(|(_, text)| codes(text))
        .collect();
    assert!(known.len() > 45, "the sources are read: {known:?}");
    let missing: Vec<_> = known.difference(&drawn).collect();
    assert!(missing.is_empty(), "no broken file draws {missing:?}");
}

/// Returns the codes of all findings that a source can make.
fn codes(source: &str) -> Vec<String> {
    let calls = source.split("Finding::error(").skip(1);
    calls
        .chain(source.split("Finding::warning(").skip(1))
        .filter_map(|call| {
            let (code, _) = call.trim_start().strip_prefix('"')?.split_once('"')?;
            Some(code.to_owned())
        })
        .collect()
}

#[test]
fn the_small_world_is_sound() {
    assert_sound(base());
}

#[test]
fn the_library_is_sound() {
    assert_sound(below(&tests_folder().join("worlds/library")));
}

#[test]
fn the_stories_of_the_library_can_be_read() {
    let stories = below(&tests_folder().join("worlds/library/workflows/scenarios"));
    assert!(stories.len() >= 3);
    for (path, text) in stories {
        let nodes = tree::parse(&text).unwrap_or_else(|faults| panic!("{path}: {faults:?}"));
        assert!(nodes.iter().all(|node| node.name == "scenario"), "{path}");
    }
}

#[test]
fn the_shipped_rules_are_sound() {
    let folders = ["workflows", "doctypes", "permissions", "prompts"];
    let files = folders.iter().flat_map(|folder| shipped::files(folder));
    assert_sound(
        files
            .map(|file| (file.path.into_owned(), file.text.into_owned()))
            .collect(),
    );
}

fn with_workflow(text: String) -> Vec<&'static str> {
    let mut files = base();
    files.insert("workflows/lending.kdl".to_owned(), text);
    examine(files)
        .findings
        .iter()
        .map(|finding| finding.code)
        .collect()
}

#[test]
fn nesting_without_end_is_refused_not_followed() {
    for (open, close) in [
        ("a {", "}"),
        ("a {\n", "}\n"),
        ("/* ", " */"),
        ("/-a {", "}"),
    ] {
        let text = format!("{}{}", open.repeat(100_000), close.repeat(100_000));
        assert_eq!(with_workflow(text), ["syntax"], "{open}");
        assert_eq!(with_workflow(open.repeat(100_000)), ["syntax"], "{open}");
    }
}

/// A closing brace that closes nothing must not hide that another is never closed.
#[test]
fn braces_in_comments_and_strings_hide_no_nesting() {
    for level in [
        "a { // }\n",
        "a { /* } */\n",
        "a \"}\" {\n",
        "a #\"}\"# {\n",
        "a \"\"\"\n}\n\"\"\" {\n",
        "a { /- \"}\"\n",
    ] {
        assert_eq!(with_workflow(level.repeat(1_000)), ["syntax"], "{level}");
    }
}

#[test]
fn braces_in_comments_and_strings_are_no_fault() {
    for comment in ["// {{{{ }", "/* }} { */", "// } \"", "/* \" */"] {
        let mut files = base();
        let text = files.get_mut("workflows/lending.kdl").unwrap();
        *text = format!("{comment}\n{text}{comment}\n")
            .replace("It stands in its place.", "It stands } in { its place.");
        assert_sound(files);
    }
}
