//! What procedures, templates, prompts, the agent's file and the manual quote is run: every command, in the order of
//! the text, in a project that `init` has just made.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use crate::common::changes::below;
use crate::common::{World, split};
use crate::mcp::client::names;

/// What a text shows to be typed.
#[derive(Debug)]
struct Quoted {
    line: String,
    /// What is shown beneath it, in a transcript.
    shown: Vec<String>,
    kind: Kind,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// In a fence, for itself.
    Fenced,
    /// Within a sentence.
    Inline,
    /// In an indented block, after `$`, with what it answers.
    Shown,
}

/// Every command of a text, in its order.
fn quoted(text: &str) -> Vec<Quoted> {
    let mut found: Vec<Quoted> = Vec::new();
    let mut sentences = String::new();
    let (mut in_fence, mut in_transcript) = (false, false);
    for line in text.lines().chain([""]) {
        let is_code = in_fence || line.starts_with("```") || line.starts_with("    ");
        if is_code || line.is_empty() || is_command(line) {
            found.extend(ticked(&std::mem::take(&mut sentences)));
        }
        if line.starts_with("```") {
            in_fence = !in_fence;
        } else if in_fence || is_command(line) {
            found.push(quote(line, Kind::Fenced));
        } else if let Some(line) = line.strip_prefix("    $ ") {
            found.push(quote(line, Kind::Shown));
            in_transcript = true;
            continue;
        } else if in_transcript && line.starts_with("    ") {
            let last = found.last_mut().expect("a command is above");
            last.shown.push(line.trim().to_owned());
            continue;
        } else if !is_code {
            sentences.push_str(line);
            sentences.push(' ');
        }
        in_transcript = false;
    }
    found
}

fn quote(line: &str, kind: Kind) -> Quoted {
    Quoted {
        line: line.to_owned(),
        shown: Vec::new(),
        kind,
    }
}

/// The commands that stand between backticks in some sentences.
fn ticked(sentences: &str) -> Vec<Quoted> {
    let ticked = sentences.split('`').skip(1).step_by(2);
    let ticked = ticked.filter(|words| is_command(words));
    ticked.map(|words| quote(words, Kind::Inline)).collect()
}

fn is_command(words: &str) -> bool {
    let rest = words
        .strip_prefix("qms ")
        .or_else(|| words.strip_prefix("git "));
    let is_whole = !words.contains('…');
    is_whole
        && rest.is_some_and(|rest| {
            rest.starts_with(|letter: char| letter == '-' || letter.is_ascii_lowercase())
        })
}

/// Runs a line as somebody would type it; none where there is no git.
fn run(folder: &Path, line: &str) -> Option<(bool, String)> {
    let words = split(line);
    let (program, words) = words.split_first().expect("a program");
    let program = if program == "qms" {
        env!("CARGO_BIN_EXE_qms")
    } else {
        program
    };
    let mut command = Command::new(program);
    command.args(words).current_dir(folder).stdin(Stdio::null());
    for variable in ["QMS_USER", "QMS_PROJECT_ROOT", "QMS_RULES"] {
        command.env_remove(variable);
    }
    command.env("GIT_CONFIG_GLOBAL", "/dev/null");
    let answer = command.output().ok()?;
    let text = [answer.stdout, answer.stderr].concat();
    Some((
        answer.status.success(),
        String::from_utf8_lossy(&text).into_owned(),
    ))
}

/// Runs lines that a text takes for done.
#[track_caller]
fn prepare(folder: &Path, lines: &[&str]) -> bool {
    lines.iter().all(|line| {
        let Some((is_done, text)) = run(folder, line) else {
            println!("there is no git: what needs one is left out");
            return false;
        };
        assert!(is_done, "{line}: {text}");
        true
    })
}

const PEOPLE: &[&str] = &[
    "git init --quiet -b main",
    "git config user.name claude",
    "git config user.email claude@example.invalid",
    "qms init",
    EXPERT,
];

const EXPERT: &str = "qms --user lead user add expert --group reviewer";

/// A project in a folder of its own, for a text may make another beside it.
fn project() -> Option<(World, std::path::PathBuf)> {
    let world = World::empty();
    let folder = world.path("project");
    fs::create_dir(&folder).unwrap();
    prepare(&folder, PEOPLE).then_some((world, folder))
}

/// The document that a procedure speaks of is prepared where its sentences do not say how it came there.
const BEFORE: &[(&str, &[&str])] = &[
    (
        "qms --user claude create VAR --parent CR-001 --title \"Sensor replaced during the test\"",
        &[
            "qms --user claude create CR --title \"New seal\"",
            "qms --user claude route CR-001 --review",
            "qms --user qa review CR-001 --recommend --comment Good",
            "qms --user claude route CR-001 --approval",
            "qms --user qa approve CR-001",
        ],
    ),
    (
        "qms --user claude read SOP-008 --version 1.0",
        &[
            "qms --user claude route SOP-008 --review",
            "qms --user qa review SOP-008 --recommend --comment Good",
            "qms --user claude route SOP-008 --approval",
            "qms --user qa approve SOP-008",
        ],
    ),
    (
        "qms --user expert review SOP-008 --request-updates --comment \"5.2: no role named.\"",
        &[
            "qms --user claude withdraw SOP-008",
            "qms --user claude route SOP-008 --review --assign qa expert",
        ],
    ),
    (
        "qms --user claude route SOP-008 --approval",
        &[
            "qms --user claude withdraw SOP-008",
            "qms --user claude route SOP-008 --review",
            "qms --user qa review SOP-008 --recommend --comment Good",
        ],
    ),
    (
        "qms --user qa reject SOP-008 --comment \"Section 4 contradicts SOP-003.\"",
        &[
            "qms --user claude checkout SOP-008",
            "qms --user claude route SOP-008 --review",
            "qms --user qa review SOP-008 --recommend --comment Good",
            "qms --user claude route SOP-008 --approval",
        ],
    ),
    (
        "qms --user claude withdraw SOP-008",
        &["qms --user claude route SOP-008 --approval"],
    ),
    (
        "qms --user claude close CR-001",
        &[
            "qms --user claude route CR-001 --review",
            "qms --user qa review CR-001 --recommend --comment Good",
            "qms --user claude route CR-001 --approval",
            "qms --user qa approve CR-001",
        ],
    ),
    (
        "qms --user claude cancel CR-004 --dry-run",
        &[
            "qms --user claude create CR --title Second",
            "qms --user claude create CR --title Third",
            "qms --user claude create CR --title \"Struck out again\"",
            "qms --user claude checkin CR-004",
        ],
    ),
];

/// Each command that a procedure quotes does what the text says, from `init` on; with SOP-002 a change is taken from
/// idea to closure.
///
/// Verifies: REQ-INIT-004, REQ-WF-012, REQ-WF-023
#[test]
fn what_procedures_quote_is_done() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seed/sops");
    let texts = below(&folder);
    assert_eq!(texts.len(), 7);
    let mut count = 0;
    for (name, text) in &texts {
        let Some((_world, root)) = project() else {
            return;
        };
        fs::create_dir(root.join("src")).unwrap();
        fs::write(root.join("src/dosing.py"), "LIMIT_KN = 12\n").unwrap();
        fs::write(root.join("src/bypass.py"), "BYPASS = False\n").unwrap();
        prepare(&root, &["git add -A", "git commit --quiet -m Baseline"]);
        let mut is_specified = false;
        for Quoted { line, .. } in quoted(text)
            .into_iter()
            .filter(|quoted| quoted.line != EXPERT)
        {
            let is_first = name == "SOP-001.md";
            let mut before = BEFORE
                .iter()
                .filter(|(known, _)| is_first && *known == line);
            if let Some((_, lines)) = before.next() {
                prepare(&root, lines);
            }
            if line.ends_with(" namespace add PRESS") {
                declare(&root);
            }
            if line.ends_with(" route SDLC-PRESS-RS --review") && !is_specified {
                specify(&root);
                is_specified = true;
            }
            let (is_done, told) = run(&root, &line).expect("it was there before");
            assert!(is_done, "{name}: {line}\n{told}");
            count += 1;
        }
        let (is_sound, told) = run(&root, "qms verify").expect("a program");
        assert!(is_sound, "{name}: {told}");
    }
    assert!(count > 250, "{count}");
}

/// What the agent's file quotes is done, by quality, in the order of a round.
#[test]
fn what_the_agents_file_quotes_is_done() {
    let Some((_world, root)) = project() else {
        return;
    };
    let begun = &[
        "qms --user claude create CR --title \"New seal\"",
        "qms --user claude route CR-001 --review",
        "qms --user qa review CR-001 --recommend --comment Good",
        "qms --user claude route CR-001 --approval",
        "qms --user qa approve CR-001",
        "qms --user claude release CR-001",
        "qms --user claude create VAR --parent CR-001 --title \"Another seal\"",
        "qms --user claude checkout CR-001",
        "qms --user claude route CR-001 --review",
    ];
    prepare(&root, begun);
    fs::write(root.join("findings.md"), "4: no evidence. Name the record.").unwrap();
    let again = &[
        "qms --user claude withdraw CR-001",
        "qms --user claude route CR-001 --review",
    ];
    let to_approve = &[
        "qms --user claude checkout CR-001",
        "qms --user claude route CR-001 --review",
        "qms --user qa review CR-001 --recommend --comment Good",
        "qms --user claude route CR-001 --approval",
    ];
    // It says how somebody approves, and how they reject: the next round of another document.
    let another = &[
        "qms --user claude create CR --title Other",
        "qms --user claude route CR-002 --review",
        "qms --user qa review CR-002 --recommend --comment Good",
        "qms --user claude route CR-002 --approval",
    ];
    let mut count = 0;
    for Quoted { mut line, .. } in quoted(include_str!("../seed/agents/qa.md")) {
        if line.contains("--request-updates") {
            prepare(&root, again);
        } else if line.contains(" approve ") {
            prepare(&root, to_approve);
        } else if line.contains(" reject ") {
            prepare(&root, another);
            line = line.replace("CR-001", "CR-002");
        }
        let (is_done, told) = run(&root, &line).expect("a program");
        assert!(is_done, "{line}\n{told}");
        count += 1;
    }
    assert!(count > 12, "{count}");
}

/// What prompts tell people to type is done by whoever is asked.
///
/// Verifies: REQ-PROMPT-001
#[test]
fn what_prompts_quote_is_done() {
    let Some((_world, root)) = project() else {
        return;
    };
    prepare(
        &root,
        &[
            "qms --user claude create CR --title \"New seal\"",
            "qms --user claude route CR-001 --review",
        ],
    );
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("prompts");
    let mut lines = BTreeSet::new();
    for text in below(&folder).values() {
        let lines_of = text.lines().map(str::trim_start).collect::<Vec<_>>();
        let quoted = quoted(&lines_of.join("\n")).into_iter();
        let quoted = quoted.map(|quoted| quoted.line);
        let quoted = quoted.filter(|line| line.contains("--user"));
        lines.extend(quoted.map(|line| {
            let line = line.replace("{{ assignee }}", "qa");
            let line = line.replace("{{ doc_id }}", "CR-001");
            line.replace(" ID", " CR-001")
        }));
    }
    // Of others prompts give the name alone: it is a command.
    assert!(lines.len() >= 5, "{lines:?}");
    for line in &lines {
        let (is_done, told) = run(&root, line).expect("a program");
        assert!(is_done, "{line}\n{told}");
    }
}

/// What templates tell their keepers to type is done.
#[test]
fn what_templates_quote_is_done() {
    let Some((_world, root)) = project() else {
        return;
    };
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seed/templates");
    let texts = below(&folder);
    assert_eq!(texts.len(), 12);
    for (name, text) in &texts {
        let mut lines = quoted(text).into_iter().map(|quoted| quoted.line);
        let line = lines.next().expect("how it is changed");
        let expected = format!(
            "qms --user claude checkout {}",
            name.trim_end_matches(".md")
        );
        assert_eq!(line, expected);
        let (is_done, told) = run(&root, &line).expect("a program");
        assert!(is_done, "{line}\n{told}");
    }
}

/// What a reader of the manual does with an editor, before a command is typed for the how-manieth time on a page.
type Hook = (&'static str, &'static str, usize, fn(&Path));

fn edit(root: &Path, path: &str, old: &str, new: &str) {
    let path = root.join(path);
    let text = fs::read_to_string(&path).unwrap();
    assert!(text.contains(old), "`{old}` stands in {}", path.display());
    fs::write(&path, text.replace(old, new)).unwrap();
}

const FORM: &str = ".claude/users/claude/workspace/TEMPLATE-FORM.md";
const TEMPLATE: &str = ".claude/users/claude/workspace/TEMPLATE-VR.md";
const LIFE: &str = "qms.d/workflows/non-executable.kdl";
const GATE: &str = "        require outcome-from quality\n        from REVIEWED to=IN_APPROVAL\n        clear mark retiring";
const NO_GATE: &str = "        from REVIEWED to=IN_APPROVAL\n        clear mark retiring";

const HOOKS: &[Hook] = &[
    ("code", "namespace add PRESS", 1, declare),
    ("code", "route SDLC-PRESS-RS --review", 1, specify),
    ("authoring", "checkin TEMPLATE-FORM", 2, |root| {
        edit(
            root,
            FORM,
            "title: Template for forms",
            "title: \"Template for forms",
        );
    }),
    ("authoring", "checkin TEMPLATE-FORM", 3, |root| {
        edit(
            root,
            FORM,
            "title: \"Template for forms",
            "title: Template for forms",
        );
    }),
    ("authoring", "checkin TEMPLATE-FORM", 4, |root| {
        fs::remove_file(root.join(FORM)).unwrap();
    }),
    ("authoring", "checkin TEMPLATE-FORM", 5, |root| {
        fs::copy(
            root.join("QMS/TEMPLATE/TEMPLATE-FORM-draft.md"),
            root.join(FORM),
        )
        .unwrap();
    }),
    ("interactive", "checkin TEMPLATE-VR", 1, |root| {
        edit(
            root,
            TEMPLATE,
            "next: objective -->",
            "next: objectives -->",
        );
    }),
    ("interactive", "checkin TEMPLATE-VR", 2, |root| {
        edit(
            root,
            TEMPLATE,
            "next: objectives -->",
            "next: objective -->",
        );
    }),
    ("customising", "validate-config --strict", 1, |root| {
        edit(
            root,
            "qms.d/doctypes/VAR.kdl",
            "    authored freely",
            "    blocks-parent close    // a change waits for its variances\n\n    authored freely",
        );
        let page = include_str!("../seed/help/customising.md");
        let (_, story) = page.split_once("    scenario \"A change").expect("a story");
        let (story, _) = story.split_once("\n    }\n").expect("its end");
        fs::write(
            root.join("qms.d/workflows/scenarios/change-waits-for-its-variance.kdl"),
            format!("scenario \"A change{story}\n}}\n"),
        )
        .unwrap();
    }),
    ("customising", "status SOP-001", 1, |root| {
        edit(
            root,
            LIFE,
            "ask named else=quality",
            "ask named else=qualty",
        );
    }),
    ("customising", "validate-config", 1, |root| {
        edit(
            root,
            LIFE,
            "ask named else=qualty",
            "ask named else=quality",
        );
        edit(root, LIFE, GATE, NO_GATE);
    }),
    ("customising", "validate-config qms.d", 1, |root| {
        edit(root, LIFE, NO_GATE, GATE);
    }),
    ("customising", "status SOP-001", 2, |root| {
        let stories = root.join("qms.d/workflows/scenarios");
        let stories = fs::read_dir(stories).unwrap();
        let stories = stories.map(|entry| entry.unwrap().path());
        for path in stories.chain([root.join(LIFE)]) {
            let text = fs::read_to_string(&path).unwrap();
            fs::write(&path, text.replace("IN_REVIEW", "UNDER_REVIEW")).unwrap();
        }
        let awaits = "{ awaits review task=REVIEW stage=REVIEW }";
        let renamed = "{ renamed from=IN_REVIEW; awaits review task=REVIEW stage=REVIEW }";
        edit(root, LIFE, awaits, renamed);
    }),
    ("compatibility", "verify SOP-001", 1, |root| {
        edit(root, "QMS/SOP/SOP-001.md", "## 1. Purpose", "## 1. Aim");
    }),
    ("compatibility", "verify SOP-001", 2, |root| {
        edit(root, "QMS/SOP/SOP-001.md", "## 1. Aim", "## 1. Purpose");
    }),
];

/// A released record; what a page takes for done.
const RELEASED: &[&str] = &[
    "qms --user claude create CR --title \"New seal on vessel 3\"",
    "qms --user claude route CR-001 --review",
    "qms --user qa review CR-001 --recommend --comment Good",
    "qms --user claude route CR-001 --approval",
    "qms --user qa approve CR-001",
    "qms --user claude release CR-001",
];

const PROTOCOL: &[&str] = &[
    "qms --user claude create TP --parent CR-001 --title \"Pressure tests\"",
    "qms --user claude route CR-001-TP-001 --review",
    "qms --user qa review CR-001-TP-001 --recommend --comment Good",
    "qms --user claude route CR-001-TP-001 --approval",
    "qms --user qa approve CR-001-TP-001",
    "qms --user claude release CR-001-TP-001",
];

/// Returns words without what makes no difference to a reader: how lines are broken, and numbers of lines.
fn plain(text: &str) -> String {
    let words: Vec<_> = text.split_whitespace().collect();
    let words = words.iter().map(|word| match word.split_once(".kdl:") {
        Some((file, _)) => format!("{file}.kdl"),
        None => (*word).to_owned(),
    });
    words.collect::<Vec<_>>().join(" ")
}

/// Tells what of an answer that is shown is not in the real one; `…` stands for anything.
fn missing(shown: &[String], real: &str) -> Option<String> {
    let has_rule = shown.iter().any(|line| line.contains("rule:"));
    let lines = real.lines();
    let lines = lines.filter(|line| has_rule || !line.starts_with("  rule: "));
    let real = plain(&lines.collect::<Vec<_>>().join("\n"));
    let mut rest = real.as_str();
    for part in plain(&shown.join("\n")).split('…').map(str::trim) {
        match rest.split_once(part) {
            Some((_, after)) => rest = after,
            None => return Some(part.to_owned()),
        }
    }
    None
}

/// Each command that a page of the manual shows is run, in order: it does what stands beneath it.
///
/// Verifies: REQ-INIT-008
#[test]
fn what_the_manual_shows_is_what_happens() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seed/help");
    let mut hooked = 0;
    for (name, text) in &below(&folder) {
        let topic = name.trim_end_matches(".md");
        let Some((_world, root)) = project() else {
            return;
        };
        match topic {
            "interactive" => assert!(prepare(&root, RELEASED)),
            "deviations" => assert!(prepare(&root, &[RELEASED, PROTOCOL].concat())),
            _ => {}
        }
        let mut typed: Vec<String> = Vec::new();
        for Quoted { line, shown, kind } in quoted(text) {
            if kind == Kind::Inline {
                run_named(&root, topic, &line);
                continue;
            }
            typed.push(line.clone());
            for (page, end, nth, hook) in HOOKS {
                let ends = |line: &&String| line.ends_with(&format!(" {end}"));
                if *page == topic && ends(&&line) && typed.iter().filter(ends).count() == *nth {
                    hook(&root);
                    hooked += 1;
                }
            }
            let (is_done, told) = run(&root, &line).expect("a program");
            let first = shown.first().map(String::as_str).unwrap_or_default();
            let is_refused =
                first.starts_with("error") || shown.iter().any(|line| line.contains('×'));
            assert_eq!(is_done, !is_refused, "{topic}: {line}\n{told}");
            let missing = missing(&shown, &told);
            assert_eq!(missing, None, "{topic}: {line}\n{told}");
        }
    }
    assert_eq!(hooked, HOOKS.len(), "every edit is made");
}

/// Code with a test that says what it verifies; `@@` stands for the mark, so that this line marks nothing.
const SOURCE: &str = "LIMIT_KN = 12\n\n# @@ NEED-001\ndef test_limit():\n    pass\n";

/// Writes a requirement into a specification that is begun.
fn specify(root: &Path) {
    let path = root.join(".claude/users/claude/workspace/SDLC-PRESS-RS.md");
    let text = fs::read_to_string(&path).unwrap();
    let row = "| Id | Requirement |\n| --- | --- |\n| NEED-001 | The press stops at 12 kN. |\n";
    fs::write(&path, format!("{text}\n### 5.3 Limits\n\n{row}")).unwrap();
}

/// What the owner of a system does with an editor: code accepted as it stands, results of its tests, its declaration.
fn declare(root: &Path) {
    let results = r#"<testsuite name="press"><testcase name="test_limit"/></testsuite>"#;
    for (path, text) in [
        ("src/dosing.py", SOURCE),
        ("src/bypass.py", "BYPASS = False\n"),
        ("results/press-001.xml", results),
        ("results/main.xml", results),
    ] {
        let path = root.join(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text.replace("@@", "Verifies:")).unwrap();
    }
    prepare(root, &["git add -A", "git commit --quiet -m Accepted"]);
    let (_, accepted) = run(root, "git rev-parse HEAD").expect("a program");
    let path = root.join("qms.config.json");
    let text = fs::read_to_string(&path).unwrap();
    let mut config: serde_json::Value = serde_json::from_str(&text).unwrap();
    config["systems"] = serde_json::json!([{
        "name": "press",
        "paths": ["src"],
        "namespace": "PRESS",
        "governed_since": accepted.trim(),
    }]);
    fs::write(&path, config.to_string()).unwrap();
}

/// Runs a command that is named in a sentence, with a folder where it says that one stands.
#[track_caller]
fn run_named(root: &Path, topic: &str, line: &str) {
    let line = match line {
        "qms config export DIR" => "qms config export exported",
        "qms validate-config DIR" => "qms validate-config exported",
        "git checkout qms.d" => {
            prepare(root, &["git add qms.d"]);
            line
        }
        // These serve until they are ended; `tests/mcp` starts them.
        _ if line.starts_with("qms mcp") => return,
        _ => line,
    };
    let (is_done, told) = run(root, line).expect("a program");
    assert!(is_done, "{topic}: `{line}`\n{told}");
}

/// A tool that a text of the seed names is one that the server offers.
#[test]
fn every_tool_that_is_named_is_offered() {
    let offered = names(&World::new());
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("seed");
    let mut count = 0;
    for (path, text) in &below(&folder) {
        let words = text.split(|letter: char| letter != '_' && !letter.is_ascii_alphanumeric());
        for word in words.filter(|word| word.starts_with("qms_")) {
            assert!(offered.iter().any(|name| name == word), "{path}: `{word}`");
            count += 1;
        }
    }
    assert!(count > 20, "{count}");
}
