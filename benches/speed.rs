//! How long whole commands take, in small and in large projects.
//!
//! Each figure is that of a real process, from its start to its end, the sync of the disk included:
//! `cargo bench`. The README says what they came to.

#![expect(clippy::unwrap_used, reason = "a benchmark stops where it fails")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use qms::definitions::Rulebook;
use tempfile::TempDir;

/// Runs the program in a project; it must succeed.
fn qms(root: &Path, line: &str) {
    let status = Command::new(env!("CARGO_BIN_EXE_qms"))
        .args(line.split(' '))
        .current_dir(root)
        .stdout(Stdio::null())
        .stderr(Stdio::inherit())
        .status()
        .unwrap();
    assert!(status.success(), "{line}");
}

fn timed(root: &Path, line: &str) -> Duration {
    let start = Instant::now();
    qms(root, line);
    start.elapsed()
}

/// A project with so many change records, one of which is real; the others are its copies.
fn project(documents: u32) -> TempDir {
    let scratch = tempfile::tempdir().unwrap();
    let root = scratch.path();
    qms(root, "init");
    qms(root, "--user claude create CR --title Measured");
    qms(root, "--user claude checkin CR-001");
    for number in 2..=documents {
        let id = format!("CR-{number:03}");
        copy(root, "QMS/.meta/CR/CR-001.json", &id);
        copy(root, "QMS/.audit/CR/CR-001.jsonl", &id);
        copy(root, "QMS/CR/CR-001/CR-001-draft.md", &id);
    }
    scratch
}

fn copy(root: &Path, path: &str, id: &str) {
    let text = fs::read_to_string(root.join(path)).unwrap();
    let target = root.join(path.replace("CR-001", id));
    fs::create_dir_all(target.parent().unwrap()).unwrap();
    fs::write(target, text.replace("CR-001", id)).unwrap();
}

fn starting(criterion: &mut Criterion) {
    criterion.bench_function("true", |bencher| {
        bencher.iter(|| Command::new("true").status().unwrap());
    });
    criterion.bench_function("rulebook, shipped", |bencher| {
        bencher.iter(|| Rulebook::shipped().unwrap());
    });
    let nowhere = tempfile::tempdir().unwrap();
    criterion.bench_function("validate-config, shipped, all proofs", |bencher| {
        bencher.iter(|| qms(nowhere.path(), "validate-config"));
    });
}

fn commands(criterion: &mut Criterion) {
    for documents in [10, 10_000] {
        let project = project(documents);
        let root = project.path();
        criterion.bench_function(&format!("status, {documents} documents"), |bencher| {
            bencher.iter(|| qms(root, "--user claude status CR-001"));
        });
        criterion.bench_function(&format!("route, {documents} documents"), |bencher| {
            bencher.iter_custom(|rounds| routing(root, rounds));
        });
        criterion.bench_function(&format!("list, {documents} documents"), |bencher| {
            bencher.iter(|| qms(root, "--user claude list"));
        });
    }
    for siblings in [100, 10_000] {
        let project = project(siblings);
        let root = project.path();
        criterion.bench_function(&format!("create, {siblings} siblings"), |bencher| {
            bencher.iter(|| qms(root, "--user claude create CR --title Another"));
        });
    }
}

/// Returns how long so many routings take, each of a document whose trail is as short as that of the first.
fn routing(root: &Path, rounds: u64) -> Duration {
    let files = ["QMS/.meta/CR/CR-001.json", "QMS/.audit/CR/CR-001.jsonl"];
    let files = files.map(|file| root.join(file));
    let fresh = files.each_ref().map(|file| fs::read(file).unwrap());
    let mut total = Duration::ZERO;
    for _ in 0..rounds {
        total += timed(root, "--user claude route CR-001 --review");
        qms(root, "--user claude withdraw CR-001");
        for (file, text) in files.iter().zip(&fresh) {
            fs::write(file, text).unwrap();
        }
    }
    total
}

/// An answer, kept for good: always the first one more, of a record that is put back each time.
fn answering(criterion: &mut Criterion) {
    let project = project(10);
    let root = project.path();
    for line in [
        "--user claude checkout CR-001",
        "--user claude route CR-001 --review",
        "--user qa review CR-001 --recommend --comment Good",
        "--user claude route CR-001 --approval",
        "--user qa approve CR-001",
        "--user claude release CR-001",
        "--user claude create VR --parent CR-001 --title Measured",
    ] {
        qms(root, line);
    }
    let session = root.join(".claude/users/claude/workspace/CR-001-VR-001.interact");
    let fresh = fs::read(&session).unwrap();
    criterion.bench_function("interact --respond", |bencher| {
        bencher.iter_custom(|rounds| {
            let mut total = Duration::ZERO;
            for _ in 0..rounds {
                total += timed(root, "--user claude interact CR-001-VR-001 --respond EI-1");
                fs::write(&session, &fresh).unwrap();
            }
            total
        });
    });
}

criterion_group! {
    name = speed;
    config = Criterion::default().sample_size(30).measurement_time(Duration::from_secs(4));
    targets = starting, commands, answering
}
criterion_main!(speed);
