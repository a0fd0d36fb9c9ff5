//! Code governance: what documents refer to, what authorised each commit, what is tried out where.

mod audit;
mod environments;
mod qualification;
mod references;
mod trace;

use git2::Oid;
use serde_json::{Value, json};

use crate::common::World;
use crate::common::repository::Repository;

/// A project in a repository, with the system `press`: code in `src`, in use on `main` since its first commit.
struct Plant {
    world: World,
    repository: Repository,
    first: Oid,
}

impl Plant {
    fn new() -> Self {
        let world = World::new();
        let repository = Repository::begun(world.root());
        let first = repository
            .commit("As it stands")
            .file("src/dosing.py", "limit = 3\n")
            .file("README", "The press.\n")
            .made();
        let plant = Self {
            world,
            repository,
            first,
        };
        plant.declare(&json!({ "governed_since": first.to_string() }));
        plant
    }

    /// Declares the system, with further keys.
    fn declare(&self, further: &Value) {
        let mut system = json!({ "name": "press", "paths": ["src"], "namespace": "PRESS" });
        let object = system.as_object_mut().unwrap();
        object.extend(further.as_object().unwrap().clone());
        self.configure(&json!([system]));
    }

    fn configure(&self, systems: &Value) {
        let text = self.world.read("qms.config.json");
        let mut config: Value = serde_json::from_str(&text).unwrap();
        config["systems"] = systems.clone();
        self.world.write(
            "qms.config.json",
            &serde_json::to_string_pretty(&config).unwrap(),
        );
    }

    /// Takes `CR-001` to where it is carried out.
    fn change(&self) {
        self.world.story(
            "claude: create CR --title Bypass
             claude: route CR-001 --review
             qa: review CR-001 --recommend --comment Good
             claude: route CR-001 --approval
             qa: approve CR-001
             claude: release CR-001",
        );
    }

    /// Takes `CR-001` from there to its end.
    fn close(&self) {
        self.world.story(
            "claude: route CR-001 --review
             qa: review CR-001 --recommend --comment Good
             claude: route CR-001 --approval
             qa: approve CR-001
             claude: close CR-001",
        );
    }

    /// Gives the draft of `CR-001` a text.
    fn text(&self, body: &str) {
        let text = format!("---\ntitle: Bypass\nrevision_summary: Text\n---\n\n{body}\n");
        self.world
            .write(".claude/users/claude/workspace/CR-001.md", &text);
        self.world.by("claude", "checkin CR-001").done();
    }
}
