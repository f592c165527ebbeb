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
    /// It is under way, or the program ended or failed before its answer was kept.
    Running {
        /// Whether something that it does was committed; noted by the same commit.
        #[serde(default)]
        took_effect: bool,
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

/// Notes that a call which is under way took effect.
pub fn note_effect(tx: &mut Tx<'_>, caller: &str, key: &str) -> Result<(), StoreError> {
    match find(tx, caller, key)? {
        Some(call) if call.outcome == (CallOutcome::Running { took_effect: false }) => {
            let noted = Call { outcome: CallOutcome::Running { took_effect: true }, ..call };
            tx.put(&CALLS, &(caller.to_owned(), key.to_owned()), &noted)
        }
        _ => Ok(()),
    }
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
    fn an_effect_is_noted_of_what_is_under_way_alone() {
        let store = store();
        let answered = CallOutcome::Answered { status: 204, content_type: None, body: None };
        let under_way = |took_effect| CallOutcome::Running { took_effect };
        for (before, after) in [(under_way(false), under_way(true)), (answered.clone(), answered)] {
            let call = Call { fingerprint: "f".to_owned(), at: moment(1), outcome: before };
            store.transact(move |tx| put(tx, "erp", "k", &call)).unwrap();
            store.transact(|tx| note_effect(tx, "erp", "k")).unwrap();
            assert_eq!(store.read(|snapshot| find(snapshot, "erp", "k")).unwrap().unwrap().outcome, after);
        }
        store.transact(|tx| note_effect(tx, "erp", "another")).unwrap();
        assert_eq!(store.read(|snapshot| find(snapshot, "erp", "another")), Ok(None));
        assert_eq!(store.transact(|tx| purge(tx, moment(2), 10)), Ok(1));
    }

    #[test]
    fn a_key_belongs_to_its_caller_and_ends_with_its_time() {
        let store = store();
        let call = |second| Call {
            fingerprint: "f".to_owned(),
            at: moment(second),
            outcome: CallOutcome::Running { took_effect: false },
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
