//! An earlier name of a state or a mark leads to one, and is none itself.

use std::fmt::Display;

use crate::definitions::codes;
use crate::definitions::report::Finding;
use crate::definitions::rulebook::Rulebook;
use crate::definitions::source::Origin;
use crate::definitions::workflow::{State, Workflow};

/// Looks at all earlier names.
pub(super) fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    for workflow in &rules.workflows {
        let states = workflow.states.iter();
        let mut earlier = Earlier::of("state", workflow, findings);
        earlier.check(states.map(|state| (&state.name, &state.former)));
        let marks = workflow.marks.iter();
        let mut earlier = Earlier::of("mark", workflow, findings);
        earlier.check(marks.map(|mark| (&mark.name, &mark.former)));
        for state in workflow.states.iter().filter(|state| state.passing) {
            to_passing(state, findings);
        }
    }
}

/// Looks at the earlier names of the things of one kind.
struct Earlier<'f> {
    kind: &'static str,
    workflow: &'f Workflow,
    findings: &'f mut Vec<Finding>,
}

impl<'f> Earlier<'f> {
    fn of(kind: &'static str, workflow: &'f Workflow, findings: &'f mut Vec<Finding>) -> Self {
        Self {
            kind,
            workflow,
            findings,
        }
    }

    fn check<'n, Name: Display + PartialEq + 'n>(
        &mut self,
        named: impl Iterator<Item = (&'n Name, &'n Vec<(Name, Origin)>)> + Clone,
    ) {
        let mut claimed: Vec<(&Name, &Name)> = Vec::new();
        let today = named.clone();
        for (name, former) in named {
            for (earlier, origin) in former {
                let mut today = today.clone();
                if today.any(|(present, _)| present == earlier) {
                    self.is_present(&earlier.to_string(), *origin);
                } else if let Some((_, before)) =
                    claimed.iter().find(|(known, _)| *known == earlier)
                {
                    self.is_claimed(&earlier.to_string(), &before.to_string(), *origin);
                } else {
                    claimed.push((earlier, name));
                }
            }
        }
    }

    fn is_present(&mut self, earlier: &str, origin: Origin) {
        let (kind, workflow) = (self.kind, &self.workflow.name);
        let message = format!("`{earlier}` is still a {kind} of `{workflow}`");
        self.findings.push(
            Finding::new(codes::RENAMED_PRESENT, origin, message)
                .label("not an earlier name")
                .help("a document with it stands where it stood: there is nothing to carry over"),
        );
    }

    fn is_claimed(&mut self, earlier: &str, before: &str, origin: Origin) {
        let message = format!("`{earlier}` is mapped to `{before}` already");
        let help = format!("a document can be carried to one {} only", self.kind);
        self.findings.push(
            Finding::new(codes::RENAMED_TWICE, origin, message)
                .label("mapped before")
                .help(help),
        );
    }
}

fn to_passing(state: &State, findings: &mut Vec<Finding>) {
    for (earlier, origin) in &state.former {
        let message = format!(
            "`{}` is passing, and `{earlier}` would be carried to it",
            state.name
        );
        findings.push(
            Finding::new(codes::NEVER_AT_REST, *origin, message).label("no document rests here"),
        );
    }
}
