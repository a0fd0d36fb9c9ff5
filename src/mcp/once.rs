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
    /// Makes something, or tells of what this key made before.
    ///
    /// # Errors
    /// `invalid_argument` for a key that is none, `locked` where too many are remembered, and what making or
    /// telling ends with; a key that made nothing is free again.
    pub fn make(
        &self,
        user: &str,
        key: &str,
        now: Instant,
        make: impl FnOnce() -> Result<(Outcome, Value), Failure>,
        tell: impl FnOnce(&Value) -> Result<Outcome, Failure>,
    ) -> Result<Outcome, Failure> {
        if key.trim().is_empty() || key.len() > LONGEST {
            let message = format!("`once` must be 1 to {LONGEST} bytes, and not blank");
            return Err(Failure::new(Code::InvalidArgument, message).fact("argument", KEY));
        }
        let slot = self.slot(user, key, now)?;
        let mut made = slot.made.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(made) = made.as_ref() {
            return tell(made);
        }
        match make() {
            Ok((outcome, remembered)) => {
                *made = Some(remembered);
                Ok(outcome)
            }
            Err(failure) => {
                let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                // Kept for whoever waits for it, besides this call and the table: they make it instead.
                if Arc::strong_count(&slot.made) == 2 {
                    slots.remove(&(user.to_owned(), key.to_owned()));
                }
                Err(failure)
            }
        }
    }

    fn slot(&self, user: &str, key: &str, now: Instant) -> Result<Slot, Failure> {
        let mut slots = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        slots.retain(|_, slot| now.saturating_duration_since(slot.begun) <= LIFE);
        let full = slots.len() >= MOST;
        let key = (user.to_owned(), key.to_owned());
        if full && !slots.contains_key(&key) {
            let message = "too many keys are remembered; leave `once` out, or try again later";
            return Err(Failure::new(Code::Locked, message).fact("retry_after_s", LIFE.as_secs()));
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

    fn made(id: &str) -> (Outcome, Value) {
        (Outcome::new(json!(id), ""), json!(id))
    }

    fn told(made: &Value) -> Outcome {
        Outcome::new(made.clone(), "told")
    }

    #[test]
    fn a_key_makes_one_thing_for_one_person_within_an_hour() {
        let once = Once::default();
        let now = Instant::now();
        let make = |user: &str, now: Instant, id: &str| {
            once.make(user, "k", now, || Ok(made(id)), |made| Ok(told(made)))
                .unwrap()
                .data
        };
        assert_eq!(make("ada", now, "A-1"), "A-1");
        assert_eq!(make("ada", now + LIFE, "A-2"), "A-1");
        assert_eq!(make("bob", now, "A-2"), "A-2");
        assert_eq!(
            make("ada", now + LIFE + Duration::from_secs(1), "A-3"),
            "A-3"
        );
    }

    #[test]
    fn what_failed_may_be_tried_again_and_takes_no_room() {
        let once = Once::default();
        let now = Instant::now();
        for number in 0..=MOST {
            let fail = || Err(Failure::new(Code::Io, "full"));
            let failed = once.make("ada", &format!("k{number}"), now, fail, |made| {
                Ok(told(made))
            });
            assert_eq!(failed.unwrap_err().code, Code::Io);
        }
        assert!(
            once.make("ada", "k1", now, || Ok(made("A-1")), |made| Ok(told(made)))
                .is_ok()
        );
    }

    #[test]
    fn two_at_once_make_one() {
        let once = Once::default();
        let now = Instant::now();
        let counter = std::sync::atomic::AtomicU32::new(0);
        std::thread::scope(|threads| {
            for _ in 0..8 {
                threads.spawn(|| {
                    let make = || {
                        std::thread::sleep(Duration::from_millis(5));
                        counter.fetch_add(1, std::sync::atomic::Ordering::SeqCst);
                        Ok(made("A-1"))
                    };
                    once.make("ada", "k", now, make, |made| Ok(told(made)))
                        .unwrap()
                });
            }
        });
        assert_eq!(counter.into_inner(), 1);
    }

    /// Whoever waited for one that failed makes it instead, and is remembered.
    #[test]
    fn one_that_waited_for_a_failure_makes_one() {
        let once = Once::default();
        let now = Instant::now();
        let begun = std::sync::Barrier::new(2);
        std::thread::scope(|threads| {
            threads.spawn(|| {
                let fail = || {
                    begun.wait();
                    std::thread::sleep(Duration::from_millis(100));
                    Err(Failure::new(Code::Io, "full"))
                };
                once.make("ada", "k", now, fail, |made| Ok(told(made)))
                    .unwrap_err()
            });
            begun.wait();
            let make = || Ok(made("A-1"));
            once.make("ada", "k", now, make, |made| Ok(told(made)))
                .unwrap();
        });
        let make = || Ok(made("A-2"));
        let again = once.make("ada", "k", now, make, |made| Ok(told(made)));
        assert_eq!(again.unwrap().data, "A-1");
    }

    #[test]
    fn a_key_that_is_none_is_refused() {
        let once = Once::default();
        for key in [" ".to_owned(), "x".repeat(LONGEST + 1)] {
            let refused = once.make(
                "ada",
                &key,
                Instant::now(),
                || Ok(made("A-1")),
                |made| Ok(told(made)),
            );
            assert_eq!(refused.unwrap_err().code, Code::InvalidArgument);
        }
    }
}
