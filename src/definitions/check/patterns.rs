//! Patterns: ids that cannot be taken for one another, and homes that stay under the root.

use super::{place, shapes};
use crate::definitions::codes;
use crate::definitions::doctype::{Doctype, Home, Legacy};
use crate::definitions::pattern::{Pattern, Piece};
use crate::definitions::report::Finding;
use crate::definitions::rulebook::Rulebook;
use crate::definitions::source::Origin;

/// Looks at all types.
pub(super) fn check(rules: &Rulebook, findings: &mut Vec<Finding>) {
    for doctype in &rules.doctypes {
        let mut patterns = Patterns {
            rules,
            doctype,
            findings,
        };
        patterns.id("id", &doctype.id);
        patterns.homes();
        patterns.placeholders();
        patterns.template();
    }
    collisions(rules, findings);
}

struct Patterns<'r> {
    rules: &'r Rulebook,
    doctype: &'r Doctype,
    findings: &'r mut Vec<Finding>,
}

impl Patterns<'_> {
    fn place(&self, line: &str, pattern: &Pattern) -> Origin {
        place_of(self.rules, self.doctype, line, pattern)
    }

    fn id(&mut self, line: &str, id: &Pattern) {
        let fault = if !literals(id)
            .bytes()
            .all(|byte| matches!(byte, b'A'..=b'Z' | b'0'..=b'9' | b'-' | b'_'))
        {
            Some("an id holds capital letters, digits, `-` and `_` only")
        } else if id.has(|piece| *piece == Piece::Id) {
            Some("an id cannot hold itself")
        } else if id.literal_start().starts_with(['-', '_']) {
            Some("an id begins with a letter or a digit")
        } else if id.has(|piece| *piece == Piece::Parent) && !names_its_type(id) {
            Some(
                "a child's id is its parent's, a word and what else there is: `{parent}-WORD-{number:3}`",
            )
        } else {
            None
        };
        if let Some(help) = fault {
            let message = format!(
                "`{}` cannot be the id of `{}`",
                id.source(),
                self.doctype.name
            );
            self.findings.push(
                Finding::new(codes::BAD_ID, self.place(line, id), message)
                    .label("not an id")
                    .help(help),
            );
        }
    }

    fn homes(&mut self) {
        if let Home::In(pattern) = &self.doctype.home {
            self.home("stored-in", pattern);
        }
        for Legacy {
            id,
            stored_in,
            recorded_in,
        } in &self.doctype.legacies
        {
            if let Some(id) = id {
                self.id("legacy", id);
            }
            for pattern in stored_in.iter().chain(recorded_in) {
                self.home("legacy", pattern);
            }
        }
        if self.doctype.named.source().contains('/') {
            self.home_fault(
                "named",
                &self.doctype.named,
                "it names one folder: it holds no `/`",
            );
        } else {
            self.home("named", &self.doctype.named);
        }
    }

    fn home(&mut self, line: &str, pattern: &Pattern) {
        let text = pattern.source();
        let is_odd = |letter: char| letter == '\\' || letter == ':' || letter.is_control();
        let fault = if text.starts_with('/') || text.contains(is_odd) {
            "it is a path beneath the root: no `/` at its beginning, no `\\`, no `:`"
        } else if text.split('/').any(str::is_empty) {
            "a folder without a name stands in it: no `//`, no `/` at its end"
        } else if text.split('/').any(|folder| folder.starts_with('.')) {
            "no folder in it begins with a point: the program keeps its own there"
        } else {
            return;
        };
        self.home_fault(line, pattern, fault);
    }

    fn home_fault(&mut self, line: &str, pattern: &Pattern, fault: &str) {
        let message = format!(
            "`{}` cannot be a home of `{}`",
            pattern.source(),
            self.doctype.name
        );
        self.findings.push(
            Finding::new(codes::BAD_HOME, self.place(line, pattern), message)
                .label("not a folder beneath the root")
                .help(fault.to_owned()),
        );
    }

    /// What a folder, a type word or a template is made of must be known from the id.
    fn placeholders(&mut self) {
        let id = &self.doctype.id;
        let from_id =
            |piece: &Piece| *piece == Piece::Id || id.has(|known| same_kind(known, piece));
        if let Home::In(pattern) = &self.doctype.home {
            self.bound("stored-in", pattern, from_id);
        }
        for pattern in self.doctype.authoring.templates() {
            self.bound("authored", pattern, from_id);
        }
        for legacy in &self.doctype.legacies {
            let own = legacy.id.as_ref().unwrap_or(id);
            for pattern in legacy.stored_in.iter().chain(&legacy.recorded_in) {
                self.bound("legacy", pattern, |piece| {
                    *piece == Piece::Id || own.has(|known| same_kind(known, piece))
                });
            }
        }
        let is_namespaced = id.has(|piece| *piece == Piece::Namespace);
        self.bound("named", &self.doctype.named, |piece| {
            is_namespaced && *piece == Piece::Namespace
        });
        if is_namespaced && !self.doctype.named.has(|piece| *piece == Piece::Namespace) {
            self.unbound(
                "id",
                id,
                "`{namespace}`",
                "say it in the type's name too: `named \"{namespace}-WORD\"`",
            );
        }
    }

    fn bound(&mut self, line: &str, pattern: &Pattern, is_known: impl Fn(&Piece) -> bool) {
        let unknown = pattern
            .pieces
            .iter()
            .find(|piece| !matches!(piece, Piece::Literal(_)) && !is_known(piece));
        if let Some(piece) = unknown {
            let piece = Pattern {
                pieces: vec![piece.clone()],
            };
            let help = if line == "named" {
                "a type's name is known before its documents: only `{namespace}` can stand in it, if the id has it"
            } else {
                "only `{id}`, and what stands in the id, is known here"
            };
            self.unbound(line, pattern, &format!("`{}`", piece.source()), help);
        }
    }

    fn unbound(&mut self, line: &str, pattern: &Pattern, piece: &str, help: &str) {
        let message = format!(
            "what {piece} stands for is not known in `{}`",
            pattern.source()
        );
        self.findings.push(
            Finding::new(
                codes::UNBOUND_PLACEHOLDER,
                self.place(line, pattern),
                message,
            )
            .label(format!("{piece} is not known"))
            .help(help.to_owned()),
        );
    }

    /// A template is a document: its id must be one that some type has.
    fn template(&mut self) {
        for pattern in self.doctype.authoring.templates() {
            let mut ids = self.rules.doctypes.iter().map(|doctype| &doctype.id);
            if !ids.any(|id| shapes::overlap(id, pattern)) {
                let message = format!(
                    "`{}` is an id of no type: there will never be such a template",
                    pattern.source()
                );
                self.findings.push(
                    Finding::new(
                        codes::UNKNOWN_TEMPLATE,
                        self.place("authored", pattern),
                        message,
                    )
                    .label("no type has such ids"),
                );
            }
        }
    }
}

fn place_of(rules: &Rulebook, doctype: &Doctype, line: &str, pattern: &Pattern) -> Origin {
    place::of_child(rules, doctype.origin, line, &pattern.source())
}

fn literals(pattern: &Pattern) -> String {
    let pieces = pattern.pieces.iter();
    pieces
        .filter_map(|piece| match piece {
            Piece::Literal(text) => Some(text.as_str()),
            Piece::Id | Piece::Parent | Piece::Name | Piece::Namespace | Piece::Number(_) => None,
        })
        .collect()
}

/// Tells whether a child's id begins with its parent's, and goes on with a word.
fn names_its_type(id: &Pattern) -> bool {
    let mut pieces = id.pieces.iter();
    pieces.next() == Some(&Piece::Parent)
        && matches!(pieces.next(), Some(Piece::Literal(text))
            if text.starts_with('-') && text.bytes().any(|byte| byte.is_ascii_uppercase()))
}

fn same_kind(known: &Piece, wanted: &Piece) -> bool {
    known == wanted || matches!((known, wanted), (Piece::Number(_), Piece::Number(_)))
}

/// Two types must not be able to have the same id, nor be called by the same word.
fn collisions(rules: &Rulebook, findings: &mut Vec<Finding>) {
    for (index, doctype) in rules.doctypes.iter().enumerate() {
        let others = rules.doctypes.iter().take(index);
        for other in others.filter(|other| other.name != doctype.name) {
            colliding_ids(rules, doctype, other, findings);
            if shapes::overlap(&doctype.named, &other.named) {
                let (name, taken) = (&doctype.name, &other.name);
                let place = place_of(rules, doctype, "named", &doctype.named);
                let message = format!("`{name}` and `{taken}` are called by the same word");
                findings.push(
                    Finding::new(codes::COLLIDING_TYPES, place, message)
                        .label("not to be told apart")
                        .help("`named \"WORD\"` gives a type another word"),
                );
            }
        }
    }
}

fn colliding_ids(
    rules: &Rulebook,
    doctype: &Doctype,
    other: &Doctype,
    findings: &mut Vec<Finding>,
) {
    let of_other = ids(other);
    for (line, id) in ids(doctype) {
        let mut taken = of_other.iter().map(|(_, taken)| taken);
        let Some(taken) = taken.find(|taken| shapes::collide(id, taken)) else {
            continue;
        };
        let (left, right) = (id.source(), taken.source());
        let (name, other) = (&doctype.name, &other.name);
        let message =
            format!("an id of `{name}` can be one of `{other}` too: `{left}` and `{right}`");
        findings.push(
            Finding::new(
                codes::COLLIDING_IDS,
                place_of(rules, doctype, line, id),
                message,
            )
            .label("not to be told apart")
            .help("put another word into one of them"),
        );
    }
}

/// Returns every form of id a type has, with the line it stands in.
fn ids(doctype: &Doctype) -> Vec<(&'static str, &Pattern)> {
    let legacies = doctype
        .legacies
        .iter()
        .filter_map(|legacy| legacy.id.as_ref());
    std::iter::once(("id", &doctype.id))
        .chain(legacies.map(|id| ("legacy", id)))
        .collect()
}
