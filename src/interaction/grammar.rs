//! The one door to the parser: a page as its pieces, each with its place.
//!
//! The grammar takes every text, so there is no fault to report here; which tag is which, and what
//! it needs, `tag.rs` says.

use pest::Parser;
use pest::iterators::Pair;

use super::fault::Word;

/// The parser that is made from the grammar.
mod made {
    #[derive(pest_derive::Parser)]
    #[grammar = "../grammar/interaction.pest"]
    pub(super) struct Page;
}

use made::{Page, Rule};

/// A stretch of a page.
#[derive(Debug)]
pub(super) struct Piece<'t> {
    /// Where it begins.
    pub(super) at: usize,
    /// The whole of it.
    pub(super) text: &'t str,
    /// What it is.
    pub(super) kind: PieceKind,
}

/// What a stretch of a page is.
#[derive(Debug)]
pub(super) enum PieceKind {
    /// Text of a line.
    Text,
    /// The end of a line.
    Newline,
    /// A comment for people.
    Comment,
    /// A comment that is never closed.
    OpenComment,
    /// A comment that begins with `@word`.
    Tag(RawTag),
    /// Code between fences.
    Fence {
        /// Whether it is closed.
        closed: bool,
    },
}

/// A tag as it is written.
#[derive(Debug)]
pub(super) struct RawTag {
    /// The word after the `@`.
    pub(super) word: Word,
    /// What stands after the colon, parted at `|`; none without a colon.
    pub(super) list: Option<Vec<Word>>,
    /// What follows the word without a colon.
    pub(super) stray: Option<Word>,
}

/// Reads a page into its pieces, from top to bottom.
pub(super) fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    // INVARIANT: the grammar takes every text.
    let page = Page::parse(Rule::page, text).into_iter().flatten();
    page.flat_map(Pair::into_inner).filter_map(piece)
}

fn piece(pair: Pair<'_, Rule>) -> Option<Piece<'_>> {
    let (at, text) = (pair.as_span().start(), pair.as_str());
    let kind = match pair.as_rule() {
        Rule::text => PieceKind::Text,
        Rule::newline => PieceKind::Newline,
        Rule::comment => PieceKind::Comment,
        Rule::open_comment => PieceKind::OpenComment,
        Rule::tag => PieceKind::Tag(tag(pair)?),
        Rule::fence => PieceKind::Fence {
            closed: pair
                .into_inner()
                .any(|part| part.as_rule() == Rule::fence_close),
        },
        Rule::EOI
        | Rule::page
        | Rule::line
        | Rule::blank
        | Rule::fence_open
        | Rule::fence_line
        | Rule::fence_close
        | Rule::fence_end
        | Rule::indent
        | Rule::word
        | Rule::gap
        | Rule::newline_in_tag
        | Rule::stray
        | Rule::list
        | Rule::between
        | Rule::segment
        | Rule::notes => return None,
    };
    Some(Piece { at, text, kind })
}

fn tag(pair: Pair<'_, Rule>) -> Option<RawTag> {
    let mut parts = pair.into_inner();
    let word = trimmed(&parts.next()?);
    let after = parts.next()?;
    let (list, stray) = if after.as_rule() == Rule::list {
        let segments = after.into_inner();
        (Some(segments.map(|part| trimmed(&part)).collect()), None)
    } else {
        (None, Some(trimmed(&after)))
    };
    Some(RawTag {
        word,
        list,
        stray: stray.filter(|stray| !stray.text.is_empty()),
    })
}

/// Returns what a part says, without the blanks around it.
fn trimmed(part: &Pair<'_, Rule>) -> Word {
    let whole = part.as_str();
    let start = whole.len() - whole.trim_start().len();
    Word {
        text: whole.trim().to_owned(),
        at: part.as_span().start() + start,
    }
}
