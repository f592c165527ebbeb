//! What we write is read back as the same document.

use proptest::prelude::*;

use super::fixtures::*;
use super::generated::Source;
use crate::comments::Comments;
use crate::confirmation::{ConfirmationItem, ConfirmationKind, ConfirmationRequest, ConfirmationStatus};
use crate::credential::Authentication;
use crate::envelope::DeploymentMode;
use crate::extrinsic::Extrinsic;
use crate::invoice::InvoicePurpose;
use crate::invoice_line::{InvoiceLine, LineKind};
use crate::money::Number;
use crate::outgoing::{Cart, OutgoingRequest, Reply, write_cart, write_request, write_response};
use crate::profile::{ProfileResponse, Transaction};
use crate::punchout_order::PunchOutOrderMessage;
use crate::punchout_setup::PunchOutSetupResponse;
use crate::time::WireTime;
use crate::write::{Charset, DocumentType, Dtd, DtdVersion, render};
use crate::{Body, MessagePayload, RequestPayload, ResponsePayload, Status, StatusCode};

const INVOICE: DocumentType = DocumentType { dtd: Dtd::InvoiceDetail, version: DtdVersion::INVOICE };

pub fn profile() -> ProfileResponse {
    let url = "https://market.example/cxml?a=1&b=2";
    ProfileResponse::new(
        "2026-01-01T00:00:00Z".parse().unwrap(),
        vec![
            Transaction::new("OrderRequest", url).with_option("changes", "Yes").with_option("attachments", "Yes"),
            Transaction::new("PunchOutSetupRequest", url).with_option("operationAllowed", "create inspect edit"),
        ],
    )
}

pub fn confirmation() -> ConfirmationRequest {
    ConfirmationRequest {
        confirm_id: "C-1".into(),
        kind: ConfirmationKind::Detail,
        notice_date: WireTime::at("2026-01-31T09:05:00Z".parse().unwrap()),
        updates: Some("earlier@market.example".into()),
        total: Some(usd("12.50")),
        comments: Some(Comments::new("a & b")),
        extrinsics: vec![Extrinsic::new("reason", "EXPIRED_QUOTE")],
        order_id: "4500001".into(),
        order_date: Some(WireTime::read("2026-01-30T10:00:00-08:00")),
        order_payload_id: "order@buyer.example".into(),
        items: vec![ConfirmationItem {
            line_number: 10,
            quantity: Number::read("1.5"),
            unit_of_measure: "EA".into(),
            statuses: vec![ConfirmationStatus {
                kind: ConfirmationKind::Accept,
                quantity: Number::read("1.5"),
                unit_of_measure: "EA".into(),
                delivery_date: Some(WireTime::at("2026-02-01T00:00:00Z".parse().unwrap())),
                unit_price: Some(usd("8.3333")),
                comments: Some(Comments::new("at once")),
                extrinsics: vec![Extrinsic::new("x", "y")],
                ..ConfirmationStatus::default()
            }],
        }],
        ..ConfirmationRequest::default()
    }
}

fn cart_document(message: &PunchOutOrderMessage, charset: Charset) -> String {
    let cart = Cart { message, in_reply_to: Some("setup@buyer.example"), status: None, mode: DeploymentMode::Test };
    write_cart(&stamp(), &header(), cart, DtdVersion::PUNCHOUT, charset)
}

#[test]
fn a_response_has_no_header_and_a_full_stamp() {
    let written = write_response(&stamp(), &Status::new(StatusCode::OK), Reply::StatusOnly, DtdVersion::PUNCHOUT);
    assert_eq!(
        written,
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE cXML SYSTEM \"http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd\">\n\
         <cXML payloadID=\"1.2.3@market.example\" timestamp=\"2026-01-31T09:05:00+00:00\" xml:lang=\"en-US\">\
         <Response><Status code=\"200\" text=\"OK\" /></Response></cXML>"
    );
}

#[test]
fn an_error_status_never_carries_a_payload() {
    let setup = PunchOutSetupResponse { start_page: "https://market.example/s/1".into() };
    let status = Status::new(StatusCode::FORBIDDEN).with_content("blocked <here>");
    let written = write_response(&stamp(), &status, Reply::PunchOutSetup(&setup), DtdVersion::PUNCHOUT);
    let Body::Response { status: read, payload } = reading(written.as_bytes()).body else { panic!("not a response") };
    assert_eq!((read, payload), (status, None));
}

#[test]
fn response_payloads_are_read_back() {
    let ok = Status::new(StatusCode::OK);
    let setup = PunchOutSetupResponse { start_page: "https://market.example/s/1?a=1&b=2".into() };
    let written = write_response(&stamp(), &ok, Reply::PunchOutSetup(&setup), DtdVersion::PUNCHOUT);
    let Body::Response { payload, .. } = reading(written.as_bytes()).body else { panic!("not a response") };
    assert_eq!(payload, Some(ResponsePayload::PunchOutSetupResponse(setup)));
    let written = write_response(&stamp(), &ok, Reply::Profile(&profile()), DtdVersion::PUNCHOUT);
    let Body::Response { payload, .. } = reading(written.as_bytes()).body else { panic!("not a response") };
    assert_eq!(payload, Some(ResponsePayload::ProfileResponse(profile())));
}

#[test]
fn a_cart_is_read_back_as_it_was() {
    for charset in [Charset::Utf8, Charset::Ascii] {
        let envelope = reading(cart_document(&cart(), charset).as_bytes());
        let Body::Message { payload, in_reply_to, deployment_mode, .. } = envelope.body else { panic!("no message") };
        assert_eq!(payload, MessagePayload::PunchOutOrderMessage(Box::new(cart())));
        assert_eq!((in_reply_to.as_deref(), deployment_mode), (Some("setup@buyer.example"), DeploymentMode::Test));
    }
}

#[test]
fn a_cart_carries_no_secret_through_the_browser() {
    let written = cart_document(&cart(), Charset::Utf8);
    assert!(!written.contains("SharedSecret") && !written.contains("c&amp;ret"));
}

#[test]
fn a_cart_for_the_urlencoded_field_is_plain_ascii() {
    assert!(cart_document(&cart(), Charset::Ascii).is_ascii());
    assert!(!cart_document(&cart(), Charset::Utf8).is_ascii());
}

#[test]
fn a_request_carries_the_secret_unchanged() {
    let request = OutgoingRequest::Confirmation(&confirmation());
    let written = write_request(&stamp(), &header(), DeploymentMode::Production, request, DtdVersion::CONFIRMATION);
    let envelope = reading(written.as_bytes());
    let sender = envelope.header.unwrap().sender;
    let Some(Authentication::SharedSecret(secret)) = &sender.credentials[0].authentication else { panic!("no secret") };
    assert!(secret.matches("s<e>c&ret"));
    let Body::Request { payload: RequestPayload::ConfirmationRequest(read), .. } = envelope.body else {
        panic!("not a confirmation")
    };
    assert_eq!(*read, confirmation());
}

#[test]
fn an_invoice_declares_a_version_that_knows_its_purpose() {
    let declared = |purpose| {
        let mut invoice = Source::new(1).invoice();
        invoice.header.purpose = purpose;
        let outgoing = OutgoingRequest::Invoice(&invoice);
        let written = write_request(&stamp(), &header(), DeploymentMode::Test, outgoing, DtdVersion::INVOICE);
        let is_declared = |version: &DtdVersion| written.contains(&format!("/{version}/InvoiceDetail.dtd"));
        [DtdVersion::INVOICE, DtdVersion(1, 2, 37)].into_iter().find(is_declared)
    };
    assert_eq!(declared(InvoicePurpose::LineLevelCreditMemo), Some(DtdVersion::INVOICE));
    assert_eq!(declared(InvoicePurpose::LineLevelDebitMemo), Some(DtdVersion(1, 2, 37)));
}

#[test]
fn a_service_with_a_price_and_no_unit_keeps_its_price() {
    let line = InvoiceLine { kind: LineKind::Service, unit_price: usd("7.25"), ..InvoiceLine::default() };
    let written = render(&line.element(DtdVersion::INVOICE), INVOICE, Charset::Utf8);
    assert!(written.contains("<UnitOfMeasure /><UnitPrice><Money currency=\"USD\">7.25"), "{written}");
}

#[test]
fn writing_twice_writes_the_same() {
    let message = cart();
    assert_eq!(cart_document(&message, Charset::Utf8), cart_document(&message, Charset::Utf8));
}

#[test]
fn a_buyer_cookie_of_elements_comes_back_as_it_was_sent() {
    let cookie = "\n <session id='1'>\u{e9} &amp; <b/></session> tail";
    let whole =
        format!("<PunchOutSetupRequest operation='create'><BuyerCookie>{cookie}</BuyerCookie></PunchOutSetupRequest>");
    let Body::Request { payload, .. } = reading(&enveloped(&whole)).body else { panic!("not a request") };
    let RequestPayload::PunchOutSetupRequest(setup) = payload else { panic!("not a setup") };
    let mut message = cart();
    message.buyer_cookie = setup.buyer_cookie;
    let written = |charset| cart_document(&message, charset);
    assert!(written(Charset::Utf8).contains(&format!("<BuyerCookie>{cookie}</BuyerCookie>")));
    assert!(written(Charset::Ascii).contains(&cookie.replace('\u{e9}', "&#233;")));
}

proptest! {
    #[test]
    fn any_legal_text_survives_a_cart(
        cookie in "[ -~\u{a0}-\u{d7ff}\u{10000}-\u{1ffff}]{0,40}",
        part in "[!-~][ -~\u{a1}-\u{d7ff}]{0,20}[!-~]",
        quantity in 0_u64..1_000_000,
    ) {
        let mut message = cart();
        message.buyer_cookie = cookie.as_str().into();
        message.items[0].item_id.supplier_part_auxiliary_id = Some(part);
        message.items[0].quantity = Number::from(rust_decimal::Decimal::new(i64::try_from(quantity).unwrap(), 3));
        for charset in [Charset::Utf8, Charset::Ascii] {
            let envelope = reading(cart_document(&message, charset).as_bytes());
            let Body::Message { payload, .. } = envelope.body else { panic!("not a message") };
            prop_assert_eq!(payload, MessagePayload::PunchOutOrderMessage(Box::new(message.clone())));
        }
    }
}
