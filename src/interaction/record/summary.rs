//! What a record says of itself by its answers: when, and by whom (compatibility D.7).

use std::collections::BTreeSet;

use super::Record;

/// The keys of the metadata that are taken from the answers.
pub(in crate::interaction) const AUTOMATIC: [&str; 3] = ["date", "performer", "performed_date"];

impl Record {
    /// Returns the record with what its answers say of it: the date of the first and of the last one,
    /// and who gave them. What is in the metadata stays as it is.
    ///
    /// It is compiled so and never stored so: the next answer would make what is stored untrue.
    #[must_use]
    pub(in crate::interaction) fn settled(&self) -> Self {
        let mut settled = self.clone();
        for key in AUTOMATIC {
            if let Some(value) = self.automatic(key) {
                settled.remember(key, value);
            }
        }
        settled
    }

    /// Returns what the answers say under one of these keys.
    pub(in crate::interaction) fn automatic(&self, key: &str) -> Option<String> {
        let entries = || self.answered().flat_map(|key| self.entries(key));
        let date = |timestamp: Option<&str>| {
            timestamp.map(|timestamp| timestamp.chars().take("YYYY-MM-DD".len()).collect())
        };
        match key {
            "date" => date(entries().map(|entry| entry.timestamp).min()),
            "performed_date" => date(entries().map(|entry| entry.timestamp).max()),
            "performer" => {
                let authors: BTreeSet<&str> = entries().map(|entry| entry.author).collect();
                let authors: Vec<&str> = authors.into_iter().collect();
                (!authors.is_empty()).then(|| authors.join(", "))
            }
            _ => None,
        }
    }
}
