//! The message log's documents: raw bytes, compressed, in one database per month (N5).
//!
//! A document is on the disk before [`MessageStore::append`] returns, hence before any record that points at it. It is
//! never changed; it goes away with its whole month, by removing the file, which gives the space back at once. The
//! main database stays small and fast.

use std::collections::BTreeMap;
use std::io::{Read, Write};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use flate2::Compression;
use flate2::read::DeflateDecoder;
use flate2::write::DeflateEncoder;
use marketgate_domain::id::MessageId;

use crate::backend::BackendFactory;
use crate::engine::{Engine, EngineLimits};
use crate::error::StoreError;
use crate::keys::StoreKey;
pub use crate::month::{Month, MonthError};
use crate::reader::ReadBytes;
use crate::tx::Tx;

const DOCUMENTS: &str = "documents";
const VERSION: u8 = 1;
/// Months that stay open: this one, and what people look at.
const OPEN_MONTHS: usize = 3;

/// The documents of the message log.
#[derive(Debug)]
pub struct MessageStore {
    files: Arc<dyn BackendFactory>,
    limits: EngineLimits,
    open: Mutex<BTreeMap<Month, Arc<Engine>>>,
}

impl MessageStore {
    pub(crate) fn new(files: Arc<dyn BackendFactory>, cache_bytes: usize) -> Self {
        let limits = EngineLimits { cache_bytes, group_bytes: 16 << 20, ..EngineLimits::default() };
        Self { files, limits, open: Mutex::default() }
    }

    /// Stores a document; it is on the disk when this returns. Storing the same again is fine, so a caller in doubt may
    /// repeat; other bytes under the same id are [`StoreError::Exists`]. Blocks.
    pub fn append(&self, id: MessageId, document: &[u8]) -> Result<(), StoreError> {
        let stored = pack(document)?;
        let engine = self.create(Month::of(id))?;
        engine.transact(move |tx| insert(tx, id, &stored)).map(drop)
    }

    /// [`Self::append`] for asynchronous code. Compresses on the calling thread (some 10 ms for a megabyte), waits for
    /// the disk without blocking it.
    pub async fn append_async(&self, id: MessageId, document: impl AsRef<[u8]>) -> Result<(), StoreError> {
        let stored = pack(document.as_ref())?;
        // What is large is not held in both forms while it waits for its turn.
        drop(document);
        let engine = self.create(Month::of(id))?;
        engine.transact_async(move |tx| insert(tx, id, &stored)).await.map(drop)
    }

    /// [`Self::append`] for many documents: one commit for each month among them.
    pub fn append_many(&self, documents: &[(MessageId, Vec<u8>)]) -> Result<(), StoreError> {
        let mut months: BTreeMap<Month, Vec<(MessageId, Vec<u8>)>> = BTreeMap::new();
        for (id, document) in documents {
            months.entry(Month::of(*id)).or_default().push((*id, pack(document)?));
        }
        for (month, stored) in months {
            let engine = self.create(month)?;
            engine.transact(move |tx| stored.iter().try_for_each(|(id, stored)| insert(tx, *id, stored)))?;
        }
        Ok(())
    }

    /// The document as it was stored; nothing if it never was, or if its month is gone.
    pub fn read(&self, id: MessageId) -> Result<Option<Vec<u8>>, StoreError> {
        let Some(engine) = self.existing(Month::of(id))? else { return Ok(None) };
        let stored = engine.read(|snapshot| snapshot.read_bytes(DOCUMENTS, &id.encoded()))?;
        stored
            .map(|stored| unpack(&stored).map_err(|error| StoreError::corrupt(DOCUMENTS, &id.describe(), error)))
            .transpose()
    }

    /// The months that hold documents, oldest first.
    pub fn months(&self) -> Result<Vec<Month>, StoreError> {
        let names = self.files.names().map_err(|error| StoreError::from_io(&error))?;
        let mut months: Vec<Month> = names.iter().filter_map(|name| month_of(name)).collect();
        months.sort_unstable();
        Ok(months)
    }

    /// Removes every month before the given one for good; answers those it removed. A month that somebody is reading at
    /// this moment stays until the next time.
    pub fn remove_before(&self, month: Month) -> Result<Vec<Month>, StoreError> {
        let mut open = self.lock();
        let mut removed = Vec::new();
        for old in self.months()?.into_iter().filter(|old| *old < month) {
            if open.get(&old).is_some_and(|engine| Arc::strong_count(engine) > 1) {
                continue;
            }
            open.remove(&old);
            self.files.remove(&file_name(old)).map_err(|error| StoreError::from_io(&error))?;
            removed.push(old);
        }
        Ok(removed)
    }

    /// Closes every month that is open.
    pub(crate) fn close(&self) -> Result<(), StoreError> {
        let open = std::mem::take(&mut *self.lock());
        open.into_values().try_for_each(|engine| engine.close())
    }

    fn existing(&self, month: Month) -> Result<Option<Arc<Engine>>, StoreError> {
        let mut open = self.lock();
        if !open.contains_key(&month) && !self.months()?.contains(&month) {
            return Ok(None);
        }
        self.engine(&mut open, month).map(Some)
    }

    fn create(&self, month: Month) -> Result<Arc<Engine>, StoreError> {
        self.engine(&mut self.lock(), month)
    }

    fn engine(&self, open: &mut BTreeMap<Month, Arc<Engine>>, month: Month) -> Result<Arc<Engine>, StoreError> {
        if let Some(engine) = open.get(&month) {
            return Ok(Arc::clone(engine));
        }
        // Only what nobody uses is closed: a file cannot be open twice.
        let idle = open.iter().find(|(_, engine)| Arc::strong_count(engine) == 1).map(|(month, _)| *month);
        if let Some(idle) = idle.filter(|_| open.len() >= OPEN_MONTHS) {
            open.remove(&idle);
        }
        let engine = Engine::open(Arc::clone(&self.files), &file_name(month), &[DOCUMENTS], self.limits)?;
        let engine = Arc::new(engine);
        open.insert(month, Arc::clone(&engine));
        Ok(engine)
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<Month, Arc<Engine>>> {
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn insert(tx: &mut Tx<'_>, id: MessageId, stored: &[u8]) -> Result<(), StoreError> {
    match tx.read_bytes(DOCUMENTS, &id.encoded())? {
        None => tx.put_bytes(DOCUMENTS, &id.encoded(), stored.to_vec()),
        Some(old) if old == stored => {}
        Some(_) => return Err(StoreError::Exists { table: DOCUMENTS, key: id.describe() }),
    }
    Ok(())
}

fn file_name(month: Month) -> String {
    format!("messages-{month}.redb")
}

fn month_of(file_name: &str) -> Option<Month> {
    file_name.strip_prefix("messages-")?.strip_suffix(".redb")?.parse().ok()
}

/// Bytes before the compressed ones, and what compression may add to a short text.
const HEAD: usize = 64;

/// Version, length of the original, compressed bytes.
fn pack(document: &[u8]) -> Result<Vec<u8>, StoreError> {
    let io = |error: std::io::Error| StoreError::from_io(&error);
    // An attachment hardly gets smaller: a list that grows with it would take twice its room.
    let mut stored = Vec::with_capacity(document.len() + HEAD);
    stored.push(VERSION);
    stored.extend((document.len() as u64).to_be_bytes());
    let mut encoder = DeflateEncoder::new(stored, Compression::fast());
    encoder.write_all(document).map_err(io)?;
    encoder.finish().map_err(io)
}

/// The inverse of [`pack`]. Reads no more than the length that was stored.
fn unpack(stored: &[u8]) -> Result<Vec<u8>, &'static str> {
    let (version, rest) = stored.split_first().ok_or("empty document")?;
    let (length, compressed) = rest.split_first_chunk::<8>().ok_or("document without a length")?;
    if *version != VERSION {
        return Err("document of an unknown version");
    }
    let length = u64::from_be_bytes(*length);
    let mut document = Vec::new();
    let read = DeflateDecoder::new(compressed).take(length + 1).read_to_end(&mut document);
    if read.is_err() || document.len() as u64 != length {
        return Err("document of another length");
    }
    Ok(document)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faulty::{Dice, FaultyDisk};

    /// An id made in the given month of 2026.
    fn id(month: i8, number: u128) -> MessageId {
        let first: Month = format!("2026-{month:02}").parse().unwrap();
        MessageId::from_value(first.first_id().value() + number)
    }

    fn messages(disk: &FaultyDisk) -> MessageStore {
        MessageStore::new(Arc::new(disk.clone()), 1 << 20)
    }

    #[test]
    fn a_document_comes_back_byte_for_byte_after_a_power_cut() {
        let disk = FaultyDisk::default();
        let document: Vec<u8> = (0..100_000_u32).map(|n| n.to_be_bytes()[2]).collect();
        let store = messages(&disk);
        store.append(id(1, 1), &document).unwrap();
        store.append(id(2, 2), b"").unwrap();
        disk.restart(&mut Dice(3));
        drop(store);
        let store = messages(&disk);
        assert_eq!(store.read(id(1, 1)), Ok(Some(document)));
        assert_eq!(store.read(id(2, 2)), Ok(Some(Vec::new())));
    }

    #[test]
    fn a_month_that_a_power_cut_interrupts_at_its_beginning_takes_documents_afterwards() {
        for sync in 0..10 {
            for seed in 1..20 {
                let disk = FaultyDisk::default();
                let store = messages(&disk);
                disk.cut_power_at_sync(sync);
                let first = store.append(id(1, 1), b"<a/>");
                drop(store);
                disk.restart(&mut Dice::new(seed));
                let store = messages(&disk);
                let kept = store.read(id(1, 1)).unwrap();
                assert!(first.is_err() || kept.is_some(), "sync {sync}, seed {seed}");
                store.append(id(1, 2), b"<b/>").unwrap();
                assert_eq!(store.read(id(1, 2)), Ok(Some(b"<b/>".to_vec())), "sync {sync}, seed {seed}");
            }
        }
    }

    #[test]
    fn many_documents_of_several_months_are_stored_at_once_or_refused_at_once() {
        let store = messages(&FaultyDisk::default());
        let documents = [(id(1, 1), b"<a/>".to_vec()), (id(1, 2), b"<b/>".to_vec()), (id(2, 1), b"<c/>".to_vec())];
        store.append_many(&documents).unwrap();
        for (id, document) in &documents {
            assert_eq!(store.read(*id), Ok(Some(document.clone())));
        }
        let clash = [(id(1, 3), b"<d/>".to_vec()), (id(1, 1), b"<other/>".to_vec())];
        assert!(matches!(store.append_many(&clash), Err(StoreError::Exists { .. })));
        assert_eq!(store.read(id(1, 3)), Ok(None));
    }

    #[test]
    fn a_repeated_document_is_fine_and_another_one_under_its_id_is_not() {
        let store = messages(&FaultyDisk::default());
        store.append(id(1, 1), b"<cXML/>").unwrap();
        store.append(id(1, 1), b"<cXML/>").unwrap();
        assert!(matches!(store.append(id(1, 1), b"<Other/>"), Err(StoreError::Exists { .. })));
    }

    #[test]
    fn looking_for_an_unknown_document_creates_nothing() {
        let disk = FaultyDisk::default();
        assert_eq!(messages(&disk).read(id(5, 1)), Ok(None));
        assert!(disk.names().unwrap().is_empty());
    }

    #[test]
    fn old_months_are_removed_as_a_whole() {
        let store = messages(&FaultyDisk::default());
        for month in 1..=6 {
            store.append(id(month, 1), b"x").unwrap();
        }
        let removed = store.remove_before(Month::of(id(6, 0)).earlier(2)).unwrap();
        assert_eq!(removed, [1, 2, 3].map(|month| Month::of(id(month, 1))));
        assert_eq!(store.read(id(3, 1)), Ok(None));
        assert_eq!(store.read(id(4, 1)), Ok(Some(b"x".to_vec())));
        assert_eq!(store.months().unwrap().len(), 3);
    }

    #[test]
    fn the_stored_form_is_as_it_was() {
        let stored = [1, 0, 0, 0, 0, 0, 0, 0, 3, 0x4B, 0x4C, 0x4A, 0x06, 0x00];
        assert_eq!(unpack(&stored), Ok(b"abc".to_vec()));
        assert_eq!(unpack(&pack(b"<cXML/>").unwrap()), Ok(b"<cXML/>".to_vec()));
    }

    #[test]
    fn a_damaged_document_is_an_error_and_never_more_than_was_promised() {
        let mut stored = pack(&[b'a'; 10_000]).unwrap();
        stored[8] = 100;
        assert_eq!(unpack(&stored), Err("document of another length"));
        stored[0] = 9;
        assert_eq!(unpack(&stored), Err("document of an unknown version"));
        assert!(unpack(&[]).is_err() && unpack(&[1, 0]).is_err());
    }
}
