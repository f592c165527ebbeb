//! The sample world's catalogue and people: a seller, an organization with its connection, a product and four offers.

use jiff::civil::date;
use marketgate_domain::address::PostalAddress;
use marketgate_domain::classification::{UnitOfMeasure, Unspsc};
use marketgate_domain::connection::{
    CartEncoding, ConfirmationSettings, ConfirmationStyle, Connection, Dialect, DocumentVersions, Identity,
    InvoiceSettings, LineSettings, LineStyle, PoReference, PunchoutSettings, RefusalStyle, SealedSecret, Signatures,
    Validation,
};
use marketgate_domain::id::{AccountId, ConnectionId, OfferId, OrganizationId, ProductId, SellerId};
use marketgate_domain::money::Currency;
use marketgate_domain::offer::{Offer, OfferState, Visibility};
use marketgate_domain::organization::{Account, AutomaticApproval, Organization};
use marketgate_domain::product::{Product, ProductType};
use marketgate_domain::seller::{RemitTo, Seller};
use marketgate_domain::tax::TaxRule;
use marketgate_domain::terms::{DimensionPrice, DurationChoice, Installment, LegalDocument, Term, Terms, UsageRate};

use super::samples::{ID_BASE, at, text, usd};

fn address(suffix: &str) -> PostalAddress {
    PostalAddress {
        street: vec![text("12 Harbour Street", suffix)],
        city: text("Hamburg", suffix),
        state: None,
        postal_code: Some(text("20457", suffix)),
        country: "DE".to_owned().try_into().unwrap(),
    }
}

pub(super) fn seller(suffix: &str) -> Seller {
    Seller {
        id: SellerId::from_value(ID_BASE + 1),
        name: text("Northlight", suffix),
        legal_name: text("Northlight Systems Ltd", suffix),
        address: address(suffix),
        tax_id: Some(text("DE123456789", suffix)),
        remit_to: RemitTo {
            code: Some(text("RT-1", suffix)),
            bank_reference: Some(text("DE44 1234 5678 0000 0000 00", suffix)),
        },
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

pub(super) fn organization(suffix: &str) -> Organization {
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
        automatic_approval: AutomaticApproval::default(),
    }
}

pub(super) fn connection(suffix: &str) -> Connection {
    let identity =
        |identity: &str| vec![Identity { domain: text("NetworkID", suffix), identity: text(identity, suffix) }];
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
        expected_senders: Vec::new(),
        supplier_identities: identity("MARKETGATE"),
        network: None,
        secret: SealedSecret("sealed:0011223344".into()),
        next_secret: None,
        punchout: PunchoutSettings {
            cart_encoding: CartEncoding::Urlencoded,
            home_part_ids: vec![text("HOME", suffix)],
            return_hosts: vec![text("acme.coupahost.example", suffix)],
            redirect_url: None,
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
        refusal: RefusalStyle::Status,
        validate: Validation::Off,
        signatures: Signatures::Ignore,
        created_at: at("2026-11-01T08:00:00Z"),
    }
}

pub(super) fn product(suffix: &str) -> Product {
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
        setup: text(
            "Register your workspace with the e-mail address of the requester. The welcome mail holds the link.",
            suffix,
        ),
    }
}

pub(super) fn fixed(amount: &str) -> Term {
    Term::FixedUpfrontPricing {
        months: 12,
        price: usd(amount),
        grants: vec!["500 gigabytes a day".into(), "Unlimited users".into()],
    }
}

pub(super) fn offer(id: u128, name: &str, suffix: &str, terms: Vec<Term>) -> Offer {
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

pub(super) fn private_offer(suffix: &str) -> Offer {
    let installments = [(date(2026, 12, 1), "30000"), (date(2027, 3, 1), "45000"), (date(2027, 9, 1), "45000")]
        .map(|(charge_date, amount)| Installment { charge_date, amount: usd(amount) })
        .to_vec();
    let document = LegalDocument {
        title: text("End user licence agreement", suffix),
        version: text("3.1", suffix),
        text: text(
            "1. The licensor grants the organization the right to use the service for the term of the agreement.",
            suffix,
        ),
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

pub(super) fn usage_offer(suffix: &str) -> Offer {
    let rate = |dimension: &str, unit: &str, price: &str| UsageRate {
        dimension: text(dimension, suffix),
        unit: text(unit, suffix),
        price: price.parse().unwrap(),
    };
    let rates = vec![rate("events", "thousand events", "0.0025"), rate("gb", "stored gigabyte", "0.12")];
    offer(23, "Pay as you go", suffix, vec![Term::UsageBasedPricing { currency: Currency::USD, rates }])
}

pub(super) fn configurable_offer(suffix: &str) -> Offer {
    let price = |dimension: &str, unit: &str, price: &str| DimensionPrice {
        dimension: text(dimension, suffix),
        unit: text(unit, suffix),
        price: usd(price),
    };
    let choices = vec![
        DurationChoice { months: 12, dimensions: vec![price("user", "user", "120")] },
        DurationChoice {
            months: 36,
            dimensions: vec![price("user", "user", "300"), price("support", "support hour", "90")],
        },
    ];
    offer(24, "Team, by user", suffix, vec![Term::ConfigurableUpfrontPricing { choices }])
}
