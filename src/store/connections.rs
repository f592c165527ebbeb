//! Connections, found by the names under which buyers send.

use marketgate_domain::connection::Connection;
use marketgate_domain::id::{ConnectionId, NetworkAccountId, OrganizationId};
use marketgate_domain::network_account::NetworkAccount;

use crate::error::StoreError;
use crate::owners;
use crate::reader::Reader;
use crate::scan::Scan;
use crate::schema::{CONNECTION_OWNERS, CONNECTIONS, CONNECTIONS_BY_IDENTITY, NETWORK_ACCOUNTS};
use crate::tx::Tx;

/// A sender may be known to so many connections at most.
const MOST_PER_IDENTITY: usize = 64;

/// Stores a connection and the names under which it is found.
pub fn put(tx: &mut Tx<'_>, connection: &Connection) -> Result<(), StoreError> {
    if let Some(before) = tx.get(&CONNECTIONS, &(connection.organization, connection.id))? {
        for key in identity_keys(&before) {
            tx.delete(&CONNECTIONS_BY_IDENTITY, &key)?;
        }
    }
    for key in identity_keys(connection) {
        tx.put(&CONNECTIONS_BY_IDENTITY, &key, &connection.organization)?;
    }
    owners::note(tx, &CONNECTION_OWNERS, &connection.id, connection.organization)?;
    tx.put(&CONNECTIONS, &(connection.organization, connection.id), connection)
}

/// A connection of an organization.
pub fn require(reader: &impl Reader, organization: OrganizationId, id: ConnectionId) -> Result<Connection, StoreError> {
    reader.require(&CONNECTIONS, &(organization, id))
}

/// A connection, whosever it is: for deliveries, which know only its id.
pub fn by_id(reader: &impl Reader, id: ConnectionId) -> Result<Option<Connection>, StoreError> {
    match reader.get(&CONNECTION_OWNERS, &id)? {
        Some(organization) => reader.get(&CONNECTIONS, &(organization, id)),
        None => Ok(None),
    }
}

/// The connections that a sender's domain and identity may belong to, both folded as they are compared.
pub fn by_identity(reader: &impl Reader, domain: &str, identity: &str) -> Result<Vec<Connection>, StoreError> {
    let scan = Scan::prefix(&(fold(domain), fold(identity)), MOST_PER_IDENTITY);
    let mut found = Vec::new();
    for ((_, _, id), organization) in reader.scan(&CONNECTIONS_BY_IDENTITY, &scan)? {
        found.push(reader.require(&CONNECTIONS, &(organization, id))?);
    }
    Ok(found)
}

/// Stores a network account.
pub fn put_network_account(tx: &mut Tx<'_>, account: &NetworkAccount) -> Result<(), StoreError> {
    tx.put(&NETWORK_ACCOUNTS, &account.id, account)
}

/// A network account that a connection refers to.
pub fn require_network_account(reader: &impl Reader, id: NetworkAccountId) -> Result<NetworkAccount, StoreError> {
    reader.require(&NETWORK_ACCOUNTS, &id)
}

/// All connections, at most so many.
pub fn all(reader: &impl Reader, limit: usize) -> Result<Vec<Connection>, StoreError> {
    Ok(reader.scan(&CONNECTIONS, &Scan::all(limit))?.into_iter().map(|(_, connection)| connection).collect())
}

/// The connections of an organization.
pub fn of(reader: &impl Reader, organization: OrganizationId, limit: usize) -> Result<Vec<Connection>, StoreError> {
    let rows = reader.scan(&CONNECTIONS, &Scan::prefix(&organization, limit))?;
    Ok(rows.into_iter().map(|(_, connection)| connection).collect())
}

/// The newest connections of all organizations, or the next older page: those before one.
pub fn newest_of_all(
    reader: &impl Reader,
    before: Option<ConnectionId>,
    limit: usize,
) -> Result<Vec<Connection>, StoreError> {
    owners::newest(reader, &CONNECTION_OWNERS, &CONNECTIONS, before, limit)
}

/// The newest connections of an organization, or the next older page: those before one.
pub fn newest(
    reader: &impl Reader,
    organization: OrganizationId,
    before: Option<ConnectionId>,
    limit: usize,
) -> Result<Vec<Connection>, StoreError> {
    let scan = Scan::prefix(&organization, limit).newest_first(before.map(|before| (organization, before)));
    Ok(reader.scan(&CONNECTIONS, &scan)?.into_iter().map(|(_, connection)| connection).collect())
}

fn identity_keys(connection: &Connection) -> Vec<(String, String, ConnectionId)> {
    let names = connection.buyer_identities.iter();
    names.map(|name| (fold(&name.domain), fold(&name.identity), connection.id)).collect()
}

/// The index folds everything; whoever compares exactly does so on what the index found.
fn fold(text: &str) -> String {
    text.trim().to_lowercase()
}
