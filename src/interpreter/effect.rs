//! What each line does to the situation, and which steps it needs.

use serde_json::{Map, Value};

use super::authorize::may_be_asked;
use super::mending::{self, FlawRule};
use super::plan::Step;
use super::refusal::{Reason, Refusal};
use super::situation::Situation;
use crate::definitions::vocabulary::{Effect, Fact, Line, Part, Whom};
use crate::definitions::workflow::{EventRule, FlawShape, Remedy};
use crate::model::{
    Answer, Argument, ArgumentName, Code, Event, EventName, Group, Outcome, Place, UserName,
};

impl Situation<'_> {
    /// Does lines in order.
    ///
    /// # Errors
    /// Nobody is there to be asked, or an event is not declared.
    pub fn enact(&mut self, lines: &[Line]) -> Result<(), Refusal> {
        for line in lines {
            self.enact_one(line)?;
        }
        Ok(())
    }

    fn enact_one(&mut self, line: &Line) -> Result<(), Refusal> {
        match &line.effect {
            Effect::Copy(from, to) => self.copy(*from, *to),
            Effect::Move(from, to) => {
                self.copy(*from, *to);
                self.remove(*from);
            }
            Effect::Remove(place) => self.remove(*place),
            Effect::Archive(place) => self.archive(*place),
            Effect::Bump(part) => self.bump(*part),
            Effect::SetOwner => self.now.document.owner = Some(self.actor().name.clone()),
            Effect::SetPhase(phase) => self.now.document.phase = Some(phase.clone()),
            Effect::SetMark(mark) => self.now.document.set_mark(mark, true),
            Effect::SetEffectiveVersion => {
                self.now.document.effective_version = Some(self.now.document.version);
            }
            Effect::ClearOwner => self.now.document.owner = None,
            Effect::ClearMark(mark) => self.now.document.set_mark(mark, false),
            Effect::ClearOutcomes => self.now.document.clear_outcomes(),
            Effect::AskNamed(otherwise) => return self.ask(line, otherwise.as_ref()),
            Effect::Dismiss(whom) => self.dismiss(*whom),
            Effect::RecordOutcome => self.record_outcome(),
            Effect::Log(event, words) => return self.log(line, event, words),
            Effect::Repair(place) => self.repair(*place),
            Effect::Tell(sentence) => self.told.push(sentence.clone()),
            Effect::Erase => {
                self.steps.push(Step::Erase);
                self.erased = true;
            }
        }
        Ok(())
    }

    fn copy(&mut self, from: Place, to: Place) {
        let version = match from {
            Place::Template => Some(self.now.document.version),
            Place::Workspace | Place::Draft | Place::Issued => self.now.holdings.at(from),
        };
        let Some(version) = version else { return };
        self.now.holdings.put(to, Some(version));
        if to == Place::Workspace {
            self.now.document.checked_out = Some(Some(self.request.at.date()));
            self.now.copy_lost = false;
        }
        self.steps.push(Step::Place(from, to));
    }

    fn remove(&mut self, place: Place) {
        if self.now.holdings.at(place).is_none() {
            return;
        }
        self.now.holdings.put(place, None);
        if place == Place::Workspace {
            self.now.document.checked_out = None;
        }
        self.steps.push(Step::Take(place));
    }

    /// Keeps what lies at a place, once nobody is writing on its version any more (REQ-WF-021, D-42).
    fn archive(&mut self, place: Place) {
        let Some(version) = self.now.holdings.at(place) else {
            return;
        };
        if self.now.holdings.workspace != Some(version) {
            self.steps.push(Step::Archive(place, version));
        }
    }

    fn bump(&mut self, part: Part) {
        let version = match part {
            Part::Major => self.now.document.version.next_major(),
            Part::Minor => self.now.document.version.next_minor(),
        };
        self.now.document.version = version;
        let written = if self.now.holdings.workspace.is_some() {
            Place::Workspace
        } else {
            Place::Draft
        };
        if self.now.holdings.at(written).is_some() {
            self.now.holdings.put(written, Some(version));
        }
    }

    fn ask(&mut self, line: &Line, otherwise: Option<&Group>) -> Result<(), Refusal> {
        let named = self.request.named();
        let people = if named.is_empty() {
            self.everyone_in(otherwise)
        } else {
            named.to_vec()
        };
        if people.is_empty()
            && let Some(group) = otherwise
        {
            let message = format!("nobody is in {group}, so nobody can be asked");
            return Err(Reason::new(Code::GateBlocked, message)
                .at(line.origin)
                .fact("group", group.as_str())
                .remedy(format!("a user in {group}"))
                .into());
        }
        for name in people {
            self.ask_one(name);
        }
        Ok(())
    }

    fn everyone_in(&self, group: Option<&Group>) -> Vec<UserName> {
        let Some(group) = group else {
            return Vec::new();
        };
        let status = &self.now.document.status;
        self.roster
            .iter()
            .filter(|(_, membership)| {
                self.rules.counts_as(&membership.group, group)
                    && may_be_asked(self.rules, self.workflow, status, &membership.group)
            })
            .map(|(name, _)| name.clone())
            .collect()
    }

    fn ask_one(&mut self, name: UserName) {
        let Some(awaits) = self.state().and_then(|state| state.awaits.as_ref()) else {
            return;
        };
        if self.now.document.pending.contains(&name) {
            return;
        }
        let document = &mut self.now.document;
        document.pending.push(name.clone());
        let from = self.request.actor.name.clone();
        let task = awaits.task(document, from, name.clone());
        self.steps.push(Step::GiveTask(task));
        self.asked.push(name);
    }

    fn dismiss(&mut self, whom: Whom) {
        match whom {
            Whom::Actor => {
                let actor = self.actor().name.clone();
                self.now.document.pending.retain(|name| *name != actor);
                self.steps.push(Step::DropTasks(Some(actor)));
            }
            Whom::Everyone => {
                self.now.document.pending.clear();
                self.steps.push(Step::DropTasks(None));
            }
        }
    }

    /// Keeps the actor's answer; asked in principle, as if they had given the first there is.
    fn record_outcome(&mut self) {
        let Some(word) = self.stored_outcome() else {
            return;
        };
        let actor = self.actor().name.clone();
        if self.now.document.outcomes.is_none() {
            self.now.document.outcomes = Some(self.now.answered_by_trail.clone());
        }
        self.now.document.record_outcome(&actor, word);
    }

    fn stored_outcome(&self) -> Option<Answer> {
        let rules = &self.workflow.outcomes;
        let given: Option<&Outcome> = self.request.outcome();
        let rule = match given {
            Some(outcome) => rules.iter().find(|rule| rule.name == *outcome),
            None => rules.first().filter(|_| self.request.in_principle),
        };
        rule.map(|rule| rule.stored_as.clone())
    }

    fn log(
        &mut self,
        line: &Line,
        name: &EventName,
        words: &[(String, String)],
    ) -> Result<(), Refusal> {
        let Some(rule) = self.workflow.event(name) else {
            let message = format!("`{name}` is not an event of `{}`", self.workflow.name);
            return Err(Reason::new(Code::DefinitionsInvalid, message)
                .at(line.origin)
                .into());
        };
        let facts = if self.watch.only_notes() {
            Map::new()
        } else {
            self.facts_of(rule, words)
        };
        let user = self.request.actor.name.as_str();
        let version = self.now.document.version;
        self.now
            .authorship
            .note(self.workflow, name.as_str(), user, version);
        self.steps.push(Step::Append(Event {
            name: name.clone(),
            user: self.actor().name.clone(),
            version: self.now.document.version,
            facts,
            ledger: rule.ledger.clone(),
        }));
        Ok(())
    }

    /// Returns what an event records, and the words that its line adds.
    fn facts_of(&self, rule: &EventRule, words: &[(String, String)]) -> Map<String, Value> {
        let recorded = rule.records.iter();
        let recorded = recorded.filter_map(|(key, fact)| Some((key.clone(), self.fact(fact)?)));
        let added = words.iter();
        let added = added.map(|(key, word)| (key.clone(), word.as_str().into()));
        recorded.chain(added).collect()
    }

    /// Returns a fact, or nothing where it has nothing to say.
    fn fact(&self, fact: &Fact) -> Option<Value> {
        let names = |people: &[UserName]| people.iter().map(UserName::as_str).collect::<Value>();
        match fact {
            Fact::Title => Some(self.now.title.as_str().into()),
            Fact::Assignees => (!self.asked.is_empty()).then(|| names(&self.asked)),
            Fact::Outcome => self.stored_outcome().map(|word| word.as_str().into()),
            Fact::Stage => {
                let awaits = self.state()?.awaits.as_ref()?;
                Some(awaits.stage.as_str().into())
            }
            Fact::Fixes => (!self.fixes.is_empty()).then(|| self.fixes.clone().into()),
            Fact::DocId => Some(self.now.document.id.as_str().into()),
            Fact::TrailDigest => self.now.trail_digest.as_deref().map(Value::from),
            Fact::FromStatus => self.movement.as_ref().map(|(from, _)| from.as_str().into()),
            Fact::ToStatus => match &self.movement {
                Some((_, to)) => Some(to.as_str().into()),
                // What is born comes from nowhere, and leads somewhere all the same.
                None => self
                    .before
                    .is_none()
                    .then(|| self.now.document.status.as_str().into()),
            },
            Fact::FromVersion => (self.version_before != self.now.document.version)
                .then(|| self.version_before.to_string().into()),
            Fact::OfCode(fact) => self.now.code.facts.get(fact).cloned(),
            Fact::Argument(name) => self.argument_fact(name),
        }
    }

    fn argument_fact(&self, name: &ArgumentName) -> Option<Value> {
        match self.request.arguments.get(name)? {
            Argument::Text(text) => Some(text.as_str().into()),
            Argument::Outcome(outcome) => Some(outcome.as_str().into()),
            Argument::Flag => Some(true.into()),
            Argument::People(people) => Some(people.iter().map(UserName::as_str).collect()),
        }
    }

    fn repair(&mut self, place: Place) {
        let Some(text) = self.now.texts.get(&place) else {
            return;
        };
        let mended = mending::mend(text, &self.flaw_rules());
        if mended.fixes.is_empty() {
            return;
        }
        self.fixes.extend(mended.fixes);
        self.now.texts.insert(place, mended.text.clone());
        self.steps.push(Step::Rewrite(place, mended.text));
    }

    /// Returns what the workflow takes for a flaw, with what is right for this document. A flaw whose
    /// remedy is not known is none.
    pub(super) fn flaw_rules(&self) -> Vec<FlawRule> {
        let standing = &self.now;
        let right = |remedy: Remedy| match remedy {
            Remedy::EffectiveVersion => {
                let version = standing.document.effective_version;
                version.map(|version| version.to_string())
            }
            Remedy::EffectiveDate => standing.effective_date.clone(),
        };
        self.workflow
            .flaws
            .iter()
            .filter_map(|flaw| match &flaw.shape {
                FlawShape::Line(begins, remedy) => Some(FlawRule::Line {
                    begins: begins.clone(),
                    should_be: right(*remedy)?,
                }),
                FlawShape::FrontmatterKey(key) => {
                    Some(FlawRule::FrontmatterKey { key: key.clone() })
                }
            })
            .collect()
    }
}
