//! The interview: a document's questions, one after the other, and what is answered (REQ-INT-010 to
//! REQ-INT-015).

mod turn;

pub use turn::Turn;

use std::borrow::Cow;

use super::desk::Desk;
use super::evidence::{self, Pinned};
use super::look::Look;
use super::session::read_answers;
use super::terms::{Terms, check_terms};
use crate::error::Failure;
use crate::interaction::{
    self, Prepared, Progress, Question, Record, Recorded, Refused, Signature, Template, question,
};
use crate::interpreter::Standing;
use crate::interpreter::authorize::{check_access, check_group};
use crate::model::{ActionName, Code};
use crate::store::journal::{Before, Change, Journal};
use crate::store::layout::{self, Location};
use crate::store::scribe::LARGEST_TEXT;

/// Where an interview stands after a turn.
#[derive(Clone, Debug)]
pub struct Interviewed {
    /// Where the document lies.
    pub location: Location,
    /// The name of the template that asks.
    pub template: String,
    /// Its version.
    pub template_version: u64,
    /// What is asked now; none where everything is answered.
    pub question: Option<Question>,
    /// What was answered.
    pub recorded: Option<Recorded>,
    /// Every question, where that was wanted.
    pub progress: Option<Vec<Progress>>,
    /// The document as the answers give it, where that was wanted.
    pub content: Option<String>,
    /// What a dry run would have done, a step and a sentence each.
    pub plan: Vec<(&'static str, String)>,
    /// What may be done next with the document.
    pub next: Option<serde_json::Value>,
    /// What went not quite right.
    pub warnings: Vec<String>,
}

/// A session that is open before somebody.
struct Open {
    location: Location,
    standing: Standing,
    template: Template,
    record: Record,
    /// What the file was when it was read.
    before: Before,
}

/// What became of a session.
struct Turned<'o> {
    record: Cow<'o, Record>,
    /// What is asked then.
    question: Option<Question>,
    recorded: Option<Recorded>,
    plan: Vec<(&'static str, String)>,
    warnings: Vec<String>,
}

impl Desk {
    /// Shows what is asked, or answers it.
    ///
    /// # Errors
    /// `invalid_argument` where the document is written freely; `not_checked_out`, also where the session is
    /// lost; the engine's refusals. What is recorded already stays, and nothing is recorded then.
    pub fn interview(
        &self,
        user: &str,
        action: &ActionName,
        id: &str,
        turn: &Turn,
        terms: &Terms,
    ) -> Result<Interviewed, Failure> {
        turn.check()?;
        if !turn.is_change() {
            return self.look(user, action, |look| {
                let open = open(look, action, id, terms)?;
                let turned = Turned::not_at_all(&open)?;
                Ok(tell(look, &open, turned, turn))
            });
        }
        let lock = self.lock_unless(terms.dry_run)?;
        let view = self.store().view()?;
        let look = self.looking(&view, user)?;
        check_group(self.rules(), &look.roster, &look.actor, action)
            .map_err(|refusal| Failure::refused(self.rules(), &refusal))?;
        let open = open(&look, action, id, terms)?;
        look.facts.check_open()?;
        let mut turned = self
            .turn(&look, &open, turn, terms)
            .map_err(|mut failure| {
                failure.next = look.next(&open.location, open.standing.clone()).ok();
                failure
            })?;
        let text = turned.record.to_text();
        check_size(&open, &turned, text.len())?;
        if let Some(lock) = &lock {
            let path = layout::session(&look.actor.name, &open.location.id)?;
            let change = Change::Write {
                before: open.before,
                path,
                bytes: text.into_bytes(),
            };
            let changes = vec![change];
            let warning = self.store().commit(lock, &Journal { changes })?;
            turned
                .warnings
                .extend(warning.map(|warning| warning.to_string()));
        }
        Ok(tell(&look, &open, turned, turn))
    }

    fn turn<'o>(
        &self,
        look: &Look<'_>,
        open: &'o Open,
        turn: &Turn,
        terms: &Terms,
    ) -> Result<Turned<'o>, Failure> {
        let template = &open.template;
        let signature = Signature {
            author: look.actor.name.clone(),
            timestamp: look.at.utc.format("%Y-%m-%dT%H:%M:%SZ").to_string(),
        };
        let reason = turn.reason.as_deref();
        let mut turned = Turned::not_at_all(open)?;
        if turn.cancel_goto {
            let back = interaction::cancel_goto(&turned.record).map_err(refused)?;
            turned.record = Cow::Owned(back);
            turned.will("cancel_goto", "goes back without amending".to_owned());
        }
        if let Some(id) = &turn.goto {
            let reason = reason.unwrap_or_default();
            let there = interaction::goto(template, &turned.record, id, reason).map_err(refused)?;
            turned.record = Cow::Owned(there);
            turned.will("goto", format!("goes to `{id}`, to amend it"));
        }
        if let Some(name) = &turn.reopen {
            let reason = reason.unwrap_or_default();
            let again = interaction::reopen(template, &turned.record, name, reason, &signature);
            turned.record = Cow::Owned(again.map_err(refused)?);
            turned.will("reopen", format!("reopens the loop `{name}`"));
        }
        if let Some(value) = &turn.respond {
            // The reason of a goto in the same call is kept by it already.
            let reason = reason.filter(|_| turn.goto.is_none() && turn.reopen.is_none());
            let record = std::mem::replace(&mut turned.record, Cow::Borrowed(&open.record));
            let prepared =
                interaction::respond(template, &record, value, reason).map_err(refused)?;
            let commit = self.pin(look, open, &prepared, terms, &mut turned)?;
            let step = prepared.sign(&signature, commit.as_deref());
            turned.will(
                "record",
                format!("records the answer to `{}`", step.recorded.id),
            );
            turned.record = Cow::Owned(step.record);
            turned.recorded = Some(step.recorded);
        }
        turned.question = question(template, &turned.record).map_err(refused)?;
        Ok(turned)
    }

    /// Pins the evidence an answer speaks of, before the answer is recorded (REQ-INT-020, D-08).
    fn pin(
        &self,
        look: &Look<'_>,
        open: &Open,
        prepared: &Prepared,
        terms: &Terms,
        turned: &mut Turned<'_>,
    ) -> Result<Option<String>, Failure> {
        let Some(evidence) = prepared.evidence() else {
            return Ok(None);
        };
        let message = format!(
            "[QMS] {} | {} | {}",
            open.location.id, evidence.context, evidence.prompt_id
        );
        turned.will(
            "commit",
            format!("commits the project's state as `{message}`"),
        );
        if terms.dry_run {
            return Ok(None);
        }
        let pinned = evidence::pin(self.root(), &message, &look.actor.name, look.at)?;
        if pinned == Pinned::Nothing
            && let Some(hash) = evidence::left_behind(self.root(), &message)?
            && !open.record.names_commit(&hash)
        {
            // The commit was made, and whoever made it did not come to record the answer.
            return Ok(Some(hash));
        }
        turned.warnings.extend(pinned.warnings());
        Ok(pinned.hash().map(str::to_owned))
    }
}

impl<'o> Turned<'o> {
    fn not_at_all(open: &'o Open) -> Result<Self, Failure> {
        Ok(Self {
            record: Cow::Borrowed(&open.record),
            question: question(&open.template, &open.record).map_err(refused)?,
            recorded: None,
            plan: Vec::new(),
            warnings: Vec::new(),
        })
    }

    fn will(&mut self, step: &'static str, does: String) {
        self.plan.push((step, does));
    }
}

/// Opens the session of who looks, who must be its document's holder.
fn open(look: &Look<'_>, action: &ActionName, id: &str, terms: &Terms) -> Result<Open, Failure> {
    let facts = &look.facts;
    let (location, standing) = facts.document(id)?;
    let reading = facts.read_id(location.id.as_str())?;
    if reading.doctype.authoring.interview.is_none() {
        let message = format!("`{}` is written freely: it asks no questions", location.id);
        return Err(Failure::new(Code::InvalidArgument, message)
            .hint("check it out and edit the copy in your workspace"));
    }
    let judged = |failure: Failure| {
        let mut failure = failure;
        failure.next = look.next(&location, standing.clone()).ok();
        failure
    };
    check_access(
        facts.rules,
        &look.roster,
        &look.actor,
        action,
        &standing.document,
    )
    .map_err(|refusal| judged(Failure::refused(facts.rules, &refusal)))?;
    check_terms(look, &location, &standing, terms)?;
    let path = layout::session(&look.actor.name, &location.id)?;
    let Some(text) = facts.stored_text(&path)? else {
        let message = format!("there is no session of `{}` in your workspace", location.id);
        return Err(judged(Failure::new(Code::NotCheckedOut, message).hint(
            format!(
                "put {path} back; or, where it was written as a text, check it in and out again"
            ),
        )));
    };
    let record = read_answers(&path, &text, &location.id)?;
    let template = facts.questions_still(&reading)?;
    Ok(Open {
        location,
        standing,
        template,
        record,
        before: Before::of(Some(text.as_bytes())),
    })
}

/// Below this size a record compiles to a text that can be stored, however often its template shows an answer.
const SURELY_SMALL: usize = 256 * 1024;

/// Refuses an answer by which the record, or the document it gives, grows so large that neither could be read
/// again.
fn check_size(open: &Open, turned: &Turned<'_>, size: usize) -> Result<(), Failure> {
    if size <= SURELY_SMALL {
        return Ok(());
    }
    let compiled = interaction::compile(&open.template, &turned.record).len();
    if size.max(compiled) as u64 <= LARGEST_TEXT {
        return Ok(());
    }
    let message = format!(
        "with this answer `{}` would be larger than 16 MiB",
        open.location.id
    );
    Err(Failure::new(Code::InvalidArgument, message)
        .hint("keep long output in a file of the project, and name the file in the answer"))
}

fn tell(look: &Look<'_>, open: &Open, turned: Turned<'_>, turn: &Turn) -> Interviewed {
    let (template, record) = (&open.template, &*turned.record);
    Interviewed {
        template: template.name().to_owned(),
        template_version: template.version(),
        question: turned.question,
        progress: turn
            .progress
            .then(|| interaction::progress(template, record)),
        content: turn.compile.then(|| interaction::compile(template, record)),
        recorded: turned.recorded,
        plan: turned.plan,
        warnings: turned.warnings,
        // What was recorded is recorded, whatever can be said of it.
        next: look.next(&open.location, open.standing.clone()).ok(),
        location: open.location.clone(),
    }
}

fn refused(refused: Refused) -> Failure {
    let mut failure = Failure::new(refused.code, refused.message);
    failure.hint = refused.help;
    failure
}
