//! What must be true of the house itself: its floors, no rule in its code, and a test for every
//! requirement.

#![expect(
    clippy::wildcard_enum_match_arm,
    reason = "most tokens do not matter to it"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use proc_macro2::{Delimiter, Literal, TokenStream, TokenTree};
use qms::analysis::traceability;
use qms::definitions::Rulebook;
use qms::definitions::vocabulary::{EFFECTS, FACTS, GUARDS, words};
use qms::model::Code;
use syn::visit::Visit;

// ── What is read ─────────────────────────────────────────────────────────

/// A file of the house.
struct Source {
    /// Its path below the project, with `/`.
    path: String,
    text: String,
}

/// A token that counts: no documentation, nothing that is for tests only.
struct Token {
    line: usize,
    word: Word,
}

#[derive(Debug, PartialEq)]
enum Word {
    Ident(String),
    Text(String),
    Mark(char),
    Open,
    Close,
}

impl Source {
    fn tokens(&self) -> Vec<Token> {
        let stream: TokenStream = self.text.parse().expect(&self.path);
        let mut tokens = Vec::new();
        flatten(stream, &mut tokens);
        tokens
    }
}

fn house() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR"))
}

/// Every file of an ending below a folder of the house, in order.
fn sources(folder: &str, ending: &str) -> Vec<Source> {
    let mut found = Vec::new();
    collect(&house().join(folder), ending, &mut found);
    found.sort_by(|left, right| left.path.cmp(&right.path));
    found
}

fn collect(folder: &Path, ending: &str, found: &mut Vec<Source>) {
    let Ok(entries) = fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            collect(&path, ending, found);
        } else if path.to_string_lossy().ends_with(ending) {
            let shown = path.strip_prefix(house()).unwrap();
            found.push(Source {
                path: shown.to_string_lossy().replace('\\', "/"),
                text: fs::read_to_string(&path).unwrap(),
            });
        }
    }
}

/// The files of the program, those left out that only tests are made of.
fn program() -> Vec<Source> {
    let all = sources("src", ".rs");
    let mut of_tests = BTreeSet::new();
    for source in &all {
        let folder = source
            .path
            .trim_end_matches("mod.rs")
            .trim_end_matches(".rs");
        let folder = folder.trim_end_matches('/');
        let file: syn::File = syn::parse_file(&source.text).expect(&source.path);
        for item in file.items {
            if let syn::Item::Mod(module) = item
                && module.content.is_none()
                && module.attrs.iter().any(is_for_tests)
            {
                of_tests.insert(format!("{folder}/{}", module.ident));
            }
        }
    }
    let is_of_tests = |path: &str| {
        of_tests
            .iter()
            .any(|module| path == format!("{module}.rs") || path.starts_with(&format!("{module}/")))
    };
    all.into_iter()
        .filter(|source| !is_of_tests(&source.path))
        .collect()
}

fn is_for_tests(attribute: &syn::Attribute) -> bool {
    attribute.path().is_ident("cfg")
        && attribute
            .parse_args::<syn::Ident>()
            .is_ok_and(|word| word == "test")
}

fn flatten(stream: TokenStream, tokens: &mut Vec<Token>) {
    let mut rest = stream.into_iter().peekable();
    while let Some(tree) = rest.next() {
        let line = tree.span().start().line;
        match tree {
            TokenTree::Punct(mark) if mark.as_char() == '#' => {
                if matches!(rest.peek(), Some(TokenTree::Punct(mark)) if mark.as_char() == '!') {
                    rest.next();
                }
                let Some(TokenTree::Group(attribute)) = rest.next() else {
                    continue;
                };
                let text = attribute.stream().to_string();
                if text == "cfg (test)" || text == "cfg(test)" {
                    skip_item(&mut rest);
                } else if !text.starts_with("doc ") && !text.starts_with("doc=") {
                    flatten(attribute.stream(), tokens);
                }
            }
            TokenTree::Group(group) => {
                tokens.push(Token {
                    line,
                    word: Word::Open,
                });
                flatten(group.stream(), tokens);
                tokens.push(Token {
                    line,
                    word: Word::Close,
                });
            }
            TokenTree::Ident(ident) => tokens.push(Token {
                line,
                word: Word::Ident(ident.to_string()),
            }),
            TokenTree::Punct(mark) => tokens.push(Token {
                line,
                word: Word::Mark(mark.as_char()),
            }),
            TokenTree::Literal(literal) => {
                if let Some(text) = text_of(literal) {
                    tokens.push(Token {
                        line,
                        word: Word::Text(text),
                    });
                }
            }
        }
    }
}

/// Passes over an item: to its body, or to the semicolon where it has none.
fn skip_item(rest: &mut impl Iterator<Item = TokenTree>) {
    for tree in rest {
        match tree {
            TokenTree::Group(group) if group.delimiter() == Delimiter::Brace => return,
            TokenTree::Punct(mark) if mark.as_char() == ';' => return,
            _ => {}
        }
    }
}

fn text_of(literal: Literal) -> Option<String> {
    match syn::Lit::new(literal) {
        syn::Lit::Str(text) => Some(text.value()),
        syn::Lit::ByteStr(bytes) => Some(String::from_utf8_lossy(&bytes.value()).into_owned()),
        syn::Lit::Char(letter) => Some(letter.value().to_string()),
        _ => None,
    }
}

// ── Floors ───────────────────────────────────────────────────────────────

/// The floors, lowest first.
const FLOORS: [&str; 10] = [
    "model",
    "definitions",
    "interpreter",
    "analysis",
    "interaction",
    "store",
    "services",
    "commands",
    "mcp",
    "cli",
];

/// Those that take everything as arguments.
const PURE: [&str; 5] = [
    "model",
    "definitions",
    "interpreter",
    "analysis",
    "interaction",
];

/// What a floor may use; none for the roof (`lib.rs`, `main.rs`), which joins all.
fn may_use(floor: &str) -> Option<Vec<&'static str>> {
    if floor == "error" {
        return Some(vec!["model", "definitions", "interpreter", "store"]);
    }
    let height = FLOORS.iter().position(|other| *other == floor)?;
    let mut beneath = FLOORS[..=height].to_vec();
    if height >= FLOORS.iter().position(|other| *other == "services")? {
        beneath.push("error");
    }
    Some(beneath)
}

fn floor_of(path: &str) -> &str {
    let below = path.strip_prefix("src/").unwrap();
    let first = below.split('/').next().unwrap();
    first.strip_suffix(".rs").unwrap_or(first)
}

/// How many `super` lead from a file's module to the crate.
fn depth_of(path: &str) -> usize {
    let below = path.strip_prefix("src/").unwrap();
    below.split('/').count() - usize::from(below.ends_with("/mod.rs"))
}

/// Returns the modules of the crate that a file names, with the line.
fn modules_used(source: &Source) -> Vec<(usize, String)> {
    let tokens = source.tokens();
    let word = |at: usize| tokens.get(at).map(|token| &token.word);
    let is_path =
        |at: usize| word(at) == Some(&Word::Mark(':')) && word(at + 1) == Some(&Word::Mark(':'));
    let mut used = Vec::new();
    for start in 0..tokens.len() {
        let Some(Word::Ident(first)) = word(start) else {
            continue;
        };
        let continues = start >= 2 && is_path(start - 2);
        let mut at = start + 1;
        let mut ups = usize::from(first == "super");
        while ups > 0 && is_path(at) && word(at + 2) == Some(&Word::Ident("super".to_owned())) {
            ups += 1;
            at += 3;
        }
        let from_crate = first == "crate" || ups == depth_of(&source.path);
        if continues || !from_crate || !is_path(at) {
            continue;
        }
        let line = tokens[start].line;
        match word(at + 2) {
            Some(Word::Ident(module)) => used.push((line, module.clone())),
            Some(Word::Open) => used.extend(
                names_in_group(&tokens[at + 3..])
                    .into_iter()
                    .map(|name| (line, name)),
            ),
            _ => {}
        }
    }
    used
}

/// Returns the first names of the paths in a group of imports.
fn names_in_group(tokens: &[Token]) -> Vec<String> {
    let (mut names, mut height, mut begins) = (Vec::new(), 0, true);
    for token in tokens {
        match &token.word {
            Word::Open => height += 1,
            Word::Close if height == 0 => break,
            Word::Close => height -= 1,
            Word::Mark(',') if height == 0 => begins = true,
            Word::Ident(name) if height == 0 && begins => {
                names.push(name.clone());
                begins = false;
            }
            _ => {}
        }
    }
    names
}

/// A floor uses only itself and the floors beneath it.
#[test]
fn a_floor_uses_only_the_floors_beneath_it() {
    let mut wrong = Vec::new();
    let mut looked_at = 0;
    for source in program() {
        let floor = floor_of(&source.path);
        let Some(allowed) = may_use(floor) else {
            assert!(
                ["lib", "main"].contains(&floor),
                "{}: no floor",
                source.path
            );
            continue;
        };
        for (line, module) in modules_used(&source) {
            looked_at += 1;
            let is_floor = FLOORS.contains(&module.as_str()) || module == "error";
            if is_floor && !allowed.contains(&module.as_str()) {
                wrong.push(format!("{}:{line}: {floor} uses {module}", source.path));
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    assert!(looked_at > 200, "only {looked_at} uses were seen");
}

/// The lower floors take everything as arguments: no disk, no surroundings, no clock, no printing.
#[test]
fn the_lower_floors_know_no_disk_and_no_clock() {
    let mut wrong = Vec::new();
    for source in program() {
        if !PURE.contains(&floor_of(&source.path)) {
            continue;
        }
        let tokens = source.tokens();
        let ident = |at: usize| match tokens.get(at).map(|token| &token.word) {
            Some(Word::Ident(name)) => name.as_str(),
            _ => "",
        };
        for (at, token) in tokens.iter().enumerate() {
            let line = token.line;
            let mut complain = |what: &str| wrong.push(format!("{}:{line}: {what}", source.path));
            match ident(at) {
                "std" => {
                    let grouped = tokens.get(at + 3).map(|token| &token.word) == Some(&Word::Open);
                    let names = if grouped {
                        names_in_group(&tokens[at + 4..])
                    } else {
                        vec![ident(at + 3).to_owned()]
                    };
                    let outer = ["fs", "env", "time", "net", "process", "thread"];
                    for name in names.iter().filter(|name| outer.contains(&name.as_str())) {
                        complain(&format!("std::{name}"));
                    }
                }
                name @ ("SystemTime" | "Instant" | "println" | "eprintln" | "print" | "eprint"
                | "dbg" | "tokio") => complain(name),
                clock @ ("Utc" | "Local") if ident(at + 3) == "now" => {
                    complain(&format!("{clock}::now"));
                }
                _ => {}
            }
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

// ── No rule in code ──────────────────────────────────────────────────────

/// A name that the rules give, and how it is looked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sought {
    /// As a whole word of any text, and as an identifier.
    Anywhere,
    /// Only as a whole text: it is also a plain word.
    AsWholeText,
}

/// Names that are also plain words (R-20).
const PLAIN: &[&str] = &[
    "lead",      // "leads to", "what would lead there"
    "cancelled", // a ledger's name, and what happened to a document
    "retiring",  // a mark, and what is being done
];

/// Words that count below none of these folders, since they are the interface: verbs and flags (R-20).
const WORDS_OF_THE_INTERFACE: &[&str] = &["src/commands/", "src/mcp/"];

/// Further exceptions: file, name, reason.
const EXCEPTIONS: &[(&str, &str, &str)] = &[
    (
        "src/commands/route.rs",
        "retiring",
        "a key of the answer, fixed by the interface; its value comes from the marks",
    ),
    (
        "src/store/writing.rs",
        "CREATE",
        "a flag of the system for opening files",
    ),
];

/// Every name that the shipped rules give.
fn names() -> BTreeMap<String, Sought> {
    let rules = Rulebook::shipped().unwrap();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for doctype in &rules.doctypes {
        names.insert(doctype.name.to_string());
    }
    for group in &rules.groups {
        names.insert(group.name.to_string());
        names.extend(group.members.iter().map(|(member, _)| member.to_string()));
    }
    for workflow in &rules.workflows {
        names.extend(workflow.states.iter().map(|state| state.name.to_string()));
        names.extend(workflow.phases.iter().map(|phase| phase.name.to_string()));
        for outcome in &workflow.outcomes {
            names.insert(outcome.name.to_string());
            names.insert(outcome.stored_as.to_string());
        }
        names.extend(workflow.marks.iter().map(|mark| mark.name.to_string()));
        for event in &workflow.events {
            names.insert(event.name.to_string());
            names.extend(event.ledger.iter().map(ToString::to_string));
        }
        for awaits in workflow.awaits() {
            names.insert(awaits.task.to_string());
            names.insert(awaits.stage.to_string());
        }
        let reactions = workflow.reactions.iter();
        names.extend(reactions.map(|reaction| reaction.name.to_string()));
    }
    names
        .into_iter()
        .map(|name| {
            let sought = if PLAIN.contains(&name.as_str()) {
                Sought::AsWholeText
            } else {
                Sought::Anywhere
            };
            (name, sought)
        })
        .collect()
}

/// Verbs, and the words for their variants and outcomes: the interface says them, nobody else.
fn words_of_actions() -> BTreeSet<String> {
    let rules = Rulebook::shipped().unwrap();
    let mut found = BTreeSet::new();
    for workflow in &rules.workflows {
        for action in &workflow.actions {
            found.insert(action.name.verb.to_string());
            found.extend(action.name.variant.iter().map(ToString::to_string));
        }
        found.extend(workflow.outcomes.iter().map(|rule| rule.name.to_string()));
    }
    found
}

/// Tells whether a text holds a name as a whole word.
fn says(text: &str, name: &str) -> bool {
    let joins = |letter: char| letter.is_alphanumeric() || letter == '_';
    text.match_indices(name).any(|(at, _)| {
        let before = text[..at].chars().next_back();
        let after = text[at + name.len()..].chars().next();
        !before.is_some_and(joins) && !after.is_some_and(joins)
    })
}

/// Texts that show examples to people. Nothing is decided by them: a rulebook of other names makes
/// them bad examples, and no more.
fn is_example(tokens: &[Token], at: usize) -> bool {
    at >= 2
        && tokens[at - 1].word == Word::Mark('=')
        && tokens[at - 2].word == Word::Ident("after_help".to_owned())
}

/// Returns what a file says of the rules.
fn rules_in(
    source: &Source,
    names: &BTreeMap<String, Sought>,
    actions: &BTreeSet<String>,
) -> Vec<String> {
    let is_interface = WORDS_OF_THE_INTERFACE
        .iter()
        .any(|folder| source.path.starts_with(folder));
    let tokens = source.tokens();
    let mut found = Vec::new();
    for (at, token) in tokens.iter().enumerate() {
        let mut said: Vec<&String> = Vec::new();
        match &token.word {
            Word::Text(text) if !is_example(&tokens, at) => {
                let text = text.replace(".claude", "");
                said.extend(names.iter().filter_map(|(name, sought)| {
                    let is_said = match sought {
                        Sought::Anywhere => says(&text, name),
                        Sought::AsWholeText => text == *name,
                    };
                    is_said.then_some(name)
                }));
                said.extend(actions.iter().filter(|word| **word == text));
            }
            Word::Ident(ident) => {
                let key = names.get_key_value(ident);
                said.extend(
                    key.filter(|(_, sought)| **sought == Sought::Anywhere)
                        .map(|(name, _)| name),
                );
            }
            _ => {}
        }
        said.dedup();
        for name in said {
            let is_excused = is_interface && actions.contains(name);
            let is_excepted = EXCEPTIONS
                .iter()
                .any(|(file, word, _)| *file == source.path && word == name);
            if !is_excused && !is_excepted {
                found.push(format!("{}:{}: {name}", source.path, token.line));
            }
        }
    }
    found.sort();
    found.dedup();
    found
}

/// No type, state, group, event or other name of the rules stands in the program (R-20).
#[test]
fn no_rule_stands_in_the_code() {
    let (names, actions) = (names(), words_of_actions());
    assert!(names.len() > 60, "{names:?}");
    for plain in PLAIN {
        assert!(
            names.contains_key(*plain),
            "{plain} is no name of the rules"
        );
    }
    let found: Vec<_> = program()
        .iter()
        .flat_map(|source| rules_in(source, &names, &actions))
        .collect();
    assert_eq!(found, Vec::<String>::new(), "{found:#?}");
    for (file, name, reason) in EXCEPTIONS {
        assert!(!reason.is_empty() && names.contains_key(*name));
        let source = program().into_iter().find(|source| source.path == *file);
        let text = source.expect(file).text;
        assert!(says(&text, name), "{file} no longer says {name}");
    }
}

/// The search finds what it is for, and nothing else.
#[test]
fn the_search_for_rules_sees_texts_and_identifiers() {
    let (names, actions) = (names(), words_of_actions());
    let look = |path: &str, text: &str| {
        let source = Source {
            path: path.to_owned(),
            text: text.to_owned(),
        };
        rules_in(&source, &names, &actions).len()
    };
    let within = |body: &str| look("src/services/a.rs", &format!("fn a() {{ {body}\n }}"));
    for found in [
        r#"f("DRAFT")"#,
        r#"format!("it is CLOSED now")"#,
        r#"json!({"status": "EFFECTIVE"})"#,
        r#"let a = "lead";"#,
        r#"b("TEMPLATE-X")"#,
        r##"let r = r#"SOP"#;"##,
        "let SOP = 1;",
        r#"Verb::new("checkout")"#,
        r#"matches!(a, "pre_release")"#,
    ] {
        assert_eq!(within(found), 1, "{found}");
    }
    for silent in [
        r#"f("DRAFTS and drafts, _DRAFT")"#,
        r#"f("it leads to nothing; lead on")"#,
        r#"f(".claude/users")"#,
        r#"f("check it out, then checkin again")"#,
        "// DRAFT",
        "/// DRAFT\nlet a = 1;",
        "let checkout = 1;",
    ] {
        assert_eq!(within(silent), 0, "{silent}");
    }
    assert_eq!(look("src/commands/a.rs", r#"fn a() { v("checkout") }"#), 0);
    assert_eq!(look("src/commands/a.rs", r#"fn a() { v("DRAFT") }"#), 1);
    let test = "#[cfg(test)]\nmod tests { const A: &str = \"SOP\"; }\nconst B: u8 = 1;";
    assert_eq!(look("src/model/a.rs", test), 0);
}

// ── Traceability ─────────────────────────────────────────────────────────

/// A requirement, as `requirements.toml` has it.
#[derive(Debug, Default)]
struct Requirement {
    title: String,
    later: bool,
    by: Option<String>,
    why: Option<String>,
}

/// A test, or a story, and what it says it verifies.
struct Evidence {
    name: String,
    path: String,
    verifies: Vec<String>,
    ignored: bool,
}

fn requirements() -> BTreeMap<String, Requirement> {
    let text = fs::read_to_string(house().join("tests/requirements.toml")).unwrap();
    let mut found: BTreeMap<String, Requirement> = BTreeMap::new();
    let mut current = String::new();
    for line in text.lines().map(str::trim) {
        if line.is_empty() || line.starts_with('#') {
            continue;
        }
        if let Some(id) = line.strip_prefix('[') {
            id.strip_suffix(']').expect(line).clone_into(&mut current);
            let before = found.insert(current.clone(), Requirement::default());
            assert!(before.is_none(), "{current} stands twice");
        } else {
            let (key, value) = line.split_once(" = ").expect(line);
            let requirement = found.get_mut(&current).expect(line);
            let text = value.trim_matches('"').to_owned();
            match key {
                "title" => requirement.title = text,
                "later" => requirement.later = value == "true",
                "by" => requirement.by = Some(text),
                "why" => requirement.why = Some(text),
                _ => panic!("{line}"),
            }
        }
    }
    found
}

/// Every test there is, and every part of a story that says what it verifies.
fn evidence() -> Vec<Evidence> {
    let mut found = Vec::new();
    for source in sources("src", ".rs")
        .into_iter()
        .chain(sources("tests", ".rs"))
    {
        let stream: TokenStream = source.text.parse().expect(&source.path);
        tests_in(stream, &source.path, &mut found);
    }
    for story in sources("tests/stories", ".md") {
        let mut heading = String::new();
        for line in story.text.lines() {
            if line.starts_with('#') {
                line.trim_start_matches('#').trim().clone_into(&mut heading);
            } else if let Some(list) = line.strip_prefix("Verifies:") {
                found.push(Evidence {
                    name: heading.clone(),
                    path: story.path.clone(),
                    verifies: ids(list),
                    ignored: false,
                });
            }
        }
    }
    found
}

fn ids(list: &str) -> Vec<String> {
    list.split(',').map(|id| id.trim().to_owned()).collect()
}

/// Finds tests in tokens, those within macros too.
fn tests_in(stream: TokenStream, path: &str, found: &mut Vec<Evidence>) {
    let mut attributes: Vec<String> = Vec::new();
    let mut rest = stream.into_iter().peekable();
    while let Some(tree) = rest.next() {
        match tree {
            TokenTree::Punct(mark) if mark.as_char() == '#' => {
                if let Some(TokenTree::Group(group)) = rest.peek()
                    && group.delimiter() == Delimiter::Bracket
                {
                    let attribute = group.stream();
                    attributes.push(doc_of(&attribute).unwrap_or_else(|| attribute.to_string()));
                    rest.next();
                }
            }
            TokenTree::Ident(word) if word == "fn" => {
                let name = rest.next().map(|name| name.to_string()).unwrap_or_default();
                let is_test = attributes.iter().any(|text| text == "test");
                let verifies: Vec<_> = attributes
                    .iter()
                    .filter_map(|text| text.strip_prefix("doc Verifies:"))
                    .flat_map(ids)
                    .collect();
                assert!(
                    is_test || verifies.is_empty(),
                    "{path}: `{name}` verifies something and is no test"
                );
                if is_test {
                    found.push(Evidence {
                        name,
                        path: path.to_owned(),
                        verifies,
                        ignored: attributes.iter().any(|text| text.starts_with("ignore")),
                    });
                }
                attributes.clear();
            }
            TokenTree::Group(group) => {
                tests_in(group.stream(), path, found);
                if group.delimiter() == Delimiter::Brace {
                    attributes.clear();
                }
            }
            TokenTree::Punct(mark) if mark.as_char() == ';' => attributes.clear(),
            TokenTree::Ident(_) | TokenTree::Punct(_) | TokenTree::Literal(_) => {}
        }
    }
}

/// Returns the text of a line of documentation.
fn doc_of(attribute: &TokenStream) -> Option<String> {
    let mut trees = attribute.clone().into_iter();
    let is_doc = matches!(trees.next(), Some(TokenTree::Ident(word)) if word == "doc");
    let (_, text) = (trees.next(), trees.next());
    let Some(TokenTree::Literal(text)) = text.filter(|_| is_doc) else {
        return None;
    };
    Some(format!("doc {}", text_of(text)?.trim()))
}

/// Every test names requirements that there are, none that is ignored counts, and no requirement
/// goes without evidence.
#[test]
fn every_requirement_is_verified() {
    let (requirements, evidence) = (requirements(), evidence());
    let mut wrong = Vec::new();
    for test in &evidence {
        for id in &test.verifies {
            if !requirements.contains_key(id) {
                wrong.push(format!("{}: `{}` verifies {id}?", test.path, test.name));
            }
        }
        if test.ignored && !test.verifies.is_empty() {
            wrong.push(format!("{}: `{}` is ignored", test.path, test.name));
        }
    }
    for (id, requirement) in &requirements {
        let is_inspected = requirement.by.as_deref() == Some("inspection");
        assert_eq!(requirement.by.is_some(), is_inspected, "{id}");
        assert_eq!(requirement.why.is_some(), is_inspected, "{id}: say why");
        let is_verified = evidence.iter().any(|test| test.verifies.contains(id));
        if !requirement.later && !is_inspected && !is_verified {
            wrong.push(format!(
                "{id} ({}) is verified by nobody",
                requirement.title
            ));
        }
    }
    assert_eq!(wrong, Vec::<String>::new(), "{wrong:#?}");
}

/// The requirements as a specification has them: table rows that begin with an id.
fn specification() -> String {
    let rows = requirements().into_iter();
    let rows = rows.map(|(id, requirement)| format!("| {id} | {} |", requirement.title));
    rows.collect::<Vec<_>>().join("\n")
}

/// The matrix that is kept is the one that `qms trace` would make of the markers. `QMS_BLESS=1` writes it anew.
#[test]
fn the_matrix_of_traceability_is_up_to_date() {
    let (mut marked, mut declared) = (Vec::new(), BTreeSet::new());
    for source in sources("src", ".rs").iter().chain(&sources("tests", ".rs")) {
        marked.extend(traceability::markers::markers(&source.path, &source.text));
        declared.extend(traceability::markers::declared(&source.path, &source.text));
    }
    let of_tests: BTreeSet<_> = evidence()
        .into_iter()
        .flat_map(|test| {
            let ids = test.verifies.into_iter();
            let each = ids.map(|id| (id, Some(test.name.clone()), test.path.clone()));
            each.collect::<Vec<_>>()
        })
        .collect();
    let of_markers: BTreeSet<_> = marked
        .iter()
        .map(|marker| {
            (
                marker.requirement.clone(),
                marker.test.clone(),
                marker.file.clone(),
            )
        })
        .collect();
    assert_eq!(
        of_markers, of_tests,
        "a marker stands at the test that it is about"
    );

    let matrix = traceability::matrix::matrix(&traceability::matrix::Sources {
        specification: &specification(),
        matrix: None,
        markers: &marked,
        declared: &declared,
        results: None,
    });
    assert!(matrix.is_whole(), "{:#?}", matrix.orphans);
    let matrix = format!(
        "# Requirements and their tests\n\n\
         Made by `tests/house.rs` as `qms trace` makes it; `QMS_BLESS=1 cargo test house::` writes it anew.\n\n{}",
        traceability::rendered::markdown(&matrix)
    );
    let path = house().join("tests/traceability.md");
    if std::env::var_os("QMS_BLESS").is_some() {
        fs::write(&path, &matrix).unwrap();
    }
    let kept = fs::read_to_string(&path).unwrap_or_default();
    for (kept, made) in kept.lines().zip(matrix.lines()) {
        assert_eq!(kept, made, "QMS_BLESS=1 writes the matrix anew");
    }
    assert_eq!(kept, matrix, "QMS_BLESS=1 writes the matrix anew");
}

// ── Vocabulary and codes ─────────────────────────────────────────────────

/// The texts that the arms of a function's `match`es name.
#[derive(Default)]
struct Arms(BTreeSet<String>);

impl<'ast> Visit<'ast> for Arms {
    fn visit_arm(&mut self, arm: &'ast syn::Arm) {
        self.visit_pat(&arm.pat);
        self.visit_expr(&arm.body);
    }

    fn visit_pat(&mut self, pattern: &'ast syn::Pat) {
        if let syn::Pat::Lit(literal) = pattern
            && let syn::Lit::Str(text) = &literal.lit
        {
            self.0.insert(text.value());
        }
        syn::visit::visit_pat(self, pattern);
    }
}

fn arms_of(file: &str, function: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(house().join("src/definitions").join(file)).unwrap();
    let parsed = syn::parse_file(&text).unwrap();
    let mut arms = Arms::default();
    for item in &parsed.items {
        if let syn::Item::Fn(item) = item
            && item.sig.ident == function
        {
            arms.visit_block(&item.block);
        }
    }
    arms.0
}

/// The tables of words name every guard and every effect that is read, each once and with a meaning.
#[test]
fn the_vocabulary_names_every_word_that_is_read() {
    for (table, file, function) in [
        (GUARDS, "guard.rs", "read_guard"),
        (EFFECTS, "effect.rs", "read_effect"),
    ] {
        let named: BTreeSet<String> = words(table).into_iter().map(str::to_owned).collect();
        assert_eq!(named.len(), table.len(), "a word stands twice");
        assert_eq!(named, arms_of(file, function), "{file}");
        assert!(table.iter().all(|(_, meaning)| !meaning.is_empty()));
    }
    let facts: BTreeSet<&str> = FACTS.iter().map(|(word, _, _)| *word).collect();
    assert_eq!(facts.len(), FACTS.len(), "a fact stands twice");
    for (word, meaning, fact) in FACTS {
        assert_eq!(qms::definitions::vocabulary::fact(word), *fact);
        assert!(!meaning.is_empty(), "{word}");
    }
}

/// The program has the error codes of the interface, each with its exit status, and no others.
#[test]
fn the_error_codes_are_those_of_the_interface() {
    let interface = "usage no_project template_invalid unknown_user permission_denied not_owner \
                     not_assigned not_found already_exists unknown_type invalid_argument \
                     invalid_transition gate_blocked checked_out not_checked_out parent_state \
                     terminal_state identity_missing identity_mismatch identity_locked stale locked \
                     definitions_invalid integrity io";
    let expected: BTreeSet<&str> = interface.split_whitespace().collect();
    let found: BTreeSet<&str> = Code::ALL.iter().map(|code| code.as_str()).collect();
    assert_eq!(found, expected);
    for code in Code::ALL {
        let status = match code.as_str() {
            "usage" | "identity_missing" => 2,
            "definitions_invalid" | "integrity" => 3,
            _ => 1,
        };
        assert_eq!(code.exit_status(), status, "{code}");
    }
}
