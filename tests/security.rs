//! Who may do what, from the command line to the disk (REQ-SEC).

use crate::common::World;
use crate::lives::{change, procedure, says, tasks, world};

/// Every action on a document, where the right person could do it: station, who that is, line.
const ON_A_CHANGE: [(&str, &str, &str); 13] = [
    ("DRAFT", "claude", "checkout CR-001"),
    ("DRAFT, checked out", "claude", "checkin CR-001"),
    ("DRAFT", "claude", "cancel CR-001 --confirm"),
    ("DRAFT", "claude", "route CR-001 --review"),
    ("PRE_REVIEWED", "claude", "route CR-001 --approval"),
    ("POST_REVIEWED", "claude", "route CR-001 --retire"),
    ("IN_PRE_REVIEW", "claude", "withdraw CR-001"),
    ("PRE_APPROVED", "claude", "release CR-001"),
    (
        "POST_REVIEWED",
        "claude",
        "revert CR-001 --reason \"One test is missing.\"",
    ),
    ("POST_APPROVED", "claude", "close CR-001"),
    ("IN_PRE_REVIEW", "qa", "assign CR-001 --assignees rita"),
    ("IN_PRE_APPROVAL", "qa", "approve CR-001"),
    ("IN_PRE_APPROVAL", "qa", "reject CR-001 --comment No."),
];

/// Returns the group a person is in, as the tool says.
fn group_of(world: &World, user: &str) -> String {
    let data = world.by(user, "user --list").done();
    let users = data["users"].as_array().unwrap();
    let mine: Vec<_> = users.iter().filter(|one| one["name"] == user).collect();
    assert_eq!(mine.len(), 1, "{user} is in one group");
    mine[0]["group"].as_str().unwrap().to_owned()
}

fn verb(line: &str) -> &str {
    line.split(' ').next().unwrap()
}

/// Everybody is in one of the four groups, and no fifth can be joined.
///
/// Verifies: REQ-SEC-001
#[test]
fn everybody_is_in_exactly_one_of_four_groups() {
    let world = world();
    for (user, group) in [
        ("lead", "administrator"),
        ("claude", "administrator"),
        ("bob", "initiator"),
        ("qa", "quality"),
        ("rita", "reviewer"),
    ] {
        assert_eq!(group_of(&world, user), group, "{user}");
    }
    let error = world.refused(
        "lead",
        "user --add eve --group superuser",
        "invalid_argument",
    );
    assert_eq!(
        error["facts"]["groups"],
        serde_json::json!(["administrator", "initiator", "quality", "reviewer"])
    );
    world
        .by("lead", "user --add ann --group administrator")
        .done();
    assert_eq!(group_of(&world, "ann"), "administrator");
}

/// An agent file that names no group of ours makes nobody a user, and none moves who is named by the rules.
///
/// Verifies: REQ-SEC-001, REQ-SEC-006
#[test]
fn an_agent_file_cannot_invent_a_group_nor_move_an_administrator() {
    let world = world();
    world.write(".claude/agents/eve.md", "---\ngroup: superuser\n---\n");
    world.write(".claude/agents/mia.md", "---\nname: mia\n---\n");
    world.write(
        ".claude/agents/max.md",
        "---\ngroup: [quality, reviewer]\n---\n",
    );
    world.write(".claude/agents/claude.md", "---\ngroup: reviewer\n---\n");
    for user in ["eve", "mia", "max"] {
        world.refused(user, "inbox", "unknown_user");
    }
    assert_eq!(group_of(&world, "claude"), "administrator");
}

/// An initiator, and an administrator who inherits from one, can do all that a document's life needs.
///
/// Verifies: REQ-SEC-001, REQ-SEC-002
#[test]
fn initiators_and_administrators_take_documents_through_their_life() {
    for owner in ["bob", "lead"] {
        let world = world();
        world.story(&format!(
            "{owner}: create CR --title \"A new pump\"
             {owner}: checkin CR-001
             {owner}: checkout CR-001
             {owner}: route CR-001 --review
             {owner}: withdraw CR-001
             {owner}: route CR-001 --review
             qa: review CR-001 --recommend --comment Sound.
             {owner}: route CR-001 --approval
             qa: approve CR-001
             {owner}: release CR-001
             {owner}: route CR-001 --review
             qa: review CR-001 --recommend --comment Done.
             {owner}: revert CR-001 --reason \"One test is missing.\"
             {owner}: route CR-001 --review
             qa: review CR-001 --recommend --comment Done.
             {owner}: route CR-001 --approval
             qa: approve CR-001
             {owner}: close CR-001
             {owner}: create CR --title \"A slip\"
             {owner}: checkin CR-002
             {owner}: cancel CR-002 --confirm"
        ));
        assert_eq!(world.meta("CR", "CR-001")["status"], "CLOSED", "{owner}");
        assert!(!world.exists("QMS/.meta/CR/CR-002.json"), "{owner}");
    }
}

/// Quality and reviewers write nothing and take nothing through its life.
///
/// Verifies: REQ-SEC-002
#[test]
fn quality_and_reviewers_do_not_do_what_initiators_do() {
    for (station, owner, line) in ON_A_CHANGE {
        if owner != "claude" {
            continue;
        }
        let world = change(station);
        for (user, group) in [("qa", "quality"), ("rita", "reviewer")] {
            let error = world.refused(user, line, "permission_denied");
            assert_eq!(error["facts"]["group"], group, "{line}");
            assert_eq!(
                error["facts"]["permitted"],
                serde_json::json!(["initiator"]),
                "{line}"
            );
            says(&error, verb(line));
        }
    }
    let world = world();
    for user in ["qa", "rita"] {
        world.refused(user, "create CR --title Mine", "permission_denied");
    }
}

/// Only quality asks further people; not even an administrator does.
///
/// Verifies: REQ-SEC-002
#[test]
fn only_quality_assigns() {
    let world = change("IN_PRE_REVIEW");
    let line = "assign CR-001 --assignees rolf";
    for user in ["lead", "claude", "bob", "rita"] {
        let error = world.refused(user, line, "permission_denied");
        assert_eq!(error["facts"]["permitted"], serde_json::json!(["quality"]));
    }
    let data = world.by("qa", line).done();
    assert_eq!(data["added"], serde_json::json!(["rolf"]));
}

/// Repairing, adding users and registering namespaces is for administrators, inherited by nobody.
///
/// Verifies: REQ-SEC-002
#[test]
fn only_administrators_run_the_system() {
    let world = procedure("EFFECTIVE");
    for line in [
        "fix SOP-008",
        "user --add eve --group reviewer",
        "namespace add MYPROJ",
    ] {
        for user in ["bob", "qa", "rita"] {
            let error = world.refused(user, line, "permission_denied");
            assert_eq!(
                error["facts"]["permitted"],
                serde_json::json!(["administrator"]),
                "{line}"
            );
        }
        world.by("lead", line).done();
    }
}

/// Everybody who is known may look.
///
/// Verifies: REQ-SEC-002
#[test]
fn everybody_may_look() {
    let world = change("IN_PRE_REVIEW");
    for line in [
        "read CR-001",
        "status CR-001",
        "history CR-001",
        "comments CR-001",
        "diff CR-001",
        "explain CR-001",
        "list",
        "inbox",
        "workspace",
        "namespace list",
        "user --list",
    ] {
        for user in ["lead", "bob", "qa", "rita"] {
            world.by(user, line).done();
        }
    }
}

/// What the owner may do, another initiator or administrator may not.
///
/// Verifies: REQ-SEC-003
#[test]
fn what_has_an_owner_is_moved_by_its_owner() {
    for (station, owner, line) in ON_A_CHANGE {
        if owner != "claude" || ["checkout", "cancel"].contains(&verb(line)) {
            continue;
        }
        let world = change(station);
        for user in ["bob", "lead"] {
            let error = world.refused(user, line, "not_owner");
            says(&error, "not the responsible user");
            assert_eq!(error["facts"]["responsible_user"], "claude", "{line}");
        }
        world.by("claude", line).done();
    }
}

/// A draft without an owner is nobody's to move until somebody takes it.
///
/// Verifies: REQ-SEC-003
#[test]
fn what_has_no_owner_is_taken_before_it_is_moved() {
    let world = change("DRAFT");
    crate::lives::amend(&world, "CR", "CR-001", |meta| {
        meta["responsible_user"] = serde_json::Value::Null;
    });
    for user in ["bob", "claude", "lead"] {
        let error = world.refused(user, "route CR-001 --review", "not_owner");
        says(&error, "no owner");
    }
    world.story("bob: checkout CR-001\nbob: route CR-001 --review");
    assert_eq!(world.meta("CR", "CR-001")["responsible_user"], "bob");

    let world = change("POST_APPROVED");
    crate::lives::amend(&world, "CR", "CR-001", |meta| {
        meta["responsible_user"] = serde_json::Value::Null;
    });
    world.refused("claude", "close CR-001", "not_owner");
}

/// Whoever checks a document out becomes its owner, and the earlier one is it no longer.
///
/// Verifies: REQ-SEC-003
#[test]
fn ownership_passes_with_checkout() {
    let world = change("DRAFT");
    world.story("bob: checkout CR-001\nbob: checkin CR-001");
    let error = world.refused("claude", "route CR-001 --review", "not_owner");
    assert_eq!(error["facts"]["responsible_user"], "bob");
    world.by("bob", "route CR-001 --review").done();
}

/// Nobody reviews or approves unasked, whatever their group.
///
/// Verifies: REQ-SEC-004, REQ-SEC-005
#[test]
fn nobody_judges_unasked() {
    let world = change("IN_PRE_REVIEW");
    for user in ["lead", "bob", "claude", "rita"] {
        let error = world.refused(
            user,
            "review CR-001 --recommend --comment Fine.",
            "not_assigned",
        );
        says(&error, "not assigned to review");
        assert_eq!(
            error["facts"]["pending_assignees"],
            serde_json::json!(["qa"])
        );
    }
    let world = change("IN_PRE_APPROVAL");
    for line in ["approve CR-001", "reject CR-001 --comment No."] {
        world.refused("rita", line, "not_assigned");
    }
}

/// Who has answered is asked no more.
///
/// Verifies: REQ-SEC-004
#[test]
fn nobody_answers_twice() {
    let world = change("DRAFT");
    world.story(
        "claude: route CR-001 --review --assign qa rita
         qa: review CR-001 --recommend --comment Fine.",
    );
    let again = "review CR-001 --request-updates --comment \"On second thoughts.\"";
    world.refused("qa", again, "not_assigned");
    assert_eq!(
        world.meta("CR", "CR-001")["review_outcomes"],
        serde_json::json!({"qa": "RECOMMEND"})
    );
}

/// All four groups review when asked.
///
/// Verifies: REQ-SEC-004
#[test]
fn all_groups_review_when_asked() {
    let world = change("DRAFT");
    world
        .by("claude", "route CR-001 --review --assign lead bob qa rita")
        .done();
    for user in ["lead", "bob", "qa", "rita"] {
        world
            .by(user, "review CR-001 --recommend --comment Fine.")
            .done();
    }
    assert_eq!(
        world.meta("CR", "CR-001")["review_outcomes"],
        serde_json::json!({
            "lead": "RECOMMEND", "bob": "RECOMMEND", "qa": "RECOMMEND", "rita": "RECOMMEND",
        })
    );
}

/// Quality and reviewers approve and reject when asked.
///
/// Verifies: REQ-SEC-004, REQ-SEC-005
#[test]
fn quality_and_reviewers_decide_when_asked() {
    let world = change("PRE_REVIEWED");
    world.story(
        "claude: route CR-001 --approval --assign qa rita
         qa: approve CR-001
         rita: reject CR-001 --comment \"The pump is too small.\"
         claude: route CR-001 --approval --assign qa rita
         rita: approve CR-001
         qa: reject CR-001 --comment \"The budget is missing.\"
         claude: route CR-001 --approval --assign rita qa
         rita: approve CR-001
         qa: approve CR-001",
    );
    assert_eq!(world.meta("CR", "CR-001")["status"], "PRE_APPROVED");
}

/// To be listed is not enough: administrators and initiators do not decide, even where a record asks them.
///
/// Verifies: REQ-SEC-004, REQ-SEC-005
#[test]
fn being_asked_is_not_enough_to_decide() {
    let world = change("IN_PRE_APPROVAL");
    crate::lives::amend(&world, "CR", "CR-001", |meta| {
        meta["pending_assignees"] = serde_json::json!(["lead", "bob", "qa"]);
    });
    for user in ["lead", "bob"] {
        for line in ["approve CR-001", "reject CR-001 --comment No."] {
            let error = world.refused(user, line, "permission_denied");
            assert_eq!(
                error["facts"]["permitted"],
                serde_json::json!(["quality", "reviewer"])
            );
        }
    }
}

/// A stranger gets nothing done and sees nothing.
///
/// Verifies: REQ-SEC-006
#[test]
fn a_stranger_is_refused_everything() {
    let world = change("IN_PRE_REVIEW");
    for line in [
        "read CR-001",
        "status CR-001",
        "history CR-001",
        "comments CR-001",
        "diff CR-001",
        "explain CR-001",
        "list",
        "inbox",
        "workspace",
        "namespace list",
        "user --list",
        "create SOP --title Mine",
        "checkin CR-001",
        "route CR-001 --review",
        "review CR-001 --recommend --comment Fine.",
        "user --add eve --group administrator",
        "namespace add MINE",
        "fix SOP-001",
    ] {
        let error = world.refused("mallory", line, "unknown_user");
        says(&error, "`mallory` not found");
    }
    for (station, _, line) in ON_A_CHANGE {
        change(station).refused("mallory", line, "unknown_user");
    }
}

/// Names are compared letter for letter, and nothing near a name is one.
///
/// Verifies: REQ-SEC-006
#[test]
fn a_name_that_is_nearly_right_is_unknown() {
    let world = world();
    for user in [
        "Claude", "QA", "qa ", " qa", "qa.md", "system", "*", "q\u{430}",
    ] {
        world.refused(user, "inbox", "unknown_user");
        world.refused(user, "create SOP --title Mine", "unknown_user");
    }
}

/// Without a name nothing is done.
///
/// Verifies: REQ-SEC-006
#[test]
fn nobody_acts_without_a_name() {
    let world = change("DRAFT");
    for line in [
        "status CR-001",
        "inbox",
        "create SOP --title Mine",
        "route CR-001 --review",
    ] {
        for user in ["", "  "] {
            world.refused(user, line, "identity_missing");
        }
        let before = world.files();
        let answer = world.qms(line);
        assert_eq!(answer.status, 2, "{line}");
        answer.refused("identity_missing");
        crate::common::assert_same(&before, &world.files());
    }
}

/// Everybody known may be asked for a review, and strangers may not.
///
/// Verifies: REQ-SEC-007
#[test]
fn only_people_who_are_known_are_asked_for_review() {
    let world = change("DRAFT, checked out");
    let error = world.refused(
        "claude",
        "route CR-001 --review --assign qa mallory",
        "unknown_user",
    );
    says(&error, "`mallory` not found");
    world
        .by("claude", "route CR-001 --review --assign lead bob")
        .done();
    world.refused("qa", "assign CR-001 --assignees rita ritta", "unknown_user");
    world
        .by("qa", "assign CR-001 --assignees rita qa claude")
        .done();
    assert_eq!(
        world.meta("CR", "CR-001")["pending_assignees"],
        serde_json::json!(["lead", "bob", "rita", "qa", "claude"])
    );
}

/// Only quality and reviewers are asked to approve, when routing and afterwards; nothing is done by halves.
///
/// Verifies: REQ-SEC-007
#[test]
fn only_people_who_may_approve_are_asked_for_approval() {
    let before = change("PRE_REVIEWED");
    for (who, group) in [("lead", "administrator"), ("bob", "initiator")] {
        let line = format!("route CR-001 --approval --assign qa {who}");
        let error = before.refused("claude", &line, "invalid_argument");
        says(&error, &format!("`{who}` cannot be asked"));
        assert_eq!(error["facts"]["group"], group);
    }
    let during = change("IN_PRE_APPROVAL");
    for who in ["lead", "claude", "bob"] {
        let line = format!("assign CR-001 --assignees rita {who}");
        let error = during.refused("qa", &line, "invalid_argument");
        says(&error, &format!("`{who}` cannot be asked"));
    }
    during
        .by("qa", "assign CR-001 --assignees rita rolf")
        .done();
    assert_eq!(
        during.meta("CR", "CR-001")["pending_assignees"],
        serde_json::json!(["qa", "rita", "rolf"])
    );
    let retiring = change("POST_REVIEWED");
    retiring.refused(
        "claude",
        "route CR-001 --retire --assign bob",
        "invalid_argument",
    );
}

/// A stranger among those named is told before somebody who may not be asked.
///
/// Verifies: REQ-SEC-007
#[test]
fn a_stranger_is_told_before_somebody_unfit() {
    change("PRE_REVIEWED").refused(
        "claude",
        "route CR-001 --approval --assign bob mallory",
        "unknown_user",
    );
    change("IN_PRE_APPROVAL").refused(
        "qa",
        "assign CR-001 --assignees bob mallory",
        "unknown_user",
    );
}

/// An inbox shows one's own tasks, and answering takes away one's own only.
///
/// Verifies: REQ-SEC-008
#[test]
fn everybody_sees_and_empties_their_own_inbox() {
    let world = change("DRAFT");
    world
        .by("claude", "route CR-001 --review --assign qa rita")
        .done();
    for user in ["qa", "rita"] {
        let data = world.by(user, "inbox").done();
        assert_eq!(data["user"], user);
        assert_eq!(data["tasks"].as_array().unwrap().len(), 1);
        assert_eq!(
            data["tasks"][0]["path"],
            format!(".claude/users/{user}/inbox/task-CR-001-pre_review-v0-1.md")
        );
    }
    for user in ["rolf", "claude", "lead"] {
        assert_eq!(tasks(&world, user), [""; 0]);
    }
    world
        .by("rita", "review CR-001 --recommend --comment Fine.")
        .done();
    assert_eq!(tasks(&world, "rita"), [""; 0]);
    assert_eq!(tasks(&world, "qa"), ["task-CR-001-pre_review-v0-1"]);
}

/// A workspace shows one's own copies, and a copy in it is not another's document.
///
/// Verifies: REQ-SEC-008
#[test]
fn everybody_sees_and_uses_their_own_workspace() {
    let world = change("DRAFT, checked out");
    let mine = world.by("claude", "workspace").done();
    assert_eq!(mine["user"], "claude");
    assert_eq!(mine["documents"][0]["doc_id"], "CR-001");
    for user in ["lead", "bob", "qa"] {
        let data = world.by(user, "workspace").done();
        assert_eq!(data["documents"], serde_json::json!([]), "{user}");
    }
    world.write(
        ".claude/users/bob/workspace/CR-001.md",
        "---\ntitle: Mine now\n---\n\nForged.\n",
    );
    world.refused("bob", "checkin CR-001", "not_owner");
    let data = world.by("bob", "workspace").done();
    assert_eq!(data["documents"], serde_json::json!([]));
}

/// No flag, argument or name leads into somebody else's folders.
///
/// Verifies: REQ-SEC-008
#[test]
fn nothing_leads_into_the_folders_of_others() {
    let world = change("IN_PRE_REVIEW");
    for user in [
        "../qa",
        "rita/../qa",
        "./qa",
        "qa/",
        "/qa",
        "..",
        "qa/inbox",
        "qa\\",
        "rita/../../users/qa",
    ] {
        for line in ["inbox", "workspace", "checkout CR-001"] {
            world.refused(user, line, "unknown_user");
        }
        let added = format!("user --add {user} --group reviewer");
        world.refused("lead", &added, "invalid_argument");
    }
    // Nobody is named there: it is always one's own.
    world.refused("rita", "inbox qa", "not_found");
    for line in ["workspace ../qa", "inbox --as qa", "workspace --owner qa"] {
        world.refused("rita", line, "usage");
    }
    for id in [
        "../../.claude/users/qa/inbox/task-CR-001-pre_review-v0-1",
        "CR-001/../../../../.claude/users/qa/inbox/x",
        ".claude/users/qa/inbox/task-CR-001-pre_review-v0-1.md",
    ] {
        for verb in ["read", "checkout", "inbox"] {
            world.refused("claude", &format!("{verb} {id}"), "invalid_argument");
        }
    }
}

/// A folder that is a link into another's is not followed, to read or to write.
///
/// Verifies: REQ-SEC-008
#[cfg(unix)]
#[test]
fn a_link_into_the_folders_of_others_is_not_followed() {
    let world = change("IN_PRE_REVIEW");
    let link = |user: &str, folder: &str, target: &str| {
        let path = world.path(&format!(".claude/users/{user}/{folder}"));
        std::fs::remove_dir(&path).unwrap();
        std::os::unix::fs::symlink(format!("../{target}/{folder}"), path).unwrap();
    };
    link("rolf", "inbox", "qa");
    link("bob", "workspace", "claude");
    let seen = world.by("rolf", "inbox");
    assert!(
        !seen.json.to_string().contains("task-CR-001"),
        "{}",
        seen.json
    );
    world.refused("qa", "assign CR-001 --assignees rolf", "io");
    world.refused("bob", "create SOP --title Mine", "io");
}

/// What others hold stays as it is when somebody works on the same documents.
///
/// Verifies: REQ-SEC-008
#[test]
fn the_work_of_one_leaves_the_folders_of_others_alone() {
    let world = procedure("DRAFT, checked out");
    let before = world.files();
    world.story(
        "bob: create CR --title \"A new pump\"
         bob: checkin CR-001
         bob: checkout CR-001
         bob: checkin CR-001
         bob: cancel CR-001 --confirm",
    );
    let mut after = world.files();
    after.retain(|path, _| path.starts_with(".claude/users/"));
    let mut expected = before;
    expected.retain(|path, _| path.starts_with(".claude/users/"));
    crate::common::assert_same(&expected, &after);
}
