//! What all parts of a running simulator share: configuration, memory, the HTTP client, and the wake-up that waiting
//! callers listen to. The lock is never held across an await.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use jiff::Timestamp;
use tokio::sync::watch;
use url::Url;

use crate::config::{BuyerConfig, SimulatorConfig};
use crate::ledger::Ledger;
use crate::mail::Mailbox;
use crate::{Mail, SimulatorError};

/// The shared heart of a simulator.
pub(crate) struct Core {
    pub(crate) config: SimulatorConfig,
    pub(crate) base_url: Url,
    pub(crate) client: reqwest::Client,
    ledger: Mutex<Ledger>,
    mailbox: Mutex<Mailbox>,
    changes: watch::Sender<u64>,
    documents: AtomicU64,
    first_po_number: u64,
}

impl Core {
    pub(crate) fn new(config: SimulatorConfig, base_url: Url, client: reqwest::Client) -> Self {
        let drawn = u64::try_from((config.random)() % 90_000).unwrap_or_default();
        Self {
            ledger: Mutex::new(Ledger::new(config.max_documents)),
            mailbox: Mutex::new(Mailbox::new(config.max_documents)),
            changes: watch::Sender::new(0),
            documents: AtomicU64::new(0),
            first_po_number: 4_500_000_000 + drawn * 1_000,
            config,
            base_url,
            client,
        }
    }

    /// Access to the memory; whoever changed it calls `changed` afterwards.
    pub(crate) fn ledger(&self) -> MutexGuard<'_, Ledger> {
        self.ledger.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn mailbox(&self) -> MutexGuard<'_, Mailbox> {
        self.mailbox.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub(crate) fn receive_mail(&self, from: String, to: Vec<String>, raw: &[u8]) {
        self.mailbox().receive(from, to, raw);
        self.changed();
    }

    pub(crate) fn mails(&self) -> Vec<Mail> {
        self.mailbox().mails()
    }

    /// Wakes everybody who waits for something.
    pub(crate) fn changed(&self) {
        self.changes.send_modify(|count| *count = count.wrapping_add(1));
    }

    pub(crate) fn buyer(&self, key: &str) -> Result<&BuyerConfig, SimulatorError> {
        self.config
            .buyers
            .iter()
            .find(|buyer| buyer.key == key)
            .ok_or_else(|| SimulatorError::UnknownBuyer(key.to_owned()))
    }

    pub(crate) fn now(&self) -> Timestamp {
        (self.config.clock)()
    }

    /// A time the way documents carry it: numeric offset, no fraction.
    pub(crate) fn document_time(&self) -> String {
        self.now().strftime("%Y-%m-%dT%H:%M:%S+00:00").to_string()
    }

    /// Coupa's shape of a payload id: seconds, a fraction, the host. The counter keeps it unique when the clock stands.
    pub(crate) fn payload_id(&self) -> String {
        let count = self.documents.fetch_add(1, Ordering::Relaxed) + 1;
        let noise = (self.config.random)() % 1_000_000;
        let host = self.base_url.host_str().unwrap_or("localhost");
        format!("{}.{noise:06}{count:04}@{host}", self.now().as_second())
    }

    /// Ten digits: a base drawn at the start, so that two rehearsals against one marketplace do not collide, and a count.
    pub(crate) fn next_po_number(&self, ledger: &mut Ledger) -> String {
        (self.first_po_number + ledger.next_id()).to_string()
    }

    pub(crate) fn page_url(&self, path: &str) -> Url {
        let mut url = self.base_url.clone();
        url.set_path(path);
        url
    }

    /// Waits until nothing has changed for `pause`, at most `limit`.
    pub(crate) async fn wait_for_quiet(&self, pause: Duration, limit: Duration) {
        let mut changes = self.changes.subscribe();
        let quiet = async { while matches!(tokio::time::timeout(pause, changes.changed()).await, Ok(Ok(()))) {} };
        // What is not quiet by then goes on.
        let _ = tokio::time::timeout(limit, quiet).await;
    }

    /// Waits until `look` finds something; looks again after every change, so nothing that comes in between is missed.
    pub(crate) async fn wait_for<T>(
        &self,
        what: &str,
        timeout: Duration,
        look: impl Fn() -> Option<T>,
    ) -> Result<T, SimulatorError> {
        let mut changes = self.changes.subscribe();
        let found = tokio::time::timeout(timeout, async {
            loop {
                if let Some(found) = look() {
                    return Some(found);
                }
                changes.changed().await.ok()?;
            }
        });
        match found.await {
            Ok(Some(found)) => Ok(found),
            Ok(None) | Err(_) => Err(SimulatorError::TimedOut { what: what.to_owned(), after_ms: timeout.as_millis() }),
        }
    }
}
