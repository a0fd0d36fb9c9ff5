//! The interview without a disk: templates and answers in, documents out.
//!
//! A story in `tests/interaction/` is a template, a line `%%%`, and what is done, a line each:
//! `metadata KEY VALUE`, `respond ANSWER [| REASON]`, `goto ID | REASON`, `cancel-goto`,
//! `reopen LOOP | REASON`, and `commit HASH`, with which the next evidence is pinned. An answer in double
//! quotes is JSON. What is told at each step, how far it came and what is compiled is the snapshot.

mod corpus;
mod rules;
mod walk;

use std::fmt::Write as _;

use qms::interaction::{
    Fault, Record, Refused, Signature, Template, cancel_goto, compile, goto, progress, question,
    reopen, respond,
};
use qms::model::{DocId, UserName, frontmatter};

/// The keys that the tests' documents remember.
const METADATA: &[&str] = &["doc_id", "parent_doc_id", "vr_id", "title"];

/// A story that is being told.
struct Story {
    template: Template,
    record: Record,
    commit: Option<String>,
    /// Answers so far; each has a time of its own.
    minute: u32,
    told: String,
}

fn signature(minute: u32) -> Signature {
    Signature {
        author: UserName::new(if minute.is_multiple_of(5) {
            "bo"
        } else {
            "anna"
        }),
        timestamp: format!("2026-03-0{}T08:{minute:02}:00Z", 1 + minute / 15),
    }
}

fn faults(faults: &[Fault]) -> String {
    let mut told = String::new();
    for fault in faults {
        writeln!(told, "{fault} [{}]", fault.length).unwrap();
        if let Some(help) = &fault.help {
            writeln!(told, "    {help}").unwrap();
        }
    }
    told
}

impl Story {
    fn begin(text: &str, metadata: &[(&str, &str)]) -> Self {
        let template = Template::check(text, METADATA).unwrap_or_else(|found| {
            panic!("{}", faults(&found));
        });
        let record = Record::begin(&template, &DocId::new("BOOK-001"), metadata);
        Self {
            template,
            record,
            commit: None,
            minute: 0,
            told: String::new(),
        }
    }

    fn ask(&mut self) {
        match question(&self.template, &self.record).unwrap() {
            None => self.told.push_str("  complete\n"),
            Some(asked) => {
                let mut line = format!("  {} {}", asked.kind.as_str(), asked.id);
                if asked.commit {
                    line.push_str(" (commit)");
                }
                if let (Some(name), Some(iteration)) = (&asked.loop_name, asked.iteration) {
                    write!(line, " [{name}.{iteration}]").unwrap();
                }
                if asked.amending {
                    line.push_str(" amending");
                }
                if let Some(back) = asked.return_to {
                    write!(line, " -> {back}").unwrap();
                }
                writeln!(self.told, "{line}: {}", asked.guidance.escape_debug()).unwrap();
            }
        }
    }

    fn act(&mut self, line: &str) {
        writeln!(self.told, "$ {line}").unwrap();
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        if verb == "commit" {
            self.commit = Some(rest.to_owned());
            return;
        }
        match self.perform(verb, rest) {
            Ok(record) => self.record = record,
            Err(refused) => {
                let code = refused.code.as_str();
                writeln!(self.told, "  {code}: {}", refused.message).unwrap();
                if let Some(help) = refused.help {
                    writeln!(self.told, "    {help}").unwrap();
                }
                return;
            }
        }
        self.ask();
    }

    fn perform(&mut self, verb: &str, rest: &str) -> Result<Record, Refused> {
        let (first, reason) = match rest.split_once(" | ") {
            Some((first, reason)) if !rest.starts_with('"') => (first, Some(reason)),
            _ => (rest, None),
        };
        let by = signature(self.minute);
        match verb {
            "goto" => goto(
                &self.template,
                &self.record,
                first,
                reason.unwrap_or_default(),
            ),
            "cancel-goto" => cancel_goto(&self.record),
            "reopen" => {
                let reason = reason.unwrap_or_default();
                reopen(&self.template, &self.record, first, reason, &by)
            }
            "respond" => {
                let value = serde_json::from_str(first).unwrap_or_else(|_| first.to_owned());
                let prepared = respond(&self.template, &self.record, &value, reason)?;
                let evidence = prepared.evidence().cloned();
                let commit = self.commit.take().filter(|_| evidence.is_some());
                let step = prepared.sign(&by, commit.as_deref());
                self.minute += 1;
                let recorded = step.recorded;
                write!(self.told, "  recorded {}", recorded.id).unwrap();
                if let Some(evidence) = evidence {
                    write!(
                        self.told,
                        ", evidence {} | {}",
                        evidence.context, evidence.prompt_id
                    )
                    .unwrap();
                }
                writeln!(
                    self.told,
                    "{}",
                    recorded
                        .commit
                        .map_or(String::new(), |hash| format!(" at {hash}"))
                )
                .unwrap();
                Ok(step.record)
            }
            other => panic!("{other}?"),
        }
    }
}

fn story(text: &str) -> Story {
    let (template, script) = text.split_once("\n%%%\n").expect("a line `%%%`");
    let (known, acts): (Vec<&str>, Vec<&str>) = script
        .lines()
        .partition(|line| line.starts_with("metadata "));
    let metadata: Vec<(&str, &str)> = known
        .iter()
        .map(|line| line["metadata ".len()..].split_once(' ').unwrap())
        .collect();
    let mut story = Story::begin(template, &metadata);
    story.ask();
    for line in acts {
        story.act(line);
    }
    story
}

fn whole(story: &Story) -> String {
    let mut told = story.told.clone();
    told.push_str("\n──── progress\n");
    for line in progress(&story.template, &story.record) {
        let filled = if line.filled { 'x' } else { ' ' };
        let commit = if line.commit { " (commit)" } else { "" };
        let now = if line.current { " <" } else { "" };
        writeln!(
            told,
            "[{filled}] {} {}{commit}{now}",
            line.id,
            line.kind.as_str()
        )
        .unwrap();
    }
    told.push_str("\n──── compiled\n");
    told + &compile(&story.template, &story.record)
}

/// A story gives its document, and that can be read as one.
///
/// Verifies: REQ-INT-001, REQ-INT-003, REQ-INT-004, REQ-INT-005, REQ-INT-015, REQ-INT-016
#[test]
fn stories_give_their_documents() {
    insta::glob!("interaction/*.md", |path| {
        let story = story(&std::fs::read_to_string(path).unwrap());
        let text = compile(&story.template, &story.record);
        frontmatter::read(&text).unwrap();
        let read = Record::read(&story.record.to_text()).unwrap();
        assert_eq!(read, story.record);
        insta::assert_snapshot!(whole(&story));
    });
}

/// A template that is broken says where, in its own words.
///
/// Verifies: REQ-INT-001, REQ-INT-002, REQ-INT-003, REQ-INT-004, REQ-INT-005
#[test]
fn broken_templates_say_where() {
    insta::glob!("interaction/broken/*.md", |path| {
        let text = std::fs::read_to_string(path).unwrap();
        let found = Template::check(&text, METADATA).unwrap_err();
        insta::assert_snapshot!(faults(&found));
    });
}
