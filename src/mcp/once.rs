//! Keys under which something was made: the same key never makes a second.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;

use crate::error::Failure;
use crate::model::Code;
use crate::services::Outcome;

/// The argument that is the key.
pub const KEY: &str = "once";

/// How long a key is remembered.
const LIFE: Duration = Duration::from_hours(1);

/// So many keys are remembered at once.
const MOST: usize = 10_000;

/// A key may be this long.
const LONGEST: usize = 200;

/// What was made under each key, by whom it was asked for.
#[derive(Debug, Default)]
pub struct Once(Mutex<HashMap<(String, String), Slot>>);

/// What a key made; held while it is being made, so that a second call waits for the first.
#[derive(Clone, Debug)]
struct Slot {
    begun: Instant,
    made: Arc<Mutex<Option<Value>>>,
}

impl Once {
    /// Makes something, or tells what this key made before.
    ///
    /// # Errors
    /// `invalid_argument` for a key that is none, `locked` where too many are remembered, and what making it
    /// ends with; the key is free again then.
    pub fn make(
        &self,
        user: &str,
        key: &str,
        now: Instant,
        make: impl FnOnce() -> Result<Outcome, Failure>,
    ) -> Result<Outcome, Failure> {
        if key.trim().is_empty() || key.len() > LONGEST {
            let message = format!("`once` must be 1 to {LONGEST} bytes, and not blank");
            return Err(Failure::new(Code::InvalidArgument, message).fact("argument", KEY));
        }
        let slot = self.slot(user, key, now)?;
        let mut made = slot.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(data) = made.as_ref() {
            let id = data.get("doc_id").and_then(Value::as_str);
            let id = id.unwrap_or_default();
            let message =
                format!("`{id}` was made by an earlier call with this `once`; nothing is made");
            let text = format!("Made before: {id}\n");
            return Ok(Outcome {
                messages: vec![message],
                ..Outcome::new(data.clone(), text)
            });
        }
        let outcome = make()?;
        let mut data = outcome.data.clone();
        if let Some(data) = data.as_object_mut() {
            // It was sent, and would be sent again for nothing.
            data.shift_remove("content");
        }
        *made = Some(data);
        Ok(outcome)
    }

    fn slot(&self, user: &str, key: &str, now: Instant) -> Result<Slot, Failure> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|_, slot| now.saturating_duration_since(slot.begun) <= LIFE);
        let full = slots.len() >= MOST;
        let key = (user.to_owned(), key.to_owned());
        if full && !slots.contains_key(&key) {
            let message = "too many keys are remembered; leave `once` out, or try again later";
            return Err(Failure::new(Code::Locked, message).fact("retry_after_s", 60));
        }
        let new = || Slot {
            begun: now,
            made: Arc::default(),
        };
        Ok(slots.entry(key).or_insert_with(new).clone())
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn made(id: &str) -> Outcome {
        Outcome::new(json!({ "doc_id": id, "content": "text" }), "")
    }

    #[test]
    fn a_key_makes_one_thing_for_one_person_within_an_hour() {
        let once = Once::default();
        let now = Instant::now();
        let first = once.make("ada", "k", now, || Ok(made("A-1"))).unwrap();
        assert_eq!(first.data["content"], "text");
        let again = once
            .make("ada", "k", now + LIFE, || Ok(made("A-2")))
            .unwrap();
        assert_eq!(again.data, json!({ "doc_id": "A-1" }));
        assert!(again.messages[0].contains("nothing is made"));
        let other = once.make("bob", "k", now, || Ok(made("A-2"))).unwrap();
        assert_eq!(other.data["doc_id"], "A-2");
        let later = now + LIFE + Duration::from_secs(1);
        let anew = once.make("ada", "k", later, || Ok(made("A-3"))).unwrap();
        assert_eq!(anew.data["doc_id"], "A-3");
    }

    #[test]
    fn what_failed_may_be_tried_again_under_the_same_key() {
        let once = Once::default();
        let now = Instant::now();
        let failed = once.make("ada", "k", now, || Err(Failure::new(Code::Io, "full")));
        assert!(failed.is_err());
        assert!(once.make("ada", "k", now, || Ok(made("A-1"))).is_ok());
    }

    #[test]
    fn two_at_once_make_one() {
        let once = Once::default();
        let now = Instant::now();
        let counter = std::sync::atomic::AtomicU32::new(0);
        std::thread::scope(|threads| {
            for _ in 0..8 {
                threads.spawn(|| {
                    once.make("ada", "k", now, || {
                        std::thread::sleep(Duration::from_millis(5));
                        let count = counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        Ok(made(&format!("A-{count}")))
                    })
                    .unwrap()
                });
            }
        });
        assert_eq!(counter.into_inner(), 1);
    }

    #[test]
    fn a_key_that_is_none_is_refused() {
        let once = Once::default();
        for key in [" ".to_owned(), "x".repeat(LONGEST + 1)] {
            let refused = once.make("ada", &key, Instant::now(), || Ok(made("A-1")));
            assert_eq!(refused.unwrap_err().code, Code::InvalidArgument);
        }
    }
}
