//! What every use case needs: store, clocks, randomness, keys, settings, and the bells that wake the workers.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use marketgate_cxml::dtd::DtdSet;
use marketgate_domain::quote::QuoteRules;
use marketgate_store::{Snapshot, Store, StoreError};
use tokio::sync::Notify;

use crate::clock::SharedClock;
use crate::config::Config;
use crate::flow::call_once::CallsUnderWay;
use crate::flow::import_catalog::Imports;
use crate::jobs::table::JobLocks;
use crate::keyring::Keyring;
use crate::message_log::MessageLog;
use crate::query::shelf::CatalogueKeeper;
use crate::random::Random;
use crate::throttle::Throttle;

/// What every use case needs. Cheap to clone: one per process, handed to every part.
#[derive(Clone)]
pub struct Context {
    /// The database.
    pub store: Arc<Store>,
    /// Both clocks.
    pub clock: SharedClock,
    /// Identifiers and tokens.
    pub random: Random,
    /// Opens the secrets of connections.
    pub keyring: Arc<Keyring>,
    /// The settings.
    pub config: Arc<Config>,
    /// The catalogue in memory, for those who look at all of it.
    pub catalogue: Arc<CatalogueKeeper>,
    /// What prices depend on.
    pub quote_rules: Arc<QuoteRules>,
    /// The address under which we are reached, without a slash at the end.
    pub public_url: Arc<str>,
    /// What the pages say about this installation.
    pub installation: Arc<Installation>,
    /// Writes the documents that we answer to the message log.
    pub message_log: MessageLog,
    /// The cXML DTDs, where they are configured.
    pub dtds: Option<Arc<DtdSet>>,
    /// Counts wrong credentials.
    pub logins: Arc<Throttle>,
    /// Rung when something was put into the outbox.
    pub outbox_bell: Arc<Notify>,
    /// Rung when charges may have fallen due.
    pub billing_bell: Arc<Notify>,
    /// Set once everything is in place, a demo's sample data included.
    pub is_ready: Arc<AtomicBool>,
    /// Keeps jobs from overlapping themselves.
    pub job_locks: Arc<JobLocks>,
    /// The import of the catalogue that is under way.
    pub imports: Arc<Imports>,
    /// Calls of the API with an idempotency key that are being carried out.
    pub calls: Arc<CallsUnderWay>,
}

impl std::fmt::Debug for Context {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Context").field("public_url", &self.public_url).finish_non_exhaustive()
    }
}

/// What the pages say about this installation.
#[derive(Debug, Clone, Default)]
pub struct Installation {
    /// The demo's pages say on every page that it is one; also names the simulator's address.
    pub demo: Option<DemoNotice>,
}

/// What the demo tells its visitors. Nothing of it is secret: it exists in the demo alone (R1).
#[derive(Debug, Clone)]
pub struct DemoNotice {
    /// Address of the procurement system simulator.
    pub simulator_url: String,
    /// Sign-in name of the demo's operator.
    pub operator_email: String,
    /// Password of the demo's operator.
    pub operator_password: String,
    /// The fixed identities of each connection.
    pub identities: Vec<DemoIdentity>,
}

/// The fixed identities of a demo connection.
#[derive(Debug, Clone)]
pub struct DemoIdentity {
    /// Name of the connection.
    pub connection: String,
    /// `From`: domain and identity.
    pub from: String,
    /// `To`: domain and identity.
    pub to: String,
    /// `Sender`: domain and identity.
    pub sender: String,
    /// Shared secret.
    pub secret: String,
}

impl Context {
    /// From now on `/readyz` says that this process can do its work.
    pub fn say_ready(&self) {
        self.is_ready.store(true, Ordering::Release);
    }

    /// Reads from the database on the pool for blocking work: never on a thread that serves requests.
    ///
    /// # Errors
    /// What the closure says, or the store.
    pub async fn read<T, E, F>(&self, look: F) -> Result<T, E>
    where
        F: FnMut(&Snapshot) -> Result<T, E> + Send + 'static,
        T: Send + 'static,
        E: From<StoreError> + Send + 'static,
    {
        let store = self.store.clone();
        let read = tokio::task::spawn_blocking(move || store.read(look)).await;
        read.unwrap_or_else(|error| Err(StoreError::Panicked { detail: error.to_string() }.into()))
    }

    /// The address of one of our pages.
    pub fn url(&self, path: &str) -> String {
        format!("{}{path}", self.public_url)
    }

    /// The host of our address, for payloadIDs and Message-IDs.
    pub fn host(&self) -> String {
        url::Url::parse(&self.public_url)
            .ok()
            .and_then(|url| url.host_str().map(str::to_owned))
            .unwrap_or_else(|| "marketgate.invalid".to_owned())
    }

    /// A payloadID as the guide suggests: time, randomness, host; unique in space and time.
    pub fn payload_id(&self) -> String {
        format!("{}.{}@{}", self.clock.business().as_millisecond(), self.random.uuid().simple(), self.host())
    }
}
