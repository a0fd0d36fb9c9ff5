//! `validate-config`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::Command;
use super::config::rules_to_be;
use super::context::Context;
use super::sarif::{self, Folder, Folders};
use crate::analysis::prove::{Proof, Verdict};
use crate::analysis::rehearse::rehearse;
use crate::definitions::rulebook::FOLDERS;
use crate::definitions::scenario::read_scenarios;
use crate::definitions::{Finding, RuleError, Rulebook, Severity, shipped};
use crate::error::Failure;
use crate::model::Code;
use crate::services::examination::examine_templates;
use crate::services::practice;
use crate::services::proving::prove;
use crate::services::{Outcome, rulebook};
use crate::store::layout;

/// Check definitions, and show everything that is wrong at its place
///
/// Without a path: the definitions in force in the project, or, where there is none yet, those
/// in `qms.d` here, or the shipped ones; with them the templates that documents are born from,
/// and the scenarios.
/// Exits 0 if they are sound, 3 if not, 2 if they cannot be read.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  qms validate-config
  qms validate-config qms.d --strict
  qms validate-config qms.d --format sarif > findings.sarif")]
pub struct ValidateConfig {
    /// A folder of definitions
    pub path: Option<PathBuf>,
    /// Count warnings as errors
    #[arg(long)]
    pub strict: bool,
    /// How findings are shown
    #[arg(long, value_enum, default_value_t = Format::Text)]
    pub format: Format,
}

/// How findings are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// For people
    Text,
    /// For programs
    Json,
    /// For code scanning and editors: SARIF 2.1.0
    Sarif,
}

/// As wide as reports are.
const WIDTH: usize = 100;

impl Command for ValidateConfig {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let Examined {
            rules,
            mut report,
            folders,
        } = self
            .examine(context)
            .map_err(|failure| self.unread(failure))?;
        let whole = rules.with_code();
        let proofs = if report.has_errors() {
            Vec::new()
        } else {
            prove(&whole)
        };
        report.findings.extend(proved_wrong(&whole, &proofs));
        if !report.has_errors() && self.path.is_none() && context.root().is_ok() {
            report
                .findings
                .extend(practice::examine(context.desk()?, &proofs)?);
        }
        let is_unsound = report
            .findings
            .iter()
            .any(|finding| self.strict || finding.severity() == Severity::Error);
        let findings: Vec<_> = report
            .findings
            .iter()
            .map(|finding| show(&report, finding))
            .collect();
        let proved = proofs.iter().flat_map(show_proved).collect::<Vec<_>>();
        let data = json!({ "findings": findings, "proved": proved });
        let (data, text) = match self.format {
            Format::Text => {
                let proofs = proofs.iter().map(tell_proved).collect::<String>();
                (data, text(&rules, &report) + &proofs)
            }
            Format::Json => {
                let text = format!("{data:#}\n");
                (data, text)
            }
            Format::Sarif => with_log(data, sarif::log(&report, &folders, is_unsound)),
        };
        Ok(Outcome {
            exit_status: if is_unsound {
                Code::DefinitionsInvalid.exit_status()
            } else {
                0
            },
            ..Outcome::new(data, text)
        })
    }
}

/// Definitions, what is wrong with them, and where they lie.
struct Examined {
    rules: Rulebook,
    report: RuleError,
    folders: Folders,
}

impl ValidateConfig {
    /// Returns the failure of reading definitions, in the format that was asked for.
    fn unread(&self, mut failure: Failure) -> Failure {
        failure.output = match self.format {
            Format::Text => None,
            Format::Json => Some(format!("{:#}\n", failure.to_json())),
            Format::Sarif => Some(format!("{:#}\n", sarif::failed(&failure.message))),
        };
        failure
    }

    fn examine(&self, context: &Context) -> Result<Examined, Failure> {
        // What cannot be read is a mistake in the call (exit 2).
        let unreadable = |mut failure: Failure| {
            failure.code = Code::Usage;
            failure
        };
        let own = context.root().ok().map(|root| root.join(layout::RULES));
        let folder = self
            .path
            .clone()
            .or_else(|| context.rules_folder.clone())
            .or_else(|| own.filter(|folder| folder.exists()));
        let folder = match folder {
            Some(folder) => Some(folder),
            None => rules_to_be(context).map_err(unreadable)?,
        };
        let (rules, mut report) = match &folder {
            Some(folder) => rulebook::examine(folder).map_err(unreadable)?,
            None => shipped(),
        };
        let project = context.root().ok().filter(|_| self.path.is_none());
        let lies = |folder: Option<&PathBuf>| folder.map(|folder| Folder::of(folder));
        let definitions = lies(folder.as_ref()).unwrap_or_else(Folder::current);
        let rest = lies(project.as_ref().or(folder.as_ref()));
        let folders = Folders {
            definitions,
            count: report.sources.files().len(),
            rest: rest.unwrap_or_else(Folder::current),
        };
        examine_templates(&rules, &mut report, project.as_deref(), folder.as_deref())
            .map_err(unreadable)?;
        let place = |finding: &Finding| (finding.origin.file, finding.origin.span.offset);
        report.findings.sort_by_key(place);
        Ok(Examined {
            rules,
            report,
            folders,
        })
    }
}

/// Returns data that holds a log too, and the log as it is printed.
fn with_log(mut data: Value, log: Value) -> (Value, String) {
    let text = format!("{log:#}\n");
    if let Some(data) = data.as_object_mut() {
        data.insert("sarif".to_owned(), log);
    }
    (data, text)
}

fn shipped() -> (Rulebook, RuleError) {
    let files = FOLDERS.iter().flat_map(|folder| shipped::files(folder));
    let (rules, findings) = Rulebook::examine("shipped", files.collect());
    let sources = rules.sources.clone();
    (rules, RuleError { sources, findings })
}

fn show(report: &RuleError, finding: &Finding) -> Value {
    let (line, column) = report.sources.position(finding.origin);
    json!({
        "code": finding.code.to_string(),
        "severity": finding.severity().as_str(),
        "message": finding.message,
        "file": report.sources.file(finding.origin).map(|file| file.path.as_ref()),
        "line": line,
        "column": column,
        "help": finding.advice(),
    })
}

/// Returns what the proofs find wrong.
fn proved_wrong(rules: &Rulebook, proofs: &[Proof<'_>]) -> Vec<Finding> {
    let told = if proofs.iter().all(|proof| proof.untaken.is_empty()) {
        Vec::new()
    } else {
        rehearse(rules, &read_scenarios(&rules.sources).0).taken
    };
    let findings = proofs.iter().flat_map(|proof| proof.findings(&told));
    findings.collect()
}

fn show_proved<'p>(proof: &'p Proof<'_>) -> impl Iterator<Item = Value> + use<'p> {
    let proved = proof.sentences.iter();
    let proved = proved.filter(|sentence| sentence.verdict == Verdict::Proved);
    proved.map(|sentence| {
        json!({
            "invariant": sentence.invariant.sentence,
            "workflow": proof.workflow.name,
            "states_explored": proof.situations,
        })
    })
}

fn tell_proved(proof: &Proof<'_>) -> String {
    if proof.sentences.is_empty() {
        return String::new();
    }
    let mut text = format!("\n{}\n", proof.workflow.title);
    let lengths = proof.sentences.iter();
    let lengths = lengths.map(|sentence| sentence.invariant.sentence.chars().count());
    let width = lengths.max().unwrap_or_default();
    for sentence in &proof.sentences {
        let verdict = match &sentence.verdict {
            Verdict::Proved => format!("proved, {} situations", proof.situations),
            Verdict::NotProved => format!("not proved, {} situations", proof.situations),
            Verdict::NeverMet => "never asked".to_owned(),
            Verdict::Broken(_) => "broken".to_owned(),
        };
        let _ = writeln!(text, "  {:<width$}  {verdict}", sentence.invariant.sentence);
    }
    text
}

fn text(rules: &Rulebook, report: &RuleError) -> String {
    if report.findings.is_empty() {
        return format!(
            "The definitions are sound: {} workflows, {} document types, {} groups, {} permits.\n",
            rules.workflows.len() + rules.code_workflows.len(),
            rules.doctypes.len(),
            rules.groups.len(),
            rules.permits.len()
        );
    }
    let count = |severity: Severity| {
        let findings = report.findings.iter();
        findings
            .filter(|finding| finding.severity() == severity)
            .count()
    };
    let counted = |severity: Severity| {
        let plural = if count(severity) == 1 { "" } else { "s" };
        format!("{} {}{plural}", count(severity), severity.as_str())
    };
    format!(
        "{}{}, {}\n",
        report.render(WIDTH, false),
        counted(Severity::Error),
        counted(Severity::Warning)
    )
}
