//! What pages read, with a thousand orders and with a hundred thousand: a page costs what it shows, so the ratio is near one.
//!
//! `cargo run --release -p marketgate-benches --bin pages [FEW] [MANY]`. Every order has its request, agreement, charge, mail, audit record
//! and document; all are of one account, one product and one offer, which is the worst case for the offer's page.

use std::time::Instant;

use jiff::Timestamp;
use marketgate::query::api::{self, AgreementFilter, MessageFilter, Window};
use marketgate::query::{console, life};
use marketgate_benches::figures::Times;
use marketgate_benches::market::Market;
use marketgate_benches::template::Template;
use marketgate_domain::day;
use marketgate_domain::id::UserId;
use marketgate_store::{OrgView, Snapshot, StoreError, agreements, orders, requests};
use tempfile::TempDir;

/// Each page is read so often; the median counts.
const READS: usize = 101;

/// Rows of a page.
const ROWS: usize = 50;

type Read = Box<dyn Fn(&Snapshot) -> Result<(), StoreError>>;

fn main() -> anyhow::Result<()> {
    let mut arguments = std::env::args().skip(1).map(|number| number.parse());
    let few = arguments.next().transpose()?.unwrap_or(1_000);
    let many = arguments.next().transpose()?.unwrap_or(100_000);
    let dir = TempDir::new()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let market = runtime.block_on(Market::open(dir.path()))?;
    let template = runtime.block_on(Template::new(&market, 1))?;
    template.store_all(&market.context.store, 0..few)?;
    let before = measure(&market)?;
    template.store_all(&market.context.store, few..many)?;
    let after = measure(&market)?;
    println!("{:<34} {:>12} {:>12} {:>7}", "median of what a page reads, us", few, many, "ratio");
    for ((page, few), (_, many)) in before.iter().zip(&after) {
        println!("{page:<34} {:>12.1} {:>12.1} {:>7.2}", few * 1e6, many * 1e6, many / few);
    }
    market.close()?;
    Ok(())
}

/// The median of each page, in seconds.
fn measure(market: &Market) -> anyhow::Result<Vec<(&'static str, f64)>> {
    let mut found = Vec::new();
    for (page, read) in pages(market) {
        let mut times = Vec::with_capacity(READS);
        for _ in 0..READS {
            let began = Instant::now();
            market.context.store.read(|snapshot| read(snapshot))?;
            times.push(began.elapsed());
        }
        found.push((page, Times::new(times).percentile(50).as_secs_f64()));
    }
    Ok(found)
}

fn pages(market: &Market) -> Vec<(&'static str, Read)> {
    let now = market.context.clock.business();
    let organization = market.organization.id;
    let requester = UserId::from_value(1);
    let mut pages = console_pages(now);
    let (account, product) = (market.connection.default_account, market.product.id);
    let today = day::of(now);
    let of_buyer = move |snapshot: &Snapshot| {
        life::requests_of(&OrgView::vouched(snapshot, organization), requester, ROWS).map(drop)
    };
    let subscriptions =
        move |snapshot: &Snapshot| life::agreements(&OrgView::vouched(snapshot, organization), ROWS).map(drop);
    let duplicate = move |snapshot: &Snapshot| {
        OrgView::vouched(snapshot, organization).running_agreement(account, product, today).map(drop)
    };
    pages.push(("storefront: my requests", Box::new(of_buyer)));
    pages.push(("storefront: agreements", Box::new(subscriptions)));
    pages.push(("storefront: the account has it", Box::new(duplicate)));
    pages.push((
        "API: agreements",
        Box::new(|snapshot| {
            let window = Window { after: None, limit: ROWS };
            api::agreements(snapshot, &AgreementFilter::default(), window).map(drop)
        }),
    ));
    pages.push((
        "API: messages",
        Box::new(|snapshot| {
            let window = Window { after: None, limit: ROWS };
            api::messages(snapshot, &MessageFilter::default(), window).map(drop)
        }),
    ));
    pages
}

fn console_pages(now: Timestamp) -> Vec<(&'static str, Read)> {
    vec![
        ("console: overview", Box::new(move |snapshot| console::overview(snapshot, now).map(drop))),
        ("console: requests", Box::new(|snapshot| console::requests(snapshot, None).map(drop))),
        ("console: orders", Box::new(|snapshot| console::orders(snapshot, None).map(drop))),
        ("console: agreements", Box::new(|snapshot| console::agreements(snapshot, None).map(drop))),
        ("console: outbox", Box::new(|snapshot| console::outbox(snapshot, None).map(drop))),
        ("console: messages", Box::new(|snapshot| console::messages(snapshot, "", None).map(drop))),
        ("console: audit", Box::new(|snapshot| console::audit(snapshot, None).map(drop))),
        ("console: a request", Box::new(a_request)),
        ("console: an order", Box::new(an_order)),
        ("console: an agreement", Box::new(an_agreement)),
    ]
}

fn a_request(snapshot: &Snapshot) -> Result<(), StoreError> {
    let newest = requests::newest_of_all(snapshot, None, 1)?;
    newest.iter().try_for_each(|request| console::request(snapshot, request.id).map(drop))
}

fn an_order(snapshot: &Snapshot) -> Result<(), StoreError> {
    let newest = orders::newest_of_all(snapshot, None, 1)?;
    newest.iter().try_for_each(|order| console::order(snapshot, order.id).map(drop))
}

fn an_agreement(snapshot: &Snapshot) -> Result<(), StoreError> {
    let newest = agreements::newest_of_all(snapshot, None, 1)?;
    newest.iter().try_for_each(|agreement| console::agreement(snapshot, agreement.id).map(drop))
}
