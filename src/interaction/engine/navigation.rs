//! Going back: to amend an answer, or to enter a loop again (REQ-INT-012).

use serde_json::Map;

use super::{Signature, check_reason};
use crate::definitions::report::did_you_mean;
use crate::interaction::record::{Context, Record};
use crate::interaction::refusal::Refused;
use crate::interaction::standing::{key_of, standing};
use crate::interaction::template::Template;
use crate::model::Code;

/// Goes back to an answer to amend it; the next answer leads back to where the interview stands.
///
/// # Errors
/// `invalid_argument` where no question is called so, it is a gate, or the reason is blank;
/// `invalid_transition` where it has not been answered, or an amendment is open already;
/// `template_invalid` where the cursor is gone.
pub fn goto(
    template: &Template,
    record: &Record,
    id: &str,
    reason: &str,
) -> Result<Record, Refused> {
    standing(template, record)?;
    check_reason(reason)?;
    let address = find(template, id)?;
    let context = record.context();
    refuse_within_amendment(&context)?;
    if !record.is_answered(id) {
        let message = format!("`{id}` has not been answered");
        return Err(Refused::new(Code::InvalidTransition, message));
    }

    let mut amending = Map::new();
    amending.insert("goto_return".to_owned(), record.cursor().into());
    amending.insert("goto_return_ctx".to_owned(), context.0.into());
    amending.insert("goto_reason".to_owned(), reason.into());
    let mut amending = Context(amending);
    if let Some((name, iteration)) = address.place {
        amending.enter(name, iteration);
    }
    let mut next = record.clone();
    next.move_to(address.id, amending);
    Ok(next)
}

/// Gives an amendment up; what is recorded stays as it is.
///
/// # Errors
/// `invalid_transition` where no amendment is open.
pub fn cancel_goto(record: &Record) -> Result<Record, Refused> {
    let Some((cursor, context)) = record.context().goto_return() else {
        let message = "no active goto: no answer is being amended";
        return Err(Refused::new(Code::InvalidTransition, message));
    };
    let mut next = record.clone();
    next.move_to(&cursor, context);
    Ok(next)
}

/// Enters a closed loop once more; when it is left, the interview goes on where it stands now.
///
/// # Errors
/// `invalid_argument` where no loop is called so, or the reason is blank; `invalid_transition` where it
/// is not closed, or an amendment or another reopened loop is open; `template_invalid` where the
/// cursor is gone.
pub fn reopen(
    template: &Template,
    record: &Record,
    name: &str,
    reason: &str,
    by: &Signature,
) -> Result<Record, Refused> {
    standing(template, record)?;
    check_reason(reason)?;
    let Some((_, each)) = template.find_loop(name) else {
        let known = template.loops.iter().map(|each| each.name.as_str());
        let mut refused =
            Refused::new(Code::InvalidArgument, format!("no loop is called `{name}`"));
        refused.help = did_you_mean(name, known);
        return Err(refused);
    };
    let context = record.context();
    refuse_within_amendment(&context)?;
    let refuse = |message: String| Err(Refused::new(Code::InvalidTransition, message));
    if context.reopen_return().is_some() {
        return refuse("a loop is open again already: finish it first".to_owned());
    }
    if !record.is_closed(name) {
        return refuse(format!("the loop `{name}` is not closed"));
    }

    let mut next = record.clone();
    next.add_reopening(name, reason, by.author.as_str(), &by.timestamp);
    let mut again = Context::default();
    again.enter(name, next.iterate(name));
    again
        .0
        .insert("reopen_return".to_owned(), record.cursor().into());
    again
        .0
        .insert("reopen_return_ctx".to_owned(), context.0.into());
    let entry = template.nodes.get(each.entry);
    next.move_to(entry.map_or("", |entry| &entry.id), again);
    Ok(next)
}

fn refuse_within_amendment(context: &Context) -> Result<(), Refused> {
    if context.goto_return().is_none() {
        return Ok(());
    }
    let message = "an answer is being amended: finish that first";
    let help = "answer the question, or give it up with `--cancel-goto`";
    Err(Refused::new(Code::InvalidTransition, message).help(help))
}

/// A question, and within a loop the iteration of it.
struct Address<'t> {
    id: &'t str,
    place: Option<(&'t str, u64)>,
}

/// Finds the question that an id names, with its loop and iteration.
fn find<'t>(template: &'t Template, id: &str) -> Result<Address<'t>, Refused> {
    let numbered = id
        .rsplit_once('.')
        .and_then(|(id, number)| Some((id, number.parse().ok()?)));
    let (name, number) = match numbered {
        Some((name, number)) if key_of(name, Some(number)) == id => (name, Some(number)),
        _ => (id, None),
    };
    let refuse = |message: String, help: Option<String>| {
        let mut refused = Refused::new(Code::InvalidArgument, message);
        refused.help = help;
        Err(refused)
    };
    let Some((_, node)) = template.find(name) else {
        let help = did_you_mean(name, template.ids());
        return refuse(format!("no question is called `{id}`"), help);
    };
    if node.is_gate() {
        let message = format!("`{id}` is a gate: a decision is not amended");
        return refuse(message, None);
    }
    match (template.loop_of(node), number) {
        (None, None) => Ok(Address {
            id: &node.id,
            place: None,
        }),
        (Some(each), Some(number)) => Ok(Address {
            id: &node.id,
            place: Some((&each.name, number)),
        }),
        (None, Some(_)) => {
            let help = format!("`{name}` is in no loop, and has no number");
            refuse(format!("no question is called `{id}`"), Some(help))
        }
        (Some(each), None) => {
            let message = format!("`{id}` is asked in each iteration of `{}`", each.name);
            refuse(message, Some(format!("name one of them: `{id}.1`, say")))
        }
    }
}
