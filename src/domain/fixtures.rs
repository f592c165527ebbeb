//! Ready-made records for this crate's tests, so that a test names only what it is about.
//!
//! One small world: Acme orders over a connection without an invoice hold, Harborlight sells Anvil. The click is on
//! 2026-12-01 and the order arrives on 2026-12-10. Quotes are made by [`quote::quote`], never written by hand, so a test
//! cannot agree with a price that the product would not make.

use jiff::Timestamp;
use jiff::civil::{Date, date};
use rust_decimal::Decimal;

use crate::address::{CountryCode, PostalAddress};
use crate::classification::{UnitOfMeasure, Unspsc};
use crate::connection::{
    CartEncoding, ConfirmationSettings, ConfirmationStyle, Connection, Dialect, DocumentVersions, Identity,
    InvoiceSettings, LineSettings, LineStyle, PoReference, PunchoutSettings, RefusalStyle, SealedSecret, Signatures,
    Validation,
};
use crate::email::EmailAddress;
use crate::id::{
    AccountId, AgreementId, ConnectionId, MessageId, OfferId, OrganizationId, ProductId, PunchoutSessionId,
    PurchaseOrderId, RequestId, SellerId, UserId,
};
use crate::money::{Currency, Money};
use crate::offer::{Offer, OfferState, Visibility};
use crate::organization::{Account, AutomaticApproval, Organization};
use crate::procurement_request::{Acceptance, ProcurementRequest, RequestStatus};
use crate::product::{Product, ProductType};
use crate::punchout::{PunchoutSession, SessionState};
use crate::purchase_order::{
    AccountingSegment, LineFacts, MatchedRequest, OrderOutcome, OrderVersion, OrderedLine, OrderedPrice, PurchaseOrder,
};
use crate::quote::{self, QuoteRules, Selection};
use crate::seller::{RemitTo, Seller};
use crate::tax::TaxRule;
use crate::terms::{Installment, Term, Terms, UsageRate};

/// The account that everything is bought for.
pub(crate) const ACCOUNT: AccountId = AccountId::from_value(7);
/// An account of somebody else.
pub(crate) const OTHER_ACCOUNT: AccountId = AccountId::from_value(8);
/// The buyer's number of the order.
pub(crate) const PURCHASE_ORDER: &str = "PO-4711";

pub(crate) fn at(text: &str) -> Timestamp {
    text.parse().unwrap()
}

/// The click on "Request approval".
pub(crate) fn click() -> Timestamp {
    at("2026-12-01T10:00:00Z")
}

/// The moment at which the order arrives.
pub(crate) fn arrival() -> Timestamp {
    at("2026-12-10T08:30:00Z")
}

pub(crate) fn decimal(text: &str) -> Decimal {
    text.parse().unwrap()
}

pub(crate) fn money(amount: &str, currency: Currency) -> Money {
    Money::new(decimal(amount), currency).unwrap()
}

pub(crate) fn usd(amount: &str) -> Money {
    money(amount, Currency::USD)
}

pub(crate) fn email(text: &str) -> EmailAddress {
    text.parse().unwrap()
}

pub(crate) fn country(code: &str) -> CountryCode {
    code.to_owned().try_into().unwrap()
}

pub(crate) fn address(street: &str, city: &str, country_code: &str) -> PostalAddress {
    PostalAddress {
        street: vec![street.into()],
        city: city.into(),
        state: None,
        postal_code: Some("10115".into()),
        country: country(country_code),
    }
}

pub(crate) fn organization() -> Organization {
    Organization {
        id: OrganizationId::from_value(1),
        name: "Acme Corporation".into(),
        address: address("1 Example Plaza", "Springfield", "US"),
        admins: vec![email("procurement@acme.example")],
        accounts: vec![Account { id: ACCOUNT, name: "Research".into(), contact: email("research@acme.example") }],
        automatic_approval: AutomaticApproval::default(),
    }
}

pub(crate) fn seller() -> Seller {
    Seller {
        id: SellerId::from_value(1),
        name: "Harborlight".into(),
        legal_name: "Harborlight Software GmbH".into(),
        address: address("Hafenstrasse 12", "Musterhafen", "DE"),
        tax_id: Some("DE999999999".into()),
        remit_to: RemitTo {
            code: Some("HL-1".into()),
            bank_reference: Some("IBAN DE00 0000 0000 0000 0000 00".into()),
        },
        invoice_prefix: "HL".into(),
        contact: email("orders@harborlight.example"),
        payment_terms_days: 30,
        tax_rules: vec![TaxRule {
            buyer_country: Some(country("DE")),
            category: "vat".into(),
            rate_percent: decimal("19"),
            description: "VAT 19 %".into(),
        }],
    }
}

pub(crate) fn product(product_type: ProductType) -> Product {
    Product {
        id: ProductId::from_value(1),
        code: "ANVIL-1".into(),
        name: "Anvil".into(),
        summary: "Shapes raw data.".into(),
        description: "Anvil shapes raw data.\n\nIt runs where the data is.".into(),
        category: "Data".into(),
        product_type,
        seller: SellerId::from_value(1),
        setup: "Register at https://anvil.example/register.".into(),
    }
}

/// A released public offer under those terms.
pub(crate) fn offer(terms: Vec<Term>) -> Offer {
    Offer {
        id: OfferId::from_value(1),
        product: ProductId::from_value(1),
        seller: SellerId::from_value(1),
        name: "Standard".into(),
        visibility: Visibility::Public,
        revision: 1,
        availability_end_date: None,
        terms: Terms::new(terms).unwrap(),
        state: OfferState::Released,
        released_at: click(),
    }
}

/// The same for [`ACCOUNT`] alone, to be bought through that day.
pub(crate) fn private_offer(terms: Vec<Term>, last_day: Date) -> Offer {
    let visibility = Visibility::Private { accounts: vec![ACCOUNT] };
    Offer { visibility, availability_end_date: Some(last_day), ..offer(terms) }
}

/// A fixed price for twelve months.
pub(crate) fn fixed(amount: &str) -> Term {
    Term::FixedUpfrontPricing { months: 12, price: usd(amount), grants: vec![] }
}

/// A payment schedule of equal parts on those days, for twelve months.
pub(crate) fn schedule(days: &[Date], each: &str) -> Vec<Term> {
    let installments = days.iter().map(|day| Installment { charge_date: *day, amount: usd(each) }).collect();
    vec![fixed("0"), Term::PaymentSchedule { installments }]
}

/// 120,000.00 USD in three installments: 30,000.00, 45,000.00 and 45,000.00.
pub(crate) fn three_installments() -> Vec<Term> {
    let installments = [(date(2026, 12, 1), "30000"), (date(2027, 3, 1), "45000"), (date(2027, 6, 1), "45000")]
        .map(|(charge_date, amount)| Installment { charge_date, amount: usd(amount) });
    vec![fixed("0"), Term::PaymentSchedule { installments: installments.to_vec() }]
}

pub(crate) fn usage() -> Term {
    let rate = UsageRate { dimension: "scans".into(), unit: "scan".into(), price: Decimal::new(5, 1) };
    Term::UsageBasedPricing { currency: Currency::USD, rates: vec![rate] }
}

/// A flat amount each month for so many months.
pub(crate) fn monthly(price: &str, months: u32) -> Vec<Term> {
    vec![Term::RecurringPayment { price: usd(price) }, Term::Validity { months }]
}

pub(crate) fn line_settings(style: LineStyle) -> LineSettings {
    LineSettings {
        style,
        unit: UnitOfMeasure::each(),
        service_unspsc: Unspsc::service(),
        material_unspsc: Unspsc::material(),
    }
}

pub(crate) fn quote_rules() -> QuoteRules {
    QuoteRules { blanket_values: vec![usd("10000")], validity_days: 90 }
}

/// An enabled connection of Acme with natural lines and no invoice hold.
pub(crate) fn connection() -> Connection {
    let identity = |identity: &str| Identity { domain: "NetworkID".into(), identity: identity.into() };
    Connection {
        id: ConnectionId::from_value(1),
        organization: OrganizationId::from_value(1),
        name: "Acme / Coupa".into(),
        dialect: Dialect::Coupa,
        enabled: true,
        test_mode: false,
        default_account: ACCOUNT,
        sellers_of_record: vec![],
        buyer_identities: vec![identity("ACME")],
        expected_senders: Vec::new(),
        supplier_identities: vec![identity("MARKETGATE")],
        network: None,
        secret: SealedSecret("k1.sealed".into()),
        next_secret: None,
        punchout: PunchoutSettings {
            cart_encoding: CartEncoding::Urlencoded,
            home_part_ids: vec!["STORE".into()],
            return_hosts: vec!["acme.example".into()],
            redirect_url: None,
            frame_ancestors: vec![],
            account_extrinsic: None,
        },
        lines: line_settings(LineStyle::Natural),
        versions: DocumentVersions { cxml: "1.2.014".into(), invoice: "1.2.014".into(), fulfill: "1.2.014".into() },
        invoicing: InvoiceSettings {
            url: Some("https://acme.example/cxml/invoices".into()),
            from: None,
            to: None,
            secret: None,
            po_reference: PoReference::NumberAsPayloadId,
            send_payment_terms: false,
            hold_minutes: 0,
        },
        confirmation: ConfirmationSettings { style: ConfirmationStyle::WhenAllowed, url: None },
        refusal: RefusalStyle::Status,
        validate: Validation::Off,
        signatures: Signatures::Ignore,
        created_at: at("2026-11-01T09:00:00Z"),
    }
}

pub(crate) fn punchout_session() -> PunchoutSession {
    PunchoutSession {
        id: PunchoutSessionId::from_value(1),
        organization: OrganizationId::from_value(1),
        connection: ConnectionId::from_value(1),
        user: UserId::from_value(1),
        account: ACCOUNT,
        buyer_cookie: "cookie-1".into(),
        buyer_cookie_markup: None,
        browser_form_post: "https://acme.example/punchout/checkout".into(),
        setup_payload_id: "setup-1@acme.example".into(),
        test: false,
        selected: None,
        unknown_part: None,
        resume: None,
        cart: vec![],
        state: SessionState::Open,
        opened_at: None,
        acted: false,
        created_at: click(),
        expires_at: at("2026-12-01T12:00:00Z"),
    }
}

/// The n-th request of the session, in the cart, quoted for the connection at [`click`].
pub(crate) fn request(number: u32, offer: &Offer, product: &Product, connection: &Connection) -> ProcurementRequest {
    let quote = quote::quote(offer, product, Selection::default(), &connection.lines, &quote_rules(), click()).unwrap();
    ProcurementRequest {
        id: RequestId::from_value(number.into()),
        organization: connection.organization,
        account: ACCOUNT,
        connection: connection.id,
        session: PunchoutSessionId::from_value(1),
        requester: UserId::from_value(1),
        requester_email: Some(email("buyer@acme.example")),
        product: product.id,
        seller: offer.seller,
        offer: offer.id,
        revision: offer.revision,
        offer_name: offer.name.clone(),
        tax_estimate: Money::zero(quote.amount.currency()),
        quote,
        acceptance: Acceptance { documents_sha256: "00".repeat(32), accepted_at: click() },
        status: RequestStatus::InCart,
        warned_days: None,
        made_in_test: false,
        created_at: click(),
        changed_at: click(),
    }
}

/// The order line that a well-behaved buyer sends for a request.
pub(crate) fn ordered_line(number: u32, request: &ProcurementRequest) -> OrderedLine {
    let quoted = &request.quote.line;
    OrderedLine {
        number,
        part_id: quoted.part_id.clone(),
        reference: request.reference(),
        quantity: quoted.quantity,
        price: Some(OrderedPrice {
            amount: quoted.unit_price.amount(),
            currency: quoted.unit_price.currency().code().into(),
            basis: None,
        }),
        unit: quoted.unit.as_str().into(),
        accounting: vec![AccountingSegment {
            accounting: "Cost".into(),
            name: "Department".into(),
            value: "CC-100".into(),
            description: "Research".into(),
        }],
    }
}

/// A line for a fresh request of an SaaS offer under those terms: request, line and agreement carry the same number.
pub(crate) fn line_for(number: u32, terms: Vec<Term>, connection: &Connection) -> LineFacts {
    let (offer, product) = (offer(terms), product(ProductType::SaaS));
    let request = request(number, &offer, &product, connection);
    LineFacts {
        line: ordered_line(number, &request),
        matched: Some(MatchedRequest { request, offer, product }),
        new_agreement: AgreementId::from_value(number.into()),
    }
}

/// An order of those lines, accepted in its only version.
pub(crate) fn accepted_order(lines: Vec<OrderedLine>, agreements: Vec<AgreementId>) -> PurchaseOrder {
    let connection = connection();
    PurchaseOrder {
        id: PurchaseOrderId::from_value(1),
        organization: connection.organization,
        connection: connection.id,
        number: PURCHASE_ORDER.into(),
        versions: vec![OrderVersion {
            version: 1,
            payload_id: "order-1@acme.example".into(),
            order_date: "2026-12-10T09:30:00+01:00".into(),
            message: MessageId::from_value(1),
            decided_at: arrival(),
            lines,
            outcome: OrderOutcome::Accepted { agreements },
            warnings: Vec::new(),
            repetitions: 0,
            last_received_at: None,
        }],
    }
}
