//! What is wrong with definitions: every fault at its place, all of them at once.

use std::fmt;

use miette::{Diagnostic, LabeledSpan, NamedSource, Severity as Weight};

use super::codes::FindingCode;
use super::source::{Origin, Sources};

/// How grave a finding is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Severity {
    /// The definitions cannot be used.
    Error,
    /// They can, but hardly as they were meant.
    Warning,
}

impl Severity {
    /// Returns the word programs read.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Error => "error",
            Self::Warning => "warning",
        }
    }
}

/// One thing that is wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// What kind of finding it is.
    pub code: &'static FindingCode,
    /// What is wrong.
    pub message: String,
    /// Where.
    pub origin: Origin,
    /// What stands there, in a few words.
    pub label: String,
    /// What to do, where more is known than of any finding of its kind.
    pub help: Option<String>,
}

impl Finding {
    /// Returns a finding; label and help follow by [`Finding::label`] and [`Finding::help`].
    #[must_use]
    pub fn new(code: &'static FindingCode, origin: Origin, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            origin,
            label: "here".to_owned(),
            help: None,
        }
    }

    /// Says what stands at the place.
    #[must_use]
    pub fn label(mut self, label: impl Into<String>) -> Self {
        self.label = label.into();
        self
    }

    /// Says what to do.
    #[must_use]
    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// Says what to do, where something is known to do.
    #[must_use]
    pub fn maybe_help(mut self, help: Option<String>) -> Self {
        self.help = self.help.or(help);
        self
    }

    /// Returns how grave it is.
    #[must_use]
    pub fn severity(&self) -> Severity {
        self.code.severity()
    }

    /// Returns what to do: its own help, else what helps with any finding of its kind.
    #[must_use]
    pub fn advice(&self) -> &str {
        self.help.as_deref().unwrap_or(self.code.remedy())
    }
}

/// Everything that is wrong with a set of definitions.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RuleError {
    /// The texts, to show the places in.
    pub sources: Sources,
    /// What was found, in the order of the files.
    pub findings: Vec<Finding>,
}

impl fmt::Display for RuleError {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(first) = self.findings.first() else {
            return out.write_str("the definitions are sound");
        };
        write!(out, "{}", first.message)?;
        let place = self.sources.place(first.origin);
        if !place.is_empty() {
            let (_, column) = self.sources.position(first.origin);
            write!(out, " ({place}:{column})")?;
        }
        match self.findings.len() {
            1 => Ok(()),
            2 => out.write_str(", and one more finding"),
            count => write!(out, ", and {} more findings", count - 1),
        }
    }
}

impl std::error::Error for RuleError {}

impl RuleError {
    /// Tells whether the definitions cannot be used.
    #[must_use]
    pub fn has_errors(&self) -> bool {
        let mut findings = self.findings.iter();
        findings.any(|finding| finding.severity() == Severity::Error)
    }

    /// Returns the findings as a person reads them: each with its lines and a caret.
    #[must_use]
    pub fn render(&self, width: usize, colour: bool) -> String {
        let theme = if colour {
            miette::GraphicalTheme::unicode()
        } else {
            miette::GraphicalTheme::unicode_nocolor()
        };
        let handler = miette::GraphicalReportHandler::new_themed(theme)
            .with_width(width)
            .with_context_lines(1);
        let mut text = String::new();
        for finding in &self.findings {
            let shown = Shown {
                finding,
                source: self.sources.file(finding.origin).map(|file| {
                    NamedSource::new(file.path.as_ref(), file.text.clone().into_owned())
                }),
            };
            if handler.render_report(&mut text, &shown).is_err() {
                text.push_str(&finding.message);
            }
            text.push('\n');
        }
        text
    }
}

/// One finding, dressed for the reporter.
#[derive(Debug)]
struct Shown<'f> {
    finding: &'f Finding,
    source: Option<NamedSource<String>>,
}

impl fmt::Display for Shown<'_> {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.finding.message)
    }
}

impl std::error::Error for Shown<'_> {}

impl Diagnostic for Shown<'_> {
    fn code<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.finding.code))
    }

    fn severity(&self) -> Option<Weight> {
        Some(match self.finding.severity() {
            Severity::Error => Weight::Error,
            Severity::Warning => Weight::Warning,
        })
    }

    fn help<'a>(&'a self) -> Option<Box<dyn fmt::Display + 'a>> {
        Some(Box::new(self.finding.advice()))
    }

    fn source_code(&self) -> Option<&dyn miette::SourceCode> {
        self.source
            .as_ref()
            .map(|source| source as &dyn miette::SourceCode)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        let span = self.finding.origin.span;
        let label = LabeledSpan::new(Some(self.finding.label.clone()), span.offset, span.length);
        Some(Box::new(std::iter::once(label)))
    }
}

/// Returns "did you mean `x`?" for the nearest of the words that could stand there.
pub fn did_you_mean<'w>(word: &str, known: impl IntoIterator<Item = &'w str>) -> Option<String> {
    // Nobody meant a word this long, and likeness takes time.
    if word.len() > 100 {
        return None;
    }
    known
        .into_iter()
        .map(|candidate| {
            let (word, known) = (word.to_lowercase(), candidate.to_lowercase());
            (strsim::jaro_winkler(&word, &known), candidate)
        })
        .filter(|(likeness, _)| *likeness > 0.75)
        .max_by(|(left, _), (right, _)| left.total_cmp(right))
        .map(|(_, candidate)| format!("did you mean `{candidate}`?"))
}
