//! An earlier name of a state leads to one state, and is no state itself.

use std::collections::BTreeMap;

use crate::definitions::codes;
use crate::definitions::report::Finding;
use crate::definitions::rulebook::Rulebook;
use crate::definitions::workflow::Workflow;
use crate::model::Status;

/// Looks at all earlier names.
pub(super) fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    for workflow in &rules.workflows {
        in_workflow(workflow, findings);
    }
}

fn in_workflow(workflow: &Workflow, findings: &mut Vec<Finding>) {
    let mut claimed: BTreeMap<&Status, &Status> = BTreeMap::new();
    for state in &workflow.states {
        for (earlier, origin) in &state.former {
            if state.passing {
                let message = format!(
                    "`{}` is passing, and `{earlier}` would be carried to it",
                    state.name
                );
                findings.push(
                    Finding::new(codes::NEVER_AT_REST, *origin, message)
                        .label("no document rests here"),
                );
            } else if workflow.state(earlier).is_some() {
                let message = format!("`{earlier}` is still a state of `{}`", workflow.name);
                findings.push(
                    Finding::new(codes::RENAMED_PRESENT, *origin, message)
                        .label("not an earlier name")
                        .help("a document in it stands where it stood: there is nothing to carry over"),
                );
            } else if let Some(before) = claimed.get(earlier) {
                let message = format!("`{earlier}` is mapped to `{before}` already");
                findings.push(
                    Finding::new(codes::RENAMED_TWICE, *origin, message)
                        .label("mapped before")
                        .help("a document can be carried to one state only"),
                );
            } else {
                claimed.insert(earlier, &state.name);
            }
        }
    }
}
