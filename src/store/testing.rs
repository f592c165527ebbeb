//! What the tests of this crate share: a store in memory, moments, and the comparison with a stored form.

use std::fmt::Debug;
use std::sync::Arc;

use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::faulty::FaultyDisk;
use crate::keys::StoreKey;
use crate::meta::StoreKind;
use crate::table::Table;
use crate::{Store, StoreOptions};

/// A fresh real store in memory.
pub(crate) fn store() -> Store {
    store_on(&FaultyDisk::default())
}

/// A real store on a disk in memory.
pub(crate) fn store_on(disk: &FaultyDisk) -> Store {
    let options = StoreOptions { cache_bytes: 1 << 20, ..StoreOptions::new(StoreKind::Real) };
    Store::open_on(Arc::new(disk.clone()), &options).unwrap()
}

/// So many seconds into 2026.
pub(crate) fn moment(second: i64) -> Timestamp {
    Timestamp::from_second(1_767_225_600 + second).unwrap()
}

/// A record has exactly this stored form (behind the version byte 1), and is read back from it: a change of either
/// breaks the databases that exist.
pub(crate) fn golden<K, V>(table: &Table<K, V>, key: K, value: &V, json: &str)
where
    K: StoreKey,
    V: Serialize + DeserializeOwned + PartialEq + Debug,
{
    let stored = [b"\x01", json.as_bytes()].concat();
    assert_eq!(table.decode_value(&key, &stored).as_ref(), Ok(value));
    let written = table.encode_value(&key, value).unwrap();
    assert_eq!(String::from_utf8_lossy(&written[1..]), json);
    assert_eq!(written[0], 1);
}
