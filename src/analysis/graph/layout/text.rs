//! Pieces of a picture: rectangles, and lines of text whose extent is known.

use super::super::letters::Type;

/// A rectangle, in pixels.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Rect {
    /// Its left edge.
    pub x: i64,
    /// Its upper edge.
    pub y: i64,
    /// How wide it is.
    pub width: i64,
    /// How high it is.
    pub height: i64,
}

impl Rect {
    /// Tells whether two rectangles have more in common than an edge.
    #[must_use]
    pub fn overlaps(&self, other: &Self) -> bool {
        self.x < other.x + other.width
            && other.x < self.x + self.width
            && self.y < other.y + other.height
            && other.y < self.y + self.height
    }

    /// Tells whether another rectangle lies within.
    #[must_use]
    pub fn contains(&self, other: &Self) -> bool {
        other.x >= self.x
            && other.y >= self.y
            && other.x + other.width <= self.x + self.width
            && other.y + other.height <= self.y + self.height
    }
}

/// What a text is for, which says how it looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Style {
    /// What the picture shows.
    Title,
    /// More about it.
    Subtitle,
    /// The name of a state.
    State,
    /// What a state means.
    Meaning,
    /// What somebody does.
    Verb,
    /// What follows by itself.
    Itself,
    /// Who may do it.
    Actors,
    /// What must hold.
    Gate,
    /// When a document came by.
    Step,
    /// What is done without leaving a state.
    Stay,
    /// More about that, or about anything.
    Note,
    /// The heading of a panel.
    Head,
    /// The word that a line of a panel is about.
    Key,
}

impl Style {
    /// Returns its letters.
    #[must_use]
    pub fn letters(self) -> Type {
        let (size, bold) = match self {
            Self::Title => (20, true),
            Self::State => (14, true),
            Self::Head => (13, true),
            Self::Verb => (12, true),
            Self::Subtitle | Self::Itself => (12, false),
            Self::Step | Self::Stay | Self::Key => (11, true),
            Self::Meaning | Self::Actors | Self::Gate | Self::Note => (11, false),
        };
        Type { size, bold }
    }

    /// Returns how high a line is.
    #[must_use]
    pub fn line(self) -> i64 {
        self.letters().size + 4
    }
}

/// Where the point of a text lies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Anchor {
    /// At its beginning.
    Start,
    /// In its middle.
    Middle,
    /// At its end.
    End,
}

/// One line of text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    /// The point across.
    pub x: i64,
    /// Its base line.
    pub y: i64,
    /// Where the point lies.
    pub anchor: Anchor,
    /// What it is for.
    pub style: Style,
    /// The words.
    pub words: String,
}

impl Text {
    /// Returns where it lies, in letters as wide as they may be.
    #[must_use]
    pub fn rect(&self) -> Rect {
        let letters = self.style.letters();
        let width = letters.width(&self.words);
        let x = match self.anchor {
            Anchor::Start => self.x,
            Anchor::Middle => self.x - width / 2,
            Anchor::End => self.x - width,
        };
        Rect {
            x,
            y: self.y - letters.size,
            width,
            height: self.style.line(),
        }
    }
}

/// Lines of text that belong together and are not placed yet.
#[derive(Clone, Debug, Default)]
pub(super) struct Block {
    lines: Vec<(i64, Style, String)>,
}

impl Block {
    /// Adds a text in as many lines as it takes, below a space.
    pub(super) fn add(&mut self, space: i64, style: Style, text: &str, width: i64) {
        for (index, line) in style.letters().wrap(text, width, 0).into_iter().enumerate() {
            let above = if index == 0 { space } else { 0 };
            self.lines.push((above, style, line));
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.lines.is_empty()
    }

    pub(super) fn width(&self) -> i64 {
        let widths = self.lines.iter();
        let widths = widths.map(|(_, style, line)| style.letters().width(line));
        widths.max().unwrap_or_default()
    }

    pub(super) fn height(&self) -> i64 {
        let heights = self.lines.iter();
        heights.map(|(space, style, _)| space + style.line()).sum()
    }

    /// Puts the lines beneath each other, from this height on.
    pub(super) fn place(&self, x: i64, top: i64, anchor: Anchor) -> Vec<Text> {
        let mut y = top;
        let mut placed = Vec::new();
        for (space, style, words) in &self.lines {
            y += space;
            placed.push(Text {
                x,
                y: y + style.letters().size,
                anchor,
                style: *style,
                words: words.clone(),
            });
            y += style.line();
        }
        placed
    }

    /// Returns the rectangle that the lines take when they are placed so.
    pub(super) fn rect(&self, x: i64, top: i64, anchor: Anchor) -> Rect {
        let width = self.width();
        let left = match anchor {
            Anchor::Start => x,
            Anchor::Middle => x - width / 2,
            Anchor::End => x - width,
        };
        Rect {
            x: left,
            y: top,
            width,
            height: self.height(),
        }
    }
}
