//! How things stand while an action is being thought through, line by line.

use std::collections::BTreeMap;

use super::plan::{Change, Plan, Step, Taken};
use super::refusal::{Reason, Refusal};
use super::snapshot::{Snapshot, Standing};
use super::uphold::Watch;
use crate::definitions::permission::Permit;
use crate::definitions::vocabulary::{Condition, Guard};
use crate::definitions::workflow::{Action, Arm, First, State, Subject};
use crate::definitions::{Doctype, Rulebook, Workflow};
use crate::model::{
    ActionName, Argument, ArgumentName, Code, Request, Roster, Status, User, UserName, Version,
};

/// A document in thought, and everything the thinking needs.
#[derive(Clone, Debug)]
pub struct Situation<'a> {
    /// The rules.
    pub rules: &'a Rulebook,
    /// The document's type.
    pub doctype: &'a Doctype,
    /// Its life.
    pub workflow: &'a Workflow,
    /// What is asked.
    pub request: &'a Request,
    /// Who there is.
    pub roster: &'a Roster,
    /// Its children.
    pub children: &'a [super::Child],
    /// How it stands by now.
    pub now: Standing,
    /// How it stood.
    pub before: Option<&'a Standing>,
    /// The version before the action.
    pub version_before: Version,
    /// The move being made.
    pub movement: Option<(Status, Status)>,
    /// Those newly asked.
    pub asked: Vec<UserName>,
    /// What was mended.
    pub fixes: Vec<String>,
    /// What is to be written.
    pub steps: Vec<Step>,
    /// The ways gone so far.
    pub taken: Vec<Taken>,
    /// Sentences for the person.
    pub told: Vec<String>,
    /// The status before an action that was done first.
    pub first_left: Option<Status>,
    /// Whether the document is gone.
    pub erased: bool,
    /// What is done about invariants.
    pub watch: Watch<'a>,
}

impl<'a> Situation<'a> {
    /// Returns the situation in which something is asked.
    ///
    /// # Errors
    /// The document's type is none of the rulebook's.
    pub fn of(
        rules: &'a Rulebook,
        seen: &'a Snapshot,
        request: &'a Request,
    ) -> Result<Self, Refusal> {
        let standing = &seen.target;
        Self::around(rules, standing, &seen.children, &seen.roster, request)
    }

    /// Returns the situation around one document.
    ///
    /// # Errors
    /// The document's type is none of the rulebook's.
    pub fn around(
        rules: &'a Rulebook,
        standing: &'a Standing,
        children: &'a [super::Child],
        roster: &'a Roster,
        request: &'a Request,
    ) -> Result<Self, Refusal> {
        let doctype = rules.doctype(&standing.doctype);
        let life = doctype.and_then(|doctype| Some((doctype, rules.life_of(doctype)?)));
        let Some((doctype, workflow)) = life else {
            let message = format!("`{}` is no document type", standing.doctype);
            return Err(Reason::new(Code::UnknownType, message).into());
        };
        Ok(Self {
            rules,
            doctype,
            workflow,
            request,
            roster,
            children,
            now: standing.clone(),
            before: Some(standing),
            version_before: standing.document.version,
            movement: None,
            asked: Vec::new(),
            fixes: Vec::new(),
            steps: Vec::new(),
            taken: Vec::new(),
            told: Vec::new(),
            first_left: None,
            erased: false,
            watch: Watch::Upheld,
        })
    }

    /// Returns who acts.
    #[must_use]
    pub fn actor(&self) -> &User {
        &self.request.actor
    }

    /// Returns the state the document is in by now.
    #[must_use]
    pub fn state(&self) -> Option<&'a State> {
        self.workflow.state(&self.now.document.status)
    }

    /// Checks that everything the document's own workflow demands was given, and well.
    ///
    /// # Errors
    /// `usage` for what is absent, `invalid_argument` for what is blank or not among the choices.
    pub fn check_arguments(&self) -> Result<(), Refusal> {
        let action = self.workflow.action(&self.request.action);
        if let Some(action) = action.filter(|_| !self.request.in_principle) {
            check_arguments(action.demands(), &action.name, &self.request.arguments)?;
        }
        let Some(outcome) = self.request.outcome() else {
            return Ok(());
        };
        let known = &self.workflow.outcomes;
        if known.iter().any(|rule| rule.name == *outcome) {
            return Ok(());
        }
        let words: Vec<_> = known.iter().map(|rule| rule.name.as_str()).collect();
        let message = format!(
            "`{outcome}` is not an outcome here; there are: {}",
            words.join(", ")
        );
        Err(Reason::new(Code::InvalidArgument, message).into())
    }

    /// Does an action in thought, in the order of R-03.
    ///
    /// # Errors
    /// The first check that fails, with all its reasons.
    pub fn perform(&mut self, name: &ActionName) -> Result<(), Refusal> {
        let (action, permit) = self.authorize(name)?;
        let firsts = self.firsts_of(action);
        if firsts.is_empty() {
            self.check_copy(permit, action)?;
        }
        for first in &firsts {
            self.first_left = Some(self.now.document.status.clone());
            self.perform(&first.action)?;
            self.enact(&first.tells)?;
        }
        if !firsts.is_empty() {
            self.check_copy(permit, action)?;
        }
        let arm = self.select(action)?;
        self.check_people(arm, action)?;
        self.check_requires(action)?;
        self.uphold_doing(&name.verb)?;
        self.go(arm, &action.before, &action.after)
    }

    /// Takes automatic arms until none fits.
    ///
    /// # Errors
    /// An invariant would break, or the arms never come to rest.
    pub fn follow(&mut self) -> Result<(), Refusal> {
        if self.erased {
            return Ok(());
        }
        // INVARIANT: checked rules have no cycle of automatic arms; the bound is for unchecked ones.
        for _ in 0..=self.workflow.states.len() {
            let status = &self.now.document.status;
            let fitting = self.workflow.automatic.iter().find(|arm| {
                arm.begins_in(status, self.workflow) && self.holds_all(&arm.conditions)
            });
            let Some(arm) = fitting else { return Ok(()) };
            self.go(arm, &[], &[])?;
        }
        let message = format!(
            "the automatic arms of `{}` never come to rest",
            self.workflow.name
        );
        Err(Reason::new(Code::DefinitionsInvalid, message).into())
    }

    /// Goes an arm's way: the lines before it, the move, its own lines, the lines after it.
    ///
    /// # Errors
    /// A line cannot be done, or an invariant would break.
    pub fn go(
        &mut self,
        arm: &'a Arm,
        before: &'a [crate::definitions::vocabulary::Line],
        after: &'a [crate::definitions::vocabulary::Line],
    ) -> Result<(), Refusal> {
        let from = self.now.document.status.clone();
        let to = arm.to.clone().unwrap_or_else(|| from.clone());
        self.taken.push(Taken {
            rule: arm.origin,
            from: Some(from.clone()),
        });
        self.movement = Some((from, to.clone()));
        self.enact(before)?;
        self.now.document.status = to;
        self.enact(&arm.effects)?;
        self.enact(after)?;
        if arm.to.is_some() {
            self.uphold_entering()?;
        }
        Ok(())
    }

    /// Returns the action with what permits it, and checks who may do it: group, that the workflow has it, terminal
    /// state, owner, assignee.
    fn authorize(&self, name: &ActionName) -> Result<(&'a Action, Option<&'a Permit>), Refusal> {
        let permit = self.check_group(name)?;
        let Some(action) = self.workflow.action(name) else {
            let message = format!(
                "`{name}` is not something {} can go through",
                self.doctype.one()
            );
            return Err(Reason::new(Code::InvalidTransition, message)
                .at(self.workflow.origin)
                .fact("workflow", self.workflow.name.as_str())
                .into());
        };
        let document = &self.now.document;
        if self.state().is_some_and(|state| state.terminal) {
            let message = format!("`{}` is {}: its life is over", document.id, document.status);
            return Err(Reason::new(Code::TerminalState, message)
                .at(self
                    .state()
                    .map_or(self.workflow.origin, |state| state.origin))
                .fact("status", document.status.as_str())
                .into());
        }
        self.check_person(permit, name)?;
        Ok((action, permit))
    }

    /// Returns the actions done first that apply.
    fn firsts_of(&self, action: &'a Action) -> Vec<&'a First> {
        let firsts = action.firsts.iter();
        firsts
            .filter(|first| self.holds_all(&first.conditions))
            .collect()
    }

    /// Checks who holds the copy for writing: `only holder`, and every `checked-out` guard.
    fn check_copy(&self, permit: Option<&Permit>, action: &Action) -> Result<(), Refusal> {
        self.check_holder(permit)?;
        let mut reasons = Vec::new();
        for condition in action
            .requires
            .iter()
            .filter(|condition| is_about_copy(condition))
        {
            reasons.extend(self.objection(condition));
            if condition.wanted {
                reasons.extend(self.lost_copy(condition));
            }
        }
        Refusal::from_reasons(reasons).map_or(Ok(()), Err)
    }

    fn lost_copy(&self, condition: &Condition) -> Option<Reason> {
        let document = &self.now.document;
        (self.now.copy_lost && document.checked_out.is_some()).then(|| {
            Reason::new(
                Code::NotCheckedOut,
                format!(
                    "the copy of `{}` was not found in your workspace",
                    document.id
                ),
            )
            .at(condition.origin)
            .remedy(format!(
                "put the text back into the workspace as `{}.md`",
                document.id
            ))
        })
    }

    /// Returns the first arm that fits.
    fn select(&self, action: &'a Action) -> Result<&'a Arm, Refusal> {
        let status = &self.now.document.status;
        let here = action
            .arms
            .iter()
            .filter(|arm| arm.begins_in(status, self.workflow));
        let here: Vec<_> = here.collect();
        if let Some(arm) = here.iter().find(|arm| self.holds_all(&arm.conditions)) {
            return Ok(arm);
        }
        let document = &self.now.document;
        let mut starts: Vec<&str> = Vec::new();
        for status in action.arms.iter().flat_map(|arm| arm.from.iter().flatten()) {
            if !starts.contains(&status.as_str()) {
                starts.push(status.as_str());
            }
        }
        let message = format!(
            "`{}` leads nowhere from {}; it does from {}",
            action.name,
            document.status,
            starts.join(", ")
        );
        let reason = Reason::new(Code::InvalidTransition, message)
            .at(here.first().map_or(action.origin, |arm| arm.origin))
            .fact("status", document.status.as_str())
            .fact("from", starts.clone());
        let conditions = here.iter().flat_map(|arm| &arm.conditions);
        let failing = conditions.filter_map(|condition| self.objection(condition));
        Err(Refusal::because(reason, failing.collect()))
    }

    /// Checks what remains to hold, every one.
    fn check_requires(&self, action: &Action) -> Result<(), Refusal> {
        let remaining = action.requires.iter().filter(|condition| {
            !is_about_copy(condition) && !matches!(condition.guard, Guard::Given(_))
        });
        let reasons = remaining.filter_map(|condition| self.objection(condition));
        Refusal::from_reasons(reasons.collect()).map_or(Ok(()), Err)
    }

    /// Returns what is to be written for this document.
    #[must_use]
    pub fn into_change(mut self) -> Change {
        let changed = self
            .before
            .is_none_or(|before| before.document != self.now.document);
        let has_record = self.workflow.subject == Subject::Document;
        if changed && has_record && !self.erased {
            self.steps.push(Step::PutMeta);
        }
        Change {
            before: self.before.map(|before| before.document.clone()),
            after: self.now,
            steps: self.steps,
            taken: self.taken,
        }
    }

    /// Returns the whole plan.
    #[must_use]
    pub fn into_plan(mut self, reactions: Vec<(Change, Vec<String>)>) -> Plan {
        let mut told = std::mem::take(&mut self.told);
        let first_left = self.first_left.take();
        let asked = std::mem::take(&mut self.asked);
        let mut changes = Vec::new();
        for (change, words) in reactions {
            told.extend(words);
            changes.push(change);
        }
        Plan {
            target: self.into_change(),
            reactions: changes,
            told,
            first_left,
            asked,
        }
    }
}

fn is_about_copy(condition: &Condition) -> bool {
    matches!(condition.guard, Guard::CheckedOut(_))
}

/// Checks that what is demanded was given, and not blank.
///
/// # Errors
/// `usage` for what is absent, `invalid_argument` for what is blank.
pub fn check_arguments<'a>(
    demanded: impl IntoIterator<Item = &'a ArgumentName>,
    action: &ActionName,
    given: &BTreeMap<ArgumentName, Argument>,
) -> Result<(), Refusal> {
    for name in demanded {
        let Some(argument) = given.get(name) else {
            let message = format!("`{action}` needs --{name}");
            return Err(Reason::new(Code::Usage, message)
                .fact("missing", name.as_str())
                .into());
        };
        let blank = match argument {
            Argument::People(people) => people.is_empty(),
            Argument::Text(text) => text.trim().is_empty(),
            Argument::Outcome(_) | Argument::Flag => false,
        };
        if blank {
            let message = format!("--{name} is empty");
            return Err(Reason::new(Code::InvalidArgument, message)
                .fact("argument", name.as_str())
                .into());
        }
    }
    Ok(())
}
