//! How far an import is: for whoever waits for it, in this process or over the API.

use std::sync::atomic::{AtomicBool, AtomicU8, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use marketgate_domain::id::CatalogImportId;

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
    place: Arc<Mutex<Place>>,
    stopping: AtomicBool,
}

/// Who has the one place.
#[derive(Debug, Default)]
enum Place {
    #[default]
    Free,
    /// An import that has no record yet, or the settling of what an earlier process has left.
    Taken,
    /// This import.
    Running(CatalogImportId, Arc<Progress>),
}

/// The one place for an import. Dropping it does two things in one step: the import no longer counts as running, and the next one
/// may begin. So a client that reads that an import has ended can always begin another one.
#[derive(Debug)]
pub struct ImportSlot(Arc<Mutex<Place>>);

impl ImportSlot {
    /// The import that goes on in it.
    pub(super) fn show(&self, id: CatalogImportId, progress: Arc<Progress>) {
        *lock(&self.0) = Place::Running(id, progress);
    }
}

impl Drop for ImportSlot {
    fn drop(&mut self) {
        *lock(&self.0) = Place::Free;
    }
}

impl Imports {
    /// Takes the place until the slot is dropped.
    ///
    /// # Errors
    /// [`Error::Conflict`] while another import has it.
    pub fn enter(&self) -> Result<ImportSlot, Error> {
        let mut place = lock(&self.place);
        check_free(&place)?;
        *place = Place::Taken;
        Ok(ImportSlot(self.place.clone()))
    }

    /// Whether [`Self::enter`] would succeed now.
    ///
    /// # Errors
    /// As [`Self::enter`].
    pub fn check_free(&self) -> Result<(), Error> {
        check_free(&lock(&self.place))
    }

    /// How far an import is that goes on in this process.
    pub fn progress(&self, id: CatalogImportId) -> Option<ProgressNow> {
        match &*lock(&self.place) {
            Place::Running(current, progress) if *current == id => Some(progress.now()),
            _ => None,
        }
    }

    /// Lets an import give up at its next step: the program ends. One that is live is finished at the next start.
    pub fn stop(&self) {
        self.stopping.store(true, Ordering::Relaxed);
    }

    /// Whether the program ends.
    pub(super) fn is_stopping(&self) -> bool {
        self.stopping.load(Ordering::Relaxed)
    }
}

fn lock(place: &Mutex<Place>) -> MutexGuard<'_, Place> {
    place.lock().unwrap_or_else(PoisonError::into_inner)
}

fn check_free(place: &Place) -> Result<(), Error> {
    let detail = match place {
        Place::Free => return Ok(()),
        Place::Running(id, _) => format!("Another import is under way ({id}): wait until it has ended."),
        Place::Taken => "What an earlier import has left is led to its end: try again in a moment.".to_owned(),
    };
    Err(Error::Conflict(detail))
}
