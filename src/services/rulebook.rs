//! Which rules are in force, and where they come from.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use super::prompts::{self, Form, PromptError};
use crate::definitions::codes;
use crate::definitions::prompt::parse;
use crate::definitions::rulebook::Provenance;
use crate::definitions::scenario::read_scenarios;
use crate::definitions::tree::Span;
use crate::definitions::{Finding, Origin, RuleError, Rulebook, Severity, SourceFile};
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
    of_files(own_files(store)?)
}

/// Returns the files of a project's own rules; none where the shipped ones govern it.
fn own_files(store: &Store) -> Result<Option<Vec<SourceFile>>, Failure> {
    let own = TreePath::new(layout::RULES)?;
    match store.tree().kind(&own)? {
        None => Ok(None),
        Some(Kind::Folder) => {
            let files = rules::read(store.tree(), Some(&own)).map_err(unreadable)?;
            Ok(Some(files))
        }
        Some(Kind::File | Kind::Other) => Err(Failure::new(
            Code::DefinitionsInvalid,
            format!("`{}` is not a folder", layout::RULES),
        )),
    }
}

fn of_files(own: Option<Vec<SourceFile>>) -> Result<Rulebook, Failure> {
    match own {
        None => Ok(Rulebook::shipped()?),
        Some(files) => checked(Rulebook::load(layout::RULES, files)?),
    }
}

/// The rules a project was last governed by: whoever serves it for long reads their files for every call, and
/// checks them anew only when they have changed.
#[derive(Debug, Default)]
pub struct LastRules(Mutex<Option<Arc<Rulebook>>>);

impl LastRules {
    /// Returns the rules in force.
    ///
    /// # Errors
    /// As [`in_force`].
    pub fn in_force(&self, store: &Store) -> Result<Arc<Rulebook>, Failure> {
        let files = own_files(store)?;
        let mut last = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(rules) = last
            .as_ref()
            .filter(|rules| is_made_of(rules, files.as_deref()))
        {
            return Ok(Arc::clone(rules));
        }
        let rules = Arc::new(of_files(files)?);
        *last = Some(Arc::clone(&rules));
        Ok(rules)
    }
}

fn is_made_of(rules: &Rulebook, own: Option<&[SourceFile]>) -> bool {
    match own {
        None => rules.provenance == Provenance::Shipped,
        Some(files) => rules.provenance != Provenance::Shipped && rules.sources.files() == files,
    }
}

/// Returns the rules of a folder that a person named.
///
/// # Errors
/// As [`in_force`].
pub fn from_folder(folder: &Path) -> Result<Rulebook, Failure> {
    checked(Rulebook::load(&shown(folder), files_of(folder)?)?)
}

/// Returns the files of a folder of definitions that a person named.
///
/// # Errors
/// `io` where they cannot be read.
pub fn files_of(folder: &Path) -> Result<Vec<SourceFile>, Failure> {
    let tree = Tree::open(folder)?;
    Ok(rules::read(&tree, None)?)
}

/// Returns everything that is found in a folder of definitions, warnings too, and in the stories beside them.
///
/// # Errors
/// `io` where it cannot be read.
pub fn examine(folder: &Path) -> Result<(Rulebook, RuleError), Failure> {
    let (rulebook, mut findings) = Rulebook::examine(&shown(folder), files_of(folder)?);
    let is_error = |finding: &Finding| finding.severity() == Severity::Error;
    if !findings.iter().any(is_error) {
        findings.extend(unwritable(&rulebook));
    }
    findings.extend(read_scenarios(&rulebook.sources).1);
    let report = RuleError {
        sources: rulebook.sources.clone(),
        findings,
    };
    Ok((rulebook, report))
}

/// Returns the rules, if every task that they give can be written.
fn checked(rules: Rulebook) -> Result<Rulebook, Failure> {
    let findings = unwritable(&rules);
    if findings.is_empty() {
        return Ok(rules);
    }
    let sources = rules.sources;
    Err(RuleError { sources, findings }.into())
}

/// Returns what keeps prompt files and layouts from being rendered, each tried with invented facts.
fn unwritable(rules: &Rulebook) -> Vec<Finding> {
    let files = rules.sources.files();
    let named = |path: &str| files.iter().find(|file| file.path == path);
    let mut findings = Vec::new();
    for (index, file) in files.iter().enumerate() {
        let Some(path) = file.path.strip_prefix("prompts/") else {
            continue;
        };
        let tried = if path.ends_with("layout.jinja") {
            prompts::validate_layout(&file.path, &file.text)
        } else if let Ok(prompt) = parse(&file.text) {
            let task = path.split('/').next().unwrap_or_default();
            let own = named(&format!("prompts/{task}/layout.jinja"));
            let Some(layout) = own.or_else(|| named("prompts/layout.jinja")) else {
                continue;
            };
            prompts::validate(&Form {
                prompt_file: &file.path,
                prompt: &prompt,
                layout_file: &layout.path,
                layout: &layout.text,
            })
        } else {
            continue;
        };
        // A layout is told of once, as itself.
        if let Err(error) = tried
            && error.file == file.path
        {
            findings.push(unwritten(index, file, error));
        }
    }
    findings
}

fn unwritten(index: usize, file: &SourceFile, error: PromptError) -> Finding {
    let range = error.range_in(&file.text);
    let origin = Origin {
        file: index,
        span: Span {
            offset: range.start,
            length: range.len(),
        },
    };
    Finding::new(codes::UNWRITABLE_PROMPT, origin, error.message)
        .label("cannot be written out")
        .maybe_help(error.help)
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
