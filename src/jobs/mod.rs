//! Recurring work: which jobs there are, when they run, and what they did (S).
//!
//! Every run is idempotent, is recorded, never overlaps itself, and catches up after downtime.

pub mod cron_schedule;
pub mod scheduler;
pub mod table;
