//! Who is not who it says gets nothing, learns nothing, and cannot try for long (Z).

use jiff::SignedDuration;
use marketgate::demo::seed::{ACME_COUPA, FixedConnection, INITECH_GENERIC};
use marketgate_cxml::credential::{Credential, mac};

use super::{acme_setup, assert_answered, setup_of};
use crate::harness::post::{request_with, setup};
use crate::harness::{Market, MarketOptions};

fn with_wrong_secret(payload_id: &str) -> String {
    request_with(&ACME_COUPA, "a wrong secret", payload_id, &setup("https://buyer.acme.example/"))
}

fn stranger() -> FixedConnection {
    let mut stranger = ACME_COUPA;
    (stranger.buyer, stranger.sender) = (("NetworkID", "NOBODY"), ("NetworkID", "NOBODY"));
    stranger
}

#[actix_web::test]
async fn a_wrong_secret_and_an_unknown_sender_get_the_same_answer() {
    let market = Market::start().await;
    let wrong = market.post(with_wrong_secret("1@test")).await;
    let unknown = market.post(setup_of(&stranger(), "2@test")).await;
    assert_answered(&wrong, 401);
    assert_answered(&unknown, 401);
    assert_eq!(wrong.words(), unknown.words());
    assert_eq!(market.ledger().matches("access.denied").count(), 2);
    market.finish().await;
}

#[actix_web::test]
async fn the_secret_of_one_connection_opens_no_other() {
    let market = Market::start().await;
    let borrowed = request_with(&ACME_COUPA, INITECH_GENERIC.secret, "1@test", &setup("https://buyer.acme.example/"));
    assert_answered(&market.post(borrowed).await, 401);
    market.finish().await;
}

/// As direct PunchOut proves who it is: no secret travels.
#[actix_web::test]
async fn a_credential_mac_opens_the_store_while_it_lasts() {
    let market = Market::start().await;
    let party = |(domain, identity): (&str, &str)| Credential::new(domain, identity);
    let (from, sender) = (party(ACME_COUPA.buyer), party(ACME_COUPA.sender));
    for (key, expires, code) in [
        (ACME_COUPA.secret, "2099-01-01T00:00:00-08:00", 200),
        (ACME_COUPA.secret, "2001-01-01T00:00:00-08:00", 401),
        ("a wrong secret", "2099-01-01T00:00:00-08:00", 401),
    ] {
        let created = "2000-01-01T00:00:00-08:00";
        let value = mac(&from, &sender, created, expires, key);
        let proof = format!(
            "<CredentialMac type=\"FromSenderCredentials\" algorithm=\"HMAC-SHA1-96\" creationDate=\"{created}\" \
             expirationDate=\"{expires}\">{value}</CredentialMac>"
        );
        let secret = format!("<SharedSecret>{}</SharedSecret>", ACME_COUPA.secret);
        let document = acme_setup(&format!("{code}-{expires}@test"));
        assert!(document.contains(&secret));
        assert_answered(&market.post(document.replace(&secret, &proof)).await, code);
    }
    market.finish().await;
}

#[actix_web::test]
async fn a_document_for_another_supplier_is_refused() {
    let market = Market::start().await;
    let mut astray = ACME_COUPA;
    astray.supplier = ("NetworkID", "SOMEBODY-ELSE");
    assert_answered(&market.post(setup_of(&astray, "1@test")).await, 403);
    market.finish().await;
}

#[actix_web::test]
async fn a_document_without_a_header_is_nobodys() {
    let market = Market::start().await;
    let whole = acme_setup("1@test");
    let (before, rest) = whole.split_once("<Header>").unwrap();
    let (_, after) = rest.split_once("</Header>").unwrap();
    let answer = market.post(format!("{before}{after}")).await;
    assert!(matches!(answer.code(), 401 | 406), "{}", answer.text);
    market.finish().await;
}

#[actix_web::test]
async fn guessing_is_slowed_down_and_forgiven_after_a_while() {
    let settings = vec![("cxml.failed_logins_per_minute", "3".to_owned())];
    let market = Market::start_with(MarketOptions { settings, ..MarketOptions::default() }).await;
    assert_answered(&market.post(acme_setup("0@test")).await, 200);
    for _ in 0..3 {
        assert_answered(&market.post(with_wrong_secret("1@test")).await, 401);
    }
    assert_answered(&market.post(acme_setup("2@test")).await, 401);
    market.clock.advance_wall(SignedDuration::from_secs(61));
    assert_answered(&market.post(acme_setup("3@test")).await, 200);
    market.finish().await;
}
