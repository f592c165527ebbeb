//! A marketplace to test: a real server on loopback with a procurement system, a mailbox and a clock that obeys.
//!
//! Every test ends with [`Market::finish`], which keeps three promises that no single test has to think of: every cXML
//! document that left is valid for the DTD version that it declares, no secret reached the message log or the database,
//! and nothing is left undone in the outbox but what the test expected.

pub mod chromium;
pub mod clock;
pub mod devtools;
pub mod documents;
pub mod golden;
pub mod inspection;
pub mod ledger;
pub mod mail_server;
pub mod market;
pub mod outbox;
pub mod post;
pub mod program;
pub mod visit;

pub use market::{Market, MarketOptions};
pub use post::Answer;
pub use visit::{Visit, accept};

use std::path::PathBuf;
use std::time::Duration;

/// What happens by itself happens within this time, or not at all.
pub const PATIENCE: Duration = Duration::from_secs(20);

/// Where the DTDs and sample documents are, if they are on this machine.
pub fn cxml_folder() -> PathBuf {
    let default = || PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../shared/cxml");
    std::env::var_os("MARKETGATE_CXML_DIR").map_or_else(default, PathBuf::from)
}
