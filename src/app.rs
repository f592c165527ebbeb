//! The composition root: builds everything, starts it in order, stops it in order.
//!
//! Start: database, key, what an earlier process left half sent, workers, server. Stop: server (open requests end),
//! workers (what is being sent ends), message log (everything is written), database.

use std::net::{SocketAddr, TcpListener};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::rt;
use anyhow::{Context as _, anyhow};
use marketgate_cxml::dtd::DtdSet;
use marketgate_domain::connection::SealedSecret;
use marketgate_store::jobs::clock_offset_ms;
use marketgate_store::{Store, StoreError, StoreKind, StoreOptions, meta};
use secrecy::ExposeSecret;
use tokio::sync::{Notify, watch};
use tokio::task::JoinHandle;

use crate::clock::SharedClock;
use crate::config::Config;
use crate::config::tls::TlsMode;
use crate::context::{Context, Installation};
use crate::delivery::Worker;
use crate::flow::call_once::CallsUnderWay;
use crate::flow::import_catalog::{is_left, recover};
use crate::jobs::cron_schedule::CronSchedule;
use crate::jobs::scheduler;
use crate::jobs::table::{Job, JobLocks};
use crate::keyring::Keyring;
use crate::message_log::{MessageLogWriter, message_log};
use crate::random::{Entropy, Random};
use crate::throttle::Throttle;
use crate::tls::{self, ServerTls};
use crate::web::server;

/// Workers get this long to end what they are doing.
const LONGEST_STOP: Duration = Duration::from_secs(90);

/// What an installation is started with.
pub struct AppOptions {
    /// Settings.
    pub config: Config,
    /// Demo or real: a store of the other kind is refused.
    pub kind: StoreKind,
    /// Both clocks.
    pub clock: SharedClock,
    /// Randomness.
    pub entropy: Arc<dyn Entropy>,
    /// What the pages say about it.
    pub installation: Installation,
    /// The socket, bound already.
    pub listener: TcpListener,
}

/// What use cases are built from.
#[derive(Clone, Copy)]
pub struct Parts<'p> {
    /// Settings.
    pub config: &'p Config,
    /// Demo or real.
    pub kind: StoreKind,
    /// Both clocks.
    pub clock: &'p SharedClock,
    /// Randomness.
    pub entropy: &'p Arc<dyn Entropy>,
    /// What the pages say about it.
    pub installation: &'p Installation,
}

impl<'p> From<&'p AppOptions> for Parts<'p> {
    fn from(options: &'p AppOptions) -> Self {
        let AppOptions { config, kind, clock, entropy, installation, .. } = options;
        Self { config, kind: *kind, clock, entropy, installation }
    }
}

/// A running installation.
#[derive(Debug)]
pub struct App {
    /// What every use case needs.
    pub context: Context,
    /// Sends what is in the outbox; tests may drive it themselves.
    pub worker: Worker,
    address: SocketAddr,
    server: ServerHandle,
    stop: watch::Sender<bool>,
    tasks: Vec<(&'static str, JoinHandle<()>)>,
    log_writer: JoinHandle<()>,
}

/// Binds the address that is listened on.
///
/// # Errors
/// In words, with the remedy where the address is taken.
pub fn bind(address: SocketAddr) -> anyhow::Result<TcpListener> {
    let listener = TcpListener::bind(address).map_err(|error| match error.kind() {
        std::io::ErrorKind::AddrInUse => anyhow!(
            "cannot listen on {address}: another program uses this port. Stop it, or choose another address with --listen."
        ),
        std::io::ErrorKind::PermissionDenied => anyhow!(
            "cannot listen on {address}: ports below 1024 need a privilege. Choose a higher port with --listen, or grant CAP_NET_BIND_SERVICE."
        ),
        _ => anyhow!("cannot listen on {address}: {error}"),
    })?;
    listener.set_nonblocking(true)?;
    Ok(listener)
}

/// Opens everything that use cases need, without starting anything: also for commands that work offline.
///
/// # Errors
/// What cannot be opened, with the remedy.
pub fn open(options: &AppOptions) -> anyhow::Result<(Context, MessageLogWriter)> {
    open_for(options.into(), options.listener.local_addr()?)
}

/// [`open`], for an address that nobody listens on yet.
///
/// # Errors
/// As [`open`].
pub fn open_for(options: Parts<'_>, address: SocketAddr) -> anyhow::Result<(Context, MessageLogWriter)> {
    let store = open_store(&options)?;
    open_on(store, options, address)
}

fn open_store(options: &Parts<'_>) -> anyhow::Result<Store> {
    let config = options.config;
    let dir = &config.store.dir;
    let store_options =
        StoreOptions { cache_bytes: config.store.cache_mib.saturating_mul(1 << 20), ..StoreOptions::new(options.kind) };
    Store::open(dir, &store_options).with_context(|| format!("database in {}", dir.display()))
}

fn open_on(store: Store, options: Parts<'_>, address: SocketAddr) -> anyhow::Result<(Context, MessageLogWriter)> {
    let (store, config) = (Arc::new(store), options.config);
    let dir = &config.store.dir;
    let random = Random::new(options.entropy.clone(), options.clock.clone());
    let keyring = Arc::new(Keyring::from_file(&config.keyring.key_file(dir), random.clone())?);
    check_key(&store, &keyring)?;
    if let Some(clock) = options.clock.movable() {
        clock.restore(store.read(clock_offset_ms)?);
    }
    let scheme = if config.tls.mode == TlsMode::Off { "http" } else { "https" };
    let (log, log_writer) = message_log(store.clone());
    let context = Context {
        store,
        clock: options.clock.clone(),
        random,
        keyring,
        quote_rules: Arc::new(config.quotes.rules()),
        public_url: config.server.public_url_for(scheme, address).into(),
        installation: Arc::new(options.installation.clone()),
        message_log: log,
        dtds: config.cxml.dtd_dir().map(DtdSet::load).transpose()?.map(Arc::new),
        logins: Arc::new(Throttle::new(config.cxml.failed_logins_per_minute)),
        outbox_bell: Arc::new(Notify::new()),
        billing_bell: Arc::new(Notify::new()),
        is_ready: Arc::default(),
        job_locks: Arc::new(JobLocks::default()),
        imports: Arc::default(),
        calls: Arc::new(CallsUnderWay::default()),
        catalogue: Arc::default(),
        config: Arc::new(config.clone()),
    };
    Ok((context, log_writer))
}

/// The name of the canary, to which it is bound.
const CANARY: &str = "canary";

/// What the canary says.
const CANARY_TEXT: &str = "the key fits";

/// A text that only the right key opens: a wrong key file is found at the start, not at the first order.
fn check_key(store: &Store, keyring: &Keyring) -> anyhow::Result<()> {
    if !key_fits(store, keyring)? {
        let sealed = keyring.seal(CANARY, CANARY_TEXT)?;
        store.transact(move |tx| meta::set_canary(tx, sealed.0.as_bytes()))?;
    }
    Ok(())
}

/// Whether the key has been used with this database; false where no key has been used with it so far.
///
/// # Errors
/// When the database belongs to another key, or cannot be read.
pub fn key_fits(store: &Store, keyring: &Keyring) -> anyhow::Result<bool> {
    let Some(sealed) = store.read(meta::canary)? else { return Ok(false) };
    let sealed = SealedSecret(String::from_utf8(sealed).context("the canary is damaged")?);
    let opened = keyring.open(CANARY, &sealed)?;
    anyhow::ensure!(opened.expose_secret() == CANARY_TEXT, "the key file does not fit this database");
    Ok(true)
}

impl App {
    /// Starts everything.
    ///
    /// # Errors
    /// What cannot be started, with the remedy.
    pub async fn start(options: AppOptions) -> anyhow::Result<Self> {
        let store = open_store(&Parts::from(&options))?;
        Self::start_on(store, options).await
    }

    /// [`Self::start`] on a store that is open already: for tests that let its disk fail.
    ///
    /// # Errors
    /// What cannot be started, with the remedy.
    pub async fn start_on(store: Store, options: AppOptions) -> anyhow::Result<Self> {
        tls::install_provider();
        outlive_file_size_limit()?;
        let address = options.listener.local_addr()?;
        let (context, log_writer) = open_on(store, Parts::from(&options), address)?;
        let worker = Worker::new(context.clone()).map_err(|problem| anyhow!(problem))?;
        worker.recover().await?;
        let (stop, stopping) = watch::channel(false);
        let mut tasks = vec![("outbox", tokio::spawn(worker.clone().run(stopping.clone())))];
        let slot = context.imports.enter()?;
        if is_left(&context).await? {
            tasks.push(("import", tokio::spawn(recover(context.clone(), slot))));
        }
        for job in Job::ALL {
            let schedule =
                CronSchedule::parse(job.schedule(&context.config.jobs)).map_err(|problem| anyhow!(problem))?;
            let running = scheduler::run(context.clone(), job, schedule, stopping.clone());
            tasks.push((job.name(), tokio::spawn(running)));
        }
        let server_tls = server_tls(&context, &context.config.store.dir)?;
        let tls_config = server_tls.map(|ServerTls { config, reloader }| {
            tasks.push(("certificates", tokio::spawn(reloader.run(stopping))));
            config
        });
        let server = server::serve(&context, options.listener, tls_config)?;
        let handle = server.handle();
        rt::spawn(server);
        Ok(Self { context, worker, address, server: handle, stop, tasks, log_writer: tokio::spawn(log_writer.run()) })
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Stops everything in order.
    ///
    /// # Errors
    /// When the database cannot be closed.
    pub async fn stop(self) -> Result<(), StoreError> {
        self.context.imports.stop();
        self.server.stop(true).await;
        // Nobody listens when all tasks have ended by themselves.
        let _ = self.stop.send(true);
        self.context.outbox_bell.notify_waiters();
        for (name, task) in self.tasks {
            if tokio::time::timeout(LONGEST_STOP, task).await.is_err() {
                tracing::error!(name, "did not stop in time; what it was doing is settled at the next start");
            }
        }
        let store = self.context.store.clone();
        // The log ends when nobody can hand in anything any more.
        drop((self.context, self.worker));
        if tokio::time::timeout(LONGEST_STOP, self.log_writer).await.is_err() {
            tracing::error!("the message log was not written to its end");
        }
        tokio::task::spawn_blocking(move || store.close())
            .await
            .unwrap_or_else(|error| Err(StoreError::Panicked { detail: error.to_string() }))
    }
}

/// A file that reaches the size its owner allows (`ulimit -f`, `LimitFSIZE=`) is a full disk: the write fails and the sender is
/// told to come again. The signal that comes with it would end the process if nobody took it.
fn outlive_file_size_limit() -> anyhow::Result<()> {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        /// The same number on every Unix but Linux on MIPS.
        const SIGXFSZ: i32 = 25;
        // Taken for the life of the process, even when what listens is dropped.
        drop(signal(SignalKind::from_raw(SIGXFSZ)).context("the signal for files that are too large")?);
    }
    Ok(())
}

fn server_tls(context: &Context, dir: &Path) -> anyhow::Result<Option<ServerTls>> {
    tls::server_tls(&context.config.tls, dir, &context.host()).map_err(|problem| anyhow!(problem))
}
