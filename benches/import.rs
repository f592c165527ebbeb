//! A large catalogue is imported while orders come: how long it takes, and how long an order waits at most.
//!
//! `cargo run --release -p marketgate-benches --bin import [NUMBER]`. The orders are transactions with the puts of one accepted order,
//! one after the other with a pause, before the import and beside it; the worst wait beside it is given as a multiple of the
//! ordinary one.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context as _;
use marketgate::flow::import_catalog::{Begun, Format, Phase, Source, import_catalog, summary};
use marketgate::query::storefront::{Viewer, catalogue};
use marketgate_benches::figures::Times;
use marketgate_benches::market::Market;
use marketgate_benches::server::kibibytes;
use marketgate_benches::template::Template;
use marketgate_domain::event::Actor;
use marketgate_store::{Store, StoreError, catalog};
use tempfile::TempDir;

const MANY: usize = 100_000;

/// Between two orders.
const PAUSE: Duration = Duration::from_millis(2);

/// How long orders are measured alone.
const ALONE: Duration = Duration::from_secs(10);

fn main() -> anyhow::Result<()> {
    let products = std::env::args().nth(1).map_or(Ok(MANY), |number| number.parse())?;
    let dir = TempDir::new()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let market = runtime.block_on(Market::open(dir.path()))?;
    let template = Arc::new(runtime.block_on(Template::new(&market, 1))?);
    let file = dir.path().join("catalog.json");
    std::fs::write(&file, text(products, "1200.00", &market.seller.invoice_prefix))?;
    println!("{products} products with one offer each, {} MB of JSON", std::fs::metadata(&file)?.len() / 1_000_000);
    let alone = Orders::send(&market, &template);
    std::thread::sleep(ALONE);
    let alone = Times::new(alone.stop()?);
    waits("orders alone", &alone);
    for what in ["first import", "the same again"] {
        let orders = Orders::send(&market, &template);
        runtime.block_on(import(&market, &file, what))?;
        let beside = Times::new(orders.stop()?);
        waits(&format!("orders beside: {what}"), &beside);
        for (name, percent) in [("median", 50), ("p99", 99), ("worst", 100)] {
            let ratio = beside.percentile(percent).as_secs_f64() / alone.percentile(50).as_secs_f64();
            println!("  {name}: {ratio:.1} times the ordinary median");
        }
        println!(
            "  worst: {:.1} times the ordinary worst",
            beside.percentile(100).as_secs_f64() / alone.percentile(100).as_secs_f64()
        );
    }
    storefront(&market)?;
    market.close()?;
    println!("main.redb: {} MiB at the end", std::fs::metadata(dir.path().join("main.redb"))?.len() >> 20);
    Ok(())
}

async fn import(market: &Market, path: &Path, what: &str) -> anyhow::Result<()> {
    let source = Source { path: path.to_owned(), format: Format::Json, temporary: None };
    let began = Instant::now();
    let actor = Actor::System { part: "bench".to_owned() };
    let Begun { progress, mut end, .. } = import_catalog(&market.context, actor, source, false).await?;
    let mut phase = Phase::Reading;
    let mut since = began;
    let ended = loop {
        match tokio::time::timeout(Duration::from_millis(20), &mut end).await {
            Ok(ended) => break ended?,
            Err(_) if progress.now().phase != phase => {
                println!("  {what}: {} {:.1} s", phase.word(), since.elapsed().as_secs_f64());
                (phase, since) = (progress.now().phase, Instant::now());
            }
            Err(_) => {}
        }
    };
    println!("  {what}: {} {:.1} s", phase.word(), since.elapsed().as_secs_f64());
    println!("{what}: {:.1} s; {:?}; {}", began.elapsed().as_secs_f64(), ended.outcome, summary(&ended.counts));
    Ok(())
}

/// Pages of the storefront: everything that somebody may see. The first look after a change reads the catalogue.
fn storefront(market: &Market) -> anyhow::Result<()> {
    let viewer = Viewer::new(market.connection.default_account, &market.connection, market.now);
    for look in ["first", "second"] {
        let (began, before) = (Instant::now(), resident_mib()?);
        let shelf = market.context.store.read(|snapshot| market.context.catalogue.shelf(snapshot))?;
        let listed = catalogue(&shelf, &viewer).len();
        let (ms, grown) = (began.elapsed().as_secs_f64() * 1e3, resident_mib()? - before);
        println!("storefront, {look} look: {listed} products listed in {ms:.0} ms, {grown:.0} MiB more memory");
    }
    let began = Instant::now();
    let found = market.context.store.read(|snapshot| catalog::product_by_code(snapshot, "bench-7"))?;
    println!("one product by its code: {:.0} us ({})", began.elapsed().as_secs_f64() * 1e6, found.is_some());
    Ok(())
}

/// Memory of this program.
fn resident_mib() -> anyhow::Result<f64> {
    let status = std::fs::read_to_string("/proc/self/status").context("/proc")?;
    Ok(kibibytes(&status, "VmRSS:").context("VmRSS")? / 1024.0)
}

/// Orders, one after the other, until they are stopped.
struct Orders {
    stop: Arc<AtomicBool>,
    thread: std::thread::JoinHandle<anyhow::Result<Vec<Duration>>>,
}

static NUMBER: AtomicU64 = AtomicU64::new(1);

impl Orders {
    fn send(market: &Market, template: &Arc<Template>) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let (store, template, stopped): (Arc<Store>, _, _) =
            (market.context.store.clone(), template.clone(), stop.clone());
        let thread = std::thread::spawn(move || {
            let mut waits = Vec::new();
            while !stopped.load(Ordering::Relaxed) {
                let began = Instant::now();
                template.store(&store, NUMBER.fetch_add(1, Ordering::Relaxed))?;
                waits.push(began.elapsed());
                std::thread::sleep(PAUSE);
            }
            Ok(waits)
        });
        Self { stop, thread }
    }

    fn stop(self) -> anyhow::Result<Vec<Duration>> {
        self.stop.store(true, Ordering::Relaxed);
        self.thread.join().map_err(|_| anyhow::Error::from(StoreError::Closed))?
    }
}

fn waits(what: &str, times: &Times) {
    let [median, p99, worst] = [50, 99, 100].map(|percent| times.percentile(percent).as_secs_f64() * 1e3);
    println!("{what}: {} orders, median {median:.2} ms, p99 {p99:.2} ms, worst {worst:.2} ms", times.count());
}

fn text(products: usize, price: &str, seller: &str) -> String {
    let about =
        "It keeps what belongs together in one place, and says what has changed since the last time. ".repeat(4);
    let product = |number: usize| {
        format!(
            "{{\"code\": \"bench-{number}\", \"name\": \"Product {number}\", \"summary\": \"One sentence about product {number}\", \
             \"description\": \"{about}\", \"category\": \"Category {}\", \"product_type\": \"saas\", \"seller\": \"{seller}\"}}",
            number % 40
        )
    };
    let offer = |number: usize| {
        format!(
            "{{\"key\": \"standard\", \"product\": \"bench-{number}\", \"name\": \"Standard, 12 months\", \"terms\": \
             {{\"fixed_upfront\": {{\"months\": 12, \"price\": {{\"amount\": \"{price}\", \"currency\": \"USD\"}}}}}}}}"
        )
    };
    let list = |line: &dyn Fn(usize) -> String| (0..products).map(line).collect::<Vec<_>>().join(",\n");
    format!("{{\"products\": [\n{}\n], \"offers\": [\n{}\n]}}\n", list(&product), list(&offer))
}
