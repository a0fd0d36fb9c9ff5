//! A report on definitions as SARIF 2.1.0, which code scanning and editors read.

use std::collections::BTreeMap;
use std::env;
use std::fmt::Write as _;
use std::path::{Component, Path};

use serde_json::{Value, json};

use crate::definitions::{Finding, FindingCode, Origin, RuleError, Severity, codes};
use crate::model::digest::sha256;

/// The schema that this follows.
const SCHEMA: &str =
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json";

/// What the folders of a report are called, where they are not below the current one.
const DEFINITIONS: &str = "DEFINITIONS";
const PROJECT: &str = "PROJECT";

/// A folder that paths of a report begin in.
pub(super) enum Folder {
    /// It lies below the current one, or is it: what paths of files in it begin with.
    Here(String),
    /// It lies elsewhere: its own address.
    Elsewhere(String),
}

impl Folder {
    /// Returns a folder by its path.
    pub(super) fn of(path: &Path) -> Self {
        let whole = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
        let here = env::current_dir().and_then(|here| here.canonicalize());
        match here.ok().and_then(|here| whole.strip_prefix(here).ok()) {
            Some(below) => Self::Here(address(below)),
            None => Self::Elsewhere(format!("file:///{}", address(&whole))),
        }
    }

    /// Returns the current folder.
    pub(super) fn current() -> Self {
        Self::Here(String::new())
    }
}

/// Returns a path as the address of a folder: its names, each closed with `/`.
fn address(path: &Path) -> String {
    let names = path.components().filter_map(|part| match part {
        Component::Normal(name) => Some(format!("{}/", encoded(&name.to_string_lossy()))),
        Component::Prefix(_) | Component::RootDir | Component::CurDir | Component::ParentDir => {
            None
        }
    });
    names.collect()
}

/// Returns a path as it stands in an address.
fn encoded(path: &str) -> String {
    let mut text = String::with_capacity(path.len());
    for byte in path.bytes() {
        if byte.is_ascii_alphanumeric() || b"-_.~/".contains(&byte) {
            text.push(char::from(byte));
        } else {
            let _ = write!(text, "%{byte:02X}");
        }
    }
    text
}

/// Where the files of a report lie: first those of the definitions, then the templates of a project.
pub(super) struct Folders {
    /// Where the definitions lie.
    pub(super) definitions: Folder,
    /// How many files of the report are definitions.
    pub(super) count: usize,
    /// Where all other files lie.
    pub(super) rest: Folder,
}

impl Folders {
    fn location(&self, report: &RuleError, origin: Origin) -> Value {
        let file = report.sources.file(origin);
        let (folder, base) = if file.is_none() || origin.file < self.count {
            (&self.definitions, DEFINITIONS)
        } else {
            (&self.rest, PROJECT)
        };
        let path = file.map_or(String::new(), |file| encoded(&file.path));
        let artifact = match folder {
            Folder::Here(prefix) if prefix.is_empty() && path.is_empty() => json!({ "uri": "." }),
            Folder::Here(prefix) => json!({ "uri": format!("{prefix}{path}") }),
            Folder::Elsewhere(_) => json!({ "uri": path, "uriBaseId": base }),
        };
        if file.is_none() {
            return json!({ "physicalLocation": { "artifactLocation": artifact } });
        }
        let (line, column) = report.sources.position(origin);
        let (end_line, end_column) = report.sources.end(origin);
        json!({ "physicalLocation": {
            "artifactLocation": artifact,
            "region": {
                "startLine": line,
                "startColumn": column,
                "endLine": end_line,
                "endColumn": end_column,
            },
        } })
    }

    fn bases(&self) -> Value {
        let folders = [(DEFINITIONS, &self.definitions), (PROJECT, &self.rest)].into_iter();
        let elsewhere = folders.filter_map(|(base, folder)| match folder {
            Folder::Elsewhere(address) => Some((base.to_owned(), json!({ "uri": address }))),
            Folder::Here(_) => None,
        });
        Value::Object(elsewhere.collect())
    }
}

/// Returns a report as a log of one run.
pub(super) fn log(report: &RuleError, folders: &Folders, is_unsound: bool) -> Value {
    let invocation = json!({
        "executionSuccessful": true,
        "exitCodeDescription": if is_unsound { "unsound" } else { "sound" },
    });
    run(&invocation, &folders.bases(), &results(report, folders))
}

/// Returns the log of a run that found nothing, for it could not read what it was to look at.
pub(super) fn failed(message: &str) -> Value {
    let invocation = json!({
        "executionSuccessful": false,
        "exitCodeDescription": "not read",
        "toolExecutionNotifications": [{ "level": "error", "message": { "text": message } }],
    });
    run(&invocation, &json!({}), &[])
}

fn run(invocation: &Value, bases: &Value, results: &[Value]) -> Value {
    let rules: Vec<_> = codes::all().map(rule).collect();
    json!({
        "$schema": SCHEMA,
        "version": "2.1.0",
        "runs": [{
            "tool": { "driver": {
                "name": env!("CARGO_PKG_NAME"),
                "version": env!("CARGO_PKG_VERSION"),
                "semanticVersion": env!("CARGO_PKG_VERSION"),
                "rules": rules,
            } },
            "invocations": [invocation],
            "columnKind": "unicodeCodePoints",
            "originalUriBaseIds": bases,
            "results": results,
        }],
    })
}

fn rule(code: &FindingCode) -> Value {
    json!({
        "id": code.to_string(),
        "name": code.as_str(),
        "shortDescription": { "text": code.meaning() },
        "help": {
            "text": code.remedy(),
            "markdown": format!("{}\n\n**What to do:** {}", code.meaning(), code.remedy()),
        },
        "defaultConfiguration": { "level": level(code.severity()) },
        "properties": { "tags": [code.level().as_str()] },
    })
}

fn level(severity: Severity) -> &'static str {
    match severity {
        Severity::Error => "error",
        Severity::Warning => "warning",
    }
}

fn results(report: &RuleError, folders: &Folders) -> Vec<Value> {
    // What says the same of one file is told apart by its order.
    let mut said: BTreeMap<String, usize> = BTreeMap::new();
    let findings = report.findings.iter();
    let results = findings.map(|finding| {
        let identity = identity(report, finding);
        let count = said.entry(identity.clone()).or_default();
        *count += 1;
        json!({
            "ruleId": finding.code.to_string(),
            "ruleIndex": codes::all().position(|code| code == finding.code),
            "level": level(finding.severity()),
            "message": { "text": format!("{}\nhelp: {}", finding.message, finding.advice()) },
            "locations": [folders.location(report, finding.origin)],
            "partialFingerprints": { "finding/v1": sha256(format!("{identity}\n{count}").as_bytes()) },
        })
    });
    results.collect()
}

/// Returns what a finding is known by when lines move: its code, its file, and what it says.
fn identity(report: &RuleError, finding: &Finding) -> String {
    let file = report.sources.file(finding.origin);
    let path = file.map_or("", |file| file.path.as_ref());
    format!("{}\n{path}\n{}", finding.code, finding.message)
}
