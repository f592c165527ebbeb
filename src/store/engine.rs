//! The engine: one database file, one writer thread, many readers.
//!
//! It keeps the promises everything else is built on: a transaction is applied completely or not at all, transactions
//! follow one after the other, and whoever got an Ok will find it after a power cut. It knows tables by name and rows
//! as bytes; what they mean is the business of the layers above.

use std::sync::mpsc::{SyncSender, TrySendError, sync_channel};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread::{JoinHandle, ThreadId};

use serde::{Deserialize, Serialize};
use tokio::sync::oneshot;

use crate::backend::BackendFactory;
use crate::error::StoreError;
use crate::group::definition;
use crate::handle::Handle;
use crate::job::{Job, Task};
use crate::snapshot::Snapshot;
use crate::tx::Tx;
use crate::writer::{ENGINE_TABLE, Writer};

/// The place of a transaction in the order of commits. Grows by one with every transaction that changed something.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize)]
pub struct CommitSeq(pub u64);

impl CommitSeq {
    pub(crate) const fn next(self) -> Self {
        Self(self.0 + 1)
    }
}

/// What a transaction decided, and where it stands in the order of commits.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Committed<T> {
    /// What the closure answered.
    pub value: T,
    /// Its number; nothing if it changed nothing.
    pub commit_seq: Option<CommitSeq>,
}

/// Bounds of the engine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct EngineLimits {
    /// Memory for pages that were read or written.
    pub cache_bytes: usize,
    /// Transactions that may wait; further ones get [`StoreError::Overloaded`].
    pub queue_transactions: usize,
    /// Transactions in one commit.
    pub group_transactions: usize,
    /// Changed bytes after which a commit takes no further transaction in.
    pub group_bytes: usize,
}

impl Default for EngineLimits {
    fn default() -> Self {
        Self { cache_bytes: 32 << 20, queue_transactions: 1024, group_transactions: 64, group_bytes: 4 << 20 }
    }
}

/// How often a read is repeated because the database was opened again under it.
const READ_TRIES: usize = 3;

/// One open database with its writer thread. Closed in an orderly way when dropped.
#[derive(Debug)]
pub struct Engine {
    handle: Arc<Handle>,
    queue: Mutex<Option<SyncSender<Box<dyn Job>>>>,
    writer: Mutex<Option<JoinHandle<()>>>,
    writer_id: ThreadId,
}

impl Engine {
    /// Opens the database `name`, creates the tables that are missing, and starts the writer.
    pub fn open(
        files: Arc<dyn BackendFactory>,
        name: &str,
        tables: &[&'static str],
        limits: EngineLimits,
    ) -> Result<Self, StoreError> {
        let handle = Arc::new(Handle::open(files, name, limits.cache_bytes)?);
        let tables: Arc<[&'static str]> = tables.iter().copied().chain([ENGINE_TABLE]).collect();
        create_tables(&handle, &tables)?;
        let (sender, receiver) = sync_channel(limits.queue_transactions);
        let writer = Writer::new(Arc::clone(&handle), tables, limits, receiver)?;
        let thread = std::thread::Builder::new().name(format!("store {name}"));
        let thread = thread.spawn(move || writer.run()).map_err(|error| StoreError::from_io(&error))?;
        let writer_id = thread.thread().id();
        Ok(Self { handle, queue: Mutex::new(Some(sender)), writer: Mutex::new(Some(thread)), writer_id })
    }

    /// Runs a transaction and waits until it is on the disk.
    ///
    /// The closure reads and decides through the transaction; on `Err` nothing of it is applied. It may be run more
    /// than once and must have no effect of its own. Blocks: not for asynchronous code, see [`Self::transact_async`].
    pub fn transact<T, E, F>(&self, decide: F) -> Result<Committed<T>, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        if std::thread::current().id() == self.writer_id {
            return Err(StoreError::Nested.into());
        }
        let (reply, answer) = sync_channel(1);
        // The caller may be gone, then nobody wants to know.
        self.submit(Box::new(Task::new(decide, move |outcome| drop(reply.send(outcome)))))?;
        answer.recv().unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// [`Self::transact`] for asynchronous code: waits without blocking the thread. The transaction runs even if the
    /// returned future is dropped.
    pub async fn transact_async<T, E, F>(&self, decide: F) -> Result<Committed<T>, E>
    where
        F: FnMut(&mut Tx<'_>) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let (reply, answer) = oneshot::channel();
        self.submit(Box::new(Task::new(decide, move |outcome| drop(reply.send(outcome)))))?;
        answer.await.unwrap_or_else(|_| Err(StoreError::Closed.into()))
    }

    /// Runs a closure on a fresh snapshot of the committed state.
    ///
    /// The closure may be run again (if the database had to be opened again meanwhile). It should take milliseconds:
    /// for as long as it runs, no page of the file can be used again.
    pub fn read<T, E, F>(&self, mut look: F) -> Result<T, E>
    where
        F: FnMut(&Snapshot) -> Result<T, E>,
        E: From<StoreError>,
    {
        for _ in 1..READ_TRIES {
            let snapshot = Snapshot::new(self.handle.begin_read()?);
            let seen = look(&snapshot);
            if !snapshot.is_lost() {
                return seen;
            }
        }
        look(&Snapshot::new(self.handle.begin_read()?))
    }

    /// Lets the waiting transactions finish, then closes the file. What comes later gets [`StoreError::Closed`].
    pub fn close(&self) -> Result<(), StoreError> {
        drop(self.queue.lock().unwrap_or_else(PoisonError::into_inner).take());
        let writer = self.writer.lock().unwrap_or_else(PoisonError::into_inner).take();
        // A transaction may hold the last reference to its engine; the writer then cannot wait for itself.
        if let Some(writer) = writer.filter(|_| std::thread::current().id() != self.writer_id) {
            // The writer does not panic; if it did, the file is closed all the same.
            drop(writer.join());
        }
        self.handle.close()
    }

    fn submit(&self, job: Box<dyn Job>) -> Result<(), StoreError> {
        let queue = self.queue.lock().unwrap_or_else(PoisonError::into_inner);
        match queue.as_ref().map(|queue| queue.try_send(job)) {
            Some(Ok(())) => Ok(()),
            Some(Err(TrySendError::Full(_))) => Err(StoreError::Overloaded),
            Some(Err(TrySendError::Disconnected(_))) | None => Err(StoreError::Closed),
        }
    }
}

impl Drop for Engine {
    fn drop(&mut self) {
        if let Err(error) = self.close() {
            tracing::warn!(%error, "the database could not be closed in an orderly way");
        }
    }
}

/// Creates what is missing; opening a database that has everything writes nothing.
fn create_tables(handle: &Handle, tables: &[&'static str]) -> Result<(), StoreError> {
    use redb::TableHandle;
    let present = handle.begin_read()?;
    let present = present.list_tables().map_err(StoreError::from_engine)?;
    let present: Vec<String> = present.map(|table| table.name().to_owned()).collect();
    if tables.iter().all(|table| present.iter().any(|name| name == table)) {
        return Ok(());
    }
    let transaction = handle.begin_write()?;
    for table in tables {
        transaction.open_table(definition(table)).map_err(StoreError::from_engine)?;
    }
    transaction.commit().map_err(StoreError::from_engine)
}
