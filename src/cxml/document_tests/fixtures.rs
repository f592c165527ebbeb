//! Documents and parts that several tests use. All names are invented.

use std::path::PathBuf;

use rust_decimal::Decimal;

use crate::credential::{Credential, Secret};
use crate::envelope::{Header, Party, Sender};
use crate::extrinsic::Extrinsic;
use crate::item::{Classification, Description, ItemDetail, ItemId};
use crate::money::{Money, Number};
use crate::order::OrderRequest;
use crate::outgoing::Stamp;
use crate::punchout_order::{ItemIn, OperationAllowed, PunchOutOrderMessage, QuoteStatus};
use crate::punchout_setup::PunchOutSetupRequest;
use crate::{Body, Envelope, Limits, RequestPayload, WireError, admit, read};

pub fn testdata(path: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../testdata").join(path)
}

pub fn file(path: &str) -> Vec<u8> {
    let path = testdata(path);
    std::fs::read(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

pub fn try_reading(bytes: &[u8]) -> Result<Envelope, WireError> {
    read(&admit(bytes, Some("text/xml"), &Limits::default())?)
}

pub fn reading(bytes: &[u8]) -> Envelope {
    try_reading(bytes).unwrap_or_else(|error| panic!("{error}"))
}

pub fn request(envelope: Envelope) -> RequestPayload {
    match envelope.body {
        Body::Request { payload, .. } => payload,
        other => panic!("not a request: {other:?}"),
    }
}

pub fn order(bytes: &[u8]) -> OrderRequest {
    match request(reading(bytes)) {
        RequestPayload::OrderRequest(order) => *order,
        other => panic!("not an order: {}", other.name()),
    }
}

pub fn setup(bytes: &[u8]) -> PunchOutSetupRequest {
    match request(reading(bytes)) {
        RequestPayload::PunchOutSetupRequest(setup) => *setup,
        other => panic!("not a setup request: {}", other.name()),
    }
}

/// A request around a payload, with the least header that there can be.
pub fn enveloped(payload: &str) -> Vec<u8> {
    let party = "<Credential domain='DUNS'><Identity>1</Identity></Credential>";
    format!(
        "<cXML payloadID='p@x' timestamp='2026-01-31T09:05:00+00:00'><Header><From>{party}</From><To>{party}</To>\
         <Sender>{party}</Sender></Header><Request>{payload}</Request></cXML>"
    )
    .into_bytes()
}

/// An order around its lines.
pub fn order_of(header: &str, items: &str) -> Vec<u8> {
    enveloped(&format!("<OrderRequest><OrderRequestHeader {header}/>{items}</OrderRequest>"))
}

pub fn stamp() -> Stamp {
    Stamp { payload_id: "1.2.3@market.example".into(), timestamp: "2026-01-31T09:05:00.25Z".parse().unwrap() }
}

pub fn header() -> Header {
    Header {
        from: Party::single("NetworkID", "AN01-SELLER"),
        to: Party::single("NetworkID", "AN01-BUYER"),
        sender: Sender {
            credentials: vec![Credential::new("NetworkID", "AN01-SELLER").with_secret(Secret::new("s<e>c&ret"))],
            user_agent: "marketgate".into(),
        },
    }
}

pub fn usd(text: &str) -> Money {
    Money::new(text.parse::<Decimal>().unwrap(), "USD")
}

pub fn cart() -> PunchOutOrderMessage {
    let detail = ItemDetail {
        unit_price: Some(usd("1200.00")),
        descriptions: vec![Description::new("en", "Skylark Analytics \u{2014} Team & Co, 12 months <annual>")],
        unit_of_measure: "EA".into(),
        classifications: vec![Classification::unspsc("81162000")],
        manufacturer_name: Some("Northwind Cloud".into()),
        url: Some("https://market.example/q/1?a=1&b=2".into()),
        lead_time_days: Some(Number::read("0")),
        extrinsics: vec![Extrinsic::new("LineType", "service"), Extrinsic::new("OfferValidUntil", "2026-03-31")],
        ..ItemDetail::default()
    };
    let item_id = ItemId {
        supplier_part_id: "SKY-TEAM".into(),
        supplier_part_auxiliary_id: Some("rl_01\"<&>'\u{e9}".into()),
        buyer_part_id: None,
    };
    PunchOutOrderMessage {
        buyer_cookie: " c0ok=ie ".into(),
        operation_allowed: OperationAllowed::Edit,
        quote_status: QuoteStatus::Final,
        total: usd("1200.00"),
        items: vec![ItemIn { quantity: Number::read("1.5"), item_id, detail, ..ItemIn::default() }],
        ..PunchOutOrderMessage::default()
    }
}

/// An order of many ordinary lines, as a buyer system sends it.
pub fn long_order(lines: u32) -> Vec<u8> {
    let address = |id: u32| {
        format!(
            "<Address isoCountryCode=\"NO\" addressID=\"{id}\"><Name xml:lang=\"en\">Orchard AS</Name>\n\
             <PostalAddress name=\"default\"><DeliverTo>Robin Roe</DeliverTo><Street>1 Pier</Street><City>Bergen</City>\
             <State>Vestland</State><PostalCode>5003</PostalCode><Country isoCountryCode=\"NO\">Norway</Country></PostalAddress>\n\
             <Email name=\"default\">desk@buyer.example</Email></Address>"
        )
    };
    let line = |number: u32| {
        format!(
            "      <ItemOut quantity=\"2.5\" lineNumber=\"{number}\" requestedDeliveryDate=\"2026-02-14T12:00:00+01:00\">\n\
             \x20       <ItemID>\n          <SupplierPartID>SKY-{number}</SupplierPartID>\n          \
             <SupplierPartAuxiliaryID>rl_01K{number:08}</SupplierPartAuxiliaryID>\n        </ItemID>\n        <ItemDetail>\n          \
             <UnitPrice><Money currency=\"USD\">1200.00</Money></UnitPrice>\n          \
             <Description xml:lang=\"en\">Skylark Analytics &amp; Reports, team plan, 12 months</Description>\n          \
             <UnitOfMeasure>EA</UnitOfMeasure>\n          <Classification domain=\"UNSPSC\">81162000</Classification>\n          \
             <ManufacturerName xml:lang=\"en\">Northwind Cloud</ManufacturerName>\n          \
             <Extrinsic name=\"LineType\">service</Extrinsic>\n        </ItemDetail>\n        <Distribution>\n          \
             <Accounting name=\"DistributionCharge\">\n            <AccountingSegment id=\"CC-100\"><Name xml:lang=\"en\">Cost Center</Name>\
             <Description xml:lang=\"en\">Sales</Description></AccountingSegment>\n            <AccountingSegment id=\"6171720002\">\
             <Name xml:lang=\"en\">General Ledger</Name><Description xml:lang=\"en\">Software</Description></AccountingSegment>\n          \
             </Accounting>\n          <Charge><Money currency=\"USD\">3000.00</Money></Charge>\n        </Distribution>\n      </ItemOut>\n"
        )
    };
    let items = (1..=lines).fold(String::new(), |all, number| all + &line(number));
    let party =
        |identity: &str| format!("<Credential domain=\"NetworkId\"><Identity>{identity}</Identity></Credential>");
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n\
         <!DOCTYPE cXML SYSTEM \"http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd\">\n\
         <cXML payloadID=\"1769850300.1@buyer.example\" timestamp=\"2026-01-31T10:05:00+01:00\" xml:lang=\"en-US\">\n  <Header>\n    \
         <From>{}</From>\n    <To>{}</To>\n    <Sender><Credential domain=\"NetworkId\"><Identity>AN01-BUYER</Identity>\
         <SharedSecret>abracadabra</SharedSecret></Credential><UserAgent>Buyer 1.0</UserAgent></Sender>\n  </Header>\n  \
         <Request deploymentMode=\"production\">\n    <OrderRequest>\n      \
         <OrderRequestHeader orderID=\"4500001\" orderDate=\"2026-01-31T10:00:00+01:00\" type=\"new\" orderVersion=\"1\">\n        \
         <Total><Money currency=\"USD\">15000.00</Money></Total>\n        <ShipTo>{}</ShipTo>\n        <BillTo>{}</BillTo>\n        \
         <Contact role=\"endUser\"><Name xml:lang=\"en\">Robin Roe</Name><Email>robin@buyer.example</Email></Contact>\n        \
         <Comments xml:lang=\"en\">Please provision by Monday.</Comments>\n        \
         <Extrinsic name=\"CompanyCode\">0100</Extrinsic>\n      </OrderRequestHeader>\n{items}    </OrderRequest>\n  </Request>\n</cXML>\n",
        party("AN01-BUYER"),
        party("AN01-SELLER"),
        address(7),
        address(8),
    )
    .into_bytes()
}
