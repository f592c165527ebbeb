//! The one clock. Business time (offers, charges, document timestamps) can be set in tests and moved in the demo;
//! wall time (sessions, tokens, back-off, logs) cannot be fooled. Nobody else asks the machine what time it is.

use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};

use jiff::{SignedDuration, Timestamp};

/// A source of both times.
pub trait Clock: Send + Sync {
    /// Time that business rules go by.
    fn business(&self) -> Timestamp;
    /// Time that has really passed.
    fn wall(&self) -> Timestamp;
    /// The clock itself, if its business time can be moved.
    fn movable(&self) -> Option<&MovableClock> {
        None
    }
}

/// The clock as everybody holds it.
pub type SharedClock = Arc<dyn Clock>;

/// The machine's clock for both.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn business(&self) -> Timestamp {
        machine_time()
    }

    fn wall(&self) -> Timestamp {
        machine_time()
    }
}

/// The machine's clock with business time ahead of it by an offset: the demo's.
#[derive(Debug, Default)]
pub struct MovableClock {
    offset_ms: AtomicI64,
}

impl MovableClock {
    /// Moves business time ahead by so many milliseconds, never back: to where an earlier process left it.
    pub fn restore(&self, offset_ms: i64) {
        self.offset_ms.fetch_max(offset_ms, Ordering::Relaxed);
    }

    /// Moves business time to a moment, never back; the new offset in milliseconds comes back.
    pub fn move_to(&self, moment: Timestamp) -> i64 {
        // A millisecond more than the difference, which is cut: the moment is reached, not almost.
        let wanted = moment.as_millisecond().saturating_sub(self.wall().as_millisecond()).saturating_add(1);
        self.offset_ms.fetch_max(wanted, Ordering::Relaxed).max(wanted)
    }
}

impl Clock for MovableClock {
    fn business(&self) -> Timestamp {
        let offset = SignedDuration::from_millis(self.offset_ms.load(Ordering::Relaxed));
        self.wall().saturating_add(offset).unwrap_or(Timestamp::MAX)
    }

    fn wall(&self) -> Timestamp {
        machine_time()
    }

    fn movable(&self) -> Option<&MovableClock> {
        Some(self)
    }
}

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
fn machine_time() -> Timestamp {
    Timestamp::now()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_moved_clock_never_goes_back() {
        let clock = MovableClock::default();
        let later = clock.wall().saturating_add(SignedDuration::from_hours(24)).unwrap();
        let offset_ms = clock.move_to(later);
        assert!(clock.business() >= later);
        assert_eq!(clock.move_to(clock.wall()), offset_ms);
        let restarted = MovableClock::default();
        restarted.restore(offset_ms);
        assert!(restarted.business() >= later);
    }
}
