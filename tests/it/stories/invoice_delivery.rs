//! An invoice reaches the buyer once, under one number, whatever the buyer's system answers (B5).

use marketgate::demo::seed::ACME_COUPA;
use marketgate::flow::operate_outbox::{Decision, operate, release_connection};
use marketgate_domain::event::{OutboxMessage, OutboxState};
use marketgate_domain::id::UserId;
use marketgate_simulator::Fault;
use marketgate_store::outbox;

use super::{OFFER, PLAIN_OFFER, PLAIN_PRODUCT, PRODUCT};
use crate::harness::{Market, MarketOptions};

const OPERATOR: UserId = UserId::from_value(1);

/// An accepted order whose first invoice meets these faults.
async fn order_with(market: &Market, faults: Vec<Fault>) {
    let cart = market.cart(PRODUCT, OFFER).await;
    market.simulator.fail_next_invoices(faults);
    market.order(&cart).await;
    market.settle().await;
}

async fn decide(market: &Market, message: &OutboxMessage, decision: Decision) {
    operate(market.context(), OPERATOR, message.intent.id, decision).await.unwrap();
    market.settle().await;
}

/// The bytes that were kept at the first try, without what stands in for the secret.
fn kept_document(market: &Market, message: &OutboxMessage) -> String {
    let bytes = market.context().store.messages().read(message.document.unwrap()).unwrap().unwrap();
    without_secret(&String::from_utf8(bytes).unwrap())
}

fn without_secret(document: &str) -> String {
    let (before, rest) = document.split_once("<SharedSecret>").unwrap();
    let (_, after) = rest.split_once("</SharedSecret>").unwrap();
    format!("{before}{after}")
}

fn refused(code: u16, text: &str) -> Fault {
    Fault::Status { code, text: text.to_owned() }
}

#[actix_web::test]
async fn an_invoice_that_met_a_failing_server_is_sent_again_unchanged() {
    let market = Market::start().await;
    order_with(&market, vec![Fault::Http(503), Fault::CloseUnread]).await;
    let waiting = market.only_message("invoice");
    assert_eq!((waiting.state, waiting.attempts.len()), (OutboxState::Waiting, 1));
    let kept = kept_document(&market, &waiting);
    market.wait_for_next_try().await;
    market.wait_for_next_try().await;
    let delivered = market.only_message("invoice");
    assert_eq!((delivered.state, delivered.attempts.len()), (OutboxState::Delivered, 3));
    assert_eq!(delivered.document, waiting.document);
    let received = market.simulator.invoice_documents();
    assert_eq!(received.len(), 1);
    assert_eq!(without_secret(&received[0].raw), kept);
    market.finish().await;
}

#[actix_web::test]
async fn an_invoice_is_not_tried_again_before_its_time() {
    let market = Market::start().await;
    order_with(&market, vec![Fault::Http(503)]).await;
    market.clock.advance_wall(jiff::SignedDuration::from_secs(50));
    market.settle().await;
    assert_eq!(market.only_message("invoice").attempts.len(), 1);
    market.wait_for_next_try().await;
    assert_eq!(market.only_message("invoice").state, OutboxState::Delivered);
    market.finish().await;
}

#[actix_web::test]
async fn an_invoice_whose_answer_was_lost_is_found_by_a_person_and_never_charged_twice() {
    let market = Market::start().await;
    order_with(&market, vec![Fault::Close]).await;
    market.wait_for_next_try().await;
    let doubtful = market.only_message("invoice");
    assert_eq!(doubtful.state, OutboxState::Verify);
    assert!(doubtful.reason.as_deref().is_some_and(|reason| reason.contains("already")), "{doubtful:?}");
    let received = market.simulator.invoice_documents();
    assert_eq!(received.len(), 2);
    assert_eq!(received[0].raw, received[1].raw, "both tries are the same bytes");
    assert_eq!(market.simulator.invoices().len(), 1);
    decide(&market, &doubtful, Decision::FoundDelivered).await;
    assert_eq!(market.only_message("invoice").state, OutboxState::Delivered);
    assert_eq!(market.simulator.invoice_documents().len(), 2, "nothing was sent for it");
    market.finish().await;
}

#[actix_web::test]
async fn a_refused_invoice_waits_for_a_person_and_holds_back_the_next_one_of_its_order() {
    let market = Market::start().await;
    order_with(&market, vec![refused(417, "Invalid order/document reference")]).await;
    let parked = market.only_message("invoice");
    assert_eq!((parked.state, parked.attempts.len()), (OutboxState::Parked, 1));
    assert!(parked.reason.as_deref().is_some_and(|reason| reason.contains("Invalid order/document reference")));
    market.clock.set("2026-06-02T00:00:00Z");
    market.settle().await;
    assert_eq!(market.simulator.invoices().len(), 0, "the second invoice waits behind the first");
    decide(&market, &parked, Decision::Requeue).await;
    let numbers: Vec<String> =
        market.simulator.invoices().into_iter().map(|received| received.invoice.unwrap().invoice_number).collect();
    assert_eq!(numbers, ["CHS-000001", "CHS-000002"]);
    market.finish().await;
}

#[actix_web::test]
async fn an_invoice_that_a_person_gave_up_lets_the_next_one_pass() {
    let market = Market::start().await;
    order_with(&market, vec![refused(406, "Not Acceptable")]).await;
    market.clock.set("2026-06-02T00:00:00Z");
    market.settle().await;
    let parked = market.outbox().into_iter().find(|message| message.state == OutboxState::Parked).unwrap();
    decide(&market, &parked, Decision::Discard).await;
    assert_eq!(market.simulator.invoices().len(), 1);
    market.finish().await;
}

#[actix_web::test]
async fn refused_credentials_hold_the_whole_connection_until_a_person_releases_it() {
    let market = Market::start().await;
    order_with(&market, vec![refused(401, "Unauthorized")]).await;
    let parked = market.only_message("invoice");
    assert_eq!(parked.state, OutboxState::Parked);
    let other = market.cart(PLAIN_PRODUCT, PLAIN_OFFER).await;
    market.order(&other).await;
    market.settle().await;
    assert_eq!(market.simulator.invoice_documents().len(), 0, "nothing more was tried");
    assert_eq!(market.simulator.mailbox().len(), 2, "mails do not use the connection");
    let block = market.read(|snapshot| Ok(outbox::block(snapshot, ACME_COUPA.connection_id())?));
    assert!(block.is_some_and(|block| block.message == parked.intent.id));
    release_connection(market.context(), OPERATOR, ACME_COUPA.connection_id()).await.unwrap();
    decide(&market, &parked, Decision::Requeue).await;
    assert_eq!(market.simulator.invoices().len(), 2);
    market.finish().await;
}

#[actix_web::test]
async fn an_answer_that_looks_temporary_but_often_is_not_is_tried_three_times_more_at_most() {
    let mut market = Market::start().await;
    order_with(&market, vec![refused(500, "Unexpected server error"); 10]).await;
    for _ in 0..3 {
        market.wait_for_next_try().await;
    }
    let parked = market.only_message("invoice");
    assert_eq!((parked.state, parked.attempts.len()), (OutboxState::Parked, 4));
    market.expect_left(OutboxState::Parked, 1);
    market.finish().await;
}

#[actix_web::test]
async fn after_the_last_try_a_person_is_asked() {
    let settings = vec![("delivery.retry_seconds", "[60, 300]".to_owned())];
    let mut market = Market::start_with(MarketOptions { settings, ..MarketOptions::default() }).await;
    order_with(&market, vec![Fault::Http(502); 10]).await;
    market.wait_for_next_try().await;
    market.wait_for_next_try().await;
    let parked = market.only_message("invoice");
    assert_eq!((parked.state, parked.attempts.len()), (OutboxState::Parked, 3));
    assert!(parked.reason.as_deref().is_some_and(|reason| reason.contains("All tries are used up")), "{parked:?}");
    market.expect_left(OutboxState::Parked, 1);
    market.finish().await;
}

#[actix_web::test]
async fn a_connection_without_an_address_gets_its_invoices_otherwise() {
    let market = Market::start().await;
    market.change_connection(&ACME_COUPA, |connection| connection.invoicing.url = None);
    order_with(&market, Vec::new()).await;
    assert!(market.ledger().contains("invoice  CHS-000001"), "{}", market.ledger());
    assert_eq!(market.simulator.invoice_documents().len(), 0);
    market.finish().await;
}
