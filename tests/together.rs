//! Several processes at once: nothing is lost, the loser is told, and nobody sees half of anything.

use crate::common::records;

use std::collections::BTreeSet;
use std::process::{Command, Output, Stdio};
use std::sync::Barrier;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use crate::common::World;
use qms::model::digest::sha256;
use serde_json::Value;

/// Runs the real program; returns its exit status and its answer.
fn process(world: &World, user: &str, line: &str) -> (i32, Value) {
    let output: Output = Command::new(env!("CARGO_BIN_EXE_qms"))
        .args(["--json", "--user", user, "--project-root"])
        .arg(world.root())
        .args(line.split(' '))
        .stdin(Stdio::null())
        .output()
        .unwrap();
    let err = String::from_utf8_lossy(&output.stderr);
    assert!(!err.contains("panicked"), "{err}");
    let answer = serde_json::from_slice(&output.stdout).unwrap_or(Value::Null);
    (output.status.code().unwrap_or(-1), answer)
}

/// Runs commands at the same moment.
fn at_once(world: &World, lines: &[(&str, String)]) -> Vec<(i32, Value)> {
    let barrier = Barrier::new(lines.len());
    thread::scope(|threads| {
        let running: Vec<_> = lines
            .iter()
            .map(|(user, line)| {
                let barrier = &barrier;
                threads.spawn(move || {
                    barrier.wait();
                    process(world, user, line)
                })
            })
            .collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

#[track_caller]
fn assert_whole(world: &World) {
    assert_eq!(records::judge(world.root()).faults, Vec::<String>::new());
}

/// Eight processes make twenty-five documents each: two hundred ids, and none is given twice.
#[test]
fn eight_creators_lose_nothing() {
    let world = World::new();
    let made: Vec<String> = thread::scope(|threads| {
        let running: Vec<_> = (0..8)
            .map(|who| {
                let world = &world;
                threads.spawn(move || {
                    let user = ["claude", "lead", "bob"][who % 3];
                    let create = |count: usize| {
                        let line = format!("create CR --title t{who}-{count}");
                        let (status, answer) = process(world, user, &line);
                        assert_eq!(status, 0, "{answer}");
                        answer["data"]["doc_id"].as_str().unwrap().to_owned()
                    };
                    (0..25).map(create).collect::<Vec<_>>()
                })
            })
            .collect();
        running
            .into_iter()
            .flat_map(|one| one.join().unwrap())
            .collect()
    });
    let distinct: BTreeSet<_> = made.iter().cloned().collect();
    assert_eq!(distinct.len(), 200);
    let expected: BTreeSet<_> = (1..=200).map(|number| format!("CR-{number:03}")).collect();
    assert_eq!(distinct, expected);
    let found = records::judge(world.root());
    assert_eq!(found.faults, Vec::<String>::new());
    assert!(distinct.is_subset(&found.documents));
}

/// Two who approve at the same moment are both heard, and the version goes up once.
#[test]
fn two_approvers_at_once_are_both_heard() {
    let world = World::new();
    for round in 8..12 {
        world.story(&format!(
            "claude: create SOP --title Cleaning
             claude: route SOP-{round:03} --review
             qa: review SOP-{round:03} --recommend --comment Good
             claude: route SOP-{round:03} --approval --assign qa rita"
        ));
        let line = format!("approve SOP-{round:03}");
        let answers = at_once(&world, &[("qa", line.clone()), ("rita", line)]);
        assert!(
            answers.iter().all(|(status, _)| *status == 0),
            "{answers:?}"
        );
        let id = format!("SOP-{round:03}");
        let meta = world.meta("SOP", &id);
        assert_eq!(
            (&meta["status"], &meta["version"]),
            (&"EFFECTIVE".into(), &"1.0".into())
        );
        let events = world.events("SOP", &id);
        let count = |name: &str| {
            events
                .iter()
                .filter(|event| event.starts_with(name))
                .count()
        };
        assert_eq!((count("APPROVE"), count("EFFECTIVE")), (2, 1), "{events:?}");
    }
    assert_whole(&world);
}

/// Of two who take a document at the same moment one gets it, and the other is told so.
#[test]
fn of_two_checkouts_one_wins() {
    let world = World::new();
    for _ in 0..8 {
        let before = world.trail("SOP", "SOP-001").len();
        let line = "checkout SOP-001".to_owned();
        let users = ["claude", "lead", "bob"];
        let deeds: Vec<_> = users.iter().map(|user| (*user, line.clone())).collect();
        let answers = at_once(&world, &deeds);
        let winners: Vec<_> = (0..3).filter(|index| answers[*index].0 == 0).collect();
        assert_eq!(winners.len(), 1, "{answers:?}");
        for (index, (status, answer)) in answers.iter().enumerate() {
            if index != winners[0] {
                assert_eq!(*status, 1);
                assert_eq!(answer["error"]["code"], "checked_out", "{answer}");
            }
        }
        let winner = users[winners[0]];
        assert_eq!(world.meta("SOP", "SOP-001")["responsible_user"], winner);
        let taken = world.trail("SOP", "SOP-001");
        assert!(
            taken[before..]
                .iter()
                .filter(|line| line["event"] == "CHECKOUT")
                .count()
                == 1
        );

        // Into force again, for the next round.
        world.story(&format!(
            "{winner}: route SOP-001 --review
             qa: review SOP-001 --recommend --comment Good
             {winner}: route SOP-001 --approval
             qa: approve SOP-001"
        ));
    }
    assert_whole(&world);
}

/// Of those who act on the same version or the same text one goes ahead, and the others' is stale by then.
#[test]
fn who_acts_on_an_older_state_is_told() {
    let world = World::new();
    world.story(
        "claude: create SOP --title Cleaning
         claude: checkin SOP-008
         claude: route SOP-008 --review
         qa: review SOP-008 --recommend --comment Good
         claude: route SOP-008 --approval --assign qa rita",
    );
    let text = world.read("QMS/SOP/SOP-008-draft.md");
    let digest = sha256(text.as_bytes());
    let stale = |user: &str, line: &str| {
        let answer = world.refused(user, line, "stale");
        assert!(!answer["message"].as_str().unwrap().is_empty());
    };
    stale("qa", "approve SOP-008 --if-version 0.2");
    stale(
        "qa",
        &format!("approve SOP-008 --if-sha256 {}", "0".repeat(64)),
    );
    world.refused("qa", "approve SOP-008 --if-version x", "invalid_argument");
    world.refused(
        "qa",
        "approve SOP-008 --if-version ../1",
        "invalid_argument",
    );
    world.refused("qa", "approve SOP-008 --if-sha256 xyz", "invalid_argument");
    world
        .by(
            "qa",
            &format!("approve SOP-008 --if-version 0.1 --if-sha256 {digest}"),
        )
        .done();
    world.by("rita", "approve SOP-008 --if-version 0.1").done();

    // Every verb knows the terms, before it knows anything else of the document.
    for line in [
        "checkout SOP-008",
        "checkin SOP-008",
        "route SOP-008 --review",
        "assign SOP-008 --assignees qa",
        "withdraw SOP-008",
        "cancel SOP-008 --confirm",
        "fix SOP-008",
        "close SOP-008",
        "release SOP-008",
        "revert SOP-008 --reason r",
    ] {
        stale("lead", &format!("{line} --if-version 0.1"));
        stale("lead", &format!("{line} --if-sha256 {}", "0".repeat(64)));
    }

    // A race: each of three would take the version in force.
    for version in 1..5 {
        let line = format!("checkout SOP-008 --if-version {version}.0");
        let deeds: Vec<_> = ["claude", "lead", "bob"]
            .map(|user| (user, line.clone()))
            .into();
        let answers = at_once(&world, &deeds);
        let wins = answers.iter().filter(|(status, _)| *status == 0).count();
        assert_eq!(wins, 1, "{answers:?}");
        for (status, answer) in &answers {
            let code = answer["error"]["code"].as_str();
            assert!(
                *status == 0 || matches!(code, Some("stale" | "checked_out")),
                "{answer}"
            );
        }
        let owner = world.meta("SOP", "SOP-008")["responsible_user"].clone();
        let owner = owner.as_str().unwrap();
        world.story(&format!(
            "{owner}: route SOP-008 --review
             qa: review SOP-008 --recommend --comment Good
             {owner}: route SOP-008 --approval
             qa: approve SOP-008"
        ));
    }
    assert_whole(&world);
}

/// Says what is torn in what a reader was told.
fn torn(history: &Value, text: &Value) -> Option<String> {
    let events = history["data"]["events"].as_array()?;
    let faults = records::agreement(&history["next"], events);
    if !faults.is_empty() {
        return Some(format!("{faults:?}"));
    }
    let content = text["data"]["content"].as_str().unwrap_or_default();
    let digest = sha256(content.as_bytes());
    (text["data"]["content_sha256"] != *digest).then(|| "digest of another text".to_owned())
}

/// Whoever reads while others write sees a state before or after each commit, and is never turned away.
///
/// Verifies: REQ-AUDIT-001
#[test]
fn readers_beside_a_writer_never_see_a_torn_state() {
    let world = World::new();
    world.story("claude: create SOP --title Cleaning");
    let (stop, looks) = (AtomicBool::new(false), AtomicUsize::new(0));
    let rounds = AtomicUsize::new(0);
    thread::scope(|threads| {
        let (world, stop, looks, rounds) = (&world, &stop, &looks, &rounds);
        threads.spawn(move || {
            let began = Instant::now();
            while began.elapsed() < Duration::from_secs(4) {
                for (user, line) in [
                    ("claude", "route SOP-008 --review"),
                    ("qa", "review SOP-008 --recommend --comment Good"),
                    ("claude", "route SOP-008 --approval"),
                    ("qa", "approve SOP-008"),
                    ("claude", "checkout SOP-008"),
                ] {
                    let (status, answer) = process(world, user, line);
                    if status != 0 {
                        stop.store(true, Ordering::SeqCst);
                    }
                    assert_eq!(status, 0, "{line}: {answer}");
                    rounds.fetch_add(1, Ordering::SeqCst);
                }
            }
            stop.store(true, Ordering::SeqCst);
        });
        for _ in 0..2 {
            threads.spawn(move || {
                while !stop.load(Ordering::SeqCst) {
                    let history = world.by("claude", "history SOP-008");
                    assert_eq!(history.status, 0, "{}", history.json);
                    let text = world.by("claude", "read SOP-008 --draft");
                    assert!(
                        text.status == 0 || text.json["error"]["code"] == "not_found",
                        "{}",
                        text.json
                    );
                    let text = world.by("claude", "read SOP-008");
                    assert_eq!(text.status, 0, "{}", text.json);
                    assert_eq!(torn(&history.json, &text.json), None, "{}", history.json);
                    for line in [
                        "status SOP-008",
                        "list",
                        "workspace",
                        "inbox",
                        "diff SOP-008",
                        "explain SOP-008",
                    ] {
                        let answer = world.by("claude", line);
                        assert_eq!(answer.status, 0, "{line}: {}", answer.json);
                        assert!(
                            answer.json["messages"] == Value::Array(Vec::new()),
                            "{line}: {}",
                            answer.json
                        );
                    }
                    let status = world.by("claude", "status SOP-008");
                    let data = &status.json["data"];
                    let is_effective = data["status"] == "EFFECTIVE";
                    let effective = data["effective_version"].as_str().unwrap_or_default();
                    if is_effective {
                        assert!(effective.ends_with(".0"), "{data}");
                    }
                    assert_eq!(status.json["next"]["status"], data["status"]);
                    looks.fetch_add(1, Ordering::SeqCst);
                }
            });
        }
        threads.spawn(move || {
            while !stop.load(Ordering::SeqCst) {
                let (status, answer) = process(world, "qa", "history SOP-008");
                assert_eq!(status, 0, "{answer}");
                let faults = records::agreement(
                    &answer["next"],
                    answer["data"]["events"].as_array().unwrap(),
                );
                assert_eq!(faults, Vec::<String>::new(), "{answer}");
            }
        });
    });
    println!("{looks:?} looks beside {rounds:?} commits");
    assert!(looks.into_inner() > 10 && rounds.into_inner() > 10);
    assert_whole(&world);
}
