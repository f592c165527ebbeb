//! The store: transactions with the puts of one accepted order, beside redb alone committing as many rows of the same size.
//!
//! Both are measured in turns with 1, 16 and 64 callers; the share says how much of the bare engine's throughput is left
//! once records are encoded, indexed and serialised by the one writer. Not a criterion benchmark: throughput with many
//! callers is the question, and a share of two runs in turns is steadier than two times.

use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use marketgate_benches::bare::{Bare, renumbered};
use marketgate_benches::figures::{Spread, drive, per_second};
use marketgate_benches::market::Market;
use marketgate_benches::rows;
use marketgate_benches::template::Template;
use tempfile::TempDir;

const ROUNDS: usize = 9;
const LINES: u32 = 1;

/// Callers, and orders in a round.
const CALLERS: [(usize, usize); 3] = [(1, 200), (16, 1000), (64, 2000)];

fn main() -> anyhow::Result<()> {
    let dir = TempDir::new()?;
    let runtime = tokio::runtime::Runtime::new()?;
    let puts = runtime.block_on(rows::of_one_order(dir.path(), usize::try_from(LINES)?))?;
    println!("one order of {LINES} line: {}", puts.describe());
    let market = runtime.block_on(Market::open(dir.path()))?;
    let template = runtime.block_on(Template::new(&market, LINES))?;
    let bare = Bare::create(&dir.path().join("bare.redb"))?;
    let numbers = AtomicU64::new(1);
    let store = &market.context.store;
    println!("callers | store: orders/s | bare redb: orders/s | share (each: median, quartiles)");
    for (callers, count) in CALLERS {
        let (mut ours, mut theirs, mut shares) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..ROUNDS {
            let next = || numbers.fetch_add(1, Ordering::Relaxed);
            let stored = drive(callers, count, |_| Ok(()), |(), _| template.store(store, next()))?;
            let put = drive(callers, count, |_| Ok(()), |(), _| bare.commit(renumbered(&puts.order, next())))?;
            let (a, b) = (per_second(count, stored.elapsed), per_second(count, put.elapsed));
            ours.push(a);
            theirs.push(b);
            shares.push(a / b);
        }
        println!("{callers:>7} | {} | {} | {}", Spread::of(ours), Spread::of(theirs), Spread::of(shares));
    }
    market.close()?;
    sizes(dir.path())
}

fn sizes(dir: &Path) -> anyhow::Result<()> {
    for file in ["main.redb", "bare.redb"] {
        println!("{file}: {} MiB at the end", std::fs::metadata(dir.join(file))?.len() >> 20);
    }
    Ok(())
}
