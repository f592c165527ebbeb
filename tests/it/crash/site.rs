//! A real installation on a directory of its own, with its buyers beside it: the buyers live in the test and survive, the
//! program is a process that can be killed.

use std::fs::{File, OpenOptions};
use std::net::{SocketAddr, TcpListener};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::rc::Rc;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use actix_web::rt::time::sleep;
use jiff::Timestamp;
use marketgate::app::{App, AppOptions, bind};
use marketgate::clock::{Clock, SystemClock};
use marketgate::config::Config;
use marketgate::context::Installation;
use marketgate::demo::played_buyer;
use marketgate::demo::seed::{self, ACME_COUPA, FixedConnection, INITECH_GENERIC};
use marketgate::random::{Random, SystemEntropy};
use marketgate::tls;
use marketgate_domain::connection::PoReference;
use marketgate_simulator::browser::Browser;
use marketgate_simulator::{BuyerConfig, Dialect, Simulator, SimulatorConfig};
use marketgate_store::{StoreError, StoreKind, connections};
use tempfile::TempDir;
use url::Url;

/// Key of Acme's Coupa at the simulator.
pub const ACME: &str = "acme";

/// Key of Initech's system at the simulator.
pub const INITECH: &str = "initech";

/// A start, or an end, takes less than this on the slowest machine.
const PATIENCE: Duration = Duration::from_mins(1);

/// The installation and its buyers.
pub struct Site {
    /// The buyers' procurement systems, and the mailbox.
    pub simulator: Rc<Simulator>,
    address: SocketAddr,
    dir: TempDir,
}

impl Site {
    /// Seeds a directory with sellers, offers and connections.
    pub async fn prepare() -> Self {
        tls::install_provider();
        let address = free_address();
        let endpoint = Url::parse(&format!("http://{address}/cxml")).unwrap();
        let simulator = Simulator::start(simulator_config(endpoint)).await.unwrap();
        let site = Self { simulator: Rc::new(simulator), address, dir: tempfile::tempdir().unwrap() };
        std::fs::write(site.config_file(), site.config()).unwrap();
        let options = AppOptions {
            config: Config::load(Some(&site.config_file()), []).unwrap(),
            kind: StoreKind::Real,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy::default()),
            installation: Installation::default(),
            listener: bind("127.0.0.1:0".parse().unwrap()).unwrap(),
        };
        let app = App::start(options).await.unwrap();
        seed::ensure(&app.context, &seed::Addresses::of(&site.simulator)).await.unwrap();
        // The simulator plays Initech as a second Coupa.
        let (organization, id) = (INITECH_GENERIC.organization_id(), INITECH_GENERIC.connection_id());
        let adapted = app.context.store.transact(move |tx| -> Result<(), StoreError> {
            let mut connection = connections::require(tx, organization, id)?;
            connection.invoicing.po_reference = PoReference::NumberAsPayloadId;
            connections::put(tx, &connection)
        });
        adapted.unwrap();
        app.stop().await.unwrap();
        site
    }

    /// The directory of the database.
    pub fn data_dir(&self) -> PathBuf {
        self.dir.path().join("data")
    }

    /// One of the program's addresses.
    pub fn url(&self, path: &str) -> Url {
        Url::parse(&format!("http://{}{path}", self.address)).unwrap()
    }

    /// Starts the program; it is not [`Program::ready`] yet.
    pub fn start(&self) -> Program {
        let log_file = self.dir.path().join("log");
        let log: File = OpenOptions::new().create(true).append(true).open(&log_file).unwrap();
        let mut command = Command::new(env!("CARGO_BIN_EXE_marketgate"));
        command.args(["serve", "--config"]).arg(self.config_file());
        command.stdin(Stdio::null()).stdout(log.try_clone().unwrap()).stderr(log);
        Program { child: Some(command.spawn().unwrap()), health: self.url("/healthz"), log_file }
    }

    /// The configuration.
    pub fn config_file(&self) -> PathBuf {
        self.dir.path().join("marketgate.toml")
    }

    fn config(&self) -> String {
        format!(
            r#"
[server]
listen = "{}"
workers = 2
shutdown_seconds = 5
[store]
dir = '{}'
[delivery]
retry_seconds = {:?}
timeout_seconds = 5
allow_private_addresses = true
[mail]
transport = "smtp"
smtp_url = "smtp://{}"
[jobs]
bill_due_charges = "* * * * *"
[log]
filter = "warn"
"#,
            self.address,
            self.data_dir().display(),
            [1; 100],
            self.simulator.smtp_addr()
        )
    }
}

/// The program as a process. Killed when dropped.
pub struct Program {
    child: Option<Child>,
    health: Url,
    log_file: PathBuf,
}

impl Program {
    /// Waits until it answers.
    pub async fn ready(&mut self) {
        let (browser, began) = (Browser::new().unwrap(), Instant::now());
        while !browser.open(&self.health).await.is_ok_and(|page| page.status == 200) {
            self.assert_runs();
            assert!(began.elapsed() < PATIENCE, "not ready\n{}", tail(&self.log_file));
            sleep(Duration::from_millis(20)).await;
        }
    }

    /// Its process id.
    pub fn id(&self) -> u32 {
        self.child.as_ref().unwrap().id()
    }

    /// It has not ended by itself.
    pub fn assert_runs(&mut self) {
        let ended = self.child.as_mut().unwrap().try_wait().unwrap();
        assert_eq!(ended, None, "the program ended by itself\n{}", tail(&self.log_file));
    }

    /// SIGKILL: no instruction of the program runs after this.
    pub fn kill(mut self) {
        self.assert_runs();
        self.end();
    }

    /// SIGTERM: it ends in an orderly way.
    pub fn stop(mut self) {
        let asked = Command::new("kill").args(["-TERM", &self.id().to_string()]).status().unwrap();
        assert!(asked.success());
        let began = Instant::now();
        let child = self.child.as_mut().unwrap();
        let ended = loop {
            if let Some(status) = child.try_wait().unwrap() {
                break status;
            }
            assert!(began.elapsed() < PATIENCE, "it does not end\n{}", tail(&self.log_file));
            std::thread::sleep(Duration::from_millis(20));
        };
        assert!(ended.success(), "{ended}\n{}", tail(&self.log_file));
        self.child = None;
    }

    fn end(&mut self) {
        if let Some(mut child) = self.child.take() {
            child.kill().unwrap();
            child.wait().unwrap();
        }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        self.end();
    }
}

/// Below the ports that outgoing connections take: nobody may grab it while the program is down.
fn free_address() -> SocketAddr {
    /// Every test of this process takes others.
    static TAKEN: AtomicU32 = AtomicU32::new(0);
    let first = 20_000 + std::process::id() % 10_000;
    loop {
        let port = first + TAKEN.fetch_add(1, Ordering::Relaxed);
        let address = SocketAddr::from(([127, 0, 0, 1], u16::try_from(port).unwrap()));
        if TcpListener::bind(address).is_ok() {
            return address;
        }
    }
}

fn tail(log_file: &Path) -> String {
    let log = std::fs::read_to_string(log_file).unwrap_or_default();
    let lines: Vec<&str> = log.lines().collect();
    lines[lines.len().saturating_sub(30)..].join("\n")
}

fn simulator_config(supplier_endpoint: Url) -> SimulatorConfig {
    let random = Random::new(Arc::new(SystemEntropy::default()), Arc::new(SystemClock));
    // Its time stands still, so that an order sent again has the same order date.
    let opened_at: Timestamp = SystemClock.business();
    SimulatorConfig {
        listen: "127.0.0.1:0".parse().unwrap(),
        supplier_endpoint,
        buyers: vec![
            buyer(ACME, &ACME_COUPA, "robin.buyer@acme.example"),
            buyer(INITECH, &INITECH_GENERIC, "kim@initech.example"),
        ],
        clock: Arc::new(move || opened_at),
        random: Arc::new(move || u128::from_be_bytes(random.bytes())),
        max_documents: 1_000_000,
        marketplace: None,
        notes: Vec::new(),
    }
}

fn buyer(key: &str, fixed: &FixedConnection, email: &str) -> BuyerConfig {
    played_buyer(key, fixed, Dialect::Coupa, ("Robin", "Buyer"), email)
}
