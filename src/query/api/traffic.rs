//! What comes in and goes out: connections, the outbox, the message log, the audit trail.

use std::fmt;
use std::str::FromStr;

use marketgate_domain::connection::Connection;
use marketgate_domain::event::{AuditRecord, OutboxMessage, OutboxState};
use marketgate_domain::id::{ConnectionId, MessageId, OrganizationId, OutboxId};
use marketgate_store::messages::{self as stored_messages, Direction, MessageField, MessageSummary};
use marketgate_store::outbox::{self as stored_outbox, ConnectionBlock};
use marketgate_store::{Reader, StoreError};
use marketgate_store::{audit as stored_audit, connections as stored_connections};

use super::{Page, Window, fits, gather};

/// A connection, and whether anything leaves over it.
#[derive(Debug, Clone)]
pub struct ConnectionState {
    /// The connection.
    pub connection: Connection,
    /// Why nothing is sent over it; none if all is well.
    pub block: Option<ConnectionBlock>,
}

/// Which messages of the outbox are wanted.
#[derive(Debug, Clone, Default)]
pub struct OutboxFilter {
    /// Of that organization.
    pub organization: Option<OrganizationId>,
    /// Over that connection.
    pub connection: Option<ConnectionId>,
    /// In that state.
    pub state: Option<OutboxState>,
}

/// Which documents of the message log are wanted.
#[derive(Debug, Clone, Default)]
pub struct MessageFilter {
    /// Of that organization.
    pub organization: Option<OrganizationId>,
    /// Over that connection.
    pub connection: Option<ConnectionId>,
    /// In or out.
    pub direction: Option<Direction>,
    /// Found by that word, in any case of letters.
    pub word: Option<(MessageField, String)>,
}

/// A document of the message log, and the answer to it.
pub type LoggedMessage = (MessageSummary, Option<MessageId>);

/// Which audit records are wanted.
#[derive(Debug, Clone, Default)]
pub struct AuditFilter {
    /// About that organization.
    pub organization: Option<OrganizationId>,
    /// With that verb.
    pub action: Option<String>,
    /// About that thing, by its text form.
    pub subject: Option<String>,
}

/// The place of a record in the audit trail; its id in the API.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct AuditPlace {
    commit: u64,
    ordinal: u32,
}

/// A record of the audit trail and its place.
pub type AuditRow = (AuditPlace, AuditRecord);

impl fmt::Display for AuditPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}-{}", self.commit, self.ordinal)
    }
}

impl FromStr for AuditPlace {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let parts = text.split_once('-').and_then(|(a, b)| Some((a.parse().ok()?, b.parse().ok()?)));
        let (commit, ordinal) = parts.ok_or_else(|| "expected two numbers such as 12-3".to_owned())?;
        Ok(Self { commit, ordinal })
    }
}

/// Connections, of one organization or of all.
pub fn connections(
    reader: &impl Reader,
    organization: Option<OrganizationId>,
    window: Window<ConnectionId>,
) -> Result<Page<ConnectionState, ConnectionId>, StoreError> {
    let newest = |owner: &Option<OrganizationId>, before| {
        let mut found = match owner {
            Some(owner) => stored_connections::newest(reader, *owner, before, 1)?,
            None => stored_connections::newest_of_all(reader, before, 1)?,
        };
        Ok(found.pop())
    };
    let Page { rows, next } = gather([organization], window, |row: &Connection| row.id, |_| true, newest)?;
    let rows = rows.into_iter().map(|connection| connection_state(reader, connection)).collect::<Result<_, _>>()?;
    Ok(Page { rows, next })
}

/// One connection.
pub fn connection(reader: &impl Reader, id: ConnectionId) -> Result<Option<ConnectionState>, StoreError> {
    stored_connections::by_id(reader, id)?.map(|connection| connection_state(reader, connection)).transpose()
}

fn connection_state(reader: &impl Reader, connection: Connection) -> Result<ConnectionState, StoreError> {
    let block = stored_outbox::block(reader, connection.id)?;
    Ok(ConnectionState { connection, block })
}

/// Messages of the outbox. Those that need somebody are found by their state, however many were delivered since.
pub fn outbox(
    reader: &impl Reader,
    filter: &OutboxFilter,
    window: Window<OutboxId>,
) -> Result<Page<OutboxMessage, OutboxId>, StoreError> {
    let keep = |row: &OutboxMessage| {
        fits(filter.organization.as_ref(), &row.intent.organization)
            && (filter.connection.is_none() || row.intent.connection == filter.connection)
            && fits(filter.state.as_ref(), &row.state)
    };
    let indexed = filter.state.filter(|state| !matches!(state, OutboxState::Delivered | OutboxState::Discarded));
    let newest = |(): &(), before| {
        let mut found = match indexed {
            Some(state) => stored_outbox::newest_in_state(reader, state, before, 1)?,
            None => stored_outbox::newest(reader, before, 1)?,
        };
        Ok(found.pop())
    };
    gather([()], window, |row| row.intent.id, keep, newest)
}

/// One message of the outbox.
pub fn outbox_message(reader: &impl Reader, id: OutboxId) -> Result<Option<OutboxMessage>, StoreError> {
    stored_outbox::find(reader, id)
}

/// Documents of the message log.
pub fn messages(
    reader: &impl Reader,
    filter: &MessageFilter,
    window: Window<MessageId>,
) -> Result<Page<LoggedMessage, MessageId>, StoreError> {
    let keep = |row: &MessageSummary| {
        (filter.organization.is_none() || row.organization == filter.organization)
            && (filter.connection.is_none() || row.connection == filter.connection)
            && fits(filter.direction.as_ref(), &row.direction)
    };
    let newest = |(): &(), before| {
        let mut found = match (&filter.word, filter.organization) {
            (Some((field, word)), _) => stored_messages::search(reader, *field, word, before, 1)?,
            (None, Some(organization)) => stored_messages::newest_of(reader, organization, before, 1)?,
            (None, None) => stored_messages::newest(reader, before, 1)?,
        };
        Ok(found.pop())
    };
    let Page { rows, next } = gather([()], window, |row: &MessageSummary| row.id, keep, newest)?;
    let rows = rows.into_iter().map(|row| stored_messages::answered(reader, row)).collect::<Result<_, _>>()?;
    Ok(Page { rows, next })
}

/// What is known about one document of the message log.
pub fn message(reader: &impl Reader, id: MessageId) -> Result<Option<LoggedMessage>, StoreError> {
    stored_messages::find(reader, id)?.map(|row| stored_messages::answered(reader, row)).transpose()
}

/// Records of the audit trail.
pub fn audit(
    reader: &impl Reader,
    filter: &AuditFilter,
    window: Window<AuditPlace>,
) -> Result<Page<AuditRow, AuditPlace>, StoreError> {
    let keep = |(_, row): &AuditRow| {
        fits(filter.action.as_deref(), row.action.as_str()) && fits(filter.subject.as_deref(), row.subject.as_str())
    };
    gather([()], window, |(place, _)| *place, keep, |(), before| newest_record(reader, filter.organization, before))
}

fn newest_record(
    reader: &impl Reader,
    organization: Option<OrganizationId>,
    before: Option<AuditPlace>,
) -> Result<Option<AuditRow>, StoreError> {
    let before = before.map(|place| (place.commit, place.ordinal));
    let mut found = match organization {
        Some(organization) => stored_audit::newest_of(reader, organization, before, 1)?,
        None => stored_audit::newest(reader, before, 1)?,
    };
    Ok(found.pop().map(|((commit, ordinal), record)| (AuditPlace { commit, ordinal }, record)))
}

/// One record of the audit trail.
pub fn audit_record(reader: &impl Reader, id: AuditPlace) -> Result<Option<AuditRow>, StoreError> {
    let Some(behind) = id.ordinal.checked_add(1) else { return Ok(None) };
    let found = newest_record(reader, None, Some(AuditPlace { ordinal: behind, ..id }))?;
    Ok(found.filter(|(place, _)| *place == id))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_place_survives_its_text_form_and_nothing_else_is_one() {
        let place = AuditPlace { commit: 12, ordinal: 3 };
        assert_eq!(place.to_string().parse(), Ok(place));
        for text in ["", "12", "12-", "-3", "12-3-4", "a-b"] {
            assert!(text.parse::<AuditPlace>().is_err(), "{text:?}");
        }
    }
}
