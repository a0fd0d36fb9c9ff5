//! Texts that definitions are read from, and places in them that can be shown to a person.

use std::borrow::Cow;

use super::tree::Span;

/// A file of definitions: its path below the definitions folder, and its text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SourceFile {
    /// The path, with `/`.
    pub path: Cow<'static, str>,
    /// The whole text.
    pub text: Cow<'static, str>,
}

/// A place in the definitions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Origin {
    /// Which file, counted from nought in the rulebook's list.
    pub file: usize,
    /// Where in it.
    pub span: Span,
}

impl Origin {
    /// A place in no file.
    pub const NOWHERE: Self = Self {
        file: usize::MAX,
        span: Span {
            offset: 0,
            length: 0,
        },
    };
}

/// All files that a rulebook was read from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sources {
    files: Vec<SourceFile>,
}

impl Sources {
    /// Takes the files in order.
    #[must_use]
    pub fn new(files: Vec<SourceFile>) -> Self {
        Self { files }
    }

    /// Returns the files.
    #[must_use]
    pub fn files(&self) -> &[SourceFile] {
        &self.files
    }

    /// Returns the file a place is in.
    #[must_use]
    pub fn file(&self, origin: Origin) -> Option<&SourceFile> {
        self.files.get(origin.file)
    }

    /// Returns line and column of a place, counted from one, in characters.
    #[must_use]
    pub fn position(&self, origin: Origin) -> (usize, usize) {
        let before = self
            .file(origin)
            .and_then(|file| file.text.get(..origin.span.offset))
            .unwrap_or_default();
        let line = before.matches('\n').count() + 1;
        let column = before
            .rsplit('\n')
            .next()
            .map_or(0, |rest| rest.chars().count());
        (line, column + 1)
    }

    /// Returns the line a place is on, without what surrounds it.
    #[must_use]
    pub fn line(&self, origin: Origin) -> &str {
        let text = self.file(origin).map_or("", |file| file.text.as_ref());
        let line = text.lines().nth(self.position(origin).0 - 1);
        line.unwrap_or_default().trim()
    }

    /// Returns line and column just behind a place, counted as [`Sources::position`] does.
    #[must_use]
    pub fn end(&self, origin: Origin) -> (usize, usize) {
        let span = Span {
            offset: origin.span.offset + origin.span.length,
            length: 0,
        };
        self.position(Origin { span, ..origin })
    }

    /// Returns a place as people write it: `workflows/a.kdl:12`.
    #[must_use]
    pub fn place(&self, origin: Origin) -> String {
        match self.file(origin) {
            Some(file) => format!("{}:{}", file.path, self.position(origin).0),
            None => String::new(),
        }
    }
}
