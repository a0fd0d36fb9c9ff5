//! Who may do what, where: shown for the shipped rules, so that a change of rights is a change of a snapshot.

use std::collections::BTreeSet;

use crate::common::World;
use serde_json::Value;

#[test]
fn the_rights_of_the_shipped_rules_are_these() {
    let text = World::empty().text("ada", "config matrix");
    assert!(text.lines().all(|line| line.chars().count() <= 100));
    insta::assert_snapshot!(text);
}

/// The actions a group may do in a state, as the matrix says.
fn rights(data: &Value, group: &str, state: Option<&str>) -> BTreeSet<String> {
    let rights = data["workflows"][0]["rights"].as_array().unwrap();
    let begins = |right: &Value| state.is_none_or(|wanted| right["state"] == wanted);
    rights
        .iter()
        .filter(|right| right["group"] == group && begins(right))
        .map(|right| right["action"].as_str().unwrap().to_owned())
        .collect()
}

/// What the matrix permits to no member of a group is refused to each for want of permission, and nothing else is;
/// what somebody may do now begins where the matrix says.
///
/// Verifies: REQ-CFG-004
#[test]
fn the_matrix_says_what_is_decided() {
    let world = World::new();
    world.story("claude: create SOP --title Cleaning");
    let data = world.qms("config matrix SOP").done();
    assert_eq!(data["workflows"].as_array().unwrap().len(), 1);
    for (step, state) in [
        ("", "DRAFT"),
        ("claude: route SOP-008 --review", "IN_REVIEW"),
        ("qa: review SOP-008 --recommend --comment Good", "REVIEWED"),
        ("claude: route SOP-008 --approval", "IN_APPROVAL"),
        ("qa: approve SOP-008", "EFFECTIVE"),
    ] {
        world.story(step);
        assert_eq!(world.by("qa", "status SOP-008").done()["status"], state);
        for (user, group) in [
            ("claude", "administrator"),
            ("bob", "initiator"),
            ("qa", "quality"),
            ("rita", "reviewer"),
        ] {
            let explained = world.by(user, "explain SOP-008").done();
            let blocked = explained["blocked"].as_array().unwrap();
            for entry in blocked {
                let action = entry["action"].as_str().unwrap();
                let is_denied = entry["code"] == "permission_denied";
                let has_right = rights(&data, group, None).contains(action);
                assert_eq!(is_denied, !has_right, "{user} in {state}: {entry}");
            }
            for entry in explained["allowed"].as_array().unwrap() {
                let action = entry["action"].as_str().unwrap();
                let rights = rights(&data, group, Some(state));
                assert!(rights.contains(action), "{user} in {state}: {entry}");
            }
        }
    }
}

#[test]
fn a_right_says_under_which_terms() {
    let world = World::empty();
    let base = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/rules/base");
    let rules = World::copy_of(base.as_ref());
    let registry = rules.read("permissions/registry.kdl");
    let registry = registry
        .replace(
            "permit lend    { to keeper patron }",
            "permit lend    { to everyone; except owner }",
        )
        .replace(
            "permit discard { to keeper }",
            "permit discard { to patron; only owner }",
        );
    rules.write("permissions/registry.kdl", &registry);
    let lending = rules.read("workflows/lending.kdl").replace(
        "require not mark worn",
        "require group keeper\n        require checked-out by=actor",
    );
    rules.write("workflows/lending.kdl", &lending);
    let registry = registry.replace(
        "group patron \"Reads them.\"",
        "group patron \"Reads them.\" inherits=keeper",
    );
    rules.write("permissions/registry.kdl", &registry);

    let line = format!("--rules {} config matrix lending", rules.root().display());
    insta::assert_snapshot!(world.text("ada", &line));
    insta::assert_snapshot!(world.text("ada", &format!("{line} --format csv")));
    let json: Value =
        serde_json::from_str(&world.text("ada", &format!("{line} --format json"))).unwrap();
    assert_eq!(json, world.qms(&line).done());
}

#[test]
fn a_matrix_of_nothing_is_refused() {
    let world = World::new();
    world.qms("config matrix nothing").refused("unknown_type");
    assert_eq!(
        world.qms("config matrix SOP").done(),
        world.qms("config matrix sop").done()
    );
}
