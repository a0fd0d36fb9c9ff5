//! No rulebook is larger than what can be overseen, and looked through in no time.

use crate::definitions::codes;
use crate::definitions::report::Finding;
use crate::definitions::rulebook::Rulebook;
use crate::definitions::source::Origin;
use crate::definitions::workflow::{Action, Workflow};

/// As many workflows and types there may be.
const THINGS: usize = 500;

/// As many states, phases, outcomes, marks, flaws and invariants a workflow may have, and groups there may be.
const STATES: usize = 200;

/// As many events and arms a workflow may have, and permits there may be.
const LINES: usize = 1000;

/// As many lines an action may have, arms and conditions counted, and a type about its parents.
const OF_ACTION: usize = 200;

/// Looks at the whole, and at every part of it.
pub(super) fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    let mut size = Size { findings };
    size.most(rules.workflows.len(), THINGS, "workflows", Origin::NOWHERE);
    size.most(
        rules.doctypes.len(),
        THINGS,
        "document types",
        Origin::NOWHERE,
    );
    size.most(rules.groups.len(), STATES, "groups", Origin::NOWHERE);
    size.most(rules.permits.len(), LINES, "permits", Origin::NOWHERE);
    for workflow in &rules.workflows {
        size.of_workflow(workflow);
    }
    for doctype in &rules.doctypes {
        let children = doctype.child_of.iter();
        let parents: usize = children.map(|child_of| child_of.parents.len()).sum();
        let lines = doctype.legacies.len() + doctype.reactions.len() + doctype.blocks.len();
        size.most(lines + parents, OF_ACTION, "lines", doctype.origin);
    }
}

struct Size<'f> {
    findings: &'f mut Vec<Finding>,
}

impl Size<'_> {
    fn most(&mut self, count: usize, most: usize, what: &str, origin: Origin) {
        if count > most {
            let message = format!("there are {count} {what}, and {most} at most can be overseen");
            self.findings
                .push(Finding::new(codes::TOO_MANY, origin, message).label("too many here"));
        }
    }

    fn of_workflow(&mut self, workflow: &Workflow) {
        let near = workflow.origin;
        self.most(workflow.states.len(), STATES, "states", near);
        self.most(workflow.phases.len(), STATES, "phases", near);
        self.most(workflow.outcomes.len(), STATES, "outcomes", near);
        self.most(workflow.marks.len(), STATES, "marks", near);
        self.most(workflow.events.len(), LINES, "events", near);
        self.most(workflow.flaws.len(), STATES, "flaws", near);
        self.most(workflow.invariants.len(), STATES, "invariants", near);
        let reactions = workflow.reactions.iter().map(|reaction| &reaction.body);
        let bodies: Vec<&Action> = workflow.actions.iter().chain(reactions).collect();
        let arms: usize = bodies.iter().map(|body| body.arms.len()).sum();
        self.most(arms + workflow.automatic.len(), LINES, "arms", near);
        for body in bodies {
            let arms = body.arms.iter().map(|arm| &arm.conditions);
            let firsts = body.firsts.iter().map(|first| &first.conditions);
            let conditions: usize = arms.chain(firsts).map(Vec::len).sum();
            let lines = body.lines().count() + body.arms.len() + body.firsts.len();
            let lines = lines + body.requires.len() + conditions;
            self.most(lines, OF_ACTION, "lines", body.origin);
        }
        let lines: usize = workflow
            .entries
            .iter()
            .map(|entry| entry.effects.len())
            .sum();
        let automatic = workflow.automatic.iter();
        let lines: usize = lines
            + automatic
                .map(|arm| arm.effects.len() + arm.conditions.len() + 1)
                .sum::<usize>();
        self.most(lines, OF_ACTION, "lines of entries and `automatic`", near);
    }
}
