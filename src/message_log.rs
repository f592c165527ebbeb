//! Writes documents and their summaries to the message log without anybody waiting for it (N5).
//!
//! What an order's commit points at is written by the order's own road, before it. This is for the rest: our answers, and
//! documents that came to nothing. Entries are written in batches; whoever finds the queue full waits a little, and after
//! that an entry is dropped with a warning: the log must never stop the business.

use std::sync::Arc;
use std::time::Duration;

use marketgate_domain::id::MessageId;
use marketgate_store::messages::{self, MessageSummary};
use marketgate_store::{Store, StoreError};
use tokio::sync::mpsc;

const QUEUE: usize = 4096;
const BATCH: usize = 256;

/// An answer waits for the log this long at most.
const LONGEST_WAIT: Duration = Duration::from_secs(2);

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
    pub async fn note(&self, entry: Entry) {
        if self.queue.send_timeout(entry, LONGEST_WAIT).await.is_err() {
            tracing::warn!("the message log is behind, an entry was dropped");
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
        let mut documents = Vec::with_capacity(batch.len());
        for entry in batch.drain(..) {
            documents.extend(entry.document.map(|document| (entry.summary.id, document)));
            summaries.push(entry.summary);
        }
        // The documents first: a summary never points at nothing. Compressing them is work for another thread.
        let store = self.store.clone();
        tokio::task::spawn_blocking(move || store.messages().append_many(&documents))
            .await
            .map_err(|error| StoreError::Panicked { detail: error.to_string() })??;
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
