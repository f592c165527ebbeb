//! A small made-up world for the tests of the pages: one seller, one buyer, one order from the request to the invoice.
//!
//! The amounts come from the domain's own decisions. `World::new(suffix)` hangs the suffix onto every text that a person
//! or another system could have written.

use std::collections::BTreeMap;

use jiff::Timestamp;
use jiff::civil::date;
use marketgate_domain::address::PostalAddress;
use marketgate_domain::agreement::Agreement;
use marketgate_domain::charge::{Charge, ChargeState};
use marketgate_domain::classification::{UnitOfMeasure, Unspsc};
use marketgate_domain::connection::{
    CartEncoding, ConfirmationSettings, ConfirmationStyle, Connection, Dialect, DocumentVersions, Identity, InvoiceSettings,
    LineSettings, LineStyle, PoReference, PunchoutSettings, SealedSecret,
};
use marketgate_domain::event::{Actor, Attempt, AuditRecord, Email, OutboxIntent, OutboxMessage, OutboxState, Payload};
use marketgate_domain::id::{
    AccountId, AgreementId, ConnectionId, InvoiceId, MessageId, OfferId, OrganizationId, OutboxId, ProductId,
    PunchoutSessionId, PurchaseOrderId, RequestId, SellerId, UserId,
};
use marketgate_domain::invoice::{self, DueCharge, Invoice, InvoiceFacts};
use marketgate_domain::money::{Currency, Money};
use marketgate_domain::offer::{Offer, OfferState, Visibility};
use marketgate_domain::organization::{Account, Organization};
use marketgate_domain::procurement_request::{Acceptance, ProcurementRequest, RequestStatus};
use marketgate_domain::product::{Product, ProductType};
use marketgate_domain::purchase_order::{
    AccountingSegment, LineFacts, LineRefusal, MatchedRequest, OrderDecision, OrderFacts, OrderOutcome, OrderVersion,
    OrderedLine, OrderedPrice, PurchaseOrder, decide,
};
use marketgate_domain::quote::{QuoteRules, Selection, quote};
use marketgate_domain::refusal::{Refusal, UnsupportedReason};
use marketgate_domain::seller::{RemitTo, Seller};
use marketgate_domain::tax::TaxRule;
use marketgate_domain::terms::{DimensionPrice, DurationChoice, Installment, LegalDocument, Term, Terms, UsageRate};

/// Time-ordered like the real ones, so that shortened forms look real too.
const ID_BASE: u128 = 0x019a_b3c0_1f2e_7000_8000_0000_0000_0000;

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
        let refusal = Refusal::SupersededAgreementProposal { offer: private_offer.name.clone(), requested: 1, current: 2 };
        let unsupported =
            Refusal::UnsupportedProduct { product: product.name.clone(), reason: UnsupportedReason::ProfessionalServices };
        let in_cart = request(&private_offer, &product, &connection);
        let line = ordered_line(&in_cart, suffix);
        let (agreement, mut charges, request) = accepted(&connection, &in_cart, &private_offer, &product, &line);
        let outcome = OrderOutcome::Accepted { agreements: vec![agreement.id] };
        let order = order(1, "PO-4500017", suffix, vec![line.clone()], outcome);
        let invoice = issued(&seller, &organization, &order, &charges, &request, &line);
        charges[0].state = ChargeState::Invoiced { invoice: invoice.id };
        let failing = LineRefusal { line: 1, request: Some(request.id), refusal: refusal.clone() };
        let refused_order = self::order(2, "PO-4500018", suffix, vec![line], OrderOutcome::Refused { lines: vec![failing] });
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

fn text(text: &str, suffix: &str) -> String {
    format!("{text}{suffix}")
}

pub(crate) fn usd(amount: &str) -> Money {
    Money::new(amount.parse().unwrap(), Currency::USD).unwrap()
}

pub(crate) fn at(moment: &str) -> Timestamp {
    moment.parse().unwrap()
}

fn address(suffix: &str) -> PostalAddress {
    PostalAddress {
        street: vec![text("12 Harbour Street", suffix)],
        city: text("Hamburg", suffix),
        state: None,
        postal_code: Some(text("20457", suffix)),
        country: "DE".to_owned().try_into().unwrap(),
    }
}

fn seller(suffix: &str) -> Seller {
    Seller {
        id: SellerId::from_value(ID_BASE + 1),
        name: text("Northlight", suffix),
        legal_name: text("Northlight Systems Ltd", suffix),
        address: address(suffix),
        tax_id: Some(text("DE123456789", suffix)),
        remit_to: RemitTo { code: Some(text("RT-1", suffix)), bank_reference: Some(text("DE00 1234 5678 0000 0000 00", suffix)) },
        invoice_prefix: text("NL", suffix),
        contact: "orders@northlight.example".parse().unwrap(),
        payment_terms_days: 30,
        tax_rules: vec![TaxRule {
            buyer_country: Some("DE".to_owned().try_into().unwrap()),
            category: text("vat", suffix),
            rate_percent: "19".parse().unwrap(),
            description: text("VAT 19 %", suffix),
        }],
    }
}

fn organization(suffix: &str) -> Organization {
    Organization {
        id: OrganizationId::from_value(ID_BASE + 2),
        name: text("Acme", suffix),
        address: address(suffix),
        admins: vec!["admin@acme.example".parse().unwrap()],
        accounts: vec![Account {
            id: AccountId::from_value(ID_BASE + 3),
            name: text("Engineering", suffix),
            contact: "engineering@acme.example".parse().unwrap(),
        }],
    }
}

fn connection(suffix: &str) -> Connection {
    let identity = |identity: &str| vec![Identity { domain: text("NetworkID", suffix), identity: text(identity, suffix) }];
    Connection {
        id: ConnectionId::from_value(ID_BASE + 4),
        organization: OrganizationId::from_value(ID_BASE + 2),
        name: text("Acme / Coupa", suffix),
        dialect: Dialect::Coupa,
        enabled: true,
        test_mode: true,
        default_account: AccountId::from_value(ID_BASE + 3),
        sellers_of_record: vec![],
        buyer_identities: identity("COUPA-ACME"),
        supplier_identities: identity("MARKETGATE"),
        secret: SealedSecret("sealed:0011223344".into()),
        next_secret: None,
        punchout: PunchoutSettings {
            cart_encoding: CartEncoding::Urlencoded,
            home_part_ids: vec![text("HOME", suffix)],
            return_hosts: vec![text("acme.coupahost.example", suffix)],
            frame_ancestors: vec![],
            account_extrinsic: None,
        },
        lines: LineSettings {
            style: LineStyle::Classified,
            unit: UnitOfMeasure::each(),
            service_unspsc: Unspsc::service(),
            material_unspsc: Unspsc::material(),
        },
        versions: DocumentVersions { cxml: "1.2.014".into(), invoice: "1.2.014".into(), fulfill: "1.2.014".into() },
        invoicing: InvoiceSettings {
            url: Some(text("https://acme.coupahost.example/cxml/invoices", suffix)),
            from: None,
            to: None,
            secret: None,
            po_reference: PoReference::NumberAsPayloadId,
            send_payment_terms: false,
            hold_minutes: 60,
        },
        confirmation: ConfirmationSettings { style: ConfirmationStyle::WhenAllowed, url: None },
        created_at: at("2026-11-01T08:00:00Z"),
    }
}

fn product(suffix: &str) -> Product {
    Product {
        id: ProductId::from_value(ID_BASE + 11),
        code: "NL-LOGLENS".into(),
        name: text("Log Lens", suffix),
        summary: text("Finds what changed in your logs before your customers do.", suffix),
        description: text(
            "Log Lens reads the logs of your services as they are written, learns their normal shape and reports what is new.\n\n\
             Data stays in the region that you choose. Roles, single sign-on and audit export are part of every plan.",
            suffix,
        ),
        category: text("Observability", suffix),
        product_type: ProductType::SaaS,
        seller: SellerId::from_value(ID_BASE + 1),
        setup: text("Register your workspace with the e-mail address of the requester. The welcome mail holds the link.", suffix),
    }
}

fn fixed(amount: &str) -> Term {
    Term::FixedUpfrontPricing { months: 12, price: usd(amount), grants: vec!["500 gigabytes a day".into(), "Unlimited users".into()] }
}

fn offer(id: u128, name: &str, suffix: &str, terms: Vec<Term>) -> Offer {
    Offer {
        id: OfferId::from_value(ID_BASE + id),
        product: ProductId::from_value(ID_BASE + 11),
        seller: SellerId::from_value(ID_BASE + 1),
        name: text(name, suffix),
        visibility: Visibility::Public,
        revision: 1,
        availability_end_date: None,
        terms: Terms::new(terms).unwrap(),
        state: OfferState::Released,
        released_at: at("2026-11-20T10:00:00Z"),
    }
}

fn private_offer(suffix: &str) -> Offer {
    let installments = [(date(2026, 12, 1), "30000"), (date(2027, 3, 1), "45000"), (date(2027, 9, 1), "45000")]
        .map(|(charge_date, amount)| Installment { charge_date, amount: usd(amount) })
        .to_vec();
    let document = LegalDocument {
        title: text("End user licence agreement", suffix),
        version: text("3.1", suffix),
        text: text("1. The licensor grants the organization the right to use the service for the term of the agreement.", suffix),
    };
    let terms = vec![
        Term::FixedUpfrontPricing { months: 12, price: usd("0"), grants: vec![text("500 gigabytes a day", suffix)] },
        Term::PaymentSchedule { installments },
        Term::Legal { documents: vec![document] },
        Term::NetPayment { days: 30 },
        Term::Renewal { auto_renew: false },
        Term::Support { refund_policy: text("Full refund within 30 days.", suffix) },
    ];
    Offer {
        visibility: Visibility::Private { accounts: vec![AccountId::from_value(ID_BASE + 3)] },
        revision: 2,
        availability_end_date: Some(date(2026, 12, 15)),
        ..offer(22, "Enterprise for Acme", suffix, terms)
    }
}

fn usage_offer(suffix: &str) -> Offer {
    let rate = |dimension: &str, unit: &str, price: &str| UsageRate {
        dimension: text(dimension, suffix),
        unit: text(unit, suffix),
        price: price.parse().unwrap(),
    };
    let rates = vec![rate("events", "thousand events", "0.0025"), rate("gb", "stored gigabyte", "0.12")];
    offer(23, "Pay as you go", suffix, vec![Term::UsageBasedPricing { currency: Currency::USD, rates }])
}

fn configurable_offer(suffix: &str) -> Offer {
    let price = |dimension: &str, unit: &str, price: &str| DimensionPrice {
        dimension: text(dimension, suffix),
        unit: text(unit, suffix),
        price: usd(price),
    };
    let choices = vec![
        DurationChoice { months: 12, dimensions: vec![price("user", "user", "120")] },
        DurationChoice { months: 36, dimensions: vec![price("user", "user", "300"), price("support", "support hour", "90")] },
    ];
    offer(24, "Team, by user", suffix, vec![Term::ConfigurableUpfrontPricing { choices }])
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
        price: Some(OrderedPrice { amount: quoted.unit_price.amount(), currency: "USD".into() }),
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
    let lines = [LineFacts { line: line.clone(), matched: Some(matched), new_agreement: AgreementId::from_value(ID_BASE + 41) }];
    let facts = OrderFacts { order: PurchaseOrderId::from_value(ID_BASE + 51), number: "PO-4500017", connection, lines: &lines };
    match decide(&facts, at("2026-11-24T09:12:00Z")) {
        OrderDecision::Accepted { mut agreements, charges, mut requests } => (agreements.remove(0), charges, requests.remove(0)),
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
    let due = DueCharge { charge: charges[0].clone(), request: request.clone(), line: line.clone() };
    let facts = InvoiceFacts {
        id: InvoiceId::from_value(ID_BASE + 71),
        number: "NL-000042".into(),
        seller,
        organization,
        order,
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
        record("2026-11-24T09:12:00Z", Actor::Connection { connection }, "order.accepted", order, "PO-4500017 created one agreement."),
        record("2026-11-24T08:00:00Z", Actor::Anonymous, "access.denied", "/console".into(), "Sign in first."),
    ]
}

/// The selection of somebody who chose 25 users for three years.
pub(crate) fn team_selection(key: &str) -> Selection {
    Selection { months: Some(36), quantities: BTreeMap::from([(key.to_owned(), 25)]), estimate: None }
}
