//! Input made to hurt gets a clear refusal, costs little, and stops nobody else (Z).

use std::fmt::Write as _;

use marketgate::demo::seed::ACME_COUPA;

use super::{acme_setup, assert_answered};
use crate::harness::golden::testdata;
use crate::harness::post::request;
use crate::harness::{Market, MarketOptions};

/// The marketplace still does its work.
async fn assert_unharmed(market: Market) {
    assert_answered(&market.post(acme_setup("after@test")).await, 200);
    market.finish().await;
}

#[actix_web::test]
async fn every_hostile_file_gets_the_status_in_its_name() {
    let market = Market::start().await;
    let mut seen = 0;
    for entry in std::fs::read_dir(testdata().join("hostile")).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let Some(code) = name.split('-').next().and_then(|code| code.parse::<u16>().ok()) else { continue };
        let answer = market.post_as("text/xml", std::fs::read(&path).unwrap()).await;
        assert_eq!((answer.http_status, answer.code()), (200, code), "{name}: {}", answer.text);
        seen += 1;
    }
    assert!(seen > 15, "only {seen} files");
    assert_unharmed(market).await;
}

#[actix_web::test]
async fn garbage_nothing_and_other_documents_are_not_cxml() {
    let market = Market::start().await;
    let order = request(&ACME_COUPA, "1@test", "<OrderRequest/>");
    for body in [
        "",
        " ",
        "hello",
        "<html><body>no</body></html>",
        "{\"a\":1}",
        "<cXML/>",
        &order.replace("Request>", "Message>"),
    ] {
        let answer = market.post(body).await;
        assert_answered(&answer, 406);
        assert!(!answer.words().is_empty(), "{body}");
    }
    assert_unharmed(market).await;
}

#[actix_web::test]
async fn a_mistake_is_named_with_its_line_and_column() {
    let market = Market::start().await;
    let broken = acme_setup("1@test").replace("</BuyerCookie>", "</BuyerCokie>");
    let answer = market.post(broken).await;
    assert_answered(&answer, 406);
    assert!(answer.words().contains("line 3"), "{}", answer.words());
    market.finish().await;
}

#[actix_web::test]
async fn an_entity_bomb_is_refused_even_from_a_known_sender() {
    let market = Market::start().await;
    let mut entities = String::from("<!ENTITY a0 \"ha\">");
    for level in 1..30 {
        write!(entities, "<!ENTITY a{level} \"&a{};&a{};\">", level - 1, level - 1).unwrap();
    }
    let bomb =
        acme_setup("1@test").replace("cXML.dtd\">", &format!("cXML.dtd\" [{entities}]>")).replace("cookie-1", "&a29;");
    assert_answered(&market.post(bomb).await, 406);
    assert_unharmed(market).await;
}

#[actix_web::test]
async fn a_document_over_the_limit_is_refused_with_499() {
    let settings = vec![("cxml.max_request_kib", "16".to_owned())];
    let market = Market::start_with(MarketOptions { settings, ..MarketOptions::default() }).await;
    let large = acme_setup("1@test").replace("cookie-1", &"x".repeat(16 * 1024));
    assert_answered(&market.post(large).await, 499);
    assert_unharmed(market).await;
}

#[actix_web::test]
async fn an_order_with_impossible_numbers_is_refused_whole() {
    let market = Market::start().await;
    for (quantity, price) in [("-1", "1.00"), ("1e9", "1.00"), ("1", "a lot"), ("", "1.00"), ("NaN", "1.00")] {
        let order = format!(
            "<OrderRequest><OrderRequestHeader orderID=\"PO-1\" orderDate=\"2026-03-02\" type=\"new\"><Total>\
             <Money currency=\"USD\">1.00</Money></Total></OrderRequestHeader><ItemOut quantity=\"{quantity}\" lineNumber=\"1\">\
             <ItemID><SupplierPartID>X</SupplierPartID></ItemID><ItemDetail><UnitPrice><Money currency=\"USD\">{price}</Money>\
             </UnitPrice><Description xml:lang=\"en\">x</Description><UnitOfMeasure>EA</UnitOfMeasure></ItemDetail></ItemOut>\
             </OrderRequest>"
        );
        let answer = market.post(request(&ACME_COUPA, "1@test", &order)).await;
        assert!(matches!(answer.code(), 400 | 406), "{quantity} x {price}: {}", answer.text);
    }
    assert!(!market.ledger().contains("order "), "{}", market.ledger());
    market.finish().await;
}
