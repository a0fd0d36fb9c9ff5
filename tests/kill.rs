//! The real program, killed a few hundred times at random moments of the lives of documents.

#![expect(
    clippy::match_same_arms,
    clippy::too_many_lines,
    reason = "a test tells its story at length"
)]

use crate::common::records;

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread::sleep;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use crate::common::World;
use serde_json::Value;

/// So many processes are killed.
const KILLS: usize = 300;

/// Chance, which can be repeated (`QMS_SEED`).
struct Chance(u64);

impl Chance {
    fn below(&mut self, most: u64) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0 % most.max(1)
    }
}

fn seed() -> u64 {
    let given = std::env::var("QMS_SEED")
        .ok()
        .and_then(|text| text.parse().ok());
    given.unwrap_or_else(|| {
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        u64::from(now.subsec_nanos()) | 1
    })
}

fn started(world: &World, line: &[String]) -> Child {
    let mut command = Command::new(env!("CARGO_BIN_EXE_qms"));
    command.arg("--project-root").arg(world.root()).args(line);
    command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .stdin(Stdio::null());
    command.spawn().unwrap()
}

/// Returns what is done next to a document, by whom.
fn next(status: &Value, chance: &mut Chance) -> Option<(&'static str, &'static str)> {
    let data = &status["data"];
    if data["checked_out"] == true {
        let deeds = ["checkin", "route ID --review", "checkin"];
        let most = if data["status"] == "EFFECTIVE" { 1 } else { 3 };
        return deeds
            .get(usize::try_from(chance.below(most)).unwrap())
            .map(|deed| ("claude", *deed));
    }
    let either = chance.below(4);
    let deed = match data["status"].as_str()? {
        "DRAFT" if either == 0 => ("claude", "checkout"),
        "DRAFT" => ("claude", "route ID --review"),
        "IN_REVIEW" | "IN_PRE_REVIEW" | "IN_POST_REVIEW" => {
            ("qa", "review ID --recommend --comment Good")
        }
        "IN_APPROVAL" | "IN_PRE_APPROVAL" if either == 0 => ("qa", "reject ID --comment No"),
        "REVIEWED" | "PRE_REVIEWED" | "POST_REVIEWED" => ("claude", "route ID --approval"),
        "IN_APPROVAL" | "IN_PRE_APPROVAL" | "IN_POST_APPROVAL" => ("qa", "approve"),
        "EFFECTIVE" => ("claude", "checkout"),
        "PRE_APPROVED" => ("claude", "release"),
        "IN_EXECUTION" if either < 2 => ("claude", "checkout"),
        "IN_EXECUTION" => ("claude", "route ID --review"),
        "POST_APPROVED" => ("claude", "close"),
        _ => return None,
    };
    Some(deed)
}

fn words(user: &str, deed: &str, id: &str) -> Vec<String> {
    let mut line = vec!["--user".to_owned(), user.to_owned()];
    let deed = if deed.contains("ID") {
        deed.replace("ID", id)
    } else {
        format!("{deed} {id}")
    };
    line.extend(deed.split(' ').map(str::to_owned));
    line
}

/// Everything that may never change again: archived texts, and the lines of trails.
fn of_record(root: &Path) -> BTreeMap<String, Vec<u8>> {
    let mut kept = BTreeMap::new();
    for folder in ["QMS/.archive", "QMS/.audit"] {
        for path in records::below(&root.join(folder)) {
            if path.display().to_string().contains("/.qms-") {
                continue;
            }
            kept.insert(path.display().to_string(), fs::read(&path).unwrap());
        }
    }
    kept
}

#[track_caller]
fn assert_kept(before: &BTreeMap<String, Vec<u8>>, after: &BTreeMap<String, Vec<u8>>) {
    for (path, bytes) in before {
        let now = after.get(path).unwrap_or_else(|| panic!("{path} is gone"));
        if path.ends_with(".jsonl") {
            assert!(now.starts_with(bytes), "{path} was rewritten");
        } else {
            assert!(now == bytes, "{path} was changed");
        }
    }
}

/// Kills the process at a moment of chance, half of the time while it writes. Returns whether it was in time.
fn killed(world: &World, mut child: Child, usual: Duration, chance: &mut Chance) -> bool {
    let micros = u64::try_from(usual.as_micros()).unwrap();
    if chance.below(3) == 0 {
        sleep(Duration::from_micros(chance.below(micros * 12 / 10)));
    } else {
        let journal = world.path("QMS/.journal");
        let began = Instant::now();
        while !journal.exists() && child.try_wait().unwrap().is_none() {
            if began.elapsed() > Duration::from_secs(5) {
                break;
            }
            std::hint::spin_loop();
        }
        sleep(Duration::from_micros(chance.below(micros / 3)));
    }
    let in_time = child.try_wait().unwrap().is_none();
    let _ = child.kill();
    child.wait().unwrap();
    in_time
}

/// However often processes are killed while they write, the next one works, and no record is lost, torn or
/// written twice.
///
/// Verifies: REQ-DOC-003, REQ-AUDIT-001
#[test]
fn killed_processes_leave_the_records_whole() {
    let seed = seed();
    println!("QMS_SEED={seed}");
    let mut chance = Chance(seed);
    let world = World::new();
    world.story(
        "claude: create SOP --title One
         claude: create CR --title Two
         claude: create SOP --title Three",
    );
    let mut ids = vec![
        "SOP-008".to_owned(),
        "CR-001".to_owned(),
        "SOP-009".to_owned(),
    ];
    let began = Instant::now();
    let mut usual = Duration::from_millis(40);
    let (mut kills, mut torn, mut done, mut undone) = (0, 0, 0, 0);
    let mut kept = of_record(world.root());
    let mut turn = 0;
    while kills < KILLS {
        turn += 1;
        let id = ids[usize::try_from(chance.below(ids.len() as u64)).unwrap()].clone();
        let status = world.by("claude", &format!("status {id}"));
        assert_eq!(status.status, 0, "seed {seed}: {}", status.json);
        let line = match next(&status.json, &mut chance) {
            Some((user, deed)) => words(user, deed, &id),
            None => ["--user", "claude", "create", "CR", "--title", "Next"]
                .map(str::to_owned)
                .to_vec(),
        };

        // Now and then one runs to its end, which also tells how long that takes.
        if turn % 10 == 1 {
            let start = Instant::now();
            let status = started(&world, &line).wait().unwrap();
            assert!(
                status.success(),
                "seed {seed}: {line:?} after a kill: {status}"
            );
            usual = start.elapsed();
        } else {
            let child = started(&world, &line);
            if !killed(&world, child, usual, &mut chance) {
                continue;
            }
            kills += 1;
            torn += usize::from(world.exists("QMS/.journal"));
        }

        // Whoever comes next finds a state that stands, and finishes or clears what was left.
        if chance.below(3) == 0 {
            let answer = world.by("claude", "list");
            assert_eq!(answer.status, 0, "seed {seed}: {}", answer.json);
        }
        drop(
            qms::store::Store::open(world.root())
                .unwrap()
                .0
                .lock()
                .unwrap(),
        );
        let now = of_record(world.root());
        assert_kept(&kept, &now);
        if now == kept {
            undone += 1;
        } else {
            done += 1;
        }
        kept = now;
        if kills % 10 == 0 {
            let faults = records::judge(world.root()).faults;
            assert_eq!(faults, Vec::<String>::new(), "seed {seed}: {line:?}");
        }
        ids = records::below(&world.path("QMS/.meta"))
            .iter()
            .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
            .filter(|id| !id.starts_with("TEMPLATE") && id != "SOP-001")
            .collect();
        ids.retain(|id| {
            let status = world.by("claude", &format!("status {id}"));
            status.json["data"]["status"] != "CLOSED"
        });
        if ids.is_empty() {
            world.by("claude", "create CR --title Another").done();
            kept = of_record(world.root());
            ids.push(
                records::judge(world.root())
                    .documents
                    .into_iter()
                    .find(|id| id.starts_with("CR"))
                    .unwrap(),
            );
        }
    }

    let found = records::judge(world.root());
    assert_eq!(found.faults, Vec::<String>::new(), "seed {seed}");
    println!(
        "{kills} kills, {torn} in a commit; {done} deeds done, {undone} not; {} events; {:?}",
        found.events,
        began.elapsed()
    );
    assert!(done > 30, "seed {seed}: only {done} deeds came about");
    assert!(
        torn > 30,
        "seed {seed}: only {torn} kills fell into a commit"
    );
}
