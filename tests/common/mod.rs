//! One helper for all tests: a project of its own in a scratch folder, with a clock that stands still.

#![expect(unreachable_pub, reason = "each test file uses a part of it")]

pub mod changes;
pub mod records;
pub mod repository;

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};

use chrono::{DateTime, TimeZone, Utc};
use qms::cli::{Streams, run};
use serde_json::Value;
use tempfile::TempDir;

/// A project, made for one test.
pub struct World {
    scratch: TempDir,
}

/// What a command answered.
#[must_use]
#[derive(Debug)]
pub struct Answer {
    pub command: String,
    pub status: u8,
    pub json: Value,
    pub err: String,
}

/// What lies in a project: every file by its path.
pub type Files = BTreeMap<String, Vec<u8>>;

/// The moment at which every test happens.
pub fn noon() -> DateTime<Utc> {
    Utc.with_ymd_and_hms(2026, 3, 14, 12, 0, 0).unwrap()
}

impl World {
    /// A project fresh from `init`, with `bob` (initiator), `rita` and `rolf` (reviewers) besides those
    /// that `init` knows.
    #[track_caller]
    pub fn new() -> Self {
        let world = Self::empty();
        world.qms("init").done();
        for (name, group) in [
            ("bob", "initiator"),
            ("rita", "reviewer"),
            ("rolf", "reviewer"),
        ] {
            world
                .by("lead", &format!("user --add {name} --group {group}"))
                .done();
        }
        world
    }

    /// A project that is governed by the rules of a library, with a clerk besides those they name.
    #[track_caller]
    pub fn library() -> Self {
        let world = Self::empty();
        let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worlds/library");
        copy(&rules, &world.path("qms.d"));
        world.qms("init").done();
        world.by("ada", "user --add cleo --group clerk").done();
        world
    }

    /// A folder with nothing in it.
    pub fn empty() -> Self {
        Self {
            scratch: tempfile::tempdir().unwrap(),
        }
    }

    /// A copy of a folder.
    pub fn copy_of(folder: &Path) -> Self {
        let world = Self::empty();
        copy(folder, world.root());
        world
    }

    pub fn root(&self) -> &Path {
        self.scratch.path()
    }

    pub fn path(&self, path: &str) -> PathBuf {
        self.root().join(path)
    }

    /// Runs a command without saying who acts. Words are split at spaces; double quotes keep them together.
    #[track_caller]
    pub fn qms(&self, line: &str) -> Answer {
        self.words(&split(line))
    }

    /// Runs a command as somebody.
    #[track_caller]
    pub fn by(&self, user: &str, line: &str) -> Answer {
        let mut words = vec!["--user".to_owned(), user.to_owned()];
        words.extend(split(line));
        self.words(&words)
    }

    /// Runs a command by its words.
    #[track_caller]
    pub fn words(&self, words: &[String]) -> Answer {
        let is_init = words.iter().any(|word| word == "init");
        let root_flag = if is_init { "--root" } else { "--project-root" };
        let mut all: Vec<OsString> = vec!["qms".into(), "--json".into()];
        all.extend(words.iter().map(OsString::from));
        if !words.iter().any(|word| word == root_flag) {
            all.push(root_flag.into());
            all.push(self.root().into());
        }
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut streams = Streams {
            out: &mut out,
            err: &mut err,
            is_terminal: false,
            input: None,
        };
        let status = run(all, noon, &mut streams).status;
        Answer {
            command: words.join(" "),
            status,
            json: serde_json::from_slice(&out).unwrap_or(Value::Null),
            err: String::from_utf8(err).unwrap(),
        }
    }

    /// Runs a command and returns what a person would read on standard output.
    #[track_caller]
    pub fn text(&self, user: &str, line: &str) -> String {
        let mut all: Vec<OsString> = vec!["qms".into(), "--user".into(), user.into()];
        all.extend(split(line).into_iter().map(OsString::from));
        all.push("--project-root".into());
        all.push(self.root().into());
        let (mut out, mut err) = (Vec::new(), Vec::new());
        let mut streams = Streams {
            out: &mut out,
            err: &mut err,
            is_terminal: false,
            input: None,
        };
        let _ = run(all, noon, &mut streams);
        String::from_utf8(out).unwrap()
    }

    /// A project with a record that is released, `CR-001`, below which inspections are recorded by answering.
    #[track_caller]
    pub fn inspected() -> Self {
        let world = Self::new();
        let template = include_str!("../interview/inspection.md");
        world.write("QMS/TEMPLATE/TEMPLATE-VR.md", template);
        world.story(
            "claude: create CR --title Pump
             claude: route CR-001 --review
             qa: review CR-001 --recommend --comment Good
             claude: route CR-001 --approval
             qa: approve CR-001
             claude: release CR-001",
        );
        world
    }

    /// Runs lines of `user: command`, each of which must succeed.
    #[track_caller]
    pub fn story(&self, lines: &str) {
        for line in lines.lines().map(str::trim).filter(|line| !line.is_empty()) {
            let (user, command) = line.split_once(": ").expect("a line is `user: command`");
            self.by(user, command).done();
        }
    }

    /// Checks that a command is refused with a code, and changes nothing at all.
    #[track_caller]
    pub fn refused(&self, user: &str, line: &str, code: &str) -> Value {
        let before = self.files();
        let answer = self.by(user, line);
        let error = answer.refused(code);
        assert_same(&before, &self.files());
        error
    }

    /// Every file in the project.
    pub fn files(&self) -> Files {
        let mut files = Files::new();
        collect(self.root(), self.root(), &mut files);
        files
    }

    pub fn exists(&self, path: &str) -> bool {
        self.path(path).exists()
    }

    #[track_caller]
    pub fn read(&self, path: &str) -> String {
        fs::read_to_string(self.path(path)).unwrap_or_else(|error| panic!("{path}: {error}"))
    }

    #[track_caller]
    pub fn write(&self, path: &str, text: &str) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// The record of a document.
    #[track_caller]
    pub fn meta(&self, doc_type: &str, id: &str) -> Value {
        serde_json::from_str(&self.read(&format!("QMS/.meta/{doc_type}/{id}.json"))).unwrap()
    }

    /// The trail of a document.
    #[track_caller]
    pub fn trail(&self, doc_type: &str, id: &str) -> Vec<Value> {
        let text = self.read(&format!("QMS/.audit/{doc_type}/{id}.jsonl"));
        text.lines()
            .map(|line| serde_json::from_str(line).unwrap())
            .collect()
    }

    /// The trail as `EVENT version` words.
    #[track_caller]
    pub fn events(&self, doc_type: &str, id: &str) -> Vec<String> {
        self.trail(doc_type, id)
            .iter()
            .map(|event| {
                format!(
                    "{} {}",
                    event["event"].as_str().unwrap(),
                    event["version"].as_str().unwrap()
                )
            })
            .collect()
    }
}

impl Answer {
    /// Checks that it succeeded, and returns its data.
    #[track_caller]
    pub fn done(self) -> Value {
        assert_eq!(
            self.status, 0,
            "`{}`: {} {}",
            self.command, self.json, self.err
        );
        assert_eq!(
            self.json["success"], true,
            "`{}`: {}",
            self.command, self.json
        );
        self.json["data"].clone()
    }

    /// Checks that it was refused with a code, and returns the error.
    #[track_caller]
    pub fn refused(self, code: &str) -> Value {
        assert_ne!(
            self.status, 0,
            "`{}` was not refused: {}",
            self.command, self.json
        );
        assert_eq!(
            self.json["error"]["code"], code,
            "`{}`: {}",
            self.command, self.json
        );
        assert!(!self.err.is_empty(), "a refusal is also told to a person");
        self.json["error"].clone()
    }

    /// The actions that may be done next.
    pub fn allowed(&self) -> Vec<String> {
        let allowed = self.json["next"]["allowed"]
            .as_array()
            .cloned()
            .unwrap_or_default();
        allowed
            .iter()
            .map(|entry| entry["action"].as_str().unwrap().to_owned())
            .collect()
    }
}

/// Checks that two trees are equal, naming the first path that is not.
#[track_caller]
pub fn assert_same(before: &Files, after: &Files) {
    for (path, bytes) in before {
        assert_eq!(
            after.get(path).map(|bytes| String::from_utf8_lossy(bytes)),
            Some(String::from_utf8_lossy(bytes)),
            "{path}"
        );
    }
    for path in after.keys() {
        assert!(before.contains_key(path), "{path} is new");
    }
}

/// Returns the words of a line, as a shell would tell them apart; only double quotes keep words together.
pub fn split(line: &str) -> Vec<String> {
    let mut words = Vec::new();
    let mut word = String::new();
    let (mut quoted, mut open) = (false, false);
    for letter in line.chars() {
        match letter {
            '"' => {
                quoted = !quoted;
                open = true;
            }
            ' ' if !quoted => {
                if open {
                    words.push(std::mem::take(&mut word));
                }
                open = false;
            }
            letter => {
                word.push(letter);
                open = true;
            }
        }
    }
    if open {
        words.push(word);
    }
    words
}

fn collect(root: &Path, folder: &Path, files: &mut Files) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let shown = path.strip_prefix(root).unwrap().display().to_string();
        if path.is_symlink() {
            files.insert(
                shown,
                fs::read_link(&path)
                    .unwrap()
                    .display()
                    .to_string()
                    .into_bytes(),
            );
        } else if path.is_dir() {
            files.insert(format!("{shown}/"), Vec::new());
            collect(root, &path, files);
        } else {
            files.insert(shown, fs::read(&path).unwrap());
        }
    }
}

fn copy(from: &Path, to: &Path) {
    fs::create_dir_all(to).unwrap();
    for entry in fs::read_dir(from).unwrap() {
        let path = entry.unwrap().path();
        let target = to.join(path.file_name().unwrap());
        if path.is_dir() {
            copy(&path, &target);
        } else {
            // Not `fs::copy`, which would keep a test's source read-only.
            fs::write(&target, fs::read(&path).unwrap()).unwrap();
        }
    }
}

/// Returns the name of the running test, without its module.
pub fn test_name() -> String {
    let thread = std::thread::current();
    let path = thread.name().expect("a test has a name");
    path.rsplit("::")
        .next()
        .expect("a path has an end")
        .to_owned()
}
