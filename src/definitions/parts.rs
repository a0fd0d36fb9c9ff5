//! The parts of a workflow that lie in several places of it, gathered.

use super::vocabulary::{Condition, Effect, Guard, Line};
use super::workflow::{Action, Arm, Workflow};
use crate::model::{EventName, Group, Status};

/// One way that something is done, with everything done on it.
#[derive(Clone, Debug)]
pub struct Way<'w> {
    /// Whereto; none means it stays.
    pub to: Option<&'w Status>,
    /// What is done on it, in order.
    pub lines: Vec<&'w Line>,
}

impl Way<'_> {
    /// Tells whether a text is written on it.
    #[must_use]
    pub fn writes(&self) -> bool {
        self.lines.iter().any(|line| line.effect.writes())
    }
}

impl Workflow {
    /// Returns everything that is done as a whole: each action, and what each reaction does.
    pub fn bodies(&self) -> impl Iterator<Item = &Action> {
        let reactions = self.reactions.iter().map(|reaction| &reaction.body);
        self.actions.iter().chain(reactions)
    }

    /// Returns every arm: of actions, of reactions, and those taken by themselves.
    pub fn arms(&self) -> impl Iterator<Item = &Arm> {
        let bound = self.bodies().flat_map(|body| &body.arms);
        bound.chain(&self.automatic)
    }

    /// Returns every condition, those of invariants too.
    pub fn conditions(&self) -> impl Iterator<Item = &Condition> {
        let firsts = self.bodies().flat_map(|body| &body.firsts);
        let required = self.bodies().flat_map(|body| &body.requires);
        required
            .chain(firsts.flat_map(|first| &first.conditions))
            .chain(self.arms().flat_map(|arm| &arm.conditions))
            .chain(
                self.invariants
                    .iter()
                    .flat_map(|invariant| &invariant.holds),
            )
    }

    /// Returns every line that may be done, those of births too.
    pub fn lines(&self) -> impl Iterator<Item = &Line> {
        let alone = self.automatic.iter().flat_map(|arm| &arm.effects);
        let births = self.entries.iter().flat_map(|entry| &entry.effects);
        self.bodies()
            .flat_map(Action::lines)
            .chain(alone)
            .chain(births)
    }

    /// Changes every condition and every line.
    pub fn rewrite(
        &mut self,
        mut condition: impl FnMut(&mut Condition),
        mut line: impl FnMut(&mut Line),
    ) {
        let reactions = self.reactions.iter_mut().map(|reaction| &mut reaction.body);
        for body in self.actions.iter_mut().chain(reactions) {
            let firsts = body.firsts.iter_mut();
            let firsts = firsts.flat_map(|first| &mut first.conditions);
            firsts.chain(&mut body.requires).for_each(&mut condition);
            let lines = body.before.iter_mut().chain(&mut body.after);
            lines.for_each(&mut line);
            for arm in &mut body.arms {
                arm.conditions.iter_mut().for_each(&mut condition);
                arm.effects.iter_mut().for_each(&mut line);
            }
        }
        for arm in &mut self.automatic {
            arm.conditions.iter_mut().for_each(&mut condition);
            arm.effects.iter_mut().for_each(&mut line);
        }
        let births = self.entries.iter_mut();
        births
            .flat_map(|entry| &mut entry.effects)
            .for_each(&mut line);
        let sentences = self.invariants.iter_mut();
        sentences
            .flat_map(|invariant| &mut invariant.holds)
            .for_each(&mut condition);
    }

    /// Returns an action, and those done before it, each once.
    #[must_use]
    pub fn with_firsts<'w>(&'w self, action: &'w Action) -> Vec<&'w Action> {
        let mut done = vec![action];
        let mut next = 0;
        while let Some(action) = done.get(next) {
            for first in &action.firsts {
                let inner = self.action(&first.action);
                done.extend(inner.filter(|inner| !done.contains(inner)));
            }
            next += 1;
        }
        done
    }

    /// Returns every way that something is done, with all that is done on it: the arms of actions and reactions,
    /// those taken by themselves, and the births.
    pub fn ways(&self) -> impl Iterator<Item = Way<'_>> {
        let bound = self.bodies().flat_map(|body| {
            let arms = body.arms.iter();
            arms.map(|arm| Way {
                to: arm.to.as_ref(),
                lines: body.lines_of(arm).collect(),
            })
        });
        let alone = self.automatic.iter().map(|arm| Way {
            to: arm.to.as_ref(),
            lines: arm.effects.iter().collect(),
        });
        let births = self.entries.iter().map(|entry| Way {
            to: Some(&entry.to),
            lines: entry.effects.iter().collect(),
        });
        bound.chain(alone).chain(births)
    }

    /// Notes which events say that a text was written: those that nothing logs without writing one.
    pub(super) fn note_writing(&mut self) {
        let ways = self.ways().flat_map(|way| {
            let writes = way.writes();
            let events = way.lines.into_iter().filter_map(|line| line.effect.logs());
            events.map(move |event| (writes, event.clone()))
        });
        let logged: Vec<(bool, EventName)> = ways.collect();
        for rule in &mut self.events {
            let mut by = logged
                .iter()
                .filter(|(_, event)| *event == rule.name)
                .peekable();
            rule.writes = by.peek().is_some() && by.all(|(writes, _)| *writes);
        }
    }

    /// Tells whether anything is asked about who wrote a text, or what an answer was about.
    #[must_use]
    pub fn asks_authorship(&self) -> bool {
        let mut guards = self.conditions().map(|condition| &condition.guard);
        guards.any(|guard| matches!(guard, Guard::Author | Guard::OutcomesCurrent))
    }

    /// Returns the groups that are asked where nobody is named.
    pub fn groups_asked(&self) -> impl Iterator<Item = &Group> {
        self.lines().filter_map(|line| {
            let Effect::AskNamed(group) = &line.effect else {
                return None;
            };
            group.as_ref()
        })
    }
}
