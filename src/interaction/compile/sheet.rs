//! The text that is being written, line by line.

/// A text in which no two blank lines of the template follow each other.
#[derive(Default)]
pub(super) struct Sheet {
    text: String,
    /// Whether a blank line comes before the next one.
    blank: bool,
}

impl Sheet {
    /// Writes a line; a text of several lines is kept as it is.
    pub(super) fn line(&mut self, line: &str) {
        if self.blank && !self.text.is_empty() {
            self.text.push('\n');
        }
        self.blank = false;
        self.text.extend([line, "\n"]);
    }

    /// Leaves a line blank, unless the one before is.
    pub(super) fn blank(&mut self) {
        self.blank = true;
    }

    /// Returns the text.
    pub(super) fn finish(self) -> String {
        self.text
    }
}
