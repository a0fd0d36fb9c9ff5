//! `graph`.

use std::fmt::Write as _;

use clap::{Args, ValueEnum};
use serde_json::{Value, json};

use super::config::rules_here;
use super::context::Context;
use super::{Command, Manner};
use crate::analysis::graph::{Graph as Picture, Trace, mermaid, svg};
use crate::definitions::report::did_you_mean;
use crate::definitions::{Doctype, Rulebook, Workflow};
use crate::error::Failure;
use crate::model::Code;
use crate::services::{Outcome, way};

/// Draw a workflow: its states, what leads on from each, who may do it and what must hold
///
/// For a type of document the picture has what concerns that type. With a document, the state it is in and
/// the way it came are marked. Needs no user; outside of a project it draws the shipped rules.
#[derive(Args, Clone, Debug)]
#[command(after_help = "Examples:
  qms graph SOP --format svg > sop.svg
  qms graph executable
  qms graph --document CR-001 --format svg > CR-001.svg
  qms graph --rules qms.d        (every workflow, as Markdown with mermaid)")]
pub struct Graph {
    /// A type of document, or a workflow, in any letter case; `qms config show` lists both
    #[arg(value_name = "TYPE|WORKFLOW")]
    pub name: Option<String>,
    /// How it is drawn
    #[arg(long, value_enum, default_value_t = Format::Mermaid)]
    pub format: Format,
    /// Mark where this document stands, and the way it came
    #[arg(long, value_name = "ID")]
    pub document: Option<String>,
}

/// How a workflow is drawn.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum Format {
    /// Text that Markdown viewers draw
    Mermaid,
    /// A picture
    Svg,
}

/// What is drawn.
enum Subject<'r> {
    Type(&'r Doctype),
    Workflow(&'r Workflow),
}

impl Command for Graph {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let graphs = self.graphs(context)?;
        let mut drawn: Vec<String> = Vec::new();
        for graph in &graphs {
            drawn.push(match self.format {
                Format::Mermaid => mermaid::diagram(graph),
                Format::Svg => svg::picture(graph),
            });
        }
        let format = match self.format {
            Format::Mermaid => "mermaid",
            Format::Svg => "svg",
        };
        let mut shown = Vec::new();
        for graph in &graphs {
            let value = serde_json::to_value(graph);
            shown.push(value.map_err(|error| Failure::new(Code::Io, error.to_string()))?);
        }
        let text = match drawn.as_slice() {
            [only] => only.clone(),
            several => in_markdown(&graphs, several),
        };
        let mut data = match <[Value; 1]>::try_from(shown) {
            Ok([only]) => only,
            Err(several) => json!({ "graphs": several }),
        };
        if let Some(object) = data.as_object_mut() {
            object.insert("format".to_owned(), format.into());
            object.insert("text".to_owned(), text.clone().into());
        }
        Ok(Outcome::new(data, text))
    }

    fn manner(&self) -> Manner {
        Manner::Verbatim
    }
}

impl Graph {
    fn graphs(&self, context: &Context) -> Result<Vec<Picture>, Failure> {
        if let Some(id) = &self.document {
            let desk = context.desk()?;
            let (doctype, trace) = way::trace(desk, id)?;
            return Ok(vec![self.of_document(context, &doctype, trace)?]);
        }
        let rules = rules_here(context)?;
        let rules = rules.with_code();
        if let Some(name) = &self.name {
            let graph = match find(context, &rules, name)? {
                Subject::Type(doctype) => of_type(&rules, doctype, None)?,
                Subject::Workflow(workflow) => Picture::of(&rules, workflow),
            };
            return Ok(vec![graph]);
        }
        if self.format == Format::Svg && rules.workflows.len() > 1 {
            let names = known(&rules, false);
            let message = format!("a picture has one workflow; there are {}", names.join(", "));
            return Err(
                Failure::new(Code::Usage, message).hint("name one of them, or a type of document")
            );
        }
        let workflows = rules.workflows.iter();
        Ok(workflows
            .map(|workflow| Picture::of(&rules, workflow))
            .collect())
    }

    fn of_document(
        &self,
        context: &Context,
        doctype: &Doctype,
        trace: Trace,
    ) -> Result<Picture, Failure> {
        let rules = context.desk()?.rules();
        let Some(name) = &self.name else {
            return of_type(rules, doctype, Some(trace));
        };
        match find(context, rules, name)? {
            Subject::Type(named) if named.name == doctype.name => {
                of_type(rules, doctype, Some(trace))
            }
            Subject::Workflow(named) if named.name == doctype.workflow => {
                Ok(Picture::of(rules, named).with_trace(Some(trace)))
            }
            Subject::Type(_) | Subject::Workflow(_) => {
                let message = format!(
                    "`{}` is of type `{}` and lives `{}`, not `{}`",
                    trace.doc_id,
                    doctype.name,
                    doctype.workflow,
                    name.escape_debug()
                );
                Err(Failure::new(Code::InvalidArgument, message)
                    .hint("leave the name out: the document says which it is"))
            }
        }
    }
}

fn of_type(rules: &Rulebook, doctype: &Doctype, trace: Option<Trace>) -> Result<Picture, Failure> {
    Picture::of_type(rules, doctype, trace).ok_or_else(|| {
        let message = format!("`{}` has no workflow", doctype.name);
        Failure::new(Code::NotFound, message)
    })
}

/// Finds what a word means: a type by its name or by what its documents are called, else a workflow.
fn find<'r>(context: &Context, rules: &'r Rulebook, word: &str) -> Result<Subject<'r>, Failure> {
    let mut doctypes = rules.doctypes.iter();
    if let Some(doctype) = doctypes.find(|doctype| doctype.name.as_str().eq_ignore_ascii_case(word))
    {
        return Ok(Subject::Type(doctype));
    }
    let namespaces = match context.desk() {
        Ok(desk) => {
            let view = desk.store().view()?;
            crate::store::config::namespaces(&view, rules)?
        }
        Err(_) => Vec::new(),
    };
    if let Some((doctype, _)) = rules.read_type(word, &namespaces) {
        return Ok(Subject::Type(doctype));
    }
    let mut workflows = rules.workflows.iter();
    if let Some(workflow) =
        workflows.find(|workflow| workflow.name.as_str().eq_ignore_ascii_case(word))
    {
        return Ok(Subject::Workflow(workflow));
    }
    let known = known(rules, true);
    let mut message = format!(
        "`{}` is neither a type of document nor a workflow",
        word.escape_debug()
    );
    if let Some(meant) = did_you_mean(word, known.iter().map(String::as_str)) {
        let _ = write!(message, "; {meant}");
    }
    Err(Failure::new(Code::UnknownType, message).fact("known", known))
}

/// Returns the names of the workflows, and of the types where they are wanted.
fn known(rules: &Rulebook, types: bool) -> Vec<String> {
    let workflows = rules.workflows.iter();
    let mut names: Vec<_> = workflows
        .map(|workflow| workflow.name.to_string())
        .collect();
    if types {
        names.extend(
            rules
                .doctypes
                .iter()
                .map(|doctype| doctype.name.to_string()),
        );
    }
    names
}

/// Returns several diagrams as one text that can be read and drawn.
fn in_markdown(graphs: &[Picture], drawn: &[String]) -> String {
    let mut text = String::new();
    for (graph, diagram) in graphs.iter().zip(drawn) {
        let between = if text.is_empty() { "" } else { "\n" };
        let title: Vec<_> = graph.title.split_whitespace().collect();
        let _ = write!(
            text,
            "{between}## {} ({})\n\n```mermaid\n{diagram}```\n",
            title.join(" "),
            graph.workflow
        );
    }
    text
}
