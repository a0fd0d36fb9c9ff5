//! Nothing is declared twice.

use std::collections::BTreeMap;

use super::{place, walk};
use crate::definitions::codes;
use crate::definitions::doctype::Doctype;
use crate::definitions::report::Finding;
use crate::definitions::rulebook::Rulebook;
use crate::definitions::source::Origin;
use crate::definitions::workflow::Workflow;

/// Looks at all declarations.
pub(super) fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    let mut twice = Twice { rules, findings };
    twice.among("workflow", &rules.workflows, |rule| {
        (rule.name.to_string(), rule.origin)
    });
    twice.among("doctype", &rules.doctypes, |rule| {
        (rule.name.to_string(), rule.origin)
    });
    twice.among("group", &rules.groups, |rule| {
        (rule.name.to_string(), rule.origin)
    });
    twice.among("permit", &rules.permits, |rule| {
        (rule.action.to_string(), rule.origin)
    });
    let members: Vec<_> = rules.groups.iter().flat_map(|rule| &rule.members).collect();
    twice.among("user", &members, |(name, origin)| {
        (name.to_string(), *origin)
    });

    for workflow in &rules.workflows {
        twice.in_workflow(workflow);
    }
    for doctype in &rules.doctypes {
        twice.in_doctype(doctype);
    }
}

struct Twice<'r> {
    rules: &'r Rulebook,
    findings: &'r mut Vec<Finding>,
}

impl Twice<'_> {
    fn among<T>(&mut self, what: &str, rules: &[T], name: impl Fn(&T) -> (String, Origin)) {
        let mut seen: BTreeMap<String, Origin> = BTreeMap::new();
        for (name, origin) in rules.iter().map(name) {
            let Some(before) = seen.get(&name) else {
                seen.insert(name, origin);
                continue;
            };
            let place = place::of_word(
                self.rules,
                origin,
                name.split(' ').next().unwrap_or_default(),
            );
            self.findings.push(
                Finding::new(
                    codes::DECLARED_TWICE,
                    place,
                    format!("{what} `{name}` is declared twice"),
                )
                .label("declared before")
                .help(format!(
                    "the first is at {}",
                    self.rules.sources.place(*before)
                )),
            );
        }
    }

    fn in_workflow(&mut self, workflow: &Workflow) {
        self.among("state", &workflow.states, |rule| {
            (rule.name.to_string(), rule.origin)
        });
        self.among("phase", &workflow.phases, |rule| {
            (rule.name.to_string(), rule.origin)
        });
        self.among("outcome", &workflow.outcomes, |rule| {
            (rule.name.to_string(), rule.origin)
        });
        self.among("mark", &workflow.marks, |rule| {
            (rule.name.to_string(), rule.origin)
        });
        self.among("event", &workflow.events, |rule| {
            (rule.name.to_string(), rule.origin)
        });
        self.among("entry", &workflow.entries, |rule| {
            (rule.name.to_string(), rule.origin)
        });
        self.among("action", &workflow.actions, |rule| {
            (rule.name.to_string(), rule.origin)
        });
        self.among("reaction", &workflow.reactions, |rule| {
            (rule.name.to_string(), rule.body.origin)
        });
        self.among("the stored word", &workflow.outcomes, |rule| {
            (rule.stored_as.to_string(), rule.origin)
        });
        self.in_phases(workflow);
        self.in_arms(workflow);
    }

    fn in_doctype(&mut self, doctype: &Doctype) {
        self.among("`when-parent`", &doctype.reactions, |rule| {
            (rule.verb.to_string(), rule.origin)
        });
        self.among("`blocks-parent`", &doctype.blocks, |rule| {
            (rule.verb.to_string(), rule.origin)
        });
        let child_of = doctype.child_of.iter();
        let parents: Vec<_> = child_of.flat_map(|child_of| &child_of.parents).collect();
        self.among("parent", &parents, |(name, origin)| {
            (name.to_string(), *origin)
        });
    }

    fn in_phases(&mut self, workflow: &Workflow) {
        let phases = workflow.phases.iter();
        let presumed =
            phases.flat_map(|rule| rule.presumed_in.iter().map(move |status| (rule, status)));
        let mut seen = Vec::new();
        for (rule, status) in presumed {
            if seen.contains(&status) {
                let place =
                    place::of_child(self.rules, rule.origin, "presumed-in", status.as_str());
                self.findings.push(
                    Finding::new(
                        codes::PRESUMED_TWICE,
                        place,
                        format!("two phases are presumed in `{status}`"),
                    )
                    .label("presumed before"),
                );
            }
            seen.push(status);
        }
    }

    fn in_arms(&mut self, workflow: &Workflow) {
        for (doer, arm) in walk::arms(workflow) {
            let mut seen = Vec::new();
            for status in arm.from.iter().flatten() {
                if seen.contains(&status) {
                    let place = place::of_last_word(self.rules, arm.origin, status.as_str());
                    self.findings.push(
                        Finding::new(
                            codes::SAID_TWICE,
                            place,
                            format!("{doer} names `{status}` twice in one `from`"),
                        )
                        .label("said before"),
                    );
                }
                seen.push(status);
            }
        }
    }
}
