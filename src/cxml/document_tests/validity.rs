//! Everything we write is valid for the DTD version that it declares, and for the newest one.

use std::process::Command;

use super::fixtures::*;
use super::samples::reference_folder;
use super::writing::{confirmation, profile};
use crate::comments::Comments;
use crate::confirmation::ConfirmationKind;
use crate::distribution::{AccountingSegment, Distribution, SegmentForm};
use crate::envelope::DeploymentMode;
use crate::extrinsic::Extrinsic;
use crate::invoice::{
    CustomField, InvoiceContent, InvoiceDetailRequest, InvoiceHeader, InvoiceOrder, InvoicePurpose, OrderLink,
    PaymentTerm, Period,
};
use crate::invoice_line::{InvoiceLine, LineKind, OrderSummary};
use crate::invoice_summary::InvoiceSummary;
use crate::invoice_tax::{ExemptDetail, InvoiceTax, TaxDetail};
use crate::item::{Classification, Description, ItemId};
use crate::money::Number;
use crate::outgoing::{Cart, OutgoingRequest, Reply, write_cart, write_request, write_response};
use crate::party::{Contact, IdReference, Phone, PostalAddress};
use crate::punchout_setup::PunchOutSetupResponse;
use crate::time::WireTime;
use crate::write::{Charset, DtdVersion};
use crate::{Status, StatusCode};

const NEWEST: DtdVersion = DtdVersion(1, 2, 71);

fn assert_valid(document: &str, dtd: &str, version: DtdVersion) {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("document.xml");
    std::fs::write(&file, document).unwrap();
    let dtd = reference_folder().join(format!("dtd/{version}/{dtd}.dtd"));
    let output =
        Command::new("xmllint").args(["--noout", "--nonet", "--dtdvalid"]).arg(&dtd).arg(&file).output().unwrap();
    let message = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{} {version}: {message}\n{document}", dtd.display());
}

#[test]
#[ignore = "needs xmllint and the cXML DTDs"]
fn responses_are_valid() {
    let setup = PunchOutSetupResponse { start_page: "https://market.example/s/1?a&b".into() };
    for version in [DtdVersion::PUNCHOUT, DtdVersion(1, 2, 20), NEWEST] {
        for reply in [Reply::StatusOnly, Reply::Profile(&profile()), Reply::PunchOutSetup(&setup)] {
            let written = write_response(&stamp(), &Status::new(StatusCode::OK), reply, version);
            assert_valid(&written, "cXML", version);
        }
        let refusal = Status::new(StatusCode::CONFLICT).with_content("already <ordered> \u{1} \u{1f600}");
        assert_valid(&write_response(&stamp(), &refusal, Reply::StatusOnly, version), "cXML", version);
    }
}

#[test]
#[ignore = "needs xmllint and the cXML DTDs"]
fn carts_are_valid() {
    let unchanged = Status::new(StatusCode::NO_CONTENT);
    let mut empty = cart();
    empty.items.clear();
    for version in [DtdVersion::PUNCHOUT, DtdVersion(1, 2, 36), NEWEST] {
        for charset in [Charset::Utf8, Charset::Ascii] {
            for (message, status) in [(&cart(), None), (&empty, Some(&unchanged))] {
                let cart = Cart { message, in_reply_to: Some("s@x"), status, mode: DeploymentMode::Production };
                assert_valid(&write_cart(&stamp(), &header(), cart, version, charset), "cXML", version);
            }
        }
    }
}

#[test]
#[ignore = "needs xmllint and the cXML DTDs"]
fn a_profile_request_is_valid() {
    let written =
        write_request(&stamp(), &header(), DeploymentMode::Test, OutgoingRequest::Profile, DtdVersion::PUNCHOUT);
    assert_valid(&written, "cXML", DtdVersion::PUNCHOUT);
    assert_valid(&written, "cXML", NEWEST);
}

#[test]
#[ignore = "needs xmllint and the cXML DTDs"]
fn confirmations_are_valid() {
    let mut rejection = confirmation();
    rejection.kind = ConfirmationKind::Reject;
    rejection.updates = None;
    rejection.items.clear();
    for confirmation in [confirmation(), rejection] {
        for version in [DtdVersion(1, 2, 50), DtdVersion(1, 2, 63), NEWEST] {
            let request = OutgoingRequest::Confirmation(&confirmation);
            let written = write_request(&stamp(), &header(), DeploymentMode::Production, request, version);
            assert_valid(&written, "Fulfill", version);
        }
    }
}

fn partner(role: &str) -> Contact {
    Contact {
        role: Some(role.into()),
        address_id: Some("R-1".into()),
        address_id_domain: Some("supplierID".into()),
        name: "Northwind Cloud".into(),
        postal_address: Some(PostalAddress {
            deliver_to: vec!["Accounts".into()],
            street: vec!["1 Pier".into()],
            city: "Bergen".into(),
            state: Some("Vestland".into()),
            iso_state_code: Some("NO-46".into()),
            postal_code: Some("5003".into()),
            iso_country_code: "NO".into(),
            country: "Norway".into(),
            ..PostalAddress::default()
        }),
        emails: vec!["billing@market.example".into()],
        phone: Some(Phone {
            iso_country_code: "NO".into(),
            country_code: "47".into(),
            area_or_city_code: "55".into(),
            number: "123456".into(),
            ..Phone::default()
        }),
        id_references: vec![IdReference { identifier: "NO1".into(), domain: "vatID".into() }],
        ..Contact::default()
    }
}

fn tax() -> InvoiceTax {
    InvoiceTax {
        total: usd("0.00"),
        description: "VAT".into(),
        details: vec![TaxDetail {
            category: "vat".into(),
            purpose: Some("tax".into()),
            percentage_rate: Some(Number::read("0")),
            tax_point_date: Some(time()),
            exempt_detail: Some(ExemptDetail::ZeroRated),
            taxable_amount: Some(usd("10.00")),
            tax_amount: usd("0.00"),
            location: Some("NO".into()),
            description: Some("Reverse charge".into()),
            ..TaxDetail::default()
        }],
        ..InvoiceTax::default()
    }
}

fn time() -> WireTime {
    WireTime::at("2026-01-31T09:00:00Z".parse().unwrap())
}

fn segment(form: SegmentForm) -> AccountingSegment {
    AccountingSegment { form, name: "Cost Center".into(), id: "CC-100".into(), description: "Sales".into(), lang: None }
}

fn line(kind: LineKind, form: SegmentForm) -> InvoiceLine {
    InvoiceLine {
        kind,
        invoice_line_number: 1,
        quantity: Number::read("1.5"),
        order_line_number: Some(10),
        unit_of_measure: "EA".into(),
        unit_price: usd("10.00"),
        item_id: Some(ItemId {
            supplier_part_id: "SKY".into(),
            supplier_part_auxiliary_id: Some("rl".into()),
            ..ItemId::default()
        }),
        description: Some(Description::new("en", "Skylark")),
        classifications: vec![Classification::unspsc("81162000")],
        subtotal: usd("15.00"),
        period: Some(Period { start: time(), end: time() }),
        tax: Some(tax()),
        gross: Some(usd("15.00")),
        net: Some(usd("15.00")),
        distributions: vec![Distribution {
            name: "DistributionCharge".into(),
            segments: vec![segment(form), segment(form)],
            charge: Some(usd("15.00")),
        }],
        comments: Some(Comments::new("note")),
        is_return: true,
        extrinsics: vec![Extrinsic::new("a", "b")],
        custom_fields: vec![CustomField { identifier: "f".into(), value: "v".into() }],
        ..InvoiceLine::default()
    }
}

fn invoice(reference: OrderLink, content: InvoiceContent, purpose: InvoicePurpose) -> InvoiceDetailRequest {
    let header = InvoiceHeader {
        invoice_id: "NW-1".into(),
        invoice_date: time(),
        purpose,
        is_cancellation: purpose == InvoicePurpose::DebitMemo,
        partners: vec![partner("from"), partner("remitTo"), partner("soldTo")],
        document_reference: Some("original@market.example".into()),
        original_invoice: Some(("NW-0".into(), Some(time()))),
        ship_from_and_to: Some((partner("x"), partner("y"))),
        payment_terms: vec![
            PaymentTerm { days: 30, discount_percent: None },
            PaymentTerm { days: 10, discount_percent: Some(Number::read("2")) },
        ],
        period: Some(Period { start: time(), end: time() }),
        comments: Some(Comments { attachments: vec!["cid:pdf@x".into()], ..Comments::new("see") }),
        extrinsics: vec![Extrinsic::new("ImageScanAttachmentUrl", "cid:pdf@x")],
        custom_fields: vec![CustomField { identifier: "original_invoice".into(), value: "NW-0".into() }],
        ..InvoiceHeader::default()
    };
    let summary = InvoiceSummary {
        subtotal: usd("15.00"),
        tax: tax(),
        special_handling: Some(usd("0")),
        shipping: Some(usd("0")),
        gross: Some(usd("15.00")),
        discount: Some(usd("0")),
        total_without_tax: Some(usd("15.00")),
        net: usd("15.00"),
        deposit: Some(usd("0")),
        due: Some(usd("15.00")),
        ..InvoiceSummary::default()
    };
    let order = InvoiceOrder { reference, supplier_order_id: Some("S-1".into()), content };
    InvoiceDetailRequest { header, orders: vec![order], summary }
}

pub fn invoices() -> Vec<InvoiceDetailRequest> {
    let lines = || {
        InvoiceContent::Lines(vec![
            line(LineKind::Item, SegmentForm::Segment),
            line(LineKind::Service, SegmentForm::AccountingSegment),
        ])
    };
    let document = OrderLink::Document {
        order_id: "4500001".into(),
        order_date: Some(time()),
        payload_id: "order@buyer.example".into(),
    };
    let whole = OrderSummary {
        invoice_line_number: 1,
        subtotal: usd("-15.00"),
        tax: Some(tax()),
        gross: Some(usd("-15.00")),
        net: Some(usd("-15.00")),
        comments: Some(Comments::new("credit")),
        extrinsics: vec![Extrinsic::new("a", "b")],
        period: None,
    };
    vec![
        invoice(OrderLink::PurchaseOrderNumber("6112".into()), lines(), InvoicePurpose::Standard),
        invoice(document.clone(), lines(), InvoicePurpose::LineLevelCreditMemo),
        invoice(OrderLink::OrderId { order_id: "1".into(), order_date: None }, lines(), InvoicePurpose::DebitMemo),
        invoice(OrderLink::Agreement("CTR-7".into()), lines(), InvoicePurpose::Standard),
        invoice(document, InvoiceContent::Whole(Box::new(whole)), InvoicePurpose::CreditMemo),
    ]
}

#[test]
#[ignore = "needs xmllint and the cXML DTDs"]
fn invoices_are_valid() {
    for invoice in invoices() {
        for version in [DtdVersion::INVOICE, DtdVersion(1, 2, 37), NEWEST] {
            let request = OutgoingRequest::Invoice(&invoice);
            let written = write_request(&stamp(), &header(), DeploymentMode::Production, request, version);
            assert_valid(&written, "InvoiceDetail", version);
        }
    }
}

pub fn written_invoice(invoice: &InvoiceDetailRequest, version: DtdVersion) -> String {
    write_request(&stamp(), &header(), DeploymentMode::Production, OutgoingRequest::Invoice(invoice), version)
}

#[test]
fn an_old_version_gets_only_what_it_knows() {
    let invoice = invoices().remove(1);
    let newer_only = ["exemptDetail", "addressIDDomain", "isoStateCode", "TotalAmountWithoutTax", "reason=\"return\""];
    for name in newer_only {
        assert!(!written_invoice(&invoice, DtdVersion::INVOICE).contains(name), "{name}");
        assert!(written_invoice(&invoice, DtdVersion(1, 2, 37)).contains(name), "{name}");
    }
}

#[test]
fn the_flags_follow_the_content() {
    let mut invoice = invoices().remove(0);
    assert!(written_invoice(&invoice, NEWEST).contains("isTaxInLine=\"yes\" isAccountingInLine=\"yes\""));
    let InvoiceContent::Lines(lines) = &mut invoice.orders[0].content else { panic!("no lines") };
    for line in lines {
        line.tax = None;
        line.distributions.clear();
    }
    assert!(written_invoice(&invoice, NEWEST).contains("<InvoiceDetailLineIndicator />"));
    assert!(!written_invoice(&invoice, NEWEST).contains("isHeaderInvoice"));
    assert!(written_invoice(&invoices().remove(4), NEWEST).contains("isHeaderInvoice=\"yes\""));
}

#[test]
fn the_two_big_buyers_find_their_order_differently() {
    let coupa = written_invoice(&invoices().remove(0), DtdVersion::INVOICE);
    assert!(coupa.contains("<OrderReference><DocumentReference payloadID=\"6112\" /></OrderReference>"));
    let network = written_invoice(&invoices().remove(1), DtdVersion::INVOICE);
    assert!(network.contains("<OrderReference orderID=\"4500001\" orderDate=\"2026-01-31T09:00:00+00:00\">"));
    assert!(network.contains("<DocumentReference payloadID=\"order@buyer.example\" /></OrderReference>"));
}
