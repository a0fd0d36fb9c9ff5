//! Traceability of a namespace: its requirements, the tests that are named for them, and what came of those.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use super::governance::{Codebase, SourceFile};
use super::look::Look;
use super::{Desk, governance};
use crate::analysis::traceability::markers::{Marker, declared, markers};
use crate::analysis::traceability::matrix::{Matrix, Sources, matrix};
use crate::analysis::traceability::results::{self, Results};
use crate::definitions::doctype::Traces;
use crate::definitions::pattern::Bindings;
use crate::error::Failure;
use crate::model::{Code, DocId, Version};
use crate::store::scribe::LARGEST_TEXT;

/// What is to be traced.
#[derive(Clone, Debug, Default)]
pub struct Wanted {
    /// The namespace, in any letter case.
    pub namespace: String,
    /// Read the documents as they are being worked on, where they are.
    pub draft: bool,
    /// Files and folders with tests; those of the namespace's systems where none are named.
    pub tests: Vec<PathBuf>,
    /// The commit whose test sources are read, instead of those in the working tree.
    pub at: Option<String>,
    /// The results of a run of the tests.
    pub results: Option<PathBuf>,
}

/// A document that was read.
#[derive(Clone, Debug)]
pub struct Read {
    /// Which.
    pub id: DocId,
    /// At which version.
    pub version: Version,
    text: String,
}

/// What was found.
#[derive(Clone, Debug)]
pub struct Traced {
    /// Where the requirements stand.
    pub specification: Read,
    /// Where the tests are named, if there is such a document yet.
    pub tests: Option<Read>,
    /// The commit whose test sources were read, where it was not the working tree.
    pub commit: Option<String>,
    /// How many files with tests were read.
    pub files: usize,
    /// The matrix.
    pub matrix: Matrix,
}

/// Traces the requirements of a namespace to their tests.
///
/// # Errors
/// `not_found` where the namespace, its specification or a file that was named is not there; `invalid_argument` for
/// results that cannot be read; `gate_blocked` where no type of these rules holds requirements; `io`.
pub fn trace(desk: &Desk, wanted: &Wanted) -> Result<Traced, Failure> {
    let (specification, tests) = desk.look_unnamed(|look| {
        let specification = look.traced(Traces::Requirements, wanted)?;
        let tests = look.traced(Traces::Tests, wanted)?;
        Ok((specification, tests))
    })?;
    let namespace = wanted.namespace.to_ascii_uppercase();
    let specification = specification.ok_or_else(|| {
        let message = format!("`{namespace}` has no specification yet");
        Failure::new(Code::NotFound, message)
            .hint("create it first; `qms namespace list` shows its type")
    })?;
    let results = wanted.results.as_deref().map(read_results).transpose()?;
    let (sources, commit) = sources(desk, wanted, &namespace)?;
    let mut marked: Vec<Marker> = Vec::new();
    let mut names: BTreeSet<String> = BTreeSet::new();
    for source in &sources {
        let text = String::from_utf8_lossy(&source.bytes);
        marked.extend(markers(&source.path, &text));
        names.extend(declared(&source.path, &text));
    }
    let matrix = matrix(&Sources {
        specification: &specification.text,
        matrix: tests.as_ref().map(|read| read.text.as_str()),
        markers: &marked,
        declared: &names,
        results: results.as_ref(),
    });
    Ok(Traced {
        files: sources.len(),
        specification,
        tests,
        commit,
        matrix,
    })
}

impl Look<'_> {
    /// Returns the document of a namespace that holds what is traced; none where it is not there.
    fn traced(&self, traces: Traces, wanted: &Wanted) -> Result<Option<Read>, Failure> {
        let namespace = wanted.namespace.to_ascii_uppercase();
        if !self.facts.namespaces()?.contains(&namespace) {
            let known = self.facts.namespaces()?.join(", ");
            let message = format!(
                "the namespace `{}` is not registered",
                wanted.namespace.escape_debug()
            );
            return Err(
                Failure::new(Code::NotFound, message).hint(format!("registered are: {known}"))
            );
        }
        let mut doctypes = self.facts.rules.doctypes.iter();
        let doctype = doctypes.find(|doctype| doctype.traces.is_some_and(|(own, _)| own == traces));
        let Some(doctype) = doctype else {
            let message = format!("no type of document traces {}", traces.word());
            return Err(Failure::new(Code::GateBlocked, message).hint(format!(
                "write `traces {}` in the file of a type",
                traces.word()
            )));
        };
        let bindings = Bindings {
            namespace: Some(namespace),
            ..Bindings::default()
        };
        let id = doctype.id.fill(&bindings).unwrap_or_default();
        let (location, standing) = match self.facts.document(&id) {
            Ok(found) => found,
            Err(failure) if failure.code == Code::NotFound => return Ok(None),
            Err(failure) => return Err(failure),
        };
        let text = if wanted.draft {
            self.present(&location, &standing)?
        } else {
            self.text(&location, &standing, false)?
        };
        Ok(Some(Read {
            version: text.version,
            text: text.into_content(&location.id)?,
            id: location.id,
        }))
    }
}

fn read_results(path: &Path) -> Result<Results, Failure> {
    let text = read_text(path)?;
    results::read(&text).map_err(|error| {
        let message = format!("{}: {error}", path.display());
        Failure::new(Code::InvalidArgument, message).hint("results are read in the form of JUnit")
    })
}

pub(super) fn read_text(path: &Path) -> Result<String, Failure> {
    let failed = |error: std::io::Error| unread(path, &error);
    let found = fs::metadata(path).map_err(failed)?;
    if !found.is_file() {
        let message = format!("{} is no regular file", path.display());
        return Err(Failure::new(Code::InvalidArgument, message));
    }
    if found.len() > LARGEST_TEXT {
        let message = format!("{} is larger than 16 MiB", path.display());
        return Err(Failure::new(Code::InvalidArgument, message));
    }
    let bytes = fs::read(path).map_err(failed)?;
    super::taking::as_text(&path.display().to_string(), bytes)
}

fn unread(path: &Path, error: &std::io::Error) -> Failure {
    let code = if error.kind() == std::io::ErrorKind::NotFound {
        Code::NotFound
    } else {
        Code::Io
    };
    Failure::new(code, format!("{}: {error}", path.display()))
}

/// Returns the files with tests, and the commit they are of.
fn sources(
    desk: &Desk,
    wanted: &Wanted,
    namespace: &str,
) -> Result<(Vec<SourceFile>, Option<String>), Failure> {
    let systems = governance::systems(desk)?.into_iter();
    let own = systems.filter(|system| system.namespace == namespace);
    let own: BTreeSet<String> = own.flat_map(|system| system.tests().to_vec()).collect();
    let named = wanted.tests.iter().map(|path| path.display().to_string());
    let paths: Vec<String> = if wanted.tests.is_empty() {
        own.into_iter().collect()
    } else {
        named.collect()
    };
    if let Some(at) = &wanted.at {
        let codebase = Codebase::around(desk.root())?;
        let commit = codebase.named(at)?;
        let files = codebase.files(commit, &paths)?;
        return Ok((files, Some(commit.to_string())));
    }
    // What a system declares is told from the root of the repository, what a person names from where they are.
    let above = if wanted.tests.is_empty() {
        let codebase = Codebase::find(desk.root())?;
        let folder = codebase.as_ref().and_then(Codebase::folder);
        folder.unwrap_or(desk.root()).to_path_buf()
    } else {
        PathBuf::new()
    };
    let mut files = Vec::new();
    for path in &paths {
        gather(&above.join(path), path, &mut files)?;
    }
    Ok((files, None))
}

/// Gathers the files at a path and below it, in the order of their names; no link is followed, and nothing that is
/// hidden is looked into.
fn gather(path: &Path, shown: &str, files: &mut Vec<SourceFile>) -> Result<(), Failure> {
    let failed = |error: std::io::Error| unread(path, &error);
    let found = fs::symlink_metadata(path).map_err(failed)?;
    if found.is_file() && found.len() <= LARGEST_TEXT {
        let bytes = fs::read(path).map_err(failed)?;
        files.extend(SourceFile::of_text(shown.to_owned(), bytes));
    } else if found.is_dir() {
        let entries = fs::read_dir(path).map_err(failed)?;
        let mut entries = entries.collect::<Result<Vec<_>, _>>().map_err(failed)?;
        entries.sort_by_key(fs::DirEntry::file_name);
        for entry in entries {
            let name = entry.file_name().to_string_lossy().into_owned();
            if !name.starts_with('.') {
                let shown = format!("{}/{name}", shown.trim_end_matches('/'));
                gather(&entry.path(), &shown, files)?;
            }
        }
    }
    Ok(())
}
