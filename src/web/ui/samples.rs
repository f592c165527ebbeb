//! A small made-up world for the tests of the pages: one seller, one buyer, one order from the request to the invoice.
//!
//! The amounts come from the domain's own decisions. `World::new(suffix)` hangs the suffix onto every text that a person
//! or another system could have written.

use std::collections::BTreeMap;

use jiff::Timestamp;
use marketgate_domain::agreement::Agreement;
use marketgate_domain::charge::{Charge, ChargeState};
use marketgate_domain::connection::Connection;
use marketgate_domain::event::{Actor, Attempt, AuditRecord, Email, OutboxIntent, OutboxMessage, OutboxState, Payload};
use marketgate_domain::id::{
    AgreementId, ConnectionId, InvoiceId, MessageId, OrganizationId, OutboxId, ProductId, PunchoutSessionId,
    PurchaseOrderId, RequestId, UserId,
};
use marketgate_domain::invoice::{self, Bills, DueCharge, Invoice, InvoiceFacts};
use marketgate_domain::money::{Currency, Money};
use marketgate_domain::offer::Offer;
use marketgate_domain::organization::Organization;
use marketgate_domain::procurement_request::{Acceptance, ProcurementRequest, RequestStatus};
use marketgate_domain::product::{Product, ProductType};
use marketgate_domain::purchase_order::{
    AccountingSegment, LineFacts, LineRefusal, MatchedRequest, OrderDecision, OrderFacts, OrderOutcome, OrderVersion,
    OrderedLine, OrderedPrice, PurchaseOrder, decide,
};
use marketgate_domain::quote::{QuoteRules, Selection, quote};
use marketgate_domain::refusal::{Refusal, UnsupportedReason};
use marketgate_domain::seller::Seller;

use super::samples_catalog::{
    configurable_offer, connection, fixed, offer, organization, private_offer, product, seller, usage_offer,
};

/// Time-ordered like the real ones, so that shortened forms look real too.
pub(super) const ID_BASE: u128 = 0x019a_b3c0_1f2e_7000_8000_0000_0000_0000;

/// Everything that the pages show.
pub(crate) struct World {
    pub(crate) csrf: &'static str,
    pub(crate) seller: Seller,
    pub(crate) organization: Organization,
    pub(crate) connection: Connection,
    pub(crate) product: Product,
    pub(crate) image: Product,
    pub(crate) public_offer: Offer,
    pub(crate) private_offer: Offer,
    pub(crate) usage_offer: Offer,
    pub(crate) configurable_offer: Offer,
    pub(crate) request: ProcurementRequest,
    pub(crate) order: PurchaseOrder,
    pub(crate) refused_order: PurchaseOrder,
    pub(crate) agreement: Agreement,
    pub(crate) charges: Vec<Charge>,
    pub(crate) invoice: Invoice,
    pub(crate) parked: OutboxMessage,
    pub(crate) mail: OutboxMessage,
    pub(crate) audit: Vec<AuditRecord>,
    pub(crate) refusal: Refusal,
    pub(crate) unsupported: Refusal,
    pub(crate) default_budget: Money,
    pub(crate) selection: Selection,
}

impl World {
    /// The world with a suffix on every free text.
    pub(crate) fn new(suffix: &str) -> Self {
        let (seller, organization, connection) = (seller(suffix), organization(suffix), connection(suffix));
        let product = product(suffix);
        let private_offer = private_offer(suffix);
        let refusal =
            Refusal::SupersededAgreementProposal { offer: private_offer.name.clone(), requested: 1, current: 2 };
        let unsupported = Refusal::UnsupportedProduct {
            product: product.name.clone(),
            reason: UnsupportedReason::ProfessionalServices,
        };
        let in_cart = request(&private_offer, &product, &connection);
        let line = ordered_line(&in_cart, suffix);
        let (agreement, mut charges, request) = accepted(&connection, &in_cart, &private_offer, &product, &line);
        let outcome = OrderOutcome::Accepted { agreements: vec![agreement.id] };
        let order = order(1, "PO-4500017", suffix, vec![line.clone()], outcome);
        let invoice = issued(&seller, &organization, &order, &charges, &request, &line);
        charges[0].state = ChargeState::Invoiced { invoice: invoice.id };
        let failing = LineRefusal { line: 1, request: Some(request.id), refusal: refusal.clone() };
        let refused_order =
            self::order(2, "PO-4500018", suffix, vec![line], OrderOutcome::Refused { lines: vec![failing] });
        Self {
            csrf: "csrf-token-of-this-session",
            image: Product {
                id: ProductId::from_value(ID_BASE + 12),
                code: "NL-IMAGE".into(),
                name: text("Hardened Base Image", suffix),
                product_type: ProductType::Ami,
                ..product.clone()
            },
            public_offer: offer(21, "Public, 12 months", suffix, vec![fixed("150000")]),
            usage_offer: usage_offer(suffix),
            configurable_offer: configurable_offer(suffix),
            parked: parked(&invoice, suffix),
            mail: mail(&request, suffix),
            audit: audit(suffix),
            default_budget: usd("10000"),
            selection: Selection::default(),
            seller,
            organization,
            connection,
            product,
            private_offer,
            request,
            order,
            refused_order,
            agreement,
            charges,
            invoice,
            refusal,
            unsupported,
        }
    }

    /// Name of the one account.
    pub(crate) fn account(&self) -> &str {
        &self.organization.accounts[0].name
    }
}

pub(super) fn text(text: &str, suffix: &str) -> String {
    format!("{text}{suffix}")
}

pub(crate) fn usd(amount: &str) -> Money {
    Money::new(amount.parse().unwrap(), Currency::USD).unwrap()
}

pub(crate) fn at(moment: &str) -> Timestamp {
    moment.parse().unwrap()
}

fn request(offer: &Offer, product: &Product, connection: &Connection) -> ProcurementRequest {
    let rules = QuoteRules { blanket_values: vec![usd("10000")], validity_days: 90 };
    let clicked = at("2026-11-23T14:05:00Z");
    ProcurementRequest {
        id: RequestId::from_value(ID_BASE + 31),
        organization: connection.organization,
        account: connection.default_account,
        connection: connection.id,
        session: PunchoutSessionId::from_value(ID_BASE + 32),
        requester: UserId::from_value(ID_BASE + 5),
        requester_email: Some("robin@acme.example".parse().unwrap()),
        product: product.id,
        seller: product.seller,
        offer: offer.id,
        revision: offer.revision,
        offer_name: offer.name.clone(),
        quote: quote(offer, product, Selection::default(), &connection.lines, &rules, clicked).unwrap(),
        tax_estimate: usd("22800"),
        acceptance: Acceptance { documents_sha256: "9f86d081884c7d65".repeat(4), accepted_at: clicked },
        status: RequestStatus::InCart,
        created_at: clicked,
        warned_days: None,
        made_in_test: false,
        changed_at: at("2026-11-23T14:06:00Z"),
    }
}

fn ordered_line(request: &ProcurementRequest, suffix: &str) -> OrderedLine {
    let quoted = &request.quote.line;
    OrderedLine {
        number: 1,
        part_id: quoted.part_id.clone(),
        reference: request.reference(),
        quantity: quoted.quantity,
        price: Some(OrderedPrice { amount: quoted.unit_price.amount(), currency: "USD".into(), basis: None }),
        unit: text("EA", suffix),
        accounting: vec![AccountingSegment {
            accounting: text("Distribution", suffix),
            name: text("Cost center", suffix),
            value: format!("CC-100{suffix}"),
            description: String::new(),
        }],
    }
}

fn accepted(
    connection: &Connection,
    request: &ProcurementRequest,
    offer: &Offer,
    product: &Product,
    line: &OrderedLine,
) -> (Agreement, Vec<Charge>, ProcurementRequest) {
    let matched = MatchedRequest { request: request.clone(), offer: offer.clone(), product: product.clone() };
    let lines = [LineFacts {
        line: line.clone(),
        matched: Some(matched),
        new_agreement: AgreementId::from_value(ID_BASE + 41),
    }];
    let facts = OrderFacts {
        order: PurchaseOrderId::from_value(ID_BASE + 51),
        number: "PO-4500017",
        connection,
        lines: &lines,
        total: None,
        test: false,
    };
    match decide(&facts, at("2026-11-24T09:12:00Z")) {
        OrderDecision::Accepted { mut agreements, charges, mut requests } => {
            (agreements.remove(0), charges, requests.remove(0))
        }
        OrderDecision::Refused { lines, .. } => panic!("the sample order must pass: {lines:?}"),
    }
}

fn order(id: u128, number: &str, suffix: &str, lines: Vec<OrderedLine>, outcome: OrderOutcome) -> PurchaseOrder {
    PurchaseOrder {
        id: PurchaseOrderId::from_value(ID_BASE + 50 + id),
        organization: OrganizationId::from_value(ID_BASE + 2),
        connection: ConnectionId::from_value(ID_BASE + 4),
        number: number.to_owned(),
        versions: vec![OrderVersion {
            version: 1,
            payload_id: text("1795511520.4711@acme.coupahost.example", suffix),
            order_date: text("2026-11-24T09:12:00+00:00", suffix),
            message: MessageId::from_value(ID_BASE + 61),
            decided_at: at("2026-11-24T09:12:00Z"),
            lines,
            outcome,
            warnings: Vec::new(),
            repetitions: 0,
            last_received_at: None,
        }],
    }
}

fn issued(
    seller: &Seller,
    organization: &Organization,
    order: &PurchaseOrder,
    charges: &[Charge],
    request: &ProcurementRequest,
    line: &OrderedLine,
) -> Invoice {
    let due = DueCharge { charge: charges[0].clone(), quoted: request.quote.line.clone(), line: Some(line.clone()) };
    let facts = InvoiceFacts {
        id: InvoiceId::from_value(ID_BASE + 71),
        number: "NL-000042".into(),
        seller,
        organization,
        bills: Bills::Order(order),
        net_payment_days: Some(30),
        charges: &[due],
    };
    invoice::issue(facts, at("2026-12-01T00:05:00Z")).unwrap()
}

fn outbox(id: u128, payload: Payload, state: OutboxState) -> OutboxMessage {
    OutboxMessage {
        intent: OutboxIntent {
            id: OutboxId::from_value(ID_BASE + id),
            lane: "invoice".into(),
            connection: Some(ConnectionId::from_value(ID_BASE + 4)),
            organization: OrganizationId::from_value(ID_BASE + 2),
            payload,
        },
        state,
        created_at: at("2026-12-01T00:05:00Z"),
        due_at: at("2026-12-01T00:05:00Z"),
        attempts: vec![],
        tries_before: 0,
        document: None,
        reason: None,
    }
}

fn parked(invoice: &Invoice, suffix: &str) -> OutboxMessage {
    let attempt = |moment: &str, status, answer: &str| Attempt {
        at: at(moment),
        duration_ms: 240,
        transport_status: Some(status),
        cxml_status: None,
        answer: text(answer, suffix),
        in_doubt: false,
    };
    OutboxMessage {
        attempts: vec![
            attempt("2026-12-01T00:05:02Z", 503, "Service unavailable"),
            attempt("2026-12-01T00:06:02Z", 403, "Forbidden: unknown sender"),
        ],
        document: Some(MessageId::from_value(ID_BASE + 62)),
        reason: Some(text("The receiver answered 403: check identity and secret of the connection.", suffix)),
        ..outbox(81, Payload::Invoice { invoice: invoice.id }, OutboxState::Parked)
    }
}

fn mail(request: &ProcurementRequest, suffix: &str) -> OutboxMessage {
    let email = Email {
        to: vec!["robin@acme.example".parse().unwrap()],
        subject: text("Your agreement for Log Lens has started", suffix),
        text: text("Hello,\n\npurchase order PO-4500017 was accepted.\n", suffix),
        about: Some(request.id),
    };
    outbox(82, Payload::Email(email), OutboxState::Delivered)
}

fn audit(suffix: &str) -> Vec<AuditRecord> {
    let record = |moment: &str, actor, action: &str, subject: String, detail: &str| AuditRecord {
        at: at(moment),
        actor,
        action: text(action, suffix),
        subject: text(&subject, suffix),
        organization: Some(OrganizationId::from_value(ID_BASE + 2)),
        detail: text(detail, suffix),
    };
    let connection = ConnectionId::from_value(ID_BASE + 4);
    let order = PurchaseOrderId::from_value(ID_BASE + 51).to_string();
    let system = Actor::System { part: text("bill_due_charges", suffix) };
    let invoice = InvoiceId::from_value(ID_BASE + 71).to_string();
    vec![
        record("2026-12-01T00:05:00Z", system, "invoice.issued", invoice, "Invoice NL-000042 over 35,700.00 USD."),
        record(
            "2026-11-24T09:12:00Z",
            Actor::Connection { connection },
            "order.accepted",
            order,
            "PO-4500017 created one agreement.",
        ),
        record("2026-11-24T08:00:00Z", Actor::Anonymous, "access.denied", "/console".into(), "Sign in first."),
    ]
}

/// The selection of somebody who chose 25 users for three years.
pub(crate) fn team_selection(key: &str) -> Selection {
    Selection { months: Some(36), quantities: BTreeMap::from([(key.to_owned(), 25)]), estimate: None }
}
