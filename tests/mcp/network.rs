//! Streamable HTTP: the protocol, who may come in, and whose a call is.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::served::Served;
use crate::common::World;

const QA: [(&str, &str); 2] = [("X-QMS-Identity", "qa"), ("X-QMS-Instance", "0123456789")];

fn inbox(user: &str) -> Value {
    json!({ "user": user })
}

/// The server says where it listens, and answers there in JSON, without sessions, in every version.
///
/// Verifies: REQ-MCP-011, REQ-MCP-012, REQ-MCP-014
#[test]
fn a_client_is_served_over_http() {
    let world = World::new();
    let served = Served::start(&world, &[]);
    assert!(served.url.starts_with("http://127.0.0.1:") && served.url.ends_with("/mcp"));
    assert!(served.said().starts_with("qms mcp: serving "));
    for version in ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"] {
        let client = json!({ "name": "test", "version": "0" });
        let hello = json!({ "protocolVersion": version, "capabilities": {}, "clientInfo": client });
        let answer = served.ask(&[], "initialize", hello);
        assert_eq!(answer["result"]["protocolVersion"], version);
        assert_eq!(answer["result"]["serverInfo"]["name"], "qms");
        let told = r#"{"jsonrpc":"2.0","method":"notifications/initialized"}"#;
        assert_eq!(served.say(&[], told).status, 202);
        let spoken = [("MCP-Protocol-Version", version)];
        let tools = served.ask(&spoken, "tools/list", json!({}));
        assert!(tools["result"]["tools"].as_array().unwrap().len() >= 24);
    }
    let create = json!({ "doc_type": "CR", "title": "Pump", "user": "claude" });
    let made = served.call(&[], "qms_create", create);
    assert_eq!(made["structuredContent"]["data"]["doc_id"], "CR-001");
    let listed = world.by("qa", "status CR-001").done();
    assert_eq!(listed["doc_id"], "CR-001");
}

/// What is no proper call is answered in a defined way, and the server lives on.
///
/// Verifies: REQ-MCP-014
#[test]
fn what_is_no_call_is_turned_away() {
    let world = World::new();
    let served = Served::start(&world, &[]);
    let json = ("content-type", "application/json");
    let both = ("accept", "application/json, text/event-stream");
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    let status = |headers: &[(&str, &str)], body: &str| served.send("POST", headers, body).status;
    assert_eq!(status(&[json, both], ping), 200);
    assert_eq!(status(&[json], ping), 406);
    assert_eq!(status(&[json, ("accept", "text/html")], ping), 406);
    assert_eq!(status(&[both, ("content-type", "text/plain")], ping), 415);
    for broken in ["this is no JSON", "[1, 2", ""] {
        let replied = served.say(&[], broken);
        assert_eq!(replied.status, 400);
        assert!(replied.body.contains("-32700"), "{}", replied.body);
    }
    assert_eq!(served.send("GET", &[both], "").status, 405);
    let elsewhere = served.url.replace("/mcp", "/elsewhere");
    assert_eq!(served.send_to(&elsewhere, "GET", &[], "").status, 404);

    assert_eq!(status(&[json, both, ("host", "evil.example")], ping), 421);
    assert_eq!(
        status(&[json, both, ("origin", "http://evil.example")], ping),
        403
    );
    assert_eq!(
        status(&[json, both, ("host", "host.docker.internal:8000")], ping),
        200
    );
    assert_eq!(
        status(&[json, both, ("origin", "http://localhost:5173")], ping),
        200
    );

    let large = "x".repeat(5 * 1024 * 1024);
    let call = json!({
        "jsonrpc": "2.0", "id": 1, "method": "tools/call",
        "params": { "name": "qms_create", "arguments": { "title": large } },
    });
    assert_eq!(served.say(&[], &call.to_string()).status, 413);
    // A session is nothing this server knows; it does not ask for one either.
    assert_eq!(status(&[json, both, ("mcp-session-id", "none")], ping), 200);
    let nothing = served.ask(
        &[],
        "tools/call",
        json!({ "name": "qms_nothing", "arguments": {} }),
    );
    assert!(nothing["error"]["code"].is_i64(), "{nothing}");
    assert_eq!(served.call(&[], "qms_inbox", inbox("qa"))["isError"], false);
}

/// A name besides this machine's own is served once it is allowed.
///
/// Verifies: REQ-MCP-012
#[test]
fn a_further_name_is_served_where_it_is_allowed() {
    let world = World::new();
    let served = Served::start(
        &world,
        &["--host", "localhost", "--allow-host", "records.example"],
    );
    let ping = r#"{"jsonrpc":"2.0","id":1,"method":"ping"}"#;
    assert_eq!(
        served.say(&[("host", "records.example:8000")], ping).status,
        200
    );
    assert_eq!(served.say(&[("host", "other.example")], ping).status, 421);
}

/// Verifies: REQ-MCP-015
#[test]
fn a_call_acts_as_nobody_but_whom_its_header_names() {
    let world = World::new();
    world.by("claude", "create CR --title Pump").done();
    let before = world.files();
    let served = Served::start(&world, &[]);
    let own = served.call(&QA, "qms_inbox", inbox("qa"));
    assert_eq!(own["isError"], false);
    let other = json!({ "doc_id": "CR-001", "user": "claude", "route_type": "review" });
    let error = served.refused(&QA, "qms_route", other.clone());
    assert_eq!(error["code"], "identity_mismatch");
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("authenticated as `qa`")
    );
    assert!(error["hint"].as_str().unwrap().contains("user='qa'"));
    assert!(error["hint"].as_str().unwrap().contains("QMS violation"));
    for missing in [json!({}), inbox(""), inbox("  "), json!({ "user": null })] {
        for headers in [&QA[..], &[]] {
            let error = served.refused(headers, "qms_inbox", missing.clone());
            assert_eq!(error["code"], "identity_missing");
        }
    }
    // Header names have no letter case; a blank one names nobody.
    let lower = [("x-qms-identity", "qa"), ("x-qms-instance", "0123456789")];
    assert_eq!(
        served.call(&lower, "qms_inbox", inbox("qa"))["isError"],
        false
    );
    let blank = served.refused(&[("X-QMS-Identity", "")], "qms_inbox", inbox("qa"));
    assert_eq!(blank["code"], "identity_missing");
    let twice = [QA[0], ("X-QMS-Identity", "qa"), QA[1]];
    let error = served.refused(&twice, "qms_inbox", inbox("qa"));
    assert_eq!(error["code"], "identity_mismatch");
    // Without a header it is the argument that says who acts.
    let stranger = served.refused(&[], "qms_inbox", inbox("nobody"));
    assert_eq!(stranger["code"], "unknown_user");
    let stranger = served.refused(
        &[("X-QMS-Identity", "nobody")],
        "qms_inbox",
        inbox("nobody"),
    );
    assert_eq!(stranger["code"], "unknown_user");
    crate::common::assert_same(&before, &world.files());
    assert_eq!(served.call(&[], "qms_route", other)["isError"], false);
    assert!(
        served.said().contains("claimed=claude"),
        "{}",
        served.said()
    );
}

/// Verifies: REQ-MCP-016
#[test]
fn an_identity_in_use_is_locked_until_it_expires() {
    let world = World::new();
    let served = Served::start(&world, &["--identity-ttl", "4"]);
    // Whatever becomes of the call, it takes the lock.
    let wrong = json!({ "user": "qa", "doc_id": "CR-999" });
    assert_eq!(
        served.refused(&QA, "qms_status", wrong)["code"],
        "not_found"
    );
    let error = served.refused(&[], "qms_inbox", inbox("qa"));
    assert_eq!(error["code"], "identity_locked");
    assert_eq!(error["retryable"], false);
    assert_eq!(error["hint"], Value::Null);
    assert!(
        error["message"]
            .as_str()
            .unwrap()
            .contains("active in enforced mode")
    );
    let second = [QA[0], ("X-QMS-Instance", "fedcba9876")];
    let error = served.refused(&second, "qms_inbox", inbox("qa"));
    let message = error["message"].as_str().unwrap();
    assert!(
        message.contains("already registered to container instance 01234567;"),
        "{message}"
    );
    assert_eq!(
        served.call(&[], "qms_inbox", inbox("lead"))["isError"],
        false
    );
    std::thread::sleep(Duration::from_millis(4100));
    assert_eq!(
        served.call(&second, "qms_inbox", inbox("qa"))["isError"],
        false
    );
    assert_eq!(
        served.refused(&QA, "qms_inbox", inbox("qa"))["code"],
        "identity_locked"
    );
}

/// Verifies: REQ-MCP-009
#[test]
fn tools_are_listed_by_group_where_that_is_asked_for() {
    let world = World::new();
    let names = |served: &Served, headers: &[(&str, &str)]| -> Vec<String> {
        let listed = served.ask(headers, "tools/list", json!({}));
        let tools = listed["result"]["tools"].as_array().unwrap().iter();
        tools
            .map(|tool| tool["name"].as_str().unwrap().to_owned())
            .collect()
    };
    let limited = Served::start(&world, &["--tools-by-group"]);
    let reviewer = [("X-QMS-Identity", "rita")];
    let few = names(&limited, &reviewer);
    for own in ["qms_review", "qms_read", "qms_users"] {
        assert!(few.contains(&own.to_owned()), "{own}");
    }
    for other in ["qms_create", "qms_fix", "qms_route", "qms_assign"] {
        assert!(!few.contains(&other.to_owned()), "{other}");
    }
    let all = names(&limited, &[]);
    assert!(all.contains(&"qms_fix".to_owned()) && all.contains(&"qms_review".to_owned()));
    assert_eq!(names(&limited, &[("X-QMS-Identity", "nobody")]), all);
    // To list is not to call: the rules decide, whatever was listed.
    let error = limited.refused(
        &reviewer,
        "qms_fix",
        json!({ "doc_id": "SOP-001", "user": "rita" }),
    );
    assert_eq!(error["code"], "permission_denied");
    assert_eq!(names(&Served::start(&world, &[]), &reviewer), all);
}

/// A key makes one document, whoever repeats it and however often.
#[test]
fn a_key_makes_one_document() {
    let world = World::new();
    let served = Served::start(&world, &[]);
    let create = |user: &str, key: &str| {
        let given = json!({ "doc_type": "CR", "title": "Pump", "user": user, "once": key });
        let answered = served.call(&[], "qms_create", given);
        assert_eq!(answered["isError"], false, "{answered}");
        answered["structuredContent"].clone()
    };
    let first = create("claude", "k1");
    let again = create("claude", "k1");
    assert_eq!(again["data"]["doc_id"], first["data"]["doc_id"]);
    assert!(
        again["messages"][0]
            .as_str()
            .unwrap()
            .contains("nothing is made")
    );
    assert_eq!(again["next"]["status"], "DRAFT");
    assert_eq!(create("claude", "k2")["data"]["doc_id"], "CR-002");
    assert_eq!(create("bob", "k1")["data"]["doc_id"], "CR-003");
    let dry =
        json!({ "doc_type": "CR", "title": "T", "user": "bob", "once": "k9", "dry_run": true });
    assert_eq!(served.call(&[], "qms_create", dry)["isError"], false);
    assert_eq!(create("bob", "k9")["data"]["doc_id"], "CR-004");
}

/// A task that is asked anew is news, be it in the same words.
#[test]
fn what_is_asked_again_is_news() {
    let world = World::new();
    world.story(
        "claude: create CR --title Pump
         claude: route CR-001 --review --assign qa rita",
    );
    let served = Served::start(&world, &[]);
    let inbox = |more: Value| {
        let mut given = json!({ "user": "rita" });
        given
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        served.call(&[], "qms_inbox", given)["structuredContent"]["data"].clone()
    };
    let known = inbox(json!({}))["news"].clone();
    world.story(
        "rita: review CR-001 --request-updates --comment \"Name the pump\"
         claude: withdraw CR-001
         claude: route CR-001 --review --assign qa rita",
    );
    let begun = Instant::now();
    let again = inbox(json!({ "wait_s": 20, "since": known }));
    assert!(begun.elapsed() < Duration::from_secs(10));
    assert_ne!(again["news"], known);
    assert_eq!(again["tasks"].as_array().unwrap().len(), 1);
}

/// Waiting ends with the connection: who has gone waits no more.
#[test]
fn nobody_waits_for_a_client_that_has_gone() {
    let world = World::new();
    let mut served = Served::start(&world, &[]);
    let given = json!({ "user": "qa", "wait_s": 50 });
    let params = json!({ "name": "qms_inbox", "arguments": given });
    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
    for _ in 0..40 {
        served.say_and_leave(&call.to_string());
    }
    std::thread::sleep(Duration::from_secs(1));
    let calls = served.said().matches("tool=qms_inbox").count();
    assert_eq!(calls, 40, "each call has ended");
    served.tell_to_end();
    assert_eq!(served.ended(), Some(0));
}

/// Requests that never come to their end hold up nobody.
#[test]
fn half_a_request_holds_up_nobody() {
    let world = World::new();
    let served = Served::start(&world, &[]);
    let half: Vec<_> = (0..300).map(|_| served.say_half()).collect();
    assert_eq!(served.call(&[], "qms_inbox", inbox("qa"))["isError"], false);
    drop(half);
}

/// Whoever waits is told of news as soon as there are some, and of nothing when the time is over.
#[test]
fn news_are_waited_for() {
    let world = World::new();
    world.story("claude: create CR --title Pump\nclaude: checkin CR-001");
    let served = Served::start(&world, &[]);
    let wait = |more: Value| {
        let mut given = json!({ "user": "qa" });
        given
            .as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        let begun = Instant::now();
        let answered = served.call(&[], "qms_inbox", given);
        (answered["structuredContent"].clone(), begun.elapsed())
    };
    let (nothing, took) = wait(json!({ "wait_s": 1 }));
    assert_eq!(nothing["data"]["tasks"], json!([]));
    assert!(took >= Duration::from_secs(1));
    let (news, took) = std::thread::scope(|threads| {
        let waiting = threads.spawn(|| wait(json!({ "wait_s": 20 })));
        std::thread::sleep(Duration::from_millis(300));
        world.by("claude", "route CR-001 --review").done();
        waiting.join().unwrap()
    });
    assert_eq!(news["data"]["tasks"][0]["doc_id"], "CR-001");
    assert!(took < Duration::from_secs(10), "{took:?}");
    // It is there already; only what is not known yet is worth waiting for.
    let (settled, took) = wait(json!({ "wait_s": 20 }));
    assert!(took < Duration::from_secs(10));
    // Who was told while the change was being written is told once more when it lies there.
    let known = settled["data"]["news"].clone();
    let (_, took) = wait(json!({ "wait_s": 1, "since": known }));
    assert!(took >= Duration::from_secs(1));
    for wrong in [
        json!({ "wait_s": 51 }),
        json!({ "wait_s": -1 }),
        json!({ "wait_s": "1" }),
        json!({ "wait_s": 1.5 }),
    ] {
        assert_eq!(wait(wrong).0["error"]["code"], "invalid_argument");
    }
}

/// Told to end, the server finishes what has begun, wakes who waits, and leaves with success.
///
/// Verifies: REQ-MCP-011
#[test]
fn calls_in_flight_are_finished_at_the_end() {
    let world = World::new();
    let mut served = Served::start(&world, &[]);
    let (waited, took) = std::thread::scope(|threads| {
        let waiting = threads.spawn(|| {
            let begun = Instant::now();
            let given = json!({ "user": "qa", "wait_s": 40 });
            (served.call(&[], "qms_inbox", given), begun.elapsed())
        });
        std::thread::sleep(Duration::from_millis(500));
        served.tell_to_end();
        waiting.join().unwrap()
    });
    assert_eq!(waited["isError"], false);
    assert!(took < Duration::from_secs(10), "{took:?}");
    assert_eq!(served.ended(), Some(0));
}

/// A kill in the middle of writing leaves the state before or after, for the next server as well.
#[test]
fn a_kill_in_the_middle_leaves_a_sound_project() {
    let world = World::new();
    world.story("claude: create CR --title Pump\nclaude: checkin CR-001");
    for pause in [3, 20, 50] {
        let mut served = Served::start(&world, &[]);
        std::thread::scope(|threads| {
            let (id, served) = (served.id(), &served);
            for user in ["claude", "bob"] {
                threads.spawn(move || {
                    let given = json!({ "doc_type": "CR", "title": "Pump", "user": user });
                    let params = json!({ "name": "qms_create", "arguments": given });
                    let call = json!({ "jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params });
                    while served.try_say(&call.to_string()).is_some() {}
                });
            }
            std::thread::sleep(Duration::from_millis(pause));
            let id = rustix::process::Pid::from_raw(i32::try_from(id).unwrap()).unwrap();
            rustix::process::kill_process(id, rustix::process::Signal::KILL).unwrap();
        });
        served.kill();
        let next = Served::start(&world, &[]);
        assert_eq!(next.call(&[], "qms_inbox", inbox("qa"))["isError"], false);
        assert_eq!(world.qms("verify").status, 0);
    }
}

/// Many callers at once, and people at the command line beside them: nothing is lost.
#[test]
fn many_agents_and_people_at_once_lose_nothing() {
    let world = World::new();
    let served = Served::start(&world, &[]);
    std::thread::scope(|threads| {
        for caller in 0..6 {
            let served = &served;
            threads.spawn(move || {
                let instance = format!("i{caller}");
                let (user, headers) = match caller {
                    0 => (
                        "claude",
                        vec![("X-QMS-Identity", "claude"), ("X-QMS-Instance", &*instance)],
                    ),
                    1 => (
                        "lead",
                        vec![("X-QMS-Identity", "lead"), ("X-QMS-Instance", &*instance)],
                    ),
                    _ => ("bob", Vec::new()),
                };
                for number in 0..5 {
                    let title = format!("Change {caller} {number}");
                    let create = json!({ "doc_type": "CR", "title": title, "user": user });
                    let made = served.call(&headers, "qms_create", create);
                    assert_eq!(made["isError"], false, "{made}");
                    let id = &made["structuredContent"]["data"]["doc_id"];
                    let give_back = json!({ "doc_id": id, "user": user });
                    let done = served.call(&headers, "qms_checkin", give_back);
                    assert_eq!(done["isError"], false, "{done}");
                }
            });
        }
        for number in 0..5 {
            let line = format!("create CR --title \"By hand {number}\"");
            world.by("claude", &line).done();
        }
    });
    let listed = world.by("qa", "list --type CR").done();
    assert_eq!(listed["documents"].as_array().unwrap().len(), 35);
    assert_eq!(world.qms("verify").status, 0);
}

/// An address that is taken, or that is none, is said to be so.
///
/// Verifies: REQ-MCP-012
#[test]
fn an_address_that_cannot_be_had_is_told() {
    let world = World::new();
    let taken = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let port = taken.local_addr().unwrap().port().to_string();
    let root = world.root().to_str().unwrap();
    for (host, port) in [("127.0.0.1", port.as_str()), ("no.such.host.invalid", "0")] {
        let ended = std::process::Command::new(env!("CARGO_BIN_EXE_qms"))
            .args(["mcp", "--transport", "streamable-http", "--host", host])
            .args(["--port", port, "--project-root", root])
            .output()
            .unwrap();
        assert_eq!(ended.status.code(), Some(1));
        let said = String::from_utf8(ended.stderr).unwrap();
        assert!(
            said.contains("cannot listen at") && said.contains("--port 0"),
            "{said}"
        );
    }
}

/// An identity that lives shorter than a call waits is not lost while it waits.
///
/// Verifies: REQ-MCP-016
#[test]
fn whoever_waits_for_news_keeps_their_identity() {
    let world = World::new();
    let served = Served::start(&world, &["--identity-ttl", "1"]);
    let begun = Instant::now();
    std::thread::scope(|threads| {
        let waiting = threads.spawn(|| {
            let given = json!({ "user": "qa", "wait_s": 4 });
            served.call(&QA, "qms_inbox", given)
        });
        let other = [("X-QMS-Identity", "qa"), ("X-QMS-Instance", "another")];
        std::thread::sleep(Duration::from_millis(2500));
        let refused = served.refused(&other, "qms_inbox", inbox("qa"));
        assert_eq!(refused["code"], "identity_locked");
        let answered = waiting.join().unwrap();
        assert_eq!(answered["isError"], false);
        assert!(begun.elapsed() >= Duration::from_secs(4));
    });
}
