//! The one clock. Business time (offers, charges, document timestamps) can be set in tests and, later, moved in the demo;
//! wall time (sessions, tokens, back-off, logs) cannot be fooled. Nobody else asks the machine what time it is.

use std::sync::Arc;

use jiff::Timestamp;

/// A source of both times.
pub trait Clock: Send + Sync {
    /// Time that business rules go by.
    fn business(&self) -> Timestamp;
    /// Time that has really passed.
    fn wall(&self) -> Timestamp;
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

#[expect(clippy::disallowed_methods, reason = "this is the one place that reads the machine's clock")]
fn machine_time() -> Timestamp {
    Timestamp::now()
}
