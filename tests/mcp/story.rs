//! A change from its creation to its closing, by four agents that share a server and know nothing but what
//! it answers.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use super::served::Served;
use crate::common::World;

/// An agent: who it is, and what it has asked and heard so far.
struct Agent<'s> {
    served: &'s Served,
    user: &'static str,
    instance: String,
    calls: usize,
    bytes: usize,
    /// Every text it was sent, to see that none is sent twice.
    texts: Vec<String>,
}

impl<'s> Agent<'s> {
    fn new(served: &'s Served, user: &'static str) -> Self {
        Self {
            served,
            user,
            instance: format!("instance-of-{user}"),
            calls: 0,
            bytes: 0,
            texts: Vec::new(),
        }
    }

    /// Calls a tool, which must do what it is asked.
    fn call(&mut self, tool: &str, arguments: Value) -> Value {
        let headers = [
            ("X-QMS-Identity", self.user),
            ("X-QMS-Instance", &self.instance),
        ];
        let mut given = arguments.as_object().unwrap().clone();
        given.insert("user".to_owned(), json!(self.user));
        let result = self.served.call(&headers, tool, Value::Object(given));
        assert_eq!(result["isError"], false, "{} {tool}: {result}", self.user);
        self.calls += 1;
        self.bytes += result.to_string().len();
        let answer = result["structuredContent"].clone();
        for place in ["/data/content", "/data/open/content"] {
            if let Some(text) = answer.pointer(place).and_then(Value::as_str) {
                let text = text.to_owned();
                assert!(!self.texts.contains(&text), "{tool} sends a text again");
                self.texts.push(text);
            }
        }
        answer
    }

    /// Takes up an action that an answer offers, with what it needs.
    fn take_up(&mut self, entry: &Value, needs: Value) -> Value {
        let mut given: Map<String, Value> = entry["args"].as_object().unwrap().clone();
        given.remove("user");
        given.extend(needs.as_object().unwrap().clone());
        for need in entry["needs"].as_object().unwrap().keys() {
            assert!(given.contains_key(need), "{entry} needs {need}");
        }
        self.call(entry["tool"].as_str().unwrap(), Value::Object(given))
    }

    /// Judges what it is asked to judge.
    fn judge(&mut self) -> Value {
        let inbox = self.call("qms_inbox", json!({}));
        let task = &inbox["data"]["open"];
        assert!(task["prompt"].as_str().unwrap().len() > 100, "{task}");
        assert!(task["unchanged"] == true || task["content"].is_string());
        let seen = &task["content_sha256"];
        let allowed = inbox["next"]["allowed"].as_array().unwrap();
        let verdict =
            |entry: &&Value| entry["tool"] == "qms_review" || entry["tool"] == "qms_approve";
        let entry = allowed
            .iter()
            .find(verdict)
            .expect("a verdict is asked for")
            .clone();
        let mut needs = json!({ "seen": seen });
        if let Some(outcomes) = entry["needs"]["outcome"].as_array() {
            assert!(outcomes.contains(&json!("recommend")), "{outcomes:?}");
            needs["outcome"] = json!("recommend");
            needs["comment"] = json!("Each section is complete and agrees with the others.");
        }
        self.take_up(&entry, needs)
    }

    /// Learns from the inbox what of its own may be moved on.
    fn own(&mut self) -> Value {
        let inbox = self.call("qms_inbox", json!({}));
        let yours = inbox["data"]["yours"].as_array().unwrap();
        assert_eq!(yours.len(), 1, "{inbox}");
        yours[0]["next"].clone()
    }
}

/// The entry of an action that may be done now.
#[track_caller]
fn offered(next: &Value, action: &str) -> Value {
    let allowed = next["allowed"].as_array().unwrap();
    let entry = allowed.iter().find(|entry| entry["action"] == action);
    entry
        .unwrap_or_else(|| panic!("{action} is not offered: {next}"))
        .clone()
}

/// What an author writes into a text that was just begun: something for every place that waits for it.
fn filled(content: &str) -> Vec<Value> {
    let body = content.splitn(3, "---\n").nth(2).unwrap();
    let first = body.lines().find(|line| line.starts_with("## ")).unwrap();
    vec![
        json!({ "old": first, "new": format!("{first}\n\nThe seal of pump 3 is replaced by one of another make.") }),
    ]
}

/// Verifies: REQ-MCP-007, REQ-MCP-008, REQ-MCP-014, REQ-MCP-015
#[test]
fn four_agents_take_a_change_from_creation_to_closing() {
    let world = World::new();
    let served = Served::start(&world, &["--tools-by-group"]);
    let [mut author, mut quality, mut rita, mut rolf] =
        ["claude", "qa", "rita", "rolf"].map(|user| Agent::new(&served, user));
    let begun = json!({ "doc_type": "CR", "title": "Replace the seal of pump 3", "once": "seal" });
    let mut made = author.call("qms_create", begun);
    let id = made["data"]["doc_id"].clone();

    for phase in ["before", "after"] {
        let edits = filled(made["data"]["content"].as_str().unwrap());
        let edit = json!({ "edits": edits, "base_sha256": made["data"]["content_sha256"] });
        let written = author.take_up(&offered(&made["next"], "checkin"), edit);
        let review = offered(&written["next"], "route review");
        let people = review["options"]["assign"].as_array().unwrap().clone();
        for name in ["qa", "rita", "rolf"] {
            assert!(people.contains(&json!(name)), "{review}");
        }
        let asked = author.take_up(&review, json!({ "assign": ["qa", "rita", "rolf"] }));
        assert_eq!(asked["next"]["awaits"].as_array().unwrap().len(), 3);
        for agent in [&mut rita, &mut rolf, &mut quality] {
            agent.judge();
        }
        let reviewed = author.own();
        let asked = author.take_up(&offered(&reviewed, "route approval"), json!({}));
        assert_eq!(asked["next"]["awaits"], json!(["qa"]), "{phase}");
        quality.judge();
        let approved = author.own();
        if phase == "before" {
            let released = author.take_up(&offered(&approved, "release"), json!({}));
            made = author.take_up(&offered(&released["next"], "checkout"), json!({}));
        } else {
            let closed = author.take_up(&offered(&approved, "close"), json!({}));
            assert_eq!(closed["data"]["to_status"], "CLOSED");
        }
    }
    let status = world
        .by("qa", &format!("status {}", id.as_str().unwrap()))
        .done();
    assert_eq!(status["status"], "CLOSED");
    assert_eq!(world.qms("verify").status, 0);

    let mut told = String::new();
    let (mut calls, mut bytes) = (0, 0);
    for agent in [&author, &quality, &rita, &rolf] {
        let tokens = agent.bytes / 4;
        let _ = writeln!(
            told,
            "{}: {} calls, {tokens} tokens",
            agent.user, agent.calls
        );
        calls += agent.calls;
        bytes += agent.bytes;
    }
    println!("{told}all: {calls} calls, {} tokens", bytes / 4);
    assert!(calls <= 33, "{told}");
    let figure = format!(
        "{calls} calls and about {},000 tokens",
        (bytes / 4 + 500) / 1000
    );
    let readme = include_str!("../../README.md");
    assert!(
        readme.contains(&figure),
        "the README should say: {figure}\n{told}"
    );
}
