//! An input makes the next record of one, or is refused (compatibility D.4, D.5).
//!
//! No input changes a record; each gives a new one that has all of the old one's answers and decisions.

use super::question::Kind;
use super::record::{Entry, Record};
use super::refusal::Refused;
use super::standing::{Standing, standing};
use super::template::{Leads, Template};
use crate::model::{Code, UserName};

mod navigation;

pub use navigation::{cancel_goto, goto, reopen};

/// The longest answer, in bytes.
pub const ANSWER_LIMIT: usize = 1024 * 1024;

/// Who answers, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Signature {
    /// Who.
    pub author: UserName,
    /// When, as records write it: `YYYY-MM-DDTHH:MM:SSZ`.
    pub timestamp: String,
}

/// What an answer is pinned to a commit for (D-08).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Evidence {
    /// Where it was answered: `loop.N`, outside of loops the name of the template.
    pub context: String,
    /// The question: `id`, within a loop `id.N`.
    pub prompt_id: String,
}

/// An answer that is accepted, and not yet recorded.
///
/// Between the two its evidence is committed: an answer that would be refused leaves no commit.
#[must_use = "nothing is recorded until it is signed"]
pub struct Prepared<'a> {
    template: &'a Template,
    record: &'a Record,
    standing: Standing<'a>,
    value: &'a str,
    reason: Option<String>,
    evidence: Option<Evidence>,
}

/// The next record, and what was added to it.
#[derive(Clone, Debug, PartialEq)]
pub struct Step {
    /// The next record.
    pub record: Record,
    /// What was added.
    pub recorded: Recorded,
}

/// An answer or a decision as it was recorded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Recorded {
    /// The question: `id`, within a loop `id.N`.
    pub id: String,
    /// Which of the two it is.
    pub kind: Kind,
    /// The answer; of a gate `yes` or `no`.
    pub value: String,
    /// The commit it is pinned to.
    pub commit: Option<String>,
}

/// Accepts an answer to the question under the cursor, or refuses it.
///
/// Serves REQ-INT-008, REQ-INT-009, REQ-INT-011 and REQ-INT-014.
///
/// # Errors
/// `invalid_transition` where everything is answered; `invalid_argument` where the answer is empty,
/// too long, holds a NUL, or is not the yes or no that is asked for; `usage` where an amendment has no
/// reason, or something else has one; `template_invalid` where the cursor is gone.
pub fn respond<'a>(
    template: &'a Template,
    record: &'a Record,
    value: &'a str,
    reason: Option<&str>,
) -> Result<Prepared<'a>, Refused> {
    let Some(standing) = standing(template, record)? else {
        let message = "the interview is complete: there is nothing to answer";
        let help = "an earlier answer is amended with `--goto`";
        return Err(Refused::new(Code::InvalidTransition, message).help(help));
    };
    let value = acceptable(value, &standing)?;
    let reason = reason_for(record, &standing, reason)?;
    let evidence = standing.node.commits().then(|| Evidence {
        context: standing.context.iteration().map_or_else(
            || template.name().to_owned(),
            |(name, iteration)| format!("{name}.{iteration}"),
        ),
        prompt_id: standing.key.clone(),
    });
    Ok(Prepared {
        template,
        record,
        standing,
        value,
        reason,
        evidence,
    })
}

impl Prepared<'_> {
    /// Returns what is to be committed before the answer is signed.
    #[must_use]
    pub fn evidence(&self) -> Option<&Evidence> {
        self.evidence.as_ref()
    }

    /// Records the answer and moves on: to the next question, or back to where an amendment was begun.
    #[must_use]
    pub fn sign(self, by: &Signature, commit: Option<&str>) -> Step {
        let Standing { node, key, context } = self.standing;
        let mut record = self.record.clone();
        let commit = commit.filter(|_| self.evidence.is_some());

        let target = match node.leads {
            Leads::Gate { yes, no } => {
                record.decide(&key, self.value, &by.timestamp);
                if self.value == YES { yes } else { no }
            }
            Leads::Prompt { next, .. } => {
                let entry = Entry {
                    value: self.value,
                    author: by.author.as_str(),
                    timestamp: &by.timestamp,
                    reason: self.reason.as_deref(),
                    commit,
                };
                record.add(&key, entry);
                next
            }
        };
        match context.goto_return() {
            Some((cursor, context)) => record.move_to(&cursor, context),
            None => record.arrive(self.template, target, node.within),
        }
        Step {
            record,
            recorded: Recorded {
                id: key,
                kind: Kind::of(node),
                value: self.value.to_owned(),
                commit: commit.map(str::to_owned),
            },
        }
    }
}

const YES: &str = "yes";
const NO: &str = "no";

/// Returns the answer as it is recorded: verbatim, of a gate in one spelling.
fn acceptable<'v>(value: &'v str, standing: &Standing<'_>) -> Result<&'v str, Refused> {
    let refuse = |message: String| Err(Refused::new(Code::InvalidArgument, message));
    let key = &standing.key;
    if value.len() > ANSWER_LIMIT {
        return refuse(format!("the answer to `{key}` is larger than 1 MiB"));
    }
    let decision = yes_or_no(value);
    match standing.node.leads {
        Leads::Gate { .. } => {
            decision.map_or_else(|| refuse(format!("`{key}` is answered with yes or no")), Ok)
        }
        _ if value.trim().is_empty() => refuse(format!("the answer to `{key}` is empty")),
        _ if value.contains('\0') => refuse(format!("the answer to `{key}` holds a NUL character")),
        Leads::Prompt {
            yes_or_no: true, ..
        } if decision.is_none() => refuse(format!("`{key}` is answered with yes or no")),
        Leads::Prompt { .. } => Ok(value),
    }
}

fn yes_or_no(value: &str) -> Option<&'static str> {
    let value = value.trim();
    let mut words = [YES, NO].into_iter();
    words.find(|word| value.eq_ignore_ascii_case(word))
}

/// Returns the reason of an amendment: the one that is given, or the one it was begun with (D-35).
fn reason_for(
    record: &Record,
    standing: &Standing<'_>,
    given: Option<&str>,
) -> Result<Option<String>, Refused> {
    let begun = standing.context.goto_reason();
    let key = &standing.key;
    if let Some(given) = given {
        check_reason(given)?;
    }
    let is_amended = standing.context.goto_return().is_some() || record.is_answered(key);
    match given.or(begun) {
        Some(reason) if is_amended => Ok(Some(reason.to_owned())),
        None if is_amended => {
            let message = format!("`{key}` is answered: amendments require a reason");
            Err(Refused::new(Code::Usage, message).help("say why, with `--reason`"))
        }
        Some(_) => {
            let message = format!("`{key}` is answered for the first time: that needs no reason");
            Err(Refused::new(Code::Usage, message).help("leave `--reason` out"))
        }
        None => Ok(None),
    }
}

/// Refuses a reason that says nothing, or does not fit on a line.
fn check_reason(reason: &str) -> Result<(), Refused> {
    let message = if reason.trim().is_empty() {
        "the reason is empty"
    } else if reason.len() > ANSWER_LIMIT {
        "the reason is larger than 1 MiB"
    } else if reason
        .chars()
        .any(|letter| letter.is_control() && letter != '\t')
    {
        "the reason holds a line break or another control character"
    } else {
        return Ok(());
    };
    Err(Refused::new(Code::InvalidArgument, message))
}
