//! What buyer systems send, one habit per test.

use rust_decimal::Decimal;

use super::fixtures::*;
use crate::control_keys::ConfirmationInstruction;
use crate::distribution::SegmentForm;
use crate::envelope::DeploymentMode;
use crate::order::{OrderKind, OrderType};
use crate::punchout_setup::Operation;
use crate::status_update::StatusSubject;
use crate::{Body, Limits, RequestPayload, StatusCode, WireErrorKind, admit, read};

#[test]
fn a_setup_request_is_read_by_name_and_not_by_position() {
    let setup = setup(&file("cxml/punchout_setup/coupa_style.xml"));
    assert_eq!(setup.operation, Operation::Create);
    assert_eq!(setup.buyer_cookie, "c64af92d=".into());
    assert_eq!(setup.browser_form_post.as_deref(), Some("https://buyer.example/punchout/checkout?id=4&x=1"));
    assert_eq!(setup.user_email(), Some("robin@buyer.example"));
    assert_eq!(setup.user_name(), Some("robin"));
    assert!(setup.selected().is_none(), "an empty part number opens the whole store");
}

#[test]
fn every_credential_of_a_party_is_kept() {
    let envelope = reading(&file("cxml/order/network_style.xml"));
    let header = envelope.header.unwrap();
    assert_eq!(header.to.credentials.len(), 3);
    assert!(header.to.has_name("networkid", "an01000000002-t"), "the network id is found behind another credential");
    assert_eq!(header.sender.shared_secrets().filter(|secret| secret.matches("p&<w")).count(), 1);
}

#[test]
fn a_sender_without_a_secret_has_no_secret_to_match() {
    let header = reading(&enveloped("<ProfileRequest/>")).header.unwrap();
    assert_eq!(header.sender.shared_secrets().count(), 0);
    assert!(!header.sender.has_authentication());
    assert_eq!(header.sender.user_agent, "", "a missing UserAgent is tolerated");
}

#[test]
fn an_order_is_read_with_everything_an_invoice_needs_later() {
    let order = order(&file("cxml/order/network_style.xml"));
    let header = &order.header;
    assert_eq!((header.order_id.as_str(), header.order_version), ("4500001", Some(2)));
    assert_eq!((header.kind, header.order_type), (OrderKind::Update, OrderType::Release));
    assert_eq!(header.document_reference.as_deref(), Some("old@buyer.example"));
    assert_eq!(header.agreement_id.as_deref(), Some("CTR-7"));
    let bill_to = header.bill_to.as_ref().unwrap();
    assert_eq!((bill_to.address_id.as_deref(), bill_to.iso_country_code.as_deref()), (Some("B-7"), Some("NO")));
    let state = bill_to.postal_address.as_ref().unwrap().iso_state_code.as_deref();
    assert_eq!(state, Some("NO-46"));
    let keys = header.control_keys.as_ref().unwrap();
    assert_eq!(keys.confirmation, Some(ConfirmationInstruction::RequiredBeforeShipNotice));
    assert_eq!(header.extrinsic("companycode"), Some("0100"));
    assert_eq!(header.comments[0].attachments, ["cid:quote@x"]);
    let item = &order.items[0];
    assert_eq!(item.line_number, Some(10));
    assert_eq!(item.quantity.text, "1.5");
    assert_eq!(item.unit_price().unwrap().value(), Some(Decimal::new(19505, 3)));
    assert_eq!(item.item_id.supplier_part_auxiliary_id.as_deref(), Some("rl_01 \"x\""));
    assert_eq!(item.detail.as_ref().unwrap().classification("unspsc"), Some("81162000"));
}

#[test]
fn accounting_ids_stay_text() {
    let order = order(&file("cxml/order/network_style.xml"));
    let segments = &order.items[0].distributions[0].segments;
    assert_eq!((segments[0].id.as_str(), segments[0].form), ("CC-100", SegmentForm::AccountingSegment));
    assert_eq!((segments[1].id.as_str(), segments[1].form), ("007", SegmentForm::Segment));
    assert_eq!(order.items[0].distributions[0].charge.as_ref().unwrap().amount.text, "29.2575");
}

#[test]
fn a_card_number_is_not_kept() {
    let order = order(&file("cxml/order/network_style.xml"));
    assert_eq!(order.header.payment_card_ending.as_deref(), Some("1111"));
    assert!(!format!("{order:?}").contains("41111"));
}

#[test]
fn a_line_number_may_stand_in_an_extrinsic() {
    let order = order(&order_of(
        "orderID='1' orderDate=''",
        "<ItemOut quantity='1'><ItemDetail><Extrinsic name='LINENUM'>3</Extrinsic></ItemDetail></ItemOut>",
    ));
    assert_eq!(order.items[0].line_number, Some(3));
}

#[test]
fn defaults_of_the_dtd_are_known() {
    let envelope = reading(&order_of("orderID='1' orderDate='2026-01-31'", "<ItemOut quantity='1'/>"));
    let Body::Request { deployment_mode, payload: RequestPayload::OrderRequest(order) } = envelope.body else {
        panic!("not an order")
    };
    assert_eq!(deployment_mode, DeploymentMode::Production);
    assert_eq!((order.header.kind, order.header.order_type), (OrderKind::New, OrderType::Regular));
    assert_eq!(order.items[0].unit_price(), None, "a hidden price does not refuse the order");
}

#[test]
fn a_blanket_order_has_limits_instead_of_prices() {
    let order = order(&order_of(
        "orderID='1' orderDate='' orderType='blanket' orderVersion='1.0' effectiveDate='2026-01-01' releaseRequired='yes'",
        "<ItemOut quantity='1' lineNumber='1'><ItemID><SupplierPartID>P</SupplierPartID></ItemID><BlanketItemDetail>\
         <Description xml:lang='en'>Usage</Description><MaxAmount><Money currency='eur'>10,000.00</Money></MaxAmount>\
         <UnitOfMeasure>EA</UnitOfMeasure></BlanketItemDetail></ItemOut>",
    ));
    assert_eq!((order.header.order_type, order.header.order_version), (OrderType::Blanket, Some(1)));
    assert!(order.header.is_release_required);
    let limit = order.items[0].blanket.as_ref().unwrap().limit().unwrap();
    assert_eq!((limit.currency.as_str(), limit.value()), ("EUR", Some(Decimal::new(1_000_000, 2))));
}

#[test]
fn a_cancellation_may_come_without_lines_but_an_order_may_not() {
    assert!(order(&order_of("orderID='1' orderDate='' type='delete'", "")).items.is_empty());
    let error = try_reading(&order_of("orderID='1' orderDate=''", "")).unwrap_err();
    assert_eq!((error.kind, &*error.path), (WireErrorKind::Missing, "cXML/Request/OrderRequest"));
}

#[test]
fn values_that_would_change_the_meaning_of_an_order_are_refused() {
    let item = "<ItemOut quantity='1'/>";
    for (header, items) in [
        ("orderDate=''", item),
        ("orderID=' ' orderDate=''", item),
        ("orderID='1' orderDate='' type='replace'", item),
        ("orderID='1' orderDate='' orderType='lease'", item),
        ("orderID='1' orderDate=''", "<ItemOut/>"),
        ("orderID='1' orderDate=''", "<ItemOut quantity='1,5'/>"),
        ("orderID='1' orderDate=''", "<ItemOut quantity=''/>"),
    ] {
        let error = try_reading(&order_of(header, items)).unwrap_err();
        assert_eq!(error.status(), StatusCode::NOT_ACCEPTABLE, "{header} {items}");
        assert!(error.line > 0 && !error.path.is_empty());
    }
}

#[test]
fn an_unknown_request_keeps_its_name() {
    assert_eq!(request(reading(&enveloped("<GarbageRequest x='1'>?</GarbageRequest>"))).name(), "GarbageRequest");
}

#[test]
fn what_is_not_an_envelope_is_refused() {
    for (text, kind) in [
        ("<html><body>Not found</body></html>", WireErrorKind::NotCxml),
        ("<Response><Status code='200' text='OK'/></Response>", WireErrorKind::NotCxml),
        ("<cXML payloadID='1' timestamp=''/>", WireErrorKind::NotCxml),
        ("<cXML payloadID='1' timestamp=''><Request/></cXML>", WireErrorKind::Missing),
        ("<cXML payloadID='1' timestamp=''><Request><ProfileRequest/></Request></cXML>", WireErrorKind::Missing),
        ("ok", WireErrorKind::Malformed),
        ("", WireErrorKind::Malformed),
    ] {
        assert_eq!(try_reading(text.as_bytes()).unwrap_err().kind, kind, "{text}");
    }
}

#[test]
fn a_status_update_tells_the_fate_of_an_invoice() {
    let bytes = enveloped(
        "<StatusUpdateRequest><DocumentReference payloadID='inv@x'/><Status code='200' text='OK' xml:lang='en'>fine</Status>\
         <InvoiceStatus type='rejected' paymentNetDueDate='2026-02-28'><InvoiceIDInfo invoiceID='NW-1'/>\
         <PartialAmount><Money currency='USD'>5</Money></PartialAmount><Comments>wrong unit</Comments></InvoiceStatus>\
         </StatusUpdateRequest>",
    );
    let RequestPayload::StatusUpdateRequest(update) = request(reading(&bytes)) else { panic!("not an update") };
    assert_eq!(update.document_reference.as_deref(), Some("inv@x"));
    let StatusSubject::Invoice(status) = update.subject else { panic!("not about an invoice") };
    assert_eq!((status.kind.as_str(), status.invoice_id.as_deref()), ("rejected", Some("NW-1")));
    assert_eq!(status.comments[0].text, "wrong unit");
}

#[test]
fn the_root_part_of_a_multipart_body_is_the_document() {
    let mut body = b"--b\r\nContent-Type: text/xml; charset=iso-8859-1\r\nContent-ID: <doc@x>\r\n\r\n".to_vec();
    body.extend(b"<cXML payloadID='\xe9' timestamp=''><Response><Status code='200' text='OK'/></Response></cXML>");
    body.extend(b"\r\n--b\r\nContent-ID: <quote@x>\r\n\r\n%PDF\r\n--b--");
    let admitted = admit(&body, Some("multipart/mixed; boundary=b"), &Limits::default()).unwrap();
    assert_eq!(read(&admitted).unwrap().payload_id, "\u{e9}");
    assert!(admitted.attachments[0].is_referenced_by("cid:quote@x"));
}

#[test]
fn prefixed_elements_are_read_like_plain_ones() {
    let text = "<c:cXML xmlns:c='urn:c' payloadID='1' timestamp=''><c:Response><c:Status code='201' text=''/></c:Response></c:cXML>";
    let Body::Response { status, payload } = reading(text.as_bytes()).body else { panic!("not a response") };
    assert_eq!((status.code, payload), (StatusCode::ACCEPTED, None));
}

#[test]
fn a_document_status_is_read_and_an_unknown_one_keeps_its_name() {
    let update = |subject: &str| {
        let status = "<Status code='423' text='Document Failed'/>";
        let bytes = enveloped(&format!("<StatusUpdateRequest>{status}{subject}</StatusUpdateRequest>"));
        let RequestPayload::StatusUpdateRequest(update) = request(reading(&bytes)) else { panic!("not an update") };
        *update
    };
    let known = update(
        "<DocumentStatus type='ConfirmationStatusUpdate'><DocumentInfo documentID='C-1' documentType='ConfirmationRequest'/>\
         <Comments>late</Comments></DocumentStatus>",
    );
    let StatusSubject::DocumentStatus(status) = &known.subject else { panic!("no document status") };
    assert_eq!((status.document_id.as_deref(), status.comments.len()), (Some("C-1"), 1));
    assert!(known.status.code.is_permanent(), "an unknown code is handled by its class");
    let StatusSubject::Other { name, xml } = update("<ApprovalStatus type='x'/>").subject else { panic!("known") };
    assert_eq!((name.as_str(), xml.as_str()), ("ApprovalStatus", "<ApprovalStatus type='x'/>"));
    assert_eq!(update("").subject, StatusSubject::Document);
}

#[test]
fn control_keys_of_a_line_speak_for_the_line() {
    let item = "<ItemOut quantity='1' confirmationDueDate='2026-02-01' isAdHoc='yes'><ControlKeys><OCInstruction value='allowed'/>\
                <InvoiceInstruction value='isERS'/></ControlKeys></ItemOut>";
    let order = order(&order_of("orderID='1' orderDate=''", item));
    let keys = order.items[0].control_keys.as_ref().unwrap();
    assert_eq!(keys.confirmation, Some(ConfirmationInstruction::Allowed));
    assert_eq!((keys.invoice.as_deref(), order.items[0].is_ad_hoc), (Some("isERS"), true));
    assert!(order.header.control_keys.is_none());
}

#[test]
fn a_line_break_in_a_code_and_a_thousands_comma_do_no_harm() {
    let item = "<ItemOut quantity=' 2 '><ItemDetail><UnitPrice><Money currency=' usd '>1,200.50</Money></UnitPrice>\
                <UnitOfMeasure>EA\n</UnitOfMeasure></ItemDetail></ItemOut>";
    let order = order(&order_of("orderID=' PO 7 ' orderDate='yesterday'", item));
    assert_eq!((order.header.order_id.as_str(), order.header.order_date.text.as_str()), ("PO 7", "yesterday"));
    let item = &order.items[0];
    assert_eq!((item.quantity.text.as_str(), item.unit_of_measure()), ("2", "EA"));
    let price = item.unit_price().unwrap();
    assert_eq!((price.currency.as_str(), price.value()), ("USD", Some(Decimal::new(120_050, 2))));
}

#[test]
fn one_parsed_document_serves_envelope_and_fingerprint() {
    let bytes = order_of("orderID='1' orderDate=''", "<ItemOut quantity='1'/>");
    let admitted = admit(&bytes, None, &Limits::default()).unwrap();
    let document = admitted.parse().unwrap();
    assert!(crate::read_document(&document).is_ok());
    assert_eq!(crate::content::fingerprint(&document), crate::content::request_fingerprint(&admitted).unwrap());
}

/// What stands twice is refused where a reader would take one of them and lose the other, with the place of the second.
#[test]
fn a_second_one_of_what_decides_is_refused_with_its_place() {
    let order = |header: &str, line: &str| {
        format!(
            "<OrderRequest><OrderRequestHeader orderID='1' orderDate='d'>{header}</OrderRequestHeader><ItemOut quantity='1'>{line}\
             </ItemOut></OrderRequest>"
        )
    };
    let total = "<Total><Money currency='USD'>1</Money>\n<Money currency='USD'>2</Money></Total>";
    let setup = |content: &str| format!("<PunchOutSetupRequest operation='create'>{content}</PunchOutSetupRequest>");
    let table = [
        ("request", "<ProfileRequest/>\n<ProfileRequest/>".to_owned()),
        ("request", "<ShipNoticeRequest/>\n<OrderRequest/>".to_owned()),
        ("Request, Message or Response", "<ProfileRequest/></Request>\n<Request><ProfileRequest/>".to_owned()),
        ("Request, Message or Response", "<ProfileRequest/></Request>\n<Response/><Request>".to_owned()),
        ("Header", "<ProfileRequest/></Request>\n<Header/><Request>".to_owned()),
        ("OrderRequestHeader", order("", "").replace("<ItemOut", "\n<OrderRequestHeader/><ItemOut")),
        ("Total", order("<Total/>\n<Total/>", "")),
        ("Money", order(total, "")),
        ("ItemID", order("", "<ItemID/>\n<ItemID/>")),
        (
            "SupplierPartAuxiliaryID",
            order("", "<ItemID><SupplierPartAuxiliaryID/>\n<SupplierPartAuxiliaryID/></ItemID>"),
        ),
        ("UnitPrice", order("", "<ItemDetail><UnitPrice/>\n<UnitPrice/></ItemDetail>")),
        ("Money", order("", "<ItemDetail><UnitPrice><Money>1</Money>\n<Money>2</Money></UnitPrice></ItemDetail>")),
        ("BuyerCookie", setup("<BuyerCookie>1</BuyerCookie>\n<BuyerCookie/>")),
        ("BrowserFormPost", setup("<BrowserFormPost/>\n<BrowserFormPost/>")),
        ("URL", setup("<BrowserFormPost><URL>a</URL>\n<URL>b</URL></BrowserFormPost>")),
    ];
    for (what, body) in table {
        let bytes = enveloped(&body);
        let first_line = String::from_utf8_lossy(&bytes).matches('\n').count();
        let error = read(&admit(&bytes, None, &Limits::default()).unwrap()).expect_err(&body);
        assert_eq!((&*error.expected, &*error.found), (&*format!("one {what}"), "a second one"), "{body}");
        assert_eq!((error.status(), error.line as usize), (StatusCode::NOT_ACCEPTABLE, first_line + 1), "{body}");
        assert!(error.column > 0 && !error.path.is_empty(), "{error}");
    }
}

#[test]
fn a_party_and_a_name_stand_once_in_a_header() {
    let whole = String::from_utf8(enveloped("<ProfileRequest/>")).unwrap();
    for (before, after) in [
        ("</Identity>", "</Identity><Identity>other</Identity>"),
        ("</Identity>", "</Identity><SharedSecret>a</SharedSecret><SharedSecret>b</SharedSecret>"),
        ("<To>", "<From/><To>"),
        ("<Sender>", "<To/><Sender>"),
        ("</Header>", "<Sender/></Header>"),
    ] {
        let text = whole.replacen(before, after, 1);
        assert_ne!(text, whole);
        let error = read(&admit(text.as_bytes(), None, &Limits::default()).unwrap()).expect_err(&text);
        assert!(error.expected.starts_with("one "), "{error}");
    }
}
