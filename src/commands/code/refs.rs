//! `code refs`.

use std::fmt::Write as _;

use clap::Args;
use serde_json::json;

use super::{FOUND, count};
use crate::commands::read::parse_version;
use crate::commands::{Command, Context, Manner};
use crate::error::Failure;
use crate::services::Outcome;
use crate::services::governance::{self, Codebase, Kind, Resolution, resolve};

/// Resolve every reference `PATH @ COMMIT` of a document
///
/// Of the text being worked on where there is one, else of the one in force. A reference resolves if the commit is
/// there, the file is in it, and the branch in use contains it. Exits 1 if one does not, or a placeholder such as
/// TBD stands where one belongs.
#[derive(Args, Clone, Debug)]
pub struct Refs {
    /// The document's id, in any letter case
    pub id: String,
    /// Look at this version, archived or not
    #[arg(long, value_name = "N.X")]
    pub version: Option<String>,
}

impl Command for Refs {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let version = self.version.as_deref().map(parse_version).transpose()?;
        let desk = context.desk()?;
        let (id, version, content) = desk.look_unnamed(|look| {
            let (location, standing) = look.facts.document(&self.id)?;
            let text = match version {
                Some(version) => look.version(&location, &standing, version)?,
                None => look.present(&location, &standing)?,
            };
            let version = text.version;
            let content = text.into_content(&location.id)?;
            Ok((location.id, version, content))
        })?;
        let systems = governance::systems(desk)?;
        let codebase = Codebase::around(desk.root())?;
        let references = resolve(&codebase, &systems, &content)?;
        let open = references
            .iter()
            .filter(|found| found.problem.is_some())
            .count();
        let mut text = String::new();
        for found in &references {
            text.push_str(&line(&codebase, found)?);
        }
        let _ = match (references.len(), open) {
            (0, _) => writeln!(text, "{id} v{version} refers to no code."),
            (1, 0) => writeln!(text, "{id} v{version}: 1 reference, which resolves."),
            (all, 0) => writeln!(text, "{id} v{version}: {all} references, all resolve."),
            (all, open) => writeln!(
                text,
                "{id} v{version}: {}, unresolved: {open}.",
                count(all, "reference")
            ),
        };
        let data = json!({ "doc_id": id, "version": version, "references": references, "unresolved": open });
        Ok(Outcome {
            exit_status: if open > 0 { FOUND } else { 0 },
            ..Outcome::new(data, text)
        })
    }

    fn manner(&self) -> Manner {
        Manner::Plain
    }
}

fn line(codebase: &Codebase, found: &Resolution) -> Result<String, Failure> {
    let (line, reference) = (found.line, &found.reference);
    if let Some(problem) = &found.problem {
        return Ok(format!(
            "line {line}: {reference}\n  {} [{}]\n",
            problem.message, problem.code
        ));
    }
    let kind = match found.kind {
        Some(Kind::Folder) => "folder",
        Some(Kind::File) | None => "file",
    };
    let commit = found
        .commit
        .as_deref()
        .map(|commit| codebase.short_of(commit))
        .transpose()?;
    Ok(format!(
        "line {line}: {reference}\n  {kind}, commit {} on {}\n",
        commit.unwrap_or_default(),
        found.branch.as_deref().unwrap_or_default()
    ))
}
