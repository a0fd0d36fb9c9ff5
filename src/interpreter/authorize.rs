//! Who may do what: group, person, and who may be asked.

use super::refusal::{Reason, Refusal};
use super::situation::Situation;
use crate::definitions::permission::{Only, Permit};
use crate::definitions::vocabulary::Effect;
use crate::definitions::workflow::{Action, Arm};
use crate::definitions::{Rulebook, Workflow};
use crate::model::{ActionName, Code, Document, Group, Roster, Status, User, UserName, Verb};

/// Tells whether a group may do something.
#[must_use]
pub fn is_permitted(rules: &Rulebook, group: &Group, permit: &Permit) -> bool {
    let Some(to) = &permit.to else { return true };
    to.iter().any(|(wanted, _)| rules.counts_as(group, wanted))
}

/// Tells whether those of a group may do something at some time.
#[must_use]
pub fn may(rules: &Rulebook, group: &Group, action: &ActionName) -> bool {
    let permit = rules.permit(action);
    permit.is_some_and(|permit| is_permitted(rules, group, permit))
}

/// Returns the verbs that the rules permit, to a group or to anybody, each once, in the order of the rules.
#[must_use]
pub fn permitted_verbs<'r>(rules: &'r Rulebook, group: Option<&Group>) -> Vec<&'r Verb> {
    let mut verbs = Vec::new();
    for permit in &rules.permits {
        let verb = &permit.action.verb;
        let may = group.is_none_or(|group| is_permitted(rules, group, permit));
        if may && !verbs.contains(&verb) {
            verbs.push(verb);
        }
    }
    verbs
}

/// Checks that somebody's group may do something (REQ-SEC-002), and returns what permits it; the tool itself needs
/// no permit.
///
/// # Errors
/// `permission_denied`, with the groups and people who may.
pub fn check_group<'r>(
    rules: &'r Rulebook,
    roster: &Roster,
    actor: &User,
    action: &ActionName,
) -> Result<Option<&'r Permit>, Refusal> {
    let Some(group) = &actor.group else {
        return Ok(None);
    };
    let Some(permit) = rules.permit(action) else {
        let message = format!("nobody is permitted to `{action}`");
        return Err(Reason::new(Code::PermissionDenied, message).into());
    };
    if is_permitted(rules, group, permit) {
        return Ok(Some(permit));
    }
    let to = permit.to.iter().flatten();
    let groups: Vec<_> = to.map(|(group, _)| group.as_str()).collect();
    let message = format!(
        "permission denied: `{action}` is for {}; `{}` is in {group}",
        groups.join(", "),
        actor.name
    );
    let mut reason = Reason::new(Code::PermissionDenied, message)
        .at(permit.origin)
        .fact("group", group.as_str())
        .fact("permitted", groups);
    for name in people_who_may(rules, roster, permit) {
        reason = reason.remedy(format!("{name} may"));
    }
    Err(reason.into())
}

/// Returns those whom a permit lets by group.
fn people_who_may<'r>(
    rules: &'r Rulebook,
    roster: &'r Roster,
    permit: &'r Permit,
) -> impl Iterator<Item = &'r UserName> {
    roster
        .iter()
        .filter(move |(_, membership)| is_permitted(rules, &membership.group, permit))
        .map(|(name, _)| name)
}

/// Checks that somebody may do something that is no action of a workflow: by group, and by what they are to
/// the document.
///
/// # Errors
/// `permission_denied`, `not_owner`, `not_assigned`, `checked_out`, `not_checked_out`.
pub fn check_access(
    rules: &Rulebook,
    roster: &Roster,
    actor: &User,
    action: &ActionName,
    document: &Document,
) -> Result<(), Refusal> {
    let permit = check_group(rules, roster, actor, action)?;
    check_person(permit, &actor.name, action, document)?;
    check_holder(permit, &actor.name, document)
}

/// What somebody lacks for what their group may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Lack {
    /// They are not the responsible user.
    Ownership,
    /// They are the responsible user, who is excepted.
    Independence,
    /// They were not asked.
    Assignment,
}

/// Returns what the person lacks of what a permit asks besides the group: owner, then assignee (REQ-SEC-003,
/// REQ-SEC-004).
#[must_use]
pub fn lack(permit: &Permit, actor: &UserName, document: &Document) -> Option<Lack> {
    let is_owner = document.owner.as_ref() == Some(actor);
    if permit.only.contains(&Only::Owner) && !is_owner {
        return Some(Lack::Ownership);
    }
    if permit.except_owner && is_owner {
        return Some(Lack::Independence);
    }
    let is_asked = document.pending.contains(actor);
    (permit.only.contains(&Only::Assignee) && !is_asked).then_some(Lack::Assignment)
}

/// Checks what the person must be besides belonging to a group.
fn check_person(
    permit: Option<&Permit>,
    actor: &UserName,
    action: &ActionName,
    document: &Document,
) -> Result<(), Refusal> {
    let Some(permit) = permit else {
        return Ok(());
    };
    let id = &document.id;
    let reason = match lack(permit, actor, document) {
        None => return Ok(()),
        Some(Lack::Ownership) => not_owner(permit, actor, document),
        Some(Lack::Independence) => {
            let message =
                format!("`{actor}` is the owner of `{id}`, and the owner may not `{action}`");
            Reason::new(Code::PermissionDenied, message).at(permit.origin)
        }
        Some(Lack::Assignment) => {
            let awaited: Vec<_> = document.pending.iter().map(UserName::as_str).collect();
            let message = format!("`{actor}` is not assigned to {} `{id}`", action.verb);
            let mut reason = Reason::new(Code::NotAssigned, message)
                .at(permit.origin)
                .fact("pending_assignees", awaited.clone());
            for name in awaited {
                reason = reason.remedy(format!("{name} may"));
            }
            reason
        }
    };
    Err(reason.into())
}

fn not_owner(permit: &Permit, actor: &UserName, document: &Document) -> Reason {
    let reason = match &document.owner {
        Some(owner) => Reason::new(
            Code::NotOwner,
            format!(
                "`{actor}` is not the responsible user: `{}` is owned by `{owner}`",
                document.id
            ),
        )
        .fact("responsible_user", owner.as_str())
        .remedy(format!("{owner} may")),
        None => Reason::new(
            Code::NotOwner,
            format!(
                "`{actor}` is not the responsible user: `{}` has no owner",
                document.id
            ),
        )
        .remedy("whoever checks it out becomes its owner"),
    };
    reason.at(permit.origin)
}

/// Checks `only holder`.
fn check_holder(
    permit: Option<&Permit>,
    actor: &UserName,
    document: &Document,
) -> Result<(), Refusal> {
    let Some(permit) = permit.filter(|permit| permit.only.contains(&Only::Holder)) else {
        return Ok(());
    };
    let reason = match (&document.checked_out, &document.owner) {
        (Some(_), Some(owner)) if owner == actor => return Ok(()),
        (Some(_), Some(owner)) => Reason::new(
            Code::CheckedOut,
            format!("`{}` is checked out by `{owner}`", document.id),
        ),
        _ => Reason::new(
            Code::NotCheckedOut,
            format!("`{}` is not checked out", document.id),
        ),
    };
    Err(reason.at(permit.origin).into())
}

/// Tells whether somebody may be asked in a state: their group may do what the state awaits (REQ-SEC-007).
#[must_use]
pub fn may_be_asked(rules: &Rulebook, workflow: &Workflow, status: &Status, group: &Group) -> bool {
    let permit = permit_to_answer(rules, workflow, status);
    permit.is_some_and(|permit| is_permitted(rules, group, permit))
}

/// Returns what permits what a state awaits.
fn permit_to_answer<'r>(
    rules: &'r Rulebook,
    workflow: &Workflow,
    status: &Status,
) -> Option<&'r Permit> {
    let awaits = workflow.state(status)?.awaits.as_ref()?;
    rules.permit(&ActionName::plain(awaits.verb.clone()))
}

impl<'a> Situation<'a> {
    pub(super) fn check_group(&self, action: &ActionName) -> Result<Option<&'a Permit>, Refusal> {
        check_group(self.rules, self.roster, self.actor(), action)
    }

    pub(super) fn check_person(
        &self,
        permit: Option<&Permit>,
        action: &ActionName,
    ) -> Result<(), Refusal> {
        check_person(permit, &self.actor().name, action, &self.now.document)
    }

    pub(super) fn check_holder(&self, permit: Option<&Permit>) -> Result<(), Refusal> {
        check_holder(permit, &self.actor().name, &self.now.document)
    }

    /// Checks everybody who is named: known, and able to do what the state awaits (REQ-SEC-007).
    pub(super) fn check_people(&self, arm: &Arm, action: &Action) -> Result<(), Refusal> {
        let asks = action
            .lines_of(arm)
            .any(|line| matches!(line.effect, Effect::AskNamed(_)));
        let named = self.request.named();
        if named.is_empty() || (!asks && !action.names_people()) {
            return Ok(());
        }
        let mut unknown = Vec::new();
        let mut unfit = Vec::new();
        let status = arm.to.as_ref().unwrap_or(&self.now.document.status);
        let permit = permit_to_answer(self.rules, self.workflow, status);
        let is_fit = |group| permit.is_some_and(|permit| is_permitted(self.rules, group, permit));
        for name in named {
            match self.roster.group_of(name) {
                None => unknown.push(unknown_user(name, self.roster)),
                Some(group) if !is_fit(group) => {
                    unfit.push(self.unfit(name, group, status, permit));
                }
                Some(_) => {}
            }
        }
        unknown.extend(unfit);
        Refusal::from_reasons(unknown).map_or(Ok(()), Err)
    }

    fn unfit(
        &self,
        name: &UserName,
        group: &Group,
        status: &Status,
        permit: Option<&Permit>,
    ) -> Reason {
        let awaits = self
            .workflow
            .state(status)
            .and_then(|state| state.awaits.as_ref());
        let verb = awaits.map_or("act", |awaits| awaits.verb.as_str());
        let message = format!("`{name}` cannot be asked: {group} may not {verb}");
        let mut reason = Reason::new(Code::InvalidArgument, message).fact("group", group.as_str());
        if let Some(permit) = permit {
            reason = reason.at(permit.origin);
            for other in people_who_may(self.rules, self.roster, permit) {
                reason = reason.remedy(format!("{other} can be asked"));
            }
        }
        reason
    }
}

/// Returns why a name is refused: nobody bears it.
#[must_use]
pub fn unknown_user(name: &UserName, roster: &Roster) -> Reason {
    let known: Vec<_> = roster.iter().map(|(name, _)| name.as_str()).collect();
    let suggestion = crate::definitions::report::did_you_mean(name.as_str(), known.iter().copied());
    let mut message = format!("user `{}` not found", name.as_str().escape_debug());
    if let Some(suggestion) = suggestion {
        message.push_str("; ");
        message.push_str(&suggestion);
    }
    Reason::new(Code::UnknownUser, message)
        .fact("known", known)
        .remedy(format!(
            "somebody permitted adds them: `qms user --add {name} --group GROUP`, or an agent file `.claude/agents/{name}.md` with a `group:` line"
        ))
}
