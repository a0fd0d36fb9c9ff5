//! Every document of a project, newest activity first.

use super::desk::Look;
use super::facts::{Facts, record_stem};
use crate::error::Failure;
use crate::interpreter::Standing;
use crate::store::tree::Kind;
use crate::store::{TreePath, layout, trail};

/// A document, as lists show it.
#[derive(Clone, Debug)]
pub struct Listed {
    /// How it stands.
    pub standing: Standing,
    /// When something last happened to it.
    pub last_activity: String,
}

/// Returns every document, and what kept records from being read.
///
/// # Errors
/// The folder of records cannot be read.
pub fn documents(look: &Look<'_>) -> Result<(Vec<Listed>, Vec<String>), Failure> {
    let names = record_names(look)?;
    let namespaces = look.facts.namespaces()?.to_vec();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let share = names.len().div_ceil(workers).max(64);
    let (view, rules) = (look.facts.view, look.facts.rules);
    let mut listed = Vec::new();
    let mut warnings = Vec::new();
    std::thread::scope(|scope| {
        let namespaces = &namespaces;
        let readers: Vec<_> = names
            .chunks(share)
            .map(|names| {
                scope.spawn(move || {
                    let facts = Facts::knowing(view, rules, namespaces.clone());
                    names
                        .iter()
                        .map(|name| read_one(&facts, name))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        for reader in readers {
            for read in reader.join().unwrap_or_default() {
                match read {
                    Ok(found) => listed.extend(found),
                    Err(failure) => warnings.push(failure.message.clone()),
                }
            }
        }
    });
    listed.sort_by(|left, right| {
        let id = |listed: &Listed| listed.standing.document.id.clone();
        (&right.last_activity, id(left)).cmp(&(&left.last_activity, id(right)))
    });
    Ok((listed, warnings))
}

/// Returns the id of every record, by the names of their files.
fn record_names(look: &Look<'_>) -> Result<Vec<String>, Failure> {
    let records = TreePath::new(&format!("{}/.meta", layout::QMS))?;
    let mut names = Vec::new();
    for folder in look.facts.view.list(&records)? {
        if folder.kind != Kind::Folder {
            continue;
        }
        for entry in look.facts.view.list(&records.join(&folder.name)?)? {
            names.extend(record_stem(&entry.name).map(str::to_owned));
        }
    }
    Ok(names)
}

fn read_one(facts: &Facts<'_>, name: &str) -> Result<Option<Listed>, Failure> {
    let reading = facts.read_id(name).map_err(|mut failure| {
        failure.message = format!("a record bears no id of these rules: {}", failure.message);
        failure
    })?;
    let location = facts.locate(&reading)?;
    let Some(standing) = facts.standing(&reading, &location)? else {
        return Ok(None);
    };
    let last = trail::last(facts.view, &location.trail()?)?;
    Ok(Some(Listed {
        standing,
        last_activity: last
            .map(|line| line.timestamp().to_owned())
            .unwrap_or_default(),
    }))
}
