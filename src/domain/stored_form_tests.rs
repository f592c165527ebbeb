//! The stored form is a contract: files written by this version of the schema must be read by every later one.
//!
//! Each file under `testdata/db/v1` holds the records of one type, together with every shape that its fields can take. A
//! test reads the file, compares with the values below, and writes the same JSON again. Where one of them fails, an
//! installed store would not be read either: add a default or a migration, and never change the files.

use std::fmt::Debug;

use jiff::civil::date;
use rust_decimal::Decimal;
use serde::Serialize;
use serde::de::DeserializeOwned;

use crate::agreement::{Agreement, Origin};
use crate::charge::{Charge, ChargeId, ChargeState};
use crate::connection::{
    AccountExtrinsic, CartEncoding, ConfirmationStyle, Connection, Dialect, Identity, LineStyle, PoReference,
    SealedSecret,
};
use crate::event::{Actor, Attempt, AuditRecord, Email, OutboxIntent, OutboxMessage, OutboxState, Payload};
use crate::fixtures::{
    ACCOUNT, PURCHASE_ORDER, accepted_order, arrival, at, click, connection, country, decimal, email, fixed, line_for,
    line_settings, monthly, offer, ordered_line, organization, private_offer, product, punchout_session, quote_rules,
    request, seller, three_installments, usage, usd,
};
use crate::id::{
    AgreementId, ConnectionId, InvoiceId, MessageId, OrganizationId, OutboxId, ProductId, PurchaseOrderId, RequestId,
    UserId,
};
use crate::invoice::{self, Bills, DueCharge, Invoice, InvoiceFacts};
use crate::money::{Currency, Money};
use crate::offer::{Offer, OfferState};
use crate::organization::{AutomaticApproval, Organization};
use crate::procurement_request::{Acceptance, ProcurementRequest, RequestStatus};
use crate::product::ProductType;
use crate::punchout::SessionState;
use crate::purchase_order::{self, LineRefusal, OrderDecision, OrderFacts, OrderOutcome, OrderVersion};
use crate::quote::Selection;
use crate::refusal::{PriceKind, Refusal, UnsupportedReason};
use crate::subscription::{self, Integration, SubscriptionFacts, Wish};
use crate::terms::{DimensionPrice, DurationChoice, LegalDocument, Term, UsageRate};
use crate::user::{OperatorUser, User};

/// Reads the file, compares, and writes the same again.
fn keeps<T: Serialize + DeserializeOwned + PartialEq + Debug>(file: &str, expected: &[T]) {
    let read: Vec<T> = serde_json::from_str(file).unwrap();
    assert_eq!(read, expected);
    let there: serde_json::Value = serde_json::from_str(file).unwrap();
    assert_eq!(serde_json::to_value(&read).unwrap(), there);
}

macro_rules! stored {
    ($name:literal) => {
        include_str!(concat!("../../testdata/db/v1/", $name, ".json"))
    };
}

#[test]
fn stored_organizations_are_read() {
    let mut second = organization();
    second.address.state = Some("IL".into());
    second.address.postal_code = None;
    second.admins.clear();
    keeps(stored!("organization"), &[organization(), second]);
    let automatic_approval = AutomaticApproval { free: true, byol: false };
    keeps(stored!("approving_organization"), &[Organization { automatic_approval, ..organization() }]);
}

#[test]
fn stored_users_are_read() {
    let named = User {
        id: UserId::from_value(1),
        organization: OrganizationId::from_value(1),
        account: ACCOUNT,
        email: Some(email("Buyer@acme.example")),
        login: "buyer".into(),
        display_name: "A Buyer".into(),
        created_at: click(),
    };
    let guest = User { email: None, login: "guest".into(), display_name: String::new(), ..named.clone() };
    keeps(stored!("user"), &[named, guest]);
}

#[test]
fn stored_operator_users_are_read() {
    let operator = OperatorUser {
        id: UserId::from_value(9),
        email: email("operator@marketgate.example"),
        password_hash: "$argon2id$v=19$m=8,t=1,p=1$c2FsdA$aGFzaA".into(),
        created_at: click(),
    };
    keeps(stored!("operator_user"), &[operator]);
}

#[test]
fn stored_connections_are_read() {
    keeps(stored!("connection"), &[connection(), full_connection(), generic_connection()]);
}

fn full_connection() -> Connection {
    let identity = |domain: &str| Identity { domain: domain.into(), identity: "AN01000000001-T".into() };
    let mut full = connection();
    full.dialect = Dialect::SapBusinessNetwork;
    full.test_mode = true;
    full.sellers_of_record = vec![seller().id];
    full.next_secret = Some(SealedSecret("k2.sealed".into()));
    full.punchout.cart_encoding = CartEncoding::Base64;
    full.punchout.frame_ancestors = vec!["https://acme.example".into()];
    let accounts = [("BU-1".to_owned(), ACCOUNT)].into();
    full.punchout.account_extrinsic = Some(AccountExtrinsic { name: "BusinessUnit".into(), accounts });
    full.lines = line_settings(LineStyle::Material);
    full.invoicing.from = Some(identity("NetworkID"));
    full.invoicing.to = Some(identity("DUNS"));
    full.invoicing.secret = Some(SealedSecret("k1.other".into()));
    full.invoicing.po_reference = PoReference::OrderIdAndPayloadId;
    full.invoicing.hold_minutes = 60;
    full.confirmation.style = ConfirmationStyle::Always;
    full.confirmation.url = Some("https://acme.example/cxml/confirmations".into());
    full
}

fn generic_connection() -> Connection {
    let mut generic = connection();
    generic.dialect = Dialect::Generic;
    generic.enabled = false;
    generic.lines = line_settings(LineStyle::Classified);
    generic.invoicing.url = None;
    generic.confirmation.style = ConfirmationStyle::Never;
    generic
}

#[test]
fn stored_sellers_are_read() {
    let mut plain = seller();
    plain.tax_id = None;
    plain.remit_to.code = None;
    plain.remit_to.bank_reference = None;
    plain.tax_rules[0].buyer_country = None;
    keeps(stored!("seller"), &[seller(), plain]);
}

#[test]
fn stored_products_are_read() {
    keeps(stored!("product"), &ProductType::ALL.map(product));
}

#[test]
fn stored_offers_are_read() {
    let rates = vec![UsageRate { dimension: "gigabyte".into(), unit: "gigabyte".into(), price: decimal("0.0125") }];
    let user = DimensionPrice { dimension: "user".into(), unit: "user".into(), price: usd("120") };
    let documents = vec![LegalDocument { title: "Licence".into(), version: "1.0".into(), text: "Be fair.".into() }];
    let all_fixed = vec![
        Term::FixedUpfrontPricing { months: 12, price: usd("12000"), grants: vec!["10 users".into()] },
        Term::Renewal { auto_renew: false },
        Term::Support { refund_policy: "Full refund in the first 14 days.".into() },
        Term::Legal { documents },
        Term::NetPayment { days: 45 },
    ];
    let withdrawn = Offer { state: OfferState::Withdrawn, revision: 3, ..offer(vec![Term::FreeTrial { days: 14 }]) };
    let offers = [
        offer(all_fixed),
        offer(vec![Term::ConfigurableUpfrontPricing {
            choices: vec![DurationChoice { months: 12, dimensions: vec![user] }],
        }]),
        offer(monthly("99", 24)),
        offer(vec![Term::UsageBasedPricing { currency: Currency::EUR, rates }]),
        offer(vec![Term::Byol]),
        withdrawn,
        private_offer(three_installments(), date(2026, 12, 15)),
    ];
    keeps(stored!("offer"), &offers);
}

#[test]
fn stored_punchout_sessions_are_read() {
    let mut returned = punchout_session();
    returned.test = true;
    returned.selected = Some(ProductId::from_value(1));
    returned.unknown_part = Some("ANVIL-9".into());
    returned.cart = vec![RequestId::from_value(1), RequestId::from_value(2)];
    returned.state = SessionState::Returned;
    returned.opened_at = Some(click());
    returned.acted = true;
    keeps(stored!("punchout_session"), &[punchout_session(), returned]);
}

#[test]
fn stored_procurement_requests_are_read() {
    let fulfilled =
        RequestStatus::Fulfilled { agreement: AgreementId::from_value(1), purchase_order: PURCHASE_ORDER.into() };
    let reason = Refusal::ExpiredQuote { offer: "Standard".into(), valid_until: date(2027, 3, 1) };
    let refused = RequestStatus::Refused { reason, purchase_order: PURCHASE_ORDER.into() };
    let requests = [
        one_request(1, vec![fixed("12000")], RequestStatus::Requested),
        one_request(2, three_installments(), RequestStatus::InCart),
        one_request(3, monthly("99", 24), fulfilled),
        one_request(4, vec![usage()], refused),
        ProcurementRequest { requester_email: None, ..one_request(5, vec![Term::Byol], RequestStatus::Withdrawn) },
    ];
    keeps(stored!("procurement_request"), &requests);
}

fn one_request(number: u32, terms: Vec<Term>, status: RequestStatus) -> ProcurementRequest {
    let mut connection = connection();
    connection.lines = line_settings(LineStyle::Classified);
    let mut request = request(number, &offer(terms), &product(ProductType::SaaS), &connection);
    request.quote.selection.months = Some(12);
    request.quote.selection.quantities = [("user".to_owned(), 10)].into();
    request.quote.selection.estimate = Some(decimal("2500.50"));
    request.with_status(status, arrival())
}

#[test]
fn stored_purchase_orders_are_read() {
    let in_cart = one_request(1, vec![fixed("12000")], RequestStatus::InCart);
    let visible = ordered_line(1, &in_cart);
    let mut hidden = ordered_line(2, &in_cart);
    hidden.price = None;
    hidden.accounting.clear();
    let mut order = accepted_order(vec![visible, hidden], vec![AgreementId::from_value(1), AgreementId::from_value(2)]);
    let lines = every_refusal()
        .into_iter()
        .zip(1u32..)
        .map(|(refusal, line)| LineRefusal { line, request: (line > 1).then_some(in_cart.id), refusal })
        .collect();
    let refused = OrderVersion {
        version: 2,
        lines: vec![],
        outcome: OrderOutcome::Refused { lines },
        ..order.versions[0].clone()
    };
    order.versions.push(refused);
    keeps(stored!("purchase_order"), &[order]);
}

fn every_refusal() -> Vec<Refusal> {
    use UnsupportedReason::{AmiContract, ContainerContract, ProfessionalServices};
    let offer = || "Standard".to_owned();
    let unsupported = |reason| Refusal::UnsupportedProduct { product: "Anvil".into(), reason };
    vec![
        Refusal::UnknownProcurementRequest { reference: "req-1".into() },
        Refusal::ExpiredAgreementProposal { offer: offer(), last_day: Some(date(2026, 12, 9)) },
        Refusal::ExpiredAgreementProposal { offer: offer(), last_day: None },
        Refusal::SupersededAgreementProposal { offer: offer(), requested: 1, current: 2 },
        Refusal::ExpiredQuote { offer: offer(), valid_until: date(2027, 3, 1) },
        Refusal::AlreadyOrdered { purchase_order: "PO-1".into() },
        Refusal::PriceMismatch { quoted: usd("19.50"), ordered: decimal("19.501"), of: PriceKind::Unit },
        Refusal::QuantityMismatch { quoted: decimal("1"), ordered: decimal("2.5") },
        Refusal::CurrencyMismatch { quoted: "USD".into(), ordered: "EUR".into() },
        unsupported(AmiContract),
        unsupported(ContainerContract),
        unsupported(ProfessionalServices),
        Refusal::AccountNotTargeted { offer: offer() },
        Refusal::ConnectionDisabled { connection: "Acme / Coupa".into() },
        Refusal::InvalidSelection { problem: "choose at least one unit".into() },
    ]
}

#[test]
fn stored_agreements_are_read() {
    let (contract, usage) = (agreement_of(vec![fixed("12000")]), agreement_of(vec![usage()]));
    keeps(stored!("agreement"), &[contract, Agreement { requester_email: None, ..usage }]);
}

fn agreement_of(terms: Vec<Term>) -> Agreement {
    let connection = connection();
    let lines = [line_for(1, terms, &connection)];
    let facts = OrderFacts {
        order: PurchaseOrderId::from_value(1),
        number: PURCHASE_ORDER,
        connection: &connection,
        lines: &lines,
        total: None,
        test: false,
    };
    match purchase_order::decide(&facts, arrival()) {
        OrderDecision::Accepted { mut agreements, .. } => agreements.remove(0),
        OrderDecision::Refused { lines, .. } => panic!("refused: {lines:?}"),
    }
}

/// An agreement without an order, its charge and the invoice over it.
#[test]
fn stored_direct_subscriptions_are_read() {
    let (bought, charge) = subscribed_to(three_installments(), Some("PO-77"));
    let trial = subscribed_to(vec![Term::FreeTrial { days: 14 }], None).0;
    let charge = charge.unwrap();
    keeps(stored!("direct_charge"), std::slice::from_ref(&charge));
    let Origin::Direct { direct } = &bought.origin else { panic!("ordered") };
    let due = [DueCharge { charge, quoted: direct.quote.line.clone(), line: None }];
    let facts = InvoiceFacts {
        id: InvoiceId::from_value(1),
        number: invoice::number("HL", 43),
        seller: &seller(),
        organization: &organization(),
        bills: Bills::Direct { purchase_order: bought.purchase_order() },
        net_payment_days: None,
        charges: &due,
    };
    keeps(stored!("direct_invoice"), &[invoice::issue(facts, arrival()).unwrap()]);
    keeps(stored!("direct_agreement"), &[bought, trial]);
}

fn subscribed_to(terms: Vec<Term>, purchase_order: Option<&str>) -> (Agreement, Option<Charge>) {
    let facts = SubscriptionFacts {
        organization: organization(),
        integration: Integration::Off,
        account: ACCOUNT,
        offer: offer(terms),
        product: product(ProductType::SaaS),
        seller: seller(),
        running: None,
        test: false,
    };
    let wish = Wish {
        id: AgreementId::from_value(2),
        selection: Selection::default(),
        acceptance: Acceptance { documents_sha256: "00".repeat(32), accepted_at: arrival() },
        requester_email: Some(email("buyer@acme.example")),
        purchase_order: purchase_order.map(str::to_owned),
    };
    let (agreement, charges) = subscription::subscribe(&facts, wish, &quote_rules(), arrival()).unwrap();
    (agreement, charges.into_iter().next())
}

#[test]
fn stored_charges_are_read() {
    let invoiced = ChargeState::Invoiced { invoice: InvoiceId::from_value(1) };
    keeps(stored!("charge"), &[planned_charge(), Charge { state: invoiced, ..planned_charge() }]);
}

fn planned_charge() -> Charge {
    Charge {
        id: ChargeId { agreement: AgreementId::from_value(1), number: 2 },
        organization: OrganizationId::from_value(1),
        order: Some(PurchaseOrderId::from_value(1)),
        amount: usd("45000"),
        description: "Installment 2 of 3".into(),
        due_at: at("2027-03-01T00:00:00Z"),
        state: ChargeState::Planned,
    }
}

#[test]
fn stored_invoices_are_read() {
    let untaxed = issued_to("US");
    let yen = |amount: i64| Money::new(Decimal::from(amount), Currency::JPY).unwrap();
    let in_yen = Invoice { subtotal: yen(1_000_000), tax: yen(0), total: yen(1_000_000), ..untaxed.clone() };
    keeps(stored!("invoice"), &[issued_to("DE"), untaxed, in_yen]);
}

fn issued_to(buyer_country: &str) -> Invoice {
    let connection = connection();
    let facts = line_for(1, three_installments(), &connection);
    let mut organization = organization();
    organization.address.country = country(buyer_country);
    let request = facts.matched.unwrap().request;
    let order = accepted_order(vec![facts.line.clone()], vec![AgreementId::from_value(1)]);
    let charges = [DueCharge { charge: planned_charge(), quoted: request.quote.line, line: Some(facts.line) }];
    let facts = InvoiceFacts {
        id: InvoiceId::from_value(1),
        number: invoice::number("HL", 42),
        seller: &seller(),
        organization: &organization,
        bills: Bills::Order(&order),
        net_payment_days: Some(45),
        charges: &charges,
    };
    invoice::issue(facts, at("2027-03-01T00:05:00Z")).unwrap()
}

#[test]
fn stored_outbox_messages_are_read() {
    let mail = Payload::Email(Email {
        to: vec![email("buyer@acme.example")],
        subject: "Your order".into(),
        text: "It was accepted.\n".into(),
        about: Some(RequestId::from_value(1)),
    });
    let invoice = Payload::Invoice { invoice: InvoiceId::from_value(1) };
    let confirmation = Payload::Confirmation { order: PurchaseOrderId::from_value(1), version: 2 };
    let messages = [
        message(1, mail, OutboxState::Waiting),
        message(2, invoice.clone(), OutboxState::Sending),
        message(3, confirmation, OutboxState::Delivered),
        message(4, invoice.clone(), OutboxState::Parked),
        message(5, invoice.clone(), OutboxState::Verify),
        message(6, invoice.clone(), OutboxState::Held),
        message(7, invoice, OutboxState::Discarded),
    ];
    keeps(stored!("outbox_message"), &messages);
}

/// A mail waits untried; a document has a try behind it.
fn message(number: u128, payload: Payload, state: OutboxState) -> OutboxMessage {
    let untried = matches!(payload, Payload::Email(_));
    let attempt = Attempt {
        at: arrival(),
        duration_ms: 120,
        transport_status: Some(200),
        cxml_status: Some(406),
        answer: "Not acceptable".into(),
        in_doubt: false,
    };
    let timed_out =
        Attempt { transport_status: None, cxml_status: None, answer: "timed out".into(), ..attempt.clone() };
    OutboxMessage {
        intent: OutboxIntent {
            id: OutboxId::from_value(number),
            lane: format!("order/{PURCHASE_ORDER}"),
            connection: (!untried).then_some(ConnectionId::from_value(1)),
            organization: OrganizationId::from_value(1),
            payload,
        },
        state,
        created_at: arrival(),
        due_at: at("2026-12-10T08:30:00.250Z"),
        attempts: if untried { vec![] } else { vec![timed_out, attempt] },
        tries_before: 0,
        document: (!untried).then_some(MessageId::from_value(number)),
        reason: (state == OutboxState::Parked).then(|| "refused by the receiver".into()),
    }
}

#[test]
fn stored_audit_records_are_read() {
    let (connection, user) = (ConnectionId::from_value(1), UserId::from_value(1));
    let actors = [
        Actor::System { part: "bill_due_charges".into() },
        Actor::Connection { connection },
        Actor::PunchoutUser { connection, user },
        Actor::Operator { user },
        Actor::Anonymous,
    ];
    let records = actors.map(|actor| AuditRecord {
        at: arrival(),
        organization: (actor != Actor::Anonymous).then_some(OrganizationId::from_value(1)),
        actor,
        action: "order.accepted".into(),
        subject: PurchaseOrderId::from_value(1).to_string(),
        detail: "Purchase order PO-4711 was accepted.".into(),
    });
    keeps(stored!("audit_record"), &records);
}
