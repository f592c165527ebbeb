//! A fake marketplace with one product: answers setup requests, shows a shop of two pages, takes orders as it is told to,
//! and posts invoices. It checks nothing: the simulator is what is tested.

use std::collections::VecDeque;
use std::net::TcpListener;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use marketgate_simulator::browser::{Browser, Page};
use marketgate_simulator::{
    BuyerConfig, BuyerUser, Cart, Dialect, NetworkConfig, PurchaseOrder, Simulator, SimulatorConfig,
};
use url::Url;

#[derive(Default)]
pub(crate) struct Market {
    /// Every document posted to `/cxml`.
    pub(crate) received: Vec<String>,
    /// The content type of each of them.
    pub(crate) content_types: Vec<String>,
    /// HTTP status and body for the next documents; the usual answer where it is empty.
    pub(crate) answers: VecDeque<(u16, String)>,
    /// The items of the cart instead of the usual one.
    pub(crate) items: Option<String>,
    base: String,
    cookie: String,
    form_post: String,
}

pub(crate) type Shared = web::Data<Mutex<Market>>;

pub(crate) struct Rehearsal {
    pub(crate) simulator: Simulator,
    pub(crate) market: Shared,
    pub(crate) browser: Browser,
    server: ServerHandle,
}

pub(crate) const ITEM: &str = "<ItemIn quantity='2400000'><ItemID><SupplierPartID>LOGWELL</SupplierPartID>\
    <SupplierPartAuxiliaryID>req-1/1</SupplierPartAuxiliaryID></ItemID><ItemDetail><UnitPrice>\
    <Money currency='USD'>0.01</Money></UnitPrice><Description xml:lang='en'>Logwell &amp; friends, 12 months</Description>\
    <UnitOfMeasure>EA</UnitOfMeasure><Classification domain='UNSPSC'>43232701</Classification>\
    <ManufacturerName>Northwind Logs</ManufacturerName><URL>http://shop.example/look?a=1&amp;b=2</URL>\
    <Extrinsic name='LineType'>Material</Extrinsic></ItemDetail></ItemIn>";

pub(crate) fn status(code: u16, text: &str) -> String {
    envelope(&format!("<Status code='{code}' text='{text}'/>"))
}

pub(crate) fn envelope(inside: &str) -> String {
    format!(
        "<?xml version='1.0'?><cXML payloadID='1@shop' timestamp='2026-11-20T10:00:00+00:00'><Response>{inside}</Response></cXML>"
    )
}

/// The answer to a profile request.
pub(crate) fn profile(requests: &[&str]) -> String {
    let transaction =
        |name: &&str| format!("<Transaction requestName='{name}'><URL>http://shop.example/cxml</URL></Transaction>");
    let transactions: String = requests.iter().map(transaction).collect();
    envelope(&format!(
        "<Status code='200' text='OK'/><ProfileResponse effectiveDate='t'>{transactions}</ProfileResponse>"
    ))
}

pub(crate) fn buyer() -> BuyerConfig {
    BuyerConfig {
        key: "coupa".to_owned(),
        title: "Acme / Coupa".to_owned(),
        dialect: Dialect::Coupa,
        buyer_domain: "NetworkID".to_owned(),
        buyer_identity: "COUPA-ACME".to_owned(),
        supplier_domain: "NetworkID".to_owned(),
        supplier_identity: "MARKETGATE".to_owned(),
        shared_secret: "hush & \"quiet\"".into(),
        user: BuyerUser {
            email: "robin@acme.example".to_owned(),
            first_name: "Robin".to_owned(),
            last_name: "Example".to_owned(),
            unique_name: "robin".to_owned(),
        },
        network: None,
    }
}

/// A buyer behind a network.
pub(crate) fn network_buyer() -> BuyerConfig {
    BuyerConfig {
        key: "sap".to_owned(),
        title: "Globex / SAP".to_owned(),
        dialect: Dialect::SapBusinessNetwork,
        buyer_identity: "AN01000000001-T".to_owned(),
        supplier_identity: "AN02000000002-T".to_owned(),
        network: Some(NetworkConfig::sap_business_network()),
        ..buyer()
    }
}

/// The same, with the enhanced order confirmation.
fn enhanced_buyer() -> BuyerConfig {
    let network = NetworkConfig { enhanced_confirmations: true, ..NetworkConfig::sap_business_network() };
    let buyer_identity = "AN01000000009-T".to_owned();
    BuyerConfig { key: "enhanced".to_owned(), buyer_identity, network: Some(network), ..network_buyer() }
}

pub(crate) fn config(supplier_endpoint: Url) -> SimulatorConfig {
    let drawn = AtomicU64::new(1_000);
    SimulatorConfig {
        listen: "127.0.0.1:0".parse().unwrap(),
        supplier_endpoint,
        buyers: vec![
            buyer(),
            BuyerConfig { key: "other".to_owned(), buyer_identity: "OTHER".to_owned(), ..buyer() },
            network_buyer(),
            enhanced_buyer(),
        ],
        clock: Arc::new(|| "2026-11-20T10:00:00Z".parse().unwrap()),
        random: Arc::new(move || u128::from(drawn.fetch_add(1, Ordering::Relaxed))),
        max_documents: 20,
        marketplace: None,
        notes: vec!["A note <for> the home page".to_owned()],
    }
}

impl Rehearsal {
    pub(crate) async fn start() -> Self {
        let _ = rustls::crypto::ring::default_provider().install_default();
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let base = format!("http://{}", listener.local_addr().unwrap());
        let market: Shared = web::Data::new(Mutex::new(Market { base: base.clone(), ..Market::default() }));
        let data = market.clone();
        let server = HttpServer::new(move || {
            App::new()
                .app_data(data.clone())
                .route("/cxml", web::post().to(cxml))
                .route("/start", web::get().to(start))
                .route("/shop", web::get().to(shop))
                .route("/shop/request", web::post().to(request_approval))
        })
        .workers(1)
        .disable_signals()
        .listen(listener)
        .unwrap()
        .run();
        let handle = server.handle();
        tokio::spawn(server);
        let simulator = Simulator::start(config(Url::parse(&format!("{base}/cxml")).unwrap())).await.unwrap();
        Self { simulator, market, browser: Browser::new().unwrap(), server: handle }
    }

    /// Through the shop with the browser, up to the page on which the procurement system shows the cart.
    pub(crate) async fn shop(&self) -> Page {
        self.shop_as("coupa").await
    }

    pub(crate) async fn shop_as(&self, buyer: &str) -> Page {
        let started = self.simulator.punch_out(buyer).await.unwrap();
        let page = self.browser.open(&started.start_page_url).await.unwrap();
        let page = self.browser.press(&page, "Request approval").await.unwrap();
        self.browser.press(&page, "Return cart").await.unwrap()
    }

    /// A cart that waits for approval.
    pub(crate) async fn waiting_cart(&self) -> Cart {
        self.waiting_cart_of("coupa").await
    }

    pub(crate) async fn waiting_cart_of(&self, buyer: &str) -> Cart {
        self.shop_as(buyer).await;
        self.simulator.carts().pop().unwrap()
    }

    /// The next answers of the marketplace, HTTP status and body.
    pub(crate) fn answer_next(&self, answers: Vec<(u16, String)>) {
        self.market.lock().unwrap().answers = answers.into();
    }

    pub(crate) fn received(&self) -> Vec<String> {
        self.market.lock().unwrap().received.clone()
    }

    /// An approved order of that buyer.
    pub(crate) async fn order_of(&self, buyer: &str) -> PurchaseOrder {
        let cart = self.waiting_cart_of(buyer).await;
        let sent = self.simulator.approve(cart.id).await.unwrap();
        self.simulator.order(&sent.po_number).unwrap()
    }

    /// Posts a document to the simulator: HTTP status and body of the answer.
    pub(crate) async fn post(&self, url: Url, document: String) -> (u16, String) {
        let request = reqwest::Client::new().post(url).header("Content-Type", "text/xml").body(document);
        let response = request.send().await.unwrap();
        (response.status().as_u16(), response.text().await.unwrap())
    }

    pub(crate) async fn end(self) {
        self.simulator.stop().await;
        self.server.stop(false).await;
    }
}

async fn cxml(market: Shared, request: HttpRequest, body: String) -> HttpResponse {
    let mut market = market.lock().unwrap();
    let content_type = request.headers().get("Content-Type").unwrap().to_str().unwrap();
    market.content_types.push(content_type.to_owned());
    market.received.push(body.clone());
    if let Some((http, answer)) = market.answers.pop_front() {
        return HttpResponse::build(http.try_into().unwrap()).body(answer);
    }
    if body.contains("<ProfileRequest/>") {
        return HttpResponse::Ok().body(profile(&["PunchOutSetupRequest", "OrderRequest"]));
    }
    if body.contains("<PunchOutSetupRequest") {
        market.cookie = between(&body, "<BuyerCookie>", "</BuyerCookie>");
        market.form_post = between(&body, "<BrowserFormPost><URL>", "</URL>");
        let start = format!(
            "<Status code='200' text='OK'/><PunchOutSetupResponse><StartPage><URL>{}/start</URL></StartPage></PunchOutSetupResponse>",
            market.base
        );
        return HttpResponse::Ok().body(envelope(&start));
    }
    HttpResponse::Ok().body(status(200, "OK"))
}

async fn start() -> HttpResponse {
    HttpResponse::SeeOther().insert_header(("Location", "/shop")).finish()
}

async fn shop() -> HttpResponse {
    HttpResponse::Ok().body("<form method=\"post\" action=\"/shop/request\"><button>Request approval</button></form>")
}

async fn request_approval(market: Shared) -> HttpResponse {
    let market = market.lock().unwrap();
    let items = market.items.as_deref().unwrap_or(ITEM);
    let cart = format!(
        "<?xml version='1.0'?><cXML payloadID='c@shop' timestamp='t'><Header/><Message><PunchOutOrderMessage>\
         <BuyerCookie>{}</BuyerCookie><PunchOutOrderMessageHeader operationAllowed='edit'><Total>\
         <Money currency='USD'>24000.00</Money></Total></PunchOutOrderMessageHeader>{items}\
         </PunchOutOrderMessage></Message></cXML>",
        market.cookie
    );
    let escaped = cart.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;");
    HttpResponse::Ok().body(format!(
        "<form method=\"post\" action=\"{}\"><input type=\"hidden\" name=\"cXML-urlencoded\" value=\"{escaped}\">\
         <button>Return cart</button></form>",
        market.form_post
    ))
}

pub(crate) fn between(text: &str, start: &str, end: &str) -> String {
    let after = text.split_once(start).unwrap_or_else(|| panic!("no {start} in {text}")).1;
    after.split_once(end).unwrap().0.to_owned()
}
