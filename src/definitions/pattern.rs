//! Patterns of ids, type words and folders: text with placeholders in braces.

use std::fmt::Write as _;

use crate::model::DocId;

/// A piece of a pattern.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// Text as it stands.
    Literal(String),
    /// `{id}`: the document's own id.
    Id,
    /// `{parent}`: the id of the parent.
    Parent,
    /// `{name}`: the name given at creation, in capitals.
    Name,
    /// `{namespace}`: a registered namespace.
    Namespace,
    /// `{number:3}`: the next number, with at least so many digits.
    Number(usize),
}

/// Text with placeholders.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Pattern {
    /// The pieces, in order; two placeholders never touch.
    pub pieces: Vec<Piece>,
}

/// What the placeholders of a pattern stand for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Bindings {
    /// The document's own id.
    pub id: Option<DocId>,
    /// The parent's id.
    pub parent: Option<DocId>,
    /// The name.
    pub name: Option<String>,
    /// The namespace.
    pub namespace: Option<String>,
    /// The number.
    pub number: Option<u32>,
}

impl Pattern {
    /// Reads a pattern.
    ///
    /// # Errors
    /// A sentence that says what is wrong with it.
    pub fn parse(text: &str) -> Result<Self, String> {
        let mut pieces: Vec<Piece> = Vec::new();
        let mut rest = text;
        while !rest.is_empty() {
            let (literal, after) = rest
                .split_once('{')
                .map_or((rest, None), |(before, after)| (before, Some(after)));
            if literal.contains('}') {
                return Err("a closing brace has no opening one".to_owned());
            }
            if !literal.is_empty() {
                pieces.push(Piece::Literal(literal.to_owned()));
            }
            let Some(after) = after else { break };
            if matches!(pieces.last(), Some(piece) if !matches!(piece, Piece::Literal(_))) {
                return Err("two placeholders stand side by side".to_owned());
            }
            let (word, behind) = after
                .split_once('}')
                .ok_or_else(|| "an opening brace has no closing one".to_owned())?;
            pieces.push(placeholder(word)?);
            rest = behind;
        }
        if pieces.is_empty() {
            return Err("it is empty".to_owned());
        }
        Ok(Self { pieces })
    }

    /// Returns the text for these bindings; none where one is missing.
    #[must_use]
    pub fn fill(&self, bindings: &Bindings) -> Option<String> {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Id => text.push_str(bindings.id.as_ref()?.as_str()),
                Piece::Parent => text.push_str(bindings.parent.as_ref()?.as_str()),
                Piece::Name => text.push_str(bindings.name.as_ref()?),
                Piece::Namespace => text.push_str(bindings.namespace.as_ref()?),
                Piece::Number(digits) => {
                    let number = bindings.number?;
                    let _ = write!(text, "{number:0digits$}");
                }
            }
        }
        Some(text)
    }

    /// Matches a whole text; where several readings are possible, placeholders take as much as they can.
    #[must_use]
    pub fn read(&self, text: &str) -> Option<Bindings> {
        read_pieces(&self.pieces, text)
    }

    /// Tells whether a placeholder of this kind stands in it.
    #[must_use]
    pub fn has(&self, wanted: impl Fn(&Piece) -> bool) -> bool {
        self.pieces.iter().any(wanted)
    }

    /// Returns the text before the first placeholder.
    #[must_use]
    pub fn literal_start(&self) -> &str {
        match self.pieces.first() {
            Some(Piece::Literal(literal)) => literal,
            _ => "",
        }
    }

    /// Returns the pattern as it was written.
    #[must_use]
    pub fn source(&self) -> String {
        let mut text = String::new();
        for piece in &self.pieces {
            match piece {
                Piece::Literal(literal) => text.push_str(literal),
                Piece::Id => text.push_str("{id}"),
                Piece::Parent => text.push_str("{parent}"),
                Piece::Name => text.push_str("{name}"),
                Piece::Namespace => text.push_str("{namespace}"),
                Piece::Number(digits) => {
                    let _ = write!(text, "{{number:{digits}}}");
                }
            }
        }
        text
    }
}

fn placeholder(word: &str) -> Result<Piece, String> {
    match word {
        "id" => Ok(Piece::Id),
        "parent" => Ok(Piece::Parent),
        "name" => Ok(Piece::Name),
        "namespace" => Ok(Piece::Namespace),
        _ => word
            .strip_prefix("number:")
            .and_then(|digits| digits.parse().ok())
            .filter(|digits| (1..=9).contains(digits))
            .map(Piece::Number)
            .ok_or_else(|| {
                format!("`{{{word}}}` is no placeholder; there are `{{id}}`, `{{parent}}`, `{{name}}`, `{{namespace}}` and `{{number:3}}`")
            }),
    }
}

fn read_pieces(pieces: &[Piece], text: &str) -> Option<Bindings> {
    let Some((piece, rest)) = pieces.split_first() else {
        return text.is_empty().then(Bindings::default);
    };
    if let Piece::Literal(literal) = piece {
        return read_pieces(rest, without_prefix(text, literal)?);
    }
    // A placeholder is followed by a literal or by the end: try the longest first.
    for (start, letter) in text.char_indices().rev() {
        let (taken, behind) = text.split_at(start + letter.len_utf8());
        let Some(mut bindings) = (match rest.first() {
            Some(Piece::Literal(literal)) if without_prefix(behind, literal).is_none() => None,
            _ => read_pieces(rest, behind),
        }) else {
            continue;
        };
        if bind(piece, taken, &mut bindings) {
            return Some(bindings);
        }
    }
    None
}

/// Literals are matched in any letter case; filling the pattern gives the canonical one.
fn without_prefix<'t>(text: &'t str, literal: &str) -> Option<&'t str> {
    let start = text.get(..literal.len())?;
    start
        .eq_ignore_ascii_case(literal)
        .then(|| text.get(literal.len()..))
        .flatten()
}

fn bind(piece: &Piece, taken: &str, bindings: &mut Bindings) -> bool {
    match piece {
        Piece::Literal(_) => false,
        Piece::Id => {
            bindings.id = Some(DocId::new(taken.to_owned()));
            true
        }
        Piece::Parent => {
            bindings.parent = Some(DocId::new(taken.to_owned()));
            true
        }
        Piece::Name => {
            bindings.name = Some(taken.to_owned());
            is_capital_name(taken)
        }
        Piece::Namespace => {
            bindings.namespace = Some(taken.to_owned());
            is_capital_name(taken)
        }
        Piece::Number(digits) => {
            let number = taken
                .bytes()
                .all(|byte| byte.is_ascii_digit())
                .then(|| taken.parse().ok())
                .flatten();
            bindings.number = number;
            // Only the canonical form is an id: `001` and `1000`, neither `1` nor `0001`.
            number.is_some_and(|number: u32| format!("{number:0digits$}") == taken)
        }
    }
}

fn is_capital_name(name: &str) -> bool {
    crate::model::name::is_well_formed(name) && !name.bytes().any(|byte| byte.is_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(pattern: &str, text: &str) -> Option<Bindings> {
        Pattern::parse(pattern).unwrap().read(text)
    }

    /// A number is at least as wide as its pattern says, and no wider than it needs.
    ///
    /// Verifies: REQ-DOC-004
    #[test]
    fn numbers_have_one_form() {
        for (text, number) in [("BOOK-001", 1), ("BOOK-999", 999), ("BOOK-1000", 1000)] {
            assert_eq!(read("BOOK-{number:3}", text).unwrap().number, Some(number));
        }
        for text in [
            "BOOK-1",
            "BOOK-0001",
            "BOOK-",
            "BOOK-00a",
            "BOOK-001-",
            "BOOK-99999999999",
        ] {
            assert_eq!(read("BOOK-{number:3}", text), None, "{text}");
        }
    }

    /// A child's id is its parent's, its type and a number.
    ///
    /// Verifies: REQ-DOC-005
    #[test]
    fn a_childs_id_begins_with_its_parents() {
        let found = read("{parent}-SLIP-{number:3}", "BOOK-001-SLIP-001-SLIP-002").unwrap();
        assert_eq!(found.parent, Some(DocId::new("BOOK-001-SLIP-001")));
        assert_eq!(found.number, Some(2));
        assert_eq!(
            Pattern::parse("{parent}-SLIP-{number:3}")
                .unwrap()
                .fill(&found)
                .unwrap(),
            "BOOK-001-SLIP-001-SLIP-002"
        );
    }

    /// Names are in capitals, and hold nothing that could lead elsewhere.
    ///
    /// Verifies: REQ-DOC-011
    #[test]
    fn names_hold_nothing_odd() {
        assert_eq!(
            read("SHELF-{name}", "SHELF-ART").unwrap().name.unwrap(),
            "ART"
        );
        for text in [
            "SHELF-art",
            "SHELF-../X",
            "SHELF-A/B",
            "SHELF-",
            "SHELF--A",
            "SHELF-A B",
        ] {
            assert_eq!(read("SHELF-{name}", text), None, "{text}");
        }
    }

    #[test]
    fn faulty_patterns_say_what_is_wrong() {
        for pattern in [
            "",
            "A-{nummer:3}",
            "A-{number:3",
            "A}",
            "{parent}{number:3}",
            "{number:0}",
        ] {
            assert!(Pattern::parse(pattern).is_err(), "{pattern}");
        }
    }
}
