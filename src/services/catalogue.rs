//! Every document of a project, newest activity first.

use super::facts::{Facts, Summary, record_stem};
use super::look::Look;
use crate::error::Failure;
use crate::model::{Code, DocId, UserName};
use crate::store::tree::Kind;
use crate::store::view::View;
use crate::store::{TreePath, layout};

/// What was read of documents, and what kept records from being read.
type Listed<T> = (Vec<T>, Vec<String>);

/// Returns every document, and what kept records from being read.
///
/// # Errors
/// The folder of records cannot be read.
pub fn documents(look: &Look<'_>) -> Result<Listed<Summary>, Failure> {
    let (mut listed, warnings) = read_each(look, |facts, name| {
        let summary = facts.summary(name).map_err(|mut failure| {
            if failure.code == Code::NotFound {
                failure.message = format!("`{name}` bears no id of these rules");
            }
            failure
        })?;
        if summary.is_none() {
            facts.recorded_where_it_is_sought(name)?;
        }
        Ok(summary)
    })?;
    listed.sort_by(|left: &Summary, right| {
        let by_time = right.last_activity.cmp(&left.last_activity);
        by_time.then_with(|| right.id.cmp(&left.id))
    });
    Ok((listed, warnings))
}

/// Returns every document that is left to somebody as far as its record says, newest activity first, and what
/// kept records from being read.
///
/// # Errors
/// As [`documents`].
pub fn left_to(look: &Look<'_>, owner: &UserName) -> Result<Listed<DocId>, Failure> {
    let (mut left, warnings) = read_each(look, |facts, name| match facts.left_to(name, owner) {
        // What these rules have no word for is nobody's under them.
        Err(failure) if failure.code == Code::NotFound => Ok(None),
        result => result,
    })?;
    left.sort_by(|newer, older| older.cmp(newer));
    let ids = left.into_iter().map(|(_, id)| id).collect();
    Ok((ids, warnings))
}

/// Reads every record, by as many readers as there are processors.
fn read_each<T: Send>(
    look: &Look<'_>,
    read: impl Fn(&Facts<'_>, &str) -> Result<Option<T>, Failure> + Sync,
) -> Result<Listed<T>, Failure> {
    let names = record_names(look.facts.view)?;
    let namespaces = look.facts.namespaces()?.to_vec();
    let workers = std::thread::available_parallelism().map_or(1, usize::from);
    let share = names.len().div_ceil(workers).max(64);
    let (view, rules) = (look.facts.view, look.facts.rules);
    let mut listed = Vec::new();
    let mut warnings = Vec::new();
    std::thread::scope(|scope| {
        let (namespaces, read) = (&namespaces, &read);
        let readers: Vec<_> = names
            .chunks(share)
            .map(|names| {
                scope.spawn(move || {
                    let facts = Facts::knowing(view, rules, namespaces.clone());
                    names
                        .iter()
                        .map(|name| read(&facts, name))
                        .collect::<Vec<_>>()
                })
            })
            .collect();
        for reader in readers {
            let Ok(reads) = reader.join() else {
                warnings.push(
                    "some documents could not be listed: a defect of this program".to_owned(),
                );
                continue;
            };
            for read in reads {
                match read {
                    Ok(found) => listed.extend(found),
                    Err(failure) => warnings.push(failure.message.clone()),
                }
            }
        }
    });
    Ok((listed, warnings))
}

/// Returns the id of every record, by the names of their files.
pub(super) fn record_names(view: &View<'_>) -> Result<Vec<String>, Failure> {
    let records = TreePath::new(&format!("{}/.meta", layout::QMS))?;
    let mut names = Vec::new();
    for folder in view.list(&records)? {
        if folder.kind != Kind::Folder {
            continue;
        }
        for entry in view.list(&records.join(&folder.name)?)? {
            names.extend(record_stem(&entry.name).map(str::to_owned));
        }
    }
    Ok(names)
}
