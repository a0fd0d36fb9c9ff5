//! A record becomes a document (compatibility D.8).
//!
//! Lines with answers become quotes with their attribution beneath, tables and frontmatter take the
//! active value, fences keep it raw. What a loop repeats is written once for each iteration. Nothing
//! here knows a template: labels, headings and order are its own. The same record gives the same
//! bytes.

use std::collections::BTreeSet;

use super::page::{Block, FrontLine, Line, Part};
use super::record::{Entry, Record};
use super::template::Template;
use manner::Manner;
use sheet::Sheet;
use value::{Scope, Value};

mod escape;
mod fence;
mod manner;
mod sheet;
mod value;

/// Above the answers that the template has no place for.
const ELSEWHERE: &str = "## Answers outside the template";

/// Returns the document that a record gives.
///
/// Serves REQ-INT-016, and REQ-INT-009 with its trail of amendments.
#[must_use]
pub fn compile(template: &Template, record: &Record) -> String {
    let record = record.settled();
    let mut compiler = Compiler {
        template,
        record: &record,
        sheet: Sheet::default(),
        shown: BTreeSet::new(),
    };
    compiler.front();
    compiler.body();
    compiler.rest();
    compiler.sheet.finish()
}

/// A document that is being written.
struct Compiler<'a> {
    template: &'a Template,
    record: &'a Record,
    sheet: Sheet,
    /// The keys of the answers that stand in the document.
    shown: BTreeSet<String>,
}

impl<'a> Compiler<'a> {
    fn front(&mut self) {
        let Some(front) = &self.template.page.front else {
            return;
        };
        self.sheet.line("---");
        for line in front {
            match line {
                FrontLine::Verbatim(line, _) => self.sheet.line(line),
                FrontLine::Field(field) => {
                    let text = self.filled(&field.value, Scope::Once, &manner::FRONTMATTER);
                    let scalar = escape::yaml(&text);
                    self.sheet.line(&format!("{}{scalar}", field.before));
                }
            }
        }
        self.sheet.line("---");
    }

    fn body(&mut self) {
        for section in &self.template.page.sections {
            let each = section
                .within
                .and_then(|within| self.template.loops.get(within));
            let Some(each) = each else {
                self.blocks(&section.blocks, Scope::Once);
                continue;
            };
            for number in 1..=self.record.iterations(&each.name) {
                self.sheet.blank();
                self.blocks(&section.blocks, Scope::Iteration(section.within, number));
            }
            self.sheet.blank();
        }
    }

    fn blocks(&mut self, blocks: &[Block], scope: Scope) {
        for block in blocks {
            match block {
                Block::Line(line) => self.line(line, scope),
                Block::Fence(code) => {
                    let answers = self.answers(code.lines.iter(), scope);
                    let lines = code
                        .lines
                        .iter()
                        .map(|line| self.filled(line, scope, &manner::CODE));
                    let lines: Vec<String> = lines.collect();
                    fence::write(code, &lines, &mut self.sheet);
                    self.attribute(&answers);
                }
            }
        }
    }

    fn line(&mut self, line: &Line, scope: Scope) {
        let answers = self.answers(std::iter::once(line), scope);
        let alone = line.alone();
        if line.is_table() {
            let text = self.filled(line, scope, &manner::CELL);
            self.sheet.line(&text);
        } else if answers.is_empty() {
            let text = self.filled(line, scope, &manner::PLAIN);
            let is_open = alone.is_some_and(|alone| self.is_open(&alone, scope));
            if is_open || text.trim().is_empty() {
                self.sheet.blank();
            } else {
                self.sheet.line(&self.guarded(line, scope, text));
            }
        } else {
            let line = alone.as_ref().unwrap_or(line);
            let text = self.filled(line, scope, &manner::QUOTE);
            for line in text.split('\n') {
                self.sheet.line(&format!("> {line}"));
            }
            self.attribute(&answers);
        }
    }

    /// Tells whether the placeholder of a line is yet to be answered.
    fn is_open(&self, line: &Line, scope: Scope) -> bool {
        let mut names = line.names();
        names.any(|name| matches!(self.value(&name.text, scope), Value::Nothing))
    }

    /// Keeps a value with which a line begins from being read as a mark.
    fn guarded(&self, line: &Line, scope: Scope, text: String) -> String {
        let (indent, first) = match line.0.as_slice() {
            [Part::Text(indent), first, ..] if indent.trim().is_empty() => (indent.as_str(), first),
            [first, ..] => ("", first),
            [] => return text,
        };
        match (first, text.strip_prefix(indent)) {
            (Part::Placeholder(name, _), Some(begun))
                if matches!(self.value(&name.text, scope), Value::Known(_)) =>
            {
                format!("{indent}{}", escape::begun(begun))
            }
            _ => text,
        }
    }

    /// Fills a line in as is right for where it stands.
    fn filled(&self, line: &Line, scope: Scope, manner: &Manner) -> String {
        manner.fill(line, |name| self.value(name, scope))
    }

    /// Returns the keys of the answers in these lines, each once, and marks them as shown.
    fn answers<'l>(&mut self, lines: impl Iterator<Item = &'l Line>, scope: Scope) -> Vec<String> {
        let (mut keys, mut seen) = (Vec::new(), BTreeSet::new());
        for name in lines.flat_map(Line::names) {
            match self.value(&name.text, scope) {
                Value::Answer(key, _) if seen.insert(key.clone()) => keys.push(key),
                Value::Known(value) => self.note_shadowed(&name.text, &value),
                Value::Answer(..) | Value::Nothing | Value::Unknown => {}
            }
        }
        self.shown.extend(seen);
        keys
    }

    /// Marks an answer as shown where metadata of its name says the same (D.7).
    fn note_shadowed(&mut self, name: &str, value: &str) {
        if self
            .record
            .entries(name)
            .last()
            .is_some_and(|entry| entry.value == value)
        {
            self.shown.insert(name.to_owned());
        }
    }

    /// Writes who answered what when, beneath the answers.
    fn attribute(&mut self, keys: &[String]) {
        if keys.is_empty() {
            return;
        }
        self.sheet.blank();
        for entry in keys.iter().flat_map(|key| self.record.entries(key)) {
            self.sheet.line(&attribution(&entry));
        }
        self.sheet.blank();
    }

    /// Writes the answers that stand nowhere else, so that none is lost.
    fn rest(&mut self) {
        let record = self.record;
        let rest: Vec<&str> = record
            .answered()
            .filter(|key| !self.shown.contains(*key))
            .collect();
        if rest.is_empty() {
            return;
        }
        self.sheet.blank();
        self.sheet.line(ELSEWHERE);
        for key in rest {
            self.sheet.blank();
            let mut run = escape::Run::new(true);
            run.push(&format!("**{}:** ", escape::inline(key)));
            run.push(&manner::trail(&record.entries(key)));
            for line in run.finish().split('\n') {
                self.sheet.line(&format!("> {line}"));
            }
            self.attribute(&[key.to_owned()]);
        }
    }

    fn value(&self, name: &str, scope: Scope) -> Value<'a> {
        value::find(self.template, self.record, name, scope)
    }
}

fn attribution(entry: &Entry<'_>) -> String {
    let when = entry.timestamp.replacen('T', " ", 1);
    let when = when.strip_suffix('Z').unwrap_or(&when);
    let mut said = format!("-- {}, {when}", entry.author);
    if let Some(commit) = entry.commit {
        said.extend([" | commit: ", commit]);
    }
    if let Some(reason) = entry.reason {
        said.extend([" | Amended: ", reason]);
    }
    let mut run = escape::Run::new(true);
    run.push(&escape::inline(&said));
    format!("*{}*", run.finish())
}

impl Line {
    /// Tells whether the template makes this a line of a table.
    fn is_table(&self) -> bool {
        matches!(self.0.first(), Some(Part::Text(text)) if text.trim_start().starts_with('|'))
    }

    /// Returns the placeholder that the line is nothing but, without the emphasis around it.
    fn alone(&self) -> Option<Self> {
        let mut placeholder = None;
        let mut around = String::new();
        for part in &self.0 {
            match part {
                Part::Text(text) => around.push_str(text),
                Part::Comment(_) => return None,
                Part::Placeholder(..) if placeholder.is_some() => return None,
                Part::Placeholder(..) => placeholder = Some(part.clone()),
            }
        }
        let is_alone = matches!(around.trim(), "" | "****");
        placeholder
            .filter(|_| is_alone)
            .map(|part| Self(vec![part]))
    }
}
