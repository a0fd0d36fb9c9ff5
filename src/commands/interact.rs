//! `interact`.

use std::fmt::Write as _;
use std::path::PathBuf;

use clap::Args;
use schemars::JsonSchema;
use serde::{Deserialize, Deserializer};
use serde_json::{Map, Value, json};

use super::context::{Context, comment, plain};
use super::{Command, Manner};
use crate::error::Failure;
use crate::interaction::{Kind, Progress, Question};
use crate::services::Outcome;
use crate::services::interview::{Interviewed, Turn};

/// Answer the questions of a document you have checked out
///
/// Without flags it shows the present question. Each answer is kept with your name and
/// the time, and the next question follows. `qms checkin` makes the document of the answers.
#[derive(Args, Clone, Debug, Default, Deserialize, JsonSchema)]
#[command(after_help = "Examples:
  qms --user claude interact CR-001-VR-001
  qms --user claude interact CR-001-VR-001 --respond \"EI-3\"
  qms --user claude interact CR-001-VR-001 --file output.txt
  make test 2>&1 | qms --user claude interact CR-001-VR-001 --respond
  qms --user claude interact CR-001-VR-001 --goto objective --reason \"Too narrow\" --respond \"…\"
  qms --user claude interact CR-001-VR-001 --progress")]
pub struct Interact {
    /// The document's id, in any letter case
    #[serde(rename = "doc_id")]
    pub id: String,
    /// Answer the present question; without a value the answer is read from standard input
    #[arg(long, value_name = "VALUE", num_args = 0..=1)]
    #[serde(default, deserialize_with = "value")]
    #[schemars(with = "Option<String>")]
    pub respond: Option<Option<String>>,
    /// Answer with the content of a file; `-` for standard input
    #[arg(long, value_name = "PATH")]
    #[schemars(with = "Option<String>")]
    pub file: Option<PathBuf>,
    /// Why an answer is amended, or a loop reopened
    #[arg(long, allow_hyphen_values = true)]
    pub reason: Option<String>,
    /// Go to an answer given before, to amend it (in a loop: `id.N`)
    #[arg(long, value_name = "PROMPT", group = "way")]
    pub goto: Option<String>,
    /// Go back without amending
    #[arg(long, group = "way", conflicts_with_all = ["respond", "file"])]
    #[serde(default)]
    pub cancel_goto: bool,
    /// Begin another iteration of a loop that is closed
    #[arg(long, value_name = "LOOP", group = "way", conflicts_with_all = ["respond", "file"])]
    pub reopen: Option<String>,
    /// Show every question, and which are answered
    #[arg(long)]
    #[serde(default)]
    pub progress: bool,
    /// Show the document as the answers give it; nothing is stored
    #[arg(long)]
    #[serde(default)]
    pub compile: bool,
}

/// Reads an answer that is given with its value.
#[expect(
    clippy::option_option,
    reason = "at the command line the answer may come from standard input"
)]
fn value<'de, D: Deserializer<'de>>(given: D) -> Result<Option<Option<String>>, D::Error> {
    Ok(Option::<String>::deserialize(given)?.map(Some))
}

impl Interact {
    /// Returns what is to be done.
    ///
    /// # Errors
    /// `io` or `invalid_argument` for an answer that cannot be read.
    fn turn(&self) -> Result<Turn, Failure> {
        self.check_way()?;
        let respond = match (&self.respond, &self.file) {
            (Some(Some(value)), None) => Some(value.clone()),
            (Some(None), None) => comment(None, Some(&PathBuf::from("-")))?,
            (Some(Some(_)), Some(_)) => {
                return Err(Failure::new(
                    crate::model::Code::Usage,
                    "an answer is given with --respond or with --file, not with both",
                ));
            }
            (_, Some(path)) => comment(None, Some(path))?,
            (None, None) => None,
        };
        Ok(Turn {
            goto: self.goto.clone(),
            cancel_goto: self.cancel_goto,
            reopen: self.reopen.clone(),
            respond,
            reason: self.reason.clone(),
            progress: self.progress,
            compile: self.compile,
        })
    }

    /// Refuses two ways at once; the command line has refused them already.
    fn check_way(&self) -> Result<(), Failure> {
        let turns = self.cancel_goto || self.reopen.is_some();
        let answers = self.respond.is_some() || self.file.is_some();
        let ways = [self.goto.is_some(), self.cancel_goto, self.reopen.is_some()];
        if ways.into_iter().filter(|given| *given).count() > 1 || (turns && answers) {
            let message = "one call goes one way: to an answer, back from one, or into a loop";
            return Err(Failure::new(crate::model::Code::Usage, message));
        }
        Ok(())
    }

    /// Tells whether nothing is asked for but the present question.
    #[must_use]
    pub fn is_bare(&self) -> bool {
        let Self {
            id: _,
            respond,
            file,
            reason,
            goto,
            cancel_goto,
            reopen,
            progress,
            compile,
        } = self;
        let given = respond.is_some() || file.is_some() || reason.is_some();
        let moves = goto.is_some() || *cancel_goto || reopen.is_some();
        !(given || moves || *progress || *compile)
    }
}

impl Command for Interact {
    fn run(&self, context: &Context) -> Result<Outcome, Failure> {
        let turn = self.turn()?;
        let desk = if turn.is_change() {
            context.desk_for_change()?
        } else {
            context.desk()?
        };
        let user = context.user()?;
        let told = desk.interview(user, &plain("interact"), &self.id, &turn, &context.terms)?;
        let mut text = String::new();
        let mut data = data(&told);
        if context.terms.dry_run {
            text.push_str("Would be done (nothing was changed):\n");
            for (_, does) in &told.plan {
                let _ = writeln!(text, "  {does}");
            }
            let steps = told.plan.iter();
            let steps = steps.map(|(step, does)| json!({ "step": step, "does": does }));
            data.insert("dry_run".to_owned(), true.into());
            data.insert("plan".to_owned(), steps.collect());
        }
        text.push_str(&self.text(&told));
        let mut outcome = Outcome::new(Value::Object(data), text);
        if let Some(content) = told.content {
            let what = format!("text of {}, as its answers give it", told.location.id);
            outcome = outcome.quoting(what, content);
        }
        Ok(Outcome {
            next: told.next,
            warnings: told.warnings,
            ..outcome
        })
    }

    fn manner(&self) -> Manner {
        Manner::Plain
    }
}

fn data(told: &Interviewed) -> Map<String, Value> {
    let question = told.question.as_ref();
    let mut data = Map::new();
    data.insert("doc_id".to_owned(), json!(told.location.id));
    let state = question.map_or("complete", |_| "awaiting_response");
    data.insert("state".to_owned(), json!(state));
    data.insert(
        "prompt".to_owned(),
        question.map_or(Value::Null, |question| {
            json!({
                "id": question.id,
                "kind": question.kind.as_str(),
                "guidance": question.guidance,
                "commit": question.commit,
                "loop": question.loop_name,
                "iteration": question.iteration,
                "amending": question.amending,
                "return_to": question.return_to,
            })
        }),
    );
    let recorded = told.recorded.as_ref();
    data.insert(
        "recorded".to_owned(),
        recorded.map_or(Value::Null, |recorded| {
            json!({ "id": recorded.id, "value": recorded.value, "commit": recorded.commit })
        }),
    );
    if let Some(lines) = &told.progress {
        let lines = lines.iter().map(|line| {
            json!({
                "id": line.id,
                "filled": line.filled,
                "commit": line.commit,
                "loop": line.loop_name,
                "iteration": line.iteration,
                "current": line.current,
            })
        });
        data.insert("progress".to_owned(), lines.collect());
    }
    if let Some(content) = &told.content {
        data.insert("content".to_owned(), json!(content));
    }
    data
}

impl Interact {
    fn text(&self, told: &Interviewed) -> String {
        let mut text = String::new();
        if let Some(recorded) = &told.recorded {
            let _ = match recorded.kind {
                Kind::Prompt => writeln!(text, "Recorded: {}", recorded.id),
                Kind::Gate => writeln!(text, "Gate: {} = {}", recorded.id, recorded.value),
            };
            if let Some(commit) = &recorded.commit {
                let _ = writeln!(text, "Commit: {commit}");
            }
        }
        if let Some(lines) = &told.progress {
            text.push_str("Progress:\n");
            for line in lines {
                text.push_str(&shown(line));
            }
        }
        if told.progress.is_some() || told.content.is_some() {
            return text;
        }
        if self.is_bare() {
            let id = &told.location.id;
            let (name, version) = (&told.template, told.template_version);
            let _ = write!(text, "Document: {id}\nTemplate: {name} v{version}\n");
        }
        let id = &told.location.id;
        let rest = match &told.question {
            Some(question) => asked(id.as_str(), question),
            None => format!("\nDocument is COMPLETE.\nCheck it in: qms checkin {id}\n"),
        };
        text + &rest
    }
}

fn shown(line: &Progress) -> String {
    let mark = if line.filled { 'x' } else { ' ' };
    let commit = if line.commit { " (commit)" } else { "" };
    let current = if line.current { " <-" } else { "" };
    let place = match (&line.loop_name, line.iteration) {
        (Some(name), Some(iteration)) => format!(" [{name}.{iteration}]"),
        (Some(name), None) => format!(" [{name}]"),
        (None, _) => String::new(),
    };
    format!("  [{mark}] {}{commit}{place}{current}\n", line.id)
}

/// Returns a question as a person reads it.
fn asked(id: &str, question: &Question) -> String {
    let mut text = format!("\n--- Prompt: {} ---\n", question.id);
    if question.amending {
        let back = question.return_to.as_deref().unwrap_or_default();
        let _ = writeln!(
            text,
            "[AMENDMENT MODE: the earlier answer is kept; then back to {back}]"
        );
    }
    if let (Some(name), Some(iteration)) = (&question.loop_name, question.iteration) {
        let _ = writeln!(text, "[Loop: {name}, Iteration: {iteration}]");
    }
    let _ = writeln!(text, "\n{}\n", question.guidance);
    if question.commit {
        text.push_str("Answering commits the state of the project.\n");
    }
    if question.kind == Kind::Gate {
        text.push_str("Respond with: yes or no\n");
    }
    let _ = writeln!(text, "---\nqms interact {id} --respond \"...\"");
    text
}
