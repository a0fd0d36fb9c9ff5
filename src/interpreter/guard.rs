//! Whether a condition holds, and if not, why.

use super::mending;
use super::refusal::Reason;
use super::situation::Situation;
use super::snapshot::Shown;
use crate::definitions::vocabulary::{Condition, Evidence, Guard, Holder};
use crate::model::{Code, UserName};

impl Situation<'_> {
    /// Tells whether every condition holds.
    #[must_use]
    pub fn holds_all(&self, conditions: &[Condition]) -> bool {
        conditions
            .iter()
            .all(|condition| self.holds(&condition.guard) == condition.wanted)
    }

    /// Returns why a condition does not hold, unless it does.
    #[must_use]
    pub fn objection(&self, condition: &Condition) -> Option<Reason> {
        if self.holds(&condition.guard) == condition.wanted {
            return None;
        }
        let mut reason = if condition.wanted {
            self.why_not(&condition.guard)
        } else {
            self.why_so(&condition.guard)
        };
        if let Some(words) = &condition.otherwise {
            reason.message.clone_from(words);
        }
        Some(reason.at(condition.origin))
    }

    fn holds(&self, guard: &Guard) -> bool {
        let document = &self.now.document;
        let actor = self.actor();
        match guard {
            Guard::In(states) => states.contains(&document.status),
            Guard::Owner => document.owner.as_ref() == Some(&actor.name),
            Guard::Author => self.now.authorship.wrote(&actor.name),
            Guard::OutcomesCurrent => {
                let mut outcomes = self.now.outcomes().iter();
                !outcomes.any(|(user, _)| self.now.authorship.is_outdated(user))
            }
            Guard::Group(groups) => actor.group.as_ref().is_some_and(|group| {
                groups
                    .iter()
                    .any(|wanted| self.rules.counts_as(group, wanted))
            }),
            Guard::CheckedOut(Holder::Anyone) => document.checked_out.is_some(),
            Guard::CheckedOut(Holder::Actor) => {
                document.checked_out.is_some() && document.owner.as_ref() == Some(&actor.name)
            }
            Guard::AllAnswered => document.pending.is_empty(),
            Guard::Unanimous(outcome) => {
                let rule = self
                    .workflow
                    .outcomes
                    .iter()
                    .find(|rule| rule.name == *outcome);
                let outcomes = self.now.outcomes();
                !outcomes.is_empty()
                    && rule.is_some_and(|rule| {
                        outcomes.iter().all(|(_, word)| *word == rule.stored_as)
                    })
            }
            Guard::OutcomeFrom(wanted) => self.now.outcomes().iter().any(|(user, _)| {
                self.roster
                    .group_of(user)
                    .is_some_and(|group| self.rules.counts_as(group, wanted))
            }),
            Guard::VersionAtLeast(version) => document.version >= *version,
            Guard::VersionBelow(version) => document.version < *version,
            Guard::Phase(phase) => document.phase.as_ref() == Some(phase),
            Guard::Mark(mark) => document.bears(mark),
            Guard::Given(names) => {
                self.request.in_principle
                    || names
                        .iter()
                        .all(|name| self.request.arguments.contains_key(name))
            }
            Guard::Childless => self.children.is_empty(),
            Guard::UnaskedNamed => {
                let named = self.request.named();
                (self.request.in_principle && named.is_empty())
                    || named.iter().any(|name| !document.pending.contains(name))
            }
            Guard::Flawed(place) => self
                .now
                .texts
                .get(place)
                .is_some_and(|text| !mending::mend(text, &self.flaw_rules()).fixes.is_empty()),
            // Only a birth looks at a parent; see `birth`.
            Guard::Parent(_) => false,
            Guard::Shown(evidence) => {
                let argument = evidence.argument();
                let is_open =
                    argument.is_some_and(|name| !self.request.arguments.contains_key(name));
                (self.request.in_principle && is_open)
                    || self.shown(evidence).is_some_and(|shown| shown.holds)
            }
        }
    }

    fn why_not(&self, guard: &Guard) -> Reason {
        let document = &self.now.document;
        let id = &document.id;
        let actor = &self.actor().name;
        match guard {
            Guard::In(states) => {
                let names: Vec<_> = states.iter().map(crate::model::Status::as_str).collect();
                Reason::new(
                    Code::InvalidTransition,
                    format!("`{id}` is {}, not {}", document.status, names.join(" or ")),
                )
                .fact("status", document.status.as_str())
            }
            Guard::Owner => Reason::new(
                Code::NotOwner,
                format!("`{actor}` is not the responsible user of `{id}`"),
            ),
            Guard::Author => Reason::new(
                Code::PermissionDenied,
                format!("`{actor}` wrote nothing of the present text of `{id}`"),
            ),
            Guard::OutcomesCurrent => self.outdated(),
            Guard::Group(groups) => {
                let names: Vec<_> = groups.iter().map(crate::model::Group::as_str).collect();
                Reason::new(
                    Code::PermissionDenied,
                    format!("`{actor}` is not in {}", names.join(", ")),
                )
            }
            Guard::CheckedOut(_) => Reason::new(
                Code::NotCheckedOut,
                format!("`{id}` is not checked out: it was not found in your workspace"),
            )
            .remedy("check it out first"),
            Guard::AllAnswered => self.still_awaited(),
            Guard::Unanimous(outcome) => self.not_unanimous(outcome.as_str()),
            Guard::OutcomeFrom(group) => Reason::new(
                Code::GateBlocked,
                format!("there is no {group} review on record"),
            )
            .fact("review_outcomes", self.outcomes_fact())
            .remedy(format!("a review by somebody in {group}")),
            Guard::VersionAtLeast(version) => self.gate(format!(
                "`{id}` is at v{}, below v{version}",
                document.version
            )),
            Guard::VersionBelow(version) => self.gate(format!(
                "`{id}` is at v{}, not below v{version}",
                document.version
            )),
            Guard::Phase(phase) => self.gate(format!("`{id}` is not in the phase {phase}")),
            Guard::Mark(mark) => self.gate(format!("`{id}` is not marked {mark}")),
            Guard::Given(names) => {
                let names: Vec<_> = names.iter().map(|name| format!("--{name}")).collect();
                Reason::new(Code::Usage, format!("{} is missing", names.join(", ")))
            }
            Guard::Childless => self.has_children(),
            Guard::UnaskedNamed => self.gate("everyone named is asked already".to_owned()),
            Guard::Flawed(place) => self.gate(format!("the {} text has no flaw", place.word())),
            Guard::Parent(_) => {
                Reason::new(Code::ParentState, "the parent does not stand where it must")
            }
            Guard::Shown(evidence) => self.gate(match self.shown(evidence) {
                Some(shown) => shown.why.clone(),
                None => "it is not known whether this is so".to_owned(),
            }),
        }
    }

    fn why_so(&self, guard: &Guard) -> Reason {
        let document = &self.now.document;
        let id = &document.id;
        match guard {
            Guard::CheckedOut(_) => {
                let actor = &self.actor().name;
                let holder = document.owner.as_ref();
                let message = match holder {
                    Some(owner) if owner == actor => format!("You already have {id} checked out"),
                    Some(owner) => format!("`{id}` is checked out by `{owner}`"),
                    None => format!("`{id}` is checked out"),
                };
                let mut reason = Reason::new(Code::CheckedOut, message)
                    .fact("checked_out_by", holder.map(UserName::as_str));
                if let Some(owner) = holder {
                    reason = reason.remedy(format!("{owner} checks it in"));
                }
                reason
            }
            Guard::In(_) => Reason::new(
                Code::InvalidTransition,
                format!("`{id}` is {}", document.status),
            )
            .fact("status", document.status.as_str()),
            Guard::Owner => Reason::new(
                Code::NotOwner,
                format!("the owner of `{id}` may not do this"),
            ),
            Guard::Author => Reason::new(
                Code::PermissionDenied,
                format!(
                    "`{}` wrote some of the present text of `{id}`",
                    self.actor().name
                ),
            ),
            Guard::OutcomesCurrent => {
                self.gate("every outcome is about the present text".to_owned())
            }
            Guard::Group(_) => Reason::new(
                Code::PermissionDenied,
                "your group may not do this".to_owned(),
            ),
            Guard::Parent(_) => {
                Reason::new(Code::ParentState, "the parent stands where it must not")
            }
            Guard::AllAnswered => self.gate("nobody is awaited any more".to_owned()),
            Guard::Unanimous(outcome) => self.gate(format!("every outcome is {outcome}")),
            Guard::OutcomeFrom(group) => self.gate(format!("{group} has answered")),
            Guard::VersionAtLeast(version) => {
                self.gate(format!("`{id}` is at v{version} or above"))
            }
            Guard::VersionBelow(version) => self.gate(format!("`{id}` is below v{version}")),
            Guard::Phase(phase) => self.gate(format!("`{id}` is in the phase {phase}")),
            Guard::Mark(mark) => self.gate(format!("`{id}` is marked {mark}")),
            Guard::Given(_) => self.gate("an argument was given that may not be".to_owned()),
            Guard::Childless => self.gate(format!("`{id}` has no children")),
            Guard::UnaskedNamed => self.gate("somebody named is not asked yet".to_owned()),
            Guard::Flawed(place) => self.gate(format!("the {} text is flawed", place.word())),
            Guard::Shown(_) => self.gate("what must not be so is so".to_owned()),
        }
    }

    fn shown(&self, evidence: &Evidence) -> Option<&Shown> {
        self.now.code.evidence.get(evidence)
    }

    fn outdated(&self) -> Reason {
        let id = &self.now.document.id;
        let outcomes = self.now.outcomes().iter().map(|(user, _)| user);
        let outdated: Vec<_> = outcomes
            .filter(|user| self.now.authorship.is_outdated(user))
            .map(UserName::as_str)
            .collect();
        let message = format!(
            "the text of `{id}` was changed since {} answered",
            outdated.join(", ")
        );
        Reason::new(Code::GateBlocked, message)
            .fact("outdated", outdated)
            .remedy("a review of the text as it stands")
    }

    fn gate(&self, message: String) -> Reason {
        Reason::new(Code::GateBlocked, message)
            .fact("version", self.now.document.version.to_string())
    }

    fn still_awaited(&self) -> Reason {
        let names: Vec<_> = self
            .now
            .document
            .pending
            .iter()
            .map(UserName::as_str)
            .collect();
        let message = format!("still awaited: {}", names.join(", "));
        Reason::new(Code::GateBlocked, message).fact("pending_assignees", names)
    }

    fn not_unanimous(&self, outcome: &str) -> Reason {
        let outcomes = self.now.outcomes();
        if outcomes.is_empty() {
            return Reason::new(
                Code::GateBlocked,
                format!(
                    "there are no reviews on record for `{}`",
                    self.now.document.id
                ),
            )
            .remedy("a review of the present text");
        }
        let wanted = self
            .workflow
            .outcomes
            .iter()
            .find(|rule| rule.name == *outcome);
        let dissent: Vec<_> = outcomes
            .iter()
            .filter(|(_, word)| wanted.is_none_or(|rule| *word != rule.stored_as))
            .map(|(user, word)| {
                let name = self
                    .workflow
                    .outcomes
                    .iter()
                    .find(|rule| rule.stored_as == *word);
                format!(
                    "{user} said {}",
                    name.map_or(word.as_str(), |rule| rule.name.as_str())
                )
            })
            .collect();
        Reason::new(
            Code::GateBlocked,
            format!("not every review says {outcome}: {}", dissent.join(", ")),
        )
        .fact("review_outcomes", self.outcomes_fact())
        .remedy("a new round of review")
    }

    fn outcomes_fact(&self) -> serde_json::Value {
        let outcomes = self.now.outcomes().iter();
        outcomes
            .map(|(user, word)| (user.to_string(), word.as_str().into()))
            .collect::<serde_json::Map<_, _>>()
            .into()
    }

    fn has_children(&self) -> Reason {
        let ids: Vec<_> = self
            .children
            .iter()
            .map(|child| child.id.as_str())
            .collect();
        let message = format!(
            "`{}` has children: {}",
            self.now.document.id,
            ids.join(", ")
        );
        Reason::new(Code::GateBlocked, message).fact("children", ids)
    }
}
