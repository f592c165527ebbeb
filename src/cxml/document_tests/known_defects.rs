//! Defects found in other implementations of this protocol, each with the test that keeps it out of this one.
//!
//! | | Defect | Covered by |
//! |---|---|---|
//! | 1 | A quantity of 1.5 becomes 1 | `quantities_and_prices_keep_every_digit` |
//! | 2 | Money counted in cents: 19.505 becomes 19.50 | `quantities_and_prices_keep_every_digit` |
//! | 3 | Accounting ids become numbers, attributes vanish, the order written again is invalid | `an_order_written_again_is_the_same_order` |
//! | 4 | A writer that has parsed writes the payload twice | `reading_changes_nothing_about_writing` |
//! | 5 | Of two credentials only the first is kept | `a_network_id_behind_another_credential_is_found` |
//! | 6 | A credential without a secret admits a sender who sends none | `no_secret_matches_no_secret` |
//! | 7 | Validation loads the DTD for each document, over the network | the validator in `dtd` is loaded once and has no network |
//! | 8 | An invalid order is answered 500, which is retried | `what_cannot_be_read_is_never_answered_with_a_transient_error` |
//! | 9 | Times with microseconds fail | `microseconds_are_a_time` |
//! | 10 | "Validation" looks for two words | `an_order_without_a_unit_is_seen_to_have_none`; grades of validity in `dtd` |
//! | 11 | An unlocked registry breaks under load; a known payloadID is overwritten | outside: tests of the store and of repeated orders |
//! | 12 | No credentials mean open access; secrets compared with `==` | `no_secret_matches_no_secret`, `credential` |
//! | 13 | Typed documents cannot be built on a newer language | the build itself, with its minimum version |
//! | 14 | The same order twice is two orders | `the_same_order_has_the_same_fingerprint`; outside: repeated orders |
//! | 15 | Edit and inspect do not bring the items back | `a_cart_to_be_edited_brings_its_items` |
//! | 16 | A hostile document is answered 401 | `what_cannot_be_read_is_never_answered_with_a_transient_error` |
//! | 17 | An order is parsed twice, by two parsers | `one_parse_serves_reader_fingerprint_and_preview` |
//! | 18 | The session cookie is lost in an iframe | outside: sessions travel in the address |
//! | 19 | Answers without DOCTYPE are refused | `answers_need_no_doctype_and_ours_have_one` |
//! | 20 | Totals sent as binary floats | `quantities_and_prices_keep_every_digit` |
//! | 21 | No check of its own output | `round_trip`, `validity` |
//! | 22 | Entities without limit, before authentication | `entities_are_never_expanded` |
//! | 23 | A stored hash is compared with the secret as sent | `no_secret_matches_no_secret` |
//! | 24 | The cart has no Header, Classification or language | `a_cart_is_complete` |
//! | 25 | Malformed XML leaves as a server error | `what_cannot_be_read_is_never_answered_with_a_transient_error` |

use rust_decimal::Decimal;

use super::fixtures::*;
use crate::content::fingerprint;
use crate::credential::Secret;
use crate::envelope::DeploymentMode;
use crate::outgoing::{Cart, OutgoingRequest, Reply, write_cart, write_request, write_response};
use crate::preview::Preview;
use crate::time::WireTime;
use crate::write::{Charset, DtdVersion};
use crate::{Body, Limits, RequestPayload, Status, StatusCode, WireErrorKind, admit, read_document};

const NEWEST: DtdVersion = DtdVersion(1, 2, 71);

#[test]
fn quantities_and_prices_keep_every_digit() {
    let order = order(&file("cxml/order/network_style.xml"));
    assert_eq!(order.items[0].quantity.value, Some(Decimal::new(15, 1)));
    assert_eq!(order.items[0].unit_price().unwrap().value(), Some(Decimal::new(19505, 3)));
    let third = usd("0.1").value().unwrap() + usd("0.2").value().unwrap();
    assert_eq!(crate::money::plain(third), "0.3");
}

fn written(order: &crate::order::OrderRequest) -> String {
    write_request(&stamp(), &header(), DeploymentMode::Production, OutgoingRequest::Order(order), NEWEST)
}

#[test]
fn an_order_written_again_is_the_same_order() {
    let mut first = order(&file("cxml/order/network_style.xml"));
    // Neither card numbers nor what no field holds is written.
    first.header.payment_card_ending = None;
    first.header.unknown.clear();
    assert_eq!(order(written(&first).as_bytes()), first);
    let text = written(&first);
    for kept in ["CC-100", "isoStateCode=\"NO-46\"", "isoCountryCode=\"NO\"", "29.2575", "orderType=\"release\""] {
        assert!(text.contains(kept), "{kept}");
    }
}

#[test]
fn reading_changes_nothing_about_writing() {
    let first = order(&long_order(2));
    let text = written(&first);
    assert_eq!(order(text.as_bytes()), first);
    assert_eq!((written(&first), text.matches("<OrderRequest>").count()), (text.clone(), 1));
}

#[test]
fn a_network_id_behind_another_credential_is_found() {
    let header = reading(&file("cxml/order/network_style.xml")).header.unwrap();
    assert!(header.to.has_name("VendorID", "0000100017") && header.to.has_name("NetworkID", "AN01000000002-T"));
}

#[test]
fn no_secret_matches_no_secret() {
    let header = reading(&enveloped("<ProfileRequest/>")).header.unwrap();
    assert!(!header.sender.shared_secrets().any(|secret| secret.matches("")));
    assert!(!Secret::new("").matches("") && !Secret::new("").matches("x") && Secret::new("x").matches("x"));
}

#[test]
fn what_cannot_be_read_is_never_answered_with_a_transient_error() {
    let broken = ["", "<cXML>", "<cXML/>", "<html/>", "\u{0}", "<!DOCTYPE a [<!ENTITY e 'x'>]><a>&e;</a>"];
    let invalid = enveloped("<OrderRequest/>");
    for bytes in broken.iter().map(|text| text.as_bytes()).chain([invalid.as_slice()]) {
        let status = Status::from(&try_reading(bytes).unwrap_err());
        assert!(status.code.is_permanent() && status.code == StatusCode::NOT_ACCEPTABLE, "{status:?}");
        assert!(!status.content.is_empty());
    }
}

#[test]
fn microseconds_are_a_time() {
    let time = WireTime::read("2026-01-31T09:05:00.123456+00:00");
    assert_eq!(time.instant, Some("2026-01-31T09:05:00.123456Z".parse().unwrap()));
}

#[test]
fn an_order_without_a_unit_is_seen_to_have_none() {
    let order = order(&order_of("orderID='1' orderDate=''", "<ItemOut quantity='1'><ItemDetail/></ItemOut>"));
    assert_eq!((order.items[0].unit_of_measure(), order.items[0].unit_price()), ("", None));
}

#[test]
fn the_same_order_has_the_same_fingerprint() {
    let of = |bytes: &[u8]| fingerprint(&admit(bytes, None, &Limits::default()).unwrap().parse().unwrap());
    let order = String::from_utf8(long_order(1)).unwrap();
    let resent = order.replace("1769850300.1@", "1769859999.7@").replace("10:05:00", "11:05:00");
    assert_ne!(order, resent);
    assert_eq!(of(order.as_bytes()), of(resent.as_bytes()));
    assert_ne!(of(order.as_bytes()), of(order.replace("1200.00", "1200.01").as_bytes()));
}

#[test]
fn a_cart_to_be_edited_brings_its_items() {
    for operation in ["edit", "inspect"] {
        let item = "<ItemOut quantity='2'><ItemID><SupplierPartID>SKY</SupplierPartID><SupplierPartAuxiliaryID>rl_1\
                    </SupplierPartAuxiliaryID></ItemID></ItemOut>";
        let request = setup(&enveloped(&format!(
            "<PunchOutSetupRequest operation='{operation}'><BuyerCookie>c</BuyerCookie>{item}</PunchOutSetupRequest>"
        )));
        assert_eq!(request.operation.as_str(), operation);
        assert_eq!(request.items[0].item_id.supplier_part_auxiliary_id.as_deref(), Some("rl_1"));
    }
}

#[test]
fn one_parse_serves_reader_fingerprint_and_preview() {
    let bytes = long_order(1);
    let admitted = admit(&bytes, None, &Limits::default()).unwrap();
    let document = admitted.parse().unwrap();
    assert_eq!(Preview::of(&document).order_id.as_deref(), Some("4500001"));
    assert_eq!(fingerprint(&document).rule, 2);
    assert!(matches!(
        read_document(&document).unwrap().body,
        Body::Request { payload: RequestPayload::OrderRequest(_), .. }
    ));
}

#[test]
fn answers_need_no_doctype_and_ours_have_one() {
    let bare = "<cXML payloadID='1' timestamp=''><Response><Status code='200' text='OK'/></Response></cXML>";
    assert!(matches!(reading(bare.as_bytes()).body, Body::Response { .. }));
    let ours = write_response(&stamp(), &Status::new(StatusCode::OK), Reply::StatusOnly, DtdVersion::PUNCHOUT);
    assert!(ours.contains("<!DOCTYPE cXML SYSTEM \"http://xml.cxml.org/schemas/cXML/1.2.014/cXML.dtd\">"));
}

#[test]
fn entities_are_never_expanded() {
    let bomb = format!("<!DOCTYPE a [<!ENTITY e '{}'>]><a>{}</a>", "x".repeat(9_000), "&e;".repeat(9_000));
    let admitted = admit(bomb.as_bytes(), None, &Limits::default()).unwrap();
    assert!(admitted.text().len() <= bomb.len());
    assert_eq!(admitted.parse().unwrap_err().kind, WireErrorKind::Entity);
}

#[test]
fn a_cart_is_complete() {
    let message = cart();
    let cart = Cart { message: &message, in_reply_to: None, status: None, mode: DeploymentMode::Production };
    let text = write_cart(&stamp(), &header(), cart, DtdVersion::PUNCHOUT, Charset::Ascii);
    for part in
        ["<Header><From>", "<To>", "<Sender>", "<UserAgent>", "<Classification domain=\"UNSPSC\">", "xml:lang=\"en\""]
    {
        assert!(text.contains(part), "{part}");
    }
}
