//! Threat: there is no room for another byte. The sender is told to come again, readers go on, and when there is room
//! again the same process carries on where it was (Z: nothing acknowledged, nothing lost).
//!
//! A limit on the size of files stands for the full disk: files cannot grow, what is in them can be changed.

use std::process::Command;
use std::time::{Duration, Instant};

use actix_web::rt::time::sleep;
use marketgate_simulator::browser::{Browser, Page};
use marketgate_simulator::{Fault, OrderAttempt, ResendAs, SimulatorError, Transmission};

use super::crash::books::Books;
use super::crash::buyers::{Promises, find};
use super::crash::received::Received;
use super::crash::site::{ACME, Program, Site};

/// What must come comes within this time.
const PATIENCE: Duration = Duration::from_mins(1);

/// How long the buyer thinks about an invoice: longer than it takes to fill the disk.
const SLOW_MS: u64 = 4_000;

/// Orders that are sent while there is no room.
const ORDERS: usize = 5;

/// So many refusals in a row: there is no room for anything.
const REFUSALS: usize = 20;

/// More than fits into the room that any file has left.
const FILLINGS_MAX: usize = 20_000;

#[actix_web::test]
#[ignore = "takes the room away from a running program with prlimit"]
async fn a_full_disk_is_told_to_the_sender_and_the_same_process_goes_on_when_there_is_room() {
    let site = Site::prepare().await;
    let mut program = site.start();
    program.ready().await;
    let (browser, store) = visit(&site).await;
    let mut carts = Vec::new();
    for _ in 0..=ORDERS {
        carts.push(cart(&site).await);
    }
    let mut promises = Promises::default();
    // The answer to this invoice comes when it can no longer be noted.
    site.simulator.fail_next_invoices(vec![Fault::SlowMs(SLOW_MS)]);
    let before = site.simulator.approve(carts.remove(0)).await.unwrap();
    promises.note(&before, 1);
    assert!(before.is_sent(), "{}", before.status_text());
    site.simulator.wait_for_invoice(PATIENCE, |_| true).await.unwrap();
    let answered = Instant::now() + Duration::from_millis(SLOW_MS + 500);

    limit_files(&program, &largest_file(&site).to_string());
    fill_message_log(&site).await;
    fill_store(&browser, &store).await;
    let mut refused = Vec::new();
    for cart in carts {
        let sent = site.simulator.approve(cart).await.unwrap();
        assert_told_to_come_again(&sent);
        refused.push(sent.po_number);
    }
    for path in ["/healthz", "/readyz"] {
        assert_eq!(browser.open(&site.url(path)).await.unwrap().status, 200, "{path}");
    }
    assert_eq!(find(&browser, &store, "Tidegauge").await.unwrap().status, 200, "a page of the store");
    sleep(answered.saturating_duration_since(Instant::now())).await;
    program.assert_runs();

    limit_files(&program, "unlimited");
    for number in refused {
        let sent = site.simulator.resend(&number, ResendAs::SameDocument).await.unwrap();
        assert!(sent.is_sent(), "{}", sent.status_text());
        promises.note(&sent, 1);
    }
    let arrived = || site.simulator.invoices().len() == ORDERS + 1 && site.simulator.mailbox().len() > ORDERS;
    for _ in 0..300 {
        if arrived() {
            break;
        }
        sleep(Duration::from_millis(100)).await;
    }
    program.assert_runs();
    program.stop();
    let books = Books::of(&site.data_dir());
    books.assert_whole();
    books.assert_keeps(&promises);
    Received::of(&site).assert_everything_arrived(&books);
    assert_eq!(promises.orders(), ORDERS + 1);
}

/// The session's store.
async fn visit(site: &Site) -> (Browser, Page) {
    let browser = Browser::new().unwrap();
    let started = site.simulator.punch_out(ACME).await.unwrap();
    let store = browser.open(&started.start_page_url).await.unwrap();
    assert_eq!(store.status, 200, "{}", store.text());
    (browser, store)
}

/// A cart that waits for approval.
async fn cart(site: &Site) -> u64 {
    let (browser, store) = visit(site).await;
    let product = find(&browser, &store, "Tidegauge").await.unwrap();
    let offer = browser.follow(&product, "Standard, 12 months").await.unwrap();
    let mut form = offer.form_with_button("Request approval").unwrap();
    form.set("accept", "yes");
    let hand_over = browser.submit(&offer, &form, Some("Request approval")).await.unwrap();
    let taken = browser.press(&hand_over, "Return to your procurement system").await.unwrap();
    taken.url.path().rsplit('/').next().unwrap().parse().unwrap()
}

/// Puts things into a cart until there is no room for another one: that writes nothing but records.
async fn fill_store(browser: &Browser, store: &Page) {
    let product = find(browser, store, "Tidegauge").await.unwrap();
    let offer = browser.follow(&product, "Standard, 12 months").await.unwrap();
    let mut form = offer.form_with_button("Add to cart").unwrap();
    form.set("accept", "yes");
    let mut refused = 0;
    for _ in 0..FILLINGS_MAX {
        let answer = browser.submit(&offer, &form, Some("Add to cart")).await.unwrap();
        assert!(matches!(answer.status, 200 | 500 | 503), "{}: {}", answer.status, answer.text());
        refused = if answer.status == 200 { 0 } else { refused + 1 };
        if refused == REFUSALS {
            return;
        }
    }
    panic!("there is always room");
}

/// Opens sessions until there is no room for the document of another one.
async fn fill_message_log(site: &Site) {
    let mut refused = 0;
    for _ in 0..FILLINGS_MAX {
        match site.simulator.punch_out(ACME).await {
            Ok(_) => refused = 0,
            Err(SimulatorError::Setup(failure)) => {
                let code = failure.status.as_ref().map(|status| status.code);
                assert!(is_ours(failure.http_status, code), "{failure:#?}");
                refused += 1;
            }
            Err(other) => panic!("{other}"),
        }
        if refused == REFUSALS {
            return;
        }
    }
    panic!("there is always room");
}

fn assert_told_to_come_again(sent: &OrderAttempt) {
    assert!(is_ours(sent.http_status, sent.status_code()), "{}: {}", sent.po_number, sent.status_text());
    assert!(matches!(sent.transmission, Transmission::ToBeRetried { .. }));
}

/// A failure of ours, told in cXML: 5xx inside of HTTP 200.
fn is_ours(http_status: Option<u16>, code: Option<u16>) -> bool {
    http_status == Some(200) && code.is_some_and(|code| (500..600).contains(&code))
}

/// No file grows beyond that size; those that are larger stay.
fn limit_files(program: &Program, limit: &str) {
    let id = program.id().to_string();
    let limit = format!("--fsize={limit}:unlimited");
    let limited = Command::new("prlimit").args(["--pid", &id, &limit]).status().unwrap();
    assert!(limited.success());
}

fn largest_file(site: &Site) -> u64 {
    let files = std::fs::read_dir(site.data_dir()).unwrap();
    let databases = files.map(|file| file.unwrap().path()).filter(|path| path.extension().is_some_and(|e| e == "redb"));
    databases.map(|path| path.metadata().unwrap().len()).max().unwrap()
}
