//! A marketplace to measure: seeded like the demo, but real, with one connection that behaves as in production.
//!
//! Everything is written through the program's own store; nothing is served from here. The invoice hold keeps its
//! production value, so that billing does not run into the measurement.

use std::net::TcpListener;
use std::path::Path;
use std::sync::Arc;

use anyhow::Context as _;
use jiff::Timestamp;
use marketgate::app::{self, AppOptions};
use marketgate::clock::SystemClock;
use marketgate::config::Config;
use marketgate::context::{Context, Installation};
use marketgate::demo::seed::{self, ACME_COUPA, Addresses};
use marketgate::random::SystemEntropy;
use marketgate_domain::connection::Connection;
use marketgate_domain::id::{PunchoutSessionId, RequestId, UserId};
use marketgate_domain::money::{Currency, Money};
use marketgate_domain::offer::{Offer, Visibility};
use marketgate_domain::organization::Organization;
use marketgate_domain::procurement_request::{Acceptance, ProcurementRequest, RequestStatus};
use marketgate_domain::product::Product;
use marketgate_domain::quote::{PaymentPlan, Quote, Selection, quote};
use marketgate_domain::refusal::Refusal;
use marketgate_domain::seller::Seller;
use marketgate_store::{StoreError, StoreKind, catalog, connections, organizations, requests};

/// Minutes that a fresh agreement stays un-invoiced: what a new connection starts with.
const HOLD_MINUTES: u32 = 60;

/// Requests that are stored in one transaction.
const AT_ONCE: usize = 250;

/// A seeded marketplace, open in this process, with the records that an order refers to.
#[derive(Debug)]
pub struct Market {
    /// What every use case needs.
    pub context: Context,
    /// The connection that orders.
    pub connection: Connection,
    /// The organization that orders.
    pub organization: Organization,
    /// The seller of the offer.
    pub seller: Seller,
    /// The product of the offer.
    pub product: Product,
    /// What is ordered: a public contract at a fixed price.
    pub offer: Offer,
    /// The moment of everything that is made here.
    pub now: Timestamp,
}

impl Market {
    /// Opens the marketplace of a directory, seeding it where it is empty.
    ///
    /// # Errors
    /// What cannot be opened or stored.
    pub async fn open(dir: &Path) -> anyhow::Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let options = AppOptions {
            config: Config::with(&[("store.dir", &dir.display().to_string())])?,
            kind: StoreKind::Real,
            clock: Arc::new(SystemClock),
            entropy: Arc::new(SystemEntropy::default()),
            installation: Installation::default(),
            listener,
        };
        // Only the server hands entries to the message log, and there is none here.
        let (context, _log_writer) = app::open(&options)?;
        let unreachable = "https://buyer.invalid/cxml".to_owned();
        seed::ensure(&context, &Addresses { invoices: unreachable.clone(), confirmations: unreachable }).await?;
        context.store.transact_async(hold_invoices).await?;
        let now = context.clock.business();
        let quote_rules = context.quote_rules.clone();
        let found = context.read(move |snapshot| {
            let (organization, connection) = (ACME_COUPA.organization_id(), ACME_COUPA.connection_id());
            let connection = connections::require(snapshot, organization, connection)?;
            for product in catalog::products(snapshot, 100)? {
                for offer in catalog::offers_of(snapshot, product.id, 100)? {
                    let chosen = Selection::default();
                    let quoted = quote(&offer, &product, chosen, &connection.lines, &quote_rules, now);
                    if offer.visibility == Visibility::Public && quoted.is_ok_and(|quoted| is_plain(&quoted)) {
                        let seller = catalog::require_seller(snapshot, offer.seller)?;
                        let organization = organizations::require(snapshot, organization)?;
                        return Ok(Some((connection, organization, seller, product, offer)));
                    }
                }
            }
            Ok::<_, StoreError>(None)
        });
        let found = found.await?.context("the sample catalogue has no public contract at a fixed price in dollars")?;
        let (connection, organization, seller, product, offer) = found;
        Ok(Self { context, connection, organization, seller, product, offer, now })
    }

    /// The offer, quoted for the connection.
    ///
    /// # Errors
    /// The refusal, if it could not be requested.
    pub fn quote(&self) -> Result<Quote, Refusal> {
        let rules = &self.context.quote_rules;
        quote(&self.offer, &self.product, Selection::default(), &self.connection.lines, rules, self.now)
    }

    /// A request for the offer that waits in a returned cart.
    ///
    /// # Errors
    /// As [`Self::quote`].
    pub fn request(&self) -> anyhow::Result<ProcurementRequest> {
        let quote = self.quote().map_err(|refusal| anyhow::anyhow!("{refusal}"))?;
        Ok(ProcurementRequest {
            id: RequestId::new(self.context.random.uuid()),
            organization: self.connection.organization,
            account: self.connection.default_account,
            connection: self.connection.id,
            session: PunchoutSessionId::from_value(1),
            requester: UserId::from_value(1),
            requester_email: Some("robin.buyer@acme.example".parse()?),
            product: self.product.id,
            seller: self.offer.seller,
            offer: self.offer.id,
            revision: self.offer.revision,
            offer_name: self.offer.name.clone(),
            tax_estimate: Money::zero(quote.amount.currency()),
            acceptance: Acceptance { documents_sha256: "00".repeat(32), accepted_at: self.now },
            quote,
            warned_days: None,
            made_in_test: false,
            status: RequestStatus::InCart,
            created_at: self.now,
            changed_at: self.now,
        })
    }

    /// Stores so many requests and gives them back.
    ///
    /// # Errors
    /// What cannot be stored.
    pub async fn stored_requests(&self, count: usize) -> anyhow::Result<Vec<ProcurementRequest>> {
        let made: Vec<ProcurementRequest> = (0..count).map(|_| self.request()).collect::<anyhow::Result<_>>()?;
        for chunk in made.chunks(AT_ONCE) {
            let chunk = chunk.to_vec();
            let put = move |tx: &mut marketgate_store::Tx<'_>| {
                chunk.iter().try_for_each(|request| requests::put(tx, request))
            };
            self.context.store.transact_async::<(), StoreError, _>(put).await?;
        }
        Ok(made)
    }

    /// Closes the database, so that another process can open it.
    ///
    /// # Errors
    /// What the store says.
    pub fn close(self) -> Result<(), StoreError> {
        self.context.store.close()
    }
}

/// A contract that is paid once.
fn is_plain(quote: &Quote) -> bool {
    let is_paid_once = matches!(&quote.plan, PaymentPlan::Once { amount } if !amount.is_zero());
    is_paid_once && quote.amount.currency() == Currency::USD
}

fn hold_invoices(tx: &mut marketgate_store::Tx<'_>) -> Result<(), StoreError> {
    let mut connection = connections::require(tx, ACME_COUPA.organization_id(), ACME_COUPA.connection_id())?;
    connection.invoicing.hold_minutes = HOLD_MINUTES;
    connections::put(tx, &connection)
}
