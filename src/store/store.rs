//! The store as the rest of the program sees it: the main database and the message log's documents.
//!
//! Opening does everything that is needed (creating, checking, converting); afterwards there is only reading and
//! writing. Dropping closes in an orderly way.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use crate::access;
use crate::backend::{BackendFactory, Directory};
use crate::check::{self, CheckReport};
use crate::dump::{self, DumpOptions};
use crate::engine::{Committed, Engine, EngineLimits};
use crate::error::StoreError;
use crate::message_store::MessageStore;
use crate::meta::{self, StoreKind};
use crate::migrate;
use crate::schema;
use crate::snapshot::Snapshot;
use crate::tx::Tx;

const MAIN: &str = "main.redb";

/// What a store is opened with.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StoreOptions {
    /// What the caller needs: a store of the other kind is refused.
    pub kind: StoreKind,
    /// Memory for pages of the main database.
    pub cache_bytes: usize,
    /// Memory for pages of each month of documents that is open (three at most).
    pub message_cache_bytes: usize,
    /// Transactions that may wait; further ones get [`StoreError::Overloaded`].
    pub queue_transactions: usize,
    /// Disk space that is set aside, to be given up when the disk is full. Zero for none.
    pub reserve_bytes: usize,
}

impl StoreOptions {
    /// What suits a small machine.
    pub fn new(kind: StoreKind) -> Self {
        let EngineLimits { cache_bytes, queue_transactions, .. } = EngineLimits::default();
        let reserve_bytes = Directory::RESERVE_BYTES;
        Self { kind, cache_bytes, message_cache_bytes: 4 << 20, queue_transactions, reserve_bytes }
    }
}

/// The open store. Clones are the same store.
#[derive(Debug, Clone)]
pub struct Store {
    engine: Arc<Engine>,
    messages: Arc<MessageStore>,
    alongside: Option<Alongside>,
}

/// Something that a transaction does.
type Deed = dyn Fn(&mut Tx<'_>) -> Result<(), StoreError> + Send + Sync;

/// What every transaction does besides, if it changes something at all.
#[derive(Clone)]
struct Alongside(Arc<Deed>);

impl fmt::Debug for Alongside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Alongside")
    }
}

impl Store {
    /// Opens the store in a directory, creating what is missing and converting what is old.
    pub fn open(dir: &Path, options: &StoreOptions) -> Result<Self, StoreError> {
        let opened = Directory::new(dir, options.reserve_bytes).and_then(|files| access::prove(dir).map(|()| files));
        let files = match opened {
            Ok(files) => files,
            Err(error) => match StoreError::in_place(dir, &error) {
                // A full disk does not keep a store from being read, or from being relieved of old records.
                StoreError::Full => Directory::new(dir, options.reserve_bytes).map_err(|_| StoreError::Full)?,
                problem => return Err(problem),
            },
        };
        if let Err(error) = files.restore_reserve() {
            let cause = if StoreError::from_io(&error) == StoreError::Full { ": the disk is nearly full" } else { "" };
            tracing::warn!(%error, "no disk space can be set aside{cause}");
        }
        Self::open_on(Arc::new(files), options)
    }

    /// [`Self::open`] on any kind of disk: for tests that let it fail.
    pub fn open_on(files: Arc<dyn BackendFactory>, options: &StoreOptions) -> Result<Self, StoreError> {
        let StoreOptions { kind, cache_bytes, queue_transactions, .. } = *options;
        let limits = EngineLimits { cache_bytes, queue_transactions, ..EngineLimits::default() };
        let engine = Engine::open(Arc::clone(&files), MAIN, &schema::names(), limits)?;
        let version = engine.transact(move |tx| meta::check_or_mark(tx, kind))?.value;
        migrate::run(&engine, version, migrate::MIGRATIONS)?;
        let messages = Arc::new(MessageStore::new(files, options.message_cache_bytes));
        Ok(Self { engine: Arc::new(engine), messages, alongside: None })
    }

    /// Runs a transaction and waits until it is on the disk; on `Err` nothing of it is applied.
    ///
    /// The closure must have no effect of its own: it may be run more than once. Its error type takes the store's
    /// failures in through `From`. Blocks the thread; asynchronous code uses [`Self::transact_async`]. The
    /// transaction's number is [`Tx::commit_seq`].
    pub fn transact<T, E, F>(&self, decide: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.engine.transact(self.accompanied(decide)).map(|Committed { value, .. }| value)
    }

    /// [`Self::transact`] for asynchronous code: waits without blocking the thread. The transaction runs even if the
    /// future is dropped.
    pub async fn transact_async<T, E, F>(&self, decide: F) -> Result<T, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        self.engine.transact_async(self.accompanied(decide)).await.map(|Committed { value, .. }| value)
    }

    /// The same store for somebody whose every change is to leave a trace: whatever is committed through it is committed together
    /// with what `note` does. A transaction that changes nothing leaves no trace.
    pub fn noting<N>(&self, note: N) -> Self
    where
        N: Fn(&mut Tx<'_>) -> Result<(), StoreError> + Send + Sync + 'static,
    {
        Self { alongside: Some(Alongside(Arc::new(note))), ..self.clone() }
    }

    fn accompanied<T, E, F>(&self, mut decide: F) -> impl FnMut(&mut Tx<'_>) -> Result<T, E> + Send + use<T, E, F>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        E: From<StoreError>,
    {
        let alongside = self.alongside.clone();
        move |tx: &mut Tx<'_>| {
            let decided = decide(tx)?;
            if let Some(Alongside(note)) = alongside.as_ref().filter(|_| !tx.is_unchanged()) {
                note(tx)?;
            }
            Ok(decided)
        }
    }

    /// Runs a closure on a fresh snapshot of what is committed.
    ///
    /// It may be run again, and should take milliseconds; long readers page through several snapshots. It reads from
    /// the disk: asynchronous code calls this on the pool for blocking work.
    pub fn read<T, E, F>(&self, look: F) -> Result<T, E>
    where
        F: FnMut(&Snapshot) -> Result<T, E>,
        E: From<StoreError>,
    {
        self.engine.read(look)
    }

    /// The documents of the message log.
    pub fn messages(&self) -> &MessageStore {
        &self.messages
    }

    /// The main database as text.
    pub fn dump(&self, options: &DumpOptions) -> Result<String, StoreError> {
        self.read(|snapshot| dump::dump(snapshot, options))
    }

    /// Reads everything once: how much there is, and what cannot be read.
    pub fn check(&self) -> CheckReport {
        check::check(&self.engine)
    }

    /// Lets what waits finish and closes the files. Everything later gets [`StoreError::Closed`].
    pub fn close(&self) -> Result<(), StoreError> {
        let main = self.engine.close();
        self.messages.close().and(main)
    }

    /// For tests of what lies beneath.
    #[cfg(test)]
    pub(crate) fn engine(&self) -> &Engine {
        &self.engine
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::faulty::{Dice, FaultyDisk};
    use crate::testing::moment;
    use marketgate_domain::event::{Actor, AuditRecord};
    use marketgate_domain::id::MessageId;

    fn record() -> AuditRecord {
        let (action, subject, detail) = ("store.tested".to_owned(), String::new(), String::new());
        AuditRecord { at: moment(0), actor: Actor::Anonymous, action, subject, organization: None, detail }
    }

    #[test]
    fn everything_is_there_after_closing_and_opening() {
        let dir = tempfile::tempdir().unwrap();
        let options = StoreOptions { reserve_bytes: 0, ..StoreOptions::new(StoreKind::Real) };
        let id = MessageId::from_value(7);
        let store = Store::open(dir.path(), &options).unwrap();
        store.transact(|tx| crate::audit::append(tx, &record())).unwrap();
        store.messages().append(id, b"<cXML/>").unwrap();
        let before = store.dump(&DumpOptions::default()).unwrap();
        store.close().unwrap();
        assert_eq!(store.transact(|tx| crate::audit::append(tx, &record())), Err(StoreError::Closed));
        let store = Store::open(dir.path(), &options).unwrap();
        assert_eq!(store.dump(&DumpOptions::default()).unwrap(), before);
        assert_eq!(store.messages().read(id), Ok(Some(b"<cXML/>".to_vec())));
    }

    #[test]
    fn a_note_is_committed_with_every_change_and_with_nothing_else() {
        let store = crate::testing::store();
        let noting = store.noting(|tx| crate::audit::append(tx, &record()).map(drop));
        let count = || store.read(|snapshot| crate::audit::newest(snapshot, None, 10)).unwrap().len();
        noting.transact(|tx| crate::audit::append(tx, &record())).unwrap();
        assert_eq!(count(), 2);
        noting.transact(|_| Ok::<(), StoreError>(())).unwrap();
        let refused = noting.transact(|tx| -> Result<(), StoreError> {
            crate::audit::append(tx, &record())?;
            Err(StoreError::Closed)
        });
        assert_eq!((refused, count()), (Err(StoreError::Closed), 2));
        store.transact(|tx| crate::audit::append(tx, &record())).unwrap();
        assert_eq!(count(), 3, "the store itself notes nothing");
    }

    #[test]
    fn a_first_start_that_a_power_cut_interrupts_can_be_made_again() {
        let options = StoreOptions::new(StoreKind::Real);
        for sync in 0..12 {
            for seed in 1..10 {
                let disk = FaultyDisk::default();
                disk.cut_power_at_sync(sync);
                drop(Store::open_on(Arc::new(disk.clone()), &options));
                disk.restart(&mut Dice::new(seed));
                let store = Store::open_on(Arc::new(disk), &options);
                let store = store.unwrap_or_else(|error| panic!("sync {sync}, seed {seed}: {error}"));
                store.transact(|tx| crate::audit::append(tx, &record())).unwrap();
            }
        }
    }

    #[test]
    fn serve_refuses_a_demo_store_and_demo_a_real_one() {
        for (found, expected) in [(StoreKind::Demo, StoreKind::Real), (StoreKind::Real, StoreKind::Demo)] {
            let dir = tempfile::tempdir().unwrap();
            let options = |kind| StoreOptions { reserve_bytes: 0, ..StoreOptions::new(kind) };
            drop(Store::open(dir.path(), &options(found)).unwrap());
            let refused = Store::open(dir.path(), &options(expected)).unwrap_err();
            assert_eq!(refused, StoreError::WrongKind { found, expected });
            drop(Store::open(dir.path(), &options(found)).unwrap());
        }
    }

    #[test]
    fn a_store_is_open_only_once() {
        let dir = tempfile::tempdir().unwrap();
        let options = StoreOptions { reserve_bytes: 0, ..StoreOptions::new(StoreKind::Real) };
        let _first = Store::open(dir.path(), &options).unwrap();
        assert!(matches!(Store::open(dir.path(), &options), Err(StoreError::AlreadyOpen { .. })));
    }
}
