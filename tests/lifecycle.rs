//! The life of documents, from the command line to the disk.

mod common;

use common::World;

/// A procedure comes into force, and its trail tells how.
///
/// Verifies: REQ-WF-002, REQ-WF-006, REQ-AUDIT-002
#[test]
fn a_procedure_comes_into_force() {
    let world = World::new();
    world.story(
        "claude: create SOP --title \"Cleaning of vessels\"
         claude: route SOP-002 --review
         qa: review SOP-002 --recommend --comment \"Complete.\"
         claude: route SOP-002 --approval
         qa: approve SOP-002",
    );
    let meta = world.meta("SOP", "SOP-002");
    assert_eq!(meta["status"], "EFFECTIVE");
    assert_eq!(meta["responsible_user"], serde_json::Value::Null);
    assert_eq!(
        world.events("SOP", "SOP-002"),
        [
            "CREATE 0.1",
            "CHECKIN 0.1",
            "STATUS_CHANGE 0.1",
            "ROUTE_REVIEW 0.1",
            "REVIEW 0.1",
            "STATUS_CHANGE 0.1",
            "STATUS_CHANGE 0.1",
            "ROUTE_APPROVAL 0.1",
            "APPROVE 0.1",
            "STATUS_CHANGE 1.0",
            "EFFECTIVE 1.0",
            "STATUS_CHANGE 1.0"
        ]
    );
    assert!(world.exists("QMS/.archive/SOP/SOP-002-v0.1.md"));
    assert!(world.exists("QMS/SOP/SOP-002.md"));
    assert!(!world.exists("QMS/SOP/SOP-002-draft.md"));
}
