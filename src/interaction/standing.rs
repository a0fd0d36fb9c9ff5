//! Where the interview stands: the question under the cursor, in its iteration.

use super::record::{COMPLETE, Context, Record};
use super::refusal::Refused;
use super::template::{END, Node, Template};
use crate::model::Code;

/// The question under the cursor.
pub(super) struct Standing<'t> {
    pub(super) node: &'t Node,
    /// The key of its answers: `id`, within a loop `id.N`.
    pub(super) key: String,
    pub(super) context: Context,
}

/// Returns the question under the cursor, none where everything is answered.
///
/// A cursor that the template has no place for is refused; what is recorded stays.
pub(super) fn standing<'t>(
    template: &'t Template,
    record: &Record,
) -> Result<Option<Standing<'t>>, Refused> {
    let cursor = record.cursor();
    if is_end(cursor) {
        return Ok(None);
    }
    let gone = |what: String| {
        let version = record.template_version();
        let help = format!(
            "it was begun with version {version} of `{}`; what is recorded stays",
            record.template_name()
        );
        Refused::new(Code::TemplateInvalid, what).help(help)
    };
    let Some((_, node)) = template.find(cursor) else {
        let what = format!("the interview stands at `{cursor}`, which the template does not ask");
        return Err(gone(what));
    };
    let context = record.context();
    let entered = context.iteration();
    if template.loop_of(node).map(|each| each.name.as_str()) != entered.map(|(name, _)| name) {
        let what = format!("the interview stands at `{cursor}`, which is in another loop now");
        return Err(gone(what));
    }
    let key = key_of(cursor, entered.map(|(_, iteration)| iteration));
    Ok(Some(Standing { node, key, context }))
}

/// Returns the key of the answers to a question in an iteration.
pub(super) fn key_of(id: &str, iteration: Option<u64>) -> String {
    iteration.map_or_else(|| id.to_owned(), |number| format!("{id}.{number}"))
}

/// Tells whether a cursor stands at the end.
pub(super) fn is_end(cursor: &str) -> bool {
    cursor == COMPLETE || END.contains(&cursor)
}
