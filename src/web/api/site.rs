//! What the tests of the API stand on: the demo's data beside the sample world of the pages, and a caller with a token.

use std::sync::Arc;

use actix_web::App as Server;
use actix_web::http::{Method, StatusCode, header};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::Data;
use jiff::Timestamp;
use marketgate_domain::event::{AuditRecord, OutboxMessage};
use marketgate_domain::id::{AgreementId, InvoiceId, MessageId, OutboxId, PurchaseOrderId, RequestId};
use marketgate_store::messages::{self, Direction, MessageSummary};
use marketgate_store::{
    Month, StoreError, StoreKind, Tx, agreements, audit, catalog, connections, invoices, orders, organizations, outbox,
    requests,
};
use serde_json::Value;
use tempfile::TempDir;

use crate::app::{App, AppOptions, bind, open};
use crate::clock::MovableClock;
use crate::config::Config;
use crate::context::{Context, DemoNotice, Installation};
use crate::demo::seed::{self, Addresses, OPERATOR_TOKEN};
use crate::random::SystemEntropy;
use crate::web::server::routes;
use crate::web::ui::samples::World;

/// So many of everything that trade leaves behind.
pub const COPIES: u128 = 3;

/// Identifiers of the copies, far above those of the sample world.
const IDS_FROM: u128 = 0x019c_0000_0000_7000_8000_0000_0000_0000;

/// Nobody listens there.
const NOWHERE: &str = "http://127.0.0.1:9/";

/// An answer as far as tests look at it.
#[derive(Debug)]
pub struct Answered {
    pub status: StatusCode,
    pub headers: header::HeaderMap,
    pub text: String,
}

impl Answered {
    /// The JSON in it.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|error| panic!("{error}: {}", self.text))
    }

    /// A header, empty where it is missing.
    pub fn header(&self, name: &str) -> &str {
        self.headers.get(name).map_or("", |value| value.to_str().unwrap())
    }
}

/// A demo installation without servers and workers.
pub struct Site {
    pub context: Context,
    pub world: World,
    _dir: TempDir,
}

impl Site {
    /// With the demo's organizations, connections and catalogue, and three of everything that trade leaves behind.
    pub async fn furnished() -> Self {
        let site = Self::seeded().await;
        site.context.store.transact(|tx| furnish(&World::new(""), tx)).unwrap();
        let document = b"<cXML payloadID=\"1\"><SharedSecret>(masked)</SharedSecret></cXML>";
        site.context.store.messages().append(message_id(0), document).unwrap();
        site
    }

    /// With the demo's organizations, connections and catalogue.
    pub async fn seeded() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let (context, _) = open(&options(&dir)).unwrap();
        seed::ensure(&context, &nowhere()).await.unwrap();
        Self { context, world: World::new(""), _dir: dir }
    }

    /// Reads something with the demo's token.
    pub async fn get(&self, path: &str) -> Answered {
        self.send(Method::GET, path, None).await
    }

    /// Does something with the demo's token.
    pub async fn send(&self, method: Method, path: &str, body: Option<&str>) -> Answered {
        let authorization = ("authorization", format!("Bearer {OPERATOR_TOKEN}"));
        let request = TestRequest::with_uri(&format!("/api/v1{path}")).method(method).insert_header(authorization);
        self.raw(match body {
            Some(body) => request.set_payload(body.to_owned()),
            None => request,
        })
        .await
    }

    /// Sends a request as it is.
    pub async fn raw(&self, request: TestRequest) -> Answered {
        let server = Server::new().app_data(Data::new(self.context.clone())).configure(routes);
        let server = init_service(server).await;
        let peer = "192.0.2.7:4321".parse().unwrap();
        let response = call_service(&server, request.peer_addr(peer).to_request()).await;
        let (status, headers) = (response.status(), response.headers().clone());
        let text = String::from_utf8(read_body(response).await.to_vec()).unwrap();
        Answered { status, headers, text }
    }

    /// The newest record of the audit trail.
    pub fn last_record(&self) -> AuditRecord {
        self.context.store.read(|snapshot| audit::newest(snapshot, None, 1)).unwrap().remove(0).1
    }
}

/// A demo installation that listens.
pub struct Running {
    pub url: String,
    app: App,
    _dir: TempDir,
}

impl Running {
    /// Starts it on a free port.
    pub async fn start() -> Self {
        let dir = tempfile::tempdir().unwrap();
        let app = App::start(options(&dir)).await.unwrap();
        seed::ensure(&app.context, &nowhere()).await.unwrap();
        Self { url: format!("http://{}", app.address()), app, _dir: dir }
    }

    /// Stops it.
    pub fn context(&self) -> &Context {
        &self.app.context
    }

    pub async fn stop(self) {
        self.app.stop().await.unwrap();
    }
}

fn options(dir: &TempDir) -> AppOptions {
    let path = dir.path().display().to_string();
    let notice = DemoNotice {
        simulator_url: NOWHERE.to_owned(),
        operator_email: seed::OPERATOR_EMAIL.to_owned(),
        operator_password: seed::OPERATOR_PASSWORD.to_owned(),
        identities: Vec::new(),
    };
    AppOptions {
        config: Config::with(&[("store.dir", &path), ("mail.from", "market@marketgate.example")]).unwrap(),
        kind: StoreKind::Demo,
        clock: Arc::new(MovableClock::default()),
        entropy: Arc::new(SystemEntropy::default()),
        installation: Installation { demo: Some(notice) },
        listener: bind("127.0.0.1:0".parse().unwrap()).unwrap(),
    }
}

fn nowhere() -> Addresses {
    Addresses { invoices: NOWHERE.to_owned(), confirmations: NOWHERE.to_owned() }
}

fn message_id(copy: u128) -> MessageId {
    MessageId::from_value(IDS_FROM + copy)
}

fn furnish(world: &World, tx: &mut Tx<'_>) -> Result<(), StoreError> {
    organizations::put(tx, &world.organization)?;
    connections::put(tx, &world.connection)?;
    catalog::put_seller(tx, &world.seller)?;
    catalog::put_product(tx, &world.product)?;
    catalog::put_offer(tx, &world.private_offer)?;
    (0..COPIES).try_for_each(|copy| sell(world, tx, copy))?;
    let mut orders = [world.order.clone(), world.refused_order.clone()];
    orders.iter_mut().zip(0..).for_each(|(order, n)| order.id = PurchaseOrderId::from_value(IDS_FROM + 100 + n));
    orders.iter().try_for_each(|order| orders::put_test(tx, order))
}

/// One purchase, from the request to the invoice that leaves, and its traces.
fn sell(world: &World, tx: &mut Tx<'_>, copy: u128) -> Result<(), StoreError> {
    let value = IDS_FROM + copy;
    let mut request = world.request.clone();
    request.id = RequestId::from_value(value);
    requests::put(tx, &request)?;
    let mut order = world.order.clone();
    (order.id, order.number) = (PurchaseOrderId::from_value(value), format!("PO-{copy}"));
    orders::put(tx, &order)?;
    let mut agreement = world.agreement.clone();
    agreement.id = AgreementId::from_value(value);
    agreements::put(tx, &agreement)?;
    for charge in &world.charges {
        let mut charge = charge.clone();
        charge.id.agreement = agreement.id;
        agreements::put_charge(tx, &charge)?;
    }
    let mut invoice = world.invoice.clone();
    (invoice.id, invoice.number) = (InvoiceId::from_value(value), format!("{}{copy}", invoice.number));
    invoices::insert(tx, &invoice)?;
    let mut message = world.parked.clone();
    message.intent.id = OutboxId::from_value(value);
    message.intent.lane = format!("invoice/{copy}");
    invoices::put_delivery(tx, invoice.id, message.intent.id)?;
    park(tx, &message)?;
    messages::put(tx, &summary(world, copy))
}

/// Leads a message to where a person must decide.
fn park(tx: &mut Tx<'_>, message: &OutboxMessage) -> Result<(), StoreError> {
    let due_at: Timestamp = "2026-01-01T00:00:00Z".parse().unwrap();
    outbox::enqueue(tx, message.intent.clone(), message.created_at, due_at)?;
    outbox::claim_due(tx, due_at, 1, 1)?;
    let attempt = message.attempts.last().unwrap().clone();
    outbox::park(tx, message.intent.id, attempt, "the receiver refused it").map(drop)
}

fn summary(world: &World, copy: u128) -> MessageSummary {
    let id = message_id(copy);
    MessageSummary {
        id,
        at: world.agreement.accepted_at,
        direction: if copy.is_multiple_of(2) { Direction::In } else { Direction::Out },
        connection: Some(world.connection.id),
        organization: Some(world.organization.id),
        document_type: "OrderRequest".to_owned(),
        payload_id: format!("{copy}@buyer.example"),
        order_id: Some(format!("PO-{copy}")),
        user_email: None,
        reply_to: None,
        session: None,
        requests: Vec::new(),
        http_status: Some(200),
        cxml_status: Some(200),
        duration_ms: 3,
        diagnosis: "accepted".to_owned(),
        sha256: [0; 32],
        size_bytes: 64,
        month: Month::of(id),
    }
}
