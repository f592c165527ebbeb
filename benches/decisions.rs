//! Decisions: what an offer costs, what becomes of an order, what is on an invoice. Pure code, no store and no documents.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BatchSize, BenchmarkId, Criterion};
use marketgate_benches::market::Market;
use marketgate_benches::records;
use marketgate_domain::invoice::issue;
use marketgate_domain::purchase_order::decide;
use tempfile::TempDir;

const LINES: [u32; 2] = [1, 50];

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
    criterion.bench_function("quote", |bencher| bencher.iter(|| black_box(&market).quote()));
    let mut group = criterion.benchmark_group("order");
    for lines in LINES {
        // Fails where the order would be refused or the invoice could not be made.
        let accepted = records::accepted(&market, lines)?;
        accepted.invoice(&market)?;
        let (facts, due) = (records::line_facts(&market, lines)?, accepted.due());
        group.bench_function(BenchmarkId::new("decide", lines), |bencher| {
            bencher.iter(|| decide(&records::order_facts(black_box(&market), &facts), market.now));
        });
        group.bench_function(BenchmarkId::new("issue", lines), |bencher| {
            let invoice_facts = || accepted.invoice_facts(&market, &due);
            bencher.iter_batched(invoice_facts, |facts| issue(facts, market.now), BatchSize::SmallInput);
        });
    }
    group.finish();
    criterion.final_summary();
    Ok(())
}
