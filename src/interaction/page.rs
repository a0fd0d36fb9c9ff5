//! What becomes of a template: the document, without tags and guidance.
//!
//! A page is lines and fences, some of them repeated by a loop. Which line is a table or a quote is
//! judged by the template's own text, so that no value can make it another.

use std::mem;

use super::fault::Word;
use super::placeholder::{self, Stretch};

mod fence;
mod front;

pub(super) use fence::{Fence, hides_a_fence};
pub(super) use front::{Front, FrontLine};

/// The document that a template describes.
#[derive(Clone, Debug)]
pub(super) struct Page {
    /// The frontmatter, if there is any.
    pub(super) front: Option<Vec<FrontLine>>,
    /// The body, from top to bottom.
    pub(super) sections: Vec<Section>,
}

/// A part of the body.
#[derive(Clone, Debug, Default)]
pub(super) struct Section {
    /// The loop that repeats it; none for what stands once.
    pub(super) within: Option<usize>,
    pub(super) blocks: Vec<Block>,
}

/// A line, or code between fences.
#[derive(Clone, Debug)]
pub(super) enum Block {
    Line(Line),
    Fence(Fence),
}

/// A line of the body; a comment in it may be of several.
#[derive(Clone, Debug, Default)]
pub(super) struct Line(pub(super) Vec<Part>);

/// A stretch of a line.
#[derive(Clone, Debug)]
pub(super) enum Part {
    Text(String),
    /// A comment for people, kept as it is.
    Comment(String),
    /// A placeholder: its name, and how it is written.
    Placeholder(Word, String),
}

impl Line {
    /// Adds a text that begins at an offset of the template, cut at its placeholders.
    pub(super) fn push(&mut self, text: &str, at: usize) {
        let parts = placeholder::cut(text).into_iter().map(|part| match part {
            Stretch::Text(text) => Part::Text(text.to_owned()),
            Stretch::Placeholder(name, whole) => {
                let at = at + name.at;
                Part::Placeholder(Word { at, ..name }, whole.to_owned())
            }
        });
        self.0.extend(parts);
    }

    /// Returns the placeholders of the line.
    pub(super) fn names(&self) -> impl Iterator<Item = &Word> {
        self.0.iter().filter_map(|part| match part {
            Part::Placeholder(name, _) => Some(name),
            Part::Text(_) | Part::Comment(_) => None,
        })
    }
}

impl Block {
    /// Returns the lines of the block.
    pub(super) fn lines(&self) -> &[Line] {
        match self {
            Self::Line(line) => std::slice::from_ref(line),
            Self::Fence(fence) => &fence.lines,
        }
    }
}

/// A page that is being written.
#[derive(Debug, Default)]
pub(super) struct Draft {
    sections: Vec<Section>,
    section: Section,
    line: Line,
}

impl Draft {
    /// Begins or ends what a loop repeats.
    pub(super) fn turn(&mut self, within: Option<usize>) {
        self.break_line();
        let section = Section {
            within,
            blocks: Vec::new(),
        };
        self.sections.push(mem::replace(&mut self.section, section));
    }

    /// Goes on with the present line.
    pub(super) fn text(&mut self, text: &str, at: usize) {
        self.line.push(text, at);
    }

    /// Puts a comment into the present line.
    pub(super) fn comment(&mut self, comment: &str) {
        let comment = comment.replace("\r\n", "\n");
        self.line.0.push(Part::Comment(comment));
    }

    /// Ends the present line.
    pub(super) fn newline(&mut self) {
        let line = mem::take(&mut self.line);
        self.section.blocks.push(Block::Line(line));
    }

    /// Puts code between fences.
    pub(super) fn fence(&mut self, code: &str, at: usize) {
        self.break_line();
        self.section
            .blocks
            .push(Block::Fence(Fence::read(code, at)));
    }

    /// Returns the page with its frontmatter.
    pub(super) fn finish(mut self, front: Option<Vec<FrontLine>>) -> Page {
        self.turn(None);
        Page {
            front,
            sections: self.sections,
        }
    }

    fn break_line(&mut self) {
        if !self.line.0.is_empty() {
            self.newline();
        }
    }
}
