//! Many clients of one server who change something at once: each is answered for itself, and what is answered
//! is made.

use std::collections::BTreeSet;
use std::sync::Barrier;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::served::Served;
use crate::common::World;
use crate::common::records;

const CLIENTS: usize = 8;

/// So many servers are killed.
const KILLS: usize = 40;

fn code(result: &Value) -> &str {
    let error = &result["structuredContent"]["error"];
    error["code"].as_str().unwrap_or("done")
}

fn data(result: &Value) -> &Value {
    &result["structuredContent"]["data"]
}

#[track_caller]
fn assert_clean(world: &World) {
    assert_eq!(records::judge(world.root()).faults, Vec::<String>::new());
    world.by("qa", "verify").done();
    assert!(!world.exists("QMS/.journal"));
}

/// Lets every client make its calls at the same moment, and returns what each was answered.
fn at_once(
    served: &Served,
    calls: impl Fn(usize) -> Vec<(&'static str, Value)> + Sync,
) -> Vec<Vec<Value>> {
    let barrier = Barrier::new(CLIENTS);
    thread::scope(|threads| {
        let (barrier, calls) = (&barrier, &calls);
        let running: Vec<_> = (0..CLIENTS)
            .map(|client| {
                threads.spawn(move || {
                    let mine = calls(client);
                    barrier.wait();
                    mine.into_iter()
                        .map(|(tool, arguments)| served.call(&[], tool, arguments))
                        .collect()
                })
            })
            .collect();
        running.into_iter().map(|one| one.join().unwrap()).collect()
    })
}

/// Verifies: REQ-AUDIT-001, REQ-MCP-011
#[test]
fn clients_who_change_different_documents_at_once_all_get_their_way() {
    let world = World::new();
    let served = Served::start(&world, &[]);
    let create = |client: usize| {
        let one = move |number: usize| {
            let title = format!("Title {client}-{number}");
            let arguments = json!({ "doc_type": "CR", "title": title, "user": "claude" });
            ("qms_create", arguments)
        };
        (0..3).map(one).collect()
    };
    let made = at_once(&served, create);
    let ids: Vec<Vec<&str>> = made
        .iter()
        .map(|answers| {
            let ids = answers.iter().map(|answer| data(answer)["doc_id"].as_str());
            ids.map(Option::unwrap).collect()
        })
        .collect();
    let distinct: BTreeSet<_> = ids.iter().flatten().collect();
    assert_eq!(distinct.len(), 3 * CLIENTS, "{ids:?}");

    let rounds = |client: usize| {
        let id = ids[client][0];
        let route = json!({ "doc_id": id, "user": "claude", "route_type": "review" });
        let withdraw = json!({ "doc_id": id, "user": "claude", "if_version": "0.1" });
        let round = [("qms_route", route), ("qms_withdraw", withdraw)];
        (0..6).flat_map(|_| round.clone()).collect()
    };
    for answers in at_once(&served, rounds) {
        assert!(
            answers.iter().all(|answer| code(answer) == "done"),
            "{answers:?}"
        );
    }
    for (client, ids) in ids.iter().enumerate() {
        let events = world.events("CR", ids[0]);
        let count = |name: &str| {
            events
                .iter()
                .filter(|event| event.starts_with(name))
                .count()
        };
        assert_eq!(
            (count("ROUTE_REVIEW"), count("WITHDRAW")),
            (6, 6),
            "{events:?}"
        );
        assert_eq!(world.meta("CR", ids[2])["title"], json!(null));
        let text = world.read(&format!("QMS/CR/{0}/{0}-draft.md", ids[2]));
        assert!(text.contains(&format!("Title {client}-2")), "{text}");
    }
    drop(served);
    assert_clean(&world);
}

/// Of those who want the same of one document one gets it; the others are refused, and what else is changed at
/// that moment is not touched by it.
///
/// Verifies: REQ-AUDIT-001, REQ-WF-001
#[test]
fn clients_who_want_the_same_at_once_are_told_apart() {
    let world = World::new();
    world.story("claude: create CR --title Shared\nclaude: checkin CR-001");
    for number in 2..=4 {
        world
            .by("claude", &format!("create CR --title Own{number}"))
            .done();
    }
    let served = Served::start(&world, &[]);
    let other = |client: usize, tool: &'static str, further: Value| {
        let mut arguments = json!({ "doc_id": format!("CR-00{}", client - 2), "user": "claude" });
        let own = further.as_object().unwrap().clone();
        arguments.as_object_mut().unwrap().extend(own);
        (tool, arguments)
    };
    for round in 0..5 {
        // Four want the shared one, as it stands; three route their own; one asks for nonsense.
        let answers = at_once(&served, |client| {
            let shared = json!({ "doc_id": "CR-001", "user": "claude" });
            let call = match (client, round % 2) {
                (0..4, 0) => {
                    let mut shared = shared;
                    shared["route_type"] = "review".into();
                    ("qms_route", shared)
                }
                (0..4, _) => ("qms_withdraw", shared),
                (4..7, 0) => other(client, "qms_route", json!({ "route_type": "review" })),
                (4..7, _) => other(client, "qms_withdraw", json!({ "if_version": "0.1" })),
                _ => ("qms_approve", json!({ "doc_id": "CR-001", "user": "qa" })),
            };
            vec![call]
        });
        let codes: Vec<_> = answers.iter().map(|answers| code(&answers[0])).collect();
        let won = codes[..4].iter().filter(|code| **code == "done").count();
        assert_eq!(won, 1, "{codes:?}");
        assert!(codes[4..7].iter().all(|code| *code == "done"), "{codes:?}");
        assert!(
            codes[..4]
                .iter()
                .all(|code| ["done", "invalid_transition"].contains(code))
        );
        assert_ne!(codes[7], "done");
    }
    // Everybody who is asked answers the same question at once.
    let names: Vec<_> = (0..CLIENTS)
        .map(|client| format!("reader{client}"))
        .collect();
    for name in &names {
        let line = format!("user --add {name} --group reviewer");
        world.by("lead", &line).done();
    }
    world
        .by(
            "qa",
            &format!("assign CR-001 --assignees {}", names.join(" ")),
        )
        .done();
    let answers = at_once(&served, |client| {
        let said = json!({
            "doc_id": "CR-001", "user": names[client], "outcome": "recommend", "comment": "Good",
        });
        vec![("qms_review", said)]
    });
    for answers in &answers {
        assert_eq!(code(&answers[0]), "done", "{answers:?}");
    }
    let events = world.events("CR", "CR-001");
    let heard = events.iter().filter(|event| event.starts_with("REVIEW "));
    assert_eq!(heard.count(), CLIENTS, "{events:?}");
    drop(served);
    assert_clean(&world);
}

/// What a client may expect of its document after its server was killed.
#[derive(Default)]
struct Expected {
    /// Titles of documents whose making was answered, or was asked for last.
    made: Vec<String>,
    last: Option<String>,
    /// How often it was answered that the document is routed, and withdrawn.
    moves: usize,
}

/// Returns how often a document was moved, as its trail tells.
fn moves(world: &World, id: &str) -> usize {
    let events = world.events("CR", id);
    let is_move =
        |event: &&String| event.starts_with("ROUTE_REVIEW") || event.starts_with("WITHDRAW");
    events.iter().filter(is_move).count()
}

/// Calls until the server is gone; what is not answered may be made or not.
fn go_on(served: &Served, client: usize, run: usize, expected: &mut Expected, calls: &AtomicUsize) {
    let id = format!("CR-{:03}", client + 1);
    for number in 0.. {
        let title = format!("Made {run}-{client}-{number}");
        let (tool, arguments) = match (number % 3, expected.moves % 2) {
            (2, _) => {
                expected.last = Some(title.clone());
                (
                    "qms_create",
                    json!({ "doc_type": "SOP", "title": title, "user": "claude" }),
                )
            }
            (_, 0) => {
                let arguments = json!({ "doc_id": id, "user": "claude", "route_type": "review" });
                ("qms_route", arguments)
            }
            _ => ("qms_withdraw", json!({ "doc_id": id, "user": "claude" })),
        };
        let params = json!({ "name": tool, "arguments": arguments });
        let message =
            json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
        let Some(body) = served.try_say(&message.to_string()) else {
            return;
        };
        let answer: Value = serde_json::from_str(&body).unwrap();
        assert_eq!(answer["result"]["isError"], false, "{answer}");
        calls.fetch_add(1, Ordering::SeqCst);
        match number % 3 {
            2 => expected.made.extend(expected.last.take()),
            _ => expected.moves += 1,
        }
    }
}

/// However often a server is killed while many change something, what it answered is made, what it did not
/// answer is made whole or not at all, and the records stand.
///
/// Verifies: REQ-DOC-003, REQ-AUDIT-001
#[test]
fn a_server_that_is_killed_under_load_loses_nothing_it_answered() {
    let world = World::new();
    for _ in 0..CLIENTS {
        world.by("claude", "create CR --title Moved").done();
    }
    for client in 1..=CLIENTS {
        world.by("claude", &format!("checkin CR-00{client}")).done();
    }
    let (calls, mut torn, mut unanswered) = (AtomicUsize::new(0), 0, 0);
    let mut moved = [0; CLIENTS];
    for run in 0..KILLS {
        let mut served = Served::start(&world, &[]);
        let id = served.id();
        let expected: Vec<Expected> = thread::scope(|threads| {
            let (served, calls) = (&served, &calls);
            let running: Vec<_> = moved
                .iter()
                .enumerate()
                .map(|(client, moves)| {
                    let mut expected = Expected {
                        moves: *moves,
                        ..Expected::default()
                    };
                    threads.spawn(move || {
                        go_on(served, client, run, &mut expected, calls);
                        expected
                    })
                })
                .collect();
            killed_amid_calls(&world, id, run, calls);
            running.into_iter().map(|one| one.join().unwrap()).collect()
        });
        served.kill();
        torn += usize::from(world.exists("QMS/.journal"));

        let list = world.by("claude", "list --type SOP").done();
        let titles: Vec<_> = list["documents"]
            .as_array()
            .unwrap()
            .iter()
            .map(|document| document["title"].as_str().unwrap().to_owned())
            .collect();
        for (client, expected) in expected.iter().enumerate() {
            let now = moves(&world, &format!("CR-{:03}", client + 1));
            let answered = expected.moves;
            assert!(
                now == answered || now == answered + 1,
                "run {run}, client {client}: {answered} moves were answered, {now} are made"
            );
            unanswered += now - answered;
            moved[client] = now;
            for title in &expected.made {
                let count = titles.iter().filter(|there| *there == title).count();
                assert_eq!(count, 1, "`{title}` was answered");
            }
        }
        drop(
            qms::store::Store::open(world.root())
                .unwrap()
                .0
                .lock()
                .unwrap(),
        );
    }
    assert_clean(&world);
    println!(
        "{calls:?} calls answered by {KILLS} servers; {torn} killed in a commit; {unanswered} made, not answered"
    );
    assert!(calls.into_inner() > 10 * KILLS);
    assert!(torn >= KILLS / 8, "only {torn} were killed in a commit");
}

/// Kills a server once it has answered some calls, half of the time as soon as it writes again.
fn killed_amid_calls(world: &World, id: u32, run: usize, calls: &AtomicUsize) {
    let enough = calls.load(Ordering::SeqCst) + 12 + 5 * (run % 7);
    let began = Instant::now();
    let is_time = || began.elapsed() > Duration::from_mins(1);
    while calls.load(Ordering::SeqCst) < enough && !is_time() {
        thread::sleep(Duration::from_micros(100));
    }
    let journal = world.path("QMS/.journal/commit");
    while run.is_multiple_of(2) && !journal.exists() && !is_time() {
        thread::sleep(Duration::from_micros(100));
    }
    let id = rustix::process::Pid::from_raw(i32::try_from(id).unwrap()).unwrap();
    rustix::process::kill_process(id, rustix::process::Signal::KILL).unwrap();
}
