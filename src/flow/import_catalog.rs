//! A catalogue file is imported (C1): everything is checked first, every error has its line and field, and all of it is applied or
//! nothing.
//!
//! The walk over the file checks and decides against what is stored, the same walk again stages what changes in short transactions that
//! nobody sees, one small commit makes it visible together with its audit record, and then it is moved to its place (`settle`).
//! Whoever else changes the catalogue meanwhile keeps that change: the import begins again.

mod keys;
mod plan;
mod progress;
mod settle;

#[cfg(test)]
mod tests;

use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use marketgate_domain::event::Actor;
use marketgate_domain::id::CatalogImportId;
use marketgate_store::catalog::{self, Staged};
use marketgate_store::imports::{self, CatalogImport, ImportCount, ImportCounts, ImportOutcome};
use marketgate_store::{StoreError, Tx};
use tempfile::TempPath;
use tokio::task::JoinHandle;

use self::plan::{FaultList, Plan};
pub use self::progress::{ImportSlot, Imports, Phase, Progress, ProgressNow};
pub use self::settle::{is_left, recover};
use super::{Error, audit};
use crate::context::Context;
use crate::interchange::catalog::file::FileFault;

/// Bytes that one transaction writes, about: some milliseconds, which is what an order waits at most beside its own.
const CHUNK_BYTES: usize = 128 << 10;

/// Changed records that are handed to the store together.
const CHUNK_RECORDS: usize = 128;

/// So long an import waits when more transactions wait than the store takes.
const AFTER_OTHERS: Duration = Duration::from_millis(50);

/// So often an import begins when others change the catalogue meanwhile.
const TRIES: u32 = 3;

/// What is said of an import whose program has ended.
const CUT_OFF: &str = "the program ended before anything was applied: import the file again";

/// How a file is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Format {
    /// The full model.
    Json,
    /// Simple products.
    Csv,
}

/// A file to import.
#[derive(Debug)]
pub struct Source {
    /// Where it is.
    pub path: PathBuf,
    /// How it is written.
    pub format: Format,
    /// Removes the file when the import has ended.
    pub temporary: Option<TempPath>,
}

/// An import that was begun.
#[derive(Debug)]
pub struct Begun {
    /// Its record.
    pub import: CatalogImport,
    /// How far it is.
    pub progress: Arc<Progress>,
    /// Its record in the end, when everything is in its place.
    pub end: JoinHandle<CatalogImport>,
}

/// Begins an import; it goes on by itself. With `dry_run` the file is checked, and nothing else.
///
/// # Errors
/// [`Error::Conflict`] while another one is under way.
pub async fn import_catalog(context: &Context, actor: Actor, source: Source, dry_run: bool) -> Result<Begun, Error> {
    let slot = context.imports.enter()?;
    let import = CatalogImport {
        id: CatalogImportId::new(context.random.uuid()),
        actor,
        dry_run,
        started_at: context.clock.wall(),
        ended_at: None,
        outcome: ImportOutcome::Running,
        counts: ImportCounts::default(),
        faults: Vec::new(),
        fault_count: 0,
    };
    let stored = import.clone();
    context.store.transact_async(move |tx| imports::put(tx, &stored)).await?;
    let progress = Arc::new(Progress::default());
    slot.show(import.id, progress.clone());
    let run = Import { context: context.clone(), record: import.clone(), progress: progress.clone() };
    Ok(Begun { import, progress, end: tokio::spawn(run.run(source, slot)) })
}

/// Where files wait that were sent to be imported.
pub fn waiting_files(context: &Context) -> PathBuf {
    context.config.store.dir.join("imports")
}

/// An error where the program ends.
fn gave_up(context: &Context) -> Result<(), Error> {
    if context.imports.is_stopping() { Err(StoreError::Closed.into()) } else { Ok(()) }
}

struct Import {
    context: Context,
    record: CatalogImport,
    progress: Arc<Progress>,
}

/// What the walks over a file came to.
enum Walked {
    /// The file is wrong.
    Faults(FaultList),
    /// What changes is staged, or there was nothing to stage.
    Good { counts: ImportCounts, is_staged: bool },
    /// Somebody else has changed the catalogue.
    Disturbed,
}

impl Import {
    async fn run(mut self, source: Source, slot: ImportSlot) -> CatalogImport {
        let id = self.record.id;
        if let Err(error) = self.apply(source).await {
            tracing::warn!(import = %id, %error, "an import of the catalogue failed; nothing was applied");
            self.record.outcome = ImportOutcome::Failed { error: in_words(&error) };
            self.note_end().await;
        }
        settle::settle_at_last(&self.context, &self.progress).await;
        drop(slot);
        self.record
    }

    async fn apply(&mut self, source: Source) -> Result<(), Error> {
        for _ in 0..TRIES {
            // Also throws away what the try before has staged.
            settle::settle(&self.context, &Progress::default()).await?;
            let generation = self.context.store.transact_async(catalog::begin).await?;
            match self.walk(&source, generation).await? {
                Walked::Faults(faults) => {
                    self.record.fault_count = faults.count;
                    self.record.faults = faults.in_order();
                    return Err(Error::BadRequest("the file has errors".to_owned()));
                }
                Walked::Good { counts, is_staged } => {
                    self.record.counts = counts;
                    if !is_staged {
                        let is_check = self.record.dry_run;
                        self.record.outcome = if is_check { ImportOutcome::Checked } else { ImportOutcome::Applied };
                        self.note_end().await;
                        return Ok(());
                    }
                    if self.flip(generation).await? {
                        return Ok(());
                    }
                }
                Walked::Disturbed => {}
            }
            tracing::info!(import = %self.record.id, "the catalogue was changed while a file was imported; it is checked again");
        }
        Err(Error::Conflict(
            "the catalogue was changed again and again while the file was checked: import it later".to_owned(),
        ))
    }

    /// Reads, decides and stages, on the pool for blocking work.
    async fn walk(&self, source: &Source, generation: u64) -> Result<Walked, Error> {
        let (context, progress, dry_run) = (self.context.clone(), self.progress.clone(), self.record.dry_run);
        let (path, format) = (source.path.clone(), source.format);
        let walked = tokio::task::spawn_blocking(move || {
            let bytes = std::fs::read(&path)
                .map_err(|error| Error::BadRequest(format!("{} cannot be read: {error}", path.display())))?;
            walk(&context, &progress, (&bytes, format), (generation, dry_run))
        });
        walked.await.unwrap_or_else(|error| Err(StoreError::Panicked { detail: error.to_string() }.into()))
    }

    /// Lets everybody see it. False if somebody else has changed the catalogue meanwhile.
    async fn flip(&mut self, generation: u64) -> Result<bool, Error> {
        let mut applied = self.record.clone();
        (applied.outcome, applied.ended_at) = (ImportOutcome::Applied, Some(self.context.clock.wall()));
        let (stored, now) = (applied.clone(), self.context.clock.business());
        let flipped = loop {
            let stored = stored.clone();
            match self.context.store.transact_async(move |tx| flip(tx, generation, &stored, now)).await {
                Err(StoreError::Overloaded) => tokio::time::sleep(AFTER_OTHERS).await,
                flipped => break flipped,
            }
            gave_up(&self.context)?;
        };
        let flipped = match flipped {
            Ok(flipped) => flipped,
            // It may have arrived: what is stored tells.
            Err(error) => match self.context.read(catalog::state).await? {
                Some(state) if state.live() == Some(generation) => true,
                _ => return Err(error.into()),
            },
        };
        if flipped {
            let ImportCounts { sellers, products, offers } = applied.counts;
            let records = [sellers, products, offers].iter().map(|count| count.new + count.changed).sum();
            self.progress.begin(Phase::Moving, records);
            self.record = applied;
        }
        Ok(flipped)
    }

    /// Records how it ended. Where that fails the next start does it.
    async fn note_end(&mut self) {
        self.record.ended_at = Some(self.context.clock.wall());
        let stored = self.record.clone();
        if let Err(error) = self.context.store.transact_async(move |tx| imports::put(tx, &stored)).await {
            tracing::error!(import = %self.record.id, %error, "the end of an import could not be recorded");
        }
    }
}

fn walk(
    context: &Context,
    progress: &Progress,
    (bytes, format): (&[u8], Format),
    (generation, dry_run): (u64, bool),
) -> Result<Walked, Error> {
    let mut faults = FaultList::default();
    let text = match std::str::from_utf8(bytes) {
        // Some editors put a byte order mark in front.
        Ok(text) => text.strip_prefix('\u{feff}').unwrap_or(text),
        Err(error) => {
            let before = bytes.get(..error.valid_up_to()).unwrap_or_default();
            let line = before.split(|byte| *byte == b'\n').count() as u64;
            let detail = "this is not UTF-8: save the file in this encoding".to_owned();
            faults.add(FileFault { line, field: String::new(), detail });
            return Ok(Walked::Faults(faults));
        }
    };
    let plan = Plan::read(context, progress, (text, format), &mut faults)?;
    progress.begin(Phase::Checking, plan.records());
    let mut changes = 0;
    let counts = plan.decide(&mut faults, &mut |changed| {
        changes += changed.len();
        Ok(())
    })?;
    if faults.count > 0 {
        return Ok(Walked::Faults(faults));
    }
    if dry_run || changes == 0 {
        return Ok(Walked::Good { counts, is_staged: false });
    }
    progress.begin(Phase::Staging, plan.records());
    let mut waiting: Vec<Staged> = Vec::new();
    plan.decide(&mut faults, &mut |changed| {
        waiting.extend(changed);
        if waiting.len() >= CHUNK_RECORDS { stage(context, generation, &mut waiting) } else { Ok(()) }
    })?;
    stage(context, generation, &mut waiting)?;
    // What was good a moment ago was changed by somebody else.
    Ok(if faults.count > 0 { Walked::Disturbed } else { Walked::Good { counts, is_staged: true } })
}

/// Stages what waits, in as many transactions as it takes.
fn stage(context: &Context, generation: u64, waiting: &mut Vec<Staged>) -> Result<(), Error> {
    let records: Arc<[Staged]> = std::mem::take(waiting).into();
    let mut from = 0;
    while from < records.len() {
        gave_up(context)?;
        let part = records.clone();
        let staged = context
            .store
            .transact(move |tx| catalog::stage(tx, generation, part.get(from..).unwrap_or_default(), CHUNK_BYTES));
        match staged {
            Ok(taken) => from += taken,
            // Orders go first.
            Err(StoreError::Overloaded) => std::thread::sleep(AFTER_OTHERS),
            Err(error) => return Err(error.into()),
        }
    }
    Ok(())
}

fn flip(tx: &mut Tx<'_>, generation: u64, import: &CatalogImport, now: jiff::Timestamp) -> Result<bool, StoreError> {
    if !catalog::flip(tx, generation)? {
        return Ok(false);
    }
    imports::put(tx, import)?;
    let detail = summary(&import.counts);
    audit::record(tx, now, import.actor.clone(), None, "catalog.imported", &import.id.to_string(), &detail)?;
    Ok(true)
}

/// What an import changes, in words.
pub fn summary(counts: &ImportCounts) -> String {
    let ImportCounts { sellers, products, offers } = counts;
    let part = |name: &str, count: &ImportCount| {
        format!("{name}: {} new, {} changed, {} unchanged", count.new, count.changed, count.unchanged)
    };
    [part("sellers", sellers), part("products", products), part("offers", offers)].join("; ")
}

/// The store's errors are for the log; who imports reads what to do.
fn in_words(error: &Error) -> String {
    match error {
        Error::Store(StoreError::Closed) => CUT_OFF.to_owned(),
        Error::Store(StoreError::Full) => "the disk is full: make room, then import the file again".to_owned(),
        Error::Store(_) => "something failed on our side, see the log; then import the file again".to_owned(),
        other => other.to_string(),
    }
}
