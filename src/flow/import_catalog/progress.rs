//! How far an import is: for whoever waits for it, in this process or over the API.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use marketgate_domain::id::CatalogImportId;
use tokio::sync::{Mutex as AsyncMutex, OwnedMutexGuard};

use crate::flow::Error;

/// What an import is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Phase {
    /// Reading the file, in bytes.
    Reading,
    /// Holding each record against the rules and what is stored.
    Checking,
    /// Storing where nobody sees it.
    Staging,
    /// Everybody sees it; the records are moved to their places.
    Moving,
}

impl Phase {
    /// All of them, in their order.
    pub const ALL: [Self; 4] = [Self::Reading, Self::Checking, Self::Staging, Self::Moving];

    /// The word for people and machines.
    pub fn word(self) -> &'static str {
        match self {
            Self::Reading => "reading",
            Self::Checking => "checking",
            Self::Staging => "staging",
            Self::Moving => "moving",
        }
    }
}

/// How far an import is.
#[derive(Debug, Default)]
pub struct Progress {
    phase: AtomicU8,
    done: AtomicU64,
    total: AtomicU64,
}

/// How far an import was at one moment.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ProgressNow {
    /// What it was doing.
    pub phase: Phase,
    /// How much of it was done: bytes while it reads, else records.
    pub done: u64,
    /// How much there is to do.
    pub total: u64,
}

impl Progress {
    /// A phase begins.
    pub(super) fn begin(&self, phase: Phase, total: u64) {
        self.done.store(0, Ordering::Relaxed);
        self.total.store(total, Ordering::Relaxed);
        self.phase.store(phase as u8, Ordering::Relaxed);
    }

    /// So much is done of the phase.
    pub(super) fn reach(&self, done: u64) {
        self.done.store(done, Ordering::Relaxed);
    }

    /// So much more is done of the phase.
    pub(super) fn add(&self, more: u64) {
        self.done.fetch_add(more, Ordering::Relaxed);
    }

    /// How far it is.
    pub fn now(&self) -> ProgressNow {
        let phase = Phase::ALL.get(usize::from(self.phase.load(Ordering::Relaxed))).copied();
        let (done, total) = (self.done.load(Ordering::Relaxed), self.total.load(Ordering::Relaxed));
        ProgressNow { phase: phase.unwrap_or(Phase::Reading), done, total }
    }
}

/// The imports of this process: one at a time.
#[derive(Debug, Default)]
pub struct Imports {
    alone: Arc<AsyncMutex<()>>,
    current: Mutex<Option<(CatalogImportId, Arc<Progress>)>>,
    stopping: AtomicBool,
}

impl Imports {
    /// Keeps every other import out until the guard is dropped.
    ///
    /// # Errors
    /// [`Error::Conflict`] while there is one.
    pub fn enter(&self) -> Result<OwnedMutexGuard<()>, Error> {
        self.alone.clone().try_lock_owned().map_err(|_| {
            Error::Conflict(match self.current() {
                Some((id, _)) => format!("Another import is under way ({id}): wait until it has ended."),
                None => "What an earlier import has left is led to its end: try again in a moment.".to_owned(),
            })
        })
    }

    /// How far an import is that goes on in this process.
    pub fn progress(&self, id: CatalogImportId) -> Option<ProgressNow> {
        self.current().filter(|(current, _)| *current == id).map(|(_, progress)| progress.now())
    }

    pub(super) fn show(&self, current: Option<(CatalogImportId, Arc<Progress>)>) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = current;
    }

    /// Lets an import give up at its next step: the program ends. One that is live is finished at the next start.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Whether the program ends.
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }

    fn current(&self) -> Option<(CatalogImportId, Arc<Progress>)> {
        self.current.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
