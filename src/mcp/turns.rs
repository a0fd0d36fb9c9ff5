//! Changes of one server take turns: who waits wakes when it is free, where the project's own lock, which also
//! keeps other programs out, would let them look again and again.

use std::sync::{Condvar, Mutex, PoisonError};
use std::time::Duration;

use crate::error::Failure;
use crate::store::StoreError;

/// How long a change waits for those before it.
const PATIENCE: Duration = Duration::from_secs(10);

/// Who may change something now.
#[derive(Debug, Default)]
pub struct Turns {
    is_taken: Mutex<bool>,
    free: Condvar,
}

/// The turn to change something, until it is dropped.
#[derive(Debug)]
#[must_use = "the turn is over as soon as it is dropped"]
pub struct Turn<'t>(&'t Turns);

impl Turns {
    /// Waits for a turn.
    ///
    /// # Errors
    /// `locked`, after ten seconds.
    pub fn take(&self) -> Result<Turn<'_>, Failure> {
        let is_taken = self.is_taken.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self
            .free
            .wait_timeout_while(is_taken, PATIENCE, |is_taken| *is_taken);
        let (mut is_taken, waited) = waited.unwrap_or_else(PoisonError::into_inner);
        if waited.timed_out() && *is_taken {
            return Err(StoreError::Locked.into());
        }
        *is_taken = true;
        Ok(Turn(self))
    }
}

impl Drop for Turn<'_> {
    fn drop(&mut self) {
        let mut is_taken = self
            .0
            .is_taken
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        *is_taken = false;
        self.0.free.notify_one();
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn one_at_a_time_and_everybody_in_the_end() {
        let (turns, inside) = (Turns::default(), AtomicU32::new(0));
        std::thread::scope(|threads| {
            for _ in 0..8 {
                threads.spawn(|| {
                    for _ in 0..20 {
                        let _turn = turns.take().unwrap();
                        assert_eq!(inside.fetch_add(1, Ordering::SeqCst), 0);
                        std::thread::sleep(Duration::from_micros(50));
                        inside.fetch_sub(1, Ordering::SeqCst);
                    }
                });
            }
        });
    }
}
