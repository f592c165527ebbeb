//! A mail is sent until it is taken, always as the same mail, so that a second copy is recognised (N5, B5).

use marketgate_domain::event::OutboxState;

use super::{OFFER, PRODUCT};
use crate::harness::mail_server::MailServer;
use crate::harness::{Market, MarketOptions};

async fn market_with(server: &MailServer) -> Market {
    let market =
        Market::start_with(MarketOptions { smtp: Some(server.address.clone()), ..MarketOptions::default() }).await;
    let cart = market.cart(PRODUCT, OFFER).await;
    market.order(&cart).await;
    market.settle().await;
    market
}

#[actix_web::test]
async fn every_try_of_a_mail_has_the_same_message_id() {
    let server = MailServer::start(vec![451, 421]).await;
    let market = market_with(&server).await;
    market.wait_for_next_try().await;
    market.wait_for_next_try().await;
    let tries = server.tries();
    assert_eq!(tries.iter().map(|(_, taken)| *taken).collect::<Vec<_>>(), [false, false, true]);
    let id = format!("Message-ID: <{}@", market.only_message("email").intent.id);
    assert!(tries[0].0.contains(&id), "{}", tries[0].0);
    assert!(tries.iter().all(|(mail, _)| *mail == tries[0].0), "{tries:#?}");
    market.finish().await;
}

#[actix_web::test]
async fn a_mail_that_is_refused_for_good_waits_for_a_person_and_stops_nothing_else() {
    let server = MailServer::start(vec![550]).await;
    let mut market = market_with(&server).await;
    assert_eq!(market.only_message("email").state, OutboxState::Parked);
    assert_eq!(market.simulator.invoices().len(), 1);
    market.expect_left(OutboxState::Parked, 1);
    market.finish().await;
}
