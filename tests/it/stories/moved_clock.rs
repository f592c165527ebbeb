//! An evaluator moves the demo's clock by a year: everything that falls due on the way happens, once, on its day (R1).

use std::collections::BTreeSet;
use std::time::Duration;

use marketgate::demo::{self, Demo, DemoOptions, seed};
use marketgate::flow::Error;
use marketgate_domain::day;
use marketgate_simulator::Simulator;
use marketgate_simulator::browser::Browser;
use marketgate_store::audit;

use super::{PLAIN_OFFER, PLAIN_PRODUCT};
use crate::harness::visit::fill_a_cart;

/// Acme's four installments, and the one invoice of Globex.
const INVOICES: usize = 5;

#[actix_web::test]
async fn a_year_later_every_installment_has_arrived_once_and_on_its_day() {
    let demo = start().await;
    demo.tour().await.unwrap();
    let moved = advance(&format!("{}/api/v1/clock", demo.app.context.public_url), "P1Y").await;
    assert!(moved.status().is_success(), "{moved:?}");
    wait_for(&demo.simulator, INVOICES).await;
    let again = advance(&format!("{}/api/v1/clock", demo.app.context.public_url), "P1D").await;
    assert!(again.status().is_success(), "{again:?}");
    let invoices: Vec<_> = demo.simulator.invoices().into_iter().filter_map(|received| received.invoice).collect();
    let numbers: BTreeSet<&str> = invoices.iter().map(|invoice| invoice.invoice_number.as_str()).collect();
    let days: BTreeSet<&str> = invoices.iter().map(|invoice| &invoice.invoice_date[..10]).collect();
    assert_eq!((invoices.len(), numbers.len()), (INVOICES, INVOICES), "each number once");
    assert_eq!(days.len(), 4, "three installments on days of their own, the rest today: {days:?}");
    demo.stop().await.unwrap();
}

#[actix_web::test]
async fn one_long_journey_gives_every_warning_before_requests_lapse() {
    let demo = start().await;
    for _ in 0..2 {
        let browser = Browser::new().unwrap();
        fill_a_cart(&demo.simulator, &browser, "coupa", (PLAIN_PRODUCT, PLAIN_OFFER)).await.expect("a cart");
    }
    let moved = advance(&format!("{}/api/v1/clock", demo.app.context.public_url), "P100D").await;
    assert!(moved.status().is_success(), "{moved:?}");
    let records = demo.app.context.read(|snapshot| Ok::<_, Error>(audit::newest(snapshot, None, 100)?)).await.unwrap();
    let mut of_requests: Vec<(jiff::civil::Date, String)> = records
        .into_iter()
        .map(|(_, record)| record)
        .filter(|record| ["request.warned", "request.expired"].contains(&record.action.as_str()))
        .map(|record| (day::of(record.at), record.detail))
        .collect();
    of_requests.reverse();
    let lapse = of_requests.last().unwrap().0;
    let days_before: Vec<i32> = of_requests.iter().map(|(on, _)| on.until(lapse).unwrap().get_days()).collect();
    assert_eq!(days_before, [8, 8, 4, 4, 2, 2, 0, 0], "{of_requests:?}");
    demo.stop().await.unwrap();
}

async fn start() -> Demo {
    let listen = "127.0.0.1:0".parse().unwrap();
    demo::start(DemoOptions { listen, simulator_listen: Some(listen), data_dir: None }).await.unwrap()
}

async fn advance(url: &str, span: &str) -> reqwest::Response {
    reqwest::Client::new()
        .post(url)
        .header("authorization", format!("Bearer {}", seed::OPERATOR_TOKEN))
        .header("content-type", "application/json")
        .body(format!("{{\"advance\":\"{span}\"}}"))
        .send()
        .await
        .unwrap()
}

/// Deliveries go their own way; a buyer who knows of fewer after this long knows of too few.
async fn wait_for(simulator: &Simulator, count: usize) {
    for _ in 0..200 {
        if simulator.invoices().len() >= count {
            return;
        }
        actix_web::rt::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("only {} invoices arrived", simulator.invoices().len());
}
