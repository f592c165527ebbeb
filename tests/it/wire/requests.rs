//! What an honest procurement system sends besides orders, and the odd encodings it may send it in (P1).

use marketgate::demo::seed::{ACME_COUPA, CONNECTIONS};
use marketgate_simulator::browser::Browser;
use marketgate_store::messages;

use super::{acme_setup, assert_answered, setup_of};
use crate::harness::post::{parse, request, setup};
use crate::harness::{Answer, Market};

async fn assert_opens(answer: &Answer) {
    assert_answered(answer, 200);
    let start_page = answer.start_page().expect("a StartPage").parse().unwrap();
    let page = Browser::new().unwrap().open(&start_page).await.unwrap();
    assert_eq!(page.status, 200);
    assert!(page.text().contains("Gatewren") || page.text().contains("Store"), "{}", page.text());
}

#[actix_web::test]
async fn a_ping_is_answered() {
    let market = Market::start().await;
    assert_answered(&market.ping().await, 200);
    market.finish().await;
}

#[actix_web::test]
async fn a_profile_request_is_answered_with_what_is_taken_here() {
    let market = Market::start().await;
    let answer = market.post(request(&ACME_COUPA, "1@test", "<ProfileRequest/>")).await;
    assert_answered(&answer, 200);
    let document = parse(&answer.text);
    let transactions = document.descendants().filter(|node| node.has_tag_name("Transaction"));
    let names: Vec<_> = transactions.filter_map(|node| node.attribute("requestName")).collect();
    for name in ["ProfileRequest", "PunchOutSetupRequest", "OrderRequest"] {
        assert!(names.contains(&name), "{names:?}");
    }
    market.finish().await;
}

#[actix_web::test]
async fn every_connection_of_the_demo_opens_the_store() {
    let market = Market::start().await;
    for fixed in &CONNECTIONS {
        assert_opens(&market.post(setup_of(fixed, "1@test")).await).await;
    }
    market.finish().await;
}

#[actix_web::test]
async fn a_request_that_is_not_offered_is_named_in_the_answer() {
    let market = Market::start().await;
    for name in ["SupplierListRequest", "GarbageRequest"] {
        let answer = market.post(request(&ACME_COUPA, "1@test", &format!("<{name}/>"))).await;
        assert_answered(&answer, 450);
        assert!(answer.words().contains(name), "{}", answer.words());
    }
    market.finish().await;
}

#[actix_web::test]
async fn a_byte_order_mark_and_other_encodings_make_no_difference() {
    let market = Market::start().await;
    let plain = acme_setup("1@test");
    assert_opens(&market.post(format!("\u{feff}{plain}")).await).await;
    assert_opens(&market.post(format!("\r\n{}", plain.split_once("?>\n").unwrap().1)).await).await;
    let declared = plain.replace("UTF-8", "UTF-16");
    let little: Vec<u8> = format!("\u{feff}{declared}").encode_utf16().flat_map(u16::to_le_bytes).collect();
    let big: Vec<u8> = format!("\u{feff}{declared}").encode_utf16().flat_map(u16::to_be_bytes).collect();
    assert_opens(&market.post_as("text/xml", little).await).await;
    assert_opens(&market.post_as("text/xml", big).await).await;
    let latin = plain.replace("UTF-8", "ISO-8859-1").replace("cookie-1", "caf\u{e9}");
    let latin: Vec<u8> = latin.chars().map(|letter| u8::try_from(u32::from(letter)).unwrap()).collect();
    assert_opens(&market.post_as("text/xml", latin).await).await;
    market.finish().await;
}

#[actix_web::test]
async fn the_content_type_of_a_request_is_not_what_counts() {
    let market = Market::start().await;
    for content_type in ["application/xml", "text/plain", "application/x-www-form-urlencoded", "nonsense"] {
        assert_opens(&market.post_as(content_type, acme_setup("1@test")).await).await;
    }
    market.finish().await;
}

#[actix_web::test]
async fn a_cart_that_could_never_return_is_refused_at_the_beginning() {
    let market = Market::start().await;
    for address in ["", "not an address", "javascript:alert(1)", "ftp://buyer.acme.example/"] {
        let answer = market.post(request(&ACME_COUPA, "1@test", &setup(address))).await;
        assert_answered(&answer, 400);
    }
    market.change_connection(&ACME_COUPA, |connection| {
        connection.punchout.return_hosts = vec!["acme.example".to_owned()];
    });
    assert_opens(&market.post(acme_setup("2@test")).await).await;
    let stray = request(&ACME_COUPA, "3@test", &setup("https://acme.example.thief.example/"));
    assert_answered(&market.post(stray).await, 403);
    market.finish().await;
}

#[actix_web::test]
async fn a_setup_that_says_test_is_a_test_all_the_way() {
    let market = Market::start().await;
    let test = acme_setup("1@test").replace("<Request>", "<Request deploymentMode=\"test\">");
    let answer = market.post(test).await;
    let page = Browser::new().unwrap().open(&answer.start_page().unwrap().parse().unwrap()).await.unwrap();
    assert!(page.text().to_lowercase().contains("test"), "{}", page.text());
    market.finish().await;
}

#[actix_web::test]
async fn a_request_that_is_not_offered_is_450_whatever_is_wrong_in_it() {
    let market = Market::start().await;
    for body in [
        "<ConfirmationRequest><ConfirmationHeader type=\"odd\" noticeDate=\"x\"/></ConfirmationRequest>",
        "<InvoiceDetailRequest><InvoiceDetailRequestHeader purpose=\"odd\"/></InvoiceDetailRequest>",
        "<ShipNoticeRequest/>",
        "<CatalogUploadRequest operation=\"odd\"/>",
    ] {
        assert_answered(&market.post(request(&ACME_COUPA, "1@test", body)).await, 450);
    }
    market.finish().await;
}

#[actix_web::test]
async fn a_status_update_is_kept_and_told_in_words() {
    let market = Market::start().await;
    let update = "<StatusUpdateRequest><DocumentReference payloadID=\"7@marketgate\"/><Status code=\"423\" text=\"Rejected\"/>\
         <InvoiceStatus type=\"rejected\"><InvoiceIDInfo invoiceID=\"NWT-7\"/><Comments xml:lang=\"en\">The tax is wrong.</Comments>\
         </InvoiceStatus></StatusUpdateRequest>";
    let answer = market.post(request(&ACME_COUPA, "1@test", update)).await;
    assert_answered(&answer, 200);
    let kept = market.read(|snapshot| Ok(messages::newest(snapshot, None, 10)?));
    let kept = kept.into_iter().find(|summary| summary.document_type == "StatusUpdateRequest").expect("a summary");
    assert_eq!(kept.diagnosis, "Invoice NWT-7: rejected, status 423 (Rejected). The tax is wrong.");
    assert_eq!((kept.cxml_status, kept.payload_id.as_str()), (Some(200), "1@test"));
    market.finish().await;
}

#[actix_web::test]
async fn a_buyer_cookie_of_elements_is_kept_with_the_session() {
    let market = Market::start().await;
    let cookie = "<session id='7'> a &amp; b </session>";
    assert_opens(&market.post(acme_setup("1@test").replace("cookie-1", cookie)).await).await;
    let kept = market.context().store.dump(&marketgate_store::dump::DumpOptions::default()).unwrap();
    assert!(kept.contains("buyer_cookie_markup") && kept.contains("a &amp; b </session>"), "{kept}");
    let long = acme_setup("2@test").replace("cookie-1", &"x".repeat(9000));
    assert_answered(&market.post(long).await, 406);
    market.finish().await;
}
