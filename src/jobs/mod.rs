//! Recurring work: when, and which flow.

pub mod cron_schedule;
pub mod scheduler;
