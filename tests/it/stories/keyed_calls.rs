//! A call of the API with an idempotency key meets a power cut: sent again, it is carried out if it had done nothing, and never twice
//! (W5).

use marketgate::demo::seed::OPERATOR_TOKEN;
use marketgate_store::catalog;
use marketgate_store::faulty::{Dice, FaultyDisk};

use super::PLAIN_OFFER;
use crate::harness::Market;
use crate::harness::market::MarketOptions;

/// The power is cut at each of the first syncs after the call arrives: the key is taken, the product is listed, the answer is kept.
const SYNCS: u64 = 12;

/// How an answer that came to the end looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Answer {
    CarriedOut,
    GivenAgain,
    TookEffect,
}

async fn list_product(market: &Market, number: u64) -> Option<Answer> {
    let seller = market.offer(PLAIN_OFFER).seller;
    let body = serde_json::json!({
        "code": format!("gate-{number}"), "name": "Gate", "summary": "Keeps out", "category": "Security", "product_type": "saas",
        "seller": seller.to_string(),
    });
    let client = reqwest::Client::builder().no_proxy().build().unwrap();
    let call = client.post(market.url("/api/v1/products")).bearer_auth(OPERATOR_TOKEN);
    let answer = call.header("Idempotency-Key", format!("key-{number}")).body(body.to_string()).send().await.ok()?;
    match (answer.status().as_u16(), answer.headers().contains_key("idempotent-replayed")) {
        (201, false) => Some(Answer::CarriedOut),
        (201, true) => Some(Answer::GivenAgain),
        (409, _) => {
            let said = answer.text().await.unwrap();
            assert!(said.contains("took effect"), "{said}");
            Some(Answer::TookEffect)
        }
        (status, _) => {
            assert!(status >= 500, "{status}: {}", answer.text().await.unwrap());
            None
        }
    }
}

fn is_listed(market: &Market, number: u64) -> bool {
    let code = format!("gate-{number}");
    let listed = market.read(|snapshot| Ok(catalog::products(snapshot, 1000)?));
    let count = listed.iter().filter(|product| product.code == code).count();
    assert!(count <= 1, "{code} is listed {count} times");
    count == 1
}

#[actix_web::test]
async fn a_call_that_a_power_cut_interrupts_is_carried_out_once() {
    let (disk, mut dice) = (FaultyDisk::default(), Dice::new(20_260_302));
    let mut market = Market::start_with(MarketOptions { disk: Some(disk.clone()), ..MarketOptions::default() }).await;
    let mut met = Vec::new();
    for sync in 0..SYNCS {
        disk.cut_power_at_sync(sync);
        let first = list_product(&market, sync).await;
        disk.keep_power();
        if disk.is_dead() {
            market.start_after_power_cut(&mut dice).await;
        }
        let was_listed = is_listed(&market, sync);
        assert!(first.is_none() || was_listed, "what was answered is there");
        let second = list_product(&market, sync).await.expect("an answer");
        assert_eq!(second == Answer::CarriedOut, !was_listed, "{first:?}, then {second:?}");
        assert!(is_listed(&market, sync));
        met.push(second);
    }
    println!("{met:?}");
    for answer in [Answer::CarriedOut, Answer::GivenAgain, Answer::TookEffect] {
        assert!(met.contains(&answer), "{answer:?} never came: {met:?}");
    }
    market.finish().await;
}
