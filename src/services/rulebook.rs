//! Which rules are in force, and where they come from.

use std::path::Path;

use crate::definitions::{RuleError, Rulebook, SourceFile};
use crate::error::Failure;
use crate::model::Code;
use crate::store::tree::{Kind, Tree};
use crate::store::{Store, TreePath, layout, rules};

/// Returns the rules in force: those of a folder that was named, else the project's own, else the shipped.
///
/// # Errors
/// `definitions_invalid` where they are not sound, `io` where they cannot be read.
pub fn in_force(store: &Store, named: Option<&Path>) -> Result<Rulebook, Failure> {
    if let Some(folder) = named {
        return from_folder(folder);
    }
    let own = TreePath::new(layout::RULES)?;
    match store.tree().kind(&own)? {
        None => Ok(Rulebook::shipped()?),
        Some(Kind::Folder) => {
            let files = rules::read(store.tree(), Some(&own)).map_err(unreadable)?;
            Ok(Rulebook::load(layout::RULES, files)?)
        }
        Some(Kind::File | Kind::Other) => Err(Failure::new(
            Code::DefinitionsInvalid,
            format!("`{}` is not a folder", layout::RULES),
        )),
    }
}

/// Returns the rules of a folder that a person named.
///
/// # Errors
/// As [`in_force`].
pub fn from_folder(folder: &Path) -> Result<Rulebook, Failure> {
    Ok(Rulebook::load(&shown(folder), files_of(folder)?)?)
}

/// Returns the files of a folder of definitions that a person named.
///
/// # Errors
/// `io` where they cannot be read.
pub fn files_of(folder: &Path) -> Result<Vec<SourceFile>, Failure> {
    let tree = Tree::open(folder)?;
    Ok(rules::read(&tree, None)?)
}

/// Returns everything that is found in a folder of definitions, warnings too.
///
/// # Errors
/// `io` where it cannot be read.
pub fn examine(folder: &Path) -> Result<(Rulebook, RuleError), Failure> {
    let (rulebook, findings) = Rulebook::examine(&shown(folder), files_of(folder)?);
    let report = RuleError {
        sources: rulebook.sources.clone(),
        findings,
    };
    Ok((rulebook, report))
}

fn shown(folder: &Path) -> String {
    folder.display().to_string()
}

/// A project whose rules cannot be read has no rules.
fn unreadable(error: crate::store::StoreError) -> Failure {
    let mut failure: Failure = error.into();
    failure.message = format!("the definitions cannot be read: {}", failure.message);
    failure.code = Code::DefinitionsInvalid;
    failure
}
