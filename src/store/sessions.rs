//! PunchOut sessions and the sign-ins of operators. Tokens are kept as hashes: whoever reads the database cannot use them.

use jiff::Timestamp;
use marketgate_domain::email::EmailAddress;
use marketgate_domain::id::{OrganizationId, PunchoutSessionId, UserId};
use marketgate_domain::punchout::{PendingSelection, PunchoutSession};
use marketgate_domain::user::OperatorUser;
use ring::digest::{SHA256, digest};
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::scan::Scan;
use crate::schema::{
    OPERATOR_SESSIONS, OPERATORS, PENDING_SELECTIONS, PUNCHOUT_SESSIONS, PUNCHOUT_TOKENS, SETUP_LINKS,
};
use crate::table::hexadecimal;
use crate::tx::Tx;

/// What a PunchOut token opens.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum PunchoutToken {
    /// The StartPage address: leads to the session once.
    Start {
        /// The session.
        session: PunchoutSessionId,
        /// The token in the path of the session's pages. It is as secret as this one, which leads to it anyway.
        path_token: String,
        /// The end of the address, wall time.
        expires_at: Timestamp,
    },
    /// The path of the session's pages.
    Path {
        /// The session.
        session: PunchoutSessionId,
    },
}

/// An operator's sign-in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorSession {
    /// Who.
    pub user: UserId,
    /// Sign-in name, for pages.
    pub email: EmailAddress,
    /// Expected in every form.
    pub csrf: String,
    /// The end, wall time.
    pub expires_at: Timestamp,
}

/// The one-time link that makes the first operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SetupLink {
    /// Made then, wall time.
    pub created_at: Timestamp,
}

/// The form in which a token is a key.
pub fn token_hash(token: &str) -> String {
    hexadecimal(digest(&SHA256, token.as_bytes()).as_ref())
}

/// Stores a session.
pub fn put(tx: &mut Tx<'_>, session: &PunchoutSession) -> Result<(), StoreError> {
    tx.put(&PUNCHOUT_SESSIONS, &session.id, session)
}

/// A session.
pub fn session(reader: &impl Reader, id: PunchoutSessionId) -> Result<Option<PunchoutSession>, StoreError> {
    reader.get(&PUNCHOUT_SESSIONS, &id)
}

/// Stores what a token opens.
pub fn put_token(tx: &mut Tx<'_>, token: &str, opens: &PunchoutToken) -> Result<(), StoreError> {
    tx.put(&PUNCHOUT_TOKENS, &token_hash(token), opens)
}

/// What a token opens.
pub fn token(reader: &impl Reader, token: &str) -> Result<Option<PunchoutToken>, StoreError> {
    reader.get(&PUNCHOUT_TOKENS, &token_hash(token))
}

/// Puts a selection down for a person's next visit, in place of an earlier one.
pub fn put_pending(
    tx: &mut Tx<'_>,
    organization: OrganizationId,
    user: UserId,
    pending: &PendingSelection,
) -> Result<(), StoreError> {
    tx.put(&PENDING_SELECTIONS, &(organization, user), pending)
}

/// Takes the selection that waits for a person's visit; it is gone afterwards.
pub fn take_pending(
    tx: &mut Tx<'_>,
    organization: OrganizationId,
    user: UserId,
) -> Result<Option<PendingSelection>, StoreError> {
    let pending = tx.get(&PENDING_SELECTIONS, &(organization, user))?;
    if pending.is_some() {
        tx.delete(&PENDING_SELECTIONS, &(organization, user))?;
    }
    Ok(pending)
}

/// Stores an operator.
pub fn put_operator(tx: &mut Tx<'_>, operator: &OperatorUser) -> Result<(), StoreError> {
    tx.put(&OPERATORS, &operator.email.folded(), operator)
}

/// The operator with that address.
pub fn operator(reader: &impl Reader, email: &EmailAddress) -> Result<Option<OperatorUser>, StoreError> {
    reader.get(&OPERATORS, &email.folded())
}

/// Whether there is any operator.
pub fn has_operator(reader: &impl Reader) -> Result<bool, StoreError> {
    Ok(!reader.scan_keys(&OPERATORS, &Scan::all(1))?.is_empty())
}

/// Stores a sign-in under its cookie.
pub fn put_operator_session(tx: &mut Tx<'_>, cookie: &str, session: &OperatorSession) -> Result<(), StoreError> {
    tx.put(&OPERATOR_SESSIONS, &token_hash(cookie), session)
}

/// The sign-in of a cookie.
pub fn operator_session(reader: &impl Reader, cookie: &str) -> Result<Option<OperatorSession>, StoreError> {
    reader.get(&OPERATOR_SESSIONS, &token_hash(cookie))
}

/// Ends a sign-in.
pub fn end_operator_session(tx: &mut Tx<'_>, cookie: &str) -> Result<(), StoreError> {
    tx.delete(&OPERATOR_SESSIONS, &token_hash(cookie)).map(drop)
}

/// Makes the set-up link; earlier ones stop working.
pub fn replace_setup_link(tx: &mut Tx<'_>, token: &str, link: &SetupLink) -> Result<(), StoreError> {
    end_setup_links(tx)?;
    tx.put(&SETUP_LINKS, &token_hash(token), link)
}

/// The set-up link of a token.
pub fn setup_link(reader: &impl Reader, token: &str) -> Result<Option<SetupLink>, StoreError> {
    reader.get(&SETUP_LINKS, &token_hash(token))
}

/// No set-up link works any more.
pub fn end_setup_links(tx: &mut Tx<'_>) -> Result<(), StoreError> {
    for key in tx.scan_keys(&SETUP_LINKS, &Scan::all(100))? {
        tx.delete(&SETUP_LINKS, &key)?;
    }
    Ok(())
}
