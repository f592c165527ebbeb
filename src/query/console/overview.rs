//! How much there is, and what needs a person.
//!
//! Everything is bounded: what is counted is counted up to [`MOST_COUNTED`], and what needs a person is looked for among the
//! newest. The page is the first one after signing in; it must not grow slow with the installation.

use jiff::Timestamp;
use marketgate_domain::connection::Connection;
use marketgate_domain::day;
use marketgate_domain::event::{AuditRecord, OutboxState};
use marketgate_domain::purchase_order::PurchaseOrder;
use marketgate_store::{Reader, StoreError};
use marketgate_store::{agreements, audit, connections, invoices, orders, outbox, requests};

use super::sales::refused_orders;
use super::traffic::{OutboxEntry, outbox_entry};

/// The most of one kind that is counted.
const MOST_COUNTED: usize = 10_000;

/// The most messages in one state that are shown.
const MOST_STUCK: usize = 50;

/// So many orders are looked through for refused ones.
const ORDERS_LOOKED_AT: usize = 200;

/// Newest audit records.
const RECENT: usize = 10;

/// How much there is, and what needs a person.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Requests that wait for an order, lapsed ones left out.
    pub waiting_requests: usize,
    /// Orders.
    pub orders: usize,
    /// Agreements that run.
    pub agreements: usize,
    /// Invoices.
    pub invoices: usize,
    /// Outbox messages that wait for their time.
    pub waiting_messages: usize,
    /// Connections.
    pub connections: usize,
    /// Outbox messages that are parked, to be verified or held.
    pub stuck: Vec<OutboxEntry>,
    /// Orders whose latest version was refused.
    pub refused: Vec<PurchaseOrder>,
    /// Connections in test mode.
    pub testing: Vec<Connection>,
    /// The newest audit records.
    pub recent: Vec<AuditRecord>,
}

/// Reads the overview.
pub fn overview(reader: &impl Reader, now: Timestamp) -> Result<Overview, StoreError> {
    let today = day::of(now);
    let mut all = connections::all(reader, MOST_COUNTED)?;
    let count = all.len();
    all.retain(|connection| connection.enabled && connection.test_mode);
    Ok(Overview {
        waiting_requests: requests::count_waiting(reader, today, MOST_COUNTED)?,
        orders: orders::count(reader)?,
        agreements: agreements::count_running(reader, today)?,
        invoices: invoices::count(reader)?,
        waiting_messages: outbox::count_in_state(reader, OutboxState::Waiting, MOST_COUNTED)?,
        connections: count,
        stuck: stuck(reader)?,
        refused: refused_orders(reader, ORDERS_LOOKED_AT)?,
        testing: all,
        recent: audit::newest(reader, None, RECENT)?.into_iter().map(|(_, record)| record).collect(),
    })
}

fn stuck(reader: &impl Reader) -> Result<Vec<OutboxEntry>, StoreError> {
    let mut found = Vec::new();
    for state in [OutboxState::Parked, OutboxState::Verify, OutboxState::Held] {
        for message in outbox::newest_in_state(reader, state, None, MOST_STUCK)? {
            found.push(outbox_entry(reader, message)?);
        }
    }
    Ok(found)
}
