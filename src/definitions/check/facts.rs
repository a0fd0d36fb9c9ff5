//! What an event records is known where it is logged.

use super::place;
use super::walk::{self, Doer};
use crate::definitions::codes;
use crate::definitions::report::{Finding, did_you_mean};
use crate::definitions::rulebook::Rulebook;
use crate::definitions::vocabulary::{Effect, FACTS, Fact, Line, word_of};
use crate::definitions::workflow::{Action, Arm, State, Subject, Workflow};
use crate::model::ArgumentName;

/// Looks at every way through every workflow.
pub(super) fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    let before = findings.len();
    for workflow in &rules.workflows {
        for entry in &workflow.entries {
            let reached = workflow.state(&entry.to).into_iter().collect();
            let way = Way {
                doer: Doer::Entry(entry),
                lines: entry.effects.iter().collect(),
                reached,
            };
            way.check(rules, workflow, findings);
        }
        for (doer, body) in walk::bodies(workflow) {
            for arm in &body.arms {
                way_of(workflow, doer, Some(body), arm).check(rules, workflow, findings);
            }
        }
        for arm in &workflow.automatic {
            way_of(workflow, Doer::Automatic, None, arm).check(rules, workflow, findings);
        }
    }
    // The same line stands on the way of every arm.
    let mut seen: Vec<Finding> = Vec::new();
    for finding in findings.split_off(before) {
        if !seen.contains(&finding) {
            seen.push(finding);
        }
    }
    findings.extend(seen);
}

fn way_of<'w>(
    workflow: &'w Workflow,
    doer: Doer<'w>,
    body: Option<&'w Action>,
    arm: &'w Arm,
) -> Way<'w> {
    let before = body.into_iter().flat_map(|body| &body.before);
    let after = body.into_iter().flat_map(|body| &body.after);
    let reached = walk::begins(workflow, arm).filter_map(|from| walk::reached(workflow, arm, from));
    Way {
        doer,
        lines: before.chain(&arm.effects).chain(after).collect(),
        reached: reached.collect(),
    }
}

/// Everything done on one way, in order, and where it leads.
struct Way<'w> {
    doer: Doer<'w>,
    lines: Vec<&'w Line>,
    reached: Vec<&'w State>,
}

impl Way<'_> {
    fn check(&self, rules: &Rulebook, workflow: &Workflow, findings: &mut Vec<Finding>) {
        for (index, line) in self.lines.iter().enumerate() {
            let Effect::Log(name, _) = &line.effect else {
                continue;
            };
            let Some(event) = workflow.event(name) else {
                continue;
            };
            for (_, fact) in &event.records {
                if let Some((word, help)) = self.lack(workflow, index, fact) {
                    findings.push(
                        Finding::new(
                            codes::UNKNOWN_FACT,
                            place::of_word(rules, line.origin, name.as_str()),
                            format!(
                                "`{name}` records `{word}`, which cannot be known in {}",
                                self.doer
                            ),
                        )
                        .label("not known here")
                        .help(help),
                    );
                }
            }
        }
    }

    /// Returns the word of a fact that is not known when a line is reached, and what to do.
    fn lack(&self, workflow: &Workflow, index: usize, fact: &Fact) -> Option<(String, String)> {
        let done = |wanted: fn(&Effect) -> bool| {
            self.lines
                .iter()
                .take(index)
                .any(|line| wanted(&line.effect))
        };
        let help = match fact {
            Fact::OfCode(_) if workflow.subject == Subject::Code => return None,
            Fact::OfCode(_) => "only a workflow with `subject code` is about code",
            Fact::Title | Fact::DocId | Fact::FromVersion | Fact::ToStatus => return None,
            Fact::FromStatus => match self.doer {
                Doer::Entry(_) => "what is born comes from nowhere",
                Doer::Action(_) | Doer::Reaction(_) | Doer::Automatic | Doer::Invariant(_) => {
                    return None;
                }
            },
            Fact::Outcome if done(|effect| *effect == Effect::RecordOutcome) => return None,
            Fact::Outcome => "write `record outcome` before it",
            Fact::Assignees if done(|effect| matches!(effect, Effect::AskNamed(_))) => return None,
            Fact::Assignees => "write `ask named` before it",
            Fact::Fixes if done(|effect| matches!(effect, Effect::Repair(_))) => return None,
            Fact::Fixes => "write `repair` before it",
            Fact::TrailDigest if self.lines.iter().any(|line| line.effect == Effect::Erase) => {
                return None;
            }
            Fact::TrailDigest => "only where `erase` follows a trail ends",
            Fact::Stage => return self.lacks_stage(),
            Fact::Argument(name) => return self.lacks_argument(name.as_str()),
        };
        Some((word_of(fact).to_owned(), help.to_owned()))
    }

    fn lacks_stage(&self) -> Option<(String, String)> {
        let silent = self.reached.iter().find(|state| state.awaits.is_none())?;
        Some((
            word_of(&Fact::Stage).to_owned(),
            format!("`{}` awaits nothing, and so has no stage", silent.name),
        ))
    }

    fn lacks_argument(&self, name: &str) -> Option<(String, String)> {
        let help = match self.doer {
            Doer::Action(action) if action.demands().any(|given| *given == name) => return None,
            Doer::Action(action) => {
                let given = action.demands().map(ArgumentName::as_str);
                let facts = FACTS.iter().map(|(word, _, _)| *word);
                did_you_mean(name, given.chain(facts))
                    .unwrap_or_else(|| format!("write `require given {name}` in `{}`", action.name))
            }
            Doer::Entry(_) | Doer::Reaction(_) | Doer::Automatic | Doer::Invariant(_) => {
                let facts = FACTS.iter().map(|(word, _, _)| *word);
                did_you_mean(name, facts)
                    .unwrap_or_else(|| "only an action is given anything".to_owned())
            }
        };
        Some((name.to_owned(), help))
    }
}
