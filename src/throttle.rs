//! Slows down guessing: counts wrong credentials per source address and per identity (Z: throttled before costly work).
//!
//! Only failures count. What a refusal means is the caller's: people and API tokens are refused without looking; a document with the right
//! secret is always taken, and only wrong ones are answered late. An identity with too many is refused
//! for sources that have failed themselves, so that a stranger's guesses do not lock out the procurement system whose name
//! he uses. (A general rate limiter counts every request and cannot be asked without counting, which is why this is our
//! own.) Bounded in memory; windows of one minute.

use std::collections::HashMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;

const WINDOW_SECONDS: i64 = 60;
const MOST_KEYS: usize = 20_000;

/// Counts failures.
#[derive(Debug)]
pub struct Throttle {
    most_per_window: u32,
    failures: Mutex<HashMap<String, Window>>,
}

#[derive(Debug, Clone, Copy)]
struct Window {
    began: Timestamp,
    count: u32,
}

impl Throttle {
    /// Allows so many failures in a minute.
    pub fn new(most_per_window: u32) -> Self {
        Self { most_per_window, failures: Mutex::default() }
    }

    /// Whether this source may try that identity now.
    pub fn allows(&self, source: &str, identity: &str, now: Timestamp) -> bool {
        let failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        let count = |key: &str| failures.get(key).filter(|window| window.is_open(now)).map_or(0, |window| window.count);
        let from_source = count(&source_key(source));
        from_source < self.most_per_window
            && (from_source == 0 || count(&identity_key(identity)) < self.most_per_window)
    }

    /// Notes a failure; how many there were from the source in this window comes back.
    pub fn failed(&self, source: &str, identity: &str, now: Timestamp) -> u32 {
        let mut failures = self.failures.lock().unwrap_or_else(PoisonError::into_inner);
        if failures.len() >= MOST_KEYS {
            failures.retain(|_, window| window.is_open(now));
            // Everything is fresh: an attack with many names. Forgetting the counts is better than growing.
            if failures.len() >= MOST_KEYS {
                failures.clear();
            }
        }
        // The source comes last: its count is the answer.
        let mut count = 0;
        for key in [identity_key(identity), source_key(source)] {
            let window = failures.entry(key).or_insert(Window { began: now, count: 0 });
            if !window.is_open(now) {
                *window = Window { began: now, count: 0 };
            }
            window.count = window.count.saturating_add(1);
            count = window.count;
        }
        count
    }
}

impl Window {
    fn is_open(self, now: Timestamp) -> bool {
        now.duration_since(self.began).as_secs() < WINDOW_SECONDS
    }
}

fn source_key(source: &str) -> String {
    format!("source {source}")
}

fn identity_key(identity: &str) -> String {
    format!("identity {}", identity.to_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(second: i64) -> Timestamp {
        Timestamp::from_second(1_800_000_000 + second).unwrap()
    }

    #[test]
    fn a_source_is_slowed_down_after_too_many_failures_and_free_again_a_minute_later() {
        let throttle = Throttle::new(3);
        for n in 0..3 {
            assert!(throttle.allows("192.0.2.1", "acme", at(n)));
            throttle.failed("192.0.2.1", "acme", at(n));
        }
        assert!(!throttle.allows("192.0.2.1", "other", at(4)));
        assert!(throttle.allows("192.0.2.1", "other", at(60)));
    }

    #[test]
    fn a_strangers_guesses_do_not_lock_out_the_real_system() {
        let throttle = Throttle::new(3);
        for source in ["192.0.2.1", "192.0.2.2", "192.0.2.3"] {
            throttle.failed(source, "ACME", at(0));
        }
        assert!(throttle.allows("198.51.100.7", "acme", at(1)), "a source without failures");
        assert!(!throttle.allows("192.0.2.1", "acme", at(1)), "a source that has guessed");
    }

    #[test]
    fn memory_is_bounded_whatever_names_are_tried() {
        let throttle = Throttle::new(3);
        for n in 0..MOST_KEYS {
            throttle.failed(&n.to_string(), &n.to_string(), at(0));
        }
        assert!(throttle.failures.lock().unwrap().len() <= MOST_KEYS + 1);
    }
}
