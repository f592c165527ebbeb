//! The one writer: a thread that runs the waiting transactions in groups and commits each group once.
//!
//! The transactions of a group run one after the other in one write transaction of the engine, so there is no lost
//! update, no write skew and no conflict to retry. Nobody is answered before the commit is on the disk. After a failed
//! commit the database is closed and opened again, because the engine refuses every further write until then.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::mpsc::Receiver;

use redb::{ReadableTable, WriteTransaction};

use crate::engine::{CommitSeq, EngineLimits};
use crate::error::StoreError;
use crate::group::{Group, definition};
use crate::handle::Handle;
use crate::job::{Job, panic_text};
use crate::tx::Tx;

/// The table of the engine itself: holds the number of the last commit.
pub(crate) const ENGINE_TABLE: &str = "engine";
const COMMIT_SEQ: &[u8] = b"commit_seq";

/// The state of the writer thread.
pub(crate) struct Writer {
    handle: Arc<Handle>,
    tables: Arc<[&'static str]>,
    limits: EngineLimits,
    queue: Receiver<Box<dyn Job>>,
    last: CommitSeq,
    /// Commits until the reserve of disk space is set aside again; nothing as long as it is there.
    commits_to_reserve: Option<u32>,
}

/// How long the reserve stays given up: long enough for deleting to make room.
const COMMITS_WITHOUT_RESERVE: u32 = 256;

/// What a group changed.
struct Progress {
    last: CommitSeq,
    bytes: usize,
}

impl Writer {
    pub(crate) fn new(
        handle: Arc<Handle>,
        tables: Arc<[&'static str]>,
        limits: EngineLimits,
        queue: Receiver<Box<dyn Job>>,
    ) -> Result<Self, StoreError> {
        let last = last_commit(&handle)?;
        Ok(Self { handle, tables, limits, queue, last, commits_to_reserve: None })
    }

    /// Works until every sender is gone and the queue is empty.
    pub(crate) fn run(mut self) {
        while let Ok(first) = self.queue.recv() {
            let mut jobs = Vec::new();
            let fate = self.run_group(first, &mut jobs);
            if let Err(error) = &fate {
                tracing::error!(%error, transactions = jobs.len(), "a group of transactions failed");
            }
            for job in jobs {
                // What the caller gave us is dropped here, and may panic; the others still wait for their answers.
                let answered = catch_unwind(AssertUnwindSafe(|| job.answer(fate.clone())));
                if let Err(panic) = answered {
                    tracing::error!(panic = panic_text(&*panic), "a transaction could not be answered");
                }
            }
        }
    }

    /// Runs `first` and what waits behind it; all of them are in `jobs` afterwards, whatever happens.
    fn run_group(&mut self, first: Box<dyn Job>, jobs: &mut Vec<Box<dyn Job>>) -> Result<(), StoreError> {
        jobs.push(first);
        if !self.handle.is_open() {
            self.reopen()?;
        }
        let transaction = self.handle.begin_write().inspect_err(|error| {
            self.recover(error);
        })?;
        let tables = Arc::clone(&self.tables);
        // The engine below may panic on a damaged file; that must not end the thread that everybody waits for.
        let ran = catch_unwind(AssertUnwindSafe(|| self.fill_group(&Group::new(&transaction, &tables), jobs)));
        match ran.unwrap_or_else(|panic| Err(engine_panicked(&*panic))) {
            Err(error) => {
                // Nothing of it was committed: the answer is definite.
                drop(transaction);
                self.recover(&error);
                Err(error)
            }
            Ok(last) if last == self.last => {
                transaction.abort().map_err(StoreError::from_engine).inspect_err(|error| {
                    self.recover(error);
                })
            }
            Ok(last) => self.commit(transaction, last),
        }
    }

    fn fill_group(&self, group: &Group<'_>, jobs: &mut Vec<Box<dyn Job>>) -> Result<CommitSeq, StoreError> {
        let mut progress = Progress { last: self.last, bytes: 0 };
        let mut next = 0;
        while let Some(job) = jobs.get_mut(next) {
            run_job(group, &mut **job, &mut progress)?;
            next += 1;
            if next < self.limits.group_transactions && progress.bytes < self.limits.group_bytes {
                jobs.extend(self.queue.try_recv());
            }
        }
        if progress.last != self.last {
            group.write(ENGINE_TABLE, COMMIT_SEQ, Some(&progress.last.0.to_be_bytes()))?;
        }
        Ok(progress.last)
    }

    fn commit(&mut self, transaction: WriteTransaction, last: CommitSeq) -> Result<(), StoreError> {
        let before = self.last;
        let committed = catch_unwind(AssertUnwindSafe(|| transaction.commit().map_err(StoreError::from_engine)));
        let Err(error) = committed.unwrap_or_else(|panic| Err(engine_panicked(&*panic))) else {
            self.last = last;
            self.set_reserve_aside();
            return Ok(());
        };
        let reopened = self.recover(&error);
        // A full disk is the one failure that tells by itself that the bytes did not arrive.
        if error == StoreError::Full && reopened && self.last == before {
            return Err(StoreError::Full);
        }
        Err(StoreError::InDoubt { detail: error.to_string() })
    }

    /// After a failure: give up the reserve if the disk is full, then open the database again.
    fn recover(&mut self, error: &StoreError) -> bool {
        if *error == StoreError::Full {
            self.commits_to_reserve = Some(COMMITS_WITHOUT_RESERVE);
            match self.handle.files().release_reserve() {
                Ok(released) => tracing::warn!(released, "the disk is full; the reserve of disk space is given up"),
                Err(error) => tracing::error!(%error, "the disk is full and the reserve cannot be given up"),
            }
        }
        self.reopen().is_ok()
    }

    fn reopen(&mut self) -> Result<(), StoreError> {
        let reopened = self.handle.reopen().and_then(|()| last_commit(&self.handle));
        match reopened {
            Ok(last) => {
                self.last = last;
                tracing::warn!(commit_seq = last.0, "the database was closed and opened again");
                Ok(())
            }
            Err(error) => {
                tracing::error!(%error, "the database cannot be opened again");
                Err(error)
            }
        }
    }

    fn set_reserve_aside(&mut self) {
        self.commits_to_reserve = match self.commits_to_reserve {
            Some(0) if self.handle.files().restore_reserve().is_ok() => {
                tracing::info!("the reserve of disk space is set aside again");
                None
            }
            Some(0) => Some(COMMITS_WITHOUT_RESERVE),
            waiting => waiting.map(|commits| commits - 1),
        };
    }
}

/// Runs one transaction; an error is one of the disk, which ends the group.
fn run_job(group: &Group<'_>, job: &mut dyn Job, progress: &mut Progress) -> Result<(), StoreError> {
    let commit_seq = progress.last.next();
    let mut tx = Tx::new(group, commit_seq);
    let accepted = match catch_unwind(AssertUnwindSafe(|| job.run(&mut tx))) {
        Ok(accepted) => accepted,
        Err(panic) => {
            job.fail(StoreError::Panicked { detail: panic_text(&*panic) });
            false
        }
    };
    if let Some(error) = group.failure() {
        return Err(error);
    }
    if accepted && !tx.is_unchanged() {
        let changes = tx.into_changes();
        group.apply(&changes)?;
        progress.bytes += changes.bytes();
        progress.last = commit_seq;
        job.stamp(Some(commit_seq));
    }
    Ok(())
}

/// The number of the last commit that is in the file.
fn last_commit(handle: &Handle) -> Result<CommitSeq, StoreError> {
    let transaction = handle.begin_read()?;
    let table = transaction.open_table(definition(ENGINE_TABLE)).map_err(StoreError::from_engine)?;
    let Some(value) = ReadableTable::get(&table, COMMIT_SEQ).map_err(StoreError::from_engine)? else {
        return Ok(CommitSeq(0));
    };
    let number = <[u8; 8]>::try_from(value.value());
    let number = number.map_err(|_| StoreError::corrupt(ENGINE_TABLE, "commit_seq", "not a number"))?;
    Ok(CommitSeq(u64::from_be_bytes(number)))
}

fn engine_panicked(panic: &(dyn std::any::Any + Send)) -> StoreError {
    StoreError::Corrupt { detail: format!("the engine gave up: {}", panic_text(panic)) }
}
