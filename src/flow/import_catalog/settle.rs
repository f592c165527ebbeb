//! The end of an import: one that is live is moved to its place, one that is not is thrown away. In short transactions, so that
//! nobody waits, and from whatever state a process that died has left.

use std::sync::Arc;
use std::time::Duration;

use marketgate_domain::offer::Offer;
use marketgate_store::catalog::{self, CatalogState};
use marketgate_store::imports::{self, CatalogImport, ImportOutcome};
use marketgate_store::{Reader, StoreError, requests};
use tokio::time::sleep;

use super::progress::{ImportSlot, Phase, Progress};
use super::{CHUNK_BYTES, CUT_OFF, gave_up, waiting_files};
use crate::context::Context;
use crate::flow::Error;
use crate::flow::supersede_requests::{MOST_WAITING, Superseding};

/// Offers whose requests are superseded in one transaction, at most.
const MOST_OFFERS: usize = 64;

/// So many waiting requests end a transaction.
const MOST_REQUESTS: usize = 50;

/// A failing step is tried again after this.
const AGAIN_AFTER: Duration = Duration::from_secs(1);

/// Imports that may have been cut off, newest first.
const LOOKED_AT: usize = 100;

/// What an earlier process has left is led to its end. Nothing of it is lost while this cannot be done: it is tried again until the
/// program ends. The slot keeps imports out meanwhile.
pub async fn recover(context: Context, slot: ImportSlot) {
    let folder = waiting_files(&context);
    // Mostly there is none.
    drop(tokio::task::spawn_blocking(move || std::fs::remove_dir_all(folder)).await);
    while let Err(error) = settle_all(&context, &slot).await {
        if gave_up(&context).is_err() {
            return;
        }
        tracing::error!(%error, "an import that was cut off cannot be led to its end; trying again");
        sleep(AGAIN_AFTER).await;
    }
}

/// Whether an earlier process has left something for [`recover`].
///
/// # Errors
/// What the store says.
pub async fn is_left(context: &Context) -> Result<bool, StoreError> {
    let has_files = waiting_files(context).exists();
    let is_stored = context.read(|snapshot| -> Result<bool, StoreError> {
        let is_running = |import: &CatalogImport| matches!(import.outcome, ImportOutcome::Running);
        Ok(catalog::state(snapshot)?.is_some() || imports::newest(snapshot, None, LOOKED_AT)?.iter().any(is_running))
    });
    Ok(is_stored.await? || has_files)
}

/// As [`recover`], once.
async fn settle_all(context: &Context, slot: &ImportSlot) -> Result<(), Error> {
    note_cut_off(context).await?;
    let progress = Arc::new(Progress::default());
    if let Some(live) = context.read(live_import).await? {
        let counts = live.counts;
        let records =
            [counts.sellers, counts.products, counts.offers].iter().map(|count| count.new + count.changed).sum();
        progress.begin(Phase::Moving, records);
        slot.show(live.id, progress.clone());
    }
    settle(context, &progress).await
}

/// The import that everybody sees while its records are not in their places yet.
fn live_import(reader: &impl Reader) -> Result<Option<CatalogImport>, StoreError> {
    if catalog::state(reader)?.is_none_or(|state| state.live().is_none()) {
        return Ok(None);
    }
    let newest = imports::newest(reader, None, LOOKED_AT)?;
    Ok(newest.into_iter().find(|import| matches!(import.outcome, ImportOutcome::Applied)))
}

/// An import that was under way when its process ended has failed: had it become live, that commit would say so.
async fn note_cut_off(context: &Context) -> Result<(), Error> {
    let now = context.clock.wall();
    let noted = context.store.transact_async(move |tx| -> Result<usize, StoreError> {
        let mut noted = 0;
        for import in imports::newest(tx, None, LOOKED_AT)? {
            if matches!(import.outcome, ImportOutcome::Running) {
                let outcome = ImportOutcome::Failed { error: CUT_OFF.to_owned() };
                imports::put(tx, &CatalogImport { outcome, ended_at: Some(now), ..import })?;
                noted += 1;
            }
        }
        Ok(noted)
    });
    if noted.await? > 0 {
        tracing::warn!("an import of the catalogue was cut off before anything was applied");
    }
    Ok(())
}

/// Leads whatever is staged to its end.
pub(super) async fn settle(context: &Context, progress: &Progress) -> Result<(), Error> {
    while let Some(state) = context.read(catalog::state).await? {
        gave_up(context)?;
        if let CatalogState::Live { generation } = state {
            // First: until then orders on an older revision are refused because of it, but nobody has been told.
            while supersede_some(context, generation).await? {}
        }
        let moved = context.store.transact_async(|tx| -> Result<_, StoreError> {
            let discarded = catalog::discard(tx, CHUNK_BYTES)?;
            let moved = catalog::fold(tx, CHUNK_BYTES)?;
            Ok((discarded + moved.rows, moved.records))
        });
        let (rows, records) = moved.await?;
        progress.add(records as u64);
        if rows == 0 {
            context.store.transact_async(catalog::end).await?;
        }
    }
    Ok(())
}

/// [`settle`], again and again until it is done or the program ends.
pub(super) async fn settle_at_last(context: &Context, progress: &Progress) {
    while let Err(error) = settle(context, progress).await {
        if gave_up(context).is_err() {
            return;
        }
        tracing::error!(%error, "an import cannot be led to its end; trying again");
        sleep(AGAIN_AFTER).await;
    }
}

/// Supersedes the requests on older revisions of some offers; false if there are none left.
async fn supersede_some(context: &Context, generation: u64) -> Result<bool, Error> {
    gave_up(context)?;
    let waiting = context.read(move |snapshot| -> Result<_, StoreError> {
        let (mut offers, mut waiting) = (0, 0);
        for offer in catalog::superseding(snapshot, generation, MOST_OFFERS)? {
            if waiting >= MOST_REQUESTS {
                break;
            }
            offers += 1;
            waiting += requests::number_waiting_on(snapshot, offer, MOST_WAITING)?;
        }
        Ok((offers, waiting))
    });
    let (number, waiting) = waiting.await?;
    if number == 0 {
        return Ok(false);
    }
    let superseding = Superseding::prepare(context, waiting);
    let superseded = context.store.transact_async(move |tx| -> Result<usize, Error> {
        let ids = catalog::superseding(tx, generation, number)?;
        let mut offers: Vec<Offer> = Vec::with_capacity(ids.len());
        for id in ids {
            offers.extend(catalog::offer(tx, id)?);
            catalog::superseded(tx, generation, id)?;
        }
        Ok(superseding.all(tx, &offers)?.superseded)
    });
    if superseded.await? > 0 {
        context.outbox_bell.notify_one();
    }
    Ok(true)
}
