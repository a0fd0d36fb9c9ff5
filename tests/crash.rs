//! Whole actions, stopped after every step of their commit: what is found then is the state before or
//! the state after, for readers as for those who go on.

use crate::common::records;

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use crate::common::{Files, World, assert_same, noon};
use qms::model::{ActionName, Argument, ArgumentName, Outcome, UserName, Variant, Verb};
use qms::services::{Act, Desk, Terms};
use qms::store::commit::commit;
use qms::store::group::Group;
use qms::store::journal::Journal;
use qms::store::lock::Lock;
use qms::store::{Store, TreePath};
use serde_json::Value;

/// What is done, by whom.
struct Deed {
    user: &'static str,
    line: &'static str,
    act: Act,
}

fn deed(
    user: &'static str,
    line: &'static str,
    action: (&'static str, Option<&'static str>),
    id: &str,
    arguments: Vec<(&'static str, Argument)>,
) -> Deed {
    let arguments = arguments
        .into_iter()
        .map(|(name, argument)| (ArgumentName::new(name), argument))
        .collect();
    Deed {
        user,
        line,
        act: Act {
            action: ActionName {
                verb: Verb::new(action.0),
                variant: action.1.map(Variant::new),
            },
            id: id.to_owned(),
            arguments,
            copy: None,
            terms: Terms::default(),
        },
    }
}

/// Where a commit was stopped, counted from 0; `None` where it ran to its end.
fn stopped(world: &World, lock: &Lock, journal: &Journal, stop: usize) -> Option<&'static str> {
    let (store, _) = Store::open(world.root()).unwrap();
    let mut step = 0;
    let mut at = None;
    let mut observer = |name: &'static str, _: usize| {
        if step == stop {
            at = Some(name);
            return ControlFlow::Break(());
        }
        step += 1;
        ControlFlow::Continue(())
    };
    commit(
        store.tree(),
        &TreePath::new("QMS").unwrap(),
        lock,
        journal,
        &mut observer,
    )
    .unwrap();
    at
}

/// What everybody is told who looks.
fn told(world: &World, ids: &[&str]) -> Vec<(String, u8, Value)> {
    let mut lines = vec![
        ("claude", "list".to_owned()),
        ("qa", "inbox".to_owned()),
        ("claude", "workspace".to_owned()),
    ];
    for id in ids {
        for verb in ["status", "history", "read"] {
            lines.push(("claude", format!("{verb} {id}")));
        }
    }
    if let Some(id) = ids.first() {
        lines.push(("claude", format!("explain {id}")));
        lines.push(("claude", format!("read {id} --draft")));
    }
    lines
        .into_iter()
        .map(|(user, line)| {
            let mut answer = world.by(user, &line);
            let data = answer.json.get_mut("data");
            if let Some(data) = data.and_then(Value::as_object_mut) {
                // News are those of one project; these are copies of it.
                data.remove("news");
            }
            (line, answer.status, answer.json)
        })
        .collect()
}

fn same(left: &[(String, u8, Value)], right: &[(String, u8, Value)]) -> Option<String> {
    let differ = left.iter().zip(right).find(|(left, right)| left != right);
    differ.map(|(left, right)| format!("{left:?}\nis not\n{right:?}"))
}

/// Stops a deed after every step and looks at what is left each time.
#[track_caller]
fn never_between(story: &str, ids: &[&str], deed: &Deed) {
    let before = World::new();
    before.story(story);
    let journal = {
        let desk = Desk::open(before.root(), None, noon).unwrap();
        desk.journal_of(deed.user, &deed.act).unwrap()
    };
    stopped_anywhere(&before, ids, &journal, deed.line, &|world| {
        world.by(deed.user, deed.line).done();
    });
}

/// Stops a commit after every step and looks at what is left each time.
#[track_caller]
fn stopped_anywhere(
    before: &World,
    ids: &[&str],
    journal: &Journal,
    what: &str,
    make: &dyn Fn(&World),
) {
    let before_files = before.files();
    let before_told = told(before, ids);

    let after = World::copy_of(before.root());
    make(&after);
    let after_files = after.files();
    let after_told = told(&after, ids);
    assert_ne!(before_files, after_files, "`{what}` did nothing");
    assert_eq!(records::judge(after.root()).faults, Vec::<String>::new());

    let (mut befores, mut afters) = (0, 0);
    for stop in 0.. {
        let world = World::copy_of(before.root());
        let place = {
            let (store, _) = Store::open(world.root()).unwrap();
            let lock = store.lock().unwrap();
            let place = stopped(&world, &lock, journal, stop);

            // While the writer still lives, readers look, and change nothing.
            let torn = world.files();
            let seen = told(&world, ids);
            assert_same(&torn, &world.files());
            let is_before = same(&seen, &before_told);
            let is_after = same(&seen, &after_told);
            assert!(
                is_before.is_none() || is_after.is_none(),
                "`{what}` stopped at {place:?} ({stop}): readers see neither:\n{}\n{}",
                is_before.unwrap_or_default(),
                is_after.unwrap_or_default(),
            );
            place
        };

        let seen = told(&world, ids);
        recovered(&world);
        let files = world.files();
        let is_after = stands(&files, &before_files, &after_files, what, stop);
        let expected = if is_after { &after_told } else { &before_told };
        assert_eq!(same(&seen, expected), None, "`{what}` at {stop}");
        if is_after {
            afters += 1;
        } else {
            befores += 1;
        }

        // What was not done can be done now; what was done is not done twice.
        if !is_after {
            make(&world);
            assert_same(&after_files, &world.files());
        }
        if place.is_none() {
            assert!(is_after);
            break;
        }
    }
    assert!(
        befores >= 6 && afters >= 6,
        "{befores} before, {afters} after"
    );
}

/// The next writer comes by.
fn recovered(world: &World) {
    let (store, warning) = Store::open(world.root()).unwrap();
    assert!(warning.is_none(), "{warning:?}");
    drop(store.lock().unwrap());
}

#[track_caller]
fn stands(files: &Files, before: &Files, after: &Files, what: &str, stop: usize) -> bool {
    let differing = |other: &Files| -> Vec<String> {
        let keys = files.keys().chain(other.keys());
        let mut paths: Vec<_> = keys
            .filter(|path| files.get(*path) != other.get(*path))
            .cloned()
            .collect();
        paths.dedup();
        paths
    };
    assert!(
        files == before || files == after,
        "`{what}` stopped at {stop} is neither: before differs in {:?}, after in {:?}",
        differing(before),
        differing(after),
    );
    files == after
}

const REVISED: &str = "claude: create SOP --title \"Cleaning of vessels\"
    claude: route SOP-008 --review
    qa: review SOP-008 --recommend --comment \"Complete.\"
    claude: route SOP-008 --approval
    qa: approve SOP-008
    claude: checkout SOP-008
    claude: route SOP-008 --review
    qa: review SOP-008 --recommend --comment \"Still.\"
    claude: route SOP-008 --approval";

const DONE: &str = "claude: create CR --title \"New seal\"
    claude: route CR-001 --review
    qa: review CR-001 --recommend --comment \"Sound.\"
    claude: route CR-001 --approval
    qa: approve CR-001
    claude: release CR-001
    claude: create VR --parent CR-001 --title \"It holds\"
    claude: create VR --parent CR-001 --title \"It shuts\"
    claude: checkin CR-001-VR-002
    claude: route CR-001 --review
    qa: review CR-001 --recommend --comment \"Done.\"
    claude: route CR-001 --approval
    qa: approve CR-001";

/// The new version comes into force and the old one is archived: both or neither.
///
/// Verifies: REQ-DOC-003, REQ-AUDIT-001
#[test]
fn approval_of_a_revised_procedure_is_whole() {
    let deed = deed(
        "qa",
        "approve SOP-008",
        ("approve", None),
        "SOP-008",
        vec![],
    );
    never_between(REVISED, &["SOP-008"], &deed);
}

/// A change and the records that close with it close together.
///
/// Verifies: REQ-WF-001
#[test]
fn closing_a_change_with_its_open_records_is_whole() {
    let deed = deed("claude", "close CR-001", ("close", None), "CR-001", vec![]);
    never_between(DONE, &["CR-001", "CR-001-VR-001", "CR-001-VR-002"], &deed);
}

/// What is struck out goes with its folder, its copy and its record, or stays with all of them.
#[test]
fn cancelling_is_whole() {
    let arguments = vec![("confirm", Argument::Flag)];
    let deed = deed(
        "claude",
        "cancel CR-001 --confirm",
        ("cancel", None),
        "CR-001",
        arguments,
    );
    never_between(
        "claude: create CR --title \"No\"\nclaude: checkin CR-001",
        &["CR-001"],
        &deed,
    );
}

/// A text that is checked in on the way to review is checked in and routed, or neither.
#[test]
fn routing_what_is_checked_out_is_whole() {
    let people = ["qa", "rita"].map(UserName::new).to_vec();
    let deed = deed(
        "claude",
        "route CR-001 --review --assign qa rita",
        ("route", Some("review")),
        "CR-001",
        vec![("assignees", Argument::People(people))],
    );
    never_between("claude: create CR --title \"Yes\"", &["CR-001"], &deed);
}

/// Taking a document back from approval and writing on is one step.
#[test]
fn checking_out_what_lies_with_approvers_is_whole() {
    let deed = deed(
        "claude",
        "checkout SOP-008",
        ("checkout", None),
        "SOP-008",
        vec![],
    );
    let story = REVISED.rsplit_once('\n').unwrap().0;
    never_between(story, &["SOP-008"], &deed);
    never_between(REVISED, &["SOP-008"], &deed);
}

/// An answer is recorded and the document moves on, or neither.
#[test]
fn the_last_review_is_whole() {
    let story = DONE.lines().take(2).collect::<Vec<_>>().join("\n");
    let arguments = BTreeMap::from([
        (
            "outcome",
            Argument::Outcome(Outcome::new("recommend".to_owned())),
        ),
        ("comment", Argument::Text("Sound.".to_owned())),
    ]);
    let deed = deed(
        "qa",
        "review CR-001 --recommend --comment Sound.",
        ("review", None),
        "CR-001",
        arguments.into_iter().collect(),
    );
    never_between(&story, &["CR-001"], &deed);
}

/// What several people change at once over one server is made together: all of it or nothing, as if each had
/// done it after the other, whatever was refused in between.
///
/// Verifies: REQ-DOC-003, REQ-AUDIT-001
#[test]
fn changes_that_are_made_together_are_whole_together() {
    let review = ("route", Some("review"));
    let said = |outcome: &str| {
        vec![
            (
                "outcome",
                Argument::Outcome(Outcome::new(outcome.to_owned())),
            ),
            ("comment", Argument::Text("Sound.".to_owned())),
        ]
    };
    let deeds = [
        deed("claude", "route CR-001 --review", review, "CR-001", vec![]),
        deed(
            "qa",
            "assign CR-001 --assignees rita",
            ("assign", None),
            "CR-001",
            vec![("assignees", Argument::People(vec![UserName::new("rita")]))],
        ),
        deed(
            "claude",
            "checkout SOP-001",
            ("checkout", None),
            "SOP-001",
            vec![],
        ),
        deed(
            "rita",
            "review CR-001 --recommend --comment Sound.",
            ("review", None),
            "CR-001",
            said("recommend"),
        ),
        deed(
            "claude",
            "withdraw CR-001",
            ("withdraw", None),
            "CR-001",
            vec![],
        ),
        deed("claude", "route CR-002 --review", review, "CR-002", vec![]),
        deed("claude", "route CR-001 --review", review, "CR-001", vec![]),
        deed(
            "qa",
            "review CR-002 --recommend --comment Sound.",
            ("review", None),
            "CR-002",
            said("recommend"),
        ),
    ];
    let refused = deed("claude", "", ("withdraw", None), "CR-001", vec![]);

    let before = World::new();
    before.story(
        "claude: create CR --title One
         claude: create CR --title Two",
    );
    let group = Arc::new(Group::default());
    for deed in &deeds {
        let act = |deed: &Deed| {
            let desk = Desk::open(before.root(), None, noon).unwrap();
            desk.store().join(&group);
            desk.act(deed.user, &deed.act)
        };
        act(deed).unwrap();
        let refusal = act(&Deed {
            user: "rolf",
            line: "",
            act: refused.act.clone(),
        });
        assert!(refusal.is_err());
    }
    assert!(!group.has_declined());
    let journal = group.decided().unwrap();
    drop(group);
    stopped_anywhere(
        &before,
        &["CR-001", "CR-002", "SOP-001"],
        &journal,
        "all of them",
        &|world| {
            for deed in &deeds {
                world.by(deed.user, deed.line).done();
            }
        },
    );
}
