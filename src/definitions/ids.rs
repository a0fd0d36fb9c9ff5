//! How ids and type words are read: of which type, and what their parts are (D-18, D-19, R-26).

use super::doctype::{Doctype, Home};
use super::pattern::{Bindings, Pattern, Piece};
use super::rulebook::Rulebook;
use crate::model::{DocId, TypeWord};

/// How an id is read: of which type, and what its parts are.
#[derive(Clone, Debug)]
pub struct IdReading<'r> {
    /// The id in canonical form.
    pub id: DocId,
    /// Its type.
    pub doctype: &'r Doctype,
    /// What its placeholders stand for.
    pub bindings: Bindings,
    /// Where it lies, if older repositories hold it elsewhere.
    pub legacy_home: Option<&'r Pattern>,
}

impl IdReading<'_> {
    /// Returns the type as records say it.
    #[must_use]
    pub fn type_word(&self) -> TypeWord {
        let word = self.doctype.named.fill(&self.bindings);
        TypeWord::new(word.unwrap_or_else(|| self.doctype.name.to_string()))
    }
}

impl Rulebook {
    /// Returns the doctype that a word at the command line means, with what its placeholders stand for.
    #[must_use]
    pub fn read_type(&self, word: &str, namespaces: &[String]) -> Option<(&Doctype, Bindings)> {
        let word = word.to_uppercase();
        self.doctypes.iter().find_map(|doctype| {
            let named = doctype.named.source();
            let bindings = if doctype.named.has(|piece| *piece == Piece::Namespace) {
                let bindings = doctype.named.read(&word)?;
                let namespace = bindings.namespace.as_ref()?;
                namespaces.contains(namespace).then_some(bindings)?
            } else {
                named.eq_ignore_ascii_case(&word).then(Bindings::default)?
            };
            Some((doctype, bindings))
        })
    }

    /// Reads an id in any letter case (D-19, R-26). Of several readings the one with the last child suffix
    /// wins, and what only older repositories hold comes last. A namespace must be registered.
    #[must_use]
    pub fn read_id(&self, text: &str, namespaces: &[String]) -> Option<IdReading<'_>> {
        // Longer than any id that could be made, and long enough to be costly to match.
        if text.len() > 256 {
            return None;
        }
        let text = text.to_ascii_uppercase();
        let current = self.doctypes.iter().filter(|doctype| doctype.is_child());
        let rest = self.doctypes.iter().filter(|doctype| !doctype.is_child());
        current
            .chain(rest)
            .find_map(|doctype| self.read_as(doctype, &doctype.id, None, &text, namespaces))
            .or_else(|| {
                self.doctypes.iter().find_map(|doctype| {
                    doctype.legacies.iter().find_map(|legacy| {
                        let pattern = legacy.id.as_ref()?;
                        let home = legacy.stored_in.as_ref();
                        self.read_as(doctype, pattern, home, &text, namespaces)
                    })
                })
            })
    }

    fn read_as<'r>(
        &'r self,
        doctype: &'r Doctype,
        pattern: &Pattern,
        legacy_home: Option<&'r Pattern>,
        text: &str,
        namespaces: &[String],
    ) -> Option<IdReading<'r>> {
        let mut bindings = pattern.read(text)?;
        if let Some(parent) = &bindings.parent {
            bindings.parent = Some(self.read_id(parent.as_str(), namespaces)?.id);
        }
        if let Some(namespace) = &bindings.namespace
            && !namespaces.contains(namespace)
        {
            return None;
        }
        let id = DocId::new(pattern.fill(&bindings)?);
        bindings.id = Some(id.clone());
        Some(IdReading {
            id,
            doctype,
            bindings,
            legacy_home,
        })
    }

    /// Returns the folder below `QMS/` in which a document lies; empty where its id does not say.
    #[must_use]
    pub fn home_of(&self, reading: &IdReading<'_>, namespaces: &[String]) -> String {
        if let Some(home) = reading.legacy_home {
            return home.fill(&reading.bindings).unwrap_or_default();
        }
        match &reading.doctype.home {
            Home::In(pattern) => pattern.fill(&reading.bindings).unwrap_or_default(),
            Home::WithRootAncestor => {
                let parent = reading.bindings.parent.as_ref();
                let parent = parent.and_then(|parent| self.read_id(parent.as_str(), namespaces));
                parent
                    .map(|parent| self.home_of(&parent, namespaces))
                    .unwrap_or_default()
            }
        }
    }
}
