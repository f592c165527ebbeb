//! What can go wrong for whoever drives the simulator. A refusal by the marketplace of an *order* is not an error: it is
//! the result of a rehearsal and comes back as data.

use std::net::SocketAddr;

use crate::wire::answer::CxmlStatus;

/// Why the simulator could not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum SimulatorError {
    /// The address is taken or may not be used.
    #[error("the simulator cannot listen on {address}: {source}. Free that port or choose another one")]
    Listen {
        /// Where it tried to listen.
        address: SocketAddr,
        /// What the system said.
        source: std::io::Error,
    },
    /// The configuration cannot work.
    #[error("the simulator's configuration is wrong: {0}")]
    Config(String),
    /// The process has no TLS provider; install one before starting the simulator.
    #[error("no TLS provider is installed in this process")]
    NoTlsProvider,
    /// The HTTP client could not be built.
    #[error("the HTTP client could not be built: {0}")]
    Client(reqwest::Error),
    /// No buyer of that key is configured.
    #[error("there is no buyer {0:?}")]
    UnknownBuyer(String),
    /// No cart of that id is remembered.
    #[error("there is no cart {0}")]
    UnknownCart(u64),
    /// No order of that number is remembered.
    #[error("there is no order {0:?}")]
    UnknownOrder(String),
    /// The cart is not waiting for a decision.
    #[error("cart {id} is not waiting for approval: {state}")]
    CartNotWaiting {
        /// Which cart.
        id: u64,
        /// What became of it.
        state: String,
    },
    /// The lines of an order cannot be added up.
    #[error("the order cannot be written: {0}")]
    Draft(String),
    /// The buyer's system tells no later statuses.
    #[error("the system of buyer {0:?} tells no later statuses by cXML")]
    NoStatusUpdates(String),
    /// The marketplace's clock is not ours to move.
    #[error("this simulator was not given a marketplace whose clock it may move")]
    NoClock,
    /// The marketplace's API refused, or did not answer.
    #[error("the marketplace's API did not do it: {0}")]
    Marketplace(String),
    /// PunchOut could not be started; the text is what the user of the procurement system reads.
    #[error("PunchOut could not be started: {}", .0.explanation)]
    Setup(Box<SetupFailure>),
    /// What was awaited did not come in time.
    #[error("waited {after_ms} ms for {what} in vain")]
    TimedOut {
        /// What was awaited, in words.
        what: String,
        /// How long, in milliseconds.
        after_ms: u128,
    },
}

/// Everything known about a PunchOut that did not start.
#[derive(Debug, Clone)]
pub struct SetupFailure {
    /// What the procurement system tells its user.
    pub explanation: String,
    /// The HTTP status, where an answer came at all.
    pub http_status: Option<u16>,
    /// The cXML status, where the answer held one.
    pub status: Option<CxmlStatus>,
    /// The request, its secret masked.
    pub request_xml: String,
    /// The answer as it came, cut where it was too long.
    pub response_body: String,
}
