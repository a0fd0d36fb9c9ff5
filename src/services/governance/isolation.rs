//! Isolation: what is being tried out knows nothing of the documents that govern what is in use.
//!
//! A test environment leaks where one of its files names a controlled document there is, or where its branch
//! changes one.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use git2::Oid;
use serde::Serialize;

use super::codebase::{Codebase, fail};
use super::environment::{TestEnvironment, test_environments};
use super::files::{Content, content, listed};
use crate::error::Failure;
use crate::services::facts::Facts;
use crate::store::layout::{AGENTS, QMS, USERS};
use crate::store::systems::System;

/// What was found of test environments.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Leaks {
    /// The test environments that were looked at.
    pub environments: Vec<String>,
    /// How many files were read.
    pub files: usize,
    /// What leads out of them.
    pub leaks: Vec<Leak>,
    /// Files too large to be read.
    pub passed_over: Vec<String>,
}

/// A way out of a test environment.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Leak {
    /// The branch of the test environment.
    pub branch: String,
    /// The file.
    pub path: String,
    /// The line that names a document; none where the file is itself one that the branch changes.
    pub line: Option<usize>,
    /// The document that is named.
    pub doc_id: Option<String>,
}

/// Returns what leads out of the test environments of some systems.
///
/// Every file is read once, however many environments hold it.
///
/// # Errors
/// `io`.
pub fn isolation(
    codebase: &Codebase,
    facts: &Facts<'_>,
    systems: &[System],
) -> Result<Leaks, Failure> {
    let mut reader = Reader {
        codebase,
        facts,
        documents: BTreeMap::new(),
        read: BTreeMap::new(),
    };
    let mut found = Leaks::default();
    for test in test_environments(codebase, systems)? {
        let declared = systems.iter().find(|system| system.name == test.system);
        if let (Some(system), Some(tip)) = (declared, codebase.tip(&test.branch)?) {
            reader.names(&test, system, tip, &mut found)?;
            changes(
                (codebase, facts.view.root()),
                &test,
                (system, tip),
                &mut found,
            )?;
        }
        found.environments.push(test.branch);
    }
    Ok(found)
}

/// What the file of a draft is called after its document's id.
const WORKED_ON: &str = "-draft";

/// The lines of a file that name documents.
type Named = Vec<(usize, String)>;

struct Reader<'r> {
    codebase: &'r Codebase,
    facts: &'r Facts<'r>,
    /// Whether a word is the id of a document there is.
    documents: BTreeMap<String, bool>,
    read: BTreeMap<Oid, Option<Named>>,
}

impl Reader<'_> {
    fn names(
        &mut self,
        test: &TestEnvironment,
        system: &System,
        tip: Oid,
        found: &mut Leaks,
    ) -> Result<(), Failure> {
        for (path, id) in listed(self.codebase, &system.paths, tip)? {
            if !self.read.contains_key(&id) {
                let named = self.read_file(id)?;
                self.read.insert(id, named);
                found.files += 1;
            }
            match self.read.get(&id) {
                Some(Some(named)) => found.leaks.extend(named.iter().map(|(line, doc_id)| Leak {
                    branch: test.branch.clone(),
                    path: path.clone(),
                    line: Some(*line),
                    doc_id: Some(doc_id.clone()),
                })),
                _ => found.passed_over.push(path),
            }
        }
        Ok(())
    }

    /// Returns the lines of a file that name documents; none where it is too large to be read.
    fn read_file(&mut self, id: Oid) -> Result<Option<Named>, Failure> {
        let text = match content(self.codebase, id)? {
            Content::Text(bytes) => String::from_utf8_lossy(&bytes).into_owned(),
            Content::Binary => return Ok(Some(Vec::new())),
            Content::TooLarge => return Ok(None),
        };
        let mut named = Vec::new();
        for (index, line) in text.lines().enumerate() {
            let mut seen = BTreeSet::new();
            let words = words(line).map(|word| word.strip_suffix(WORKED_ON).unwrap_or(word));
            for word in words.filter(|word| may_be_id(word)) {
                if seen.insert(word) && self.is_document(word)? {
                    named.push((index + 1, word.to_owned()));
                }
            }
        }
        Ok(Some(named))
    }

    fn is_document(&mut self, word: &str) -> Result<bool, Failure> {
        if let Some(known) = self.documents.get(word) {
            return Ok(*known);
        }
        let is_document = match self.facts.read_id(word) {
            Ok(reading) if reading.id.as_str() == word => {
                let location = self.facts.locate(&reading)?;
                self.facts.view.kind(&location.meta()?)?.is_some()
            }
            _ => false,
        };
        self.documents.insert(word.to_owned(), is_document);
        Ok(is_document)
    }
}

/// Returns the words of a text that ids are made of.
pub(super) fn words(text: &str) -> impl Iterator<Item = &str> {
    let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '-' || letter == '_';
    text.split(move |letter| !is_part(letter))
        .map(|word| word.trim_matches(['-', '_']))
}

/// Tells whether it is worth asking the rules about a word.
pub(super) fn may_be_id(word: &str) -> bool {
    let first = word.bytes().next();
    word.contains('-')
        && first.is_some_and(|first| first.is_ascii_uppercase() || first.is_ascii_digit())
}

/// Adds the documents that a branch changes.
fn changes(
    (codebase, root): (&Codebase, &Path),
    test: &TestEnvironment,
    (system, tip): (&System, Oid),
    found: &mut Leaks,
) -> Result<(), Failure> {
    let Some(production) = codebase.tip(&system.production_branch)? else {
        return Ok(());
    };
    let repository = &codebase.repository;
    // Without a common beginning, all that differs is changed.
    let base = repository.merge_base(production, tip).unwrap_or(production);
    let tree = |commit| codebase.commit(commit)?.tree().map_err(fail);
    let (before, after) = (tree(base)?, tree(tip)?);
    let mut options = git2::DiffOptions::new();
    options.disable_pathspec_match(true);
    let above = codebase.folder_of(root);
    for own in [QMS, USERS, AGENTS] {
        options.pathspec(above.join(own));
    }
    let diff = repository.diff_tree_to_tree(Some(&before), Some(&after), Some(&mut options));
    for delta in diff.map_err(fail)?.deltas() {
        let file = delta
            .new_file()
            .path_bytes()
            .or_else(|| delta.old_file().path_bytes());
        found.leaks.push(Leak {
            branch: test.branch.clone(),
            path: String::from_utf8_lossy(file.unwrap_or_default()).into_owned(),
            line: None,
            doc_id: None,
        });
    }
    Ok(())
}
