//! How long code governance takes over a long history and many references: `cargo bench --bench governance`.
//!
//! Each figure is that of a real process. The time is to grow with what is looked at: ten times the commits,
//! ten times the time.

#![expect(clippy::unwrap_used, reason = "a benchmark stops where it fails")]

use std::fmt::Write as _;
use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use criterion::{Criterion, criterion_group, criterion_main};
use git2::{Oid, Repository, RepositoryInitOptions, Signature, Time};
use tempfile::TempDir;

/// The moment of the first commit, before any governance; each further one is a second later.
const BEGINNING: i64 = 1_700_000_000;

/// Runs the program in a project, whatever it finds there.
fn qms(root: &Path, line: &str) {
    Command::new(env!("CARGO_BIN_EXE_qms"))
        .args(line.split(' '))
        .current_dir(root)
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .status()
        .unwrap();
}

/// A governed project with so many commits, of which each tenth changes its code.
fn project(commits: i64) -> (TempDir, Vec<Oid>) {
    let scratch = tempfile::tempdir().unwrap();
    let root = scratch.path();
    qms(root, "init");
    let mut options = RepositoryInitOptions::new();
    options.external_template(false).initial_head("main");
    let git = Repository::init_opts(root, &options).unwrap();
    let made = history(&git, commits);
    // As a clone has it: one pack, no loose objects.
    let packed = Command::new("git")
        .args(["gc", "-q"])
        .current_dir(root)
        .status();
    assert!(packed.unwrap().success());
    let system = r#""systems": [{ "name": "press", "paths": ["src"], "namespace": "PRESS", "governed_since": "2023-01-01" }], "#;
    let config = root.join("qms.config.json");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, text.replacen('{', &format!("{{ {system}"), 1)).unwrap();
    (scratch, made)
}

fn history(git: &Repository, commits: i64) -> Vec<Oid> {
    let mut made: Vec<Oid> = Vec::new();
    for number in 0..commits {
        let who =
            Signature::new("Ada", "ada@example.org", &Time::new(BEGINNING + number, 0)).unwrap();
        let text = format!("{}\n", number / 10 % 100);
        let mut source = git.treebuilder(None).unwrap();
        let blob = git.blob(text.as_bytes()).unwrap();
        source.insert("a.py", blob, 0o100_644).unwrap();
        let mut tree = git.treebuilder(None).unwrap();
        tree.insert("src", source.write().unwrap(), 0o040_000)
            .unwrap();
        let tree = git.find_tree(tree.write().unwrap()).unwrap();
        let parent = made.last().map(|id| git.find_commit(*id).unwrap());
        let parents: Vec<_> = parent.iter().collect();
        let message = format!("CR-001: change {number}");
        made.push(
            git.commit(None, &who, &who, &message, &tree, &parents)
                .unwrap(),
        );
    }
    let last = git.find_commit(*made.last().unwrap()).unwrap();
    git.branch("main", &last, true).unwrap();
    made
}

fn histories(criterion: &mut Criterion) {
    for commits in [10_000, 100_000] {
        let (scratch, made) = project(commits);
        let root = scratch.path();
        let audit = "code audit".to_owned();
        criterion.bench_function(&format!("audit of {commits} commits"), |bencher| {
            bencher.iter(|| qms(root, &audit));
        });
        qms(root, "--user claude create CR --title Referring");
        let mut text = "---\ntitle: Referring\nrevision_summary: Text\n---\n".to_owned();
        for id in made.iter().step_by(made.len() / 5000) {
            let _ = writeln!(text, "- src/a.py @ {id}");
        }
        fs::write(root.join(".claude/users/claude/workspace/CR-001.md"), text).unwrap();
        qms(root, "--user claude checkin CR-001");
        criterion.bench_function(&format!("5000 references, {commits} commits"), |bencher| {
            bencher.iter(|| qms(root, "code refs CR-001"));
        });
    }
}

criterion_group! {
    name = governance;
    config = Criterion::default().sample_size(10);
    targets = histories
}
criterion_main!(governance);
