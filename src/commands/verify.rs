//! `verify`.

use std::fmt::Write as _;

use clap::Args;
use serde_json::json;

use super::Command;
use super::context::Context;
use crate::error::Failure;
use crate::model::{Code, DocId};
use crate::services::Outcome;
use crate::services::integrity::{self, Report, Severity};

/// Check that records, trails and texts are as the tool left them
///
/// Compares every line of the trails with its seal, every record with its trail, every text and every
/// archived version with what was sealed. Changes nothing and needs no user.
/// Exits 0 if there is no error, else 3.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  qms verify
  qms verify CR-001 SOP-002")]
pub struct Verify {
    /// The ids of documents, in any letter case; none means all
    #[arg(value_name = "ID")]
    pub ids: Vec<String>,
}

impl Command for Verify {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let report = integrity::examine(context.desk()?, &self.ids)?;
        let data = json!({
            "documents": report.documents,
            "events": report.events,
            "findings": report.findings,
        });
        Ok(Outcome {
            exit_status: if report.is_unsound() {
                Code::Integrity.exit_status()
            } else {
                0
            },
            ..Outcome::new(data, text(&report))
        })
    }
}

fn text(report: &Report) -> String {
    let mut text = String::new();
    for finding in &report.findings {
        let about = finding.doc_id.as_ref().map_or("project", DocId::as_str);
        let _ = writeln!(
            text,
            "{}: {about}: {} [{}] ({})",
            finding.severity, finding.message, finding.code, finding.remedy
        );
    }
    let looked_at = format!("{} documents, {} events", report.documents, report.events);
    if report.findings.is_empty() {
        let _ = writeln!(text, "All is as it was recorded: {looked_at}.");
    } else {
        let _ = writeln!(
            text,
            "{looked_at}; errors: {}, warnings: {}, notes: {}",
            report.count(Severity::Error),
            report.count(Severity::Warning),
            report.count(Severity::Note)
        );
    }
    text
}
