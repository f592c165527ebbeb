//! Documents: reading an order with everything that belongs to it, beside the bare parser on the same text; and writing.
//!
//! The ratios at the end are measured in turns (`figures`), the times before them by criterion.

use std::hint::black_box;
use std::time::Duration;

use anyhow::Context as _;
use criterion::{BenchmarkId, Criterion, Throughput};
use marketgate::render::cart_message::{self, CartLine};
use marketgate::render::invoice_document;
use marketgate_benches::figures::compare;
use marketgate_benches::market::Market;
use marketgate_benches::{records, texts};
use marketgate_cxml::content::fingerprint;
use marketgate_cxml::mask::mask_secrets;
use marketgate_cxml::outgoing::Stamp;
use marketgate_cxml::{Envelope, Limits, WireError, admit, read_document};
use marketgate_domain::procurement_request::ProcurementRequest;
use tempfile::TempDir;

const CONTENT_TYPE: Option<&str> = Some("text/xml; charset=UTF-8");
const LINES: [usize; 3] = [5, 50, 500];

/// A cart holds no more.
const CART_LINES: usize = 50;

fn main() -> anyhow::Result<()> {
    let dir = TempDir::new()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let market = runtime.block_on(Market::open(dir.path()))?;
    let mut criterion = Criterion::default()
        .sample_size(20)
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .without_plots()
        .configure_from_args();
    let orders = LINES.iter().map(|lines| order(&market, *lines)).collect::<anyhow::Result<Vec<_>>>()?;
    reading(&mut criterion, &orders);
    writing(&mut criterion, &market)?;
    criterion.final_summary();
    ratios(&orders)
}

/// An order and how many lines it has.
type Order = (usize, String);

fn order(market: &Market, lines: usize) -> anyhow::Result<Order> {
    let requests = (0..lines).map(|_| market.request()).collect::<anyhow::Result<Vec<_>>>()?;
    let text = texts::order("PO-1", &requests);
    // What is measured below must be a success.
    typed_read(&text)?;
    Ok((lines, text))
}

/// Gate, parser and typed reading: all that happens before an order is decided.
fn typed_read(text: &str) -> Result<Envelope, WireError> {
    let admitted = admit(text.as_bytes(), CONTENT_TYPE, &Limits::default())?;
    read_document(&admitted.parse()?)
}

fn bare_parse(text: &str) -> bool {
    let options = roxmltree::ParsingOptions { allow_dtd: true, ..roxmltree::ParsingOptions::default() };
    roxmltree::Document::parse_with_options(text, options).is_ok()
}

fn reading(criterion: &mut Criterion, orders: &[Order]) {
    let mut group = criterion.benchmark_group("order");
    for (lines, text) in orders {
        group.throughput(Throughput::Bytes(text.len() as u64));
        let mut measure = |name: &str, run: &mut dyn FnMut() -> bool| {
            group.bench_function(BenchmarkId::new(name, lines), |bencher| bencher.iter(&mut *run));
        };
        measure("bare parse", &mut || bare_parse(black_box(text)));
        measure("gate", &mut || admit(black_box(text.as_bytes()), CONTENT_TYPE, &Limits::default()).is_ok());
        measure("typed read", &mut || typed_read(black_box(text)).is_ok());
        measure("masking", &mut || !mask_secrets(black_box(text.as_bytes())).spans.is_empty());
        if let Ok(document) = roxmltree_of(text) {
            measure("fingerprint", &mut || fingerprint(black_box(&document)).rule > 0);
        }
    }
    group.finish();
}

/// The tree as the program makes it: without the DOCTYPE, which the gate cuts out.
fn roxmltree_of(text: &str) -> Result<roxmltree::Document<'_>, roxmltree::Error> {
    let root = text.find("<cXML").and_then(|start| text.get(start..)).unwrap_or(text);
    roxmltree::Document::parse(root)
}

fn writing(criterion: &mut Criterion, market: &Market) -> anyhow::Result<()> {
    let stamp = Stamp { payload_id: "1.2@market.example".to_owned(), timestamp: market.now };
    let session = records::session(market);
    let mut group = criterion.benchmark_group("writing");
    for lines in LINES {
        let accepted = records::accepted(market, u32::try_from(lines)?)?;
        if lines <= CART_LINES {
            let cart: Vec<CartLine<'_>> = accepted.requests.iter().map(|request| cart_line(market, request)).collect();
            let write = || cart_message::write(&stamp, &session, &market.connection, &cart);
            group.throughput(Throughput::Bytes(write()?.len() as u64));
            group.bench_function(BenchmarkId::new("PunchOutOrderMessage", lines), |bencher| bencher.iter(write));
        }
        let invoice = accepted.invoice(market)?;
        let write = || invoice_document::write(&stamp, &invoice, &market.connection, "a secret");
        group.throughput(Throughput::Bytes(write().context("an invoice")?.len() as u64));
        group.bench_function(BenchmarkId::new("InvoiceDetailRequest", lines), |bencher| bencher.iter(write));
    }
    group.finish();
    Ok(())
}

fn cart_line<'a>(market: &'a Market, request: &'a ProcurementRequest) -> CartLine<'a> {
    let approver_url = format!("https://market.example/approver/{}?seal={}", request.id, "0".repeat(64));
    CartLine { request, seller_name: &market.seller.name, approver_url }
}

/// What each step costs, as a ratio to the bare parse of the same text.
fn ratios(orders: &[Order]) -> anyhow::Result<()> {
    println!("\nlines, bytes: step | ours | bare parse | ratio (each: median, quartiles)");
    for (lines, text) in orders {
        let print = |step: &str, comparison| println!("{lines:>4}, {:>6}: {step} | {comparison}", text.len());
        let document = roxmltree_of(text)?;
        print("gate", compare(|| admit(text.as_bytes(), CONTENT_TYPE, &Limits::default()), || bare_parse(text)));
        let admitted = admit(text.as_bytes(), CONTENT_TYPE, &Limits::default())?;
        let parsed_and_read = || admitted.parse().map(|document| read_document(&document).is_ok());
        print("parse and typed read", compare(parsed_and_read, || bare_parse(text)));
        print("gate, parse and typed read", compare(|| typed_read(text), || bare_parse(text)));
        print("masking", compare(|| mask_secrets(text.as_bytes()), || bare_parse(text)));
        print("fingerprint", compare(|| fingerprint(&document), || bare_parse(text)));
    }
    Ok(())
}
