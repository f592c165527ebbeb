//! Calls of the API that carry an idempotency key: what was asked under it, and what was answered.

use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::error::StoreError;
use crate::reader::Reader;
use crate::scan::Scan;
use crate::schema::{CALLS, CALLS_BY_AGE};
use crate::tx::Tx;

/// A call under a key.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Call {
    /// SHA-256 of method, address and body, in hexadecimal digits: the same key is for the same request only.
    pub fingerprint: String,
    /// When it came, wall time.
    pub at: Timestamp,
    /// How it went.
    pub outcome: CallOutcome,
}

/// How a call went.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum CallOutcome {
    /// It is under way, in the run of the program with this identifier.
    Running {
        /// The run.
        run: String,
    },
    /// It was carried out.
    Answered {
        /// HTTP status.
        status: u16,
        /// Media type of the body.
        content_type: Option<String>,
        /// The body; none where it holds what is shown only once.
        body: Option<String>,
    },
}

/// The call under a key of a caller.
pub fn find(reader: &impl Reader, caller: &str, key: &str) -> Result<Option<Call>, StoreError> {
    reader.get(&CALLS, &(caller.to_owned(), key.to_owned()))
}

/// Stores a call, in place of what its key had before.
pub fn put(tx: &mut Tx<'_>, caller: &str, key: &str, call: &Call) -> Result<(), StoreError> {
    delete(tx, caller, key)?;
    tx.put(&CALLS_BY_AGE, &(call.at, caller.to_owned(), key.to_owned()), &())?;
    tx.put(&CALLS, &(caller.to_owned(), key.to_owned()), call)
}

/// Forgets a call; its key is free again.
pub fn delete(tx: &mut Tx<'_>, caller: &str, key: &str) -> Result<(), StoreError> {
    let id = (caller.to_owned(), key.to_owned());
    if let Some(before) = tx.get(&CALLS, &id)? {
        tx.delete(&CALLS_BY_AGE, &(before.at, caller.to_owned(), key.to_owned()))?;
        tx.delete(&CALLS, &id)?;
    }
    Ok(())
}

/// Forgets the oldest calls from before a moment, at most so many; how many there were.
pub fn purge(tx: &mut Tx<'_>, before: Timestamp, limit: usize) -> Result<usize, StoreError> {
    let keys = tx.scan_keys(&CALLS_BY_AGE, &Scan::all(limit).through(&before))?;
    for (_, caller, key) in &keys {
        delete(tx, caller, key)?;
    }
    Ok(keys.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::{moment, store};

    #[test]
    fn a_key_belongs_to_its_caller_and_ends_with_its_time() {
        let store = store();
        let call = |second| Call {
            fingerprint: "f".to_owned(),
            at: moment(second),
            outcome: CallOutcome::Running { run: "r".to_owned() },
        };
        store.transact(move |tx| put(tx, "erp", "k", &call(1)).and(put(tx, "shop", "k", &call(5)))).unwrap();
        let answered = CallOutcome::Answered { status: 201, content_type: None, body: None };
        let changed = Call { outcome: answered, ..call(1) };
        let stored = changed.clone();
        store.transact(move |tx| put(tx, "erp", "k", &stored)).unwrap();
        assert_eq!(store.read(|snapshot| find(snapshot, "erp", "k")), Ok(Some(changed)));
        assert_eq!(store.transact(|tx| purge(tx, moment(2), 10)), Ok(1));
        assert_eq!(store.read(|snapshot| find(snapshot, "erp", "k")), Ok(None));
        assert_eq!(store.read(|snapshot| find(snapshot, "shop", "k")), Ok(Some(call(5))));
    }
}
