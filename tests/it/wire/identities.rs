//! Who is not who it says gets nothing, learns nothing, and cannot try for long (Z).

use jiff::SignedDuration;
use marketgate::demo::seed::{ACME_COUPA, FixedConnection, INITECH_GENERIC};
use marketgate_cxml::credential::{Credential, mac};
use marketgate_domain::connection::Identity;

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
async fn guessing_is_slowed_down_and_counted_and_the_right_secret_is_always_taken() {
    let settings = vec![("cxml.failed_logins_per_minute", "3".to_owned())];
    let market = Market::start_with(MarketOptions { settings, ..MarketOptions::default() }).await;
    assert_answered(&market.post(acme_setup("0@test")).await, 200);
    for _ in 0..3 {
        assert_answered(&market.post(with_wrong_secret("1@test")).await, 401);
    }
    let began = std::time::Instant::now();
    assert_answered(&market.post(with_wrong_secret("1@test")).await, 401);
    assert!(began.elapsed().as_millis() >= 1000, "the fourth guess is answered late");
    assert_eq!(market.ledger().matches("access.denied").count(), 3, "and counted, not recorded");
    assert_answered(&market.post(acme_setup("2@test")).await, 200);
    market.clock.advance_wall(SignedDuration::from_secs(61));
    assert_answered(&market.post(with_wrong_secret("1@test")).await, 401);
    assert_eq!(market.ledger().matches("access.denied").count(), 4, "a minute later it is recorded again");
    market.finish().await;
}

/// From names Acme and, under the same domain, another connection of the same secret's reach.
#[actix_web::test]
async fn two_names_of_one_domain_that_lead_to_different_connections_are_nobodys() {
    let market = Market::start().await;
    let credential = |(domain, name): (&str, &str)| {
        format!("<Credential domain=\"{domain}\"><Identity>{name}</Identity></Credential>")
    };
    let whole = acme_setup("1@test");
    let acme = format!("<From>{}</From>", credential(ACME_COUPA.buyer));
    assert!(whole.contains(&acme));
    for (number, others) in [
        [credential(ACME_COUPA.buyer), credential(INITECH_GENERIC.buyer)].concat(),
        [credential(INITECH_GENERIC.buyer), credential(ACME_COUPA.buyer)].concat(),
        [credential(ACME_COUPA.buyer), credential(("networkid", "NOBODY"))].concat(),
    ]
    .into_iter()
    .enumerate()
    {
        let answer = market.post(whole.replace(&acme, &format!("<From>{others}</From>"))).await;
        assert_answered(&answer, 401);
        let unknown = market.post(setup_of(&stranger(), &format!("{number}@other"))).await;
        assert_eq!(answer.words(), unknown.words());
    }
    let supplier = format!("<To>{}</To>", credential(ACME_COUPA.supplier));
    for others in [
        [credential(ACME_COUPA.supplier), credential(("NetworkID", "AN02000000002-T"))].concat(),
        [credential(("NetworkID", "AN02000000002-T")), credential(ACME_COUPA.supplier)].concat(),
    ] {
        assert_answered(&market.post(whole.replace(&supplier, &format!("<To>{others}</To>"))).await, 403);
    }
    market.finish().await;
}

#[actix_web::test]
async fn several_names_of_one_connection_are_one_sender() {
    let market = Market::start().await;
    market.change_connection(&ACME_COUPA, |connection| {
        connection.buyer_identities.push(identity("NetworkID", "ACME-OLD"));
        connection.buyer_identities.push(identity("DUNS", "COUPA-ACME"));
    });
    let acme = "<From><Credential domain=\"NetworkID\"><Identity>COUPA-ACME</Identity></Credential></From>";
    for names in [
        "<Credential domain=\"DUNS\"><Identity>COUPA-ACME</Identity></Credential>",
        "<Credential domain=\"NetworkID\"><Identity> acme-old </Identity></Credential>",
        "<Credential domain=\"privateid\"><Identity>unknown here</Identity></Credential>",
    ] {
        let both = acme.replace("</From>", &format!("{names}</From>"));
        let document = acme_setup(&format!("{}@test", names.len()));
        assert!(document.contains(acme));
        assert_answered(&market.post(document.replace(acme, &both)).await, 200);
    }
    market.finish().await;
}

/// Pretty-printing wraps what it prints. A name is trimmed, a secret is not; what is said about a wrapped secret does not depend on
/// whether the rest of it is right.
#[actix_web::test]
async fn a_secret_in_white_space_is_refused_with_the_diagnosis_and_without_a_hint() {
    let market = Market::start().await;
    let mut said = Vec::new();
    for (secret, sender) in [
        (format!("\n      {}\n    ", ACME_COUPA.secret), ACME_COUPA),
        (" a wrong secret".to_owned(), ACME_COUPA),
        (" a wrong secret".to_owned(), stranger()),
    ] {
        let answer = market.post(request_with(&sender, &secret, "1@test", &setup("https://buyer.acme.example/"))).await;
        assert_answered(&answer, 401);
        said.push(answer.words());
    }
    assert!(said[0].contains("white space"), "{}", said[0]);
    assert!(said.iter().all(|words| *words == said[0]), "{said:?}");
    let wrapped =
        acme_setup("2@test").replace("<Identity>", "<Identity>\n   ").replace("</Identity>", "\n  </Identity>");
    assert_answered(&market.post(wrapped).await, 200);
    market.finish().await;
}

#[actix_web::test]
async fn a_connection_may_name_the_senders_that_it_expects() {
    let market = Market::start().await;
    let mut forwarded = ACME_COUPA;
    forwarded.sender = ("NetworkID", "A-HUB");
    assert_answered(&market.post(setup_of(&forwarded, "1@test")).await, 200);
    market.change_connection(&ACME_COUPA, |connection| connection.expected_senders = vec![identity("DUNS", "77")]);
    assert_answered(&market.post(setup_of(&forwarded, "2@test")).await, 401);
    assert_answered(&market.post(acme_setup("3@test")).await, 401);
    forwarded.sender = ("duns", "77");
    assert_answered(&market.post(setup_of(&forwarded, "4@test")).await, 200);
    market.finish().await;
}

fn identity(domain: &str, identity: &str) -> Identity {
    Identity { domain: domain.to_owned(), identity: identity.to_owned() }
}
