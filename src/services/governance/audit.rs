//! Authorised commits: every change of governed code names a document that permitted it at that moment.
//!
//! What counts is the line of the branch in use: each of its commits, compared with the one before it on that
//! line. A merge is one change there, and is itself to name its authority; what it brings in is the history of
//! a test environment, whose messages are free. A merge that moves the branch forward without a commit of its
//! own leaves that history on the line, to be judged commit by commit. A squashed commit is a commit. A revert
//! is a change like any other; one that names nothing stands under the authority of what it takes back.

mod judging;

use std::collections::{BTreeMap, BTreeSet};

use chrono::{DateTime, NaiveDate};
use git2::{Commit, Oid};
use serde::Serialize;

use super::codebase::{Codebase, Meant, fail};
use crate::error::Failure;
use crate::model::Code;
use crate::model::reference::is_hash;
use crate::services::facts::Facts;
use crate::store::systems::System;
use judging::Judge;

/// What came of looking at commits.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Audit {
    /// The systems, each with what was looked at.
    pub systems: Vec<Audited>,
    /// What is not authorised, newest first.
    pub violations: Vec<Violation>,
}

/// What was looked at of one system.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Audited {
    /// Its name.
    pub system: String,
    /// The branch in use.
    pub branch: String,
    /// When its governance begins; none where that was never declared.
    pub governed_since: Option<String>,
    /// How many commits were looked at.
    pub commits: usize,
    /// How many of them change its code.
    pub changes: usize,
    /// Paths of the system at which nothing lies.
    pub missing: Vec<String>,
}

/// A change that nothing permitted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Violation {
    /// The commit.
    pub commit: String,
    /// As many digits of it as mean it alone.
    pub short: String,
    /// When it was made.
    pub made: String,
    /// Who wrote the change.
    pub author: String,
    /// The first line of its message.
    pub subject: String,
    /// The systems whose code it changes.
    pub systems: Vec<String>,
    /// The paths of those systems in which it changes something.
    pub paths: Vec<String>,
    /// What is wrong, for programs.
    pub code: &'static str,
    /// What is wrong, for people.
    pub message: String,
}

/// Looks at the commits of the systems' branches in use, or at those of a range `A..B`, or up to `B`.
///
/// # Errors
/// `invalid_argument` for a range that is none, `not_found` for a branch or a commit that is not here, and
/// where the history that is here does not reach far enough back; `integrity` where the configuration says
/// nothing that can be a beginning.
pub fn audit(
    codebase: &Codebase,
    facts: &Facts<'_>,
    systems: &[System],
    range: Option<&str>,
) -> Result<Audit, Failure> {
    let range = range.map(|range| read_range(codebase, range)).transpose()?;
    let mut judge = Judge::new(codebase, facts);
    let mut audit = Audit::default();
    let mut violations: BTreeMap<Oid, Violation> = BTreeMap::new();
    let mut order: Vec<Oid> = Vec::new();
    for system in systems {
        let (audited, changes) = changes_of(codebase, system, range.as_ref())?;
        for change in changes {
            if let Some(known) = violations.get_mut(&change.commit) {
                known.systems.push(system.name.clone());
                known.paths.extend(change.paths);
            } else if let Some(violation) = judge.violation(system, change)? {
                order.push(violation.0);
                violations.insert(violation.0, violation.1);
            }
        }
        audit.systems.push(audited);
    }
    let ordered = order.iter().filter_map(|commit| violations.remove(commit));
    audit.violations = ordered.collect();
    audit
        .violations
        .sort_by(|left, right| right.made.cmp(&left.made));
    Ok(audit)
}

/// The commits that were asked for.
struct Range {
    from: Option<Oid>,
    to: Oid,
}

fn read_range(codebase: &Codebase, text: &str) -> Result<Range, Failure> {
    let (from, to) = match text.split_once("..") {
        Some((_, to)) if to.starts_with('.') => {
            let message = format!(
                "`{}` is no range: write `A..B`, with two dots",
                text.escape_debug()
            );
            return Err(Failure::new(Code::InvalidArgument, message));
        }
        Some((from, to)) => (Some(from), to),
        None => (None, text),
    };
    let or_here = |name: &str| {
        if name.is_empty() {
            "HEAD".to_owned()
        } else {
            name.to_owned()
        }
    };
    Ok(Range {
        from: from
            .map(|from| codebase.named(&or_here(from)))
            .transpose()?,
        to: codebase.named(&or_here(to))?,
    })
}

/// What `governed_since` may say.
const WHEN: &str = "a day (2026-11-22), a moment (2026-11-22T08:00:00Z), or the hash of a commit of the branch in use";

/// When governance begins.
enum Beginning {
    /// With everything made from then on, in seconds.
    At(i64),
    /// With everything after a commit.
    After(Oid),
}

fn beginning(codebase: &Codebase, system: &System, text: &str) -> Result<Beginning, Failure> {
    if let Ok(day) = text.parse::<NaiveDate>() {
        let midnight = day.and_time(chrono::NaiveTime::MIN).and_utc();
        return Ok(Beginning::At(midnight.timestamp()));
    }
    if let Ok(moment) = DateTime::parse_from_rfc3339(text) {
        return Ok(Beginning::At(moment.timestamp()));
    }
    let wrong = |why: &str| {
        let message = format!(
            "`governed_since` of `{}` says `{}`, {why}",
            system.name,
            text.escape_debug()
        );
        Failure::new(Code::Integrity, message).hint(WHEN)
    };
    if !is_hash(text) {
        return Err(wrong("which is no day, no moment and no commit"));
    }
    match codebase.meant(text)? {
        Meant::Commit(commit) => Ok(Beginning::After(commit)),
        Meant::Nothing if codebase.is_shallow() => Err(history_ends()),
        Meant::Nothing | Meant::Other(_) => Err(wrong("which is no commit here")),
        Meant::Several => Err(wrong("which begins the names of several objects")),
    }
}

fn history_ends() -> Failure {
    Failure::new(
        Code::NotFound,
        "this clone is shallow: the history that is to be looked at is not all here",
    )
    .hint("`git fetch --unshallow` brings it; in CI, check out with full depth")
}

/// A change of a system's code on the line of its branch.
struct ChangeOfCode {
    commit: Oid,
    paths: Vec<String>,
}

fn changes_of(
    codebase: &Codebase,
    system: &System,
    range: Option<&Range>,
) -> Result<(Audited, Vec<ChangeOfCode>), Failure> {
    let mut audited = Audited {
        system: system.name.clone(),
        branch: system.production_branch.clone(),
        governed_since: system.governed_since.clone(),
        commits: 0,
        changes: 0,
        missing: Vec::new(),
    };
    let Some(since) = &system.governed_since else {
        return Ok((audited, Vec::new()));
    };
    let beginning = beginning(codebase, system, since)?;
    let tip = match range {
        Some(range) => range.to,
        None => codebase.production(&system.production_branch)?,
    };
    let mut since: Option<BTreeSet<Oid>> = None;
    if let Beginning::After(commit) = beginning {
        if codebase.reached(tip, &[commit].into())?.is_empty() {
            let message = format!(
                "`governed_since` of `{}` names a commit that is not on its branch",
                system.name
            );
            return Err(Failure::new(Code::Integrity, message).hint(WHEN));
        }
        since = Some(codebase.after(commit, tip)?);
    }
    let asked = match range.and_then(|range| range.from) {
        Some(from) => Some(codebase.after(from, tip)?),
        None => None,
    };
    let lying = codebase.trees(tip, &system.paths)?;
    let missing = system.paths.iter().zip(&lying);
    let missing = missing.filter(|(_, lying)| lying.is_none());
    audited.missing = missing.map(|(path, _)| path.clone()).collect();
    let mut line: Vec<Oid> = Vec::new();
    let mut next = Some(codebase.commit(tip)?);
    while let Some(commit) = next {
        if is_outside(since.as_ref(), commit.id()) {
            break;
        }
        line.push(commit.id());
        next = before(&commit)?;
    }
    let mut changes = Vec::new();
    // From the oldest on: what comes after a governed commit is governed, whatever moment it claims.
    let mut governed = false;
    for id in line.into_iter().rev() {
        let commit = codebase.commit(id)?;
        governed |= is_governed(&beginning, &commit);
        if !governed || is_outside(asked.as_ref(), id) {
            continue;
        }
        let before = before(&commit)?;
        if before.is_none() && codebase.is_cut_at(id) {
            return Err(history_ends());
        }
        audited.commits += 1;
        let paths = changed(codebase, system, &commit, before.as_ref())?;
        if !paths.is_empty() {
            audited.changes += 1;
            changes.push(ChangeOfCode { commit: id, paths });
        }
    }
    changes.reverse();
    Ok((audited, changes))
}

/// Tells whether only some commits are meant, and this is none of them.
fn is_outside(meant: Option<&BTreeSet<Oid>>, commit: Oid) -> bool {
    meant.is_some_and(|meant| !meant.contains(&commit))
}

/// Returns the commit before another on the line of a branch.
fn before<'c>(commit: &Commit<'c>) -> Result<Option<Commit<'c>>, Failure> {
    match commit.parent_count() {
        0 => Ok(None),
        _ => commit.parent(0).map(Some).map_err(fail),
    }
}

fn is_governed(beginning: &Beginning, commit: &Commit<'_>) -> bool {
    match beginning {
        Beginning::At(moment) => commit.time().seconds() >= *moment,
        // Those before it are not walked to.
        Beginning::After(_) => true,
    }
}

/// Returns the paths of a system in which a commit changes something.
fn changed(
    codebase: &Codebase,
    system: &System,
    commit: &Commit<'_>,
    before: Option<&Commit<'_>>,
) -> Result<Vec<String>, Failure> {
    if before.is_some_and(|before| before.tree_id() == commit.tree_id()) {
        return Ok(Vec::new());
    }
    let after = codebase.trees(commit.id(), &system.paths)?;
    let before = match before {
        Some(before) => codebase.trees(before.id(), &system.paths)?,
        None => vec![None; after.len()],
    };
    let pairs = system.paths.iter().zip(before.iter().zip(&after));
    let changed = pairs.filter(|(_, (before, after))| before != after);
    Ok(changed.map(|(path, _)| path.clone()).collect())
}
