//! Definitions that are traps: `validate-config` finds what is wrong or says why it cannot look, in little time,
//! and never crashes.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::os::unix::fs::{PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

/// The most time of a processor; a build that is not optimized takes several times as long.
const MOST_SECONDS: f64 = if cfg!(debug_assertions) { 8.0 } else { 2.0 };

/// Nothing may take longer, on however busy a machine.
const HANGS: Duration = Duration::from_mins(1);

/// A copy of the small sound world, to be spoilt.
struct Rules(TempDir);

impl Rules {
    fn new() -> Self {
        let rules = Self(tempfile::tempdir().unwrap());
        let base = Path::new(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rules/base"));
        copy(base, &rules.path("rules"));
        rules
    }

    fn path(&self, path: &str) -> PathBuf {
        self.0.path().join(path)
    }

    fn write(&self, path: &str, text: impl AsRef<[u8]>) {
        let path = self.path(path);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// Puts lines before one of a file.
    fn put_before(&self, path: &str, line: &str, lines: &str) {
        let text = fs::read_to_string(self.path(path)).unwrap();
        assert_eq!(
            text.matches(line).count(),
            1,
            "`{line}` stands once in {path}"
        );
        self.write(path, text.replace(line, &format!("{lines}{line}")));
    }

    /// Runs the real program, which must end in time.
    #[track_caller]
    fn validated(&self, folder: &str) -> Ran {
        let timer = Path::new("/usr/bin/time");
        let program = env!("CARGO_BIN_EXE_qms");
        let notes = tempfile::tempdir().unwrap();
        let [out, err, cost] = ["out", "err", "cost"].map(|name| notes.path().join(name));
        let mut command = Command::new(if timer.exists() {
            timer
        } else {
            Path::new(program)
        });
        if timer.exists() {
            command.args(["-f", "%U %S", "-o"]).arg(&cost).arg(program);
        }
        for variable in ["QMS_USER", "QMS_PROJECT_ROOT", "QMS_RULES"] {
            command.env_remove(variable);
        }
        let mut child = command
            .args(["--json", "validate-config"])
            .arg(self.path(folder))
            .current_dir(self.0.path())
            .stdin(Stdio::null())
            .stdout(File::create(&out).unwrap())
            .stderr(File::create(&err).unwrap())
            .spawn()
            .unwrap();
        let began = Instant::now();
        let status = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            if began.elapsed() > HANGS {
                let _ = child.kill();
                panic!("it hangs");
            }
            sleep(Duration::from_millis(5));
        };

        let cost = fs::read_to_string(&cost).unwrap_or_default();
        let times = cost.lines().last().unwrap_or_default();
        let seconds: f64 = times
            .split(' ')
            .filter_map(|time| time.parse::<f64>().ok())
            .sum();
        assert!(seconds < MOST_SECONDS, "it took {seconds} s");
        let err = fs::read_to_string(&err).unwrap();
        assert!(!err.contains("panicked"), "{err}");
        Ran {
            status: status.code().unwrap(),
            json: serde_json::from_slice(&fs::read(&out).unwrap()).unwrap(),
        }
    }

    /// Checks that something is found, and nothing else.
    #[track_caller]
    fn draws(&self, codes: &[&str]) {
        let ran = self.validated("rules");
        assert_eq!(ran.status, 3, "{}", ran.json);
        assert_eq!(ran.codes(), codes, "{}", ran.json);
    }

    /// Checks that it cannot be looked at, and that the words are in the error.
    #[track_caller]
    fn cannot_be_read(&self, folder: &str, words: &str) {
        let ran = self.validated(folder);
        assert_eq!(ran.status, 2, "{}", ran.json);
        let message = ran.json["error"]["message"].as_str().unwrap();
        assert!(message.contains(words), "{message}");
    }
}

/// What the real program answered.
struct Ran {
    status: i32,
    json: Value,
}

impl Ran {
    /// The codes of what was found, each once, in order.
    fn codes(&self) -> Vec<&str> {
        let findings = self.json["data"]["findings"].as_array();
        let mut codes: Vec<&str> = findings
            .unwrap_or_else(|| panic!("{}", self.json))
            .iter()
            .map(|finding| finding["code"].as_str().unwrap())
            .map(|code| code.strip_prefix("qms::rules::").unwrap())
            .collect();
        codes.sort_unstable();
        codes.dedup();
        codes
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
            fs::write(&target, fs::read(&path).unwrap()).unwrap();
        }
    }
}

fn lines(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).fold(String::new(), |mut text, index| {
        let _ = writeln!(text, "{}", line(index));
        text
    })
}

const LENDING: &str = "rules/workflows/lending.kdl";
const PROMPT: &str = "rules/prompts/check/default.yaml";
const REGISTRY: &str = "rules/permissions/registry.kdl";

#[test]
fn a_file_of_a_hundred_megabytes_is_not_read() {
    for (path, text) in [(LENDING, "a\n"), (PROMPT, "a: b\n")] {
        let rules = Rules::new();
        rules.write(path, text.repeat(100_000_000 / text.len()));
        rules.cannot_be_read("rules", "is larger than");
    }
}

#[test]
fn files_that_are_too_large_together_are_not_read() {
    let rules = Rules::new();
    for index in 0..10 {
        rules.write(
            &format!("rules/doctypes/T{index}.kdl"),
            "// \n".repeat(60_000),
        );
    }
    rules.cannot_be_read("rules", "larger than 2 MiB together");
}

#[test]
fn nesting_without_end_is_a_finding() {
    for text in [
        "a { ".repeat(60_000),
        format!("{}{}", "a {".repeat(60_000), "}".repeat(60_000)),
        format!("{}{}", "/*".repeat(5_000), "*/".repeat(5_000)),
        format!("a */{}{}", "/*".repeat(5_000), "*/".repeat(5_000)),
    ] {
        let rules = Rules::new();
        rules.write(LENDING, text);
        rules.draws(&["syntax"]);
    }
    for text in [
        format!("checklist: {}", "[".repeat(100_000)),
        format!("checklist: {}{}", "[".repeat(100_000), "]".repeat(100_000)),
        format!("checklist: {}", "- ".repeat(100_000)),
        lines(600, |depth| format!("{}a:", " ".repeat(depth))),
    ] {
        let rules = Rules::new();
        rules.write(PROMPT, text);
        rules.draws(&["bad_prompt"]);
    }
}

#[test]
fn a_hundred_thousand_levels_are_not_followed() {
    let rules = Rules::new();
    rules.write(LENDING, "a{".repeat(100_000));
    rules.draws(&["syntax"]);
}

/// An alias of an alias of an alias would be a thousand million entries.
#[test]
fn aliases_that_multiply_are_a_finding() {
    let aliases = lines(20, |index| {
        let (this, that) = (format!("a{}", index + 1), format!("*a{index}"));
        format!("{this}: &{this} [{}]", [that.as_str(); 9].join(", "))
    });
    let rules = Rules::new();
    rules.write(PROMPT, format!("a0: &a0 [x, x]\n{aliases}"));
    rules.draws(&["bad_prompt"]);
}

#[test]
fn what_is_no_text_is_told() {
    for path in [LENDING, PROMPT] {
        for bytes in [
            &b"\xff\xfe\x00"[..],
            b"workflow \xc3\x28",
            b"a: \xed\xa0\x80",
        ] {
            let rules = Rules::new();
            rules.write(path, bytes);
            rules.cannot_be_read("rules", "is not UTF-8");
        }
        let rules = Rules::new();
        rules.write(path, "\0".repeat(1000));
        assert_eq!(rules.validated("rules").status, 3);
    }
}

#[test]
fn circles_are_findings() {
    let rules = Rules::new();
    let groups = lines(150, |index| {
        format!("group g{index} \"x\" inherits=g{}", (index + 1) % 150)
    });
    rules.put_before(REGISTRY, "permit desk", &groups);
    rules.draws(&["inheritance_cycle"]);

    let rules = Rules::new();
    let book = fs::read_to_string(rules.path("rules/doctypes/BOOK.kdl")).unwrap();
    for index in 0..150 {
        let text = book
            .replace("doctype BOOK", &format!("doctype S{index}X"))
            .replace(
                "BOOK-{number:4}",
                &format!("{{parent}}-S{index}X-{{number:4}}"),
            )
            .replace(
                "stored-in \"BOOK\"",
                &format!(
                    "stored-with root-ancestor\n child-of S{}X",
                    (index + 1) % 150
                ),
            );
        rules.write(&format!("rules/doctypes/S{index}X.kdl"), text);
    }
    rules.draws(&["no_forebear"]);

    let rules = Rules::new();
    let actions = lines(60, |index| {
        let next = (index + 1) % 60;
        format!("    action do{index} {{\n first do{next}\n from LENT\n }}")
    });
    let permits = lines(60, |index| format!("permit do{index} {{ to keeper }}"));
    rules.put_before(LENDING, "    automatic {", &actions);
    rules.put_before(REGISTRY, "permit desk", &permits);
    rules.draws(&["first_cycle"]);

    let rules = Rules::new();
    let states = lines(40, |index| format!("    state S{index} \"x\""));
    let arms = lines(39, |index| {
        format!("        from S{index} to=S{} {{ if owner }}", index + 1)
    });
    rules.put_before(LENDING, "    state GONE", &states);
    let around =
        "        from S39 to=SHELVED { if owner }\n        from SHELVED to=S0 { if owner }\n";
    rules.put_before(
        LENDING,
        "        from ON_DESK to=SHELVED {",
        &(arms + around),
    );
    rules.draws(&["automatic_cycle"]);
}

#[test]
fn links_that_lead_in_circles_or_away_are_not_followed() {
    for (link, target) in [
        ("rules/workflows/lending.kdl", "lending.kdl"),
        ("rules/workflows/again", "../workflows"),
        ("rules/prompts/check/root", "/"),
        ("rules/doctypes/passwd.kdl", "/etc/passwd"),
        ("rules/doctypes/zero.kdl", "/dev/zero"),
        ("rules/doctypes/nothing.kdl", "nowhere"),
    ] {
        let rules = Rules::new();
        let _ = fs::remove_file(rules.path(link));
        symlink(target, rules.path(link)).unwrap();
        assert_eq!(rules.validated("rules").status, 2, "{link}");
    }
    let rules = Rules::new();
    symlink("loop", rules.path("loop")).unwrap();
    assert_eq!(rules.validated("loop").status, 2);
}

#[test]
fn what_is_no_folder_is_told() {
    let rules = Rules::new();
    rules.write("file", "workflow lending {}");
    let status = Command::new("mkfifo")
        .arg(rules.path("pipe"))
        .status()
        .unwrap();
    assert!(status.success());
    for path in ["file", "pipe", "nowhere", "rules/nowhere"] {
        assert_eq!(rules.validated(path).status, 2, "{path}");
    }
    fs::create_dir(rules.path("empty")).unwrap();
    let ran = rules.validated("empty");
    assert_eq!((ran.status, ran.codes()), (3, vec!["empty_rulebook"]));
}

#[test]
fn a_pipe_among_the_files_is_not_waited_for() {
    for path in ["rules/workflows/pipe.kdl", "rules/prompts/pipe.yaml"] {
        let rules = Rules::new();
        let status = Command::new("mkfifo")
            .arg(rules.path(path))
            .status()
            .unwrap();
        assert!(status.success());
        assert_eq!(rules.validated("rules").status, 2, "{path}");
    }
}

#[test]
fn a_folder_that_may_not_be_read_is_told() {
    let rules = Rules::new();
    let closed = rules.path("rules/workflows");
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o000)).unwrap();
    let is_read_all_the_same = fs::read_dir(&closed).is_ok();
    if is_read_all_the_same {
        println!("this user may read everything: left out");
    } else {
        assert_eq!(rules.validated("rules").status, 2);
    }
    fs::set_permissions(&closed, fs::Permissions::from_mode(0o755)).unwrap();
}

#[test]
fn a_hundred_thousand_files_are_not_read() {
    let rules = Rules::new();
    for index in 0..100_000 {
        fs::write(rules.path(&format!("rules/doctypes/T{index}.kdl")), "").unwrap();
    }
    rules.cannot_be_read("rules", "one file or folder too many");
}

#[test]
fn two_files_that_declare_one_name_are_found() {
    let rules = Rules::new();
    let text = fs::read(rules.path(LENDING)).unwrap();
    rules.write("rules/workflows/reading.kdl", text);
    rules.draws(&["declared_twice", "file_name"]);
}

/// Ten thousand faults are not ten thousand reports.
#[test]
fn faults_without_number_are_told_in_part() {
    let arm = "        from SHELVED to=LENT\n";
    let rules = Rules::new();
    rules.put_before(
        LENDING,
        arm,
        &lines(5000, |index| format!("        from SHELVED too=X{index}")),
    );
    let ran = rules.validated("rules");
    assert_eq!(ran.codes(), ["too_many", "unknown_property"]);
    assert!(ran.json["data"]["findings"].as_array().unwrap().len() <= 201);

    for lines in [
        lines(4000, |index| {
            format!("        from SHELVED to=X{index} {{ if mark m{index} }}")
        }),
        lines(4000, |index| {
            format!("        from LENT {{ if version at-least=\"{index}.0\" }}")
        }),
    ] {
        let rules = Rules::new();
        rules.put_before(LENDING, arm, &lines);
        rules.draws(&["too_many"]);
    }
    let rules = Rules::new();
    rules.put_before(
        LENDING,
        "    state GONE",
        &lines(5000, |index| format!("    state S{index} \"x\"")),
    );
    rules.draws(&["too_many"]);
}
