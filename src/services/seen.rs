//! Texts that a server has shown or taken in, as far as it still remembers them: in its memory, never on the disk.
//!
//! A text that is given back at the version it had is kept nowhere, so what changed in it could not be said to
//! who judged it before. The records name it by its digest; here it is found by it. It is the last place to look:
//! what the project keeps is of record, this is not.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::sync::{Mutex, PoisonError};

use crate::model::digest::sha256;

/// So many bytes are remembered; the oldest are forgotten first.
const MOST: usize = 16 * 1024 * 1024;

/// What a text weighs besides its own bytes.
const EACH: usize = 256;

/// Texts by their digests.
#[derive(Default)]
pub struct SeenTexts(Mutex<Remembered>);

#[derive(Default)]
struct Remembered {
    texts: HashMap<String, Seen>,
    /// Their digests, by when they were last seen.
    order: BTreeMap<u64, String>,
    weight: usize,
    last: u64,
}

struct Seen {
    number: u64,
    bytes: Vec<u8>,
}

impl SeenTexts {
    /// Remembers a text.
    pub fn remember(&self, bytes: &[u8]) {
        if bytes.len() + EACH > MOST {
            return;
        }
        let digest = sha256(bytes);
        let mut remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        remembered.put(digest, bytes);
        remembered.forget_the_oldest();
    }

    /// Returns the text with a digest, where it is remembered.
    #[must_use]
    pub fn with(&self, digest: &str) -> Option<Vec<u8>> {
        let remembered = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let seen = remembered.texts.get(digest)?;
        Some(seen.bytes.clone())
    }
}

impl Remembered {
    fn put(&mut self, digest: String, bytes: &[u8]) {
        self.last += 1;
        let number = self.last;
        if let Some(seen) = self.texts.get_mut(&digest) {
            self.order.remove(&seen.number);
            seen.number = number;
        } else {
            let bytes = bytes.to_vec();
            self.weight += bytes.len() + EACH;
            self.texts.insert(digest.clone(), Seen { number, bytes });
        }
        self.order.insert(number, digest);
    }

    fn forget_the_oldest(&mut self) {
        while self.weight > MOST {
            let Some((_, digest)) = self.order.pop_first() else {
                return;
            };
            let forgotten = self.texts.remove(&digest);
            self.weight -= forgotten.map_or(0, |seen| seen.bytes.len() + EACH);
        }
    }
}

impl fmt::Debug for SeenTexts {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("SeenTexts(..)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_found_by_its_digest_until_newer_ones_need_its_room() {
        let seen = SeenTexts::default();
        let is_there = |text: &[u8]| seen.with(&sha256(text)).as_deref() == Some(text);
        seen.remember(b"first");
        seen.remember(b"second");
        assert!(is_there(b"first") && is_there(b"second"));
        assert!(!is_there(b"third"));

        seen.remember(b"first");
        let large: Vec<u8> = vec![b'x'; MOST - 2 * EACH - b"first".len()];
        seen.remember(&large);
        assert!(is_there(b"first") && is_there(&large));
        assert!(!is_there(b"second"), "it is the oldest");

        seen.remember(b"third");
        assert!(is_there(b"third") && is_there(&large) && !is_there(b"first"));
        seen.remember(&vec![b'y'; MOST]);
        assert!(is_there(&large), "what has no room drives nothing out");
        for number in 0..100_000_u32 {
            seen.remember(&number.to_le_bytes());
        }
        let remembered = seen.0.lock().unwrap();
        assert!(remembered.weight <= MOST);
        assert_eq!(remembered.texts.len(), MOST / (EACH + 4));
        assert_eq!(remembered.order.len(), remembered.texts.len());
    }
}
