//! How much there is, and what needs a person.
//!
//! Everything is bounded: what is counted is counted up to [`MOST_COUNTED`], and what needs a person is looked for among the
//! newest. The page is the first one after signing in; it must not grow slow with the installation.

use marketgate_domain::connection::Connection;
use marketgate_domain::event::{AuditRecord, OutboxState};
use marketgate_domain::purchase_order::PurchaseOrder;
use marketgate_store::{Reader, StoreError};
use marketgate_store::{agreements, audit, connections, invoices, orders, organizations, outbox, requests};

use super::sales::refused_orders;
use super::traffic::{OutboxEntry, outbox_entry};

/// The most of one kind that is counted.
const MOST_COUNTED: usize = 10_000;

/// Requests are counted in batches of so many, so that not all of them are in memory at the same time.
const BATCH: usize = 500;

/// The most messages in one state that are shown.
const MOST_STUCK: usize = 50;

/// So many orders are looked through for refused ones.
const ORDERS_LOOKED_AT: usize = 200;

/// Newest audit records.
const RECENT: usize = 10;

/// How much there is, and what needs a person.
#[derive(Debug, Clone)]
pub struct Overview {
    /// Requests that wait for an order.
    pub waiting_requests: usize,
    /// Orders.
    pub orders: usize,
    /// Agreements.
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
pub fn overview(reader: &impl Reader) -> Result<Overview, StoreError> {
    let mut all = connections::all(reader, MOST_COUNTED)?;
    let count = all.len();
    all.retain(|connection| connection.enabled && connection.test_mode);
    Ok(Overview {
        waiting_requests: waiting_requests(reader)?,
        orders: orders::count(reader, MOST_COUNTED)?,
        agreements: agreements::count(reader, MOST_COUNTED)?,
        invoices: invoices::count(reader, MOST_COUNTED)?,
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

fn waiting_requests(reader: &impl Reader) -> Result<usize, StoreError> {
    let (mut looked_at, mut waiting) = (0, 0);
    for organization in organizations::all(reader, usize::MAX)? {
        let mut before = None;
        while looked_at < MOST_COUNTED {
            let batch = requests::newest(reader, organization.id, before, BATCH)?;
            looked_at += batch.len();
            waiting += batch.iter().filter(|request| request.awaits_order()).count();
            match batch.last() {
                Some(last) if batch.len() == BATCH => before = Some(last.id),
                _ => break,
            }
        }
    }
    Ok(waiting)
}
