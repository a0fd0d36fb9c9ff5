//! The references of a document, each resolved: is that commit there, that file in it, and is it in use?

use std::collections::{BTreeMap, BTreeSet};

use git2::{ObjectType, Oid};
use serde::Serialize;

use super::codebase::{Codebase, Meant, fail};
use crate::analysis::references::{Mentioned, mentions};
use crate::error::Failure;
use crate::model::{Code, Reference};
use crate::store::systems::{System, main_branch};

/// What a reference leads to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Resolution {
    /// The reference, as it stands in the text.
    pub reference: String,
    /// The line it stands on.
    pub line: usize,
    /// The whole hash of the commit, where it is one.
    pub commit: Option<String>,
    /// What lies there.
    pub kind: Option<Kind>,
    /// The id of the content.
    pub object: Option<String>,
    /// The branch in use that contains the commit.
    pub branch: Option<String>,
    /// Why it does not resolve, unless it does.
    pub problem: Option<Problem>,
}

/// What lies at a path.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A file.
    File,
    /// A folder.
    Folder,
}

/// Why a reference does not resolve.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Problem {
    /// What is wrong, for programs.
    pub code: &'static str,
    /// What is wrong, for people.
    pub message: String,
}

impl Problem {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        let message = message.into();
        Self { code, message }
    }
}

/// What a reference leads to, before it is known which commits are in use.
#[derive(Clone)]
struct Found {
    commit: Option<Oid>,
    object: Option<(Oid, Kind)>,
    problem: Option<Problem>,
}

/// Resolves every reference of a text.
///
/// Each distinct reference is looked up once, and the history of each branch in use is walked once: the time
/// grows with the text and the history, not with their product.
///
/// # Errors
/// `io`: git fails.
pub fn resolve(
    codebase: &Codebase,
    systems: &[System],
    text: &str,
) -> Result<Vec<Resolution>, Failure> {
    let mut known: BTreeMap<Reference, Found> = BTreeMap::new();
    let mentions = mentions(text);
    for mention in &mentions {
        if let Mentioned::Reference(reference) = &mention.what
            && !known.contains_key(reference)
        {
            known.insert(reference.clone(), look_up(codebase, reference)?);
        }
    }
    let in_use = in_use(codebase, systems, &known)?;
    let resolved = mentions.into_iter().map(|mention| match mention.what {
        Mentioned::Placeholder(words) => open(words, mention.line),
        Mentioned::Reference(reference) => {
            let found = known.get(&reference).cloned();
            resolved(&reference, mention.line, found, systems, &in_use)
        }
    });
    Ok(resolved.collect())
}

/// Returns exactly the bytes of a file at a commit.
///
/// # Errors
/// `invalid_argument` for what is no reference to a file, `not_found` for what is not there, `io`.
pub fn show(codebase: &Codebase, reference: &Reference) -> Result<(Oid, Vec<u8>), Failure> {
    let found = look_up(codebase, reference)?;
    if let Some(problem) = found.problem {
        let code = match problem.code {
            AMBIGUOUS | NOT_A_COMMIT | SUBMODULE => Code::InvalidArgument,
            _ => Code::NotFound,
        };
        return Err(Failure::new(code, problem.message));
    }
    let (Some(commit), Some((object, Kind::File))) = (found.commit, found.object) else {
        let message = format!("`{}` is a folder at that commit", reference.path);
        return Err(Failure::new(Code::InvalidArgument, message).hint("name one of its files"));
    };
    let blob = codebase.repository.find_blob(object).map_err(fail)?;
    Ok((commit, blob.content().to_vec()))
}

const PLACEHOLDER: &str = "placeholder";
const UNKNOWN: &str = "unknown_commit";
const AMBIGUOUS: &str = "ambiguous_commit";
const NOT_A_COMMIT: &str = "not_a_commit";
const MISSING: &str = "no_such_file";
const SUBMODULE: &str = "in_submodule";
const NOT_IN_USE: &str = "not_on_production";
const NO_BRANCH: &str = "no_production_branch";

fn look_up(codebase: &Codebase, reference: &Reference) -> Result<Found, Failure> {
    let hash = &reference.commit;
    let none = |code, message: String| Found {
        commit: None,
        object: None,
        problem: Some(Problem::new(code, message)),
    };
    let commit = match codebase.meant(hash)? {
        Meant::Commit(commit) => commit,
        Meant::Nothing if codebase.is_shallow() => {
            let message = format!(
                "there is no commit `{hash}` here, but this clone has not the whole history: `git fetch --unshallow` brings it"
            );
            return Ok(none(UNKNOWN, message));
        }
        Meant::Nothing => {
            return Ok(none(
                UNKNOWN,
                format!("there is no commit `{hash}` in this repository"),
            ));
        }
        Meant::Several => {
            let message = format!("`{hash}` begins the names of several objects: give more digits");
            return Ok(none(AMBIGUOUS, message));
        }
        Meant::Other(what) => {
            return Ok(none(
                NOT_A_COMMIT,
                format!("`{hash}` is {what}, not a commit"),
            ));
        }
    };
    let path = &reference.path;
    let (object, problem) = match codebase.at(commit, path)? {
        Some((id, ObjectType::Blob)) => (Some((id, Kind::File)), None),
        Some((id, ObjectType::Tree)) => (Some((id, Kind::Folder)), None),
        Some(_) => (None, Some(Problem::new(SUBMODULE, submodule(path)))),
        None if is_in_submodule(codebase, commit, path)? => {
            (None, Some(Problem::new(SUBMODULE, submodule(path))))
        }
        None => {
            let message = format!("there is no `{path}` at commit `{hash}`");
            (None, Some(Problem::new(MISSING, message)))
        }
    };
    Ok(Found {
        commit: Some(commit),
        object,
        problem,
    })
}

fn submodule(path: &str) -> String {
    format!("`{path}` lies in a submodule, which is another repository with commits of its own")
}

fn is_in_submodule(codebase: &Codebase, commit: Oid, path: &str) -> Result<bool, Failure> {
    for (at, _) in path.match_indices('/') {
        let above = path.get(..at).unwrap_or_default();
        if let Some((_, ObjectType::Commit)) = codebase.at(commit, above)? {
            return Ok(true);
        }
    }
    Ok(false)
}

/// Returns which of the commits are on which branch in use; none for a branch that is not there.
fn in_use(
    codebase: &Codebase,
    systems: &[System],
    known: &BTreeMap<Reference, Found>,
) -> Result<BTreeMap<String, Option<BTreeSet<Oid>>>, Failure> {
    let mut wanted: BTreeMap<String, BTreeSet<Oid>> = BTreeMap::new();
    for (reference, found) in known {
        let Some(commit) = found.commit else { continue };
        for branch in branches_of(systems, &reference.path) {
            wanted.entry(branch).or_default().insert(commit);
        }
    }
    let mut in_use = BTreeMap::new();
    for (branch, commits) in wanted {
        let reached = match codebase.tip(&branch)? {
            Some(tip) => Some(codebase.reached(tip, &commits)?),
            None => None,
        };
        in_use.insert(branch, reached);
    }
    Ok(in_use)
}

/// Returns the branches on which a file may be in use: those of the systems it belongs to, else all there are.
fn branches_of(systems: &[System], path: &str) -> BTreeSet<String> {
    let branch = |system: &System| system.production_branch.clone();
    let own = systems.iter().filter(|system| system.governs(path));
    let own: BTreeSet<_> = own.map(branch).collect();
    if !own.is_empty() {
        return own;
    }
    if systems.is_empty() {
        return BTreeSet::from([main_branch()]);
    }
    systems.iter().map(branch).collect()
}

fn open(words: String, line: usize) -> Resolution {
    let message = format!("`{words}` names no commit: it is still open, or names what moves");
    Resolution {
        reference: words,
        line,
        commit: None,
        kind: None,
        object: None,
        branch: None,
        problem: Some(Problem::new(PLACEHOLDER, message)),
    }
}

fn resolved(
    reference: &Reference,
    line: usize,
    found: Option<Found>,
    systems: &[System],
    in_use: &BTreeMap<String, Option<BTreeSet<Oid>>>,
) -> Resolution {
    let (commit, object, mut problem) = match found {
        Some(found) => (found.commit, found.object, found.problem),
        None => (None, None, None),
    };
    let branches = branches_of(systems, &reference.path);
    let has = |branch: &&String| {
        let reached = in_use.get(*branch).and_then(Option::as_ref);
        reached.is_some_and(|reached| commit.is_some_and(|commit| reached.contains(&commit)))
    };
    let branch = branches.iter().find(has).cloned();
    if problem.is_none() && branch.is_none() {
        let names: Vec<_> = branches.iter().map(|name| format!("`{name}`")).collect();
        let names = names.join(", ");
        let is_there = |name: &String| in_use.get(name).is_some_and(Option::is_some);
        problem = Some(if branches.iter().any(is_there) {
            let message = format!("commit `{}` is not on {names}", reference.commit);
            Problem::new(NOT_IN_USE, message)
        } else {
            Problem::new(NO_BRANCH, format!("there is no branch {names} here"))
        });
    }
    Resolution {
        reference: reference.to_string(),
        line,
        commit: commit.map(|id| id.to_string()),
        kind: object.map(|(_, kind)| kind),
        object: object.map(|(id, _)| id.to_string()),
        branch,
        problem,
    }
}
