//! The demo: a sample marketplace, a procurement system simulator beside it, and a tour through one complete purchase (R1).
//!
//! Its identities and secrets are fixed and printed. They exist here alone: a demo's database is marked as one and `serve`
//! refuses it.

pub mod catalog;
pub mod seed;
mod tour;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;

use anyhow::Context as _;
use marketgate_simulator::{
    BuyerConfig, BuyerUser, Dialect, MarketplaceAccess, NetworkConfig, Simulator, SimulatorConfig,
};
use marketgate_store::StoreKind;
use tempfile::TempDir;
use url::Url;

use crate::app::{App, AppOptions, bind};
use crate::clock::{MovableClock, SharedClock};
use crate::config::Config;
use crate::context::{DemoIdentity, DemoNotice, Installation};
use crate::random::{Random, SystemEntropy};
use crate::tls;

/// Documents of each kind that the simulator remembers.
const SIMULATOR_MEMORY: usize = 1000;

/// What a demo is started with.
#[derive(Debug)]
pub struct DemoOptions {
    /// Address of the marketplace.
    pub listen: SocketAddr,
    /// Address of the simulator; the port after the marketplace's where none is given.
    pub simulator_listen: Option<SocketAddr>,
    /// Where data is kept; thrown away where none is given.
    pub data_dir: Option<PathBuf>,
}

/// A running demo.
pub struct Demo {
    /// The marketplace.
    pub app: App,
    /// The procurement system.
    pub simulator: Simulator,
    data_dir: PathBuf,
    throw_away: Option<TempDir>,
}

impl std::fmt::Debug for Demo {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Demo").field("app", &self.app).field("data_dir", &self.data_dir).finish_non_exhaustive()
    }
}

/// Starts marketplace and simulator, and seeds the marketplace where it is empty.
///
/// # Errors
/// What cannot be started, with the remedy.
pub async fn start(options: DemoOptions) -> anyhow::Result<Demo> {
    tls::install_provider();
    let listener = bind(options.listen)?;
    let address = listener.local_addr()?;
    let simulator_listen = options.simulator_listen.unwrap_or_else(|| neighbour(options.listen));
    let clock: SharedClock = Arc::new(MovableClock::default());
    let simulator = start_simulator(simulator_listen, address, clock.clone()).await?;
    let throw_away = match options.data_dir {
        Some(_) => None,
        None => Some(tempfile::Builder::new().prefix("marketgate-demo-").tempdir().context("temporary directory")?),
    };
    let data_dir =
        options.data_dir.or_else(|| throw_away.as_ref().map(|dir| dir.path().to_owned())).unwrap_or_default();
    let app = App::start(AppOptions {
        config: config(&data_dir, &simulator)?,
        kind: StoreKind::Demo,
        clock,
        entropy: Arc::new(SystemEntropy::default()),
        installation: Installation { demo: Some(notice(&simulator)) },
        listener,
    })
    .await?;
    seed::ensure(&app.context, &seed::Addresses::of(&simulator)).await?;
    app.context.say_ready();
    Ok(Demo { app, simulator, data_dir, throw_away })
}

/// The port after the marketplace's; any free one where the marketplace takes any.
fn neighbour(address: SocketAddr) -> SocketAddr {
    let port = if address.port() == 0 { 0 } else { address.port().checked_add(1).unwrap_or(0) };
    SocketAddr::new(address.ip(), port)
}

fn config(data_dir: &std::path::Path, simulator: &Simulator) -> anyhow::Result<Config> {
    let dir = data_dir.display().to_string();
    let smtp = format!("smtp://{}", simulator.smtp_addr());
    Ok(Config::with(&[
        ("store.dir", &dir),
        ("mail.transport", "smtp"),
        ("mail.smtp_url", &smtp),
        ("mail.from", "marketplace@marketgate.example"),
        // The simulator is on this machine.
        ("delivery.allow_private_addresses", "true"),
    ])?)
}

async fn start_simulator(listen: SocketAddr, marketplace: SocketAddr, clock: SharedClock) -> anyhow::Result<Simulator> {
    let random = Random::new(Arc::new(SystemEntropy::default()), clock.clone());
    let config = SimulatorConfig {
        listen,
        supplier_endpoint: Url::parse(&format!("http://{marketplace}/cxml"))?,
        buyers: vec![coupa_buyer(), sap_buyer()],
        clock: Arc::new(move || clock.business()),
        random: Arc::new(move || u128::from_be_bytes(random.bytes())),
        max_documents: SIMULATOR_MEMORY,
        marketplace: Some(MarketplaceAccess {
            address: Url::parse(&format!("http://{marketplace}/"))?,
            token: seed::OPERATOR_TOKEN.into(),
        }),
        notes: vec![
            format!(
                "The marketplace is at http://{marketplace}. Its console wants a sign-in: {} with the password {}.",
                seed::OPERATOR_EMAIL,
                seed::OPERATOR_PASSWORD
            ),
            format!(
                "Machines move business time over the API, here by a month: curl -X POST -H 'Authorization: Bearer {}' -H \
                 'Content-Type: application/json' -d '{{\"advance\":\"P30D\"}}' http://{marketplace}/api/v1/clock",
                seed::OPERATOR_TOKEN
            ),
        ],
    };
    Simulator::start(config).await.context("the simulator; choose another address with --simulator-listen")
}

/// Acme's Coupa, as the simulator plays it.
fn coupa_buyer() -> BuyerConfig {
    played_buyer("coupa", &seed::ACME_COUPA, Dialect::Coupa, ("Robin", "Buyer"), "robin.buyer@acme.example")
}

/// Globex's Ariba behind SAP Business Network, as the simulator plays both.
fn sap_buyer() -> BuyerConfig {
    let dialect = Dialect::SapBusinessNetwork;
    played_buyer("sap", &seed::GLOBEX_SAP, dialect, ("Kim", "Einkauf"), "kim.einkauf@globex.example")
}

/// One of the demo's buyers for the simulator: its connection, the habits it is played with, and who shops.
pub fn played_buyer(
    key: &str,
    fixed: &seed::FixedConnection,
    dialect: Dialect,
    (first_name, last_name): (&str, &str),
    email: &str,
) -> BuyerConfig {
    let network = (dialect == Dialect::SapBusinessNetwork).then(NetworkConfig::sap_business_network);
    let unique_name = email.split('@').next().unwrap_or(email).to_owned();
    BuyerConfig {
        key: key.to_owned(),
        title: fixed.connection.to_owned(),
        dialect,
        buyer_domain: fixed.buyer.0.to_owned(),
        buyer_identity: fixed.buyer.1.to_owned(),
        supplier_domain: fixed.supplier.0.to_owned(),
        supplier_identity: fixed.supplier.1.to_owned(),
        shared_secret: fixed.secret.into(),
        user: BuyerUser {
            email: email.to_owned(),
            first_name: first_name.to_owned(),
            last_name: last_name.to_owned(),
            unique_name,
        },
        network,
    }
}

fn notice(simulator: &Simulator) -> DemoNotice {
    let named = |(domain, identity): (&str, &str)| format!("{domain} {identity}");
    let identities = seed::CONNECTIONS.iter().map(|fixed| DemoIdentity {
        connection: fixed.connection.to_owned(),
        from: named(fixed.buyer),
        to: named(fixed.supplier),
        sender: named(fixed.sender),
        secret: fixed.secret.to_owned(),
    });
    DemoNotice {
        simulator_url: simulator.base_url().to_string(),
        operator_email: seed::OPERATOR_EMAIL.to_owned(),
        operator_password: seed::OPERATOR_PASSWORD.to_owned(),
        identities: identities.collect(),
    }
}

impl Demo {
    /// Says what runs where.
    pub fn introduce(&self) {
        println!(
            "marketgate {} demo: sample data, fixed identities, nothing leaves this machine",
            env!("CARGO_PKG_VERSION")
        );
        println!();
        println!("  marketplace          {}", self.app.context.public_url);
        println!("  procurement system   {}  (simulator, with a mailbox)", self.simulator.base_url());
        match self.throw_away {
            Some(_) => println!("  data                 {}  (thrown away at the end)", self.data_dir.display()),
            None => println!("  data                 {}", self.data_dir.display()),
        }
        println!();
        for fixed in &seed::CONNECTIONS {
            let ((from_domain, from), (to_domain, to)) = (fixed.buyer, fixed.supplier);
            println!(
                "  {:<18}   From {from_domain} {from}, To {to_domain} {to}, secret {}",
                fixed.connection, fixed.secret
            );
        }
        println!("  operator             {} / {}", seed::OPERATOR_EMAIL, seed::OPERATOR_PASSWORD);
        println!(
            "  API token            {}  (to read: {}/api/docs)",
            seed::OPERATOR_TOKEN,
            self.app.context.public_url
        );
        println!();
    }

    /// Plays one complete purchase for each dialect over real HTTP and prints what happens.
    ///
    /// # Errors
    /// The first step that did not go as it should.
    pub async fn tour(&self) -> anyhow::Result<()> {
        tour::play(&self.simulator).await
    }

    /// Says how to go on by hand.
    pub fn invite(&self) {
        println!();
        println!("Your turn: open {} and press \"Open the marketplace\". Stop with Ctrl-C.", self.simulator.base_url());
    }

    /// Stops marketplace and simulator; data that nobody asked to keep is removed.
    ///
    /// # Errors
    /// When the database cannot be closed.
    pub async fn stop(self) -> anyhow::Result<()> {
        self.app.stop().await?;
        self.simulator.stop().await;
        Ok(())
    }
}
