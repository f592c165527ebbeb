//! A connection may have received documents held against their DTD: findings are noted, or refuse the document (N5).

use marketgate::demo::seed::INITECH_GENERIC;
use marketgate_domain::connection::Validation;
use marketgate_store::messages;

use crate::harness::market::{Market, MarketOptions};
use crate::harness::post::{request, setup};

const RETURN: &str = "https://buyer.example/cart";

async fn market_that(validates: Validation) -> Market {
    let dtds = crate::harness::cxml_folder().join("dtd").display().to_string();
    let settings = vec![("cxml.dtd_dir", dtds)];
    let market = Market::start_with(MarketOptions { settings, ..MarketOptions::default() }).await;
    market.change_connection(&INITECH_GENERIC, move |connection| connection.validate = validates);
    market
}

fn diagnoses(market: &Market) -> Vec<String> {
    let found = market.read(|snapshot| Ok(messages::newest(snapshot, None, 50)?));
    found.into_iter().map(|summary| summary.diagnosis).collect()
}

/// Usable, but BrowserFormPost stands where the DTD does not want it.
fn disordered() -> String {
    setup(RETURN)
        .replace("<BuyerCookie>cookie-1</BuyerCookie>", "")
        .replace("</PunchOutSetupRequest>", "<BuyerCookie>cookie-1</BuyerCookie></PunchOutSetupRequest>")
}

#[actix_web::test]
#[ignore = "needs the cXML DTDs"]
async fn a_finding_is_noted_and_the_document_served() {
    let market = market_that(Validation::Warn).await;
    assert_eq!(market.post(request(&INITECH_GENERIC, "p-1", &disordered())).await.code(), 200);
    assert!(
        diagnoses(&market).iter().any(|text| text.contains("Not valid by cXML.dtd 1.2.014")),
        "{:?}",
        diagnoses(&market)
    );
    market.finish().await;
}

#[actix_web::test]
#[ignore = "needs the cXML DTDs"]
async fn a_strict_connection_refuses_with_line_and_column() {
    let market = market_that(Validation::Strict).await;
    let answer = market.post(request(&INITECH_GENERIC, "p-1", &disordered())).await;
    assert_eq!(answer.code(), 406);
    assert!(answer.words().contains("line"), "{}", answer.words());
    assert_eq!(market.post(request(&INITECH_GENERIC, "p-2", &setup(RETURN))).await.code(), 200);
    market.finish().await;
}
