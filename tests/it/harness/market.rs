//! A running marketplace of kind *demo* with the demo's sample data, and the buyers' procurement system beside it.
//!
//! Built from the public pieces that the demo itself is built from; only clock and randomness differ.

use std::collections::BTreeMap;
use std::net::TcpListener;
use std::path::Path;
use std::sync::{Arc, Mutex};

use marketgate::app::{App, AppOptions, bind};
use marketgate::clock::Clock;
use marketgate::config::Config;
use marketgate::context::{Context, Installation};
use marketgate::demo::played_buyer;
use marketgate::demo::seed::{self, ACME_COUPA, FixedConnection, GLOBEX_SAP, INITECH_GENERIC};
use marketgate::flow::Error;
use marketgate::random::{Random, SystemEntropy};
use marketgate::tls;
use marketgate_domain::connection::{Connection, PoReference};
use marketgate_domain::event::OutboxState;
use marketgate_domain::offer::Offer;
use marketgate_simulator::{BuyerConfig, Dialect, Simulator, SimulatorConfig};
use marketgate_store::faulty::{Dice, FaultyDisk};
use marketgate_store::{Snapshot, Store, StoreKind, StoreOptions, catalog, connections};
use reqwest::Method;
use serde_json::Value;
use tempfile::TempDir;
use url::Url;

use super::clock::{ManualClock, SeededEntropy};
use super::documents::{self, Document};
use super::{ledger, outbox};

/// Key of Acme's Coupa at the simulator.
pub const ACME: &str = "acme";

/// Key of Initech's system at the simulator.
pub const INITECH: &str = "initech";

/// Key of Globex's SAP at the simulator.
pub const GLOBEX: &str = "globex";

/// What may differ from the plain marketplace.
#[derive(Debug, Default)]
pub struct MarketOptions {
    /// `host:port` of another mail server than the simulator's mailbox.
    pub smtp: Option<String>,
    /// Further settings.
    pub settings: Vec<(&'static str, String)>,
    /// A disk that may lose power, in place of a directory.
    pub disk: Option<FaultyDisk>,
}

/// A marketplace with its surroundings.
pub struct Market {
    /// The buyers' procurement system, and the mailbox.
    pub simulator: Simulator,
    /// Both clocks.
    pub clock: Arc<ManualClock>,
    pub(super) posted: Mutex<Vec<Document>>,
    app: Option<App>,
    /// Kept open over restarts: nobody else may take the port meanwhile.
    listener: TcpListener,
    entropy: Arc<SeededEntropy>,
    options: MarketOptions,
    dir: TempDir,
    expected_left: BTreeMap<&'static str, usize>,
}

impl Market {
    /// Starts a plain marketplace.
    pub async fn start() -> Self {
        Self::start_with(MarketOptions::default()).await
    }

    /// Starts a marketplace.
    pub async fn start_with(options: MarketOptions) -> Self {
        tls::install_provider();
        let clock = Arc::new(ManualClock::default());
        let listener = bind("127.0.0.1:0".parse().unwrap()).unwrap();
        let endpoint = Url::parse(&format!("http://{}/cxml", listener.local_addr().unwrap())).unwrap();
        let simulator = Simulator::start(simulator_config(endpoint, &clock)).await.unwrap();
        let dir = data_dir();
        let (posted, expected_left) = (Mutex::new(Vec::new()), BTreeMap::new());
        let entropy = Arc::new(SeededEntropy::default());
        let mut market = Self { simulator, clock, posted, app: None, listener, entropy, options, dir, expected_left };
        market.open().await;
        seed::ensure(market.context(), &seed::Addresses::of(&market.simulator)).await.unwrap();
        // Initech's system is played by the one that has Coupa's habits.
        market.change_connection(&INITECH_GENERIC, |connection| {
            connection.invoicing.po_reference = PoReference::NumberAsPayloadId;
        });
        market
    }

    async fn open(&mut self) {
        let options = AppOptions {
            config: config(self.dir.path(), &self.simulator, &self.options),
            kind: StoreKind::Demo,
            clock: self.clock.clone(),
            entropy: self.entropy.clone(),
            installation: Installation::default(),
            listener: self.listener.try_clone().unwrap(),
        };
        self.app = Some(App::start_on(self.open_store(), options).await.unwrap());
    }

    fn open_store(&self) -> Store {
        let options = StoreOptions::new(StoreKind::Demo);
        match &self.options.disk {
            Some(disk) => Store::open_on(Arc::new(disk.clone()), &options),
            None => Store::open(self.dir.path(), &options),
        }
        .unwrap()
    }

    /// Stops the marketplace and starts it again on what it has stored, under the same address.
    pub async fn restart(&mut self) {
        self.app.take().unwrap().stop().await.unwrap();
        self.open().await;
    }

    /// Starts again on what a power cut left: of what was not yet safe on the disk, some is there and some is not.
    pub async fn start_after_power_cut(&mut self, dice: &mut Dice) {
        let app = self.app.take().unwrap();
        // Nothing that it still tries reaches the disk.
        drop(app.stop().await);
        self.options.disk.as_ref().expect("a disk that loses power").restart(dice);
        self.open().await;
    }

    /// What use cases need.
    pub fn context(&self) -> &Context {
        &self.app.as_ref().unwrap().context
    }

    /// One of the marketplace's addresses.
    pub fn url(&self, path: &str) -> Url {
        Url::parse(&self.context().url(path)).unwrap()
    }

    /// Calls the API as the operator; status and answer.
    pub async fn call(&self, method: Method, path: &str, body: Option<&Value>) -> (u16, Value) {
        let url = self.url(&format!("/api/v1{path}"));
        let mut request = reqwest::Client::builder()
            .no_proxy()
            .build()
            .unwrap()
            .request(method, url)
            .bearer_auth(seed::OPERATOR_TOKEN);
        if let Some(body) = body {
            request = request.header("content-type", "application/json").body(body.to_string());
        }
        let answer = request.send().await.unwrap();
        let status = answer.status().as_u16();
        (status, serde_json::from_str(&answer.text().await.unwrap()).unwrap())
    }

    /// Reads from the database.
    pub fn read<T>(&self, look: impl FnMut(&Snapshot) -> Result<T, Error>) -> T {
        self.context().store.read(look).unwrap()
    }

    /// Everything that counts, as text, for comparison.
    pub fn ledger(&self) -> String {
        ledger::text(self)
    }

    /// Changes a connection.
    pub fn change_connection(&self, fixed: &FixedConnection, change: impl Fn(&mut Connection) + Send + 'static) {
        let (organization, id) = (fixed.organization_id(), fixed.connection_id());
        let changed = self.context().store.transact(move |tx| -> Result<(), Error> {
            let mut connection = connections::require(tx, organization, id)?;
            change(&mut connection);
            Ok(connections::put(tx, &connection)?)
        });
        changed.unwrap();
    }

    /// The offer of that name.
    pub fn offer(&self, name: &str) -> Offer {
        let offers = self.read(|snapshot| Ok(catalog::offers(snapshot, 1000)?));
        offers.into_iter().find(|offer| offer.name == name).unwrap()
    }

    /// The seller changes an offer, whatever rules would say: with a new revision or without one.
    pub fn change_offer(&self, name: &str, change: impl Fn(&mut Offer)) {
        let mut offer = self.offer(name);
        change(&mut offer);
        let put = self.context().store.transact(move |tx| -> Result<(), Error> { Ok(catalog::put_offer(tx, &offer)?) });
        put.unwrap();
    }

    /// Lets everything happen that is due: charges become invoices, the outbox is worked off.
    pub async fn settle(&self) {
        outbox::settle(self.context()).await;
    }

    /// So many messages in that state are all right at the end.
    pub fn expect_left(&mut self, state: OutboxState, count: usize) {
        self.expected_left.insert(outbox::word(state), count);
    }

    /// Ends the test: nothing is left undone, every document that left is valid, no secret was kept in clear.
    pub async fn finish(mut self) {
        self.settle().await;
        let left = outbox::left(self.context());
        let mut all = documents::of_simulator(&self.simulator);
        all.append(&mut self.posted.lock().unwrap());
        let app = self.app.take().unwrap();
        app.stop().await.unwrap();
        // Opened again, so that everything read here has survived a stop.
        let store = self.open_store();
        let dump = store.dump(&marketgate_store::dump::DumpOptions::default()).unwrap();
        let logged = documents::of_log(&store);
        store.close().unwrap();
        assert_eq!(left, self.expected_left, "messages left in the outbox");
        documents::assert_no_secret("the database", &dump);
        for document in &logged {
            documents::assert_no_secret("the message log", &document.text);
        }
        all.extend(logged.into_iter().filter(|document| document.is_ours));
        documents::assert_valid(&all);
    }
}

impl Drop for Market {
    fn drop(&mut self) {
        assert!(self.app.is_none() || std::thread::panicking(), "end the test with market.finish().await");
    }
}

/// In memory where the system has a place for that: whether bytes reach a disk is for other tests.
fn data_dir() -> TempDir {
    tempfile::tempdir_in("/dev/shm").or_else(|_| tempfile::tempdir()).unwrap()
}

fn config(dir: &Path, simulator: &Simulator, options: &MarketOptions) -> Config {
    let dir = dir.display().to_string();
    let mail_server = options.smtp.clone().unwrap_or_else(|| simulator.smtp_addr().to_string());
    let smtp = format!("smtp://{mail_server}");
    let mut settings = vec![
        ("store.dir", dir.as_str()),
        ("server.workers", "1"),
        ("mail.transport", "smtp"),
        ("mail.smtp_url", &smtp),
        ("mail.from", "marketplace@marketgate.example"),
        ("delivery.allow_private_addresses", "true"),
    ];
    settings.extend(options.settings.iter().map(|(key, value)| (*key, value.as_str())));
    Config::with(&settings).unwrap()
}

fn simulator_config(supplier_endpoint: Url, clock: &Arc<ManualClock>) -> SimulatorConfig {
    let time = clock.clone();
    let random = Random::new(Arc::new(SystemEntropy::default()), clock.clone());
    SimulatorConfig {
        listen: "127.0.0.1:0".parse().unwrap(),
        supplier_endpoint,
        buyers: vec![
            buyer(ACME, &ACME_COUPA, "robin.buyer@acme.example"),
            buyer(INITECH, &INITECH_GENERIC, "kim@initech.example"),
            played_buyer(
                GLOBEX,
                &GLOBEX_SAP,
                Dialect::SapBusinessNetwork,
                ("Kim", "Einkauf"),
                "kim.einkauf@globex.example",
            ),
        ],
        clock: Arc::new(move || time.business()),
        random: Arc::new(move || u128::from_be_bytes(random.bytes())),
        max_documents: 1000,
        marketplace: None,
        notes: Vec::new(),
    }
}

fn buyer(key: &str, fixed: &FixedConnection, email: &str) -> BuyerConfig {
    played_buyer(key, fixed, Dialect::Coupa, ("Robin", "Buyer"), email)
}
