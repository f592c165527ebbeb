//! Tokens with which machines sign in (A3). Only hashes are kept: a token is shown once and never again.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::scan::Scan;
use crate::schema::API_TOKENS;
use crate::sessions::token_hash;
use crate::tx::Tx;

/// A token of the operator's machines.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiToken {
    /// Name for people, unique.
    pub name: String,
    /// The operator who made it, or `demo`.
    pub made_by: String,
    /// When it was made, wall time.
    pub created_at: Timestamp,
}

/// Stores a token by its hash.
pub fn put(tx: &mut Tx<'_>, token: &str, record: &ApiToken) -> Result<(), StoreError> {
    tx.put(&API_TOKENS, &token_hash(token), record)
}

/// The record of a token.
pub fn find(reader: &impl Reader, token: &str) -> Result<Option<ApiToken>, StoreError> {
    reader.get(&API_TOKENS, &token_hash(token))
}

/// All tokens by name, at most so many.
pub fn all(reader: &impl Reader, limit: usize) -> Result<Vec<ApiToken>, StoreError> {
    let mut tokens: Vec<ApiToken> =
        reader.scan(&API_TOKENS, &Scan::all(limit))?.into_iter().map(|(_, token)| token).collect();
    tokens.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(tokens)
}

/// Ends the token with that name; true if there was one.
pub fn revoke(tx: &mut Tx<'_>, name: &str) -> Result<bool, StoreError> {
    let rows = tx.scan(&API_TOKENS, &Scan::all(10_000))?;
    let mut found = false;
    for (key, _) in rows.iter().filter(|(_, token)| token.name == name) {
        found |= tx.delete(&API_TOKENS, key)?;
    }
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{moment, store};

    #[test]
    fn a_token_is_found_by_itself_alone_until_it_is_revoked() {
        let store = store();
        let record = ApiToken { name: "erp".to_owned(), made_by: "ops@example.com".to_owned(), created_at: moment(1) };
        let stored = record.clone();
        store.transact(move |tx| put(tx, "secret-token", &stored)).unwrap();
        assert_eq!(store.read(|snapshot| find(snapshot, "secret-token")).unwrap(), Some(record));
        assert_eq!(store.read(|snapshot| find(snapshot, "erp")).unwrap(), None);
        assert!(!store.dump(&crate::dump::DumpOptions::default()).unwrap().contains("secret-token"));
        assert_eq!(store.transact(|tx| revoke(tx, "erp")), Ok(true));
        assert_eq!(store.read(|snapshot| find(snapshot, "secret-token")).unwrap(), None);
        assert_eq!(store.transact(|tx| revoke(tx, "erp")), Ok(false));
    }
}
