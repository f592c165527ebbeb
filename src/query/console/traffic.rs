//! What comes in and goes out: the outbox, the message log, connections, the audit trail.

use marketgate_domain::connection::Connection;
use marketgate_domain::event::{AuditRecord, OutboxMessage, Payload};
use marketgate_domain::id::{ConnectionId, MessageId, OutboxId};
use marketgate_store::audit::{self as stored_audit, AuditPlace};
use marketgate_store::messages::{self as stored_messages, MessageField, MessageSummary};
use marketgate_store::outbox::{self as stored_outbox, ConnectionBlock};
use marketgate_store::{Reader, StoreError};
use marketgate_store::{connections as stored_connections, invoices, orders, organizations};

use super::paging::{LOOK, Page, merged, place_text};
use super::{connection_name, organization_name};

/// A message of the outbox.
#[derive(Debug, Clone)]
pub struct OutboxEntry {
    /// The message.
    pub message: OutboxMessage,
    /// Name of the organization.
    pub organization: String,
    /// Name of the connection, where it goes over one.
    pub connection: Option<String>,
    /// Number of the invoice or of the order that it is about.
    pub about: Option<String>,
}

/// A document of the message log.
#[derive(Debug, Clone)]
pub struct MessageEntry {
    /// What is known about it.
    pub summary: MessageSummary,
    /// Name of the connection, where it is known.
    pub connection: Option<String>,
    /// The logged answer to it.
    pub reply: Option<MessageId>,
}

/// A connection.
#[derive(Debug, Clone)]
pub struct ConnectionEntry {
    /// The connection.
    pub connection: Connection,
    /// Name of the organization.
    pub organization: String,
    /// Name of the default account.
    pub account: String,
    /// Why nothing is sent over it; none if all is well.
    pub block: Option<ConnectionBlock>,
}

/// The newest messages of the outbox, or the next older page.
pub fn outbox(reader: &impl Reader, before: Option<OutboxId>) -> Result<Page<OutboxEntry>, StoreError> {
    let rows = stored_outbox::newest(reader, before, LOOK)?;
    Page::cut(rows, |message| message.intent.id).with(|message| outbox_entry(reader, message))
}

/// One message of the outbox.
pub fn outbox_message(reader: &impl Reader, id: OutboxId) -> Result<Option<OutboxEntry>, StoreError> {
    stored_outbox::find(reader, id)?.map(|message| outbox_entry(reader, message)).transpose()
}

pub(super) fn outbox_entry(reader: &impl Reader, message: OutboxMessage) -> Result<OutboxEntry, StoreError> {
    let intent = &message.intent;
    let organization = organization_name(reader, intent.organization)?;
    let connection = intent.connection.map(|id| connection_name(reader, id)).transpose()?;
    let about = match &intent.payload {
        Payload::Email(_) => None,
        Payload::Invoice { invoice } => invoices::by_id(reader, *invoice)?.map(|invoice| invoice.number),
        Payload::Confirmation { order, .. } => {
            orders::find(reader, intent.organization, *order)?.map(|order| order.number)
        }
    };
    Ok(OutboxEntry { message, organization, connection, about })
}

/// The newest documents of the message log, or the next older page: all of them, or those about an order, a payloadID, a user, a
/// session or a request.
pub fn messages(
    reader: &impl Reader,
    about: &str,
    before: Option<MessageId>,
) -> Result<Page<MessageEntry>, StoreError> {
    let rows = if about.trim().is_empty() {
        stored_messages::newest(reader, before, LOOK)?
    } else {
        let newest = |field: &MessageField, before| {
            Ok(stored_messages::search(reader, *field, about, before, 1)?.into_iter().next())
        };
        merged(MessageField::ALL, before, LOOK, |summary: &MessageSummary| summary.id, newest)?
    };
    Page::cut(rows, |summary| summary.id).with(|summary| message_entry(reader, summary))
}

/// What is known about one document of the message log.
pub fn message(reader: &impl Reader, id: MessageId) -> Result<Option<MessageEntry>, StoreError> {
    stored_messages::find(reader, id)?.map(|summary| message_entry(reader, summary)).transpose()
}

fn message_entry(reader: &impl Reader, summary: MessageSummary) -> Result<MessageEntry, StoreError> {
    let connection = summary.connection.map(|id| connection_name(reader, id)).transpose()?;
    let (summary, reply) = stored_messages::answered(reader, summary)?;
    Ok(MessageEntry { summary, connection, reply })
}

/// The newest connections, or the next older page.
pub fn connections(reader: &impl Reader, before: Option<ConnectionId>) -> Result<Page<ConnectionEntry>, StoreError> {
    let rows = stored_connections::newest_of_all(reader, before, LOOK)?;
    Page::cut(rows, |connection| connection.id).with(|connection| connection_entry(reader, connection))
}

/// One connection.
pub fn connection(reader: &impl Reader, id: ConnectionId) -> Result<Option<ConnectionEntry>, StoreError> {
    stored_connections::by_id(reader, id)?.map(|connection| connection_entry(reader, connection)).transpose()
}

fn connection_entry(reader: &impl Reader, connection: Connection) -> Result<ConnectionEntry, StoreError> {
    let organization = organizations::require(reader, connection.organization)?;
    let account = organization.account(connection.default_account);
    let account = account.map_or_else(|| connection.default_account.to_string(), |account| account.name.clone());
    let block = stored_outbox::block(reader, connection.id)?;
    Ok(ConnectionEntry { connection, organization: organization.name, account, block })
}

/// The newest records of the audit trail, or the next older page.
pub fn audit(reader: &impl Reader, before: Option<AuditPlace>) -> Result<Page<AuditRecord>, StoreError> {
    let rows = stored_audit::newest(reader, before, LOOK)?;
    Page::cut(rows, |(place, _)| place_text(*place)).with(|(_, record)| Ok(record))
}
