//! Ship notices, catalogues and invoices of others; and one document in every encoding.

use super::fixtures::*;
use crate::catalog_index::{Index, IndexItem, IndexItemPunchout, PunchoutLevel, read_index, write_index};
use crate::invoice::{InvoiceContent, OrderLink};
use crate::item::{Classification, Description, ItemId};
use crate::money::Number;
use crate::write::DtdVersion;
use crate::{Limits, RequestPayload, ResponsePayload, WireErrorKind, admit, read};

#[test]
fn a_ship_notice_is_read_to_be_stored_and_shown() {
    let bytes = enveloped(
        "<ShipNoticeRequest><ShipNoticeHeader shipmentID='S-1' noticeDate='2026-01-31' operation='update' shipmentType='actual'>\
         <DocumentReference payloadID='earlier@x'/><Comments>all of it</Comments></ShipNoticeHeader><ShipControl>\
         <CarrierIdentifier domain='SCAC'>FDE</CarrierIdentifier><ShipmentIdentifier domain='trackingNumber'>8202 8261</ShipmentIdentifier>\
         </ShipControl><ShipNoticePortion><OrderReference orderID='PO-1'><DocumentReference payloadID='order@x'/></OrderReference>\
         <ShipNoticeItem quantity='1.5' lineNumber='10'><UnitOfMeasure>EA</UnitOfMeasure><Packaging><PackagingCode>BX</PackagingCode>\
         </Packaging></ShipNoticeItem></ShipNoticePortion></ShipNoticeRequest>",
    );
    let RequestPayload::ShipNoticeRequest(notice) = request(reading(&bytes)) else { panic!("not a ship notice") };
    assert_eq!((notice.shipment_id.as_str(), notice.document_reference.as_deref()), ("S-1", Some("earlier@x")));
    assert_eq!(notice.controls[0].shipments, [(Some("trackingNumber".into()), "8202 8261".into())]);
    let portion = &notice.portions[0];
    assert_eq!((portion.order_id.as_str(), portion.order_payload_id.as_str()), ("PO-1", "order@x"));
    assert_eq!((portion.items[0].line_number, portion.items[0].quantity.text.as_str()), (10, "1.5"));
    assert_eq!(notice.unknown[0].name, "ShipNoticeItem/Packaging");
}

#[test]
fn an_invoice_of_another_supplier_is_read_with_its_contradictions() {
    let bytes = enveloped(
        "<InvoiceDetailRequest><InvoiceDetailRequestHeader invoiceID='I-1' invoiceDate='2026-01-31'><InvoiceDetailHeaderIndicator/>\
         <InvoiceDetailLineIndicator isTaxInLine='yes' isShippingInLine='yes'/></InvoiceDetailRequestHeader><InvoiceDetailOrder>\
         <InvoiceDetailOrderInfo><SupplierOrderInfo orderID='S-1'/></InvoiceDetailOrderInfo><InvoiceDetailServiceItem invoiceLineNumber='1'>\
         <InvoiceDetailServiceItemReference/><SubtotalAmount><Money currency='EUR'>5</Money></SubtotalAmount><Tax><Money currency='EUR'>1</Money>\
         <Description xml:lang='en'/></Tax></InvoiceDetailServiceItem></InvoiceDetailOrder><InvoiceDetailSummary><SubtotalAmount>\
         <Money currency='EUR'>5</Money></SubtotalAmount><NetAmount><Money currency='EUR'>6</Money></NetAmount></InvoiceDetailSummary>\
         </InvoiceDetailRequest>",
    );
    let RequestPayload::InvoiceDetailRequest(invoice) = request(reading(&bytes)) else { panic!("not an invoice") };
    let InvoiceContent::Lines(lines) = &invoice.orders[0].content else { panic!("no lines") };
    assert_eq!(
        (&invoice.orders[0].reference, lines[0].subtotal.amount.text.as_str()),
        (&OrderLink::SupplierOrder, "5")
    );
    assert_eq!(invoice.header.unknown.len(), 1, "{:?}", invoice.header.unknown);
    assert_eq!(invoice.header.unknown[0].name, "InvoiceDetailLineIndicator/@isShippingInLine");
}

#[test]
fn an_invoice_without_number_or_with_an_unknown_purpose_is_refused() {
    for header in ["invoiceDate=''", "invoiceID='1' invoiceDate='' purpose='gift'"] {
        let bytes = enveloped(&format!(
            "<InvoiceDetailRequest><InvoiceDetailRequestHeader {header}/><InvoiceDetailSummary/></InvoiceDetailRequest>"
        ));
        let error = try_reading(&bytes).unwrap_err();
        assert!(matches!(error.kind, WireErrorKind::Missing | WireErrorKind::Invalid), "{error}");
    }
}

#[test]
fn a_level_and_a_price_of_a_punchout_item_are_written_where_the_version_knows_them() {
    let item = IndexItemPunchout {
        item_id: ItemId { supplier_part_id: "SKY".into(), ..ItemId::default() },
        level: PunchoutLevel::Product,
        descriptions: vec![Description::new("en", "Skylark")],
        url: "https://market.example/punchout".into(),
        classifications: vec![Classification::unspsc("43232701")],
        unit_price: Some(usd("9.50")),
        lead_time_days: Some(Number::read("0")),
        ..IndexItemPunchout::default()
    };
    let index = Index {
        supplier_ids: vec![("NetworkID".into(), "AN01-SELLER".into())],
        items: vec![IndexItem::Punchout(Box::new(item))],
        ..Index::default()
    };
    let [old, twenty, new] =
        [DtdVersion::PUNCHOUT, DtdVersion(1, 2, 20), DtdVersion(1, 2, 71)].map(|version| write_index(&index, version));
    for newer in ["punchoutLevel=\"product\"", "<UnitPrice>", "<LeadTime>0</LeadTime>"] {
        assert!(new.contains(newer) && twenty.contains(newer) && !old.contains(newer), "{newer}");
    }
    assert!(new.contains("<!DOCTYPE Index SYSTEM "));
    assert_eq!(read_index(&roxmltree::Document::parse("<cXML/>").unwrap()).unwrap_err().kind, WireErrorKind::NotCxml);
}

#[test]
fn another_response_keeps_its_name_and_its_markup() {
    let text = "<cXML payloadID='1' timestamp=''><Response><Status code='200' text='OK'/><AuthResponse><Credential domain='d'>\
                <Identity>i</Identity><SharedSecret>swordfish</SharedSecret></Credential></AuthResponse></Response></cXML>";
    let crate::Body::Response { payload: Some(ResponsePayload::Other { name, xml }), .. } =
        reading(text.as_bytes()).body
    else {
        panic!("not another response")
    };
    assert_eq!(name, "AuthResponse");
    assert!(xml.contains("<Identity>i</Identity>") && !xml.contains("swordfish"));
}

#[test]
fn one_document_in_every_encoding_is_one_document() {
    let text = |encoding: &str| {
        format!(
            "<?xml version='1.0' encoding='{encoding}'?><cXML payloadID='\u{e9}\u{20ac}' timestamp=''><Response><Status code='200' \
             text='\u{e9}'/></Response></cXML>"
        )
    };
    let single = |encoding: &str, euro: u8| -> Vec<u8> {
        let byte = |c| if c == '\u{20ac}' { euro } else { u8::try_from(u32::from(c)).unwrap() };
        text(encoding).chars().map(byte).collect()
    };
    let units: Vec<u16> = text("UTF-16").encode_utf16().collect();
    let marked = |bytes: fn(u16) -> [u8; 2]| -> Vec<u8> {
        [0xfeff].iter().chain(&units).flat_map(|unit| bytes(*unit)).collect()
    };
    let documents: [(Vec<u8>, Option<&str>); 7] = [
        (text("UTF-8").into_bytes(), None),
        (text("ISO-8859-1").into_bytes(), Some("application/xml; charset=\"UTF-8\"")),
        (marked(u16::to_le_bytes), Some("text/xml; charset=iso-8859-1")),
        (marked(u16::to_be_bytes), None),
        (single("ISO-8859-15", 0xa4), Some("text/xml")),
        (single("windows-1252", 0x80), Some("text/html")),
        (single("UTF-8", 0x80), Some("text/xml; charset=windows-1252")),
    ];
    for (bytes, content_type) in documents {
        let envelope = read(&admit(&bytes, content_type, &Limits::default()).unwrap()).unwrap();
        assert_eq!(envelope.payload_id, "\u{e9}\u{20ac}", "{content_type:?}");
    }
}
