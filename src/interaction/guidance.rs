//! What a question says to whoever answers it, and where that ends (compatibility D.2, D.8).
//!
//! `@end-prompt` ends guidance exactly. Without it the next tag does; but a heading, a rule, a table, a
//! fence or a line with a placeholder belongs to the document again. A line with the placeholder of
//! an earlier answer is both: the question is asked with it, and the document keeps it.

use super::fault::Word;
use super::grammar::{Piece, PieceKind};
use super::placeholder;

/// What a question says to whoever answers it.
#[derive(Clone, Debug, Default)]
pub(super) struct Guidance {
    /// The text, without comments.
    pub(super) text: String,
    /// Its placeholders, where the template marks its end: then none of them is the document's.
    pub(super) placeholders: Vec<Word>,
}

/// What follows a question up to the next tag, as lines.
#[derive(Debug, Default)]
struct Line {
    text: String,
    placeholders: Vec<Word>,
    /// The first of its pieces.
    begins: usize,
    is_fence: bool,
}

/// Returns guidance that ends with all of these pieces.
pub(super) fn exact(pieces: &[Piece<'_>]) -> Guidance {
    let mut placeholders = Vec::new();
    let mut text = String::new();
    for line in lines(pieces) {
        if !placeholder::stands_alone(&line.text) {
            text.extend([line.text.as_str(), "\n"]);
            placeholders.extend(line.placeholders);
        }
    }
    Guidance {
        text: text.trim().to_owned(),
        placeholders,
    }
}

/// Returns the guidance of a question whose end is not marked, and the piece with which the document
/// goes on.
pub(super) fn open(id: &str, pieces: &[Piece<'_>]) -> (Guidance, usize) {
    let lines = lines(pieces);
    let document = lines
        .iter()
        .find(|line| line.is_of_the_document() || !line.placeholders.is_empty())
        .map_or(pieces.len(), |line| line.begins);

    let asked = lines.iter().take_while(|line| {
        let is_answered_here = line.placeholders.iter().any(|name| name.text == id);
        !line.is_of_the_document() && !is_answered_here
    });
    let text: Vec<&str> = asked
        .filter(|line| !placeholder::stands_alone(&line.text))
        .map(|line| line.text.as_str())
        .collect();
    let guidance = Guidance {
        text: text.join("\n").trim().to_owned(),
        placeholders: Vec::new(),
    };
    (guidance, document)
}

fn lines(pieces: &[Piece<'_>]) -> Vec<Line> {
    let mut lines = vec![Line::default()];
    for (index, piece) in pieces.iter().enumerate() {
        let next = || Line {
            begins: index + 1,
            ..Line::default()
        };
        let Some(line) = lines.last_mut() else {
            continue;
        };
        match piece.kind {
            PieceKind::Text => line.push(piece),
            PieceKind::Newline => lines.push(next()),
            PieceKind::Fence { .. } => {
                line.push(piece);
                line.is_fence = true;
                lines.push(next());
            }
            PieceKind::Comment | PieceKind::OpenComment | PieceKind::Tag(_) => {}
        }
    }
    lines
}

impl Line {
    fn push(&mut self, piece: &Piece<'_>) {
        self.text
            .push_str(piece.text.trim_end_matches(['\r', '\n']));
        let names = placeholder::names(piece.text);
        self.placeholders.extend(names.map(|name| Word {
            at: piece.at + name.at,
            ..name
        }));
    }

    fn is_of_the_document(&self) -> bool {
        let flush = self.text.trim_start();
        self.is_fence || ["#", "---", "|"].iter().any(|mark| flush.starts_with(mark))
    }
}
