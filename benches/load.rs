//! Load on the real program over HTTP: setups, new orders, the same orders again, profiles; with 1, 16 and 64 connections.
//!
//! Every answer is checked: anything but HTTP 200 with cXML status 200 ends the run, a repeated order must get the very
//! answer that the first one got, and what the server logged as a warning is printed. Bounded in count; loopback only.
//!
//! `cargo run --release -p marketgate-benches --bin load [LINES]` after `cargo build --release`.

use std::path::Path;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use anyhow::{Context as _, ensure};
use marketgate_benches::bare::{Bare, renumbered};
use marketgate_benches::client::{Answer, Client};
use marketgate_benches::figures::{Run, drive, per_second};
use marketgate_benches::market::Market;
use marketgate_benches::rows::{self, OrderPuts};
use marketgate_benches::server::{Server, own_and_all_cpu_seconds};
use marketgate_benches::texts;
use tempfile::TempDir;

/// Connections, and requests in each phase.
const CALLERS: [(usize, usize); 3] = [(1, 1000), (16, 6000), (64, 8000)];

/// Between two phases the server works off what it put aside: mails, and answers for the message log.
const LONGEST_SETTLING: Duration = Duration::from_mins(2);

fn main() -> anyhow::Result<()> {
    let lines = std::env::args().nth(1).map_or(Ok(1), |lines| lines.parse()).context("LINES must be a number")?;
    let dir = TempDir::new()?;
    let puts = measured_puts(lines)?;
    let orders = prepare(dir.path(), lines)?;
    let bytes = orders.first().map_or(0, String::len);
    println!("orders of {lines} line(s), {bytes} bytes each; {}", puts.describe());
    let server = Server::serve(dir.path())?;
    println!(
        "connections: phase | requests/s | p50, p95, p99 ms | processor seconds, per 1000 | peak MiB | processors taken by others"
    );
    let mut taken = 0;
    for (callers, count) in CALLERS {
        let of_this_round = orders.get(taken..taken + count).context("too few orders were prepared")?;
        let answers: Vec<Mutex<String>> = (0..count).map(|_| Mutex::default()).collect();
        let phases = Phases { server: &server, callers, count };
        phases.run("PunchOutSetupRequest", |client, n| {
            let answer = client.post("/cxml", &texts::setup(taken + n))?;
            answer.success()?;
            ensure!(answer.body.contains("<StartPage>"), "no StartPage in {}", answer.body);
            Ok(())
        })?;
        let ordered = phases.run("OrderRequest, new", |client, n| {
            let status = post_order(client, of_this_round, n)?.success()?.to_owned();
            ensure!(status.contains("accepted"), "not accepted: {status}");
            *lock(answers.get(n))? = status;
            Ok(())
        })?;
        phases.run("OrderRequest, again", |client, n| {
            let answer = post_order(client, of_this_round, n)?;
            ensure!(*lock(answers.get(n))? == answer.success()?, "another answer: {}", answer.body);
            Ok(())
        })?;
        phases.run("ProfileRequest", |client, n| {
            client.post("/cxml", &texts::profile(taken + n))?.success().map(|_| ())
        })?;
        yardsticks(dir.path(), &puts, callers, count, per_second(count, ordered.elapsed))?;
        taken += count;
    }
    let complaints = server.complaints()?;
    let (stopped_after, _) = server.stop()?;
    println!("errors: 0 (the first one ends the run); stopped after {:.1} s", stopped_after.as_secs_f64());
    println!("warnings in the server's log: {}", complaints.len());
    for line in complaints.iter().take(3) {
        println!("  {line}");
    }
    Ok(())
}

type Slot<'a> = std::sync::MutexGuard<'a, String>;

fn lock(slot: Option<&Mutex<String>>) -> anyhow::Result<Slot<'_>> {
    slot.context("no such order")?.lock().map_err(|_| anyhow::anyhow!("another caller panicked"))
}

fn post_order(client: &mut Client, orders: &[String], n: usize) -> anyhow::Result<Answer> {
    client.post("/cxml", orders.get(n).context("no such order")?)
}

/// What one order writes, found out on a directory of its own.
fn measured_puts(lines: usize) -> anyhow::Result<OrderPuts> {
    let dir = TempDir::new()?;
    tokio::runtime::Runtime::new()?.block_on(rows::of_one_order(dir.path(), lines))
}

/// Seeds the directory and writes all orders, each line with a request of its own.
fn prepare(dir: &Path, lines: usize) -> anyhow::Result<Vec<String>> {
    let count: usize = CALLERS.iter().map(|(_, count)| count).sum();
    let runtime = tokio::runtime::Runtime::new()?;
    let market = runtime.block_on(Market::open(dir))?;
    let requests = runtime.block_on(market.stored_requests(count * lines))?;
    market.close()?;
    let numbered = requests.chunks(lines.max(1)).zip(1..);
    Ok(numbered.map(|(requests, number)| texts::order(&format!("PO-{number:06}"), requests)).collect())
}

struct Phases<'a> {
    server: &'a Server,
    callers: usize,
    count: usize,
}

impl Phases<'_> {
    /// One phase, measured and printed. The processor time includes what the server does after the last answer.
    fn run(
        &self,
        name: &str,
        request: impl Fn(&mut Client, usize) -> anyhow::Result<()> + Sync,
    ) -> anyhow::Result<Run> {
        let (before, (own_before, all_before)) = (self.server.usage()?, own_and_all_cpu_seconds()?);
        let run = drive(self.callers, self.count, |_| Client::connect(self.server.address), request)?;
        let (answered, (own, all)) = (self.server.usage()?, own_and_all_cpu_seconds()?);
        let settled = self.settle()?;
        let usage = self.server.usage()?;
        let [p50, p95, p99] = [50, 95, 99].map(|percent| run.times.percentile(percent).as_secs_f64() * 1e3);
        let (during, after) = (answered.cpu_seconds - before.cpu_seconds, usage.cpu_seconds - answered.cpu_seconds);
        let others = ((all - all_before) - (own - own_before) - during).max(0.0) / run.elapsed.as_secs_f64();
        println!(
            "{:>3}: {name:<20} | {:>6.0} | {p50:.2}, {p95:.2}, {p99:.2} | {during:.2} and {after:.2} in {:.1} s after, {:.2} | {:.0} | {others:.1}",
            self.callers,
            per_second(self.count, run.elapsed),
            settled.as_secs_f64(),
            per_second(1000, Duration::from_secs(self.count as u64)) * (during + after),
            usage.peak_rss_mib
        );
        Ok(run)
    }

    /// Waits until the server has been at rest for half a second, so that one phase does not pay for another.
    fn settle(&self) -> anyhow::Result<Duration> {
        let began = Instant::now();
        loop {
            let before = self.server.usage()?.cpu_seconds;
            std::thread::sleep(Duration::from_millis(500));
            if self.server.usage()?.cpu_seconds - before < 0.015 {
                return Ok(began.elapsed());
            }
            ensure!(began.elapsed() < LONGEST_SETTLING, "the server does not come to rest");
        }
    }
}

/// The same puts by redb alone: what the engine and this disk would allow.
fn yardsticks(dir: &Path, puts: &OrderPuts, callers: usize, count: usize, ours: f64) -> anyhow::Result<()> {
    let (main, documents) = (
        Bare::create(&dir.join(format!("bare-main-{callers}.redb")))?,
        Bare::create(&dir.join(format!("bare-documents-{callers}.redb")))?,
    );
    let number = |n: usize| n as u64;
    let one = drive(callers, count, |_| Ok(()), |(), n| main.commit(renumbered(&puts.order, number(n))))?;
    let both = drive(
        callers,
        count,
        |_| Ok(()),
        |(), n| {
            let n = number(n + count);
            documents.commit(renumbered(&puts.document, n))?;
            main.commit(renumbered(&puts.order, n))
        },
    )?;
    let (one, both) = (per_second(count, one.elapsed), per_second(count, both.elapsed));
    println!(
        "{callers:>3}: bare redb, the order's rows | {one:>6.0} | new orders are {:.0} % of it",
        ours / one * 100.0
    );
    println!(
        "{callers:>3}: bare redb, document and rows | {both:>6.0} | new orders are {:.0} % of it",
        ours / both * 100.0
    );
    Ok(())
}
