//! The parts of a workflow that lie in several places of it, gathered.

use super::vocabulary::{Condition, Effect, Line};
use super::workflow::{Action, Arm, Workflow};
use crate::model::{EventName, Group};

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

    /// Notes which events say that a text was written: those that nothing logs without writing one.
    pub(super) fn note_writing(&mut self) {
        let mut logged: Vec<(bool, EventName)> = Vec::new();
        let mut look = |lines: &mut dyn Iterator<Item = &Line>| {
            let lines: Vec<_> = lines.collect();
            let writes = lines.iter().any(|line| line.effect.writes());
            let events = lines.iter().filter_map(|line| line.effect.logs());
            logged.extend(events.map(|event| (writes, event.clone())));
        };
        for body in self.bodies() {
            look(&mut body.lines());
        }
        for arm in &self.automatic {
            look(&mut arm.effects.iter());
        }
        for entry in &self.entries {
            look(&mut entry.effects.iter());
        }
        for rule in &mut self.events {
            let mut by = logged
                .iter()
                .filter(|(_, event)| *event == rule.name)
                .peekable();
            rule.writes = by.peek().is_some() && by.all(|(writes, _)| *writes);
        }
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
