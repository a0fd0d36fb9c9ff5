//! Bad input and hostile projects: a clear error with its code, no panic, little time and memory, and
//! nothing changed.

#![expect(
    clippy::too_many_lines,
    clippy::unnecessary_debug_formatting,
    reason = "a test tells its story at length"
)]

use std::collections::BTreeMap;
use std::ffi::OsString;
use std::fs::{self, File};
use std::os::unix::ffi::OsStringExt;
use std::os::unix::fs::{FileTypeExt, MetadataExt, PermissionsExt, symlink};
use std::os::unix::process::CommandExt;
use std::path::Path;
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use crate::common::World;
use serde_json::Value;

/// The most memory a command may take.
const MOST_KIB: u64 = 100 * 1024;

/// The most time of a processor: a second, or several for a build that is not optimized.
const MOST_SECONDS: f64 = if cfg!(debug_assertions) { 8.0 } else { 1.0 };

/// No command may take longer, on however busy a machine.
const HANGS: Duration = Duration::from_secs(30);

/// What the real program answered.
struct Ran {
    shown: String,
    status: i32,
    json: Value,
    err: String,
    kib: u64,
    seconds: f64,
}

impl Ran {
    #[track_caller]
    fn bounded(self) -> Self {
        let Self { shown, err, .. } = &self;
        assert!(!err.contains("panicked"), "`{shown}`: {err}");
        assert!(
            (0..=3).contains(&self.status),
            "`{shown}`: {} {err}",
            self.status
        );
        assert!(self.json.is_object(), "`{shown}` answered no JSON: {err}");
        assert!(self.kib < MOST_KIB, "`{shown}` took {} KiB", self.kib);
        assert!(
            self.seconds < MOST_SECONDS,
            "`{shown}` took {} s",
            self.seconds
        );
        self
    }

    #[track_caller]
    fn refused(self, codes: &[&str]) -> Self {
        let ran = self.bounded();
        let code = ran.json["error"]["code"].as_str().unwrap_or("none");
        let err: String = ran.err.chars().take(300).collect();
        assert!(
            codes.contains(&code),
            "`{}`: {code}, not {codes:?}: {err}",
            ran.shown
        );
        let expected = match code {
            "usage" | "identity_missing" => 2,
            "integrity" | "definitions_invalid" => 3,
            _ => 1,
        };
        assert_eq!(ran.status, expected, "`{}`: {code}", ran.shown);
        assert!(!err.trim().is_empty(), "`{}` says nothing", ran.shown);
        ran
    }
}

/// Runs the real program, measuring it where the machine has a tool for that.
fn ran(world: &World, user: &str, words: &[OsString]) -> Ran {
    ran_as(world, user, words, None)
}

fn ran_as(world: &World, user: &str, words: &[OsString], uid: Option<u32>) -> Ran {
    let notes = tempfile::tempdir().unwrap();
    let (out, err, cost) = ("out", "err", "cost").map_paths(notes.path());
    let timer = Path::new("/usr/bin/time");
    let program = env!("CARGO_BIN_EXE_qms");
    let mut command = if timer.exists() && uid.is_none() {
        let mut command = Command::new(timer);
        command
            .args(["-f", "%M %U %S", "-o"])
            .arg(&cost)
            .arg(program);
        command
    } else {
        Command::new(program)
    };
    command
        .args(["--json", "--user", user, "--project-root"])
        .arg(world.root());
    command
        .args(words)
        .current_dir(world.root())
        .stdin(Stdio::null());
    command
        .stdout(File::create(&out).unwrap())
        .stderr(File::create(&err).unwrap());
    if let Some(uid) = uid {
        command.uid(uid).gid(uid);
    }
    let shown: String = format!("{user}: {words:?}").chars().take(120).collect();
    let mut child = command.spawn().unwrap();
    let began = Instant::now();
    let status = loop {
        if let Some(status) = child.try_wait().unwrap() {
            break status;
        }
        if began.elapsed() > HANGS {
            let _ = child.kill();
            panic!("`{shown}` hangs");
        }
        sleep(Duration::from_millis(2));
    };
    let cost = fs::read_to_string(&cost).unwrap_or_default();
    let numbers: Vec<f64> = cost
        .lines()
        .last()
        .unwrap_or_default()
        .split(' ')
        .filter_map(|number| number.parse().ok())
        .collect();
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a count of kibibytes"
    )]
    let kib = numbers.first().copied().unwrap_or_default() as u64;
    Ran {
        shown,
        status: status.code().unwrap_or(-1),
        json: serde_json::from_slice(&fs::read(&out).unwrap()).unwrap_or(Value::Null),
        err: String::from_utf8_lossy(&fs::read(&err).unwrap()).into_owned(),
        kib,
        seconds: numbers.iter().skip(1).sum(),
    }
}

trait Paths {
    fn map_paths(
        self,
        folder: &Path,
    ) -> (std::path::PathBuf, std::path::PathBuf, std::path::PathBuf);
}

impl Paths for (&str, &str, &str) {
    fn map_paths(
        self,
        folder: &Path,
    ) -> (std::path::PathBuf, std::path::PathBuf, std::path::PathBuf) {
        (
            folder.join(self.0),
            folder.join(self.1),
            folder.join(self.2),
        )
    }
}

fn words(line: &str) -> Vec<OsString> {
    line.split(' ').map(OsString::from).collect()
}

/// What lies below a folder, links and pipes as what they are, the largest files by length and time.
fn lies(folder: &Path) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let shown = format!("{path:?}");
        let metadata = fs::symlink_metadata(&path).unwrap();
        let kind = metadata.file_type();
        let what = if kind.is_symlink() {
            format!("link to {:?}", fs::read_link(&path).unwrap())
        } else if kind.is_dir() {
            found.append(&mut lies(&path));
            "folder".to_owned()
        } else if kind.is_file() && metadata.len() < 1024 * 1024 {
            qms::model::digest::sha256(&fs::read(&path).unwrap())
        } else {
            format!(
                "{} {} {}",
                metadata.len(),
                metadata.mtime(),
                metadata.mtime_nsec()
            )
        };
        found.insert(shown, what);
    }
    found
}

/// Runs the real program, which must refuse with one of the codes and change nothing.
#[track_caller]
fn refused(world: &World, user: &str, line: &str, codes: &[&str]) -> Ran {
    let before = lies(world.root());
    let ran = ran(world, user, &words(line)).refused(codes);
    assert_eq!(
        before,
        lies(world.root()),
        "`{}` changed something",
        ran.shown
    );
    ran
}

/// Runs the real program, which must answer within bounds, whatever it says, and change nothing.
#[track_caller]
fn looked(world: &World, user: &str, line: &str) -> Ran {
    let before = lies(world.root());
    let ran = ran(world, user, &words(line)).bounded();
    assert_eq!(
        before,
        lies(world.root()),
        "`{}` changed something",
        ran.shown
    );
    ran
}

fn fifo(path: &Path) {
    let status = Command::new("mkfifo").arg(path).status().unwrap();
    assert!(status.success() && fs::symlink_metadata(path).unwrap().file_type().is_fifo());
}

fn taken() -> World {
    let world = World::new();
    world.story("claude: create CR --title \"A change\"");
    world
}

const COPY: &str = ".claude/users/claude/workspace/CR-001.md";

/// No text that cannot be controlled gets into the records, however it is made.
///
/// Verifies: REQ-SEC-008
#[test]
fn texts_that_are_traps_stay_where_they_are() {
    let head = |block: &str| format!("---\n{block}\n---\n\n# Text\n").into_bytes();
    let many = 100_000;
    let bomb = (1..40).fold("title: x\na0: &a0 [x, x]\n".to_owned(), |text, level| {
        let before = level - 1;
        text + &format!("a{level}: &a{level} [*a{before}, *a{before}, *a{before}, *a{before}]\n")
    });
    let block = (0..2_000).fold("title: x\n".to_owned(), |text, level| {
        text + &" ".repeat(level) + "a:\n"
    });
    let traps: Vec<(&str, Vec<u8>)> = vec![
        ("brackets", head(&format!("title: {}", "[".repeat(many)))),
        (
            "closed brackets",
            head(&format!("a: {}{}", "[".repeat(many), "]".repeat(many))),
        ),
        ("braces", head(&"{a: ".repeat(many))),
        (
            "closed braces",
            head(&format!("a: {}1{}", "{a: ".repeat(many), "}".repeat(many))),
        ),
        ("dashes", head(&format!("a:\n  {}x", "- ".repeat(many)))),
        ("questions", head(&"? ".repeat(many))),
        ("indents", head(&block)),
        ("alias bomb", head(&bomb)),
        ("alias to itself", head("a: &a [*a]")),
        ("huge block", head(&"k: v\n".repeat(2_000_000))),
        (
            "huge value",
            head(&format!("title: {}", "x".repeat(8 * 1024 * 1024))),
        ),
        ("same key", head("title: a\ntitle: b")),
        ("tabs", head("title:\n\t- a")),
        ("no mapping", head("- a")),
        ("broken", head("title: \"a")),
        ("unterminated", b"---\ntitle: a\n\n# Text\n".to_vec()),
        ("missing", b"# Text\n".to_vec()),
        ("empty", Vec::new()),
        (
            "too large",
            [head("title: x"), vec![b'x'; 16 * 1024 * 1024]].concat(),
        ),
        ("not UTF-8", [head("title: x"), vec![0xff, 0xfe]].concat()),
        (
            "not UTF-8 in the block",
            b"---\ntitle: \xc3\x28\n---\n".to_vec(),
        ),
        ("NUL", [head("title: x"), vec![0]].concat()),
        (
            "byte order mark",
            [b"\xef\xbb\xbf".to_vec(), head("title: x")].concat(),
        ),
    ];
    let world = taken();
    let mut wrong = Vec::new();
    for (name, text) in traps {
        fs::write(world.path(COPY), text).unwrap();
        let tried = std::panic::catch_unwind(|| {
            refused(&world, "claude", "checkin CR-001", &["invalid_argument"]);
            refused(
                &world,
                "claude",
                "route CR-001 --review",
                &["invalid_argument"],
            );
        });
        if let Err(fault) = tried {
            wrong.push(format!("{name}: {}", said(fault.as_ref())));
        }
        let status = looked(&world, "claude", "status CR-001");
        assert_eq!(status.status, 0, "{name}: {}", status.json);
        if world.meta("CR", "CR-001")["checked_out"] == false {
            world.by("claude", "checkout CR-001").done();
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

fn said(fault: &(dyn std::any::Any + Send)) -> String {
    let text = fault.downcast_ref::<String>().cloned();
    text.unwrap_or_default().chars().take(400).collect()
}

/// Links, pipes and devices in the place of a copy are neither followed nor waited for.
///
/// Verifies: REQ-SEC-006
#[test]
fn what_is_no_file_in_a_workspace_is_not_followed() {
    let secret = tempfile::tempdir().unwrap();
    fs::write(
        secret.path().join("secret"),
        "---\ntitle: secret\n---\nsecret\n",
    )
    .unwrap();
    for trap in [
        "link",
        "dangling",
        "pipe",
        "device",
        "folder",
        "linked folder",
    ] {
        let world = taken();
        let copy = world.path(COPY);
        fs::remove_file(&copy).unwrap();
        match trap {
            "link" => symlink(secret.path().join("secret"), &copy).unwrap(),
            "dangling" => symlink(secret.path().join("nothing"), &copy).unwrap(),
            "pipe" => fifo(&copy),
            "device" => symlink("/dev/zero", &copy).unwrap(),
            "folder" => fs::create_dir(&copy).unwrap(),
            _ => {
                let workspace = copy.parent().unwrap();
                fs::remove_dir(workspace).unwrap();
                symlink(secret.path(), workspace).unwrap();
                fs::write(secret.path().join("CR-001.md"), "---\ntitle: t\n---\n").unwrap();
            }
        }
        let outside = lies(secret.path());
        for line in ["checkin CR-001", "route CR-001 --review"] {
            let ran = refused(&world, "claude", line, &["io", "not_checked_out"]);
            assert!(
                !ran.json.to_string().contains("secret\\n"),
                "{trap}: {}",
                ran.json
            );
        }
        looked(&world, "claude", "workspace");
        looked(&world, "claude", "list");
        looked(&world, "claude", "read CR-001");
        looked(&world, "claude", "diff CR-001");
        assert_eq!(outside, lies(secret.path()), "{trap}");
    }
}

/// An inbox full of rubbish is shown as far as it can be, and people go on working.
///
/// Verifies: REQ-SEC-006
#[test]
fn rubbish_in_an_inbox_is_a_warning() {
    let world = taken();
    world.story("claude: route CR-001 --review");
    let inbox = world.path(".claude/users/qa/inbox");
    symlink("/etc/passwd", inbox.join("a.md")).unwrap();
    symlink("/dev/zero", inbox.join("b.md")).unwrap();
    fifo(&inbox.join("c.md"));
    fs::create_dir(inbox.join("d.md")).unwrap();
    fs::write(inbox.join("e.md"), "no task").unwrap();
    fs::write(inbox.join("f.md"), [0xff, 0, 0xff]).unwrap();
    fs::write(inbox.join(OsString::from_vec(b"g\xff\n.md".to_vec())), "x").unwrap();
    fs::write(
        inbox.join("h.md"),
        format!("---\na: {}\n---\n", "[".repeat(100_000)),
    )
    .unwrap();
    File::create(inbox.join("i.md"))
        .unwrap()
        .set_len(300 * 1024 * 1024)
        .unwrap();
    let ran = looked(&world, "qa", "inbox");
    assert_eq!(ran.status, 0, "{}", ran.json);
    assert_eq!(
        ran.json["data"]["tasks"].as_array().unwrap().len(),
        1,
        "{}",
        ran.json
    );
    world
        .by("qa", "review CR-001 --recommend --comment Good")
        .done();
}

/// A folder that leads out of the project is not entered, by whatever command.
///
/// Verifies: REQ-SEC-006
#[test]
fn folders_that_lead_out_are_not_entered() {
    let folders = [
        "QMS",
        "QMS/CR",
        "QMS/CR/CR-001",
        "QMS/.meta",
        "QMS/.meta/CR",
        "QMS/.audit",
        "QMS/.audit/CR",
        "QMS/.archive",
        ".claude",
        ".claude/agents",
        ".claude/users",
        ".claude/users/claude",
        ".claude/users/claude/workspace",
    ];
    for folder in folders {
        let world = taken();
        let away = tempfile::tempdir().unwrap();
        let elsewhere = away.path().join("elsewhere");
        fs::rename(world.path(folder), &elsewhere).unwrap();
        symlink(&elsewhere, world.path(folder)).unwrap();
        let outside = lies(away.path());
        for (user, line) in [
            ("claude", "create CR --title Second"),
            ("claude", "checkin CR-001"),
            ("claude", "route CR-001 --review"),
            ("lead", "checkout SOP-001"),
            ("lead", "user --add carl --group reviewer"),
            ("claude", "status CR-001"),
            ("claude", "read CR-001"),
            ("claude", "history CR-001"),
            ("claude", "list"),
            ("claude", "workspace"),
        ] {
            let ran = ran(&world, user, &words(line)).bounded();
            let untouched = outside == lies(away.path());
            assert!(untouched, "{folder}: `{line}` wrote there: {}", ran.json);
        }
        // What lies behind the link is not told either.
        if folder.starts_with("QMS") && !folder.ends_with(".archive") {
            let ran = ran(&world, "claude", &words("checkin CR-001")).bounded();
            assert_ne!(ran.status, 0, "{folder}: {}", ran.json);
        }
    }
}

/// Damaged records are told as such and left alone.
///
/// Verifies: REQ-SEC-008
#[test]
fn damaged_records_are_told_and_left_alone() {
    let meta = "QMS/.meta/CR/CR-001.json";
    let good = taken().read(meta);
    let damage: Vec<(&str, Vec<u8>)> = vec![
        ("truncated", good.as_bytes()[..good.len() / 2].to_vec()),
        ("empty", Vec::new()),
        ("list", b"[]".to_vec()),
        ("null", b"null".to_vec()),
        ("binary", vec![0xff, 0, 1, 2]),
        (
            "deep",
            format!("{{\"a\": {}", "[".repeat(100_000)).into_bytes(),
        ),
        (
            "status unknown",
            good.replace("DRAFT", "FINISHED").into_bytes(),
        ),
        (
            "status of a wrong type",
            good.replace("\"DRAFT\"", "7").into_bytes(),
        ),
        (
            "status with a line",
            good.replace("DRAFT", "DRA\\nFT").into_bytes(),
        ),
        ("version x", good.replace("\"0.1\"", "\"x\"").into_bytes()),
        (
            "version huge",
            good.replace("\"0.1\"", "\"99999999999999999999.1\"")
                .into_bytes(),
        ),
        (
            "version a number",
            good.replace("\"0.1\"", "0.1").into_bytes(),
        ),
        (
            "owner a path",
            good.replace("\"claude\"", "\"../../x\"").into_bytes(),
        ),
        (
            "id a path",
            good.replace("\"CR-001\"", "\"../../x\"").into_bytes(),
        ),
        (
            "id of another",
            good.replace("\"CR-001\"", "\"SOP-001\"").into_bytes(),
        ),
        (
            "owner a list",
            good.replace("\"claude\"", "[]").into_bytes(),
        ),
        (
            "checked out a word",
            good.replace("true,\n  \"checked_out_d", "\"yes\",\n  \"checked_out_d")
                .into_bytes(),
        ),
        (
            "asked a word",
            good.replace("\"pending_assignees\": []", "\"pending_assignees\": \"qa\"")
                .into_bytes(),
        ),
        (
            "asked numbers",
            good.replace("\"pending_assignees\": []", "\"pending_assignees\": [1]")
                .into_bytes(),
        ),
        (
            "asked a path",
            good.replace(
                "\"pending_assignees\": []",
                "\"pending_assignees\": [\"../x\"]",
            )
            .into_bytes(),
        ),
    ];
    let world = taken();
    let mut wrong = Vec::new();
    for (name, bytes) in damage {
        assert_ne!(bytes, good.as_bytes(), "{name}");
        fs::write(world.path(meta), bytes).unwrap();
        for line in [
            "status CR-001",
            "checkin CR-001",
            "route CR-001 --review",
            "cancel CR-001 --confirm",
        ] {
            let tried =
                std::panic::catch_unwind(|| refused(&world, "claude", line, &["integrity"]));
            if let Err(fault) = tried {
                wrong.push(format!("{name}: {}", said(fault.as_ref())));
            }
        }
        for line in [
            "history CR-001",
            "read CR-001",
            "list",
            "workspace",
            "inbox",
        ] {
            looked(&world, "claude", line);
        }
        // Others go on.
        assert_eq!(looked(&world, "claude", "status SOP-001").status, 0);
    }
    fs::write(world.path(meta), &good).unwrap();
    File::create(world.path(meta))
        .unwrap()
        .set_len(50 * 1024 * 1024)
        .unwrap();
    for line in ["status CR-001", "checkin CR-001", "history CR-001"] {
        refused(&world, "claude", line, &["io", "integrity"]);
    }
    looked(&world, "claude", "list");
    assert_eq!(wrong, Vec::<String>::new());
}

/// A trail that is damaged is never appended to.
///
/// Verifies: REQ-AUDIT-001, REQ-SEC-008
#[test]
fn damaged_trails_are_told_and_left_alone() {
    let trail = "QMS/.audit/CR/CR-001.jsonl";
    let good = taken().read(trail);
    let damage: Vec<(&str, Vec<u8>)> = vec![
        ("last line cut", good.as_bytes()[..good.len() - 9].to_vec()),
        ("newline missing", good.trim_end().as_bytes().to_vec()),
        (
            "binary line",
            [good.as_bytes(), &[0xff, 0, 0xfe, b'\n']].concat(),
        ),
        ("word", [good.as_bytes(), b"word\n"].concat()),
        ("list", [good.as_bytes(), b"[]\n"].concat()),
        (
            "deep",
            [good.as_bytes(), "[".repeat(100_000).as_bytes(), b"\n"].concat(),
        ),
    ];
    let world = taken();
    let mut wrong = Vec::new();
    let mut check = |name: &str, line: &str, codes: &[&str]| {
        let tried = std::panic::catch_unwind(|| refused(&world, "claude", line, codes));
        if let Err(fault) = tried {
            wrong.push(format!("{name}: {}", said(fault.as_ref())));
        }
    };
    for (name, bytes) in damage {
        fs::write(world.path(trail), bytes).unwrap();
        for line in [
            "history CR-001",
            "checkin CR-001",
            "route CR-001 --review",
            "status CR-001",
        ] {
            check(name, line, &["integrity"]);
        }
    }
    for megabytes in [60_u64, 200, 300] {
        File::create(world.path(trail))
            .unwrap()
            .set_len(megabytes * 1024 * 1024)
            .unwrap();
        for line in ["history CR-001", "checkin CR-001", "status CR-001"] {
            check(
                &format!("{megabytes} MiB of holes"),
                line,
                &["integrity", "io"],
            );
        }
        looked(&world, "claude", "list");
    }
    for what in ["pipe", "link", "folder"] {
        let _ = fs::remove_file(world.path(trail));
        match what {
            "pipe" => fifo(&world.path(trail)),
            "link" => symlink("/dev/zero", world.path(trail)).unwrap(),
            _ => fs::create_dir(world.path(trail)).unwrap(),
        }
        for line in ["history CR-001", "checkin CR-001", "status CR-001"] {
            check(what, line, &["integrity", "io"]);
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
}

/// A child whose record is damaged does not make a change of its parent look as if it had failed.
#[test]
fn what_is_done_is_told_as_done() {
    let world = taken();
    world.story(
        "claude: route CR-001 --review
         qa: review CR-001 --recommend --comment Sound
         claude: route CR-001 --approval
         qa: approve CR-001
         claude: release CR-001
         claude: create VR --parent CR-001 --title Held",
    );
    world.write("QMS/.meta/VR/CR-001-VR-001.json", "{");
    for line in ["checkout CR-001", "checkin CR-001", "route CR-001 --review"] {
        let before = lies(world.root());
        let ran = ran(&world, "claude", &words(line)).bounded();
        let changed = before != lies(world.root());
        assert_eq!(
            ran.status == 0,
            changed,
            "`{line}` exits {} and changed: {changed}: {}",
            ran.status,
            ran.json
        );
    }
}

/// A configuration or a registry that is damaged stops what needs it.
#[test]
fn a_damaged_configuration_is_told() {
    let damage: [&[u8]; 9] = [
        b"",
        b"{",
        b"[]",
        b"\xff\x00",
        b"{\"sdlc_namespaces\": 7}",
        b"{\"sdlc_namespaces\": [7]}",
        b"{\"sdlc_namespaces\": [\"..\"]}",
        b"{\"sdlc_namespaces\": {\"../X\": {\"path\": \"../../x\"}}}",
        b"{\"sdlc_namespaces\": [{\"name\": \"A/B\"}]}",
    ];
    for bytes in damage {
        let world = World::new();
        fs::write(world.path("qms.config.json"), bytes).unwrap();
        for line in [
            "namespace list",
            "list",
            "create MYPROJ-RS --title t",
            "status X-Y",
        ] {
            let before = lies(world.root());
            let ran = ran(&world, "lead", &words(line)).bounded();
            if ran.status != 0 {
                assert_eq!(before, lies(world.root()), "{line}");
            }
            for path in lies(world.root()).keys() {
                assert!(
                    path.starts_with(&format!("\"{}", world.root().display())),
                    "{path}"
                );
            }
        }
        // Either it is registered, or it is told why it cannot be.
        let add = ran(&world, "lead", &words("namespace add MYPROJ")).bounded();
        let config =
            String::from_utf8_lossy(&fs::read(world.path("qms.config.json")).unwrap()).into_owned();
        let shown = String::from_utf8_lossy(bytes);
        if add.status == 0 {
            assert!(config.contains("MYPROJ"), "{shown}: {}", add.json);
        } else {
            assert_eq!(
                add.json["error"]["code"], "integrity",
                "{shown}: {}",
                add.json
            );
            assert_eq!(config, shown);
        }
    }
    let world = World::new();
    fs::remove_file(world.path("qms.config.json")).unwrap();
    symlink("/dev/zero", world.path("qms.config.json")).unwrap();
    looked(&world, "lead", "namespace list");
    looked(&world, "lead", "list");
    fs::remove_file(world.path("qms.config.json")).unwrap();
    fifo(&world.path("qms.config.json"));
    looked(&world, "lead", "namespace list");
}

/// Rules that are there but are none govern nothing.
#[test]
fn rules_that_are_none_stop_everything() {
    let deep = format!("workflow x {}", "a { ".repeat(100_000));
    for trap in [
        "file",
        "empty",
        "broken",
        "binary",
        "deep",
        "huge",
        "link",
        "pipe",
        "link away",
    ] {
        let world = World::new();
        let rules = world.path("qms.d");
        if !matches!(trap, "file" | "link away") {
            fs::create_dir_all(rules.join("workflows")).unwrap();
        }
        let one = rules.join("workflows/one.kdl");
        match trap {
            "file" => fs::write(&rules, "workflow").unwrap(),
            "broken" => fs::write(&one, "workflow {{{").unwrap(),
            "binary" => fs::write(&one, [0xff, 0, 1]).unwrap(),
            "deep" => fs::write(&one, &deep).unwrap(),
            "huge" => File::create(&one)
                .unwrap()
                .set_len(300 * 1024 * 1024)
                .unwrap(),
            "link" => symlink("/dev/zero", &one).unwrap(),
            "pipe" => fifo(&one),
            "link away" => symlink("/etc", &rules).unwrap(),
            _ => {}
        }
        for line in [
            "create CR --title t",
            "checkout SOP-001",
            "status SOP-001",
            "list",
            "config show",
        ] {
            let before = lies(world.root());
            let ran = ran(&world, "lead", &words(line)).bounded();
            assert_eq!(before, lies(world.root()), "{trap}: `{line}`");
            let is_shown = line == "config show";
            let code = ran.json["error"]["code"].as_str().unwrap_or("none");
            let is_told = matches!(code, "definitions_invalid" | "io" | "integrity");
            assert!(is_told || is_shown, "{trap}: `{line}`: {}", ran.json);
        }
        for line in ["validate-config", "test-config"] {
            let ran = looked(&world, "lead", line);
            assert_ne!(ran.status, 0, "{trap}: `{line}`: {}", ran.json);
        }
    }
}

/// What stands where the journal stands and is none is ignored by readers and removed by the next writer.
#[test]
fn a_journal_that_is_none_is_ignored() {
    for trap in ["garbage", "empty", "cut", "holes", "link", "pipe", "file"] {
        let world = taken();
        let folder = world.path("QMS/.journal");
        if trap != "file" {
            fs::create_dir(&folder).unwrap();
        }
        let commit = folder.join("commit");
        match trap {
            "garbage" => fs::write(&commit, "garbage").unwrap(),
            "empty" => fs::write(&commit, "").unwrap(),
            "cut" => fs::write(&commit, b"qms\0jrn\x01\xff\xff\xff\xff\xff\xff\xff\xff").unwrap(),
            "holes" => File::create(&commit)
                .unwrap()
                .set_len(300 * 1024 * 1024)
                .unwrap(),
            "link" => symlink("/etc/passwd", &commit).unwrap(),
            "pipe" => fifo(&commit),
            _ => fs::write(&folder, "file").unwrap(),
        }
        let ran = looked(&world, "claude", "status CR-001");
        if matches!(trap, "garbage" | "empty" | "cut") {
            assert_eq!(ran.status, 0, "{trap}: {}", ran.json);
            world.by("claude", "checkin CR-001").done();
            assert!(!folder.exists(), "{trap}");
        } else {
            let ran = ran_as(&world, "claude", &words("checkin CR-001"), None).bounded();
            let held = ran.status != 0;
            assert_eq!(
                held,
                world.meta("CR", "CR-001")["checked_out"] == true,
                "{trap}: {}",
                ran.json
            );
        }
    }
}

/// A comment from a file is read within bounds, or refused.
#[test]
fn comment_files_are_bounded() {
    let world = taken();
    world.story("claude: route CR-001 --review");
    let file = tempfile::tempdir().unwrap();
    let path = file.path().join("comment");
    let line = format!(
        "review CR-001 --recommend --comment-file {}",
        path.display()
    );
    for bytes in [
        vec![0xff, 0xfe],
        vec![b'a', 0],
        vec![b'x'; 1024 * 1024 + 1],
        Vec::new(),
        b" \n".to_vec(),
        b"\x1b[31mred".to_vec(),
    ] {
        fs::write(&path, bytes).unwrap();
        refused(&world, "qa", &line, &["invalid_argument"]);
    }
    File::create(&path).unwrap().set_len(3 << 30).unwrap();
    refused(&world, "qa", &line, &["invalid_argument"]);
    for other in ["/dev/zero", "/etc", "/nothing", "/proc/self/mem"] {
        let line = format!("review CR-001 --recommend --comment-file {other}");
        refused(&world, "qa", &line, &["invalid_argument", "io"]);
    }
}

/// Agent files that are none are no users, and are told in the list.
#[test]
fn agent_files_that_are_none_are_no_users() {
    let world = World::new();
    let agents = world.path(".claude/agents");
    symlink("/etc/passwd", agents.join("eve.md")).unwrap();
    fifo(&agents.join("mallory.md"));
    fs::create_dir(agents.join("folder.md")).unwrap();
    fs::write(agents.join("system.md"), "---\ngroup: administrator\n---\n").unwrap();
    fs::write(agents.join("lead.md"), "---\ngroup: reviewer\n---\n").unwrap();
    fs::write(agents.join("QA.md"), "---\ngroup: quality\n---\n").unwrap();
    fs::write(
        agents.join("deep.md"),
        format!("---\ngroup: {}\n---\n", "[".repeat(100_000)),
    )
    .unwrap();
    fs::write(agents.join("god.md"), "---\ngroup: god\n---\n").unwrap();
    fs::write(agents.join("two words.md"), "---\ngroup: quality\n---\n").unwrap();
    fs::write(
        agents.join(OsString::from_vec(b"\xff\xfe.md".to_vec())),
        "x",
    )
    .unwrap();
    File::create(agents.join("large.md"))
        .unwrap()
        .set_len(50 << 20)
        .unwrap();
    for user in [
        "eve",
        "mallory",
        "folder",
        "system",
        "deep",
        "god",
        "two words",
        "large",
        "eve.md",
    ] {
        let ran = ran(&world, user, &words("list")).refused(&["unknown_user"]);
        assert!(ran.json["error"]["message"].is_string());
    }
    let ran = looked(&world, "lead", "user --list");
    assert_eq!(ran.status, 0, "{}", ran.json);
    let lead = ran.json["data"]["users"]
        .as_array()
        .unwrap()
        .iter()
        .find(|user| user["name"] == "lead");
    assert_eq!(lead.unwrap()["group"], "administrator", "{}", ran.json);
    assert!(
        ran.json["messages"].as_array().unwrap().len() >= 7,
        "{}",
        ran.json["messages"]
    );
}

/// Every command about a document.
const ABOUT: [&[&str]; 24] = [
    &["read", "ID"],
    &["read", "ID", "--draft"],
    &["checkout", "ID"],
    &["checkin", "ID"],
    &["route", "ID", "--review"],
    &["route", "ID", "--approval"],
    &["route", "ID", "--retire"],
    &["assign", "ID", "--assignees", "qa"],
    &["review", "ID", "--recommend", "--comment", "c"],
    &["approve", "ID"],
    &["reject", "ID", "--comment", "c"],
    &["withdraw", "ID"],
    &["release", "ID"],
    &["revert", "ID", "--reason", "r"],
    &["close", "ID"],
    &["cancel", "ID", "--confirm"],
    &["fix", "ID"],
    &["status", "ID"],
    &["history", "ID"],
    &["comments", "ID"],
    &["diff", "ID"],
    &["explain", "ID"],
    &["create", "VAR", "--title", "t", "--parent", "ID"],
    &["read", "ID", "--version", "1.0"],
];

/// Every other command.
const OTHERS: [&[&str]; 8] = [
    &["create", "CR", "--title", "t"],
    &["inbox"],
    &["workspace"],
    &["list"],
    &["user", "--list"],
    &["user", "--add", "x", "--group", "reviewer"],
    &["namespace", "list"],
    &["namespace", "add", "X"],
];

fn with_id(command: &[&str], id: &str) -> Vec<String> {
    let words = command
        .iter()
        .map(|word| if *word == "ID" { id } else { word });
    words.map(str::to_owned).collect()
}

fn by(world: &World, user: &str, words: &[String]) -> crate::common::Answer {
    let mut all = vec![format!("--user={user}")];
    all.extend_from_slice(words);
    world.words(&all)
}

/// No command takes an id for a path, or knows a document that is not there.
///
/// Verifies: REQ-SEC-006
#[test]
fn no_command_takes_a_malformed_or_unknown_id() {
    let world = taken();
    let before = world.files();
    let huge = "A".repeat(1_000_000);
    let malformed = [
        "../../etc/passwd",
        "CR-001/..",
        "CR-001%2F",
        "SOP-٠٠١",
        "",
        " ",
        "SOP-001 ",
        "SOP-001.md",
        "./SOP-001",
        "QMS/SOP/SOP-001",
        "SOP-001\n",
        "SOP-001\t",
        "SOP-001\u{1b}[31m",
        "..",
        ".",
        "/",
        "SOP\\001",
        "SOP-001\u{202e}",
        "ＳＯＰ-001",
        "SOP-001\0",
        "*",
        "~root",
        "$(id)",
        "SOP-001;",
    ];
    let unknown = [
        "SOP-999",
        "SOP-1",
        "SOP-0001",
        "SOP-99999999999999999999999999",
        "SOP--001",
        "CR-001-VAR-001",
        "CR-001-CR-001",
        "CR-001-",
        "CR",
        "X",
        "CON",
        "SOP-000",
        "TEMPLATE-",
        "CR-001-VR-001-VR-001",
        "system",
        "_",
        huge.as_str(),
    ];
    for command in ABOUT {
        for (ids, code) in [
            (&malformed[..], "invalid_argument"),
            (&unknown[..], "not_found"),
        ] {
            for id in ids {
                let answer = by(&world, "lead", &with_id(command, id));
                let shown: String = format!("{command:?} {id:?}").chars().take(100).collect();
                let found = &answer.json["error"]["code"];
                assert!(
                    found == code && answer.status == 1,
                    "{shown}: {found} {}",
                    answer.err
                );
                assert!(
                    !answer.err.contains(['\u{1b}', '\0']),
                    "{shown}: {:?}",
                    answer.err
                );
            }
        }
    }
    crate::common::assert_same(&before, &world.files());
}

/// Whoever is not in the roster, byte for byte, is nobody.
///
/// Verifies: REQ-SEC-006
#[test]
fn no_command_works_for_nobody() {
    let world = taken();
    let before = world.files();
    let long = "x".repeat(100_000);
    for command in ABOUT.iter().chain(&OTHERS) {
        for (users, code, status) in [
            (
                &[
                    "../lead", "lead\n", "LEAD", "system", "lead/", "lead.md", "lead ", "lëad",
                    "lead\0", "..", &long,
                ][..],
                "unknown_user",
                1,
            ),
            (&["", "  ", "\t"][..], "identity_missing", 2),
        ] {
            for user in users {
                let answer = by(&world, user, &with_id(command, "SOP-001"));
                let shown: String = format!("{command:?} {user:?}").chars().take(100).collect();
                let found = &answer.json["error"]["code"];
                assert!(
                    found == code && answer.status == status,
                    "{shown}: {found} {}",
                    answer.err
                );
            }
        }
    }
    crate::common::assert_same(&before, &world.files());
}

/// Outside of a project there is nothing to do, and nothing is made.
#[test]
fn no_command_works_without_a_project() {
    let world = World::empty();
    world.write("other/file", "x");
    for command in ABOUT.iter().chain(&OTHERS) {
        let answer = by(&world, "lead", &with_id(command, "SOP-001"));
        assert_eq!(
            answer.json["error"]["code"], "no_project",
            "{command:?}: {}",
            answer.json
        );
        assert_eq!(answer.status, 1);
    }
    let nowhere: Vec<_> = ["--project-root", "/nonexistent/\u{1b}x", "list"]
        .map(str::to_owned)
        .into();
    let answer = by(&world, "lead", &nowhere);
    assert_eq!(answer.json["error"]["code"], "no_project");
    assert!(!answer.err.contains('\u{1b}'));
    assert_eq!(world.files().len(), 2);
}

/// Names and texts that may not be are refused, whatever they would become.
///
/// Verifies: REQ-SEC-006
#[test]
fn names_and_texts_that_may_not_be_are_refused() {
    let world = taken();
    let before = world.files();
    let (long, huge) = ("x".repeat(65), "x".repeat(1024 * 1024 + 1));
    let names = [
        "..", ".", "", " ", "A/B", "../X", "A B", "A\n", "A\0", ".A", "_A", "A.B", "Ä", "A\u{1b}",
        &long, &huge,
    ];
    let texts = [
        "a\nb",
        "a\tb",
        "a\u{1b}[1m",
        "a\0b",
        "",
        "  ",
        "a\r",
        "a\u{7f}",
        "a\u{85}",
        &huge,
    ];
    let mut cases: Vec<(Vec<String>, &[&str])> = Vec::new();
    let line = |words: &[&str]| {
        words
            .iter()
            .map(|word| (*word).to_owned())
            .collect::<Vec<_>>()
    };
    for name in names {
        cases.push((
            line(&["user", &format!("--add={name}"), "--group", "reviewer"]),
            &["invalid_argument"],
        ));
        cases.push((
            line(&["user", "--add=carl", &format!("--group={name}")]),
            &["invalid_argument"],
        ));
        cases.push((
            line(&["user", "add", "--group", "reviewer", name]),
            &["invalid_argument"],
        ));
        cases.push((line(&["namespace", "add", name]), &["invalid_argument"]));
        cases.push((
            line(&["create", "TEMPLATE", &format!("--name={name}")]),
            &["invalid_argument"],
        ));
        cases.push((
            line(&["create", "--title=t", name]),
            &["unknown_type", "invalid_argument"],
        ));
        cases.push((
            line(&["create", "CR", "--title=t", &format!("--name={name}")]),
            &["invalid_argument"],
        ));
        let people = ["invalid_argument", "unknown_user"].as_slice();
        cases.push((
            line(&["route", "CR-001", "--review", &format!("--assign={name}")]),
            people,
        ));
    }
    cases.push((
        line(&["user", "--add=system", "--group=reviewer"]),
        &["invalid_argument"],
    ));
    cases.push((
        line(&["user", "--add=LEAD", "--group=reviewer"]),
        &["already_exists"],
    ));
    cases.push((
        line(&["user", "--add=Bob", "--group=reviewer"]),
        &["already_exists"],
    ));
    for text in texts {
        cases.push((
            line(&["create", "CR", &format!("--title={text}")]),
            &["invalid_argument"],
        ));
        cases.push((
            line(&["revert", "CR-001", &format!("--reason={text}")]),
            &["invalid_argument"],
        ));
        if !["a\nb", "a\tb", "a\r"].contains(&text) {
            let words = [
                "review",
                "CR-001",
                "--recommend",
                &format!("--comment={text}"),
            ];
            cases.push((line(&words), &["invalid_argument"]));
            cases.push((
                line(&["reject", "CR-001", &format!("--comment={text}")]),
                &["invalid_argument"],
            ));
        }
    }
    for version in [
        "../../x",
        "x",
        "",
        "1",
        "1.0.0",
        "-1.0",
        "1.-1",
        "1.x",
        "99999999999999999999.0",
        "１.０",
    ] {
        for command in ["read", "comments"] {
            cases.push((
                line(&[command, "SOP-001", &format!("--version={version}")]),
                &["invalid_argument"],
            ));
        }
        cases.push((
            line(&["diff", "SOP-001", &format!("--from={version}")]),
            &["invalid_argument"],
        ));
        cases.push((
            line(&["diff", "SOP-001", &format!("--to={version}")]),
            &["invalid_argument"],
        ));
        cases.push((
            line(&["checkout", "SOP-001", &format!("--if-version={version}")]),
            &["invalid_argument"],
        ));
        cases.push((
            line(&["checkout", "SOP-001", &format!("--if-sha256={version}")]),
            &["invalid_argument"],
        ));
    }
    cases.push((line(&["read", "SOP-001", "--version=7.7"]), &["not_found"]));
    let title = format!("--title={}", huge.repeat(10));
    cases.push((line(&["create", "CR", &title]), &["invalid_argument"]));
    let mut wrong = Vec::new();
    for (words, codes) in cases {
        let user = if words[0] == "route" {
            "claude"
        } else {
            "lead"
        };
        let answer = by(&world, user, &words);
        let code = answer.json["error"]["code"]
            .as_str()
            .unwrap_or("none")
            .to_owned();
        if !codes.contains(&code.as_str())
            || answer.status != 1
            || answer.err.contains(['\u{1b}', '\0'])
        {
            wrong.push(
                format!("{words:?}: {code} {}", answer.err)
                    .chars()
                    .take(160)
                    .collect::<String>(),
            );
        }
    }
    assert_eq!(wrong, Vec::<String>::new());
    crate::common::assert_same(&before, &world.files());
}

/// Arguments that are no text are a misuse, and told as one.
#[test]
fn arguments_that_are_no_text_are_misuse() {
    let world = taken();
    let bad = || OsString::from_vec(b"\xff\xfe".to_vec());
    let lines: [Vec<OsString>; 6] = [
        vec!["status".into(), bad()],
        vec!["create".into(), "CR".into(), "--title".into(), bad()],
        vec![bad()],
        vec![
            "user".into(),
            "--add".into(),
            bad(),
            "--group".into(),
            "quality".into(),
        ],
        vec!["namespace".into(), "add".into(), bad()],
        vec![
            "checkout".into(),
            "SOP-001".into(),
            "--if-version".into(),
            bad(),
        ],
    ];
    for line in lines {
        let before = lies(world.root());
        ran(&world, "lead", &line).refused(&["usage"]);
        assert_eq!(before, lies(world.root()));
    }
    // A thousand files with wild names do not disturb.
    for folder in [
        "QMS/CR",
        "QMS/.meta/CR",
        "QMS/.audit/CR",
        "QMS/SOP",
        "QMS/.archive",
    ] {
        fs::create_dir_all(world.path(folder)).unwrap();
        fs::write(
            world
                .path(folder)
                .join(OsString::from_vec(b"\xff\n.json".to_vec())),
            "x",
        )
        .unwrap();
        fs::write(
            world.path(folder).join("CR-999999999999999999999.json"),
            "{}",
        )
        .unwrap();
        symlink("/dev/zero", world.path(folder).join("CR-007.json")).unwrap();
        symlink("/dev/zero", world.path(folder).join("CR-008")).unwrap();
    }
    let listed = looked(&world, "lead", "list");
    assert_eq!(listed.status, 0, "{}", listed.json);
    let made = ran(&world, "claude", &words("create CR --title Next")).bounded();
    assert!(
        made.status == 0 || made.json["error"]["code"] == "io",
        "{}",
        made.json
    );
}

/// Where nothing can be written, everything can be read, and a change is refused whole.
#[test]
fn a_project_that_cannot_be_written_can_be_read() {
    let world = taken();
    let is_root = fs::metadata("/proc/self").is_ok_and(|process| process.uid() == 0);
    let uid = is_root.then_some(65_534);
    let program = Path::new(env!("CARGO_BIN_EXE_qms"));
    if is_root
        && program.ancestors().skip(1).any(|folder| {
            fs::metadata(folder).is_ok_and(|found| found.permissions().mode() & 0o001 == 0)
        })
    {
        println!(
            "skipped: this is root, and nobody may run {}",
            program.display()
        );
        return;
    }
    let modes = |file: u32, folder: u32| {
        let mut paths = vec![world.root().to_path_buf()];
        while let Some(path) = paths.pop() {
            let is_folder = path.is_dir();
            if is_folder {
                fs::set_permissions(&path, fs::Permissions::from_mode(0o755)).unwrap();
                paths.extend(
                    fs::read_dir(&path)
                        .unwrap()
                        .map(|entry| entry.unwrap().path()),
                );
            }
            let mode = if is_folder { folder } else { file };
            fs::set_permissions(&path, fs::Permissions::from_mode(mode)).unwrap();
        }
    };
    modes(0o444, 0o555);
    let before = lies(world.root());
    for line in [
        "status CR-001",
        "read CR-001",
        "history CR-001",
        "list",
        "workspace",
        "diff CR-001",
    ] {
        let ran = ran_as(&world, "claude", &words(line), uid).bounded();
        assert_eq!(ran.status, 0, "`{line}`: {}", ran.json);
    }
    for line in [
        "checkin CR-001",
        "create CR --title t",
        "route CR-001 --review",
    ] {
        ran_as(&world, "claude", &words(line), uid).refused(&["io"]);
    }
    ran_as(&world, "lead", &words("user --add x --group reviewer"), uid).refused(&["io"]);
    ran_as(&world, "lead", &words("namespace add X"), uid).refused(&["io"]);
    assert_eq!(before, lies(world.root()));
    modes(0o644, 0o755);
}
