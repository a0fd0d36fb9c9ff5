//! Definitions that are wrong, one at a time: every report is a snapshot, carets and help included.
//!
//! A file in `rules/broken` says how it differs from the small sound world in `rules/base`, as
//! `common/changes.rs` tells. Its name is the code of the finding, and perhaps, after `-`, what is special about
//! it; `// draws also: CODE…` names what cannot but follow. What is reported is what `validate-config` prints of
//! such a folder.

mod sarif;

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::path::Path;

use crate::common::World;
use crate::common::changes::{Texts, below, change};
use qms::definitions::codes::Level;
use qms::definitions::{
    FindingCode, RuleError, Rulebook, Severity, SourceFile, codes, shipped, tree,
};

fn tests_folder() -> &'static Path {
    Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests"))
}

fn base() -> Texts {
    below(&tests_folder().join("rules/base"))
}

fn examine(files: Texts) -> RuleError {
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

/// Returns the codes of what cannot but follow, where a line names some.
fn also(line: &str) -> Option<BTreeSet<String>> {
    let codes = line.strip_prefix("// draws also: ")?;
    Some(codes.split(' ').map(str::to_owned).collect())
}

/// What `validate-config` says of a folder.
struct Report {
    status: u8,
    text: String,
    codes: BTreeSet<String>,
}

fn report(files: &Texts) -> Report {
    let world = World::empty();
    for (path, text) in files {
        world.write(&format!("rules/{path}"), text);
    }
    let line = format!("validate-config {}", world.path("rules").display());
    let answer = world.qms(&line);
    let findings = answer.json["data"]["findings"].as_array();
    let codes = findings.expect("a report").iter().map(|finding| {
        let code = finding["code"].as_str().unwrap();
        code.strip_prefix("qms::rules::").unwrap().to_owned()
    });
    Report {
        status: answer.status,
        codes: codes.collect(),
        text: world.text("ada", &line),
    }
}

/// Every broken file: its stem, and what it says.
fn cases() -> Vec<(String, String)> {
    let folder = tests_folder().join("rules/broken");
    let mut cases: Vec<_> = below(&folder)
        .into_iter()
        .map(|(name, text)| (name.strip_suffix(".kdl").unwrap().to_owned(), text))
        .collect();
    cases.sort();
    cases
}

fn code_of(stem: &str) -> &str {
    stem.split('-').next().unwrap()
}

fn broken(description: &str) -> Report {
    let mut files = base();
    let lines = description.lines().filter(|line| also(line).is_none());
    change(&mut files, &lines.collect::<Vec<_>>().join("\n"));
    report(&files)
}

#[track_caller]
fn assert_sound(files: Texts) {
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
            let report = broken(&fs::read_to_string(path).unwrap());
            insta::assert_snapshot!("report", report.text);
        });
    });
}

/// One fault draws one kind of finding, and what must follow is named.
#[test]
fn a_broken_file_draws_what_it_is_named_after_and_nothing_else() {
    let mut astray = Vec::new();
    for (stem, description) in cases() {
        let report = broken(&description);
        let code = code_of(&stem);
        let mut expected: BTreeSet<String> =
            description.lines().filter_map(also).flatten().collect();
        assert!(!expected.contains(code), "{stem}: said twice");
        expected.insert(code.to_owned());
        if report.codes != expected {
            astray.push(format!("{stem}: {:?}, not {expected:?}", report.codes));
        }

        let is_error = |code: &&FindingCode| {
            code.severity() == Severity::Error && expected.contains(code.as_str())
        };
        let status = if codes::all().any(|code| is_error(&code)) {
            3
        } else {
            0
        };
        assert_eq!(report.status, status, "{stem}");
    }
    assert!(astray.is_empty(), "{astray:#?}");
}

#[test]
fn every_kind_of_finding_is_drawn_by_a_broken_file() {
    let cases = cases();
    assert!(cases.len() >= 60);
    let drawn: BTreeSet<&str> = cases.iter().map(|(stem, _)| code_of(stem)).collect();
    // What a proof finds takes a life that can be lived, and practice a project: `tests/proofs.rs`.
    let read = codes::all().filter(|code| !matches!(code.level(), Level::Proofs | Level::Practice));
    let known: BTreeSet<&str> = read.map(FindingCode::as_str).collect();
    let missing: Vec<_> = known.difference(&drawn).collect();
    assert!(missing.is_empty(), "no broken file draws {missing:?}");
}

/// The table that is kept is the one of the code. `QMS_BLESS=1` writes it anew.
#[test]
fn the_table_of_findings_is_up_to_date() {
    let mut words = BTreeSet::new();
    let mut table = String::from(
        "# What `qms validate-config` finds\n\n\
         Every finding has a code, `qms::rules::` and a word of this table, which is never given to anything \
         else.\nAn error keeps a project from working by the rules; a warning does only with `--strict`.\n\n\
         Made by `tests/rules.rs`; `QMS_BLESS=1 cargo test rules::the_table` writes it anew.\n",
    );
    let mut level = None;
    for code in codes::all() {
        if level != Some(code.level()) {
            level = Some(code.level());
            let _ = write!(
                table,
                "\n## {}\n\n| Code | | What it means | What to do |\n| --- | --- | --- | --- |\n",
                code.level().as_str()
            );
        }
        let word = code.as_str();
        assert!(words.insert(word), "`{word}` is two kinds");
        assert!(code.meaning().ends_with('.'), "{word}: a sentence");
        assert!(!code.remedy().ends_with('.'), "{word}: no sentence");
        let _ = writeln!(
            table,
            "| `{word}` | {} | {} | {} |",
            code.severity().as_str(),
            code.meaning(),
            code.remedy()
        );
    }
    let path = tests_folder().with_file_name("grammar").join("findings.md");
    if std::env::var_os("QMS_BLESS").is_some() {
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, &table).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    assert_eq!(kept, table, "QMS_BLESS=1 writes the table anew");
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
        .map(|finding| finding.code.as_str())
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
