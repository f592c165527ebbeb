//! Writes documents and their summaries to the message log without anybody waiting for it (N5).
//!
//! What an order's commit points at is written by the order's own road, before it. This is for the rest: our answers, and
//! documents that came to nothing. A full queue drops entries with a warning: the log must never stop the business.

use std::sync::Arc;

use marketgate_domain::id::MessageId;
use marketgate_store::messages::{self, MessageSummary};
use marketgate_store::{Store, StoreError};
use tokio::sync::mpsc;

const QUEUE: usize = 4096;
const BATCH: usize = 64;

/// One entry.
#[derive(Debug)]
pub struct Entry {
    /// What is known about the document.
    pub summary: MessageSummary,
    /// Its bytes, secrets masked; none if they are stored already.
    pub document: Option<Vec<u8>>,
}

/// Where entries are handed in.
#[derive(Debug, Clone)]
pub struct MessageLog {
    queue: mpsc::Sender<Entry>,
}

/// Writes what was handed in.
#[derive(Debug)]
pub struct MessageLogWriter {
    queue: mpsc::Receiver<Entry>,
    store: Arc<Store>,
}

/// The log and its writer, which somebody must run.
pub fn message_log(store: Arc<Store>) -> (MessageLog, MessageLogWriter) {
    let (sender, receiver) = mpsc::channel(QUEUE);
    (MessageLog { queue: sender }, MessageLogWriter { queue: receiver, store })
}

impl MessageLog {
    /// Hands an entry in.
    pub fn note(&self, entry: Entry) {
        if let Err(error) = self.queue.try_send(entry) {
            tracing::warn!(%error, "the message log is behind, an entry was dropped");
        }
    }
}

impl MessageLogWriter {
    /// Writes until nobody can hand in anything any more and everything is written.
    pub async fn run(mut self) {
        let mut batch = Vec::with_capacity(BATCH);
        while self.queue.recv_many(&mut batch, BATCH).await > 0 {
            if let Err(error) = self.write(&mut batch).await {
                tracing::error!(%error, "entries of the message log were lost");
            }
            batch.clear();
        }
    }

    async fn write(&self, batch: &mut Vec<Entry>) -> Result<(), StoreError> {
        let mut summaries = Vec::with_capacity(batch.len());
        for entry in batch.drain(..) {
            // The document first: a summary never points at nothing.
            if let Some(document) = entry.document {
                self.store.messages().append_async(entry.summary.id, &document).await?;
            }
            summaries.push(entry.summary);
        }
        self.store
            .transact_async(move |tx| summaries.iter().try_for_each(|summary| messages::put(tx, summary)))
            .await?;
        Ok(())
    }
}

/// The month file that holds a document.
pub fn month_of(id: MessageId) -> marketgate_store::Month {
    marketgate_store::Month::of(id)
}
