//! The walk over a page, piece by piece: tags make the outline, the rest the document.

use std::collections::BTreeSet;
use std::ops::Range;

use super::{Header, Leads, Outline, Question, Repeated};
use crate::interaction::fault::{Faults, Word};
use crate::interaction::grammar::{Piece, PieceKind, RawTag};
use crate::interaction::guidance::{self, Guidance};
use crate::interaction::page;
use crate::interaction::tag::{self, Tag};

/// So many comments that look like misspelt tags are kept in mind.
const STRANGE: usize = 20;

/// Walks over a page, tag by tag.
pub(super) struct Walk<'t, 'f> {
    outline: Outline,
    draft: page::Draft,
    /// What follows the last question, until its guidance ends.
    after_question: Option<Vec<Piece<'t>>>,
    /// The loop that is open.
    within: Option<usize>,
    /// Names of loops that stood before.
    names: BTreeSet<String>,
    /// Where the document begins.
    body: usize,
    /// Whether something is never closed, so that tags after it are not seen.
    is_cut_short: bool,
    /// Comments that are perhaps tags in a misspelling.
    strange: Vec<(Word, String)>,
    faults: &'f mut Faults,
}

impl<'t, 'f> Walk<'t, 'f> {
    /// Begins a walk over a page whose document begins at an offset.
    pub(super) fn new(body: usize, faults: &'f mut Faults) -> Self {
        Self {
            outline: Outline::default(),
            draft: page::Draft::default(),
            after_question: None,
            within: None,
            names: BTreeSet::new(),
            body,
            is_cut_short: false,
            strange: Vec::new(),
            faults,
        }
    }

    /// Takes the next piece.
    pub(super) fn step(&mut self, piece: Piece<'t>) {
        let Piece { at, text, kind } = piece;
        let span = at..at + text.len();
        let kind = match kind {
            PieceKind::Tag(raw) => match self.tag(raw, span) {
                Some(()) => return,
                None => PieceKind::Comment,
            },
            PieceKind::OpenComment => {
                let mark = at..at + "<!--".len();
                self.faults.add(mark, "this comment is never closed");
                self.is_cut_short = true;
                kind
            }
            PieceKind::Fence { closed: false } => {
                let mark = at..at + text.lines().next().unwrap_or_default().len();
                self.faults.add(mark, "this code fence is never closed");
                self.is_cut_short = true;
                kind
            }
            PieceKind::Text | PieceKind::Newline | PieceKind::Comment | PieceKind::Fence { .. } => {
                kind
            }
        };
        self.put(Piece { at, text, kind });
    }

    /// Puts a piece into the document, or keeps it while it may be guidance.
    fn put(&mut self, piece: Piece<'t>) {
        if let Some(pieces) = &mut self.after_question {
            pieces.push(piece);
        } else if piece.at >= self.body {
            match piece.kind {
                PieceKind::Text => {
                    if page::hides_a_fence(piece.text) {
                        let message = "a code fence begins within another line, a list or a quote";
                        let help =
                            "put it on a line of its own, three blanks from the margin at most";
                        let span = piece.at..piece.at + piece.text.len();
                        self.faults
                            .add_with_help(span, message, Some(help.to_owned()));
                    }
                    self.draft.text(piece.text, piece.at);
                }
                PieceKind::Newline => self.draft.newline(),
                PieceKind::Fence { .. } => self.draft.fence(piece.text, piece.at),
                PieceKind::Comment | PieceKind::OpenComment | PieceKind::Tag(_) => {
                    self.draft.comment(piece.text);
                }
            }
        }
    }

    /// Takes a tag; none where the comment is an ordinary one.
    fn tag(&mut self, raw: RawTag, span: Range<usize>) -> Option<()> {
        let word = raw.word.clone();
        let Some(tag) = tag::read(raw, &span, self.faults) else {
            if self.strange.len() < STRANGE {
                let nearest = tag::nearest(&word.text);
                self.strange.extend(nearest.map(|help| (word, help)));
            }
            return None;
        };
        self.end_guidance(matches!(tag, Tag::EndPrompt));
        match tag {
            Tag::Template {
                name,
                version,
                start,
            } => self.header(
                Header {
                    name,
                    version,
                    start,
                },
                span,
            ),
            Tag::Prompt {
                id,
                next,
                commit,
                yes_or_no,
            } => {
                let leads = Leads::Prompt {
                    next,
                    commit,
                    yes_or_no,
                };
                self.question(id, leads, span);
            }
            Tag::Gate { id, yes, no } => self.question(id, Leads::Gate { yes, no }, span),
            Tag::Loop { name } => self.begin_loop(name, span),
            Tag::EndLoop { name } => self.end_loop(name, span),
            Tag::EndPrompt => {}
            Tag::End => self.end(span),
        }
        Some(())
    }

    fn header(&mut self, header: Header, span: Range<usize>) {
        if self.outline.header.is_some() {
            self.faults.add(span, "`@template` stands twice");
        } else {
            self.outline.header = Some(header);
        }
    }

    fn question(&mut self, id: Option<Word>, leads: Leads, at: Range<usize>) {
        let index = self.outline.questions.len();
        if let Some(open) = self
            .within
            .and_then(|open| self.outline.loops.get_mut(open))
        {
            open.entry.get_or_insert(index);
        }
        self.outline.questions.push(Question {
            id,
            at,
            leads,
            within: self.within,
            guidance: Guidance::default(),
        });
        self.after_question = Some(Vec::new());
    }

    /// Ends the guidance of the last question; what is not guidance goes into the document.
    fn end_guidance(&mut self, is_marked: bool) {
        let Some(pieces) = self.after_question.take() else {
            return;
        };
        let Some(question) = self.outline.questions.last_mut() else {
            return;
        };
        let mut document = pieces.len();
        if is_marked {
            question.guidance = guidance::exact(&pieces);
        } else {
            let id = question.id.as_ref().map_or("", |id| id.text.as_str());
            (question.guidance, document) = guidance::open(id, &pieces);
        }
        for piece in pieces.into_iter().skip(document) {
            self.put(piece);
        }
    }

    fn begin_loop(&mut self, name: Option<Word>, at: Range<usize>) {
        if self.within.is_some() {
            self.faults.add(at.clone(), "a loop stands within a loop");
        }
        if let Some(name) = &name
            && !self.names.insert(name.text.clone())
        {
            let message = format!("a second loop is called `{}`", name.text);
            self.faults.add(name.span(), message);
        }
        let index = self.outline.loops.len();
        self.outline.loops.push(Repeated {
            name,
            at,
            entry: None,
        });
        self.within = Some(index);
        self.draft.turn(self.within);
    }

    fn end_loop(&mut self, name: Option<Word>, at: Range<usize>) {
        let open = self.within.take();
        self.draft.turn(None);
        let Some(open) = open.and_then(|open| self.outline.loops.get(open)) else {
            self.faults.add(at, "`@end-loop` ends no loop");
            return;
        };
        if let (Some(end), Some(begin)) = (name, &open.name)
            && end.text != begin.text
        {
            let message = format!("`@end-loop: {}` does not match `{}`", end.text, begin.text);
            self.faults.add(end.span(), message);
        }
        if open.entry.is_none() {
            self.faults
                .add(open.at.clone(), "nothing is asked in this loop");
        }
    }

    fn end(&mut self, at: Range<usize>) {
        if self.outline.end.is_some() {
            self.faults.add(at, "`@end` stands twice");
        } else {
            self.outline.end = Some(at);
        }
    }

    /// Ends the walk, and says what the template lacks.
    pub(super) fn finish(mut self, front: Option<Vec<page::FrontLine>>) -> Outline {
        self.end_guidance(false);
        self.outline.page = Some(std::mem::take(&mut self.draft).finish(front));
        if !self.is_cut_short {
            self.complain();
        }
        self.point_out_misspellings();
        self.outline
    }

    /// Says what the template lacks as a whole.
    fn complain(&mut self) {
        if let Some(open) = self.within.and_then(|open| self.outline.loops.get(open)) {
            let name = open.name.as_ref().map_or("", |name| name.text.as_str());
            let message = format!("Unclosed loop `{name}`");
            let help = format!("write `<!-- @end-loop: {name} -->` after its last question");
            self.faults
                .add_with_help(open.at.clone(), message, Some(help));
        }
        let outline = &self.outline;
        if outline.header.is_none() && outline.questions.is_empty() && outline.end.is_none() {
            let message = "No interactive tags: nothing is asked here";
            let help = "questions stand in comments: `<!-- @prompt: id | next: end -->`";
            self.faults
                .add_with_help(0..0, message, Some(help.to_owned()));
        } else {
            if outline.header.is_none() {
                let help = "write `<!-- @template: NAME | version: 1 | start: id -->` above all";
                self.faults
                    .add_with_help(0..0, "missing @template", Some(help.to_owned()));
            }
            if outline.end.is_none() {
                let help = "write `<!-- @end -->` after the last question";
                self.faults
                    .add_with_help(0..0, "missing @end", Some(help.to_owned()));
            }
        }
    }

    /// Names comments that look like tags, where the template is broken anyway.
    fn point_out_misspellings(&mut self) {
        if self.faults.is_empty() {
            return;
        }
        for (word, help) in std::mem::take(&mut self.strange) {
            let message = format!("`@{}` is no tag, and is passed over", word.text);
            self.faults.add_with_help(word.span(), message, Some(help));
        }
    }
}
