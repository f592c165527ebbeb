//! What a connection wants of digital signatures decides what a signed and an unsigned document are answered: 475, 476, 477.

use std::time::Duration;

use marketgate::demo::seed::INITECH_GENERIC;
use marketgate_domain::connection::Signatures;
use marketgate_store::messages::{self, MessageSummary};

use crate::harness::market::Market;
use crate::harness::post::{request, setup};

const SIGNATURE: &str = "<ds:Signature xmlns:ds='http://www.w3.org/2000/09/xmldsig#'><ds:SignedInfo>\
    <ds:Reference URI='#cXMLSignedInfo'/><ds:Reference URI='#cXMLData'/></ds:SignedInfo>\
    <ds:SignatureValue>q1A=</ds:SignatureValue></ds:Signature>";

async fn market_that(wants: Signatures) -> Market {
    let market = Market::start().await;
    market.change_connection(&INITECH_GENERIC, move |connection| connection.signatures = wants);
    market
}

fn unsigned(payload_id: &str) -> String {
    request(&INITECH_GENERIC, payload_id, &setup("https://buyer.example/cart"))
}

fn signed(payload_id: &str) -> String {
    unsigned(payload_id).replace("</cXML>", &format!("{SIGNATURE}</cXML>"))
}

async fn answers(wants: Signatures) -> [u16; 2] {
    let market = market_that(wants).await;
    let codes = [market.post(unsigned("p-1")).await.code(), market.post(signed("p-2")).await.code()];
    market.finish().await;
    codes
}

/// The log is written behind the answer.
async fn logged(market: &Market, payload_id: &str) -> MessageSummary {
    for _ in 0..500 {
        let found = market.read(|snapshot| Ok(messages::newest(snapshot, None, 50)?));
        if let Some(summary) = found.into_iter().find(|summary| summary.payload_id == payload_id) {
            return summary;
        }
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    panic!("{payload_id} is not in the log");
}

#[actix_web::test]
async fn the_policy_of_the_connection_decides() {
    assert_eq!(answers(Signatures::Ignore).await, [200, 200]);
    assert_eq!(answers(Signatures::Require).await, [475, 476]);
    assert_eq!(answers(Signatures::Refuse).await, [200, 477]);
}

#[actix_web::test]
async fn a_refused_document_is_kept_whole_under_its_connection() {
    let market = market_that(Signatures::Refuse).await;
    assert_eq!(market.post(signed("p-1")).await.code(), 477);
    let kept = logged(&market, "p-1").await;
    assert!(kept.connection.is_some() && kept.organization.is_some());
    let bytes = market.context().store.messages().read(kept.id).unwrap().expect("its bytes");
    assert!(String::from_utf8(bytes).unwrap().contains(SIGNATURE));
    market.finish().await;
}
