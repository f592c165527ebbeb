//! A store with the sample world in it, an operator who is signed in, and a browser without scripts.

use std::sync::Arc;

use actix_web::http::{StatusCode, header};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::Data;
use actix_web::{App, cookie::Cookie};
use jiff::Timestamp;
use marketgate_domain::event::{Attempt, OutboxMessage};
use marketgate_domain::id::UserId;
use marketgate_store::sessions::OperatorSession;
use marketgate_store::{
    Store, StoreError, StoreKind, StoreOptions, Tx, agreements, audit, catalog, connections, invoices, orders,
    organizations, outbox, requests, sessions,
};
use tempfile::TempDir;
use tokio::sync::Notify;

use crate::clock::Clock;
use crate::config::Config;
use crate::context::{Context, Installation};
use crate::keyring::Keyring;
use crate::message_log::message_log;
use crate::random::{Random, SystemEntropy};
use crate::throttle::Throttle;
use crate::web::server::routes;
use crate::web::ui::samples::World;

const COOKIE: &str = "the-cookie-of-this-sign-in";
pub const CSRF: &str = "the-token-of-this-sign-in";
pub const OPERATOR: UserId = UserId::from_value(77);

struct StoppedClock;

impl Clock for StoppedClock {
    fn business(&self) -> Timestamp {
        now()
    }

    fn wall(&self) -> Timestamp {
        now()
    }
}

pub fn now() -> Timestamp {
    "2026-12-01T08:00:00Z".parse().unwrap()
}

/// An answer as far as tests look at it.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub location: Option<String>,
    pub text: String,
}

/// The whole installation.
pub struct House {
    pub context: Context,
    pub world: World,
    _dir: TempDir,
}

impl House {
    /// With the sample world in the store.
    pub fn furnished() -> Self {
        let house = Self::empty();
        house.write(furnish);
        house
    }

    /// With nothing but the operator's sign-in.
    pub fn empty() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let options = StoreOptions { reserve_bytes: 0, cache_bytes: 4 << 20, ..StoreOptions::new(StoreKind::Real) };
        let store = Arc::new(Store::open(dir.path(), &options).unwrap());
        let random = Random::new(Arc::new(SystemEntropy::default()), Arc::new(StoppedClock));
        let config = Config::with(&[]).unwrap();
        let context = Context {
            clock: Arc::new(StoppedClock),
            keyring: Arc::new(Keyring::new(&[7; 32], random.clone()).unwrap()),
            random,
            quote_rules: Arc::new(config.quotes.rules()),
            config: Arc::new(config),
            public_url: "http://market.example".into(),
            installation: Arc::new(Installation::default()),
            message_log: message_log(store.clone()).0,
            logins: Arc::new(Throttle::new(10)),
            is_ready: Arc::default(),
            job_locks: Arc::default(),
            imports: Arc::default(),
            calls: Arc::default(),
            catalogue: Arc::default(),
            dtds: None,
            outbox_bell: Arc::new(Notify::new()),
            billing_bell: Arc::new(Notify::new()),
            store,
        };
        let house = Self { context, world: World::new(""), _dir: dir };
        house.write(|_, tx| {
            let expires_at = "2026-12-01T16:00:00Z".parse().unwrap();
            let email = "operator@marketgate.example".parse().unwrap();
            let session = OperatorSession { user: OPERATOR, email, csrf: CSRF.to_owned(), expires_at };
            sessions::put_operator_session(tx, COOKIE, &session)
        });
        house
    }

    /// Writes to the store.
    pub fn write(&self, write: impl Fn(&World, &mut Tx<'_>) -> Result<(), StoreError> + Send + 'static) {
        self.context.store.transact(move |tx| write(&World::new(""), tx)).unwrap();
    }

    /// The stored state of the message that the sample world has parked.
    pub fn parked(&self) -> OutboxMessage {
        let id = self.world.parked.intent.id;
        self.context.store.read(|snapshot| outbox::find(snapshot, id)).unwrap().unwrap()
    }

    /// Asks for a page, signed in.
    pub async fn page(&self, path: &str) -> Answer {
        self.send(TestRequest::get().uri(path).cookie(cookie())).await
    }

    /// Sends a form with fields, signed in.
    pub async fn fill(&self, path: &str, fields: &[(&str, &str)]) -> Answer {
        let fields: Vec<(&str, &str)> = fields.iter().copied().chain([("csrf", CSRF)]).collect();
        self.send(TestRequest::post().uri(path).cookie(cookie()).set_form(fields)).await
    }

    /// Sends a form, signed in.
    pub async fn form(&self, path: &str, csrf: &str) -> Answer {
        self.send(TestRequest::post().uri(path).cookie(cookie()).set_form([("csrf", csrf)])).await
    }

    /// Sends a request to a fresh server over the same store.
    pub async fn send(&self, request: TestRequest) -> Answer {
        let app = init_service(App::new().app_data(Data::new(self.context.clone())).configure(routes)).await;
        let response = call_service(&app, request.to_request()).await;
        let status = response.status();
        let location = response.headers().get(header::LOCATION).map(|value| value.to_str().unwrap().to_owned());
        let text = String::from_utf8(read_body(response).await.to_vec()).unwrap();
        Answer { status, location, text }
    }
}

fn cookie() -> Cookie<'static> {
    Cookie::new("marketgate", COOKIE)
}

fn furnish(world: &World, tx: &mut Tx<'_>) -> Result<(), StoreError> {
    organizations::put(tx, &world.organization)?;
    connections::put(tx, &world.connection)?;
    catalog::put_seller(tx, &world.seller)?;
    catalog::put_product(tx, &world.product)?;
    catalog::put_offer(tx, &world.private_offer)?;
    requests::put(tx, &world.request)?;
    orders::put(tx, &world.order)?;
    orders::put(tx, &world.refused_order)?;
    agreements::put(tx, &world.agreement)?;
    world.charges.iter().try_for_each(|charge| agreements::put_charge(tx, charge))?;
    invoices::insert(tx, &world.invoice)?;
    invoices::put_delivery(tx, world.invoice.id, world.parked.intent.id)?;
    for record in &world.audit {
        audit::append(tx, record)?;
    }
    park(tx, &world.parked)
}

/// Leads a message to where a person must decide: the connection refused our credentials.
fn park(tx: &mut Tx<'_>, message: &OutboxMessage) -> Result<(), StoreError> {
    let attempt: Attempt = message.attempts.last().unwrap().clone();
    outbox::enqueue(tx, message.intent.clone(), message.created_at, now())?;
    outbox::claim_due(tx, now(), 1, 1)?;
    outbox::hold_connection(tx, message.intent.id, attempt, message.reason.as_deref().unwrap()).map(drop)
}
