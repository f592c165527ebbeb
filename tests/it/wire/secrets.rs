//! What is kept holds nothing that would let a reader act for somebody else (A2, Z). That no connection's secret is kept
//! in clear is checked at the end of every test; here is what else is as good as a password.

use marketgate::demo::seed::ACME_COUPA;
use marketgate_store::dump::DumpOptions;

use super::{acme_setup, assert_answered};
use crate::harness::Market;
use crate::harness::documents::summaries;
use crate::harness::post::{request, request_with, setup};

/// The whole database and the whole message log, once the log has that many entries.
async fn everything_kept(market: &Market, entries: usize) -> String {
    let began = std::time::Instant::now();
    let summaries = loop {
        let summaries = market.read(|snapshot| Ok(summaries(snapshot)?));
        if summaries.len() >= entries {
            break summaries;
        }
        assert!(began.elapsed() < crate::harness::PATIENCE, "only {} entries in the log", summaries.len());
        tokio::time::sleep(std::time::Duration::from_millis(5)).await;
    };
    let store = &market.context().store;
    let documents = summaries.iter().map(|summary| store.messages().read(summary.id).unwrap().unwrap_or_default());
    let log: String = documents.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect();
    format!("{log}\n{}", store.dump(&DumpOptions::default()).unwrap())
}

#[actix_web::test]
async fn the_address_of_a_start_page_is_kept_nowhere() {
    let market = Market::start().await;
    let answer = market.post(acme_setup("1@test")).await;
    let start_page = answer.start_page().unwrap();
    let token = start_page.rsplit('/').next().unwrap();
    assert!(!everything_kept(&market, 2).await.contains(token));
    market.finish().await;
}

#[actix_web::test]
async fn a_secret_that_somebody_mistyped_is_kept_nowhere() {
    let market = Market::start().await;
    let mistyped = "demo-coupa-secert";
    let request = request_with(&ACME_COUPA, mistyped, "1@test", &setup("https://buyer.acme.example/"));
    assert_answered(&market.post(request.clone()).await, 401);
    // Not even in a document that cannot be read.
    assert_answered(&market.post(request.replace("</cXML>", "")).await, 406);
    assert!(!everything_kept(&market, 4).await.contains(mistyped));
    market.finish().await;
}

#[actix_web::test]
async fn a_secret_written_in_an_odd_way_is_kept_nowhere() {
    let market = Market::start().await;
    let secret = "an odd secret";
    for written in [
        "<![CDATA[an odd secret]]>",
        "an odd secret<!-- -->",
        "<!-- --> an odd secret",
        "</SharedSecret><SharedSecret>an odd secret",
        "<!-- </SharedSecret> -->an odd secret",
    ] {
        let request = request_with(&ACME_COUPA, written, "1@test", &setup("https://buyer.acme.example/"));
        market.post(request.replace("<SharedSecret>", "<SharedSecret xml:lang='en' >")).await;
        let utf16: Vec<u8> =
            format!("\u{feff}{request}").replace("UTF-8", "UTF-16").encode_utf16().flat_map(u16::to_le_bytes).collect();
        market.post_as("text/xml", utf16).await;
    }
    let kept = everything_kept(&market, 20).await;
    assert!(!kept.contains(secret) && !kept.replace('\0', "").contains(secret));
    market.finish().await;
}

#[actix_web::test]
async fn nothing_of_a_purchasing_card_is_kept() {
    let market = Market::start().await;
    let card = "<Payment><PCard number=\"4111222233334444\" expiration=\"2031-07-19\" name=\"Robin Cardholder\"><PostalAddress><Street>9 \
                Holder Lane</Street></PostalAddress></PCard></Payment>";
    let order = format!(
        "<OrderRequest><OrderRequestHeader orderID=\"PO-1\" orderDate=\"2026-03-02\" type=\"new\"><Total><Money currency=\"USD\">1.00</Money>\
         </Total>{card}</OrderRequestHeader><ItemOut quantity=\"1\" lineNumber=\"1\"><ItemID><SupplierPartID>X</SupplierPartID></ItemID>\
         <ItemDetail><UnitPrice><Money currency=\"USD\">1.00</Money></UnitPrice><Description xml:lang=\"en\">x</Description>\
         <UnitOfMeasure>EA</UnitOfMeasure></ItemDetail></ItemOut></OrderRequest>"
    );
    let whole = request(&ACME_COUPA, "1@test", &order);
    assert_answered(&market.post(whole.clone()).await, 417);
    // Not even in a document that cannot be read, or in one that is not taken.
    assert_answered(&market.post(whole.replace("</cXML>", "")).await, 406);
    assert_answered(&market.post(whole.replace("OrderRequest>", "OddRequest>")).await, 450);
    let kept = everything_kept(&market, 6).await;
    for piece in ["4111", "4444", "2031-07-19", "Cardholder", "Holder Lane"] {
        assert!(!kept.contains(piece), "{piece}");
    }
    market.finish().await;
}
