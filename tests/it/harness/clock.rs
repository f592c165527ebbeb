//! Time and randomness that a test controls.
//!
//! Business time stands still until the test moves it. Wall time moves by a millisecond each time somebody looks, so that
//! identifiers sort in the order in which they were made, and by whole steps when the test says so.

use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

use jiff::{SignedDuration, Timestamp};
use marketgate::clock::Clock;
use marketgate::random::Entropy;
use ring::digest::{SHA256, digest};

/// Every story begins here.
pub const BEGINNING: &str = "2026-03-02T09:00:00Z";

/// A clock that obeys.
#[derive(Debug)]
pub struct ManualClock {
    business: Mutex<Timestamp>,
    wall: Mutex<Timestamp>,
}

impl Default for ManualClock {
    fn default() -> Self {
        let beginning = BEGINNING.parse().unwrap();
        Self { business: Mutex::new(beginning), wall: Mutex::new(beginning) }
    }
}

impl ManualClock {
    /// Moves business time to a moment.
    pub fn set(&self, moment: &str) {
        *self.business.lock().unwrap() = moment.parse().unwrap();
    }

    /// Moves business time forward.
    pub fn advance(&self, by: SignedDuration) {
        let mut business = self.business.lock().unwrap();
        *business = business.checked_add(by).unwrap();
    }

    /// Moves wall time forward.
    pub fn advance_wall(&self, by: SignedDuration) {
        let mut wall = self.wall.lock().unwrap();
        *wall = wall.checked_add(by).unwrap();
    }
}

impl Clock for ManualClock {
    fn business(&self) -> Timestamp {
        *self.business.lock().unwrap()
    }

    fn wall(&self) -> Timestamp {
        let mut wall = self.wall.lock().unwrap();
        *wall = wall.checked_add(SignedDuration::from_millis(1)).unwrap();
        *wall
    }
}

/// Bytes that look random and are the same in every run.
#[derive(Debug, Default)]
pub struct SeededEntropy {
    drawn: AtomicU64,
}

impl Entropy for SeededEntropy {
    fn fill(&self, buffer: &mut [u8]) {
        for chunk in buffer.chunks_mut(32) {
            let count = self.drawn.fetch_add(1, Ordering::Relaxed);
            let block = digest(&SHA256, &count.to_be_bytes());
            chunk.copy_from_slice(&block.as_ref()[..chunk.len()]);
        }
    }
}
