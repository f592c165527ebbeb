//! The memory of received requests that makes their effect happen exactly once (O2).
//!
//! A request is recognized by its payloadID and, if it is an order, by what order it is. The decision is pure, over
//! the two rows that may exist; around it there is only table access. An answer that promised something (2xx) is given
//! again and never replaced; a refusal is remembered but decided again, because people fix the cause and send the same
//! once more. Answers about who is asking (401, 403) and failures of ours (5xx) are never remembered.

use jiff::Timestamp;
use marketgate_domain::id::{ConnectionId, PurchaseOrderId};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::schema::{INBOX_ORDERS, INBOX_PAYLOADS};
use crate::tx::Tx;

/// What a received request is, for recognizing it when it comes again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InboxRequest {
    /// The connection that sent it.
    pub connection: ConnectionId,
    /// The sender's id of the message. An empty one recognizes nothing.
    pub payload_id: String,
    /// Which order it is about, if it is an order.
    pub order: Option<OrderIdentity>,
    /// Hash of the typed request without payloadID, timestamp and secret.
    pub content_hash: [u8; 32],
    /// How the hash was computed; hashes of different versions cannot be compared.
    pub hash_version: u8,
}

/// What makes an order the same order, whatever message brings it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OrderIdentity {
    /// The buyer's orderID.
    pub order_id: String,
    /// The buyer's version of the order; 1 if it names none.
    pub version: u32,
    /// `new`, `update` or `delete`.
    pub kind: String,
}

/// The answer that was given.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct StoredAnswer {
    /// The code of the cXML Status.
    pub status: u16,
    /// The text of the cXML Status.
    pub text: String,
    /// The content of the cXML Status: what went wrong, in words.
    pub content: String,
    /// The answer is a success in form only: the order was refused, and a document says so (O4).
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub refused: bool,
}

impl StoredAnswer {
    /// Whether the answer promised something.
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status) && !self.refused
    }

    /// Whether the answer is one about the request itself, the only kind that is remembered.
    fn is_about_the_request(&self) -> bool {
        (200..300).contains(&self.status) || ((400..500).contains(&self.status) && !matches!(self.status, 401 | 403))
    }
}

/// A remembered request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct InboxRow {
    /// Hash of the content.
    #[serde(with = "crate::codec::hash")]
    pub content_hash: [u8; 32],
    /// How the hash was computed.
    pub hash_version: u8,
    /// What was answered.
    pub answer: StoredAnswer,
    /// The order that came of it, if one did.
    pub order: Option<PurchaseOrderId>,
    /// When it was answered.
    pub recorded_at: Timestamp,
}

/// By what a request was recognized.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum InboxKey {
    /// The sender's message id.
    PayloadId,
    /// Order id, version and type.
    Order,
}

/// What is to be done with a received request.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Consulted {
    /// The same message id, or the same order, came before with other content: refuse with 409.
    Conflict {
        /// What is the same.
        which: InboxKey,
    },
    /// Decide it.
    Fresh {
        /// The refusal that the same request got before: mail about it only if the reason changed.
        earlier_refusal: Option<StoredAnswer>,
    },
    /// It was accepted before: give the same answer, change nothing.
    Replay(InboxRow),
}

/// Looks a request up. To be called by the transaction that decides it, before it decides.
pub fn consult(reader: &impl Reader, request: &InboxRequest) -> Result<Consulted, StoreError> {
    let by_payload = payload_key(request).map(|key| reader.get(&INBOX_PAYLOADS, &key)).transpose()?.flatten();
    let by_order = order_key(request).map(|key| reader.get(&INBOX_ORDERS, &key)).transpose()?.flatten();
    Ok(recognize(request, by_payload, by_order))
}

/// Remembers what was answered. To be called by the transaction that decided, with the same request.
///
/// An answer that is not about the request is not remembered, and a row about other content or with a success is never
/// replaced, so it is safe to call this with every answer.
pub fn record(
    tx: &mut Tx<'_>,
    request: &InboxRequest,
    answer: &StoredAnswer,
    order: Option<PurchaseOrderId>,
    recorded_at: Timestamp,
) -> Result<(), StoreError> {
    if !answer.is_about_the_request() {
        return Ok(());
    }
    let InboxRequest { content_hash, hash_version, .. } = *request;
    let row = InboxRow { content_hash, hash_version, answer: answer.clone(), order, recorded_at };
    if let Some(key) = payload_key(request)
        && tx.get(&INBOX_PAYLOADS, &key)?.is_none_or(|old| may_replace(&old, &row))
    {
        tx.put(&INBOX_PAYLOADS, &key, &row)?;
    }
    if let Some(key) = order_key(request)
        && tx.get(&INBOX_ORDERS, &key)?.is_none_or(|old| may_replace(&old, &row))
    {
        tx.put(&INBOX_ORDERS, &key, &row)?;
    }
    Ok(())
}

fn payload_key(request: &InboxRequest) -> Option<(ConnectionId, String)> {
    let id = request.payload_id.trim();
    (!id.is_empty()).then(|| (request.connection, id.to_owned()))
}

fn order_key(request: &InboxRequest) -> Option<(ConnectionId, String, u32, String)> {
    let order = request.order.as_ref()?;
    Some((request.connection, order.order_id.clone(), order.version, order.kind.clone()))
}

/// The decision over the two rows that may exist.
fn recognize(request: &InboxRequest, by_payload: Option<InboxRow>, by_order: Option<InboxRow>) -> Consulted {
    let rows = [(InboxKey::PayloadId, by_payload), (InboxKey::Order, by_order)];
    let mut rows: Vec<_> = rows.into_iter().filter_map(|(key, row)| row.map(|row| (key, row))).collect();
    if let Some((which, _)) = rows.iter().find(|(_, row)| has_other_content(request, row)) {
        return Consulted::Conflict { which: *which };
    }
    match rows.iter().position(|(_, row)| row.answer.is_success()) {
        Some(accepted) => Consulted::Replay(rows.swap_remove(accepted).1),
        None => Consulted::Fresh { earlier_refusal: rows.pop().map(|(_, row)| row.answer) },
    }
}

/// A hash of another version says nothing; then the names decide, because acting twice is worse than answering again.
fn has_other_content(request: &InboxRequest, row: &InboxRow) -> bool {
    row.hash_version == request.hash_version && row.content_hash != request.content_hash
}

fn may_replace(old: &InboxRow, new: &InboxRow) -> bool {
    !old.answer.is_success() && (old.hash_version != new.hash_version || old.content_hash == new.content_hash)
}

#[cfg(test)]
mod tests;
