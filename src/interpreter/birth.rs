//! How a document comes into being: its id, its parent, its entry.

use super::plan::{Plan, Taken};
use super::refusal::{Reason, Refusal};
use super::situation::Situation;
use super::snapshot::{CodeSeen, Standing};
use crate::definitions::doctype::ChildOf;
use crate::definitions::pattern::{Bindings, Piece};
use crate::definitions::vocabulary::{Condition, Guard};
use crate::definitions::workflow::Entry;
use crate::definitions::{Doctype, Rulebook};
use crate::model::name::is_well_formed;
use crate::model::{Code, DocId, Document, Request, Roster, Status, TypeWord};

/// What a birth may know.
#[derive(Clone, Debug)]
pub struct Birth<'r> {
    /// The type.
    pub doctype: &'r Doctype,
    /// What is known of the id: the namespace, where the type has one.
    pub bindings: Bindings,
    /// The title.
    pub title: String,
    /// The parent, where one was named and is there.
    pub parent: Option<Standing>,
    /// The highest number in use among its siblings.
    pub highest: u32,
    /// Whether a document of an id exists already, in any way.
    pub is_taken: bool,
    /// Who there is.
    pub roster: Roster,
    /// The registered namespaces.
    pub namespaces: Vec<String>,
    /// Which of its entries; none means the one its type names.
    pub planted: bool,
}

/// Returns the bindings of the new id, once what was given is known to be what the type needs.
///
/// # Errors
/// `usage` where a name is missing, `invalid_argument` where something given is malformed or not for this type.
pub fn check_given(
    doctype: &Doctype,
    name: Option<&str>,
    parent: Option<&str>,
) -> Result<Option<String>, Refusal> {
    let invalid = |message: String| Err(Reason::new(Code::InvalidArgument, message).into());
    let needs_parent = doctype.id.has(|piece| *piece == Piece::Parent);
    match parent {
        None if needs_parent => {
            let parents = parents_of(doctype);
            let message = format!(
                "{} must have a {parents} parent: create requires --parent",
                doctype.one()
            );
            return Err(Reason::new(Code::Usage, message)
                .fact("missing", "parent")
                .into());
        }
        Some(_) if !needs_parent => {
            return invalid(format!("{} has no parent", doctype.one()));
        }
        _ => {}
    }
    let needs_name = doctype.id.has(|piece| *piece == Piece::Name);
    match name {
        None if needs_name => {
            let message = format!("{} needs --name", doctype.one());
            Err(Reason::new(Code::Usage, message)
                .fact("missing", "name")
                .into())
        }
        Some(name) if !needs_name => invalid(format!(
            "{} has no name of its own, so `{}` cannot be given",
            doctype.one(),
            name.escape_debug()
        )),
        Some(name) if !is_well_formed(name) => invalid(format!(
            "`{}` is not a name: letters, digits, `-` and `_`, 64 at most, a letter or digit first",
            name.escape_debug()
        )),
        name => Ok(name.map(str::to_ascii_uppercase)),
    }
}

/// Returns the types that a document's parent may be of, as people say them.
#[must_use]
pub fn parents_of(doctype: &Doctype) -> String {
    let parents = doctype.child_of.iter().flat_map(|rule| &rule.parents);
    let names: Vec<_> = parents.map(|(name, _)| name.as_str()).collect();
    names.join(" or ")
}

/// Returns the next id (REQ-DOC-004, REQ-DOC-005).
///
/// # Errors
/// A name whose id would be taken for one of another type.
pub fn next_id(rules: &Rulebook, birth: &Birth<'_>) -> Result<(DocId, TypeWord), Refusal> {
    let mut bindings = birth.bindings.clone();
    bindings.number = Some(birth.highest.saturating_add(1));
    let filled = birth.doctype.id.fill(&bindings).unwrap_or_default();
    let reading = rules.read_id(&filled, &birth.namespaces);
    match reading {
        Some(reading) if reading.doctype.name == birth.doctype.name => {
            let word = reading.type_word();
            Ok((reading.id, word))
        }
        other => {
            let mut message = format!(
                "`{filled}` cannot be the id of a {}",
                birth.doctype.title.to_lowercase()
            );
            if let Some(other) = other {
                message = format!(
                    "`{filled}` would be taken for a {}",
                    other.doctype.title.to_lowercase()
                );
            }
            Err(Reason::new(Code::InvalidArgument, message).into())
        }
    }
}

/// Decides how a document is born, or why it may not be.
///
/// # Errors
/// A parent of the wrong type or in the wrong state, an id that exists, a group that may not.
pub fn conceive(
    rules: &Rulebook,
    birth: &Birth<'_>,
    request: &Request,
) -> Result<(Plan, TypeWord), Refusal> {
    let doctype = birth.doctype;
    if let (Some(rule), Some(parent)) = (&doctype.child_of, &birth.parent) {
        check_parent_type(rule, parent, doctype)?;
    }
    let (id, word) = next_id(rules, birth)?;
    super::authorize::check_group(rules, &birth.roster, &request.actor, &request.action)?;
    if let (Some(rule), Some(parent)) = (&doctype.child_of, &birth.parent) {
        check_parent_state(rule, parent, doctype)?;
    }
    if birth.is_taken {
        let message = format!("`{id}` already exists");
        return Err(Reason::new(Code::AlreadyExists, message)
            .fact("doc_id", id.as_str())
            .into());
    }
    let entry = entry_of(rules, birth)?;
    let plan = bear(rules, birth, request, entry, id, &word, CodeSeen::default())?;
    Ok((plan, word))
}

fn entry_of<'r>(rules: &'r Rulebook, birth: &Birth<'r>) -> Result<&'r Entry, Refusal> {
    let doctype = birth.doctype;
    let name = if birth.planted {
        doctype.seed.as_ref()
    } else {
        Some(&doctype.entry)
    };
    let entry = rules
        .life_of(doctype)
        .and_then(|workflow| workflow.entry(name?));
    entry.ok_or_else(|| {
        let message = format!("no entry leads to a {}", doctype.title.to_lowercase());
        Reason::new(Code::DefinitionsInvalid, message)
            .at(doctype.origin)
            .into()
    })
}

/// Bears a document by an entry, whatever else would have to be so.
///
/// # Errors
/// A line of the entry cannot be done.
pub fn bear(
    rules: &Rulebook,
    birth: &Birth<'_>,
    request: &Request,
    entry: &Entry,
    id: DocId,
    word: &TypeWord,
    code: CodeSeen,
) -> Result<Plan, Refusal> {
    let mut document = Document::new(id, word.clone(), entry.to.clone(), entry.version);
    document.executable = rules
        .life_of(birth.doctype)
        .is_some_and(|workflow| workflow.executable);
    let doctype = birth.doctype.name.clone();
    let unborn = Standing::without_texts(doctype, document, birth.title.clone(), code);
    let mut now = Situation::around(rules, &unborn, &[], &birth.roster, request)?;
    now.before = None;
    now.enact(&entry.effects)?;
    now.taken.push(Taken {
        rule: entry.origin,
        from: None,
    });
    Ok(now.into_plan(Vec::new()))
}

fn check_parent_type(rule: &ChildOf, parent: &Standing, doctype: &Doctype) -> Result<(), Refusal> {
    if rule.parents.iter().any(|(name, _)| *name == parent.doctype) {
        return Ok(());
    }
    let message = format!(
        "{} must have a {} parent, and `{}` is of type {}",
        doctype.one(),
        parents_of(doctype),
        parent.document.id,
        parent.doctype
    );
    Err(Reason::new(Code::InvalidArgument, message)
        .at(doctype.origin)
        .into())
}

fn check_parent_state(rule: &ChildOf, parent: &Standing, doctype: &Doctype) -> Result<(), Refusal> {
    let failing = rule
        .requires
        .iter()
        .filter(|condition| !holds_of_parent(condition, &parent.document.status));
    let reasons = failing.map(|condition| {
        let mut states: Vec<&str> = Vec::new();
        if let Guard::Parent(wanted) = &condition.guard {
            states.extend(wanted.iter().map(Status::as_str));
        }
        let only = if condition.wanted { "only" } else { "not" };
        let message = condition.otherwise.clone().unwrap_or_else(|| {
            format!(
                "{} can {only} be created against {} parents; `{}` is {}",
                doctype.one(),
                states.join(" or "),
                parent.document.id,
                parent.document.status
            )
        });
        Reason::new(Code::ParentState, message)
            .at(condition.origin)
            .fact("parent", parent.document.id.as_str())
            .fact("parent_status", parent.document.status.as_str())
    });
    Refusal::from_reasons(reasons.collect()).map_or(Ok(()), Err)
}

/// Tells whether a condition about the parent's state holds.
#[must_use]
pub fn holds_of_parent(condition: &Condition, status: &Status) -> bool {
    let Guard::Parent(states) = &condition.guard else {
        return true;
    };
    states.contains(status) == condition.wanted
}
