//! A change and a procedure at every station of their lives, lived once and copied for each test.
//!
//! Their owner is `claude`, and `qa` alone reviews and approves, unless a test goes on otherwise.

#![expect(
    dead_code,
    unreachable_pub,
    reason = "each test file uses a part of it"
)]

use std::collections::BTreeMap;
use std::fs;
use std::sync::LazyLock;

use serde_json::Value;

use crate::common::{Files, World};

/// The change whose life is told.
pub const CHANGE: &str = "CR-001";

/// The procedure whose life is told; the first one is planted by `init`.
pub const PROCEDURE: &str = "SOP-008";

/// A station that is no status: a draft that its author holds.
pub const HELD: &str = "DRAFT, checked out";

const LIFE_OF_A_CHANGE: [(&str, &str, &str); 12] = [
    ("claude", "create CR --title \"A new pump\"", HELD),
    ("claude", "checkin CR-001", "DRAFT"),
    ("claude", "route CR-001 --review", "IN_PRE_REVIEW"),
    (
        "qa",
        "review CR-001 --recommend --comment \"A sound plan.\"",
        "PRE_REVIEWED",
    ),
    ("claude", "route CR-001 --approval", "IN_PRE_APPROVAL"),
    ("qa", "approve CR-001", "PRE_APPROVED"),
    ("claude", "release CR-001", "IN_EXECUTION"),
    ("claude", "route CR-001 --review", "IN_POST_REVIEW"),
    (
        "qa",
        "review CR-001 --recommend --comment \"As planned.\"",
        "POST_REVIEWED",
    ),
    ("claude", "route CR-001 --approval", "IN_POST_APPROVAL"),
    ("qa", "approve CR-001", "POST_APPROVED"),
    ("claude", "close CR-001", "CLOSED"),
];

const LIFE_OF_A_PROCEDURE: [(&str, &str, &str); 6] = [
    ("claude", "create SOP --title \"Cleaning of vessels\"", HELD),
    ("claude", "checkin SOP-008", "DRAFT"),
    ("claude", "route SOP-008 --review", "IN_REVIEW"),
    (
        "qa",
        "review SOP-008 --recommend --comment Clear.",
        "REVIEWED",
    ),
    ("claude", "route SOP-008 --approval", "IN_APPROVAL"),
    ("qa", "approve SOP-008", "EFFECTIVE"),
];

static FRESH: LazyLock<Files> = LazyLock::new(|| World::new().files());
static CHANGES: LazyLock<BTreeMap<&str, Files>> = LazyLock::new(|| {
    let mut stations = live(&LIFE_OF_A_CHANGE);
    let world = laid_out(&stations["POST_REVIEWED"]);
    world.story("claude: route CR-001 --retire\nqa: approve CR-001");
    stations.insert("RETIRED", world.files());
    stations
});
static PROCEDURES: LazyLock<BTreeMap<&str, Files>> = LazyLock::new(|| {
    let mut stations = live(&LIFE_OF_A_PROCEDURE);
    let world = laid_out(&stations["EFFECTIVE"]);
    world.story(
        "claude: checkout SOP-008
         claude: route SOP-008 --review
         qa: review SOP-008 --recommend --comment Obsolete.
         claude: route SOP-008 --retire
         qa: approve SOP-008",
    );
    stations.insert("RETIRED", world.files());
    stations
});

/// A fresh project, as `World::new`, only sooner.
pub fn world() -> World {
    laid_out(&FRESH)
}

/// A project whose only change, `CR-001`, is at a station of its life.
pub fn change(station: &str) -> World {
    laid_out(&CHANGES[station])
}

/// A project in which `SOP-008` is at a station of its life.
pub fn procedure(station: &str) -> World {
    laid_out(&PROCEDURES[station])
}

/// Carries a document that is in execution to its end.
#[track_caller]
pub fn close(world: &World, id: &str) {
    world.story(&format!(
        "claude: route {id} --review
         qa: review {id} --recommend --comment Done.
         claude: route {id} --approval
         qa: approve {id}
         claude: close {id}"
    ));
}

/// Carries a draft of something that is carried out into execution.
#[track_caller]
pub fn release(world: &World, id: &str) {
    world.story(&format!(
        "claude: route {id} --review
         qa: review {id} --recommend --comment Sound.
         claude: route {id} --approval
         qa: approve {id}
         claude: release {id}"
    ));
}

/// Checks that the message of a refusal has a person's words in it.
#[track_caller]
pub fn says(error: &Value, words: &str) {
    let message = error["message"].as_str().unwrap();
    assert!(message.contains(words), "`{words}` is not in: {message}");
}

/// Returns the ids of the tasks in somebody's inbox.
#[track_caller]
pub fn tasks(world: &World, user: &str) -> Vec<String> {
    let data = world.by(user, "inbox").done();
    let tasks = data["tasks"].as_array().unwrap();
    tasks
        .iter()
        .map(|task| task["task_id"].as_str().unwrap().to_owned())
        .collect()
}

/// Writes into a document's record by hand, as an older tool might have.
#[track_caller]
pub fn amend(world: &World, doc_type: &str, id: &str, amend: impl FnOnce(&mut Value)) {
    let mut meta = world.meta(doc_type, id);
    amend(&mut meta);
    let path = format!("QMS/.meta/{doc_type}/{id}.json");
    world.write(&path, &serde_json::to_string_pretty(&meta).unwrap());
}

fn live(life: &[(&str, &str, &'static str)]) -> BTreeMap<&'static str, Files> {
    let world = world();
    let mut stations = BTreeMap::new();
    for (user, line, station) in life {
        world.by(user, line).done();
        stations.insert(*station, world.files());
    }
    stations
}

fn laid_out(files: &Files) -> World {
    let world = World::empty();
    for (path, bytes) in files {
        let there = world.path(path);
        if path.ends_with('/') {
            fs::create_dir_all(there).unwrap();
        } else {
            fs::write(there, bytes).unwrap();
        }
    }
    world
}
