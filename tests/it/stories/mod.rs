//! Purchases from the first click to the last invoice, and every way in which they end early.

mod coupa_cycle;
