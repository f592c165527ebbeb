//! Integration tests: the whole program, over real HTTP on loopback.
//!
//! `harness` starts a marketplace with a buyer's procurement system beside it. `stories` follows purchases through the
//! rules of the product, `wire` sends documents that hurt, `process` runs the real binary, `browser` a real browser, and
//! `tidy` looks after the repository itself.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "tests fail by panicking"
)]

mod browser;
mod crash;
mod disk_full;
mod harness;
mod process;
mod start;
mod stories;
mod tidy;
mod wire;
