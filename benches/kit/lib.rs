//! What the benchmarks share.
//!
//! * [`market`]: a marketplace seeded as the demo is, but real, and requests that wait for their orders;
//! * [`records`]: an order on its way through the decisions, without a store;
//! * [`texts`]: the documents that a buyer's system sends;
//! * [`rows`] and [`bare`]: what one order writes, and redb alone writing the same;
//! * [`template`]: an accepted order as a transaction to be run again and again;
//! * [`server`] and [`client`]: the real program as a process, and the least of an HTTP client;
//! * [`figures`]: percentiles, and ratios that are measured in turns so that a busy machine disturbs both sides alike.

pub mod bare;
pub mod client;
pub mod figures;
pub mod market;
pub mod records;
pub mod rows;
pub mod server;
pub mod template;
pub mod texts;
