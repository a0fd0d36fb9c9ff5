//! A text that is handed in with a call, instead of the copy in the workspace: whole, or as edits to it.

use schemars::JsonSchema;
use serde::Deserialize;

use super::look::Look;
use super::session::Copy;
use crate::error::Failure;
use crate::interpreter::Standing;
use crate::model::Code;
use crate::model::digest::{is_sha256, sha256};
use crate::store::layout::Location;

/// This many edits in one call, at most: each is sought in the whole text.
const MOST_EDITS: usize = 1000;

/// What occurs oftener is not counted on.
const MOST_COUNTED: usize = 100;

/// One edit.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Edit {
    /// What stands there, letter for letter, exactly once in the text
    pub old: String,
    /// What is to stand there instead
    pub new: String,
}

/// A text that is handed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Handed {
    /// Whole.
    Whole(String),
    /// As edits.
    Edited(Edits),
}

/// Edits, and to which text they are made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Edits {
    edits: Vec<Edit>,
    base_sha256: String,
}

impl Handed {
    /// Returns what a call hands in; none where it leaves all to the copy in the workspace.
    ///
    /// # Errors
    /// `usage` for two texts at once, and for edits to nobody knows which text; `invalid_argument` for edits
    /// that are none, and a digest that is none.
    pub fn from_call(
        content: Option<String>,
        edits: Option<Vec<Edit>>,
        base_sha256: Option<String>,
    ) -> Result<Option<Self>, Failure> {
        let usage = |message: &str| Failure::new(Code::Usage, message);
        match (content, edits, base_sha256) {
            (Some(_), Some(_), _) => Err(usage(
                "a text is handed in as `content` or as `edits`, not as both",
            )),
            (_, None, Some(_)) => Err(usage(
                "`base_sha256` says which text `edits` are made to, and there are none",
            )),
            (_, Some(_), None) => Err(usage("`edits` needs `base_sha256`")
                .hint("the answer of `create` or `checkout` gives it, as `content_sha256`")
                .fact("missing", vec!["base_sha256"])),
            (None, Some(edits), Some(base_sha256)) => {
                Edits::new(edits, base_sha256).map(|edits| Some(Self::Edited(edits)))
            }
            (content, None, None) => Ok(content.map(Self::Whole)),
        }
    }
}

impl Edits {
    fn new(edits: Vec<Edit>, base_sha256: String) -> Result<Self, Failure> {
        let count = edits.len();
        if count == 0 || count > MOST_EDITS {
            let message =
                format!("`edits` holds {count} edits: one at least, {MOST_EDITS} at most");
            return Err(invalid("edits", message));
        }
        if let Some(index) = edits.iter().position(|edit| edit.old.is_empty()) {
            let message = format!("`edits[{index}]`: `old` is empty");
            return Err(invalid("edits", message).fact("index", index));
        }
        if !is_sha256(&base_sha256) {
            let shown: String = base_sha256.escape_debug().take(64).collect();
            let message = format!("`{shown}` is not a SHA-256 digest");
            return Err(invalid("base_sha256", message));
        }
        Ok(Self { edits, base_sha256 })
    }

    /// Refuses edits to another text than the actor holds. Whoever holds none is refused for that, in its turn.
    ///
    /// # Errors
    /// `stale`, or that the copy cannot be read.
    pub(super) fn check_base(
        &self,
        look: &Look<'_>,
        location: &Location,
        standing: &Standing,
    ) -> Result<(), Failure> {
        let (document, actor) = (&standing.document, &look.actor.name);
        if document.checked_out.is_none() || document.owner.as_ref() != Some(actor) {
            return Ok(());
        }
        let reading = look.facts.read_id(location.id.as_str())?;
        let Copy::Text(bytes) = look.facts.copy(&reading, location, actor)? else {
            return Ok(());
        };
        let digest = sha256(&bytes);
        if digest == self.base_sha256.to_ascii_lowercase() {
            return Ok(());
        }
        let message = format!("your copy of `{}` is another text by now", location.id);
        Err(Failure::new(Code::Stale, message)
            .hint("make the edits to the text that lies there, or hand in the whole text as `content`")
            .fact("content_sha256", digest))
    }

    /// Returns a text with the edits made to it, one after the other.
    ///
    /// # Errors
    /// `invalid_argument` where it is not certain which place is meant.
    pub(super) fn apply(&self, mut text: String) -> Result<String, Failure> {
        for (index, edit) in self.edits.iter().enumerate() {
            let Some(start) = only_place(&text, &edit.old) else {
                let occurrences = places(&text, &edit.old).take(MOST_COUNTED).count();
                return Err(not_once(index, occurrences));
            };
            text.replace_range(start..start + edit.old.len(), &edit.new);
        }
        Ok(text)
    }
}

/// Returns every place where something begins, be it within the one before.
fn places<'t>(text: &'t str, sought: &'t str) -> impl Iterator<Item = usize> + 't {
    let next_after = move |from: usize| {
        let found = text.get(from..)?.find(sought)?;
        Some(from + found)
    };
    let step = sought.chars().next().map_or(1, char::len_utf8);
    std::iter::successors(next_after(0), move |place| next_after(place + step))
}

fn only_place(text: &str, sought: &str) -> Option<usize> {
    let mut places = places(text, sought);
    let only = places.next()?;
    places.next().is_none().then_some(only)
}

fn not_once(index: usize, occurrences: usize) -> Failure {
    let (times, hint) = match occurrences {
        0 => (
            "does not occur in the text".to_owned(),
            "it must be there letter for letter, blanks and ends of lines too, as the edits before it leave the text",
        ),
        MOST_COUNTED => (
            format!("occurs {MOST_COUNTED} times or more in the text, and not once"),
            "take more of what stands around it into `old`",
        ),
        _ => (
            format!("occurs {occurrences} times in the text, and not once"),
            "take more of what stands around it into `old`",
        ),
    };
    invalid("edits", format!("`edits[{index}]`: `old` {times}"))
        .hint(hint)
        .fact("index", index)
        .fact("occurrences", occurrences)
}

fn invalid(argument: &str, message: String) -> Failure {
    Failure::new(Code::InvalidArgument, message).fact("argument", argument)
}
