//! The real program on a disk that is full: a limit on the length of files stands in for it, since it stops
//! a write halfway just so. Either nothing is changed, or everything is.

use std::process::{Command, Output};

use crate::common::World;
use serde_json::Value;

/// Runs a command that can make no file longer than so many half kilobytes.
fn limited(world: &World, halves: u32, line: &str) -> Output {
    // The signal that would end the process is ignored; the write fails instead.
    let script = format!("trap '' XFSZ; ulimit -f {halves}; exec \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &script, "sh", env!("CARGO_BIN_EXE_qms"), "--json"]);
    command.arg("--project-root").arg(world.root());
    command.args(line.split(' ')).output().unwrap()
}

fn answer(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap()
}

/// The project goes on as if nothing had happened: no journal, nothing half written, and sound records.
#[track_caller]
fn assert_sound(world: &World) {
    world.by("claude", "list").done();
    let passing = |path: &String| path.contains(".journal") || path.contains(".tmp");
    assert!(!world.files().keys().any(passing));
    world.qms("verify").done();
}

/// Where the journal cannot be written, the command fails and nothing is changed; with room it succeeds.
#[test]
fn without_room_for_the_journal_nothing_is_changed() {
    let world = World::new();
    let deeds = [
        "--user claude create CR --title Measured",
        "--user claude checkin CR-001",
        "--user claude route CR-001 --review",
        "--user qa review CR-001 --recommend --comment Good",
        "--user claude route CR-001 --approval",
        "--user qa approve CR-001",
    ];

    for deed in deeds {
        let before = world.files();
        let mut room = 0;
        loop {
            let output = limited(&world, room, deed);
            if output.status.success() {
                break;
            }
            assert_eq!(output.status.code(), Some(1), "{deed}");
            let told = answer(&output);
            assert_eq!(told["error"]["code"], "io", "{deed}: {told}");
            assert_eq!(world.files(), before, "{deed}, {room}");
            room += 1;
        }
        assert!(room > 1, "{deed} was never stopped halfway");
        assert_sound(&world);
    }
}

/// Where the change is made but cannot be applied, the command says so; everybody reads it as made, and the
/// next command that has room finishes it.
#[test]
fn without_room_to_apply_a_change_it_is_made_all_the_same() {
    let world = World::new();
    world.story("claude: create CR --title Measured");
    while world.read("QMS/.audit/CR/CR-001.jsonl").len() < 16 * 1024 {
        world.story("claude: checkin CR-001\nclaude: checkout CR-001");
    }

    // Long enough for the journal, and too short for another line of the trail.
    let output = limited(&world, 32, "--user claude checkin CR-001");
    let told = answer(&output);
    assert!(output.status.success(), "{told}");
    let warning = told["messages"].as_array().unwrap().last().unwrap();
    assert!(
        warning
            .as_str()
            .unwrap()
            .starts_with("warning: the change is made")
    );
    assert!(world.exists("QMS/.journal/commit"));

    let status = answer(&limited(&world, 32, "--user claude status CR-001"));
    assert_eq!(status["data"]["checked_out"], false);
    assert!(world.exists("QMS/.journal/commit"));

    assert_sound(&world);
    assert_eq!(world.meta("CR", "CR-001")["checked_out"], false);
}
