//! How documents come into the project: one at a time, or planted by `init`.

use std::collections::BTreeMap;
use std::thread;

use super::desk::{Desk, Done, Supplied};
use super::look::Look;
use super::session;
use super::templates;
use crate::definitions::pattern::{Bindings, Pattern, Piece};
use crate::definitions::{Doctype, IdReading, Rulebook};
use crate::error::Failure;
use crate::interaction::compile;
use crate::interpreter::birth::check_given;
use crate::interpreter::{Birth, Standing, conceive};
use crate::model::{ActionName, Code, DocId, Request, TypeWord, Verb};
use crate::store::TreePath;
use crate::store::layout::{self, Location};
use crate::store::view::View;

/// A document that somebody wants to begin.
#[derive(Clone, Debug, Default)]
pub struct Creation {
    /// Its type, in any letter case.
    pub type_word: String,
    /// Its title.
    pub title: Option<String>,
    /// The id of its parent.
    pub parent: Option<String>,
    /// Its name.
    pub name: Option<String>,
    /// Decide and show, change nothing.
    pub dry_run: bool,
}

impl Desk {
    /// Begins a document, or shows how it would be begun.
    ///
    /// # Errors
    /// The refusal; nothing has changed then.
    pub fn create(&self, user: &str, verb: Verb, wanted: &Creation) -> Result<Done, Failure> {
        let title = wanted.title.as_deref();
        check_line("title", title)?;
        let lock = self.lock_unless(wanted.dry_run)?;
        let view = self.store().view()?;
        let look = self.looking(&view, user)?;
        let (doctype, mut bindings) = self.find_type(&look, &wanted.type_word)?;
        let parent = self.find_parent(&look, doctype, wanted, &mut bindings)?;
        let birth = birth(&look, doctype, bindings, parent, title)?;
        let request = Request {
            actor: look.actor.clone(),
            action: ActionName::plain(verb),
            target: DocId::new(""),
            arguments: BTreeMap::new(),
            at: look.at,
            in_principle: false,
        };
        let (plan, word) = conceive(self.rules(), &birth, &request)
            .map_err(|refusal| Failure::refused(self.rules(), &refusal))?;
        look.facts.check_open()?;

        let id = plan.target.after.document.id.clone();
        let reading = look.facts.read_id(id.as_str())?;
        let location = Location::of(self.rules(), &reading, &birth.namespaces);
        let text = first_text(&look, &reading, &word, &birth.title)?;
        let supplied = Supplied {
            template: text.into_bytes(),
            ..Supplied::default()
        };
        let journal = self.journal(&look, &location, &plan, supplied)?;
        self.carry_out(lock.as_ref(), journal, plan, location, &look)
    }

    fn find_type<'r>(
        &'r self,
        look: &Look<'_>,
        word: &str,
    ) -> Result<(&'r Doctype, Bindings), Failure> {
        let rules = self.rules();
        if let Some(found) = rules.read_type(word, &[]) {
            return Ok(found);
        }
        let namespaces = look.facts.namespaces()?;
        rules.read_type(word, namespaces).ok_or_else(|| {
            let known = type_words(rules, namespaces);
            let message = format!(
                "unknown document type `{}`; there are: {}",
                word.escape_debug(),
                known.join(", ")
            );
            let failure = Failure::new(Code::UnknownType, message).fact("types", known);
            match unregistered(rules, word) {
                Some(namespace) => failure.hint(format!(
                    "if `{namespace}` is a namespace, register it first: `qms namespace add {namespace}`"
                )),
                None => failure,
            }
        })
    }

    fn find_parent(
        &self,
        look: &Look<'_>,
        doctype: &Doctype,
        wanted: &Creation,
        bindings: &mut Bindings,
    ) -> Result<Option<Standing>, Failure> {
        let name = check_given(doctype, wanted.name.as_deref(), wanted.parent.as_deref())
            .map_err(|refusal| Failure::refused(self.rules(), &refusal))?;
        bindings.name = name;
        let Some(parent) = &wanted.parent else {
            return Ok(None);
        };
        let (location, standing) = look.facts.document(parent).map_err(|failure| {
            if failure.code == Code::NotFound {
                let message = format!("the parent `{parent}` does not exist");
                return Failure::new(Code::NotFound, message);
            }
            failure
        })?;
        bindings.parent = Some(location.id);
        Ok(Some(standing))
    }
}

/// Gathers what a birth may know.
fn birth<'r>(
    look: &Look<'_>,
    doctype: &'r Doctype,
    bindings: Bindings,
    parent: Option<Standing>,
    title: Option<&str>,
) -> Result<Birth<'r>, Failure> {
    let word = doctype.named.fill(&bindings);
    let word = word.unwrap_or_else(|| doctype.name.to_string());
    let namespaces: &[String] = if bindings.namespace.is_some() || parent.is_some() {
        look.facts.namespaces()?
    } else {
        &[]
    };
    let highest = highest(look, doctype, &bindings, &word, namespaces)?;
    let mut numbered = bindings.clone();
    numbered.number = Some(highest.saturating_add(1));
    let id = doctype.id.fill(&numbered).unwrap_or_default();
    Ok(Birth {
        doctype,
        title: title.map_or_else(|| format!("{word} - [Title]"), str::to_owned),
        parent,
        highest,
        is_taken: is_taken(look, &id)?,
        roster: look.roster.clone(),
        namespaces: namespaces.to_vec(),
        planted: false,
        bindings,
    })
}

/// Refuses a line that is given but blank, or holds what no line may hold.
///
/// # Errors
/// `invalid_argument`.
pub fn check_line(name: &str, text: Option<&str>) -> Result<(), Failure> {
    let Some(text) = text else { return Ok(()) };
    let what = if text.trim().is_empty() {
        "is empty"
    } else if text.chars().any(char::is_control) {
        "holds a newline or another control character"
    } else if text.len() > 4096 {
        "is longer than 4096 bytes"
    } else {
        return Ok(());
    };
    Err(Failure::new(Code::InvalidArgument, format!("--{name} {what}")).fact("argument", name))
}

/// Returns every type there is, as people say it, namespaced ones once for each namespace.
#[must_use]
pub fn type_words(rules: &Rulebook, namespaces: &[String]) -> Vec<String> {
    let mut words = Vec::new();
    for doctype in &rules.doctypes {
        if doctype.named.has(|piece| *piece == Piece::Namespace) {
            for namespace in namespaces {
                let bindings = Bindings {
                    namespace: Some(namespace.clone()),
                    ..Bindings::default()
                };
                words.extend(doctype.named.fill(&bindings));
            }
        } else {
            words.push(doctype.named.source());
        }
    }
    words
}

/// Returns the namespace that would have to be registered for a word to name a type.
fn unregistered(rules: &Rulebook, word: &str) -> Option<String> {
    let word = word.to_ascii_uppercase();
    let mut parts = word.split('-').filter(|part| !part.is_empty());
    let candidate = parts.find(|part| {
        let namespaces = [(*part).to_owned()];
        rules.read_type(&word, &namespaces).is_some()
    });
    candidate.map(str::to_owned)
}

fn is_taken(look: &Look<'_>, id: &str) -> Result<bool, Failure> {
    let Ok(reading) = look.facts.read_id(id) else {
        return Ok(false);
    };
    let location = look.facts.locate(&reading)?;
    let trail = look.facts.view.kind(&location.trail()?)?;
    Ok(trail.is_some() || look.facts.standing(&reading, &location)?.is_some())
}

/// Returns the highest number in use among siblings, by files, folders and records: a number is not given
/// twice because its bearer was retired (D-21).
fn highest(
    look: &Look<'_>,
    doctype: &Doctype,
    bindings: &Bindings,
    word: &str,
    namespaces: &[String],
) -> Result<u32, Failure> {
    let Some(start) = start_of_numbered(&doctype.id, bindings) else {
        return Ok(0);
    };
    let mut folders: Vec<TreePath> = Vec::new();
    folders.extend(layout::siblings_folder(
        look.facts.rules,
        doctype,
        bindings,
        namespaces,
    )?);
    folders.push(layout::records_folder(&TypeWord::new(word.to_owned()))?);
    for older in doctype
        .legacies
        .iter()
        .filter_map(|legacy| legacy.recorded_in.as_ref())
    {
        let older = older.fill(bindings).unwrap_or_default();
        folders.push(layout::records_folder(&TypeWord::new(older))?);
    }
    let view = look.facts.view;
    // Among ten thousand siblings each folder takes a while, so they are looked through at once.
    thread::scope(|scope| {
        let searches: Vec<_> = folders
            .iter()
            .map(|folder| scope.spawn(|| highest_in(view, folder, &start)))
            .collect();
        let mut highest = 0;
        for search in searches {
            let found = search.join().unwrap_or_else(|_| Err(lost()));
            highest = highest.max(found?);
        }
        Ok(highest)
    })
}

fn highest_in(view: &View<'_>, folder: &TreePath, start: &str) -> Result<u32, Failure> {
    let mut highest = 0;
    view.each_name(folder, &mut |name| {
        highest = highest.max(number_after(name, start).unwrap_or(0));
    })?;
    Ok(highest)
}

fn lost() -> Failure {
    Failure::new(
        Code::Io,
        "the numbers in use could not be read: a defect of this program",
    )
}

/// Returns what stands before the number in an id; none where the type is not numbered.
fn start_of_numbered(pattern: &Pattern, bindings: &Bindings) -> Option<String> {
    let before = pattern
        .pieces
        .iter()
        .position(|piece| matches!(piece, Piece::Number(_)))?;
    let pieces = pattern.pieces.get(..before)?.to_vec();
    Pattern { pieces }.fill(bindings)
}

fn number_after(name: &str, start: &str) -> Option<u32> {
    let rest = name.strip_prefix(start)?;
    let end = rest
        .find(|letter: char| !letter.is_ascii_digit())
        .unwrap_or(rest.len());
    rest.get(..end)?.parse().ok()
}

/// Returns the text a document begins with: that of its approved template, asked or not, else the plain one
/// (REQ-TEMPLATE-001, REQ-TEMPLATE-005, R-21).
fn first_text(
    look: &Look<'_>,
    reading: &IdReading<'_>,
    word: &TypeWord,
    title: &str,
) -> Result<String, Failure> {
    if let Some(template) = look.facts.questions(reading)? {
        return Ok(compile(
            &template,
            &session::begin(reading, &template, title),
        ));
    }
    for pattern in reading.doctype.authoring.templates() {
        let Some(id) = pattern.fill(&reading.bindings) else {
            continue;
        };
        let Some((_, text)) = look.facts.text_in_force(&id)? else {
            continue;
        };
        let own = reading.doctype.name.as_str();
        let named = format!("{word}-XXX");
        let spoken = if text.contains(&named) {
            word.as_str()
        } else {
            own
        };
        if let Some(text) = templates::render(&text, spoken, reading.id.as_str(), title) {
            return Ok(text);
        }
    }
    Ok(templates::fallback(reading.id.as_str(), title))
}
