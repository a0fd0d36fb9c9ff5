//! `config`.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, Subcommand};
use serde_json::json;

use super::Command;
use super::context::Context;
use super::matrix::MatrixCommand;
use crate::definitions::rulebook::FOLDERS;
use crate::definitions::{Provenance, Rulebook, SourceFile, shipped};
use crate::error::Failure;
use crate::model::Code;
use crate::services::{Outcome, base, rulebook};
use crate::store::layout;

/// Show which definitions are in force and who may do what, or write out the shipped ones
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  qms config show
  qms config matrix            (who may do what)
  qms config export            (writes qms.d/ here)")]
pub struct Config {
    #[command(subcommand)]
    what: Option<What>,
}

#[derive(Clone, Debug, Subcommand)]
enum What {
    /// Show what is in force, and from where
    Show,
    /// Write the complete shipped definitions into a folder that is not there yet
    Export {
        /// The folder; `qms.d` in the project, or here, if none is given
        dir: Option<PathBuf>,
    },
    /// Show which group may do what, and in which state
    Matrix(MatrixCommand),
}

impl Command for Config {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        match &self.what {
            Some(What::Export { dir }) => export(context, dir.as_deref()),
            Some(What::Matrix(command)) => command.run(context),
            Some(What::Show) | None => show(context),
        }
    }
}

fn show(context: &Context) -> Result<Outcome, Failure> {
    let rules = rules_here(context)?;
    let from = match &rules.provenance {
        Provenance::Shipped => "shipped with the program".to_owned(),
        Provenance::Folder(folder) => folder.clone(),
    };
    let mut text = format!(
        "Definitions: {from}\nDigest: {}\n\nWorkflows:\n",
        rules.digest()
    );
    for workflow in rules.workflows.iter().chain(&rules.code_workflows) {
        let _ = writeln!(
            text,
            "  {}: {} states, {} actions",
            workflow.name,
            workflow.states.len(),
            workflow.actions.len()
        );
    }
    text.push_str("Document types:\n");
    for doctype in &rules.doctypes {
        let _ = writeln!(
            text,
            "  {:<10} {} ({})",
            doctype.name.as_str(),
            doctype.title,
            doctype.workflow
        );
    }
    text.push_str("Groups:\n");
    for group in &rules.groups {
        let _ = writeln!(text, "  {:<15} {}", group.name.as_str(), group.meaning);
    }
    let names = |items: Vec<String>| items;
    let data = json!({
        "from": from,
        "digest": rules.digest(),
        "files": names(rules.sources.files().iter().map(|file| file.path.to_string()).collect()),
        "workflows": names(rules.workflows.iter().chain(&rules.code_workflows).map(|workflow| workflow.name.to_string()).collect()),
        "doc_types": names(rules.doctypes.iter().map(|doctype| doctype.name.to_string()).collect()),
        "groups": names(rules.groups.iter().map(|group| group.name.to_string()).collect()),
    });
    Ok(Outcome::new(data, text))
}

/// Returns where the own rules of the project lie, or of one that would be made here.
pub fn own_rules(context: &Context) -> PathBuf {
    let named = context.project_root.clone();
    let here = || named.unwrap_or_else(|| PathBuf::from("."));
    let root = context.root().unwrap_or_else(|_| here());
    root.join(layout::RULES)
}

/// Returns the rules that will govern a project made here, where there are some and no project yet.
///
/// # Errors
/// `io` where something stands in their place that is no folder.
pub(super) fn rules_to_be(context: &Context) -> Result<Option<PathBuf>, Failure> {
    if context.rules_folder.is_some() || context.root().is_ok() {
        return Ok(None);
    }
    let folder = own_rules(context);
    if folder.is_dir() {
        return Ok(Some(folder));
    }
    if folder.symlink_metadata().is_ok() {
        let message = format!("{} is no folder", folder.display());
        return Err(Failure::new(Code::Io, message)
            .hint("definitions lie in a folder; take away what stands in its place"));
    }
    Ok(None)
}

/// Returns the rules in force, or, where there is no project yet, those that will govern it.
///
/// # Errors
/// `definitions_invalid`, and as [`rules_to_be`].
pub(super) fn rules_here(context: &Context) -> Result<Rulebook, Failure> {
    match rules_to_be(context)? {
        Some(folder) => rulebook::from_folder(&folder),
        None => context.rules(),
    }
}

fn export(context: &Context, dir: Option<&Path>) -> Result<Outcome, Failure> {
    let folder = dir.map_or_else(|| own_rules(context), Path::to_path_buf);
    if folder.exists() {
        let message = format!("{} already exists", folder.display());
        return Err(Failure::new(Code::AlreadyExists, message)
            .hint("nothing is overwritten; name another folder, or move that one away"));
    }
    let files: Vec<SourceFile> = FOLDERS
        .iter()
        .chain(&["seed"])
        .flat_map(|folder| shipped::files(folder))
        .collect();
    let mut written = Vec::new();
    for file in &files {
        let path = folder.join(file.path.as_ref());
        base::put(&path, &file.text)?;
        written.push(file.path.to_string());
    }
    base::write(&folder)?;
    let text = format!(
        "Wrote {} files to {}\nA project with this folder as `{}` is governed by it, whole.\n\
         What it was made from is kept in `{}`, for `qms diff-config`.\n",
        written.len(),
        folder.display(),
        layout::RULES,
        layout::BASE
    );
    Ok(Outcome::new(
        json!({ "folder": folder.display().to_string(), "written": written }),
        text,
    ))
}
