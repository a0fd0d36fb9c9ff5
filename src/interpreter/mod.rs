//! Floor 3: judgement. Rules, what is seen and what is asked go in; a plan or a refusal comes out.
//!
//! Pure: no clock, no file, no global. What a decision may know is in the [`Snapshot`], and nothing else.

pub mod authorize;
pub mod authorship;
pub mod birth;
pub mod effect;
pub mod guard;
pub mod mending;
pub mod needs;
pub mod plan;
pub mod react;
pub mod refusal;
pub mod situation;
pub mod snapshot;
pub mod uphold;

pub use birth::{Birth, conceive};
pub use plan::{Change, Plan, Step, Taken};
pub use refusal::{Reason, Refusal};
pub use situation::Situation;
pub use snapshot::{Child, Snapshot, Standing};
pub use uphold::{Noted, Watch};

use crate::definitions::Rulebook;
use crate::model::Request;

/// Decides what an action does, or why it may not be done.
///
/// # Errors
/// The refusal, with every reason of the first check that failed.
pub fn decide(rules: &Rulebook, seen: &Snapshot, request: &Request) -> Result<Plan, Refusal> {
    let (plan, _) = judge(Situation::of(rules, seen, request)?)?;
    match &seen.closed {
        Some(closed) => Err(closed.reason().into()),
        None => Ok(plan),
    }
}

/// Decides as [`decide`], and refuses nothing for the sake of an invariant: how each that was looked at
/// stood is noted beside the plan.
///
/// # Errors
/// As [`decide`], but for broken invariants.
pub fn decide_noting<'r>(
    rules: &'r Rulebook,
    seen: &'r Snapshot,
    request: &'r Request,
) -> Result<(Plan, Vec<Noted<'r>>), Refusal> {
    let mut now = Situation::of(rules, seen, request)?;
    now.watch = Watch::Noted(Vec::new());
    judge(now)
}

fn judge(mut now: Situation<'_>) -> Result<(Plan, Vec<Noted<'_>>), Refusal> {
    let request = now.request;
    now.check_arguments()?;
    now.perform(&request.action)?;
    now.follow()?;
    let reactions = react::let_children_react(&now)?;
    now.uphold()?;
    let noted = now.watch.take();
    Ok((now.into_plan(reactions), noted))
}
