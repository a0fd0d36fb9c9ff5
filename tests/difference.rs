//! Two rulebooks compared by meaning, and what their difference means for the documents there are.

use std::fs;
use std::path::Path;

use crate::common::{World, assert_same, test_name};
use serde_json::json;

const LIFE: &str = "workflows/lending.kdl";
const DESK: &str = "permissions/desk.kdl";

/// A change of a file of rules: what stands in it once, and what stands there instead.
type Change<'c> = (&'c str, &'c str, &'c str);

/// Makes changes to a folder of definitions.
#[track_caller]
pub(crate) fn edit(folder: &Path, changes: &[Change<'_>]) {
    for (path, old, new) in changes {
        let path = folder.join(path);
        let text = fs::read_to_string(&path).unwrap();
        assert_eq!(text.matches(old).count(), 1, "`{old}` stands once");
        fs::write(&path, text.replace(old, new)).unwrap();
    }
}

/// Two copies of the library's rules, `old` and `new`, the new one changed.
#[track_caller]
fn two(changes: &[Change<'_>]) -> World {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worlds/library");
    let world = World::copy_of(&rules);
    let both = world.path("both");
    fs::create_dir(&both).unwrap();
    for side in ["old", "new"] {
        fs::create_dir(both.join(side)).unwrap();
        for (path, bytes) in World::copy_of(&rules).files() {
            let target = both.join(side).join(&path);
            if path.ends_with('/') {
                fs::create_dir_all(target).unwrap();
            } else {
                fs::write(target, bytes).unwrap();
            }
        }
    }
    edit(&both.join("new"), changes);
    world
}

fn line(world: &World) -> String {
    let both = world.path("both");
    format!(
        "diff-config {} {}",
        both.join("old").display(),
        both.join("new").display()
    )
}

/// What a person reads of a change of the library's rules, without the line above all others.
#[track_caller]
fn told(changes: &[Change<'_>]) -> String {
    let world = two(changes);
    let text = world.text("", &line(&world));
    let (heading, rest) = text.split_once("\n\n").expect("a heading");
    assert!(heading.starts_with("Definitions: "), "{text}");
    rest.to_owned()
}

/// Compares a text with the snapshot of the test that makes it.
#[track_caller]
fn shown(text: &str) {
    let mut settings = insta::Settings::clone_current();
    settings.set_omit_expression(true);
    settings.bind(|| insta::assert_snapshot!(test_name(), text));
}

/// A line about one way of a verb stands before the line about all: without it, more people may.
#[test]
fn who_may_one_way_of_a_command_is_told_as_it_is() {
    let told = told(&[(DESK, "permit user add      { to librarian }\n", "")]);
    let (_, more) = told.split_once("Could not, and now can").expect("more may");
    assert!(more.contains("user add"), "{told}");
    assert!(!told.contains("Could, and now cannot"), "{told}");
}

/// How something is written is not what it means: comments, order and spaces make no difference.
#[test]
fn what_is_only_written_otherwise_means_the_same() {
    let same = "They mean the same.\n";
    assert_eq!(told(&[]), same);
    let changes = [
        (
            LIFE,
            "workflow lending {",
            "// Written anew.\nworkflow    lending {\n\n",
        ),
        (
            LIFE,
            "    state LOST          \"Nobody knows where it is.\"\n",
            "",
        ),
        (
            LIFE,
            "    state SHELVED       \"It",
            "    state LOST \"Nobody knows where it is.\"\n    state SHELVED       \"It",
        ),
        (DESK, "permit return  { to clerk patron }\n", ""),
        (
            DESK,
            "permit lend    { to clerk }",
            "permit return {\n    to patron clerk\n}\npermit lend    { to clerk }",
        ),
        (
            "prompts/care/default.yaml",
            "checklist:",
            "# What to look for\nchecklist:",
        ),
    ];
    assert_eq!(told(&changes), same);
    let world = two(&changes);
    let data = world.qms(&line(&world)).done();
    assert_eq!(data["same"], true);
    assert_eq!(
        world.qms(&format!("{} --exit-code", line(&world))).status,
        0
    );
}

/// A state that the new rules say was renamed is that state, and nothing else differs.
#[test]
fn a_renamed_state_is_the_same_state() {
    let world = two(&[]);
    let path = world.path("both/new").join(LIFE);
    let text = fs::read_to_string(&path).unwrap();
    let text = text.replace("LOST", "MISSING").replace(
        "state MISSING          \"Nobody knows where it is.\"",
        "state MISSING \"Nobody knows where it is.\" { renamed from=LOST }",
    );
    fs::write(&path, text).unwrap();
    let data = world.qms(&line(&world)).done();
    let changes = data["changes"].as_array().unwrap();
    assert_eq!(changes.len(), 1, "{data}");
    assert_eq!(changes[0]["kind"], "renamed");
    assert_eq!(changes[0]["former"], "LOST");
    assert_eq!(data["lost"], json!([]));
    assert_eq!(data["broken"], json!([]));
    let text = world.text("", &line(&world));
    shown(text.split_once("\n\n").unwrap().1);
}

#[test]
fn a_state_that_is_gone_takes_its_ways_along() {
    shown(&told(&[
        (
            LIFE,
            "    state LOST          \"Nobody knows where it is.\"\n",
            "",
        ),
        (
            LIFE,
            "presumed-in LENT LOST DISCARDED",
            "presumed-in LENT DISCARDED",
        ),
        (
            LIFE,
            "        from LENT to=LOST\n        from SHELVED to=LOST {",
            "        from SHELVED {",
        ),
        (
            LIFE,
            "        from LOST to=SHELVED\n",
            "        from LENT to=SHELVED\n",
        ),
        (
            LIFE,
            "        from LOST to=DISCARDED\n",
            "        from LENT to=DISCARDED\n",
        ),
        (
            LIFE,
            "in SHELVED LENT LOST DISCARDED",
            "in SHELVED LENT DISCARDED",
        ),
    ]));
}

#[test]
fn an_action_taken_from_a_group_is_told_first() {
    shown(&told(&[(
        DESK,
        "permit return  { to clerk patron }",
        "permit return  { to clerk; only owner }",
    )]));
}

/// A gate that is gone is told with the promise it kept, and the shortest story that breaks it.
#[test]
fn a_gate_that_is_gone_is_told_with_the_promise_it_kept() {
    shown(&told(&[(
        LIFE,
        "            if all-answered\n            if not unanimous sound\n",
        "            if all-answered\n            if not unanimous sound\n            if not mark worn\n",
    )]));
}

/// A promise that is dropped and still kept is told; one that is no longer kept is told with its story, though
/// the new rules say nothing of it any more.
#[test]
fn a_dropped_promise_is_asked_of_the_new_rules() {
    let dropped = (
        LIFE,
        "    invariant \"Nobody inspects what they answer for.\" {\n        doing inspect\n        hold not owner\n    }\n",
        "",
    );
    let data = |changes: &[Change<'_>]| {
        let world = two(changes);
        world.qms(&line(&world)).done()
    };
    let kept = data(&[dropped]);
    assert_eq!(kept["broken"], json!([]));
    assert_eq!(kept["changes"][0]["kind"], "removed");
    let except = "; except owner }\npermit recall";
    shown(&told(&[dropped, (DESK, except, " }\npermit recall")]));
}

#[test]
fn a_new_type_and_changed_questions_are_told_by_file() {
    let world = two(&[(
        "prompts/care/default.yaml",
        "checklist:\n",
        "checklist:\n  - category: Smell\n    items:\n      - It does not smell of smoke.\n",
    )]);
    let book = world.read("both/new/doctypes/BOOK.kdl");
    let map = book.replace("BOOK", "MAP").replace("FORM-MAP", "FORM-BOOK");
    world.write("both/new/doctypes/MAP.kdl", &map);
    let text = world.text("", &line(&world));
    shown(text.split_once("\n\n").unwrap().1);
}

/// What cannot be read is a mistake in the call, what is not sound is said where it is not.
#[test]
fn rules_that_cannot_be_compared_are_refused() {
    let world = two(&[(LIFE, "from LENT to=SHELVED", "from LENT to=SHELF")]);
    let nowhere = world.path("nowhere");
    let answer = world.qms(&format!("diff-config shipped {}", nowhere.display()));
    assert_eq!(answer.status, 2);
    answer.refused("usage");
    let answer = world.qms(&line(&world));
    assert_eq!(answer.status, 3);
    let error = answer.refused("definitions_invalid");
    assert!(error["rule"].as_str().unwrap().starts_with(LIFE), "{error}");
    assert_eq!(world.qms("diff-config shipped").status, 2);
}

/// A shelf of the library: a book on each kind of place.
pub(crate) fn shelf() -> World {
    let world = World::library();
    world.story(
        "cleo: create BOOK --title Atlas
         cleo: create BOOK --title Fables
         cleo: checkin BOOK-0002
         cleo: present BOOK-0002 --arrival",
    );
    world
}

pub(crate) fn ours(world: &World, changes: &[Change<'_>]) -> String {
    let rules = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/worlds/library");
    edit(&world.path("qms.d"), changes);
    format!(
        "diff-config {} {}",
        rules.display(),
        world.path("qms.d").display()
    )
}

/// In a project it is told what a change means for each document and for whoever is asked about it.
#[test]
fn the_documents_and_tasks_concerned_are_named() {
    let world = shelf();
    let before = world.files();
    let compare = ours(
        &world,
        &[
            (
                DESK,
                "permit inspect { to clerk keeper patron; only assignee; except owner }",
                "permit inspect { to clerk patron; only assignee; except owner }",
            ),
            (
                LIFE,
                "clear mark worn\n        ask named else=keeper",
                "clear mark worn\n        ask named else=patron",
            ),
            (
                LIFE,
                "set mark worn\n        ask named else=keeper",
                "set mark worn\n        ask named else=patron",
            ),
            (
                DESK,
                "permit checkin  { to clerk; only owner }",
                "permit checkin  { to librarian; only owner }",
            ),
        ],
    );
    let data = world.qms(&compare).done();
    let mut after = world.files();
    after.retain(|path, _| !path.starts_with("qms.d"));
    let mut before = before;
    before.retain(|path, _| !path.starts_with("qms.d"));
    assert_same(&before, &after);
    assert_eq!(data["documents"], 2);
    let concerned = data["concerned"].as_array().unwrap();
    let ids: Vec<_> = concerned.iter().map(|entry| &entry["doc_id"]).collect();
    assert_eq!(ids, ["BOOK-0001", "BOOK-0002"]);
    assert_eq!(
        concerned[0]["lost"],
        json!([
            { "action": "checkin", "users": ["cleo"] },
            { "action": "present arrival", "users": ["cleo"] },
        ])
    );
    assert_eq!(
        concerned[0]["nobody_can"],
        json!(["checkin", "present arrival"]),
        "what needs it first goes with it"
    );
    assert_eq!(
        concerned[1]["questions"],
        json!(["kai is asked, and keeper may not inspect"])
    );
    let text = world.text("", &compare);
    shown(text.split_once("Documents").unwrap().1);
}

/// A state may go only where something says whereto its documents are carried.
#[test]
fn documents_in_a_state_that_is_gone_are_named() {
    let world = shelf();
    rename(&world, "IN_INSPECTION", "AT_DESK", "");
    let compare = ours(&world, &[]);
    let data = world.qms(&compare).done();
    let entry = &data["concerned"][0];
    assert_eq!(entry["doc_id"], "BOOK-0002");
    let obstacle = entry["obstacles"][0].as_str().unwrap();
    assert!(
        obstacle.contains("IN_INSPECTION is no state any more"),
        "{obstacle}"
    );
    let status = world.refused("cleo", "status BOOK-0002", "integrity");
    assert!(
        status["hint"].as_str().unwrap().contains("qms migrate"),
        "{status}"
    );
    world.refused("ada", "migrate", "gate_blocked");
    world.refused("ada", "migrate --dry-run", "gate_blocked");
}

/// Renames a state of the project's own rules, with a map or without.
pub(crate) fn rename(world: &World, old: &str, new: &str, map: &str) {
    let path = format!("qms.d/{LIFE}");
    let text = world.read(&path).replace(old, new);
    let awaits = "{ awaits inspect task=CARE stage=DESK }";
    assert_eq!(text.matches(awaits).count(), 1);
    let with_map = format!("{{ awaits inspect task=CARE stage=DESK\n{map} }}");
    world.write(&path, &text.replace(awaits, &with_map));
}

/// Documents are carried over once, by somebody permitted, with a line in the trail, and all agree before and
/// after.
///
/// Verifies: REQ-AUDIT-001, REQ-AUDIT-003
#[test]
fn documents_are_carried_over_once() {
    let world = shelf();
    let finding = |world: &World| {
        let answer = world.qms("verify");
        assert_eq!(answer.status, 0, "{}", answer.json);
        answer.json["data"]["findings"].clone()
    };
    assert_eq!(finding(&world), json!([]));
    let trail = world.read("QMS/.audit/BOOK/BOOK-0002.jsonl");
    rename(
        &world,
        "IN_INSPECTION",
        "AT_DESK",
        "renamed from=IN_INSPECTION",
    );
    let found = finding(&world);
    assert_eq!(found[0]["code"], "not_migrated", "{found}");
    assert_eq!(found.as_array().unwrap().len(), 1, "{found}");

    let status = world.refused("cleo", "status BOOK-0002", "integrity");
    assert!(
        status["hint"].as_str().unwrap().contains("qms migrate"),
        "{status}"
    );
    world.refused("cleo", "migrate", "permission_denied");
    world.refused("", "migrate", "identity_missing");

    let before = world.files();
    let planned = world.by("ada", "migrate --dry-run").done();
    assert_same(&before, &world.files());
    assert_eq!(planned["carried"][0]["to_status"], "AT_DESK");
    assert_eq!(planned["plan"][0]["step"], "append");

    let done = world.by("ada", "migrate").done();
    assert_eq!(done["carried"], planned["carried"]);
    let meta = world.meta("BOOK", "BOOK-0002");
    assert_eq!(meta["status"], "AT_DESK");
    assert_eq!(meta["pending_assignees"], json!(["kai"]));
    let now = world.read("QMS/.audit/BOOK/BOOK-0002.jsonl");
    assert!(now.starts_with(&trail), "a trail only grows");
    let last = world.trail("BOOK", "BOOK-0002").pop().unwrap();
    assert_eq!(last["event"], "CARRIED");
    assert_eq!(last["user"], "ada");
    assert_eq!(last["from_status"], "IN_INSPECTION");
    assert_eq!(last["to_status"], "AT_DESK");
    assert_eq!(finding(&world), json!([]));

    let after = world.files();
    let task: Vec<_> = after
        .keys()
        .filter(|path| path.contains("/inbox/task-"))
        .collect();
    assert_eq!(task.len(), 1, "{task:?}");
    let text = String::from_utf8_lossy(&after[task[0]]).into_owned();
    assert!(text.contains("status: AT_DESK"), "{text}");
    assert!(text.contains("assigned_by: cleo"), "{text}");

    let again = world.by("ada", "migrate").done();
    assert_eq!(again["carried"], json!([]));
    assert_same(&after, &world.files());

    world
        .by("kai", "inspect BOOK-0002 --outcome sound --comment Whole")
        .done();
    assert_eq!(world.meta("BOOK", "BOOK-0002")["status"], "SHELVED");
    assert_eq!(finding(&world), json!([]));
}

/// Every document is carried over in the same commit, and a task whose stage has another name is not left behind.
#[test]
fn every_task_is_asked_anew_in_the_words_of_today() {
    let world = shelf();
    world.story(
        "cleo: checkin BOOK-0001
         cleo: present BOOK-0001 --arrival --assignees pia",
    );
    rename(
        &world,
        "IN_INSPECTION",
        "AT_DESK",
        "renamed from=IN_INSPECTION",
    );
    edit(
        &world.path("qms.d"),
        &[(LIFE, "task=CARE stage=DESK", "task=CARE stage=COUNTER")],
    );
    fs::rename(
        world.path("qms.d/prompts/care/desk"),
        world.path("qms.d/prompts/care/counter"),
    )
    .unwrap();
    let done = world.by("ada", "migrate").done();
    assert_eq!(done["carried"].as_array().unwrap().len(), 2, "{done}");
    let files = world.files();
    let tasks = files.keys().filter(|path| path.contains("/inbox/task-"));
    let tasks: Vec<_> = tasks.collect();
    let expected = [("kai", "BOOK-0002"), ("pia", "BOOK-0001")];
    assert_eq!(tasks.len(), expected.len(), "{tasks:?}");
    for (task, (user, book)) in tasks.into_iter().zip(expected) {
        assert!(
            task.contains(&format!("/{user}/inbox/task-{book}-counter-")),
            "{task}"
        );
    }
    for book in ["BOOK-0001", "BOOK-0002"] {
        assert_eq!(world.meta("BOOK", book)["status"], "AT_DESK");
        let last = world.trail("BOOK", book).pop().unwrap();
        assert_eq!(last["event"], "CARRIED");
    }
    let verified = world.qms("verify").done();
    assert_eq!(verified["findings"], json!([]));
}

/// What a project changed and what the program changed are told apart by the base that `config export` keeps.
#[test]
fn a_project_is_compared_with_what_it_was_made_from() {
    let world = World::empty();
    world.qms("init").done();
    world.refused("", "diff-config", "usage");
    world.qms("config export").done();
    let shipped = world.qms("config show").done();
    edit(
        &world.path("qms.d"),
        &[(
            "permissions/registry.kdl",
            "permit migrate       { to administrator }",
            "permit migrate       { to quality }",
        )],
    );
    let own = world.qms("config show").done();
    assert_ne!(own["digest"], shipped["digest"]);
    let data = world.qms("diff-config").done();
    assert_eq!(data["theirs"]["same"], true, "{data}");
    assert_eq!(data["yours"]["changes"][0]["what"], "permit `migrate`");
    assert_eq!(data["both"], json!([]));

    // An earlier program shipped another line.
    let base = world.path("qms.d/.base");
    edit(
        &base,
        &[(
            "permissions/registry.kdl",
            "permit migrate       { to administrator }",
            "permit migrate       { to reviewer }",
        )],
    );
    let error = world.qms("diff-config").refused("integrity");
    assert!(
        error["message"].as_str().unwrap().contains("base.json"),
        "{error}"
    );
    let digest = error["facts"]["digest"].as_str().unwrap();
    world.write(
        "qms.d/.base/base.json",
        &format!("{{\"program\": \"0.0.9\", \"digest\": \"{digest}\"}}"),
    );
    let data = world.qms("diff-config").done();
    assert_eq!(data["theirs"]["same"], false);
    assert_eq!(data["both"], json!(["permissions: permit `migrate`"]));
    assert_eq!(world.qms("diff-config --exit-code").status, 1);
}

/// A type that lives by another workflow keeps what was promised of its documents, or the promise is told as broken.
#[test]
fn what_was_promised_of_a_type_goes_with_it() {
    let types = ["BOOK", "CATALOGUE", "FORM", "SHELF", "SLIP"];
    let types = types.map(|name| format!("doctypes/{name}.kdl"));
    let moved = types
        .each_ref()
        .map(|path| (path.as_str(), "workflow lending", "workflow shelving"));
    let world = two(&moved);
    let folder = world.path("both").join("new/workflows");
    let text = fs::read_to_string(folder.join("lending.kdl")).unwrap();
    let text = text.replace("workflow lending {", "workflow shelving {");
    let (life, _) = text.split_once("    // ── What is always true").unwrap();
    let gate = "        require outcome-from keeper\n";
    let arm = "            if not outcome-from keeper\n";
    assert_eq!(
        (life.matches(gate).count(), life.matches(arm).count()),
        (1, 1)
    );
    let life = life.replace(
        arm,
        "            if not outcome-from keeper\n            if mark worn\n",
    );
    fs::write(folder.join("shelving.kdl"), format!("{life}}}\n")).unwrap();
    fs::remove_file(folder.join("lending.kdl")).unwrap();
    let data = world.qms(&line(&world)).done();
    let broken = data["broken"].as_array().unwrap();
    assert_eq!(broken.len(), 1, "{broken:#?}");
    assert_eq!(broken[0]["workflow"], "shelving");
    let sentence = broken[0]["invariant"].as_str().unwrap();
    assert_eq!(
        sentence,
        "Nothing passes the desk against the word of somebody who looked."
    );
}

/// What is tried first, and what is done first, is told where it changes, though something else is added too.
#[test]
fn an_order_is_told_beside_what_is_added() {
    let text = told(&[
        (
            LIFE,
            "            archive issued\n            archive draft\n            bump major\n            log MOVED\n",
            "            archive issued\n            bump major\n            archive draft\n            tell \"Approved.\"\n            log MOVED\n",
        ),
        (
            LIFE,
            "            if not unanimous sound\n            clear mark worn\n            log MOVED\n        }\n        from IN_INSPECTION to=SHELVED {    // only a keeper can say that a thing is whole\n            if all-answered\n            if not outcome-from keeper\n",
            "            if not outcome-from keeper\n            clear mark worn\n            log MOVED\n        }\n        from IN_INSPECTION to=SHELVED {\n            if all-answered\n            if not unanimous sound\n            clear mark worn\n            log MOVED\n        }\n        from IN_INSPECTION to=SHELVED {\n            if all-answered\n            if unanimous damaged\n",
        ),
    ]);
    shown(&text);
}
